"""The way from one point to another, as it is drawn: off the network, along the streets, off the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.ops import substring

from geo.errors import NetworkError
from geo.network.shortest_paths import nearest_facility, path
from geo.network.snapping import direct_trips, street_legs, streets_joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork
    from geo.network.snapping import SnappedPoints


@dataclass(frozen=True, slots=True)
class RoadRoute:
    """A trip: seconds, metres, and its shape in the network's projection, from the one point to the other."""

    travel_time_s: float
    length_m: float
    line: shapely.LineString


def route_between(
    network: RoadNetwork, origin: SnappedPoints, destination: SnappedPoints, within_s: float = np.inf
) -> RoadRoute:
    """Find the fastest way from one point to another.

    `origin`, `destination`: One point each. `within_s`: Seconds that the way is thought to take at most: so far is
    searched first, which takes less time than a search of the whole network.

    Raises
    ------
    NetworkError
        A point is off the network, or no road leads from the one to the other.
    """
    (_, starts), (_, stops) = streets_joined(origin), streets_joined(destination)
    out, into = street_legs(network, starts, leaving=True), street_legs(network, stops, leaving=False)
    field = nearest_facility(
        network,
        into.node,
        start_time_s=into.time_s,
        start_length_m=into.length_m,
        facility=np.arange(len(into.node)),
        limit_s=within_s,
    )
    through = field.travel_time_s[out.node] + out.time_s
    _, _, direct_time, direct_length = direct_trips(network, origin, destination)
    best = int(np.argmin(through)) if len(through) else -1
    direct = int(np.argmin(direct_time)) if len(direct_time) else -1
    through_s = through[best] if best >= 0 else np.inf
    direct_s = direct_time[direct] if direct >= 0 else np.inf
    if min(through_s, direct_s) > within_s:  # a way through what was not searched may be faster
        return route_between(network, origin, destination)
    if direct >= 0 and direct_s <= through_s:
        middle = _along_street(network, origin, destination)
        return _drawn(direct_s, direct_length[direct], origin, [middle], destination)
    if not np.isfinite(through_s):
        msg = "Aucune route ne mène de ce point à cette destination."
        raise NetworkError(msg)
    start = int(out.node[best])
    way = path(network, field, start)
    # The path ends where its leg to the destination begins.
    last = int(field.facility[start])
    pieces = [
        _street_piece(network, starts.take([out.point[best]]), start),
        shapely.get_coordinates(way.line),
        _street_piece(network, stops.take([into.point[last]]), int(into.node[last]))[::-1],
    ]
    return _drawn(through_s, field.length_m[start] + out.length_m[best], origin, pieces, destination)


def _street_piece(network: RoadNetwork, point: SnappedPoints, node: int) -> NDArray[np.float64]:
    """Return the street from where a point is snapped to one of its ends, shape (k, 2)."""
    link, fraction = int(point.link[0]), float(point.fraction[0])
    first, last = network.link_ends[link]
    # On a street that comes back to where it began, the shorter side.
    to_end = fraction >= 0.5 if first == last else node == last  # noqa: PLR2004 - half way
    return _substring(network, link, fraction, 1.0 if to_end else 0.0)


def _along_street(network: RoadNetwork, origin: SnappedPoints, destination: SnappedPoints) -> NDArray[np.float64]:
    """Return the street between two points snapped to it; nothing where they are joined straight."""
    if origin.link[0] != destination.link[0]:
        return np.zeros((0, 2))
    return _substring(network, int(origin.link[0]), float(origin.fraction[0]), float(destination.fraction[0]))


def _substring(network: RoadNetwork, link: int, start: float, end: float) -> NDArray[np.float64]:
    shape = network.link_shapes(np.array([link]))[0]
    coordinates: NDArray[np.float64] = shapely.get_coordinates(substring(shape, start, end, normalized=True))
    return coordinates


def _drawn(
    time: float, length: float, origin: SnappedPoints, pieces: list[NDArray[np.float64]], destination: SnappedPoints
) -> RoadRoute:
    points = np.concatenate([origin.xy, *pieces, destination.xy])
    new = np.ones(len(points), bool)
    new[1:] = (points[1:] != points[:-1]).any(axis=1)
    kept = points[new]
    return RoadRoute(
        float(time), float(length), shapely.LineString(kept if len(kept) > 1 else np.repeat(kept, 2, axis=0))
    )
