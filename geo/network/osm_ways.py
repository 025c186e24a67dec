"""Ways of OpenStreetMap as whole arrays: their points, cut at the nodes that no place is known of and at barriers.

A node may stop a mode in one direction of its way: the first hundredth of the way to the next node is then closed that
way, which leaves the rest to those who live there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from geo.network.modes import BIKE, CAR, WALK
from geo.network.osm_active import stops
from geo.network.osm_tags import DIRECTIONS, stops_cars

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from geo.network.osm_tags import WayKinds

#: What stands for a direction that is closed: along the way, against it.
ALONG: Final = np.uint8(1)
AGAINST: Final = np.uint8(2)
_BOTH: Final = ALONG | AGAINST
#: How far these are shifted for a mode that does not pass a point.
_SHIFT: Final = {CAR: np.uint8(0), WALK: np.uint8(2), BIKE: np.uint8(4)}
#: Where a way is cut beyond a point that is closed in one direction, as a share of the way to the next point.
_BEYOND: Final = 0.01
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
        uint8, shape (n_points,): which modes do not pass the point in which direction of a way (`stopped_modes`).
    closed
        uint8, shape (n,): `ALONG`, `AGAINST`, or both, where barriers close a way; `None`: none is.
    """

    kinds: WayKinds
    kind: NDArray[np.integer[Any]]
    counts: NDArray[np.integer[Any]]
    point: NDArray[np.integer[Any]]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    signal: NDArray[np.bool_]
    barrier: NDArray[np.uint8]
    closed: NDArray[np.uint8] | None = None

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
        stopped: NDArray[np.uint8],
        per_degree: int = 1,
    ) -> Ways:
        """Give one point to each node.

        `refs`, `lon` and `lat` (k,) are of the ways' nodes; `signals` are the nodes with lights, `barriers` those that
        some mode does not pass, and `stopped` which (`stopped_modes`).
        """
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
        return replace(ways, barrier=self.barrier >> _SHIFT[mode] & _BOTH)

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
        """End every way at the barriers that it meets, each end at a point of its own that no other way shares.

        `barrier` holds those of one mode. For those that close one direction only see `closed_beyond`.
        """
        rows = np.flatnonzero(self.barrier[self.point] == _BOTH)
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
        alone = np.flatnonzero(self.barrier[point] == _BOTH)
        places = point[alone]
        point[alone] = len(self.lon) + np.arange(len(alone), dtype=np.int32)
        kind, counts = np.repeat(self.kind, cuts + 1), np.diff(part_ends, prepend=-1)
        return self._with_points(kind, counts, point, self.lon[places], self.lat[places])

    def closed_beyond(self) -> Ways:
        """Close a short part of every way beyond each point that it passes in one direction only (before its last)."""
        rows = np.flatnonzero(self.barrier[self.point] % _BOTH)
        if not len(rows):
            return self
        ends = np.cumsum(self.counts) - 1
        way = np.searchsorted(ends, rows)
        last, first = rows == ends[way], rows == ends[way] - self.counts[way] + 1
        here, next_ = self.point[rows], self.point[np.where(last, rows - 1, rows + 1)]
        lon, lat = (axis[here] + _BEYOND * (axis[next_] - axis[here]) for axis in (self.lon, self.lat))
        is_end, closed = np.zeros(len(self.point), bool), np.zeros(len(self.point), np.uint8)
        is_end[ends] = is_end[rows[~first]] = True
        closed[rows[last]] = self.barrier[here[last]]
        # Where to insert a point, which, whether a part ends there, and how that part is closed. A point where a way is
        # cut is written twice: as the end of one part, and as the start of the next.
        added: list[tuple[int, int, bool, int]] = []
        for number, row in enumerate(rows.tolist()):
            at, beyond = row + (not last[number]), len(self.lon) + number
            if not (first[number] or last[number]):
                added.append((at, int(here[number]), False, 0))
            bits = 0 if last[number] else int(self.barrier[here[number]])
            added += [(at, beyond, True, bits), (at, beyond, False, 0)]
        rows_to, *values = map(np.array, zip(*added, strict=True))
        point, is_end, closed = (
            np.insert(old, rows_to, new) for old, new in zip((self.point, is_end, closed), values, strict=True)
        )
        part_ends = np.flatnonzero(is_end)
        parts = np.bincount(np.append(way, way[~(first | last)]), minlength=len(self.counts)) + 1
        kind, counts = np.repeat(self.kind, parts), np.diff(part_ends, prepend=-1)
        return replace(self._with_points(kind, counts, point, lon, lat), closed=closed[part_ends])

    def _with_points(
        self,
        kind: NDArray[np.integer[Any]],
        counts: NDArray[np.integer[Any]],
        point: NDArray[np.integer[Any]],
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
    ) -> Ways:
        """Return these ways, which pass through more points: those at `lon` and `lat`, numbered after the others."""
        return replace(
            self,
            kind=kind,
            counts=counts,
            point=point,
            lon=np.append(self.lon, lon),
            lat=np.append(self.lat, lat),
            signal=np.append(self.signal, np.zeros(len(lon), bool)),
            barrier=np.append(self.barrier, np.zeros(len(lon), np.uint8)),
        )


def stopped_modes(tags: Mapping[str, Any], modes: Collection[str]) -> int:
    """Return which of the modes do not pass a node with these tags, in which direction: 0 where all do.

    Examples
    --------
    >>> stopped_modes({"barrier": "gate"}, ("car",))
    0
    """
    stopped = 0
    for mode in modes:
        for bit, direction in ((ALONG, DIRECTIONS[0]), (AGAINST, DIRECTIONS[1])):
            if stops_cars(tags, direction) if mode == CAR else stops(mode, tags, direction):
                stopped |= int(bit << _SHIFT[mode])
    return stopped


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
