"""The route service behind a loopback server: documented answers, lies, delays; and where the visitor is stays unwritten."""

import json
import logging
import threading
import traceback
from contextlib import contextmanager, suppress
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from geo.errors import MaillageError, RouteServiceError
from geo.finder import route_service
from geo.finder.answer import find_sites
from geo.finder.route_service import Pace, ask_route, ask_routes
from geo.settings import Settings

#: Decimals that nothing else has: looked for in what is written.
START = (-1.57391, 43.31487)


@pytest.fixture(scope="module")
def answer(embedded):
    return find_sites(embedded, *START)


@pytest.fixture(scope="module")
def site(answer):
    return answer.sites[0]


def told(site, **changes):
    """An answer of the service as its documentation shows it."""
    content = {
        "resource": "bdtopo-osrm",
        "resourceVersion": "2026-11-01",
        "start": f"{START[0]},{START[1]}",
        "end": f"{site.lon},{site.lat}",
        "profile": "car",
        "optimization": "fastest",
        "geometry": {
            "coordinates": [[START[0], START[1] + 1e-4], [-1.51, 43.33], [site.lon, site.lat]],
            "type": "LineString",
        },
        "crs": "EPSG:4326",
        "distanceUnit": "meter",
        "timeUnit": "minute",
        "distance": 15312.4,
        "duration": 19.35,
        "constraints": [],
        "portions": [{"start": "", "end": "", "distance": 15312.4, "duration": 19.35, "steps": []}],
    }
    return json.dumps(content | changes).encode()


@pytest.fixture
def serve(loopback):
    """Start a server that answers as the given function does; it lists the paths asked."""

    @contextmanager
    def started(respond):
        with loopback(respond) as (address, asked):
            yield replace(Settings.from_environment(), route_service_url=f"{address}/navigation/itineraire"), asked

    return started


def answering(content, status=200, **headers):
    def respond(handler):
        handler.send_response(status)
        for name, value in ({"Content-Length": str(len(content))} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return respond


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A busy machine may take its time, and nobody waits for a turn, but where that is what is tested."""
    monkeypatch.setattr(route_service, "TIMEOUT_S", 300)
    monkeypatch.setattr(route_service, "_PACE", Pace(0.0))


def test_a_way_is_told_and_only_the_two_ends_are_sent(serve, site):
    with serve(answering(told(site))) as (settings, asked):
        route = ask_route(START, site, settings)
    assert (route.travel_time_min, route.distance_km) == (19.35, 15.3124)
    assert route.coordinates.tolist() == [
        [-1.57391, 43.31497],
        [-1.51, 43.33],
        [round(site.lon, 5), round(site.lat, 5)],
    ]
    assert parse_qs(urlsplit(asked[0]).query) == {
        "resource": ["bdtopo-osrm"], "start": ["-1.57391,43.31487"], "end": [f"{site.lon:.5f},{site.lat:.5f}"],
        "profile": ["car"], "optimization": ["fastest"], "getSteps": ["false"], "getBbox": ["false"],
        "geometryFormat": ["geojson"], "crs": ["EPSG:4326"], "timeUnit": ["minute"], "distanceUnit": ["meter"],
    }  # fmt: skip


def test_units_that_are_not_told_are_those_asked_for(serve, site):
    content = {key: value for key, value in json.loads(told(site)).items() if not key.endswith("Unit")}
    with serve(answering(json.dumps(content).encode())) as (settings, _):
        assert ask_route(START, site, settings).travel_time_min == 19.35


def test_a_site_without_a_way_is_no_failure(serve, site):
    with serve(answering(b'{"error": {"message": "No path found"}}', 404)) as (settings, _):
        assert ask_route(START, site, settings) is None


LINE = [list(START), [-1.5, 43.33]]
FAILURES = {
    "too many requests": (answering(b"", 429), "trop de demandes"),
    "server error": (answering(b"<h1>oops</h1>", 500), "réponse 500"),
    "refused": (answering(b"{}", 400), "réponse 400"),
    "redirection": (answering(b"", 302, Location="http://127.0.0.1:9/elsewhere"), "réponse 302"),
    "a page": (answering(b"<!doctype html><p>maintenance"), "inutilisable"),
    "empty": (answering(b""), "inutilisable"),
    "a list": (answering(b"[]"), "inutilisable"),
    "not UTF-8": (answering(b'{"duration": "\xff"}'), "inutilisable"),
    "deep": (answering(b"[" * 100_000), "inutilisable"),
    "huge": (answering(b" " * (route_service.MAX_ANSWER_BYTES + 1)), "inutilisable"),
    "cut": (answering(b"{", Content_Length="5000"), "inutilisable"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_one_sentence_that_does_not_tell_the_start(serve, site, name):
    respond, sentence = FAILURES[name]
    with serve(respond) as (settings, _):
        check_failure(settings, site, sentence)


@pytest.mark.parametrize(
    "changes",
    [
        {"duration": None}, {"duration": "19"}, {"duration": True}, {"duration": -1}, {"duration": float("nan")},
        {"duration": float("inf")}, {"duration": 10**400}, {"duration": 1e9}, {"duration": 0.5}, {"duration": [19]},
        {"distance": None}, {"distance": 3.0}, {"distance": 1e9}, {"distance": -15000}, {"distance": {}},
        {"timeUnit": "second"}, {"timeUnit": 7}, {"distanceUnit": "kilometer"},
        {"geometry": None}, {"geometry": "_p~iF~ps|U"}, {"geometry": {}}, {"geometry": {"type": "LineString"}},
        {"geometry": {"type": "Point", "coordinates": LINE}}, {"geometry": {"type": "LineString", "coordinates": LINE[:1]}},
        {"geometry": {"type": "LineString", "coordinates": [[43.31, -1.57], [43.34, -1.44]]}},
        {"geometry": {"type": "LineString", "coordinates": [[2.35, 48.85], [2.36, 48.86]]}},
        {"geometry": {"type": "LineString", "coordinates": [list(START), ["-1.5", 43.3]]}},
        {"geometry": {"type": "LineString", "coordinates": [list(START), [float("nan"), 43.3]]}},
        {"geometry": {"type": "LineString", "coordinates": [list(START), [True, 43.3]]}},
        {"geometry": {"type": "LineString", "coordinates": [list(START), [-1.5]]}},
        {"geometry": {"type": "LineString", "coordinates": [list(START), 7]}},
        {"geometry": {"type": "LineString", "coordinates": [list(START), [1e300, 10**400]]}},
        {"geometry": {"type": "LineString", "coordinates": [list(START)] * 50_001}},
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_true_is_refused(serve, site, changes):
    with serve(answering(told(site, **changes))) as (settings, _):
        check_failure(settings, site, "inutilisable")


def check_failure(settings, site, sentence):
    with pytest.raises(RouteServiceError, match=sentence) as caught:
        ask_route(START, site, settings)
    raised = (
        "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value)) + repr(caught.value.__context__)
    )
    assert "57391" not in raised
    assert "31487" not in raised
    assert isinstance(caught.value, MaillageError)


@pytest.mark.parametrize("drops", [False, True])
def test_a_service_that_never_ends_is_left(serve, site, monkeypatch, drops):
    monkeypatch.setattr(route_service, "TIMEOUT_S", 0.3)
    stop, ended = threading.Event(), threading.Event()

    def endless(handler):
        if drops:
            handler.send_response(200)
            handler.end_headers()
        for _ in range(6000):
            if stop.wait(0.05):
                return
            if drops:
                handler.wfile.write(b" ")
        ended.set()

    with serve(endless) as (settings, _):
        try:
            check_failure(settings, site, "n'a pas répondu")
            assert not ended.is_set()
        finally:
            stop.set()


def test_a_redirection_is_not_followed(serve, site):
    with serve(answering(told(site))) as (elsewhere, asked_elsewhere):
        moved = answering(b"", 301, Location=elsewhere.route_service_url)
        with serve(moved) as (settings, _), pytest.raises(RouteServiceError):
            ask_route(START, site, settings)
        assert asked_elsewhere == []


@pytest.mark.parametrize("url", ["", "ftp://example.org", "file:///etc/passwd", "data.geopf.fr"])
def test_only_a_web_address_is_called(site, url):
    with pytest.raises(RouteServiceError, match="Aucun service d'itinéraires"):
        ask_route(START, site, replace(Settings.from_environment(), route_service_url=url))


def by_end(answer, responses):
    """Answer for each site as told, by the end that is asked for."""
    ends = {f"{site.lon:.5f},{site.lat:.5f}": respond for site, respond in zip(answer.sites, responses, strict=True)}
    return lambda handler: ends[parse_qs(urlsplit(handler.path).query)["end"][0]](handler)


def test_each_site_is_asked_about_and_a_failure_keeps_what_came_before(serve, answer):
    first, second, *_ = answer.sites
    responses = [
        answering(told(first)), answering(b"", 404), answering(b"", 503), answering(b""), answering(b"")
    ]  # fmt: skip
    with serve(by_end(answer, responses)) as (settings, asked):
        found = ask_routes(answer, settings)
    assert list(found.routes) == [first.facility_id]
    assert found.no_way == (second.facility_id,)
    assert "réponse 503" in found.failure
    assert len(asked) == 3, "no further site is asked about"
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain["routes"] == {first.facility_id: {"travel_time_min": 19.35, "distance_km": 15.312}}
    assert plain["asked_on"] == found.asked_on.isoformat()


def test_nothing_is_logged(serve, site, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    for respond in (answering(told(site)), answering(b"", 500), answering(b"<p>")):
        with serve(respond) as (settings, asked):
            with suppress(RouteServiceError):
                ask_route(START, site, settings)
            assert len(asked) == 1
    written = capfd.readouterr()
    assert "57391" not in caplog.text + written.out + written.err


def test_turns_are_given_one_interval_apart_and_refused_where_too_late(monkeypatch):
    """A clock that only the waiting moves: whatever the machine does, the turns are those."""
    now, slept = [100.0], []
    monkeypatch.setattr(route_service.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(route_service.time, "sleep", slept.append)
    pace = Pace(0.2)
    assert [pace.wait(0.5) for _ in range(4)] == [True, True, True, False]
    assert slept == pytest.approx([0, 0.2, 0.4])
    now[0] = 101.0
    assert pace.wait(0.5)
    assert slept[-1] == 0
    assert 1 / route_service.INTERVAL_S == 5


def test_nobody_is_asked_where_the_turn_comes_too_late(serve, site, monkeypatch):
    busy = Pace(1e6)
    assert busy.wait(0)
    monkeypatch.setattr(route_service, "_PACE", busy)
    with serve(answering(told(site))) as (settings, asked):
        check_failure(settings, site, "trop de demandes")
        assert asked == []


def test_settings_take_the_service_from_the_environment(monkeypatch):
    monkeypatch.delenv("MAILLAGE_ROUTE_SERVICE_URL", raising=False)
    assert Settings.from_environment().route_service_url == "https://data.geopf.fr/navigation/itineraire"
    monkeypatch.setenv("MAILLAGE_ROUTE_SERVICE_URL", " ")
    assert Settings.from_environment().route_service_url == ""


@pytest.mark.parametrize(("minutes", "plausible"), [(1440, True), (1440.5, False)])
def test_a_way_of_more_than_a_day_is_no_answer(serve, site, minutes, plausible):
    with serve(answering(told(site, duration=minutes))) as (settings, _):
        if plausible:
            assert ask_route(START, site, settings).travel_time_min == minutes
        else:
            with pytest.raises(RouteServiceError, match="inutilisable"):
                ask_route(START, site, settings)
