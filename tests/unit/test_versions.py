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
    # Two versions of one name: the newer for a newer Python.
    lowest = {name: min(versions, key=parts) for name, versions in locked.items()}
    assert {"numpy", "streamlit", "fastapi", "dask"} <= declared.keys()
    assert {name: parts(version) for name, version in declared.items()} == {
        name: parts(lowest[name]) for name in declared
    }


def parts(version):
    """Return a version as numbers, without the zeros at its end."""
    numbers = [int(number) for number in version.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers
