"""What all tests share: a data folder of their own, and the real listings where they exist."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test writes its data below its own temporary folder."""
    folder = tmp_path / "gigs-home"
    monkeypatch.setenv("GIGS_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real listings and labels: `GIGS_SHARED`, else `shared` beside the checkout."""
    named = os.environ.get("GIGS_SHARED")
    folder = Path(named) if named else PROJECT.parent / "shared"
    if not (folder / "data" / "listings").is_dir():
        pytest.skip(f"no real listings at {folder} (set GIGS_SHARED to the folder that holds them)")
    return folder
