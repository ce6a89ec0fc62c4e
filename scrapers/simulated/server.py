"""A local HTTP server on which the simulated market speaks the formats of real sources."""

from __future__ import annotations

import hashlib
import importlib
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from scrapers.simulated.formats import Answer, Asked, Site
from scrapers.simulated.money import daily_rates
from scrapers.simulated.phrases import bank
from scrapers.simulated.planted import DEFAULT_UNTIL

ROBOTS = "User-agent: *\nDisallow: /private/\nAllow: /\n"


KNOWN = {
    "hackernews": ("HackerNews", r"/(api/v1|v0)/"),
    "weworkremotely": ("WeWorkRemotely", r"/.*\.rss$"),
    "remoteok": ("RemoteOk", r"/(api|remote-jobs\.json)$"),
    "freelancer": ("Freelancer", r"/api/projects/"),
    "peopleperhour": ("PeoplePerHour", r"/freelance-jobs"),
    "guru": ("Guru", r"/d/jobs"),
    "upwork": ("Upwork", r"/(graphql|nx/search/jobs|jobs/.*~02)"),
    "fiverr": ("Fiverr", r"/(categories|s\d+)/"),
}
"""Simulated sites by the name of the spider that reads them: class in the module of that name, its paths."""


@dataclass
class Fault:
    """A failure on demand: the next `times` requests of matching paths are answered with it.

    Attributes:
        path: Beginning of the paths it befalls.
        status: HTTP status; 0 closes the connection without an answer.
        times: How often; negative is for ever.
        after: Requests of matching paths that pass before it begins.
        retry_after: Value of a Retry-After header, in seconds or as an HTTP date.
        body: Body instead of the usual one.
        delay: Seconds to wait before answering.
        cut: Send only this share of the usual body (with its full Content-Length).
    """

    path: str
    status: int = 503
    times: int = 1
    after: int = 0
    retry_after: str | None = None
    body: bytes | None = None
    delay: float = 0.0
    cut: float | None = None


@dataclass(frozen=True)
class Seen:
    """One request that the server answered."""

    at: float
    method: str
    target: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Path without the query."""
        return urlsplit(self.target).path


class SimulatedServer:
    """The simulated marketplaces over HTTP, on 127.0.0.1 and a free port, as a context manager.

    Args:
        seed: Seed of the market.
        day: The day of the visit: later days show new, changed and vanished listings.
        robots: Text of /robots.txt, or the status that it answers with.
        faults: Failures on demand.
        sites: The sites to serve; default is all of `KNOWN`, made from `seed` and `day`.

    Example:
        with SimulatedServer(seed=1, day=date(2026, 6, 30)) as server:
            collect("hackernews", base_url=server.url, ...)
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        day: date = DEFAULT_UNTIL,
        robots: str | int = ROBOTS,
        faults: Sequence[Fault] = (),
        sites: Sequence[Site] | None = None,
    ) -> None:
        self.seed, self.day, self.robots = seed, day, robots
        self.faults = list(faults)
        self.requests: list[Seen] = []
        self._sites = list(sites) if sites is not None else None
        self._made: dict[str, Site] = {}
        self._lock, self._making = threading.Lock(), threading.Lock()
        self._http: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def _sites_for(self, path: str) -> Iterator[Site]:
        """The sites that may know a path; each is made when it is asked first."""
        if self._sites is not None:
            yield from self._sites
            return
        for name, (class_name, pattern) in KNOWN.items():
            if re.match(pattern, path):
                with self._making:
                    if name not in self._made:
                        module = importlib.import_module(f"scrapers.simulated.formats.{name}")
                        self._made[name] = getattr(module, class_name)(seed=self.seed, day=self.day)
                yield self._made[name]

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        if self._http is None:
            raise RuntimeError("the server does not run; use it as a context manager")
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def move_to(self, day: date) -> None:
        """Let the market be that of another day; the address stays."""
        with self._making:
            self.day = day
            self._made.clear()

    def count(self, path: str = "/") -> int:
        """Requests whose path begins so."""
        return sum(seen.path.startswith(path) for seen in self.requests)

    def __enter__(self) -> SimulatedServer:
        daily_rates()  # what all sites need is read before the first request waits for it
        bank()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http is not None and self._thread is not None:
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()
            self._http = None

    def answer(self, asked: Asked) -> Answer:
        """The answer of the first site that knows the path, with an ETag; 404 where none does."""
        if asked.path == "/robots.txt":
            found = _robots(self.robots)
        else:
            answers = (site.answer(asked) for site in self._sites_for(asked.path))
            found = next((said for said in answers if said is not None), _missing())
        if found.status != 200:
            return found
        tag = f'"{hashlib.sha256(found.body).hexdigest()[:20]}"'
        headers = {"ETag": tag, "Cache-Control": "max-age=60"} | dict(found.headers)
        if asked.headers.get("if-none-match") == tag:
            return Answer(b"", found.content_type, 304, headers)
        return Answer(found.body, found.content_type, found.status, headers)

    def fault(self, path: str) -> Fault | None:
        """The failure that befalls this request, if any."""
        with self._lock:
            for fault in self.faults:
                if not path.startswith(fault.path) or fault.times == 0:
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                fault.times -= 1
                return fault
        return None

    def log(self, seen: Seen) -> None:
        """Remember a request."""
        with self._lock:
            self.requests.append(seen)


def _robots(robots: str | int) -> Answer:
    if isinstance(robots, int):
        return Answer(b"", "text/plain", robots)
    return Answer(robots.encode(), "text/plain; charset=utf-8")


def _missing() -> Answer:
    return Answer(b"<!doctype html><title>Not found</title>", "text/html; charset=utf-8", 404)


def _handler(server: SimulatedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "Simulated"
        sys_version = ""

        def do_GET(self) -> None:
            self._respond()

        def do_HEAD(self) -> None:
            self._respond()

        def do_POST(self) -> None:
            self._respond()

        def _respond(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = {
                name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()
            }
            asked = Asked(unquote(parts.path), query, headers, self.command, self.rfile.read(size))
            fault = server.fault(parts.path)
            if fault and fault.delay:
                time.sleep(fault.delay)
            status = fault.status if fault else None
            if status == 0:
                server.log(Seen(time.time(), self.command, self.path, 0, headers))
                self.close_connection = True
                return
            answer = server.answer(asked)
            extra: dict[str, str] = {}
            if fault and fault.cut is None:
                answer = Answer(fault.body or b"", answer.content_type, fault.status)
                extra = {"Retry-After": fault.retry_after} if fault.retry_after else {}
            server.log(Seen(time.time(), self.command, self.path, answer.status, headers))
            self._send(answer, extra, fault.cut if fault else None)

        def _send(self, answer: Answer, extra: Mapping[str, str], cut: float | None) -> None:
            self.send_response(answer.status)
            if answer.status != 304:
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(answer.body)))
            for name, value in {**answer.headers, **extra}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body if cut is None else answer.body[: int(len(answer.body) * cut)])
            if cut is not None:
                self.close_connection = True

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(timestamp, usegmt=True)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the terminal: `requests` is the log."""

    return Handler
