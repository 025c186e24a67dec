"""The map of a territory: our own small Leaflet component.

Two components share the work. The map itself is given the contours, a large message that never
changes, so that Streamlit sends it once and then only refers to it. The values (classes, under-served
communes) travel apart, a few kilobytes at each move of the threshold.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo.maps.payload import drawing_script, drawing_style
from geo.ui.components.leaflet_map import COMMUNES_MAP_HTML, map_data, map_script, map_style, send_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.settings import Settings

#: How a map is used from the keyboard, after what it shows.
KEYS: Final = (
    "Flèches : déplacer ; plus et moins : agrandir ou réduire ; Entrée : répondre pour la commune au centre. Les mêmes "
    "résultats sont dans le tableau."
)
_LABEL: Final = f"Carte des temps de trajet par commune. {KEYS}"


def territory_map(
    base: str, values: dict[str, Any], *, fingerprint: str, settings: Settings, on_select: Callable[[str, bool], None]
) -> None:
    """Show the map.

    `values`: Result of `geo.maps.payload.map_values`, with ``legend`` (HTML) and ``selected`` (position, -1: none).
    `on_select`: Called with the code of a commune that is chosen, and whether with the keyboard, before the page is
    drawn again.
    """
    name = f"territory_map_{fingerprint}"

    def selected() -> None:
        chosen = st.session_state[name].commune
        if isinstance(chosen, dict) and isinstance(chosen.get("code"), str):
            on_select(chosen["code"], chosen.get("by") == "keyboard")

    with st.container(gap=None):
        _component()(
            key=name,
            data={
                "name": name,
                "fingerprint": fingerprint,
                "base": base,
                "label": _LABEL,
                "without": "Le tableau ci-dessous donne les mêmes résultats.",
                **map_data(settings),
            },
            on_commune_change=selected,
        )
        send_values(name, values)


@cache
def _component() -> Callable[..., Any]:
    """Register the component, once for the process."""
    return st.components.v2.component(
        "maillage_territory_map",
        html=COMMUNES_MAP_HTML,
        css=drawing_style() + map_style(),
        js=drawing_script() + map_script("territory_map.js"),
    )
