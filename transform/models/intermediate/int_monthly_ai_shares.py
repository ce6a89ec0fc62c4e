from transform.steps.shares import monthly_ai_shares


def model(dbt, session):
    return monthly_ai_shares(dbt.ref("int_monthly_ai_cells").pl(), dbt.ref("classifier_evaluation").pl())
