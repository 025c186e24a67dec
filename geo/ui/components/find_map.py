"""The map of an answer: where the visitor starts, the numbered sites, the road to the chosen one.

Our own small Leaflet component. The ground (`geo.maps.ground`) is sent once; the answer, with the communes and
places around it, travels with the list of sites (`found_sites`), which the map is in step with.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo.maps.payload import legend_style
from geo.ui.components.leaflet_map import component_text, map_data, map_script, map_style

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from geo.finder.answer import Answer, Route, SiteAnswer
    from geo.settings import Settings

#: Sign of the tax office where it is a choice, on the map and in the list.
TAXES_SIGN: Final = "€"
#: Decimals of a degree kept along a road: about one metre.
_DECIMALS: Final = 5
_HTML: Final = (
    '<div class="maillage-map"><div class="maillage-frame"></div><p class="maillage-key">Touchez la carte pour '
    'chercher depuis un autre point.</p><div class="maillage-signs"></div></div>'
)


def find_map(
    ground: str, *, fingerprint: str, name: str, settings: Settings, on_position: Callable[[float, float], None]
) -> None:
    """Show the map; `ground`: `geo.ui.cache.packed_ground`."""
    key = f"{name}_map"

    def pressed() -> None:
        take_position(st.session_state[key].position, on_position)

    _component()(
        key=key,
        data={
            "name": name,
            "fingerprint": fingerprint,
            "base": ground,
            "label": "Carte des sites trouvés. La liste des sites donne les mêmes résultats.",
            "without": "La liste des sites donne les mêmes résultats.",
            **map_data(settings, "limites et noms seuls"),
        },
        on_position_change=pressed,
    )


def take_position(value: Any, on_position: Callable[[float, float], None]) -> None:
    """Call `on_position` with the position that a browser sent, if it is one."""
    try:
        lon, lat = float(value["lon"]), float(value["lat"])
    except (TypeError, KeyError, ValueError):
        return
    if abs(lon) <= 180 and abs(lat) <= 90:  # noqa: PLR2004 - degrees; False for NaN
        on_position(lon, lat)


def map_answer(
    answer: Answer | None,
    label: str | None,
    chosen: str | None,
    routes: Mapping[str, Route],
    guessed: Collection[str] = (),
    ground: str | None = None,
    *,
    for_taxes: bool = False,
) -> dict[str, Any]:
    """Return what the map draws: start, sites in the order of the list, road to each, what else to show, the ground.

    `guessed`: Facility ids of the sites whose road is an approximation, drawn in dashes. `ground`: What
    `geo.maps.ground.ground_around` gives, as JSON; `None` where the map has it already. `for_taxes`: Whether the tax
    office is a choice beside the sites; no road to it is drawn.
    """
    if answer is None:
        return {"origin": None, "sites": [], "chosen": None, "around": [], "ground": None}
    signed: list[tuple[int | str, SiteAnswer]] = list(enumerate(answer.sites, 1))
    if for_taxes and answer.tax_office is not None:
        signed.append((TAXES_SIGN, answer.tax_office))
    sites = [
        {
            "id": site.facility_id,
            "number": number,
            "name": site.name,
            "lon": round(site.lon, _DECIMALS),
            "lat": round(site.lat, _DECIMALS),
            "road": (
                routes[site.facility_id].coordinates[:, ::-1].round(_DECIMALS).tolist()
                if site.facility_id in routes
                else []
            ),
            "guessed": site.facility_id in guessed,
        }
        for number, site in signed
    ]
    return {
        "origin": {"lon": answer.lon, "lat": answer.lat, "label": f"Départ : {label}"},
        "sites": sites,
        "chosen": chosen,
        "around": [[site.lat, site.lon] for site in answer.none_open],
        "ground": ground,
    }


@cache
def _component() -> Callable[..., Any]:
    """Register the component, once for the process."""
    return st.components.v2.component(
        "maillage_find_map",
        html=_HTML,
        css=map_style() + legend_style() + component_text("find_map.css"),
        js=map_script("find_ground.js", "find_map.js"),
    )
