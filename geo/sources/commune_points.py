"""Where the residents of a commune are taken to be: at its town hall where it is known, else inside its contour."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84, departement_of, metric_crs
from geo.errors import Fault, SchemaError
from geo.schemas import POINT_SOURCES
from geo.sources.commune_codes import CODE_COLUMNS, CommuneNote, first_named, normalise_codes
from geo.sources.layers import find_layers, plain_texts, read_layer
from geo.sources.provenance import names_its_file

if TYPE_CHECKING:
    from pathlib import Path

TOWN_HALLS: Final = "Mairies"
#: The positions that are known of the communes of France, in the folder of data.
KNOWN_POSITIONS_FILE: Final = "france/communes.csv"
#: A town hall farther than this from its commune's contour is an error: a few real ones stand in the next commune.
MAX_TOWN_HALL_DISTANCE_M: Final = 2_000
_HALL, _INSIDE = POINT_SOURCES[0], POINT_SOURCES[-1]


def place_communes(
    frame: gpd.GeoDataFrame, town_halls: Path | None, known_positions: Path | None, notes: list[str | CommuneNote]
) -> None:
    """Set `lon`, `lat` (degrees, EPSG:4326) and `point_source` of communes, and note what is to be minded.

    The town hall that is given, if it is in its commune or beside it; else the position that is known, likewise; else a
    point inside the largest part of the contour, found in metres. The `centre` of geo.api.gouv.fr is not used: it may
    fall outside of the commune.

    Parameters
    ----------
    frame
        Indexed by commune code: `departement`, `mairie` (GeoJSON, may be empty), contours in EPSG:4326.
    town_halls
        Layer of points with the commune code, in the place of `mairie`; `None`: there is none.
    known_positions
        Table of the communes of France: `code`, `lon`, `lat`, `position`; `None`, or no such file: none is known.
    notes
        Added to.

    Raises
    ------
    SchemaError
        The layer of town halls has no commune codes.
    """
    given = _given_halls(town_halls, frame, notes)
    known, kind = _known(known_positions, frame)
    contours = {
        name: frame.geometry[here].to_crs(name)
        for name, here in _by_projection(frame["departement"].map(metric_crs)).items()
    }
    at_given, at_known = (_beside(points, contours) for points in (given, known))
    at_known &= ~at_given
    inside = pd.concat(
        [
            gpd.GeoSeries(shapely.point_on_surface(_largest_parts(own.to_numpy())), own.index, crs=name).to_crs(WGS84)
            for name, own in contours.items()
        ]
    ).reindex(frame.index)
    places = inside
    for at, points in ((at_known, known), (at_given, given)):
        places = places.mask(at, points) if at.any() else places
    frame["lon"], frame["lat"] = places.x, places.y
    source = pd.Series(_INSIDE, index=frame.index, dtype="string").mask(at_known, kind)
    frame["point_source"] = source.mask(at_given, _HALL)
    sentences = {
        f"{{count}} mairie(s) à plus de {MAX_TOWN_HALL_DISTANCE_M // 1000} km de leur commune, non retenue(s) : "
        "{codes}.": given.notna() & ~at_given,
        "{count} commune(s) dont la mairie n'est pas donnée : position que l'outil connaît (mairie, "
        "site ou bureau de poste ; data/france/communes.csv).": at_known,
        "{count} commune(s) sans mairie connue : leur position est un point à l'intérieur du contour.": ~(
            at_given | at_known
        ),
    }
    notes += [CommuneNote.of(text, frame.index[rows]) for text, rows in sentences.items() if rows.any()]


def in_degrees(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return geometries in longitude and latitude, in two dimensions; null where they are empty or not finite."""
    degrees = geometry.force_2d().to_crs(WGS84)
    coordinates, owner = shapely.get_coordinates(degrees.array, return_index=True)
    broken = np.unique(owner[~np.isfinite(coordinates).all(axis=1)])
    degrees[degrees.is_empty | np.isin(np.arange(len(degrees)), broken)] = None
    return degrees


def _given_halls(path: Path | None, frame: gpd.GeoDataFrame, notes: list[str | CommuneNote]) -> gpd.GeoSeries:
    """Return the town hall of each commune, null where it is not given, indexed like `frame`."""
    if path is not None:
        return _read_town_halls(path, frame, notes)
    values = [json.dumps(value) if isinstance(value, dict) else value for value in frame["mairie"]]
    texts = np.array([value if isinstance(value, str) else None for value in values], dtype=object)
    found = gpd.GeoSeries(shapely.from_geojson(texts, on_invalid="ignore"), frame.index, crs=WGS84)
    return found.where(found.geom_type == "Point")


@names_its_file
def _read_town_halls(path: Path, frame: gpd.GeoDataFrame, notes: list[str | CommuneNote]) -> gpd.GeoSeries:
    """Return the points of a layer of town halls, indexed like `frame`."""
    layer = read_layer(find_layers(path, TOWN_HALLS)[0], TOWN_HALLS)
    code = first_named(layer.columns.drop("geometry"), (*CODE_COLUMNS, "commune"))
    if code is None:
        raise SchemaError(TOWN_HALLS, [Fault("colonne du code INSEE absente")], "Donnez des points avec ce code.")
    points = in_degrees(layer.geometry).set_axis(normalise_codes(plain_texts(layer[code])))
    points = points[points.index.notna() & (points.geom_type == "Point").to_numpy()]
    repeated = points.index.duplicated()
    if repeated[points.index.isin(frame.index)].any():
        several = points.index[repeated & points.index.isin(frame.index)]
        notes.append(CommuneNote.of("Plusieurs mairies pour une commune, la première est gardée : {codes}.", several))
    points = points[~repeated]
    nearby = pd.Series(points.index.map(departement_of), index=points.index).isin(frame["departement"])
    unused = points.index[nearby.to_numpy() & ~points.index.isin(frame.index)]
    if len(unused):
        notes.append(CommuneNote.of("{count} mairie(s) sans commune dans les contours : {codes}.", unused))
    return points.reindex(frame.index)


def _known(path: Path | None, frame: gpd.GeoDataFrame) -> tuple[gpd.GeoSeries, pd.Series]:
    """Return the known position of each commune, null where there is none, and what it is; indexed like `frame`."""
    if path is None or not path.is_file():
        nowhere = gpd.GeoSeries([None] * len(frame), index=frame.index, crs=WGS84)
        return nowhere, pd.Series(pd.NA, index=frame.index, dtype="string")
    written = path.stat()
    table = _positions(path, (written.st_mtime_ns, written.st_size)).reindex(frame.index)
    points = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), frame.index, crs=WGS84)
    return points.where(table["position"].notna()), table["position"].astype("string")


@lru_cache(maxsize=1)
def _positions(path: Path, _written: tuple[int, int]) -> pd.DataFrame:
    """Return `lon`, `lat` and `position` of the communes that have one, by code; read again only once rewritten."""
    table = pd.read_csv(path, dtype={"code": str, "position": str}, usecols=["code", "lon", "lat", "position"])
    return table[table["position"] != _INSIDE].set_index("code")


def _by_projection(projection: pd.Series) -> dict[str, pd.Series]:
    """Return which communes are measured in each projection, in metres."""
    return {str(name): projection == name for name in projection.unique()}


def _beside(points: gpd.GeoSeries, contours: dict[str, gpd.GeoSeries]) -> pd.Series:
    """Tell which points are in their commune, or near enough; by projection the contours in it."""
    near = pd.Series(data=False, index=points.index)
    for name, own in contours.items() if points.notna().any() else ():
        near[own.index] = own.distance(points[own.index].to_crs(name)) <= MAX_TOWN_HALL_DISTANCE_M
    return near


def _largest_parts(contours: np.ndarray) -> np.ndarray:
    """Return the largest polygon of each contour."""
    parts, owner = shapely.get_parts(contours, return_index=True)
    order = np.lexsort((shapely.area(parts), owner))
    last = np.append(np.diff(owner[order]) > 0, True)
    return np.asarray(parts[order[last]])
