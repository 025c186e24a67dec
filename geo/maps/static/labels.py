"""Names on a map: the most important first, none over another, the same places every time.

A name that must be there goes farther from its point where it has no room beside it, with a line to it, and rather
than very far over a marker that may be hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.maps.static.lettering import POINT_MM, text_width_mm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.maps.static.sheet import Box

#: Free room (mm) kept around a name.
_CLEARANCE_MM: Final = 0.5
#: Half the width of a dot and the room around it (mm).
_DOT_MM: Final = 0.6
#: Ascenders and descenders of a line, in heights of the font.
_LINE_BOX: Final = 1.15
#: Where a name is tried around its point, best first: shares of (name width + gap, name height + gap) from its centre.
_CORNER: Final = 0.7
_AROUND: Final = ((1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1))
#: How much farther (mm) a name that must be there is tried, with a line to its point: as all others, and over markers.
_FARTHER_MM: Final = (4.0, 7.0, 11.0)
_OVER_MARKERS_MM: Final = (0.0, *_FARTHER_MM, 16.0, 22.0, 30.0)


@dataclass(frozen=True, slots=True)
class Name:
    """A name to place: its point and the free room around it (mm), its size (points).

    The name of a town goes beside its point, with a `dot` where no marker stands; that of an area goes on one of
    its `centres`. `must`: It is placed farther away rather than left out.
    """

    text: str
    x: float
    y: float
    gap: float
    size: float
    bold: bool = False
    dot: bool = False
    centres: tuple[tuple[float, float], ...] = ()
    must: bool = False

    @property
    def width(self) -> float:
        """Width of the name, in mm."""
        return text_width_mm(self.text, self.size, bold=self.bold)

    @property
    def height(self) -> float:
        """Height of the name, in mm."""
        return self.size * POINT_MM * _LINE_BOX


@dataclass(frozen=True, slots=True)
class PlacedName:
    """A name and the centre where it goes (mm); `far`: so far from its point that a line leads there."""

    name: Name
    x: float
    y: float
    far: bool = False

    @property
    def nearest(self) -> tuple[float, float]:
        """Point of the edge of the name that is nearest to its point (mm)."""
        half_width, half_height = self.name.width / 2, self.name.height / 2
        return (
            min(max(self.name.x, self.x - half_width), self.x + half_width),
            min(max(self.name.y, self.y - half_height), self.y + half_height),
        )


def place_names(
    names: Sequence[Name],
    obstacles: NDArray[np.float64],
    box: Box,
    *,
    at_most: int,
    kept_clear: NDArray[np.float64] | None = None,
) -> tuple[PlacedName, ...]:
    """Place names one after the other around their points; one that has no room is left out, unless it must be there.

    `names`: The most important first. `obstacles`: Rectangles to keep clear, shape (n, 4): left, lower, right, upper
    edge in mm. `kept_clear`: Those of them that no name may lie over; `None`: all.
    """
    taken = obstacles.reshape(-1, 4)
    clear = taken if kept_clear is None else kept_clear.reshape(-1, 4)
    placed: list[PlacedName] = []
    for name in names:
        if len(placed) == at_most:
            break
        found = _free_place(name, taken, clear, box)
        if found is not None:
            placed.append(found)
            written = [_rectangle(name, found.x, found.y), *([_dot(name)] if name.dot else [])]
            taken, clear = np.vstack([taken, *written]), np.vstack([clear, *written])
    return tuple(placed)


def _free_place(name: Name, taken: NDArray[np.float64], clear: NDArray[np.float64], box: Box) -> PlacedName | None:
    if name.dot and _hit(taken, *_dot(name)):
        return None
    tried = [(0.0, taken)]
    if name.must:
        tried += [*((farther, taken) for farther in _FARTHER_MM), *((farther, clear) for farther in _OVER_MARKERS_MM)]
    for farther, avoided in tried:
        for x, y in name.centres or _around(name, name.gap + farther):
            left, lower, right, upper = _rectangle(name, x, y)
            inside = left >= box.x and lower >= box.y and right <= box.right and upper <= box.top
            if inside and not _hit(avoided, left, lower, right, upper):
                return PlacedName(name, x, y, far=farther > 0)
    return None


def _around(name: Name, gap: float) -> list[tuple[float, float]]:
    return [
        # A corner place is nearer to the point than the sum of both shifts.
        (name.x + right * (name.width / 2 + gap * shrink), name.y + up * (name.height / 2 + gap * shrink))
        for right, up in _AROUND
        for shrink in ([_CORNER] if right and up else [1.0])
    ]


def _hit(taken: NDArray[np.float64], left: float, lower: float, right: float, upper: float) -> bool:
    hits = (taken[:, 0] < right) & (taken[:, 2] > left) & (taken[:, 1] < upper) & (taken[:, 3] > lower)
    return bool(hits.any())


def _dot(name: Name) -> NDArray[np.float64]:
    return np.array([name.x - _DOT_MM, name.y - _DOT_MM, name.x + _DOT_MM, name.y + _DOT_MM])


def _rectangle(name: Name, x: float, y: float) -> NDArray[np.float64]:
    half_width, half_height = name.width / 2 + _CLEARANCE_MM, name.height / 2
    return np.array([x - half_width, y - half_height, x + half_width, y + half_height])
