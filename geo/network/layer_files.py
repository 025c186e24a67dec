"""Opening a road layer: the layer of a file, or its layers, whose columns say that they hold roads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from geo.crs import require_crs
from geo.errors import CrsError, Fault, NetworkError, ParameterError, SchemaError
from geo.network.road_layers import layer_profile, recognise_profile
from geo.sources.layers import find_layers, read_layer
from geo.sources.provenance import checksum, names_its_file

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.network.road_layers import LayerProfile
    from geo.sources.layers import Layer

SOURCE: Final = "Couche de routes"
#: Parts of the names of geometry types that may hold lines.
_LINE_TYPES: Final = ("LineString", "Curve", "Unknown", "Collection")


@dataclass(frozen=True, slots=True)
class RoadLayer:
    """A road line layer as read.

    `frame`: its rows, the index naming each as its file does (row, header = 1); it has a CRS. `profile`:
    what its columns mean. `file`: name of the file. `sha256`: its checksum, `None` for a frame.
    """

    frame: gpd.GeoDataFrame
    profile: LayerProfile
    file: str
    sha256: str | None


def read_road_layer(
    source: Path | str | gpd.GeoDataFrame, profile: str | None = None, area: BaseGeometry | None = None
) -> RoadLayer:
    """Read the road lines of a file, or take those of a frame.

    Parameters
    ----------
    source
        A file that `geo.sources.layers.find_layers` opens, or a frame. Where several layers are of one
        profile (a region's roads in two shapefiles), all are read.
    profile
        Key of the layer profile; `None`: recognised from the columns.
    area
        Longitude and latitude: only lines that meet its envelope need be read.
    """
    wanted = None if profile is None else layer_profile(profile)
    if isinstance(source, gpd.GeoDataFrame):
        return _from_frame(source, wanted, "table fournie")
    if not isinstance(source, (str, Path)):
        msg = f"{SOURCE} : un fichier ou une table géographique est attendu, {type(source).__name__} trouvé."
        raise ParameterError(msg)
    return _from_file(Path(source), wanted, area)


def _from_frame(frame: gpd.GeoDataFrame, wanted: LayerProfile | None, name: str) -> RoadLayer:
    columns = [str(column) for column in frame.columns]
    repeated = sorted({column for column in columns if columns.count(column) > 1})
    if repeated:
        raise SchemaError(name, [Fault(f"colonne présente plusieurs fois : {column}") for column in repeated])
    profile = recognise_profile(columns, name) if wanted is None else wanted
    if frame.active_geometry_name is None:
        raise SchemaError(name, [Fault("aucune colonne de géométrie")], "Donnez une couche de lignes.")
    require_crs(frame, name)
    return RoadLayer(frame.rename(columns=str), profile, name, None)


@names_its_file
def _from_file(path: Path, wanted: LayerProfile | None, area: BaseGeometry | None) -> RoadLayer:
    layers = find_layers(path, SOURCE)
    lines = [layer for layer in layers if any(part in layer.geometry_type for part in _LINE_TYPES)]
    if not lines:
        found = ", ".join(sorted({layer.geometry_type for layer in layers}))
        raise SchemaError(SOURCE, [Fault(f"une couche de lignes est attendue, trouvé : {found}")])
    profile, roads = _road_layers(lines, wanted, path.name)
    columns = {name.lower() for names in profile.columns.values() for name in names}
    parts = [
        read_layer(layer, SOURCE, columns=columns, bounds=None if area is None else area.bounds) for layer in roads
    ]
    for part in parts[1:]:
        if part.crs != parts[0].crs:
            msg = (
                f"{SOURCE} : les couches n'ont pas le même système de coordonnées ({parts[0].crs.to_string()}, "
                f"{part.crs.to_string()}). Donnez une couche par territoire."
            )
            raise CrsError(msg)
    return RoadLayer(pd.concat(parts) if len(parts) > 1 else parts[0], profile, path.name, checksum(path))


def _road_layers(lines: list[Layer], wanted: LayerProfile | None, file: str) -> tuple[LayerProfile, list[Layer]]:
    """Return the profile of a file's roads and the layers that fit it."""
    if wanted is not None:
        fits = [layer for layer in lines if not wanted.missing(layer.columns)]
        if not fits:
            fewest = min((wanted.missing(layer.columns) for layer in lines), key=len)
            faults = [Fault(f"colonne absente : {name}") for name in fewest]
            raise SchemaError(file, faults, f"Ces colonnes sont attendues pour {wanted.name}.")
        return wanted, fits
    recognised: dict[str, tuple[LayerProfile, list[Layer]]] = {}
    refused = None
    for layer in lines:
        source = file if len(lines) == 1 else f"{file} (couche « {layer.label} »)"
        try:
            profile = recognise_profile(layer.columns, source)
        except SchemaError as error:
            refused = refused or error
        else:
            recognised.setdefault(profile.key, (profile, []))[1].append(layer)
    if not recognised and refused is not None:
        raise refused
    if len(recognised) > 1:
        names = ", ".join(f"« {fits[0].label} » ({key})" for key, (_, fits) in recognised.items())
        msg = f"{file} : plusieurs sortes de couches de routes : {names}. Indiquez le profil de couche voulu."
        raise NetworkError(msg)
    return next(iter(recognised.values()))
