"""The wheel holds what stands beside the package in the repository, and works away from it."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PARTS = ("pyproject.toml", "README.md", "LICENSE", "app.py", ".ci", ".streamlit", "data", "geo")

#: What a user asks, told where the answer came from.
ASK = """
import json, sys
import geo, geo.settings
from geo import Territory
from geo.ui import serve
from geo.ui.components.leaflet_map import STATIC_DIR
print(json.dumps({
    "package": geo.__file__, "data": str(geo.settings.Settings.from_environment().data_dir), "app": str(serve._APP),
    "static": str(STATIC_DIR), "communes": len(Territory.load("90", drawn=False).communes),
}))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Build the wheel of a copy of the repository, as far as it is not made at set-up, and unpack it elsewhere."""
    copy, place = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for name in PARTS:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(PROJECT / name, copy / name)
    (copy / "static" / "leaflet").mkdir(parents=True)
    for name in ("leaflet.js", "leaflet-src.js", "leaflet.js.map", ".done"):
        (copy / "static" / "leaflet" / name).write_text("")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([*command, str(place), str(copy)], check=True, capture_output=True)
    (wheel,) = place.glob("maillage-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place / "site")
    return place / "site"


def test_it_holds_data_app_and_static_files(installed):
    shipped = installed / "geo" / "shipped"
    for name in ("app.py", ".streamlit/config.toml", "data/README.md", "static/leaflet/leaflet.js"):
        assert (shipped / name).is_file()
    tables = sorted(path.name for path in (PROJECT / "data" / "france").iterdir())
    assert sorted(path.name for path in (shipped / "data" / "france").iterdir()) == tables
    assert [path.name for path in (shipped / "static" / "leaflet").iterdir()] == ["leaflet.js"]
    assert not list(installed.rglob("tests"))


def test_it_works_away_from_the_repository(installed, tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILLAGE_")}
    environment |= {"PYTHONPATH": str(installed), "MAILLAGE_FRANCE_DIR": str(PROJECT / "static" / "france")}
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    )  # fmt: skip
    found = json.loads(told.stdout.splitlines()[-1])
    assert found.pop("communes") == 101
    assert all(Path(path).is_relative_to(installed) for path in found.values())


def test_nothing_is_written_into_an_installed_package(monkeypatch, tmp_path):
    from geo import settings  # noqa: PLC0415

    monkeypatch.setattr(settings, "_SHIPPED", tmp_path / "shipped")
    monkeypatch.setenv("MAILLAGE_CACHE_DIR", str(tmp_path / "cache"))
    assert settings.kept_roads(tmp_path / "shipped" / "static" / "france") == tmp_path / "cache" / "france-roads"
    assert settings.kept_roads(tmp_path / "made") == tmp_path / "made-roads"
