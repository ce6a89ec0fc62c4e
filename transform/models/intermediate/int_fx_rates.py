import os
from pathlib import Path

from transform.steps.rates import daily_rates, fx_rates


def model(dbt, session):
    reference = os.environ.get("GIGS_REFERENCE")
    return daily_rates(fx_rates(Path(reference) if reference else None))
