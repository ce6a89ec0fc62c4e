from transform.steps.texts import read_duration_texts, unread


def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="duration_text", incremental_strategy="delete+insert")
    return read_duration_texts(unread(dbt, session, dbt.ref("int_duration_keys"), key="duration_text"))
