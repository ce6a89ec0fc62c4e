"""Erase everywhere: landing, tables, releases, archives and the journal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import polars as pl

from scrapers.forget import forget, forget_in_journal
from warehouse import home
from warehouse.erasure import Erased, begin, finish
from warehouse.privacy import author_keys, read_key


@dataclass(frozen=True)
class ErasedEverywhere:
    """What left the warehouse, how many archived responses went with it, and entries of the journal."""

    warehouse: Erased
    n_responses: int
    n_journal_entries: int


def erase_everywhere(listing_id: str | None, author_key: str | None, on: date) -> ErasedEverywhere:
    """Erase one listing, or all of one author, from every file that is kept. Call it inside `working()`.

    The tombstone is written first, so nothing comes back; what is killed after it can be run again. Landing
    comes last, because only it knows under which native ids the journal keeps a listing. A response is one
    sealed record of an archive, so the other listings of its page leave the archive too.

    Raises:
        UsageError: Not exactly one hash was given, or it has not the form of one.
    """
    erasure = begin(listing_id=listing_id, author_key=author_key, on=on)
    key = read_key(home.key_file())

    def is_forgotten(platform: str, native_id: str | None, author_id: str | None) -> bool:
        if listing_id:
            told = f"{platform}\x1f{native_id}".encode("utf-8", "surrogatepass")
            digest = hashlib.md5(told, usedforsecurity=False).hexdigest()
            return native_id is not None and digest == listing_id.lower()
        if author_id is None:
            return False
        keys = author_keys(pl.Series([platform]), pl.Series([author_id]), key)
        return bool(keys[0] == (author_key or "").lower())

    n_responses = forget(home.home(), is_forgotten)
    n_entries = forget_in_journal(home.home(), is_forgotten, erasure.natives)
    return ErasedEverywhere(finish(erasure), n_responses, n_entries)
