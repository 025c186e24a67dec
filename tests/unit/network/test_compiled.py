"""The first use of the compiled loops on a machine is said, the next ones are not."""

import os
import subprocess
import sys

from geo.network import kept_loops

#: Two loops of this package, by the name of their module, that take little time to compile.
PROGRAM = """
import logging, sys
from geo.network.compiled import compiled
{before}
logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
__name__ = "geo.tried"
sys.modules[__name__] = sys.modules["__main__"]

@compiled
def doubled(number):
    return 2 * number

@compiled
def halved(number):
    return number / 2

assert (doubled(3), halved(3)) == (6, 1.5)
"""


SMALL_FILES = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))"


def said(folder, before=""):
    program = folder / "program.py"
    if not program.exists():  # loops that are kept are those of a file as it was then
        program.write_text(PROGRAM.format(before=before), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, program],
        env=os.environ | {"NUMBA_CACHE_DIR": str(folder / "kept")},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stderr.splitlines()


def test_the_first_use_on_a_machine_is_said_once(tmp_path):
    assert said(tmp_path) == ["Première utilisation de ce calcul : préparation, jusqu'à une quinzaine de secondes…"]
    kept = {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("kept/*/*")}
    assert len(kept) == 4, "an index and a compiled loop for each"
    assert said(tmp_path) == []
    assert kept == {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("kept/*/*")}


def test_a_loop_that_cannot_be_kept_runs_all_the_same_and_that_is_said_once(tmp_path):
    first, kept = said(tmp_path, SMALL_FILES)
    assert first.startswith("Première utilisation")
    assert kept.startswith("Les calculs préparés ne peuvent pas être gardés sur le disque")
    assert [file.stat().st_size for file in tmp_path.glob("kept/**/*") if file.is_file()] == []


def test_so_does_one_for_which_there_is_no_folder(monkeypatch, caplog):
    def nowhere(function):
        raise RuntimeError(function)

    monkeypatch.setattr(kept_loops, "_KeptOnDisk", nowhere)
    kept_loops._not_kept.cache_clear()
    assert kept_loops.kept_loop(lambda one, other: one + other)(2, 3) == 5
    assert "NUMBA_CACHE_DIR" in caplog.text
