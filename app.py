"""Maillage, on screen: ``streamlit run app.py [-- FOLDER]``, the embedded territory without a folder."""

import sys

import streamlit as st

from geo.errors import MaillageError
from geo.settings import Settings
from geo.ui import cache
from geo.ui.change_of_territory import enter_territory
from geo.ui.components.messages import show_failure, show_warnings
from geo.ui.components.page import open_page
from geo.ui.own_territory import own_territory
from geo.ui.screens import data_and_method, diagnostic, find, report
from geo.ui.screens.own_files import show_own_notice
from geo.ui.screens.planner import screen as planner
from geo.ui.session import bound, read_state
from geo.ui.state import SCREENS

_SHOW = {
    "trouver": find.show,
    "diagnostic": diagnostic.show,
    "planifier": planner.show,
    "rapport": report.show,
    "methode": data_and_method.show,
}


def main() -> None:
    """Load the territory, read the visitor's choices, draw the screen."""
    open_page()
    try:
        territory = own_territory() or cache.load_territory(sys.argv[1] if len(sys.argv) > 1 else None)
        enter_territory(cache.fingerprint(territory))
        state, problems = read_state(list(territory.facilities))
        if not st.context.is_embedded:
            st.segmented_control(
                "Écran",
                list(SCREENS),
                format_func=SCREENS.__getitem__,
                required=True,
                label_visibility="collapsed",
                **bound("screen"),
            )
        show_own_notice()
        show_warnings(problems)
        _SHOW[state.screen](territory, state, Settings.from_environment())
    except MaillageError as error:
        show_failure(error)


main()
