"""*Diagnostic* without a car: who can go to a site by public transport while it is open, and be back the same day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.answers.answer import part_title
from geo.answers.list_dates import list_sentence
from geo.answers.origin import offer_sentence, sources_sentence
from geo.answers.site_words import trip_words
from geo.answers.tables import COLUMNS, short_headings
from geo.answers.without_car import commune_trip_sentence, possible_words, with_words_on_foot, without_car_answer
from geo.errors import MaillageError
from geo.finder.day_without_car import day_without_car
from geo.french import joined
from geo.kinds import FIXED_KINDS, SITES
from geo.maps.access_maps import trip_values
from geo.question import Question
from geo.report.round_trip_files import round_trip_table
from geo.ui import cache
from geo.ui.background import calculated
from geo.ui.components.answer import show_beside, show_figures, show_sentence
from geo.ui.components.day_lists import show_lists
from geo.ui.components.messages import plain, show_failure, show_notes, unbroken
from geo.ui.components.planning_map import planning_map
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.components.question import ask_commune
from geo.ui.components.without_car_day import ask_day, ask_mode

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from geo.finder.day_without_car import DayWithoutCar
    from geo.settings import Settings
    from geo.territory import Territory
    from geo.ui.state import AppState

#: Name of the calculation on the screen.
WITHOUT_CAR: Final = "day_without_car"
_SHOWN: Final = ("name", "round_trip", "time_out_min", "last_way_back", "facility_name", "residents", "code")
#: Headings that fit beside the map; the whole one is told when asked.
_SHORT: Final = short_headings("round_trip", "time_out_min", "last_way_back")
#: What fits beside the map, the rest once it is asked for; a length is written as in the sentences.
_FIRST: Final = [COLUMNS[name].title for name in ("name", "round_trip", "time_out_min")]
_TEXTS: Final = {COLUMNS["time_out_min"].title: trip_words}
_IN_FILE: Final = (
    *("name", "round_trip", "share_round_trip", "time_out_min", "on_foot", "earliest_arrival", "earliest_wait_min"),
    "last_way_back",
    *("door_to_door_p25_min", "door_to_door_p50_min", "door_to_door_p75_min", "facility_name", "residents", "code"),
)


def diagnosis_without_car(territory: Territory, state: AppState, settings: Settings) -> None:
    """Draw the screen as it is without a car: question, answer, map, table."""
    identity = cache.fingerprint(territory)
    name = part_title(territory.name, cache.part(territory))
    st.title(plain(f"Qui peut y aller sans voiture ? {name}"), anchor=False)
    ask_mode(territory)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        day = ask_day(territory, identity, state.day)
    if day is None:
        show_sentence("Choisissez un jour : les horaires n'ont de trajet ni un mardi ni un samedi.")
        return
    measured = _measured(territory, identity, day)
    if measured is None:
        return
    answer = without_car_answer(territory, measured, "" if state.day is not None else "« Jour »")
    show_sentence(unbroken(answer.sentence))
    show_figures(answer.figures, list_sentence(territory.manifest, SITES))
    for text in answer.details:
        st.markdown(plain(unbroken(text)))
    table = _table(measured)
    on_the_map, beside = st.columns([3, 2], gap="medium")
    with on_the_map:
        planning_map(
            cache.packed_map_base(territory, identity),
            trip_values(measured, territory.facility_list(SITES, kinds=FIXED_KINDS)),
            fingerprint=identity,
            name=WITHOUT_CAR,
            label="Carte des communes d'où l'aller-retour sans voiture est possible, ou non.",
            settings=settings,
        )
    with beside:
        st.header("Communes", anchor=False)
        _commune(measured, cache.commune_titles(territory, identity))
        alt = "Communes, celles d'où l'aller-retour est possible d'abord, les plus peuplées en tête"
        show_table(
            french_table(table, *_SHOWN),
            key="without_car_communes",
            alt=alt,
            first=_FIRST,
            headings=_SHORT,
            texts=_TEXTS,
        )
    _communes_without(measured)
    offer = offer_sentence(Question(kinds=FIXED_KINDS), (territory,))
    show_notes([*answer.notes, offer, sources_sentence(territory.manifest)])
    show_lists(territory, settings)
    stem = f"maillage-{territory.departement or 'territoire'}-sans-voiture-{day.isoformat()}"
    csv_button("Tableau (CSV)", french_table(table, *_IN_FILE), f"{stem}.csv")


def _measured(territory: Territory, identity: str, day: dt.date) -> DayWithoutCar | None:
    """Return what was found of a day, calculated once in the background; `None`: why not is said in its place."""
    try:
        measured, _ = calculated(
            WITHOUT_CAR,
            (identity, day),
            lambda tell, stopped: day_without_car(territory, day, tell=tell, stopped=stopped),
        )
    except MaillageError as error:
        show_failure(error)
        st.button("Calculer à nouveau")
        return None
    found: DayWithoutCar = measured
    return found


def _table(measured: DayWithoutCar) -> pd.DataFrame:
    """Return the communes as they are shown: where a round trip is possible first, then the most populous."""
    table = with_words_on_foot(round_trip_table(measured))
    table["round_trip"] = possible_words(measured.communes).to_numpy()
    possible = (measured.communes["share_round_trip"] > 0).to_numpy()
    order = table.assign(possible=possible).sort_values(["possible", "residents"], ascending=False, kind="stable")
    return table.loc[order.index].reset_index(drop=True)


def _commune(measured: DayWithoutCar, titles: dict[str, str]) -> None:
    """Show what is known of one commune, chosen here."""
    code = ask_commune(titles)
    show_beside(
        "without_car_commune", "" if code is None else unbroken(commune_trip_sentence(measured.communes.loc[code]))
    )


def _communes_without(measured: DayWithoutCar) -> None:
    """Name all communes with no possible round trip, in the order of the alphabet; none where no site is open."""
    if measured.share.all_closed:
        return
    names = measured.communes_without["name"].sort_values(key=lambda column: column.str.normalize("NFKD")).tolist()
    if names:
        with st.expander(f"Communes sans aller-retour possible ({len(names)})"):
            st.markdown(plain(f"{joined(names)}."))
