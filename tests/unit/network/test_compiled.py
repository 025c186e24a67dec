"""The first use of the compiled loops on a machine is said, the next ones are not."""

import os
import subprocess
import sys

PROGRAM = """
import logging, sys
import numpy as np
logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
from geo.network.layout import by_number, places
places(np.arange(3.0), np.arange(3.0))
by_number(np.arange(3, dtype=np.int32), np.arange(3, dtype=np.int32), 3)
"""


def said(cache):
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"NUMBA_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stderr.splitlines()


def test_the_first_use_on_a_machine_is_said_once(tmp_path):
    assert said(tmp_path) == ["Première utilisation de ce calcul : préparation, jusqu'à une quinzaine de secondes…"]
    assert said(tmp_path) == []
