"""The button that brings the lists of the day, where the installation allows it: in the place of the embedded ones."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.answers.origin import approximation_sentences, counted_sentences, sources_sentence
from geo.errors import MaillageError
from geo.report.fetch_sentences import file_sentences
from geo.sources.day_lists import all_checked_on
from geo.territory.embedded import fetch_day_lists
from geo.ui.components.messages import plain, show_approximations, show_failure, show_notes, show_warnings
from geo.ui.kept_answers import once

if TYPE_CHECKING:
    from geo.question import Question
    from geo.settings import Settings
    from geo.territory import Territory

_WHAT: Final = (
    "La liste des sites et celle des centres des impôts, demandées à leurs producteurs : quelques Mo, moins d'une "
    "minute. Elles remplacent celles fournies avec l'outil, pour toute la France et tous ceux qui regardent cette page."
)
#: Said in the place of a button where nobody may make this machine download; a command follows.
CLOSED: Final = "Sur cette machine, le téléchargement depuis l'application est fermé. Dans un terminal,"
_OFF: Final = f"{CLOSED} « maillage fetch --lists » apporte les listes du jour, que cette page emploie ensuite."
_REPORT: Final = "day_lists_report"


def show_origin(territory: Territory, question: Question, settings: Settings) -> None:
    """Say what the figures of a diagnosis by car stand on, the button of the lists beside them."""
    show_approximations(approximation_sentences(territory))
    counted = once(
        territory, ("counted", question.facilities, question.kinds), lambda: counted_sentences(question, territory)
    )
    show_notes([*counted, sources_sentence(territory.manifest)])
    show_lists(territory, settings)


def show_lists(territory: Territory, settings: Settings, *, explained: bool = False) -> None:
    """Show the button beside figures of the embedded France, unless the lists were asked for today; what came of it.

    `explained`: Show it whatever the territory and the day, and say what it does, or that it is closed.
    """
    report = st.session_state.pop(_REPORT, None)
    if report is not None:
        show_warnings(report.warnings)
        show_notes(file_sentences(report))
    if explained:
        st.markdown(plain(_WHAT if settings.allow_fetch else _OFF))
    elif territory.manifest.view is None or all_checked_on(dt.datetime.now(tz=dt.UTC).date(), settings):
        return
    if not settings.allow_fetch or not st.button("Actualiser les listes", icon=":material/refresh:", help=_WHAT):
        return
    with st.spinner("Téléchargement des listes du jour…"):
        try:
            st.session_state[_REPORT] = fetch_day_lists(settings)
        except MaillageError as error:  # a setting that names no source
            show_failure(error)
            return
    st.rerun()
