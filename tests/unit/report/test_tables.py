"""Files of a diagnosis, as other tools open them."""

import csv
import sqlite3

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from geo.access.diagnosis import diagnose
from geo.answers.tables import file_headings
from geo.question import Question
from geo.report.tables import COMMUNE_CSV_COLUMNS, write_diagnosis, write_table
from tests.written_tables import names_of


@pytest.fixture(scope="module")
def diagnosis(reported, tmp_path_factory):
    folder = tmp_path_factory.mktemp("diagnosis")
    write_diagnosis(reported, diagnose(reported, question=Question(9)), folder)
    return folder


def test_the_layer_of_a_diagnosis(diagnosis):
    path = diagnosis / "communes.gpkg"
    layer = gpd.read_file(path)
    assert list(layer.columns) == [*COMMUNE_CSV_COLUMNS, "snap_distance_m", "geometry"]
    assert layer.crs.to_epsg() == 4326
    assert pyogrio.read_info(path)["geometry_type"] in {"Polygon", "MultiPolygon"}
    with sqlite3.connect(path) as base:
        assert base.execute("select table_name, data_type, srs_id from gpkg_contents").fetchall() == [
            ("communes", "features", 4326)
        ]
        assert base.execute(
            "select organization, organization_coordsys_id from gpkg_spatial_ref_sys where srs_id = 4326"
        ).fetchone() == ("EPSG", 4326)
    base.close()
    assert names_of(diagnosis / "communes.csv") == list(COMMUNE_CSV_COLUMNS)


def test_a_table_for_people_and_the_same_for_programs(tmp_path):
    table = pd.DataFrame(
        {
            "name": pd.array(["Là-Haut", "=SOMME(A1)", None, "+33 5"], "string"),
            "kind": pd.array(["main", "bus", None, "other"], "string"),
            "under_served": pd.array([True, False, None, True], "boolean"),
            "holds_site": [False, True, True, False],
            "travel_time_min": [1.5, 20.0, np.nan, 1234.25],
            "07:30": [1, 2, 3, 4],
        }
    )
    write_table(table, tmp_path / "made.csv")
    assert (tmp_path / "made.csv").read_bytes().startswith(b"\xef\xbb\xbf"), "by which spreadsheets know UTF-8"
    with (tmp_path / "made.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream, delimiter=";")) == [
            ["Commune", "Type", "Sous-desservie", "A déjà un site", "Temps (min)", "07:30"],
            ["Là-Haut", "Site France services", "oui", "non", "1,5", "1"],
            ["'=SOMME(A1)", "Bus France services", "non", "oui", "20,0", "2"],
            ["", "", "", "oui", "", "3"],
            ["'+33 5", "other", "oui", "non", "1234,25", "4"],
        ]
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "made.parquet"), table)


def test_headings_are_french_and_none_is_given_twice():
    names = ["facility_id", "name", "commune_name", "name", "residents_within_20min_before"]
    found = file_headings(names, "site")
    assert found[:4] == ["Numéro", "Site", "Commune", "Site (name)"]
    assert found[4] == "Habitants dans le seuil de 20 min, aujourd'hui"
