"""What no guessed road crosses: wide water, lines and islands known to have no road, and ridges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.crs import to_metres

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from geo.network.array_checks import Lines
    from geo.sources.no_road import NoRoad
    from geo.sources.relief import Relief

#: Widest water (m) that a guessed road crosses: the bridges to Ré and Oléron are just under 3 km. A narrower
#: strait without a bridge is not known to be one, unless the table of `geo.sources.no_road` names it.
MAX_WATER_GAP_M: Final = 3_000.0
#: Distance (m) between the points of a guessed road that are looked up on land, or on the relief.
_STEP_M: Final = 500.0
#: A road over a crest whose height (m) above its higher end, times its length (km), is more than this is taken not to
#: be there, unless it is the only one to a place.
MAX_RIDGE_M_KM: Final = 3_000.0


def over_land(points: NDArray[np.float64], pairs: NDArray[np.int64], land: shapely.STRtree) -> NDArray[np.bool_]:
    """Return whether the line of each pair of points leaves the land for no more than `MAX_WATER_GAP_M`.

    Parameters
    ----------
    points
        Metres, shape (n, 2).
    pairs
        Positions among the points, shape (n_pairs, 2).
    land
        Contours of the communes, in the points' projection.
    """
    start, end = points[pairs[:, 0]], points[pairs[:, 1]]
    steps = np.ceil(np.hypot(*(end - start).T) / _STEP_M).astype(np.int64)
    long = np.flatnonzero(steps * _STEP_M > MAX_WATER_GAP_M)
    inner = np.maximum(steps[long] - 1, 0)
    line = np.repeat(long, inner)
    step = np.arange(len(line)) - np.repeat(np.cumsum(inner) - inner, inner) + 1
    share = (step / steps[line])[:, None]
    along = shapely.points(start[line] * (1 - share) + end[line] * share)
    on_land = np.zeros(len(line), bool)
    on_land[land.query(along, "intersects")[0]] = True
    # Length of the run of points off land that ends at each point.
    row = np.arange(len(line))
    begins = np.r_[True, line[1:] != line[:-1]] if len(line) else np.zeros(0, bool)
    last_dry = np.maximum.accumulate(np.where(on_land, row, np.where(begins, row - 1, -1)))
    too_wide = (row - last_dry) * _STEP_M > MAX_WATER_GAP_M
    dry = np.ones(len(pairs), bool)
    dry[line[too_wide]] = False
    return dry


def touching(land: shapely.STRtree, communes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the pairs of communes with a common border, for those whose guessed road over water was dropped.

    A peninsula may face its Gabriel neighbour across a bay and be joined to the land by another commune.
    """
    which, other = land.query(land.geometries[communes], "intersects")
    pairs: NDArray[np.int64] = np.sort(np.column_stack([communes[which], other]), axis=1)
    apart: NDArray[np.bool_] = pairs[:, 0] != pairs[:, 1]
    return pairs[apart]


def known_without_road(
    no_road: NoRoad, codes: NDArray[np.object_], points: NDArray[np.float64], pairs: NDArray[np.int64], crs: str
) -> NDArray[np.bool_]:
    """Return whether each pair is known to have no road: off an island, or across a line of water.

    Parameters
    ----------
    no_road
        Islands and lines.
    codes
        INSEE code of each point, shape (n,).
    points
        Metres in `crs`, shape (n, 2).
    pairs
        Positions among the points, shape (n_pairs, 2).
    """
    island = np.array([no_road.islands.get(str(code), 0) for code in codes], np.int64)
    apart: NDArray[np.bool_] = island[pairs[:, 0]] != island[pairs[:, 1]]
    apart[across(shapely.linestrings(points[pairs]), barrier_lines(no_road, crs))] = True
    return apart


def barrier_lines(no_road: NoRoad, crs: str) -> Lines:
    """Return the lines without a road, metres in `crs`; those of other territories lie far from it, or nowhere."""
    projected = [np.column_stack(to_metres(crs).transform(*shapely.get_coordinates(line).T)) for line in no_road.waters]
    return tuple(tuple(map(tuple, line.tolist())) for line in projected if np.isfinite(line).all())


def across(ways: Any, barriers: Lines) -> NDArray[np.int64]:
    """Return the positions of the ways (shapely LineStrings) that cross a barrier."""
    if not barriers or not len(ways):
        return np.zeros(0, np.int64)
    lines = [shapely.linestrings(line) for line in barriers]
    crossing: NDArray[np.int64] = np.unique(shapely.STRtree(ways).query(lines, "intersects")[1])
    return crossing


def along_relief(
    relief: Relief,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    pairs: NDArray[np.int64],
    straight: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Follow the line of each pair over the relief.

    Parameters
    ----------
    lon, lat
        Degrees of the points, shape (n,).
    pairs
        Positions among the points, shape (n_pairs, 2).
    straight
        Metres between the two of each pair, shape (n_pairs,).

    Returns
    -------
    Metres up plus metres down along each line, and metres of its highest place above its higher end; 0 where no
    height is known.
    """
    steps = np.maximum(np.ceil(straight / _STEP_M).astype(np.int64), 1)
    begin = np.cumsum(steps + 1) - (steps + 1)
    line = np.repeat(np.arange(len(pairs)), steps + 1)
    share = (np.arange(len(line)) - begin[line]) / steps[line]
    one, other = pairs[line, 0], pairs[line, 1]
    height = relief.heights(lon[one] * (1 - share) + lon[other] * share, lat[one] * (1 - share) + lat[other] * share)
    rise = np.nan_to_num(np.abs(np.diff(height)))
    within = np.ones(max(len(line) - 1, 0), bool)
    within[begin[1:] - 1] = False
    climb: NDArray[np.float64] = np.bincount(line[:-1][within], weights=rise[within], minlength=len(pairs)).astype(
        np.float64
    )
    if not len(pairs):
        return climb, climb
    highest = np.fmax.reduceat(height, begin)
    crest: NDArray[np.float64] = highest - np.fmax(height[begin], height[begin + steps])
    return climb, np.maximum(np.nan_to_num(crest), 0.0)


def behind_ridges(ends: NDArray[np.int64], ridge_m_km: NDArray[np.float64], n: int) -> NDArray[np.bool_]:
    """Return which links to drop: those over a ridge without which their ends are still joined.

    Of the links over ridges that parts of the network need, the lowest ridges stay (Kruskal's spanning forest).

    Parameters
    ----------
    ends
        Shape (n_links, 2), node positions below `n`.
    ridge_m_km
        Height of the crest (m) above the higher end times length (km), shape (n_links,).
    """
    from scipy import sparse  # noqa: PLC0415 - once on a machine, then the network is kept

    over = ridge_m_km > MAX_RIDGE_M_KM
    _, part = sparse.csgraph.connected_components(_graph(ends[~over], np.ones((~over).sum()), n), directed=False)
    apart = np.flatnonzero(over & (part[ends[:, 0]] != part[ends[:, 1]]))
    if len(apart):
        between = np.sort(part[ends[apart]].astype(np.int64), axis=1)
        apart = apart[np.lexsort((ridge_m_km[apart], between[:, 1], between[:, 0]))]
        between = np.sort(part[ends[apart]].astype(np.int64), axis=1)
        lowest = np.r_[True, (np.diff(between, axis=0) != 0).any(axis=1)]
        apart, between = apart[lowest], between[lowest]
        forest = sparse.csgraph.minimum_spanning_tree(_graph(between, ridge_m_km[apart], n)).tocoo()
        needed = np.isin(between[:, 0] * n + between[:, 1], forest.row.astype(np.int64) * n + forest.col)
        over[apart[needed]] = False
    return over


def _graph(ends: NDArray[np.int64], weights: NDArray[np.float64], n: int) -> sparse.csr_array:
    from scipy import sparse  # noqa: PLC0415

    return sparse.coo_array((weights, (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()
