"""Points whose place on a network is known already: looking for the streets near them takes longer than a search."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo import crs
from geo.network import barriers, snapping
from geo.network.snapping import SnappedPoints, StreetsAround, snap
from geo.sources.kept_frames import content_key, kept_frames

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork

#: Names of the tables in their folder: the points, and the other streets around them that trips may join.
_POINTS: Final = "points"
_AROUND: Final = "around"


@dataclass(frozen=True, eq=False, slots=True)
class KnownPoints:
    """Where some points lie on one network, to be found by their position.

    `position`: complex128, shape (n,), sorted, each once: longitude + i latitude, degrees. `points`: where each is.
    """

    position: NDArray[np.complex128]
    points: SnappedPoints

    def find(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> SnappedPoints | None:
        """Return where points (degrees) lie on the network; `None` where one of them is not known."""
        wanted = _positions(lon, lat)
        row = np.minimum(np.searchsorted(self.position, wanted), len(self.position) - 1)
        return self.points.take(row) if len(self.position) and (self.position[row] == wanted).all() else None


def points_place(files: Sequence[Path], place: Path) -> Path:
    """Return the folder where `remember_points` keeps what it finds; raise as `content_key`."""
    code = [str(module.__file__) for module in (snapping, barriers, crs)]
    return place.with_name(f"{_POINTS}-{content_key(files, [__file__, *code], place.name)}")


def remember_points(network: RoadNetwork, files: Sequence[Path], tables: Sequence[pd.DataFrame], place: Path) -> None:
    """Let a network know where the points of tables are on it; what was found is kept on disk.

    Parameters
    ----------
    network
        A network that is kept on disk itself.
    files, tables
        Tables with `lon` and `lat` (degrees, EPSG:4326), or else with points, and the files that they were read from.
    place
        Folder of the network, named after its content; the points are kept beside it.
    """
    made = kept_frames(
        points_place(files, place),
        [_POINTS, _AROUND],
        lambda: _snapped(network, tables),
        what="des positions sur le réseau",
    )
    frame, streets = made[_POINTS], made[_AROUND]
    link, fraction, distance_m = (frame[name].to_numpy() for name in ("link", "fraction", "distance_m"))
    around = StreetsAround(*(streets[each.name].to_numpy() for each in fields(StreetsAround)))
    points = SnappedPoints(
        link, fraction, distance_m, frame[["x", "y"]].to_numpy(), around if network.source.approximate else None
    )
    vars(network)["known_points"] = KnownPoints(_positions(frame["lon"].to_numpy(), frame["lat"].to_numpy()), points)


def _snapped(network: RoadNetwork, tables: Sequence[pd.DataFrame]) -> dict[str, pd.DataFrame]:
    columns = [
        (table["lon"], table["lat"]) if "lon" in table else (table.geometry.x, table.geometry.y) for table in tables
    ]
    lon, lat = (np.concatenate([values.to_numpy(np.float64) for values in axis]) for axis in zip(*columns, strict=True))
    position = np.unique(_positions(lon, lat))
    points = snap(network, position.real, position.imag)
    none = np.zeros(0)
    around = points.around or StreetsAround(none.astype(np.int64), none.astype(np.int64), none, none)
    placed = {
        "lon": position.real,
        "lat": position.imag,
        "link": points.link,
        "fraction": points.fraction,
        "distance_m": points.distance_m,
        "x": points.xy[:, 0],
        "y": points.xy[:, 1],
    }
    streets = {each.name: getattr(around, each.name) for each in fields(StreetsAround)}
    return {_POINTS: pd.DataFrame(placed), _AROUND: pd.DataFrame(streets)}


def _positions(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.complex128]:
    position = np.empty(len(lon), np.complex128)
    position.real, position.imag = lon, lat
    return position
