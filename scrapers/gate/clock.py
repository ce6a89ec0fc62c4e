"""The gate's clock; tests put a clock of their own in its place."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime


class Clock:
    """Time as the gate sees it."""

    def now(self) -> datetime:
        """This moment (UTC)."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
