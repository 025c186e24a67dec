"""The tables of the embedded territory can be made again from official files."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.sources.communes import read_communes
from geo.sources.embedded import read_embedded
from geo.sources.facility_table import facility_frame
from geo.sources.france_services import read_france_services
from geo.sources.postcodes import complete_postcodes, read_postcodes
from geo.territory.embedded import write_embedded_tables

FOLDER = Path(__file__).resolve().parents[3] / "data" / "pyrenees-atlantiques"


@pytest.fixture(scope="module")
def tables():
    return read_embedded(FOLDER)


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


def test_written_sites_come_back_unchanged(tables, tmp_path):
    write_embedded_tables(tables.communes, tables.sites, tmp_path)
    shutil.copy(FOLDER / "tax_offices.csv", tmp_path)
    again = read_embedded(tmp_path)
    assert again.sites.frame.equals(tables.sites.frame)
    assert again.communes.frame.equals(tables.communes.frame)
