"""How sure the figures are: coverage as an interval, places that stay chosen, time of agents within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.answers.certainty import capacity_answer, certainty_answer, communes_by_capacity, communes_near_threshold
from geo.answers.plan_certainty import robustness_method, robustness_sentence
from geo.errors import MaillageError
from geo.maps.access_maps import certainty_values
from geo.sources.site_requests import read_site_requests
from geo.ui.background import forget
from geo.ui.chosen_plan import PLAN, chosen_plan
from geo.ui.components.answer import show_figures, show_sentence
from geo.ui.components.messages import plain, show_failure, show_notes, show_warnings
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.components.uploads import REQUESTS, uploaded
from geo.ui.planning_cache import own_catchment, shared_catchment, shared_sensitivity
from geo.ui.session import bound
from geo.ui.state import AGENTS

if TYPE_CHECKING:
    from geo.ui.screens.planner.visit import Visit


_FLIPPING: Final = (
    "name",
    "travel_time_min",
    "travel_time_low_min",
    "travel_time_high_min",
    "population",
    "commune_code",
)
_PLACES: Final = ("place.name", "commune_residents", "share_of_runs", "in_plan", "code")
_CAPACITY: Final = ("name", "capacity_per_1000", "share_outside", "population", "commune_code")


def show(visit: Visit) -> None:
    """Draw the view: interval, map, communes near the threshold; then the plan's places; then capacity."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        visit.show_threshold()
        visit.show_counted()
    found = shared_sensitivity(visit.territory, visit.identity, visit.question)
    answer = certainty_answer(found)
    show_sentence(answer.sentence)
    show_figures(answer.figures, visit.dated)
    show_notes(answer.details)
    values = certainty_values(found, visit.sites)
    visit.show_map(values, "certainty", "Carte des communes dont le côté du seuil dépend des temps.")
    st.header("Communes près du seuil", anchor=False)
    near = communes_near_threshold(found)
    if near.empty:
        show_notes(["Aucune : toutes restent du même côté."])
    else:
        table, estimated = french_table(near, *_FLIPPING), visit.territory.estimated
        show_table(
            table,
            key="flipping",
            alt="Communes dont le côté du seuil dépend des temps",
            estimated=estimated,
            threshold_min=found.threshold_min,
        )
        csv_button("Tableau (CSV)", table, f"{visit.file_stem('pres-du-seuil')}.csv", estimated=estimated)
    if found.part.residents_known > 0:
        _chosen_places(visit)
    _capacity(visit)
    visit.show_origin([found.rule])


def _chosen_places(visit: Visit) -> None:
    """Show which places of the plan stay chosen with other times."""
    st.header("Les mêmes lieux seraient-ils choisis ?", anchor=False)
    show_notes(
        [robustness_method(estimated=visit.territory.estimated, profile=visit.territory.parts[0].network.profile)]
    )
    try:
        plan, stopped = chosen_plan(visit.territory, visit.state)
    except MaillageError as error:  # no place may get a label: the time of agents is told all the same
        show_failure(error)
        return
    if stopped:
        show_warnings(["Calcul arrêté avant la fin."])
        st.button("Reprendre", on_click=forget, args=(PLAN,))
    st.markdown(plain(robustness_sentence(plan)))
    table = french_table(plan.robustness.places, *_PLACES)
    show_table(table, key="robust_places", alt="Lieux, par part des variantes qui les choisissent")
    csv_button("Tableau (CSV)", table, f"{visit.file_stem('variantes')}.csv")


def _capacity(visit: Visit) -> None:
    """Show how much of the agents' time there is within reach."""
    st.header("Et l'attente : combien de temps d'agent pour chacun ?", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        low, high = AGENTS
        st.number_input("Agents par site", low, high, step=1, width=150, **bound("agents"))
    with st.expander("Donner les demandes par mois de chaque site"):
        requests = uploaded(
            REQUESTS,
            "Demandes par mois (CSV)",
            read_site_requests,
            types=("csv",),
            unit="sites avec un nombre de demandes",
            help_text="Colonnes id_fs et demandes_par_mois. La capacité est alors comptée en demandes.",
        )
    agents = float(visit.state.agents)
    if requests is None:
        found = shared_catchment(visit.territory, visit.identity, agents, visit.question.kinds)
    else:
        try:
            found = own_catchment(visit.territory, visit.identity, agents, visit.question.kinds, requests)
        except MaillageError as error:  # a table of which no rate can be had
            show_failure(error)
            return
    answer = capacity_answer(found)
    st.markdown(plain(answer.sentence))
    show_notes(answer.notes)
    table = french_table(communes_by_capacity(found), *_CAPACITY)
    show_table(table, key="capacity", alt="Capacité à portée par commune, la plus faible d'abord")
    csv_button("Tableau (CSV)", table, f"{visit.file_stem('capacite')}.csv")
