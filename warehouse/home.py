"""Where the data live: one folder, moved as a whole by the environment variable GIGS_HOME."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path


def home() -> Path:
    """The data folder: `GIGS_HOME`, else the platform's user-data folder. Not created here."""
    named = os.environ.get("GIGS_HOME")
    return Path(named).expanduser().absolute() if named else user_data_path("gigs", appauthor=False)


def landing() -> Path:
    """Landing files: one Parquet file a run, in a folder a source."""
    return home() / "landing"


def build_file() -> Path:
    """The private warehouse that loading and dbt write; readers never open it."""
    return home() / "warehouse" / "gigs.duckdb"


def releases() -> Path:
    """Published releases, each in a folder of its own, and the pointer to the current one."""
    return home() / "releases"


def reference() -> Path:
    """Exchange rates and price indices that were refreshed here; they precede the bundled ones."""
    return home() / "reference"


def datasets() -> Path:
    """Dataset mappings of this installation, beside the ones that are shipped."""
    return home() / "datasets"


def key_file() -> Path:
    """The secret of the keyed hashes; outside the warehouse, readable by its owner only."""
    return home() / "secret.key"


def config_file() -> Path:
    """The operator's settings (TOML)."""
    return home() / "config.toml"


def lock_file() -> Path:
    """Held by the one run that writes."""
    return home() / "gigs.lock"
