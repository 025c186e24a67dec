"""Road networks: reading, speeds, snapping, shortest paths."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.network.estimated import estimate_network
    from geo.network.osm import read_osm, read_osmnx
    from geo.network.road_lines import read_road_lines
    from geo.network.road_network import RoadNetwork
    from geo.network.shortest_paths import NearestFacility, nearest_facility
    from geo.network.snapping import snap

__all__ = [
    "NearestFacility",
    "RoadNetwork",
    "estimate_network",
    "nearest_facility",
    "read_osm",
    "read_osmnx",
    "read_road_lines",
    "snap",
]

_HOMES = {
    "NearestFacility": "geo.network.shortest_paths",
    "RoadNetwork": "geo.network.road_network",
    "estimate_network": "geo.network.estimated",
    "nearest_facility": "geo.network.shortest_paths",
    "read_osm": "geo.network.osm",
    "read_osmnx": "geo.network.osm",
    "read_road_lines": "geo.network.road_lines",
    "snap": "geo.network.snapping",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: reading roads does not load the searches, nor the reverse."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    msg = f"module 'geo.network' has no attribute '{name}'"
    raise AttributeError(msg)
