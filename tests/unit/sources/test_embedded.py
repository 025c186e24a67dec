"""The tables of the embedded territory, and the cells that stand in for contours."""

import csv
import shutil
from pathlib import Path

import geopandas as gpd
import pytest

from geo.errors import SchemaError, SourceError
from geo.schemas import check_communes, check_facilities
from geo.sources.embedded import read_embedded

FOLDER = Path(__file__).resolve().parents[3] / "data" / "pyrenees-atlantiques"


@pytest.fixture(scope="module")
def tables():
    return read_embedded(FOLDER)


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(FOLDER, tmp_path / "territory"))


def test_tables_meet_the_contracts_of_the_official_readers(tables):
    check_communes(tables.communes.frame, "communes")
    check_facilities(tables.sites.frame, "sites")
    check_facilities(tables.tax_offices.frame, "tax offices")


def test_each_cell_holds_its_own_commune_and_no_other(tables):
    communes = tables.communes.frame
    positions = gpd.GeoSeries.from_xy(communes["lon"], communes["lat"], index=communes.index, crs=4326)
    cell, point = communes.geometry.sindex.query(positions, predicate="within")
    assert (cell == point).all()
    assert len(cell) == len(communes) == 1346
    assert communes.is_valid.all()


def test_cells_cover_about_the_area_of_the_three_departements(tables):
    area_km2 = tables.communes.frame.to_crs(2154).area.groupby(tables.communes.frame["departement"]).sum() / 1e6
    # The cells' edge cuts across bays and spurs. INSEE: 64 has 7,645 km2, 40 has 9,243 km2, 65 has 4,464 km2.
    assert area_km2.to_dict() == pytest.approx({"64": 7645, "40": 9243, "65": 4464}, rel=0.08)


def test_postcodes_agree_with_those_of_the_sites(tables):
    sites, postcodes = tables.sites.frame, tables.communes.frame["postcodes"]
    given = sites[sites["departement"] == "64"]
    assert len(given) == 34
    assert all(
        postcode in postcodes[code].split(";")
        for code, postcode in zip(given["commune_code"], given["postcode"], strict=True)
    )
    own = tables.communes.frame["departement"] == "64"
    assert list(postcodes.index[own & postcodes.isna()]) == ["64541"]  # merged into 64300
    assert postcodes["64545"] == "64122;64700"
    assert "590 communes sur 1346" in tables.communes.notes[2]


def test_the_screen_is_told_that_contours_are_approximate(tables):
    assert "approchés" in tables.communes.notes[0]


def test_biarritz_tax_office_stands_in_biarritz(tables):
    offices = tables.tax_offices.frame.set_index("commune_name")
    biarritz = tables.communes.frame.loc["64122"]
    assert (offices.geometry["Biarritz"].x, offices.geometry["Biarritz"].y) == (biarritz["lon"], biarritz["lat"])
    assert set(offices["departement"]) == {"64"}
    assert "Pau" in tables.tax_offices.notes[0]
    assert "Biarritz" in tables.tax_offices.notes[0]


def test_saint_jean_de_luz_site_is_the_one_people_know(tables):
    sites = tables.sites.frame.set_index("commune_name")
    site = sites.loc["Saint-Jean-de-Luz"]
    assert site["labelled_on"].startswith("2022")
    assert site["kind"] == "main"
    assert site.geometry.distance(gpd.points_from_xy([-1.66], [43.39])[0]) < 0.02


def test_population_and_sites_match_the_official_files(tables, shared_data):
    with (shared_data / "communes" / "donnees_communes.csv").open(encoding="utf-8-sig", newline="") as stream:
        official = {
            row["COM"]: int(row["PMUN"])
            for row in csv.DictReader(stream, delimiter=";")
            if row["DEP"] in {"64", "40", "65"}
        }
    assert tables.communes.frame["population"].dropna().to_dict() == official
    with (shared_data / "sites" / "liste-fs-20240801.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["id_fs"]: row for row in csv.DictReader(stream) if row["insee_dep"] in {"64", "40", "65"}}
    sites = tables.sites.frame.set_index("facility_id")
    assert set(sites.index) == set(rows)
    for identifier, row in rows.items():
        assert sites.loc[identifier, "name"] == row["lib_fs"].strip()
        assert sites.geometry[identifier].x == pytest.approx(float(row["longitude"]), abs=1e-5)
        assert sites.geometry[identifier].y == pytest.approx(float(row["latitude"]), abs=1e-5)


def test_vast_mountain_communes_are_placed_in_their_town(tables):
    sites = tables.sites.frame.set_index("commune_name").geometry
    communes = tables.communes.frame.reset_index().set_index("name")
    for town in ("Laruns", "Campan", "Bagnères-de-Bigorre"):
        row = communes.loc[town]
        assert (row["lon"], row["lat"], row["point_source"]) == (sites[town].x, sites[town].y, "site")
    assert "7 au site" in tables.communes.notes[1]
    assert "1339 en un point" in tables.communes.notes[1]


@pytest.mark.parametrize(
    ("name", "found", "instead", "fault"),
    [
        ("communes.csv", "40001,", "99999,", "ligne 2 : code INSEE"),
        ("communes.csv", ",6211,", ",many,", "ligne 2 : population"),
        ("communes.csv", "-1.14686,43.70474", ",", "ligne 4 : position absente"),
        ("communes.csv", "interior\n", "church\n", "ligne 2 : nature de la position"),
        ("sites.csv", ",bus,", ",boat,", "nature de site"),
        ("tax_offices.csv", ",64122,", ",75056,", "ligne 2 : commune absente"),
        ("tax_offices.csv", ",town_known,", ",sure,", "ligne 2 : statut"),
    ],
)
def test_a_broken_table_is_refused_with_its_row(copy, name, found, instead, fault):
    path = copy / name
    path.write_text(path.read_text(encoding="utf-8").replace(found, instead, 1), encoding="utf-8")
    with pytest.raises(SchemaError, match=fault):
        read_embedded(copy)


def test_a_missing_column_or_file_is_refused(copy):
    path = copy / "sites.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("facility_id", "number", 1), encoding="utf-8")
    with pytest.raises(SchemaError, match="facility_id"):
        read_embedded(copy)
    path.unlink()
    with pytest.raises(SourceError, match=r"sites\.csv"):
        read_embedded(copy)
