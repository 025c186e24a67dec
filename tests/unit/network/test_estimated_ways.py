"""Ways without streets: along the straight line, or as long as the road where that line passes a crest."""

import numpy as np
import pyproj
import pytest

from geo.crs import to_metres
from geo.network import RoadNetwork
from geo.network.estimated_ways import estimated_ways
from geo.network.modes import estimated_times
from geo.sources.relief import STEP_M, Relief

#: Degrees: three places in a row, a hill between the first two, which a road joins, and no road to the third.
LON, LAT = np.array([0.0, 0.05, 0.1]), np.full(3, 43.2)
ROAD_KM = 20.0


def grounds(hill_m):
    steps = np.zeros((11, 11), np.uint8)
    steps[:, 1] = hill_m / STEP_M
    return Relief(steps, 0.0, 43.1, 0.025)


@pytest.fixture(scope="module")
def roads():
    x, y = to_metres("EPSG:2154").transform(LON[:2], LAT[:2])
    there_and_back = np.array([0, 1]), np.array([1, 0]), np.full(2, 1500.0), np.full(2, ROAD_KM * 1000)
    return RoadNetwork.from_edges(*there_and_back, x, y, "EPSG:2154")


def ways(mode, roads, relief, one, other):
    ends = [(LON[[i]], LAT[[i]]) for i in (one, other)]
    metres = np.array(pyproj.Geod(ellps="WGS84").inv(*ends[0], *ends[1])[2])
    return tuple(each[0] for each in estimated_ways(mode, roads, relief, *ends, metres)), metres


def test_a_way_over_a_crest_is_as_long_as_the_road_and_takes_what_that_takes_on_the_flat(roads):
    (minutes, km), metres = ways("bike", roads, grounds(200), 0, 1)
    assert metres == pytest.approx([4064], rel=0.01)
    assert (minutes, km) == (pytest.approx(ROAD_KM / 15 * 60), pytest.approx(ROAD_KM))
    assert ways("walk", roads, grounds(200), 0, 1)[0][0] == pytest.approx(ROAD_KM / 4.8 * 60)


def test_over_a_lower_crest_and_up_a_slope_the_line_tells(roads):
    (minutes, km), metres = ways("bike", roads, grounds(100), 0, 1)
    flat, straight = (each[0] for each in estimated_times("bike", metres))
    assert km == straight
    assert flat < minutes < 2 * flat
    relief = grounds(200)
    relief.steps[:, 2:] = 200 / STEP_M
    assert ways("bike", roads, relief, 0, 1)[0][1] == straight


def test_a_road_shorter_than_the_line_changes_nothing(roads):
    x, y = roads.x, roads.y
    metres = np.full(2, 4100.0)
    short = RoadNetwork.from_edges(np.array([0, 1]), np.array([1, 0]), metres / 10, metres, x, y, "EPSG:2154")
    (_, km), metres = ways("bike", short, grounds(200), 0, 1)
    assert km == estimated_times("bike", metres)[1][0]


def test_over_a_crest_without_a_road_no_way_is_known(roads):
    relief = grounds(0)
    relief.steps[:, 3] = 200 / STEP_M
    assert ways("bike", roads, relief, 1, 2)[0] == (np.inf, np.inf)
    assert np.isfinite(ways("bike", roads, grounds(0), 1, 2)[0]).all()
