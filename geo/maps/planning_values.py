"""What a planning map in the browser is given beside its base: one class, one outline and a few lines a commune."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.classes import UNKNOWN_AREA
from geo.kinds import KINDS
from geo.maps.area_patterns import area_fill
from geo.maps.legend import area_legend_html, sign_tone
from geo.maps.payload import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.classes import ColourClass


@dataclass(frozen=True, slots=True)
class Marker:
    """A place of a map: `facility_id`, `name`, position in degrees, `kind`, and the sign over its shape (empty: none).

    `detail` is a French line under the name.
    """

    facility_id: str
    name: str
    lon: float
    lat: float
    kind: str
    sign: str = ""
    detail: str = ""


#: What the map is told of a marker.
_MARKER: Final = tuple(field.name for field in fields(Marker))


def site_markers(sites: gpd.GeoDataFrame) -> list[Marker]:
    """Return the markers of a facility list, positions to about one metre."""
    texts = zip(sites["kind"], sites["comment"], sites["website"], strict=True)
    details = [
        # Of sites, what the list says beside is for their cards: it may be long.
        ", ".join([KINDS[kind].label, *(str(text) for text in beside if kind == "tax_office" and pd.notna(text))])
        for kind, *beside in texts
    ]
    rows = zip(
        sites["facility_id"],
        sites["name"],
        sites.geometry.x.round(DECIMALS),
        sites.geometry.y.round(DECIMALS),
        sites["kind"],
        details,
        strict=True,
    )
    return [
        Marker(str(which), str(name), float(lon), float(lat), str(kind), detail=detail)
        for which, name, lon, lat, kind, detail in rows
    ]


def planning_values(  # noqa: PLR0913 - all that one map says
    classes: Sequence[ColourClass],
    position: NDArray[np.int64],
    lines: Sequence[Sequence[str]],
    markers: Sequence[Marker],
    *,
    title: str,
    outlined: NDArray[np.bool_] | None = None,
    outline: str = "",
    signs: Sequence[tuple[str, str]] = (),
    only_present: bool = False,
    unknown: ColourClass = UNKNOWN_AREA,
    clicks: str = "",
) -> dict[str, Any]:
    """Return what a planning map draws, ready for JSON.

    Parameters
    ----------
    classes, position
        Classes, and that of each commune in the order of the base, shape (n_communes,), -1: unknown.
    lines
        Plain French lines for each commune, its name apart.
    markers
        Places, later ones above.
    title
        What the classes tell.
    outlined, outline
        bool, shape (n_communes,): communes with a dashed outline, and what it means.
    signs
        Signs and kinds on the map with their meaning.
    only_present
        Leave out of the legend the classes of no commune.
    unknown
        Class of the communes at position -1.
    clicks
        What a click asks the server: ``"position"``, ``"site"``, or nothing.
    """
    lacking = bool((position < 0).any())
    present = set(position.tolist()) if only_present else range(len(classes))
    shown = [cls for number, cls in enumerate(classes) if number in present] + [unknown] * lacking
    drawn = np.zeros(len(position), bool) if outlined is None else outlined
    return {
        "fills": [area_fill(cls) for cls in (*classes, unknown)],
        "classes": np.where(position < 0, len(classes), position).tolist(),
        "outlined": drawn.astype(int).tolist(),
        "lines": [list(each) for each in lines],
        "markers": [
            {name: getattr(marker, name) for name in _MARKER} | {"tone": sign_tone(marker.sign)} for marker in markers
        ],
        "legend": area_legend_html(title, shown, outline if drawn.any() else "", signs),
        "clicks": clicks,
    }
