"""Times and distances between points, through the network: from where people are to a facility's door.

Each trip has three parts: off the network to the nearest street, along the roads, and off the
network again. Both ends count in the time and in the distance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.network.bounded_searches import travel_matrix
from geo.network.first_search import first_times_from, is_sooner_without_loops
from geo.network.shortest_paths import nearest_facilities, nearest_facility, starts_of, times_from
from geo.network.snapping import SnappedPoints, direct_trips, legs_from_points, legs_to_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network.bounded_searches import TravelMatrix
    from geo.network.road_network import RoadNetwork
    from geo.network.shortest_paths import NearestFacility
    from geo.network.snapping import Legs


@dataclass(frozen=True, slots=True)
class NearestByRoad:
    """The facility soonest reached from each origin.

    `travel_time_s` and `length_m`: float64, shape (n_origins,), inf where there is no way;
    `facility`: int64, position among the facilities, -1 where there is none.
    """

    travel_time_s: NDArray[np.float64]
    length_m: NDArray[np.float64]
    facility: NDArray[np.int64]


def nearest_by_road(network: RoadNetwork, origins: SnappedPoints, facilities: SnappedPoints) -> NearestByRoad:
    """Find the facility soonest reached from each origin; of two at the same time, the first of the list.

    One search for all origins, against the direction of travel.
    """
    return _nearest_through(network, origins, facilities, _nearest_of_nodes(network, facilities))


def _nearest_of_nodes(network: RoadNetwork, facilities: SnappedPoints) -> NearestFacility:
    into = legs_to_points(network, facilities)
    return nearest_facility(
        network, into.node, start_time_s=into.time_s, start_length_m=into.length_m, facility=into.point
    )


def _nearest_through(
    network: RoadNetwork, origins: SnappedPoints, facilities: SnappedPoints, field: NearestFacility
) -> NearestByRoad:
    """Return the same where the facility soonest reached from each node is known."""
    out = legs_from_points(network, origins)
    direct_origin, direct_facility, direct_time, direct_length = direct_trips(network, origins, facilities)

    origin = np.concatenate([out.point, direct_origin])
    time = np.concatenate([field.travel_time_s[out.node] + out.time_s, direct_time])
    length = np.concatenate([field.length_m[out.node] + out.length_m, direct_length])
    facility = np.concatenate([field.facility[out.node], direct_facility])
    reached = facility >= 0
    origin, time, length, facility = origin[reached], time[reached], length[reached], facility[reached]
    order = np.lexsort((facility, time, origin))
    first = order[np.concatenate([[True], np.diff(origin[order]) > 0])] if len(order) else order

    result = NearestByRoad(
        np.full(len(origins), np.inf), np.full(len(origins), np.inf), np.full(len(origins), -1, np.int64)
    )
    result.travel_time_s[origin[first]] = time[first]
    result.length_m[origin[first]] = length[first]
    result.facility[origin[first]] = facility[first]
    return result


def nearest_ones_by_road(
    network: RoadNetwork, origins: SnappedPoints, facilities: SnappedPoints, k: int
) -> NearestByRoad:
    """Find the `k` facilities soonest reached from each origin, soonest first: arrays of shape (n_origins, k).

    Where fewer than `k` can be reached the rest is inf and -1; the answer of ``k=1`` is that of `nearest_by_road`.
    """
    into, out = legs_to_points(network, facilities), legs_from_points(network, origins)
    field = nearest_facilities(
        network, into.node, k, start_time_s=into.time_s, start_length_m=into.length_m, facility=into.point
    )
    direct_origin, direct_facility, direct_time, direct_length = direct_trips(network, origins, facilities)
    # One of the k nearest of a point is one of the k nearest of a node that it leaves by, or on its own street.
    origin = np.concatenate([np.repeat(out.point, k), direct_origin])
    time = np.concatenate([(field.travel_time_s[out.node] + out.time_s[:, None]).ravel(), direct_time])
    length = np.concatenate([(field.length_m[out.node] + out.length_m[:, None]).ravel(), direct_length])
    facility = np.concatenate([field.facility[out.node].ravel(), direct_facility])

    order = np.lexsort((time, facility, origin))
    order = order[facility[order] >= 0]
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(origin[order]) != 0) | (np.diff(facility[order]) != 0)
    trip = order[first]
    trip = trip[np.lexsort((facility[trip], time[trip], origin[trip]))]
    rank = np.arange(len(trip)) - np.searchsorted(origin[trip], origin[trip])
    trip, rank = trip[rank < k], rank[rank < k]

    shape = (len(origins), k)
    result = NearestByRoad(np.full(shape, np.inf), np.full(shape, np.inf), np.full(shape, -1, np.int64))
    result.travel_time_s[origin[trip], rank] = time[trip]
    result.length_m[origin[trip], rank] = length[trip]
    result.facility[origin[trip], rank] = facility[trip]
    return result


def pairs_within(
    network: RoadNetwork, origins: SnappedPoints, destinations: SnappedPoints, limit_s: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the trips of at most `limit_s` seconds: origin, destination and seconds, shape (n_trips,) each.

    Sorted by origin, then destination; one row a pair, its fastest trip.
    """
    matrix = travel_matrix(
        network, legs_from_points(network, origins), legs_to_points(network, destinations), limit_s=limit_s
    )
    return _with_direct_trips(network, origins, destinations, matrix, np.full(len(origins), limit_s))


def pairs_sooner_than(
    network: RoadNetwork, origins: SnappedPoints, destinations: SnappedPoints, facilities: SnappedPoints
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the trips that take less time than the one to the nearest facility; as `pairs_within`.

    Far fewer than all trips: each search stops where a facility of today is as near. An origin that no facility is
    reached from has all its trips.
    """
    field = _nearest_of_nodes(network, facilities)
    matrix = travel_matrix(
        network, legs_from_points(network, origins), legs_to_points(network, destinations), sooner_than=field
    )
    today = _nearest_through(network, origins, facilities, field).travel_time_s
    return _with_direct_trips(network, origins, destinations, matrix, np.nextafter(today, -np.inf))


def _with_direct_trips(
    network: RoadNetwork,
    origins: SnappedPoints,
    destinations: SnappedPoints,
    matrix: TravelMatrix,
    limit_s: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Add the trips that pass no node to a matrix; keep the fastest of each pair, of at most its origin's limit."""
    direct_origin, direct_destination, direct_time, _ = direct_trips(network, origins, destinations)
    origin = np.concatenate([matrix.origin, direct_origin])
    destination = np.concatenate([matrix.destination, direct_destination])
    time = np.concatenate([matrix.travel_time_s, direct_time])
    order = np.lexsort((time, destination, origin))
    order = order[time[order] <= limit_s[origin[order]]]
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(origin[order]) != 0) | (np.diff(destination[order]) != 0)
    kept = order[first]
    return origin[kept], destination[kept], time[kept]


def times_between(
    network: RoadNetwork, origins: SnappedPoints, destinations: SnappedPoints
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return seconds and metres from every origin to every destination, shape (n, m), inf: no way."""
    matrix = travel_matrix(network, legs_from_points(network, origins), legs_to_points(network, destinations))
    time = np.full((len(origins), len(destinations)), np.inf)
    length = np.full_like(time, np.inf)
    time[matrix.origin, matrix.destination] = matrix.travel_time_s
    length[matrix.origin, matrix.destination] = matrix.length_m
    origin, destination, direct_time, direct_length = direct_trips(network, origins, destinations)
    flat = origin * len(destinations) + destination
    _keep_fastest(time.reshape(-1), length.reshape(-1), flat, direct_time, direct_length)
    return time, length


def times_from_point(
    network: RoadNetwork, origins: SnappedPoints, origin: int, destinations: SnappedPoints, *, limit_s: float = np.inf
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return seconds and metres from one origin to every destination, shape (m,), inf: no way within `limit_s`."""
    here = origins.take([origin])
    out, into = legs_from_points(network, here), legs_to_points(network, destinations)
    node_time, node_length = _times_at_nodes(network, out, limit_s)
    time, length = np.full(len(destinations), np.inf), np.full(len(destinations), np.inf)
    _keep_fastest(
        time,
        length,
        into.point,
        node_time[into.node] + into.time_s,
        node_length[into.node] + into.length_m,
    )
    _, destination, direct_time, direct_length = direct_trips(network, here, destinations)
    _keep_fastest(time, length, destination, direct_time, direct_length)
    time[time > limit_s] = np.inf
    length[np.isinf(time)] = np.inf
    return time, length


def _times_at_nodes(network: RoadNetwork, out: Legs, limit_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return seconds and metres from the point of some legs to every node, inf: not reached within `limit_s`."""
    if is_sooner_without_loops(network):
        starts = starts_of(network, out.node, out.time_s, out.length_m, np.zeros(len(out.node), np.int64))
        found = first_times_from(network, starts, limit_s=limit_s)
        if found is not None:
            return found
    field = times_from(network, out.node, out.time_s, out.length_m, limit_s=limit_s)
    return field.travel_time_s, field.length_m


def _keep_fastest(
    time: NDArray[np.float64],
    length: NDArray[np.float64],
    at: NDArray[np.int64],
    new_time: NDArray[np.float64],
    new_length: NDArray[np.float64],
) -> None:
    """Write each new time that is shorter than what stands at its place, and its length."""
    shorter = np.flatnonzero(new_time < time[at])
    order = shorter[np.argsort(-new_time[shorter], kind="stable")]
    time[at[order]], length[at[order]] = new_time[order], new_length[order]
