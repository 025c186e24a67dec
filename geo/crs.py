"""One metric coordinate reference system per French territory."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pyproj
from pyproj.enums import TransformDirection

from geo.errors import CrsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

#: Longitude and latitude, the system of every table at rest.
WGS84: Final = "EPSG:4326"

#: All of France in metres: mainland and Corsica in Lambert-93, each overseas territory in its own legal system. No
#: layer is stored in it; a road network may be.
FRANCE: Final = "FRANCE"

#: Département code -> legal projected system in metres (decree 2000-1276 amended, order of 5 March
#: 2019 for overseas; 978 and 977 share the Antilles system).
_OVERSEAS: Final = {
    "971": "EPSG:5490",
    "972": "EPSG:5490",
    "977": "EPSG:5490",
    "978": "EPSG:5490",
    "973": "EPSG:2972",
    "974": "EPSG:2975",
    "975": "EPSG:4467",
    "976": "EPSG:4471",
}
_METROPOLITAN: Final = "EPSG:2154"
_LEGAL: Final = frozenset({_METROPOLITAN, *_OVERSEAS.values()})

#: (west, south, east, north) in degrees of what counts as France, with the code of its system.
_BOXES: Final = (
    ((-5.6, 41.2, 9.8, 51.3), _METROPOLITAN),
    ((-63.3, 14.2, -60.7, 18.3), "EPSG:5490"),
    ((-54.9, 1.9, -51.3, 6.1), "EPSG:2972"),
    ((55.1, -21.5, 55.95, -20.7), "EPSG:2975"),
    ((44.9, -13.1, 45.4, -12.5), "EPSG:4471"),
    ((-56.6, 46.6, -56.0, 47.2), "EPSG:4467"),
)

_OVERSEAS_BOXES: Final = tuple((box, code) for box, code in _BOXES if code != _METROPOLITAN)


def metric_crs(departement: str) -> str:
    """Return the projected system, in metres, of a département.

    `departement`: INSEE code: ``"64"``, ``"2A"``, ``"974"``.
    """
    return _OVERSEAS.get(departement, _METROPOLITAN)


def common_metric_crs(departements: Iterable[str]) -> str:
    """Return the projected system, in metres, to draw some départements in: theirs, Lambert-93 where they differ."""
    systems = {metric_crs(departement) for departement in departements}
    return systems.pop() if len(systems) == 1 else _METROPOLITAN


def metric_crs_at(lon: float, lat: float) -> str | None:
    """Return the projected system that covers a position in degrees, `None` outside France."""
    for (west, south, east, north), code in _BOXES:
        if west <= lon <= east and south <= lat <= north:
            return code
    return None


class FranceTransformer:
    """The way from degrees to `FRANCE` and back, as a `pyproj.Transformer`: each position in its own legal system.

    The planes of the five systems do not overlap: hundreds of kilometres lie between any two of their territories.
    """

    def transform(
        self, x: ArrayLike, y: ArrayLike, direction: TransformDirection = TransformDirection.FORWARD
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return metres of degrees (longitude, latitude), or degrees of metres, shape of `x`."""
        given = np.asarray(x, np.float64), np.asarray(y, np.float64)
        forward = direction == TransformDirection.FORWARD
        east, north = (np.array(values) for values in to_metres(_METROPOLITAN).transform(*given, direction=direction))
        for box, crs in _OVERSEAS_BOXES:
            west, south, limit_east, limit_north = box if forward else _plane_box(crs, box)
            here = (given[0] >= west) & (given[0] <= limit_east) & (given[1] >= south) & (given[1] <= limit_north)
            if here.any():
                found = to_metres(crs).transform(given[0][here], given[1][here], direction=direction)
                east[here], north[here] = found
        return east, north


@cache
def _plane_box(crs: str, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) in metres of a box in degrees."""
    bounds = transformer(WGS84, crs).transform_bounds(*box)
    return tuple(float(edge) for edge in bounds)  # type: ignore[return-value]


@lru_cache(maxsize=32)
def transformer(source: str | int | pyproj.CRS, target: str | pyproj.CRS) -> pyproj.Transformer:
    """Return the way from one system to another, x (longitude) before y; pyproj looks for it in 10 to 30 ms.

    Raises
    ------
    pyproj.exceptions.ProjError
        A system is unknown, or there is no way.

    Examples
    --------
    >>> [round(metres) for metres in transformer(WGS84, "EPSG:2154").transform(3.0, 46.5)]
    [700000, 6600000]
    """
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


@cache
def to_metres(crs: str) -> pyproj.Transformer | FranceTransformer:
    """Return the way from degrees to a projection, and back; making it takes longer than a small search.

    pyproj makes each way again in each thread, and each answer of the app is a thread of its own. Those to the legal
    systems are one formula each: it is looked up once in pyproj's database, and from then on read, 20 times faster.
    """
    if crs == FRANCE:
        return FranceTransformer()
    way = transformer(WGS84, crs)
    return pyproj.Transformer.from_pipeline(way.definition) if crs in _LEGAL else way


def departement_of(commune_code: str) -> str:
    """Return the département code of an INSEE commune code (``"2A004"`` gives ``"2A"``, ``"97411"`` ``"974"``)."""
    return commune_code[:3] if commune_code.startswith(("97", "98")) else commune_code[:2]


def require_crs(frame: gpd.GeoDataFrame, source: str) -> None:
    """Raise `CrsError` where a layer does not say its coordinate reference system, or one without a way to degrees."""
    if frame.crs is None:
        msg = (
            f"{source} : la couche ne dit pas son système de coordonnées. Un système est attendu "
            f"(par exemple EPSG:2154 ou EPSG:4326). Ajoutez le fichier .prj ou enregistrez la couche avec son système."
        )
        raise CrsError(msg)
    try:
        transformer(frame.crs, WGS84)
    except pyproj.exceptions.ProjError as error:
        msg = (
            f"{source} : le système de coordonnées « {str(frame.crs.name)[:60]} » ne mène pas à {WGS84}. "
            f"Corrigez le fichier .prj, ou reprojetez la couche."
        )
        raise CrsError(msg) from error


def require_metric(crs: object, what: str) -> None:
    """Raise `CrsError` unless `crs` is projected in metres."""
    if crs == FRANCE:
        return
    try:
        found = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        msg = f"{what} : le système « {crs} » est inconnu. Donnez un code tel que EPSG:2154."
        raise CrsError(msg) from error
    if not found.is_projected or found.axis_info[0].unit_name != "metre":
        msg = (
            f"{what} : le système {found.to_string()} n'est pas en mètres. "
            f"Un système projeté est attendu (par exemple EPSG:2154). Reprojetez d'abord."
        )
        raise CrsError(msg)
