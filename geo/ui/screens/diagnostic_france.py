"""*Diagnostic* before any part of France is chosen: all of it, by commune on the map, by département in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from geo.access.coverage import coverage, summarize
from geo.answers.coverage import coverage_answer
from geo.answers.origin import approximation_sentences, network_sentence, sources_sentence
from geo.question import CoverageRule
from geo.report.country_tables import CountryDiagnosis, area_table
from geo.ui import cache
from geo.ui.components.answer import show_answer
from geo.ui.components.messages import plain, show_approximations, show_notes
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.components.question import ask_counted, ask_facilities, ask_threshold
from geo.ui.kept_answers import kept

if TYPE_CHECKING:
    from geo.settings import Settings
    from geo.territory import Territory
    from geo.ui.state import AppState

_COLUMNS: Final = ("code", "departement.name", "share_covered", "median_time_min", "communes_under_served", "communes", "population")


def show(territory: Territory, state: AppState, settings: Settings) -> None:
    """Draw the screen: question, answer, map, table."""
    del settings
    identity = cache.fingerprint(territory)
    st.title("Qui est trop loin ? France", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        ask_facilities(territory)
        ask_threshold()
        with st.popover("Options"):
            ask_counted()
    times = cache.travel_times(territory, identity, state.facilities, kinds=state.counted)
    rule = CoverageRule()
    result = coverage(territory, state.threshold_min, facilities=state.facilities, rule=rule, times=times)
    summary = summarize(result, times, state.threshold_min, facilities=state.facilities, rule=rule)
    show_answer(coverage_answer(summary, result), summary.part)
    st.subheader("Départements", anchor=False)
    st.markdown(plain("Choisissez un territoire dans la liste du haut pour en voir les communes."))
    table = _departements(territory, identity, state.facilities, state.threshold_min, kinds=state.counted)
    shown = french_table(table.sort_values("share_covered", kind="stable"), *_COLUMNS)
    show_table(shown, key="departements", alt="Départements, la plus petite part d'habitants sous le seuil d'abord")
    csv_button("Tableau (CSV)", shown, f"maillage-departements-{state.facilities}-{state.threshold_min}min.csv")
    show_approximations(approximation_sentences(territory))
    show_notes([network_sentence(territory.manifest), sources_sentence(territory.manifest)])


@kept(st.cache_data, show_spinner="Calcul par département…", max_entries=16)
def _departements(
    _territory: Territory, identity: str, facilities: str, threshold_min: float, *, kinds: frozenset[str]
) -> pd.DataFrame:
    """Return the totals of each département; `identity` is the territory's fingerprint."""
    times = cache.travel_times(_territory, identity, facilities, kinds=kinds)
    rule = CoverageRule()
    result = coverage(_territory, threshold_min, facilities=facilities, rule=rule, times=times)
    summary = summarize(result, times, threshold_min, facilities=facilities, rule=rule)
    return area_table(CountryDiagnosis(result, times, pd.DataFrame(), summary, rule), by="departement")
