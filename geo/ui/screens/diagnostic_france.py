"""*Diagnostic* before any part of France is chosen: all of it, by commune on the map, by département in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.access.diagnosis import diagnose
from geo.answers.coverage import coverage_answer, trip_texts
from geo.answers.list_dates import list_sentence
from geo.french import WITHIN
from geo.ui import cache
from geo.ui.components.answer import show_answer
from geo.ui.components.day_lists import show_origin
from geo.ui.components.france_map import france_map, has_slider
from geo.ui.components.messages import plain
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.components.question import ask_counted, ask_facilities, ask_threshold
from geo.ui.kept_answers import kept
from geo.ui.session import change_state
from geo.ui.state import format_state

if TYPE_CHECKING:
    import pandas as pd

    from geo.access.diagnosis import Diagnosis
    from geo.question import Question
    from geo.settings import Settings
    from geo.territory import Territory
    from geo.ui.state import AppState

_COLUMNS: Final = (
    *("code", "departement.name", "share_covered", "median_time_min", "communes_under_served", "communes"),
    "population",
)


def show(territory: Territory, state: AppState, settings: Settings) -> None:
    """Draw the screen: question, answer, map, table."""
    identity = cache.fingerprint(territory)
    st.title("Qui est trop loin ? France", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        ask_facilities(territory)
        if not has_slider(settings, state.question):
            ask_threshold()
        with st.popover("Options"):
            ask_counted()
    question = state.question
    diagnosis = _diagnosis(territory, identity, question)
    dated = list_sentence(territory.manifest, question.facilities)
    show_answer(coverage_answer(diagnosis.summary, diagnosis.coverage), diagnosis.summary.part, dated)
    cov, by_time = diagnosis.coverage, question.rule.kind == "mean_time"
    france_map(
        cov.loc[cov["under_served"].notna(), "travel_time_min"].astype("Float64"),
        _trips(territory, identity, question.facilities, question.kinds, cov),
        threshold_min=question.threshold_min,
        settings=settings,
        under=None if by_time else cov["under_served"],
        rule="temps moyen au-delà du seuil" if by_time else question.rule_in_short,
        address=format_state(state, list(territory.facilities)),
        on_threshold=lambda minutes: change_state(threshold_min=round(minutes)),
    )
    st.header("Départements", anchor=False)
    st.markdown(plain("Choisissez un territoire dans la liste du haut pour en voir les communes."))
    table = _departements(territory, identity, question)
    shown = french_table(table.sort_values("share_covered", kind="stable"), *_COLUMNS)
    show_table(
        shown,
        key="departements",
        alt=f"Départements, la plus petite part d'habitants {WITHIN} d'abord",
        estimated=territory.estimated,
    )
    stem = f"maillage-departements-{question.facilities}-{question.threshold_min:.0f}min"
    csv_button("Tableau (CSV)", shown, f"{stem}.csv", estimated=territory.estimated)
    show_origin(territory, question, settings)


def _diagnosis(territory: Territory, identity: str, question: Question) -> Diagnosis:
    times = cache.travel_times(territory, identity, question.facilities, kinds=question.kinds)
    return diagnose(territory, question=question, times=times)


@kept(st.cache_data, show_spinner=False, max_entries=16)
def _trips(
    _territory: Territory, identity: str, facilities: str, kinds: frozenset[str], _coverage: pd.DataFrame
) -> pd.Series:
    """Return what the map says of each commune; of the coverage, only what no threshold changes is read."""
    del _territory, identity, facilities, kinds  # only part of the key of the cache
    return trip_texts(_coverage)


@kept(st.cache_data, show_spinner="Calcul par département…", max_entries=16)
def _departements(_territory: Territory, identity: str, question: Question) -> pd.DataFrame:
    """Return the totals of each département; `identity` is the territory's fingerprint."""
    from geo.report.country_tables import area_table  # noqa: PLC0415 - it loads the library of paper maps

    return area_table(_diagnosis(_territory, identity, question), by="departement")
