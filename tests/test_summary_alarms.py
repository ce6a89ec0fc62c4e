"""A source that changes is noticed in the same run, and no price changes silently."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from scrapers.summary_alarms import Alarm, alarms
from scrapers.summary_profile import Profile, first_number, shape

CURRENCIES = ["USD"] * 8 + ["EUR", "GBP"]
Row = dict[str, Any]


def healthy(seed: int, n: int = 120) -> list[Row]:
    """Listings of an ordinary day: most have a price, half a currency apart, some bids."""
    rng = random.Random(seed)
    rows: list[Row] = []
    for number in range(n):
        low = rng.choice([20, 50, 75, 120, 250, 400, 800]) + rng.randint(0, 9)
        row: Row = {
            "native_id": str(4_000_000 + number),
            "side": "request",
            "title": f"Job {number}",
            "description": "Work to be done.",
            "skills": ["a"],
            "category_raw": rng.choice(["Design", "Writing"]),
            "price_kind_raw": rng.choice(["fixed", "hourly"]),
            "currency_raw": rng.choice(CURRENCIES),
            "posted_raw": "2026-07-01T10:00:00Z",
            "url": f"https://x.example/jobs/{number}",
        }
        if rng.random() < 0.9:
            row["price_raw"] = f"{low} - {low * 3}"
        if rng.random() < 0.7:
            row["bids_raw"] = str(rng.randint(0, 40))
        rows.append(row)
    return rows


def summary(rows: list[Row], **more: Any) -> dict[str, Any]:
    profile = Profile()
    for row in rows:
        profile.add(row)
    plain: dict[str, Any] = {"pages": {"done": 6}, "refusals": {}, "unknown": {}}
    return plain | {"profile": profile.facts()} | more


def four_weeks() -> list[dict[str, Any]]:
    return [summary(healthy(seed)) for seed in range(28)]


def test_an_ordinary_day_raises_no_alarm_that_holds() -> None:
    before = four_weeks()
    held = [
        alarm for seed in range(100, 200) for alarm in alarms(summary(healthy(seed)), before) if alarm.holds
    ]
    assert held == []


def changed(rows: list[Row], change: str, field: str) -> list[Row]:
    """What the source's pages give after a change of its form."""
    out = []
    for row in rows:
        row = dict(row)
        value = row.get(field)
        if change == "gone" or (change == "mostly gone" and int(row["native_id"]) % 4):
            row.pop(field, None)
        elif value is not None and change == "renamed":
            row.pop(field)
        elif value is not None and change == "default":
            row[field] = "4500"
        elif value is not None and change == "symbol":
            row[field] = f"€{value}"
        elif value is not None and change == "locale":
            row[field] = value.replace(" - ", ",50 - ") + ",50"
        elif value is not None and change == "cents":
            row[field] = " - ".join(f"{part}00" for part in value.split(" - "))
        elif value is not None and change == "retyped":
            row[field] = f"{{'amount': {value!r}}}"
        elif value is not None and change == "currency":
            row[field] = "INR"
        elif value is not None and change == "words":
            row[field] = "see the description"
        out.append(row)
    return out


CHANGES = [
    *[(change, "price_raw") for change in ("gone", "mostly gone", "default", "symbol", "locale", "cents")],
    *[(change, "price_raw") for change in ("retyped", "words")],
    *[(change, "currency_raw") for change in ("gone", "mostly gone", "currency", "retyped", "words")],
    *[(change, "price_kind_raw") for change in ("gone", "retyped", "words")],
    *[
        (change, field)
        for field in ("title", "description", "skills", "url")
        for change in ("gone", "mostly gone")
    ],
    *[(change, "bids_raw") for change in ("gone", "default", "retyped", "words")],
    *[(change, "posted_raw") for change in ("gone", "retyped", "words")],
]


def test_two_hundred_seeded_changes_are_reported_and_no_price_changes_silently() -> None:
    before = four_weeks()
    missed: Counter[tuple[str, str]] = Counter()
    silent = []
    n = 0
    for seed in range(1_000, 1_200):
        change, field = CHANGES[seed % len(CHANGES)]
        found = alarms(summary(changed(healthy(seed), change, field)), before)
        about = [alarm for alarm in found if alarm.about == field]
        n += 1
        if not about:
            missed[change, field] += 1
        if field in ("price_raw", "currency_raw") and not any(alarm.holds for alarm in about):
            silent.append((change, field))
    print(f"{n} changes of a source: {n - missed.total()} reported, {len(silent)} silent changes of a price")
    assert n == 200
    assert silent == []
    assert missed.total() <= 2, missed


@pytest.mark.parametrize(
    ("now", "kind", "holds"),
    [
        (summary([]), "silent zero", True),
        (summary(healthy(1, 30)), "drop", False),
        (summary(healthy(1), unknown={"job.tier": 120}), "keys", False),
        (summary(healthy(1), refusals={"drift: .job is missing": 9}), "pages", True),
        (summary(healthy(1), refusals={"drift: .job is missing": 1}), "pages", False),
        (summary(healthy(1), refusals={"blocked: a bot wall (Cloudflare)": 1}), "pages", False),
    ],
)
def test_each_kind_of_trouble_has_its_alarm(now: dict[str, Any], kind: str, holds: bool) -> None:
    found = [alarm for alarm in alarms(now, four_weeks()) if alarm.kind == kind]
    assert [alarm.holds for alarm in found] == [holds]


def test_silence_is_judged_by_the_facts_where_there_is_no_history() -> None:
    assert [alarm.kind for alarm in alarms(summary([]), [], expected=(20, 1_000))] == ["silent zero"]
    assert alarms(summary([]), [], expected=(0, 60)) == []
    assert alarms(summary(healthy(1)), [], expected=(20, 1_000)) == []


def test_a_run_in_which_nothing_had_changed_is_not_silent() -> None:
    assert alarms(summary([], pages={"unmodified": 4}), four_weeks()) == []


def test_an_alarm_says_what_is_usual() -> None:
    (alarm,) = [
        item for item in alarms(summary(changed(healthy(1), "gone", "price_raw")), four_weeks()) if item.holds
    ]
    assert alarm == Alarm("coverage", "price_raw", alarm.message, True)
    assert alarm.message == "filled in 0% of listings, usually 89%"


@pytest.mark.parametrize(
    ("text", "form", "number"),
    [
        ("$250.00 - $1,500", "$9.9 - $9,9", 250.0),
        ("1.234,56 €", "9.9,9 €", 1234.56),
        ("1,234.56", "9,9.9", 1234.56),
        ("12,5", "9,9", 12.5),
        ("1.000", "9.9", 1000.0),
        ("Hourly", "a", None),
        ("", "", None),
    ],
)
def test_forms_and_sizes_of_numbers(text: str, form: str, number: float | None) -> None:
    assert (shape(text), first_number(text)) == (form, number)
