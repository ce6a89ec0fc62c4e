from transform.steps.texts import read_date_texts, unread


def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="date_text_id", incremental_strategy="delete+insert")
    return read_date_texts(unread(dbt, session, dbt.ref("int_date_keys"), key="date_text_id"))
