"""The road network: immutable arrays, strongly connected parts, saving and loading.

Two views of the same streets. A *link* is a street between two nodes, with a shape: what a point is snapped to and
what is drawn. An *edge* is a link in one direction of travel: what the searches run on. Edges are sorted by the node
where they end: a search against the direction of travel (from the sites towards the homes) reads memory in order.

Nodes have two numbers. Their *position* is the maker's: `x`, `y`, and every result are in that order. Their *place* is
their rank along a curve (`geo.network.layout`), which the edge arrays follow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

from geo.crs import require_metric
from geo.network import array_checks as checks
from geo.network.layout import (
    ARRAYS,
    EDGE,
    by_number,
    edge_order,
    fixed,
    line_strings,
    pair_numbers,
    places,
    row_offsets,
    strong_parts,
)
from geo.network.modes import CAR
from geo.network.origin import NetworkSource, NetworkSummary
from geo.network.speeds import DEFAULT_PROFILE, speed_profile

if TYPE_CHECKING:
    from pathlib import Path

    import shapely
    from numpy.typing import ArrayLike, NDArray

    from geo.network.array_checks import Lines
    from geo.network.known_points import KnownPoints

#: Beyond this distance (m) a point is not on the network (R5 links within 1,600 m too).
SNAP_LIMIT_M: Final = 1600.0
#: A point is not snapped to a part of the network smaller than this, unless the whole network is.
MIN_COMPONENT_NODES: Final = 50


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """A directed road network in a metric projection.

    Attributes
    ----------
    x, y
        float64, shape (n_nodes,), metres in `crs`: node positions, in the order given by the maker.
    place
        int32, shape (n_nodes,): place of each node.
    edge_offsets
        int32, shape (n_nodes + 1,): the edges that end at the node of place p are rows
        ``edge_offsets[p]:edge_offsets[p + 1]`` of `edges`.
    edges
        `geo.network.layout.EDGE`, shape (n_edges,): place of the node where the edge starts; seconds by `mode`,
        junction delays included; metres along the road.
    link_edges
        int32, shape (n_links, 2): edge along the link's shape and edge against it, -1: not allowed that way.
    snappable
        bool, shape (n_links,): whether a trip may begin or end on the link (not on a motorway).
    shape_xy, shape_offsets
        float64 (k, 2) and int64 (n_links + 1,): the links' shapes one after the other, metres.
    crs
        Code of a projected system in metres.
    end_time_s
        Seconds that a trip takes besides at each of its ends: local streets that the network does not hold.
    barriers
        Lines in `crs` that no way from a point to its street crosses: wide water, walls of a cirque.
    mode
        Way to travel, of `geo.network.modes.MODES`.

    Examples
    --------
    >>> there, back = [0, 1, 1, 2], [1, 0, 2, 1]
    >>> roads = RoadNetwork.from_edges(there, back, [60] * 4, [500] * 4, [0, 500, 1000], [0, 0, 0], "EPSG:2154")
    >>> roads.n_nodes, roads.n_edges, len(roads.link_edges)
    (3, 4, 2)
    >>> sorted(zip(roads.edge_source.tolist(), roads.edge_target.tolist()))
    [(0, 1), (1, 0), (1, 2), (2, 1)]
    >>> float(roads.edge_time_s.max()), float(roads.edge_length_m.max()), roads.component.tolist()
    (60.0, 500.0, [0, 0, 0])
    >>> roads.component_nodes.tolist(), roads.link_ends.tolist(), roads.edge_link.tolist(), roads.typical_edge_s
    ([3], [[0, 1], [1, 2]], [0, 0, 1, 1], 60.0)
    >>> len(roads.by_source), len(roads.street_index[0]), roads.node_at[roads.place].tolist()
    (3, 2, [0, 1, 2])
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    place: NDArray[np.int32]
    edge_offsets: NDArray[np.int32]
    edges: NDArray[np.void]
    link_edges: NDArray[np.int32]
    snappable: NDArray[np.bool_]
    shape_xy: NDArray[np.float64]
    shape_offsets: NDArray[np.int64]
    crs: str
    source: NetworkSource = field(default_factory=lambda: NetworkSource("Réseau fourni"))
    profile: str = DEFAULT_PROFILE
    access_m_per_s: float = speed_profile().access_m_per_s
    snap_limit_m: float = SNAP_LIMIT_M
    end_time_s: float = 0.0
    barriers: Lines = ()
    mode: str = CAR
    #: Points that need not be looked for, told by `geo.network.known_points.remember_points`.
    known_points: ClassVar[KnownPoints | None] = None

    @classmethod
    def from_edges(
        cls,
        source: ArrayLike,
        target: ArrayLike,
        travel_time_s: ArrayLike,
        length_m: ArrayLike,
        x: ArrayLike,
        y: ArrayLike,
        crs: str,
    ) -> RoadNetwork:
        """Build a network of straight streets from directed edges.

        Edges between the same two nodes lie on one link; of several that go the same way the fastest stands for it.

        Parameters
        ----------
        source, target
            Integers, shape (n_edges,): node positions 0..n-1 where each edge starts and ends.
        travel_time_s, length_m
            Shape (n_edges,): seconds and metres, finite and not negative.
        x, y
            Shape (n_nodes,): node coordinates in `crs`, metres.
        crs
            A projected system in metres, such as ``"EPSG:2154"``.

        Raises
        ------
        NetworkError
            Arrays of different lengths, node positions out of range, or costs that are negative,
            infinite or not numbers; all faults in one message.
        CrsError
            `crs` is not projected in metres.

        Examples
        --------
        >>> from geo.network import RoadNetwork
        >>> there, back = [0, 1, 1, 2], [1, 0, 2, 1]
        >>> RoadNetwork.from_edges(there, back, [60] * 4, [500] * 4, [0, 500, 1000], [0, 0, 0], "EPSG:2154").n_nodes
        3
        """
        start, end = (checks.whole_numbers(nodes) for nodes in (source, target))
        time, length = (checks.flat(cost, "f", np.float64) for cost in (travel_time_s, length_m))
        node_x, node_y = (checks.flat(values, "", np.float64) for values in (x, y))
        checks.check_edges(start, end, time, length, node_x, node_y)

        place = places(node_x, node_y)
        start, end = place[start], place[end]
        link, first = pair_numbers(start, end, len(place))
        ends = np.argsort(place)[np.sort(np.column_stack([start[first], end[first]])).ravel()]
        return network_of_edges(
            start,
            end,
            time,
            length,
            node_x,
            node_y,
            crs,
            place=place,
            link=link,
            against=start > end,
            snappable=np.ones(len(first), bool),
            shape_xy=np.column_stack([node_x[ends], node_y[ends]]),
            shape_offsets=np.arange(len(first) + 1, dtype=np.int64) * 2,
        )

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.x)

    @property
    def n_edges(self) -> int:
        """Number of directed edges."""
        return len(self.edges)

    @cached_property
    def node_at(self) -> NDArray[np.int32]:
        """Node at each place: int32, shape (n_nodes,)."""
        node = np.empty(self.n_nodes, np.int32)
        node[self.place] = np.arange(self.n_nodes, dtype=np.int32)
        return fixed(node)

    @property
    def edge_source(self) -> NDArray[np.int32]:
        """Node where each edge starts: int32, shape (n_edges,)."""
        return np.asarray(self.node_at[self.edges["place"]], np.int32)

    @property
    def edge_target(self) -> NDArray[np.int32]:
        """Node where each edge ends: int32, shape (n_edges,)."""
        return np.repeat(self.node_at, np.diff(self.edge_offsets))

    @property
    def edge_time_s(self) -> NDArray[np.float32]:
        """Seconds along each edge: float32, shape (n_edges,)."""
        return np.asarray(self.edges["time_s"], np.float32)

    @property
    def edge_length_m(self) -> NDArray[np.float32]:
        """Metres along each edge: float32, shape (n_edges,)."""
        return np.asarray(self.edges["length_m"], np.float32)

    @cached_property
    def edge_link(self) -> NDArray[np.int32]:
        """Link of each edge: int32, shape (n_edges,), -1 for an edge slower than another of its link and direction."""
        link = np.full(self.n_edges, -1, np.int32)
        for side in (0, 1):
            open_ = np.flatnonzero(self.link_edges[:, side] >= 0)
            link[self.link_edges[open_, side]] = open_
        return link

    @cached_property
    def by_source(self) -> tuple[NDArray[np.int32], NDArray[np.void], NDArray[np.int32]]:
        """The edges sorted by where they start, for searches along the direction of travel.

        Offsets by place, int32 (n_nodes + 1,); `EDGE` records that hold where each ends; its row in `edges`, int32.
        """
        start = np.ascontiguousarray(self.edges["place"])
        row = by_number(start, np.arange(self.n_edges, dtype=np.int32), self.n_nodes)
        edges = self.edges[row]
        edges["place"] = np.repeat(np.arange(self.n_nodes, dtype=np.int32), np.diff(self.edge_offsets))[row]
        return fixed(row_offsets(start, self.n_nodes)), fixed(edges), fixed(row)

    @cached_property
    def typical_edge_s(self) -> float:
        """Seconds along a typical edge (the median of an even sample), 1 where that is 0: the searches' unit."""
        sample = self.edges["time_s"][:: max(1, self.n_edges // 10_000)]
        return float(np.median(sample)) or float(np.mean(sample)) or 1.0 if len(sample) else 1.0

    @cached_property
    def component(self) -> NDArray[np.int32]:
        """Strongly connected part of each node, int32 (n_nodes,): 0 is the largest, then by size."""
        return strong_parts(self.edge_offsets, self.edges)[self.place]

    @cached_property
    def component_nodes(self) -> NDArray[np.int64]:
        """Number of nodes of each strongly connected part, largest first."""
        return np.bincount(self.component) if self.n_nodes else np.zeros(0, np.int64)

    @cached_property
    def link_ends(self) -> NDArray[np.int32]:
        """Nodes where each link's shape begins and ends: int32, shape (n_links, 2)."""
        along, against = self.link_edges[:, 0], self.link_edges[:, 1]
        two_way = along >= 0
        edge = np.where(two_way, along, against)
        start, end = self.edge_source[edge], self.edge_target[edge]
        return np.column_stack([np.where(two_way, start, end), np.where(two_way, end, start)])

    @cached_property
    def street_index(self) -> tuple[NDArray[np.int64], shapely.STRtree]:
        """Links that points may be snapped to (positions) and the spatial index of their shapes.

        Left out: links closed to trip ends, and those of parts of fewer than `MIN_COMPONENT_NODES` nodes (than the
        largest has, where that is fewer). In an approximated network every part is an island where people live.
        """
        import shapely  # noqa: PLC0415

        smallest = 0
        if self.n_nodes and not self.source.approximate:
            smallest = min(MIN_COMPONENT_NODES, int(self.component_nodes[0]))
        large = self.component_nodes[self.component] >= smallest
        ends = self.link_ends
        eligible = np.flatnonzero(self.snappable & large[ends[:, 0]] & large[ends[:, 1]])
        return eligible, shapely.STRtree(self.link_shapes(eligible))

    def link_shapes(self, links: NDArray[np.integer] | None = None) -> NDArray[np.object_]:
        """Return the links' shapes as shapely LineStrings in `crs`, shape (n_links,) or (len(links),).

        Examples
        --------
        >>> roads = RoadNetwork.from_edges([0], [1], [60], [500], [0, 500], [0, 0], "EPSG:2154")
        >>> roads.link_shapes()[0].wkt
        'LINESTRING (0 0, 500 0)'
        """
        return line_strings(self.shape_xy, self.shape_offsets, links)

    def summary(self) -> NetworkSummary:
        """Return what a result says of this network.

        Examples
        --------
        >>> roads = RoadNetwork.from_edges([0], [1], [60], [500], [0, 500], [0, 0], "EPSG:2154")
        >>> roads.summary().source
        'Réseau fourni'
        """
        return NetworkSummary(
            source=self.source.name,
            file=self.source.file,
            vintage=self.source.vintage,
            licence=self.source.licence,
            sha256=self.source.sha256,
            nodes=self.n_nodes,
            edges=self.n_edges,
            nodes_main_part=int(self.component_nodes[0]) if self.n_nodes else 0,
            profile=self.profile,
            approximate=self.source.approximate,
            notes=self.source.notes,
        )

    def save(self, folder: Path) -> None:
        """Write the network as one ``.npy`` file per array and ``network.json`` into an existing folder.

        Examples
        --------
        >>> RoadNetwork.from_edges([0], [1], [60], [500], [0, 500], [0, 0], "EPSG:2154").save(folder)
        >>> RoadNetwork.load(folder).n_nodes
        2
        """
        from geo.network.saved import save_network  # noqa: PLC0415 - loaded where a folder is read or written

        save_network(self, folder)

    @staticmethod
    def load(folder: Path) -> RoadNetwork:
        """Open a saved network, its arrays memory-mapped and read-only; raise `SourceError` if it is damaged.

        Examples
        --------
        >>> RoadNetwork.from_edges([0], [1], [60], [500], [0, 500], [0, 0], "EPSG:2154").save(folder)
        >>> float(RoadNetwork.load(folder).edge_time_s[0])
        60.0
        """
        from geo.network.saved import load_network  # noqa: PLC0415

        return load_network(RoadNetwork, folder)


def network_of_edges(  # noqa: PLR0913 - one argument per array of the network
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    time: NDArray[np.floating],
    length: NDArray[np.floating],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    crs: str,
    *,
    place: NDArray[np.int32],
    link: NDArray[np.integer],
    against: NDArray[np.bool_],
    snappable: NDArray[np.bool_],
    shape_xy: NDArray[np.float64],
    shape_offsets: NDArray[np.int64],
    **described: Any,
) -> RoadNetwork:
    """Sort edges (between places) by where they end and tie each link to its edges; the arrays are trusted."""
    require_metric(crs, "Réseau routier")
    time, length = time.astype(np.float32), length.astype(np.float32)
    order = edge_order(start, end, time, length, len(x))
    edges = np.empty(len(order), EDGE)
    edges["place"], edges["time_s"], edges["length_m"] = start[order], time[order], length[order]
    # Last to first, so that the fastest edge of a direction, the first, is the one that stays written.
    link_edges = np.full((len(snappable), 2), -1, np.int32)
    backwards = order[::-1]
    link_edges[link[backwards], against[backwards].astype(np.int8)] = np.arange(len(order))[::-1]
    network = RoadNetwork(
        x=x,
        y=y,
        place=place,
        edge_offsets=row_offsets(end, len(x)),
        edges=edges,
        link_edges=link_edges,
        snappable=snappable,
        shape_xy=shape_xy,
        shape_offsets=shape_offsets,
        crs=crs,
        **described,
    )
    for name in ARRAYS:
        getattr(network, name).setflags(write=False)
    return network
