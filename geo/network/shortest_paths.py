"""Shortest paths by travel time: the nearest facility of every node, and times from one point.

People travel from home to the site. The field of all homes is therefore ONE search from all
sites at once, run against the direction of travel; on a network with one-way streets the search
along the direction answers another question.

The searches are Dijkstra's (1959) with a 4-ary heap and lazy deletion, compiled by numba, cached
on disk. Equal times are decided by the lowest facility position, then by the shorter way, so the answer
does not depend on the order of nodes or edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from geo.errors import NetworkError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geo.network.road_network import RoadNetwork


@dataclass(frozen=True, slots=True)
class NearestFacility:
    """The nearest facility of every node.

    Attributes
    ----------
    travel_time_s
        float64, shape (n_nodes,): seconds from the node to its nearest facility, inf where no road leads to one.
    length_m
        float64, shape (n_nodes,): metres along that fastest path, inf where there is none.
    facility
        int64, shape (n_nodes,): position in the list of facilities asked for, -1 where there is none.
    next_edge
        int64, shape (n_nodes,): first edge of the path from the node, -1 at the facility or where there is none.
    """

    travel_time_s: NDArray[np.float64]
    length_m: NDArray[np.float64]
    facility: NDArray[np.int64]
    next_edge: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TimesFrom:
    """Times from one starting point to every node: seconds, metres (inf: not reached) and last edge (-1: none)."""

    travel_time_s: NDArray[np.float64]
    length_m: NDArray[np.float64]
    last_edge: NDArray[np.int64]


def nearest_facility(
    network: RoadNetwork,
    facility_nodes: ArrayLike,
    *,
    start_time_s: ArrayLike | None = None,
    start_length_m: ArrayLike | None = None,
    facility: ArrayLike | None = None,
) -> NearestFacility:
    """Find the facility that is reached soonest from every node, following one-way streets.

    Parameters
    ----------
    network
        Road network.
    facility_nodes
        Integers, shape (k,): node of each facility; repeated nodes are allowed.
    start_time_s, start_length_m
        Shape (k,): seconds and metres left between that node and the facility itself; 0 where `None`.
    facility
        Integers, shape (k,): number reported for each entry, where one facility is entered by several
        nodes; positions 0..k-1 where `None`.

    Raises
    ------
    NetworkError
        A node that the network does not have, or a cost that is negative or not finite.
    """
    nodes = np.asarray(facility_nodes, np.int64).ravel()
    time = np.zeros(len(nodes)) if start_time_s is None else np.asarray(start_time_s, np.float64).ravel()
    length = np.zeros(len(nodes)) if start_length_m is None else np.asarray(start_length_m, np.float64).ravel()
    label = np.arange(len(nodes), dtype=np.int64) if facility is None else np.asarray(facility, np.int64).ravel()
    _check_starts(network, nodes, time, length)
    if len(label) != len(nodes) or (label < 0).any():
        msg = f"Recherche refusée : {len(label)} numéros d'équipement pour {len(nodes)} nœuds, ou un numéro négatif."
        raise NetworkError(msg)
    found = _search(
        network.edge_offsets,
        np.arange(0, dtype=np.int64),
        network.edge_source,
        network.edge_time_s,
        network.edge_length_m,
        nodes,
        time,
        length,
        label,
        np.inf,
    )
    return NearestFacility(*found)


def times_from(
    network: RoadNetwork,
    start_nodes: ArrayLike,
    start_time_s: ArrayLike,
    start_length_m: ArrayLike,
    *,
    limit_s: float = np.inf,
) -> TimesFrom:
    """Time from one starting point, attached to one or more nodes, to every node within a limit.

    Parameters
    ----------
    network
        Road network.
    start_nodes, start_time_s, start_length_m
        Shape (k,): nodes reached first, with the seconds and metres already spent there.
    limit_s
        Seconds: nodes farther than that are left at inf.

    Raises
    ------
    NetworkError
        A node that the network does not have, or a cost that is negative or not finite.
    """
    nodes = np.asarray(start_nodes, np.int64).ravel()
    time, length = np.asarray(start_time_s, np.float64).ravel(), np.asarray(start_length_m, np.float64).ravel()
    _check_starts(network, nodes, time, length)
    offsets, order = network.by_source
    seconds, metres, _, last_edge = _search(
        offsets,
        order,
        network.edge_target,
        network.edge_time_s,
        network.edge_length_m,
        nodes,
        time,
        length,
        np.zeros(len(nodes), np.int64),
        limit_s,
    )
    return TimesFrom(seconds, metres, last_edge)


def _check_starts(
    network: RoadNetwork, nodes: NDArray[np.int64], time: NDArray[np.float64], length: NDArray[np.float64]
) -> None:
    if not len(nodes) == len(time) == len(length):
        msg = f"Recherche refusée : {len(nodes)} nœuds pour {len(time)} temps et {len(length)} longueurs."
        raise NetworkError(msg)
    if len(nodes) and (nodes.min() < 0 or nodes.max() >= network.n_nodes):
        msg = f"Recherche refusée : un nœud de départ est hors du réseau (attendu : 0 à {network.n_nodes - 1})."
        raise NetworkError(msg)
    if not (np.isfinite(time).all() and np.isfinite(length).all() and (time >= 0).all() and (length >= 0).all()):
        msg = "Recherche refusée : un temps ou une longueur de départ est négatif ou non numérique."
        raise NetworkError(msg)


def _compiled(function: Any) -> Any:
    """Compile a kernel at its first call, keep it on disk, and release the interpreter lock while it runs."""
    return numba.njit(cache=True, nogil=True)(function)


@_compiled
def _sift_up(heap_time, heap_label, heap_node, slot, time, label, node):  # type: ignore[no-untyped-def]
    """Place an entry at `slot` or above it, so that no parent comes after its child."""
    while slot > 0:
        parent = (slot - 1) >> 2
        if heap_time[parent] < time or (heap_time[parent] == time and heap_label[parent] <= label):
            break
        heap_time[slot], heap_label[slot], heap_node[slot] = heap_time[parent], heap_label[parent], heap_node[parent]
        slot = parent
    heap_time[slot], heap_label[slot], heap_node[slot] = time, label, node


@_compiled
def _sift_down(heap_time, heap_label, heap_node, size, time, label, node):  # type: ignore[no-untyped-def]
    """Place an entry at the top of a heap of `size` entries or below it."""
    slot = 0
    while True:
        best = 4 * slot + 1
        if best >= size:
            break
        for child in range(best + 1, min(best + 4, size)):
            if heap_time[child] < heap_time[best] or (
                heap_time[child] == heap_time[best] and heap_label[child] < heap_label[best]
            ):
                best = child
        if heap_time[best] > time or (heap_time[best] == time and heap_label[best] >= label):
            break
        heap_time[slot], heap_label[slot], heap_node[slot] = heap_time[best], heap_label[best], heap_node[best]
        slot = best
    heap_time[slot], heap_label[slot], heap_node[slot] = time, label, node


@_compiled
def _grown(array):  # type: ignore[no-untyped-def]
    """Return a copy of an array with twice its room."""
    wider = np.empty(2 * len(array), array.dtype)
    wider[: len(array)] = array
    return wider


@_compiled
def _search(  # type: ignore[no-untyped-def]
    offsets, order, neighbour, edge_time, edge_length, start_nodes, start_time, start_length, start_label, limit
):
    """Search from all starts at once.

    `order` maps a row of the adjacency to its edge (empty: the rows are the edges); `neighbour` is
    by edge. An entry of the heap that is older than what its node holds is skipped.
    """
    n_nodes = len(offsets) - 1
    time = np.full(n_nodes, np.inf)
    length = np.full(n_nodes, np.inf)
    label = np.full(n_nodes, -1, np.int64)
    via = np.full(n_nodes, -1, np.int64)
    indirect = len(order) > 0

    capacity = max(1024, len(start_nodes))
    heap_time = np.empty(capacity)
    heap_label = np.empty(capacity, np.int64)
    heap_node = np.empty(capacity, np.int64)
    size = 0
    for i in range(len(start_nodes)):
        node = start_nodes[i]
        if start_time[i] > limit or start_time[i] > time[node]:
            continue
        if start_time[i] == time[node] and label[node] >= 0 and start_label[i] > label[node]:
            continue
        if start_time[i] == time[node] and start_label[i] == label[node] and start_length[i] >= length[node]:
            continue
        time[node], length[node], label[node] = start_time[i], start_length[i], start_label[i]
        _sift_up(heap_time, heap_label, heap_node, size, start_time[i], start_label[i], node)
        size += 1

    while size > 0:
        now, facility, node = heap_time[0], heap_label[0], heap_node[0]
        size -= 1
        if size > 0:
            _sift_down(heap_time, heap_label, heap_node, size, heap_time[size], heap_label[size], heap_node[size])
        if now > time[node] or facility != label[node]:
            continue
        for row in range(offsets[node], offsets[node + 1]):
            edge = order[row] if indirect else row
            other = neighbour[edge]
            reached = now + edge_time[edge]
            if reached > limit or reached > time[other]:
                continue
            metres = length[node] + edge_length[edge]
            if reached == time[other] and (
                facility > label[other] or (facility == label[other] and metres >= length[other])
            ):
                continue
            time[other], length[other] = reached, metres
            label[other], via[other] = facility, edge
            if size == len(heap_time):
                heap_time, heap_label, heap_node = _grown(heap_time), _grown(heap_label), _grown(heap_node)
            _sift_up(heap_time, heap_label, heap_node, size, reached, facility, other)
            size += 1
    return time, length, label, via
