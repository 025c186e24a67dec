"""A button that asks IGN's route service for the ways of the answer, and says beside it what is sent.

What came back is in the visitor's session alone, for the answer that it was asked for, until it changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo.answers.site_words import ASKED_NOTE
from geo.finder.route_service import ask_routes
from geo.sources.http_client import host_of
from geo.ui.components.messages import show_notes, show_warnings

if TYPE_CHECKING:
    from geo.finder.answer import Answer
    from geo.finder.route_service import AskedRoutes
    from geo.settings import Settings

_ASKED: Final = "asked_routes"


def told_routes(answer: Answer | None) -> AskedRoutes | None:
    """Return what the service told of this very answer, same start and same sites; `None` where it was not asked."""
    question, asked = st.session_state.get(_ASKED, (None, None))
    if answer is None or question != _question(answer):
        st.session_state.pop(_ASKED, None)
        return None
    told: AskedRoutes = asked
    return told


def route_service(answer: Answer, asked: AskedRoutes | None, settings: Settings) -> None:
    """Show the button where this installation allows calls to other hosts; `asked`: what was told of this answer."""
    if not (settings.allow_fetch and settings.route_service_url and answer.sites):
        return
    st.button("Demander le temps réel à l'IGN", on_click=_ask, args=(answer, settings))
    host = host_of(settings.route_service_url)
    sent = "votre point de départ (une commune, ou un point arrondi à cent mètres) et la position des sites"
    show_notes([f"Ce bouton envoie {sent} à {host}, et à personne d'autre."])
    if asked is not None:
        show_warnings([asked.failure] if asked.failure else [])
        show_notes([ASKED_NOTE] if asked.routes else [])


def _ask(answer: Answer, settings: Settings) -> None:
    st.session_state[_ASKED] = (_question(answer), ask_routes(answer, settings))


def _question(answer: Answer) -> tuple[Any, ...]:
    return answer.start_lon, answer.start_lat, tuple(site.facility_id for site in answer.sites)
