"""The command line as a user meets it: files written, JSON alone on stdout, one French line on bad input."""

import csv
import datetime as dt
import json
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from geo import Territory
from geo.cli import main
from geo.finder.answer import Route, find_sites
from geo.finder.route_service import AskedRoutes
from geo.finder.wishes import Wishes
from geo.report.tables import table_files
from geo.settings import Settings
from geo.territory.embedded import read_tables
from tests.unit.sources import day_lists_files
from tests.written_tables import rows_of_table


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """Ask no geocoder."""
    monkeypatch.setenv("MAILLAGE_GEOCODER_URL", "")


def failures(err: str) -> list[str]:
    """Lines of standard error that do not report a step (the first use of a search is one)."""
    return [line for line in err.splitlines() if not line.endswith("…")]


@pytest.fixture(scope="session")
def built(small_world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "territory"
    with pytest.raises(SystemExit) as stop:
        main(
            [
                "build", "--departement", "64", "--sites", str(small_world.sites), "--communes", str(small_world.communes),
                "--population", str(small_world.population), "--tax-offices", str(small_world.tax_offices),
                "--roads", str(small_world.roads), "--places", f"mairies={small_world.sites}",
                "--places-columns", "mairies:name=lib_com,lon=longitude,lat=latitude,id=id_fs", "--out", str(folder),
            ]
        )  # fmt: skip
    assert stop.value.code == 0
    return folder


@pytest.mark.usefixtures("loaded_once")
def test_diagnose_writes_four_files_that_agree(run, built, tmp_path):
    status, out, _ = run("diagnose", built, "--threshold", "15", "--no-antennes", "--out", tmp_path, "--json")
    assert status == 0
    summary = json.loads(out)
    assert summary == json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    # A and B are within 15 minutes of the only main site, C (20 min) and D (30 min) are not, E has no road.
    assert summary["population"] == 2100
    assert summary["residents_within"] == 1500
    assert summary["communes_under_served"] == 2
    # E has no road near it: it is off the network, in no share, and is not said to be without a way.
    assert (summary["residents_known"], summary["residents_off_network"], summary["share_covered"]) == (
        2000,
        100,
        0.75,
    )
    assert (summary["communes_known"], summary["communes_off_network"], summary["communes_unreachable"]) == (4, 1, 0)
    assert summary["median_time_min"] == pytest.approx(0, abs=0.01)
    assert summary["facilities"] == "sites"
    assert {"source", "nodes", "edges", "profile"} <= set(summary["network"])
    assert all({"dataset", "file", "vintage", "licence", "sha256"} <= set(source) for source in summary["sources"])

    rows = rows_of_table(tmp_path / "communes.csv")
    assert list(rows[0]) == [
        "code", "name", "population", "travel_time_min", "distance_km", "facility_id", "facility_name", "share_within",
        "under_served", "estimated",
    ]  # fmt: skip
    by_code = {row["code"]: row for row in rows}
    assert float(by_code["64003"]["travel_time_min"]) == pytest.approx(20, abs=0.01)
    assert by_code["64003"]["under_served"] == "oui"
    assert (by_code["64005"]["travel_time_min"], by_code["64005"]["under_served"]) == ("", "")

    layer = gpd.read_file(tmp_path / "communes.gpkg")
    assert layer.crs.to_epsg() == 4326
    assert set(layer["code"]) == set(by_code)
    assert layer.set_index("code")["snap_distance_m"].isna().to_dict() == {code: code == "64005" for code in by_code}
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "Commune A" in page
    assert "IGN BD TOPO" in page


def test_a_path_too_long_is_one_line(run):
    status, out, err = run("diagnose", "a" * 300)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "Donnez un chemin plus court" in err


def test_a_word_that_is_no_utf_8_is_one_line(run):
    status, out, err = run("nearest", "12 rue Zzyzzx\udcff\udcfe")
    assert (status, out, len(failures(err))) == (2, "", 1)
    assert "Traceback" not in err


@pytest.mark.parametrize(("names", "why"), [(("m", "m"), "deux fois"), (("tax-offices",), "liste que maillage conna")])
def test_a_name_of_a_list_that_cannot_be_asked_for_is_refused(run, small_world, tmp_path, names, why):
    given = [word for name in names for word in ("--places", f"{name}={small_world.sites}")]
    files = ["--communes", small_world.communes, "--sites", small_world.sites]
    status, _, err = run("build", "--departement", "64", *files, *given, "--out", tmp_path / "t")
    assert (status, err.count("\n")) == (2, 1)
    assert why in err


@pytest.mark.usefixtures("loaded_once")
@pytest.mark.parametrize("option", ["--cost", "--budget", "--min-share"])
def test_a_number_that_is_none_is_worded(run, built, option):
    status, _, err = run("plan", built, option, "nan")
    assert status == 2
    assert "(pas un nombre)" in err


@pytest.mark.usefixtures("loaded_once")
def test_any_list_of_places_is_used_like_sites(run, built):
    status, out, _ = run("diagnose", built, "--facilities", "mairies", "--json")
    assert status == 0
    assert json.loads(out)["residents_within"] == 2000


@pytest.mark.usefixtures("loaded_once")
def test_diagnose_says_what_is_counted_and_which_city_stands_at_one_point(run):
    for mode in ("car", "walk", "bike"):
        counted = {}
        for option in ((), ("--bus",)):
            status, out, _ = run("diagnose", "14", "--mode", mode, *option)
            assert status == 0
            assert "Caen (14118) est représentée par un seul point" in out
            (counted[option],) = re.findall("Offre comptée : .*", out)
        assert "bus non comptés" in counted[()]
        assert "bus comptés" in counted["--bus",]


@pytest.mark.usefixtures("loaded_once")
def test_nearest_is_a_list_soonest_first(run, built, small_world):
    sites = {row["id_fs"]: row for row in read_rows(small_world.sites)}
    lon, lat = sites["2"]["longitude"], sites["2"]["latitude"]
    status, out, _ = run("nearest", built, "--lon", lon, "--lat", lat, "-k", 3, "--json")
    assert status == 0
    found = json.loads(out)["sites"]
    assert [site["facility_id"] for site in found] == ["1", "3"]  # the bus is not counted
    assert [site["travel_time_min"] for site in found] == pytest.approx([10, 20], abs=0.01)
    assert [site["distance_km"] for site in found] == pytest.approx([10, 20], abs=0.01)


@pytest.mark.usefixtures("loaded_once")
def test_nearest_of_another_list_is_times_alone(run, built, small_world):
    sites = {row["id_fs"]: row for row in read_rows(small_world.sites)}
    where = ["--lon", sites["2"]["longitude"], "--lat", sites["2"]["latitude"]]
    status, out, _ = run("nearest", built, *where, "--facilities", "mairies", "--json")
    assert status == 0
    found = json.loads(out)
    assert [row["id"] for row in found] == ["2", "1", "3"]
    assert [row["travel_time_min"] for row in found] == pytest.approx([0, 10, 20], abs=0.01)
    assert set(found[0]) == {"id", "name", "travel_time_min", "distance_km", "estimated"}
    status, _, err = run("nearest", built, *where, "--facilities", "mairies", "--saturday")
    assert (status, "ne valent que pour les sites" in err) == (2, True)


@pytest.mark.usefixtures("loaded_once")
def test_nearest_is_the_answer_of_the_finder(run, built):
    territory = Territory.load(built)
    lon, lat = territory.communes.loc["64002", ["lon", "lat"]].astype(float)
    at = dt.datetime.fromisoformat("2026-11-23T10:00")
    for options, wishes in (
        (["--at", "2026-11-23 10:00"], Wishes(at=at)),
        (["--at", "23/11/2026 10:00", "--kind", "antenne"], Wishes(at=at, kinds=frozenset({"antenne"}))),
        (["--at", "2026-11-25 10:00", "--operator", "Cnav"], Wishes(at=at + dt.timedelta(days=2), operator="Cnav")),
        (["--at", "2026-11-23T10:00", "--saturday"], Wishes(at=at, saturday=True)),
        (["--at", "2026-11-23T10:00", "--evening"], Wishes(at=at, evening=True)),
        (["--at", "2026-11-23T10:00", "--no-appointment"], Wishes(at=at, without_appointment=True)),
    ):
        status, out, _ = run("nearest", "Commune B", built, *options, "-k", 2, "--json")
        assert status == 0
        found = json.loads(out)
        search = found.pop("search")
        assert search["places"][0]["commune_code"] == "64002"
        assert found == find_sites(territory, lon, lat, wishes, 2).to_dict()


@pytest.mark.usefixtures("loaded_once")
def test_nearest_reads_as_french(run, built):
    status, out, _ = run("nearest", "commune b", built, "--at", "2026-11-23 10:00")
    text = out.replace("\u00a0", " ")
    assert status == 0
    assert "lundi 23 novembre 2026 à 10 h" in text
    assert "1. France services A [1] : 10 min (10 km) en voiture" in text
    assert "   Ouvert jusqu'à 12 h" in text
    assert "Bus : " in text
    assert "jusqu'à sa base" in text
    assert ": 10 min" in next(line for line in text.splitlines() if line.startswith("Service des impôts"))
    _, out, _ = run("nearest", "Sare", "--at", "2026-12-25 10:00")
    assert "aucun site n'est ouvert. Le premier à rouvrir : " in out
    assert "1. France services" in out
    assert "France services La Poste d'Espelette, 05 59" in out
    assert "mandat" in out


def test_validate_prints_the_ratios(run, small_world, tmp_path):
    sites = read_rows(small_world.sites)
    points = [[float(row["longitude"]), float(row["latitude"])] for row in sites]
    # The truth of the drawing, twice as slow: A, B and D lie 10 and 20 minutes apart.
    minutes = [[0, 10, 30], [10, 0, 20], [30, 20, 0]]
    reference = {
        "src": points,
        "dst": points,
        "time_s": [[value * 120 for value in row] for row in minutes],
        "dist_km": minutes,
    }
    (tmp_path / "reference.json").write_text(json.dumps(reference))
    status, out, _ = run("validate", "--roads", small_world.roads, "--reference", tmp_path / "reference.json", "--json")
    assert status == 0
    found = json.loads(out)
    assert found["pairs"] == 9
    assert found["unreachable"] == 0
    assert found["time_ratio_median"] == pytest.approx(0.5, abs=0.001)
    assert found["distance_ratio_median"] == pytest.approx(1, abs=0.001)
    assert found["profile"] == "courant"
    assert found["share_within_15pct"] == 0
    assert found["share_within_25pct"] == 0
    assert list(found["time_ratio_deciles"]) == ["10", "20", "30", "40", "50", "60", "70", "80", "90"]
    assert found["far_points"] == []


def test_validate_takes_trips_one_a_row_and_tells_far_points(run, small_world, tmp_path):
    first, *_, last = read_rows(small_world.sites)
    trips = tmp_path / "trips.csv"
    # About 220 m north of the road that the first site is on; 30 minutes from A to D.
    north = float(first["latitude"]) + 0.002
    trips.write_text(
        "lon1,lat1,lon2,lat2,minutes,note\n"
        f"{first['longitude']},{north},{last['longitude']},{last['latitude']},30,x\n"
        f"{last['longitude']},{last['latitude']},{first['longitude']},{first['latitude']},24.6,\n"
    )
    status, out, _ = run("validate", "--roads", small_world.roads, "--reference", trips)
    assert status == 0
    assert "2 trajets, dont 0 sans chemin." in out
    assert "50,0 % des trajets à moins de 15 %, 100,0 % à moins de 25 %." in out
    assert "de 10 à 90 % des trajets : 1,02 ; 1,04 ; 1,07 ; 1,09 ; 1,11 ; 1,13 ; 1,15 ; 1,18 ; 1,20." in out
    assert "à plus de 100 m d'une rue : 1 (leur accès n'est pas compté) :" in out
    assert f"latitude {north:g} : à 22".replace(".", ",") in out
    assert "Distances" not in out
    trips.write_text("lon1,lat1,lon2,lat2,minutes\n1,2,3,4,\n1,2,3,x,5\n")
    status, out, err = run("validate", "--roads", small_world.roads, "--reference", trips)
    assert (status, out) == (2, "")
    assert "ligne 2 : colonne « minutes » : cellule vide" in err
    assert "ligne 3 : colonne « lat2 » : « x »" in err


@pytest.mark.usefixtures("loaded_once")
def test_nearest_asks_the_route_service_only_when_told_to(run, monkeypatch):
    asked = []

    def told(answer, settings):
        asked.append((answer.start_lon, answer.start_lat, settings.route_service_url))
        first, second, *_ = answer.sites
        way = Route(np.zeros((2, 2)), 14.4, 9.84)
        return AskedRoutes(
            dt.date(2026, 11, 27), {first.facility_id: way}, (second.facility_id,), "Le service est en panne."
        )

    monkeypatch.setattr("geo.finder.route_service.ask_routes", told)
    monkeypatch.setenv("MAILLAGE_ROUTE_SERVICE_URL", "http://127.0.0.1:9/")
    where = ("nearest", "--lon", "-1.58", "--lat", "43.31")
    status, out, _ = run(*where, "--json")
    assert (status, asked) == (0, [])
    assert "route_service" not in json.loads(out)
    status, out, _ = run(*where, "--json", "--route-service")
    assert (status, asked) == (0, [(-1.58, 43.31, "http://127.0.0.1:9/")])
    found = json.loads(out)
    assert list(found["route_service"]["routes"]) == [found["sites"][0]["facility_id"]]
    assert found["route_service"]["failure"] == "Le service est en panne."
    status, out, _ = run(*where, "--route-service")
    assert status == 0
    assert "   Temps IGN : 14\u00a0min (9,8\u00a0km), demandé le 27/11/2026\n" in out
    assert "   Temps IGN : aucun trajet donné (réponse 404), demandé le 27/11/2026\n" in out
    assert "  - Le service est en panne.\n  - Temps IGN : service d'itinéraires" in out


@pytest.mark.usefixtures("loaded_once")
def test_embedded_territory_needs_no_argument(run):
    status, out, err = run("diagnose", "--json")
    assert status == 0
    assert failures(err) == []
    summary = json.loads(out)
    assert summary["network"]["approximate"] is True
    assert 0.5 < summary["share_covered"] < 1


def test_progress_goes_to_stderr_and_the_summary_is_french(run, small_world, tmp_path):
    status, out, err = run(
        "build", "--departement", "64", "--sites", small_world.sites, "--communes", small_world.communes,
        "--out", tmp_path / "t",
    )  # fmt: skip
    assert status == 0
    assert "Lecture des communes" in err
    assert "« Pyrénées-Atlantiques » écrit" in out
    assert "5 communes, population inconnue" in out
    status, out, _ = run("diagnose", tmp_path / "t", "--threshold", "20")
    assert status == 0
    assert re.search(r"\d+ % des habitants|habitants", out)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["diagnose", "/no/such/place"], "n'est ni un territoire enregistré"),
        (["diagnose", "--threshold", "abc"], "--threshold"),
        (["diagnose", "--threshold", "0"], "Seuil"),
        (["diagnose", "--facilities", "boulangeries"], "n'a pas de liste"),
        (["diagnose", "--rule", "vibes"], "Règle"),
        (["diagnose", "--flurb"], "--flurb"),
        (["build"], "--sites"),
        (["build", "--sites", "s", "--communes", "c", "--out", "o"], "--france"),
        (["nearest", "--lon", "200", "--lat", "43"], "Position refusée"),
        (["nearest", "--lon", "nan", "--lat", "43"], "Position refusée"),
        (["nearest", "--lon", "-1.82", "--lat", "43.32"], "n'est dans aucune commune des tables"),  # Hondarribia
        (["nearest"], "Donnez un lieu"),
        (["nearest", "Sare", "--lon", "2"], "Donnez un lieu"),
        (["nearest", "Atlantide"], "ne s'appelle « Atlantide »"),
        (["nearest", "Sare", "--at", "demain"], "--at « demain » refusé"),
        (["nearest", "Sare", "--at", "2026-11-24"], "Un jour et une heure"),
        (["nearest", "Sare", "--at", "1026-11-24 10:00"], "année 1026"),
        (["nearest", "Sare", "--kind", "velo"], "Genre de site refusé"),
        (["nearest", "Sare", "--facilities", "tax-offices", "--route-service"], "ne valent que pour les sites"),
        (["nearest", "Sare", "missing"], "n'est ni un territoire enregistré"),
        (["nearest", "--lon", "-1.5", "--lat", "43.4", "-k", "0"], "Au moins 1"),
        (["validate", "--roads", "approximate"], "référence"),
        (["validate", "--roads", "approximate", "--reference", "x.json"], "absent"),
        (["validate", "--roads", "missing.pbf", "--reference", "missing.json"], "missing.json"),
        (["api", "--port", "0"], "« --port » est refusée : au moins 1 est attendu"),
        (["app", "--port", "99999"], "« --port » est refusée : au plus 65535 est attendu"),
        (["api", "--origin", "https://carte.example/"], "« https://carte.example/ » n'est pas un site"),
        (["fly"], "« fly » n'est pas attendu ici"),
        (["nearest", "--lon", "1", "--lat", "2", "here", "there"], "« there » n'est pas attendu ici"),
        ([], "fetch, build, diagnose"),
    ],
)
@pytest.mark.usefixtures("loaded_once")
def test_bad_input_is_one_french_line_and_status_2(run, arguments, expected):
    status, out, err = run(*arguments)
    assert status == 2
    assert out == ""
    assert len(failures(err)) == 1
    assert expected in err
    assert "Traceback" not in err
    assert not re.search(r"Usage|Invalid|No such|should be|unexpected", err)


def test_ctrl_c_is_one_french_line_and_leaves_nothing(run, small_world, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("geo.network.road_network.RoadNetwork.save", interrupted)
    status, out, err = run(
        "build", "--departement", "64", "--sites", small_world.sites, "--communes", small_world.communes,
        "--roads", small_world.roads, "--out", tmp_path / "territory",
    )  # fmt: skip
    assert (status, out) == (130, "")
    assert err.splitlines()[-1] == "Interrompu : rien n'a été écrit à moitié."
    assert list(tmp_path.iterdir()) == []


def test_roads_may_be_given_several_times(run, small_world, tmp_path):
    options = ["--departement", "64", "--sites", small_world.sites, "--communes", small_world.communes]
    extract = tmp_path / "ouest.osm"
    extract.write_text(
        '<osm version="0.6"><node id="1" version="1" lon="-0.5" lat="43.3"/><node id="2" version="1" lon="-0.4" lat="43.3"/>'
        '<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way></osm>'
    )
    (tmp_path / "est.osm").write_bytes(extract.read_bytes())
    roads = ["--roads", extract, "--roads", tmp_path / "est.osm"]
    status, out, _ = run("build", *options, *roads, "--out", tmp_path / "territory", "--json")
    assert status == 0
    network = json.loads(out)["network"]
    assert (network["file"], network["edges"]) == ("ouest.osm, est.osm", 2)
    status, _, err = run("build", *options, "--roads", extract, "--roads", "approximate", "--out", tmp_path / "other")
    assert status == 2
    assert "« approximate »" in err.splitlines()[-1]
    status, out, _ = run("build", *options, "--roads", "approximate", "--out", tmp_path / "estimated", "--json")
    assert json.loads(out)["network"]["approximate"]


HOSTILE = [b"", b"\x00\xff\xfe garbage", b"a;b\n1;2\n", "né;à\nÿ".encode("latin-1"), b"{"]
FILES = ["--sites", "--communes", "--population", "--tax-offices", "--roads", "--cells"]


@pytest.mark.parametrize(("option", "content"), [(option, HOSTILE[2 * n % 5]) for n, option in enumerate(FILES)])
def test_hostile_files_are_one_french_line(run, small_world, tmp_path, option, content):
    bad = tmp_path / {"--communes": "bad.geojson", "--roads": "bad.osm.pbf"}.get(option, "bad.csv")
    bad.write_bytes(content)
    files = {"--sites": small_world.sites, "--communes": small_world.communes} | {option: bad}
    options = [text for pair in files.items() for text in pair]
    status, out, err = run("build", "--departement", "64", *options, "--out", tmp_path / "territory")
    assert status == 2
    assert out == ""
    failure = failures(err)
    assert len(failure) == 1
    assert "bad." in failure[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == [bad.name]


def test_an_occupied_folder_is_refused_before_anything_is_read(run, small_world, tmp_path):
    (tmp_path / "letter.txt").write_text("keep me")
    status, out, err = run(
        "build", "--departement", "64", "--sites", small_world.sites, "--communes", small_world.communes,
        "--out", tmp_path,
    )  # fmt: skip
    assert (status, out) == (2, "")
    assert len(err.strip().splitlines()) == 1  # no step was begun
    assert "n'a pas été écrit par maillage" in err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_check_sites_reports_and_succeeds(run, small_world, tmp_path):
    status, out, err = run("check-sites", small_world.sites, "--communes", small_world.communes, "--out", tmp_path)
    assert (status, err) == (0, "")
    assert out.startswith("sites.csv : 3 lignes")
    assert "Bus sans tournée" in out
    assert {path.name for path in tmp_path.iterdir()} == {
        *("qualite.txt", *table_files("qualite"), "qualite.json", "datapackage.json")
    }
    status, out, _ = run("check-sites", small_world.sites, "--json")
    counts = {check["key"]: check["count"] for check in json.loads(out)["checks"]}
    assert (status, counts["bus_without_rounds"], counts["no_phone"]) == (0, 1, 3)
    status, out, err = run("check-sites", small_world.roads)
    assert (status, out, len(err.splitlines())) == (2, "", 1)


def test_fetch_then_the_territory_is_ready(run, official, monkeypatch, tmp_path, web):
    for base, url in official[1].items():
        monkeypatch.setenv(f"MAILLAGE_URL_{base.upper()}", url)
    monkeypatch.setenv("MAILLAGE_CACHE_DIR", str(tmp_path / "cache"))
    web.serve(official[0]["cells"], None)
    status, out, err = run("fetch", "64")
    folder = tmp_path / "cache" / "territories" / "64"
    assert status == 0
    assert "Liste des structures France services (ANCT) : sites-20261005-" in out
    assert "placés à sa mairie" in out
    assert f"make app TERRITORY={folder}" in out
    assert "Lecture des routes…" in err
    assert "Ce que changent les vraies routes :" in out
    assert "selon l'estimation" in out
    assert Territory.load(folder).name == "Pyrénées-Atlantiques"

    asked = len(web.requests)
    status, out, _ = run("fetch", "64", "--offline", "--out", tmp_path / "again", "--json")
    value = json.loads(out)
    assert (status, value["territory"], len(web.requests)) == (0, str(tmp_path / "again"), asked)
    assert "selon l'estimation" in value["roads_change"]["sentence"]
    assert {each["source"] for each in value["missing"]} == {"cells"}
    status, out, _ = run("fetch", "64", "--only", "sites", "--refresh", "--json")
    assert (status, json.loads(out)["territory"]) == (0, None)
    assert len(web.requests) == asked + 1

    status, out, err = run("fetch", "64", "--only", "cells", "--json")
    assert (status, json.loads(out)["files"]) == (2, [])
    assert "MAILLAGE_URL_CELLS" in err.splitlines()[-1]

    web.serve(official[0]["sites"], None)
    monkeypatch.setenv("MAILLAGE_CACHE_DIR", str(tmp_path / "empty"))
    status, out, err = run("fetch", "64")
    assert status == 2
    assert "répond 404" in err.splitlines()[-1]
    assert "ne peut pas être construit" in err.splitlines()[-1]
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("")
    assert run("fetch", "64", "--out", tmp_path / "taken")[0] == 2
    assert run("fetch", "999")[0] == 2


def test_fetch_with_the_roads_around_a_commune(run, official, overpass, monkeypatch, tmp_path):
    for base, url in official[1].items():
        monkeypatch.setenv(f"MAILLAGE_URL_{base.upper()}", url)
    monkeypatch.setenv("MAILLAGE_CACHE_DIR", str(tmp_path))
    status, out, _ = run("fetch", "64", "--around", "64001", "--km", "12")
    assert status == 0, overpass
    assert "roads_around-64001-12-" in out
    assert "carré de 12 km autour de Commune A" in out
    assert Territory.load(tmp_path / "territories" / "64-64001").departement == "64"
    assert not (tmp_path / "territories" / "64").exists()
    for wrong in (("--around", "64001"), ("--km", "5"), ("--around", "64001", "--km", "26")):
        status, out, err = run("fetch", "64", *wrong)
        assert (status, out, len(err.splitlines())) == (2, "", 1)


def test_fetch_the_lists_of_the_day(run, web, official_addresses, monkeypatch, tmp_path):
    """The lists of the small world are not those of France: each is refused in the one line, the others stay."""
    for base, url in official_addresses(web).items():
        monkeypatch.setenv(f"MAILLAGE_URL_{base.upper()}", url)
    monkeypatch.setenv("MAILLAGE_CACHE_DIR", str(tmp_path))
    tables = read_tables(Settings.from_environment().data_dir / "france")
    web.serve(day_lists_files.SITES, day_lists_files.site_list(tables.sites.frame))
    web.serve(day_lists_files.TAX_OFFICES, day_lists_files.tax_list(tables.tax_offices.frame.head(3)))
    status, out, err = run("fetch", "--lists", "--within", "30")
    assert (status, len(out.splitlines())) == (2, 1)
    assert "publié le 5\u00a0octobre 2026" in out
    assert "a 3 lieux, moins de la moitié" in err.splitlines()[-1]

    web.serve(day_lists_files.TAX_OFFICES, day_lists_files.tax_list(tables.tax_offices.frame))
    status, out, _ = run("fetch", "--lists", "--json")
    assert (status, [each["source"] for each in json.loads(out)["files"]]) == (0, ["sites", "tax_offices"])
    status, out, _ = run("nearest", "Sare", "--json")
    assert status == 0
    assert "Site du jour" in out
    assert "Liste des structures France services (5\u00a0octobre 2026)" in out

    for wrong in ((), ("64", "--lists"), ("--lists", "--offline"), ("--within", "5"), ("--lists", "--within", "0")):
        status, out, err = run("fetch", *wrong)
        assert (status, out, len(err.splitlines())) == (2, "", 1)


@pytest.mark.usefixtures("loaded_once")
def test_plan_as_json_and_files(run, built, tmp_path):
    status, out, err = run(
        "plan", built, "--new", 2, "--threshold", 9, "--no-antennes", "--out", tmp_path / "plan", "--json"
    )
    assert status == 0
    assert "glouton" in err
    found = json.loads(out)
    assert [(label["code"], label["gain_residents"]) for label in found["selected"]] == [("64002", 500), ("64003", 300)]
    assert (found["objective"], found["bound"], found["gap"]) == (800, 800, 0)
    assert found == json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    names = {path.name for path in (tmp_path / "plan").iterdir()}
    assert names == {
        *table_files("labels", "served", "alternatives", "communes"),
        "plan.gpkg",
        "plan.json",
        "dossiers.pdf",
        "arguments.html",
        "datapackage.json",
    }


@pytest.mark.usefixtures("loaded_once")
def test_plan_in_sentences(run, built, tmp_path):
    frr = tmp_path / "frr.csv"
    frr.write_text("codgeo;libgeo;codefrr\n64004;D;FRR\n", encoding="utf-8")
    status, out, _ = run(
        "plan", built, "--budget", 110_000, "--threshold", 9, "--no-antennes", "--frr", frr, "--weight", "frr=3"
    )
    assert status == 0
    assert "1. Commune D [64004] : 200 habitants" in out
    assert "C'est prouvé : parmi 3 lieux candidats, aucun autre choix" in out
    assert (
        "Coût : 110\u202f000\u00a0€ par an, dont 35\u202f000\u00a0€ d'aide de l'État et 75\u202f000\xa0€ à la charge du porteur."
        in out
    )


@pytest.mark.usefixtures("loaded_once")
def test_plan_refuses_in_one_line(run, built, tmp_path):
    for arguments, found in (
        (("--weight", "frr=2"), "--frr"),
        (("--weight", "age"), "CRITERE=POIDS"),
        (("--model", "best"), "coverage, set-cover, median, center"),
        (("--payer", "me", "--budget", "1"), "Financeur"),
        (("--exclude", "99999"), "99999"),
        (("--candidates", tmp_path / "none.csv"), "none.csv"),
        (("--new", "many"), "--new"),
    ):
        status, out, err = run("plan", built, *arguments)
        assert (status, out) == (2, "")
        assert found in err
        assert "Traceback" not in err
