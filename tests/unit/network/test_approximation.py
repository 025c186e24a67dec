"""The approximated network: who is whose neighbour, and what the road between them costs."""

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.errors import NetworkError, ParameterError
from geo.network.approximation import MAX_GRADE, NOTE, ROAD_LEVELS, approximate, neighbours
from geo.network.snapping import snap_xy

# --- neighbours ----------------------------------------------------------------------------------


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


@settings(max_examples=120)
@given(st.lists(st.tuples(coordinate, coordinate), min_size=4, max_size=14, unique=True))
def test_neighbours_are_those_of_the_definition(points):
    points = np.array(points) + np.array([400_000, 6_300_000])
    expected, closest = gabriel(points)
    # In general position: no point on a circle, none at the place of another, not all on a line.
    assume(closest > 1e-6)
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    assume(spread[1] > 1e-6 * spread[0])
    assert pairs(points) == expected


@settings(max_examples=150)
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


# --- the network ---------------------------------------------------------------------------------

CRS = "EPSG:2154"
#: In Lambert-93, 10 km apart to the east near the origin of the projection.
LAND = shapely.box(650_000, 6_550_000, 750_000, 6_650_000)
PLACES = [(700_000, 6_600_000), (710_000, 6_600_000), (705_000, 6_608_000)]


def communes(places=PLACES, population=500, altitude=np.nan, departement="18", contours=None):
    """A commune table; without contours, one land around all places."""
    x, y = np.array(places, float).T
    lon, lat = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(x, y)
    n = len(places)
    frame = gpd.GeoDataFrame(
        {
            "name": [f"C{i}" for i in range(n)],
            "departement": np.broadcast_to(departement, n),
            "lon": lon,
            "lat": lat,
            "point_source": "mairie",
            "altitude_m": np.broadcast_to(np.asarray(altitude, float), n),
        },
        geometry=gpd.GeoSeries(contours or [LAND] * n, crs=CRS).to_crs("EPSG:4326"),
    )
    frame["population"] = pd.array(np.broadcast_to(np.asarray(population, object), n), dtype="Int64")
    return frame


def road(network, a, b):
    """Seconds and metres of the fastest direct road from a to b."""
    edges = np.flatnonzero((network.edge_source == a) & (network.edge_target == b))
    first = edges[np.argmin(network.edge_time_s[edges])]
    return float(network.edge_time_s[first]), float(network.edge_length_m[first])


def test_one_node_per_commune_in_the_order_of_the_table_and_two_way_roads():
    network = approximate(communes())
    np.testing.assert_allclose(np.column_stack([network.x, network.y]), PLACES, atol=0.01)
    assert network.crs == CRS
    for a, b in ((0, 1), (1, 2), (0, 2)):
        assert road(network, a, b) == road(network, b, a)
    assert network.component_nodes.tolist() == [3]


def test_a_road_is_longer_than_the_straight_line_and_driven_at_its_level():
    seconds, metres = road(approximate(communes()), 0, 1)
    # By hand: 12.5 km between villages at 42 km/h, and half of 5 s at each end.
    assert (seconds, metres) == (pytest.approx(12_500 / 42 * 3.6 + 5, rel=1e-4), pytest.approx(12_500, rel=1e-4))


def test_towns_are_joined_by_faster_roads_and_take_time_to_cross():
    # By hand: 12 km at 55 km/h between two towns of 3,000, and half of 40 s at each end.
    seconds, metres = road(approximate(communes(population=3_000)), 0, 1)
    assert (seconds, metres) == (pytest.approx(12_000 / 55 * 3.6 + 40, rel=1e-4), pytest.approx(12_000, rel=1e-4))
    # Two towns of 3,000 with a village between them: the village is passed by.
    line = communes([(700_000, 6_600_000), (705_000, 6_600_000), (710_000, 6_600_000)], population=[3_000, 200, 3_000])
    assert road(approximate(line), 0, 2)[0] == pytest.approx(12_000 / 55 * 3.6 + 40, rel=1e-4)


def test_a_climb_lengthens_the_road_only_where_it_is_steep():
    flat = road(approximate(communes()), 0, 1)
    gentle = road(approximate(communes(altitude=[0, 800, 0])), 0, 1)
    steep = road(approximate(communes(altitude=[0, 2_000, 0])), 0, 1)
    assert gentle == flat
    assert steep[1] == pytest.approx(2_000 / MAX_GRADE, rel=1e-4)
    # All but the 5 s at the ends grows with the length.
    assert (steep[0] - 5) / (flat[0] - 5) == pytest.approx(steep[1] / flat[1], rel=1e-4)


def test_unknown_altitude_and_population_count_as_none():
    frame = communes(altitude=[np.nan, 2_000, np.nan], population=[None, None, 10])
    assert road(approximate(frame), 0, 1) == road(approximate(communes()), 0, 1)


def test_the_freer_flowing_profile_is_faster():
    courant, fluide = approximate(communes()), approximate(communes(), profile="fluide")
    assert road(fluide, 0, 1)[0] < road(courant, 0, 1)[0]
    assert road(fluide, 0, 1)[1] == road(courant, 0, 1)[1]
    assert fluide.profile == "fluide"
    with pytest.raises(ParameterError, match="inconnu"):
        approximate(communes(), profile="fusée")


@pytest.mark.parametrize(("water_m", "joined"), [(0, True), (2_000, True), (5_000, False)])
def test_no_road_is_guessed_over_wide_water(water_m, joined):
    # Two lands side by side, two communes on each, the nearest ones 10 km apart across the water.
    west = shapely.box(680_000, 6_550_000, 705_000 - water_m / 2, 6_650_000)
    east = shapely.box(705_000 + water_m / 2, 6_550_000, 730_000, 6_650_000)
    places = [(690_000, 6_600_000), (700_000, 6_600_000), (710_000, 6_600_000), (720_000, 6_600_000)]
    network = approximate(communes(places, contours=[west, west, east, east]))
    assert network.component_nodes.tolist() == ([4] if joined else [2, 2])


def test_an_approximation_says_so():
    summary = approximate(communes()).summary()
    assert summary.approximate is True
    assert summary.notes == (NOTE,)
    assert "estimé" in summary.source


def test_a_point_far_from_every_commune_is_off_the_network():
    found = snap_xy(approximate(communes()), [705_000, 705_000], [6_591_000, 6_589_000])
    assert (found.link >= 0).tolist() == [True, False]


@pytest.mark.parametrize("places", [PLACES[:1], np.zeros((0, 2))])
def test_fewer_than_two_communes_are_refused(places):
    with pytest.raises(NetworkError, match=f"{len(places)} commune.*au moins deux communes"):
        approximate(communes(places))


def test_communes_that_no_road_joins_are_refused():
    with pytest.raises(NetworkError, match=r"2 système.*d'un même territoire"):
        approximate(communes(departement=["64", "64", "974"]))


def test_communes_of_several_departements_of_one_territory_are_joined():
    assert approximate(communes(departement=["64", "40", "2A"])).component_nodes.tolist() == [3]


def test_overseas_communes_are_in_their_own_system():
    frame = communes(departement="974")
    frame["lon"], frame["lat"] = [55.45, 55.53, 55.48], [-20.88, -21.0, -21.3]
    frame = frame.set_geometry([shapely.box(55, -22, 56, -20)] * 3, crs="EPSG:4326")
    network = approximate(frame)
    assert network.crs == "EPSG:2975"
    straight = pyproj.Geod(ellps="GRS80").inv(55.45, -20.88, 55.53, -21.0)[2]
    assert road(network, 0, 1)[1] == pytest.approx(straight * ROAD_LEVELS[0][2], rel=1e-3)
