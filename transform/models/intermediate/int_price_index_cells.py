from transform.steps.index_mart import price_index


def model(dbt, session):
    return price_index(dbt.ref("int_price_panel_cells").pl(), dbt.ref("int_cpi_published").pl())
