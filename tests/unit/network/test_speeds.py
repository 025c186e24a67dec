"""Speeds: the documented table, the limits that tags state, and what is driven."""

import csv
from importlib import resources

import numpy as np
import pytest

from geo.errors import ParameterError
from geo.network.speeds import link_speed_kmh, parse_limit_kmh, profile_names, speed_profile, speed_table

COURANT = speed_profile("courant")
#: Road classes that cars use, as OpenStreetMap names them.
CLASSES = {
    *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street"),
    *("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link", "service", "road"),
}


# --- the table -----------------------------------------------------------------------------------


def rows():
    with resources.files("geo.network").joinpath("speed_profiles.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["figure"])
def test_every_figure_has_a_unit_a_source_and_a_value_in_every_profile(row):
    assert row["unit"] in {"-", "s", "km/h"}
    assert len(row["source"]) > 5
    for name in profile_names():
        value = float(row[name])
        assert value > 0
        if row["unit"] == "km/h":
            assert value <= 130


def test_figures_are_told_once_and_documented_where_not_a_class():
    names = [row["figure"] for row in rows()]
    assert len(names) == len(set(names))
    assert all(row["meaning"] for row in rows() if not row["figure"].startswith("class_"))
    assert speed_table()["figure"].tolist() == names


def test_the_default_profile_comes_first_and_both_have_every_class():
    assert profile_names() == ("courant", "fluide")
    for name in profile_names():
        assert set(speed_profile(name).class_speed_kmh) == CLASSES
        assert speed_profile(name).name == name
    assert speed_profile() == COURANT


def test_french_limits_are_those_of_the_law():
    for name in profile_names():
        limits = {"living_street": 20, "urban": 50, "rural": 80, "trunk": 110, "motorway": 130}
        assert {zone: speed_profile(name).limit_kmh[zone] for zone in limits} == limits


def test_the_limits_hold_no_other_figure():
    assert set(COURANT.limit_kmh) == {"living_street", "urban", "rural", "trunk", "motorway"}
    assert np.isnan(parse_limit_kmh("FR:factor", COURANT))


def test_the_freer_flowing_profile_is_nowhere_slower():
    fluide = speed_profile("fluide")
    assert fluide.limit_factor > COURANT.limit_factor
    assert fluide.junction_s < COURANT.junction_s
    assert fluide.signal_s < COURANT.signal_s
    assert all(fluide.class_speed_kmh[name] >= COURANT.class_speed_kmh[name] for name in CLASSES)


@pytest.mark.parametrize("name", ["fusée", "", "Courant", "source", "figure"])
def test_an_unknown_profile_is_refused_with_those_that_exist(name):
    with pytest.raises(ParameterError, match=f"« {name} » inconnu.*courant, fluide"):
        speed_profile(name)


def test_a_profile_cannot_be_changed():
    with pytest.raises(TypeError):
        COURANT.class_speed_kmh["residential"] = 130
    with pytest.raises(AttributeError):
        COURANT.limit_factor = 2.0


def test_access_speed_in_metres_per_second():
    assert COURANT.access_m_per_s == pytest.approx(15_000 / 3600)


# --- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50", 50),
        (" 50 ", 50),
        ("50 km/h", 50),
        ("50kmh", 50),
        ("50 kph", 50),
        ("50 KM/H", 50),
        ("12.5", 12.5),
        ("50 mph", 80.4672),
        ("5 knots", 9.26),
        ("FR:rural", 80),
        ("fr:rural", 80),
        ("FR:urban", 50),
        ("FR:motorway", 130),
        ("FR:trunk", 110),
        ("FR:living_street", 20),
        ("FR:zone30", 30),
        ("FR:zone:30", 30),
        ("FR:30", 30),
        ("zone20", 20),
        ("walk", 6),
        ("none", 130),
        ("70|70|50", 50),
        ("50;30", 30),
        ("signals;90", 90),
        ("none|110", 110),
        ("|50|", 50),
        ("150", 150),
    ],
)
def test_limits_that_are_stated(text, expected):
    assert parse_limit_kmh(text, COURANT) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", " ", "signals", "variable", "implicit", "à l'appréciation", "0", "-50", "1000", "151", "300 mph"),
        *("FR:", "FR:inconnu", ":", "rural", "|", ";;", "50-70", "5 0", "cinquante", "<script>", "FR:zone", "50 m/s"),
        *("\x00", "9" * 400, "FR:0", "nan", "inf", "1e2"),
    ],
)
def test_texts_that_state_no_limit(text):
    assert np.isnan(parse_limit_kmh(text, COURANT))


@pytest.mark.parametrize("text", ["FR:999", "zone:500"])
def test_no_road_allows_that_much(text):
    assert np.isnan(parse_limit_kmh(text, COURANT))


def test_walking_speed_with_its_country():
    assert parse_limit_kmh("FR:walk", COURANT) == 6


# --- speed driven --------------------------------------------------------------------------------


def test_the_limit_comes_before_the_class():
    road_class = np.array(["residential", "residential", "motorway", "track", "track"], dtype=object)
    limit = np.array([np.nan, 50.0, 0.0, np.nan, 30.0])
    found = link_speed_kmh(road_class, limit, COURANT)
    np.testing.assert_allclose(found, [25, 42.5, 100, np.nan, 25.5])


def test_a_published_mean_speed_comes_before_all():
    road_class = np.array(["residential"] * 4, dtype=object)
    limit = np.array([50.0, 50.0, 50.0, np.nan])
    found = link_speed_kmh(road_class, limit, COURANT, mean_kmh=np.array([31.0, np.nan, 0.0, 12.0]))
    np.testing.assert_allclose(found, [31, 42.5, 42.5, 12])


def test_no_street_at_all():
    assert link_speed_kmh(np.array([], dtype=object), np.array([]), COURANT).shape == (0,)
