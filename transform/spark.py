"""The row-level models on Spark: built by dbt in a local session, and compared with DuckDB's row by row.

What Spark does not build is handed over as tables: what has landed, the seeds, and the texts that Python
reads once per distinct text (prices, dates; exchange rates and consumer prices by month).
"""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from scrapers.errors import GigsError
from transform.build import PROJECT, dbt_environment

MODELS = (
    "stg_listings",
    "stg_sightings",
    "stg_sources",
    "int_listings_latest",
    "int_listing_contents",
    "int_listings_dated",
    "int_listings_priced",
    "int_listings_reposted",
    "int_listings_occupied",
    "int_listings_classified",
    "int_listings_tagged",
)
"""From staging to tagged listings, in the order in which they are built."""

HANDED_OVER = (
    "raw.listings",
    "raw.sightings",
    "raw.sources",
    "intermediate.int_date_texts",
    "intermediate.int_price_texts",
    "intermediate.int_fx_rates",
    "intermediate.int_cpi_months",
)
"""Tables that Spark reads and does not build, beside the seeds."""

KEYS = {
    "stg_listings": ["listing_id", "content_hash"],
    "stg_sightings": ["sighting_id"],
    "stg_sources": ["name"],
    "int_listing_contents": ["listing_id", "content_hash"],
}
"""What names a row; elsewhere it is `listing_id`."""

TOLERANCE = 1e-9
"""Largest relative difference of two floating numbers that count as equal."""


@dataclass(frozen=True)
class Compared:
    """One model on both engines.

    Attributes:
        model: Its name.
        n_rows: Rows that DuckDB made.
        n_missing: Rows that only DuckDB made.
        n_more: Rows that only Spark made.
        different: How many rows differ, by column.
        example: Key and both values of the first difference, as text.
    """

    model: str
    n_rows: int
    n_missing: int
    n_more: int
    different: dict[str, int]
    example: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether both engines made the same rows."""
        return not (self.n_missing or self.n_more or self.different)


def why_not() -> str | None:
    """What this machine lacks for Spark; None where all is there."""
    if find_spec("pyspark") is None or find_spec("dbt.adapters.spark") is None:
        return "pyspark and dbt-spark are not installed (`make spark` installs them)"
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        return "there is no Java (17 or newer) on this machine"
    return None


def session(folder: Path) -> Any:
    """A local Spark session with its catalogue and tables below a folder; nothing listens on the network."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of a pandas that nothing here uses
        from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ.pop("SPARK_HOME", None)  # an empty one keeps the wheel's own from being found
    settings = {
        "spark.driver.extraJavaOptions": f"-Duser.timezone=UTC -Dderby.system.home={folder}",
        "spark.driver.memory": "2g",
        "spark.log.level": "ERROR",
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:{folder}/catalogue;create=true",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",  # compiling costs more than few rows are worth
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.adaptive.enabled": "false",  # planning anew after every step costs more, too
        "spark.sql.constraintPropagation.enabled": "false",
        "spark.sql.maxPlanStringLength": "1000",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.sources.default": "parquet",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.warehouse.dir": str(folder / "tables"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master("local[2]").appName("gigs").enableHiveSupport()
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def hand_over(con: duckdb.DuckDBPyConnection, spark: Any, folder: Path) -> None:
    """Give Spark, as Parquet, the tables that it reads and does not build."""
    seeds = con.sql("select table_name from information_schema.tables where table_schema = 'seeds'")
    for schema in ("raw", "seeds", "staging", "intermediate"):
        spark.sql(f"create database if not exists {schema}")
    for name in [*HANDED_OVER, *(f"seeds.{seed}" for (seed,) in seeds.fetchall())]:
        file = folder / f"{name}.parquet"
        con.sql(f"select * from {name}").write_parquet(str(file))
        spark.sql(f"create table {name} using parquet location '{file}'")


def build_models(folder: Path) -> None:
    """Let dbt build the row-level models in the session of this process.

    Raises:
        GigsError: A model failed.
    """
    from dbt.cli.main import dbtRunner

    os.environ.update(dbt_environment())
    words = ["run", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target", "spark"]
    words += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs"), "--quiet"]
    result = dbtRunner().invoke([*words, "--select", *MODELS])
    if not result.success:
        logs = folder / "logs" / "dbt.log"
        raise GigsError(
            f"Spark could not build the models: {result.exception or 'see the log'}", f"read {logs}"
        )


def compare(model: str, ours: pl.DataFrame, theirs: pl.DataFrame, key: Sequence[str]) -> Compared:
    """Compare two frames row by row and column by column; types aside, floats within `TOLERANCE`.

    Args:
        model: Name of what is compared.
        ours: Rows of DuckDB.
        theirs: Rows of Spark.
        key: Columns that name a row.
    """
    keys = list(key)
    both = ours.join(theirs, on=keys, how="inner", suffix="_theirs", nulls_equal=True)
    different: dict[str, int] = {}
    example = ""
    for name in ours.columns:
        if name in keys:
            continue
        if name not in theirs.columns:
            different[name] = both.height
            continue
        unequal = both.filter(_unequal(both[name], both[f"{name}_theirs"]))
        if unequal.is_empty():
            continue
        different[name] = unequal.height
        example = example or str(unequal.select(*keys, name, f"{name}_theirs").row(0))
    different |= {name: both.height for name in theirs.columns if name not in ours.columns}
    return Compared(
        model=model,
        n_rows=ours.height,
        n_missing=ours.join(theirs, on=keys, how="anti", nulls_equal=True).height,
        n_more=theirs.join(ours, on=keys, how="anti", nulls_equal=True).height,
        different=different,
        example=example,
    )


def _unequal(ours: pl.Series, theirs: pl.Series) -> pl.Series:
    if ours.dtype.is_float():
        near = (ours - theirs).abs() <= TOLERANCE * ours.abs()
        return ~(near.fill_null(False) | (ours.is_null() & theirs.is_null()))
    return ours.ne_missing(theirs.cast(ours.dtype) if theirs.dtype != ours.dtype else theirs)


def run(build_file: Path, folder: Path, told: Callable[[str], None] = lambda text: None) -> list[Compared]:
    """Build the row-level models on Spark from a built warehouse and compare them with those in it.

    Args:
        build_file: DuckDB file of a warehouse after `gigs build`.
        folder: Empty folder for Spark's tables.
        told: Called with what is being done.

    Raises:
        GigsError: Spark could not build a model.
    """
    with duckdb.connect(str(build_file), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        told("Starting Spark and handing the tables over ...")
        spark = session(folder)
        try:
            hand_over(con, spark, folder)
            told("Building the models on Spark ...")
            build_models(folder)
            told("Comparing ...")
            return [_compared(con, spark, model, folder) for model in MODELS]
        finally:
            spark.stop()


def _compared(con: duckdb.DuckDBPyConnection, spark: Any, model: str, folder: Path) -> Compared:
    name = f"{'staging' if model.startswith('stg_') else 'intermediate'}.{model}"
    made = folder / "made" / model
    spark.table(name).write.parquet(str(made))
    ours = con.sql(f"select * from {name}").pl()
    theirs = con.sql(f"select * from read_parquet('{made}/*.parquet')").pl()
    return compare(model, ours, theirs, KEYS.get(model, ["listing_id"]))
