"""The description beside results: every file once, with the types and units that the tables have."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest

from geo import Territory
from geo.access.diagnosis import diagnose
from geo.access.opening import open_shares
from geo.question import Question
from geo.report import extras
from geo.report.data_package import PACKAGE_FILE, result_files
from geo.report.plan_files import write_plan
from geo.report.scenario_files import write_fragility, write_opening
from geo.report.tables import table_files, write_diagnosis, write_shapes, write_table
from geo.siting.bus_stops import StopsAsked
from geo.siting.fragility import fragility
from geo.siting.plan import plan
from geo.sources.contours import write_contours
from tests.written_tables import headings_of, names_of


def package(folder):
    return json.loads((folder / PACKAGE_FILE).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def diagnosed(embedded, tmp_path_factory):
    folder = tmp_path_factory.mktemp("results") / "64"
    names = write_diagnosis(embedded, diagnose(embedded, question=Question()), folder)
    return folder, names


def test_every_file_is_described_once_with_its_checksum(diagnosed):
    folder, names = diagnosed
    resources = package(folder)["resources"]
    assert sorted(each["path"] for each in resources) == sorted(set(names) - {PACKAGE_FILE})
    assert len({each["name"] for each in resources}) == len(resources)
    for each in resources:
        content = (folder / each["path"]).read_bytes()
        assert (each["bytes"], each["hash"]) == (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")


def test_columns_have_the_types_that_the_file_holds_and_their_units(diagnosed):
    folder, _ = diagnosed
    described = next(each for each in package(folder)["resources"] if each["path"] == "communes.csv")
    assert described["dialect"]["delimiter"] == ";"
    assert [field["name"] for field in described["schema"]["fields"]] == headings_of(folder / "communes.csv")
    fields = {field["column"]: field for field in described["schema"]["fields"]}
    assert list(fields) == names_of(folder / "communes.csv")
    assert (fields["travel_time_min"]["name"], fields["travel_time_min"]["decimalChar"]) == ("Temps (min)", ",")
    assert fields["under_served"]["trueValues"] == ["oui"]
    assert {name: fields[name].get("unit") for name in ("travel_time_min", "distance_km", "share_within", "name")} == {
        "travel_time_min": "min", "distance_km": "km", "share_within": "part de 0 à 1", "name": None,
    }  # fmt: skip
    types = {name: fields[name]["type"] for name in ("code", "population", "travel_time_min", "under_served")}
    assert types == {"code": "string", "population": "integer", "travel_time_min": "number", "under_served": "boolean"}
    assert fields["population"]["unit"] == "habitants"


def test_the_examples_of_the_readme_read_the_communes_of_a_diagnosis(diagnosed, monkeypatch):
    """All of France is written by the same function."""
    folder, _ = diagnosed
    path = folder / "communes.parquet"
    described = json.loads(pq.read_metadata(path).metadata[b"geo"])
    assert described["version"] == "1.1.0"
    assert "bbox" in described["columns"]["geometry"]["covering"]
    assert pq.read_schema(path).names[-2:] == ["geometry", "bbox"]  # which the example in R takes apart

    readme = (Path(__file__).parents[3] / "data" / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"`(geopandas\.read_parquet\(.+?\))`", readme)
    monkeypatch.chdir(folder)
    found = eval(example, {"geopandas": gpd})
    layer = gpd.read_file(folder / "communes.gpkg").set_index("code")
    boxes, (west, south, east, north) = layer.bounds, json.loads(f"[{example[example.index('bbox=(') + 6 : -2]}]")
    near = (boxes["maxx"] >= west) & (boxes["minx"] <= east) & (boxes["maxy"] >= south) & (boxes["miny"] <= north)
    assert near.any()
    assert set(found["code"]) == set(layer.index[near])
    assert found.set_index("code")["travel_time_min"].equals(
        layer.loc[found["code"], "travel_time_min"].astype("Float64")
    )
    assert "bbox" not in found
    assert found.geometry.geom_equals(layer.geometry.loc[found["code"]].reset_index(drop=True)).all()


def test_shapes_of_an_area_are_read_without_those_of_the_rest(tmp_path):
    places = gpd.GeoDataFrame(
        {"code": [f"{number:05}" for number in range(2500)]},
        geometry=gpd.points_from_xy(range(2500), [0.0] * 2500),
        crs="EPSG:4326",
    )
    write_shapes(places, tmp_path / "places.parquet")
    groups = pq.ParquetFile(tmp_path / "places.parquet").metadata
    assert [groups.row_group(number).num_rows for number in range(groups.num_row_groups)] == [1000, 1000, 500]


#: Commands on an installation of the core: what the extras bring is made impossible to import.
_CORE = """
import sys
sys.modules.update(dict.fromkeys({absent}))
from geo.cli import main
for arguments in {commands}:
    try:
        main(arguments)
    except SystemExit as end:
        assert not end.code, end.code
"""


def test_the_core_writes_all_that_needs_no_extra_and_says_what_it_left_out(saved, tmp_path):
    commands = [
        ["diagnose", str(saved), "--out", str(tmp_path / "diagnosis")],
        [
            "plan",
            str(saved),
            "--threshold",
            "9",
            "--new",
            "1",
            "--least-residents",
            "0",
            "--out",
            str(tmp_path / "plan"),
        ],
    ]
    code = _CORE.format(absent=sorted(extras.EXTRAS), commands=commands)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for folder, file in (("diagnosis", "map.html"), ("plan", "dossiers.pdf")):
        (said,) = [line for line in done.stderr.splitlines() if line.startswith(file)]
        assert said == (
            f"{file} n'est pas écrit : il demande l'extra « report », qui n'est pas installé : "
            f'pip install "maillage[report]".'
        )
        written = {path.name for path in (tmp_path / folder).iterdir()}
        assert file not in written
        listed = next(
            line for line in done.stdout.splitlines() if line.startswith(f"Fichiers écrits dans {tmp_path / folder}")
        )
        assert set(listed.partition(" : ")[2].removesuffix(".").split(", ")) == written
    assert {"communes.csv", "communes.parquet", "communes.gpkg", "summary.json"} <= {
        path.name for path in (tmp_path / "diagnosis").iterdir()
    }
    assert {"labels.csv", "plan.gpkg", "plan.json", "arguments.html"} <= {
        path.name for path in (tmp_path / "plan").iterdir()
    }


def test_sources_and_their_licences_are_those_of_the_territory(diagnosed):
    folder, _ = diagnosed
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    described = package(folder)
    assert [each["title"] for each in described["sources"]] == [
        f"{source['dataset']} ({source['file']})" for source in summary["sources"]
    ]
    assert [each["version"] for each in described["sources"]] == [source["vintage"] for source in summary["sources"]]
    assert [(each["name"], each["title"]) for each in described["licenses"]] == [("etalab-2.0", "Licence Ouverte 2.0")]


@pytest.fixture(scope="module")
def every_table(embedded, tmp_path_factory):
    """A folder with the tables of a plan, of a report's measures, and of what changed."""
    folder = tmp_path_factory.mktemp("tables")
    found = plan(embedded, 2, stops=StopsAsked(count=2))
    write_plan(found, embedded.parts, folder / "plan")
    write_plan(plan(embedded, 0), embedded.parts, folder / "none")
    write_fragility(embedded, fragility(embedded), folder / "fragility")
    write_opening(embedded, open_shares(embedded), folder / "hours")
    return folder


def test_every_number_has_its_unit_and_types_are_those_declared_with_rows_or_without(every_table, diagnosed):
    exact = {"bool": "boolean", "int64": "integer", "double": "number", "large_string": "string", "string": "string"}
    without = set()
    for described in (*every_table.glob("*/datapackage.json"), diagnosed[0] / PACKAGE_FILE):
        for resource in package(described.parent)["resources"]:
            if not resource["path"].endswith(".parquet"):
                continue
            schema = pq.read_schema(described.parent / resource["path"])
            assert [column["name"] for column in resource["columns"]] == schema.names
            for column, held in zip(resource["columns"], schema, strict=True):
                if column["name"] in {"geometry", "bbox"}:
                    continue
                pair = {column["type"], exact[str(held.type)]}
                assert len(pair) == 1 or pair == {"integer", "number"}, (resource["path"], column)
                assert ("unit" in column) == (column["type"] in {"integer", "number"}), column
                without |= {column["name"]} if column.get("unit") == "sans unité" else set()
    assert without == set()
    empty, full = (
        {each["path"]: each["schema"] for each in package(every_table / name)["resources"] if "schema" in each}
        for name in ("none", "plan")
    )
    assert {path: full[path] for path in empty} == empty
    labels = {name: len(pd.read_parquet(every_table / name / "labels.parquet")) for name in ("none", "plan")}
    assert labels == {"none": 0, "plan": 2}


def test_other_results_of_the_folder_stay_described(tmp_path):
    for name in ("one", "two", "one"):
        with result_files(tmp_path, "Essai") as beside:
            write_table(pd.DataFrame({"code": ["01001"]}), beside / f"{name}.csv")
    assert [each["path"] for each in package(tmp_path)["resources"]] == [
        "one.csv",
        "one.parquet",
        "two.csv",
        "two.parquet",
    ]
    for name in table_files("two"):
        (tmp_path / name).unlink()
    with result_files(tmp_path, "Essai") as beside:
        write_table(pd.DataFrame({"code": ["01002"]}), beside / "three.csv")
    assert [each["path"] for each in package(tmp_path)["resources"]] == [
        "one.csv",
        "one.parquet",
        "three.csv",
        "three.parquet",
    ]


@pytest.mark.parametrize("content", ["", "[]", '{"resources": 3}', '{"resources": [{"path": "../../etc/passwd"}]}'])
def test_a_description_of_someone_else_does_no_harm(tmp_path, content):
    (tmp_path / PACKAGE_FILE).write_text(content)
    with result_files(tmp_path, "Essai") as beside:
        write_table(pd.DataFrame({"code": ["01001"]}), beside / "one.csv")
    assert [each["path"] for each in package(tmp_path)["resources"]] == ["one.csv", "one.parquet"]


def test_national_files_have_bounding_boxes(tmp_path):
    contours = Territory.load("90").communes.geometry
    path = write_contours(contours, tmp_path)
    described = json.loads(pq.read_metadata(path).metadata[b"geo"])
    assert described["version"] == "1.1.0"
    assert "bbox" in described["columns"]["geometry"]["covering"]
    west, south, east, north = contours.iloc[[0]].total_bounds
    found = gpd.read_parquet(path, bbox=(west, south, east, north))
    assert contours.index[0] in set(found["code"])
    assert len(found) < len(contours)
