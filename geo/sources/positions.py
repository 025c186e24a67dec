"""Positions as lists write them: in one column or two, in degrees or in Lambert-93.

One column may hold ``43.31, -1.58``, ``43,31 ; -1,58``, ``(43.31 -1.58)``, the ``[-1.58, 43.31]`` of the national
schemas (longitude first), GeoJSON, ``{"lon": -1.58, "lat": 43.31}``, WKT or the hexadecimal WKB of PostGIS, a ``geo:``
address, or degrees with minutes and letters; a third number is a height.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.crs import WGS84, metric_crs_at, transformer
from geo.errors import CrsError
from geo.folding import fold
from geo.french import agreed
from geo.sources.sexagesimal import two_angles

if TYPE_CHECKING:
    from collections.abc import Iterable

LAMBERT_93: Final = "EPSG:2154"
#: Where mainland France and Corsica lie in it, metres: x, then y.
_LAMBERT_BOUNDS: Final = ((0.0, 1_300_000.0), (6_000_000.0, 7_200_000.0))
_DEGREES_LIMIT: Final = 180

_POINT: Final = r"[-+]?\d+(?:\.\d+)?"
_COMMA: Final = r"[-+]?\d+,\d+"
#: With a decimal point the comma may stand between, with a decimal comma it needs a space; the last one has no sign.
_PAIRS: Final = (
    re.compile(rf"({_POINT})\s*[,;/|\s]\s*({_POINT})"),
    re.compile(rf"({_COMMA})\s*[;/|]\s*({_POINT}|{_COMMA})"),
    re.compile(rf"({_POINT}|{_COMMA})\s*[;/|]\s*({_COMMA})"),
    re.compile(rf"({_COMMA})(?:\s*,\s+|\s+|,)({_COMMA}|{_POINT})"),
)
_DECIMAL: Final = r"[-+]?\d+\.\d+"
_WITH_HEIGHT: Final = re.compile(rf"({_DECIMAL})\s*[,;/|\s]\s*({_DECIMAL})\s*[,;/|\s]\s*{_POINT}\s*m?")
_GEO_ADDRESS: Final = re.compile(rf"geo:\s*({_POINT}),({_POINT})(?:,{_POINT})?(?:[;?].*)?", re.IGNORECASE)
_AROUND: Final = " [](){}<>\"'"
_SRID: Final = re.compile(r"\s*SRID\s*=\s*(\d+)\s*;\s*", re.IGNORECASE)
_WKT: Final = re.compile(r"\s*(?:MULTI)?(?:POINT|POLYGON|LINESTRING)\b", re.IGNORECASE)
_WKB: Final = re.compile(r"(?:0[01])[0-9A-Fa-f]{40,}")
_LON_KEYS: Final = ("lon", "lng", "long", "longitude", "x")
_LAT_KEYS: Final = ("lat", "latitude", "y")
#: Words of a column's name that say which number comes first, where the numbers do not.
_LON_FIRST: Final = frozenset({"coordonneesxy", "xy", "lonlat", "lon"})


def parse_positions(cells: pd.Series) -> pd.DataFrame:
    """Return the float64 columns `lat` and `lon` of positions in one column; NaN where a cell holds none.

    `cells`: Text; its name, and whether the numbers lie in France, say which comes first where the form does not. One
    order is taken for the whole column, so that a row in the other one is seen to be wrong.

    Examples
    --------
    >>> cells = pd.Series(["[-1.58,43.31]", "POINT (-1.5 43.4)", '{"lat": 43.2, "lon": -1.4}'], name="coordonneesXY")
    >>> parse_positions(cells).values.tolist()
    [[43.31, -1.58], [43.4, -1.5], [43.2, -1.4]]
    """
    read = [(None, None, True) if pd.isna(cell) else _parsed(str(cell)) for cell in cells]
    first = np.array([np.nan if each[0] is None else each[0] for each in read], dtype=np.float64)
    second = np.array([np.nan if each[1] is None else each[1] for each in read], dtype=np.float64)
    ordered = np.array([each[2] for each in read], dtype=bool)
    pairs = [(a, b) for a, b, known in zip(first, second, ordered, strict=True) if not known]
    lon_first = ordered | _longitude_first(pairs, str(cells.name))
    lon, lat = np.where(lon_first, first, second), np.where(lon_first, second, first)
    found = pd.DataFrame({"lat": lat, "lon": lon}, index=cells.index)
    return found.where(np.isfinite(found))


def in_degrees(position: pd.DataFrame, shown: str, source: str, notes: list[str]) -> pd.DataFrame:
    """Return positions in degrees (WGS84) where they are, or may be, in Lambert-93; this is noted.

    `position`: Float64 columns `lon` and `lat`, NaN where missing; metres where `lon` is an easting and `lat` a
    northing. `shown`: French name of their columns.

    Raises
    ------
    CrsError
        Most are neither in degrees nor in Lambert-93.
    """
    east, north = _in_bounds(position["lon"], position["lat"])
    projected = east & north
    exchanged = np.logical_and(*_in_bounds(position["lat"], position["lon"]))
    metres = projected | exchanged
    if metres.any():
        x = position["lon"].where(~exchanged, position["lat"])[metres]
        y = position["lat"].where(~exchanged, position["lon"])[metres]
        lon, lat = transformer(LAMBERT_93, WGS84).transform(x.to_numpy(), y.to_numpy())
        position = position.copy()
        position.loc[metres, "lon"], position.loc[metres, "lat"] = lon, lat
        lambert = agreed(metres.sum(), f"position(s) en mètres ({shown}), lue(s) comme du Lambert-93 ({LAMBERT_93})")
        notes.append(lambert)
    if position.abs().median().max() > _DEGREES_LIMIT:
        msg = (
            f"{source} : les positions ({shown}) ne sont ni en degrés (WGS84), ni en Lambert-93. Des longitudes et "
            f"latitudes sont attendues. Reprojetez, ou donnez une couche avec son système."
        )
        raise CrsError(msg)
    return position


def _in_bounds(x: pd.Series, y: pd.Series) -> tuple[pd.Series, pd.Series]:
    (west, east), (south, north) = _LAMBERT_BOUNDS
    return x.between(west, east), y.between(south, north)


def _longitude_first(pairs: Iterable[tuple[float, float]], name: str) -> bool:
    """Tell whether pairs of one column begin with the longitude: as most of those in France say, else by its name."""
    found = [(metric_crs_at(a, b) is not None) - (metric_crs_at(b, a) is not None) for a, b in pairs]
    if balance := sum(found):
        return balance > 0
    words = fold(name).split()
    return bool(words) and words[0] in _LON_FIRST


def _parsed(cell: str) -> tuple[float | None, float | None, bool]:
    """Return the two numbers of a cell, `None` without any, and whether the longitude is known to come first."""
    text = " ".join(cell.replace("\u2212", "-").split())  # runs of spaces would cost their square
    if _SRID.match(text) or _WKT.match(text) or _WKB.fullmatch(text):
        return (*_of_geometry(text), True)
    if "{" in text and ":" in text:
        return (*_of_object(text), True)
    if address := _GEO_ADDRESS.fullmatch(text):
        return float(address[2]), float(address[1]), True
    if angles := two_angles(text):
        return angles
    bare = text.strip(_AROUND).replace('"', "").replace("'", "")
    for pattern in (*_PAIRS, _WITH_HEIGHT):
        if found := pattern.fullmatch(bare):
            first, second = (float(number.replace(",", ".")) for number in found.groups())
            return first, second, False
    return None, None, True


def _of_geometry(text: str) -> tuple[float | None, float | None]:
    """Return the position of WKT or hexadecimal WKB, with or without its system; of a surface a point inside."""
    srid = _SRID.match(text)
    with np.errstate(all="ignore"):  # numbers beyond all measure
        if _WKB.fullmatch(text):
            shape = shapely.from_wkb(text, on_invalid="ignore")
        else:
            shape = shapely.from_wkt(text[srid.end() :] if srid else text, on_invalid="ignore")
    if shape is None or shape.is_empty:
        return None, None
    point = shapely.point_on_surface(shape) if shape.geom_type != "Point" else shape
    x, y = shapely.get_x(point), shapely.get_y(point)
    system = int(srid[1]) if srid else int(shapely.get_srid(shape))
    if system in {0, 4326}:
        return float(x), float(y)
    try:
        lon, lat = transformer(f"EPSG:{system}", WGS84).transform(x, y)
    except pyproj.exceptions.CRSError:
        return None, None
    return float(lon), float(lat)


def _of_object(text: str) -> tuple[float | None, float | None]:
    """Return the position of a JSON object, or of one as Python writes it: by its keys, or GeoJSON."""
    for form in (text, text.replace("'", '"')):
        try:
            value: Any = json.loads(form)
        except (ValueError, RecursionError):
            continue
        return _of_value(value)
    return None, None


def _of_value(value: Any) -> tuple[float | None, float | None]:
    if not isinstance(value, dict):
        return None, None
    named = {fold(str(key)): each for key, each in value.items()}
    if isinstance(pair := named.get("coordinates"), list) and len(pair) >= 2:  # noqa: PLR2004 - maybe an altitude
        return _number(pair[0]), _number(pair[1])
    if isinstance(inside := named.get("geometry", named.get("location")), dict):
        return _of_value(inside)
    lon, lat = (next((named[key] for key in keys if key in named), None) for keys in (_LON_KEYS, _LAT_KEYS))
    return _number(lon), _number(lat)


def _number(value: Any) -> float | None:
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        return None
