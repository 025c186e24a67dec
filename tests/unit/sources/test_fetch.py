"""What a département needs, fetched from a server that serves small official files and misbehaves."""

import gzip
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pyproj
import pytest

from geo.errors import ParameterError
from geo.sources.download import Limits
from geo.sources.download_cache import DownloadCache
from geo.sources.fetch import FETCHED, KEPT, REUSED, UNCHANGED, FetchPlan, fetch
from geo.sources.overpass import Around
from geo.sources.registry import sources
from geo.sources.vintages import dated

LIMITS = Limits(max_seconds=600, idle_seconds=60, attempts=2, first_wait_s=0.01, max_wait_s=0.1)


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
    assert {each["source"] for each in value["files"]} == set(sources()) - {"roads_around"}
    assert value["around"] is None
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
    assert set(missing(found)) == set(sources()) - {"roads_around"}
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
        ("sites", b"id_fs,id_fs\n", "absente"),
        ("sites", b"\x00\x01\x02" * 500, "absente"),
        ("frr", b'{"error": "unknown dataset"}', "du JSON ou du GeoJSON a été trouvé"),
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
    assert f"Le fichier du {dated(good.fetched_on)} est gardé" in found.warnings[0]
    assert plan().cache.find(key) == good


def test_a_bomb_is_refused(plan, official, web):
    bomb = gzip.compress(b"{") + 100 * gzip.compress(bytes(4_000_000), 1)  # a file may have several parts
    web.serve(official[0]["town_halls"], bomb)
    found = fetch("64", plan(only=["town_halls"]))
    assert "dépasse 300\u00a0Mo" in missing(found)["town_halls"]


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


def test_two_at_once_have_the_same_files(plan, official, web, moods):
    """As the command and the app may: each file is whole for both, whoever came first."""
    web.next(official[0]["communes"], moods.drip(200, 0.01))
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda _: fetch("64", plan()), range(2))
    assert (missing(first), missing(second), first.warnings + second.warnings) == ({}, {}, ())
    assert [each.file.sha256 for each in first.files] == [each.file.sha256 for each in second.files]
    assert all(each.file.path.is_file() for each in (*first.files, *second.files))


def test_what_the_progress_raises_ends_it_and_the_next_goes_on(plan, official, web):
    """As a button that stops it does."""
    content = web.files[official[0]["postcodes"]] + b"64002;COMMUNE B;64991\n" * 60_000
    web.serve(official[0]["postcodes"], content)

    class StopError(Exception):
        pass

    def stop(_title, done, _total):
        if done:
            raise StopError

    with pytest.raises(StopError):
        fetch("64", plan(only=["postcodes"], progress=stop))
    assert plan().cache.find("postcodes") is None
    found = fetch("64", plan(only=["postcodes"]))
    assert found.files[0].file.path.read_bytes() == content
    assert web.asked(official[0]["postcodes"])[-1]["Range"].startswith("bytes=")


def test_one_that_waits_for_another_may_be_stopped(plan, official, web, moods):
    class StopError(Exception):
        pass

    go_on, asked = threading.Event(), threading.Event()
    web.next(official[0]["sites"], moods.stall(100, go_on))

    def stop(_title, _done, _total):
        if asked.is_set():
            raise StopError

    limits = Limits(max_seconds=600, idle_seconds=600, attempts=2, first_wait_s=0.01)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(fetch, "64", plan(only=["sites"], cache=DownloadCache(plan().cache.folder, limits)))
        while not web.asked(official[0]["sites"]):
            time.sleep(0.01)
        second = threads.submit(fetch, "64", plan(only=["sites"], progress=stop))
        time.sleep(0.3)
        asked.set()
        with pytest.raises(StopError):
            second.result(timeout=300)
        assert not first.done()
        go_on.set()
        assert statuses(first.result(timeout=300)) == {"sites": FETCHED}
    assert len(web.asked(official[0]["sites"])) == 2


AROUND = Around("64001", 12)


def test_roads_around_a_commune(plan, overpass, web):
    path, content = overpass
    found = fetch("64", plan(around=AROUND))
    assert (missing(found), found.paths("roads")) == ({}, [])
    assert found.paths("roads_around")[0].read_bytes() == content
    (query,) = web.queries[path]["data"]
    south, west, north, east = (float(edge) for edge in query.split("(")[-2].split(")")[0].split(",")[:4])
    # Commune A is a square around this point; 12 km each way, by the geodesic.
    lon, lat = pyproj.Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True).transform(405_000, 6_255_000)
    geod = pyproj.Geod(ellps="GRS80")
    for to in ((west, lat), (east, lat), (lon, south), (lon, north)):
        assert geod.inv(lon, lat, *to)[2] == pytest.approx(12_000, abs=40)
    assert web.asked(path)[0]["User-Agent"].startswith("maillage")
    asked = len(web.requests)
    assert statuses(fetch("64", plan(around=AROUND, offline=True)))["roads_around-64001-12"] == REUSED
    assert "--offline" in missing(fetch("64", plan(around=Around("64001", 11), offline=True)))["roads_around"]
    assert len(web.requests) == asked


@pytest.fixture
def only_what_is_needed(monkeypatch):
    """Let the registry hold the roads around a commune and what they need: the other files are as many copies."""
    few = {name: sources()[name] for name in ("sites", "communes", "roads_around")}
    monkeypatch.setattr("geo.sources.fetch.sources", lambda: few)


REMARK = b"<remark> runtime error: Query timed out in &quot;query&quot; at line 1 after 180 seconds. </remark></osm>"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda good: good.replace(b"</osm>", REMARK), 'a renoncé (« runtime error: Query timed out in "query"'),
        (lambda _: b'<?xml version="1.0"?><osm>' + REMARK, "a renoncé"),
        (lambda _: PAGE, "page web"),
        (lambda _: b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x"><html>Error</html>', "page web"),
        (lambda _: b'{"elements": []}', "n'est pas une réponse d'Overpass"),
        (lambda good: good[:-30], "coupée avant sa fin"),
        (lambda _: b'<?xml version="1.0"?><osm version="0.6"></osm>', "aucune route"),
        (lambda good: good + b" " * 1_100_000 + REMARK, "a renoncé"),
    ],
)
@pytest.mark.usefixtures("only_what_is_needed")
def test_what_overpass_says_instead_is_refused(plan, overpass, web, change, says):
    path, good = overpass
    fetch("64", plan(around=AROUND))
    web.serve(path, change(good), modified=None)
    found = fetch("64", plan(around=AROUND, refresh=True))
    (warning,) = [text for text in found.warnings if "Overpass" in text or "Routes" in text]
    assert says in warning
    assert found.paths("roads_around")[0].read_bytes() == good
    other = fetch("64", plan(around=Around("64001", 2)))
    assert says in missing(other)["roads_around"]
    assert "ordres de grandeur" in missing(other)["roads_around"]


@pytest.mark.usefixtures("only_what_is_needed")
def test_a_busy_or_broken_overpass(plan, overpass, web, moods):
    path, good = overpass
    web.next(path, moods.status(429, Retry_After="0"))
    assert fetch("64", plan(around=AROUND)).paths("roads_around")[0].read_bytes() == good
    assert len(web.asked(path)) == 2
    for km, mood, says in [
        (2, [moods.status(429, Retry_After="600")], "demande d'attendre 600 s"),
        (3, [moods.status(504)] * 2, "répond 504"),
        (4, [moods.cut(100)] * 2, "coupée"),
        (6, [moods.announce(2_000_000_000)], "dépasse 1000 Mo"),
        (7, [moods.status(400)], "répond 400"),
    ]:
        web.next(path, *mood)
        assert says in missing(fetch("64", plan(around=Around("64001", km))))["roads_around"]


def test_an_area_that_makes_no_sense(plan, official, web):
    for make, says in [
        (lambda: Around("../..", 12), "n'est pas le code INSEE"),
        (lambda: Around("64001", 26), "de 1 à 25 km"),
        (lambda: Around("64001", float("nan")), "de 1 à 25 km"),
        (lambda: fetch("40", plan(around=AROUND)), "n'est pas du département 40"),
        (lambda: fetch("64", plan(around=AROUND, only=["sites"])), "retirez --only"),
        (lambda: fetch("64", plan(around=Around("64999", 5))), "« 64999 » n'est pas dans"),
        (lambda: fetch("64", plan(only=["roads_around"])), "n'existe pas"),
    ]:
        with pytest.raises(ParameterError, match=says):
            make()
    web.serve(official[0]["communes"], None)
    fetched = fetch("64", plan(cache=DownloadCache(plan().cache.folder / "empty", LIMITS), around=AROUND))
    assert "le centre de la zone n'est pas connu" in missing(fetched)["roads_around"]
