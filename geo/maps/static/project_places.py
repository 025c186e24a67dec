"""The places of a project on a map on paper: opened, closed, of another plan, and stops of a bus.

Two of them may be so near that one would hide the other: the less important one is drawn a little aside, with a line to
where it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from matplotlib.patheffects import withStroke
from matplotlib.transforms import offset_copy

from geo.classes import INK
from geo.maps.static.lettering import FONT, POINT_MM
from geo.maps.static.markers import CLOSED, COMPARED, OPENED, STOP

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.maps.static.markers import Marker
    from geo.maps.static.picture import Picture

#: Size (points) of the rank of a place opened.
_RANK_SIZE: Final = 6.0
_WHITE: Final = "#ffffff"
#: Ways aside that are tried, as unit vectors, shape (n, 2).
_WAYS: Final = np.array([[np.cos(angle), np.sin(angle)] for angle in np.linspace(0, 2 * np.pi, 24, endpoint=False)])
#: Share of the sum of two reaches from which places do not hide each other.
_TOUCH: Final = 0.99


def apart(picture: Picture, metres_per_mm: float) -> Picture:
    """Return a picture whose places of the project do not hide each other: `geometry` is where each is drawn.

    Those opened stay before those closed, stops and places of another plan. A place that moves keeps its own position
    in the column `place`.
    """
    names = ("opened", "closed", "stops", "compared")
    drawn = [(name, frame) for name in names if (frame := getattr(picture, name)) is not None and len(frame)]
    if not drawn:
        return picture
    markers = {"opened": OPENED, "closed": CLOSED, "stops": STOP, "compared": COMPARED}
    reach = np.concatenate([np.full(len(frame), markers[name].size / 2 * POINT_MM) for name, frame in drawn])
    points = np.vstack([shapely.get_coordinates(frame.geometry) for _, frame in drawn])
    moved = _moved(points / metres_per_mm, reach) * metres_per_mm
    changes, first = {}, 0
    for name, frame in drawn:
        there = moved[first : first + len(frame)]
        first += len(frame)
        changes[name] = frame.assign(place=frame.geometry.array).set_geometry(shapely.points(there), crs=frame.crs)
    return replace(picture, **changes)


def _moved(points: NDArray[np.float64], reach: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where discs are drawn, each where it is if it is free of those before it, else beside one of them.

    `points`: shape (n, 2), in the unit of `reach`, shape (n,). Of the free positions around them the nearest is taken;
    where there is none, it stays.
    """
    drawn = points.copy()
    for number in range(1, len(points)):
        clear = reach[:number] + reach[number]

        def is_free(
            where: NDArray[np.float64], clear: NDArray[np.float64] = clear, before: int = number
        ) -> NDArray[np.bool_]:
            gaps = where[:, None, :] - drawn[None, :before, :]
            return np.asarray((np.hypot(gaps[..., 0], gaps[..., 1]) >= clear * _TOUCH).all(axis=1), bool)

        if is_free(points[number : number + 1])[0]:
            continue
        around = (drawn[:number, None, :] + clear[:, None, None] * _WAYS).reshape(-1, 2)
        free = around[is_free(around)]
        if len(free):
            drawn[number] = free[np.hypot(*(free - points[number]).T).argmin()]
    return drawn


def project_places(picture: Picture) -> list[tuple[gpd.GeoDataFrame, Marker]]:
    """Return the places that a project opens, closes or is compared with, and its stops, with their markers."""
    drawn = (
        (picture.compared, COMPARED),
        (picture.stops, STOP),
        (picture.opened, OPENED),
        (picture.closed, CLOSED),
    )
    return [(places, marker) for places, marker in drawn if places is not None]


def draw_project(axes: Any, picture: Picture) -> None:
    """Draw these places; a rank is written on those opened, a letter on those of another plan, a sign above stops."""
    for places, marker in project_places(picture):
        if "place" in places:
            for here, there in zip(places["place"], places.geometry, strict=True):
                if not here.equals(there):
                    axes.plot([here.x, there.x], [here.y, there.y], color=INK, linewidth=0.8, gid="leader")
        axes.plot(places.geometry.x, places.geometry.y, **marker.style())
    if picture.stops is not None:
        for sign, point in zip(picture.stops["sign"], picture.stops.geometry, strict=True):
            _write(axes, sign, point, raised=STOP.size, colour=INK, halo=_WHITE, gid="stop")
    if picture.compared is not None and "sign" in picture.compared:
        for sign, point in zip(picture.compared["sign"], picture.compared.geometry, strict=True):
            _write(axes, sign, point, raised=0.0, colour=INK, halo=_WHITE, gid="compared")
    if picture.opened is not None and "rank" in picture.opened:
        for rank, point in zip(picture.opened["rank"], picture.opened.geometry, strict=True):
            _write(axes, str(rank), point, raised=0.0, colour=_WHITE, halo=OPENED.fill, gid="rank")


def _write(axes: Any, text: str, point: Any, *, raised: float, colour: str, halo: str, gid: str) -> None:
    """Write a few letters at a place, or `raised` points above it."""
    axes.text(
        point.x,
        point.y,
        text,
        transform=offset_copy(axes.transData, axes.figure, y=raised, units="points"),
        fontsize=_RANK_SIZE,
        family=FONT,
        color=colour,
        weight="bold",
        ha="center",
        va="center_baseline",
        path_effects=[withStroke(linewidth=1.6, foreground=halo)],
        gid=gid,
    )
