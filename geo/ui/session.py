"""Keeps the choices of a visitor in the session, in step with the widgets and with the address.

The session holds one `AppState`; widgets are views of it. The address is read when the visitor
arrives or comes back with the browser's buttons, and written after each change.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

import streamlit as st

from geo.kinds import facility_title
from geo.ui.link_problems import LOCALITY_EXPECTED, link_sentences, problem_text
from geo.ui.own_territory import miss_own_territory, own_territory
from geo.ui.start_place import start_at_key
from geo.ui.state import CHOICES, AppState, format_state, parse_state

if TYPE_CHECKING:
    from geo.territory import Territory
    from geo.ui.state import Screen

_STATE: Final = "choices"
_ADDRESS: Final = "address"
_CHANGED: Final = "changed"


def wanted() -> tuple[str | None, Screen]:
    """Return the code of the territory and the screen that this visitor wants.

    They are needed first: the other choices depend on the territory.
    """
    state = parse_state(st.query_params.to_dict(), ())[0] if _is_new_address() else st.session_state[_STATE]
    return cast("AppState", state).territory, cast("AppState", state).screen


def read_state(territory: Territory, code: str | None, *, undivided: bool = False) -> tuple[AppState, list[str]]:
    """Return the choices of this visitor, and French sentences about what of the address cannot be used.

    What cannot be used leaves the address.

    `code`: That of the territory shown, which is not always the one wanted. `undivided`: All of France is shown, where
    a screen is about a part of it.
    """
    facility_lists = list(territory.facilities)
    address = st.query_params.to_dict()
    wrong: list[str] = []
    problems: list[str] = []
    if _is_new_address():
        st.session_state[_STATE], wrong = parse_state(address, facility_lists)
        if st.session_state[_STATE].own_files and own_territory() is None:
            miss_own_territory()
    st.session_state.pop(_CHANGED, None)
    own = own_territory() is not None
    state = replace(cast("AppState", st.session_state[_STATE]), territory=code, own_files=own)
    if state.facilities not in facility_lists:
        lacking, used = facility_title(state.facilities), facility_title(facility_lists[0])
        problems.append(f"« {lacking} » n'est pas dans ce territoire. À la place : « {used} ».")
        state = replace(state, facilities=facility_lists[0])
    if state.screen == "trouver" and state.place is not None and start_at_key(state.place, territory) is None:
        code = state.place.partition("-")[0]
        known = start_at_key(code, territory) is not None
        expected = LOCALITY_EXPECTED if known else "une commune de ce territoire"
        wrong.append(problem_text(CHOICES["lieu"], state.place, expected))
        state = replace(state, place=code if known else None)
    if state.screen == "trouver" and state.site is not None and not _has_place(territory, state.site):
        wrong.append(problem_text(CHOICES["site"], state.site, "un lieu de ce territoire"))
        state = replace(state, site=None)
    if state.mode == "transit" and not territory.has_timetables:
        expected = "en voiture : ce territoire n'a pas d'horaires de transports"
        wrong.append(problem_text(CHOICES["mode"], state.mode, expected))
        state = replace(state, mode="car")
    if state.mode != "car" and undivided and state.screen != "trouver":
        problems.append("Pour toute la France, cet écran ne compte qu'en voiture. Pour un autre mode : un département.")
        state = replace(state, mode="car")
    if state.day is not None and not territory.has_timetables:
        expected = "rien : ce territoire n'a pas d'horaires de transports"
        wrong.append(problem_text(CHOICES["jour"], f"{state.day}", expected))
        state = replace(state, day=None)
    looked_at = state.commune if state.screen == "diagnostic" and not undivided else None
    if looked_at is not None and looked_at not in territory.communes.index:
        wrong.append(problem_text(CHOICES["commune"], str(state.commune), "une commune de ce territoire"))
        state = replace(state, commune=None)
    st.session_state[_STATE] = state
    params = format_state(state, facility_lists)
    if params != address:
        st.query_params.from_dict(params)
    st.session_state[_ADDRESS] = params
    return state, link_sentences(wrong) + problems


def _has_place(territory: Territory, facility_id: str) -> bool:
    return any((places["facility_id"] == facility_id).any() for places in territory.facilities.values())


def _is_new_address() -> bool:
    """Tell whether the visitor arrives, or comes back with the browser's buttons."""
    if _STATE not in st.session_state:
        return True
    # A run that a widget started may still carry the address from before our last change of it.
    by_widget = st.session_state.get(_CHANGED, False)
    return not by_widget and st.query_params.to_dict() != st.session_state.get(_ADDRESS)


def change_state(**changes: Any) -> None:
    """Change some choices; to be called from a widget's callback, before the screen is drawn again.

    A widget that says what is chosen already, as those of a popover do once it was opened, changes nothing: the address
    to which the browser's buttons lead counts.
    """
    changed = replace(st.session_state[_STATE], **changes)
    if changed != st.session_state[_STATE]:
        st.session_state[_STATE] = changed
        st.session_state[_CHANGED] = True


def bound(field: str) -> dict[str, Any]:
    """Return the keyword arguments that tie a widget to one field of the choices."""
    key = f"widget_{field}"
    st.session_state[key] = getattr(st.session_state[_STATE], field)
    return {"key": key, "on_change": _take_widget, "args": (field, key)}


def _take_widget(field: str, key: str) -> None:
    value = st.session_state[key]
    change_state(**{field: tuple(value) if isinstance(value, list) else value})
