"""Alarms: what is different in a run from the source's last four weeks, noticed the same day.

An alarm that `holds` keeps the run from landing until somebody has looked: silence, a lost field, a default
value that poses as a price. The others are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

WEEKS = 4
FEW = 20
"""Below this many listings shares say little, and nothing but silence is judged by them."""


@dataclass(frozen=True)
class Alarm:
    """One difference.

    Attributes:
        kind: `silent zero`, `drop`, `coverage`, `default value`, `shape`, `level`, `keys` or `pages`.
        about: The field or key, or empty.
        message: What is different, in numbers.
        holds: Whether the run must not land unseen.
    """

    kind: str
    about: str
    message: str
    holds: bool


def alarms(
    summary: dict[str, Any], before: list[dict[str, Any]], expected: tuple[int, int] | None = None
) -> list[Alarm]:
    """Compare a run with earlier ones of the same source.

    Args:
        summary: The run's summary.
        before: Summaries of the source's runs of the last four weeks that landed.
        expected: Listings that a healthy day brings, where no earlier run says it.
    """
    sound = [item for item in before if item["profile"]["n"]]
    found = [*_silence(summary, sound, expected), *_pages(summary), *_keys(summary, sound)]
    if sound and summary["profile"]["n"]:
        found += [*_coverage(summary, sound), *_defaults(summary, sound), *_shapes(summary, sound)]
        found += [*_levels(summary, sound)]
    return found


def _silence(
    summary: dict[str, Any], sound: list[dict[str, Any]], expected: tuple[int, int] | None
) -> Iterator[Alarm]:
    n_pages = summary["pages"].get("done", 0) + summary["pages"].get("refused", 0)
    usual = median([item["profile"]["n"] for item in sound]) if sound else (expected or (0, 0))[0]
    n = summary["profile"]["n"]
    if not n_pages:
        return  # nothing was fetched, or nothing had changed since the last time
    if n == 0 and usual > 0:
        yield Alarm("silent zero", "", f"no listing, where {usual:g} are usual", True)
    elif sound and len(sound) >= 3 and n < 0.5 * usual and not summary["pages"].get("unmodified"):
        yield Alarm("drop", "", f"{n} listings, where {usual:g} are usual", False)


def _pages(summary: dict[str, Any]) -> Iterator[Alarm]:
    drifted = sum(n for reason, n in summary["refusals"].items() if reason.startswith(("drift", "shell")))
    read = summary["pages"].get("done", 0) + drifted
    if drifted and drifted >= 0.1 * read:
        message = f"{drifted} of {read} pages lack what the parser relies on"
        yield Alarm("pages", "", message, drifted >= 0.5 * read)
    walls = sum(
        n for why, n in summary["refusals"].items() if why.startswith(("blocked", "captcha", "login"))
    )
    if walls:
        yield Alarm("pages", "", f"{walls} pages were a block, captcha or login page", False)


def _keys(summary: dict[str, Any], sound: list[dict[str, Any]]) -> Iterator[Alarm]:
    known = {key for item in sound for key in item["unknown"]}
    fresh = {key: n for key, n in summary["unknown"].items() if key not in known}
    for key, n in sorted(fresh.items()):
        yield Alarm("keys", key, f"a key never seen before, {n} times", False)


def _coverage(summary: dict[str, Any], sound: list[dict[str, Any]]) -> Iterator[Alarm]:
    if summary["profile"]["n"] < FEW:
        return
    names = {name for item in sound for name in item["profile"]["coverage"]}
    for name in sorted(names | set(summary["profile"]["coverage"])):
        usual = median([item["profile"]["coverage"].get(name, 0.0) for item in sound])
        now = summary["profile"]["coverage"].get(name, 0.0)
        if usual - now > max(0.15, 0.3 * usual) or (usual >= 0.05 and now == 0):
            yield Alarm("coverage", name, f"filled in {now:.0%} of listings, usually {usual:.0%}", True)
        elif now - usual > 0.3:
            yield Alarm("coverage", name, f"filled in {now:.0%} of listings, usually {usual:.0%}", False)


def _defaults(summary: dict[str, Any], sound: list[dict[str, Any]]) -> Iterator[Alarm]:
    if summary["profile"]["n"] < FEW:
        return
    for name, share in summary["profile"]["top_share"].items():
        usual = median([item["profile"]["top_share"].get(name, 0.0) for item in sound])
        if share > 0.5 and share > usual + 0.25:
            message = f"one value stands in {share:.0%} of listings, usually {usual:.0%}"
            yield Alarm("default value", name, message, True)


def _shapes(summary: dict[str, Any], sound: list[dict[str, Any]]) -> Iterator[Alarm]:
    if summary["profile"]["n"] < FEW:
        return
    for name, shapes in summary["profile"]["shapes"].items():
        seen = {form for item in sound for form in item["profile"]["shapes"].get(name, {})}
        fresh = {form: share for form, share in shapes.items() if form not in seen}
        share = sum(fresh.values())
        if seen and share > 0.2:
            most = max(fresh, key=lambda form: fresh[form])
            message = f"{share:.0%} of values have a form never seen before, such as {most!r}"
            yield Alarm(
                "shape", name, message, name in ("price_raw", "currency_raw", "price_kind_raw", "side")
            )


def _levels(summary: dict[str, Any], sound: list[dict[str, Any]]) -> Iterator[Alarm]:
    if summary["profile"]["n"] < FEW:
        return
    for name, level in summary["profile"]["median"].items():
        levels = [item["profile"]["median"][name] for item in sound if name in item["profile"]["median"]]
        usual = median(levels) if levels else 0
        if usual > 0 and not 1 / 3 <= level / usual <= 3:
            holds = name == "price_raw"
            yield Alarm("level", name, f"the median of its numbers is {level:g}, usually {usual:g}", holds)
