"""Points on streets: where they are tied, the legs that lead there, and trips between them."""

from dataclasses import replace
from itertools import pairwise

import networkx as nx
import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.network import snapping
from geo.network.links import build_network
from geo.network.origin import NetworkSource
from geo.network.road_network import RoadNetwork
from geo.network.routes import route_between
from geo.network.snapping import (
    AROUND_M,
    SnappedPoints,
    direct_trips,
    legs_from_points,
    legs_to_points,
    snap,
    snap_xy,
    streets_joined,
)
from geo.network.speeds import speed_profile
from geo.network.travel_times import (
    nearest_by_road,
    nearest_ones_by_road,
    pairs_sooner_than,
    times_between,
    times_from_point,
)

CRS = "EPSG:2154"
#: Origin of the hand-made networks. In EPSG:2154 it is longitude 3, latitude 46.5 by definition.
X0, Y0 = 700_000.0, 6_600_000.0
#: Metres per second off the network, in the default profile.
ACCESS = 15 / 3.6
INF = np.inf


def streets(two_way=(), one_way=(), nodes=()):
    """Network of (from, to, seconds) streets, 10 m a second, between nodes given in metres from X0, Y0."""
    edges = [*two_way, *[(b, a, s) for a, b, s in two_way], *one_way]
    source, target, time = np.array(edges, float).T
    x, y = np.array(nodes, float).T
    return RoadNetwork.from_edges(source.astype(int), target.astype(int), time, time * 10, x + X0, y + Y0, CRS)


def place(network, *points):
    x, y = np.array(points, float).reshape(-1, 2).T
    return snap_xy(network, x + X0, y + Y0)


def legs(found):
    return sorted(
        (int(point), int(node), round(time, 3), round(length, 3))
        for point, node, time, length in zip(found.point, found.node, found.time_s, found.length_m, strict=True)
    )


# A long street (4 km) and a crossing at its end, close to which a side street begins.
#
#   0 ------------- 400 s ------------- 1 --20-- 2
LONG = {"two_way": [(0, 1, 400), (1, 2, 20)], "nodes": [(0, 0), (4000, 0), (4200, 0)]}


# --- where a point is tied -----------------------------------------------------------------------


def test_a_point_is_tied_to_the_middle_of_a_long_street_not_to_a_crossing():
    network = streets(**LONG)
    found = place(network, (1000, 30))
    assert network.link_ends[found.link[0]].tolist() == [0, 1]
    assert found.fraction[0] == pytest.approx(0.25)
    assert found.distance_m[0] == pytest.approx(30)
    # By hand: 30 m at 15 km/h take 7.2 s, then 100 s to one end or 300 s to the other.
    assert legs(legs_from_points(network, found)) == [(0, 0, 107.2, 1030), (0, 1, 307.2, 3030)]
    assert legs(legs_to_points(network, found)) == [(0, 0, 107.2, 1030), (0, 1, 307.2, 3030)]


def test_longitude_and_latitude_are_projected():
    network = streets(**LONG)
    lon, lat = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(X0 + 1000, Y0 + 30)
    found = snap(network, [3.0, lon], [46.5, lat])
    assert found.distance_m == pytest.approx([0, 30], abs=1e-3)
    assert found.fraction == pytest.approx([0, 0.25], abs=1e-6)


def test_of_streets_equally_near_the_first_counts():
    cross = streets([(0, 1, 10), (0, 2, 10), (0, 3, 10)], nodes=[(0, 0), (100, 0), (0, 100), (-100, 0)])
    # Links 0 - 1, 0 - 2 and 0 - 3, in whatever order the network keeps them.
    towards = {end: link for link, ends in enumerate(cross.link_ends.tolist()) for end in ends if end}
    assert place(cross, (0, 0), (20, 20), (-20, 20)).link.tolist() == [
        min(towards.values()),
        min(towards[1], towards[2]),
        min(towards[2], towards[3]),
    ]


def test_a_bent_street_is_measured_along_its_shape():
    network = bent_street()
    found = place(network, (100, 40), (-30, 5), (100, 130))
    # 150 m of the street's 200 m lie before (100, 50), 100 + 40 before (100, 40).
    assert found.fraction == pytest.approx([0.7, 0, 1])
    assert found.distance_m == pytest.approx([0, np.hypot(30, 5), 30])


def bent_street(*, snappable=True, **changed):
    """One two-way street of 20 s: 100 m to the east, then 100 m to the north."""
    return build_network(
        ends=np.array([[0, 1]]),
        time_s=np.array([[20.0, 20.0]]),
        length_m=np.array([200.0]),
        x=np.array([X0, X0 + 100]),
        y=np.array([Y0, Y0 + 100]),
        crs=CRS,
        snappable=np.array([snappable]),
        shape_xy=np.array([[0, 0], [100, 0], [100, 100]], float) + np.array([X0, Y0]),
        shape_offsets=np.array([0, 3]),
        source=NetworkSource("Essai"),
        profile=speed_profile(),
        **changed,
    )


def test_a_point_beyond_the_limit_is_off_the_network_and_says_how_far():
    network = streets(**LONG)
    found = place(network, (1000, 1600), (1000, 1601), (1000, -5000))
    assert (found.link >= 0).tolist() == [True, False, False]
    assert found.distance_m == pytest.approx([1600, 1601, 5000])
    assert np.isnan(found.fraction).tolist() == [False, True, True]
    assert set(legs_from_points(network, found).point.tolist()) == {0}
    near = nearest_by_road(network, found, place(network, (0, 0)))
    assert np.isfinite(near.travel_time_s).tolist() == [True, False, False]
    assert near.facility.tolist() == [0, -1, -1]
    assert np.isinf(times_between(network, place(network, (0, 0)), found)[0]).tolist() == [[False, True, True]]


def test_the_limit_is_the_network_s_own():
    found = place(bent_street(snap_limit_m=10.0), (50, 10), (50, -10.5))
    assert (found.link >= 0).tolist() == [True, False]


def test_no_trip_ends_on_a_street_closed_to_them():
    found = place(bent_street(snappable=False), (50, 0))
    assert found.link.tolist() == [-1]
    assert found.distance_m.tolist() == [INF]


def main_part(n_nodes, island):
    """A street of `n_nodes` nodes along y = 0, and another of `island` nodes along y = 100."""
    steps = [(i, i + 1, 10) for i in range(n_nodes - 1)]
    other = [(n_nodes + i, n_nodes + i + 1, 10) for i in range(island - 1)]
    nodes = [(100 * i, 0) for i in range(n_nodes)] + [(100 * i, 100) for i in range(island)]
    return streets(steps + other, nodes=nodes)


@pytest.mark.parametrize(("main", "island", "chosen"), [(60, 49, 0), (60, 50, 100), (40, 5, 0), (40, 40, 100)])
def test_a_small_cut_off_part_is_not_snapped_to(main, island, chosen):
    network = main_part(main, island)
    found = place(network, (50, 90))
    street = network.link_shapes()[found.link[0]]
    assert street.centroid.y - Y0 == pytest.approx(chosen)
    assert found.distance_m[0] == pytest.approx(abs(90 - chosen))


def test_a_street_that_leads_out_of_the_main_part_is_not_snapped_to():
    # The one-way street from the main part cannot be driven back: no trip may begin there.
    network = streets([(0, 1, 10), (1, 2, 10)], [(2, 3, 10)], [(0, 0), (100, 0), (200, 0), (300, 0)])
    assert place(network, (280, 10)).distance_m[0] == pytest.approx(np.hypot(80, 10))


def test_points_without_coordinates_are_off_the_network():
    network = streets(**LONG)
    found = snap_xy(network, [np.nan, X0, np.inf], [np.nan, Y0, np.inf])
    assert (found.link >= 0).tolist() == [False, True, False]


@pytest.mark.parametrize(("lon", "lat"), [([np.nan], [np.nan]), ([0.0], [95.0])])
def test_points_without_coordinates_alone_are_off_the_network(lon, lat):
    assert snap(streets(**LONG), lon, lat).link.tolist() == [-1]


def test_no_point_at_all():
    network = streets(**LONG)
    nothing = snap(network, [], [])
    assert len(nothing) == 0
    assert len(legs_from_points(network, nothing).point) == 0
    assert len(nearest_by_road(network, nothing, place(network, (0, 0))).travel_time_s) == 0
    assert nearest_by_road(network, place(network, (0, 0)), nothing).facility.tolist() == [-1]
    assert times_between(network, place(network, (0, 0)), nothing)[0].shape == (1, 0)


def test_no_origin_and_several_destinations():
    network = streets(**LONG)
    assert times_between(network, snap(network, [], []), place(network, (0, 0), (9, 0)))[0].shape == (0, 2)


# --- one-way streets -----------------------------------------------------------------------------

# A one-way block, 100 s on the top street and 10 s on each other side:
#
#     0 ----100---> 1        driven 0 > 1 > 2 > 3 > 0
#     ^             |
#     10            10
#     |             v
#     3 <----10---- 2
BLOCK = {
    "one_way": [(0, 1, 100), (1, 2, 10), (2, 3, 10), (3, 0, 10)],
    "nodes": [(0, 100), (1000, 100), (1000, 0), (0, 0)],
}


def test_a_one_way_street_is_left_by_its_end_and_entered_by_its_beginning():
    network = streets(**BLOCK)
    found = place(network, (250, 100))
    assert legs(legs_from_points(network, found)) == [(0, 1, 75, 750)]
    assert legs(legs_to_points(network, found)) == [(0, 0, 25, 250)]


def test_a_street_driven_against_its_shape_is_left_by_its_beginning():
    network = streets(one_way=[(1, 0, 100), (0, 2, 5), (2, 1, 5)], nodes=[(0, 0), (1000, 0), (500, 300)])
    found = place(network, (250, -10))
    assert network.link_ends[found.link[0]].tolist() == [0, 1]
    access = 10 / ACCESS
    assert legs(legs_from_points(network, found)) == [(0, 0, round(25 + access, 3), 260)]
    assert legs(legs_to_points(network, found)) == [(0, 1, round(75 + access, 3), 760)]


def test_two_points_of_one_one_way_street_both_ways_round():
    network = streets(**BLOCK)
    early, late = place(network, (200, 100)), place(network, (700, 100))
    # The right way stays on the street; the wrong way goes around the block: 30 + 30 + 20 s.
    for pair in (between, nearest_pair):
        assert pair(network, early, late) == (pytest.approx(50), pytest.approx(500))
        assert pair(network, late, early) == (pytest.approx(80), pytest.approx(800))
        assert pair(network, early, early) == (0, 0)
    assert len(direct_trips(network, late, early)[0]) == 0
    assert direct_trips(network, early, late)[2].tolist() == pytest.approx([50])


def between(network, origin, destination):
    time, length = times_between(network, origin, destination)
    return time[0, 0], length[0, 0]


def nearest_pair(network, origin, destination):
    near = nearest_by_road(network, origin, destination)
    return near.travel_time_s[0], near.length_m[0]


def test_on_a_two_way_street_the_trip_stays_on_it_and_both_accesses_count():
    network = streets(**LONG)
    here, there = place(network, (1000, 30)), place(network, (3000, -60))
    expected = (pytest.approx(200 + 90 / ACCESS), pytest.approx(2090))
    assert nearest_pair(network, here, there) == expected
    assert nearest_pair(network, there, here) == expected


def test_a_way_around_may_be_faster_than_the_street_itself():
    # 0 and 1 are joined by a slow street of 1,000 s and by a fast way of 20 s through 2.
    network = streets([(0, 1, 1000), (0, 2, 10), (2, 1, 10)], nodes=[(0, 0), (1000, 0), (500, 500)])
    first, last = place(network, (10, 0)), place(network, (990, 0))
    assert nearest_pair(network, first, last)[0] == pytest.approx(10 + 20 + 10)


def test_the_first_of_two_facilities_at_the_same_time_is_chosen():
    network = streets(**LONG)
    origin = place(network, (2000, 0))
    for order in ([(1000, 0), (3000, 0)], [(3000, 0), (1000, 0)]):
        near = nearest_by_road(network, origin, place(network, *order))
        assert (near.facility.tolist(), near.travel_time_s.tolist()) == ([0], [pytest.approx(100)])


def test_times_from_one_point_within_a_limit():
    network = streets(**LONG)
    origins, destinations = place(network, (0, 0), (1000, 0)), place(network, (2000, 0), (4200, 0))
    time, length = times_from_point(network, origins, 1, destinations)
    assert (time.tolist(), length.tolist()) == ([pytest.approx(100), pytest.approx(320)], [pytest.approx(1000), 3200])
    time, length = times_from_point(network, origins, 1, destinations, limit_s=319)
    assert (time.tolist(), length.tolist()) == ([pytest.approx(100), INF], [pytest.approx(1000), INF])


def test_a_point_at_a_crossing_may_leave_by_every_street_of_it():
    # The point stands on crossing 0. It is tied to the first street, which is one-way towards it ...
    network = streets([(0, 2, 10), (1, 2, 10)], [(1, 0, 30)], [(0, 0), (-100, 0), (0, 100)])
    crossing, other = place(network, (0, 0)), place(network, (0, 100))
    # ... yet street 0 - 2, which begins under its feet, can be driven both ways.
    assert nearest_pair(network, crossing, other)[0] == pytest.approx(10)
    assert nearest_pair(network, other, crossing)[0] == pytest.approx(10)


# --- against networkx, points inserted as nodes --------------------------------------------------


@st.composite
def networks_with_points(draw):
    """A random network, and origins and destinations inside its streets (eighths of their length)."""
    n = draw(st.integers(2, 6))
    node = st.integers(0, n - 1)
    edges = draw(st.lists(st.tuples(node, node, st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=14))
    position = draw(st.permutations([(i, j) for i in range(3) for j in range(3)]))[:n]
    source, target, time, length = np.array(edges).T
    x, y = np.array(position, float).T * 100
    network = RoadNetwork.from_edges(source, target, time, length, x, y, CRS)
    point = st.tuples(st.integers(-1, len(network.snappable) - 1), st.integers(1, 7), st.sampled_from([0, 10, 50]))
    drawn = [draw(st.lists(point, min_size=1, max_size=4)) for _ in range(2)]
    return network, *(
        SnappedPoints(
            np.array([link for link, _, _ in points], np.int64),
            np.array([eighth / 8 if link >= 0 else np.nan for link, eighth, _ in points]),
            np.array([float(metres) for _, _, metres in points]),
            np.zeros((len(points), 2)),
        )
        for points in drawn
    )


def graph_with_points(network, origins, destinations):
    """A networkx graph with the points as nodes, each tied by a foot way to its place on its street."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.n_nodes))
    for edge in range(network.n_edges):
        graph.add_edge(
            int(network.edge_source[edge]), int(network.edge_target[edge]), s=float(network.edge_time_s[edge])
        )
    for link in range(len(network.snappable)):
        first, last = network.link_ends[link].tolist()
        cuts = sorted(
            {points.fraction[i] for points in (origins, destinations) for i in np.flatnonzero(points.link == link)}
        )
        stops = [(0.0, first), *[(cut, ("street", link, cut)) for cut in cuts], (1.0, last)]
        for (low, here), (high, there) in pairwise(stops):
            along, against = network.link_edges[link].tolist()
            if along >= 0 and cuts:
                graph.add_edge(here, there, s=(high - low) * float(network.edge_time_s[along]))
            if against >= 0 and cuts:
                graph.add_edge(there, here, s=(high - low) * float(network.edge_time_s[against]))
    for side, points in (("origin", origins), ("destination", destinations)):
        for i in range(len(points)):
            graph.add_node((side, i))
            if points.link[i] >= 0:
                at, walk = ("street", int(points.link[i]), points.fraction[i]), points.distance_m[i] / ACCESS
                ends = ((side, i), at) if side == "origin" else (at, (side, i))
                graph.add_edge(*ends, s=walk)
    return graph


@settings(max_examples=45)
@given(networks_with_points())
def test_trips_between_points_are_those_of_networkx_and_both_searches_agree(drawn):
    network, origins, destinations = drawn
    graph = graph_with_points(network, origins, destinations)
    expected = np.full((len(origins), len(destinations)), INF)
    for i in range(len(origins)):
        found = nx.single_source_dijkstra_path_length(graph, ("origin", i), weight="s")
        for j in range(len(destinations)):
            expected[i, j] = found.get(("destination", j), INF)

    time, length = times_between(network, origins, destinations)
    np.testing.assert_allclose(time, expected, rtol=1e-9, atol=1e-9)
    assert (np.isinf(length) == np.isinf(time)).all()

    near = nearest_by_road(network, origins, destinations)
    np.testing.assert_allclose(near.travel_time_s, expected.min(axis=1), rtol=1e-9, atol=1e-9)
    reached = np.flatnonzero(near.facility >= 0)
    assert reached.tolist() == np.flatnonzero(np.isfinite(expected).any(axis=1)).tolist()
    np.testing.assert_allclose(expected[reached, near.facility[reached]], expected[reached].min(axis=1), atol=1e-9)

    # The same through the other search: from each origin, along the direction of travel.
    forward = np.array([times_from_point(network, origins, i, destinations)[0] for i in range(len(origins))])
    np.testing.assert_allclose(forward, expected, rtol=1e-9, atol=1e-9)


def test_on_an_approximated_network_short_trips_go_straight_to_the_door():
    real = streets(**LONG)
    guessed = replace(real, source=replace(real.source, approximate=True))
    for network, expected_s in ((real, None), (guessed, 0.0)):
        same = place(network, (300, 40))
        found = nearest_by_road(network, same, same).travel_time_s[0]
        assert found == pytest.approx(2 * 40 / network.access_m_per_s if expected_s is None else expected_s)
    # 40 m apart across the street: straight at the speed off the network, by a road 1.3 times as long.
    one, other = place(guessed, (300, 20)), place(guessed, (300, -20))
    time, length = times_between(guessed, one, other)
    assert time[0, 0] == pytest.approx(40 / guessed.access_m_per_s)
    far_one, far_other = place(guessed, (300, 40)), place(guessed, (310, 40))
    time, length = times_between(guessed, far_one, far_other)
    assert (time[0, 0], length[0, 0]) == pytest.approx((10 / guessed.access_m_per_s, 13))


@given(networks_with_points(), st.integers(1, 4))
def test_the_k_nearest_are_the_first_of_all_times(drawn, k):
    network, origins, facilities = drawn
    found = nearest_ones_by_road(network, origins, facilities, k)
    seconds, _ = times_between(network, origins, facilities)
    expected = np.full((len(origins), max(k, len(facilities))), INF)
    expected[:, : len(facilities)] = np.sort(seconds, axis=1)
    np.testing.assert_allclose(found.travel_time_s, expected[:, :k])
    assert ((found.facility >= 0) == np.isfinite(found.travel_time_s)).all()
    row, rank = np.nonzero(found.facility >= 0)
    np.testing.assert_allclose(seconds[row, found.facility[row, rank]], found.travel_time_s[row, rank])
    for named in found.facility:
        assert len(set(named[named >= 0])) == (named >= 0).sum()  # each facility once
    if k == 1:
        nearest = nearest_by_road(network, origins, facilities)
        np.testing.assert_array_equal(found.facility[:, 0], nearest.facility)
        np.testing.assert_array_equal(found.length_m[:, 0], nearest.length_m)


def test_a_place_as_near_as_todays_is_not_sooner_even_at_the_door():
    network = streets(**LONG)
    home = place(network, (1000, 0))
    at_the_door, elsewhere = place(network, (1000, 0)), place(network, (3000, 0))
    # A site at the very place takes no time: nothing is sooner, not even the same place.
    assert pairs_sooner_than(network, home, at_the_door, at_the_door)[0].tolist() == []
    # 200 s to a site 2 km away: a place at the door is sooner, one as far is not, nor one as far the other way.
    both = place(network, (1000, 0), (3000, 0), (-1000, 0))
    origin, destination, seconds = pairs_sooner_than(network, home, both, elsewhere)
    assert (origin.tolist(), destination.tolist(), seconds.tolist()) == ([0], [0], [0])


def test_short_trips_of_an_estimated_network_start_and_end_on_any_street():
    network = streets([(0, 1, 400)], nodes=[(0, 0), (4000, 0)])
    guessed = replace(network, source=replace(network.source, approximate=True))
    assert len(network.link_ends) == 1
    points = place(guessed, (100, 0), (400, 0))
    _, _, seconds, metres = direct_trips(guessed, points.take([0]), points.take([1]))
    # 300 m along the street at 10 m a second; off the streets at 15 km/h, and 1.3 times as far.
    assert sorted(seconds) == pytest.approx([30, 300 / ACCESS])
    assert sorted(metres) == pytest.approx([300, 390])


# --- pairs of points near one another ---------------------------------------------------------------


@given(seed=st.integers(0, 2**32 - 1), few=st.integers(1, 4), many=st.integers(1, 60))
@settings(max_examples=20)
def test_near_pairs_are_the_same_measured_one_by_one_or_by_an_index(seed, few, many):
    chance = np.random.default_rng(seed)
    here, there = (chance.integers(-8, 8, (n, 2)) * 1000.0 for n in (few, many))  # 3, 4 and 5 km apart at times
    with pytest.MonkeyPatch.context() as patch:
        measured = sorted(zip(*snapping._near(here, there), strict=True))
        patch.setattr(snapping, "_FEW_PAIRS", 0)
        indexed = sorted(zip(*snapping._near(here, there), strict=True))
    expected = [(i, j) for i, a in enumerate(here) for j, b in enumerate(there) if np.hypot(*(a - b)) <= 5000]
    assert measured == indexed == expected


def test_on_an_estimated_network_a_trip_may_leave_by_a_road_that_is_not_the_nearest():
    # A square of 2 km without its east side; the point is nearest to the road at the top, which leads away.
    square = streets(
        two_way=[(0, 1, 200), (0, 2, 200), (2, 3, 200)], nodes=[(0, 0), (2000, 0), (0, 2000), (2000, 2000)]
    )
    guessed = replace(square, snap_limit_m=5_000.0, source=replace(square.source, approximate=True))
    real = replace(square, snap_limit_m=5_000.0)
    ends = ((1900, 1300), (2000, 0))
    for network, expected_s, expected_m in (
        (real, 700 / ACCESS + 190 + 200 + 200, 700 + 1900 + 2000 + 2000),
        (guessed, 1300 / ACCESS + 10, 1300 * 1.3 + 100),
    ):
        point, town = place(network, ends[0]), place(network, ends[1])
        for one, other in ((point, town), (town, point)):
            time, length = times_between(network, one, other)
            assert (time[0, 0], length[0, 0]) == pytest.approx((expected_s, expected_m))
            drawn = route_between(network, one, other)
            assert (drawn.travel_time_s, drawn.length_m) == pytest.approx((expected_s, expected_m))
            np.testing.assert_allclose(drawn.line.coords[:1], one.xy)
            assert drawn.line.length == pytest.approx(expected_m - (390 if network is guessed else 0))
    # Not by the road at the top, beyond the distance; nor over water.
    below = (1900, 1999 - AROUND_M)
    assert [len(streets_joined(place(network, below))[0]) for network in (real, guessed)] == [1, 2]
    wall = np.array([[X0 - 500, Y0 + 1000], [X0 + 2500, Y0 + 1000]])
    walled = replace(guessed, barriers=(wall,))
    assert times_between(walled, place(walled, ends[0]), place(walled, ends[1]))[0][0, 0] == pytest.approx(
        700 / ACCESS + 190 + 200 + 200
    )


COORDINATE = st.integers(-100, 400).map(float)


@given(networks_with_points(), st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=5))
def test_more_roads_to_leave_by_never_make_a_trip_longer_and_change_nothing_at_a_crossing(drawn, where):
    network, *_ = drawn
    guessed = replace(network, source=replace(network.source, approximate=True))
    around = snap_xy(guessed, *np.array(where).T)
    seconds, _ = times_between(guessed, around, around)
    nearest_alone = replace(around, around=None)
    assert (seconds <= times_between(guessed, nearest_alone, nearest_alone)[0] + 1e-9).all()
    crossings = snap_xy(guessed, network.x, network.y)
    on = crossings.take(np.flatnonzero(crossings.distance_m <= 1.0))
    assert len(streets_joined(on)[0]) == len(on)
    chosen = [*range(len(where)), 0][::-1]
    np.testing.assert_array_equal(times_between(guessed, around.take(chosen), around)[0], seconds[chosen])
