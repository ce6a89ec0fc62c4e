"""What stands around a view: simulated or real, empty, damaged, newer release, footer."""

from __future__ import annotations

import streamlit as st

from dashboard import theme
from dashboard.controls import choose
from dashboard.release import Release, newest
from dashboard.scope import Scope
from scrapers.errors import GigsError

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" '
    f'fill="{theme.BLUE}"/><path d="M6 22l7-8 5 5 8-11" fill="none" stroke="#fff" stroke-width="3"/></svg>'
)
"""The tab's icon, drawn here: Streamlit would fetch an emoji or named icon from another host."""

_STYLE = f"""
<style>
.block-container {{ padding-top: 4.2rem; padding-bottom: 2rem; max-width: 1180px; }}
@media (max-width: 640px) {{ .block-container {{ padding-left: .75rem; padding-right: .75rem; }} }}
h1 {{ font-size: 2rem !important; padding-top: 0 !important; }}
.simulated {{
  border: 3px solid {theme.SIMULATED}; border-radius: 6px; padding: .5rem .9rem; font-weight: 600;
  background: repeating-linear-gradient(-45deg, {theme.translucent(theme.SIMULATED, 0.16)} 0 14px,
    {theme.translucent(theme.SIMULATED, 0.06)} 14px 28px);
}}
.simulated b {{ font-size: 1.15rem; letter-spacing: .06em; }}
mark {{ background: rgba(208, 112, 15, .35); color: inherit; border-radius: 3px; padding: 0 .12em; }}
</style>
"""


WORLDS = {"real": "Real listings", "simulated": "Simulated market"}


def style() -> None:
    """The few rules of the page's look."""
    st.html(_STYLE)


def no_release(error: GigsError) -> None:
    """Nothing has been published yet: say which command fills the warehouse."""
    st.title("Nothing to show yet")
    st.text(error.message)
    st.markdown("Fill it with one of these, then reload this page:")
    st.code(
        "gigs demo                              # simulated markets, within a minute\n"
        "gigs import FILE --dataset NAME        # a file that you already have\n"
        "gigs run                               # load, build and publish what is new",
        language="bash",
    )


def failed(error: GigsError) -> None:
    """Something is damaged: what happened and what to do, as plain text."""
    st.error("This cannot be shown.", icon=":material/error:")
    st.text(error.message)
    if error.hint:
        st.text(f"Next: {error.hint}")


def choose_world(found: Release) -> bool:
    """Whether to show the simulated world; asks only where a release holds both."""
    if not (found.has_real and found.has_simulated):
        return found.has_simulated
    return choose("Data", WORLDS, "data", in_view=True) == "simulated"


def banner(scope: Scope) -> None:
    """The unmistakable mark of simulated data."""
    if scope.is_simulated:
        st.html(
            '<div class="simulated" role="alert"><b>SIMULATED DATA</b> Every listing and number on this page '
            "is invented. It shows how the observatory works and says nothing about any real market.</div>"
        )


def footer(scope: Scope) -> None:
    """Release, freshness and licence below every view."""
    moment = scope.release.published_at
    when = f", published {moment:%Y-%m-%d %H:%M} UTC" if moment else ""
    st.caption(
        f"Release {scope.release.release_id}{when}, collected to {scope.collected_to}. "
        "Figures: CC BY 4.0. Code: MIT."
    )


@st.fragment(run_every=20)
def follow(shown: Release) -> None:
    """Move to a newer release when one is published, unless the address names a release."""
    latest = newest()
    if latest is None or latest == shown.release_id:
        return
    if "release" in st.query_params:
        st.caption(f"You are looking at release {shown.release_id}; the newest is {latest}.")
    else:
        st.rerun()
