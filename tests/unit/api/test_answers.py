"""The API answers as the command line does with --json, and says in French what it does not understand."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from geo.api.app import make_app
from geo.api.service import Service
from geo.errors import ParameterError, SchemaError, SourceError
from geo.transit.gtfs import read_gtfs
from tests.unit.api.asgi import ask
from tests.unit.transit.small_feed import FILES, write_feed

pytestmark = pytest.mark.usefixtures("loaded_once")

_AT = "2026-11-24 10:00"


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """Have the command line ask no geocoder either."""
    monkeypatch.setenv("MAILLAGE_GEOCODER_URL", "")


def told(run, *arguments):
    """Return what the command line prints as JSON."""
    status, out, _ = run(*arguments, "--json")
    assert status == 0
    return json.loads(out)


@pytest.mark.parametrize(
    ("parameters", "options"),
    [
        ({"commune": "Sare", "at": _AT}, ["Sare", "64", "--at", _AT]),
        ({"commune": "64310", "at": _AT, "k": 2}, ["64310", "64", "--at", _AT, "-k", "2"]),
        ({"commune": "64504", "at": _AT, "mode": "walk"}, ["64504", "64", "--at", _AT, "--mode", "walk"]),
        ({"lon": -1.58, "lat": 43.31, "at": _AT}, ["64", "--lon", "-1.58", "--lat", "43.31", "--at", _AT]),
        (
            {"commune": "Pau", "at": _AT, "saturday": "true", "evening": 1, "no-appointment": "on", "kind": "main"},
            ["Pau", "64", "--at", _AT, "--saturday", "--evening", "--no-appointment", "--kind", "main"],
        ),
        (
            {"commune": "Pau", "at": _AT, "kind": ["antenne", "bus"], "operator": "Cnav"},
            ["Pau", "64", "--at", _AT, "--kind", "antenne", "--kind", "bus", "--operator", "Cnav"],
        ),
        ({"commune": "Sare", "facilities": "tax-offices"}, ["Sare", "64", "--facilities", "tax-offices"]),
    ],
)
def test_nearest_is_what_the_command_line_prints(departement, run, parameters, options):
    reply = ask(departement, f"/nearest?{urlencode(parameters, doseq=True)}")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json() == told(run, "nearest", *options)


@pytest.mark.parametrize(
    ("parameters", "options"),
    [
        ({}, []),
        (
            {"threshold": 30, "rule": "share", "min-share": 0.8},
            ["--threshold", 30, "--rule", "share", "--min-share", 0.8],
        ),
        ({"bus": "true", "antennes": "false"}, ["--bus", "--no-antennes"]),
        ({"facilities": "tax-offices", "threshold": 12.5}, ["--facilities", "tax-offices", "--threshold", 12.5]),
        ({"mode": "walk", "threshold": 30, "bus": "true"}, ["--mode", "walk", "--threshold", 30, "--bus"]),
        ({"mode": "bike", "facilities": "tax-offices"}, ["--mode", "bike", "--facilities", "tax-offices"]),
    ],
)
def test_coverage_is_what_the_command_line_prints(departement, run, parameters, options):
    reply = ask(departement, f"/coverage?{urlencode(parameters)}")
    assert reply.status == 200
    assert reply.json() == told(run, "diagnose", "64", *options)


def test_of_all_of_france_a_part_may_be_asked_for(france, departement, run):
    assert ask(france, "/coverage?territory=64").json() == ask(departement, "/coverage").json()
    assert ask(france, "/nearest?commune=Sare&at=2026-11-24T10:00").json() == told(run, "nearest", "Sare", "--at", _AT)
    assert ask(france, "/health").json()["territory"] == "France"
    refused = ask(departement, "/coverage?territory=33")
    assert (refused.status, "est servi ici" in refused.sentence) == (422, True)


def test_estimated_times_and_the_dates_of_sources_are_told(departement):
    near, covered = ask(departement, "/nearest?commune=Sare").json(), ask(departement, "/coverage").json()
    assert all(site["estimated"] is True and site["list_vintage"] for site in near["sites"])
    assert covered["network"]["approximate"] is True
    assert all(source["vintage"] for source in covered["sources"])


def test_the_round_trips_without_a_car_too(embedded, run, tmp_path):
    """Of one bus from Urdos to a site in the morning, and back at noon."""
    urdos = embedded.communes.loc[embedded.communes["name"] == "Urdos"].iloc[0]
    site = embedded.sites.geometry[embedded.sites["facility_id"] == "949"].iloc[0]
    calls = ["out,07:50,U,0", "out,08:15,S,1", "back,12:20,S,0", "back,12:45,U,1"]
    rows = [f"{trip},{at}:00,{at}:00,{stop},{n}" for trip, at, stop, n in (call.split(",") for call in calls)]
    feed = write_feed(
        tmp_path / "valley.zip",
        stops=f"stop_id,stop_name,stop_lat,stop_lon\nU,Urdos,{urdos['lat']},{urdos['lon']}\nS,Maison,{site.y},{site.x}\n",
        routes="route_id,route_short_name,route_type\nB,12,3\n",
        trips="route_id,service_id,trip_id\nB,week,out\nB,week,back\n",
        stop_times="\n".join(["trip_id,arrival_time,departure_time,stop_id,stop_sequence", *rows]) + "\n",
        calendar_dates=None,
        frequencies=None,
        transfers=None,
    )
    calendar = FILES["calendar.txt"].replace("20250331", "20250115")
    ended = write_feed(tmp_path / "ended.zip", calendar_dates=None, calendar=calendar)
    territory = replace(embedded, schedule=read_gtfs([feed, ended]))
    territory.save(tmp_path / "valley")
    lon, lat, at = urdos["lon"], urdos["lat"], "2025-02-04 07:00"
    parameters = {"lon": lon, "lat": lat, "mode": "transit", "at": at, "visit-min": 30, "k": 2}
    reply = ask(make_app(Service(territory)), f"/nearest?{urlencode(parameters)}")
    assert reply.status == 200
    options = ["--lon", lon, "--lat", lat, "--mode", "transit", "--at", at, "--visit-min", 30, "-k", 2]
    assert reply.json() == told(run, "nearest", tmp_path / "valley", *options)
    assert reply.json()["rules"]["visit_min"] == 30
    assert reply.json()["feeds_without"] == ["ended.zip"]
    parameters = {"mode": "transit", "day": at[:10], "visit-min": 30, "window": "07:00-08:00"}
    reply = ask(make_app(Service(territory)), f"/coverage?{urlencode(parameters)}")
    asked = ["--mode", "transit", "--day", at[:10], "--visit-min", 30, "--window", "07:00-08:00"]
    assert reply.json() == told(run, "diagnose", tmp_path / "valley", *asked)
    assert reply.json()["residents_served"] > 0
    _, said, _ = run("nearest", tmp_path / "valley", *options)
    assert "Horaires qui ne couvrent pas ce jour, donc non comptés : ended.zip." in said


def test_a_plan_that_was_made_before_is_given_as_it_was_printed(saved, run, tmp_path):
    options = ["--new", 1, "--least-residents", 0, "--everywhere", "--out", tmp_path / "plan"]
    printed = told(run, "plan", saved, *options)
    for place in (tmp_path / "plan", tmp_path / "plan" / "plan.json"):
        reply = ask(make_app(Service.load(str(saved), place)), "/plan")
        assert (reply.status, reply.json()) == (200, printed)
    with pytest.raises(ParameterError, match="porte sur"):
        Service.load("33", tmp_path / "plan")


def test_what_is_no_plan_is_refused_at_the_start(saved, tmp_path):
    with pytest.raises(SourceError, match="illisible ou absent"):
        Service.load(str(saved), tmp_path)
    (tmp_path / "plan.json").write_text("{}")
    with pytest.raises(SchemaError, match="plan"):
        Service.load(str(saved), tmp_path)


def test_a_number_that_json_does_not_have_is_refused_in_a_plan(saved, run, tmp_path):
    told(run, "plan", saved, "--new", 1, "--least-residents", 0, "--everywhere", "--out", tmp_path)
    content = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    content["sources"].append({"rows": float("nan")})
    (tmp_path / "plan.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises((SourceError, SchemaError), match="Plan"):
        Service.load(str(saved), tmp_path)


def test_many_at_once_are_answered_as_one_alone(embedded):
    """Also by a service that nobody has asked yet."""
    towns = embedded.communes["name"].head(6)
    targets = [f"/nearest?{urlencode({'commune': name, 'at': _AT, 'k': 2})}" for name in towns]
    targets += [f"/coverage?threshold={minutes}" for minutes in (10, 20, 20, 30)]
    alone = make_app(Service(embedded))
    expected = [ask(alone, target).body for target in targets]
    together = make_app(Service(replace(embedded)))
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda target: ask(together, target).body, targets)) == expected


@pytest.mark.parametrize(
    ("target", "status", "words"),
    [
        ("/nearest", 422, "l'un ou l'autre"),
        ("/nearest?commune=Sare&lon=1&lat=2", 422, "l'un ou l'autre"),
        ("/nearest?lon=1", 422, "l'un ou l'autre"),
        ("/nearest?commune=", 404, "ne s'appelle"),
        ("/nearest?commune=Atlantide", 404, "ne s'appelle « Atlantide »"),
        ("/nearest?commune=Sare&at=demain", 422, "at « demain » refusé. Un jour"),
        ("/nearest?commune=Sare&at=1026-11-24T10:00", 422, "année 1026"),
        ("/nearest?commune=Sare&kind=velo", 422, "Genre de site refusé"),
        ("/nearest?commune=Sare&k=0", 422, "k « 0 » refusé : un nombre de 1 au moins"),
        ("/nearest?commune=Sare&k=51", 422, "un nombre de 50 au plus"),
        (f"/nearest?commune=Sare&k={'9' * 3000}", 422, "un nombre"),
        ("/nearest?commune=Sare&k=2.5", 422, "un nombre entier est attendu"),
        ("/nearest?lon=nan&lat=43", 422, "lon « nan » refusé"),
        ("/nearest?lon=1e400&lat=43", 422, "un nombre de 180 au plus"),
        ("/nearest?lon=2&lat=48", 422, "hors de « Pyrénées-Atlantiques »"),
        ("/nearest?lon=x&lat=y", 422, "lon « x » refusé : un nombre est attendu ; lat « y » refusé"),
        ("/nearest?commune=Sare&open=peut-etre", 422, "true ou false est attendu"),
        ("/nearest?commune=Sare&mode=transit", 422, "maillage build --gtfs"),
        ("/nearest?commune=Sare&mode=avion", 422, "« avion » inconnu"),
        ("/nearest?commune=Sare&mode=walk&facilities=tax-offices", 422, "mode walk ne vaut que pour les sites"),
        ("/nearest?commune=Sare&walk-min=121", 422, "un nombre de 120 au plus"),
        ("/nearest?commune=Sare&direct-walk-min=121", 422, "un nombre de 120 au plus"),
        ("/nearest?commune=Sare&walk_min=12", 422, "« walk_min » n'existe pas"),
        (f"/nearest?commune={'x' * 201}", 422, "200 caractères au plus"),
        ("/nearest?commune=Sare&" + "kind=main&" * 11, 422, "10 valeurs au plus"),
        ("/coverage?threshold=0", 422, "un nombre de 1 au moins"),
        ("/coverage?threshold=inf", 422, "un nombre de 240 au plus"),
        ("/nearest?commune=Sare&walk-min=5", 422, "walk-min n'a de sens qu'avec mode transit : retirez walk-min."),
        ("/coverage?min-share=0.7", 422, "min-share n'a de sens qu'avec rule share : retirez min-share."),
        ("/coverage?facilities=tax-offices&bus=true", 422, "retirez bus."),
        ("/coverage?facilities=tax-offices&antennes=false", 422, "et facilities demande une autre liste"),
        ("/nearest?commune=Sare&k=3&k=4", 422, "k est donné 2 fois : une seule valeur est attendue."),
        ("/coverage?threshold=30&threshold=30&threshold=20", 422, "threshold est donné 3 fois"),
        ("/coverage?min-share=0", 422, "un nombre au-dessus de 0"),
        ("/coverage?rule=hasard", 422, "Règles possibles"),
        (
            "/coverage?facilities=gares",
            422,
            "n'a pas de liste « gares ». Listes présentes : « sites », « tax-offices ».",
        ),
        ("/coverage?seuil=20", 422, "« seuil » n'existe pas"),
        ("/plan", 404, "Aucun plan n'est publié ici"),
        ("/Nearest", 404, "Rien n'est servi à cette adresse"),
        ("/docs", 404, "Rien n'est servi à cette adresse"),
        ("/nearest/", 404, "Rien n'est servi à cette adresse"),
    ],
)
def test_what_is_not_understood_is_one_sentence(departement, target, status, words):
    reply = ask(departement, target)
    assert reply.status == status
    assert words in reply.sentence
    assert "\n" not in reply.sentence


@pytest.mark.parametrize(
    "text", ["%00", "a%00%1b%5B31m", "%ed%a0%80", "%ff%fe", "%F0%9F%92%A9", "%E2%80%AE", "%", "\xe9"]
)
def test_no_text_breaks_it_or_comes_back_as_a_command(departement, text):
    reply = ask(departement, f"/nearest?commune={text}")
    assert reply.status in {200, 404}
    assert not any(ord(mark) < 32 for mark in reply.json().get("erreur", ""))


def test_homonyms_are_given_to_choose_from(france):
    reply = ask(france, "/nearest?commune=Saint-Denis")
    assert reply.status == 300
    assert "Plusieurs communes" in reply.sentence
    codes = [place["commune_code"] for place in reply.json()["places"]]
    assert {"93066", "97411"} <= set(codes)
    assert ask(france, f"/nearest?commune={codes[0]}").status == 200


def test_an_address_is_not_sent_to_a_geocoder(departement, monkeypatch):
    """It is taken for the commune that it names, and that is said."""

    def asked(*_, **__):
        raise AssertionError

    monkeypatch.setattr("geo.finder.geocoding.geocode", asked)
    monkeypatch.setenv("MAILLAGE_GEOCODER_URL", "http://127.0.0.1:9/")
    content = ask(departement, "/nearest?commune=1+rue+de+la+Mairie,+Sare").json()
    assert content["search"]["places"][0]["commune_code"] == "64504"
    assert any("désactivée" in note for note in content["search"]["notes"])


def test_the_page_loads_nothing_and_names_every_parameter(departement):
    page = ask(departement, "/")
    text = page.body.decode()
    assert page.headers["content-type"].startswith("text/html")
    assert "src=" not in text
    assert "http" not in text
    for name in ("commune", "no-appointment", "min-share", "/coverage", "/plan"):
        assert f"<code>{name}</code>" in text
