"""First screen, *Diagnostic du territoire*: who is too far from a site or a tax office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.access.diagnosis import diagnose
from geo.answers.answer import part_title
from geo.answers.coverage import commune_sentence
from geo.answers.list_dates import list_sentence
from geo.answers.roads_change import CHANGED_COLUMNS, replaces_estimate, roads_change
from geo.errors import ParameterError
from geo.french import WITHIN
from geo.territory.fetched import kept_territories
from geo.ui import cache
from geo.ui.chosen_plan import plan_ahead
from geo.ui.components.answer import show_answer, show_beside, take_focus
from geo.ui.components.communes_table import communes_csv, show_communes
from geo.ui.components.day_lists import show_origin
from geo.ui.components.diagnosis_active import diagnosis_active
from geo.ui.components.diagnosis_without_car import diagnosis_without_car
from geo.ui.components.messages import plain, show_notes
from geo.ui.components.planning_tables import french_table, show_table
from geo.ui.components.question import ask_commune, ask_counted, ask_facilities, ask_threshold
from geo.ui.components.territory_map import territory_map
from geo.ui.components.without_car_day import ask_mode
from geo.ui.diagnosed import diagnosed
from geo.ui.session import bound, change_state
from geo.ui.state import SHARES_PERCENT, STEP

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from geo.access.diagnosis import Diagnosis
    from geo.settings import Settings
    from geo.territory import Territory
    from geo.ui.diagnosed import Diagnosed
    from geo.ui.state import AppState

#: Name of the answer about one commune.
_COMMUNE: Final = "commune_answer"
#: The commune last clicked on the map, which answers for it beside the click: it is not answered for twice.
_CLICKED: Final = "commune_clicked"


def show(territory: Territory, state: AppState, settings: Settings) -> None:
    """Draw the screen: question, answer, map, table."""
    if state.mode == "transit":
        diagnosis_without_car(territory, state, settings)
        return
    if state.mode != "car":
        diagnosis_active(territory, state, settings)
        return
    _question(territory, state)
    identity = cache.fingerprint(territory)
    found = diagnosed(territory, identity, state.question)
    diagnosis, threshold_min = found.diagnosis, state.question.threshold_min
    show_answer(found.answer, diagnosis.summary.part, list_sentence(territory.manifest, state.question.facilities))
    _map(territory, state, found, identity, settings)
    st.header("Communes", anchor=False)
    _commune(diagnosis.coverage, cache.commune_titles(territory, identity), threshold_min)
    show_communes(found.communes, lambda code: _choose(code, with_focus=True))
    _equity(found)
    show_origin(territory, diagnosis.question, settings)
    if state.territory in kept_territories(settings) and replaces_estimate(territory.manifest):
        _roads_change(territory, diagnosis)
    _downloads(territory, state, settings, diagnosis)
    plan_ahead(territory, state)


def _question(territory: Territory, state: AppState) -> None:
    st.title(
        plain(f"Qui est trop loin ? {part_title(territory.name, cache.part(territory))}"),
        anchor=False,
    )
    ask_mode(territory)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        ask_facilities(territory)
        ask_threshold()
        with st.popover("Options"):
            ask_counted()
            st.radio(
                "Une commune est sous-desservie",
                ["temps", "part"],
                format_func={
                    "temps": "si son temps moyen dépasse le seuil",
                    "part": f"si trop peu d'habitants sont {WITHIN}",
                }.__getitem__,
                **bound("rule"),
            )
            if state.rule == "part":
                low, high = SHARES_PERCENT
                st.slider(
                    f"Part minimale d'habitants {WITHIN}",
                    low,
                    high,
                    step=STEP,
                    format="%d %%",
                    **bound("min_share_percent"),
                )


def _map(territory: Territory, state: AppState, found: Diagnosed, identity: str, settings: Settings) -> None:
    known = state.commune is not None and state.commune in territory.communes.index
    selected = int(territory.communes.index.get_loc(state.commune)) if known else -1
    territory_map(
        cache.packed_map_base(territory, identity),
        {**found.on_map, "selected": selected},
        fingerprint=identity,
        settings=settings,
        on_select=lambda code, by_keyboard: _choose(code, with_focus=by_keyboard),
    )


def _choose(code: str, *, with_focus: bool) -> None:
    """Look at a commune chosen on the map or in the table; `with_focus`: its answer then takes the focus.

    Without, it was clicked on the map, where its answer is.
    """
    change_state(commune=code)
    st.session_state[_CLICKED] = None if with_focus else code
    if with_focus:
        take_focus(_COMMUNE)


def _commune(result: pd.DataFrame, titles: Mapping[str, str], threshold_min: float) -> None:
    """Show the line of one commune, chosen here, on the map or in the table."""
    code = ask_commune(titles, "Choisissez ici, sur la carte ou dans le tableau")
    elsewhere = code is None or code == st.session_state.get(_CLICKED)
    show_beside(_COMMUNE, "" if elsewhere else commune_sentence(result.loc[code], threshold_min))


def _equity(found: Diagnosed) -> None:
    """Show who travels longest, by standard of living, age and car, or which file would tell."""
    answer, estimated = found.equity, found.diagnosis.equity.estimated
    with st.expander("Qui met le plus de temps, selon le niveau de vie, l'âge et la voiture"):
        for line in (answer.sentence, *answer.details):
            st.markdown(plain(line))
        if found.equity_table is not None:
            alt = "Temps moyen de chaque groupe d'habitants"
            show_table(found.equity_table, key="equity", alt=alt, estimated=estimated)
        show_notes(answer.notes)


def _roads_change(territory: Territory, diagnosis: Diagnosis) -> None:
    """Show what real roads change against the estimate of the same département, where there is one."""
    question = diagnosis.question
    try:
        estimated = cache.load_territory(territory.departement)
        times = cache.travel_times(estimated, cache.fingerprint(estimated), question.facilities, kinds=question.kinds)
    except ParameterError:  # the embedded France has no such commune, or no such list
        return
    before = diagnose(estimated, question=question, times=times)
    change = roads_change(before, diagnosis, estimated=estimated.manifest, by_road=territory.manifest)
    with st.expander("Ce que changent les vraies routes"):
        for line in (change.answer.sentence, *change.answer.details):
            st.markdown(plain(line))
        if not change.communes.empty:
            table = french_table(change.communes, *CHANGED_COLUMNS)
            show_table(
                table, key="roads_change", alt="Communes qui changent de côté du seuil, les plus peuplées d'abord"
            )
        show_notes(change.answer.notes)


def _downloads(territory: Territory, state: AppState, settings: Settings, diagnosis: Diagnosis) -> None:
    def page() -> bytes:
        from geo.maps.interactive import coverage_map, map_html  # noqa: PLC0415 - folium only when asked for

        return map_html(coverage_map(territory, diagnosis, settings=settings)).encode()

    stem = f"maillage-{territory.departement or 'territoire'}-{state.facilities}-{state.threshold_min}min"
    with st.container(horizontal=True):
        st.download_button(
            "Tableau (CSV)",
            lambda: communes_csv(diagnosis.coverage),
            f"{stem}.csv",
            "text/csv",
            on_click="ignore",
            help="S'ouvre d'un double clic dans LibreOffice et Excel : points-virgules, virgules décimales, accents.",
        )
        st.download_button(
            "Carte (HTML)",
            page,
            f"{stem}.html",
            "text/html",
            on_click="ignore",
            help="Une page autonome : elle s'ouvre sans connexion, hors fond de carte.",
        )
