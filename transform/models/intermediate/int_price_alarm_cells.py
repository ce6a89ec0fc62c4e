from transform.steps.verdict import default_alarms


def model(dbt, session):
    return default_alarms(dbt.ref("int_price_value_cells").pl())
