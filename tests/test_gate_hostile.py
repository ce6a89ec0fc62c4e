"""Hostile servers: sixty ways to misbehave cost neither memory nor time, and each has its reason."""

from __future__ import annotations

import gzip
import json
import re
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gate_server import PROJECT

OK = b"HTTP/1.1 200 OK\r\n"
END = b"Connection: close\r\n\r\n"
Mode = Callable[[socket.socket], None]


def say(*parts: bytes) -> Mode:
    """Send bytes and hang up."""
    return lambda peer: peer.sendall(b"".join(parts))


def forever(head: bytes, part: bytes, pause: float = 0.0) -> Mode:
    """Send a head, then the same part until the client hangs up."""

    def mode(peer: socket.socket) -> None:
        peer.sendall(head)
        while True:
            peer.sendall(part)
            time.sleep(pause)

    return mode


def silent(seconds: float, first: bytes = b"") -> Mode:
    """Send something, then nothing."""

    def mode(peer: socket.socket) -> None:
        peer.sendall(first)
        time.sleep(seconds)

    return mode


def sized(body: bytes, *headers: bytes) -> bytes:
    extra = b"".join(header + b"\r\n" for header in headers)
    return OK + extra + b"Content-Length: %d\r\n" % len(body) + END + body


def packed(n: int, window: int = 31) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(n)), packer.flush()])


BOMB = packed(300)
MIB = bytes(1 << 20)


def to(place: bytes, status: bytes = b"302 Found") -> Mode:
    return say(b"HTTP/1.1 " + status + b"\r\nLocation: " + place + b"\r\nContent-Length: 0\r\n" + END)


MODES: dict[str, Mode] = {
    "bomb-gzip": say(sized(BOMB, b"Content-Encoding: gzip")),
    "bomb-gzip-x": say(sized(BOMB, b"Content-Encoding: x-gzip")),
    "bomb-deflate": say(sized(packed(300, 15), b"Content-Encoding: deflate")),
    "bomb-deflate-raw": say(sized(packed(300, -15), b"Content-Encoding: deflate")),
    "bomb-twice": say(sized(gzip.compress(BOMB), b"Content-Encoding: gzip, gzip")),
    "bomb-members": say(sized(gzip.compress(bytes(900_000)) * 200, b"Content-Encoding: gzip")),
    "bomb-ten-times": say(sized(BOMB, b"Content-Encoding: " + b", ".join([b"gzip"] * 10))),
    "brotli": say(sized(b"\xce\xb2" * 99, b"Content-Encoding: br")),
    "zstd": say(sized(b"\x28\xb5\x2f\xfd" * 99, b"Content-Encoding: zstd")),
    "unknown-encoding": say(sized(b"x", b"Content-Encoding: secret")),
    "gzip-that-is-none": say(sized(b"plain", b"Content-Encoding: gzip")),
    "gzip-cut": say(sized(gzip.compress(b"abc" * 900)[:40], b"Content-Encoding: gzip")),
    "gzip-bad-sum": say(sized(gzip.compress(b"abc")[:-8] + bytes(8), b"Content-Encoding: gzip")),
    "endless-body": forever(OK + END, MIB),
    "endless-chunks": forever(OK + b"Transfer-Encoding: chunked\r\n" + END, b"100000\r\n" + MIB + b"\r\n"),
    "endless-tiny-chunks": forever(OK + b"Transfer-Encoding: chunked\r\n" + END, b"1\r\nx\r\n" * 5_000),
    "endless-headers": forever(OK, b"X-A: " + b"a" * 900 + b"\r\n"),
    "endless-header-line": forever(OK + b"X-A: ", b"a" * 65_536),
    "endless-status-line": forever(b"HTTP/1.1 200 ", b"a" * 65_536),
    "endless-hints": forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "endless-early-hints": forever(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    "endless-trailers": forever(OK + b"Transfer-Encoding: chunked\r\n" + END + b"0\r\n", b"X-A: a\r\n"),
    "endless-chunk-size": forever(OK + b"Transfer-Encoding: chunked\r\n" + END, b"0" * 65_536),
    "endless-chunk-note": forever(OK + b"Transfer-Encoding: chunked\r\n" + END + b"1;", b"a" * 65_536),
    "many-headers": say(OK, b"".join(b"X-%d: a\r\n" % n for n in range(100_000)), END, b"x"),
    "many-cookies": say(OK, b"Set-Cookie: a=" + b"b" * 3_000 + b"\r\n", b"Content-Length: 0\r\n", END),
    "header-of-a-megabyte": say(OK, b"X-A: " + MIB.replace(b"\0", b"a") + b"\r\n", END, b"x"),
    "drip-body": forever(OK + b"Content-Length: 100000\r\n" + END, b"x", 0.05),
    "drip-headers": forever(OK, b"X-A: a\r\n", 0.05),
    "drip-status": forever(b"HTTP", b"/", 0.05),
    "drip-chunks": forever(OK + b"Transfer-Encoding: chunked\r\n" + END, b"1\r\nx\r\n", 0.05),
    "silence": silent(9),
    "silence-after-status": silent(9, OK),
    "silence-after-headers": silent(9, OK + b"Content-Length: 9\r\n" + END),
    "silence-in-body": silent(9, OK + b"Content-Length: 9\r\n" + END + b"x"),
    "hang-up": say(b""),
    "hang-up-after-status": say(OK),
    "hang-up-in-headers": say(OK, b"Content-Le"),
    "hang-up-in-body": say(OK, b"Content-Length: 999\r\n", END, b"x"),
    "hang-up-in-chunk": say(OK, b"Transfer-Encoding: chunked\r\n", END, b"ff\r\nx"),
    "length-too-small": say(OK, b"Content-Length: 1\r\n", END, b"x" * 5_000),
    "length-huge": say(OK, b"Content-Length: 99999999999999\r\n", END, b"x"),
    "length-negative": say(OK, b"Content-Length: -1\r\n", END, b"x"),
    "length-word": say(OK, b"Content-Length: many\r\n", END, b"x"),
    "lengths-that-differ": say(OK, b"Content-Length: 1\r\nContent-Length: 2\r\n", END, b"xy"),
    "length-and-chunks": say(OK, b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", END, b"0\r\n\r\n"),
    "chunk-size-word": say(OK, b"Transfer-Encoding: chunked\r\n", END, b"zz\r\nx\r\n0\r\n\r\n"),
    "chunk-size-huge": say(OK, b"Transfer-Encoding: chunked\r\n", END, b"f" * 40 + b"\r\nx"),
    "status-word": say(b"HTTP/1.1 OK fine\r\n", END),
    "status-999": say(b"HTTP/1.1 999 No\r\nContent-Length: 0\r\n", END),
    "not-http": say(b"220 mail.example ESMTP\r\n"),
    "http-0.9": say(b"<html>old</html>"),
    "tls-greeting": say(b"\x15\x03\x01\x00\x02\x02\x28" * 40),
    "zeros": say(bytes(100_000)),
    "redirect-to-itself": to(b"/redirect-to-itself"),
    "redirect-circle": to(b"/redirect-circle-2"),
    "redirect-circle-2": to(b"/redirect-circle"),
    "redirect-nowhere": to(b""),
    "redirect-long": to(b"/" + b"a" * 50_000),
    "redirect-file": to(b"file:///etc/passwd"),
    "redirect-data": to(b"data:text/html,x"),
    "redirect-metadata": to(b"http://169.254.169.254/"),
    "redirect-to-tls": to(b"https://127.0.0.1/"),
    "redirect-split": to(b"/a\r\nSet-Cookie: b=c"),
}


class HostileServer:
    """Each path misbehaves in its own way."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(peer,), daemon=True).start()

    def _answer(self, peer: socket.socket) -> None:
        with peer:
            try:
                asked = peer.recv(65_536)
                found = re.match(rb"GET /([^ ?]*)", asked)
                name = found[1].decode() if found else ""
                missing = say(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n", END)
                MODES.get(name, missing)(peer)
            except OSError:
                return

    def close(self) -> None:
        self._socket.close()


WATCH = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
sys.stderr.write(done.stderr[-2000:])
print(done.stdout.splitlines()[-1] if done.stdout else "")
print(json.dumps({"peak_mb": peak / 1024, "code": done.returncode}))
"""


@pytest.mark.slow
def test_sixty_ways_to_misbehave_are_survived(tmp_path: Path) -> None:
    assert len(MODES) >= 60
    server = HostileServer()
    limits = {"seconds": 2.0, "breaker": 10**6, "parallel": 8}
    urls = [f"{server.url}/{name}" for name in MODES]
    order: dict[str, Any] = {
        "home": str(tmp_path),
        "urls": urls,
        "root": server.url,
        "hosts": [],
        "limits": limits,
    }
    order |= {"stock": False, "run_id": "hostile"}
    script = [sys.executable, str(PROJECT / "tests" / "gate_server.py"), json.dumps(order)]
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", WATCH, *script], capture_output=True, text=True, cwd=PROJECT, timeout=550
    )
    seconds = time.monotonic() - started
    server.close()
    found, end = [json.loads(line) for line in done.stdout.splitlines()[-2:]]
    states = found["states"]
    print(f"{len(MODES)} hostile answers: {states}, peak {end['peak_mb']:.0f} MB, {seconds:.0f} s")
    assert end["code"] == 0, done.stderr
    assert sum(states.values()) == len(MODES)
    assert states.get("waiting", 0) == 0
    assert states.get("done", 0) <= 8, "some answers are odd and yet readable"
    assert end["peak_mb"] < 300
