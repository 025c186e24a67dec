"""A small map on paper: the way to one site and what lies around, drawn by matplotlib without tiles."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from geo.classes import ACCENT, INK
from geo.crs import WGS84, metric_crs_at, to_metres, transformer
from geo.french import UNIT_SPACE, format_decimal
from geo.kinds import KINDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from geo.territory import Territory

#: The frame is at least this wide (m), and leaves this share of itself around the way.
_MIN_WIDTH_M: Final = 4_000.0
_MARGIN: Final = 0.16
#: Of denser streets, the fastest are drawn.
_MAX_STREETS: Final = 4_000
#: Shapes finer than this share of the frame's width do not show.
_DETAIL: Final = 1 / 800
#: Names of communes: at most so many, none nearer to another than this share of the frame.
_MAX_NAMES: Final = 14
_NAME_GAP: Final = (0.24, 0.07)
_GREY: Final = "#c5ccd1"
_SOFT_INK: Final = "#5a6870"
_SCALES_KM: Final = (0.2, 0.5, 1, 2, 5, 10, 20, 50)


def draw_route(territory: Territory, way: NDArray[np.float64], *, kind: str, size_in: tuple[float, float]) -> bytes:
    """Draw the way to a site, or only where it is.

    Streets are drawn where a road file gave them, and contours of communes where they are official; an estimated
    network is not drawn, and the way along it is dashed.

    `way`: float64 (n, 2), degrees in WGS84, from the start to the site; a single row is the site alone.

    Returns
    -------
    SVG whose letters are shapes; the same bytes for the same inputs, but for the names of its parts.
    """
    crs = metric_crs_at(*way[-1]) or territory.crs
    line = np.column_stack(to_metres(crs).transform(way[:, 0], way[:, 1]))
    figure = Figure(figsize=size_in)
    FigureCanvasSVG(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    west, south, east, north = frame = _frame(line, size_in[0] / size_in[1])
    axes.set(xlim=(west, east), ylim=(south, north))

    _draw_surroundings(axes, territory, frame, crs)
    _draw_names(axes, territory, frame, crs, taken=line[[0, -1]])
    if len(line) > 1:
        dashes = (0, (4, 2)) if territory.network.source.approximate else "solid"
        axes.plot(*line.T, color="white", linewidth=5.5, solid_capstyle="round", zorder=5)
        axes.plot(*line.T, color=ACCENT, linewidth=2.8, linestyle=dashes, zorder=6)
        axes.plot(*line[0], "o", markersize=8, color="white", markeredgecolor=ACCENT, markeredgewidth=2.4, zorder=8)
    marker = KINDS[kind].marker
    axes.plot(*line[-1], marker, markersize=11, color=ACCENT, markeredgecolor="white", markeredgewidth=1.5, zorder=9)
    _name(axes, line[-1], "Arrivée" if len(line) > 1 else "Site", above=line[-1][1] >= line[0][1])
    if len(line) > 1:
        _name(axes, line[0], "Départ", above=line[0][1] > line[-1][1])
    _draw_scale(axes, frame)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return drawn.getvalue()


def _frame(line: NDArray[np.float64], aspect: float) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) in metres of a frame of this aspect that holds a line with room around it."""
    low, high = line.min(axis=0), line.max(axis=0)
    width = max((high[0] - low[0]) / (1 - 2 * _MARGIN), (high[1] - low[1]) / (1 - 2 * _MARGIN) * aspect, _MIN_WIDTH_M)
    middle, half = (low + high) / 2, np.array([width, width / aspect]) / 2
    return (*map(float, middle - half), *map(float, middle + half))  # type: ignore[return-value]


def _draw_surroundings(axes: Axes, territory: Territory, frame: tuple[float, float, float, float], crs: str) -> None:
    """Draw the streets and the contours of communes of a frame, where they are known."""
    box = shapely.box(*frame)
    network = territory.network
    if not territory.contours_approximate:
        contours = territory.communes.geometry
        seen = transformer(crs, WGS84).transform_bounds(*frame)
        edges = contours.iloc[np.sort(contours.sindex.intersection(seen))].to_crs(crs)
        near = edges[edges.intersects(box)].boundary.simplify((frame[2] - frame[0]) * _DETAIL)
        axes.add_collection(_lines(near.to_numpy(), _GREY, 0.6, linestyle=(0, (1, 2))))
    if network.source.approximate:
        return
    ends = network.link_ends
    x, y = network.x[ends], network.y[ends]
    west, south, east, north = frame
    near = np.flatnonzero(
        (x.max(axis=1) >= west) & (x.min(axis=1) <= east) & (y.max(axis=1) >= south) & (y.min(axis=1) <= north)
    )
    edge = network.link_edges[near].max(axis=1)  # a street that may be driven in both directions has the same speed
    speed = network.edge_length_m[edge] / np.maximum(network.edge_time_s[edge], 1e-3)
    fastest = near[np.argsort(-speed, kind="stable")[:_MAX_STREETS]]
    shapes = shapely.simplify(network.link_shapes(np.sort(fastest)), (east - west) * _DETAIL)
    axes.add_collection(_lines(shapes, _GREY, 0.7))


def _lines(shapes: NDArray[np.object_], colour: str, width: float, **style: object) -> LineCollection:
    parts = shapely.get_parts(shapes)
    coordinates, owner = shapely.get_coordinates(parts, return_index=True)
    pieces = np.split(coordinates, np.flatnonzero(np.diff(owner)) + 1) if len(coordinates) else []
    return LineCollection(pieces, colors=colour, linewidths=width, zorder=2, **style)


def _draw_names(
    axes: Axes,
    territory: Territory,
    frame: tuple[float, float, float, float],
    crs: str,
    *,
    taken: NDArray[np.float64],
) -> None:
    """Write the names of the most populated communes of a frame that have room for theirs."""
    communes = territory.communes
    x, y = to_metres(crs).transform(communes["lon"].to_numpy(), communes["lat"].to_numpy())
    west, south, east, north = frame
    places = np.column_stack([(x - west) / (east - west), (y - south) / (north - south)])
    population = communes["population"].to_numpy(np.float64, na_value=0.0)
    inside = ((places > (0.1, 0.06)) & (places < (0.9, 0.95))).all(axis=1)
    names = communes["name"].to_numpy(str)
    ends = (taken - (west, south)) / (east - west, north - south)
    beyond = np.array([0.0, 0.07])
    used = [*ends, *(ends + beyond), *(ends - beyond)]  # their own names are above or below
    markers = len(used)
    for i in np.flatnonzero(inside)[np.argsort(-population[inside], kind="stable")]:
        if len(used) >= _MAX_NAMES + markers:
            return
        if any((np.abs(places[i] - other) < _NAME_GAP).all() for other in used):
            continue
        used.append(places[i])
        axes.plot(*places[i], ".", color=_SOFT_INK, markersize=3.5, transform=axes.transAxes, zorder=3)
        axes.annotate(
            names[i],
            (places[i][0], places[i][1]),
            xycoords="axes fraction",
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=6.5,
            color=INK,
            parse_math=False,
            path_effects=[withStroke(linewidth=2.2, foreground="white")],
            zorder=7,
        )


def _name(axes: Axes, place: NDArray[np.float64], name: str, *, above: bool) -> None:
    """Write what one end of the way is, beyond its marker."""
    axes.annotate(
        name,
        (place[0], place[1]),
        xytext=(0, 8 if above else -8),
        textcoords="offset points",
        ha="center",
        va="bottom" if above else "top",
        fontsize=7.5,
        weight="bold",
        color=ACCENT,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
        zorder=10,
    )


def _draw_scale(axes: Axes, frame: tuple[float, float, float, float]) -> None:
    """Draw a bar of a round length, under a third of the width."""
    width_km = (frame[2] - frame[0]) / 1000
    length = max(km for km in _SCALES_KM if km <= max(width_km / 3, _SCALES_KM[0]))
    share = length / width_km
    axes.plot([0.04, 0.04 + share], [0.045, 0.045], color=INK, linewidth=1.4, transform=axes.transAxes, zorder=10)
    axes.text(
        0.04,
        0.06,
        f"{format_decimal(length, 0 if length >= 1 else 1)}{UNIT_SPACE}km",
        fontsize=6.5,
        color=INK,
        transform=axes.transAxes,
        path_effects=[withStroke(linewidth=2.2, foreground="white")],
        zorder=10,
    )
