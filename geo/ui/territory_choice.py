"""Which territory a visitor looks at: their own files, what the app was opened on, a part of France, one of the cache.

The choice travels in the address of the page as a code. A code is looked up among the folders of the cache
(`geo.territory.fetched.kept_territories`) and the parts of the embedded France; it never becomes a path. What a visitor
made for one territory is not shown on another, and that is said: a scenario is put aside until they come back, files
are dropped.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.errors import MaillageError, SourceError
from geo.sources.departements import departement_title
from geo.territory.embedded import view_names
from geo.territory.fetched import kept_territories
from geo.ui import cache
from geo.ui.components.place_search import forget_search
from geo.ui.components.uploads import CANDIDATES, REQUESTS, forget_upload
from geo.ui.own_territory import forget_own_territory, own_territory
from geo.ui.scenario_session import exchange_scenario
from geo.ui.session import change_state, wanted

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

    from geo.settings import Settings
    from geo.territory import Territory

_SHOWN: Final = "shown_territory"
_FIELD: Final = "widget_territory"
_FRANCE: Final = "Toute la France"
_FOLDER: Final = "Celui que l'application ouvre au démarrage"
_SIREN_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class ShownTerritory:
    """What a screen is about.

    `territory`; `code`: the one chosen, `None` for that of the start; `start`: what that is called; `undivided`: all of
    France, where a screen is about a part of it; `problems` are French.
    """

    territory: Territory
    code: str | None
    start: str
    undivided: bool
    problems: list[str]


def open_territory(folder: str | None, settings: Settings) -> ShownTerritory:
    """Return the territory that this visitor looks at.

    *Trouver* answers for all of France, unless the territory chosen is on real roads or of files of its own.

    `folder`: The one that the app was opened on, `None` for all of France.

    Raises
    ------
    MaillageError
        The one that the app was opened on cannot be loaded.
    """
    (code, screen), problems = wanted(), []
    start = _FRANCE if folder is None else _FOLDER
    own = own_territory()
    if own is not None:
        sentences = _leave_the_former(own.name, cache.fingerprint(own))
        return ShownTerritory(own, code, start, undivided=False, problems=sentences)
    territory = None
    if code is not None:
        try:
            territory = _chosen(code, settings)
        except MaillageError as error:
            problems.append(str(error))
    if territory is None:
        code, territory = None, cache.load_territory(folder)
        problems = [f"{problem} Territoire affiché à sa place : « {territory.name} »." for problem in problems]
    problems += _leave_the_former(territory.name, (code, territory.name))
    undivided = code is None and folder is None
    if screen == "trouver" and folder is None and code is not None and code not in kept_territories(settings):
        territory = cache.load_territory(None)
    return ShownTerritory(territory, code, start, undivided, problems)


def show_choice(shown: ShownTerritory, settings: Settings) -> None:
    """Show the list of territories."""
    names = dict[str | None, str]([(None, shown.start), *_names(settings)])
    st.session_state[_FIELD] = shown.code if shown.code in names else None
    st.selectbox(
        "Territoire",
        list(names),
        format_func=names.__getitem__,
        key=_FIELD,
        on_change=_take_choice,
        width=560,
        placeholder=shown.start,
        help="Un département ou une intercommunalité : écrivez les premières lettres. Le lien de la page garde votre "
        "choix.",
    )


def ask_for_a_part(*_screen: object) -> None:
    """Ask for the territory of a screen that is not about all of France."""
    st.title("Quel territoire ?", anchor=False)
    st.markdown(
        "Un plan ou un rapport porte sur un département ou une intercommunalité : choisissez-le dans la liste "
        "ci-dessus. Les sites et les routes des voisins comptent toujours."
    )


def choose_territory(code: str | None) -> None:
    """Look at another territory, no longer at the visitor's own; the places chosen on the former are forgotten."""
    forget_own_territory()
    change_state(territory=code, place=None, position=None, site=None, commune=None, excluded=(), closed=None)


def _take_choice() -> None:
    choose_territory(st.session_state[_FIELD])


def _chosen(code: str, settings: Settings) -> Territory:
    """Load a territory of the cache, else a view of France; raise `MaillageError` where it is absent or damaged."""
    place = kept_territories(settings).get(code)
    if place is None:
        if code not in view_names():
            msg = f"Le territoire « {code} » n'existe pas, ou n'est pas préparé sur cette machine."
            raise SourceError(msg)
        return cache.load_territory(code)
    try:
        return cache.load_territory(str(place))
    except MaillageError as error:
        msg = f"{error} Pour un département téléchargé : « maillage fetch {place.name.partition('-')[0]} »."
        raise SourceError(msg) from error


def _names(settings: Settings) -> list[tuple[str, str]]:
    """Return code and name of what can be chosen: départements, what is kept in the cache, intercommunalities."""
    kept = {code: _name(code, place) for code, place in kept_territories(settings).items()}
    views = view_names()
    first = {code: kept.pop(code, name) for code, name in views.items() if len(code) < _SIREN_DIGITS}
    return [*first.items(), *kept.items(), *((code, name) for code, name in views.items() if code not in first)]


def _leave_the_former(name: str, identity: Hashable) -> list[str]:
    """Take away what this visitor made for another territory; return the sentences that say so.

    `name` is that of the territory; `identity` tells it from others: code and name, which stay the same when one of the
    cache is written again; the fingerprint of one of the visitor's own files, which is forgotten once it is left.
    """
    former, st.session_state[_SHOWN] = st.session_state.get(_SHOWN), (identity, name)
    if former in {None, (identity, name)}:
        return []
    forget_search()
    sentences = []
    if exchange_scenario(former[0], identity):
        again = ", si vous donnez de nouveau les mêmes fichiers" if isinstance(former[0], str) else ""
        sentences.append(f"Votre scénario vous attend sur le territoire « {former[1]} »{again}.")
    had = {
        "votre liste de lieux candidats": forget_upload(CANDIDATES),
        "vos demandes par site": forget_upload(REQUESTS),
    }
    if dropped := [what for what, there in had.items() if there]:
        sentences.append(f"Vous regardez un autre territoire (« {name} »). Sont oubliés : {', '.join(dropped)}.")
    return sentences


def _name(code: str, place: Path) -> str:
    departement, _, commune = code.partition("-")
    around = f", routes autour de la commune {commune}" if commune else ""
    name = f"{departement_title(departement)}{around}"
    try:
        day = dt.datetime.fromtimestamp(place.stat().st_mtime, tz=dt.UTC).date()
    except OSError:  # just being written again
        return name
    return f"{name}, téléchargé le {day:%d/%m/%Y}"
