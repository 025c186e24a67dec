"""Any road file: which reader it needs is told from its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from geo.network.osm import read_osm, read_osmnx
from geo.network.road_lines import read_road_lines
from geo.network.speeds import DEFAULT_PROFILE

if TYPE_CHECKING:
    from pathlib import Path

    from geo.network.road_network import RoadNetwork


def read_roads(
    path: Path, *, area: tuple[float, float, float, float] | None = None, profile: str = DEFAULT_PROFILE
) -> RoadNetwork:
    """Read a road file of any known kind; see `read_osm`, `read_osmnx` and `read_road_lines`.

    `area` is (west, south, east, north) in degrees: roads outside are left out.
    """
    name = path.name.lower()
    if name.endswith((".osm.pbf", ".pbf", ".osm", ".osm.bz2", ".osm.gz")):
        return read_osm(path, profile=profile, area=area)
    if name.endswith(".graphml"):
        return read_osmnx(path, profile=profile)
    return read_road_lines(path, speed_profile=profile, area=None if area is None else shapely.box(*area))
