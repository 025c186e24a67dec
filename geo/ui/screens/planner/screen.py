"""Third screen, *Planifier*: where to give the next labels, what if sites change, how sure it all is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.access.known_part import known_part
from geo.ui.components.answer import show_known
from geo.ui.components.messages import plain
from geo.ui.screens.planner import certainty, fragility, opening_hours, tax_offices, what_if, where_to_open
from geo.ui.screens.planner.visit import Visit
from geo.ui.session import bound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geo.settings import Settings
    from geo.territory import Territory
    from geo.ui.state import AppState, View

#: View -> what it is called, the question that it answers, and what draws it.
_VIEWS: Final[Mapping[View, tuple[str, str, Callable[[Visit], None]]]] = {
    "ouvrir": ("Où ouvrir ?", "Où donner les prochains labels ?", where_to_open.show),
    "scenario": ("Et si… ?", "Et si un site ouvrait, fermait ou déménageait ?", what_if.show),
    "fragilite": ("Fragilité", "De quels sites dépend-on le plus ?", fragility.show),
    "horaires": ("Horaires", "Quand trouve-t-on un site ouvert ?", opening_hours.show),
    "impots": ("Impôts", "Que gagne-t-on par rapport au service des impôts ?", tax_offices.show),
    "marge": ("Marge d'erreur", "À quel point les chiffres sont-ils sûrs ?", certainty.show),
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
    _, question, draw = _VIEWS[state.view]
    st.title(plain(question), anchor=False)
    # Said here for every view.
    show_known(known_part(territory))
    draw(Visit.of(territory, state, settings))
