"""Server-side request forgery: no form of a private address is ever connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gate_server import crawl
from scrapers.gate.addresses import AddressBook, is_public
from scrapers.gate.refusal import GateRefusal

HOSTS = [
    *(
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "127.127.127.127",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "0177.1",
    ),
    *(
        "0x7f000001",
        "0x7f.0.0.1",
        "0x7F.1",
        "0x7f.0x0.0x0.0x1",
        "127.0.0.1.",
        "localhost",
        "LOCALHOST",
        "localhost.",
    ),
    *(
        "localhost.localdomain",
        "ip6-localhost",
        "0",
        "0.0.0.0",
        "0x0",
        "00",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
    ),
    *("[::0001]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]"),
    *("[::7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[2002:7f00:0001::1]"),
    *(
        "[2001:0:7f00:1::]",
        "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
        "[fe80::1]",
        "[fe80::1%25lo]",
        "[fe80::1%lo]",
    ),
    *(
        "[fc00::1]",
        "[fd12:3456:789a::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[100::1]",
        "[2001:db8::1]",
        "[::ffff:0:7f00:1]",
    ),
    *(
        "10.0.0.1",
        "10.255.255.255",
        "10.1",
        "167772161",
        "172.16.0.1",
        "172.31.255.254",
        "172.16.1",
        "192.168.0.1",
    ),
    *("192.168.1", "3232235521", "0xc0a80001", "169.254.169.254", "169.254.1", "2852039166", "0xa9fea9fe"),
    *(
        "0251.0376.0251.0376",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "100.64.0.1",
        "100.100.100.200",
    ),
    *("192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250"),
    *(
        "240.0.0.1",
        "255.255.255.255",
        "1２7.0.0.1",
        "①②⑦.0.0.1",
        "127。0。0。1",
        "ｌｏｃａｌｈｏｓｔ",
        "127.0.0.1%00",
    ),
    *("user@127.0.0.1", "user:word@localhost", "host.example@127.0.0.1", "127.0.0.1%2f", "[::1%00]", "[::1"),
]


@pytest.fixture
def listener() -> Iterator[tuple[int, list[int]]]:
    """A port on all of this machine's addresses, and the connections it saw."""
    server = socket.socket(socket.AF_INET6)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind(("::", 0))
    server.listen(64)
    seen: list[int] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            seen.append(1)
            connection.close()

    threading.Thread(target=accept, daemon=True).start()
    yield server.getsockname()[1], seen
    server.close()


def test_no_form_of_a_private_address_is_connected_to(
    tmp_path: Path, listener: tuple[int, list[int]]
) -> None:
    port, seen = listener
    assert len(HOSTS) >= 80
    urls = [f"http://{host}:{port}/" for host in HOSTS]
    bare = [host.rpartition("@")[2] for host in HOSTS]
    names = [f"{host}:{port}" for host in bare if host != "[::1"]
    found = crawl(tmp_path, urls, hosts=names, limits={"delay": 0.0, "breaker": 10_000})
    print(f"{len(HOSTS)} forms of private addresses: {len(seen)} connections; {found['reasons']}")
    assert seen == []
    assert "done" not in found["states"]
    socket.create_connection(("127.0.0.1", port)).close()
    for _ in range(100):
        if seen:
            break
        threading.Event().wait(0.01)
    assert seen == [1], "the listener would have noticed a connection"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("1.1.1.1", True),
        ("2606:4700::1111", True),
        ("64:ff9b::808:808", True),
        ("::ffff:8.8.8.8", True),
        ("2002:808:808::1", True),
        ("::ffff:10.0.0.1", False),
        ("::8.8.8.8", False),
        ("64:ff9b:1::1", False),
        ("fe80::1%eth0", False),
        ("2001:0:4136:e378::1", False),
        ("fec0::1", False),
        ("0.0.0.1", False),
    ],
)
def test_public_is_what_everybody_can_reach(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


def approve(answers: list[str], host: str = "rebind.example", own_host: str | None = None) -> AddressBook:
    async def lookup(_: str) -> list[str]:
        return answers

    book = AddressBook(lookup, own_host)
    asyncio.run(book.approve(host))
    return book


@pytest.mark.parametrize(
    "answers", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["8.8.8.8", "::1"], ["fe80::1%2"]]
)
def test_a_name_with_any_private_address_is_refused(answers: list[str]) -> None:
    with pytest.raises(GateRefusal, match="private"):
        approve(answers)


def test_an_approved_name_is_pinned_to_what_was_approved() -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])

    async def rebinding(_: str) -> list[str]:
        return next(answers)

    async def twice(book: AddressBook) -> None:
        await book.approve("rebind.example")
        await book.approve("rebind.example")

    book = AddressBook(rebinding)
    asyncio.run(twice(book))
    assert [str(address) for address in book.approved["rebind.example"]] == ["8.8.8.8"]


@pytest.mark.parametrize(("host", "answers"), [("127.0.0.2", ["127.0.0.2"]), ("127.0.0.1", ["8.8.8.8"])])
def test_a_simulated_source_reaches_its_own_host_only(host: str, answers: list[str]) -> None:
    with pytest.raises(GateRefusal, match="its own host"):
        approve(answers, host, own_host="127.0.0.1")
