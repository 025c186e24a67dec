"""Maps on paper: travel time by commune, drawn by matplotlib without a window or a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from geo.maps.style import INK, TIME_CLASSES, UNKNOWN_COLOUR, UNREACHABLE_CLASS, time_class

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

_A4_LANDSCAPE_IN: Final = (11.69, 8.27)
_DPI: Final = 200
#: Contours are drawn with this tolerance (share of the frame's width): finer detail does not show on paper.
_DETAIL: Final = 1 / 3000


@dataclass(frozen=True, slots=True)
class MapPart:
    """One frame of a map: its title and its communes, in the metric projection they are drawn in."""

    title: str
    contours: gpd.GeoSeries


def draw_travel_times(
    parts: Sequence[MapPart], travel_time_min: pd.Series, path: Path, *, title: str, notes: Sequence[str]
) -> None:
    """Draw the travel time of communes in classes and write it as PNG.

    Parameters
    ----------
    parts
        The first is the main frame, the others (overseas) are drawn small beside it, each at its own scale.
    travel_time_min
        Minutes by commune code, <NA> where no road leads to a facility.
    path
        File to write.
    title, notes
        Title of the map; sentences under it: what is counted, network, sources, dates.
    """
    figure = Figure(figsize=_A4_LANDSCAPE_IN, dpi=_DPI)
    FigureCanvasAgg(figure)
    figure.text(0.03, 0.95, title, fontsize=15, weight="bold", color=INK)
    frames = [(0.03, 0.14, 0.62, 0.78)]
    frames += [(0.68 + 0.15 * (i % 2), 0.66 - 0.27 * (i // 2), 0.13, 0.22) for i in range(len(parts) - 1)]
    for part, frame in zip(parts, frames, strict=True):
        _draw_part(figure, part, frame, travel_time_min, small=part is not parts[0])
    handles = [Patch(facecolor=cls.colour, edgecolor=INK, linewidth=0.3, label=cls.label) for cls in TIME_CLASSES]
    handles.append(
        Patch(facecolor=UNKNOWN_COLOUR, edgecolor=INK, linewidth=0.3, hatch="xxx", label="sans route connue")
    )
    figure.legend(handles=handles, loc="lower right", bbox_to_anchor=(0.98, 0.14), frameon=False, fontsize=8)
    figure.text(0.03, 0.09, "\n".join(notes), fontsize=7, color=INK, va="top", linespacing=1.4)
    # No date or program name inside: the same inputs give the same bytes.
    figure.savefig(path, format="png", metadata={"Software": None})


def _draw_part(
    figure: Figure, part: MapPart, frame: tuple[float, float, float, float], minutes: pd.Series, *, small: bool
) -> None:
    axes = figure.add_axes(frame)
    axes.set_axis_off()
    axes.set_aspect("equal")
    west, _, east, _ = part.contours.total_bounds
    contours = part.contours.simplify_coverage((east - west) * _DETAIL)
    position = time_class(minutes.reindex(contours.index))
    colours = np.array([cls.colour for cls in TIME_CLASSES])
    for value in np.unique(position):
        known = value != UNREACHABLE_CLASS
        contours[position == value].plot(
            ax=axes,
            color=colours[value] if known else UNKNOWN_COLOUR,
            edgecolor="none" if known else INK,
            hatch=None if known else "xxxx",
            linewidth=0 if known else 0.2,
            aspect=None,
        )
    if small:
        axes.set_title(part.title, fontsize=8, color=INK)
