"""A network where no road file was given: roads guessed from where communes are and how large they are.

Neighbouring communes are joined as a Gabriel graph joins points (Gabriel & Sokal 1969): two
communes are neighbours when the circle that has them as diameter holds no third one. Larger
communes are joined once more among themselves, by the faster roads that link towns. A road is
longer than the straight line by a detour factor, and no shorter than its climb allows.

It is an approximation and says so wherever it is used. It does not know rivers, ridges or
motorways, and takes a strait of less than 3 km for one with a bridge. `MEASURED_ERROR` holds its
error against real roads, printed again at any time by
``maillage validate --roads approximate --communes FILE --reference-roads FILE``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyproj
import scipy.spatial
import shapely

from geo.crs import WGS84, metric_crs
from geo.errors import NetworkError
from geo.network.links import build_network
from geo.network.origin import MeasuredError, NetworkSource
from geo.network.speeds import DEFAULT_PROFILE, SpeedProfile, speed_profile

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork

#: Climb of a mountain road, metres up per metre along: hairpins are built no steeper.
MAX_GRADE: Final = 0.07
#: (smallest population of both ends, km/h in the *courant* profile, metres of road per metre of straight
#: line): a lane between villages winds more than the road between two towns.
ROAD_LEVELS: Final = ((0, 42.0, 1.25), (2_000, 55.0, 1.2), (8_000, 70.0, 1.15), (30_000, 90.0, 1.15))
#: Widest water (m) that a guessed road crosses: the bridges to Ré and Oléron are just under 3 km. A narrower
#: strait without a bridge is not known to be one.
MAX_WATER_GAP_M: Final = 3_000.0
#: Distance (m) between the points of a guessed road that are looked up on land.
_WATER_STEP_M: Final = 500.0
#: Seconds to cross a town: on each road that enters it, by population of the commune.
TOWN_CROSSING: Final = ((0, 5.0), (2_000, 40.0), (10_000, 120.0), (50_000, 240.0))
#: Km/h between a point and the nearest approximated road.
ACCESS_KMH: Final = 25.0
#: Beyond this distance (m) from every approximated road, a point is off the network.
APPROXIMATE_SNAP_LIMIT_M: Final = 10_000.0

#: Error against real roads.
MEASURED_ERROR: Final = (
    MeasuredError(
        area="Labourd (BD TOPO 2014, trajets de moins de 30 km)",
        pairs=420,
        time_ratio_median=0.75,
        time_ratio_p10=0.55,
        time_ratio_p90=1.00,
        distance_ratio_median=0.85,
    ),
    MeasuredError(
        area="Caen (OpenStreetMap 2021, trajets de moins de 30 km)",
        pairs=870,
        time_ratio_median=1.08,
        time_ratio_p10=0.67,
        time_ratio_p90=1.55,
        distance_ratio_median=0.94,
    ),
)

NOTE: Final = (
    "Aucun fichier de routes n'a été fourni : le réseau est estimé à partir de la position et de la "
    "population des communes. Les temps sont des ordres de grandeur."
)


def approximate(communes: gpd.GeoDataFrame, *, profile: SpeedProfile | str = DEFAULT_PROFILE) -> RoadNetwork:
    """Approximate the road network of a territory from its communes.

    Parameters
    ----------
    communes
        Commune table (`geo.schemas.COMMUNE_COLUMNS`): `lon`, `lat`, `population` (missing counts as
        0), `altitude_m` where known, and the contours: no road is guessed over more than 3 km of water, or
        of land of other countries.
    profile
        Scales every speed by its class speeds against those of *courant*.

    Returns
    -------
    A two-way network with one node per commune, in the order of the table.

    Raises
    ------
    NetworkError
        Fewer than two communes, or communes of several territories that no road joins.

    Examples
    --------
    >>> from geo import Territory
    >>> network = approximate(Territory.load("64").communes)
    >>> network.n_nodes, network.source.approximate
    (546, True)
    """
    profile = speed_profile(profile) if isinstance(profile, str) else profile
    systems = {metric_crs(departement) for departement in communes["departement"].unique()}
    if len(communes) < 2 or len(systems) > 1:  # noqa: PLR2004 - a road has two ends
        msg = (
            f"Réseau estimé impossible : {len(communes)} commune(s) et {len(systems)} système(s) de coordonnées. "
            f"Il faut au moins deux communes d'un même territoire (métropole ou une seule île)."
        )
        raise NetworkError(msg)
    crs = systems.pop()
    x, y = pyproj.Transformer.from_crs(WGS84, crs, always_xy=True).transform(
        communes["lon"].to_numpy(), communes["lat"].to_numpy()
    )
    population = communes["population"].to_numpy(np.float64, na_value=0.0)
    altitude = communes["altitude_m"].to_numpy(np.float64)

    points = np.column_stack([x, y])
    land = shapely.STRtree(communes.geometry.to_crs(crs).to_numpy())
    scale = profile.class_speed_kmh["secondary"] / speed_profile().class_speed_kmh["secondary"]
    pairs, speed, detour, local = [], [], [], []
    for smallest, level_kmh, level_detour in ROAD_LEVELS:
        level = np.flatnonzero(population >= smallest)
        joined = level[neighbours(points[level])]
        dry = _over_land(points, joined, land)
        by_land = _touching(land, np.unique(joined[~dry])) if smallest == 0 else joined[:0]
        joined = np.unique(np.concatenate([joined[dry], by_land]), axis=0)
        pairs.append(joined)
        speed.append(np.full(len(joined), level_kmh * scale))
        detour.append(np.full(len(joined), level_detour))
        # The roads between towns pass other communes by: a trip begins and ends on a local road.
        local.append(np.full(len(joined), smallest == 0))
    # A commune without any road out still has its own streets: one of no length, from it to itself.
    alone = np.setdiff1d(np.arange(len(x)), np.concatenate(pairs))
    pairs.append(np.column_stack([alone, alone]))
    speed.append(np.full(len(alone), ROAD_LEVELS[0][1] * scale))
    detour.append(np.ones(len(alone)))
    local.append(np.ones(len(alone), bool))
    ends, kmh = np.concatenate(pairs), np.concatenate(speed)

    straight = np.hypot(x[ends[:, 0]] - x[ends[:, 1]], y[ends[:, 0]] - y[ends[:, 1]])
    climb = np.nan_to_num(np.abs(altitude[ends[:, 0]] - altitude[ends[:, 1]]))
    length = np.maximum(straight * np.concatenate(detour), climb / MAX_GRADE)
    bounds, delays = np.array(TOWN_CROSSING).T
    crossing = delays[np.searchsorted(bounds, population, side="right") - 1] / 2
    time = length / kmh * 3.6 + np.where(ends[:, 0] == ends[:, 1], 0.0, crossing[ends].sum(axis=1))
    return build_network(
        ends=ends,
        time_s=np.column_stack([time, time]),
        length_m=length,
        x=x,
        y=y,
        crs=crs,
        snappable=np.concatenate(local),
        shape_xy=np.column_stack([x[ends.ravel()], y[ends.ravel()]]),
        shape_offsets=np.arange(len(ends) + 1, dtype=np.int64) * 2,
        source=NetworkSource(name="Réseau estimé à partir des communes", notes=(NOTE,), approximate=True),
        profile=profile,
        access_m_per_s=ACCESS_KMH * scale / 3.6,
        snap_limit_m=APPROXIMATE_SNAP_LIMIT_M,
    )


def _over_land(points: NDArray[np.float64], pairs: NDArray[np.int64], land: shapely.STRtree) -> NDArray[np.bool_]:
    """Return whether the line of each pair of points leaves the land for no more than `MAX_WATER_GAP_M`."""
    start, end = points[pairs[:, 0]], points[pairs[:, 1]]
    steps = np.ceil(np.hypot(*(end - start).T) / _WATER_STEP_M).astype(np.int64)
    long = np.flatnonzero(steps * _WATER_STEP_M > MAX_WATER_GAP_M)
    inner = np.maximum(steps[long] - 1, 0)
    line = np.repeat(long, inner)
    step = np.arange(len(line)) - np.repeat(np.cumsum(inner) - inner, inner) + 1
    share = (step / steps[line])[:, None]
    on_land = np.zeros(len(line), bool)
    on_land[np.unique(land.query(shapely.points(start[line] * (1 - share) + end[line] * share), "intersects")[0])] = (
        True
    )
    # Length of the run of points off land that ends at each point.
    row = np.arange(len(line))
    begins = np.r_[True, line[1:] != line[:-1]] if len(line) else np.zeros(0, bool)
    last_dry = np.maximum.accumulate(np.where(on_land, row, np.where(begins, row - 1, -1)))
    too_wide = (row - last_dry) * _WATER_STEP_M > MAX_WATER_GAP_M
    over_land = np.ones(len(pairs), bool)
    over_land[line[too_wide]] = False
    return over_land


def _touching(land: shapely.STRtree, communes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the pairs of communes with a common border, for those whose guessed road over water was dropped.

    A peninsula may face its Gabriel neighbour across a bay and hang on to the land by another commune.
    """
    which, other = land.query(land.geometries[communes], "intersects")
    pairs: NDArray[np.int64] = np.sort(np.column_stack([communes[which], other]), axis=1)
    apart: NDArray[np.bool_] = pairs[:, 0] != pairs[:, 1]
    return pairs[apart]


def neighbours(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the pairs of neighbours among points: int64, shape (n_pairs, 2), lower number first.

    The Gabriel graph, found among the sides of the Delaunay triangles: a side is kept unless a
    corner opposite to it lies inside the circle that has the side as diameter. Points at the same
    place are each joined to the one that was kept. Up to three points, or points on one line, are
    joined along that line.
    """
    n = len(points)
    if n < 2:  # noqa: PLR2004 - nothing to join
        return np.zeros((0, 2), np.int64)
    centred = points - points.mean(axis=0)
    try:
        triangulation = scipy.spatial.Delaunay(centred)
    except (scipy.spatial.QhullError, ValueError):
        direction = np.linalg.svd(centred, full_matrices=False)[2][0]
        along = np.argsort(centred @ direction, kind="stable")
        return np.sort(np.column_stack([along[:-1], along[1:]]), axis=1)
    corners = triangulation.simplices.astype(np.int64)
    sides = np.concatenate([corners[:, [0, 1, 2]], corners[:, [1, 2, 0]], corners[:, [2, 0, 1]]])
    a, b, opposite = centred[sides[:, 0]], centred[sides[:, 1]], centred[sides[:, 2]]
    inside = ((a - opposite) * (b - opposite)).sum(axis=1) < 0
    ends = np.sort(sides[:, :2], axis=1)
    unique, number = np.unique(ends, axis=0, return_inverse=True)
    blocked = np.bincount(number.ravel(), weights=inside, minlength=len(unique)) > 0
    same_place = triangulation.coplanar[:, [0, 2]].astype(np.int64)
    return np.concatenate([unique[~blocked], np.sort(same_place, axis=1)])
