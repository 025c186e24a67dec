"""Files of a plan: what they hold, and text that cannot harm."""

import json
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest

from geo.answers.label import label_arguments
from geo.report.arguments_html import arguments_html
from geo.report.plan_files import write_plan
from geo.siting.criteria import Zones
from geo.siting.plan import plan
from tests.written_tables import headings_of, rows_of_table


@pytest.fixture(scope="module")
def world(small_world):
    return small_world.territory()


@pytest.fixture(scope="module")
def made(world):
    frr = pd.DataFrame({"name": ["B"], "frr_class": ["FRR"]}, index=pd.Index(["64002"], name="commune_code"))
    return plan(world, 2, threshold_min=9, kinds={"main"}, zones=Zones(frr=frr))


@pytest.fixture(scope="module")
def written(made, world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan")
    write_plan(made, (world,), folder)
    return folder


def test_files(written):
    labels = rows_of_table(written / "labels.csv")
    assert [(label["code"], float(label["gain_residents"])) for label in labels] == [("64002", 500), ("64003", 300)]
    assert headings_of(written / "labels.csv")[:3] == ["Rang", "Code", "Lieu"]
    served = rows_of_table(written / "served.csv")
    assert [row["commune_name"] for row in served] == ["Commune B", "Commune C", "Commune D"]
    communes = pd.read_parquet(written / "communes.parquet").set_index("code")
    assert communes["within_after"].sum() == 1800
    assert communes["time_after_min"].isna().to_dict()["64005"]
    for layer, rows in (("labels", 2), ("communes", 5)):
        read = gpd.read_file(written / "plan.gpkg", layer=layer)
        assert (len(read), read.crs.to_epsg()) == (rows, 4326)
    content = json.loads((written / "plan.json").read_text(encoding="utf-8"))
    assert [label["code"] for label in content["selected"]] == ["64002", "64003"]
    assert [label["communes"][0]["commune_name"] for label in content["selected"]] == ["Commune B", "Commune C"]
    assert content["communes"][1]["criteria"]["frr"] == 1
    vintages = {source["dataset"].split(", ")[0]: source["vintage"] for source in content["sources"]}
    assert vintages["Bureaux de poste"] == "décembre 2020"
    assert vintages["Anciennes maisons de services au public"] == "octobre 2019"
    assert not [name for name in vintages if "Finances publiques" in name or "DGFiP" in name]
    assert content["networks"][0]["profile"] == "courant"


def test_each_column_has_a_french_heading_and_each_number_its_unit(written):
    described = json.loads((written / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    tables = [each for each in described if each["path"].endswith(".csv")]
    assert {each["path"] for each in tables} == {path.name for path in written.glob("*.csv")}
    fields = [(each["path"], field) for each in tables for field in each["schema"]["fields"]]
    assert [found for found in fields if "_" in found[1]["name"]] == []
    numbers = [(path, field) for path, field in fields if field["type"] in {"integer", "number"}]
    assert [(path, field["name"]) for path, field in numbers if "unit" not in field] == []
    units = {(path, field["column"]): field["unit"] for path, field in numbers}
    assert units["communes.csv", "within_after"] == "habitants"
    assert units["labels.csv", "minutes_saved_mean"] == "min"
    assert units["labels.csv", "shorter_share"] == "part de 0 à 1"


def test_a_writer_that_fails_leaves_the_folder_as_it_was(made, world, tmp_path, monkeypatch):
    (tmp_path / "labels.csv").write_text("before", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("foreign", encoding="utf-8")

    def fail(*_):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("geo.report.plan_files.arguments_html", fail)
        with pytest.raises(RuntimeError):
            write_plan(made, (world,), tmp_path)
    assert {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()} == {
        "labels.csv": "before",
        "notes.txt": "foreign",
    }
    write_plan(made, (world,), tmp_path)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "foreign"
    assert (tmp_path / "labels.csv").read_text(encoding="utf-8-sig").startswith("Rang;Code;Lieu")
    assert not [file for file in tmp_path.iterdir() if file.name.startswith(".")]


def test_a_plan_without_a_label_is_written_too(world, tmp_path):
    write_plan(plan(world, 0, kinds={"main"}), (world,), tmp_path)
    assert (tmp_path / "labels.csv").read_text(encoding="utf-8-sig").startswith("Rang;Code;Lieu")
    assert gpd.read_file(tmp_path / "plan.gpkg", layer="labels").empty


def test_the_argument_of_a_label(made):
    first, second = label_arguments(made)
    assert first.title == "1. Commune B"
    assert "500 habitants passent à 9" in first.summary[1]
    met = {criterion.name: criterion.met for criterion in first.criteria}
    assert met["Éloigné de l'offre existante"] is True
    assert met["Commune classée France Ruralités Revitalisation"] is True
    assert met["Quartier prioritaire de la ville"] is None
    assert met["Outre-mer"] is False
    assert {c.name: c.met for c in second.criteria}["Commune classée France Ruralités Revitalisation"] is False
    assert first.communes["commune_code"].to_list() == ["64002"]


def test_text_of_files_is_escaped(made, world, tmp_path):
    evil = "=1+1<script>alert(1)</script>"
    labels = made.labels.assign(name=pd.Series([evil, "C"], dtype="string"))
    served = made.served.assign(commune_name=pd.Series([evil] * len(made.served), dtype="string"))
    harmed = replace(made, labels=labels, served=served, territory=evil)
    assert "<script>" not in arguments_html(harmed, (world,))
    write_plan(harmed, (world,), tmp_path)
    for name in ("labels.csv", "served.csv"):
        assert ";=1+1" not in (tmp_path / name).read_text(encoding="utf-8")
