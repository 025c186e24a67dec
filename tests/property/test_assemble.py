"""Contraction of random segment networks, against networkx on the segments themselves."""

from dataclasses import replace

import networkx as nx
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.network.assemble import Segments, assemble_network
from geo.network.origin import NetworkSource
from geo.network.shortest_paths import nearest_facility
from geo.network.speeds import speed_profile

PROFILE = replace(speed_profile(), junction_s=1.5, signal_s=4.0)
#: Speeds along and against a segment, km/h: one-ways, different each way, and closed.
SPEEDS = ((36, 36), (36, 36), (18, 72), (36, np.nan), (0, 36), (np.nan, 0))


@st.composite
def segment_networks(draw):
    """Points on a line of their own, segments between them (long chains are likely), and lights."""
    n = draw(st.integers(2, 14))
    point = st.integers(0, n - 1)
    step = point.map(lambda i: (i, (i + 1) % n))
    ends = draw(st.lists(st.one_of(step, step, st.tuples(point, point)), min_size=1, max_size=2 * n))
    speeds = draw(st.lists(st.sampled_from(SPEEDS), min_size=len(ends), max_size=len(ends)))
    flags = draw(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=len(ends), max_size=len(ends)))
    flipped = draw(st.lists(st.booleans(), min_size=len(ends), max_size=len(ends)))
    signal = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    x, y = np.arange(n) * 100.0, (np.arange(n) % 3) * 50.0

    ends = [pair[::-1] if flip else pair for pair, flip in zip(ends, flipped, strict=True)]
    # Every shape has a bend of its own, so that no two segments look alike.
    shapes = [[(x[a], y[a]), (50.0 * i, 1000.0 + i), (x[b], y[b])] for i, (a, b) in enumerate(ends)]
    forward, backward = np.array(speeds, float).T
    segments = Segments(
        source=np.array([a for a, _ in ends], np.int64),
        target=np.array([b for _, b in ends], np.int64),
        length_m=shapely.length(shapely.linestrings(shapes)),
        forward_kmh=forward,
        backward_kmh=backward,
        snappable=np.array([not closed or kind > 0 for closed, kind in flags]),
        coords=np.array(shapes).reshape(-1, 2),
        offsets=np.arange(len(ends) + 1) * 3,
        minor=np.array([kind == 1 for _, kind in flags]),
    )
    return segments, x, y, signal


def seconds_on(segments, signal):
    """The segments as a networkx graph, uncontracted, with the delay of the point entered."""
    ways = list(
        zip(
            segments.source.tolist(),
            segments.target.tolist(),
            segments.length_m.tolist(),
            segments.forward_kmh.tolist(),
            segments.backward_kmh.tolist(),
            segments.minor.tolist(),
            strict=True,
        )
    )
    streets_at = dict.fromkeys(range(len(signal)), 0)
    for a, b, _, forward, backward, minor in ways:
        if (forward > 0 or backward > 0) and not minor:
            streets_at[a] += 1
            streets_at[b] += 1
    delay = {p: (1.5 if streets_at[p] >= 3 else 0) + (4.0 if signal[p] else 0) for p in streets_at}
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(streets_at)
    for a, b, metres, forward, backward, _ in ways:
        if forward > 0:
            graph.add_edge(a, b, weight=metres / (forward / 3.6) + delay[b])
        if backward > 0:
            graph.add_edge(b, a, weight=metres / (backward / 3.6) + delay[a])
    return graph


@settings(max_examples=45)
@given(segment_networks())
def test_contraction_keeps_times_lengths_and_shapes(drawn):
    segments, x, y, signal = drawn
    driven = (segments.forward_kmh > 0) | (segments.backward_kmh > 0)
    if not driven.any():
        return
    network = assemble_network(segments, x, y, "EPSG:2154", PROFILE, signal=signal, source=NetworkSource("Essai"))
    point = {(px, py): i for i, (px, py) in enumerate(zip(x, y, strict=True))}
    kept = [point[at] for at in zip(network.x.tolist(), network.y.tolist(), strict=True)]

    # Times between the points that are still nodes.
    graph = seconds_on(segments, signal)
    for node in range(network.n_nodes):
        expected = nx.single_source_dijkstra_path_length(graph.reverse(copy=False), kept[node])
        found = nearest_facility(network, [node]).travel_time_s
        np.testing.assert_allclose(found, [expected.get(p, np.inf) for p in kept], rtol=1e-5)

    # Dead ends and crossings are still nodes.
    degree = np.bincount(np.concatenate([segments.source[driven], segments.target[driven]]), minlength=len(x))
    assert set(np.flatnonzero((degree > 0) & (degree != 2)).tolist()) <= set(kept)

    # Each segment lies whole on exactly one link; lengths and directions are those of its segments.
    shapes = network.link_shapes()
    bends = {i: tuple(bend) for i, bend in enumerate(segments.coords[1::3].tolist()) if driven[i]}
    of_link = [set(map(tuple, shapely.get_coordinates(shape).tolist())) for shape in shapes]
    carried = [[i for i, bend in bends.items() if bend in points] for points in of_link]
    assert sorted(i for rows in carried for i in rows) == sorted(bends)
    for link, rows in enumerate(carried):
        length = segments.length_m[rows].sum()
        np.testing.assert_allclose(shapes[link].length, length)
        pair = network.link_edges[link]
        np.testing.assert_allclose(network.edge_length_m[pair[pair >= 0]], length, rtol=1e-6)
        two_way = (segments.forward_kmh[rows] > 0) & (segments.backward_kmh[rows] > 0)
        assert two_way.all() == (pair >= 0).all()
        assert set(segments.snappable[rows].tolist()) == {bool(network.snappable[link])}
        # The shape begins and ends at the link's nodes.
        ends = shapely.get_coordinates(shapes[link])[[0, -1]]
        assert ends.tolist() == [[network.x[node], network.y[node]] for node in network.link_ends[link]]
