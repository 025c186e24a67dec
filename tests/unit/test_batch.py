"""Many territories on a cluster: the same bytes as one by one, whatever fails and whoever dies on the way."""

import importlib.util
import json
import os
import re
import shutil
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from itertools import product
from pathlib import Path

import geopandas as gpd
import pytest
from geopandas.testing import assert_geodataframe_equal

import geo.batch
from geo.batch import Batch, dask_client, run_batch
from geo.cli import main
from geo.errors import BatchError, ParameterError, SourceError
from geo.question import Question
from geo.report import extras
from geo.report.tables import table_files, write_diagnosis
from geo.territory.files import OfficialFiles
from tests.unit.transit.small_feed import write_feed
from tests.written_tables import rows_of_table

pytestmark = pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed")

PROFILES = ("courant", "fluide")
THRESHOLDS = (12.5, 20.0)


def maillage(*arguments: object) -> None:
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    assert stop.value.code == 0


def diagnose_one_by_one(folder: Path, departements, profiles, thresholds, *build_options: object) -> Path:
    """Run ``build`` and ``diagnose`` by hand; return a folder laid out like that of a batch."""
    for code, profile in product(departements, profiles):
        maillage("build", "--departement", code, "--profile", profile, *build_options, "--out", folder / "territory")
        for threshold in thresholds:
            name = f"{code}-{profile}-{threshold:g}"
            maillage("diagnose", folder / "territory", "--threshold", threshold, "--out", folder / "expected" / name)
    return folder / "expected"


def undated_summary(folder: Path) -> str:
    """Return the summary of a diagnosis without the day of its territory: midnight may pass between two of them."""
    text, dates = re.subn(r'"built_on": "\d{4}-\d{2}-\d{2}"', "", (folder / "summary.json").read_text(encoding="utf-8"))
    assert dates == 1
    return text


def assert_same_diagnoses(found: Path, expected: Path) -> None:
    names = sorted(path.name for path in expected.iterdir())
    assert names
    assert sorted(path.name for path in found.iterdir()) == sorted(
        [*names, "batch.json", *table_files("departements"), "datapackage.json"]
    )
    for name in names:
        assert (found / name / "communes.csv").read_bytes() == (expected / name / "communes.csv").read_bytes(), name
        assert undated_summary(found / name) == undated_summary(expected / name), name
        # A map names its elements at random, a GeoPackage holds the time at which it was written.
        pages = [(folder / name / "map.html").read_text(encoding="utf-8") for folder in (found, expected)]
        assert len({re.sub(r"[0-9a-f]{32}", "", page) for page in pages}) == 1
        assert_geodataframe_equal(*[gpd.read_file(folder / name / "communes.gpkg") for folder in (found, expected)])


@pytest.fixture(scope="module")
def client():
    """A client of a scheduler whose one worker is a thread of this process."""
    from distributed import Client, LocalCluster  # noqa: PLC0415 - optional extra

    one_thread = {"processes": False, "n_workers": 1, "threads_per_worker": 1}
    where = {"host": "127.0.0.1", "protocol": "tcp://", "dashboard_address": None}
    with LocalCluster(**one_thread, **where) as cluster, Client(cluster) as client:
        yield client


@pytest.fixture(scope="module")
def processes():
    """A client of a local cluster of two processes."""
    with dask_client(workers=2) as client:
        yield client


@pytest.fixture(scope="module")
def small_batch(small_world):
    files = OfficialFiles(
        communes=[small_world.communes],
        sites=small_world.sites,
        roads=small_world.roads,
        population=small_world.population,
    )
    return Batch(["64"], files, Question(), THRESHOLDS, PROFILES)


@pytest.fixture(scope="module")
def one_threshold(small_batch):
    return replace(small_batch, thresholds_min=THRESHOLDS[-1:])


@pytest.fixture(scope="module")
def small_expected(small_world, tmp_path_factory):
    return diagnose_one_by_one(
        tmp_path_factory.mktemp("one_by_one"), ["64"], PROFILES, THRESHOLDS,
        "--sites", small_world.sites, "--communes", small_world.communes, "--roads", small_world.roads,
        "--population", small_world.population,
    )  # fmt: skip


@pytest.fixture(scope="module")
def small_found(client, small_batch, tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch")
    return run_batch(client, small_batch, folder), folder


def test_profiles_and_thresholds_equal_single_runs(small_found, small_expected):
    result, folder = small_found
    assert result.failures == []
    assert list(result.summaries) == ["64-courant-12.5", "64-courant-20", "64-fluide-12.5", "64-fluide-20"]
    assert_same_diagnoses(folder, small_expected)

    rows = rows_of_table(folder / "departements.csv")
    assert [row["folder"] for row in rows] == list(result.summaries)
    for row in rows:
        summary = json.loads((folder / row["folder"] / "summary.json").read_text(encoding="utf-8"))
        assert (row["code"], row["name"], row["profile"]) == ("64", summary["territory"], summary["network"]["profile"])
        assert row["population"] == f"{summary['population']:.0f}", "whole, as datapackage.json declares it"
        assert (row["communes"], row["communes_known"]) == ("5", "4"), "no road leads to the fifth"
        assert float(row["threshold_min"]) == summary["threshold_min"]
        assert float(row["residents_within"]) == summary["residents_within"]
        assert float(row["share_covered"]) == round(summary["share_covered"], 4)
        assert result.summaries[row["folder"]] == summary


def test_departements_with_their_margin_equal_single_runs(client, small_world, tmp_path):
    """Two of them, each in a file of its own: the nearest site of commune C is in D, of the other département."""
    communes = gpd.read_file(small_world.communes)
    communes["code"] = communes["code"].replace("64004", "40004")
    paths = [tmp_path / f"communes-{code}.gpkg" for code in ("64", "40")]
    for path in paths:
        communes[communes["code"].str.startswith(path.stem[-2:])].to_file(path)
    sites, population = tmp_path / "sites.csv", tmp_path / "population.csv"
    for path, source in ((sites, small_world.sites), (population, small_world.population)):
        path.write_text(source.read_text(encoding="utf-8").replace("64004", "40004"), encoding="utf-8")
    expected = diagnose_one_by_one(
        tmp_path, ("64", "40"), ["courant"], [20],
        "--sites", sites, *[text for path in paths for text in ("--communes", path)], "--population", population,
    )  # fmt: skip
    result = run_batch(client, Batch(None, OfficialFiles(paths, sites, population=population)), tmp_path / "found")
    assert [summary["departement"] for summary in result.summaries.values()] == ["40", "64"]
    assert_same_diagnoses(tmp_path / "found", expected)
    communes = rows_of_table(expected / "64-courant-20" / "communes.csv")
    assert {row["code"]: row["facility_id"] for row in communes}["64003"] == "3"


#: Official file -> what one says of the small world; those that the small world has already are not here.
SMALL_FILES = {
    "cells": ("cells.csv", "idcar_1km,ind\nCRS3035RES1000mN2307000E3469000,70.4\n"),
    "housing": ("housing.csv", "CODGEO;P21_RP;P21_RP_VOIT1P\n64001;200.5;180.45\n"),
    "permanences": ("permanences.csv", "site,operateur,jour,horaires,mode\n1,Cnav,mardi,09:00 - 12:00,sur place\n"),
    "postcodes": ("postcodes.csv", "Code_commune_INSEE;Code_postal\n64001;64990\n"),
    "rounds": ("rounds.csv", "site;commune;lieu;jour;semaine;horaires\n2;64001;Place;lundi;;09:00-12:00\n"),
}
#: What is no source of its own: roads are the network's, town halls the communes', columns are read in other files.
NOT_NAMED = {"roads", "town_halls", "places", "columns"}


def test_every_official_file_of_build_is_one_of_batch(client, small_world, tmp_path):
    files = {name: tmp_path / file for name, (file, _) in SMALL_FILES.items()}
    for name, (_, text) in SMALL_FILES.items():
        files[name].write_text(text, encoding="utf-8")
    communes = gpd.read_file(small_world.communes)
    halls = communes[["code"]].set_geometry(communes.geometry.representative_point(), crs=communes.crs)
    halls.rename(columns={"code": "commune"}).to_file(tmp_path / "mairies.gpkg")
    files |= {
        "sites": small_world.sites,
        "communes": small_world.communes,
        "roads": small_world.roads,
        "population": small_world.population,
        "tax_offices": small_world.tax_offices,
        "town_halls": tmp_path / "mairies.gpkg",
        "gtfs": write_feed(tmp_path / "feed.zip"),
        "places": f"mairies={small_world.sites}",
        "columns": "mairies:name=lib_com,lon=longitude,lat=latitude,id=id_fs",
    }
    assert files.keys() == {each.name for each in fields(OfficialFiles)}, "a file that this test does not give"
    flags = {"columns": "--places-columns"}
    options = [part for name, file in files.items() for part in (flags.get(name, f"--{name.replace('_', '-')}"), file)]
    expected = diagnose_one_by_one(tmp_path, ["64"], ["courant"], [20], *options)
    maillage(
        "batch", "--departements", "64", *options, "--out", tmp_path / "found", "--scheduler", client.scheduler.address
    )
    assert_same_diagnoses(tmp_path / "found", expected)
    summary = json.loads((tmp_path / "found" / "64-courant-20" / "summary.json").read_text(encoding="utf-8"))
    read = {source["file"] for source in summary["sources"]}
    assert {Path(file).name for name, file in files.items() if name not in NOT_NAMED} <= read
    assert not summary["network"]["approximate"]


def test_a_lost_worker_only_costs_its_tasks_again(processes, small_batch, small_found, small_expected, tmp_path):
    """Two processes write the same; the folder holds what the same batch made before: it replaces its own folders."""
    from distributed.diagnostics.plugin import WorkerPlugin  # noqa: PLC0415 - optional extra

    started, go = tmp_path / "started", tmp_path / "go"
    before, out = small_found
    (out / "64-courant-20" / "communes.csv").write_text("replaced", encoding="utf-8")
    started.mkdir()

    class HoldWrites(WorkerPlugin):
        """Note which process writes which diagnosis, and hold it until the file `go` exists."""

        name = "hold writes"

        def setup(self, worker):  # noqa: ARG002
            import geo.batch  # noqa: PLC0415 - runs on a worker

            self.write = write = geo.batch.write_diagnosis

            def held(territory, diagnosis, folder, **options):
                profile = territory.manifest.network.profile
                (started / f"{profile}-{diagnosis.question.threshold_min:g}-{os.getpid()}").touch()
                while not go.exists():
                    time.sleep(0.01)
                write(territory, diagnosis, folder, **options)

            geo.batch.write_diagnosis = held

        def teardown(self, worker):  # noqa: ARG002
            import geo.batch  # noqa: PLC0415 - runs on a worker

            geo.batch.write_diagnosis = self.write

    def writes() -> list[list[str]]:
        return [path.name.split("-") for path in sorted(started.iterdir())]

    with ThreadPoolExecutor(1) as thread:
        processes.register_plugin(HoldWrites())
        running = thread.submit(run_batch, processes, small_batch, out, again=True)
        try:
            deadline = time.monotonic() + 600
            while len(writes()) < 2 and not running.done() and time.monotonic() < deadline:
                time.sleep(0.01)
            first = writes()
            assert {profile for profile, _, _ in first} == set(PROFILES)  # both workers are in the middle of a task
            lost_profile, _, lost_pid = first[0]
            assert len(list(out.glob(f".64-{lost_profile}-*"))) == 1  # half-written, beside its place
            os.kill(int(lost_pid), signal.SIGKILL)
        finally:
            go.touch()
        result = running.result(timeout=600)
        processes.wait_for_workers(2)
        assert int(lost_pid) not in processes.run(os.getpid).values()
        processes.unregister_worker_plugin("hold writes")

    assert list(result.summaries) == list(before.summaries)
    of_both = zip(result.summaries.values(), before.summaries.values(), strict=True)
    assert all({**one, "built_on": ""} == {**other, "built_on": ""} for one, other in of_both)
    assert result.failures == before.failures == []
    assert_same_diagnoses(out, small_expected)
    kept_profile, _, kept_pid = first[1]
    wrote = [(profile, threshold) for profile, threshold, pid in writes() if pid != lost_pid]
    assert sorted(wrote) == sorted((name, f"{value:g}") for name in PROFILES for value in THRESHOLDS)
    assert {pid for profile, _, pid in writes() if profile == kept_profile} == {kept_pid}


def when_written(folder: Path) -> dict[str, int]:
    return {
        path.name: path.stat().st_ino for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")
    }


def told(caplog, word: str) -> list[str]:
    return [record.getMessage() for record in caplog.records if word in record.getMessage()]


def test_a_run_that_was_killed_is_resumed(
    client, small_batch, small_world, small_expected, tmp_path, caplog, monkeypatch
):
    """What is on the disk in the middle of the second diagnosis is what a kill then leaves there."""
    caplog.set_level("INFO", logger="geo")
    out = tmp_path / "out"
    population = tmp_path / small_world.population.name
    shutil.copy(small_world.population, population)
    batch = replace(small_batch, files=replace(small_batch.files, population=population), thresholds_min=(20.0,))

    def copied_first(territory, diagnosis, folder, **options):
        if territory.manifest.network.profile == "fluide":
            shutil.copytree(tmp_path / "killed", out)
        write_diagnosis(territory, diagnosis, folder, **options)

    with monkeypatch.context() as patch:
        patch.setattr(geo.batch, "write_diagnosis", copied_first)
        run_batch(client, batch, tmp_path / "killed")
    assert len(list(out.glob(".64-fluide-20.*"))) == 1, "half-written"
    caplog.clear()
    first = when_written(out)
    assert list(first) == ["64-courant-20"]

    result = run_batch(client, batch, out)
    assert told(caplog, "repris") == ["1/2 : Pyrénées-Atlantiques, profil courant, repris…"]
    assert told(caplog, "mesuré") == ["2/2 : Pyrénées-Atlantiques, profil fluide, mesuré…"]
    second = when_written(out)
    assert second["64-courant-20"] == first["64-courant-20"]
    for name in result.summaries:
        assert undated_summary(out / name) == undated_summary(small_expected / name)

    caplog.clear()
    assert run_batch(client, batch, out) == result  # nothing is left to do, and no file is read
    assert (len(told(caplog, "repris")), told(caplog, "Lecture")) == (2, [])
    assert when_written(out) == second

    (out / "64-fluide-20" / "communes.csv").write_text("cut short")  # that one is no longer whole
    other = replace(batch, thresholds_min=(20.0, 25.0))  # another question beside
    assert list(run_batch(client, other, out).summaries) == [*(f"64-{name}-{m}" for name in PROFILES for m in (20, 25))]
    third = when_written(out)
    assert third["64-courant-20"] == first["64-courant-20"]
    assert third["64-fluide-20"] != second["64-fluide-20"]

    population.write_text(population.read_text(encoding="utf-8").replace("64001;", "64001;1"), encoding="utf-8")
    changed = run_batch(client, batch, out)
    assert {name: each["population"] for name, each in changed.summaries.items()} != {
        name: each["population"] for name, each in result.summaries.items()
    }
    fourth = when_written(out)
    assert all(fourth[name] != third[name] for name in result.summaries)
    run_batch(client, batch, out, again=True)
    assert all(when_written(out)[name] != fourth[name] for name in result.summaries)


def test_that_maps_are_left_out_is_said_once(client, one_threshold, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", {}.get)
    result = run_batch(client, one_threshold, tmp_path / "out")
    assert len(result.summaries) == len(PROFILES) > 1
    assert len(told(caplog, "map.html n'est pas écrit")) == 1
    assert not list(tmp_path.rglob("map.html"))
    assert len(list(tmp_path.rglob("communes.gpkg"))) == len(PROFILES)


def test_a_departement_that_fails_is_named_and_the_others_are_written(client, small_world, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(
            [
                "batch", "--departements", "65,64", "--sites", str(small_world.sites),
                "--communes", str(small_world.communes), "--roads", str(small_world.roads),
                "--out", str(tmp_path), "--scheduler", client.scheduler.address, "--json",
            ]
        )  # fmt: skip
    assert stop.value.code == 2
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert answer == json.loads((tmp_path / "batch.json").read_text(encoding="utf-8"))
    assert [diagnosis["folder"] for diagnosis in answer["diagnoses"]] == ["64-courant-20"]
    assert [failure["departement"] for failure in answer["failures"]] == ["65"]
    failure = [line for line in err.splitlines() if not line.endswith("…")]
    assert len(failure) == 1
    assert "65 (courant) : Le fichier des communes ne contient aucune commune du département 65" in failure[0]
    assert "2/2" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("64-courant-20", "batch.json", "datapackage.json", "departements.csv", "departements.parquet")
    ]


def test_a_folder_of_somebody_else_is_left_alone(client, one_threshold, tmp_path):
    (tmp_path / "64-courant-20").mkdir()
    (tmp_path / "64-courant-20" / "letter.txt").write_text("mine")
    result = run_batch(client, one_threshold, tmp_path)
    assert [(failure.departement, failure.profile) for failure in result.failures] == [("64", "courant")]
    assert "n'a pas été écrit par maillage" in result.failures[0].reason
    assert list(result.summaries) == ["64-fluide-20"]
    assert (tmp_path / "64-courant-20" / "letter.txt").read_text() == "mine"


def test_an_unusable_shared_file_is_one_error_and_nothing_is_written(client, small_world, tmp_path):
    (tmp_path / "bad.csv").write_bytes(b"\x00\xff\xfe garbage")
    files = OfficialFiles([small_world.communes], tmp_path / "bad.csv")
    with pytest.raises((SourceError, ValueError), match=r"bad\.csv"):
        run_batch(client, Batch(["64"], files), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_worker_that_breaks_is_a_failure_in_french(client, one_threshold, tmp_path):
    def break_writes(*, broken: bool) -> None:
        import geo.batch  # noqa: PLC0415 - runs on a worker
        from geo.report.tables import write_diagnosis  # noqa: PLC0415

        def no_more_memory(*_args, **_options):
            raise MemoryError

        geo.batch.write_diagnosis = no_more_memory if broken else write_diagnosis

    client.run(break_writes, broken=True)
    try:
        result = run_batch(client, one_threshold, tmp_path)
    finally:
        client.run(break_writes, broken=False)
    assert [failure.profile for failure in result.failures] == list(PROFILES)
    assert all("erreur imprévue" in failure.reason for failure in result.failures)
    with pytest.raises(BatchError, match=r"2 territoires non mesurés"):
        result.raise_failures()


def test_a_local_cluster_listens_on_this_machine_only(processes):  # noqa: ARG001
    import psutil  # noqa: PLC0415 - comes with Dask

    me = psutil.Process()
    listening = [
        connection.laddr.ip
        for process in (me, *me.children(recursive=True))
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 3  # the scheduler and two workers
    assert set(listening) == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"departements": ["99"]}, "« 99 » n'existe pas"),
        ({"profiles": ["rapide"]}, "« rapide » inconnu"),
        ({"thresholds_min": (20, 0.5)}, "Seuil de 0.5 min refusé"),
        ({"question": Question(facilities="tax_offices")}, "liste « tax_offices »"),
    ],
)
def test_what_nobody_can_answer_is_refused_at_once(small_world, options, expected):
    files = OfficialFiles([small_world.communes], small_world.sites)
    with pytest.raises(ParameterError, match=expected):
        Batch(**{"departements": ["64"], "files": files} | options)


@pytest.mark.parametrize("address", ["bidon", "http://127.0.0.1:9", "tls://127.0.0.1:9", ""])
def test_an_address_without_scheduler_is_refused_in_french(address):
    with pytest.raises(BatchError, match="Aucun ordonnanceur Dask ne répond"), dask_client(address):
        pass


@pytest.mark.parametrize(("scheduler", "workers"), [(None, 0), ("tcp://127.0.0.1:9", 2)])
def test_workers_are_those_of_this_machine(scheduler, workers):
    with pytest.raises(ParameterError, match="--workers"), dask_client(scheduler, workers):
        pass


def test_without_dask_the_command_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ParameterError, match=r'pip install "maillage\[batch\]"'), dask_client():
        pass
