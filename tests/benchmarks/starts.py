"""What commands cost as whole processes: ``python tests/benchmarks/starts.py [RUNS]``.

Seconds of processor (user and system) and of the clock, the median of some runs after one that is not counted, and how
many times the libraries alone. Run it where nothing else runs: the clock counts what others take.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from geo import Territory

MAILLAGE = Path(sys.executable).with_name("maillage")
LIBRARIES = [sys.executable, "-c", "import geopandas, numba"]
#: Name -> command, and how many runs at most.
COMMANDS = {
    "the libraries alone": (LIBRARIES, 100),
    "maillage --help": ([MAILLAGE, "--help"], 100),
    "maillage nearest Sare": ([MAILLAGE, "nearest", "Sare"], 100),
    "maillage nearest Sare FOLDER (the 64, saved)": ([MAILLAGE, "nearest", "Sare"], 100),
    "maillage diagnose 64": ([MAILLAGE, "diagnose", "64"], 100),
    "maillage diagnose --out (all of France)": ([MAILLAGE, "diagnose", "--out"], 1),
}


def measured(command: list[str | Path]) -> tuple[float, float]:
    """Return the seconds of processor and of the clock that a command takes."""
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    processor = after.children_user - before.children_user + after.children_system - before.children_system
    return processor, time.perf_counter() - start


def main() -> None:
    """Print a line a command."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    reference = 0.0
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "64"
        Territory.load("64").save(saved)
        for name, (command, most) in COMMANDS.items():
            whole = [*command, Path(folder) / "out"] if command[-1] == "--out" else list(command)
            if "FOLDER" in name:
                whole.append(saved)
            if most > 1:
                measured(whole)
            taken = [measured(whole) for _ in range(min(runs, most))]
            processor, clock = (statistics.median(column) for column in zip(*taken, strict=True))
            reference = reference or processor
            print(f"{name:42} {processor:6.2f} s of processor {clock:6.2f} s {processor / reference:5.1f} times")


if __name__ == "__main__":
    main()
