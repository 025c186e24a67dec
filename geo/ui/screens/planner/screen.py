"""Third screen, *Planifier*: where to give the next labels, what if sites change, how sure it all is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.answers.answer import part_title
from geo.ui import cache
from geo.ui.components.answer import show_known
from geo.ui.components.messages import plain
from geo.ui.page_title import QUESTIONS
from geo.ui.screens.planner import certainty, fragility, opening_hours, tax_offices, what_if, where_to_open
from geo.ui.screens.planner.visit import Visit
from geo.ui.session import bound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geo.settings import Settings
    from geo.territory import Territory
    from geo.ui.state import AppState, View

#: View -> what it is called, and what draws it.
_VIEWS: Final[Mapping[View, tuple[str, Callable[[Visit], None]]]] = {
    "ouvrir": ("Où ouvrir ?", where_to_open.show),
    "scenario": ("Et si… ?", what_if.show),
    "fragilite": ("Fragilité", fragility.show),
    "horaires": ("Horaires", opening_hours.show),
    "impots": ("Impôts", tax_offices.show),
    "marge": ("Marge d'erreur", certainty.show),
}


def show(territory: Territory, state: AppState, settings: Settings) -> None:
    """Draw the view that was chosen: question, answer, map, table."""
    st.segmented_control(
        "Question",
        list(_VIEWS),
        format_func=lambda view: _VIEWS[view][0],
        required=True,
        label_visibility="collapsed",
        **bound("view"),
    )
    _, draw = _VIEWS[state.view]
    part = cache.part(territory)
    st.title(plain(f"{QUESTIONS[state.view]} {part_title(territory.name, part)}"), anchor=False)
    show_known(part)
    draw(Visit.of(territory, state, settings))
