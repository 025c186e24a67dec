"""Hatchings of the classes of communes on the planning maps, as SVG patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.classes import INK, map_classes

if TYPE_CHECKING:
    from geo.classes import ColourClass

#: Name of a hatching -> its lines in a square of 8 x 8 pixels.
_HATCHINGS: Final = {"plus": "M4 1.5V6.5M1.5 4H6.5", "diagonal": "M-2 2L2 -2M0 8L8 0M6 10L10 6", "dots": "M4 3.4V4.6"}


def area_fill(cls: ColourClass) -> str:
    """Return the SVG fill of a class: a colour, or the pattern of `area_pattern_defs`."""
    return f"url(#{_name(cls)})" if cls.hatching else cls.colour


def area_pattern_defs() -> str:
    """Return an invisible SVG element that defines the hatchings of all classes."""
    classes = {area_fill(cls): cls for cls in map_classes() if cls.hatching}
    patterns = "".join(map(_pattern, classes.values()))
    return f'<svg width="0" height="0" aria-hidden="true" class="maillage-defs"><defs>{patterns}</defs></svg>'


def _name(cls: ColourClass) -> str:
    return f"maillage-area-{cls.hatching}-{cls.colour.removeprefix('#')}"


def _pattern(cls: ColourClass) -> str:
    lines = _HATCHINGS[cls.hatching]
    return (
        f'<pattern id="{_name(cls)}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{cls.colour}"/>'
        f'<path d="{lines}" stroke="#ffffff" stroke-width="3" stroke-opacity="0.5"/>'
        f'<path d="{lines}" stroke="{INK}" stroke-width="1.2"/></pattern>'
    )
