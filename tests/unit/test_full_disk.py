"""Every command whose disk is full says so in one line, and its folder appears whole or not at all."""

import json
import resource
import shutil

import pytest

from geo.access.diagnosis import diagnose
from geo.batch import BatchResult
from geo.errors import SourceError
from geo.question import Question
from geo.report.country_tables import write_country_diagnosis
from geo.report.site_quality import write_quality
from geo.sources.site_quality import check_sites
from geo.territory.country import Country

pytestmark = pytest.mark.usefixtures("loaded_once")

SCENARIO = {
    "format": 1,
    "name": "Fermeture",
    "territory": "Pyrénées-Atlantiques",
    "actions": [{"action": "open", "id": "n-1", "name": "France services C", "commune": "64003"}],
}
COMMANDS = {
    "diagnose": [],
    "plan": ["--new", "1"],
    "report": ["--date", "2026-11-22"],
    "scenario": ["--file", "scenario.json"],
    "fragility": [],
    "hours": [],
    "access": [],
}


@pytest.fixture
def limited():
    """Let no file grow above some bytes: the system then refuses to write, as where a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(n_bytes: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def files(folder) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_appears_whole_or_not_at_all(run, saved, tmp_path, monkeypatch, limited, command):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "geo.report.report_files.write_sheet", lambda *_: None
    )  # pictures of maps take seconds to write
    (tmp_path / "scenario.json").write_text(json.dumps(SCENARIO), encoding="utf-8")
    arguments = (command, saved, *COMMANDS[command], "--out")
    if command == "report":  # its document, which is larger than that, takes seconds
        (tmp_path / "again").mkdir()
        (tmp_path / "again" / "tables.xlsx").write_text("those of the former report", encoding="utf-8")
        limits = [(20_000, "again")]
    else:
        assert run(*arguments, "again")[0] == 0
        sizes = sorted(map(len, files(tmp_path / "again").values()))
        limits = [(sizes[len(sizes) // 2] - 1, "again"), (sizes[-1] - 1, "out")]
    whole = files(tmp_path / "again")
    for most, place in [(0, "out"), *limits] if command == "diagnose" else limits:
        limited(most)
        status, out, err = run(*arguments, place)
        limited(resource.RLIM_INFINITY)
        assert (status, out) == (2, "")
        assert "Traceback" not in err
        assert err.splitlines()[-1].startswith(f"Impossible d'écrire « {place} » dans « . ».")
    assert files(tmp_path / "again") == whole
    assert {path.name for path in tmp_path.iterdir()} == {"scenario.json", "again"}


@pytest.mark.parametrize("name", ["map.png", "map.svg", "map.pdf"])
def test_a_map_appears_whole_or_not_at_all(run, saved, tmp_path, limited, name):
    limited(100)
    status, _, err = run("map", saved, "--out", tmp_path / "made" / name)
    limited(resource.RLIM_INFINITY)
    assert status == 2
    assert err.splitlines()[-1].startswith(f"Impossible d'écrire « {name} »")
    assert list(tmp_path.iterdir()) == []


def test_folders_that_no_territory_is_behind(small_world, tmp_path, limited):
    country = Country("France", (small_world.territory(),))
    diagnosis = diagnose(*country.parts, question=Question())
    writers = {
        "france": lambda folder: write_country_diagnosis(country, diagnosis, folder),
        "qualite": lambda folder: write_quality(check_sites(small_world.sites), folder),
        "batch": lambda folder: BatchResult({}, []).write(folder),
        "pays": country.save,
    }
    for name, write in writers.items():
        write(tmp_path / name)
        shutil.rmtree(tmp_path / name)
        limited(10)
        with pytest.raises(SourceError, match=f"Impossible d'écrire « {name} »"):
            write(tmp_path / name)
        limited(resource.RLIM_INFINITY)
    assert list(tmp_path.iterdir()) == []
