"""Keeps the choices of a visitor in the session, in step with the widgets and with the address.

The session holds one `AppState`; widgets are views of it. The address is read when the visitor
arrives or comes back with the browser's buttons, and written after each change.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

import streamlit as st

from geo.ui.own_territory import miss_own_territory, own_territory
from geo.ui.state import AppState, format_state, parse_state

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def read_state(facility_lists: Sequence[str], territory: str | None) -> tuple[AppState, list[str]]:
    """Return the choices of this visitor, and a French sentence for each bad value in the address.

    `facility_lists`: Names of the lists of the territory that is shown; the first is the default. `territory`: Code of
    that territory, which is not always the one wanted.
    """
    address = st.query_params.to_dict()
    problems: list[str] = []
    if _is_new_address():
        st.session_state[_STATE], problems = parse_state(address, facility_lists)
        if st.session_state[_STATE].own_files and own_territory() is None:
            miss_own_territory()
    st.session_state.pop(_CHANGED, None)
    own = own_territory() is not None
    state = replace(cast("AppState", st.session_state[_STATE]), territory=territory, own_files=own)
    if state.facilities not in facility_lists:
        used = facility_lists[0]
        problems.append(f"La liste « {state.facilities} » n'est pas dans ce territoire. Liste utilisée : {used}.")
        state = replace(state, facilities=facility_lists[0])
    st.session_state[_STATE] = state
    params = format_state(state, facility_lists)
    if params != address:
        st.query_params.from_dict(params)
    st.session_state[_ADDRESS] = params
    return state, problems


def _is_new_address() -> bool:
    """Tell whether the visitor arrives, or comes back with the browser's buttons."""
    if _STATE not in st.session_state:
        return True
    # A run that a widget started may still carry the address from before our last change of it.
    by_widget = st.session_state.get(_CHANGED, False)
    return not by_widget and st.query_params.to_dict() != st.session_state.get(_ADDRESS)


def change_state(**changes: Any) -> None:
    """Change some choices; to be called from a widget's callback, before the screen is drawn again."""
    st.session_state[_STATE] = replace(st.session_state[_STATE], **changes)
    st.session_state[_CHANGED] = True


def bound(field: str) -> dict[str, Any]:
    """Return the keyword arguments that tie a widget to one field of the choices."""
    key = f"widget_{field}"
    st.session_state[key] = getattr(st.session_state[_STATE], field)
    return {"key": key, "on_change": _take_widget, "args": (field, key)}


def _take_widget(field: str, key: str) -> None:
    value = st.session_state[key]
    change_state(**{field: tuple(value) if isinstance(value, list) else value})
