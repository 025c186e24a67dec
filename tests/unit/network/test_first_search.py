"""The search without compiled loops finds what these find, to the last bit, and is made once for each network."""

import json
import subprocess
import sys

import numpy as np
import pytest

from geo import Territory
from geo.api.service import Service
from geo.network import first_search, travel_times
from geo.network.compiled import loops_are_loaded
from geo.network.first_search import first_times_from, is_sooner_without_loops
from geo.network.road_network import RoadNetwork
from geo.network.shortest_paths import starts_of, times_from
from geo.network.snapping import legs_from_points, snap


@pytest.fixture(scope="module")
def france():
    return Territory.load("90", drawn=False)


def both(network, nodes, seconds, metres, limit_s=np.inf):
    starts = starts_of(network, nodes, seconds, metres, np.zeros(len(nodes), np.int64))
    field = times_from(network, nodes, seconds, metres, limit_s=limit_s)
    return first_times_from(network, starts, limit_s=limit_s), (field.travel_time_s, field.length_m)


def test_from_some_communes_of_a_departement_all_of_france_is_reached_in_the_same_time(france):
    communes = france.communes
    points = snap(france.network, communes["lon"], communes["lat"])
    assert len(points) > 90
    for position in range(0, len(points), 9):
        out = legs_from_points(france.network, points.take([position]))
        found, expected = both(france.network, out.node, out.time_s, out.length_m)
        for mine, theirs in zip(found, expected, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_within_a_limit_as_well(france):
    rng = np.random.default_rng(1)
    for limit_s in (0.0, 60.0, 1_800.0, 7_200.0):
        nodes = rng.integers(0, france.network.n_nodes, 3)
        found, expected = both(france.network, nodes, rng.random(3) * 100, rng.random(3) * 1_000, limit_s)
        for mine, theirs in zip(found, expected, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def squares(longer):
    """Streets from 0 to 3 by 1 or by 2, as fast; by 2, which is met last, they are `longer` by so many metres."""
    start, end = [0, 0, 1, 2], [1, 2, 3, 3]
    metres = [100, 100 + longer, 100, 100]
    return RoadNetwork.from_edges(start, end, [60] * 4, metres, [0, 100, 0, 100], [0, 0, 100, 100], "EPSG:2154")


def test_of_two_ways_as_fast_the_shorter_counts_or_the_loops_are_asked():
    answers = []
    for longer in (-50, 50):
        found, (time, length) = both(squares(longer), [0], [0.0], [0.0])
        answers.append(found is None)
        if found is not None:
            np.testing.assert_array_equal(found, (time, length))
        assert length[3] == 200 + min(longer, 0)
    assert True in answers, "one of the two orders cannot be told without the loops"


def test_only_the_first_search_from_a_point_does_without_the_loops(monkeypatch):
    monkeypatch.setattr(first_search, "loops_are_loaded", lambda: False)
    network = squares(10)
    assert [is_sooner_without_loops(network) for _ in range(3)] == [True, False, False]
    monkeypatch.setattr(first_search, "MOST_NODES", 3)
    assert not is_sooner_without_loops(squares(10))
    monkeypatch.setattr(first_search, "MOST_NODES", 4)
    monkeypatch.setattr(first_search, "loops_are_loaded", lambda: True)
    assert not is_sooner_without_loops(squares(10))


@pytest.mark.parametrize("longer", [-50, 50])
def test_times_to_places_are_the_same_either_way(longer, monkeypatch):
    network = squares(longer)
    x, y = np.array([700_000.0, 700_090.0]), np.array([6_600_000.0, 6_600_100.0])
    points = travel_times.SnappedPoints(np.array([0, 3]), np.array([0.2, 0.9]), np.zeros(2), np.column_stack([x, y]))
    found = []
    for sooner in (True, False):
        monkeypatch.setattr(travel_times, "is_sooner_without_loops", lambda _network, sooner=sooner: sooner)
        found.append(travel_times.times_from_point(network, points, 0, points))
    np.testing.assert_array_equal(*found)


LOADED = """
import json, sys
from geo.cli import main
sys.stdout, told, said = sys.stderr, sys.stdout, []
for arguments in json.loads(sys.argv[1]):
    try:
        main(arguments)
    except SystemExit as end:
        said.append([end.code, sorted({name.partition(".")[0] for name in sys.modules})])
json.dump(said, told)
"""


def test_the_help_and_the_nearest_sites_of_a_commune_are_told_without_what_takes_long_to_load():
    heavy = {"numba", "llvmlite", "scipy", "pydantic", "filelock", "yaml", "matplotlib", "streamlit"}
    asked = json.dumps([["--help"], ["nearest", "Sare"]])
    told = subprocess.run([sys.executable, "-c", LOADED, asked], capture_output=True, text=True, check=True)
    (helped, with_help), (found, with_sites) = json.loads(told.stdout)
    assert (helped, found) == (0, 0)
    assert "diagnose" in told.stderr
    assert "Saint-Jean-de-Luz" in told.stderr
    assert not (heavy | {"numpy", "pandas", "geopandas", "shapely", "pyproj"}) & set(with_help)
    assert not heavy & set(with_sites)


def test_what_is_ready_for_visitors_has_the_loops(saved, monkeypatch):
    """A process that has called none loads them with the first call, after a search without them."""
    called = []

    def with_loops(*arguments, **options):
        called.append("loops")
        return times_from(*arguments, **options)

    def without(*arguments, **options):
        called.append("without")
        return first_times_from(*arguments, **options)

    monkeypatch.setattr(first_search, "loops_are_loaded", lambda: False)
    monkeypatch.setattr(travel_times, "times_from", with_loops)
    monkeypatch.setattr(travel_times, "first_times_from", without)
    Service(Territory.load(saved)).warm_up()
    assert called == ["without", "loops"]
    assert loops_are_loaded()
