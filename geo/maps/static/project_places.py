"""The places of a project on a map on paper: opened, closed, of another plan, and stops of a bus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from matplotlib.patheffects import withStroke
from matplotlib.transforms import offset_copy

from geo.classes import INK
from geo.maps.static.lettering import FONT
from geo.maps.static.markers import CLOSED, COMPARED, OPENED, STOP

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.maps.static.frame import Picture
    from geo.maps.static.markers import Marker

#: Size (points) of the rank of a place opened.
_RANK_SIZE: Final = 6.0
_WHITE: Final = "#ffffff"


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
    """Draw these places, the rank of those opened on them and the sign of each stop above it."""
    for places, marker in project_places(picture):
        axes.plot(places.geometry.x, places.geometry.y, **marker.style())
    if picture.stops is not None:
        for sign, point in zip(picture.stops["sign"], picture.stops.geometry, strict=True):
            _write(axes, sign, point, raised=STOP.size, colour=INK, halo=_WHITE, gid="stop")
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
