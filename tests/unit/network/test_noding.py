"""Points that lie together are one; lines are cut where streets meet."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.network.noding import merge_points, node_lines


def lines(*coordinates):
    return np.array([shapely.LineString(line) for line in coordinates], object)


def ends(noded):
    """Each segment as its two positions, so that point numbers do not matter."""
    place = np.column_stack([noded.point_x, noded.point_y])
    return [(tuple(place[s]), tuple(place[t])) for s, t in zip(noded.source, noded.target, strict=True)]


def test_two_positions_on_either_side_of_a_grid_border_are_one_point():
    point, place = merge_points(np.array([[0.4999, 0.0], [0.5001, 0.0], [3.0, 0.0]]), 0.001)
    assert point[0] == point[1] != point[2]
    np.testing.assert_allclose(place[point[0]], [0.5, 0.0])
    assert tuple(place[point[2]]) == (3.0, 0.0)


def test_a_chain_of_close_positions_is_one_point():
    point, place = merge_points(np.array([[0.0, 0.0], [0.9, 0.0], [1.8, 0.0]]), 1.0)
    assert len(place) == 1
    assert set(point) == {0}


@settings(max_examples=20)
@given(
    xy=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=25),
    tolerance=st.sampled_from([0.0, 1.0, 1.5, 3.0]),
)
def test_merging_agrees_with_a_search_over_all_pairs(xy, tolerance):
    xy = np.array(xy, float)
    near = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) <= tolerance
    reach = np.linalg.matrix_power(near.astype(float) + np.eye(len(xy)), len(xy)) > 0
    point, place = merge_points(xy, tolerance)
    np.testing.assert_array_equal(point[:, None] == point[None], reach)
    assert set(point) == set(range(len(place)))


@pytest.mark.parametrize(("gap", "points"), [(0.04, 3), (0.06, 4)])
def test_lines_meet_within_the_tolerance_and_not_beyond(gap, points):
    noded = node_lines(lines([(0, 0), (100, 0)], [(100 + gap, 0), (200, 0)]), "endpoints", 0.05)
    assert len(noded.point_x) == points
    assert len(noded.source) == 2


def test_lines_that_end_on_the_middle_of_another_do_not_meet_it_by_their_ends():
    crossing = lines([(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 80)])
    assert len(node_lines(crossing, "endpoints", 0.05).source) == 2
    assert len(node_lines(crossing, "endpoints", 0.05).point_x) == 4
    noded = node_lines(crossing, "vertices", 0.05)
    assert sorted(ends(noded)) == [((0, 0), (50, 0)), ((50, 0), (50, 80)), ((50, 0), (100, 0))]
    assert sorted(noded.line) == [0, 0, 1]


def test_lines_that_cross_without_a_shared_vertex_do_not_meet():
    bridge = lines([(0, 0), (100, 0)], [(50, -50), (50, 50)])
    noded = node_lines(bridge, "vertices", 0.05)
    assert len(noded.source) == 2
    assert len(noded.point_x) == 4


def test_a_line_that_meets_itself_is_cut_there():
    lollipop = lines([(0, 0), (50, 0), (80, 30), (50, 60), (50, 0)])
    noded = node_lines(lollipop, "vertices", 0.01)
    assert sorted(ends(noded)) == [((0, 0), (50, 0)), ((50, 0), (50, 0))]
    np.testing.assert_allclose(noded.length_m.sum(), lollipop[0].length)


def test_vertices_of_one_line_closer_than_the_tolerance_do_not_cut_it():
    noded = node_lines(lines([(0, 0), (50, 0), (50.01, 0), (100, 0)]), "vertices", 0.05)
    assert len(noded.source) == 1
    assert noded.length_m[0] == pytest.approx(100)


def test_shapes_begin_and_end_on_their_points_and_keep_their_length():
    bent = lines([(0, 0), (30, 40), (60, 0)], [(60.02, 0), (60, 100)])
    noded = node_lines(bent, "endpoints", 0.05)
    begin, end = noded.coords[noded.offsets[:-1]], noded.coords[noded.offsets[1:] - 1]
    np.testing.assert_array_equal(begin, np.column_stack([noded.point_x, noded.point_y])[noded.source])
    np.testing.assert_array_equal(end, np.column_stack([noded.point_x, noded.point_y])[noded.target])
    np.testing.assert_allclose(noded.length_m, shapely.length(bent), atol=0.05)
    np.testing.assert_array_equal(noded.offsets, [0, 3, 5])


def test_a_line_shorter_than_the_tolerance_disappears_and_a_real_loop_stays():
    noded = node_lines(lines([(0, 0), (0.01, 0)], [(5, 5), (9, 5), (9, 9), (5, 5)]), "endpoints", 0.05)
    assert list(noded.line) == [1]
    assert list(noded.source) == list(noded.target) == [0]


def test_no_line_gives_no_segment():
    noded = node_lines(np.array([], object), "vertices", 0.05)
    assert len(noded.source) == len(noded.point_x) == len(noded.length_m) == 0
    assert list(noded.offsets) == [0]
