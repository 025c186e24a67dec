"""What ``make app`` starts: an app for this machine alone, which may fetch; never one for the network that may."""

import ipaddress
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from geo.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def started(monkeypatch):
    """Return the command that make would run, and what it sets for it, as a shell reads them."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    monkeypatch.delenv("MAILLAGE_ALLOW_FETCH", raising=False)

    def call(*arguments, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        dry = [make, "--dry-run", "--assume-old=setup", "app", *arguments]
        printed = subprocess.run(dry, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
        line = printed.strip().splitlines()[-1]
        words = line.split(" ")
        first = next(number for number, word in enumerate(words) if "streamlit" in word)
        setting, command = " ".join(words[:first]), " ".join(words[first:])
        shown = subprocess.run(
            ["sh", "-c", f"{setting} printenv MAILLAGE_ALLOW_FETCH"], capture_output=True, text=True, check=True
        )
        return shlex.split(command), shown.stdout.strip()

    return call


def test_it_listens_to_this_machine_alone_and_may_fetch(started):
    command, allowed = started()
    address = command[command.index("--server.address") + 1]
    assert ipaddress.ip_address(address).is_loopback
    assert allowed == "1"
    assert started("TERRITORY=folder")[0][-2:] == ["--", "folder"]


def test_a_setting_of_ones_own_stands(started):
    assert started(MAILLAGE_ALLOW_FETCH="0")[1] == "0"


def test_fetching_is_closed_where_nothing_says_otherwise(monkeypatch):
    monkeypatch.delenv("MAILLAGE_ALLOW_FETCH", raising=False)
    assert not Settings.from_environment().allow_fetch
    assert "ALLOW_FETCH" not in (PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
