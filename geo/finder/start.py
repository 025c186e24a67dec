"""Where a citizen's trips start, and how long they take to the places of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.errors import ParameterError
from geo.french import format_integer, format_number, position_text
from geo.network.barriers import across
from geo.network.snapping import SnappedPoints, snap
from geo.network.travel_times import times_from_point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.territory import Territory

#: A position off the roads starts from a commune's point no farther (m) than this, as a straight line.
NEAREST_COMMUNE_M: Final = 20_000.0
#: How many communes are tried, the nearest first.
_COMMUNES_TRIED: Final = 20


#: Where sites near places outside of the tables are found.
ALL_SITES: Final = (
    "Tous les sites sont dans l'annuaire officiel : https://lannuaire.service-public.fr/navigation/france-services."
)
#: A position farther (degrees, 500 m) than this from every commune of France is abroad or at sea.
_OUTSIDE_DEG: Final = 0.005
_NO_ROAD: Final = (
    "Aucune route ne mène à votre position (cirque, forêt ou eau autour) : on n'en part pas en voiture, aucun temps "
    "n'est donné. Les sites sont rangés à vol d'oiseau."
)


@dataclass(frozen=True, slots=True)
class Start:
    """Where trips start: degrees, the point on the network, and a French sentence where that is elsewhere.

    `departement`: INSEE code of the one whose civil time and holidays hold there.
    """

    lon: float
    lat: float
    point: SnappedPoints
    departement: str
    note: str | None = None


def require_position(lon: float, lat: float) -> None:
    """Raise `ParameterError` unless these are degrees."""
    if not (np.isfinite(lon) and np.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004 - degrees
        msg = (
            f"Position refusée : longitude {format_number(lon)}, latitude {format_number(lat)}. "
            f"Des degrés sont attendus, par exemple -1.56 et 43.48."
        )
        raise ParameterError(msg)


def require_near(territory: Territory, lon: float, lat: float) -> None:
    """Raise `ParameterError` unless this is a position in a commune of the territory, or near one of it or around it.

    Estimated roads lead on through all of France, to sites that are the nearest of those of the territory alone.
    """
    require_position(lon, lat)
    if _is_abroad(territory, lon, lat):
        msg = (
            f"La position ({position_text(lon, lat)}) n'est dans aucune commune des tables du projet : elle est à "
            f"l'étranger, en mer, ou dans une collectivité d'outre-mer qui n'y est pas. {ALL_SITES}"
        )
        raise ParameterError(msg)
    columns = ["lon", "lat"]
    towns = np.concatenate([territory.communes[columns].to_numpy(), territory.neighbours[columns].to_numpy()])
    town = towns[_nearest_row(lon, lat, towns)]
    if straight_m(lon, lat, town[:1], town[1:])[0] <= NEAREST_COMMUNE_M:
        return
    if not len(territory.communes.sindex.query(shapely.Point(lon, lat), predicate="intersects")):
        msg = (
            f"La position ({position_text(lon, lat)}) est hors de « {territory.name} » : aucune commune connue ici "
            f"n'est à moins de {format_integer(NEAREST_COMMUNE_M / 1000)} km. Donnez une position dans ce territoire, "
            f"ou choisissez celui où elle est."
        )
        raise ParameterError(msg)


def start_at(territory: Territory, lon: float, lat: float) -> Start:
    """Return where trips from a position start: there, or at the nearest commune's point where no road is near.

    From a position that roads are known not to reach (`RoadNetwork.barriers`) no trip starts, which is said.

    Raises
    ------
    ParameterError
        The position is none, is abroad or at sea, or is far from the territory, or from every road and commune of it.
    """
    require_near(territory, lon, lat)
    departement = _departement_at(territory, lon, lat)
    here = snap(territory.network, [lon], [lat])
    if here.link[0] >= 0:
        return Start(lon, lat, here, departement)
    if here.distance_m[0] <= territory.network.snap_limit_m:  # so near, and yet behind a wall or water
        return Start(lon, lat, here, departement, _NO_ROAD)
    columns = ["name", "lon", "lat"]
    communes = pd.concat([territory.communes[columns], territory.neighbours[columns]])
    metres = straight_m(lon, lat, communes["lon"].to_numpy(), communes["lat"].to_numpy())
    order = np.argsort(metres, kind="stable")[:_COMMUNES_TRIED]
    points = snap(territory.network, communes["lon"].to_numpy()[order], communes["lat"].to_numpy()[order])
    usable = np.flatnonzero((points.link >= 0) & (metres[order] <= NEAREST_COMMUNE_M))
    if not len(usable):
        msg = (
            f"Départ ({position_text(lon, lat)}) loin des routes connues de « {territory.name} » : ni "
            f"{communes['name'].iloc[order[0]]}, la commune la plus proche, ni ses voisines n'y sont. Choisissez un "
            f"départ sur ces routes, ou un territoire dont les routes viennent jusqu'ici."
        )
        raise ParameterError(msg)
    first = int(usable[0])
    way = shapely.linestrings([[here.xy[0], points.xy[first]]])
    if len(across(way, territory.network.barriers)):  # an island off the coast
        return Start(lon, lat, here, departement, _NO_ROAD)
    commune = communes.iloc[int(order[first])]
    note = (
        f"Aucune route connue à moins de {format_integer(territory.network.snap_limit_m)} m de votre position : les "
        f"temps sont comptés depuis {commune['name']}, à {metres[order[first]] / 1000:.0f} km à vol d'oiseau."
    )
    return Start(float(commune["lon"]), float(commune["lat"]), points.take([first]), departement, note)


def _is_abroad(territory: Territory, lon: float, lat: float) -> bool:
    """Tell whether a position is in no commune of France; told by their contours, where all of them are at hand."""
    if territory.manifest.view != "" or territory.contours_approximate:
        return False
    here = territory.communes.sindex.query(shapely.Point(lon, lat), predicate="dwithin", distance=_OUTSIDE_DEG)
    return len(here) == 0


def _departement_at(territory: Territory, lon: float, lat: float) -> str:
    """Return the département of a position: that of the territory, or of the nearest commune where it has several."""
    if territory.departement is not None:
        return territory.departement
    communes = territory.communes
    return str(communes["departement"].iloc[_nearest_row(lon, lat, communes[["lon", "lat"]].to_numpy())])


def _nearest_row(lon: float, lat: float, points: NDArray[np.float64]) -> int:
    """Return which of some points, shape (n, 2), is the nearest: on a flat map drawn around the position, where it is.

    Of 35,000 communes the ellipsoid takes 45 ms.
    """
    east, north = (points - (lon, lat)).T
    return int(np.argmin((east * np.cos(np.radians(lat))) ** 2 + north**2))


def times_to(territory: Territory, start: SnappedPoints, places: SnappedPoints) -> tuple[NDArray[np.float64], ...]:
    """Return minutes and kilometres by car to each place, float64, shape (n,): inf where no road leads."""
    seconds, metres = times_from_point(territory.network, start, 0, places)
    return seconds / 60, metres / 1000


def bounds_at(territory: Territory, start: Start) -> tuple[float, float] | None:
    """Return what an estimated time from a start is multiplied by to get its bounds; `None`: times are measured."""
    if not territory.estimated:
        return None
    (low,), (high,) = territory.time_bounds(np.array([start.lon]), np.array([start.lat]))
    return float(low), float(high)


def straight_m(lon: float, lat: float, to_lon: NDArray[np.float64], to_lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return metres as a straight line from one point to others, float64, shape (n,)."""
    metres: NDArray[np.float64] = pyproj.Geod(ellps="GRS80").inv(
        np.full(len(to_lon), lon), np.full(len(to_lat), lat), to_lon, to_lat
    )[2]
    return metres
