"""The order of nodes and edges in memory stays inside: what a caller sees is in the caller's order."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import NetworkError
from geo.network import RoadNetwork
from geo.network.layout import edge_order, pair_numbers, places

CRS = "EPSG:2154"


@st.composite
def edge_lists(draw):
    n = draw(st.integers(1, 15))
    node = st.integers(0, n - 1)
    edges = draw(st.lists(st.tuples(node, node, st.integers(0, 9), st.integers(0, 9)), max_size=40))
    xy = draw(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=n, max_size=n))
    columns = np.array(edges, float).reshape(-1, 4).T
    return n, columns, np.array(xy, float)


def network_of(columns, xy):
    source, target, time, length = columns
    return RoadNetwork.from_edges(source.astype(int), target.astype(int), time, length, xy[:, 0], xy[:, 1], CRS)


@settings(max_examples=45)
@given(edge_lists())
def test_edges_links_and_parts_keep_the_callers_numbers(drawn):
    n, columns, xy = drawn
    network = network_of(columns, xy)
    np.testing.assert_array_equal(network.x, xy[:, 0])
    np.testing.assert_array_equal(network.y, xy[:, 1])
    seen = (network.edge_source, network.edge_target, network.edge_time_s, network.edge_length_m)
    assert sorted(zip(*(a.tolist() for a in seen), strict=True)) == sorted(zip(*columns.tolist(), strict=True))

    graph = nx.MultiDiGraph([(int(s), int(t)) for s, t in columns[:2].T])
    graph.add_nodes_from(range(n))
    parts = {frozenset(part) for part in nx.strongly_connected_components(graph)}
    component = network.component
    assert {frozenset(np.flatnonzero(component == c).tolist()) for c in np.unique(component)} == parts
    sizes = network.component_nodes
    assert (np.diff(sizes) <= 0).all()

    assert len(network.snappable) == len({frozenset((int(s), int(t))) for s, t in columns[:2].T})
    for link, (start, end) in enumerate(network.link_ends):
        fastest = {
            side: min(
                (time for s, t, time, _ in columns.T if (s, t) == way),
                default=None,
            )
            for side, way in enumerate([(start, end), (end, start)])
        }
        for side in (0, 1):
            edge = network.link_edges[link, side]
            if edge >= 0:
                assert network.edge_time_s[edge] == fastest[side]
                assert network.edge_link[edge] == link
            elif start != end:
                assert fastest[side] is None
        shape = network.shape_xy[network.shape_offsets[link] : network.shape_offsets[link + 1]]
        np.testing.assert_array_equal(shape, xy[[start, end]])

    offsets, edges, row = network.by_source
    np.testing.assert_array_equal(edges["time_s"], network.edge_time_s[row])
    np.testing.assert_array_equal(network.node_at[edges["place"]], network.edge_target[row])
    np.testing.assert_array_equal(np.repeat(network.node_at, np.diff(offsets)), network.edge_source[row])


@settings(max_examples=25)
@given(edge_lists())
def test_edges_are_sorted_by_end_start_time_length_and_place_given(drawn):
    n, columns, _ = drawn
    start, end = columns[:2].astype(np.int32)
    time, length = columns[2:4].astype(np.float32)
    order = edge_order(start, end, time, length, n)
    rows = list(zip(end, start, time, length, range(len(time)), strict=True))
    assert [rows[i] for i in order] == sorted(rows)
    pair, first = pair_numbers(start, end, n)
    names = [(min(s, t), max(s, t)) for s, t in zip(start, end, strict=True)]
    assert [names[i] for i in first] == sorted(set(names))
    assert [names[first[p]] for p in pair] == names


def test_places_follow_a_hilbert_curve():
    """On a full grid of cells the curve visits every cell once, each beside the one before."""
    side = 32
    x, y = (values.ravel().astype(float) for values in np.meshgrid(np.arange(side), np.arange(side)))
    order = np.argsort(places(x, y))
    steps = np.abs(np.diff(x[order])) + np.abs(np.diff(y[order]))
    assert (steps == 1).all()


def test_places_of_points_at_one_place_keep_their_order():
    assert places(np.full(5, 3.0), np.full(5, -2.0)).tolist() == [0, 1, 2, 3, 4]
    assert places(np.zeros(0), np.zeros(0)).tolist() == []


def test_from_edges_leaves_the_callers_arrays_alone():
    arrays = [np.array([0, 1]), np.array([1, 0]), np.ones(2), np.ones(2), np.array([0.0, 5.0]), np.array([0.0, 1.0])]
    before = [a.copy() for a in arrays]
    RoadNetwork.from_edges(*arrays, CRS)
    for array, copy in zip(arrays, before, strict=True):
        assert array.flags.writeable
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("time", [-1.0, np.nan, np.inf, 1e39])
def test_times_that_no_float32_holds_are_refused(time):
    with pytest.raises(NetworkError, match="temps est négatif, infini ou non numérique"):
        RoadNetwork.from_edges([0], [1], [time], [1.0], [0.0, 1.0], [0.0, 1.0], CRS)


def test_memory_is_that_of_the_arrays():
    n = 1000
    source = np.arange(n - 1)
    network = RoadNetwork.from_edges(source, source + 1, np.ones(n - 1), np.ones(n - 1), np.arange(n), np.zeros(n), CRS)
    assert network.edges.nbytes == 12 * network.n_edges
    assert sum(each.nbytes for each in (network.x, network.y, network.place, network.edge_offsets)) == 24 * n + 4
    assert "by_source" not in vars(network), "made when it is first needed"
    assert "node_at" not in vars(network)
