"""Texts of simulated listings, put together from banks of phrases by index.

A bank is a TOML file per language. All its phrases are laid out in one flat array; a *pool* is a stretch of
that array (say, the opening sentences of Spanish requests), so drawing a phrase for a million listings is
one vectorised index computation and one gather.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from scrapers.errors import ConfigError
from scrapers.simulated.planted import FIRST_MONTH, MENTIONS, OCCUPATIONS, SIDES, Floats, Ints, months_between

BANKS = Path(__file__).parent / "banks"
LANGUAGES = ("en", "es", "pt", "de", "fr", "ru", "th")
ENGLISH = 0
TOPIC = "{topic}"
GAP = {"th": ""}
"""What stands between sentences, where it is not a blank."""


@dataclass
class Pools:
    """Stretches of the flat phrase array: a pool's number gives its first phrase and its length."""

    start: list[int] = field(default_factory=lambda: [0])
    length: list[int] = field(default_factory=lambda: [1])
    phrases: list[str] = field(default_factory=lambda: [""])

    def add(self, phrases: list[str], ending: str = "") -> int:
        """Store phrases, each with an ending, and return their pool's number; no phrases is pool 0."""
        if not phrases:
            return 0
        self.start.append(len(self.phrases))
        self.length.append(len(phrases))
        self.phrases += [phrase + ending for phrase in phrases]
        return len(self.start) - 1


@dataclass(frozen=True)
class Job:
    """A kind of work in one language, with the numbers of its pools by side."""

    key: str
    language: int
    occupation: int
    ai: tuple[str, ...]
    trap: str | None
    since: int
    titles: tuple[int, int]
    texts: tuple[int, int]
    skills: tuple[str, ...]


class Bank:
    """All phrases and jobs of all languages, ready for drawing."""

    def __init__(self) -> None:
        pools = Pools()
        self.jobs: list[Job] = []
        self.general: dict[str, Ints] = {}
        general: dict[str, list[int]] = {}
        for number, language in enumerate(LANGUAGES):
            path = BANKS / f"{language}.toml"
            bank = tomllib.loads(path.read_text(encoding="utf-8"))
            gap = GAP.get(language, " ")
            general.setdefault("topic", []).append(pools.add(bank["topics"]))
            for side in SIDES:
                for part in ("opening", "detail", "closing", "reference"):
                    ending = "\n\n" if part == "opening" else " " if part == "reference" else gap
                    general.setdefault(f"{side}.{part}", []).append(pools.add(bank[side][part], ending))
            for group, names in MENTIONS.items():
                _known(bank[group], names, path)
                for name in names:
                    said = bank[group].get(name, [])
                    general.setdefault(f"{group}.{name}", []).append(pools.add(said, gap))
            self.jobs += [_job(entry, number, pools, gap) for entry in bank["job"]]
        self.general = {name: np.array(numbers) for name, numbers in general.items()}
        none = [0] * len(LANGUAGES)
        self.mentions = {
            group: np.array([*(general[f"{group}.{name}"] for name in names), none])
            for group, names in MENTIONS.items()
        }
        """Pools of each mention by language; the last row stands for no mention."""
        self.start, self.length = np.array(pools.start), np.array(pools.length)
        halves = [phrase.partition(TOPIC) for phrase in pools.phrases]
        self.before = pl.Series("before", [before for before, _, _ in halves])
        self.after = pl.Series("after", [after for _, _, after in halves])
        self.has_topic = np.array([bool(mark) for _, mark, _ in halves])
        self.job_titles = np.array([job.titles for job in self.jobs])
        self.job_texts = np.array([job.texts for job in self.jobs])
        self.job_language = np.array([job.language for job in self.jobs])
        self.eras = np.unique([0, *(job.since for job in self.jobs)])
        """Months in which a kind of work appears first."""
        self._chosen, self._first, self._many = self._index_jobs()

    def _index_jobs(self) -> tuple[Ints, Ints, Ints]:
        """Jobs that fit a cell (language, occupation, kind of job, era, side): a list and its stretches.

        Kinds of job are ordinary, AI and trap; a new era begins when a kind of work appears. A language
        without a fitting job takes the English ones.
        """
        shape = (len(LANGUAGES), len(OCCUPATIONS), 3, len(self.eras), 2)
        chosen: list[int] = []
        first, many = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for cell in np.ndindex(*shape):
            language, occupation, kind, era, side = cell
            fitting = self._fitting(language, occupation, kind, era, side)
            fitting = fitting or self._fitting(ENGLISH, occupation, kind, era, side)
            fitting = fitting or self._fitting(ENGLISH, occupation, 0, era, side)
            first[cell], many[cell] = len(chosen), len(fitting)
            chosen += fitting
        return np.array(chosen), first, many

    def _fitting(self, language: int, occupation: int, kind: int, era: int, side: int) -> list[int]:
        return [
            number
            for number, job in enumerate(self.jobs)
            if (job.language, job.occupation) == (language, occupation)
            and kind == (1 if job.ai else 2 if job.trap else 0)
            and job.since <= self.eras[era]
            and job.titles[side]
        ]

    def draw_jobs(self, u: Floats, cells: dict[str, Ints], kind: Ints, month: Ints, side: int) -> Ints:
        """A job for each listing that fits its language, occupation, kind and month; `u` are uniform."""
        era = np.searchsorted(self.eras, month, side="right") - 1
        cell = (cells["language"], cells["occupation"], kind, era, np.full_like(kind, side))
        return np.asarray(self._chosen[self._first[cell] + (u * self._many[cell]).astype(np.int64)])

    def draw(self, u: Floats, pool: Ints) -> Ints:
        """A phrase of the pool for each listing; pool 0 gives the empty phrase."""
        return np.asarray(self.start[pool] + (u * self.length[pool]).astype(np.int64))

    def draw_distinct(self, u: Floats, pool: Ints, count: Ints, most: int) -> list[Ints]:
        """Up to `count` different phrases of a pool for each listing, as `most` columns of indices."""
        length = self.length[pool]
        begin = (u * length).astype(np.int64)
        step = 1 + ((u * 7919) % 1 * (length - 1)).astype(np.int64)
        step = np.where(np.gcd(step, length) == 1, step, 1)
        return [
            np.where((slot < count) & (slot < length), self.start[pool] + (begin + slot * step) % length, 0)
            for slot in range(most)
        ]

    def text(self, parts: list[Ints], topic: Ints) -> pl.Series:
        """Join phrases listing by listing, with the topic filled in."""
        pieces: list[pl.Series] = []
        for part in parts:
            pieces.append(self.before.gather(part))
            if (has_topic := self.has_topic[part]).any():
                pieces.append(self.before.gather(np.where(has_topic, topic, 0)))
                pieces.append(self.after.gather(part))
        named = [piece.rename(str(number)) for number, piece in enumerate(pieces)]
        return pl.DataFrame(named).select(text=pl.concat_str(pl.all()).str.strip_chars_end())["text"]


def _known(said: dict[str, Any], names: tuple[str, ...], path: Path) -> None:
    if unknown := said.keys() - set(names):
        raise ConfigError(f"{path} has phrases for the unknown {', '.join(unknown)}", f"known: {names}")


def _job(entry: dict[str, Any], language: int, pools: Pools, gap: str) -> Job:
    since: date | None = entry.get("since")
    return Job(
        key=entry["key"],
        language=language,
        occupation=OCCUPATIONS.index(entry["occupation"]),
        ai=tuple(entry.get("ai", ())),
        trap=entry.get("trap"),
        since=months_between(FIRST_MONTH, since) if since else 0,
        titles=(pools.add(entry.get("request", [])), pools.add(entry.get("offer", []))),
        texts=(pools.add(entry.get("request_text", []), gap), pools.add(entry.get("offer_text", []), gap)),
        skills=tuple(entry["skills"]),
    )


@cache
def bank() -> Bank:
    """The phrases of all languages, read once."""
    return Bank()
