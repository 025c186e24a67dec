"""A map of the screen *Planifier*: classes of communes, sites, new labels, and clicks that ask a question.

The contours are sent once; what changes travels apart, as for the territory map.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.maps.area_patterns import area_pattern_defs
from geo.maps.payload import drawing_style, planning_script
from geo.ui.components.find_map import take_position
from geo.ui.components.leaflet_map import (
    COMMUNES_MAP_HTML,
    component_text,
    map_data,
    map_script,
    map_style,
    send_values,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.settings import Settings


def planning_map(
    base: str,
    values: dict[str, Any],
    *,
    fingerprint: str,
    name: str,
    label: str,
    settings: Settings,
    on_position: Callable[[float, float], None] | None = None,
    on_site: Callable[[str], None] | None = None,
) -> None:
    """Show the map."""
    key = f"planning_map_{name}_{fingerprint}"

    def pressed() -> None:
        if on_position is not None:
            take_position(st.session_state[key].position, on_position)

    def chosen() -> None:
        site = st.session_state[key].site
        if on_site is not None and isinstance(site, str):
            on_site(site)

    with st.container(gap=None):
        _component()(
            key=key,
            data={
                "name": key,
                "fingerprint": fingerprint,
                "base": base,
                "defs": area_pattern_defs(),
                "label": f"{label} Les mêmes résultats sont dans le tableau.",
                "without": "Le tableau ci-dessous donne les mêmes résultats.",
                **map_data(settings),
            },
            on_position_change=pressed,
            on_site_change=chosen,
        )
        send_values(key, values)


@cache
def _component() -> Callable[..., Any]:
    """Register the component, once for the process."""
    return st.components.v2.component(
        "maillage_planning_map",
        html=COMMUNES_MAP_HTML,
        css=drawing_style() + map_style() + component_text("planning_map.css"),
        js=planning_script() + map_script("planning_map.js"),
    )
