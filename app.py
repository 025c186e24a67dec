"""Maillage, on screen: ``python -m geo.ui.serve [-- FOLDER]``, all of France without a folder."""

import sys
from collections.abc import Callable

from geo.errors import MaillageError
from geo.settings import Settings
from geo.territory import Territory
from geo.ui.components.messages import show_failure, show_warnings
from geo.ui.components.page import choose_screen, open_page
from geo.ui.own_files import show_own_notice
from geo.ui.screens import data_and_method, diagnostic, diagnostic_france, find, report
from geo.ui.screens.planner import screen as planner
from geo.ui.session import read_state
from geo.ui.state import AppState, Screen
from geo.ui.territory_choice import ask_for_a_part, open_territory, show_choice

Show = Callable[[Territory, AppState, Settings], None]

_SHOW: dict[Screen, Show] = {
    "trouver": find.show,
    "diagnostic": diagnostic.show,
    "planifier": planner.show,
    "rapport": report.show,
    "methode": data_and_method.show,
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
        state, problems = read_state(list(shown.territory.facilities), shown.code)
        choose_screen()
        show_own_notice()
        show_warnings([*shown.problems, *problems])
        if state.screen != "trouver":
            show_choice(shown, settings)
        show = _UNDIVIDED.get(state.screen) if shown.undivided else None
        (show or _SHOW[state.screen])(shown.territory, state, settings)
    except MaillageError as error:
        show_failure(error)


main()
