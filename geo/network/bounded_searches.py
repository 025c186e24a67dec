"""Searches that stay near their start: a matrix of times.

Their cost is that of the nodes they find, whatever the size of the network. Many of them run on all
cores; what they return does not depend on how many there are.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import NetworkError
from geo.network import bounded_kernels as kernels
from geo.network.layout import fixed, row_offsets
from geo.network.shortest_paths import buckets_per_second, starts_of, threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork
    from geo.network.shortest_paths import NearestFacility
    from geo.network.snapping import Legs

#: Parts that a list of searches is cut in for each core, so that none waits long for the last.
_PARTS_PER_THREAD: Final = 8
_NO_TIMES: Final = fixed(np.zeros(0))


@dataclass(frozen=True, slots=True)
class TravelMatrix:
    """Fastest trips from origins to destinations; pairs that no road joins within the limit have no row.

    Rows are sorted by origin, then destination: ``offsets[i]:offsets[i + 1]`` are those of origin i,
    as in a CSR matrix.

    Attributes
    ----------
    offsets
        int64, shape (n_origins + 1,).
    destination
        int32, shape (n_trips,): position among the destinations.
    travel_time_s, length_m
        float64, shape (n_trips,): seconds and metres, 0 where the points are at the same place.
    """

    offsets: NDArray[np.int64]
    destination: NDArray[np.int32]
    travel_time_s: NDArray[np.float64]
    length_m: NDArray[np.float64]

    @property
    def origin(self) -> NDArray[np.int32]:
        """Position among the origins: int32, shape (n_trips,)."""
        return np.repeat(np.arange(len(self.offsets) - 1, dtype=np.int32), np.diff(self.offsets))


def travel_matrix(
    network: RoadNetwork,
    origins: Legs,
    destinations: Legs,
    *,
    limit_s: float = np.inf,
    sooner_than: NearestFacility | None = None,
) -> TravelMatrix:
    """Find the fastest trips from many origins to many destinations, through the nodes of the network.

    One bounded search for each point of the shorter list, on all cores. Trips that never leave one
    street do not pass a node: `geo.network.travel_times` adds them.

    `sooner_than`: What `nearest_facility` found: only trips along nodes that the destination serves sooner.
    `limit_s`: Seconds: longer trips are left out.
    """
    forward = origins.n_points < destinations.n_points and sooner_than is None
    adjacency = network.by_source[:2] if forward else (network.edge_offsets, network.edges)
    searched, met = (origins, destinations) if forward else (destinations, origins)
    starts, start_offsets = _grouped(network, searched)
    legs, _ = _grouped(network, met)
    legs = fixed(legs[np.argsort(legs["place"], kind="stable")])
    leg_offsets = fixed(row_offsets(legs["place"], network.n_nodes))
    times = _NO_TIMES if sooner_than is None else _times(network, sooner_than)

    def part(first: int, last: int, slot: NDArray[np.int32]) -> NDArray[np.void]:
        found: NDArray[np.void] = kernels.trips(
            *adjacency,
            starts,
            start_offsets,
            first,
            last,
            legs,
            leg_offsets,
            met.n_points,
            times,
            network.node_at,
            slot,
            float(limit_s),
            buckets_per_second(network),
        )
        return found

    trips = np.concatenate([np.zeros(0, kernels.TRIP), *_in_parts(network, searched.n_points, part)])
    origin, destination = ("start", "end") if forward else ("end", "start")
    trips = trips[np.lexsort((trips[destination], trips[origin]))]
    offsets = np.searchsorted(trips[origin], np.arange(origins.n_points + 1))
    return TravelMatrix(
        offsets, np.ascontiguousarray(trips[destination]), trips["time_s"].copy(), trips["length_m"].copy()
    )


def _grouped(network: RoadNetwork, legs: Legs) -> tuple[NDArray[np.void], NDArray[np.int32]]:
    """Return legs as starts of searches, sorted by point, and where those of each point begin."""
    starts = starts_of(network, legs.node, legs.time_s, legs.length_m, legs.point, each_number=True)
    return fixed(starts), fixed(row_offsets(starts["label"], legs.n_points))


def _times(network: RoadNetwork, near: NearestFacility) -> NDArray[np.float64]:
    if near.travel_time_s.shape != (network.n_nodes,):
        msg = f"Recherche refusée : {near.travel_time_s.size} temps actuels pour {network.n_nodes} nœuds."
        raise NetworkError(msg)
    times = near.travel_time_s.view()
    return fixed(times)


def _in_parts(
    network: RoadNetwork, n: int, part: Callable[[int, int, NDArray[np.int32]], NDArray[Any]]
) -> list[NDArray[Any]]:
    """Run searches 0..n-1 in parts on all cores; return what each part gave, in order.

    Each part has its own `slot`, memory that the system only fills in where it is touched.
    """
    size = max(1, -(-n // (threads() * _PARTS_PER_THREAD)))
    with ThreadPoolExecutor(threads()) as pool:
        return list(
            pool.map(
                lambda first: part(first, min(first + size, n), np.zeros(network.n_nodes, np.int32)), range(0, n, size)
            )
        )
