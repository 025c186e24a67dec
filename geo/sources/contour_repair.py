"""Contours that cross themselves, made valid in bounded time and memory.

Repairing a contour finds every crossing of its lines, which are up to half the square of their number: 50 kB of noise
take minutes and gigabytes. So lines are counted before: by the pairs that share a stretch of an axis, which bounds
what it takes to look for crossings, then by those that meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

#: Most crossings of one contour, and of all of a file: the first take 0.5 s to repair. Official layers have a few.
MOST_CROSSINGS: Final = 5_000
MOST_CROSSINGS_IN_ALL: Final = 20_000
#: Pairs of lines that share a stretch of an axis, for each line of a contour, on the axis where they are fewer:
#: contours of communes have 2 to 5. Most pairs beyond that of one contour, and of all of a file: the first take 1 s.
_USUAL_PAIRS_A_LINE: Final = 100
_MOST_PAIRS: Final = 3_000_000
_MOST_PAIRS_IN_ALL: Final = 10_000_000
#: Times that a line of a border which two pieces share meets those of the other.
_SHARED_A_LINE: Final = 6
_DEGREE_KM: Final = 111.2
_LINES_AT_ONCE: Final = 1_000_000
_PAIRS_AT_ONCE: Final = 2_000_000

#: Why a contour is refused, in French.
TANGLED: Final = f"contour qui se croise lui-même plus de {MOST_CROSSINGS} fois, ou trop embrouillé"


@dataclass(frozen=True, eq=False, slots=True)
class Repaired:
    """Contours made valid; `invalid`: which were not, bool; `tangled`: which are refused, and `None`, bool."""

    shapes: NDArray[np.object_]
    invalid: NDArray[np.bool_]
    tangled: NDArray[np.bool_]


def repair_contours(shapes: NDArray[np.object_]) -> Repaired:
    """Return contours without crossings; lines and points that a repair leaves are dropped.

    `shapes`: Geometries, shape (n,); those that are not surfaces stay as they are, `None` too.

    Examples
    --------
    >>> bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    >>> repaired = repair_contours(np.array([bow_tie], dtype=object))
    >>> repaired.shapes[0].area, repaired.invalid.tolist(), repaired.tangled.tolist()
    (0.5, [True], [False])
    """
    shapes = np.array(shapes, dtype=object)
    areal = np.isin(shapely.get_type_id(shapes), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    tangled = np.zeros(len(shapes), bool)
    tangled[areal] = _too_dense(shapes[areal])
    looked_at = np.flatnonzero(areal & ~tangled)
    invalid = np.zeros(len(shapes), bool)
    invalid[looked_at] = ~shapely.is_valid(shapes[looked_at])
    in_all = 0
    for position in np.flatnonzero(invalid):
        crossings = _crossings(shapes[position], MOST_CROSSINGS)
        if crossings > MOST_CROSSINGS or in_all + crossings > MOST_CROSSINGS_IN_ALL:
            tangled[position] = True
            continue
        in_all += crossings
        try:
            shapes[position] = shapely.make_valid(shapes[position], method="structure", keep_collapsed=False)
        except shapely.errors.ShapelyError:  # a repair that GEOS cannot end
            tangled[position] = True
    shapes[tangled] = None
    return Repaired(shapes, invalid & ~tangled, tangled)


def tangled_together(shapes: NDArray[np.object_]) -> bool:
    """Tell whether surfaces cross one another so much that their union would take long; sharing a border is none."""
    start, end, owner = _lines(shapes)
    own = np.zeros(len(owner), np.int64)
    pairs = min(_pairs(start[:, axis], end[:, axis], own, 1)[0] for axis in (0, 1))
    if pairs > _MOST_PAIRS + _USUAL_PAIRS_A_LINE * len(owner):
        return True
    most = MOST_CROSSINGS + _SHARED_A_LINE * len(owner)
    return _crossings(shapely.GeometryCollection(list(shapes)), most) > most


def widest_gap_km(bounds: pd.DataFrame) -> float:
    """Return the widest gap that boxes (`minx`, `miny`, `maxx`, `maxy`, degrees) leave along an axis, in km."""
    gaps, parallel = [0.0], np.cos(np.radians(bounds["miny"].mean()))
    for low, high, degree_km in (("minx", "maxx", _DEGREE_KM * parallel), ("miny", "maxy", _DEGREE_KM)):
        ordered = bounds.sort_values(low)
        gaps += list((ordered[low].to_numpy()[1:] - ordered[high].cummax().to_numpy()[:-1]) * degree_km)
    return float(max(gaps))


def _lines(shapes: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return where the lines of the rings of surfaces begin and end, (n, 2) each, and the surface of each."""
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    parts, of_piece = shapely.get_parts(parts, return_index=True)  # pieces of one commune may have several
    of_part = of_part[of_piece]
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    points, of_point = shapely.get_coordinates(rings, return_index=True)
    same = of_point[1:] == of_point[:-1]
    return points[:-1][same], points[1:][same], of_part[of_ring[of_point[:-1][same]]]


def _too_dense(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell whose lines share stretches of both axes with so many others that looking for crossings would take long."""
    beyond = np.zeros(len(shapes))
    ends = np.cumsum(shapely.get_num_coordinates(shapes))
    cuts = np.arange(_LINES_AT_ONCE, ends[-1] if len(ends) else 0, _LINES_AT_ONCE)
    for group in np.split(np.arange(len(shapes)), np.unique(np.searchsorted(ends, cuts))):
        start, end, owner = _lines(shapes[group])
        if len(owner):
            fewest = np.minimum(*(_pairs(start[:, axis], end[:, axis], owner, len(group)) for axis in (0, 1)))
            usual = _USUAL_PAIRS_A_LINE * np.bincount(owner, minlength=len(group))
            beyond[group] = np.maximum(fewest - usual, 0)
    dense: NDArray[np.bool_] = beyond > _MOST_PAIRS
    return dense | (beyond > 0) & (np.cumsum(np.where(dense, 0, beyond)) > _MOST_PAIRS_IN_ALL)


def _pairs(
    start: NDArray[np.float64], end: NDArray[np.float64], owner: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """Return for each owner how many pairs of its lines share a stretch of an axis."""
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((low, owner))
    first = np.searchsorted(owner[order], np.arange(count + 1))
    pairs = np.zeros(count)
    for each in range(count):
        rows = order[first[each] : first[each + 1]]
        after = np.searchsorted(low[rows], high[rows], side="right")
        pairs[each] = float(after.sum()) - len(rows) * (len(rows) + 1) / 2
    return pairs


def _crossings(shape: shapely.Geometry, most: int) -> int:
    """Return how many pairs of lines of a surface meet, those that follow one another aside; stop above `most`."""
    start, end, _ = _lines(np.array([shape], dtype=object))
    axis = int(np.argmin([_pairs(start[:, a], end[:, a], np.zeros(len(start), np.int64), 1)[0] for a in (0, 1)]))
    order = np.argsort(np.minimum(start, end)[:, axis], kind="stable")
    start, end = start[order], end[order]
    low, high = np.minimum(start, end), np.maximum(start, end)
    after = np.searchsorted(low[:, axis], high[:, axis], side="right")
    others = np.maximum(after - np.arange(len(start)) - 1, 0)
    ends, found, row = np.cumsum(others), 0, 0
    while row < len(start) and found <= most:
        done = ends[row - 1] if row else 0
        until = max(row + 1, int(np.searchsorted(ends, done + _PAIRS_AT_ONCE, side="right")))
        one = np.repeat(np.arange(row, until), others[row:until])
        other = one + 1 + np.arange(len(one)) - np.repeat(ends[row:until] - others[row:until] - done, others[row:until])
        near = ((low[one] <= high[other]) & (low[other] <= high[one])).all(axis=1)
        one, other = one[near], other[near]
        follow = (start[one] == end[other]).all(axis=1) | (end[one] == start[other]).all(axis=1)
        meet = _meet(start[one], end[one], start[other], end[other]) & ~follow
        found, row = found + int(meet.sum()), until
    return found


def _meet(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64], d: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell whether the lines a-b and c-d, whose boxes meet, touch or cross."""

    def side(p: NDArray[np.float64], q: NDArray[np.float64], r: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.sign((q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0]))

    return (side(a, b, c) * side(a, b, d) <= 0) & (side(c, d, a) * side(c, d, b) <= 0)
