"""A network held against a reference: figures by hand, faults of the file, a network against itself."""

import json

import numpy as np
import pyproj
import pytest

from geo.errors import SchemaError, SourceError
from geo.network.road_network import RoadNetwork
from geo.network.validation import ReferenceMatrix, compare, read_reference, reference_from_network

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
    reference = ReferenceMatrix(
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
    assert found.distance_ratio_median == pytest.approx(1, abs=1e-6)


def test_pairs_that_were_not_asked_for_are_not_counted(network):
    time = np.array([[200.0, np.nan, np.nan], [np.nan, 50.0, np.nan]])
    found = compare(network, ReferenceMatrix(ORIGINS, DESTINATIONS, time, time / 100))
    assert (found.pairs, found.unreachable) == (2, 0)
    assert found.time_ratio_median == pytest.approx(1, abs=1e-6)


def test_a_trip_of_no_time_can_be_reached_but_has_no_ratio(network):
    here = lonlat((1000, 0))
    found = compare(network, ReferenceMatrix(here, here, np.zeros((1, 1)), np.zeros((1, 1))))
    assert (found.pairs, found.unreachable) == (1, 0)
    assert np.isnan(found.time_ratio_median)
    assert np.isnan(found.distance_ratio_median)


def test_nothing_to_compare_gives_no_figure_and_null_in_json(network):
    far = lonlat((0, 90_000))
    found = compare(network, ReferenceMatrix(far, far, np.ones((1, 1)), np.ones((1, 1)))).to_dict()
    assert found == {
        "pairs": 1,
        "unreachable": 1,
        "time_ratio_median": None,
        "time_ratio_p10": None,
        "time_ratio_p90": None,
        "share_within_15pct": None,
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
    assert np.isnan(np.diagonal(reference.time_s)).all()
    assert reference.time_s[0, 1] == pytest.approx(100, rel=1e-5)
    assert reference.distance_km[1, 0] == pytest.approx(1, rel=1e-5)


def test_no_point_on_the_network_gives_an_empty_reference(network):
    reference = reference_from_network(network, lonlat((0, 90_000)))
    assert reference.time_s.shape == (0, 0)
    assert compare(network, reference).pairs == 0


# --- the file ------------------------------------------------------------------------------------

GOOD = {"src": [[3.0, 46.5], [3.01, 46.5]], "dst": [[3.02, 46.5]], "time_s": [[10], [20]], "dist_km": [[1], [None]]}


def written(tmp_path, content):
    path = tmp_path / "reference.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_a_file_is_read_and_null_is_no_way(tmp_path):
    reference = read_reference(written(tmp_path, GOOD | {"engine": "essai"}))
    assert reference.origins.tolist() == GOOD["src"]
    assert reference.destinations.tolist() == GOOD["dst"]
    assert reference.time_s.tolist() == [[10], [20]]
    assert reference.distance_km.tolist() == [[1], [np.inf]]


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
    with pytest.raises(SourceError, match="absent"):
        read_reference(tmp_path)


@pytest.mark.parametrize("content", [[], None, 3, "text", {}, {"src": {"a": 1}}])
def test_every_missing_table_is_told(tmp_path, content):
    with pytest.raises(SchemaError) as caught:
        read_reference(written(tmp_path, json.dumps(content)))
    for key in ("src", "dst", "time_s", "dist_km"):
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


def test_a_file_nested_too_deep_is_refused(tmp_path):
    with pytest.raises(SourceError):
        read_reference(written(tmp_path, "[" * 200_000))
