"""The one way to call the network: what its two callers do not meet, and that nothing of it is written anywhere."""

import gzip
import logging
import socket
import ssl
import threading
import time
import zlib

import pytest

from geo.sources import http_client
from geo.sources.http_client import CallError, Failure, answer_to, host_of, whole_answer


def received(url, most_bytes=1000, **options):
    with answer_to(url, silence_s=5, **options) as answer:
        return b"".join(answer.blocks(most_bytes, time.monotonic() + 30))


def asked(url, most_bytes=1000):
    return whole_answer(url, {"q": "rue Secrète"}, accept="text/plain", within_s=5, most_bytes=most_bytes)


def test_the_name_of_a_host_that_is_not_resolved_holds_nobody(monkeypatch):
    answered, left = threading.Event(), threading.Event()

    def never(*_arguments, **_options):
        answered.wait(30)
        left.set()
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", never)
    monkeypatch.setenv("NO_PROXY", "*")
    assert whole_answer("http://example.org", {}, accept="text/plain", within_s=0.05, most_bytes=1) is Failure.SLOW
    assert not answered.is_set(), "the call itself still waits"
    answered.set()
    assert left.wait(10)


def test_what_is_asked_and_how(web):
    url = web.serve("/file", b"content")
    assert asked(url) == (200, b"content")
    assert web.queries["/file"] == {"q": ["rue Secrète"]}
    (headers,) = web.asked("/file")
    assert headers["Accept"] == "text/plain"
    assert headers["User-Agent"].startswith("maillage")


def test_another_status_comes_without_its_page_and_is_not_followed(web, moods):
    url, elsewhere = web.serve("/file", b"content"), web.serve("/elsewhere", b"other")
    web.next("/file", moods.redirect(elsewhere), moods.status(503))
    assert asked(url) == (302, b"")
    assert web.asked("/elsewhere") == []
    assert asked(url) == (503, b"")


def test_only_so_many_redirections_as_asked(web, moods):
    url = web.serve("/file", b"content")
    web.next("/file", moods.redirect("/file"), moods.redirect("/file"))
    assert received(url, redirections=2) == b"content"
    web.next("/file", moods.redirect("/file"), moods.redirect("/file"))
    with pytest.raises(CallError) as caught:
        received(url, redirections=1)
    assert caught.value.failure is Failure.ENDLESS


def test_a_redirection_to_spaces_and_accents_is_followed(web, moods):
    web.serve("/file", b"content")
    web.serve("/une%20page%C3%A9", b"page")
    web.next("/file", moods.redirect("/une page\xc3\xa9"))  # as latin-1, which headers are in, of UTF-8
    assert received(f"{web.base}/file", redirections=1) == b"page"


def test_a_redirection_never_leaves_https(monkeypatch, web, moods):
    url = web.serve("/file", b"content")
    web.next("/file", moods.redirect("http://elsewhere/"))
    answer = http_client._response
    monkeypatch.setattr(http_client, "_response", lambda _url, *rest: answer(url, *rest))
    with pytest.raises(CallError) as caught:
        received("https://host/file", redirections=5)
    assert (caught.value.failure, caught.value.address) == (Failure.UNSAFE, "http://elsewhere/")
    assert len(web.asked("/file")) == 1


def test_a_host_that_is_not_the_one_asked(monkeypatch):
    def refuse(*_arguments, **_options):
        raise ssl.SSLCertVerificationError(1, "self-signed certificate")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setenv("NO_PROXY", "*")
    assert asked("https://example.org") is Failure.CERTIFICATE


@pytest.mark.parametrize("packing", ["gzip", "deflate", "gzip in two parts"])
def test_what_was_packed_unasked_is_unpacked(web, moods, packing):
    content = bytes(range(250)) * 4
    packed = {
        "gzip": gzip.compress(content),
        "deflate": zlib.compress(content),
        "gzip in two parts": gzip.compress(content[:300]) + gzip.compress(content[300:]),
    }[packing]
    url = web.serve("/file", b"")
    web.next("/file", moods.other(packed, Content_Encoding=packing.split()[0]))
    assert received(url) == content
    web.next("/file", moods.other(packed[:-1], Content_Encoding=packing.split()[0]))
    with pytest.raises(CallError) as caught:
        received(url)
    assert caught.value.failure is Failure.CUT


def test_limits_of_bytes_are_kept_to_the_byte(web, moods):
    url = web.serve("/file", b"x" * 1000)
    assert asked(url) == (200, b"x" * 1000)
    assert asked(url, 999) is Failure.LARGE
    web.next("/file", moods.chunked(10), moods.chunked(10))
    assert asked(url) == (200, b"x" * 1000)
    assert asked(url, 999) is Failure.LARGE


@pytest.mark.parametrize("address", ["", "host", "ftp://host/", "file:///etc/passwd", "http://", "http://[", "//host/"])
def test_what_is_no_web_address_is_not_called(address):
    assert host_of(address) is None
    assert asked(address) is Failure.ADDRESS


def test_nothing_of_a_call_is_logged_or_printed(web, moods, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    url = web.serve("/file", b"content")
    web.next("/file", moods.status(500), moods.cut(2), moods.other(b"no gzip", Content_Encoding="gzip"))
    found = [asked(url) for _ in range(4)]
    assert found == [(500, b""), Failure.CUT, Failure.CUT, (200, b"content")]
    written = capfd.readouterr()
    assert "Secr" not in caplog.text + written.out + written.err
