"""A network held against a reference: figures by hand, faults of the file, a network against itself."""

import dataclasses
import json

import numpy as np
import pyproj
import pytest

from geo.errors import SchemaError, SourceError
from geo.network.reference import ReferenceTrips, read_reference, reference_from_network
from geo.network.road_network import RoadNetwork
from geo.network.validation import compare

CRS = "EPSG:2154"
X0, Y0 = 700_000.0, 6_600_000.0


def lonlat(*places):
    """Longitude and latitude of places in metres from X0, Y0."""
    x, y = np.array(places, float).T
    return np.column_stack(pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(X0 + x, Y0 + y))


@pytest.fixture(scope="module")
def network():
    """Two-way streets of 100 s and 1 km each, 0 - 1 - 2 on a line and, cut off from them, 3 - 4 - 5."""
    streets = [(0, 1), (1, 2), (3, 4), (4, 5)]
    source, target = np.array([*streets, *[(b, a) for a, b in streets]]).T
    x = X0 + np.array([0, 1000, 2000] * 2)
    y = Y0 + np.array([0, 0, 0, 3000, 3000, 3000])
    return RoadNetwork.from_edges(source, target, [100] * 8, [1000] * 8, x, y, CRS)


ORIGINS, DESTINATIONS = lonlat((0, 0), (500, 0)), lonlat((2000, 0), (1000, 0), (0, 3000))
# This network: 200, 100, no way; 150, 50, no way. Kilometres: 2, 1; 1.5, 0.5.


def test_figures_by_hand(network):
    reference = ReferenceTrips.of_matrix(
        ORIGINS,
        DESTINATIONS,
        np.array([[100.0, 100.0, 70.0], [np.inf, 55.0, np.inf]]),
        np.array([[1.0, 1.0, 7.0], [np.inf, 1.0, np.inf]]),
    )
    found = compare(network, reference)
    # Ratios of time: 2, 1 and 50/55; of distance: 2, 1 and 0.5.
    assert (found.pairs, found.unreachable, found.profile) == (6, 3, "courant")
    assert found.time_ratio_median == pytest.approx(1, abs=1e-6)
    assert found.time_ratio_p10 == pytest.approx(50 / 55 + 0.2 * (1 - 50 / 55), rel=1e-5)
    assert found.time_ratio_p90 == pytest.approx(1.8, rel=1e-5)
    assert found.share_within_15pct == pytest.approx(2 / 3)
    assert found.share_within_25pct == pytest.approx(2 / 3)
    # Between the three ratios in order, linearly: the deciles are told from 10 to 90 %.
    expected = [np.interp(share, [0, 0.5, 1], [50 / 55, 1, 2]) for share in np.arange(1, 10) / 10]
    assert found.time_ratio_deciles == pytest.approx(expected, rel=1e-5)
    assert found.distance_ratio_median == pytest.approx(1, abs=1e-6)


def test_pairs_that_were_not_asked_for_are_not_counted(network):
    time = np.array([[200.0, np.nan, np.nan], [np.nan, 50.0, np.nan]])
    found = compare(network, ReferenceTrips.of_matrix(ORIGINS, DESTINATIONS, time, time / 100))
    assert (found.pairs, found.unreachable) == (2, 0)
    assert found.time_ratio_median == pytest.approx(1, abs=1e-6)


def test_a_trip_of_no_time_can_be_reached_but_has_no_ratio(network):
    here = lonlat((1000, 0))
    found = compare(network, ReferenceTrips.of_matrix(here, here, np.zeros((1, 1)), np.zeros((1, 1))))
    assert (found.pairs, found.unreachable) == (1, 0)
    assert np.isnan(found.time_ratio_median)
    assert np.isnan(found.distance_ratio_median)


def test_nothing_to_compare_gives_no_figure_and_null_in_json(network):
    far = lonlat((0, 90_000))
    found = compare(network, ReferenceTrips.of_matrix(far, far, np.ones((1, 1)), np.ones((1, 1)))).to_dict()
    (told,) = found.pop("far_points")
    # The nearest street end is 87 km south, which this projection shows with an error of less than one in a thousand.
    assert told["distance_m"] == pytest.approx(87_000, rel=1e-3)
    assert found == {
        "pairs": 1,
        "unreachable": 1,
        "time_ratio_median": None,
        "time_ratio_p10": None,
        "time_ratio_p90": None,
        "time_ratio_deciles": dict.fromkeys(("10", "20", "30", "40", "50", "60", "70", "80", "90")),
        "share_within_15pct": None,
        "share_within_25pct": None,
        "distance_ratio_median": None,
        "profile": "courant",
    }
    assert json.loads(json.dumps(found, allow_nan=False)) == found


# --- a network against itself --------------------------------------------------------------------


def test_a_network_against_itself_gives_one_where_points_lie_on_it(network):
    reference = reference_from_network(network, lonlat((0, 0), (500, 0), (1700, 0), (300, 3000), (2000, 3000)))
    found = compare(network, reference)
    assert (found.pairs, found.unreachable) == (20, 12)
    for ratio in (found.time_ratio_p10, found.time_ratio_median, found.time_ratio_p90, found.distance_ratio_median):
        assert ratio == pytest.approx(1, abs=1e-5)
    assert found.share_within_15pct == 1


def test_points_off_the_network_are_left_out_of_its_reference(network):
    reference = reference_from_network(network, lonlat((0, 0), (0, 90_000), (1000, 0)))
    assert reference.origins == pytest.approx(lonlat((0, 0), (1000, 0)))
    assert reference.destinations == pytest.approx(lonlat((1000, 0), (0, 0)))
    assert reference.time_s == pytest.approx([100, 100], rel=1e-5)
    assert reference.distance_km == pytest.approx([1, 1], rel=1e-5)


def test_no_point_on_the_network_gives_an_empty_reference(network):
    reference = reference_from_network(network, lonlat((0, 90_000)))
    assert len(reference) == 0
    assert compare(network, reference).pairs == 0


# --- points beside the streets -------------------------------------------------------------------


def test_the_way_to_the_street_costs_nothing_and_far_points_are_told(network):
    """661 m at the pace off the network would be minutes: the other engine counts none of it."""
    away, near = lonlat((0, -661)), lonlat((2000, 99))
    found = compare(network, ReferenceTrips(away, near, np.array([200.0]), np.array([2.0])))
    assert found.time_ratio_median == pytest.approx(1, abs=1e-5)
    assert found.distance_ratio_median == pytest.approx(1, abs=1e-5)
    (told,) = found.far_points
    assert (told.lon, told.lat) == pytest.approx(tuple(away[0]))
    assert told.distance_m == pytest.approx(661, abs=0.5)


def test_far_points_are_told_once_each_and_the_farthest_first(network):
    points = lonlat((0, -200), (1000, -500), (2000, -101))
    trips = ReferenceTrips(points[[0, 0, 1]], points[[1, 2, 0]], np.ones(3), np.ones(3))
    assert [round(point.distance_m, -1) for point in compare(network, trips).far_points] == [500, 200, 100]


def test_on_an_approximated_network_the_way_to_the_guessed_road_is_part_of_the_guess(network):
    guessed = dataclasses.replace(network, source=dataclasses.replace(network.source, approximate=True))
    trips = ReferenceTrips(lonlat((0, -500)), lonlat((2000, 0)), np.array([200.0]), np.array([2.0]))
    found = compare(guessed, trips)
    assert found.time_ratio_median > 1.1
    assert found.far_points == ()


def test_trips_apart_are_those_of_the_matrix(network):
    """Many origins, in several blocks, in any order, with one trip twice: the same answers as one by one."""
    rng = np.random.default_rng(7)
    ends = lonlat(*np.column_stack([rng.uniform(0, 2000, 40), np.zeros(40)]))
    starts = lonlat(*np.column_stack([rng.uniform(0, 2000, 600), np.zeros(600)]))
    order = rng.permutation(np.repeat(np.arange(600), 2))
    origins, destinations = starts[order], ends[rng.integers(0, 40, len(order))]
    x = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform
    expected = np.abs(x(*origins.T)[0] - x(*destinations.T)[0]) / 10
    found = compare(network, ReferenceTrips(origins, destinations, expected, expected / 100))
    assert (found.pairs, found.unreachable) == (1200, 0)
    assert found.time_ratio_p10 == pytest.approx(1, abs=1e-3)
    assert found.time_ratio_p90 == pytest.approx(1, abs=1e-3)
    assert found.share_within_15pct > 0.99


# --- the file ------------------------------------------------------------------------------------

GOOD = {"src": [[3.0, 46.5], [3.01, 46.5]], "dst": [[3.02, 46.5]], "time_s": [[10], [20]], "dist_km": [[1], [None]]}


def written(tmp_path, content):
    path = tmp_path / "reference.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_a_file_is_read_and_null_is_no_way(tmp_path):
    reference = read_reference(written(tmp_path, GOOD | {"engine": "essai"}))
    assert reference.origins.tolist() == GOOD["src"]
    assert reference.destinations.tolist() == GOOD["dst"] * 2
    assert reference.time_s.tolist() == [10, 20]
    assert reference.distance_km.tolist() == [1, np.inf]


def test_distances_may_be_left_out(tmp_path):
    reference = read_reference(written(tmp_path, {key: GOOD[key] for key in ("src", "dst", "time_s")}))
    assert reference.time_s.tolist() == [10, 20]
    assert np.isnan(reference.distance_km).all()


@pytest.mark.parametrize("content", ["", "{", "garbage", "<html></html>", '{"src": [}', "\x00"])
def test_a_file_that_is_not_json_is_refused(tmp_path, content):
    with pytest.raises(SourceError, match=r"« reference\.json » (est vide|est un fichier binaire|n'est pas du JSON)"):
        read_reference(written(tmp_path, content))


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "reference.json"
    with pytest.raises(SourceError, match="absent"):
        read_reference(path)
    path.write_bytes(b"\xff\xfe\xfa\x00")
    with pytest.raises(SourceError, match="n'est pas du JSON"):
        read_reference(path)
    with pytest.raises(SourceError, match="est un dossier, un fichier est attendu"):
        read_reference(tmp_path)


@pytest.mark.parametrize("content", [[], None, 3, "text", {}, {"src": {"a": 1}}])
def test_every_missing_table_is_told(tmp_path, content):
    with pytest.raises(SchemaError) as caught:
        read_reference(written(tmp_path, json.dumps(content)))
    for key in ("src", "dst", "time_s"):
        assert f"table « {key} »" in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"time_s": [[10, 20], [30, 40]]}, ["« time_s » de forme (2, 2), (2, 1) attendue"]),
        ({"time_s": [10, 20], "dist_km": [[1]]}, ["« time_s » de forme (2,)", "« dist_km » de forme (1, 1)"]),
        ({"src": [[3.0, 46.5, 0], [3.0, 46.5, 0]]}, ["« src » de forme (2, 3), (2, 2) attendue"]),
        ({"src": []}, ["« src » de forme (0,)", "« time_s »", "« dist_km »"]),
        ({"time_s": [[10], ["vingt"]]}, ["« time_s » absente ou non numérique"]),
        ({"time_s": [[10], [20, 30]], "dst": "ici"}, ["« time_s » absente", "« dst » absente"]),
    ],
)
def test_every_table_of_another_shape_is_told(tmp_path, changed, told):
    with pytest.raises(SchemaError) as caught:
        read_reference(written(tmp_path, GOOD | changed))
    for fault in told:
        assert fault in str(caught.value)


@pytest.mark.parametrize(
    "changed", [{"dst": [[None, 46.5]]}, {"src": [[3.0, 1e400], [3.0, 46.5]]}, {"time_s": [[-5], [1]]}]
)
def test_positions_and_times_that_make_no_sense_are_told(tmp_path, changed):
    with pytest.raises(SchemaError):
        read_reference(written(tmp_path, GOOD | changed))


@pytest.mark.parametrize("key", ["src", "dst"])
@pytest.mark.parametrize("value", [3, None])
def test_a_number_is_no_table(tmp_path, key, value):
    with pytest.raises(SchemaError, match=f"« {key} »"):
        read_reference(written(tmp_path, GOOD | {key: value}))


def test_a_table_of_trips_is_read_and_its_other_columns_left_aside(tmp_path):
    text = "name;lon1;lat1;lon2;lat2;minutes;osrm_km\r\na;3,0;46,5;3,1;46,6;12,5;\r\n\r\nb;3,0;46,5;3,2;46,7;0;x\r\n"
    reference = read_reference(written(tmp_path, "\ufeff" + text))
    assert reference.origins.tolist() == [[3.0, 46.5], [3.0, 46.5]]
    assert reference.destinations.tolist() == [[3.1, 46.6], [3.2, 46.7]]
    assert reference.time_s.tolist() == [750, 0]
    assert np.isnan(reference.distance_km).all()


def test_every_fault_of_a_table_of_trips_is_told_with_its_row(tmp_path):
    text = "lon1,lat1,lon2,lat2,minutes\n3,46,3,46,5\n181,46,3,-90.5,5\nnord,46,,46,-1\n3,46,3,46,inf\n"
    with pytest.raises(SchemaError) as caught:
        read_reference(written(tmp_path, text))
    assert [(fault.row, fault.message.split(" : ")[0]) for fault in caught.value.faults] == [
        (3, "colonne « lon1 »"),
        (3, "colonne « lat2 »"),
        (4, "colonne « lon1 »"),
        (4, "colonne « lon2 »"),
        (4, "colonne « minutes »"),
        (5, "colonne « minutes »"),
    ]
    assert "« nord », des degrés, de -180 à 180, sont attendus" in str(caught.value)
    assert "cellule vide" in str(caught.value)


def test_a_table_without_its_columns_is_refused(tmp_path):
    with pytest.raises(SchemaError, match="colonne « lat1 » absente ; colonne « minutes » absente"):
        read_reference(written(tmp_path, "lon1,lon2,lat2\n3,3,46\n"))
    with pytest.raises(SourceError, match="un tableau CSV de colonnes lon1, lat1, lon2, lat2, minutes est attendu"):
        read_reference(written(tmp_path, "longitude,latitude\n3,46\n"))


def test_a_file_nested_too_deep_is_refused(tmp_path):
    with pytest.raises(SourceError):
        read_reference(written(tmp_path, "[" * 200_000))
