"""The first search from one point on a network, without the compiled loops: loading these takes longer than it.

The answer is that of `geo.network.shortest_paths.times_from`, to the last bit: a time is the sum of the seconds along a
way from its start, in that order, and of two ways of the same time the shorter counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakSet

import numpy as np

from geo.network.compiled import loops_are_loaded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork

#: On more nodes than this the loops are loaded in less time than one search takes without them.
MOST_NODES: Final = 50_000
#: Seconds of travel that are settled before later ones are looked at: few nodes are passed on again.
_STRETCH_S: Final = 1_800.0

#: Networks that were searched from a point: whoever searches again gains from the loops.
_SEARCHED: Final[WeakSet[RoadNetwork]] = WeakSet()


class _Edges(NamedTuple):
    """Edges by the place where they start: where those of each begin (shape n + 1); end, seconds and metres of each."""

    offsets: NDArray[np.int64]
    end: NDArray[np.int64]
    seconds: NDArray[np.float64]
    metres: NDArray[np.float64]


def is_sooner_without_loops(network: RoadNetwork) -> bool:
    """Tell whether a search from a point takes less time without the loops; true once for each network."""
    first = network not in _SEARCHED
    _SEARCHED.add(network)
    return first and network.n_nodes <= MOST_NODES and not loops_are_loaded()


def first_times_from(
    network: RoadNetwork, starts: NDArray[np.void], *, limit_s: float = np.inf
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Time from one starting point to every node within a limit.

    Parameters
    ----------
    network
        Road network.
    starts
        Checked starts of the search, as `geo.network.shortest_paths.starts_of` gives them, all of one label.
    limit_s
        Seconds: nodes farther than that are left at inf.

    Returns
    -------
    Seconds and metres, float64, shape (n_nodes,), inf: not reached. `None` where of equally fast ways a longer one was
    met last, which the loops weigh better: it is rare.
    """
    n = network.n_nodes
    edges = _by_source(network)
    time, length = np.full(n, np.inf), np.full(n, np.inf)
    starts = starts[starts["time_s"] <= limit_s]
    time[starts["place"]], length[starts["place"]] = starts["time_s"], starts["length_m"]
    start_time, start_length = time.copy(), length.copy()
    waiting = np.zeros(n, bool)
    waiting[starts["place"]] = True
    until = 0.0
    while len(places := np.flatnonzero(waiting)):
        until = max(until, float(time[places].min()) + _STRETCH_S)
        while len(here := places[time[places] <= until]):
            waiting[here] = False
            reached = _spread(here, edges, time, length, limit_s)
            waiting[reached] = True
            places = np.flatnonzero(waiting)
    start_length[time < start_time] = np.inf
    if not _are_shortest(edges, time, length, start_length):
        return None
    return time[network.place], length[network.place]


def _spread(
    here: NDArray[np.intp],
    edges: _Edges,
    time: NDArray[np.float64],
    length: NDArray[np.float64],
    limit_s: float,
) -> NDArray[np.int64]:
    """Follow all edges from some places; write the times that are shorter, and return where they lead."""
    count = edges.offsets[here + 1] - edges.offsets[here]
    begin = np.cumsum(count) - count
    row = np.arange(int(count.sum())) + np.repeat(edges.offsets[here] - begin, count)
    reached, new = edges.end[row], np.repeat(time[here], count) + edges.seconds[row]
    sooner = np.flatnonzero((new < time[reached]) & (new <= limit_s))
    # The shortest last: of several ways to a place it is the one that stays written.
    sooner = sooner[np.argsort(-new[sooner])]
    reached = reached[sooner]
    time[reached] = new[sooner]
    length[reached] = np.repeat(length[here], count)[sooner] + edges.metres[row[sooner]]
    return np.asarray(reached)


def _are_shortest(
    edges: _Edges,
    time: NDArray[np.float64],
    length: NDArray[np.float64],
    start_length: NDArray[np.float64],
) -> bool:
    """Tell whether each place has the length of the shortest of its fastest ways.

    `start_length`: Metres at the places where a start is a fastest way, inf at the others.
    """
    source = np.repeat(np.arange(len(time)), np.diff(edges.offsets))
    fastest = np.flatnonzero((time[source] + edges.seconds == time[edges.end]) & np.isfinite(time[edges.end]))
    shortest = start_length.copy()
    np.minimum.at(shortest, edges.end[fastest], length[source[fastest]] + edges.metres[fastest])
    return np.array_equal(shortest, length)


def _by_source(network: RoadNetwork) -> _Edges:
    start = np.ascontiguousarray(network.edges["place"])
    row = np.argsort(start, kind="stable")
    offsets = np.zeros(network.n_nodes + 1, np.int64)
    np.cumsum(np.bincount(start, minlength=network.n_nodes), out=offsets[1:])
    end = np.repeat(np.arange(network.n_nodes), np.diff(network.edge_offsets))[row]
    seconds, metres = (network.edges[name][row].astype(np.float64) for name in ("time_s", "length_m"))
    return _Edges(offsets, end, seconds, metres)
