"""What every view of *Planifier* is given, and the parts that all of them draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.answers.list_dates import list_sentence
from geo.answers.origin import (
    approximation_sentences,
    counting_sentence,
    network_sentence,
    plan_sources_sentence,
    sources_sentence,
)
from geo.french import DRIVING_ONLY
from geo.kinds import SITES
from geo.maps.payload import shown_kinds
from geo.ui import cache
from geo.ui.components.messages import show_approximations, show_notes
from geo.ui.components.planning_map import planning_map
from geo.ui.components.question import ask_counted, ask_threshold
from geo.ui.planning_cache import shared_sites

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    import pandas as pd

    from geo.question import Question
    from geo.settings import Settings
    from geo.territory import Territory
    from geo.ui.state import AppState


@dataclass(frozen=True, eq=False, slots=True)
class Visit:
    """One run of the screen: `identity` is the territory's fingerprint."""

    territory: Territory
    state: AppState
    settings: Settings
    identity: str

    @classmethod
    def of(cls, territory: Territory, state: AppState, settings: Settings) -> Visit:
        """Gather what a view needs."""
        return cls(territory, state, settings, cache.fingerprint(territory))

    @property
    def question(self) -> Question:
        """What is asked of the sites."""
        return self.state.sites_question

    @property
    def sites(self) -> gpd.GeoDataFrame:
        """The sites that count today."""
        return shared_sites(self.territory, self.identity, self.question.kinds)

    @property
    def dated(self) -> str:
        """Of which day the list of sites is."""
        return list_sentence(self.territory.manifest, SITES)

    def times(self) -> pd.DataFrame:
        """Return today's times."""
        return cache.travel_times(self.territory, self.identity, SITES, kinds=self.question.kinds)

    def file_stem(self, what: str) -> str:
        """Return the beginning of the name of a file to download."""
        return f"maillage-{self.territory.departement or 'territoire'}-{what}"

    def show_threshold(self) -> None:
        """Show the slider of the threshold."""
        ask_threshold(width=220)

    def show_counted(self) -> None:
        """Show which sites count, behind a button."""
        with st.popover("Sites comptés"):
            ask_counted()

    def show_map(
        self,
        values: dict[str, Any],
        name: str,
        label: str,
        *,
        on_position: Callable[[float, float], None] | None = None,
        on_site: Callable[[str], None] | None = None,
    ) -> None:
        """Show a map of the territory (`geo.maps.planning_values`)."""
        planning_map(
            cache.packed_map_base(self.territory, self.identity),
            values,
            fingerprint=self.identity,
            name=name,
            label=label,
            settings=self.settings,
            on_position=on_position,
            on_site=on_site,
        )

    def show_origin(self, notes: Sequence[str] = (), *, of_plan: bool = False) -> None:
        """Say what is approximate, what was counted, and where it comes from (`of_plan`: a plan); last on each view."""
        kinds, excluded = shown_kinds(self.territory.sites, self.question.kinds)
        manifest = self.territory.manifest
        show_approximations(approximation_sentences(self.territory))
        show_notes(
            [
                *notes,
                DRIVING_ONLY,
                counting_sentence(SITES, kinds, excluded, self.territory.parts),
                network_sentence(manifest),
                plan_sources_sentence(manifest) if of_plan else sources_sentence(manifest),
            ]
        )
