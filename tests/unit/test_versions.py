"""The lowest versions that the project declares: each has one, and it is one that the tests run with."""

import re
import runpy
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def test_the_lowest_versions_are_those_of_the_lock_file(capsys):
    runpy.run_path(str(PROJECT / ".ci" / "lowest_versions.py"), run_name="__main__")
    declared = dict(line.split("==") for line in capsys.readouterr().out.splitlines())
    locked: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", (PROJECT / "requirements.txt").read_text(), re.MULTILINE):
        locked.setdefault(name, []).append(version)
    assert {"numpy", "streamlit", "fastapi", "dask"} <= declared.keys() <= locked.keys()
    for name, version in declared.items():
        # Two versions of one name in the lock file: the newer for a newer Python.
        assert parts(version) == min(map(parts, locked[name])), name


def parts(version):
    """Return a version as numbers, without the zeros at its end."""
    numbers = [int(number) for number in version.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers
