"""Shortest paths on random road networks, against networkx and against what must always hold."""

from typing import NamedTuple

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.network.first_search import first_times_from
from geo.network.road_network import RoadNetwork
from geo.network.shortest_paths import nearest_facility, starts_of, times_from


class Streets(NamedTuple):
    """A number of nodes and directed edges (from, to, seconds, metres)."""

    n_nodes: int
    edges: tuple[tuple[int, int, int, int], ...]


@st.composite
def streets(draw):
    """Directed edges with few different costs: many ties, zeros, parallel edges, self loops and islands."""
    n = draw(st.integers(1, 12))
    node = st.integers(0, n - 1)
    edge = st.tuples(node, node, st.integers(0, 4), st.integers(0, 9))
    return Streets(n, tuple(draw(st.lists(edge, max_size=3 * n))))


def network_of(drawn, numbers=None):
    """The network of drawn edges; `numbers` renumbers its nodes."""
    numbers = np.arange(drawn.n_nodes) if numbers is None else np.asarray(numbers)
    source, target, time, length = np.array(drawn.edges, np.int64).reshape(-1, 4).T
    x = np.empty(drawn.n_nodes)
    x[numbers] = np.arange(drawn.n_nodes) * 100.0
    return RoadNetwork.from_edges(numbers[source], numbers[target], time, length, x, np.zeros(len(x)), "EPSG:2154")


def graph_of(drawn):
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(drawn.n_nodes))
    graph.add_weighted_edges_from((a, b, time) for a, b, time, _ in drawn.edges)
    return graph


def from_networkx(graph, starts):
    """Seconds from the nearest of `starts` to every node, along the direction of travel."""
    found = nx.multi_source_dijkstra_path_length(graph, set(starts)) if starts else {}
    return [found.get(node, np.inf) for node in range(len(graph))]


def facilities_in(drawn, numbers):
    return [number % drawn.n_nodes for number in numbers]


any_facilities = st.lists(st.integers(0, 11), max_size=5)


@settings(max_examples=45)
@given(drawn=streets(), numbers=any_facilities)
def test_times_and_facilities_are_those_of_networkx(drawn, numbers):
    facilities = facilities_in(drawn, numbers)
    near = nearest_facility(network_of(drawn), facilities)
    backward = graph_of(drawn).reverse()
    assert near.travel_time_s.tolist() == from_networkx(backward, facilities)
    to_each = np.array([from_networkx(backward, [facility]) for facility in facilities]).reshape(-1, drawn.n_nodes)
    lowest = [int(np.argmin(times)) if np.isfinite(times).any() else -1 for times in to_each.T]
    assert near.facility.tolist() == (lowest if facilities else [-1] * drawn.n_nodes)


@settings(max_examples=40)
@given(drawn=streets(), start=st.integers(0, 11), spent=st.integers(0, 3), limit=st.integers(0, 12))
def test_times_from_a_point_are_those_of_networkx_up_to_the_limit(drawn, start, spent, limit):
    start %= drawn.n_nodes
    found = times_from(network_of(drawn), [start], [spent], [0], limit_s=limit).travel_time_s
    expected = np.array(from_networkx(graph_of(drawn), [start])) + spent
    assert found.tolist() == np.where(expected <= limit, expected, np.inf).tolist()


@settings(max_examples=60)
@given(drawn=streets(), nodes=st.lists(st.integers(0, 11), min_size=1, max_size=3), limit=st.integers(0, 12))
def test_the_search_without_loops_finds_the_same_or_says_that_it_does_not_know(drawn, nodes, limit):
    network = network_of(drawn)
    nodes = np.unique(np.array(nodes) % drawn.n_nodes)
    spent, passed = nodes % 3.0, nodes * 2.0
    starts = starts_of(network, nodes, spent, passed, np.zeros(len(nodes), np.int64))
    found = first_times_from(network, starts, limit_s=limit)
    if found is not None:
        expected = times_from(network, nodes, spent, passed, limit_s=limit)
        assert found[0].tolist() == expected.travel_time_s.tolist()
        assert found[1].tolist() == expected.length_m.tolist()


@settings(max_examples=40)
@given(drawn=streets(), numbers=any_facilities)
def test_following_next_edge_leads_to_the_facility_and_adds_up(drawn, numbers):
    facilities = facilities_in(drawn, numbers)
    network = network_of(drawn)
    near = nearest_facility(network, facilities)
    for origin in range(drawn.n_nodes):
        time = length = steps = 0
        node = origin
        while near.next_edge[node] >= 0:
            edge = near.next_edge[node]
            assert network.edge_source[edge] == node
            time, length = time + network.edge_time_s[edge], length + network.edge_length_m[edge]
            node = network.edge_target[edge]
            steps += 1
            assert steps < drawn.n_nodes
        if near.facility[origin] < 0:
            assert steps == 0
            assert np.isinf(near.length_m[origin])
        else:
            assert node == facilities[near.facility[origin]]
            assert time == near.travel_time_s[origin]
            assert length == near.length_m[origin]


@settings(max_examples=40)
@given(drawn=streets(), numbers=any_facilities, added=st.integers(0, 11))
def test_adding_a_facility_never_lengthens_a_time(drawn, numbers, added):
    facilities = facilities_in(drawn, numbers)
    network = network_of(drawn)
    before = nearest_facility(network, facilities)
    after = nearest_facility(network, [*facilities, added % drawn.n_nodes])
    assert (after.travel_time_s <= before.travel_time_s).all()
    # The new one comes last: it takes a node only where it is strictly sooner.
    taken = after.facility == len(facilities)
    assert (after.travel_time_s[taken] < before.travel_time_s[taken]).all()
    assert (after.facility[~taken] == before.facility[~taken]).all()


@settings(max_examples=40)
@given(drawn=streets(), numbers=any_facilities, closed=st.integers(0, 35))
def test_closing_a_street_never_shortens_a_time(drawn, numbers, closed):
    facilities = facilities_in(drawn, numbers)
    fewer = drawn._replace(edges=tuple(edge for i, edge in enumerate(drawn.edges) if i != closed))
    before = nearest_facility(network_of(drawn), facilities)
    after = nearest_facility(network_of(fewer), facilities)
    assert (after.travel_time_s >= before.travel_time_s).all()


@settings(max_examples=40)
@given(drawn=streets(), numbers=any_facilities, random=st.randoms(use_true_random=False))
def test_renumbering_nodes_and_edges_changes_nothing(drawn, numbers, random):
    facilities = facilities_in(drawn, numbers)
    shuffled = list(range(drawn.n_nodes))
    random.shuffle(shuffled)
    edges = list(drawn.edges)
    random.shuffle(edges)
    first = nearest_facility(network_of(drawn), facilities)
    second = nearest_facility(
        network_of(drawn._replace(edges=tuple(edges)), shuffled), [shuffled[node] for node in facilities]
    )
    assert first.travel_time_s.tolist() == second.travel_time_s[shuffled].tolist()
    assert first.facility.tolist() == second.facility[shuffled].tolist()


@settings(max_examples=35)
@given(drawn=streets())
def test_two_way_streets_give_the_same_time_both_ways(drawn):
    both = drawn._replace(edges=drawn.edges + tuple((b, a, time, length) for a, b, time, length in drawn.edges))
    network = network_of(both)
    times = np.array([nearest_facility(network, [node]).travel_time_s for node in range(both.n_nodes)])
    assert (times == times.T).all()


@settings(max_examples=35)
@given(drawn=streets())
def test_no_detour_is_faster_than_the_way_and_both_searches_agree(drawn):
    network = network_of(drawn)
    nodes = range(drawn.n_nodes)
    time = np.array([times_from(network, [node], [0], [0]).travel_time_s for node in nodes])
    assert (np.diagonal(time) == 0).all()
    assert (time[:, None, :] <= time[:, :, None] + time[None, :, :]).all()
    to_each = np.array([nearest_facility(network, [node]).travel_time_s for node in nodes])
    assert (time == to_each.T).all()


@settings(max_examples=25)
@given(drawn=streets(), facilities=st.permutations(range(12)), times=st.lists(st.integers(0, 6), min_size=12))
def test_time_spent_at_a_facility_is_a_street_that_leads_to_it(drawn, facilities, times):
    # An extra node behind each facility, joined by a street of that time, says the same.
    used = [node for node in facilities if node < drawn.n_nodes][:3]
    behind = tuple((node, drawn.n_nodes + i, times[i], 0) for i, node in enumerate(used))
    wider = Streets(drawn.n_nodes + len(used), drawn.edges + behind)
    direct = nearest_facility(network_of(drawn), used, start_time_s=times[: len(used)])
    through = nearest_facility(network_of(wider), [drawn.n_nodes + i for i in range(len(used))])
    assert direct.travel_time_s.tolist() == through.travel_time_s[: drawn.n_nodes].tolist()
    assert direct.facility.tolist() == through.facility[: drawn.n_nodes].tolist()
