"""Where frames and legend go on a page: beside or under each other, whichever leaves the map larger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.maps.static.key import draw_key, key_columns, key_height
from geo.maps.static.sheet import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.maps.static.key import KeyBlock
    from geo.maps.static.sheet import Sheet

#: Width of a legend beside a map (mm).
_KEY_MM: Final = 78.0
_GUTTER_MM: Final = 5.0
#: Height of what stands around the map in a frame (mm).
_AROUND_MM: Final = 10.0
_NARROW_COLUMN_MM: Final = 80.0


@dataclass(frozen=True)
class Arrangement:
    """Frames side by side, and the columns of the legend with where they start and how wide they are (mm)."""

    frames: tuple[Box, ...]
    columns: Sequence[Sequence[KeyBlock]]
    left: float
    top: float
    width: float

    def draw_key(self, sheet: Sheet) -> None:
        """Draw the legend."""
        for number, column in enumerate(self.columns):
            draw_key(sheet, column, self.left + number * (self.width + _GUTTER_MM), self.top, self.width)


def arrange(room: Box, blocks: Sequence[KeyBlock], aspect: float, frames: int = 1) -> Arrangement:
    """Return the arrangement that draws a territory largest."""
    candidates = [under(room, blocks, frames)]
    if key_height(blocks, _KEY_MM) <= room.height:
        candidates.append(_beside(room, blocks, frames))
    return max(candidates, key=lambda arrangement: _size(arrangement.frames[0], aspect))


def under(room: Box, blocks: Sequence[KeyBlock], frames: int = 1) -> Arrangement:
    """Return the arrangement with the legend in columns under the frames."""
    count = max(1, int(room.width // _NARROW_COLUMN_MM))
    width = (room.width - (count - 1) * _GUTTER_MM) / count
    columns = key_columns(blocks, count, width)
    height = max(key_height(column, width) for column in columns)
    above = Box(room.x, room.y + height + 2, room.width, room.height - height - 2)
    return Arrangement(_side_by_side(above, frames), columns, room.x, room.y + height, width)


def _beside(room: Box, blocks: Sequence[KeyBlock], frames: int) -> Arrangement:
    left = room.right - _KEY_MM
    return Arrangement(
        _side_by_side(Box(room.x, room.y, left - _GUTTER_MM - room.x, room.height), frames),
        [list(blocks)],
        left,
        room.top,
        _KEY_MM,
    )


def _side_by_side(box: Box, frames: int) -> tuple[Box, ...]:
    width = (box.width - (frames - 1) * _GUTTER_MM) / frames
    return tuple(Box(box.x + i * (width + _GUTTER_MM), box.y, width, box.height) for i in range(frames))


def _size(frame: Box, aspect: float) -> float:
    """Return the width (mm) at which a territory is drawn in a frame."""
    return min(frame.width, (frame.height - _AROUND_MM) * aspect)
