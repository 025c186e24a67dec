"""Slopes on foot and by bicycle: how much slower uphill, how much faster downhill, along each directed edge.

The heights at hand are one value an arc-minute (about 1.3 by 1.9 km, `geo.sources.relief`). That is too coarse for the
profile of a street: each part of its shape is as steep as the smoothed ground below. A hill that a whole district
climbs counts, a ramp or a flight of steps does not, and floors of narrow valleys are too high. Where no height is known
the way is flat.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from pyproj.enums import TransformDirection

from geo.crs import to_metres
from geo.network.layout import fixed
from geo.network.modes import RELIEF_COUNTED, RELIEF_NOTE, WALK, usual_kmh

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
#: Streets whose heights are looked up at once: a few MB.
_LINKS_AT_ONCE: Final = 50_000
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
    factor = np.ones((network.n_links, 2))
    known = False
    for first in range(0, network.n_links, _LINKS_AT_ONCE):
        links = slice(first, min(first + _LINKS_AT_ONCE, network.n_links))
        known |= _count_links(network, relief, links, factor)
    if not known:
        return network
    linked = network.link_edges >= 0
    edges = network.edges.copy()
    rows = network.link_edges[linked]
    edges["time_s"][rows] = (edges["time_s"][rows] * factor[linked]).astype(np.float32)
    return replace(
        network,
        edges=fixed(edges),
        source=replace(network.source, notes=(*network.source.notes, RELIEF_COUNTED)),
    )


def _count_links(network: RoadNetwork, relief: Relief, links: slice, factor: NDArray[np.float64]) -> bool:
    """Write the factors of some links, along their shape and against it; tell whether any height is known there."""
    offsets = network.shape_offsets[links.start : links.stop + 1]
    x, y = network.shape_xy[offsets[0] : offsets[-1]].T
    degrees = to_metres(network.crs).transform(x, y, direction=TransformDirection.INVERSE)
    height = relief.heights(*degrees)
    length, rise = np.hypot(np.diff(x), np.diff(y)), np.diff(height)
    ends = (offsets[1:-1] - offsets[0] - 1).astype(np.int64)
    length[ends] = 0.0  # from the last point of a link to the first of the next
    known = ~np.isnan(rise) & (length > 0)
    slope = np.divide(rise, length, out=np.zeros_like(length), where=known)
    link = np.repeat(np.arange(links.start, links.stop), np.diff(offsets))[1:]
    metres = np.bincount(link - links.start, weights=length, minlength=links.stop - links.start)
    for way, climbs in enumerate((slope, -slope)):
        longer = length * (time_factors(network.mode, climbs) - 1.0)
        more = np.bincount(link - links.start, weights=longer, minlength=links.stop - links.start)
        factor[links, way] += np.divide(more, metres, out=np.zeros_like(more), where=metres > 0)
    return bool(known.any())


def relief_note(network: RoadNetwork) -> str:
    """Return what is to be said of slopes in the times of a network of an active mode."""
    return RELIEF_COUNTED if RELIEF_COUNTED in network.source.notes else RELIEF_NOTE
