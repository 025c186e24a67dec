"""Ways of OpenStreetMap as whole arrays: their points, cut at the nodes that no place is known of and at barriers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from geo.network.modes import BIKE, CAR, WALK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network.osm_tags import WayKinds

#: What stands for a mode that does not pass a point.
MODE_BITS: Final = {CAR: np.uint8(1), WALK: np.uint8(2), BIKE: np.uint8(4)}
_Value = TypeVar("_Value", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways that the modes that are read may use.

    Attributes
    ----------
    kinds, kind
        Table of kinds, and the kind of each way: integers, shape (n,).
    counts
        Integers, shape (n,): points of each way, at least 2.
    point
        Integers, shape (k,): the points of the ways, one way after the other.
    lon, lat
        float64, shape (n_points,): degrees (EPSG:4326).
    signal
        bool, shape (n_points,): points with traffic lights.
    barrier
        uint8, shape (n_points,): sum of `MODE_BITS` of the modes that do not pass the point.
    """

    kinds: WayKinds
    kind: NDArray[np.integer[Any]]
    counts: NDArray[np.integer[Any]]
    point: NDArray[np.integer[Any]]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    signal: NDArray[np.bool_]
    barrier: NDArray[np.uint8]

    @classmethod
    def of_nodes(  # noqa: PLR0913 - one argument per array
        cls,
        kinds: WayKinds,
        *,
        kind: NDArray[np.integer[Any]],
        counts: NDArray[np.integer[Any]],
        refs: NDArray[np.int64],
        lon: NDArray[Any],
        lat: NDArray[Any],
        signals: NDArray[np.int64],
        barriers: NDArray[np.int64],
        stopped: NDArray[np.uint8] | None = None,
        per_degree: int = 1,
    ) -> Ways:
        """Give one point to each node.

        `refs`, `lon` and `lat` (k,) are of the ways' nodes; `signals` are the nodes with lights, `barriers` those that
        some mode does not pass, and `stopped` the sum of its `MODE_BITS` (`None`: cars).
        """
        stopped = np.full(len(barriers), MODE_BITS[CAR], np.uint8) if stopped is None else stopped
        # np.unique does the same in twice the memory.
        order = np.argsort(refs, kind="stable")
        nodes = refs[order]
        new = np.append(True, nodes[1:] != nodes[:-1])[: len(nodes)]
        point = np.empty(len(refs), np.int32)
        point[order] = np.cumsum(new, dtype=np.int32) - 1
        first, nodes = order[new], nodes[new]
        return cls(
            kinds,
            kind,
            counts,
            point,
            lon=lon[first] / per_degree,
            lat=lat[first] / per_degree,
            signal=_marked(nodes, signals, np.ones(len(signals), bool)),
            barrier=_marked(nodes, barriers, stopped),
        )

    def of_mode(self, mode: str) -> Ways:
        """Return the ways that a mode may use, with the barriers that stop it; all points keep their numbers."""
        open_ = self.kinds.open_to(mode)
        ways = self if open_.all() else self.take(np.flatnonzero(open_[self.kind]))
        return replace(ways, barrier=self.barrier & MODE_BITS[mode])

    def take(self, rows: NDArray[np.integer[Any]]) -> Ways:
        """Return the ways at these positions, in that order; all points keep their numbers."""
        begins = np.cumsum(self.counts) - self.counts
        return replace(
            self,
            kind=self.kind[rows],
            counts=self.counts[rows],
            point=self.point[ranges(begins[rows], self.counts[rows])],
        )

    def cut_at_barriers(self) -> Ways:
        """End every way at the barriers that it meets, each end at a point of its own that no other way shares."""
        rows = np.flatnonzero(self.barrier[self.point])
        if not len(rows):
            return self
        ends = np.cumsum(self.counts)
        way = np.searchsorted(ends, rows, side="right")
        inside = (rows != ends[way] - 1) & (rows != ends[way] - self.counts[way])
        inside &= self.point[rows] != self.point[rows - 1]  # a node written twice in a row is one
        # The point where a way is cut is written twice: as the end of one part, and as the start of the next.
        cut, cut_way = rows[inside], way[inside]
        cuts = np.bincount(cut_way, minlength=len(self.counts))
        point = np.insert(self.point, cut, self.point[cut])
        part_ends = np.sort(np.append(cut + np.arange(len(cut)), ends + np.cumsum(cuts) - 1))
        alone = np.flatnonzero(self.barrier[point])
        places = point[alone]
        point[alone] = len(self.lon) + np.arange(len(alone), dtype=np.int32)
        return replace(
            self,
            kind=np.repeat(self.kind, cuts + 1),
            counts=np.diff(part_ends, prepend=-1),
            point=point,
            lon=np.append(self.lon, self.lon[places]),
            lat=np.append(self.lat, self.lat[places]),
            signal=np.append(self.signal, np.zeros(len(alone), bool)),
            barrier=np.append(self.barrier, self.barrier[places]),
        )


def ranges(begins: NDArray[np.integer[Any]], counts: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
    """Return the whole numbers ``begin, begin + 1, ...``, as many as counted, of one range after the other."""
    before = np.cumsum(counts) - counts
    numbers = np.repeat((begins - before).astype(np.int32), counts)
    numbers += np.arange(len(numbers), dtype=np.int32)
    return numbers


def parts_with_a_place(
    counts: NDArray[np.integer[Any]], placed: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Cut ways at the nodes that have no place; a single node between two of those is no part.

    Parameters
    ----------
    counts
        Shape (n,): nodes of each way.
    placed
        Shape (k,): which of the nodes have a place, one way after the other.

    Returns
    -------
    The way of each part, the nodes of each part, at least two, and which of the nodes are kept, shape (k,).

    Examples
    --------
    >>> way, nodes, kept = parts_with_a_place(np.array([4, 2]), np.array([True, True, False, True, True, True]))
    >>> way.tolist(), nodes.tolist(), kept.tolist()
    ([0, 1], [2, 2], [True, True, False, False, True, True])
    """
    way = np.repeat(np.arange(len(counts)), counts)
    begins = placed & np.append(True, ~placed[:-1] | (way[1:] != way[:-1]))[: len(placed)]
    part = np.cumsum(begins) - 1
    nodes = np.bincount(part[placed], minlength=int(begins.sum()))
    long = nodes > 1
    kept = placed.copy()
    kept[placed] = long[part[placed]]
    return way[begins][long], nodes[long], kept


def _marked(nodes: NDArray[np.int64], some: NDArray[np.int64], value: NDArray[_Value]) -> NDArray[_Value]:
    """Return the value of each of the nodes, in order, that is among these, 0 of the others: shape (n_nodes,)."""
    at, after = (np.searchsorted(nodes, some, side=side) for side in ("left", "right"))
    marked = np.zeros(len(nodes), value.dtype)
    marked[at[at < after]] = value[at < after]
    return marked
