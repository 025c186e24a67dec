"""The geocoder behind a loopback server: answers, delays, cuts, lies; and what the visitor typed stays unwritten."""

import json
import logging
import socket
import threading
import traceback
from contextlib import contextmanager, suppress
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from geo.errors import GeocodingError, MaillageError
from geo.finder import geocoding
from geo.finder.gazetteer import Gazetteer
from geo.finder.geocoding import geocode
from geo.finder.search import search_place
from geo.settings import Settings

ADDRESS = "17 rue Zorrozpe-Secret 64310 Sare"


def feature(lon=-1.58, lat=43.31, **properties):
    told = {"label": "12 Rue X 64310 Sare", "score": 0.9, "postcode": "64310", "citycode": "64504"}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": told | properties,
    }


def body(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


@pytest.fixture
def serve(loopback):
    """Start a server that answers as the given function does; it lists the paths asked."""

    @contextmanager
    def started(respond):
        with loopback(respond) as (address, asked):
            yield replace(Settings.from_environment(), geocoder_url=f"{address}/geocodage/search"), asked

    return started


def answering(content, status=200, **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in ({"Content-Length": str(len(content))} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        with suppress(OSError):
            handler.wfile.write(content)

    return answer


@pytest.fixture
def within(monkeypatch):
    """Set how long (s) an answer is waited for."""
    return lambda seconds: monkeypatch.setattr(geocoding, "TIMEOUT_S", seconds)


@pytest.fixture(autouse=True)
def patient(within):
    """A busy machine may take its time, but where the time is what is tested."""
    within(300)


@pytest.fixture(scope="module")
def gazetteer(embedded):
    return Gazetteer.of(embedded)


def test_an_address_is_found(serve):
    with serve(answering(body(feature(), feature(label="Bourg", postcode=None, citycode=7)))) as (settings, asked):
        first, second = geocode(f"  {ADDRESS} ", settings, limit=4, near=(-1.23456, 43.2))
    assert (first.label, first.kind, first.lon, first.lat) == ("12 Rue X 64310 Sare", "address", -1.58, 43.31)
    assert (first.commune_code, first.departement, first.postcode, first.score) == ("64504", "64", "64310", 90)
    assert (second.commune_code, second.departement, second.postcode) == (None, None, None)
    assert parse_qs(urlsplit(asked[0]).query) == {
        "q": [ADDRESS], "limit": ["4"], "index": ["address"], "lon": ["-1.2346"], "lat": ["43.2000"],
    }  # fmt: skip


def test_an_unknown_address_is_no_error(serve):
    with serve(answering(body())) as (settings, _):
        assert geocode(ADDRESS, settings) == []


def test_the_query_cannot_change_the_request(serve):
    with serve(answering(body())) as (settings, asked):
        geocode("a&limit=99#x\r\nHost: elsewhere\x00é" + "z" * 5000, settings)
    assert parse_qs(urlsplit(asked[0]).query)["q"][0].startswith("a&limit=99#x\r\nHost: elsewhere\x00é")
    assert len(asked[0]) < 2000


class Endless:
    """An answer, silent or drop by drop, that ends only when the test says so: `ended` tells that minutes went by before."""

    def __init__(self, *, drops: bool) -> None:
        self.drops, self.begun, self.stop, self.ended = drops, threading.Event(), threading.Event(), threading.Event()

    def __call__(self, handler) -> None:
        self.begun.set()
        with suppress(OSError):
            if self.drops:
                handler.send_response(200)
                handler.end_headers()
            for _ in range(6000):
                if self.stop.wait(0.05):
                    return
                if self.drops:
                    handler.wfile.write(b" ")
            self.ended.set()


def cut(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(body(feature()))


def hang_up(handler):
    handler.connection.shutdown(socket.SHUT_RDWR)


FAILURES = {
    "cut": (cut, "inutilisable"),
    "hangs up": (hang_up, "injoignable"),
    "too many requests": (answering(b"", 429), "trop de demandes"),
    "server error": (answering(b"<h1>oops</h1>", 500), "réponse 500"),
    "redirection": (answering(b"", 302, Location="http://127.0.0.1:9/elsewhere"), "réponse 302"),
    "a page": (answering(b"<!doctype html><p>maintenance"), "inutilisable"),
    "another shape": (answering(b'{"features": 7}'), "inutilisable"),
    "a list": (answering(b"[]"), "inutilisable"),
    "not UTF-8": (answering(b'{"features": ["\xff\xfe"]}'), "inutilisable"),
    "deep": (answering(b"[" * 100_000), "inutilisable"),
    "huge": (answering(b" " * (geocoding.MAX_ANSWER_BYTES + 1)), "inutilisable"),
    "no usable place": (answering(body({}, None, 3, "x", {"geometry": None})), "inutilisable"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_one_sentence_that_does_not_tell_the_address(serve, name):
    answer, sentence = FAILURES[name]
    with serve(answer) as (settings, _):
        check_failure(settings, sentence)


@pytest.mark.parametrize("drops", [False, True])
def test_an_answer_without_end_is_left(serve, within, drops):
    within(0.3)
    endless = Endless(drops=drops)
    with serve(endless) as (settings, _):
        try:
            check_failure(settings, "n'a pas répondu")
            assert not endless.ended.is_set()
        finally:
            endless.stop.set()


def check_failure(settings, sentence):
    with pytest.raises(GeocodingError, match=sentence) as caught:
        geocode(ADDRESS, settings)
    told = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value)) + repr(caught.value.__context__)
    assert "Zorrozpe" not in told
    assert isinstance(caught.value, MaillageError)


def test_a_redirection_is_not_followed(serve):
    with serve(answering(body(feature()))) as (elsewhere, asked_elsewhere):
        moved = answering(b"", 301, Location=elsewhere.geocoder_url)
        with serve(moved) as (settings, _), pytest.raises(GeocodingError):
            geocode(ADDRESS, settings)
        assert asked_elsewhere == []


@pytest.mark.parametrize("url", ["", "ftp://example.org", "file:///etc/passwd", "data.geopf.fr"])
def test_only_a_web_address_is_called(url):
    with pytest.raises(GeocodingError, match="Aucun service d'adresses"):
        geocode(ADDRESS, replace(Settings.from_environment(), geocoder_url=url))


def test_an_unreachable_host_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/search"
    with pytest.raises(GeocodingError, match="injoignable"):
        geocode(ADDRESS, replace(Settings.from_environment(), geocoder_url=url))


@pytest.mark.parametrize(
    "broken",
    [
        feature(lon=float("nan")), feature(lat=float("inf")), feature(lon=181), feature(lat="north"), feature(lon=None),
        feature(label=""), feature(label=None), feature(label="\x00\n"), feature(lon=[1]), feature(score="high"),
        feature(score=float("nan")), feature(lon=10**400), {"geometry": {"coordinates": [1]}, "properties": {"label": "x"}},
    ],
)  # fmt: skip
def test_a_place_without_label_or_position_is_left_out(serve, broken):
    with serve(answering(body(broken, feature(label="Kept")))) as (settings, _):
        assert [place.label for place in geocode(ADDRESS, settings)] == ["Kept"]


def test_a_label_is_short_and_holds_no_control_character(serve):
    with serve(answering(body(feature(label="<b>a\x00b\u202ec\u200b" + "x" * 5000)))) as (settings, _):
        (place,) = geocode(ADDRESS, settings)
    assert place.label.startswith("<b>a b c xxx")
    assert len(place.label) <= 200


def test_nothing_that_was_typed_is_logged(serve, within, caplog, capfd, gazetteer):
    caplog.set_level(logging.DEBUG)
    for answer in (answering(body(feature())), answering(b"", 500), hang_up):
        with serve(answer) as (settings, asked):
            search_place(ADDRESS, gazetteer, settings)
            assert len(asked) == 1
    within(0.3)
    endless = Endless(drops=False)
    with serve(endless) as (settings, asked):
        search_place(ADDRESS, gazetteer, settings)
        assert endless.begun.wait(300)
        assert len(asked) == 1
        endless.stop.set()
    written = capfd.readouterr()
    assert "Zorrozpe" not in caplog.text + written.out + written.err


def test_settings_take_the_geocoder_from_the_environment(monkeypatch):
    monkeypatch.delenv("MAILLAGE_GEOCODER_URL", raising=False)
    assert Settings.from_environment().geocoder_url == "https://data.geopf.fr/geocodage/search"
    monkeypatch.setenv("MAILLAGE_GEOCODER_URL", "")
    assert Settings.from_environment().geocoder_url == ""


def test_an_answer_of_more_than_256_kilobytes_is_not_read(serve):
    content = body(feature())
    with serve(answering(content + b" " * (256_000 - len(content)))) as (settings, _):
        assert len(geocode(ADDRESS, settings)) == 1
    with serve(answering(content + b" " * (256_001 - len(content)))) as (settings, _), pytest.raises(GeocodingError):
        geocode(ADDRESS, settings)
