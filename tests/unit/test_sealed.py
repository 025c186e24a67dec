"""A saved territory that was changed within what its tables may hold is not believed."""

import json
import os
import shutil
import subprocess

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo import Territory
from geo.errors import SourceError
from geo.network.road_network import RoadNetwork
from geo.territory.country import Country


@pytest.fixture
def folder(saved, tmp_path):
    return shutil.copytree(saved, tmp_path / "64")


def faster(folder):
    edges = np.load(folder / "network" / "edges.npy")
    edges["time_s"] /= 60
    np.save(folder / "network" / "edges.npy", edges)


def renumbered(folder):
    place = np.load(folder / "network" / "place.npy")
    np.save(folder / "network" / "place.npy", np.zeros_like(place))


def without_edges(folder):
    links = np.load(folder / "network" / "link_edges.npy")
    np.save(folder / "network" / "link_edges.npy", np.full_like(links, -1))


def more_residents(folder):
    communes = gpd.read_parquet(folder / "communes.parquet")
    communes["population"] *= 10
    communes.to_parquet(folder / "communes.parquet")


def swapped(folder):
    one, other = folder / "facilities-0.parquet", folder / "facilities-1.parquet"
    one.rename(folder / "beside")
    other.rename(one)
    (folder / "beside").rename(other)


def renamed(folder):
    path = folder / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["manifest"]["population"] += 1
    path.write_text(json.dumps(content), encoding="utf-8")


def unsealed(folder):
    (folder / "SHA256SUMS").unlink()


def emptied(folder):
    (folder / "SHA256SUMS").write_text("", encoding="utf-8")


def slower(folder):
    path = folder / "network" / "network.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"end_time_s": 900.0}), encoding="utf-8")


@pytest.mark.parametrize(
    "damage",
    [faster, renumbered, without_edges, more_residents, swapped, renamed, unsealed, emptied, slower],
)
def test_damage_within_range_is_told(folder, damage):
    damage(folder)
    with pytest.raises(SourceError, match="illisible ou incomplet"):
        Territory.load(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("kind", ["pipe", "device"])
@pytest.mark.parametrize(
    "name",
    [
        *("SHA256SUMS", "communes.parquet", "facilities-0.parquet", "network/SHA256SUMS", "network/network.json"),
        *("network/edges.npy", "not_written.parquet"),
    ],
)
def test_what_may_never_end_is_not_opened(folder, name, kind):
    path = folder / name
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(SourceError, match="illisible ou incomplet"):
        Territory.load(folder)
    if name.startswith("network/"):
        with pytest.raises(SourceError, match="illisible ou incomplet"):
            RoadNetwork.load(folder / "network")


def test_tables_of_another_territory_are_told(folder, small_world, tmp_path):
    small_world.territory().save(tmp_path / "other")
    (folder / "communes.parquet").write_bytes((tmp_path / "other" / "communes.parquet").read_bytes() + b" ")
    with pytest.raises(SourceError, match="illisible ou incomplet"):
        Territory.load(folder)


def test_a_table_that_was_not_written_is_not_read(folder):
    pd.DataFrame({"facility_id": ["1"]}).to_parquet(folder / "permanences.parquet")
    (folder / "notes.txt").write_text("à moi", encoding="utf-8")
    assert Territory.load(folder).permanences is None


def test_an_older_territory_is_one_sentence(folder):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"format": 3}), encoding="utf-8")
    unsealed(folder)
    with pytest.raises(SourceError, match=r"est au format 3, format 4 attendu\. Reconstruisez-le"):
        Territory.load(folder)


def test_a_network_alone_and_a_country_are_sealed_too(folder, saved, tmp_path):
    assert RoadNetwork.load(folder / "network").n_nodes > 0
    faster(folder)
    with pytest.raises(SourceError, match="illisible ou incomplet"):
        RoadNetwork.load(folder / "network")
    territory = Territory.load(saved)
    Country("France", (territory, territory)).save(tmp_path / "france")
    (tmp_path / "france" / "parts.json").write_text('{"name": "France", "parts": 1}', encoding="utf-8")
    with pytest.raises(SourceError, match="illisible ou incomplet"):
        Country.load(tmp_path / "france")


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_the_seal_is_that_of_sha256sum(folder):
    for sealed in (folder, folder / "network"):
        check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
        assert subprocess.run(check, cwd=sealed, check=False).returncode == 0
