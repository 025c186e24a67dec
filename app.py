"""Maillage, on screen: ``streamlit run app.py [-- FOLDER]``, the embedded territory without a folder."""

import sys

import streamlit as st

from geo.errors import MaillageError
from geo.settings import Settings
from geo.ui.components.messages import show_failure, show_warnings
from geo.ui.components.page import open_page
from geo.ui.own_files import show_own_notice
from geo.ui.screens import data_and_method, diagnostic, find, report
from geo.ui.screens.planner import screen as planner
from geo.ui.session import bound, read_state
from geo.ui.state import SCREENS
from geo.ui.territory_choice import open_territory

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
        settings = Settings.from_environment()
        shown = open_territory(sys.argv[1] if len(sys.argv) > 1 else None, settings)
        state, problems = read_state(list(shown.territory.facilities), shown.code)
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
        show_warnings([*shown.problems, *problems])
        _SHOW[state.screen](shown.territory, state, settings)
    except MaillageError as error:
        show_failure(error)


main()
