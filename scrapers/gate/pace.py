"""How fast a host is asked: one request at a time, a pause between, and far away when it says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from scrapers.gate.clock import Clock
from scrapers.gate.hosts import HostStore
from scrapers.gate.limits import Limits, retry_after
from scrapers.gate.refusal import GateRefusal

REFUSING = (403, 429, 503)


class Pace:
    """The pace of one host.

    Args:
        host: Its name and port.
        limits: Bounds of the crawl.
        store: Remembers until when to stay away, beyond this run.
        clock: The time.
    """

    def __init__(self, host: str, limits: Limits, store: HostStore, clock: Clock) -> None:
        self.host = host
        self.crawl_delay = 0.0
        self._limits = limits
        self._store = store
        self._clock = clock
        self._turns = asyncio.Semaphore(limits.parallel)
        self._entry = asyncio.Lock()
        self._next: datetime | None = None
        self._in_a_row = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for this request's turn; the host is busy until the block is left.

        Raises:
            GateRefusal: The host asked for a longer wait than the run has patience for, or its circuit is
                open; the page stays in the queue.
        """
        async with self._turns:
            async with self._entry:
                await self._wait()
                self._pause_from(self._clock.now())
            try:
                yield
            finally:
                self._pause_from(self._clock.now())

    async def _wait(self) -> None:
        while True:
            now = self._clock.now()
            asked = self._store.not_before(self.host)
            if asked and (asked[0] - now).total_seconds() > self._limits.patience:
                raise GateRefusal(
                    "circuit" if asked[1].startswith("circuit") else "retry-after",
                    f"{asked[1]}; not before {asked[0]:%Y-%m-%d %H:%M} UTC",
                    is_final=False,
                )
            moments = [moment for moment in (self._next, asked[0] if asked else None) if moment]
            left = max(((moment - now).total_seconds() for moment in moments), default=0.0)
            if left <= 0:
                return
            await self._clock.sleep(left)

    def _pause_from(self, moment: datetime) -> None:
        pause = timedelta(seconds=max(self._limits.delay, self.crawl_delay))
        self._next = max(self._next or moment, moment + pause)

    def note(self, status: int | None, asked: str | None = None, date: str | None = None) -> None:
        """Learn from an answer: its status (null where none came), `Retry-After` and `Date`."""
        now = self._clock.now()
        wait = retry_after(asked, date, now) if status is None or status >= 300 else None
        if wait is None and status in (429, 503):
            wait = self._limits.backoff
        if wait:
            self._store.stay_away(self.host, now + timedelta(seconds=wait), "the host asked to wait")
        if status is not None and status not in REFUSING:
            self._in_a_row = 0
            return
        self._in_a_row += 1
        if self._in_a_row >= self._limits.breaker:
            why = f"circuit opened after {self._in_a_row} refusals or failures in a row"
            self._store.stay_away(self.host, now + timedelta(seconds=self._limits.rest), why)
