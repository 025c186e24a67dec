"""What a page is called in the tab of the browser: its place first, then its question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.finder.opening_times import moment_text
from geo.french import capital
from geo.network.modes import MODES
from geo.ui.state import FOOT

if TYPE_CHECKING:
    import datetime as dt

    from geo.ui.state import AppState, View

#: View of the planner -> the question that it answers.
QUESTIONS: Final[dict[View, str]] = {
    "ouvrir": "Où donner les prochains labels ?",
    "scenario": "Et si un site ouvrait, fermait ou déménageait ?",
    "fragilite": "De quels sites dépend-on le plus ?",
    "horaires": "Quand trouve-t-on un site ouvert ?",
    "impots": "Que gagne-t-on par rapport au service des impôts ?",
    "marge": "À quel point les chiffres sont-ils sûrs ?",
}


def page_title(state: AppState, place: str | None, now: dt.datetime) -> str:
    """Return the title of the page of a visitor.

    `place`: Where they start from, the commune or the territory that they look at; `None` for nowhere yet. `now`: Civil
    time of the territory, without a time zone.

    >>> import datetime as dt
    >>> from geo.ui.state import AppState
    >>> at = dt.datetime.fromisoformat("2026-11-24T10:00")
    >>> page_title(AppState(at=at), "Sare (64)", at - dt.timedelta(days=1)).replace(chr(160), " ")
    'Sare (64), mardi 24 novembre à 10 h : le France services le plus proche'
    """
    if state.screen == "methode":
        return "Données et méthode"
    if state.screen in FOOT:
        return FOOT[state.screen]
    if state.screen == "trouver":
        if place is None:
            return "Trouver un France services"
        when = "maintenant" if state.at is None else moment_text(state.at, since=now)
        return f"{capital(place)}, {when} : le France services le plus proche"
    question = QUESTIONS[state.view]
    what = {
        "diagnostic": "qui est trop loin ?",
        "planifier": question[:1].lower() + question[1:],
        "rapport": "préparer un rapport",
    }
    if state.mode != "car":
        what["diagnostic"] = f"qui peut y aller {MODES.get(state.mode, 'sans voiture')} ?"
    return f"{place or 'France'} : {what[state.screen]}"
