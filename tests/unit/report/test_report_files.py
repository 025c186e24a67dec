"""The folder of a report: the same bytes each time, tables and layers that other tools open, and how to make it again."""

import datetime as dt
import hashlib
import json
import os
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree as ET

import geopandas as gpd
import pyogrio
import pytest

from geo import Territory
from geo.cli import main
from geo.errors import SourceError
from geo.question import CoverageRule, Question, counted_kinds
from geo.report.report_files import report_command, write_report, zipped
from geo.report.report_findings import ReportRequest, find
from geo.report.styled_layers import communes_layer, write_layers
from geo.siting.plan import plan

DAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def reported(saved):
    """The small world as a command reads it."""
    return Territory.load(saved)


@pytest.fixture(scope="module")
def planned(reported):
    return plan(reported, 2, threshold_min=9)


def named_only(_sheet, path):
    """Write the name of a picture in its place: `maps/static/test_files` writes one twice, which takes seconds."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(path.name, encoding="utf-8")


@pytest.fixture(scope="module")
def folder(reported, planned, tmp_path_factory):
    place = tmp_path_factory.mktemp("report") / "rapport"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geo.report.report_files.write_sheet", named_only)
        write_report(reported, ReportRequest(Question(9), plan=planned, made_on=DAY), place)
    return place


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_the_command_that_it_tells_makes_the_same_bytes_from_its_plan(saved, folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("geo.report.report_files.write_sheet", named_only)
    words = ["report", str(saved), "--plan", str(folder / "plan" / "plan.json"), "--date", "2026-11-22"]
    with pytest.raises(SystemExit) as end:
        main([*words, "--threshold", "9", "--out", str(tmp_path / "rapport"), "--json"])
    assert end.value.code == 0
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert answer["command"].startswith("maillage report 64 --threshold 9 --plan plan.json")
    assert "2 nouveaux labels" in answer["summary"][2]
    assert "Composition du document…" in told.err

    first, second = contents(folder), contents(tmp_path / "rapport")
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == ["manifest.json"]
    was, now = (json.loads(files["manifest.json"]) for files in (first, second))
    kept = now["inputs"].pop()
    assert (kept["file"], kept["sha256"]) == ("plan.json", hashlib.sha256(first["plan/plan.json"]).hexdigest())
    assert was == now | {"command": was["command"]}

    for wrong in (["--new", "1"], ["--facilities", "tax-offices"], ["--date", "hier"]):
        with pytest.raises(SystemExit) as end:
            main([*words, "--out", str(tmp_path / "other"), *wrong])
        assert end.value.code == 2
        assert len(capsys.readouterr().err.splitlines()) <= 2
        assert not (tmp_path / "other").exists()


def test_the_same_files_are_packed_the_same_whenever_they_were_written(folder, tmp_path):
    copied = shutil.copytree(folder, tmp_path / folder.name, copy_function=shutil.copyfile)
    assert contents(copied) == contents(folder)
    os.utime(copied / "manifest.json", (0, 0))
    assert zipped(copied) == zipped(folder)


def test_the_manifest_tells_what_was_read_and_written(reported, folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = contents(folder)
    del files["manifest.json"]
    assert {entry["file"]: entry["sha256"] for entry in manifest["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }
    read = {entry["file"]: entry["sha256"] for entry in manifest["inputs"]}
    assert {source.file: source.sha256 for source in reported.manifest.sources}.items() <= read.items()
    assert "roads.geojson" in read
    assert manifest["command"] == "maillage report --threshold 9 --plan plan/plan.json --date 2026-11-22 --out rapport"
    assert {"maillage", "typst", "python"} <= set(manifest["versions"])


def test_layers_open_elsewhere_with_their_styles(folder):
    path = folder / "layers.gpkg"
    assert {name for name, _ in pyogrio.list_layers(path)} == {
        "communes", "sites", "tax_offices", "labels", "layer_styles"
    }  # fmt: skip
    communes = gpd.read_file(path, layer="communes")
    assert communes.crs.to_epsg() == 4326
    assert list(communes.columns) == [
        "code", "name", "population", "travel_time_min", "distance_km", "facility_id", "facility_name",
        "share_within", "under_served", "estimated", "travel_time_with_plan_min", "under_served_with_plan", "geometry",
    ]  # fmt: skip
    parquet = gpd.read_parquet(folder / "communes.parquet")
    assert parquet.crs.to_epsg() == 4326
    assert list(parquet.columns) == list(communes.columns)
    with sqlite3.connect(path) as base:
        contents = base.execute("select table_name, data_type, srs_id, last_change from gpkg_contents").fetchall()
        styles = base.execute(
            "select f_table_name, f_geometry_column, useAsDefault, styleQML from layer_styles"
        ).fetchall()
        columns = dict(base.execute("select table_name, column_name from gpkg_geometry_columns").fetchall())
    base.close()
    assert {(kind, srs) for name, kind, srs, _ in contents if name != "layer_styles"} == {("features", 4326)}
    assert {moment for *_, moment in contents} == {"2026-11-22T00:00:00.000Z"}
    assert {name for name, *_ in styles} == {"communes", "sites", "tax_offices", "labels"}
    for name, geometry, default, qml in styles:
        assert columns[name] == geometry
        assert default
        renderer = ET.fromstring(qml).find("renderer-v2")
        rules, symbols = renderer.findall("rules/rule"), renderer.findall("symbols/symbol")
        assert [rule.get("symbol") for rule in rules] == [symbol.get("name") for symbol in symbols]


def test_two_dates_written_at_once_do_not_mix(reported, tmp_path):
    """Each file is the one that its date alone gives, byte for byte, however many threads write meanwhile."""
    days = [DAY, dt.date(2020, 2, 29)] * 2
    findings = [find(reported, ReportRequest(Question(9), made_on=day)) for day in days]

    def written(number):
        path = tmp_path / f"{number}.gpkg"
        write_layers(findings[number % len(days)], path)
        return path.read_bytes()

    with ThreadPoolExecutor(len(days)) as threads:
        at_once = list(threads.map(written, range(len(days))))
    alone = [written(len(days) + number) for number in (0, 1)]
    assert alone[0] != alone[1]
    assert [content == alone[number % 2] for number, content in enumerate(at_once)] == [True] * len(days)
    for number, day in enumerate(days[:2]):
        with sqlite3.connect(tmp_path / f"{number}.gpkg") as base:
            moments = base.execute("select distinct last_change from gpkg_contents").fetchall()
        base.close()
        assert moments == [(f"{day}T00:00:00.000Z",)]


def test_each_commune_is_in_one_class_of_its_style(folder):
    """The filters of the style, run by SQLite: one fill for each commune, and the hatching of under-served ones."""
    with sqlite3.connect(folder / "layers.gpkg") as base:
        (qml,) = base.execute("select styleQML from layer_styles where f_table_name = 'communes'").fetchone()
        filters = [rule.get("filter") for rule in ET.fromstring(qml).findall(".//rule")]
        counts = [base.execute(f"select count(*) from communes where {one}").fetchone()[0] for one in filters]
    base.close()
    assert sum(counts[:-1]) == 5
    assert counts[-2:] == [1, 2]


def test_a_folder_that_is_no_report_is_left_alone(reported, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SourceError, match="n'a pas été écrit par maillage"):
        write_report(reported, ReportRequest(made_on=DAY), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_command_says_all_that_was_asked():
    asked = Question(25, "tax_offices", CoverageRule("share", 0.8), counted_kinds(buses=True, antennes=False))
    request = ReportRequest(asked, made_on=DAY)
    assert report_command(request, "mon territoire", None) == (
        "maillage report 'mon territoire' --threshold 25 --facilities tax-offices --rule share --min-share 0.8 --bus "
        "--no-antennes --date 2026-11-22 --out rapport"
    )


def test_the_layer_without_a_plan(reported, findings_of):
    assert "travel_time_with_plan_min" not in communes_layer(findings_of(reported))
