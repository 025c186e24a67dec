"""Files of a diagnosis, as other tools open them."""

import csv
import sqlite3

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from geo.access.diagnosis import diagnose
from geo.question import Question
from geo.report.tables import COMMUNE_CSV_COLUMNS, write_diagnosis, write_table


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
    assert list(pd.read_csv(diagnosis / "communes.csv").columns) == list(COMMUNE_CSV_COLUMNS)


def test_a_marked_table_is_read_with_its_accents(tmp_path):
    table = pd.DataFrame(
        {
            "name": pd.array(["Là-Haut", "=SOMME(A1)", None, "+33 5"], "string"),
            "under_served": pd.array([True, False, None, True], "boolean"),
            "holds_site": [False, True, True, False],
        }
    )
    write_table(table, tmp_path / "marked.csv", marked=True)
    write_table(table, tmp_path / "plain.csv")
    marked, plain = ((tmp_path / name).read_bytes() for name in ("marked.csv", "plain.csv"))
    assert marked == b"\xef\xbb\xbf" + plain
    with (tmp_path / "marked.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["name", "under_served", "holds_site"], ["Là-Haut", "true", "false"], ["'=SOMME(A1)", "false", "true"],
            ["", "", "true"], ["'+33 5", "true", "false"],
        ]  # fmt: skip
