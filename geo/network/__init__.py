"""Road networks: reading, speeds, snapping, shortest paths."""

from geo.network.approximate import approximate
from geo.network.osm import read_osm, read_osmnx
from geo.network.road_lines import read_road_lines
from geo.network.road_network import RoadNetwork
from geo.network.shortest_paths import NearestFacility, nearest_facility
from geo.network.snapping import snap

__all__ = [
    "NearestFacility",
    "RoadNetwork",
    "approximate",
    "nearest_facility",
    "read_osm",
    "read_osmnx",
    "read_road_lines",
    "snap",
]
