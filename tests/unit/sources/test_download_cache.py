"""The cache: what it offers is whole, whatever the server, the disk or a SIGKILL did."""

import json
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from geo.errors import SourceError
from geo.sources.download import Limits
from geo.sources.download_cache import DownloadCache, Wanted

LIMITS = Limits(max_seconds=600, idle_seconds=60, attempts=2, first_wait_s=0.01, max_wait_s=0.1)


@pytest.fixture
def cache(tmp_path):
    return DownloadCache(tmp_path / "downloads", LIMITS)


@pytest.fixture
def wanted(web):
    def make(content=b"one", **changes):
        url = web.serve("/list.csv", content)
        return replace(Wanted("list", url, ".csv", 10_000_000, lambda _path: None), **changes)

    return make


def names(cache):
    """Return the names of the files that the cache holds, locks apart."""
    return sorted(path.name for path in cache.folder.iterdir() if path.suffix != ".lock")


def test_a_file_and_its_card(cache, wanted):
    assert cache.find("list") is None
    kept = cache.fetch(wanted())
    assert cache.find("list") == kept
    assert kept.path.read_bytes() == b"one"
    assert (kept.bytes, kept.published_on, len(kept.sha256)) == (3, "2026-10-05", 64)
    assert names(cache) == ["list-20261005-" + kept.sha256[:8] + ".csv", "list.json"]
    assert json.loads((cache.folder / "list.json").read_text(encoding="utf-8"))["url"] == wanted().url
    assert kept.to_dict()["etag"].startswith('"')


def test_the_vintage_or_the_day_is_in_the_name(cache, wanted, web):
    assert "list-2023-" in cache.fetch(wanted(vintage="2023")).path.name
    web.serve("/undated", b"two", modified=None)
    kept = cache.fetch(wanted(url=web.base + "/undated"))
    assert kept.published_on is None
    assert kept.fetched_on.replace("-", "") in kept.path.name


def test_what_has_not_changed_is_kept_and_what_has_replaces_it(cache, wanted, web):
    first = cache.fetch(wanted())
    same = cache.fetch(wanted())
    assert (same.path, same.sha256) == (first.path, first.sha256)
    assert web.asked("/list.csv")[1]["If-None-Match"] == first.version.etag
    second = cache.fetch(wanted(b"two"))
    assert cache.find("list") == second
    assert names(cache) == [second.path.name, "list.json"]


def test_a_damaged_file_is_not_offered_and_is_fetched_again(cache, wanted, web):
    kept = cache.fetch(wanted())
    for damage in (b"on", b"One"):
        kept.path.write_bytes(damage)
        assert cache.find("list") is None
    assert cache.fetch(wanted()).path.read_bytes() == b"one"
    assert "If-None-Match" not in web.asked("/list.csv")[1]
    (cache.folder / "list.json").write_text("{")
    assert cache.find("list") is None
    (cache.folder / "list.json").write_text("[]")
    assert cache.find("list") is None


def test_a_good_file_survives_every_failure(cache, wanted, web, moods):
    first = cache.fetch(wanted())

    def refuse(_path):
        msg = "colonnes changées"
        raise SourceError(msg)

    failures = [
        (wanted(b"two", check=refuse), []),
        (wanted(b"two"), [moods.status(404)]),
        (wanted(b"two"), [moods.status(500)] * 2),
        (wanted(b"two"), [moods.cut(1)] * 2),
        (wanted(b"two", max_bytes=2), []),
        (wanted(b"two"), [moods.redirect("/list.csv")] * 10),
    ]
    for asked, mood in failures:
        web.moods["/list.csv"].clear()
        web.next("/list.csv", *mood)
        with pytest.raises(SourceError):
            cache.fetch(asked)
        assert cache.find("list") == first
    assert names(cache)[:2] == [first.path.name, "list.json"]
    web.moods["/list.csv"].clear()
    assert cache.fetch(wanted(b"two")).path.read_bytes() == b"two"
    assert len(names(cache)) == 2


def test_a_folder_that_cannot_be_made_is_said(wanted, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="écrire"):
        DownloadCache(tmp_path / "file" / "downloads", LIMITS).fetch(wanted())


def test_two_at_once_do_not_mix(cache, wanted, web, moods):
    web.next("/list.csv", moods.drip(20_000, 0.01))
    asked = wanted(bytes(range(256)) * 800)
    found = []
    threads = [threading.Thread(target=lambda: found.append(cache.fetch(asked))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each.sha256 for each in found}) == 1
    assert len(found) == 3
    assert len(names(cache)) == 2


# A process that is killed at its n-th change of the disk, for every n: each fork dies by its own hand at one of them.
KILLED_AT_EVERY_STEP = """
import json, os, shutil, signal, sys
from pathlib import Path
from geo.sources.download import Limits
from geo.sources.download_cache import DownloadCache, Wanted

url, folder = sys.argv[1], Path(sys.argv[2])
wanted = Wanted("list", url, ".csv", 10_000_000, lambda path: None)
limits = Limits(max_seconds=600, idle_seconds=60, attempts=2, first_wait_s=0.01)
EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "open", "tempfile.mkdtemp"}

def fetch_and_die(place, at):
    seen = 0
    def watch(event, arguments):
        nonlocal seen
        if event in EVENTS and str(place) in str(arguments[0]):
            seen += 1
            if seen == at:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(watch)
    DownloadCache(place, limits).fetch(wanted)

results, at, died = [], 0, True
while died:
    at += 1
    place = folder / str(at)
    shutil.copytree(folder / "start", place)
    child = os.fork()
    if child == 0:
        try:
            fetch_and_die(place, at)
        finally:
            os._exit(0)
    died = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    cache = DownloadCache(place, limits)
    found = cache.find("list")
    before = None if found is None else found.path.read_text()
    after = cache.fetch(wanted).path.read_text()
    left = sorted(path.name for path in place.iterdir() if path.suffix != ".lock")
    results.append([before, after, len(left)])
print(json.dumps(results))
"""


def test_killed_at_any_step_the_cache_is_usable(cache, wanted, web, tmp_path):
    asked = wanted(b"one")
    cache.fetch(asked)
    (tmp_path / "start").parent.mkdir(exist_ok=True)
    cache.folder.rename(tmp_path / "start")
    web.serve("/list.csv", b"two")
    run = subprocess.run(
        [sys.executable, "-c", KILLED_AT_EVERY_STEP, asked.url, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=600,
    )
    results = json.loads(run.stdout)
    assert len(results) > 10
    # Before the card is replaced the old file is there; after it the new one; in the end always the new one.
    before = [found for found, _, _ in results]
    assert set(before) == {"one", "two"}
    assert before == sorted(before)
    assert {after for _, after, _ in results} == {"two"}
    assert {left for _, _, left in results} == {2}


KILLED_ON_THE_WAY = """
import sys
from pathlib import Path
from geo.sources.download_cache import DownloadCache, Wanted

DownloadCache(Path(sys.argv[2])).fetch(Wanted("list", sys.argv[1], ".csv", 10_000_000, lambda path: None))
"""


@pytest.mark.parametrize("after", [0, 700_000])
def test_killed_on_the_way_the_next_run_goes_on(cache, wanted, web, moods, after):
    content = bytes(range(250)) * 4000
    asked = wanted(b"old")
    old = cache.fetch(asked)
    web.serve("/list.csv", content)
    end = threading.Event()
    web.next("/list.csv", moods.stall(after, end))
    process = subprocess.Popen([sys.executable, "-c", KILLED_ON_THE_WAY, asked.url, str(cache.folder)])
    part = cache.folder / "list.part"
    while not ((part.exists() and part.stat().st_size == after) or process.poll() is not None):
        threading.Event().wait(0.01)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    end.set()
    assert cache.find("list") == old
    fetched = cache.fetch(asked)
    assert fetched.path.read_bytes() == content
    assert web.asked("/list.csv")[-1].get("Range") == (f"bytes={after}-" if after else None)
    assert len(names(cache)) == 2
