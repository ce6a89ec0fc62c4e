from transform.steps.verdict_cells import price_cells


def model(dbt, session):
    return price_cells(dbt.ref("int_price_list_cells").pl())
