"""Labourd: road lines of IGN against a plain reading of the file, networkx and published distances."""

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest

from geo.network.road_lines import read_road_lines
from geo.network.shortest_paths import nearest_facility
from geo.network.snapping import snap
from geo.network.travel_times import nearest_by_road, times_between

#: Town centres, longitude and latitude.
TOWNS = {
    "Ascain": (-1.6206, 43.3456),
    "Saint-Jean-de-Luz": (-1.6606, 43.3872),
    "Ainhoa": (-1.4987, 43.3062),
    "Espelette": (-1.4464, 43.3406),
}


@pytest.fixture(scope="module")
def roads(shared_data):
    return shared_data / "roads" / "labourd-bdtopo-2014.zip"


@pytest.fixture(scope="module")
def labourd(roads):
    return read_road_lines(roads)


@pytest.fixture(scope="module")
def towns(labourd):
    return snap(labourd, *np.array(list(TOWNS.values())).T)


@pytest.fixture(scope="module")
def trips(labourd, towns):
    """Minutes and kilometres between the town centres, by name."""
    seconds, metres = times_between(labourd, towns, towns)
    names = list(TOWNS)
    return {(a, b): (seconds[i, j] / 60, metres[i, j] / 1000) for i, a in enumerate(names) for j, b in enumerate(names)}


def test_counts_are_those_of_a_plain_reading(labourd, roads):
    lines = gpd.read_file(roads)
    assert len(lines) == 12_940
    graph = nx.MultiGraph()
    for line in lines.geometry:
        first, *_, last = np.round(line.coords, 2).tolist()
        graph.add_edge(tuple(first), tuple(last))
    assert len(graph) == 11_464
    assert max(map(len, nx.connected_components(graph))) == 11_218

    # Crossings and dead ends are kept, but for a few where the class of the road or a ring asks for one more.
    choice = sum(degree != 2 for _, degree in graph.degree)
    assert choice <= labourd.n_nodes <= choice + 10
    # No road is lost nor counted twice: 1,462 km of links.
    km = sum(shape.length for shape in labourd.link_shapes()) / 1000
    assert km == pytest.approx(lines.length.sum() / 1000, rel=1e-6)
    assert km == pytest.approx(1_462, abs=1)
    # The layer does not tell one-ways: each street is driven both ways.
    assert (labourd.link_edges >= 0).all()
    assert labourd.n_edges == 2 * len(labourd.snappable)
    assert len(labourd.component_nodes) == nx.number_connected_components(graph)


def test_travel_times_are_those_of_networkx(labourd):
    facilities = np.random.default_rng(64).choice(labourd.n_nodes, 5, replace=False).tolist()
    near = nearest_facility(labourd, facilities)
    backward = nx.MultiDiGraph()
    backward.add_weighted_edges_from(
        zip(
            labourd.edge_target.tolist(),
            labourd.edge_source.tolist(),
            labourd.edge_time_s.astype(float).tolist(),
            strict=True,
        )
    )
    expected = nx.multi_source_dijkstra_path_length(backward, set(facilities))
    np.testing.assert_allclose(near.travel_time_s, [expected.get(node, np.inf) for node in range(labourd.n_nodes)])


def test_town_centres_are_close_to_a_road(towns):
    assert (towns.distance_m < 50).all()


def test_ascain_is_less_than_twelve_minutes_from_saint_jean_de_luz(trips):
    minutes, km = trips["Ascain", "Saint-Jean-de-Luz"]
    assert 5 < minutes < 12
    # Never shorter than the straight line, 5.6 km.
    assert 5.6 < km < 9


def test_ainhoa_is_about_seven_kilometres_from_espelette(trips):
    assert trips["Ainhoa", "Espelette"][1] == pytest.approx(7, rel=0.15)


def test_times_are_the_same_both_ways_where_all_streets_are_two_way(trips):
    # Only the delays on entering crossings differ: few seconds.
    for (a, b), (minutes, km) in trips.items():
        assert trips[b, a][0] == pytest.approx(minutes, abs=0.1)
        assert trips[b, a][1] == pytest.approx(km, rel=0.05, abs=0.05)


def test_the_nearest_town_is_the_one_of_the_shortest_time(labourd, towns, trips):
    others = [name for name in TOWNS if name != "Ainhoa"]
    picked = [list(TOWNS).index(name) for name in others]
    facilities = towns.take(picked)
    near = nearest_by_road(labourd, towns, facilities)
    ainhoa = list(TOWNS).index("Ainhoa")
    assert others[near.facility[ainhoa]] == "Espelette"
    assert near.travel_time_s[ainhoa] / 60 == pytest.approx(trips["Ainhoa", "Espelette"][0])


def test_the_result_says_what_the_layer_lacks(labourd):
    summary = labourd.summary()
    assert summary.file == "labourd-bdtopo-2014.zip"
    assert any("sens uniques" in note for note in summary.notes)
