"""The first use of the compiled loops on a machine is said, the next ones are not."""

import importlib.util
import resource
import sys
from collections import defaultdict

import pytest
from numba.core import config, event

from geo.network import kept_loops

#: Two loops of this package, by the name of their module, that take little time to compile.
PROGRAM = """
from geo.network.compiled import compiled

@compiled
def doubled(number):
    return 2 * number

@compiled
def halved(number):
    return number / 2

assert (doubled(3), halved(3)) == (6, 1.5)
"""


@pytest.fixture
def said(tmp_path, monkeypatch, caplog):
    """Run the program as a process that has called no loop would; return the sentences that it says."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "kept"))
    caplog.set_level("INFO", "geo")
    kept_loops._listen()  # that of this process is put back after the test

    def run():
        monkeypatch.setattr(event, "_registered", defaultdict(list))
        kept_loops._listen.cache_clear()
        kept_loops._not_kept.cache_clear()
        caplog.clear()
        spec = importlib.util.spec_from_file_location("geo.tried", program)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        return caplog.messages

    return run


def test_the_first_use_on_a_machine_is_said_once(said, tmp_path):
    assert said() == ["Première utilisation de ce calcul : préparation, jusqu'à une quinzaine de secondes…"]
    kept = {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("kept/*/*")}
    assert len(kept) == 4, "an index and a compiled loop for each"
    assert said() == []
    assert kept == {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("kept/*/*")}


def test_a_loop_that_cannot_be_kept_runs_all_the_same_and_that_is_said_once(said, tmp_path):
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, former[1]))
    try:
        first, kept = said()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)
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
