"""What the browser is given: shared borders stay shared, arrays follow the communes, JSON is safe."""

import json
import re

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.maps.payload import (
    DECIMALS,
    map_base,
    map_values,
    script_json,
    shown_kinds,
    simplified_contours,
)
from geo.question import counted_kinds


def test_simplified_contours_still_share_their_borders(shared_data):
    communes = gpd.read_file(shared_data / "communes" / "communes-40.geojson").set_index("code")
    simple = simplified_contours(communes, "EPSG:2154")
    before, after = (shapely.get_num_coordinates(frame.to_numpy()).sum() for frame in (communes.geometry, simple))
    assert after < before
    assert simple.is_valid.all()
    assert not simple.is_empty.any()
    # A gap or an overlap would show as area lost or counted twice.
    union = shapely.union_all(simple.to_numpy())
    assert shapely.area(simple.to_numpy()).sum() == pytest.approx(union.area, rel=1e-6)
    assert len(shapely.get_parts(union)) == len(shapely.get_parts(shapely.union_all(communes.geometry.to_numpy())))


def test_contours_keep_few_decimals(communes):
    positions = shapely.get_coordinates(simplified_contours(communes, "EPSG:2154").to_numpy())
    assert np.array_equal(positions, np.round(positions, DECIMALS))


def test_a_departement_weighs_little(shared_data, facilities):
    communes = gpd.read_file(shared_data / "communes" / "communes-64.geojson").set_index("code")
    communes = communes.rename(columns={"nom": "name"}).assign(population=1000)
    base = map_base(communes, {"sites": facilities}, "EPSG:2154")
    assert len(json.dumps(base, ensure_ascii=False).encode()) < 800_000


def test_base_names_communes_in_their_order(communes, facilities):
    base = map_base(communes, {"sites": facilities}, "EPSG:2154")
    properties = [feature["properties"] for feature in base["communes"]["features"]]
    assert [entry["code"] for entry in properties] == list(communes.index)
    assert properties[3]["population"] is None
    assert properties[4] == {"code": "64004", "name": "Commune 4", "population": 400}
    assert [site["name"] for site in base["facilities"]["sites"]] == list(facilities["name"])
    json.dumps(base, allow_nan=False)


def test_values_follow_the_order_of_the_communes(coverage_frame, communes, facilities):
    shuffled = coverage_frame.sample(frac=1, random_state=0)
    values = map_values(shuffled, communes, "sites", facilities, ["bus"])
    said = [values["trips"][which].replace("\xa0", " ") for which in values["trip"]]
    assert said[3:] == [
        "25,0 min en voiture", "40,0 min en voiture", "50,0 min en voiture", "21,0 min en voiture",
        "Aucun trajet possible par la route", "Temps inconnu : hors du réseau fourni",
    ]  # fmt: skip
    assert values["classes"] == [0, 1, 2, 3, 4, 5, 3, -1, -1]
    assert values["nearest"] == [0, 0, 1, 1, 0, 0, 1, -1, -1]
    assert values["far"] == [None, None, 500.0, 1600.0, None, None, None, None, None]
    assert values["excluded"] == ["bus"]


def test_outside_of_the_network_is_not_under_served(coverage_frame, communes, facilities):
    values = map_values(coverage_frame, communes, "sites", facilities)
    assert values["under_served"] == [0, 0, 0, 1, 1, 1, 1, 1, 0]


def test_an_estimate_is_said_as_one(coverage_frame, communes, facilities):
    estimated = coverage_frame.assign(estimated=True, time_low=0.8, time_high=1.25)
    values = map_values(estimated, communes, "sites", facilities)
    said = [values["trips"][which].replace("\xa0", " ") for which in values["trip"]]
    assert said[3] == "environ 25 min, de 20 à 30, en voiture"
    assert "21,0" not in json.dumps(values)


def test_values_are_small(coverage_frame, communes, facilities):
    assert len(json.dumps(map_values(coverage_frame, communes, "sites", facilities))) < 100 * len(communes)


@pytest.mark.parametrize(
    ("buses", "antennes", "excluded"),
    [(False, True, ["bus"]), (True, True, []), (False, False, ["antenne", "bus"]), (True, False, ["antenne"])],
)
def test_kinds_that_are_not_counted(facilities, buses, antennes, excluded):
    present, left_out = shown_kinds(facilities, counted_kinds(buses=buses, antennes=antennes))
    assert present == ["main", "antenne", "bus"]
    assert left_out == excluded


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_script_json_never_leaves_its_script(value):
    text = script_json(value)
    assert json.loads(text) == value
    assert not re.search("[<>&\u2028\u2029]", text)
