from transform.steps.texts import read_count_texts, unread


def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="count_text", incremental_strategy="delete+insert")
    return read_count_texts(unread(dbt, session, dbt.ref("int_count_keys"), key="count_text"))
