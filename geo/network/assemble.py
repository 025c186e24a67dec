"""From street segments to a routable network: crossings found, delays added, chains contracted.

A map draws a street as many short segments. Only points where a driver has a choice matter to a
search; the rest is shape. Here every chain of segments between two such points becomes one link
that keeps its full shape, its length and its driving time each way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.network.compiled import compiled
from geo.network.layout import places
from geo.network.links import build_network
from geo.network.modes import CAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network.origin import NetworkSource
    from geo.network.road_network import RoadNetwork
    from geo.network.speeds import SpeedProfile

#: Streets that meet at a point before it costs the delay of a crossing.
_CROSSING_STREETS = 3


@dataclass(frozen=True, slots=True)
class Segments:
    """Street segments, each between two numbered points.

    Attributes
    ----------
    source, target
        int64, shape (n,): points where each segment's shape begins and ends.
    length_m
        float64, shape (n,): metres.
    forward_kmh, backward_kmh
        float64, shape (n,): speed from source to target and back; NaN or 0: not allowed.
    snappable
        bool, shape (n,): whether a trip may begin or end on it.
    coords, offsets
        float64 (k, 2) and int64 (n + 1,): shapes one after the other, metres.
    vertex
        int32 (k,): rows of `coords` that the shapes pass through, one shape after the other, where they share
        them (`coords` then has a row for each place); `None`: every row, in order.
    minor
        bool, shape (n,), or `None` for none: driveways and the like, which make no crossing.
    """

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    length_m: NDArray[np.float64]
    forward_kmh: NDArray[np.float64]
    backward_kmh: NDArray[np.float64]
    snappable: NDArray[np.bool_]
    coords: NDArray[np.float64]
    offsets: NDArray[np.int64]
    vertex: NDArray[np.integer[Any]] | None = None
    minor: NDArray[np.bool_] | None = None


def assemble_network(
    segments: Segments,
    point_x: NDArray[np.float64],
    point_y: NDArray[np.float64],
    crs: str,
    profile: SpeedProfile,
    *,
    signal: NDArray[np.bool_] | None = None,
    source: NetworkSource,
    mode: str = CAR,
) -> RoadNetwork:
    """Build the network of a set of segments.

    Parameters
    ----------
    point_x, point_y
        float64, shape (n_points,), metres in `crs`.
    profile
        Gives the delay of a crossing (`junction_s`, on entering a point where three streets or
        more meet) and of traffic lights (`signal_s`, on passing a point of `signal`).
    signal
        bool, shape (n_points,): points with traffic lights; `None`: unknown, no delay.
    segments
        Street segments; those that allow neither direction are left out.
    crs
        Projected system in metres.
    mode
        Way to travel that the speeds are of.

    Raises
    ------
    NetworkError
        No segment can be driven.
    """
    ends, time_s, length_m, snappable, shape_xy, shape_offsets = _contracted(segments, len(point_x), profile, signal)
    nodes, ends = np.unique(ends, return_inverse=True)
    # Numbered by place, so that results are read in the order the searches write them.
    place = places(point_x[nodes], point_y[nodes])
    nodes, ends = nodes[np.argsort(place)], place[ends]
    return build_network(
        ends=ends.reshape(-1, 2),
        time_s=time_s,
        length_m=length_m,
        x=point_x[nodes],
        y=point_y[nodes],
        crs=crs,
        snappable=snappable,
        shape_xy=shape_xy,
        shape_offsets=shape_offsets,
        source=source,
        profile=profile,
        mode=mode,
    )


def _contracted(
    segments: Segments, n_points: int, profile: SpeedProfile, signal: NDArray[np.bool_] | None
) -> tuple[NDArray[Any], ...]:
    """Join segments into links: end points, seconds each way, metres, whether open to trip ends, shapes, offsets."""
    forward_s, backward_s = (
        np.where(speed > 0, segments.length_m / np.where(speed > 0, speed, 1.0) * 3.6, np.inf)
        for speed in (segments.forward_kmh, segments.backward_kmh)
    )
    drivable = np.isfinite(forward_s) | np.isfinite(backward_s)
    # A point written twice in a row makes a segment from it to itself, which is no street.
    kept = np.flatnonzero(drivable & ((segments.source != segments.target) | (segments.length_m > 0)))
    start, end = segments.source[kept], segments.target[kept]
    forward_s, backward_s = forward_s[kept], backward_s[kept]

    counted = np.ones(len(kept), bool) if segments.minor is None else ~segments.minor[kept]
    streets = _degree(start[counted], end[counted], n_points)
    delay = np.where(streets >= _CROSSING_STREETS, profile.junction_s, 0.0)
    if signal is not None:
        delay = delay + np.where(signal, profile.signal_s, 0.0)

    is_node = _choice_points(start, end, forward_s, backward_s, segments.snappable[kept], n_points)
    forward_s, backward_s = forward_s + delay[end], backward_s + delay[start]
    chain_start, chain_segment, chain_reversed = _chains(start, end, is_node, n_points)

    ends, along, against, length, shape_xy, shape_offsets = _links(
        chain_start,
        kept[chain_segment],
        chain_reversed,
        segments.source,
        segments.target,
        forward_s[chain_segment],
        backward_s[chain_segment],
        segments.length_m,
        segments.coords,
        np.arange(len(segments.coords), dtype=np.int32) if segments.vertex is None else segments.vertex,
        segments.offsets,
    )
    snappable = segments.snappable[kept[chain_segment[chain_start[:-1]]]]
    return ends, np.column_stack([along, against]), length, snappable, shape_xy, shape_offsets


def _degree(start: NDArray[np.int64], end: NDArray[np.int64], n_points: int) -> NDArray[np.int64]:
    return np.bincount(start, minlength=n_points) + np.bincount(end, minlength=n_points)


def _choice_points(
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    forward_s: NDArray[np.float64],
    backward_s: NDArray[np.float64],
    snappable: NDArray[np.bool_],
    n_points: int,
) -> NDArray[np.bool_]:
    """Return which points are nodes: every point but those where one street simply goes on.

    A street goes on where exactly two segments meet, both two-way or both one-way the same way,
    and both open or both closed to trip ends.
    """
    leave_start, leave_end = np.isfinite(forward_s), np.isfinite(backward_s)
    leaving = np.bincount(start[leave_start], minlength=n_points) + np.bincount(end[leave_end], minlength=n_points)
    arriving = np.bincount(end[leave_start], minlength=n_points) + np.bincount(start[leave_end], minlength=n_points)
    open_ends = _degree(start[snappable], end[snappable], n_points)
    degree = _degree(start, end, n_points)
    goes_on: NDArray[np.bool_] = (
        (degree == 2)  # noqa: PLR2004 - one segment in, one out
        & (leaving == arriving)
        & (open_ends != 1)
        & (leaving > 0)
    )
    return ~goes_on


@compiled
def _chains(start, end, is_node, n_points):  # type: ignore[no-untyped-def]
    """Walk every chain of segments from node to node.

    Returns the offsets of the chains, and for each of their segments its row and whether it is
    walked against its shape. A ring without any node is opened at the start of its first segment.
    """
    n = len(start)
    offsets = np.zeros(n_points + 1, np.int64)
    for i in range(n):
        offsets[start[i] + 1] += 1
        offsets[end[i] + 1] += 1
    for p in range(n_points):
        offsets[p + 1] += offsets[p]
    incident = np.empty(2 * n, np.int64)
    fill = offsets[:-1].copy()
    for i in range(n):
        incident[fill[start[i]]] = i
        fill[start[i]] += 1
        incident[fill[end[i]]] = i
        fill[end[i]] += 1

    walked = np.zeros(n, np.bool_)
    chain_start = np.zeros(n + 1, np.int64)
    segment = np.empty(n, np.int64)
    reverse = np.empty(n, np.bool_)
    n_chains = 0
    count = 0
    for rings in range(2):
        for first in range(n):
            for side in range(2):
                if walked[first]:
                    break
                here = start[first] if side == 0 else end[first]
                if not is_node[here] and rings == 0:
                    continue
                origin = here
                current = first
                while True:
                    walked[current] = True
                    segment[count] = current
                    reverse[count] = start[current] != here
                    here = end[current] if start[current] == here else start[current]
                    count += 1
                    if is_node[here] or here == origin:
                        break
                    a, b = incident[offsets[here]], incident[offsets[here] + 1]
                    current = b if a == current else a
                n_chains += 1
                chain_start[n_chains] = count
    return chain_start[: n_chains + 1], segment[:count], reverse[:count]


@compiled
def _links(  # type: ignore[no-untyped-def]
    chain_start, segment, reverse, source, target, forward_s, backward_s, length_m, coords, vertex, offsets
):
    """Add up each chain: its two end points, seconds each way, metres, and its shape."""
    n = len(chain_start) - 1
    ends = np.empty((n, 2), np.int64)
    along, against, length = np.zeros(n), np.zeros(n), np.zeros(n)
    shape_offsets = np.zeros(n + 1, np.int64)
    for c in range(n):
        points = 1
        for k in range(chain_start[c], chain_start[c + 1]):
            points += offsets[segment[k] + 1] - offsets[segment[k]] - 1
        shape_offsets[c + 1] = shape_offsets[c] + points
    shape = np.empty((shape_offsets[n], 2))
    for c in range(n):
        at = shape_offsets[c]
        for k in range(chain_start[c], chain_start[c + 1]):
            s = segment[k]
            first, last = offsets[s], offsets[s + 1] - 1
            skip = 0 if k == chain_start[c] else 1
            for step in range(skip, last - first + 1):
                row = last - step if reverse[k] else first + step
                shape[at] = coords[vertex[row]]
                at += 1
            along[c] += backward_s[k] if reverse[k] else forward_s[k]
            against[c] += forward_s[k] if reverse[k] else backward_s[k]
            length[c] += length_m[s]
        s, t = segment[chain_start[c]], segment[chain_start[c + 1] - 1]
        ends[c, 0] = target[s] if reverse[chain_start[c]] else source[s]
        ends[c, 1] = source[t] if reverse[chain_start[c + 1] - 1] else target[t]
    return ends, along, against, length, shape, shape_offsets
