"""Commands ended by `kill -9`, anywhere: nothing half-written is left to be believed, and the next run works."""

import json
import os
import select
import signal
import sys
import threading

import pytest

from geo import Territory
from tests.unit.test_full_disk import SCENARIO

pytestmark = pytest.mark.usefixtures("loaded_once")

#: Runs a command, told nowhere, as a process of its own does.
COMMAND = """
import os, signal, sys
from geo.cli import main

for stream in (1, 2):
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
"""
#: The same; it dies by its own hand just before the n-th time that it renames a path in a folder.
KILLED = f"""{COMMAND}
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
def test_a_folder_of_a_killed_command_is_absent_and_the_next_run_works(
    saved, tmp_path, run, waiting_maillage, command, at_its_last_file
):
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
    assert waiting_maillage.run(KILLED, *asked) == -signal.SIGKILL
    assert not place.exists()
    assert run(*arguments, place)[0] == 0
    assert names(place) == names(tmp_path / "counted" / "out")


def test_a_download_that_is_killed_goes_on(official, web, moods, run, waiting_maillage, monkeypatch, tmp_path):
    """Killed while a slow answer comes, again while the next one does; the third run takes what is there and ends."""
    told = {f"MAILLAGE_URL_{base.upper()}": url for base, url in official[1].items()}
    told |= {"MAILLAGE_CACHE_DIR": str(tmp_path / "cache"), "NO_PROXY": "*"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    fetch = ["fetch", "64", "--out", str(tmp_path / "64")]
    for key in ("communes", "roads-aquitaine"):
        path = official[0][key]
        end = threading.Event()
        asked = len(web.asked(path))
        web.next(path, moods.stall(500, end))
        process = waiting_maillage.start(f"{COMMAND}\nmain(sys.argv[1:])", *fetch, **told)
        ended = os.pidfd_open(process)  # readable once the process has ended
        while len(web.asked(path)) == asked and not select.select([ended], [], [], 0.02)[0]:
            pass
        os.kill(process, signal.SIGKILL)
        assert waiting_maillage.wait() == -signal.SIGKILL
        os.close(ended)
        end.set()
        assert not (tmp_path / "64").exists()
    status, _, err = run(*fetch)
    assert status == 0
    assert "Traceback" not in err
    assert Territory.load(tmp_path / "64").name == "Pyrénées-Atlantiques"
    assert len(web.asked(official[0]["communes"])) == 2, "what had come whole is not asked for again"
    assert not [path for path in tmp_path.rglob("*.part") if path.is_file()]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
