"""Which data a view speaks of: one release, and the real or the simulated world, never both."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import streamlit as st

from dashboard.charts.figure import Caption
from dashboard.release import Question, Release


@dataclass(frozen=True)
class Scope:
    """One world of one release.

    Attributes:
        release: The release.
        is_simulated: Which of its worlds.
    """

    release: Release
    is_simulated: bool

    def ask(self, question: Question) -> pl.DataFrame:
        """The answer of this release."""
        return self.release.ask(question)

    def lacks(self, mart: str, *columns: str, purpose: str) -> bool:
        """Whether a mart is missing; if so, the reader is told what is not shown and why.

        Args:
            mart: Name of the mart.
            columns: Columns that must be there too.
            purpose: What it would show, to finish the sentence "... is not shown".
        """
        if self.release.has(mart, *columns):
            return False
        st.info(
            f"{purpose} cannot be shown: release {self.release.release_id} holds no table `{mart}`"
            f"{' with all its columns' if mart in self.release.columns else ''}. "
            "Build and publish again with this version: `gigs run`.",
            icon=":material/info:",
        )
        return True

    @property
    def collected_to(self) -> str:
        """Last day on which a listing was seen, for footers."""
        moment = self.release.collected_to
        return f"{moment:%Y-%m-%d}" if moment else "unknown"

    def caption(
        self,
        title: str,
        *,
        measure: str,
        unit: str,
        period: str,
        source: str,
        n: int,
        note: str = "",
        n_of: str = "",
    ) -> Caption:
        """A caption with the facts of this release filled in."""
        return Caption(
            title=title,
            measure=measure,
            unit=unit,
            period=period,
            source=source,
            n=n,
            collected_to=self.collected_to,
            release=self.release.release_id,
            is_simulated=self.is_simulated,
            note=note,
            n_of=n_of,
        )
