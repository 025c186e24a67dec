"""Shortest paths on a small network drawn by hand, every answer of which is known by eye."""

import numpy as np
import pytest

from geo.errors import NetworkError
from geo.network.road_network import RoadNetwork
from geo.network.shortest_paths import nearest_facility, path, times_from

# Seconds on each street; ">" and "v" are one-way streets. A street takes 10 m a second, except
# 0-4 (30 s for only 200 m) so that the fastest way is not the shortest one.
#
#      0 ---10--- 1 ---20--- 2 ---5---> 3
#      |          |                     |
#     30         10                    10
#      |          |                     |
#      4 <---5--- 5 ---15--- 6 ---15--- 7
#      |
#     10                         10 ---5--- 11      12
#      |
#      8 ---5---> 9
#
# 9 can be entered but not left; 10-11 is an island; 12 has no street at all.
TWO_WAY = [(0, 1, 10), (1, 2, 20), (0, 4, 30), (1, 5, 10), (3, 7, 10), (5, 6, 15), (6, 7, 15), (4, 8, 10), (10, 11, 5)]
ONE_WAY = [(2, 3, 5), (5, 4, 5), (8, 9, 5)]
X = [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 3, 4, 5]
Y = [3, 3, 3, 3, 2, 2, 2, 2, 0, 0, 1, 1, 1]
INF = np.inf

#: Seconds from each node TO node 3, and TO node 4.
TO_3 = [35, 25, 5, 0, 65, 35, 25, 10, 75, INF, INF, INF, INF]
TO_4 = [25, 15, 35, 45, 0, 5, 20, 35, 10, INF, INF, INF, INF]
#: Seconds FROM node 3 and FROM node 4: what a search along the direction of travel would give.
FROM_3 = [60, 50, 70, 0, 45, 40, 25, 10, 55, 60, INF, INF, INF]
FROM_4 = [30, 40, 60, 65, 0, 50, 65, 75, 10, 15, INF, INF, INF]


@pytest.fixture(scope="module")
def network():
    streets = [*TWO_WAY, *[(b, a, s) for a, b, s in TWO_WAY], *ONE_WAY]
    source, target, time = np.array(streets).T
    length = [200.0 if {a, b} == {0, 4} else 10.0 * s for a, b, s in streets]
    return RoadNetwork.from_edges(source, target, time, length, np.array(X) * 100, np.array(Y) * 100, "EPSG:2154")


@pytest.mark.parametrize(("node", "expected"), [(3, TO_3), (4, TO_4)])
def test_times_to_one_facility(network, node, expected):
    near = nearest_facility(network, [node])
    assert near.travel_time_s.tolist() == expected
    assert near.facility.tolist() == [0 if time < INF else -1 for time in expected]


def test_the_nearest_of_two_facilities(network):
    near = nearest_facility(network, [3, 4])
    assert near.travel_time_s.tolist() == [25, 15, 5, 0, 0, 5, 20, 10, 10, INF, INF, INF, INF]
    assert near.facility.tolist() == [1, 1, 0, 0, 1, 1, 1, 0, 1, -1, -1, -1, -1]


def test_length_is_that_of_the_fastest_way_not_of_the_shortest(network):
    near = nearest_facility(network, [4])
    assert near.length_m.tolist() == [250, 150, 350, 450, 0, 50, 200, 350, 100, INF, INF, INF, INF]


def test_people_travel_to_the_site_against_which_the_forward_search_fails(network):
    # The street 2 > 3 is one-way: from 2 the site at 3 is 5 s away, while from 3 back to 2 it takes 70 s.
    towards = nearest_facility(network, [3]).travel_time_s
    forward = times_from(network, [3], [0.0], [0.0]).travel_time_s
    assert towards[2] == 5
    assert forward[2] == 70
    # The dead end 9 can be entered from 3 and never left towards it.
    assert towards[9] == INF
    assert forward[9] == 60
    assert towards.tolist() == TO_3
    assert forward.tolist() == FROM_3


def test_times_from_one_point_follow_the_direction_of_travel(network):
    found = times_from(network, [4], [0.0], [0.0])
    assert found.travel_time_s.tolist() == FROM_4
    assert found.length_m[:2].tolist() == [200, 300]
    assert found.last_edge[4] == -1
    assert found.last_edge[10] == -1
    assert (network.edge_source[found.last_edge[9]], network.edge_target[found.last_edge[9]]) == (8, 9)


def test_times_from_stop_at_the_limit(network):
    found = times_from(network, [4], [0.0], [0.0], limit_s=40)
    assert found.travel_time_s.tolist() == [30, 40, *[INF] * 2, 0, *[INF] * 3, 10, 15, *[INF] * 3]
    assert np.isinf(found.length_m).tolist() == np.isinf(found.travel_time_s).tolist()


def test_nodes_farther_than_the_limit_reach_no_facility(network):
    found, whole = nearest_facility(network, [3], limit_s=60), nearest_facility(network, [3])
    near = whole.travel_time_s <= 60
    assert 0 < near.sum() < len(near)
    assert found.travel_time_s.tolist() == np.where(near, whole.travel_time_s, INF).tolist()
    assert found.facility.tolist() == np.where(near, whole.facility, -1).tolist()
    assert found.next_edge[near].tolist() == whole.next_edge[near].tolist()


def test_a_start_beyond_the_limit_reaches_nothing(network):
    assert np.isinf(times_from(network, [4], [41.0], [0.0], limit_s=40).travel_time_s).all()


def test_next_edge_is_the_first_street_of_the_way(network):
    near = nearest_facility(network, [3])
    way, node = [8], 8
    while near.next_edge[node] >= 0:
        edge = near.next_edge[node]
        assert network.edge_source[edge] == node
        node = int(network.edge_target[edge])
        way.append(node)
    assert way == [8, 4, 0, 1, 2, 3]
    assert near.next_edge[[3, 9, 10, 11, 12]].tolist() == [-1] * 5


def test_an_island_is_reached_only_from_itself(network):
    near = nearest_facility(network, [11])
    assert near.travel_time_s.tolist() == [INF] * 10 + [5, 0, INF]
    assert near.facility.tolist() == [-1] * 10 + [0, 0, -1]
    assert np.isinf(near.length_m[:10]).all()


def test_no_facility_reaches_nothing(network):
    near = nearest_facility(network, [])
    assert np.isinf(near.travel_time_s).all()
    assert (near.facility == -1).all()
    assert (near.next_edge == -1).all()


@pytest.mark.parametrize(
    ("facilities", "at_6"), [([5, 7], 0), ([7, 5], 0), ([4, 5, 7], 1), ([7, 7], 0), ([12, 7, 5], 1)]
)
def test_equal_times_go_to_the_lowest_position(network, facilities, at_6):
    # 6 is 15 s from 5 and 15 s from 7.
    assert nearest_facility(network, facilities).facility[6] == at_6


def test_equal_times_go_to_the_lowest_position_all_along_the_way():
    # 0 and 2 are joined by streets of no time: every node is at 0 s from both facilities.
    network = RoadNetwork.from_edges(
        [0, 1, 1, 2], [1, 0, 2, 1], [0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 2], [0, 0, 0], "EPSG:2154"
    )
    assert nearest_facility(network, [2, 0]).facility.tolist() == [0, 0, 0]
    assert nearest_facility(network, [0, 2]).length_m.tolist() == [0, 1, 2]


def test_time_already_spent_at_the_facility_counts(network):
    near = nearest_facility(network, [5, 7], start_time_s=[3.0, 0.5], start_length_m=[20.0, 7.0])
    assert near.travel_time_s[[5, 6, 7]].tolist() == [3, 15.5, 0.5]
    assert near.length_m[[5, 6, 7]].tolist() == [20, 157, 7]
    assert near.facility[[5, 6, 7]].tolist() == [0, 1, 1]


def test_a_facility_entered_by_two_nodes_keeps_its_number(network):
    near = nearest_facility(network, [5, 7, 8], facility=[4, 4, 2])
    assert near.facility[[1, 6, 2, 8, 4]].tolist() == [4, 4, 4, 2, 2]
    assert near.travel_time_s[[1, 6, 2, 8, 4]].tolist() == [10, 15, 15, 0, 10]


def test_parallel_streets_loops_and_streets_of_no_time():
    network = RoadNetwork.from_edges(
        [0, 0, 0, 1, 2], [1, 1, 0, 2, 2], [9, 4, 1, 0, 3], [90, 40, 10, 5, 30], [0, 1, 2], [0, 0, 0], "EPSG:2154"
    )
    near = nearest_facility(network, [2])
    assert near.travel_time_s.tolist() == [4, 0, 0]
    assert near.length_m.tolist() == [45, 5, 0]


@pytest.mark.parametrize("node", [-1, 13, 10**12])
def test_a_node_that_does_not_exist_is_refused(network, node):
    with pytest.raises(NetworkError, match=r"hors du réseau \(attendu : 0 à 12\)"):
        nearest_facility(network, [3, node])
    with pytest.raises(NetworkError, match="hors du réseau"):
        times_from(network, [node], [0.0], [0.0])


@pytest.mark.parametrize("cost", [-1.0, np.nan, np.inf])
def test_a_start_cost_that_is_not_a_cost_is_refused(network, cost):
    with pytest.raises(NetworkError, match="négatif ou non numérique"):
        nearest_facility(network, [3], start_time_s=[cost])
    with pytest.raises(NetworkError, match="négatif ou non numérique"):
        times_from(network, [3], [0.0], [cost])


def test_lists_of_different_lengths_are_refused(network):
    with pytest.raises(NetworkError, match="2 nœuds pour 1 temps"):
        nearest_facility(network, [3, 4], start_time_s=[0.0])
    with pytest.raises(NetworkError, match="1 nœuds pour 1 temps, 2 longueurs"):
        times_from(network, [3], [0.0], [0.0, 0.0])


def test_facility_numbers_of_another_length_are_refused(network):
    with pytest.raises(NetworkError):
        nearest_facility(network, [3, 4], facility=[0])


def test_of_two_streets_as_fast_the_shorter_is_followed_and_drawn():
    network = RoadNetwork.from_edges([1, 1], [0, 0], [2.0, 2.0], [50.0, 40.0], [0, 30], [0, 0], "EPSG:2154")
    near = nearest_facility(network, [0])
    assert near.length_m[1] == 40
    assert path(network, near, 1).line.coords[:] == [(30, 0), (0, 0)]


def test_the_length_of_ways_of_equal_time_does_not_depend_on_node_numbers():
    # 0 reaches 3 in 2 s by 1 (18 m) and by 2 (2 m); the second network has the same streets with 1 and 2 exchanged.
    first, second = (
        RoadNetwork.from_edges(
            [0, 0, a, b], [a, b, 3, 3], [1, 1, 1, 1], [9, 1, 9, 1], [0, 1, 2, 3], [0, 0, 0, 0], "EPSG:2154"
        )
        for a, b in ((1, 2), (2, 1))
    )
    assert nearest_facility(first, [3]).length_m[0] == nearest_facility(second, [3]).length_m[0]
