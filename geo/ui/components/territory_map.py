"""The map of a territory: our own small Leaflet component.

Two components share the work. The map itself is given the contours, a large message that never
changes, so that Streamlit sends it once and then only refers to it. The values (classes, under-served
communes) travel apart, a few kilobytes at each move of the threshold.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo.maps.leaflet import drawing_script, drawing_style
from geo.ui.components.leaflet_map import component_text, map_data, map_script, map_style

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.settings import Settings

_HTML: Final = (
    '<div class="maillage-map"><div class="maillage-patterns"></div>'
    '<div class="maillage-frame"></div><div class="maillage-key"></div></div>'
)


def territory_map(
    base: str, values: dict[str, Any], *, fingerprint: str, settings: Settings, on_select: Callable[[str], None]
) -> None:
    """Show the map.

    Parameters
    ----------
    base
        JSON of `geo.maps.payload.map_base`; constant for a territory.
    values
        Result of `geo.maps.payload.map_values`, with ``legend`` (HTML) and ``selected`` (position, -1: none).
    fingerprint
        Identity of `base`.
    settings
        Where Leaflet and the base map are.
    on_select
        Called with the code of a commune that is clicked, before the page is drawn again.
    """
    name = f"territory_map_{fingerprint}"

    def selected() -> None:
        code = st.session_state[name].commune
        if isinstance(code, str):
            on_select(code)

    map_component, values_component = _components()
    with st.container(gap=None):
        map_component(
            key=name,
            data={
                "name": name,
                "fingerprint": fingerprint,
                "base": base,
                "label": "Carte des temps de trajet par commune. Les mêmes résultats sont dans le tableau.",
                "without": "Le tableau ci-dessous donne les mêmes résultats.",
                **map_data(settings),
            },
            on_commune_change=selected,
        )
        values_component(key=f"{name}_values", data={"name": name, "values": values})


@cache
def _components() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Register both components, once for the process."""
    return (
        st.components.v2.component(
            "maillage_territory_map",
            html=_HTML,
            css=drawing_style() + map_style(),
            js=drawing_script() + map_script("territory_map.js"),
        ),
        st.components.v2.component("maillage_territory_values", js=component_text("territory_values.js")),
    )
