"""Where lines become streets: points that lie together are one, lines are cut where streets meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely
from scipy import sparse
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class NodedLines:
    """Lines cut into segments, each between two numbered points.

    Attributes
    ----------
    point_x, point_y
        float64, shape (n_points,), metres.
    source, target
        int64, shape (n,): points where each segment begins and ends.
    line
        int64, shape (n,): position of the line that each segment is part of.
    length_m
        float64, shape (n,): metres.
    coords, offsets
        float64 (k, 2) and int64 (n + 1,): shapes one after the other; they begin and end exactly
        on their points.
    """

    point_x: NDArray[np.float64]
    point_y: NDArray[np.float64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    line: NDArray[np.int64]
    length_m: NDArray[np.float64]
    coords: NDArray[np.float64]
    offsets: NDArray[np.int64]


def merge_points(xy: NDArray[np.float64], tolerance_m: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give one number to all positions that lie within a distance of each other.

    Positions are tied pair by pair, so a chain of close positions becomes one point even where its
    ends are farther apart. (Rounding to a grid would part two positions on either side of a cell
    border, however close.)

    `xy`: float64, shape (n, 2), metres, finite. `tolerance_m`: Largest distance between two positions that are one
    point, metres, >= 0.

    Returns
    -------
    The point number of each position, int64 (n,), and where each point is, float64 (n_points, 2):
    the mean of its distinct positions, which for a single one is that position exactly.
    """
    # A complex number is a position that sorts and compares as one value.
    distinct, which = np.unique(np.ascontiguousarray(xy, np.float64).view(np.complex128).ravel(), return_inverse=True)
    place = np.column_stack([distinct.real, distinct.imag])
    if not len(place):
        return np.zeros(0, np.int64), place
    pairs = cKDTree(place).query_pairs(tolerance_m, output_type="ndarray")
    ties = sparse.coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(len(place),) * 2)
    n_points, point = sparse.csgraph.connected_components(ties, directed=False)
    members = np.bincount(point, minlength=n_points)
    centre = [np.bincount(point, weights=axis, minlength=n_points) / members for axis in place.T]
    return point[which].astype(np.int64), np.column_stack(centre)


def node_lines(lines: NDArray[np.object_], rule: Literal["endpoints", "vertices"], tolerance_m: float) -> NodedLines:
    """Cut lines into segments that meet at numbered points.

    Parameters
    ----------
    lines
        Shape (n,): shapely LineStrings in a system in metres, coordinates finite.
    rule
        ``"endpoints"``: lines meet only where they end, and are not cut. ``"vertices"``: lines meet,
        and are cut, at each vertex that two lines (or one line twice) share. Lines that cross
        without such a point, as on a bridge, do not meet.
    tolerance_m
        Points within this distance, in metres, are the same.

    Returns
    -------
    The segments, without those shorter than the tolerance that begin and end at one point.
    """
    coords, line = shapely.get_coordinates(lines, return_index=True)
    first = np.append(True, line[1:] != line[:-1])[: len(line)]
    last = np.append(first[1:], True)[: len(line)]
    is_cut = first | last
    point = np.full(len(coords), -1, np.int64)
    if rule == "vertices":
        point, place = merge_points(coords, tolerance_m)
        lingers = ~first & (point == np.append(-1, point[:-1])[: len(point)])
        is_cut |= np.bincount(point[~lingers], minlength=len(place))[point] > 1
    else:
        point[is_cut], place = merge_points(coords[is_cut], tolerance_m)

    cut = np.flatnonzero(is_cut)
    same_line = line[cut[:-1]] == line[cut[1:]]
    begin, end = cut[:-1][same_line], cut[1:][same_line]
    source, target = point[begin], point[end]
    shape, offsets = _shapes(coords, begin, end)
    shape[offsets[:-1]], shape[offsets[1:] - 1] = place[source], place[target]
    length = _lengths(shape, offsets)

    kept = (source != target) | (length > tolerance_m)
    shape, offsets = shape[np.repeat(kept, end - begin + 1)], _offsets((end - begin + 1)[kept])
    used, ends = np.unique(np.concatenate([source[kept], target[kept]]), return_inverse=True)
    new_source, new_target = np.split(ends.astype(np.int64), 2)
    return NodedLines(
        point_x=place[used, 0],
        point_y=place[used, 1],
        source=new_source,
        target=new_target,
        line=line[begin[kept]].astype(np.int64),
        length_m=length[kept],
        coords=shape,
        offsets=offsets,
    )


def _offsets(sizes: NDArray[Any]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _shapes(
    coords: NDArray[np.float64], begin: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Copy the vertices ``begin..end`` (both included) of each segment one after the other."""
    sizes = end - begin + 1
    offsets = _offsets(sizes)
    return coords[np.repeat(begin - offsets[:-1], sizes) + np.arange(offsets[-1])], offsets


def _lengths(shape: NDArray[np.float64], offsets: NDArray[np.int64]) -> NDArray[np.float64]:
    """Length of each shape of at least two vertices."""
    step = np.zeros(len(shape))
    step[:-1] = np.hypot(*np.diff(shape, axis=0).T)
    step[offsets[1:] - 1] = 0.0  # from the end of a shape to the next one
    return np.asarray(np.add.reduceat(step, offsets[:-1]) if len(offsets) > 1 else step, np.float64)
