from transform.steps.texts import read_price_texts, unread


def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="price_text_id", incremental_strategy="delete+insert")
    return read_price_texts(unread(dbt, session, dbt.ref("int_price_keys"), key="price_text_id"))
