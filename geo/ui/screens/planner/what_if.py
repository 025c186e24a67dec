"""What if sites open, close, move or change their hours: a scenario, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.answers.scenario import action_sentences, communes_changing, hours_change_sentence, scenario_answer
from geo.errors import MaillageError
from geo.maps.planning_maps import scenario_values
from geo.siting.scenario import ChangeHours
from geo.territory.study_area import counted_places
from geo.ui.components.answer import show_figures, show_sentence
from geo.ui.components.messages import show_failure, show_notes
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.planning_cache import shared_opening
from geo.ui.scenario_session import comparison_with_today, current_scenario, opening_after, territory_after
from geo.ui.screens.planner.scenario_actions import clicks_wanted, place_clicked, show_actions, site_clicked
from geo.ui.screens.planner.scenario_saving import show_saving

if TYPE_CHECKING:
    from geo.answers.answer import Answer
    from geo.siting.comparison import ScenarioComparison
    from geo.siting.scenario import Scenario
    from geo.ui.screens.planner.visit import Visit

_COLUMNS: Final = (
    "name",
    "population",
    "travel_time_before_min",
    "travel_time_after_min",
    "delta_min",
    "facility_before",
    "facility_after",
    "commune_code",
)


def show(visit: Visit) -> None:
    """Draw the view: what is tried, answer, map, table."""
    scenario = current_scenario(visit.territory)
    show_actions(visit, scenario)
    try:
        # Where no site counts today one can still be opened.
        before = None if visit.sites.empty else visit.times()
        comparison = comparison_with_today(visit.territory, scenario, visit.question, before)
    except MaillageError as error:
        show_failure(error)
        _steps(visit, scenario)
        return
    answer = scenario_answer(comparison)
    show_sentence(answer.sentence)
    show_figures(answer.figures, visit.dated)
    for_map, for_steps = st.columns([7, 3], gap="medium")
    with for_map:
        _map(visit, scenario, comparison)
    with for_steps:
        _steps(visit, scenario)
    if scenario.actions:
        _details(visit, scenario, comparison, answer)
    visit.show_origin(answer.notes)


def _map(visit: Visit, scenario: Scenario, comparison: ScenarioComparison) -> None:
    after = counted_places(territory_after(visit.territory, scenario).sites, kinds=visit.question.kinds)
    visit.show_map(
        scenario_values(comparison, visit.sites, after, clicks=clicks_wanted()),
        "scenario",
        "Carte de ce que le scénario change par commune.",
        on_position=lambda lon, lat: place_clicked(visit, lon, lat),
        on_site=lambda site: site_clicked(visit, site),
    )


def _steps(visit: Visit, scenario: Scenario) -> None:
    """Show the actions in words, and what can be done with them."""
    st.header("Ce qui est changé", anchor=False)
    sentences = action_sentences(scenario, visit.territory.sites, visit.territory.communes)
    numbered = [f"{number}. {sentence}" for number, sentence in enumerate(sentences, 1)]
    show_notes(numbered or ["Rien pour l'instant."])
    show_saving(visit.territory, scenario)


def _details(visit: Visit, scenario: Scenario, comparison: ScenarioComparison, answer: Answer) -> None:
    with st.expander("Tous les chiffres du scénario"):
        show_notes(answer.details)
    if any(isinstance(action, ChangeHours) or getattr(action, "opening_hours", None) for action in scenario.actions):
        today = shared_opening(visit.territory, visit.identity, visit.question)
        ensuing = opening_after(visit.territory, scenario, visit.question)
        show_notes(list(filter(None, [hours_change_sentence(today, ensuing)])))
    st.header("Communes dont le trajet change", anchor=False)
    table = french_table(communes_changing(comparison), *_COLUMNS)
    if table.empty:
        show_notes(["Aucune."])
        return
    show_table(
        table,
        key="scenario_communes",
        alt="Communes dont le trajet change, avant et après",
        estimated=visit.territory.estimated,
    )
    csv_button("Tableau (CSV)", table, f"{visit.file_stem('scenario')}.csv", estimated=visit.territory.estimated)
