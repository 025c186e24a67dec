"""Two buttons that only the browser can answer: "my position" and "copy the link of this page"."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.ui.components.find_map import take_position
from geo.ui.components.leaflet_map import component_text

if TYPE_CHECKING:
    from collections.abc import Callable


def my_position(on_position: Callable[[float, float], None]) -> None:
    """Show the button "Ma position"; `on_position` is called with longitude and latitude in degrees.

    A refusal or a failure is said beside the button, by the browser alone.
    """
    key = "my_position"

    def located() -> None:
        take_position(st.session_state[key].position, on_position)

    _position_component()(key=key, on_position_change=located)


def copy_link() -> None:
    """Show the button "Copier le lien"; it copies the address of the page without asking the server."""
    _copy_component()(key="copy_link")


def _html(label: str) -> str:
    return f'<button type="button">{label}</button><p role="status"></p>'


@cache
def _position_component() -> Callable[..., Any]:
    return st.components.v2.component(
        "maillage_my_position",
        html=_html("Ma position"),
        css=component_text("browser_buttons.css"),
        js=component_text("my_position.js"),
    )


@cache
def _copy_component() -> Callable[..., Any]:
    return st.components.v2.component(
        "maillage_copy_link",
        html=_html("Copier le lien"),
        css=component_text("browser_buttons.css"),
        js=component_text("page_link.js") + component_text("copy_link.js"),
    )
