"""Every compiled loop of this package, run once (`geo.prepared`)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from geo.network.osm import read_osm
from geo.network.routes import route_between
from geo.network.snapping import snap
from geo.network.travel_times import nearest_by_road, nearest_ones_by_road, pairs_sooner_than, times_from_point

#: Two streets that cross.
_NODES: Final = ((0, 43.30, -1.57), (1, 43.31, -1.57), (2, 43.30, -1.56), (3, 43.31, -1.56), (4, 43.305, -1.565))
_STREETS: Final = ((0, 4, 3), (1, 4, 2))


def prepare_searches() -> None:
    """Run every compiled loop of this package once, on two streets that cross."""
    nodes = "".join(f'<node id="{number + 1}" version="1" lat="{lat}" lon="{lon}"/>' for number, lat, lon in _NODES)
    ways = "".join(
        f'<way id="{number + 1}" version="1">'
        + "".join(f'<nd ref="{node + 1}"/>' for node in street)
        + '<tag k="highway" v="residential"/></way>'
        for number, street in enumerate(_STREETS)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "streets.osm"
        path.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
        network = read_osm(path)
    places = np.array([[lon, lat] for _, lat, lon in _NODES])
    homes = snap(network, *places[:3].T)
    sites = snap(network, *places[3:].T)
    nearest_by_road(network, homes, sites)
    nearest_ones_by_road(network, homes, sites, 2)
    times_from_point(network, homes, 0, sites)
    pairs_sooner_than(network, homes, homes, sites)
    route_between(network, homes.take([0]), sites.take([0]))
