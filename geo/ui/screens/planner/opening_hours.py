"""When people find an open site within reach, and what one more half-day would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.answers.hours import half_days_answer, hours_answer, week_table
from geo.errors import MaillageError
from geo.french import within_text
from geo.ui.components.answer import show_figures, show_sentence
from geo.ui.components.hours_table import show_hours_table
from geo.ui.components.messages import show_failure, show_notes
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.planning_cache import shared_opening
from geo.ui.scenario_session import current_scenario, opening_after

if TYPE_CHECKING:
    from geo.access.opening import OpeningTable
    from geo.ui.screens.planner.visit import Visit

_GAINS_SHOWN: Final = 200
_HALF_DAYS: Final = (
    "site.name",
    "commune_name",
    "half_day",
    "resident_hours",
    "half_day.residents",
    "hours_known",
    "facility_id",
)


def show(visit: Visit) -> None:
    """Draw the view: question, answer, table of the week, half-days."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        visit.show_threshold()
        visit.show_counted()
        with_scenario = _scenario_wanted(visit)
    if not with_scenario:
        visit.territory.require_sites(visit.question.kinds)
    opening = shared_opening(visit.territory, visit.identity, visit.question)
    if with_scenario:
        try:
            opening = opening_after(visit.territory, current_scenario(visit.territory), visit.question)
        except MaillageError as error:
            show_failure(error)
    answer = hours_answer(opening)
    show_sentence(answer.sentence)
    show_figures(answer.figures, visit.dated)
    show_notes([*answer.details, *answer.notes])
    st.header("Dans la semaine", anchor=False)
    within = within_text(visit.question.threshold_min)
    show_hours_table(opening.shares, f"Part des habitants avec un site ouvert {within}, semaine ordinaire")
    week = week_table(opening).rename(columns={"day": "Jour"})
    csv_button("Tableau (CSV)", week, f"{visit.file_stem('horaires')}.csv")
    _half_days(visit, opening)
    visit.show_origin()


def _scenario_wanted(visit: Visit) -> bool:
    scenario = current_scenario(visit.territory)
    return bool(scenario.actions) and st.toggle(
        "Avec mon scénario", help="Les sites tels que « Et si… ? » les laisse.", key="hours_with_scenario"
    )


def _half_days(visit: Visit, opening: OpeningTable) -> None:
    st.header("Une demi-journée de plus dans un site", anchor=False)
    gains = opening.half_day_gains()
    answer = half_days_answer(gains.head(1), opening.part)
    show_notes([answer.sentence, *answer.notes])
    if gains.empty:
        return
    table = french_table(gains.head(_GAINS_SHOWN), *_HALF_DAYS)
    show_table(table, key="half_days", alt="Demi-journées à ouvrir, les plus utiles d'abord")
    csv_button("Demi-journées (CSV)", table, f"{visit.file_stem('demi-journees')}.csv")
