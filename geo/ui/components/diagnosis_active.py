"""*Diagnostic* on foot or by bicycle: who is within the threshold of a place along streets, or by an estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.access.active_access import active_access
from geo.answers.active_access import active_answer, near_sentence
from geo.answers.answer import part_title
from geo.answers.list_dates import list_sentence
from geo.answers.origin import offer_sentence, sources_sentence
from geo.answers.tables import COLUMNS, short_headings
from geo.maps.access_maps import near_values
from geo.network.modes import MODES
from geo.report.active_files import near_table
from geo.ui import cache
from geo.ui.components.answer import show_beside, show_figures, show_sentence
from geo.ui.components.day_lists import show_lists
from geo.ui.components.messages import plain, show_notes, unbroken
from geo.ui.components.planning_map import planning_map
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.components.question import ask_commune, ask_counted, ask_facilities, ask_threshold
from geo.ui.components.without_car_day import ask_mode
from geo.ui.kept_answers import kept

if TYPE_CHECKING:
    from geo.access.active_access import ActiveAccess
    from geo.question import Question
    from geo.settings import Settings
    from geo.territory import Territory
    from geo.ui.state import AppState

_SHOWN: Final = ("name", "share_within", "residents", "residents_within", "at_one_point", "facility_name", "code")
_IN_FILE: Final = (
    *("name", "residents", "residents_known", "residents_within", "share_within", "at_one_point", "facility_name"),
    "code",
)
#: A heading that fits beside the map and on a phone; the whole one is told when asked.
_SHORT: Final = short_headings("share_within")
#: The same where each commune is counted at its centre: on which side that is.
_CENTRE: Final = {COLUMNS["share_within"].title: "Centre"}
_SIDES: Final = {COLUMNS["share_within"].title: lambda share: "assez près" if share > 0 else "trop loin"}
#: What fits beside the map, the rest once it is asked for.
_FIRST: Final = [COLUMNS[name].title for name in _SHOWN[:3]]


def diagnosis_active(territory: Territory, state: AppState, settings: Settings) -> None:
    """Draw the screen as it is on foot or by bicycle: question, answer, map, table."""
    identity, by = cache.fingerprint(territory), MODES[state.mode]
    name = part_title(territory.name, cache.part(territory))
    st.title(plain(f"Qui peut y aller {by} ? {name}"), anchor=False)
    ask_mode(territory)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        ask_facilities(territory)
        ask_threshold(f"Seuil {by}")
        with st.popover("Options"):
            ask_counted()
    question = state.question
    found = _found(territory, identity, question, state.mode)
    answer = active_answer(territory, found)
    show_sentence(unbroken(answer.sentence))
    show_figures(answer.figures, list_sentence(territory.manifest, question.facilities))
    for text in answer.details:
        st.markdown(plain(unbroken(text)))
    table = near_table(found).sort_values(["share_within", "residents"], ascending=False, kind="stable")
    centres = bool(table["at_one_point"].all())
    on_the_map, beside = st.columns([3, 2], gap="medium")
    with on_the_map:
        planning_map(
            cache.packed_map_base(territory, identity),
            near_values(found, territory.facility_list(question.facilities, kinds=question.kinds)),
            fingerprint=identity,
            name=f"near_{state.mode}",
            label=f"Carte des communes dont des habitants, ou le centre, sont assez près {by}, ou non.",
            settings=settings,
        )
    with beside:
        st.header("Communes", anchor=False)
        titles = cache.commune_titles(territory, identity)
        code = ask_commune(titles)
        show_beside("near_commune", "" if code is None else unbroken(near_sentence(found.communes.loc[code], found)))
        show_table(
            french_table(table, *_SHOWN),
            key="near_communes",
            alt=f"Communes, celles dont le plus d'habitants sont assez près {by} d'abord",
            first=_FIRST,
            headings=_CENTRE if centres else _SHORT,
            texts=_SIDES if centres else None,
        )
    show_notes([*answer.notes, offer_sentence(question, (territory,)), sources_sentence(territory.manifest)])
    show_lists(territory, settings)
    stem = f"maillage-{territory.departement or 'territoire'}-{state.facilities}-{state.mode}-{state.threshold_min}min"
    csv_button("Tableau (CSV)", french_table(table, *_IN_FILE), f"{stem}.csv")


@kept(st.cache_resource, show_spinner=False, max_entries=48)
def _found(_territory: Territory, identity: str, question: Question, mode: str) -> ActiveAccess:
    """Return who is near enough, calculated once; `identity` is the territory's fingerprint."""
    del identity  # only part of the key of the cache
    return active_access(_territory, question, mode)
