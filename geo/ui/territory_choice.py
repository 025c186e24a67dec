"""Which territory a visitor looks at: of their own files, the one that the app was opened on, or one of the cache.

The choice travels in the address of the page as a code. A code is looked up among the folders of the cache
(`geo.territory.fetched.kept_territories`); it never becomes a path. What a visitor made for one territory is not shown
on another, and that is said: a scenario is put aside until they come back, files are dropped.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.errors import MaillageError, SourceError
from geo.sources.departements import departement_title
from geo.territory.fetched import kept_territories
from geo.ui import cache
from geo.ui.components.place_search import forget_search
from geo.ui.components.uploads import CANDIDATES, REQUESTS, forget_upload
from geo.ui.own_territory import forget_own_territory, own_territory
from geo.ui.scenario_session import exchange_scenario
from geo.ui.session import change_state, wanted_territory

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

    from geo.settings import Settings
    from geo.territory import Territory

_SHOWN: Final = "shown_territory"
_FIELD: Final = "widget_territory"
_START: Final = "Celui que l'application ouvre au démarrage"


@dataclass(frozen=True, slots=True)
class ShownTerritory:
    """The territory on the screen; `code`: the one chosen, `None` for that of the start; `problems` are French."""

    territory: Territory
    code: str | None
    problems: list[str]


def open_territory(folder: str | None, settings: Settings) -> ShownTerritory:
    """Return the territory that this visitor looks at.

    `folder`: The one that the app was opened on, `None` for the embedded one.

    Raises
    ------
    MaillageError
        The one that the app was opened on cannot be loaded.
    """
    code, problems = wanted_territory(), []
    own = own_territory()
    if own is not None:
        return ShownTerritory(own, code, _leave_the_former(own, cache.fingerprint(own)))
    territory = None
    if code is not None:
        try:
            territory = _kept(code, settings)
        except MaillageError as error:
            problems.append(str(error))
    if territory is None:
        code, territory = None, cache.load_territory(folder)
        problems = [f"{problem} Territoire affiché à sa place : « {territory.name} »." for problem in problems]
    return ShownTerritory(territory, code, [*problems, *_leave_the_former(territory, (code, territory.name))])


def show_choice(code: str | None, settings: Settings) -> None:
    """Show the list of territories, where there are others than that of the start; `code` is the one shown."""
    places = kept_territories(settings)
    if not places:
        return
    names = {None: _START} | {each: _name(each, place) for each, place in places.items()}
    st.session_state[_FIELD] = code if code in places else None
    st.selectbox(
        "Territoire affiché",
        list(names),
        format_func=names.__getitem__,
        key=_FIELD,
        on_change=_take_choice,
        width=560,
        help="Les territoires préparés sur cette machine. Le lien de la page garde votre choix.",
    )


def choose_territory(code: str | None) -> None:
    """Look at another territory, no longer at the visitor's own; the places chosen on the former are forgotten."""
    forget_own_territory()
    change_state(territory=code, place=None, position=None, site=None, commune=None, excluded=(), closed=None)


def _take_choice() -> None:
    choose_territory(st.session_state[_FIELD])


def _kept(code: str, settings: Settings) -> Territory:
    """Load a territory of the cache; raise `MaillageError` where it is absent or damaged."""
    place = kept_territories(settings).get(code)
    if place is None:
        msg = (
            f"Le territoire « {code} » n'est pas préparé sur cette machine (« maillage fetch » prépare un département)."
        )
        raise SourceError(msg)
    try:
        return cache.load_territory(str(place))
    except MaillageError as error:
        msg = f"{error} Pour un département téléchargé : « maillage fetch {place.name.partition('-')[0]} »."
        raise SourceError(msg) from error


def _leave_the_former(territory: Territory, identity: Hashable) -> list[str]:
    """Take away what this visitor made for another territory; return the sentences that say so.

    `identity` tells the territory from others: code and name, which stay the same when one of the cache is written
    again; the fingerprint of one of the visitor's own files, which is forgotten once it is left.
    """
    former, st.session_state[_SHOWN] = st.session_state.get(_SHOWN), (identity, territory.name)
    if former in {None, (identity, territory.name)}:
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
        sentences.append(
            f"Vous regardez un autre territoire (« {territory.name} »). Sont oubliés : {', '.join(dropped)}."
        )
    return sentences


def _name(code: str, place: Path) -> str:
    departement, _, commune = code.partition("-")
    around = f", routes autour de la commune {commune}" if commune else ""
    name = f"{departement_title(departement)}{around}"
    try:
        day = dt.datetime.fromtimestamp(place.stat().st_mtime, tz=dt.UTC).date()
    except OSError:  # just being written again
        return name
    return f"{name}, du {day:%d/%m/%Y}"
