"""Points on the network: the nearest place of a street, and the legs that lead there.

A point is tied to the nearest place *on a street*, not to the nearest crossing: along a country
road the next crossing may be kilometres away. From there a trip leaves by either end of the
street, where its direction allows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from pyproj.enums import TransformDirection

from geo.crs import to_metres
from geo.network.barriers import across

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geo.network.road_network import RoadNetwork

#: Longitudes and latitudes of points, degrees, shape (n,) each.
Points = tuple["NDArray[np.float64]", "NDArray[np.float64]"]

#: Residents whose point is farther (m) than this from a street are told so: their way to it is not measured well.
FAR_FROM_ROADS_M: Final = 500.0
#: On an estimated network, points closer than this (m) and nearest to the same node are also joined straight, at the
#: speed off the network.
SHORT_TRIP_M: Final = 5_000.0
#: Up to so many pairs of points all of their distances are measured: an index of them takes longer.
_FEW_PAIRS: Final = 20_000
#: On an estimated network, metres of road a metre of straight line off the network.
UNKNOWN_ROADS_DETOUR: Final = 1.3
#: On an estimated network a trip may also join the next roads around a point, this many, no farther (m) than this: the
#: nearest one may lead away from the town that the point is in.
ROADS_AROUND: Final = 8
AROUND_M: Final = 3_000.0
#: A place closer (m) than this to a street stands on it.
_ON_THE_STREET_M: Final = 1.0


@dataclass(frozen=True, slots=True)
class StreetsAround:
    """The other streets that trips may join from points, in the order of the points.

    `point`: int64, shape (m,), positions of the points; `link`, `fraction`, `distance_m`: as of `SnappedPoints`.
    """

    point: NDArray[np.int64]
    link: NDArray[np.int64]
    fraction: NDArray[np.float64]
    distance_m: NDArray[np.float64]

    def take(self, rows: NDArray[np.int64]) -> StreetsAround:
        """Return those of some of the points, by position."""
        low, high = (np.searchsorted(self.point, rows, side=side) for side in ("left", "right"))
        count = high - low
        of = np.repeat(np.arange(len(rows)), count)
        which = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
        return StreetsAround(of, self.link[which], self.fraction[which], self.distance_m[which])


@dataclass(frozen=True, slots=True)
class SnappedPoints:
    """Where points lie on a network.

    Attributes
    ----------
    link
        int64, shape (n,): link of the network, -1 for a point off it: beyond the limit, or parted from it by a barrier.
    fraction
        float64, shape (n,): place along the link's shape, 0 at its beginning, 1 at its end; NaN off the network.
    distance_m
        float64, shape (n,): metres between the point and that place, or to the nearest street where that is beyond
        the limit or behind a barrier (inf: the network has no street to snap to).
    xy
        float64, shape (n, 2): the points themselves, metres in the network's projection.
    around
        On an estimated network the other streets that trips may join: the nearest one may lead away from the town that
        a point is in.
    """

    link: NDArray[np.int64]
    fraction: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    xy: NDArray[np.float64]
    around: StreetsAround | None = None

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.link)

    def take(self, which: ArrayLike) -> SnappedPoints:
        """Return some of the points, by position."""
        rows = np.arange(len(self))[np.asarray(which)]
        around = None if self.around is None else self.around.take(rows)
        return SnappedPoints(self.link[rows], self.fraction[rows], self.distance_m[rows], self.xy[rows], around)


@dataclass(frozen=True, slots=True)
class Legs:
    """Legs between points and nodes, at most three a street: of one street, of several on an estimated network.

    `point` and `node` are int64 positions, `time_s` and `length_m` float64: the access leg off the
    network and the part of the street, all of shape (n_legs,). `n_points` counts the points, with
    those that no leg leads to.
    """

    point: NDArray[np.int64]
    node: NDArray[np.int64]
    time_s: NDArray[np.float64]
    length_m: NDArray[np.float64]
    n_points: int


def snap(network: RoadNetwork, lon: ArrayLike, lat: ArrayLike) -> SnappedPoints:
    """Find the nearest place of a street for each point.

    Streets where a trip cannot begin or end (motorways), those of small cut-off parts of the network (fewer than 50
    nodes, unless the whole network is smaller) and those behind a barrier are not considered.

    Parameters
    ----------
    network
        Road network; its `snap_limit_m` decides which points are off the network.
    lon, lat
        Degrees (EPSG:4326), shape (n,).

    Examples
    --------
    >>> from geo import Territory
    >>> on_street = snap(Territory.load("64").network, [-1.57, 10.0], [43.31, 43.31])
    >>> (on_street.link >= 0).tolist()
    [True, False]
    """
    where = np.ravel(lon).astype(np.float64), np.ravel(lat).astype(np.float64)
    if network.known_points is not None and (known := network.known_points.find(*where)) is not None:
        return known
    return snap_xy(network, *to_metres(network.crs).transform(*where))


def snap_xy(network: RoadNetwork, x: ArrayLike, y: ArrayLike) -> SnappedPoints:
    """Do as `snap` for points in the network's own projection (metres)."""
    xy = np.column_stack([np.ravel(x), np.ravel(y)]).astype(np.float64)
    points: NDArray[Any] = np.asarray(shapely.points(xy))
    n = len(points)
    link = np.full(n, -1, np.int64)
    fraction = np.full(n, np.nan)
    distance = np.full(n, np.inf)
    eligible, tree = network.street_index
    if not len(eligible) or not n:
        return SnappedPoints(link, fraction, distance, xy)
    (which, found), metres = tree.query_nearest(points, all_matches=True, return_distance=True)
    # Of streets equally near, the one with the lowest number: the answer does not depend on the tree.
    order = np.lexsort((eligible[found], metres, which))
    which, found, metres = which[order], found[order], metres[order]
    first = np.ones(len(which), bool)
    first[1:] = which[1:] != which[:-1]
    which, found, metres = which[first], found[first], metres[first]
    distance[which] = metres
    near = metres <= network.snap_limit_m
    which, found = _not_across(network, points, which[near], found[near])
    distance[which] = shapely.distance(points[which], tree.geometries[found])
    link[which] = eligible[found]
    fraction[which] = shapely.line_locate_point(tree.geometries[found], points[which], normalized=True)
    # A street of no length has no "along": its beginning stands for it.
    fraction[which] = np.nan_to_num(fraction[which], nan=0.0)
    found_once = SnappedPoints(link, fraction, distance, xy)
    return (
        replace(found_once, around=_streets_around(network, found_once)) if network.source.approximate else found_once
    )


def _not_across(
    network: RoadNetwork, points: NDArray[Any], which: NDArray[np.int64], found: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give points that a barrier parts from their street the nearest one that it does not; leave out those without."""
    _, tree = network.street_index
    apart = across(_ways(tree, points[which], found), network.barriers)
    kept = np.ones(len(which), bool)
    found = found.copy()
    for row in apart:
        others = tree.query(points[which[row]], "dwithin", distance=network.snap_limit_m)
        here = np.full(len(others), points[which[row]])
        open_ = np.setdiff1d(np.arange(len(others)), across(_ways(tree, here, others), network.barriers))
        kept[row] = bool(len(open_))
        if kept[row]:
            metres = shapely.distance(here[open_], tree.geometries[others[open_]])
            found[row] = others[open_[np.lexsort((others[open_], metres))[0]]]
    return which[kept], found[kept]


def _ways(tree: shapely.STRtree, points: NDArray[Any], streets: NDArray[np.int64]) -> NDArray[Any]:
    """Return the straight ways from points to streets (positions in the tree)."""
    return np.asarray(shapely.shortest_line(points, tree.geometries[streets]))


def street_positions(
    network: RoadNetwork, lon: ArrayLike, lat: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the nearest street passes, for places that stand on one: a building open to the public.

    Points off the network stay where they are, as do all of an estimated network, which has no streets.

    `lon`, `lat`: Degrees (EPSG:4326), shape (n,); so is what is returned.

    Examples
    --------
    >>> from geo import Territory
    >>> street_positions(Territory.load("64").network, [-1.57], [43.31])[0].tolist()
    [-1.57]
    """
    where = np.column_stack([np.ravel(lon), np.ravel(lat)]).astype(np.float64)
    if network.source.approximate:
        return where[:, 0], where[:, 1]
    snapped = snap(network, where[:, 0], where[:, 1])
    on = np.flatnonzero((snapped.link >= 0) & (snapped.distance_m > _ON_THE_STREET_M))
    shapes = network.link_shapes(snapped.link[on])
    street = shapely.line_interpolate_point(shapes, snapped.fraction[on], normalized=True)
    where[on] = np.column_stack(
        to_metres(network.crs).transform(
            shapely.get_x(street), shapely.get_y(street), direction=TransformDirection.INVERSE
        )
    )
    return where[:, 0], where[:, 1]


def legs_from_points(network: RoadNetwork, snapped: SnappedPoints) -> Legs:
    """Return the legs by which a trip leaves each point: off the network, then to the ends of its street."""
    return _all_legs(network, snapped, leaving=True)


def legs_to_points(network: RoadNetwork, snapped: SnappedPoints) -> Legs:
    """Return the legs by which a trip arrives at each point: from the ends of its street, then off the network."""
    return _all_legs(network, snapped, leaving=False)


def _all_legs(network: RoadNetwork, snapped: SnappedPoints, *, leaving: bool) -> Legs:
    point, joined = streets_joined(snapped)
    legs = street_legs(network, joined, leaving=leaving)
    return Legs(point[legs.point], legs.node, legs.time_s, legs.length_m, len(snapped))


def streets_joined(snapped: SnappedPoints) -> tuple[NDArray[np.int64], SnappedPoints]:
    """Return points (positions, int64) and where they join each street that a trip may take."""
    every, around = np.arange(len(snapped)), snapped.around
    if around is None or not len(around.point):
        return every, snapped
    return np.concatenate([every, around.point]), SnappedPoints(
        np.concatenate([snapped.link, around.link]),
        np.concatenate([snapped.fraction, around.fraction]),
        np.concatenate([snapped.distance_m, around.distance_m]),
        np.concatenate([snapped.xy, snapped.xy[around.point]]),
    )


def _streets_around(network: RoadNetwork, snapped: SnappedPoints) -> StreetsAround:
    eligible, tree = network.street_index
    off = np.flatnonzero((snapped.link >= 0) & (snapped.distance_m > _ON_THE_STREET_M))
    points: NDArray[Any] = np.asarray(shapely.points(snapped.xy[off]))
    which, found = tree.query(points, "dwithin", distance=AROUND_M)
    other = eligible[found] != snapped.link[off[which]]
    which, found = which[other], found[other]
    metres = shapely.distance(points[which], tree.geometries[found])
    order = np.lexsort((eligible[found], metres, which))
    which, found, metres = which[order], found[order], metres[order]
    nearest = np.arange(len(which)) - np.searchsorted(which, which) < ROADS_AROUND
    which, found, metres = which[nearest], found[nearest], metres[nearest]
    apart = across(_ways(tree, points[which], found), network.barriers)
    which, found, metres = (np.delete(column, apart) for column in (which, found, metres))
    place = shapely.line_locate_point(tree.geometries[found], points[which], normalized=True)
    return StreetsAround(off[which], eligible[found], np.nan_to_num(place, nan=0.0), metres)


def street_legs(network: RoadNetwork, snapped: SnappedPoints, *, leaving: bool) -> Legs:
    """Return the legs between each point and the ends of the one street that it is snapped to."""
    on = np.flatnonzero(snapped.link >= 0)
    link, fraction = snapped.link[on], snapped.fraction[on]
    access_m = snapped.distance_m[on]
    access_s = access_m / network.access_m_per_s + network.end_time_s
    access_length_m = access_m * _detour(network)
    ends = network.link_ends[link]
    parts = []
    for side in (0, 1):
        edge = network.link_edges[link, side]
        # Along the shape (side 0) a trip leaves towards the end and arrives from the beginning.
        towards_end = side == 0
        share = (1.0 - fraction) if towards_end == leaving else fraction
        node = ends[:, 1] if towards_end == leaving else ends[:, 0]
        open_ = edge >= 0
        edge = edge[open_]
        parts.append(
            (
                on[open_],
                node[open_],
                share[open_] * network.edge_time_s[edge] + access_s[open_],
                share[open_] * network.edge_length_m[edge] + access_length_m[open_],
            )
        )
    # At the very end of its street a point is at a crossing: it has all streets of it, whatever their direction.
    at_end = (fraction == 0) | (fraction == 1)
    parts.append(
        (
            on[at_end],
            np.where(fraction == 0, ends[:, 0], ends[:, 1])[at_end],
            access_s[at_end],
            access_length_m[at_end],
        )
    )
    point, node, time, length = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Legs(point.astype(np.int64), node.astype(np.int64), time, length, len(snapped))


def direct_trips(
    network: RoadNetwork, origins: SnappedPoints, destinations: SnappedPoints
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the trips that pass no crossing: origin, destination, seconds and metres, shape (n_trips,) each.

    Those along one street, where its direction allows. On an estimated network, which has no streets within a
    commune, also those between points less than `SHORT_TRIP_M` apart nearest to the same node, at the speed off the
    network.
    """
    trips = _along_one_street(network, origins, destinations)
    if not network.source.approximate:
        return trips
    short = _short_trips(network, origins, destinations)
    return tuple(np.concatenate(columns) for columns in zip(trips, short, strict=True))  # type: ignore[return-value]


def _short_trips(
    network: RoadNetwork, origins: SnappedPoints, destinations: SnappedPoints
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    from_, to = np.flatnonzero(origins.link >= 0), np.flatnonzero(destinations.link >= 0)
    near = _near(origins.xy[from_], destinations.xy[to])
    origin, destination = from_[near[0]], to[near[1]]
    one, other = (
        network.link_ends[points.link[rows], (points.fraction[rows] > 0.5).astype(np.int64)]  # noqa: PLR2004 - half way
        for points, rows in ((origins, origin), (destinations, destination))
    )
    same = one == other
    origin, destination = origin[same], destination[same]
    metres = np.sqrt(((origins.xy[origin] - destinations.xy[destination]) ** 2).sum(axis=1))
    seconds = metres / network.access_m_per_s + 2 * network.end_time_s
    return origin, destination, seconds, metres * _detour(network)


def _near(here: NDArray[np.float64], there: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of points at most `SHORT_TRIP_M` apart: positions in the one list and in the other."""
    if len(here) * len(there) <= _FEW_PAIRS:
        gaps = here[:, None, :] - there[None, :, :]
        pairs = np.argwhere(np.sqrt((gaps**2).sum(axis=2)) <= SHORT_TRIP_M)
        return pairs[:, 0], pairs[:, 1]
    tree = shapely.STRtree(np.asarray(shapely.points(there)))
    one, other = tree.query(shapely.points(here), predicate="dwithin", distance=SHORT_TRIP_M)
    return one, other


def _along_one_street(
    network: RoadNetwork, origins: SnappedPoints, destinations: SnappedPoints
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the trips that never leave their street, as `direct_trips`."""
    on = np.flatnonzero(destinations.link >= 0)
    by_link = on[np.argsort(destinations.link[on], kind="stable")]
    links = destinations.link[by_link]
    low = np.searchsorted(links, origins.link, side="left")
    count = np.where(origins.link >= 0, np.searchsorted(links, origins.link, side="right") - low, 0)
    origin = np.repeat(np.arange(len(origins)), count)
    step = np.arange(len(origin)) - np.repeat(np.cumsum(count) - count, count)
    destination = by_link[np.repeat(low, count) + step]
    gap = destinations.fraction[destination] - origins.fraction[origin]
    both = network.link_edges[origins.link[origin]]
    against = (gap < 0) | ((gap == 0) & (both[:, 0] < 0))
    edge = np.where(against, both[:, 1], both[:, 0])
    allowed = edge >= 0
    origin, destination, gap, edge = origin[allowed], destination[allowed], np.abs(gap[allowed]), edge[allowed]
    access_m = origins.distance_m[origin] + destinations.distance_m[destination]
    time = gap * network.edge_time_s[edge] + access_m / network.access_m_per_s
    time += 2 * network.end_time_s
    return origin, destination, time, gap * network.edge_length_m[edge] + access_m * _detour(network)


def _detour(network: RoadNetwork) -> float:
    """Return metres driven a metre off the network: on an estimated one there are roads that are not known."""
    return UNKNOWN_ROADS_DETOUR if network.source.approximate else 1.0
