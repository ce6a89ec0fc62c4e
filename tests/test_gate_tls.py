"""A host whose TLS is broken: nothing is read from it, and the crawl says why and ends."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gate_server import crawl

Talk = Callable[[socket.socket], None]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's side with a certificate that nobody has signed but itself, for another name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "elsewhere.example")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.load_cert_chain(path)
    return found


@contextlib.contextmanager
def listening(talk: Talk) -> Iterator[str]:
    """A host that talks in some way to whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                with contextlib.suppress(OSError):
                    peer, _ = server.accept()
                    with peer:
                        peer.settimeout(5)
                        talk(peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}"
        over.set()
        thread.join()


def answers(peer: ssl.SSLSocket) -> None:
    peer.recv(4096)
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")


def check(tmp_path: Path, talk: Talk) -> None:
    limits = {"delay": 0.0, "seconds": 3.0}
    with listening(talk) as url:
        found = crawl(tmp_path, [f"{url}/page"], root=url, limits=limits)
    assert "done" not in found["states"], found
    assert sum(found["states"].values()) == 1
    assert found["reasons"], "the reason is written down"
    archived = [path.read_bytes() for path in tmp_path.rglob("*.warc.gz")]
    assert archived == []


def test_a_certificate_that_nobody_signed_is_not_trusted(tmp_path: Path, context: ssl.SSLContext) -> None:
    def talk(peer: socket.socket) -> None:
        with context.wrap_socket(peer, server_side=True) as wrapped:
            answers(wrapped)

    check(tmp_path, talk)


@pytest.mark.parametrize(
    "said", [b"", b"\x16\x03\x03\x00\x02\x00", b"\x15\x03\x03\x00\x02\x02\x28", b"plain"]
)
def test_a_broken_handshake_ends_the_fetch(tmp_path: Path, said: bytes) -> None:
    def talk(peer: socket.socket) -> None:
        peer.recv(4096)
        peer.sendall(said)

    check(tmp_path, talk)
