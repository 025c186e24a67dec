"""What a table must be: each rule broken in its turn is a fault, and what keeps the rules passes."""

import geopandas as gpd
import pandas as pd
import pytest

from geo.errors import CrsError, SchemaError
from geo.schemas import CELL_DTYPES, COMMUNE_DTYPES, FACILITY_DTYPES, check_cells, check_communes, check_facilities

CHECKS = {
    "facilities": (check_facilities, FACILITY_DTYPES, {"facility_id": ["1", "2"], "name": "Sare", "kind": "main"}),
    "communes": (
        check_communes,
        COMMUNE_DTYPES,
        {
            "name": "Sare",
            "departement": "2A",
            "postcodes": "64310;64311",
            "lon": -1.5,
            "lat": 43.3,
            "point_source": "mairie",
        },
    ),
    "cells": (check_cells, CELL_DTYPES, {"cell_id": ["1", "2"], "commune_code": "64504", "population": 0.0}),
}
#: Table, column, and what its second row may not be (`None`: missing).
BROKEN = [
    *(("facilities", column, None) for column in ("facility_id", "name", "kind")),
    *[("facilities", "facility_id", "1"), ("facilities", "name", ""), ("facilities", "kind", "mairie")],
    *(("communes", column, None) for column in ("name", "departement", "lon", "lat", "point_source")),
    *[("communes", "departement", "640"), ("communes", "postcodes", "64310,64311"), ("communes", "population", -1)],
    *[("communes", "lon", 180.5), ("communes", "lat", -90.5), ("communes", "point_source", "school")],
    *(("cells", column, None) for column in ("cell_id", "commune_code", "population")),
    *[("cells", "cell_id", "1"), ("cells", "population", -0.5), ("cells", "share_poor", 1.5)],
    ("cells", "share_65_plus", -0.5),
]


def table(name):
    check, dtypes, given = CHECKS[name]
    frame = pd.DataFrame({column: given.get(column) for column in dtypes}, index=[0, 1]).astype(dtypes)
    index = pd.Index(["64504", "2A004"], dtype="string", name="commune_code") if name == "communes" else frame.index
    points = gpd.points_from_xy([0.0, 1.0], [43.0, 44.0])
    return check, gpd.GeoDataFrame(frame.set_axis(index), geometry=points, crs="EPSG:4326")


@pytest.mark.parametrize("name", CHECKS)
def test_what_keeps_the_rules_passes_in_its_own_system_only(name):
    check, frame = table(name)
    assert check(frame, "liste") is frame
    with pytest.raises(CrsError, match="EPSG:4326 attendu"):
        check(frame.to_crs("EPSG:2154"), "liste")


def test_each_rule_that_is_broken_is_a_fault():
    for name, column, value in BROKEN:
        check, frame = table(name)
        frame.iloc[1, frame.columns.get_loc(column)] = (
            pd.NA if value is None and column not in {"lon", "lat"} else value
        )
        with pytest.raises(SchemaError, match=f"colonne « {column} »"):
            check(frame, "liste")


def test_codes_of_communes_and_types_of_columns_are_rules_too():
    check, frame = table("communes")
    for codes in (["64504", "64504"], ["64504", "6450A"]):
        with pytest.raises(SchemaError, match="colonne « commune_code »"):
            check(frame.set_axis(pd.Index(codes, dtype="string", name="commune_code")), "communes")
    for wrong in (frame.rename_axis("code"), frame.drop(columns="name"), frame.astype({"population": "float64"})):
        with pytest.raises(SchemaError):
            check(wrong, "communes")
