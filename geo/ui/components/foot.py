"""The foot of every screen: the ways to the statement of accessibility and to the legal notice."""

from __future__ import annotations

import streamlit as st

from geo.ui.session import change_state
from geo.ui.state import FOOT


def show_foot() -> None:
    """Show the ways, not where the page is embedded; links would load the page again and drop what a visitor gave."""
    if st.context.is_embedded:
        return
    with st.container(key="page_foot", horizontal=True, gap="small"):
        for screen, title in FOOT.items():
            st.button(title, key=f"foot_{screen}", type="tertiary", on_click=change_state, kwargs={"screen": screen})
