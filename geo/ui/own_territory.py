"""The territory that a visitor made of files of their own: kept in their session, seen by nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import streamlit as st

if TYPE_CHECKING:
    from geo.territory import Territory

_OWN: Final = "own_territory"
_BASE: Final = "own_territory_base"
_MISSED: Final = "own_territory_missed"


def own_territory() -> Territory | None:
    """Return this visitor's own territory, `None` where there is none."""
    return cast("Territory | None", st.session_state.get(_OWN))


def base_territory(shown: Territory) -> Territory:
    """Return the territory that everybody sees: the one shown, or the one that the visitor's own stands in for."""
    return cast("Territory", st.session_state.get(_BASE, shown))


def keep_own_territory(territory: Territory, base: Territory) -> None:
    """Show this visitor a territory in the place of `base`, until it is forgotten or they leave."""
    st.session_state[_OWN], st.session_state[_BASE] = territory, base
    st.session_state.pop(_MISSED, None)


def forget_own_territory() -> None:
    """Show this visitor what everybody sees again."""
    st.session_state.pop(_OWN, None)
    st.session_state.pop(_BASE, None)


def miss_own_territory() -> None:
    """Note that the address was about a territory of own files not there: of another session, or lost."""
    st.session_state[_MISSED] = True


def is_missed() -> bool:
    """Tell whether the visitor is to be told so."""
    return _MISSED in st.session_state


def stop_missing() -> None:
    """Note that the visitor knows."""
    st.session_state.pop(_MISSED, None)
