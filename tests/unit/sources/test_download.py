"""One download against a server that misbehaves: nothing wrong is accepted, nothing is tried without end."""

import email.utils
import gzip
import threading
import time
from dataclasses import replace

import pytest

from geo.errors import SourceError
from geo.sources.download import Job, Limits, Version, download

CONTENT = bytes(range(256)) * 4000
LIMITS = Limits(max_seconds=600, idle_seconds=60, attempts=3, first_wait_s=0.01, max_wait_s=2)


@pytest.fixture
def job(web, tmp_path):
    """Make a job for `/file`; `waits` gathers the waits that were asked for."""

    def make(limits=LIMITS, max_bytes=10_000_000, known=None, path="/file"):
        waits = []
        made = Job(web.base + path, tmp_path / "file.part", max_bytes, limits, known=known, sleep=waits.append)
        return made, waits

    web.serve("/file", CONTENT)
    return make


def test_a_whole_file(job, web):
    seen = []
    made, waits = job()
    made = Job(made.url, made.part, made.max_bytes, LIMITS, progress=lambda done, total: seen.append((done, total)))
    version = download(made)
    assert made.part.read_bytes() == CONTENT
    assert version.url == made.url
    assert version.etag.startswith('"')
    assert version.last_modified.endswith("GMT")
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert waits == []
    assert web.asked("/file")[0]["Accept-Encoding"] == "identity"


def test_a_cut_connection_is_resumed_where_it_stopped(job, web, moods):
    web.next("/file", moods.cut(300_000), moods.cut(200_000))
    made, waits = job()
    download(made)
    assert made.part.read_bytes() == CONTENT
    assert [headers.get("Range") for headers in web.asked("/file")] == [None, "bytes=300000-", "bytes=500000-"]
    assert web.asked("/file")[1]["If-Range"].startswith('"')
    assert waits == [0.01, 0.02]


def test_a_later_run_goes_on(job, web, moods):
    web.next("/file", *[moods.cut(1000)] * 3)
    with pytest.raises(SourceError, match="après 3 essais"):
        download(job()[0])
    made, _ = job()
    assert made.part.stat().st_size == 3000
    download(made)
    assert made.part.read_bytes() == CONTENT
    assert web.asked("/file")[-1]["Range"] == "bytes=3000-"


def test_a_file_that_changed_meanwhile_is_taken_from_its_beginning(job, web, moods):
    web.next("/file", *[moods.cut(1000)] * 3)
    with pytest.raises(SourceError):
        download(job()[0])
    web.serve("/file", CONTENT[::-1])
    made, _ = job()
    download(made)
    assert made.part.read_bytes() == CONTENT[::-1]


def test_a_part_longer_than_the_file_is_dropped(job, web, moods):
    web.next("/file", *[moods.cut(1000)] * 3)
    made, _ = job()
    with pytest.raises(SourceError):
        download(made)
    made.part.write_bytes(CONTENT + b"more")
    download(made)
    assert made.part.read_bytes() == CONTENT


def test_a_whole_part_is_seen_as_such(job, web):
    made, _ = job()
    version = download(made)
    assert download(made) == version
    assert made.part.read_bytes() == CONTENT
    assert len(web.asked("/file")) == 2


@pytest.mark.parametrize("record", [b"", b"{", b"[]", b'{"url": "http://other"}', b'{"url": 1, "unknown": 2}'])
def test_a_part_of_unknown_origin_is_dropped(job, web, record):
    made, _ = job()
    made.part.write_bytes(b"something else")
    made.record.write_bytes(record)
    download(made)
    assert made.part.read_bytes() == CONTENT
    assert "Range" not in web.asked("/file")[0]


def test_a_weak_tag_proves_nothing(job, web, moods):
    assert Version("u", 'W/"1"', "Mon, 05 Oct 2026 00:00:00 GMT").validator.startswith("Mon")
    assert Version("u", 'W/"1"').validator is None
    short = moods.other(CONTENT[:500], Content_Length=len(CONTENT), ETag='W/"1"')
    web.next("/file", short)
    made, _ = job()
    download(made)
    assert made.part.read_bytes() == CONTENT
    assert "Range" not in web.asked("/file")[1]


def test_what_is_unchanged_is_not_sent_again(job, web):
    made, _ = job()
    version = download(made)
    made.part.unlink()
    made.record.unlink()
    again, _ = job(known=version)
    assert download(again) is None
    assert not again.part.exists()
    web.serve("/file", b"new")
    assert download(again).etag != version.etag
    assert again.part.read_bytes() == b"new"


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 451, 501])
def test_a_refusal_is_not_asked_again(job, web, moods, code):
    web.next("/file", moods.status(code))
    made, waits = job()
    with pytest.raises(SourceError, match=rf"répond {code}"):
        download(made)
    assert (len(web.asked("/file")), waits) == (1, [])
    assert not made.part.exists()


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again_then_given_up(job, web, moods, code):
    web.next("/file", moods.status(code))
    made, waits = job()
    download(made)
    assert (made.part.read_bytes(), waits) == (CONTENT, [0.01])
    web.next("/file", *[moods.status(code)] * 10)
    with pytest.raises(SourceError, match=rf"{code}.*après 3 essai"):
        download(made)
    assert len(web.asked("/file")) == 2 + 3


def test_retry_after_is_obeyed_within_reason(job, web, moods):
    web.next("/file", moods.status(429, Retry_After="2"))
    made, waits = job()
    download(made)
    assert waits == [2.0]
    made.part.unlink()
    in_a_second = email.utils.formatdate(time.time() + 1.5, usegmt=True)
    web.next("/file", moods.status(503, Retry_After=in_a_second), moods.status(503, Retry_After="soon"))
    made, waits = job()
    download(made)
    assert 0 <= waits[0] <= 1.5
    assert waits[1] == 0.02
    made.part.unlink()
    web.next("/file", moods.status(429, Retry_After="7200"))
    made, waits = job()
    with pytest.raises(SourceError, match="attendre 7200 s"):
        download(made)
    assert waits == []


def test_a_drip_ends_at_the_time_limit_and_keeps_what_came(job, web, moods, monkeypatch):
    """A second passes with each piece that comes, and none comes before the last was taken."""
    taken, seen = threading.Semaphore(0), []
    web.next("/file", moods.in_step(1000, taken))
    made, _ = job(Limits(max_seconds=9.5, idle_seconds=60, attempts=3, first_wait_s=0.01))
    monkeypatch.setattr(time, "monotonic", lambda: float(len(seen)))
    with pytest.raises(SourceError, match="trop lent"):
        download(replace(made, progress=lambda done, _total: (seen.append(done), taken.release())))
    assert len(seen) == 10
    assert 1000 <= made.part.stat().st_size == seen[-1] <= 10_000
    made, _ = job()
    download(made)
    assert made.part.read_bytes() == CONTENT
    assert "Range" in web.asked("/file")[-1]


def test_a_silent_server_is_left(job, web, moods):
    """It would be silent until the test lets it go on, which is after it was left."""
    go_on = threading.Event()
    web.next("/file", *[moods.stall(500_000, go_on)] * 2)
    made, _ = job(Limits(max_seconds=600, idle_seconds=0.2, attempts=2, first_wait_s=0.01))
    try:
        with pytest.raises(SourceError, match=r"ne répond plus.*après 2 essais"):
            download(made)
    finally:
        go_on.set()


def test_a_closed_port_is_said(job, web):
    made, waits = job()
    web.server.socket.close()
    with pytest.raises(SourceError, match="injoignable"):
        download(made)
    assert len(waits) == 2


def test_too_large_is_refused_before_and_during(job, web, moods):
    web.next("/file", moods.announce(10**12))
    made, waits = job()
    with pytest.raises(SourceError, match=r"dépasse 10 Mo"):
        download(made)
    web.next("/file", moods.chunked(100_000))
    made, waits = job(max_bytes=500_000)
    with pytest.raises(SourceError, match="dépasse"):
        download(made)
    assert not made.part.exists()
    assert waits == []


def test_a_length_that_is_not_kept_is_no_file(job, web, moods):
    web.next("/file", *[moods.other(CONTENT[:500], Content_Length=len(CONTENT))] * 3)
    made, _ = job()
    with pytest.raises(SourceError, match="essai"):
        download(made)
    assert len(web.asked("/file")) == 3
    # Here the server, asked for the rest, says itself that there is none.
    web.next("/file", moods.announce(len(CONTENT) + 5))
    download(made)
    assert made.part.read_bytes() == CONTENT


def test_chunks_without_a_length(job, web, moods):
    web.next("/file", moods.chunked(70_000, complete=False), moods.chunked(70_000))
    made, _ = job()
    download(made)
    assert made.part.read_bytes() == CONTENT


def test_packed_on_the_way_and_a_bomb(job, web, moods):
    packed = gzip.compress(b"a,b\n1,2\n")
    web.next("/file", moods.other(packed, Content_Encoding="gzip", ETag='"1"'))
    made, _ = job()
    download(made)
    assert made.part.read_bytes() == b"a,b\n1,2\n"
    assert not made.record.exists()
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 100_000
    web.next("/file", moods.other(bomb, Content_Encoding="gzip"))
    made, _ = job(max_bytes=1_000_000)
    with pytest.raises(SourceError, match="dépasse 1 Mo"):
        download(made)
    assert not made.part.exists()
    web.next("/file", *[moods.other(b"no gzip", Content_Encoding="gzip")] * 3)
    with pytest.raises(SourceError):
        download(made)


def test_redirects(job, web, moods):
    web.serve("/elsewhere", CONTENT)
    web.next("/file", moods.redirect("/elsewhere"), moods.redirect("/elsewhere"))
    made, _ = job()
    version = download(made)
    assert made.part.read_bytes() == CONTENT
    assert version.url == made.url
    web.moods["/file"].clear()
    web.next("/file", *[moods.redirect("/file")] * 20)
    made, waits = job()
    with pytest.raises(SourceError, match="sans fin"):
        download(made)
    assert len(web.asked("/file")) < 10
    assert waits == []
    web.moods["/file"].clear()
    web.next("/file", moods.redirect("file:///etc/passwd"))
    with pytest.raises(SourceError, match="autre chose qu'une adresse http"):
        download(job()[0])


@pytest.mark.parametrize(
    "url", ["ftp://h/f", "file:///etc/passwd", "no address", "http://", "http://[", "http://exa mple/"]
)
def test_what_is_no_address_is_said(tmp_path, url):
    with pytest.raises(SourceError):
        download(Job(url, tmp_path / "p", 10, Limits(attempts=1)))


def test_a_folder_that_cannot_be_written_is_said(job, tmp_path):
    (tmp_path / "a_file").write_text("")
    made, _ = job()
    with pytest.raises(SourceError, match="écrire"):
        download(Job(made.url, tmp_path / "a_file" / "file.part", 10**9, LIMITS))
