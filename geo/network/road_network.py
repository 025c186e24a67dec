"""The road network: immutable arrays, strongly connected parts, saving and loading.

Two views of the same streets. A *link* is a street between two nodes, with a shape; it is what a
point is snapped to and what is drawn. An *edge* is a link in one direction of travel; it is what
the searches run on. Edges are kept sorted by the node where they end, so that a search against
the direction of travel (from the sites towards the homes) reads memory in order.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from scipy import sparse

from geo.crs import require_metric
from geo.errors import NetworkError, SourceError
from geo.network.speeds import DEFAULT_PROFILE, SpeedProfile, speed_profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

#: Beyond this distance (m) a point is not on the network (R5 links within 1,600 m too).
SNAP_LIMIT_M: Final = 1600.0
#: A point is not snapped to a part of the network smaller than this, unless the whole network is.
MIN_COMPONENT_NODES: Final = 50

_FORMAT: Final = 1
_ARRAYS: Final = (
    "x",
    "y",
    "edge_offsets",
    "edge_source",
    "edge_time_s",
    "edge_length_m",
    "link_edges",
    "snappable",
    "shape_xy",
    "shape_offsets",
)


@dataclass(frozen=True, slots=True)
class NetworkSource:
    """What a network was made from; `name` and `notes` are French, shown to users.

    `approximate` is true where no road file was given; `error` then holds its measured error.
    """

    name: str
    file: str = ""
    licence: str | None = None
    vintage: str | None = None
    sha256: str | None = None
    notes: tuple[str, ...] = ()
    approximate: bool = False


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """A directed road network in a metric projection.

    Attributes
    ----------
    x, y
        float64, shape (n_nodes,), metres in `crs`: node positions, in the order given by the maker.
    edge_offsets
        int64, shape (n_nodes + 1,): the edges that end at node v are rows
        ``edge_offsets[v]:edge_offsets[v + 1]`` of the edge arrays.
    edge_source
        int32, shape (n_edges,): node where the edge starts.
    edge_time_s, edge_length_m
        float32, shape (n_edges,): seconds by car, junction delays included; metres along the road.
    link_edges
        int32, shape (n_links, 2): edge along the link's shape and edge against it, -1 where travel
        is not allowed that way.
    snappable
        bool, shape (n_links,): whether a trip may begin or end on the link (not on a motorway).
    shape_xy, shape_offsets
        float64 (k, 2) and int64 (n_links + 1,): the links' shapes one after the other, metres.
    crs
        Code of a projected system in metres.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    edge_offsets: NDArray[np.int64]
    edge_source: NDArray[np.int32]
    edge_time_s: NDArray[np.float32]
    edge_length_m: NDArray[np.float32]
    link_edges: NDArray[np.int32]
    snappable: NDArray[np.bool_]
    shape_xy: NDArray[np.float64]
    shape_offsets: NDArray[np.int64]
    crs: str
    source: NetworkSource = field(default_factory=lambda: NetworkSource("Réseau fourni"))
    profile: str = DEFAULT_PROFILE
    access_m_per_s: float = speed_profile().access_m_per_s
    snap_limit_m: float = SNAP_LIMIT_M

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

        Edges between the same two nodes lie on one link, whichever way they go; where several go
        the same way, all are searched and the fastest stands for the link.

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
        """
        starts, ends_at, time, length, node_x, node_y = _numbers(source, target, travel_time_s, length_m, x, y)
        nodes = np.concatenate([starts, ends_at])
        if not ((np.rint(nodes) == nodes) & (np.abs(nodes) < 2**53)).all():
            msg = (
                "Réseau routier refusé : un nœud de départ ou d'arrivée n'est pas un nombre entier (0 à n - 1 attendu)."
            )
            raise NetworkError(msg)
        start, end = starts.astype(np.int64), ends_at.astype(np.int64)
        _check_edges(start, end, time, length, node_x, node_y)

        low, high = np.minimum(start, end), np.maximum(start, end)
        _, first, link = np.unique(low * max(len(node_x), 1) + high, return_index=True, return_inverse=True)
        ends = np.column_stack([low[first], high[first]]).ravel()
        return cls._from_links(
            start,
            end,
            time,
            length,
            node_x,
            node_y,
            crs,
            link=link,
            against=start > end,
            snappable=np.ones(len(first), bool),
            shape_xy=np.column_stack([node_x[ends], node_y[ends]]),
            shape_offsets=np.arange(len(first) + 1, dtype=np.int64) * 2,
        )

    @classmethod
    def _from_links(  # noqa: PLR0913 - one argument per array of the network
        cls,
        start: NDArray[np.int64],
        end: NDArray[np.int64],
        time: NDArray[np.float64],
        length: NDArray[np.float64],
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        crs: str,
        *,
        link: NDArray[np.int64],
        against: NDArray[np.bool_],
        snappable: NDArray[np.bool_],
        shape_xy: NDArray[np.float64],
        shape_offsets: NDArray[np.int64],
        **described: Any,
    ) -> RoadNetwork:
        """Sort edges by where they end and tie each link to its edges; the arrays are trusted."""
        require_metric(crs, "Réseau routier")
        order = np.lexsort((time, start, end))
        offsets = np.zeros(len(x) + 1, np.int64)
        np.cumsum(np.bincount(end, minlength=len(x)), out=offsets[1:])
        # Slowest first, so that the fastest edge of a direction is the one that stays written.
        slowest_first = np.argsort(-time[order], kind="stable")
        link_edges = np.full((len(snappable), 2), -1, np.int32)
        link_edges[link[order][slowest_first], against[order][slowest_first].astype(np.int64)] = slowest_first
        network = cls(
            x=x,
            y=y,
            edge_offsets=offsets,
            edge_source=start[order].astype(np.int32),
            edge_time_s=time[order].astype(np.float32),
            edge_length_m=length[order].astype(np.float32),
            link_edges=link_edges,
            snappable=snappable,
            shape_xy=shape_xy,
            shape_offsets=shape_offsets,
            crs=crs,
            **described,
        )
        for name in _ARRAYS:
            getattr(network, name).setflags(write=False)
        return network

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.x)

    @property
    def n_edges(self) -> int:
        """Number of directed edges."""
        return len(self.edge_source)

    @property
    def n_links(self) -> int:
        """Number of links (streets, whatever their directions)."""
        return len(self.snappable)

    @cached_property
    def edge_target(self) -> NDArray[np.int32]:
        """Node where each edge ends: int32, shape (n_edges,)."""
        return np.repeat(np.arange(self.n_nodes, dtype=np.int32), np.diff(self.edge_offsets))

    @cached_property
    def by_source(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Edges grouped by where they start: offsets (n_nodes + 1,) and edge positions (n_edges,)."""
        offsets = np.zeros(self.n_nodes + 1, np.int64)
        np.cumsum(np.bincount(self.edge_source, minlength=self.n_nodes), out=offsets[1:])
        return offsets, np.argsort(self.edge_source, kind="stable")

    @cached_property
    def component(self) -> NDArray[np.int32]:
        """Strongly connected part of each node, int32 (n_nodes,): 0 is the largest, then by size."""
        matrix = sparse.csr_array(
            (np.ones(self.n_edges, np.int8), self.edge_source, self.edge_offsets), shape=(self.n_nodes, self.n_nodes)
        )
        count, label = sparse.csgraph.connected_components(matrix, directed=True, connection="strong")
        sizes = np.bincount(label, minlength=count)
        rank = np.empty(count, np.int32)
        rank[np.argsort(-sizes, kind="stable")] = np.arange(count, dtype=np.int32)
        return np.asarray(rank[label], np.int32)

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

        Left out: links closed to trip ends, and those of parts of fewer than `MIN_COMPONENT_NODES` nodes; where
        even the largest part is smaller than that, those of all parts smaller than the largest. In an
        approximated network every part is an island where people live, and none is left out.
        """
        smallest = 0
        if self.n_nodes and not self.source.approximate:
            smallest = min(MIN_COMPONENT_NODES, int(self.component_nodes[0]))
        large = self.component_nodes[self.component] >= smallest
        ends = self.link_ends
        eligible = np.flatnonzero(self.snappable & large[ends[:, 0]] & large[ends[:, 1]])
        return eligible, shapely.STRtree(self.link_shapes(eligible))

    def link_shapes(self, links: NDArray[np.integer] | None = None) -> NDArray[np.object_]:
        """Return the links' shapes as shapely LineStrings in `crs`, shape (n_links,) or (len(links),)."""
        if links is None:
            points, offsets = self.shape_xy, self.shape_offsets
        else:
            counts = np.diff(self.shape_offsets)[links]
            offsets = np.concatenate([[0], np.cumsum(counts)])
            within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
            points = self.shape_xy[np.repeat(self.shape_offsets[links], counts) + within]
        return np.asarray(shapely.linestrings(points, indices=np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))))

    def summary(self) -> dict[str, Any]:
        """Return what a result says of its network, as plain values ready for JSON."""
        return {
            "source": self.source.name,
            "file": self.source.file,
            "vintage": self.source.vintage,
            "licence": self.source.licence,
            "sha256": self.source.sha256,
            "nodes": self.n_nodes,
            "edges": self.n_edges,
            "nodes_main_part": int(self.component_nodes[0]) if self.n_nodes else 0,
            "profile": self.profile,
            "approximate": self.source.approximate,
            "notes": list(self.source.notes),
        }

    def save(self, folder: Path) -> None:
        """Write the network as one ``.npy`` file per array and ``network.json`` into an existing folder."""
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)
        described = {
            "format": _FORMAT,
            "crs": self.crs,
            "profile": self.profile,
            "access_m_per_s": self.access_m_per_s,
            "snap_limit_m": self.snap_limit_m,
            "source": asdict(self.source),
        }
        (folder / "network.json").write_text(json.dumps(described, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> RoadNetwork:
        """Open a saved network, its arrays memory-mapped and read-only; raise `SourceError` if it is damaged."""
        try:
            described: Mapping[str, Any] = json.loads((folder / "network.json").read_text(encoding="utf-8"))
            if described["format"] != _FORMAT:
                msg = (
                    f"Réseau enregistré au format {described['format']}, format {_FORMAT} attendu. "
                    f"Reconstruisez le territoire avec « maillage build »."
                )
                raise SourceError(msg)
            # Unlike np.load, this opens nothing but plain arrays and leaves no file open when it fails.
            arrays = {name: np.lib.format.open_memmap(folder / f"{name}.npy", mode="r") for name in _ARRAYS}
            _check_arrays(arrays)
            require_metric(described["crs"], "Réseau enregistré")
            source = described["source"] | {"notes": tuple(described["source"]["notes"])}
            return cls(
                **arrays,
                crs=described["crs"],
                source=NetworkSource(**source),
                profile=described["profile"],
                access_m_per_s=described["access_m_per_s"],
                snap_limit_m=described["snap_limit_m"],
            )
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            if isinstance(error, SourceError):
                raise
            msg = (
                f"Le réseau enregistré dans « {folder.name} » est illisible ou incomplet. "
                f"Reconstruisez le territoire avec « maillage build »."
            )
            raise SourceError(msg) from error


def build_network(  # noqa: PLR0913 - one argument per array of the network
    *,
    ends: NDArray[np.int64],
    time_s: NDArray[np.float64],
    length_m: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    crs: str,
    snappable: NDArray[np.bool_],
    shape_xy: NDArray[np.float64],
    shape_offsets: NDArray[np.int64],
    source: NetworkSource,
    profile: SpeedProfile,
    access_m_per_s: float | None = None,
    snap_limit_m: float = SNAP_LIMIT_M,
) -> RoadNetwork:
    """Build a network from links.

    Parameters
    ----------
    ends
        Shape (n_links, 2): nodes where each link begins and ends.
    time_s
        Shape (n_links, 2), seconds along and against the shape; NaN or inf: not allowed.
    length_m
        Shape (n_links,), metres.
    x, y, crs, snappable, shape_xy, shape_offsets
        As in `RoadNetwork`.
    source, profile
        Origin and speed profile, named in every result.
    access_m_per_s, snap_limit_m
        Speed off the network (the profile's where `None`) and farthest distance of a point from it.

    Raises
    ------
    NetworkError
        Costs negative, nodes out of range, or no link that can be driven.
    """
    allowed = np.isfinite(time_s)
    link_along, link_against = np.flatnonzero(allowed[:, 0]), np.flatnonzero(allowed[:, 1])
    start = np.concatenate([ends[link_along, 0], ends[link_against, 1]])
    end = np.concatenate([ends[link_along, 1], ends[link_against, 0]])
    link = np.concatenate([link_along, link_against])
    time = np.concatenate([time_s[link_along, 0], time_s[link_against, 1]])
    if not len(start):
        msg = (
            f"{source.name} : aucune route praticable en voiture n'a été trouvée. "
            f"Vérifiez que le fichier contient des routes et qu'il couvre le territoire."
        )
        raise NetworkError(msg)
    drivable = allowed.any(axis=1)
    _check_edges(start, end, time, length_m[link], x, y)
    if not drivable.all():
        kept = np.flatnonzero(drivable)
        renumbered = np.cumsum(drivable) - 1
        counts = np.diff(shape_offsets)
        shape_xy = shape_xy[np.repeat(drivable, counts)]
        shape_offsets = np.concatenate([[0], np.cumsum(counts[kept])]).astype(np.int64)
        link, snappable = renumbered[link], snappable[kept]
    return RoadNetwork._from_links(  # noqa: SLF001 - the second constructor of the same module
        start,
        end,
        time,
        length_m[np.concatenate([link_along, link_against])],
        x,
        y,
        crs,
        link=link,
        against=np.arange(len(start)) >= len(link_along),
        snappable=snappable,
        shape_xy=shape_xy,
        shape_offsets=shape_offsets,
        source=source,
        profile=profile.name,
        access_m_per_s=profile.access_m_per_s if access_m_per_s is None else access_m_per_s,
        snap_limit_m=snap_limit_m,
    )


def _numbers(*columns: ArrayLike) -> list[NDArray[np.float64]]:
    """Return copies as float64; raise `NetworkError` where one is not made of numbers."""
    try:
        return [np.array(column, np.float64).ravel() for column in columns]
    except (TypeError, ValueError) as error:
        msg = "Réseau routier refusé : une liste contient autre chose que des nombres."
        raise NetworkError(msg) from error


def _check_arrays(arrays: Mapping[str, NDArray[Any]]) -> None:
    """Raise `ValueError` unless the arrays of a saved network have the types, shapes and ranges that go together."""
    nodes, edges, links = (len(arrays[name]) for name in ("x", "edge_source", "snappable"))
    expected: dict[str, tuple[tuple[int, ...], type[np.generic]]] = {
        "x": ((nodes,), np.float64),
        "y": ((nodes,), np.float64),
        "edge_offsets": ((nodes + 1,), np.int64),
        "edge_source": ((edges,), np.int32),
        "edge_time_s": ((edges,), np.float32),
        "edge_length_m": ((edges,), np.float32),
        "link_edges": ((links, 2), np.int32),
        "snappable": ((links,), np.bool_),
        "shape_xy": ((len(arrays["shape_xy"]), 2), np.float64),
        "shape_offsets": ((links + 1,), np.int64),
    }
    wrong = [
        name
        for name, (shape, kind) in expected.items()
        if arrays[name].shape != shape or arrays[name].dtype != np.dtype(kind)
    ]
    for name, last in (("edge_offsets", edges), ("shape_offsets", len(arrays["shape_xy"]))):
        if name not in wrong and (
            arrays[name][0] != 0 or arrays[name][-1] != last or (np.diff(arrays[name]) < 0).any()
        ):
            wrong.append(name)
    for name, lowest, end in (("edge_source", 0, nodes), ("link_edges", -1, edges)):
        if arrays[name].size and not lowest <= arrays[name].min() <= arrays[name].max() < end:
            wrong.append(name)
    if wrong:
        msg = ", ".join(wrong)
        raise ValueError(msg)


def _check_edges(
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    time: NDArray[np.float64],
    length: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> None:
    """Raise `NetworkError` naming every fault of a list of directed edges."""
    faults = []
    if not len(start) == len(end) == len(time) == len(length):
        faults.append(f"listes de longueurs différentes ({len(start)}, {len(end)}, {len(time)}, {len(length)})")
    if len(x) != len(y) or not (np.isfinite(x).all() and np.isfinite(y).all()):
        faults.append("coordonnées de nœuds manquantes ou non numériques")
    for name, nodes in (("de départ", start), ("d'arrivée", end)):
        outside = int(((nodes < 0) | (nodes >= len(x))).sum())
        if outside:
            faults.append(f"{outside} arc(s) dont le nœud {name} n'existe pas (attendu : 0 à {len(x) - 1})")
    for name, cost in (("le temps est négatif, infini", time), ("la longueur est négative, infinie", length)):
        bad = int((~np.isfinite(cost) | (cost < 0)).sum())
        if bad:
            faults.append(f"{bad} arc(s) dont {name} ou non numérique")
    if faults:
        raise NetworkError("Réseau routier refusé : " + " ; ".join(faults) + ".")
