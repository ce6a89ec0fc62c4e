"""Opening sentences: number, interval, n, period, caveat, ready to copy."""

from __future__ import annotations

from typing import Any

from dashboard import labels


def percent(value: float) -> str:
    """A share as readers write it: two digits that matter, `0.42%`, `4.2%`, `42%`."""
    size = abs(value)
    digits = 0 if size >= 0.0995 else 1 if size >= 0.00995 else 2
    return f"{value:.{digits}%}"


def dollars(value: float) -> str:
    """US dollars: cents under 20, none above."""
    return f"${value:,.2f}" if abs(value) < 20 else f"${value:,.0f}"


def change(value: float) -> str:
    """A relative change with its sign."""
    return f"{value:+.1%}" if abs(value) < 0.0995 else f"{value:+.0%}"


def share_sentence(
    row: dict[str, Any], side: str, source: str, what: str = "AI work", where: str = ""
) -> str:
    """One month's share: `row` holds `month_on`, `k`, `n`, `share`, `share_low`, `share_high`."""
    verb = "asked for" if side == "request" else "offered"
    return (
        f"In {labels.month(row['month_on'])}, {percent(row['share'])} of {labels.SIDE_NOUNS[side]} in "
        f"“{source}”{where} {verb} {what} (95% interval {percent(row['share_low'])} to "
        f"{percent(row['share_high'])}; {row['k']:,} of {row['n']:,})."
    )


def median_sentence(row: dict[str, Any], kind: str, side: str, source: str) -> str:
    """One month's median price: `row` holds `month_on`, `occupation`, `n_listings` and the medians."""
    what = {
        "budget": "fixed budget of requests",
        "rate": f"hourly rate of {labels.SIDE_NOUNS[side]}",
        "ask": "asking price of offers",
        "bid": "average bid on requests",
    }[kind]
    band = (
        f"95% interval {dollars(row['median_low_usd'])} to {dollars(row['median_high_usd'])}; "
        if row["median_low_usd"] is not None and row["median_high_usd"] is not None
        else "no interval; "
    )
    return (
        f"In {labels.month(row['month_on'])}, the median {what} in “{source}”, "
        f"{labels.name_of(row['occupation']).lower()}, was {dollars(row['median_usd'])} "
        f"({band}n = {row['n_listings']:,})."
    )
