"""How a network lies in memory: nodes along a Hilbert curve, edges by the node where they end.

A search spends most of its time waiting for memory. Numbered along a curve that fills the plane
without jumps (Hilbert 1891), nodes that are near on the map are near in memory too, and one piece
of the numbering is one compact piece of the map. A node's rank on the curve is called its *place*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.network.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: One directed edge as the searches read it: place of its other end, seconds, metres. 12 bytes.
EDGE: Final = np.dtype([("place", np.int32), ("time_s", np.float32), ("length_m", np.float32)])
#: The arrays of a network, which nothing may write to.
ARRAYS: Final = ("x", "y", "place", "edge_offsets", "edges", "link_edges", "snappable", "shape_xy", "shape_offsets")
_CURVE_LEVELS: Final = 16


def places(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return each point's rank along a Hilbert curve of 65,536 by 65,536 cells: int32, shape (n,).

    Points in one cell keep their order.
    """
    if not len(x):
        return np.zeros(0, np.int32)
    cell_m = max(float(np.ptp(x)), float(np.ptp(y)), 1.0) / (2**_CURVE_LEVELS - 1)
    column, row = ((values - values.min()) / cell_m for values in (x, y))
    rank = np.empty(len(x), np.int32)
    along = _hilbert_distance(column.astype(np.int64), row.astype(np.int64))
    rank[np.argsort(along, kind="stable")] = np.arange(len(x), dtype=np.int32)
    return rank


def edge_order(
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    time_s: NDArray[np.float32],
    length_m: NDArray[np.floating],
    n_nodes: int,
) -> NDArray[np.int32]:
    """Return the order of edges by end, then start, time, length, then as given: int32, shape (n_edges,).

    Of two edges between the same places, the searches follow the first.
    """
    order: NDArray[np.int32] = by_number(start, np.arange(len(start), dtype=np.int32), n_nodes)
    order = by_number(end, order, n_nodes)
    same = (start[order[1:]] == start[order[:-1]]) & (end[order[1:]] == end[order[:-1]])
    parallel = np.flatnonzero(np.append(same, False) | np.append(False, same))
    rows = order[parallel]
    order[parallel] = rows[np.lexsort((rows, length_m[rows], time_s[rows], start[rows], end[rows]))]
    return order


def pair_numbers(
    start: NDArray[np.int32], end: NDArray[np.int32], n_nodes: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Find the pairs of nodes that edges join, whichever way they go.

    Returns the pair of each edge, int32 (n_edges,), and the position of one edge of each pair,
    int32 (n_pairs,); pairs are numbered by their lower node, then by the other.
    """
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = by_number(low, by_number(high, np.arange(len(low), dtype=np.int32), n_nodes), n_nodes)
    low, high = low[order], high[order]
    new = np.ones(len(order), bool)
    new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    pair = np.empty(len(order), np.int32)
    pair[order] = np.cumsum(new, dtype=np.int32) - 1
    return pair, order[new]


def row_offsets(number: NDArray[np.int32], n: int) -> NDArray[np.int32]:
    """Return where the rows of each number 0..n-1 begin once sorted by it: int32, shape (n + 1,)."""
    offsets = np.zeros(n + 1, np.int32)
    np.cumsum(np.bincount(number, minlength=n), out=offsets[1:])
    return offsets


def fixed(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array made read-only, as saved networks' are: the compiled searches then exist once."""
    array.setflags(write=False)
    return array


@compiled
def by_number(number, order, n):  # type: ignore[no-untyped-def]
    """Sort `order` by the number 0..n-1 of each row (counting sort); rows of one number keep their order."""
    offsets = np.zeros(n + 1, np.int32)
    for row in order:
        offsets[number[row] + 1] += 1
    for i in range(n):
        offsets[i + 1] += offsets[i]
    result = np.empty_like(order)
    for row in order:
        result[offsets[number[row]]] = row
        offsets[number[row]] += 1
    return result


@compiled
def _hilbert_distance(column, row):  # type: ignore[no-untyped-def]
    """Distance of each cell along the curve; at every level the quarter is turned to the curve's own frame."""
    distance = np.empty(len(column), np.int64)
    for i in range(len(column)):
        x, y, along = column[i], row[i], 0
        for level in range(_CURVE_LEVELS - 1, -1, -1):
            side = 1 << level
            right, up = (x >> level) & 1, (y >> level) & 1
            along += side * side * ((3 * right) ^ up)
            x, y = x & (side - 1), y & (side - 1)
            if not up:
                if right:
                    x, y = side - 1 - x, side - 1 - y
                x, y = y, x
        distance[i] = along
    return distance


def strong_parts(offsets: NDArray[np.int32], edges: NDArray[np.void]) -> NDArray[np.int32]:
    """Return the strongly connected part of each place, int32: 0 is the largest, then by size.

    `offsets`: shape (n_nodes + 1,), and `edges` (`EDGE`), as `RoadNetwork` holds them.
    """
    from scipy import sparse  # noqa: PLC0415 - reading roads needs no parts

    n_nodes = len(offsets) - 1
    matrix = sparse.csr_array(
        (np.ones(len(edges), np.int8), np.ascontiguousarray(edges["place"]), offsets), shape=(n_nodes, n_nodes)
    )
    count, label = sparse.csgraph.connected_components(matrix, directed=True, connection="strong")
    sizes = np.bincount(label, minlength=count)
    rank = np.empty(count, np.int32)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(count, dtype=np.int32)
    return np.asarray(rank[label], np.int32)


def line_strings(
    points: NDArray[np.float64], offsets: NDArray[np.int64], chosen: NDArray[np.integer] | None = None
) -> NDArray[np.object_]:
    """Return shapes that lie one after the other, (x, y) of their points, as shapely LineStrings; all unless chosen."""
    import shapely  # noqa: PLC0415 - reading roads needs no shapes

    if chosen is not None:
        counts, first = np.diff(offsets)[chosen], offsets[chosen]
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        points = points[np.repeat(first, counts) + np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)]
    return np.asarray(shapely.linestrings(points, indices=np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))))
