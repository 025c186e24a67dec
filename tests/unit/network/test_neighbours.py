"""Which points are neighbours, and how many people live around each."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.network.neighbours import density_km2, neighbours


def pairs(points):
    found = neighbours(np.array(points, float).reshape(-1, 2))
    assert found.dtype == np.int64
    assert (found[:, 0] < found[:, 1]).all()
    return {tuple(pair) for pair in found.tolist()}


def gabriel(points):
    """By definition, pair by pair: no third point strictly inside the circle that has the two as diameter.

    Also how close any point came to such a circle, as a share of its squared radius.
    """
    found, closest = set(), np.inf
    for i in range(len(points)):
        for j in range(i + 1, len(points)):
            centre, radius = (points[i] + points[j]) / 2, np.hypot(*(points[i] - points[j])) / 2
            others = np.delete(np.arange(len(points)), [i, j])
            gap = np.hypot(*(points[others] - centre).T) / radius - 1 if radius else np.zeros(len(others))
            closest = min(closest, np.abs(gap).min(initial=np.inf))
            if not (gap < 0).any():
                found.add((i, j))
    return found, closest


coordinate = st.floats(-1e5, 1e5, allow_nan=False, width=32)


@settings(max_examples=40)
@given(st.lists(st.tuples(coordinate, coordinate), min_size=4, max_size=14, unique=True))
def test_neighbours_are_those_of_the_definition(points):
    points = np.array(points) + np.array([400_000, 6_300_000])
    expected, closest = gabriel(points)
    # In general position: no point on a circle, none at the place of another, not all on a line.
    assume(closest > 1e-6)
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    assume(spread[1] > 1e-6 * spread[0])
    assert pairs(points) == expected


@settings(max_examples=45)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=20))
def test_all_points_are_joined_even_on_a_grid_with_duplicates(points):
    graph = nx.Graph()
    graph.add_nodes_from(range(len(points)))
    graph.add_edges_from(pairs(np.array(points) * 1000.0))
    assert nx.is_connected(graph)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([], set()),
        ([(0, 0)], set()),
        ([(0, 0), (1, 1)], {(0, 1)}),
        ([(0, 0), (0, 0)], {(0, 1)}),
        # An acute triangle has its three sides; an obtuse one lacks the longest.
        ([(0, 0), (10, 0), (5, 8)], {(0, 1), (1, 2), (0, 2)}),
        ([(0, 0), (10, 0), (5, 1)], {(0, 2), (1, 2)}),
        # On a line, each with the next.
        ([(0, 0), (20, 20), (10, 10), (30, 30)], {(0, 2), (1, 2), (1, 3)}),
        ([(5, 0), (0, 0), (10, 0)], {(0, 1), (0, 2)}),
        ([(7, 7), (7, 7), (7, 7)], {(0, 1), (1, 2)}),
        # The middle of a square is between its opposite corners, and on the circles of its sides, not inside.
        ([(0, 0), (4, 0), (4, 4), (0, 4), (2, 2)], {(0, 1), (1, 2), (2, 3), (0, 3), (0, 4), (1, 4), (2, 4), (3, 4)}),
    ],
)
def test_neighbours_known_by_eye(points, expected):
    assert pairs(points) == expected


def test_a_square_has_its_sides():
    # Its diagonals are on the limit: none or one of them may be kept.
    assert pairs([(0, 0), (10, 0), (10, 10), (0, 10)]) >= {(0, 1), (1, 2), (2, 3), (0, 3)}


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 5000)), min_size=1, max_size=25))
def test_density_is_that_of_the_formula(places):
    points, population = np.array(places, float)[:, :2] * 500, np.array(places, float)[:, 2]
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) / 1000
    # By the definition, all pairs: beyond four radii a place weighs less than 4 in 10,000.
    expected = (population * np.exp(-(distance**2) / (2 * 2.5**2))).sum(axis=1) / (2 * np.pi * 2.5**2)
    found = density_km2(points, population, 2_500.0)
    assert (found <= expected + 1e-9).all()
    np.testing.assert_allclose(found, expected, atol=4e-4 * population.sum() / (2 * np.pi * 2.5**2) + 1e-9)
