"""Where the visitor starts from: a search box, suggestions, the browser's position.

What is typed lives in the session of the visitor only, is given to `geo.finder.search`, and is never
written: neither in the address of the page, which holds a commune or a rounded position, nor in a cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.answers.nearest import more_words
from geo.finder.found_place import FoundPlace
from geo.finder.search import WHICH_ONE, search_place
from geo.french import capital, format_integer
from geo.ui.components.answer import show_spoken
from geo.ui.components.browser_buttons import my_position
from geo.ui.components.messages import plain, show_notes
from geo.ui.components.place_suggestions import place_suggestions
from geo.ui.session import change_state
from geo.ui.start_place import start_at_key
from geo.ui.state import rounded_position

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.finder.gazetteer import Gazetteer
    from geo.finder.search import PlaceSearch
    from geo.settings import Settings
    from geo.territory import Territory
    from geo.ui.state import AppState

#: How many other places stand over an answer: more would push it off the screen of a phone.
_IN_SIGHT: Final = 4

_BOX: Final = "Où êtes-vous ?"
_QUERY: Final = "widget_query"
_FOUND: Final = "found_places"
#: The start that was chosen here, as the choices hold it and as it was found.
_START: Final = "start_place"
#: What the box is to hold: it is written where the box is drawn, which a choice among suggestions does not do.
_TO_WRITE: Final = "query_to_write"
#: The start that the search box was last written for.
_WRITTEN_FOR: Final = "query_written_for"


def place_search(
    gazetteer: Callable[[], Gazetteer],
    territory: Territory,
    state: AppState,
    settings: Settings,
    beside: Callable[[], None] | None = None,
) -> None:
    """Show the search box, the suggestions where several places match, and the button "Ma position".

    `gazetteer`: Gives the names that are searched; they are asked for once something is. `beside`: Shows what stands on
    the same line, if anything does.
    """
    _write_start(state, territory)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        with (
            st.form("place_search", border=False, width=540),
            st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
        ):
            st.text_input(
                _BOX,
                key=_QUERY,
                placeholder="Commune, code postal ou adresse",
                max_chars=200,
                autocomplete="street-address",
            )
            st.form_submit_button("Rechercher", type="primary", on_click=_search, args=(gazetteer, territory, settings))
        if beside is not None:
            beside()
        my_position(start_from_position)
    place_suggestions(_BOX, gazetteer, lambda place: _choose(place, territory))
    found: PlaceSearch | None = st.session_state.get(_FOUND)
    if found is not None:
        _show_others(found, territory)
    else:
        show_spoken([])


def _show_others(found: PlaceSearch, territory: Territory) -> None:
    """Show the other places that match; behind a button where they are many and the answer is there already."""
    others, question = _others(found)
    more = f"{capital(more_words(found))}." if others and found.more else ""
    folded = found.is_sure and len(others) > _IN_SIGHT
    show_spoken([*found.notes, *(() if folded else (question, more))], _count(others, folded=folded))
    if folded:
        with st.popover(f"Ce n'est pas là ? {format_integer(len(others) + found.more)} autres lieux"):
            _offer(others, territory)
            show_notes([more] if more else [])
    else:
        _offer(others, territory)


def _offer(others: Sequence[FoundPlace], territory: Territory) -> None:
    with st.container(key="suggestions", horizontal=True, vertical_alignment="center", gap="small"):
        for position, place in enumerate(others):
            st.button(plain(place.label), key=f"suggestion_{position}", on_click=_choose, args=(place, territory))


def _write_start(state: AppState, territory: Territory) -> None:
    """Write the place of a link, or of the browser's back button, in the search box; a position has no words."""
    if _TO_WRITE in st.session_state:
        st.session_state[_QUERY] = st.session_state.pop(_TO_WRITE)
    start = (state.place, state.position)
    if start == st.session_state.get(_WRITTEN_FOR, (None, None)):
        return
    st.session_state[_WRITTEN_FOR] = start
    place = start_place(state, territory)
    st.session_state[_QUERY] = "" if place is None or place.kind == "position" else place.label
    st.session_state.pop(_FOUND, None)


def start_from_position(lon: float, lat: float) -> None:
    """Start from a position of the map or of the browser."""
    position = rounded_position(lon, lat)
    _start(None, position, _position("le point choisi", position))
    st.session_state[_QUERY] = ""
    st.session_state.pop(_FOUND, None)


def start_place(state: AppState, territory: Territory) -> FoundPlace | None:
    """Return where the visitor starts from, as it was chosen here, else as the link tells it; `None`: nowhere yet."""
    if state.place is None and state.position is None:
        return None
    chosen: tuple[object, FoundPlace | None] = st.session_state.get(_START, (None, None))
    if chosen[0] == (state.place, state.position):
        return chosen[1]
    if state.position is not None:
        return _position("la position du lien", state.position)
    return start_at_key(state.place, territory)


def _position(words: str, position: tuple[float, float]) -> FoundPlace:
    return FoundPlace(words, "position", None, None, None, *position, 100.0)


def forget_search() -> None:
    """Drop what was typed and found: it was about the communes of another territory."""
    for key in (_QUERY, _FOUND, _START, _WRITTEN_FOR, _TO_WRITE):
        st.session_state.pop(key, None)


def _search(gazetteer: Callable[[], Gazetteer], territory: Territory, settings: Settings) -> None:
    found = search_place(st.session_state[_QUERY], gazetteer(), settings)
    st.session_state[_FOUND] = found
    if found.is_sure:
        _take(found.places[0], territory)
    else:
        st.session_state[_WRITTEN_FOR] = (None, None)
        change_state(place=None, position=None, site=None)


def _take(place: FoundPlace, territory: Territory) -> None:
    # A neighbour of the study area may be found too, and is then a position like any other.
    key = place.key if place.kind in {"commune", "postcode"} else None
    start = start_at_key(key, territory)
    if start is not None and (start.lon, start.lat) == (place.lon, place.lat):
        _start(key, None, place if place.kind == "commune" else start)
    else:
        _start(None, rounded_position(place.lon, place.lat), place)


def _start(key: str | None, position: tuple[float, float] | None, place: FoundPlace) -> None:
    st.session_state[_START] = ((key, position), place)
    st.session_state[_WRITTEN_FOR] = (key, position)
    change_state(place=key, position=position, site=None)


def _others(found: PlaceSearch) -> tuple[Sequence[FoundPlace], str]:
    """Return the other places that match, and what is asked; the first is answered for at once where it is likely."""
    offered = found.homonyms or found.places
    others = offered[1:] if found.is_sure else offered
    if not others or (found.is_named and not found.homonyms):
        return (), ""
    if found.is_sure:
        return others, "Ce n'est pas là ? Choisissez :"
    return others, f"{WHICH_ONE} : lequel ?" if found.homonyms else "Où êtes-vous précisément ?"


def _count(others: Sequence[FoundPlace], *, folded: bool) -> str:
    """Return how many suggestions follow, for those who do not see them."""
    if not others:
        return ""
    follow = "sont derrière le bouton qui suit" if folded else "suivent"
    return f"{len(others)} propositions {follow}." if len(others) > 1 else "Une proposition suit."


def _choose(place: FoundPlace, territory: Territory) -> None:
    _take(place, territory)
    st.session_state.pop(_FOUND, None)
    st.session_state[_TO_WRITE] = place.label
