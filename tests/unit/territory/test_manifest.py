"""What a territory says of itself goes to JSON and back; anything else is refused."""

import datetime as dt
import json
from dataclasses import replace

import pytest

from geo import Territory
from geo.errors import SourceError
from geo.territory.manifest import Manifest, OwnFile


@pytest.fixture(scope="module")
def manifest(small_world):
    return small_world.territory().manifest


def test_what_is_written_is_read_back_the_same(manifest):
    full = replace(
        manifest,
        departement=None,
        scenario={"name": "Essai"},
        own_files={"sites": OwnFile("mes sites.csv", "0" * 64, {"name": "nom"}, None)},
        completed_from="1" * 64,
    )
    for each in (manifest, full):
        assert Manifest.of_dict(json.loads(json.dumps(each.to_dict()))) == each


def test_the_keys_written_are_those_that_other_tools_read(manifest):
    content = manifest.to_dict()
    assert list(content) == [
        "territory", "departement", "built_on", "crs", "communes", "population", "population_points", "contours_approximate",
        "facilities", "sources", "network", "notes", "notes_communes", "rejected_count", "rejected", "list_vintages",
    ]  # fmt: skip
    assert dt.date.fromisoformat(content["built_on"]) == manifest.built_on
    assert list(content["network"]) == [
        "source", "file", "vintage", "licence", "sha256", "nodes", "edges", "nodes_main_part", "profile", "approximate", "notes", "error",
    ]  # fmt: skip
    assert list(content["sources"][0]) == ["dataset", "file", "vintage", "licence", "sha256", "rows_read", "rows_kept"]
    scenario = replace(manifest, scenario={"name": "Essai"}).to_dict()
    assert set(scenario) == {*content, "scenario"}


@pytest.mark.parametrize(
    "changed",
    [
        [],
        None,
        {"notes": "une phrase"},
        {"built_on": "hier"},
        {"sources": [{"dataset": "Communes"}]},
        {"network": None},
        {"rejected": [["Communes", 2, "", "vide"]]},
        {"facilities": {"sites": "beaucoup"}},
    ],
)
def test_a_foreign_manifest_is_one_french_sentence(small_world, tmp_path, changed):
    small_world.territory().save(tmp_path / "saved")
    path = tmp_path / "saved" / "manifest.json"
    saved = json.loads(path.read_text(encoding="utf-8"))
    saved["manifest"] = saved["manifest"] | changed if isinstance(changed, dict) else changed
    path.write_text(json.dumps(saved), encoding="utf-8")
    with pytest.raises(SourceError, match="illisible ou incomplet") as refusal:
        Territory.load(tmp_path / "saved")
    assert "\n" not in str(refusal.value)
