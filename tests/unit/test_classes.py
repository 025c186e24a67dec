"""Classes of the planning maps and what their maps are given."""

import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import geo.classes
from geo.classes import ColourClass, change_class, change_classes
from geo.maps.area_patterns import area_fill, area_pattern_defs
from geo.maps.planning_values import Marker, planning_values, site_markers


def minutes(*values) -> pd.Series:
    return pd.Series(values, dtype="Float64")


def test_who_gains_and_who_loses():
    before = minutes(25, 25, 15, 15, 15, pd.NA, pd.NA, 15, 25, pd.NA)
    after = minutes(15, 22, 15, 18, 25, 15, pd.NA, pd.NA, pd.NA, 25)
    assert change_class(before, after, 20).tolist() == [0, 1, 2, 3, 4, 0, -1, 4, 3, 1]


def test_exactly_at_the_threshold_is_within():
    assert change_class(minutes(20, 20.1), minutes(20, 20), 20).tolist() == [2, 0]


times = st.lists(st.none() | st.floats(0, 60), min_size=1, max_size=30)


@given(times, st.data(), st.floats(5, 60))
def test_nobody_loses_where_no_time_grows(before, data, threshold):
    after = [None if was is None else data.draw(st.floats(0, was)) for was in before]
    chosen = change_class(minutes(*before), minutes(*after), threshold)
    assert ((chosen <= 2) & ((chosen >= 0) | np.array([was is None for was in before]))).all()
    backwards = change_class(minutes(*after), minutes(*before), threshold)
    assert (backwards == np.where(chosen < 0, -1, 4 - chosen)).all()


#: Every scale that the module names, those to come too.
SCALES = [each for each in vars(geo.classes).values() if isinstance(each, tuple) and isinstance(each[0], ColourClass)]


@pytest.mark.parametrize("classes", [change_classes(20), *SCALES])
def test_a_hatching_has_its_pattern_and_no_two_classes_look_alike(classes):
    defs = area_pattern_defs()
    for cls in classes:
        if cls.hatching:
            assert f'id="{re.fullmatch(r"url[(]#(.+)[)]", area_fill(cls))[1]}"' in defs
    assert len({area_fill(cls) for cls in classes}) == len(classes)
    assert len({cls.label for cls in classes}) == len(classes)


def test_what_a_map_is_given_is_json_and_escaped():
    position = np.array([0, 2, -1])
    marker = Marker("1", "<script>", -1.0, 43.0, "main", "×")
    values = planning_values(
        change_classes(20),
        position,
        [["a"], ["b"], ["<b>"]],
        [marker],
        title="<i>",
        outlined=np.array([True, False, False]),
        outline="loin",
        signs=[("main", "Site"), ("×", "<fermé>")],
        only_present=True,
    )
    json.dumps(values, allow_nan=False)
    assert values["classes"] == [0, 2, 5]
    assert values["outlined"] == [1, 0, 0]
    legend = values["legend"]
    assert "<i>" not in legend
    assert "&lt;fermé&gt;" in legend
    assert "maillage-sign-closed" in legend
    assert legend.count("<li>") == 6, "two classes present, unknown, outline, two signs"
    assert len(values["fills"]) == 6


def test_markers_of_sites():
    sites = gpd.GeoDataFrame(
        {"facility_id": ["7"], "name": ["Sare"], "kind": ["antenne"], "comment": [None], "website": [None]},
        geometry=gpd.points_from_xy([-1.5800049], [43.31]),
        crs="EPSG:4326",
    )
    (marker,) = site_markers(sites)
    assert (marker.facility_id, marker.lon, marker.lat, marker.sign) == ("7", -1.58, 43.31, "")
    assert marker.detail == "Antenne France services"
