"""What a département needs, fetched from a server that serves small official files and misbehaves."""

import gzip

import pytest

from geo.errors import ParameterError
from geo.sources.download import Limits
from geo.sources.download_cache import DownloadCache
from geo.sources.fetch import FETCHED, KEPT, REUSED, UNCHANGED, FetchPlan, fetch
from geo.sources.registry import sources

LIMITS = Limits(max_seconds=10, idle_seconds=1, attempts=2, first_wait_s=0.01, max_wait_s=0.1)


@pytest.fixture
def plan(official, tmp_path):
    def make(**changes):
        return FetchPlan(**{"cache": DownloadCache(tmp_path / "c", LIMITS), "urls": official[1], **changes})

    return make


def statuses(fetched):
    return {each.file.key: each.status for each in fetched.files}


def missing(fetched):
    return {each.source.name: each.sentence for each in fetched.missing}


def test_everything_is_fetched_once_then_reused(plan, official, web):
    paths = official[0]
    first = fetch("64", plan())
    assert statuses(first) == dict.fromkeys(paths, FETCHED)
    assert (missing(first), first.warnings) == ({}, ())
    assert len(first.paths("roads")) == 2
    asked = len(web.requests)
    again = fetch("64", plan())
    assert statuses(again) == dict.fromkeys(paths, REUSED)
    assert fetch("64", plan(offline=True)).paths("sites") == first.paths("sites")
    assert len(web.requests) == asked
    refreshed = fetch("64", plan(refresh=True))
    assert statuses(refreshed) == dict.fromkeys(paths, UNCHANGED)
    value = refreshed.to_dict()
    assert {each["source"] for each in value["files"]} == set(sources())
    assert all({"url", "sha256", "licence", "fetched_on", "publisher"} <= set(each) for each in value["files"])


def test_progress_is_told(plan):
    seen = {}
    fetch(
        "64", plan(progress=lambda title, done, total: seen.__setitem__(title, (done, total)), only=["sites", "roads"])
    )
    assert set(seen) == {
        "Liste des structures France services",
        "Routes OpenStreetMap, aquitaine",
        "Routes OpenStreetMap, midi-pyrenees",
    }
    assert all(done == total for done, total in seen.values())


def test_offline_without_a_cache_says_so(plan, web):
    found = fetch("64", plan(offline=True))
    assert found.files == ()
    assert set(missing(found)) == set(sources())
    assert "--offline" in missing(found)["sites"]
    assert "ne peut pas être construit" in missing(found)["sites"]
    assert web.requests == []


def test_a_missing_source_stops_only_itself(plan, official, web, moods):
    paths = official[0]
    web.next(paths["cells"], moods.status(404))
    web.next(paths["tax_offices"], *[moods.status(500)] * 5)
    web.next(paths["roads-midi-pyrenees"], moods.status(404))
    found = fetch("64", plan())
    assert set(missing(found)) == {"cells", "tax_offices"}
    assert "répond 404 (introuvable)" in missing(found)["cells"]
    assert "MAILLAGE_URL_CELLS" in missing(found)["cells"]
    assert "MAILLAGE_URL_INSEE" in missing(found)["cells"]
    assert "placés à sa mairie" in missing(found)["cells"]
    assert "pas de liste des centres" in missing(found)["tax_offices"]
    (warning,) = found.warnings
    assert "midi-pyrenees" in warning
    assert "manquent" in warning
    assert len(found.paths("roads")) == 1


def test_without_its_own_roads_there_are_none(plan, official, web, moods):
    web.next(official[0]["roads-aquitaine"], moods.status(404))
    found = fetch("64", plan(only=["roads"]))
    assert found.files == ()
    assert "ordres de grandeur" in missing(found)["roads"]
    assert web.asked(official[0]["roads-midi-pyrenees"]) == []


PAGE = b"\xef\xbb\xbf\n<!DOCTYPE html><html><body>Maintenance</body></html>"


@pytest.mark.parametrize(
    ("key", "content", "says"),
    [
        ("sites", PAGE, "page web"),
        ("sites", b"", "vide"),
        ("sites", b"id_fs,nom\n1,a\n", "colonne « lib_fs » absente"),
        ("sites", b"id_fs,id_fs\n", "en double"),
        ("sites", b"\x00\x01\x02" * 500, "absente"),
        ("frr", b'{"error": "unknown dataset"}', "colonne « codgeo » absente"),
        ("communes", PAGE, "page web"),
        ("communes", b'{"type": "FeatureCollection"}', "GeoJSON compressé"),
        ("communes", gzip.compress(b"code,nom\n", mtime=0), "n'est pas un GeoJSON"),
        ("communes", gzip.compress(b"{" * 1000, mtime=0)[:-6], "abîmée"),
        ("cells", b"PK\x03\x04cut", "abîmée"),
        ("cells", b"7z\xbc\xaf\x27\x1c", "abîmée"),
        ("population", "zip", "« donnees_communes.csv » est absent"),
        ("roads-aquitaine", b"\x00\x00\x00\x0dnothing", "extrait OpenStreetMap"),
    ],
)
def test_the_wrong_content_is_refused_and_the_good_cache_kept(plan, official, official_files, web, key, content, says):
    name = key.partition("-")[0]
    good = fetch("64", plan(only=[name])).files[0].file
    web.serve(official[0][key], official_files["qpv"] if content == "zip" else content)
    found = fetch("64", plan(only=[name], refresh=True))
    assert found.files[0].status == KEPT
    assert found.files[0].file == good
    assert says in found.warnings[0]
    assert f"Le fichier du {good.fetched_on} est gardé" in found.warnings[0]
    assert plan().cache.find(key) == good


def test_a_bomb_is_refused(plan, official, web):
    bomb = gzip.compress(b"{" + bytes(400_000_000), 1)
    web.serve(official[0]["town_halls"], bomb)
    found = fetch("64", plan(only=["town_halls"]))
    assert "dépasse 300 Mo" in missing(found)["town_halls"]


def test_what_is_not_covered_is_said(plan):
    found = fetch("975", plan(only=["cells", "roads"]))
    assert "ne couvre pas le département 975" in missing(found)["cells"]
    assert "réseau est estimé" in missing(found)["roads"]


def test_codes_are_understood_and_checked(plan):
    assert fetch(" 2a ", plan(only=["sites"])).departement == "2A"
    for departement, changes, says in [
        ("99", {}, "n'existe pas"),
        ("64", {"only": ["cell"]}, "La source « cell » n'existe pas. Sources : sites, communes"),
        ("64", {"offline": True, "refresh": True}, "se contredisent"),
        ("64", {"urls": {"inse": "http://h"}}, "MAILLAGE_URL_INSE"),
    ]:
        with pytest.raises(ParameterError, match=says):
            fetch(departement, plan(**changes))
