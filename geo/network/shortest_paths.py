"""Shortest paths by travel time: the nearest facility of every node, and times from one point.

People travel from home to the site. The field of all homes is therefore ONE search from all
sites at once, run against the direction of travel; on a network with one-way streets the search
along the direction answers another question.

Equal times are decided by the lowest facility position, then by the shorter way, so the answer does
not depend on the order of nodes or edges. The loops are in `geo.network.search_kernels`.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.errors import NetworkError
from geo.network import bounded_kernels
from geo.network import search_kernels as kernels
from geo.network.layout import fixed

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geo.network.road_network import RoadNetwork

    #: Seconds, metres, label and edge of every node.
    _Results = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int32]]

#: Places of one region of a large network: few megabytes, so that it stays in the cache.
REGION_PLACES: Final = 1 << 16
#: Nodes left waiting between regions that one thread settles soonest.
_FEW: Final = 1000
#: Rounds after which the whole network is settled as one region, for networks that regions do not suit.
_ROUNDS: Final = 64
#: Buckets of the queue for the time of a typical edge.
_BUCKETS_PER_EDGE: Final = 8.0
_NONE: Final = fixed(np.zeros(0, np.int32))


@dataclass(frozen=True, slots=True)
class NearestFacility:
    """The nearest facility of every node, or the k nearest, best first: then all shapes are (n_nodes, k).

    Attributes
    ----------
    travel_time_s
        float64, shape (n_nodes,): seconds from the node to its nearest facility, inf where no road leads to one.
    length_m
        float64, shape (n_nodes,): metres along that fastest path, inf where there is none.
    facility
        int64, shape (n_nodes,): position in the list of facilities asked for, -1 where there is none.
    next_edge
        int32, shape (n_nodes,): first edge of the path from the node, -1 at the facility or where there is none.
    """

    travel_time_s: NDArray[np.float64]
    length_m: NDArray[np.float64]
    facility: NDArray[np.int64]
    next_edge: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class TimesFrom:
    """Times from one starting point to every node: seconds, metres (inf: not reached) and last edge (-1: none)."""

    travel_time_s: NDArray[np.float64]
    length_m: NDArray[np.float64]
    last_edge: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Path:
    """A path: its edges in the order of travel, int64 (k,), and its shape in the network's CRS.

    The shape is empty where the path is, at the facility's own node.
    """

    edge: NDArray[np.int64]
    line: shapely.LineString


def nearest_facility(
    network: RoadNetwork,
    facility_nodes: ArrayLike,
    *,
    start_time_s: ArrayLike | None = None,
    start_length_m: ArrayLike | None = None,
    facility: ArrayLike | None = None,
    limit_s: float = np.inf,
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
    limit_s
        Seconds: nodes farther than that from every facility are left as if none were reached.

    Raises
    ------
    NetworkError
        A node that the network does not have, or a cost that is negative or not finite.

    Examples
    --------
    >>> from geo.network import RoadNetwork
    >>> seconds, metres = [60, 60, 90, 90], [500, 500, 900, 900]
    >>> x, y = [0, 500, 1400], [0, 0, 0]
    >>> road = RoadNetwork.from_edges([0, 1, 1, 2], [1, 0, 2, 1], seconds, metres, x, y, "EPSG:2154")
    >>> near = nearest_facility(road, [0])
    >>> near.travel_time_s.tolist(), near.facility.tolist()
    ([0.0, 60.0, 150.0], [0, 0, 0])
    """
    starts = starts_of(network, facility_nodes, start_time_s, start_length_m, facility)
    return NearestFacility(*_search(network, network.edge_offsets, network.edges, _NONE, starts, limit_s))


def nearest_facilities(
    network: RoadNetwork,
    facility_nodes: ArrayLike,
    k: int,
    *,
    start_time_s: ArrayLike | None = None,
    start_length_m: ArrayLike | None = None,
    facility: ArrayLike | None = None,
) -> NearestFacility:
    """Find the `k` facilities reached soonest from every node, best first: results of shape (n_nodes, k).

    `network`, `facility_nodes`, `start_time_s`, `start_length_m`, `facility`: As for `nearest_facility`; entries with
    the same number are one facility. `k`: How many, 1 or more; where fewer can be reached the rest is inf and -1.
    """
    if not 1 <= k <= kernels.UNREACHED // max(network.n_nodes, 1):
        msg = f"Recherche refusée : {k} structures par nœud demandées, attendu : au moins 1."
        raise NetworkError(msg)
    starts = starts_of(network, facility_nodes, start_time_s, start_length_m, facility, each_number=True)
    nodes = kernels.k_nearest(network.edge_offsets, network.edges, starts, k, buckets_per_second(network))
    rows = (network.place[:, None] * k + np.arange(k, dtype=np.int32)).ravel()
    result = _results(len(rows))
    kernels.read_nodes(nodes, fixed(rows), _NONE, 0, len(rows), *result)
    time, length, number, edge = result
    return NearestFacility(time.reshape(-1, k), length.reshape(-1, k), number.reshape(-1, k), edge.reshape(-1, k))


def times_from(
    network: RoadNetwork,
    start_nodes: ArrayLike,
    start_time_s: ArrayLike,
    start_length_m: ArrayLike,
    *,
    limit_s: float = np.inf,
) -> TimesFrom:
    """Time from one starting point, attached to one or more nodes, to every node within a limit.

    `start_nodes`, `start_time_s`, `start_length_m`: Shape (k,): nodes reached first, with the seconds and metres
    already spent there. `limit_s`: Seconds: nodes farther than that are left at inf.
    """
    starts = starts_of(network, start_nodes, start_time_s, start_length_m, np.zeros(np.size(start_nodes), np.int64))
    time, length, _, last_edge = _search(network, *network.by_source, starts, limit_s)
    return TimesFrom(time, length, last_edge)


def path(network: RoadNetwork, near: NearestFacility, node: int) -> Path:
    """Read off the fastest path from a node to its nearest facility.

    Parameters
    ----------
    network
        Road network.
    near
        What `nearest_facility` found on it.
    node
        Node position.

    Raises
    ------
    NetworkError
        The network has no such node, or no road leads from it to a facility.
    """
    if not 0 <= node < network.n_nodes or near.facility.shape != (network.n_nodes,):
        msg = f"Itinéraire refusé : le nœud {node} est hors du réseau (attendu : 0 à {network.n_nodes - 1})."
        raise NetworkError(msg)
    if near.facility[node] < 0:
        msg = f"Aucune route ne mène du nœud {node} à une structure."
        raise NetworkError(msg)
    edge = bounded_kernels.follow(network.edge_offsets, network.node_at, near.next_edge, node)
    link = network.edge_link[edge]
    points = []
    for shape, along in zip(network.link_shapes(link), network.link_edges[link, 0] == edge, strict=True):
        shape_points = shapely.get_coordinates(shape)
        points.append(shape_points if along else shape_points[::-1])
    # Where one link ends the next begins.
    drawn = [points[0], *(following[1:] for following in points[1:])] if points else []
    return Path(edge, shapely.LineString(np.concatenate(drawn)) if drawn else shapely.LineString())


def starts_of(
    network: RoadNetwork,
    start_nodes: ArrayLike,
    start_time_s: ArrayLike | None,
    start_length_m: ArrayLike | None,
    number: ArrayLike | None = None,
    *,
    each_number: bool = False,
) -> NDArray[np.void]:
    """Check the starts of a search and return them as `kernels.WAY`: the best of each node.

    With `each_number`, the best of each number and node, sorted by number; `None` numbers them 0, 1...
    """
    nodes = np.asarray(start_nodes, np.int64).ravel()
    time = np.zeros(len(nodes)) if start_time_s is None else np.asarray(start_time_s, np.float64).ravel()
    length = np.zeros(len(nodes)) if start_length_m is None else np.asarray(start_length_m, np.float64).ravel()
    label = np.arange(len(nodes)) if number is None else np.asarray(number, np.int64).ravel()
    if not len(nodes) == len(time) == len(length) == len(label):
        msg = (
            f"Recherche refusée : {len(nodes)} nœuds pour {len(time)} temps, {len(length)} longueurs "
            f"et {len(label)} numéros."
        )
        raise NetworkError(msg)
    if len(nodes) and (nodes.min() < 0 or nodes.max() >= network.n_nodes):
        msg = f"Recherche refusée : un nœud de départ est hors du réseau (attendu : 0 à {network.n_nodes - 1})."
        raise NetworkError(msg)
    if not (np.isfinite(time).all() and np.isfinite(length).all() and (time >= 0).all() and (length >= 0).all()):
        msg = "Recherche refusée : un temps ou une longueur de départ est négatif ou non numérique."
        raise NetworkError(msg)
    if len(nodes) and not 0 <= label.min() <= label.max() < kernels.UNREACHED:
        msg = f"Recherche refusée : un numéro de structure est négatif ou dépasse {kernels.UNREACHED - 1}."
        raise NetworkError(msg)
    order = np.lexsort((length, time, nodes, label) if each_number else (length, label, time, nodes))
    first = np.diff(nodes[order], prepend=-1) != 0
    if each_number:
        first |= np.diff(label[order], prepend=-1) != 0
    order = order[first]
    starts = np.zeros(len(order), kernels.WAY)
    starts["time_s"], starts["length_m"], starts["label"] = time[order], length[order], label[order]
    starts["via"], starts["place"] = 1, network.place[nodes[order]]
    return starts


def _search(
    network: RoadNetwork,
    offsets: NDArray[np.int32],
    edges: NDArray[np.void],
    edge_row: NDArray[np.int32],
    starts: NDArray[np.void],
    limit_s: float,
) -> _Results:
    """Search from all starts at once, region by region, on all cores.

    `edge_row` gives the number of each of `edges`; empty where they are the network's own.
    """
    n, size = network.n_nodes, REGION_PLACES
    per_second, limit_s = buckets_per_second(network), float(limit_s)  # loops are not compiled again for whole seconds
    nodes = np.empty(n, kernels.NODE)
    result = _results(n)
    regions = [(first, min(first + size, n)) for first in range(0, n, size)]
    with ThreadPoolExecutor(min(threads(), max(len(regions), 1))) as pool:
        run = pool.map if len(regions) > 1 else map

        def settle(region: int) -> NDArray[np.void]:
            own = waiting[bounds[region] : bounds[region + 1]]
            sent: NDArray[np.void] = kernels.settle(offsets, edges, nodes, *regions[region], own, limit_s, per_second)
            return sent

        list(run(lambda region: kernels.clear(nodes, *region, limit_s), regions))
        waiting, bounds = kernels.deliver(nodes, starts, size)
        for round_ in range(_ROUNDS):
            if not len(waiting):
                break
            # The first round does nearly all; the last ones are not worth waking other threads for.
            here = map if round_ and len(waiting) < _FEW else run
            sent = list(here(settle, np.flatnonzero(np.diff(bounds)).tolist()))
            waiting, bounds = kernels.deliver(nodes, np.concatenate(sent), size)
        kernels.settle(offsets, edges, nodes, 0, n, waiting, limit_s, per_second)
        list(run(lambda region: kernels.read_nodes(nodes, network.place, edge_row, *region, *result), regions))
    return result


def _results(n: int) -> _Results:
    return np.empty(n), np.empty(n), np.empty(n, np.int64), np.empty(n, np.int32)


def buckets_per_second(network: RoadNetwork) -> float:
    """Return how fine the queue of a search divides time."""
    return _BUCKETS_PER_EDGE / network.typical_edge_s


def threads() -> int:
    """Return the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
