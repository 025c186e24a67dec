"""Maillage, on screen: ``python -m geo.ui.serve [-- FOLDER]``, all of France without a folder."""

import sys
from collections.abc import Callable

from geo.errors import MaillageError
from geo.finder.opening_times import civil_time
from geo.settings import Settings
from geo.territory import Territory
from geo.ui.components.messages import show_failure, show_warnings
from geo.ui.components.page import choose_screen, name_page, open_page, show_foot
from geo.ui.components.place_search import start_place
from geo.ui.own_files import show_own_notice
from geo.ui.page_title import page_title
from geo.ui.screens import accessibility, data_and_method, diagnostic, diagnostic_france, find, legal_notice, report
from geo.ui.screens.planner import screen as planner
from geo.ui.session import read_state
from geo.ui.state import FOOT, AppState, Screen
from geo.ui.territory_choice import ShownTerritory, ask_for_a_part, open_territory, show_choice

Show = Callable[[Territory, AppState, Settings], None]

_SHOW: dict[Screen, Show] = {
    "trouver": find.show,
    "diagnostic": diagnostic.show,
    "planifier": planner.show,
    "rapport": report.show,
    "methode": data_and_method.show,
    "accessibilite": accessibility.show,
    "mentions": legal_notice.show,
}
#: Screens about a part of France, and what they show while none is chosen.
_UNDIVIDED: dict[Screen, Show] = {
    "diagnostic": diagnostic_france.show,
    "planifier": ask_for_a_part,
    "rapport": ask_for_a_part,
}


def main() -> None:
    """Load the territory, read the visitor's choices, draw the screen."""
    open_page()
    try:
        settings = Settings.from_environment()
        shown = open_territory(sys.argv[1] if len(sys.argv) > 1 else None, settings)
        state, problems = read_state(shown.territory, shown.code, undivided=shown.undivided)
        choose_screen()
        show_own_notice()
        show_warnings([*shown.problems, *problems])
        name_page(page_title(state, _place(shown, state), civil_time(None, shown.territory.departement)))
        if state.screen != "trouver" and state.screen not in FOOT:
            show_choice(shown, settings)
        show = _UNDIVIDED.get(state.screen) if shown.undivided else None
        try:
            (show or _SHOW[state.screen])(shown.territory, state, settings)
        except MaillageError as error:  # what this screen cannot answer: the others can be gone to
            show_failure(error)
        show_foot()
    except MaillageError as error:
        show_failure(error)


def _place(shown: ShownTerritory, state: AppState) -> str | None:
    """Return what the page is about: where the visitor starts from, else the commune looked at, else the territory."""
    if state.screen == "trouver":
        start = start_place(state, shown.territory)
        return None if start is None else start.label
    if state.screen == "diagnostic" and state.commune is not None and not shown.undivided:
        return f"{shown.territory.communes.at[state.commune, 'name']}, {shown.territory.name}"
    return shown.territory.name


main()
