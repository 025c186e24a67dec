"""All of France in parts: each with its own projection, reported together."""

import csv
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.access.diagnosis import diagnose
from geo.cli import main
from geo.errors import SourceError
from geo.question import Question
from geo.report.country_tables import area_table
from geo.territory import Territory
from geo.territory.country import Country
from geo.territory.files import OfficialFiles

#: Four communes of the mainland and two of La Réunion, all about 0.1 degree wide, in a row.
SQUARES = {
    "64001": (-1.0, 43.0),
    "64002": (-0.9, 43.0),
    "65001": (-0.8, 43.0),
    "2A001": (9.0, 42.0),
    "97401": (55.6, -21.1),
    "97402": (55.7, -21.1),
}
PEOPLE = {"64001": 100, "64002": 200, "65001": 50, "2A001": 10, "97401": 30, "97402": 70}


@pytest.fixture(scope="module")
def files(tmp_path_factory, small_world):
    folder = tmp_path_factory.mktemp("country")
    gpd.GeoDataFrame(
        {"code": list(SQUARES), "nom": [f"Commune {code}" for code in SQUARES]},
        geometry=[shapely.box(lon, lat, lon + 0.1, lat + 0.1) for lon, lat in SQUARES.values()],
        crs="EPSG:4326",
    ).to_file(folder / "communes.geojson", driver="GeoJSON")
    with (folder / "population.csv").open("w", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([["COM", "PMUN"], *PEOPLE.items()])
    sites = pd.read_csv(small_world.sites, dtype=str, keep_default_na=False).iloc[[0, 0]].copy()
    sites["id_fs"] = ["10", "20"]
    sites["insee_com"] = ["64001", "97401"]
    sites["insee_dep"] = ["64", "974"]
    sites["latitude"] = ["43.05", "-21.05"]
    sites["longitude"] = ["-0.95", "55.65"]
    sites.to_csv(folder / "sites.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def country(files):
    return Country.build(
        OfficialFiles(files / "communes.geojson", files / "sites.csv", population=files / "population.csv")
    )


def test_each_part_has_its_own_projection(country):
    assert {part.name: part.network.crs for part in country.parts} == {
        "France métropolitaine": "EPSG:2154",
        "La Réunion": "EPSG:2975",
    }
    assert [len(part.communes) for part in country.parts] == [4, 2]


def test_notes_of_a_part_are_about_its_own_communes(files, tmp_path):
    figures = tmp_path / "population.csv"
    figures.write_text("COM;PMUN\n64001;100\n64002;?\n97401;30\n97402;?\n64999;7\n97499;9\n", encoding="utf-8")
    official = OfficialFiles(files / "communes.geojson", files / "sites.csv", population=figures)
    parts = Country.build(official).parts
    mainland, reunion = (part.manifest for part in parts)
    lists = {note.codes for note in mainland.notes_communes}
    # 65001 is a neighbour; Corsica is of the part; what has no contour counts with its département.
    assert {("2A001", "64002", "65001"), ("64999",)} <= lists
    assert not [code for codes in lists for code in codes if code.startswith("974")]
    assert "soit 7 habitants" in " ".join(mainland.notes)
    assert {("97402",), ("97499",)} <= {note.codes for note in reunion.notes_communes}
    assert [row.identifier for row in mainland.rejected] == ["64002"]
    assert [row.identifier for row in reunion.rejected] == ["97402"]


def test_totals_add_up_by_departement_and_region(country):
    diagnosis = diagnose(*country.parts, question=Question(20))
    assert len(diagnosis.coverage) == 6
    assert diagnosis.summary.part.residents == sum(PEOPLE.values())
    by_departement = area_table(diagnosis, by="departement").set_index("code")
    assert by_departement["population"].to_dict() == {"2A": 10, "64": 300, "65": 50, "974": 100}
    assert by_departement.loc["2A", "communes_unreachable"] == 1  # no road over the sea
    assert pd.isna(by_departement.loc["2A", "median_time_min"])
    by_region = area_table(diagnosis, by="region").set_index("name")
    assert set(by_region.index) == {"Corse", "La Réunion", "Nouvelle-Aquitaine", "Occitanie"}
    for table in (by_departement, by_region):
        assert table["residents_within"].sum() == diagnosis.summary.residents_within
        assert table["communes_under_served"].sum() == diagnosis.summary.communes_under_served


def test_a_saved_country_answers_the_same(country, tmp_path):
    country.save(tmp_path / "france")
    loaded = Country.load(tmp_path / "france")
    for before, after in zip(country.parts, loaded.parts, strict=True):
        pd.testing.assert_frame_equal(before.travel_times(), after.travel_times())
        assert after.departement == before.departement
    assert loaded.parts[0].departement is None, "the mainland is no single département"
    with pytest.raises(SourceError, match="ce dossier est la France entière"):
        Territory.load(tmp_path / "france")
    (tmp_path / "france" / "parts.json").write_text("{")
    with pytest.raises(SourceError, match="--france"):
        Country.load(tmp_path / "france")


def test_from_the_command_line(files, tmp_path, capsys):
    def run(*arguments: object) -> str:
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        assert stop.value.code == 0
        return capsys.readouterr().out

    run(
        "build", "--france", "--communes", files / "communes.geojson", "--sites", files / "sites.csv",
        "--population", files / "population.csv", "--out", tmp_path / "france",
    )  # fmt: skip
    summary = json.loads(run("diagnose", tmp_path / "france", "--out", tmp_path / "one", "--json"))
    assert summary == json.loads((tmp_path / "one" / "summary.json").read_text(encoding="utf-8"))
    assert {area["code"] for area in summary["departements"]} == {"2A", "64", "65", "974"}
    assert (tmp_path / "one" / "map.png").read_bytes().startswith(b"\x89PNG")
    layer = gpd.read_parquet(tmp_path / "one" / "communes.parquet")
    assert sorted(layer["code"]) == sorted(SQUARES)
    assert layer.crs.to_epsg() == 4326
    assert np.isfinite(layer["travel_time_min"].astype(float)).sum() == 5


def test_a_large_city_at_one_point_and_neighbours_without_roads_are_said(files, tmp_path, small_world):
    figures = tmp_path / "population.csv"
    figures.write_text("COM;PMUN\n64001;100001\n64002;100000\n", encoding="utf-8")
    sites = pd.read_csv(small_world.sites, dtype=str, keep_default_na=False).iloc[[0, 0]].copy()
    sites["id_fs"], sites["insee_dep"], sites["insee_com"] = ["1", "2"], ["64", "40"], ["64001", "40001"]
    sites["latitude"], sites["longitude"] = "43.05", ["-0.95", "-0.9"]
    sites.to_csv(tmp_path / "sites.csv", index=False)
    notes = " ".join(
        Territory.build(
            "64", communes=files / "communes.geojson", sites=tmp_path / "sites.csv", population=figures
        ).manifest.notes
    )
    assert "Commune 64001 (64001) est représentée par un seul point" in notes
    assert "dans les fichiers : 40 (1 lieu)" in notes
