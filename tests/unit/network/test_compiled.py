"""The first use of the compiled loops on a machine is said, the next ones are not."""

import os
import subprocess
import sys

from geo.network import kept_loops

PROGRAM = """
import logging, sys
import numpy as np
logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
from geo.network.layout import by_number, places
places(np.arange(3.0), np.arange(3.0))
by_number(np.arange(3, dtype=np.int32), np.arange(3, dtype=np.int32), 3)
"""


SMALL_FILES = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))"


def said(cache, before=""):
    run = subprocess.run(
        [sys.executable, "-c", before + PROGRAM],
        env=os.environ | {"NUMBA_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stderr.splitlines()


def test_the_first_use_on_a_machine_is_said_once(tmp_path):
    assert said(tmp_path) == ["Première utilisation de ce calcul : préparation, jusqu'à une quinzaine de secondes…"]
    assert said(tmp_path) == []


def test_a_loop_that_cannot_be_kept_runs_all_the_same_and_that_is_said_once(tmp_path):
    first, kept = said(tmp_path, SMALL_FILES)
    assert first.startswith("Première utilisation")
    assert kept.startswith("Les calculs préparés ne peuvent pas être gardés sur le disque")
    assert [file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()] == []


def test_so_does_one_for_which_there_is_no_folder(monkeypatch, caplog):
    def nowhere(function):
        raise RuntimeError(function)

    monkeypatch.setattr(kept_loops, "_KeptOnDisk", nowhere)
    kept_loops._not_kept.cache_clear()
    assert kept_loops.kept_loop(lambda one, other: one + other)(2, 3) == 5
    assert "NUMBA_CACHE_DIR" in caplog.text
