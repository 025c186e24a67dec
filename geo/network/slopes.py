"""Slopes on foot and by bicycle: how much slower uphill, how much faster downhill, along each directed edge.

The heights at hand are one value an arc-minute (about 1.3 by 1.9 km, `geo.sources.relief`). That is too coarse for the
profile of a street: it is as steep as the smoothed ground between its ends, a longer one as that between the points of
its shape. A hill that a whole district climbs counts, a ramp or a flight of steps does not, and floors of narrow
valleys are too high. Where no height is known the way is flat.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pyproj.enums import TransformDirection

from geo.crs import to_metres
from geo.network.layout import fixed
from geo.network.modes import DETOUR, RELIEF_COUNTED, RELIEF_NOTE, WALK, usual_kmh

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geo.network.road_network import RoadNetwork
    from geo.sources.relief import Relief

#: Tobler (1993): 6 exp(-3.5 |slope + 0.05|) km/h, fastest on a slight descent; here as a factor of the flat time.
_TOBLER: Final = 3.5
_FASTEST_SLOPE: Final = -0.05
#: Parkin & Rotheram (2010), on trips in a hilly town: 21.6 km/h on the flat, less 1.44 for each per cent uphill, plus
#: 0.86 for each per cent downhill.
_FLAT_KMH: Final = 21.6
_UPHILL_KMH: Final = 144.0
_DOWNHILL_KMH: Final = 86.0
#: Nobody is taken to ride faster than they saw on descents, whatever the slope.
_MOST_KMH: Final = 25.0
#: Metres up to which only the ends of a street are looked up: far shorter than a cell of the grid.
_SHORT_M: Final = 300.0
#: Parts of a straight line whose heights are looked up: of 600 m where it is longest.
_PARTS: Final = 25
#: What is steeper on so smooth a grid is an edge far shorter than the ground that it stands for.
STEEPEST: Final = 0.3


def time_factors(mode: str, slope: ArrayLike) -> NDArray[np.float64]:
    """Return how many times as long as on the flat a way takes.

    Parameters
    ----------
    mode
        ``"walk"``: Tobler's hiking function. ``"bike"``: speeds measured by Parkin and Rotheram; where pushing the
        bicycle is faster than riding it, it is pushed.
    slope
        Metres up for a metre of way, any shape; negative downhill.

    Returns
    -------
    float64, same shape, 1 on the flat. Up and down again never take less than twice the flat.

    Examples
    --------
    >>> time_factors("walk", [0.0, 0.05, -0.05]).round(2).tolist()
    [1.0, 1.19, 0.84]
    >>> time_factors("bike", [0.0, 0.05, -0.05, 0.2]).round(2).tolist()
    [1.0, 1.5, 0.86, 6.29]
    """
    steep = np.clip(np.asarray(slope, np.float64), -STEEPEST, STEEPEST)
    walked = np.exp(_TOBLER * (np.abs(steep - _FASTEST_SLOPE) - abs(_FASTEST_SLOPE)))
    if mode == WALK:
        return np.asarray(walked, np.float64)
    kmh = _FLAT_KMH - np.where(steep > 0, _UPHILL_KMH, _DOWNHILL_KMH) * steep
    pushed = walked * usual_kmh(mode) / usual_kmh(WALK)
    ridden = _FLAT_KMH / np.clip(kmh, 1e-3, _MOST_KMH)
    return np.where(steep > 0, np.minimum(ridden, pushed), ridden)


def on_relief(network: RoadNetwork, relief: Relief) -> RoadNetwork:
    """Return a network of an active mode whose times count the slopes along the shape of each street.

    Lengths, shapes and numbers of nodes and edges stay. Parts of unknown height keep their time; a network without any
    known height is returned as it is, and so is one whose slopes were counted already. Of edges that share a street the
    fastest, which is drawn, counts its slopes.

    Examples
    --------
    >>> from geo.network import RoadNetwork
    >>> from geo.sources.relief import Relief
    >>> up, down = [0, 1], [1, 0]
    >>> street = RoadNetwork.from_edges(up, down, [750, 750], [1000, 1000], [4e5, 4.01e5], [6.25e6] * 2, "EPSG:2154")
    >>> tilted = Relief(np.array([[0, 25], [0, 25]], np.uint8), west=-1.0, south=43.0, spacing=1.0)
    >>> climbed = on_relief(replace(street, mode="walk"), tilted)
    >>> climbed.edge_time_s[np.argsort(climbed.edge_source)].round().tolist()
    [766.0, 734.0]
    """
    if RELIEF_COUNTED in network.source.notes:
        return network
    height = _heights(network, relief, network.x, network.y)
    if np.isnan(height).all():
        return network
    edge = np.where(network.link_edges[:, 0] >= 0, network.link_edges[:, 0], network.link_edges[:, 1])
    length = network.edges["length_m"][edge].astype(np.float64)
    rise = (height[network.edge_target] - height[network.edge_source])[edge]
    factor = _factors(network.mode, np.where(network.link_edges[:, 0] >= 0, rise, -rise), length)
    long = np.flatnonzero(length > _SHORT_M)
    if len(long):
        factor[long] = _along_shapes(network, relief, long)
    linked = network.link_edges >= 0
    edges = network.edges.copy()
    rows = network.link_edges[linked]
    edges["time_s"][rows] = (edges["time_s"][rows] * factor[linked]).astype(np.float32)
    return replace(
        network,
        edges=fixed(edges),
        source=replace(network.source, notes=(*network.source.notes, RELIEF_COUNTED)),
    )


def _heights(
    network: RoadNetwork, relief: Relief, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    return relief.heights(*to_metres(network.crs).transform(x, y, direction=TransformDirection.INVERSE))


def _factors(mode: str, rise: NDArray[np.float64], length: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the factors along ways and against them, shape (n, 2), 1 where the rise (m) is not known."""
    known = ~np.isnan(rise) & (length > 0)
    slope = np.divide(rise, length, out=np.zeros_like(length), where=known)
    return np.column_stack([time_factors(mode, slope), time_factors(mode, -slope)])


def _along_shapes(network: RoadNetwork, relief: Relief, links: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the factors of some links along their shape and against it, shape (n, 2): the mean of their parts."""
    first, count = network.shape_offsets[links], np.diff(network.shape_offsets)[links]
    ends = np.cumsum(count)
    points = np.arange(ends[-1]) + np.repeat(first - ends + count, count)
    x, y = network.shape_xy[points].T
    length = np.hypot(np.diff(x), np.diff(y))
    length[ends[:-1] - 1] = 0.0  # from the last point of a link to the first of the next
    factor = _factors(network.mode, np.diff(_heights(network, relief, x, y)), length)
    starts = ends - count
    metres = np.add.reduceat(length, starts)
    parts = np.add.reduceat(factor * length[:, np.newaxis], starts)
    return np.divide(parts, metres[:, np.newaxis], out=np.ones_like(parts), where=metres[:, np.newaxis] > 0)


def along_straight(
    mode: str,
    relief: Relief,
    start: tuple[ArrayLike, ArrayLike],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    straight_m: NDArray[np.floating[Any]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what the ground does to ways from a position to places where no street is known.

    The ground is followed along the straight line, in `_PARTS` parts of which each is `geo.network.modes.DETOUR` times
    as long on the way.

    Parameters
    ----------
    start, lon, lat
        Degrees; the places' of shape (n,), that of the start a pair of numbers, or of shape (n,): one for each place.
    straight_m
        Metres to each place, shape (n,).

    Returns
    -------
    How many times as long as on the flat they take, and metres of the highest place on the line above its higher end:
    float64, shape (n,); parts of unknown height count as flat, and as no crest.

    Examples
    --------
    >>> from geo.sources.relief import Relief
    >>> hill = Relief(np.array([[0, 250], [0, 250]], np.uint8), west=0.0, south=43.0, spacing=1.0)
    >>> east_and_west = np.array([0.5, 0.3]), np.array([43.5, 43.5])
    >>> factor, crest_m = along_straight("bike", hill, (0.4, 43.5), *east_and_west, np.full(2, 8080.0))
    >>> factor.round(2).tolist(), crest_m.tolist()
    ([1.46, 0.86], [0.0, 0.0])
    """
    share = np.linspace(0.0, 1.0, _PARTS + 1)
    along, up = (
        np.asarray(here)[..., np.newaxis] + np.multiply.outer(there - np.asarray(here), share)
        for here, there in zip(start, (lon, lat), strict=True)
    )
    height = relief.heights(along.ravel(), up.ravel()).reshape(along.shape)
    length = np.repeat(np.asarray(straight_m, np.float64) * DETOUR / _PARTS, _PARTS)
    factor = _factors(mode, np.diff(height, axis=1).ravel(), length)[:, 0]
    crest = np.fmax.reduce(height, axis=1) - np.fmax(height[:, 0], height[:, -1])
    return factor.reshape(-1, _PARTS).mean(axis=1), np.nan_to_num(crest)


def relief_note(network: RoadNetwork) -> str:
    """Return what is to be said of slopes in the times of a network of an active mode."""
    return RELIEF_COUNTED if RELIEF_COUNTED in network.source.notes else RELIEF_NOTE
