"""Extracts of OpenStreetMap read by copies of one process: to start Python and load osmium takes longer than to read them."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from geo.network import osm_text
from tests.waiting_python import WaitingPython


@pytest.fixture(scope="session")
def waiting_osm_text():
    """Return a process that waits and has the program loaded."""
    waiting = WaitingPython(f"import runpy\nprogram = runpy.run_path({osm_text.__file__!r})")
    yield waiting
    waiting.end()


@pytest.fixture
def osm_text_loaded_once(waiting_osm_text, monkeypatch):
    """Let each reading of extracts run in a copy of a process that has the program loaded, not in one that loads it."""

    class Copy:
        """What `geo.network.osm_extracts` asks of a `subprocess.Popen`."""

        def __init__(self, command, **_pipes):
            assert command[:2] == [sys.executable, osm_text.__file__]
            (out, its_out), (err, its_err) = os.pipe(), os.pipe()
            code = "import sys\nprogram['main'](sys.argv[1], sys.argv[2:])"
            waiting_osm_text.start(code, *command[2:], stdout=its_out, stderr=its_err)
            os.close(its_out)
            os.close(its_err)
            self.stdout, self.stderr = os.fdopen(out, "rb"), os.fdopen(err, "rb")

        def __enter__(self):
            return self

        def __exit__(self, *_error):
            self.stdout.close()
            self.stderr.close()
            self.returncode = waiting_osm_text.wait()

    stands_in = SimpleNamespace(Popen=Copy, PIPE=subprocess.PIPE)
    monkeypatch.setattr("geo.network.osm_extracts.subprocess", stands_in)
