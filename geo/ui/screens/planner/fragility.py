"""On which sites people depend most, and what closing many of them would leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.access.known_part import places_on_network
from geo.answers.fragility import closure_answer, closure_choices, fragility_answer, sites_with_residents
from geo.maps.planning_maps import fragility_values
from geo.siting.closure import closure_scenario
from geo.siting.scenario import CloseSite
from geo.ui.components.answer import show_figures, show_sentence
from geo.ui.components.messages import show_notes, show_warnings
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.planning_cache import shared_closure, shared_fragility
from geo.ui.scenario_session import act, take_scenario
from geo.ui.session import bound, change_state

if TYPE_CHECKING:
    from geo.siting.fragility import Fragility
    from geo.ui.screens.planner.visit import Visit

_COLUMNS: Final = (
    "site.name",
    "commune_name",
    "residents_passing",
    "residents_nearest",
    "added_min",
    "residents_cut_off",
    "bearer",
    "facility_id",
)
_SITE: Final = "fragility_site"


def show(visit: Visit) -> None:
    """Draw the view: question, answer, map, table; then closures of many sites."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        visit.show_threshold()
        visit.show_counted()
    visit.territory.require_sites(visit.question.kinds)
    found = shared_fragility(visit.territory, visit.identity, visit.question)
    answer = fragility_answer(found)
    show_sentence(answer.sentence)
    show_figures(answer.figures, visit.dated)
    show_notes(answer.details)
    visit.show_map(
        fragility_values(found, visit.sites), "fragility", "Carte des communes qui ont un deuxième site à portée."
    )
    st.header("Si un site fermait", anchor=False)
    table = french_table(sites_with_residents(found), *_COLUMNS)
    show_table(
        table,
        key="fragility_sites",
        alt="Sites, par nombre d'habitants qui passeraient le seuil",
        estimated=visit.territory.estimated,
    )
    show_notes(answer.notes)
    csv_button("Tableau (CSV)", table, f"{visit.file_stem('fragilite')}.csv", estimated=visit.territory.estimated)
    _try_one(visit, found)
    _many(visit)
    visit.show_origin()


def _try_one(visit: Visit, found: Fragility) -> None:
    names = dict(zip(found.sites["facility_id"], found.sites["name"], strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.selectbox(
            "Un site à regarder de près",
            list(names),
            format_func=lambda which: str(names[which]),
            width=420,
            key=_SITE,
        )
        st.button("Essayer sa fermeture comme scénario", on_click=_close_one, args=(visit,))


def _close_one(visit: Visit) -> None:
    act(visit.territory, CloseSite(st.session_state[_SITE]))  # as chosen at the press, not at the run before
    change_state(view="scenario")


def _many(visit: Visit) -> None:
    """Show what is left when all sites close, or all of a bearer or kind."""
    st.header("Et si beaucoup de sites fermaient à la fois ?", anchor=False)
    show_notes(
        ["Au printemps 2020, 534 sites ont fermé leurs portes ; 80 % ont continué par téléphone et par courriel."]
    )
    choices = closure_choices(places_on_network(visit.territory, visit.state.question.kinds)[0])
    if visit.state.closed is not None and visit.state.closed not in choices:
        show_warnings(["La fermeture que demande le lien n'existe pas dans ce territoire : elle est retirée."])
        change_state(closed=None)
    chosen = st.selectbox(
        "Sites qui ferment",
        list(choices),
        format_func=choices.__getitem__,
        index=None,
        placeholder="Choisissez",
        width=420,
        **bound("closed"),
    )
    if chosen is None:
        return
    bearer, kind = _bearer_and_kind(chosen)
    closure = shared_closure(visit.territory, visit.identity, visit.question, bearer, kind)
    answer = closure_answer(closure)
    show_figures(answer.figures, visit.dated)
    show_notes(answer.lines)
    st.button("Essayer cette fermeture comme scénario", on_click=_close_many, args=(visit,))


def _bearer_and_kind(closed: str) -> tuple[str | None, str | None]:
    what, _, value = closed.partition(":")
    return (value if what == "porteur" else None), (value if what == "type" else None)


def _close_many(visit: Visit) -> None:
    chosen = st.session_state["widget_closed"]  # as chosen at the press, not at the run before
    if chosen is None:
        return
    bearer, kind = _bearer_and_kind(chosen)
    take_scenario(closure_scenario(visit.territory, bearer=bearer, kind=kind, kinds=visit.state.question.kinds))
    change_state(view="scenario")
