from transform.steps.premium_cells import premium_cells


def model(dbt, session):
    return premium_cells(dbt.ref("int_price_panel_cells").pl(), dbt.ref("classifier_evaluation").pl())
