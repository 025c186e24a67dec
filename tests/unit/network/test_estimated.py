"""The estimated network: what the way between two communes costs, by hand; ridges, water, islands."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import metric_crs, to_metres
from geo.errors import NetworkError, ParameterError
from geo.network.barriers import over_land
from geo.network.estimated import (
    CLIMB_KM,
    DENSITY_SHARE,
    DETOUR,
    END_MIN,
    FIRST_KM,
    NO_RELIEF_NOTE,
    NOTE,
    ROAD_LEVELS,
    UNSEEN_BENDS,
    estimate_network,
)
from geo.network.road_network import RoadNetwork
from geo.network.snapping import snap, snap_xy
from geo.network.travel_times import nearest_by_road, times_between
from geo.network.union import unite
from geo.sources.no_road import NoRoad
from geo.sources.relief import STEP_M, Relief

CRS = "EPSG:2154"
#: In Lambert-93, 10 km apart to the east near the origin of the projection.
LAND = shapely.box(600_000, 6_450_000, 800_000, 6_750_000)
PLACES = [(700_000, 6_600_000), (710_000, 6_600_000), (705_000, 6_608_000)]
NO_WATER = np.array([], object)


def communes(places=PLACES, population=0, departement="18", contours=None, codes=None):
    """A commune table; without contours, one land around all places."""
    x, y = np.array(places, float).reshape(-1, 2).T
    lon, lat = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(x, y)
    n = len(places)
    index = pd.Index(codes or [f"18{i:03d}" for i in range(n)], dtype="string", name="commune_code")
    frame = gpd.GeoDataFrame(
        {
            "name": [f"C{i}" for i in range(n)],
            "departement": np.broadcast_to(departement, n),
            "lon": lon,
            "lat": lat,
            "point_source": "mairie",
            "altitude_m": np.nan,
        },
        geometry=gpd.GeoSeries(contours or [LAND] * n, crs=CRS, index=index).to_crs("EPSG:4326"),
        index=index,
    )
    frame["population"] = pd.array(np.broadcast_to(np.asarray(population, object), n), dtype="Int64")
    return frame


def one_ridge(height_m, west=703_000, east=707_000):
    """A wall of one height between two eastings, 0 elsewhere, on a grid of an arc-minute."""
    spacing, south, first = 1 / 60, 46.0, 2.5
    lon, lat = np.meshgrid(first + spacing * np.arange(60), south + spacing * np.arange(60))
    x, _ = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(lon, lat)
    steps = np.where((x > west) & (x < east), round(height_m / STEP_M), 0).astype(np.uint8)
    return Relief(steps, first, south, spacing)


def minutes(network, frame):
    points = snap(network, frame["lon"], frame["lat"])
    return times_between(network, points, points)[0] / 60


def links(network):
    return {tuple(sorted(pair)) for pair in network.link_ends.tolist()}


def test_one_node_per_commune_in_the_order_of_the_table_and_two_way_roads():
    frame = communes()
    network = estimate_network(frame)
    np.testing.assert_allclose(np.column_stack([network.x, network.y]), PLACES, atol=0.01)
    assert network.crs == CRS
    np.testing.assert_allclose(minutes(network, frame), minutes(network, frame).T, rtol=1e-6)
    assert network.component_nodes.tolist() == [3]


def test_a_trip_takes_the_pace_of_its_roads_and_an_end_at_both_of_its_ends():
    frame = communes()
    network = estimate_network(frame)
    # By hand: 10 km between empty places, and one end at each.
    assert minutes(network, frame)[0, 1] == pytest.approx(10 * ROAD_LEVELS[0][1] + 2 * END_MIN, rel=1e-4)
    points = snap(network, frame["lon"], frame["lat"])
    assert times_between(network, points, points)[1][0, 1] == pytest.approx(10_000 * DETOUR, rel=1e-4)


def test_who_drives_through_pays_no_end():
    frame = communes([(700_000, 6_600_000), (710_000, 6_600_000), (720_000, 6_600_000)])
    found = minutes(estimate_network(frame), frame)
    assert found[0, 2] == pytest.approx(20 * ROAD_LEVELS[0][1] + 2 * END_MIN, rel=1e-4)
    assert found[0, 2] == pytest.approx(found[0, 1] + found[1, 2] - 2 * END_MIN, rel=1e-4)


def dense(population):
    """Extra pace where a commune alone has so many residents, by hand: 6.28 km2 is the area of the bell."""
    return DENSITY_SHARE * max(np.log(population / (2 * np.pi) / 1_000), 0)


def test_roads_are_slower_where_many_live_and_only_near_the_towns():
    near = [(700_000, 6_600_000), (706_000, 6_600_000), (703_000, 6_605_000)]
    for places, km, slowed_km in ((near, 6, 6), (PLACES, 10, 8)):
        frame = communes(places, population=20_000)
        expected = ROAD_LEVELS[3][1] * (km + slowed_km * dense(20_000)) + 2 * END_MIN
        assert minutes(estimate_network(frame), frame)[0, 1] == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_towns_are_joined_by_faster_roads_that_pass_villages_by(level):
    smallest, pace, far_pace = ROAD_LEVELS[level]
    line = [(700_000, 6_600_000), (715_000, 6_600_000), (730_000, 6_600_000)]
    frame = communes(line, population=[smallest, 0, smallest])
    expected = pace * (FIRST_KM + 8 * dense(smallest)) + far_pace * (30 - FIRST_KM) + 2 * END_MIN
    assert minutes(estimate_network(frame), frame)[0, 2] == pytest.approx(expected, rel=2e-3)


def test_levels_are_faster_the_larger_the_towns():
    assert all(slow[0] < fast[0] and slow[1] > fast[1] and slow[2] > fast[2] for slow, fast in pairwise(ROAD_LEVELS))


@pytest.mark.parametrize(("km", "joined"), [(60, True), (140, False)])
def test_motorways_pass_a_third_town_by_up_to_a_length(km, joined):
    smallest, pace, far_pace = ROAD_LEVELS[4]
    # The third town lies inside the circle that has the way between the two as its diameter.
    places = [(700_000, 6_600_000), (700_000 + km * 1_000, 6_600_000), (700_000 + km * 500, 6_600_000 + km * 400)]
    frame = communes(places, population=smallest, contours=[shapely.box(0, 6e6, 2e6, 8e6)] * 3)
    direct = pace * (FIRST_KM + 8 * dense(smallest)) + far_pace * (km - FIRST_KM) + 2 * END_MIN
    found = minutes(estimate_network(frame), frame)[0, 1]
    assert found == pytest.approx(direct, rel=2e-3) if joined else found > 1.1 * direct


def test_unknown_population_counts_as_none():
    np.testing.assert_allclose(
        minutes(estimate_network(communes(population=[None, None, 0])), communes()),
        minutes(estimate_network(communes()), communes()),
    )


# --- within a commune, and off the town hall ------------------------------------------------------


def test_a_resident_at_the_door_takes_a_few_minutes_and_less_than_to_the_next_town():
    frame = communes(population=3_000)
    network = estimate_network(frame)
    home = snap(network, frame["lon"].iloc[:1], frame["lat"].iloc[:1])
    for metres in (0, 500, 1_500, 2_500):
        site = snap_xy(network, [700_000 - metres], [6_600_000])
        found = times_between(network, home, site)[0][0, 0] / 60
        assert 2 * END_MIN <= found < minutes(network, frame)[0, 1:].min()
        assert found == pytest.approx(nearest_by_road(network, home, site).travel_time_s[0] / 60)
        assert found <= 2 * END_MIN + ROAD_LEVELS[0][1] * metres / 1000 + 0.01


def test_a_site_between_two_towns_is_reached_from_both_sides():
    frame = communes()
    network = estimate_network(frame)
    site = snap_xy(network, [705_000], [6_600_500])
    halls = snap(network, frame["lon"], frame["lat"])
    west, east, _ = times_between(network, halls, site)[0][:, 0] / 60
    assert west == pytest.approx(east, rel=1e-3)
    assert west == pytest.approx(5.5 * ROAD_LEVELS[0][1] + 2 * END_MIN, rel=1e-3)


# --- relief ---------------------------------------------------------------------------------------

ROW = [(700_000, 6_600_000), (710_000, 6_600_000)]
#: The same two, and a way around the ridge of three more communes to the north, beyond its end.
AROUND = [*ROW, (700_000, 6_606_000), (705_000, 6_612_000), (710_000, 6_606_000)]


def test_a_climb_lengthens_the_road_the_more_the_steeper_it_is():
    frame = communes(ROW)
    flat = minutes(estimate_network(frame), frame)[0, 1]
    gentle = minutes(estimate_network(frame, relief=one_ridge(200)), frame)[0, 1]
    steep = minutes(estimate_network(frame, relief=one_ridge(1_000)), frame)[0, 1]
    # By hand: 200 m up and as much down, then 1,000 m.
    for found, climb in ((flat, 0), (gentle, 400), (steep, 2_000)):
        winding = np.hypot(10, CLIMB_KM * climb / 100)
        assert found == pytest.approx(winding * ROAD_LEVELS[0][1] + 2 * END_MIN, rel=2e-2)


@pytest.mark.parametrize(("height_m", "level"), [(300, 4), (600, 0)])
def test_a_road_of_towns_over_a_high_ridge_is_as_slow_as_the_smallest(height_m, level):
    smallest = ROAD_LEVELS[4][0]
    frame = communes(ROW, population=smallest)
    found = minutes(estimate_network(frame, relief=one_ridge(height_m)), frame)[0, 1]
    # By hand: up to the crest and down again, on the same pace as a village road from 400 m on.
    _, pace, far_pace = ROAD_LEVELS[level]
    beyond = 10 + CLIMB_KM * 2 * height_m / 100 - FIRST_KM
    expected = pace * (FIRST_KM + 8 * dense(smallest)) + far_pace * beyond + 2 * END_MIN
    local = ROAD_LEVELS[0][1] * (np.hypot(10, CLIMB_KM * 2 * height_m / 100) + 8 * dense(smallest)) + 2 * END_MIN
    assert found == pytest.approx(min(expected, local), rel=2e-2)


def test_bends_that_no_relief_tells_lengthen_the_roads_of_hilly_islands():
    # Fort-de-France and Le Marin, Cayenne and Kourou: the same land without and with the factor.
    lands = {"972": (-61.07, 14.60), "973": (-52.33, 4.93)}
    for departement, (lon, lat) in lands.items():
        frame = communes(ROW, departement=departement)
        frame["lon"], frame["lat"] = [lon, lon + 0.1], [lat, lat]
        frame = frame.set_geometry(
            gpd.GeoSeries([shapely.box(lon - 1, lat - 1, lon + 1, lat + 1)] * 2, frame.index, crs=4326)
        )
        crs = metric_crs(departement)
        x, y = to_metres(crs).transform([lon, lon + 0.1], [lat, lat])
        km = np.hypot(x[1] - x[0], y[1] - y[0]) / 1000
        expected = UNSEEN_BENDS.get(departement, 1.0) * km * ROAD_LEVELS[0][1] + 2 * END_MIN
        assert minutes(estimate_network(frame), frame)[0, 1] == pytest.approx(expected, rel=1e-6)
    assert "972" in UNSEEN_BENDS
    assert "973" not in UNSEEN_BENDS


def test_a_high_ridge_is_not_crossed_where_there_is_another_way():
    frame = communes(AROUND)
    north_only = one_ridge(1_000)
    rows = np.arange(60)[:, None]
    y = 6_609_000
    lat = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(705_000, y)[1]
    steps = np.where(north_only.south + rows * north_only.spacing > lat, 0, north_only.steps).astype(np.uint8)
    relief = Relief(steps, north_only.west, north_only.south, north_only.spacing)
    assert (0, 1) in links(estimate_network(frame))
    network = estimate_network(frame, relief=relief)
    assert (0, 1) not in links(network)
    assert network.component_nodes.tolist() == [5]


def test_a_ridge_without_another_way_keeps_its_lowest_road():
    frame = communes(ROW)
    assert (0, 1) in links(estimate_network(frame, relief=one_ridge(2_000)))


def test_where_no_height_is_known_the_notes_say_so():
    assert estimate_network(communes()).source.notes == (NOTE, NO_RELIEF_NOTE)
    far = one_ridge(1_000)
    elsewhere = Relief(far.steps, 55.0, -21.0, far.spacing)
    assert estimate_network(communes(), relief=elsewhere).source.notes == (NOTE, NO_RELIEF_NOTE)
    assert estimate_network(communes(), relief=far).source.notes == (NOTE,)


# --- water and islands ----------------------------------------------------------------------------


@pytest.mark.parametrize(("water_m", "joined"), [(0, True), (2_000, True), (5_000, False)])
def test_no_road_is_guessed_over_wide_water(water_m, joined):
    # Two lands side by side, two communes on each, the nearest ones 10 km apart across the water.
    west = shapely.box(680_000, 6_550_000, 705_000 - water_m / 2, 6_650_000)
    east = shapely.box(705_000 + water_m / 2, 6_550_000, 730_000, 6_650_000)
    places = [(690_000, 6_600_000), (700_000, 6_600_000), (710_000, 6_600_000), (720_000, 6_600_000)]
    network = estimate_network(communes(places, contours=[west, west, east, east]))
    assert network.component_nodes.tolist() == ([4] if joined else [2, 2])


def test_an_island_without_a_road_keeps_its_own_streets():
    places = [(700_000, 6_600_000), (702_000, 6_600_000), (704_000, 6_600_000), (706_000, 6_600_000)]
    frame = communes(places, codes=["18001", "18002", "56009", "56114"])
    no_road = NoRoad({"56009": 1, "56114": 1}, NO_WATER)
    network = estimate_network(frame, no_road=no_road)
    assert links(network) == {(0, 1), (2, 3)}
    found = minutes(network, frame)
    # Two kilometres of water are not driven straight either.
    assert np.isinf(found[:2, 2:]).all()
    assert np.isfinite(found[:2, :2]).all()
    assert np.isfinite(found[2:, 2:]).all()
    alone = NoRoad({"56009": 1, "56114": 2}, NO_WATER)
    assert minutes(estimate_network(frame, no_road=alone), frame)[2, 2] >= 2 * END_MIN


def test_no_road_crosses_a_line_of_water():
    frame = communes([(700_000, 6_600_000), (704_000, 6_600_000)])
    line = shapely.LineString(
        np.column_stack(
            pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(
                [702_000] * 2, [6_590_000, 6_610_000]
            )
        )
    )
    network = estimate_network(frame, no_road=NoRoad({}, np.array([line], object)))
    assert links(network) == {(0, 0), (1, 1)}
    assert np.isinf(minutes(network, frame)[0, 1])


def ring(x, y, half):
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * half + (x, y)
    return shapely.LineString(
        np.column_stack(pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(*corners.T))
    )


def snapped_x(network, x, y):
    """Return the x of the street that each point is tied to, NaN off the network."""
    found = snap_xy(network, x, y)
    ends = network.x[network.link_ends[np.maximum(found.link, 0)]]
    return np.where(found.link >= 0, ends[:, 0] + (ends[:, 1] - ends[:, 0]) * np.nan_to_num(found.fraction), np.nan)


def test_a_place_that_a_line_goes_around_is_off_the_network(tmp_path):
    frame = communes([(700_000, 6_600_000), (704_000, 6_600_000)])
    network = estimate_network(frame, no_road=NoRoad({}, np.array([ring(700_000, 6_603_000, 1_000)], object)))
    inside, outside = (700_000, 6_603_000), (700_000, 6_601_500)
    network.save(tmp_path)
    for each in (network, unite([network]), RoadNetwork.load(tmp_path)):
        lon, lat = to_metres(CRS).transform(*np.transpose([inside, outside]), direction="INVERSE")
        found = snap(each, lon, lat)
        assert found.link.tolist() == [-1, 0]
        assert found.distance_m == pytest.approx([3_000, 1_500], rel=0.01)  # near, and yet out of reach


def test_a_point_is_tied_to_a_street_of_its_own_shore():
    # For the second point the street of the west is 1 km away over the water, that of its own shore 2 km.
    places = [(700_000, 6_600_000), (700_000, 6_604_000), (703_000, 6_600_000), (703_000, 6_604_000)]
    river = np.array([(701_000, 6_500_000), (701_000, 6_700_000)]).T
    degrees = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(*river)
    water = NoRoad({}, np.array([shapely.LineString(np.column_stack(degrees))], object))
    here = ([700_950.0, 701_050.0], [6_602_000.0] * 2)
    assert snapped_x(estimate_network(communes(places), no_road=water), *here) == pytest.approx([700_000, 703_000])
    assert snapped_x(estimate_network(communes(places)), *here) == pytest.approx([700_000, 700_000])


# --- what holds for any communes ------------------------------------------------------------------

places_lists = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from([0, 500, 3_000, 15_000, 60_000])),
    min_size=3,
    max_size=12,
    unique_by=lambda place: place[:2],
)


def drawn(places):
    x, y, population = np.array(places).T
    # Off a grid, so that no point is on the circle of two others.
    return communes(
        np.column_stack([690_000 + 1_000 * x + 7 * (y**2 % 11), 6_590_000 + 1_000 * y + 13 * (x**2 % 7)]),
        list(population),
    )


@settings(max_examples=15)
@given(places_lists, st.randoms())
def test_renumbering_communes_changes_no_time(places, random):
    shuffled = list(range(len(places)))
    random.shuffle(shuffled)
    relief = one_ridge(900)
    frame = drawn(places)
    other = frame.iloc[shuffled]
    one, two = (minutes(estimate_network(each, relief=relief), each) for each in (frame, other))
    np.testing.assert_allclose(one[np.ix_(shuffled, shuffled)], two, rtol=1e-5)


@settings(max_examples=15)
@given(places_lists)
def test_times_are_symmetric_and_no_trip_is_free(places):
    frame = drawn(places)
    found = minutes(estimate_network(frame, relief=one_ridge(900)), frame)
    np.testing.assert_allclose(found, found.T, rtol=1e-5)
    assert (found >= 2 * END_MIN - 1e-6).all()
    assert np.isfinite(found).all()


@settings(max_examples=15)
@given(places_lists, st.integers(0, 11))
def test_more_residents_move_no_node(places, which):
    frame = drawn(places)
    before = estimate_network(frame)
    frame.loc[frame.index[which % len(frame)], "population"] = 200_000
    after = estimate_network(frame)
    np.testing.assert_array_equal(before.x, after.x)
    np.testing.assert_array_equal(before.y, after.y)


# --- profile, origin, errors ----------------------------------------------------------------------


def test_the_freer_flowing_profile_is_faster_by_the_ratio_of_its_speeds():
    frame = communes(population=3_000)
    courant, fluide = estimate_network(frame), estimate_network(frame, profile="fluide")
    ratio = minutes(fluide, frame) / minutes(courant, frame)
    np.testing.assert_allclose(ratio, ratio[0, 0], rtol=1e-5)
    assert ratio[0, 0] < 1
    assert fluide.profile == "fluide"
    with pytest.raises(ParameterError, match="inconnu"):
        estimate_network(frame, profile="fusée")


def test_an_estimate_says_so():
    summary = estimate_network(communes()).summary()
    assert summary.approximate is True
    assert NOTE in summary.notes
    assert "estimé" in summary.source


def test_a_saved_network_gives_the_same_times(tmp_path):
    frame = communes(population=[500, 3_000, 0])
    network = estimate_network(frame)
    network.save(tmp_path)
    np.testing.assert_array_equal(minutes(type(network).load(tmp_path), frame), minutes(network, frame))


def test_a_point_far_from_every_commune_is_off_the_network():
    found = snap_xy(estimate_network(communes()), [705_000, 705_000], [6_591_000, 6_589_000])
    assert (found.link >= 0).tolist() == [True, False]


@pytest.mark.parametrize("places", [PLACES[:1], np.zeros((0, 2))])
def test_fewer_than_two_communes_are_refused(places):
    with pytest.raises(NetworkError, match=f"{len(places)} commune.*au moins deux communes"):
        estimate_network(communes(places))


def test_communes_that_no_road_joins_are_refused():
    with pytest.raises(NetworkError, match=r"2 système.*d'un même territoire"):
        estimate_network(communes(departement=["64", "64", "974"]))


def test_communes_of_several_departements_of_one_territory_are_joined():
    assert estimate_network(communes(departement=["64", "40", "2A"])).component_nodes.tolist() == [3]


def test_overseas_communes_are_in_their_own_system():
    frame = communes(departement="974")
    frame["lon"], frame["lat"] = [55.45, 55.53, 55.48], [-20.88, -21.0, -21.3]
    frame = frame.set_geometry([shapely.box(55, -22, 56, -20)] * 3, crs="EPSG:4326")
    network = estimate_network(frame)
    assert network.crs == "EPSG:2975"
    straight = pyproj.Geod(ellps="GRS80").inv(55.45, -20.88, 55.53, -21.0)[2]
    assert minutes(network, frame)[0, 1] == pytest.approx(straight / 1000 * ROAD_LEVELS[0][1] + 2 * END_MIN, rel=1e-3)


@pytest.mark.parametrize(("east", "joined"), [(709_980, True), (709_995, True), (710_010, False)])
def test_a_ridge_is_too_high_beyond_three_thousand_metres_times_kilometres(east, joined):
    # 300 m over 9.995 km are 2,998.5, over 10.01 km 3,003. Both are joined by the third place, which lies on the ridge.
    frame = communes([(700_000, 6_600_000), (east, 6_600_000), (705_000, 6_608_000)])
    found = links(estimate_network(frame, relief=one_ridge(300)))
    assert found == {(0, 2), (1, 2)} | ({(0, 1)} if joined else set())


@pytest.mark.parametrize(
    ("west_shore", "east_shore", "dry"),
    [
        (2_000, 4_000, True),
        (2_000, 8_000, False),
        (9_000, 13_000, False),
        (15_000, 19_000, False),
        (17_000, 19_000, True),
    ],
)
def test_water_anywhere_along_a_line_counts(west_shore, east_shore, dry):
    # 20 km from west to east; no road is guessed over more than 3 km of water, looked at every half km.
    land = shapely.STRtree([shapely.box(-1, -1, west_shore, 1), shapely.box(east_shore, -1, 20_001, 1)])
    points = np.array([[0.0, 0.0], [20_000.0, 0.0]])
    for pair in ([0, 1], [1, 0]):
        assert over_land(points, np.array([pair]), land).tolist() == [dry]
