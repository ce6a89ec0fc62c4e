"""Why the gate did not fetch a page."""

from __future__ import annotations


class GateRefusal(Exception):
    """The gate keeps a request from the network.

    Args:
        kind: `robots`, `address`, `offsite`, `budget`, `circuit`, `too large`, `timeout` or `redirect`.
        reason: What was found, for the run's summary.
        is_final: True where the page will not be allowed later in the same run either; otherwise it stays in
            the queue, and the run ends partial.
    """

    def __init__(self, kind: str, reason: str, *, is_final: bool = True) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind = kind
        self.reason = reason
        self.is_final = is_final
