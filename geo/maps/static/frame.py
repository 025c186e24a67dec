"""One frame of a map: communes by class, neighbours, places, names, scale bar and north arrow."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.collections import PathCollection
from matplotlib.patches import Polygon
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from geo.classes import INK
from geo.french import format_integer
from geo.maps.static.labels import Name, PlacedName, place_names
from geo.maps.static.lettering import POINT_MM, shortened
from geo.maps.static.markers import MARKERS, OPENED, marker_of
from geo.maps.static.picture import HATCH, hatch_lines
from geo.maps.static.project_places import apart, draw_project, project_places
from geo.maps.static.sheet import Box
from geo.sources.departements import departement_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.maps.static.ground import Ground
    from geo.maps.static.markers import Marker
    from geo.maps.static.picture import Picture
    from geo.maps.static.sheet import Sheet

NEIGHBOUR_COLOUR: Final = "#eeeeea"

#: Height of the strip under a frame that holds the scale bar and the north arrow (mm).
_STRIP_MM: Final = 8.0
#: A scale bar shorter than this (mm) has no nought.
_SHORT_BAR_MM: Final = 15.0
#: Room (share of the size) around the communes.
_ROOM: Final = 0.03
#: Contours are drawn with this tolerance (share of the frame's width): finer detail does not show on paper.
_DETAIL: Final = 1 / 2000
#: Markers nearer than this (mm) to the edge of the frame are left out.
_EDGE_MM: Final = 1.2
#: Markers are drawn smaller where each has less room than this (mm2).
_MARKER_ROOM_MM2: Final = 90.0
#: Markers smaller than this (of their size) are dots: names may lie over them, and places do not name their town.
_CROWD: Final = 0.5
#: Communes are only bordered where there are few enough to be told apart.
_BORDERED: Final = 3000
#: A commune with a site is named before towns this many times more populous; those that the map is about, before all.
_SEAT_WEIGHT: Final = 10.0
_FIRST_WEIGHT: Final = 1e6
_NAMES_TRIED: Final = 150
#: How finely (mm) a place is sought for the name of a neighbour, and how far it stays from its border.
_GRID_MM: Final = 4.0
#: How many of the most populous towns are written in bold, and in a larger type.
_BOLD: Final = 3
_LARGE: Final = 10
_NAME_AREA_MM2: Final = 900.0
_LONGEST_NAME_MM: Final = 38.0
_LONGEST_STARRED_MM: Final = 60.0
_BORDER: Final = "#8b949a"


def draw_frame(sheet: Sheet, box: Box, ground: Ground, picture: Picture, *, names: int | None = None) -> None:
    """Draw one frame and the strip with its scale bar and north arrow.

    `names`: How many towns are named at most; by the size of the frame where `None`.
    """
    title_mm = 6.0 if picture.title else 0.0
    if picture.title:
        sheet.write(box.x, box.top - 4.5, shortened(picture.title, box.width, 9, bold=True), 9, weight="bold")
    room = Box(box.x, box.y + _STRIP_MM, box.width, box.height - _STRIP_MM - title_mm)
    view = _View.of(room, ground)
    picture = apart(picture, view.metres_per_mm)
    axes = sheet.map_axes(room)
    axes.set_xlim(view.west, view.west + room.width * view.metres_per_mm)
    axes.set_ylim(view.south, view.south + room.height * view.metres_per_mm)
    _draw_land(axes, ground, picture, room.width * view.metres_per_mm * _DETAIL)
    _draw_places(axes, view, ground, picture)
    sheet.rectangle(room, facecolor="none", edgecolor=_BORDER, linewidth=0.6)
    most = round(room.width * room.height / _NAME_AREA_MM2) if names is None else names
    for placed in placed_names(room, ground, picture, most):
        _write_name(sheet, placed)
    _draw_scale(sheet, box, view.metres_per_mm)
    _draw_north(sheet, box, ground)


@dataclass(frozen=True, slots=True)
class _View:
    """How metres of the projection fall on a frame of the page."""

    room: Box
    west: float
    south: float
    metres_per_mm: float

    @classmethod
    def of(cls, room: Box, ground: Ground) -> _View:
        west, south, east, north = ground.bounds
        scale = (1 + 2 * _ROOM) * max((east - west) / room.width, (north - south) / room.height)
        return cls(
            room, (west + east - room.width * scale) / 2, (south + north - room.height * scale) / 2, float(scale)
        )

    @property
    def window(self) -> Any:
        """What the frame shows, as a polygon in metres."""
        width, height = self.room.width * self.metres_per_mm, self.room.height * self.metres_per_mm
        return shapely.box(self.west, self.south, self.west + width, self.south + height)

    def marker_scale(self, ground: Ground) -> float:
        """Return by how much markers are made smaller, 1 where there is room."""
        shown = max(1, int(ground.facilities.intersects(self.window).sum()))
        return min(1.0, math.sqrt(self.room.width * self.room.height / shown / _MARKER_ROOM_MM2))

    def on_page(self, points: gpd.GeoSeries) -> NDArray[np.float64]:
        """Return positions on the page, shape (n, 2), in mm."""
        return np.column_stack(
            [
                self.room.x + (points.x.to_numpy() - self.west) / self.metres_per_mm,
                self.room.y + (points.y.to_numpy() - self.south) / self.metres_per_mm,
            ]
        ).reshape(-1, 2)


def placed_names(room: Box, ground: Ground, picture: Picture, at_most: int) -> tuple[PlacedName, ...]:
    """Return what is named in a frame and where: neighbours, then towns.

    The names do not overlap, nor do they hide a marker where places are few enough to be told apart.
    """
    view = _View.of(room, ground)
    crowded = view.marker_scale(ground) < _CROWD
    obstacles = _marks(view, ground, picture) if not crowded else np.empty((0, 4))
    population = ground.communes["population"].astype("Float64").fillna(0.0).astype("float64")
    seats = ground.seats.iloc[:0] if crowded else ground.seats
    towns = ground.towns.copy()
    towns[seats.index] = seats
    seated = towns.index.isin(seats.index)
    weight = (population + 1.0) * np.where(seated, _SEAT_WEIGHT, 1.0)
    weight *= np.where(towns.index.isin(picture.first), _FIRST_WEIGHT, 1.0)
    rank = population.rank(ascending=False, method="first").to_numpy()
    tried = np.lexsort((weight.index.to_numpy(str), -weight.to_numpy()))[:_NAMES_TRIED]
    starred = np.zeros(len(towns), bool)
    if picture.opened is not None and "commune_code" in picture.opened:
        starred = towns.index.isin(picture.opened["commune_code"].dropna())
    names = [
        _town_name(str(ground.communes["name"].iloc[i]), point, rank[i], seat=bool(seated[i]), star=bool(starred[i]))
        for i, point in zip(tried, view.on_page(towns.iloc[tried]), strict=True)
    ]
    around = _neighbour_names(view, ground)
    of_project = _rectangles(view, [(frame.geometry, marker) for frame, marker in project_places(picture)])
    return place_names([*around, *names], obstacles, room, at_most=len(around) + at_most, kept_clear=of_project)


def _marks(view: _View, ground: Ground, picture: Picture) -> NDArray[np.float64]:
    """Return the rectangle of each marker on the page, shape (n, 4), in mm."""
    places = [(ground.facilities.geometry[ground.facilities["kind"] == kind], MARKERS[kind]) for kind in ground.kinds]
    return _rectangles(view, [*places, *((frame.geometry, marker) for frame, marker in project_places(picture))])


def _rectangles(view: _View, places: Sequence[tuple[gpd.GeoSeries, Marker]]) -> NDArray[np.float64]:
    rectangles = [np.empty((0, 4))]
    for points, marker in places:
        middles, reach = view.on_page(points), marker.size / 2 * POINT_MM
        rectangles.append(np.column_stack([middles - reach, middles + reach]))
    return np.vstack(rectangles)


def _town_name(text: str, point: NDArray[np.float64], rank: float, *, seat: bool, star: bool) -> Name:
    """Return the name of a town; the three most populous ones stand out, and those with a place opened."""
    bold = star or rank <= _BOLD
    marker, longest = (OPENED, _LONGEST_STARRED_MM) if star else (MARKERS["main"], _LONGEST_NAME_MM)
    size = 8.5 if bold else 7.5 if rank <= _LARGE else 6.5
    return Name(
        shortened(text, longest, size, bold=bold),
        float(point[0]),
        float(point[1]),
        gap=marker.size / 2 * POINT_MM + 0.5 if seat or star else 0.9,
        size=size,
        bold=bold,
        dot=not (seat or star),
        must=star,
    )


def _draw_land(axes: Any, ground: Ground, picture: Picture, detail_m: float) -> None:
    neighbours = ground.neighbours.geometry.to_numpy()
    _fill(axes, neighbours, facecolor=NEIGHBOUR_COLOUR, edgecolor="#ffffff", linewidth=1.2)
    contours = ground.lightened(detail_m)
    bordered = len(contours) <= _BORDERED
    position = picture.position.reindex(contours.index)
    for number, cls in enumerate(picture.classes):
        chosen = contours[(position == number).to_numpy()]
        edge = _BORDER if bordered else cls.colour
        _fill(axes, chosen.to_numpy(), facecolor=cls.colour, edgecolor=edge, linewidth=0.25)
        if cls.hatch:
            _hatch(axes, chosen, cls.hatch)
    _hatch(axes, contours[contours.index.isin(picture.hatched)], HATCH)
    for codes, style in ((picture.outlined, "solid"), (picture.dashed, (0, (3, 1.5)))):
        edged = contours[contours.index.isin(codes)]
        _outline(axes, edged, np.zeros(len(edged)), linewidth=1.3, linestyle=style)
    _outline(axes, contours, ground.communes["departement"].to_numpy(), linewidth=0.8 if bordered else 0.3)


def _fill(axes: Any, areas: NDArray[Any], **style: Any) -> None:
    """Draw each area as one path, all read at once: geopandas makes a patch of each, in ten times the time."""
    parts, of = shapely.get_parts(areas, return_index=True)
    if not len(parts):
        return
    _, xy, (rings, polygons) = shapely.to_ragged_array(shapely.force_2d(parts))
    codes = np.full(len(xy), Path.LINETO, Path.code_type)
    codes[rings[:-1]], codes[rings[1:] - 1] = Path.MOVETO, Path.CLOSEPOLY
    first = [*rings[polygons[np.unique(of, return_index=True)[1]]], len(xy)]
    paths = [Path(xy[begin:end], codes[begin:end]) for begin, end in itertools.pairwise(first)]
    axes.add_collection(PathCollection(paths, **style), autolim=False)


def _outline(axes: Any, contours: gpd.GeoSeries, groups: NDArray[Any], **style: Any) -> None:
    """Draw the outline of each group of communes."""
    together = [contours[groups == group].union_all() for group in np.unique(groups)]
    _fill(axes, np.array(together, object), facecolor="none", edgecolor=INK, **style)


def _hatch(axes: Any, contours: gpd.GeoSeries, pattern: str) -> None:
    together = np.array([contours.union_all()])
    for colour, width in hatch_lines(pattern):
        _fill(axes, together, facecolor="none", edgecolor=colour, hatch=pattern, hatch_linewidth=width, linewidth=0)


def _draw_places(axes: Any, view: _View, ground: Ground, picture: Picture) -> None:
    scale = view.marker_scale(ground)
    # No marker is cut by the edge of the frame.
    window = view.window.buffer(-_EDGE_MM * view.metres_per_mm)
    shown = ground.facilities[ground.facilities.within(window)]
    # Main sites last: nothing hides them.
    for kind in reversed(ground.kinds):
        points = shown.geometry[(shown["kind"] == kind).to_numpy()]
        axes.plot(points.x, points.y, **marker_of(kind, counted=kind not in ground.excluded).style(scale))
    draw_project(axes, picture)


def _write_name(sheet: Sheet, placed: PlacedName) -> None:
    name = placed.name
    if placed.far:
        to_x, to_y = placed.nearest
        sheet.line([name.x, to_x], [name.y, to_y], color=INK, linewidth=0.8, gid="leader")
    if name.dot:
        sheet.line([name.x], [name.y], linestyle="none", marker="o", markersize=2.4, color=INK, markeredgewidth=0)
    sheet.write(
        placed.x,
        placed.y,
        name.text,
        name.size,
        ha="center",
        va="center_baseline",
        weight="bold" if name.bold else "normal",
        style="italic" if name.centres else "normal",
        alpha=0.75 if name.centres else 1.0,
        path_effects=[withStroke(linewidth=1.8, foreground="#ffffff")],
        gid="area" if name.centres else "town",
    )


def _neighbour_names(view: _View, ground: Ground) -> list[Name]:
    """Return the names of the neighbours that have room for theirs in what the frame shows of them."""
    seen = ground.neighbours.geometry.intersection(view.window)
    step = _GRID_MM * view.metres_per_mm
    west, south, east, north = view.window.bounds
    grid = [axis.ravel() for axis in np.meshgrid(np.arange(west, east, step), np.arange(south, north, step))]
    names = []
    for code, contour in zip(ground.neighbours["departement"], seen, strict=True):
        name = Name(departement_name(str(code)), 0, 0, gap=0, size=8)
        width, height = ((size + _GRID_MM) / 2 * view.metres_per_mm for size in (name.width, name.height))
        boxes = shapely.box(grid[0] - width, grid[1] - height, grid[0] + width, grid[1] + height)
        middles = gpd.GeoSeries(gpd.points_from_xy(*grid), crs=seen.crs)[shapely.contains(contour, boxes)]
        depth = middles.distance(contour.boundary).to_numpy()
        centres = view.on_page(middles)[np.argsort(-depth, kind="stable")]
        if len(centres):
            names.append(replace(name, centres=tuple(map(tuple, centres.tolist()))))
    return names


def _draw_scale(sheet: Sheet, box: Box, metres_per_mm: float) -> None:
    """Draw a bar of a round number of kilometres, at most a third of the frame wide, in two halves."""
    longest = box.width / 3 * metres_per_mm
    power = 10.0 ** np.floor(np.log10(longest))
    length_m = max(step * power for step in (1.0, 2.0, 5.0) if step * power <= longest)
    width = length_m / metres_per_mm
    y = box.y + 1.2
    for half, colour in ((0, INK), (1, "#ffffff")):
        bar = Box(box.x + half * width / 2, y, width / 2, 1.1)
        sheet.rectangle(bar, facecolor=colour, edgecolor=INK, linewidth=0.6)
    unit, kilometres = ("km", length_m / 1000) if length_m >= 1000 else ("m", length_m)  # noqa: PLR2004
    if width >= _SHORT_BAR_MM:
        sheet.write(box.x, y + 2.0, "0", 6.5)
        sheet.write(box.x + width, y + 2.0, f"{format_integer(kilometres)}\u00a0{unit}", 6.5, ha="right")
    else:
        sheet.write(box.x, y + 2.0, f"{format_integer(kilometres)}\u00a0{unit}", 6.5)


def _draw_north(sheet: Sheet, box: Box, ground: Ground) -> None:
    """Draw an arrow towards true north in the right end of the strip."""
    east, up = ground.north()
    along, across = np.array([east, up]), np.array([up, -east])
    middle = np.array([box.right - 4.0, box.y + 3.4])
    tip, foot = middle + along * 3.2, middle - along * 3.2
    for side, colour in ((-1, INK), (1, "#ffffff")):
        corners = [tip, foot + across * side * 1.7, middle - along * 1.8]
        sheet.add_artist(
            Polygon(corners, transform=sheet.millimetres, facecolor=colour, edgecolor=INK, linewidth=0.6, closed=True)
        )
    sheet.write(box.right - 9.5, box.y + 2.4, "N", 8, weight="bold")
