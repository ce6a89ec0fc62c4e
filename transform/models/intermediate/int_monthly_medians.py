from transform.steps.medians import monthly_medians


def model(dbt, session):
    return monthly_medians(dbt.ref("int_monthly_price_cells").pl())
