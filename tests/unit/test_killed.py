"""Commands ended by `kill -9`, anywhere: nothing half-written is left to be believed, and the next run works."""

import json
import signal
import subprocess
import sys
import threading

import pytest

from geo import Territory
from tests.unit.test_full_disk import SCENARIO

pytestmark = pytest.mark.usefixtures("loaded_once")

#: Runs a command in a process that dies by its own hand just before the n-th time that it renames a path in a folder.
KILLED = """
import os, signal, sys
from geo.cli import main

folder, step, seen = sys.argv[1], int(sys.argv[2]), 0

def watch(event, told):
    global seen
    if event == "os.rename" and folder in str(told[0]):
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
main(sys.argv[3:])
"""


def names(folder) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("command", "at_its_last_file"),
    [(["diagnose"], False), (["scenario", "--file", "SCENARIO"], True)],
    ids=["diagnose", "scenario"],
)
def test_a_folder_of_a_killed_command_is_absent_and_the_next_run_works(saved, tmp_path, run, command, at_its_last_file):
    """Killed when its first file is there, or when all of them are: `test_storage` kills at each step between."""
    scenario = tmp_path / "scenario.json"
    scenario.write_text(json.dumps(SCENARIO), encoding="utf-8")
    more = [str(scenario) if each == "SCENARIO" else each for each in command[1:]]
    arguments = [command[0], str(saved), *more, "--out"]
    place, renamed = tmp_path / "places" / "out", 0

    def watch(event, told):
        nonlocal renamed
        renamed += event == "os.rename" and str(tmp_path / "counted") in str(told[0])

    sys.addaudithook(watch)
    assert run(*arguments, tmp_path / "counted" / "out")[0] == 0
    asked = [str(tmp_path / "places"), str(renamed if at_its_last_file else 2), *arguments, str(place)]
    killed = subprocess.run([sys.executable, "-c", KILLED, *asked], stdout=subprocess.DEVNULL, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not place.exists()
    assert run(*arguments, place)[0] == 0
    assert names(place) == names(tmp_path / "counted" / "out")


def test_a_download_that_is_killed_goes_on(official, web, moods, run, monkeypatch, tmp_path):
    """Killed while a slow answer comes, again while the next one does; the third run takes what is there and ends."""
    for base, url in official[1].items():
        monkeypatch.setenv(f"MAILLAGE_URL_{base.upper()}", url)
    monkeypatch.setenv("MAILLAGE_CACHE_DIR", str(tmp_path / "cache"))
    fetch = ["fetch", "64", "--out", str(tmp_path / "64")]
    command = [sys.executable, "-c", "from geo.cli import main; main()", *fetch]
    for key in ("communes", "roads-aquitaine"):
        path = official[0][key]
        end = threading.Event()
        asked = len(web.asked(path))
        web.next(path, moods.stall(500, end))
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while len(web.asked(path)) == asked and process.poll() is None:
            threading.Event().wait(0.02)
        process.kill()
        assert process.wait() == -signal.SIGKILL
        end.set()
        assert not (tmp_path / "64").exists()
    status, _, err = run(*fetch)
    assert status == 0
    assert "Traceback" not in err
    assert Territory.load(tmp_path / "64").name == "Pyrénées-Atlantiques"
    assert len(web.asked(official[0]["communes"])) == 2, "what had come whole is not asked for again"
    assert not [path for path in tmp_path.rglob("*.part") if path.is_file()]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
