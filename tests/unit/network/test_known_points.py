"""Points that a network knows are those that are looked for; one that it does not know is looked for."""

import logging
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from geo import Territory
from geo.network.known_points import KnownPoints, remember_points
from geo.network.road_network import RoadNetwork
from geo.network.snapping import StreetsAround, snap

FIELDS = ("link", "fraction", "distance_m", "xy")


def the_same(found, expected):
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
        assert getattr(found, name).dtype == getattr(expected, name).dtype
    assert (found.around is None) == (expected.around is None)
    if expected.around is not None:
        for each in fields(StreetsAround):
            np.testing.assert_array_equal(getattr(found.around, each.name), getattr(expected.around, each.name))


def test_an_embedded_territory_and_its_copy_on_disk_take_the_same_time(tmp_path):
    territory = Territory.load("64")
    territory.save(tmp_path / "copy")
    times = [each.travel_times()["travel_time_min"] for each in (territory, Territory.load(tmp_path / "copy"))]
    np.testing.assert_allclose(*(each.to_numpy(np.float64, na_value=np.nan) for each in times))


def test_every_place_of_the_embedded_lists_is_known_where_it_is_found():
    territory = Territory.load("64", drawn=False)
    assert isinstance(territory.network.known_points, KnownPoints)
    plain = replace(territory.network)
    assert plain.known_points is None
    for table in territory.facilities.values():
        lon, lat = table.geometry.x.to_numpy(), table.geometry.y.to_numpy()
        assert territory.network.known_points.find(lon, lat) is not None
        the_same(snap(territory.network, lon, lat), snap(plain, lon, lat))
    lon, lat = territory.communes["lon"].to_numpy(), territory.communes["lat"].to_numpy()
    assert territory.network.known_points.find(lon, lat) is not None
    the_same(snap(territory.network, lon, lat), snap(plain, lon, lat))


@pytest.fixture
def network():
    there, back, x = [0, 1, 1, 2], [1, 0, 2, 1], [700_000, 700_500, 701_000]
    return RoadNetwork.from_edges(there, back, [60] * 4, [500] * 4, x, [6_600_000] * 3, "EPSG:2154")


HERE = pd.DataFrame({"lon": [3.0, 3.001, 3.0, 5.0], "lat": [46.498, 46.4985, 46.498, 46.5]})


def test_a_point_that_is_not_known_is_looked_for(network, tmp_path):
    place = tmp_path / "network-1"
    lon, lat = np.array([3.0, 3.002]), np.array([46.498, 46.498])
    expected = snap(network, lon, lat)
    file = tmp_path / "a.csv"
    file.write_text("a")
    remember_points(network, [file], [HERE, HERE], place)
    known = network.known_points
    assert len(known.position) == 3
    assert known.find(lon, lat) is None
    the_same(snap(network, lon, lat), expected)
    assert known.find(np.array([np.nan]), np.array([46.498])) is None
    # One too far from any street is known to be.
    assert (known.find(np.array([5.0]), np.array([46.5])).link == -1).all()


def test_known_points_are_kept_for_the_same_network_and_files(network, tmp_path, caplog):
    file = tmp_path / "a.csv"
    file.write_text("a")
    place = tmp_path / "network-1"
    with caplog.at_level(logging.INFO):
        remember_points(network, [file], [HERE], place)
        made = network.known_points
        remember_points(network, [file], [], place)  # nothing to look for: what was kept is read
        the_same(network.known_points.points, made.points)
        assert len(caplog.messages) == 1
        file.write_text("b")
        remember_points(network, [file], [HERE.head(1)], place)
        assert len(network.known_points.position) == 1
        remember_points(network, [file], [HERE], tmp_path / "network-2")
    assert len(list(tmp_path.glob("points-*"))) == len(caplog.messages) == 3
