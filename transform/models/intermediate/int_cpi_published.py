import os
from pathlib import Path

import polars as pl

from transform.steps.rates import CPI_FILE, cpi_months, read_cpi


def model(dbt, session):
    bundled = pl.DataFrame(dbt.ref("cpi_us").to_arrow_table()).rename({"month": "month_on"}).sort("month_on")
    refreshed = Path(os.environ.get("GIGS_REFERENCE", "")) / CPI_FILE
    published = read_cpi(refreshed) if refreshed.is_file() else bundled
    return cpi_months(published, published["month_on"][-1])
