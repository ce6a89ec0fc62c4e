"""The questions that the views ask, each a query on the marts.

Sides, price kinds and sampling frames are never pooled: every question names one side, one source and, for
prices, one kind. Shares of the market come from full frames only.
"""

from __future__ import annotations

Z = 1.959964
"""Normal quantile of the two-sided 95% interval."""

MINIMUM = 30
"""Nothing is drawn under this number of listings."""

SMALLEST_CELL = 10
"""Tables leave out cells with fewer listings."""


def wilson(sign: str) -> str:
    """SQL of a bound (`-` lower, `+` upper) of Wilson's 95% interval for columns `k` and `n`."""
    spread = f"{Z} * sqrt(k * (n - k) / n + {Z * Z / 4:.6f}) / (n + {Z * Z:.6f})"
    return f"(k + {Z * Z / 2:.6f}) / (n + {Z * Z:.6f}) {sign} {spread}"
