"""Choices that live in the address, so that a link brings back the state.

Streamlit can bind a widget to the address by itself, but it writes the words that the reader sees; those
change with every release (a source's n, for one). Here the address holds keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

ALL = ""
"""The key of "no filter"."""


def choose(
    label: str,
    options: Mapping[str, str],
    key: str,
    *,
    in_view: bool = False,
    on_change: Callable[[], None] | None = None,
) -> str:
    """One of several, the first unless the address says otherwise.

    Args:
        label: What is chosen.
        options: Words for the reader by key.
        key: Name in the address.
        in_view: Show all options side by side instead of a list that opens.
        on_change: Called when the reader chooses.

    Returns:
        The key chosen.
    """
    default = next(iter(options))
    held = f"chosen_{key}"
    if held not in st.session_state:
        st.session_state[held] = st.query_params.get(key, default)
    if st.session_state[held] not in options:
        st.session_state[held] = default
    chosen: str | None
    if in_view:
        chosen = st.segmented_control(
            label,
            list(options),
            required=True,
            format_func=lambda item: options[item],
            key=held,
            on_change=on_change,
        )
    else:
        chosen = st.selectbox(
            label,
            list(options),
            format_func=lambda item: options[item],
            key=held,
            on_change=on_change,
        )
    value: str = default if chosen is None or chosen not in options else chosen
    if value == default:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != value:
        st.query_params[key] = value
    return value
