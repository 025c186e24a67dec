"""From segments to a network: what is contracted, what a crossing costs, what a shape keeps."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geo.errors import NetworkError
from geo.network.assemble import Segments, _chains, assemble_network
from geo.network.origin import NetworkSource
from geo.network.speeds import speed_profile

CRS = "EPSG:2154"
SOURCE = NetworkSource("Essai")
#: 36 km/h is 10 m/s. A crossing costs 1 s and lights 2 s in this profile.
PROFILE = replace(speed_profile(), junction_s=1.0, signal_s=2.0)
BOTH, ALONG, AGAINST, CLOSED = (36.0, 36.0), (36.0, np.nan), (0.0, 36.0), (np.nan, 0.0)


def network_of(points, *segments, signal=(), profile=PROFILE):
    """Network of segments (from, to, speeds, {bends, snappable, minor}) between numbered points."""
    points = np.array(points, float)
    shapes = [np.array([points[a], *more.get("bends", []), points[b]], float) for a, b, _, more in map(full, segments)]
    speeds = np.array([speed for _, _, speed, _ in map(full, segments)], float).reshape(-1, 2)
    return assemble_network(
        Segments(
            source=np.array([segment[0] for segment in segments], np.int64),
            target=np.array([segment[1] for segment in segments], np.int64),
            length_m=np.array([shapely.LineString(shape).length for shape in shapes]),
            forward_kmh=speeds[:, 0],
            backward_kmh=speeds[:, 1],
            snappable=np.array([full(segment)[3].get("snappable", True) for segment in segments], bool),
            coords=np.concatenate([*shapes, np.zeros((0, 2))]),
            offsets=np.cumsum([0, *map(len, shapes)]),
            minor=np.array([full(segment)[3].get("minor", False) for segment in segments], bool),
        ),
        points[:, 0],
        points[:, 1],
        CRS,
        profile,
        signal=np.isin(np.arange(len(points)), signal),
        source=SOURCE,
    )


def full(segment):
    return (*segment, {}) if len(segment) == 3 else segment


def nodes(network):
    return sorted(zip(network.x.tolist(), network.y.tolist(), strict=True))


def edges(network):
    """Every directed edge: (from x, y), (to x, y), seconds."""
    at = list(zip(network.x.tolist(), network.y.tolist(), strict=True))
    return sorted(
        (at[a], at[b], round(float(s), 4))
        for a, b, s in zip(network.edge_source, network.edge_target, network.edge_time_s, strict=True)
    )


def shapes(network):
    return [shapely.get_coordinates(shape).tolist() for shape in network.link_shapes()]


# Points every 100 m on a line: 10 s apart.
LINE = [(0, 0), (100, 0), (200, 0), (300, 0)]
A, B, C, D = LINE


def test_a_street_of_many_segments_is_one_link_with_its_whole_shape():
    network = network_of(LINE, (0, 1, BOTH, {"bends": [(50, 0)]}), (2, 1, BOTH), (2, 3, BOTH))
    assert nodes(network) == [A, D]
    assert edges(network) == [(A, D, 30), (D, A, 30)]
    assert shapes(network) == [[[0, 0], [50, 0], [100, 0], [200, 0], [300, 0]]]
    assert network.edge_length_m.tolist() == [300, 300]
    # Not compiled, a loop that writes beyond its arrays says so.
    ends, is_node = (np.array([0, 2, 2]), np.array([1, 1, 3])), np.array([True, False, False, True])
    walked = [part.tolist() for part in _chains.__wrapped__(*ends, is_node, 4)]
    assert walked == [[0, 3], [0, 1, 2], [False, True, False]]


def test_a_chain_of_one_way_segments_drawn_both_ways_is_one_one_way_link():
    network = network_of(LINE, (0, 1, ALONG), (2, 1, AGAINST), (2, 3, ALONG))
    assert edges(network) == [(A, D, 30)]


def test_speeds_each_way_are_added_up_each_way():
    network = network_of(LINE, (0, 1, (36, 18)), (2, 1, (18, 36)), (2, 3, (9, 36)))
    assert edges(network) == [(A, D, 10 + 10 + 40), (D, A, 20 + 20 + 10)]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (ALONG, [(A, B, 10), (B, A, 10), (B, C, 10)]),  # two-way, then one-way
        (AGAINST, [(A, B, 10), (B, A, 10), (C, B, 10)]),
        (CLOSED, [(A, B, 10), (B, A, 10)]),  # a closed segment is no street at all
    ],
)
def test_a_street_does_not_go_on_where_its_direction_changes(second, expected):
    network = network_of(LINE[:3], (0, 1, BOTH), (1, 2, second))
    assert edges(network) == expected


def test_two_one_way_streets_that_face_each_other_are_not_joined():
    towards = network_of(LINE[:3], (0, 1, ALONG), (2, 1, ALONG))
    assert edges(towards) == [(A, B, 10), (C, B, 10)]
    away = network_of(LINE[:3], (1, 0, ALONG), (1, 2, ALONG))
    assert edges(away) == [(B, A, 10), (B, C, 10)]


def test_a_street_does_not_go_on_where_trips_may_no_longer_end():
    network = network_of(LINE, (0, 1, BOTH), (1, 2, BOTH, {"snappable": False}), (2, 3, BOTH, {"snappable": False}))
    assert nodes(network) == [A, B, D]
    assert network.snappable.tolist() == [True, False]


def test_a_crossing_costs_its_delay_on_entering_it():
    network = network_of([*LINE[:3], (100, 100)], (0, 1, BOTH), (1, 2, BOTH), (1, 3, BOTH))
    assert (A, B, 11) in edges(network)
    assert (B, A, 10) in edges(network)
    assert len(edges(network)) == 6


def test_a_driveway_makes_a_node_but_no_crossing():
    network = network_of([*LINE[:3], (100, 100)], (0, 1, BOTH), (1, 2, BOTH), (1, 3, BOTH, {"minor": True}))
    assert (A, B, 10) in edges(network)
    assert len(edges(network)) == 6


def test_a_closed_street_makes_no_crossing():
    network = network_of([*LINE[:3], (100, 100)], (0, 1, BOTH), (1, 2, BOTH), (1, 3, CLOSED))
    assert edges(network) == [(A, C, 20), (C, A, 20)]


def test_lights_cost_their_delay_on_passing_them_even_inside_a_street():
    network = network_of(LINE, (0, 1, BOTH), (1, 2, BOTH), (2, 3, BOTH), signal=[1, 3])
    # Towards D both lights are met; towards A only the one at B.
    assert edges(network) == [(A, D, 34), (D, A, 32)]


def test_lights_at_a_crossing_cost_both_delays():
    network = network_of([*LINE[:3], (100, 100)], (0, 1, BOTH), (1, 2, BOTH), (1, 3, BOTH), signal=[1])
    assert (A, B, 13) in edges(network)


SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]


@pytest.mark.parametrize(("speeds", "seconds"), [(BOTH, [40, 40]), (ALONG, [40]), (AGAINST, [40])])
def test_a_ring_apart_from_all_else_becomes_one_loop(speeds, seconds):
    network = network_of(SQUARE, *[(i, (i + 1) % 4, speeds) for i in range(4)])
    assert network.n_nodes == 1
    assert network.edge_time_s.tolist() == seconds
    (shape,) = network.link_shapes()
    assert shape.is_closed
    assert shape.length == 400
    assert {tuple(point) for point in shapely.get_coordinates(shape).tolist()} == set(SQUARE)


def test_a_ring_of_two_segments_between_the_same_points():
    network = network_of(SQUARE[:3], (0, 1, BOTH), (1, 0, BOTH, {"bends": [(50, 50)]}))
    assert network.n_nodes == 1
    assert network.edge_length_m.tolist() == pytest.approx([100 + 2 * np.hypot(50, 50)] * 2)


def test_a_ring_with_one_street_into_it_keeps_its_crossing():
    ring = [(i, (i + 1) % 4, ALONG) for i in range(4)]
    network = network_of([*SQUARE, (-100, 0)], *ring, (4, 0, BOTH))
    origin, outside = (0, 0), (-100, 0)
    assert edges(network) == [(outside, origin, 11), (origin, outside, 10), (origin, origin, 41)]


def test_a_segment_that_returns_to_its_own_point_is_a_loop():
    network = network_of(LINE[:2], (0, 1, BOTH), (1, 1, BOTH, {"bends": [(200, 0), (200, 100)]}))
    lengths = sorted(network.edge_length_m.tolist())
    assert lengths == pytest.approx([100, 100, *[200 + np.hypot(100, 100)] * 2])
    assert nodes(network) == [A, B]


def test_parallel_streets_between_the_same_crossings_are_all_kept():
    arms = [(2, 0, BOTH), (1, 3, BOTH)]
    upper = {"bends": [(50, 50)]}
    network = network_of(
        [A, B, (-100, 0), C], *arms, (0, 1, BOTH), (0, 1, BOTH, upper), (1, 0, ALONG, {"bends": [(50, -50)]})
    )
    between = [time for start, end, time in edges(network) if {start, end} == {A, B}]
    bent = round(2 * np.hypot(50, 50) / 10 + 1, 4)
    assert between == pytest.approx([11, bent, 11, bent, bent])
    assert len(network.snappable) == 5


def test_points_that_no_street_uses_are_no_nodes():
    network = network_of([(7, 7), *LINE, (9, 9)], (1, 2, BOTH), (2, 3, BOTH))
    assert nodes(network) == [A, C]


@pytest.mark.parametrize("segments", [[], [(0, 1, CLOSED)]])
def test_nothing_to_drive_on_is_refused(segments):
    with pytest.raises(NetworkError, match="Essai : aucune route praticable"):
        network_of(LINE, *segments)


def test_the_profile_and_the_origin_are_kept():
    network = network_of(LINE, (0, 1, BOTH), profile=speed_profile("fluide"))
    assert (network.profile, network.source, network.crs) == ("fluide", SOURCE, CRS)
