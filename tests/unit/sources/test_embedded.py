"""The embedded territory: the shipped tables, the cells, and making the tables again."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import SchemaError, SourceError
from geo.schemas import check_communes, check_facilities
from geo.sources.communes import read_communes
from geo.sources.embedded import read_embedded, write_embedded_tables
from geo.sources.facility_table import facility_frame
from geo.sources.france_services import read_france_services
from geo.sources.postcodes import complete_postcodes, read_postcodes

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


def test_tables_can_be_made_again(shared_data, tmp_path):
    folder = shared_data / "communes"
    contours = [folder / f"communes-{code}.geojson" for code in ("64", "40", "65")]
    sites = read_france_services(shared_data / "sites" / "liste-fs-20240801.csv")
    with (FOLDER / "communes.csv").open(encoding="utf-8", newline="") as stream:
        known = [
            f"{row['code']};{postcode}\n"
            for row in csv.DictReader(stream)
            if row["departement"] == "64"
            for postcode in filter(None, row["postcodes"].split(";"))
        ]
    (tmp_path / "postcodes.csv").write_text("Code_commune_INSEE;Code_postal\n" + "".join(known), encoding="utf-8")
    communes = complete_postcodes(
        read_communes(contours, population=folder / "donnees_communes.csv"),
        sites,
        read_postcodes(tmp_path / "postcodes.csv"),
    )
    write_embedded_tables(communes, sites, tmp_path / "new")
    for name in ("communes.csv", "sites.csv"):
        assert (tmp_path / "new" / name).read_text(encoding="utf-8") == (FOLDER / name).read_text(encoding="utf-8")


def square(code, lon, lat, source="interior"):
    """One row of a commune table: a square of 0.2 degree around a position."""
    return {
        "commune_code": code, "name": code, "departement": "64", "postcodes": None, "population": 100, "lon": float(lon), "lat": float(lat),
        "point_source": source, "altitude_m": float("nan"), "geometry": shapely.Point(lon, lat).buffer(0.1, cap_style="square"),
    }  # fmt: skip


@pytest.fixture
def placed(tables, tmp_path):
    """Write four communes, the sites given as (commune, kind, lon, lat), and read where the communes are."""

    def positions(*sites):
        rows = [
            square("64001", -1, 43),
            square("64002", 0, 43, "mairie"),
            square("64003", 1, 43),
            square("64004", 2, 43),
        ]
        communes = gpd.GeoDataFrame(rows, crs=4326).set_index("commune_code")
        table = pd.DataFrame([{"commune_code": code, "kind": kind} for code, kind, _, _ in sites], dtype="string")
        table["departement"], table["facility_id"] = "64", [str(rank) for rank in range(len(sites))]
        table["name"] = "France services"
        frame = facility_frame(table, pd.Series([site[2] for site in sites]), pd.Series([site[3] for site in sites]))
        write_embedded_tables(
            replace(tables.communes, frame=communes), replace(tables.sites, frame=frame), tmp_path / "placed"
        )
        with (tmp_path / "placed" / "communes.csv").open(encoding="utf-8", newline="") as stream:
            return {
                row["code"]: (float(row["lon"]), float(row["lat"]), row["position"]) for row in csv.DictReader(stream)
            }

    return positions


def test_a_commune_of_unknown_town_hall_is_placed_at_its_fixed_site(placed):
    found = placed(("64001", "antenne", -1.08, 43.05), ("64002", "main", 0.05, 43), ("64003", "bus", 1.05, 43))
    assert found == {
        "64001": (-1.08, 43.05, "site"),
        "64002": (0, 43, "mairie"),  # its town hall is known
        "64003": (1, 43, "interior"),  # a bus does not stand in the town
        "64004": (2, 43, "interior"),
    }


def test_of_several_sites_the_nearest_main_one_stands_for_the_town(placed):
    # Nearest in metres, not in degrees: 0.05 degree to the north is 5.6 km, 0.06 to the east is 4.9 km.
    sites = [("64001", "antenne", -1, 43.01), ("64001", "main", -1, 43.05), ("64001", "main", -0.94, 43)]
    assert placed(*sites)["64001"] == (-0.94, 43, "site")
    assert placed(*sites[::-1])["64001"] == (-0.94, 43, "site")


def test_vast_mountain_communes_are_placed_in_their_town(tables):
    sites = tables.sites.frame.set_index("commune_name").geometry
    communes = tables.communes.frame.reset_index().set_index("name")
    for town in ("Laruns", "Campan", "Bagnères-de-Bigorre"):
        row = communes.loc[town]
        assert (row["lon"], row["lat"], row["point_source"]) == (sites[town].x, sites[town].y, "site")
    assert "7 au site" in tables.communes.notes[1]
    assert "1339 en un point" in tables.communes.notes[1]


def test_written_sites_come_back_unchanged(tables, tmp_path):
    write_embedded_tables(tables.communes, tables.sites, tmp_path)
    shutil.copy(FOLDER / "tax_offices.csv", tmp_path)
    again = read_embedded(tmp_path)
    assert again.sites.frame.equals(tables.sites.frame)
    assert again.communes.frame.equals(tables.communes.frame)


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
