"""The way that is drawn is the way that is timed, on random networks with one-way streets, loops and islands."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import NetworkError
from geo.network.road_network import RoadNetwork
from geo.network.routes import route_between
from geo.network.snapping import snap_xy
from geo.network.travel_times import times_between


@st.composite
def straight_streets(draw):
    """A network whose streets are as long as they are drawn: crossings of a grid, some streets one-way."""
    side = draw(st.integers(2, 4))
    n = side * side
    node = st.integers(0, n - 1)
    edges = draw(st.lists(st.tuples(node, node, st.integers(1, 90)), min_size=1, max_size=4 * n))
    source, target, seconds = np.array([edge for edge in edges if edge[0] != edge[1]] or [(0, 1, 5)], np.int64).T
    x, y = 400_000 + 500.0 * (np.arange(n) % side), 6_250_000 + 500.0 * (np.arange(n) // side)
    length = np.hypot(x[source] - x[target], y[source] - y[target])
    return RoadNetwork.from_edges(source, target, seconds, length, x, y, "EPSG:2154")


POINT = st.tuples(st.integers(-1000, 3000), st.integers(-1000, 3000))


@settings(max_examples=60)
@given(network=straight_streets(), start=POINT, end=POINT, share=st.sampled_from([0.0, 0.5, 1.0, 1.01, 2.0]))
def test_how_far_is_searched_first_changes_no_route(network, start, end, share):
    origin, destination = (snap_xy(network, [400_000.0 + x], [6_250_000.0 + y]) for x, y in (start, end))
    try:
        whole = route_between(network, origin, destination)
    except NetworkError:
        with pytest.raises(NetworkError):
            route_between(network, origin, destination, 600 * share)
        return
    found = route_between(network, origin, destination, share * whole.travel_time_s)
    assert (found.travel_time_s, found.length_m) == (whole.travel_time_s, whole.length_m)
    assert found.line.equals_exact(whole.line)


@settings(max_examples=60)
@given(network=straight_streets(), start=POINT, end=POINT)
def test_a_route_has_the_time_the_length_and_the_ends_of_its_trip(network, start, end):
    origin, destination = (snap_xy(network, [400_000.0 + x], [6_250_000.0 + y]) for x, y in (start, end))
    time, length = times_between(network, origin, destination)
    try:
        route = route_between(network, origin, destination)
    except NetworkError:
        assert np.isinf(time[0, 0])
        return
    np.testing.assert_allclose(route.travel_time_s, time[0, 0], rtol=1e-6)
    points = shapely.get_coordinates(route.line)
    np.testing.assert_array_equal(points[[0, -1]], [origin.xy[0], destination.xy[0]])
    # Of ways that take as long, the drawn one need not be the shorter; it is as long as it says.
    np.testing.assert_allclose(route.line.length, route.length_m, rtol=1e-6, atol=1e-6)
    assert route.length_m >= length[0, 0] - 1e-6
