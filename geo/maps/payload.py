"""What a map in the browser is given: a base that never changes, and small values that do.

The base (contours, names, facilities) is sent once. Moving the threshold only sends `values`: a few
small arrays in the order of the communes. Both are plain dictionaries, ready for JSON; our script draws them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.answers.coverage import trip_texts
from geo.classes import INK, TIME_CLASSES, UNKNOWN_COLOUR, classify
from geo.crs import WGS84
from geo.kinds import KINDS
from geo.maps.legend import HATCHED, facility_svg, pattern_defs
from geo.network.snapping import FAR_FROM_ROADS_M
from geo.sources.contours import united

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

#: Checksum of leaflet.js 1.9.4, checked by the browser where it comes from a public address.
LEAFLET_INTEGRITY: Final = "sha256-20nQCchB9co0qIjJZRGuk2/Z9VM+kNiyxNV1lvTlZBo="
#: Simplification of contours: corners whose triangle is smaller than the square of this are cut.
TOLERANCE_M: Final = 150.0
#: Decimals of a degree that are kept: about one metre.
DECIMALS: Final = 5
#: Outlines of départements are lightened to about 300 m.
_OUTLINE_TOLERANCE_DEG: Final = 0.003
_HERE: Final = Path(__file__).resolve().parent


def simplified_contours(communes: gpd.GeoDataFrame, metric_crs: str) -> gpd.GeoSeries:
    """Return the contours lightened together, so that shared borders stay shared.

    `communes`: Communes with contours in EPSG:4326.
    `metric_crs`: Projected system of the study area, in metres.

    Returns
    -------
    Contours on the same index, EPSG:4326, with `DECIMALS` decimals.
    """
    metric = communes.geometry.to_crs(metric_crs)
    simple = gpd.GeoSeries(
        shapely.coverage_simplify(metric.to_numpy(), TOLERANCE_M), index=communes.index, crs=metric.crs
    )
    degrees = simple.to_crs(WGS84).to_numpy()
    rounded = shapely.transform(degrees, lambda positions: np.round(positions, DECIMALS))
    return gpd.GeoSeries(rounded, index=communes.index, crs=WGS84)


def map_base(communes: gpd.GeoDataFrame, facilities: Mapping[str, gpd.GeoDataFrame], metric_crs: str) -> dict[str, Any]:
    """Return what does not change while a territory is shown.

    `communes`: Communes of the study area (`geo.schemas.COMMUNE_COLUMNS`, contours in EPSG:4326).
    `facilities`: Facility lists by name (`geo.schemas.FACILITY_COLUMNS`, points in EPSG:4326).
    `metric_crs`: Projected system of the study area, in metres.
    """
    contours = shapely.to_geojson(simplified_contours(communes, metric_crs).to_numpy())
    columns = (communes.index, communes["name"], _optional(communes["population"]), contours)
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name, "population": population},
            "geometry": json.loads(contour),
        }
        for code, name, population, contour in zip(*columns, strict=True)
    ]
    return {
        "communes": {"type": "FeatureCollection", "features": features},
        "facilities": {name: facility_records(frame) for name, frame in facilities.items()},
        "colours": [cls.colour for cls in TIME_CLASSES],
        "unknown": UNKNOWN_COLOUR,
        "hatched": HATCHED,
        "ink": INK,
        "markers": {
            kind: {
                "label": shape.label,
                "counted": facility_svg(kind, counted=True),
                "excluded": facility_svg(kind, counted=False),
            }
            for kind, shape in KINDS.items()
        },
        "defs": pattern_defs(),
    }


def departement_outlines(communes: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the outline of each département by its code, EPSG:4326, lightened for a map of all of France."""
    known = communes[communes.geometry.notna()]
    outlines = united(known.geometry, known["departement"].to_numpy())
    light = shapely.coverage_simplify(outlines.to_numpy(), _OUTLINE_TOLERANCE_DEG)
    return gpd.GeoSeries(light, index=outlines.index, crs=WGS84)


def map_values(
    coverage: pd.DataFrame,
    communes: gpd.GeoDataFrame,
    list_name: str,
    facilities: gpd.GeoDataFrame,
    excluded: Collection[str] = (),
    threshold_min: float | None = None,
) -> dict[str, Any]:
    """Return what changes with the threshold and the options.

    `communes`: The communes given to `map_base`; the arrays follow their order.
    `coverage`: Frame of `geo.access.coverage.coverage`, indexed by commune code. `trips` holds what is said of a trip,
    each text once, and `trip` which of them is that of each commune. `threshold_min`: what trips are compared with.
    """
    rows = coverage.reindex(communes.index)
    trip, trips = pd.factorize(trip_texts(rows, threshold_min))
    order = pd.Index(facilities["facility_id"])
    return {
        "list": list_name,
        "excluded": sorted(excluded),
        "trip": trip.tolist(),
        "trips": trips.tolist(),
        "classes": classify(rows["travel_time_min"], TIME_CLASSES).tolist(),
        "under_served": rows["under_served"].fillna(value=False).astype("int8").tolist(),
        "far": _optional(rows["snap_distance_m"].where(rows["snap_distance_m"] > FAR_FROM_ROADS_M).round(-2)),
        "nearest": order.get_indexer(pd.Index(rows["facility_id"])).tolist(),
    }


def shown_kinds(facilities: gpd.GeoDataFrame, kinds: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the kinds present in a facility list, and those of them that the options do not count."""
    there = set(facilities["kind"].unique())
    present = [kind for kind in KINDS if kind in there]
    return present, [kind for kind in present if kind not in kinds]


def script_json(value: object) -> str:
    """Return JSON that is safe inside a ``<script>`` element, whatever text it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def facility_records(facilities: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return places as maps draw them: name, kind, commune (`None`: unknown), position; what is missing is left out."""
    points = facilities.geometry
    columns = (
        facilities["name"],
        facilities["kind"],
        _optional(facilities["commune_name"]),
        points.x.round(DECIMALS),
        points.y.round(DECIMALS),
        # Of sites, what the list says beside is for their cards: it may be long.
        _optional(facilities["comment"].where(facilities["kind"] == "tax_office")),
        _optional(facilities["website"].where(facilities["kind"] == "tax_office")),
    )
    names = ("name", "kind", "place", "lon", "lat", "comment", "website")
    return [
        {name: cell for name, cell in zip(names, row, strict=True) if cell is not None or name == "place"}
        for row in zip(*columns, strict=True)
    ]


def _optional(values: pd.Series) -> list[Any]:
    """Return a column as a list where missing values are `None`."""
    return values.astype(object).where(values.notna(), None).tolist()


def drawing_script() -> str:
    """Return the JavaScript that defines `createCoverageMap`."""
    return (_HERE / "coverage_map.js").read_text(encoding="utf-8")


def planning_script() -> str:
    """Return the JavaScript that defines `createPlanningMap`."""
    return (_HERE / "planning_map.js").read_text(encoding="utf-8")


def drawing_style() -> str:
    """Return the CSS of the map and of its legend."""
    return (_HERE / "coverage_map.css").read_text(encoding="utf-8") + legend_style()


def legend_style() -> str:
    """Return the CSS of a legend."""
    return (_HERE / "legend.css").read_text(encoding="utf-8")
