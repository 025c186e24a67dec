"""What ``make app`` starts: an app for this machine alone, which may fetch; never one for the network that may."""

import ipaddress
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from geo.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]

#: Stand for the programs that make starts: what they are told goes to a file; the second waits for the test.
STREAMLIT = '#!/bin/sh\necho "$MAILLAGE_ALLOW_FETCH" "$@" > "$(dirname "$0")/app"\n'
MAILLAGE = '#!/bin/sh\ncd "$(dirname "$0")"\nread go < gate\necho "$@" > lists.new\nmv lists.new lists\necho > done\n'


@pytest.fixture
def start(monkeypatch, tmp_path):
    """Run ``make app`` with programs that stand for the real ones; return what the app was told."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    monkeypatch.delenv("MAILLAGE_ALLOW_FETCH", raising=False)
    for name, text in (("python", STREAMLIT), ("maillage", MAILLAGE)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    os.mkfifo(tmp_path / "gate")
    os.mkfifo(tmp_path / "done")

    def call(*arguments):
        command = [make, "--assume-old=setup", f"BIN={tmp_path}", "app", *arguments]
        subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return (tmp_path / "app").read_text().split()

    return call


def let_the_lists_come(folder):
    """Let the other program go on; return what it was told."""
    (folder / "gate").write_text("go\n")
    (folder / "done").read_text()
    return (folder / "lists").read_text().split()


def test_it_listens_to_this_machine_alone_and_may_fetch(start, tmp_path):
    """The app has started, and ended, while the lists of the day are still awaited."""
    allowed, *told = start("TERRITORY=folder")
    assert allowed == "1"
    assert ipaddress.ip_address(told[told.index("--server.address") + 1]).is_loopback
    assert told[-2:] == ["--", "folder"]
    assert not (tmp_path / "lists").exists()
    assert let_the_lists_come(tmp_path) == ["fetch", "--lists", "--within", "5"]


def test_where_it_may_not_fetch_it_does_not(start):
    assert start("MAILLAGE_ALLOW_FETCH=0")[0] == "0"  # the other program would wait, and is not started


def test_fetching_is_closed_where_nothing_says_otherwise(monkeypatch):
    monkeypatch.delenv("MAILLAGE_ALLOW_FETCH", raising=False)
    assert not Settings.from_environment().allow_fetch
