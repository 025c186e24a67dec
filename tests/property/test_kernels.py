"""Searches checked against networkx and against plain recomputation, on small graphs that try the rules.

Times are multiples of a quarter second, so sums are exact and ties are common, some of them less than a microsecond more:
the faster way counts however little faster it is. Edges may be of zero time, parallel, one-way or loops, and nodes may be
cut off.
"""

from dataclasses import dataclass
from itertools import permutations, product

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import NetworkError
from geo.network import RoadNetwork, nearest_facility, shortest_paths
from geo.network.bounded_searches import travel_matrix
from geo.network.search_kernels import improves
from geo.network.shortest_paths import nearest_facilities, path, times_from
from geo.network.snapping import Legs

CRS = "EPSG:2154"
#: Seconds: under half a microsecond, and exact in float32 on top of a few seconds.
INSTANT = 2.0**-21


@dataclass(frozen=True)
class Case:
    n: int
    edges: list
    x: list
    y: list

    def network(self):
        source, target, time, length = zip(*self.edges, strict=True) if self.edges else ((), (), (), ())
        return RoadNetwork.from_edges(source, target, time, length, self.x, self.y, CRS)

    def graph(self):
        """The fastest edge of each direction, as a networkx graph."""
        graph = nx.DiGraph()
        graph.add_nodes_from(range(self.n))
        for source, target, time, _ in self.edges:
            known = graph.get_edge_data(source, target, {"time": np.inf})["time"]
            graph.add_edge(source, target, time=min(time, known))
        return graph


@st.composite
def cases(draw, max_nodes=24):
    n = draw(st.integers(1, max_nodes))
    node = st.integers(0, n - 1)
    quarter = st.integers(0, 24).map(lambda q: q / 4)
    seconds = st.tuples(quarter, st.sampled_from([0, 0, 0, 1, 2])).map(lambda parts: parts[0] + parts[1] * INSTANT)
    street = st.tuples(node, node, seconds, quarter, st.booleans())
    edges = []
    for source, target, time, length, two_way in draw(st.lists(street, max_size=3 * n)):
        edges.append((source, target, time, length))
        if two_way:
            edges.append((target, source, time, length))
    metres = st.lists(st.integers(-500, 500), min_size=n, max_size=n)
    return Case(n, edges, draw(metres), draw(metres))


def starts(n):
    quarter = st.integers(0, 12).map(lambda q: q / 4)
    return st.lists(st.tuples(st.integers(0, n - 1), quarter, quarter), min_size=1, max_size=5)


def columns(rows):
    return tuple(list(column) for column in zip(*rows, strict=True))


def times_to(case, nodes, extra):
    """Seconds from every node to each entry of `nodes`, by networkx: shape (n_nodes, k)."""
    reverse = case.graph().reverse()
    times = np.full((case.n, len(nodes)), np.inf)
    for column, (node, seconds) in enumerate(zip(nodes, extra, strict=True)):
        for other, time in nx.single_source_dijkstra_path_length(reverse, node, weight="time").items():
            times[other, column] = time + seconds
    return times


@pytest.fixture(params=[1 << 16, 4], ids=["one region", "many regions"])
def _regions(request, monkeypatch):
    monkeypatch.setattr(shortest_paths, "REGION_PLACES", request.param)


def check_paths(network, near, nodes, lengths):
    """Every node's first edge leads to a node whose time, length and facility go on from there."""
    source, target = network.edge_source, network.edge_target
    for node in range(network.n_nodes):
        edge = near.next_edge[node]
        if near.facility[node] < 0:
            assert edge == -1
            assert np.isinf(near.travel_time_s[node])
            assert np.isinf(near.length_m[node])
        elif edge < 0:
            assert nodes[near.facility[node]] == node
            assert near.length_m[node] == lengths[near.facility[node]]
        else:
            assert source[edge] == node
            following = target[edge]
            assert near.facility[node] == near.facility[following]
            assert near.travel_time_s[node] == near.travel_time_s[following] + network.edge_time_s[edge]
            assert near.length_m[node] == near.length_m[following] + network.edge_length_m[edge]


def at_nodes(nodes) -> Legs:
    """Return the legs of points that are at nodes themselves: one each, of no length."""
    none = np.zeros(len(nodes))
    return Legs(np.arange(len(nodes)), np.array(nodes, np.int64), none, none, len(nodes))


@pytest.mark.usefixtures("_regions")
@pytest.mark.parametrize("detour_s", [2 - INSTANT, 2 + INSTANT])
@pytest.mark.parametrize("order", [1, -1])
def test_the_faster_way_counts_by_less_than_a_microsecond(detour_s, order):
    # From 0 to 3 by 1 in 2 s; by 2, 4 and 5, more streets, in a little less or a little more.
    half = [(0, 1, 1.0), (1, 3, 1.0)]
    detour = [(0, 2, 0.5), (2, 4, 0.5), (4, 5, 0.5), (5, 3, detour_s - 1.5)]
    edges = [(a, b, time, 10.0) for a, b, time in (half + detour)[::order]]
    network = Case(6, edges, list(range(6)), [0] * 6).network()
    expected = min(2.0, detour_s)
    near = nearest_facility(network, [3])
    assert near.travel_time_s[0] == expected
    assert network.edge_target[near.next_edge[0]] == (1 if detour_s > 2 else 2)
    assert nearest_facilities(network, [3], 2).travel_time_s[0, 0] == expected
    assert times_from(network, [0], [0.0], [0.0]).travel_time_s[3] == expected
    assert travel_matrix(network, at_nodes([0]), at_nodes([3])).travel_time_s.tolist() == [expected]


class TestNearestFacility:
    @pytest.mark.usefixtures("_regions")
    def test_agrees_with_networkx(self):
        @settings(max_examples=45)
        @given(st.data())
        def check(data):
            case = data.draw(cases())
            nodes, seconds, metres = columns(data.draw(starts(case.n)))
            network = case.network()
            near = nearest_facility(network, nodes, start_time_s=seconds, start_length_m=metres)
            times = times_to(case, nodes, seconds)
            np.testing.assert_array_equal(near.travel_time_s, times.min(axis=1))
            # argmin gives the first of equal times: the lowest facility.
            np.testing.assert_array_equal(
                near.facility, np.where(np.isinf(times.min(axis=1)), -1, times.argmin(axis=1))
            )
            check_paths(network, near, nodes, metres)

        check()

    @pytest.mark.usefixtures("_regions")
    def test_paths_end_at_the_facility(self):
        @settings(max_examples=25)
        @given(st.data())
        def check(data):
            case = data.draw(cases())
            nodes, _, _ = columns(data.draw(starts(case.n)))
            network = case.network()
            near = nearest_facility(network, nodes)
            for node in range(case.n):
                if near.facility[node] < 0:
                    with pytest.raises(NetworkError, match="Aucune route"):
                        path(network, near, node)
                    continue
                found = path(network, near, node)
                assert network.edge_time_s[found.edge].sum(dtype=np.float64) == near.travel_time_s[node]
                if not len(found.edge):
                    assert found.line.is_empty
                    assert nodes[near.facility[node]] == node
                    continue
                assert found.line.coords[0] == (case.x[node], case.y[node])
                end = nodes[near.facility[node]]
                assert found.line.coords[-1] == (case.x[end], case.y[end])
                stops = network.edge_target[found.edge]
                assert found.line.coords[1:] == [(case.x[stop], case.y[stop]) for stop in stops]

        check()

    @settings(max_examples=25)
    @given(st.data())
    def test_renumbering_changes_nothing(self, data):
        case = data.draw(cases())
        nodes, seconds, _ = columns(data.draw(starts(case.n)))
        number = data.draw(st.permutations(range(case.n)))
        moved = [(number[s], number[t], time, length) for s, t, time, length in case.edges]
        old = np.argsort(number)
        other = Case(case.n, moved, np.take(case.x, old), np.take(case.y, old))
        near = nearest_facility(case.network(), nodes, start_time_s=seconds)
        again = nearest_facility(other.network(), np.take(number, nodes), start_time_s=seconds)
        np.testing.assert_array_equal(near.travel_time_s, again.travel_time_s[number])
        np.testing.assert_array_equal(near.facility, again.facility[number])

    @settings(max_examples=35)
    @given(st.data())
    def test_k_nearest_agree_with_networkx(self, data):
        case = data.draw(cases())
        nodes, seconds, metres = columns(data.draw(starts(case.n)))
        k = data.draw(st.integers(1, 4))
        # Two entries in a row may be two ways into one facility.
        number = np.cumsum(data.draw(st.lists(st.booleans(), min_size=len(nodes), max_size=len(nodes))))
        found = nearest_facilities(
            case.network(), nodes, k, start_time_s=seconds, start_length_m=metres, facility=number
        )
        times = times_to(case, nodes, seconds)
        by_facility = {label: times[:, number == label].min(axis=1) for label in np.unique(number)}
        assert found.travel_time_s.shape == found.facility.shape == found.length_m.shape == (case.n, k)
        for node in range(case.n):
            expected = sorted((t[node], label) for label, t in by_facility.items() if np.isfinite(t[node]))[:k]
            expected += [(np.inf, -1)] * (k - len(expected))
            assert list(zip(found.travel_time_s[node], found.facility[node], strict=True)) == expected
        first = nearest_facility(case.network(), nodes, start_time_s=seconds, facility=number)
        np.testing.assert_array_equal(found.travel_time_s[:, 0], first.travel_time_s)
        np.testing.assert_array_equal(found.facility[:, 0], first.facility)

    def test_in_whatever_order_facilities_are_met_the_farthest_gives_way(self):
        for seconds, begun in product(permutations((3.0, 4.0, 5.0)), permutations((0.0, 1.0, 2.0))):
            edges = [(3, node, seconds[node] - begun[node], 1.0) for node in range(3)]
            network = Case(4, edges, list(range(4)), [0] * 4).network()
            found = nearest_facilities(network, [0, 1, 2], 2, start_time_s=begun)
            assert found.travel_time_s[3].tolist() == [3.0, 4.0]
            assert found.facility[3].tolist() == [seconds.index(3.0), seconds.index(4.0)]

    @settings(max_examples=25)
    @given(st.data())
    def test_times_beyond_every_scale(self, data):
        """Edges of seconds beside edges of years: slower at worst, never wrong."""
        case = data.draw(cases(12))
        scale = st.sampled_from([0.0, 0.25, 1.0, 2.0**20, 2.0**40, 2.0**100])
        edges = [(s, t, time * data.draw(scale), length) for s, t, time, length in case.edges]
        case = Case(case.n, edges, case.x, case.y)
        near = nearest_facility(case.network(), [0])
        # Sums of such numbers are rounded, in the same order by both.
        np.testing.assert_array_equal(near.travel_time_s, times_to(case, [0], [0.0])[:, 0])

    def test_refuses(self):
        network = Case(2, [(0, 1, 1.0, 1.0)], [0, 1], [0, 1]).network()
        for arguments in (
            {"facility_nodes": [2]},
            {"facility_nodes": [-1]},
            {"facility_nodes": [0], "start_time_s": [-1.0]},
            {"facility_nodes": [0], "start_time_s": [np.nan]},
            {"facility_nodes": [0], "start_length_m": [1.0, 2.0]},
            {"facility_nodes": [0], "facility": [-1]},
            {"facility_nodes": [0], "facility": [2**31]},
        ):
            with pytest.raises(NetworkError, match="refusée"):
                nearest_facility(network, **arguments)
        with pytest.raises(NetworkError, match="au moins 1"):
            nearest_facilities(network, [0], 0)
        near = nearest_facility(network, [])
        assert np.isinf(near.travel_time_s).all()
        assert (near.facility == -1).all()
        with pytest.raises(NetworkError, match="hors du réseau"):
            path(network, near, 2)


class TestBoundedSearches:
    @pytest.mark.usefixtures("_regions")
    def test_times_from_agrees_with_networkx(self):
        @settings(max_examples=25)
        @given(st.data())
        def check(data):
            case = data.draw(cases())
            nodes, seconds, metres = columns(data.draw(starts(case.n)))
            limit = data.draw(st.integers(0, 60)) / 4
            network = case.network()
            field = times_from(network, nodes, seconds, metres, limit_s=limit)
            reverse = Case(case.n, [(t, s, time, length) for s, t, time, length in case.edges], [], [])
            times = times_to(reverse, nodes, seconds).min(axis=1)
            np.testing.assert_array_equal(field.travel_time_s, np.where(times <= limit, times, np.inf))
            for node in np.flatnonzero(times <= limit):
                edge = field.last_edge[node]
                if edge < 0:
                    assert (field.travel_time_s[node], field.length_m[node], node) in set(
                        zip(seconds, metres, nodes, strict=True)
                    )
                    continue
                assert network.edge_target[edge] == node
                before = network.edge_source[edge]
                assert field.travel_time_s[node] == field.travel_time_s[before] + network.edge_time_s[edge]
                assert field.length_m[node] == field.length_m[before] + network.edge_length_m[edge]

        check()

    @settings(max_examples=40)
    @given(st.data())
    def test_matrix_agrees_with_networkx(self, data):
        case = data.draw(cases())
        limit = data.draw(st.one_of(st.just(np.inf), st.integers(0, 60).map(lambda q: q / 4)))
        drawn = [data.draw(starts(case.n)) for _ in range(2)]
        points = [np.sort(data.draw(st.lists(st.integers(0, 2), min_size=len(d), max_size=len(d)))) for d in drawn]
        origins, destinations = (
            Legs(point, *(np.array(column) for column in columns(rows)), 3)
            for point, rows in zip(points, drawn, strict=True)
        )
        if data.draw(st.booleans()):
            destinations = Legs(*list(vars_of(destinations))[:-1], 5)
        found = travel_matrix(case.network(), origins, destinations, limit_s=limit)
        times = times_to(case, destinations.node, destinations.time_s)[origins.node] + origins.time_s[:, None]
        best = {}
        for i, row in enumerate(times):
            for j, time in enumerate(row):
                pair = int(origins.point[i]), int(destinations.point[j])
                if time <= limit and np.isfinite(time):
                    best[pair] = min(time, best.get(pair, np.inf))
        pairs = list(zip(found.origin.tolist(), found.destination.tolist(), strict=True))
        assert pairs == sorted(best)
        assert found.travel_time_s.tolist() == [best[pair] for pair in pairs]
        assert np.isfinite(found.length_m).all()
        assert found.offsets.tolist() == [sum(o < i for o, _ in pairs) for i in range(4)]

    def test_matrix_of_what_is_sooner_than_today(self):
        line = [(i, i + 1, 1.0, 1.0) for i in range(5)]
        network = Case(6, line + [(t, s, w, m) for s, t, w, m in line], list(range(6)), [0] * 6).network()
        today = nearest_facility(network, [0])
        found = travel_matrix(network, at_nodes(range(6)), at_nodes([5, 1]), sooner_than=today)
        assert list(zip(found.origin, found.destination, found.travel_time_s, strict=True)) == [
            (1, 1, 0.0),
            (2, 1, 1.0),
            (3, 0, 2.0),
            (3, 1, 2.0),
            (4, 0, 1.0),
            (4, 1, 3.0),
            (5, 0, 0.0),
            (5, 1, 4.0),
        ]
        beside = travel_matrix(network, at_nodes(range(6)), at_nodes([0]), sooner_than=today)
        assert beside.origin.tolist() == [], "as soon is not sooner, at the site itself"
        one = travel_matrix(
            network, at_nodes([3]), at_nodes([5, 1]), sooner_than=today
        )  # fewer origins than destinations
        assert list(zip(one.destination, one.travel_time_s, strict=True)) == [(0, 2.0), (1, 2.0)]

    def test_of_ways_as_fast_the_one_to_the_first_facility_is_better_then_the_shorter(self):
        known = (5.0, 20.0, 1, 3)  # time, length, facility, way
        for time, length, facility, way, better in (
            (4.0, 99.0, 9, 7, True),
            (6.0, 1.0, 0, 7, False),
            (5.0, 99.0, 0, 7, True),
            (5.0, 1.0, 2, 7, False),
            (5.0, 19.0, 1, 7, True),
            (5.0, 20.0, 1, 7, False),
            (5.0, 99.0, 2, 3, True),  # the known way itself, changed since
            (5.0, 21.0, 1, 3, True),
            (5.0, 20.0, 1, 3, False),
        ):
            assert improves(time, length, facility, way, *known) is better

    def test_refuses(self):
        network = Case(2, [(0, 1, 1.0, 1.0)], [0, 1], [0, 1]).network()
        with pytest.raises(NetworkError, match="hors du réseau"):
            travel_matrix(network, at_nodes([0]), at_nodes([7]))
        other = Case(3, [(0, 1, 1.0, 1.0)], [0, 1, 2], [0, 1, 2]).network()
        with pytest.raises(NetworkError, match="temps actuels"):
            travel_matrix(other, at_nodes([0]), at_nodes([1]), sooner_than=nearest_facility(network, [0]))


def vars_of(legs):
    return legs.point, legs.node, legs.time_s, legs.length_m, legs.n_points


def grid(side, seed):
    """A two-way grid with random times and a few one-way streets, for sizes where threads matter."""
    random = np.random.default_rng(seed)
    cell = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([cell[:, :-1].ravel(), cell[:, 1:].ravel()]),
            np.column_stack([cell[:-1].ravel(), cell[1:].ravel()]),
        ]
    )
    back = pairs[random.random(len(pairs)) < 0.9][:, ::-1]
    source, target = np.concatenate([pairs, back]).T
    time = random.integers(1, 80, len(source)) / 4
    number = random.permutation(side * side)
    x, y = np.divmod(np.argsort(number), side)
    return RoadNetwork.from_edges(number[source], number[target], time, time * 10, x * 100.0, y * 100.0, CRS)


def test_same_bytes_whatever_the_threads(monkeypatch):
    network = grid(60, 0)
    random = np.random.default_rng(1)
    facilities = random.choice(network.n_nodes, 40, replace=False)
    legs = at_nodes(random.choice(network.n_nodes, 300, replace=False))

    def everything():
        near = nearest_facility(network, facilities)
        sooner = travel_matrix(network, legs, at_nodes(facilities[:5]), sooner_than=near)
        matrix = travel_matrix(network, legs, at_nodes(facilities), limit_s=400.0)
        reverse = travel_matrix(network, at_nodes(facilities), legs, limit_s=400.0)
        arrays = [near.travel_time_s, near.length_m, near.facility, near.next_edge]
        for found in (matrix, reverse, sooner):
            arrays += [found.offsets, found.destination, found.travel_time_s, found.length_m]
        return [array.tobytes() for array in arrays]

    monkeypatch.setattr(shortest_paths, "REGION_PLACES", 256)
    monkeypatch.setattr(shortest_paths, "_FEW", 0)
    expected = everything()
    for threads in (1, 2, 5):
        monkeypatch.setattr("geo.network.shortest_paths.threads", lambda threads=threads: threads)
        monkeypatch.setattr("geo.network.bounded_searches.threads", lambda threads=threads: threads)
        assert everything() == expected
    monkeypatch.setattr(shortest_paths, "REGION_PLACES", 1 << 16)
    near = nearest_facility(network, facilities)
    assert [near.travel_time_s.tobytes(), near.facility.tobytes()] == [expected[0], expected[2]]


def test_regions_that_do_not_suit_the_network(monkeypatch):
    """A street that crosses from region to region at every node is settled as a whole in the end."""
    n = 600
    source = np.arange(n - 1)
    x = np.where(np.arange(n) % 2, 10_000.0, 0.0) + np.arange(n)
    network = RoadNetwork.from_edges(source, source + 1, np.ones(n - 1), np.ones(n - 1), x, np.zeros(n), CRS)
    monkeypatch.setattr(shortest_paths, "REGION_PLACES", 16)
    near = nearest_facility(network, [n - 1])
    np.testing.assert_array_equal(near.travel_time_s, np.arange(n)[::-1])
    np.testing.assert_array_equal(near.length_m, np.arange(n)[::-1])


def test_saved_network_gives_the_same(tmp_path):
    network = grid(20, 3)
    network.save(tmp_path)
    again = RoadNetwork.load(tmp_path)
    near, near_again = (nearest_facility(each, [5, 7, 300]) for each in (network, again))
    np.testing.assert_array_equal(near.travel_time_s, near_again.travel_time_s)
    np.testing.assert_array_equal(near.next_edge, near_again.next_edge)
    assert shapely.equals_exact(path(network, near, 399).line, path(again, near_again, 399).line)
    np.testing.assert_array_equal(network.x, again.x)
    np.testing.assert_array_equal(network.component, again.component)
