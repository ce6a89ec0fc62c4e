"""Replay archives: report what today's parsers find, and land it where that is asked for."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

from dags.collecting import archive_folder
from dags.pipeline import bring_in, now
from scrapers.archive import files
from scrapers.replay import Replay, Replayed, run_id
from warehouse import home
from warehouse.connect import working
from warehouse.landing import Run


def replay(
    paths: list[Path], source: str | None, *, land: bool
) -> tuple[list[Replayed], Counter[str], float]:
    """Read WARC files again.

    Args:
        paths: Files or folders; none means all own archives.
        source: Name of the one source to read, or null.
        land: Whether what is found is landed and loaded.

    Returns:
        What was found by source, records left out by reason, and megabytes (10^6 bytes) of pages read.
    """
    wanted = [
        file for path in paths or [archive_folder()] for file in (files(path) if path.is_dir() else [path])
    ]
    reading = Replay(wanted, source)
    found: dict[str, Replayed] = {}
    for _ in reading.batches(found, home.home()):
        pass
    if land:
        with working():
            for told in found.values():
                _land(wanted, told, now())
    return list(found.values()), reading.skipped, reading.n_bytes / 1e6


def _land(paths: list[Path], told: Replayed, moment: datetime) -> None:
    """Land one source's listings, read a second time: memory holds one batch."""
    name = told.source.name
    facts = Run(
        run_id=run_id(paths, name, told.parser),
        kind="replay",
        file_name=paths[0].name if len(paths) == 1 else None,
        started_at=moment,
        parser_version=told.parser,
    )
    bring_in((batch for _, batch in Replay(paths, name).batches({}, home.home())), told.source, facts)
