"""Where the visitor starts from: a search box, suggestions, the browser's position.

What is typed lives in the session of the visitor only, is given to `geo.finder.search`, and is never
written: neither in the address of the page, which holds a commune or a rounded position, nor in a cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.finder.search import search_place
from geo.ui.components.browser_buttons import my_position
from geo.ui.components.messages import plain, show_notes
from geo.ui.session import change_state
from geo.ui.state import rounded_position

if TYPE_CHECKING:
    from geo.finder.gazetteer import FoundPlace, Gazetteer
    from geo.finder.search import PlaceSearch
    from geo.settings import Settings
    from geo.territory import Territory
    from geo.ui.state import AppState

#: A place at least this likely (0 to 100), and ahead of the next by `_AHEAD`, is taken without asking.
_SURE: Final = 80
_AHEAD: Final = 5

_QUERY: Final = "widget_query"
_FOUND: Final = "found_places"
_START_WORDS: Final = "start_words"


def place_search(gazetteer: Gazetteer, settings: Settings) -> None:
    """Show the search box, the suggestions where several places match, and the button "Ma position"."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        with (
            st.form("place_search", border=False, enter_to_submit=True),
            st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
        ):
            st.text_input(
                "Où êtes-vous ?",
                key=_QUERY,
                placeholder="Commune, code postal ou adresse",
                max_chars=200,
                autocomplete="street-address",
                width=420,
            )
            st.form_submit_button("Rechercher", type="primary", on_click=_search, args=(gazetteer, settings))
        my_position(start_from_position)
    found: PlaceSearch | None = st.session_state.get(_FOUND)
    if found is not None:
        show_notes(found.notes)
        _suggestions(found)


def start_from_position(lon: float, lat: float) -> None:
    """Start from a position of the map or of the browser."""
    _start(None, rounded_position(lon, lat), "le point choisi")
    st.session_state[_QUERY] = ""
    st.session_state.pop(_FOUND, None)


def start_words(state: AppState, territory: Territory) -> str:
    """Return where the visitor starts from, in words."""
    if state.place is not None:
        commune = territory.communes.loc[state.place]
        return f"{commune['name']} ({commune['departement']})"
    start, words = st.session_state.get(_START_WORDS, (None, ""))
    return words if start == state.position else "la position du lien"


def _search(gazetteer: Gazetteer, settings: Settings) -> None:
    found = search_place(st.session_state[_QUERY], gazetteer, settings)
    st.session_state[_FOUND] = found
    places = found.places
    if places and (len(places) == 1 or (places[0].score >= _SURE and places[0].score >= places[1].score + _AHEAD)):
        _take(places[0])


def _take(place: FoundPlace) -> None:
    if place.kind == "commune" and place.commune_code is not None:
        _start(place.commune_code, None, place.label)
    else:
        _start(None, rounded_position(place.lon, place.lat), place.label)


def _start(commune: str | None, position: tuple[float, float] | None, words: str) -> None:
    st.session_state[_START_WORDS] = (position, words)
    change_state(place=commune, position=position, site=None)


def _suggestions(found: PlaceSearch) -> None:
    if len(found.places) < 2:  # noqa: PLR2004
        return
    st.markdown("**Plusieurs lieux correspondent : choisissez le vôtre.**")
    with st.container(horizontal=True, gap="small"):
        for position, place in enumerate(found.places):
            st.button(plain(place.label), key=f"suggestion_{position}", on_click=_choose, args=(place,))


def _choose(place: FoundPlace) -> None:
    _take(place)
    st.session_state.pop(_FOUND)
    st.session_state[_QUERY] = place.label
