"""The screen Trouver, driven as a visitor would, checked against the package called directly."""

import datetime as dt
import json
import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pyproj
import pytest
import streamlit as st

from geo.answers.nearest import answer_sentence
from geo.answers.round_trips import round_trip_in_short
from geo.finder import route_service
from geo.finder.answer import find_sites, route_to
from geo.finder.opening_times import civil_time
from geo.finder.search import MOST_OFFERED
from geo.finder.site_trips import leaving_from, trips_from
from geo.finder.wishes import Wishes
from geo.finder.without_car import RoundTrips
from geo.transit.round_trip import Rules
from geo.ui.screens.find import MOST_EMBEDDED_TRIPS

SARE = "64504"
TUESDAY = dt.datetime.fromisoformat("2026-11-24T10:00")
AT_10 = "2026-11-24T10:00"


@pytest.fixture(scope="module")
def territory(embedded):
    return embedded


def given(app, name: str):
    """Return what one of our components was given."""
    found = [e.proto.json for e in app.get("bidi_component") if e.proto.component_name == f"maillage_{name}"]
    parts = [json.loads(each) for each in found]
    if name == "found_sites":  # the first site, then the others
        return parts[0] | {"html": "".join(part["html"] for part in parts)}
    return parts[0]


def sentence(app) -> str:
    return given(app, "answer_sentence")["sentence"]


def said(app) -> str:
    """Return what a screen reader says of a search."""
    return " ".join(given(app, "spoken")["sentences"])


def texts(app) -> str:
    return unescape("\n".join(element.proto.body for element in app.get("html"))).replace("\xa0:", " :")


def search(app, words: str) -> None:
    app.text_input(key="widget_query").set_value(words)
    app.button[0].click().run()
    assert not app.exception


def from_sare(territory, wishes=None):
    start = territory.communes.loc[SARE]
    wishes = wishes or Wishes(at=TUESDAY)
    answer = find_sites(territory, start["lon"], start["lat"], wishes)
    return answer, answer_sentence(answer, wishes)


def test_the_first_view_asks_where_you_are(open_app):
    app = open_app()
    assert not app.exception
    assert app.title[0].value == "Trouver un France services"
    assert sentence(app).startswith("Dites où vous êtes")
    assert given(app, "found_sites")["html"] == ""
    assert "deux conseillers" in texts(app)
    assert "ni enregistré ni gardé" in texts(app)


def test_a_search_answers_in_one_sentence_and_a_list(open_app, territory):
    app = open_app(quand=AT_10)
    search(app, "sare")
    expected, words = from_sare(territory)
    assert sentence(app) == words
    assert app.query_params["lieu"] == SARE
    shown = given(app, "found_sites")
    assert [site["id"] for site in shown["answer"]["sites"]] == [site.facility_id for site in expected.sites]
    assert shown["answer"]["chosen"] == expected.sites[0].facility_id
    first = expected.sites[0]
    route = route_to(territory, expected.lon, expected.lat, first.facility_id)
    assert shown["answer"]["sites"][0]["road"] == [[lat, lon] for lon, lat in route.coordinates.round(5).tolist()]
    assert shown["html"].count("<h3>") == len(expected.sites) + len(expected.buses) + 1


def test_a_link_opens_the_same_answer(open_app, territory):
    expected, words = from_sare(territory, Wishes(at=TUESDAY, saturday=True, kinds=frozenset({"main"})))
    second = expected.sites[1]
    app = open_app(lieu=SARE, quand=AT_10, samedi="1", types="main", demarche="retraite", site=second.facility_id)
    assert sentence(app) == words
    assert given(app, "found_sites")["answer"]["chosen"] == second.facility_id
    assert "www.lassuranceretraite.fr" in texts(app)
    assert "Attention aux sites payants" in texts(app)
    assert dict(app.query_params) == {
        "lieu": SARE,
        "quand": AT_10,
        "samedi": "1",
        "types": "main",
        "demarche": "retraite",
        "site": second.facility_id,
    }


def test_an_address_is_not_written_in_the_link(open_app):
    app = open_app(quand=AT_10)
    search(app, "12 chemin secret, 64310 Sare")
    assert "secret" not in str(dict(app.query_params))
    assert app.query_params["lieu"] == SARE, "the geocoder does not answer: the commune stands in"
    assert "Résultats à l'échelle de la commune" in said(app)


def test_a_position_is_rounded(open_app, territory):
    app = open_app(position="43.31234567,-1.58", quand=AT_10)
    expected = find_sites(territory, -1.58, 43.312, Wishes(at=TUESDAY))
    assert sentence(app) == answer_sentence(expected, Wishes(at=TUESDAY))
    assert app.query_params["position"] == "43.312,-1.580"
    assert "la position du lien" in texts(app)


def test_several_communes_of_a_postcode_are_offered(open_app):
    app = open_app(quand=AT_10)
    search(app, "64310")
    suggestions = [button.label for button in app.button if str(button.key).startswith("suggestion_")]
    assert "64310 Sare" in suggestions
    next(button for button in app.button if button.label == "64310 Sare").click().run()
    assert app.query_params["lieu"] == SARE
    assert "Départ : Sare (64)." in texts(app)
    assert not any(str(button.key).startswith("suggestion_") for button in app.button)


def test_a_well_known_hamlet_is_answered_for_by_its_name(open_app):
    app = open_app(quand=AT_10)
    search(app, "gourette")
    assert app.query_params["lieu"] == "64204-gourette"
    assert "Départ : Gourette, hameau d'Eaux-Bonnes (64)." in texts(app)
    assert "depuis le centre d'Eaux-Bonnes, pas depuis Gourette : le trajet réel peut être bien plus long." in texts(
        app
    )


@pytest.mark.parametrize(
    ("words", "key", "label"),
    [
        ("gourette", "64204-gourette", "Gourette, hameau d'Eaux-Bonnes (64)"),
        ("salin de giraud", "13004-salin-de-giraud", "Salin-de-Giraud, hameau d'Arles (13)"),
    ],
)
def test_the_link_of_a_hamlet_opens_the_same_page(open_app, words, key, label):
    app = open_app(quand=AT_10)
    search(app, words)
    assert dict(app.query_params) == {"lieu": key, "quand": AT_10}
    again = open_app(**dict(app.query_params))
    assert again.text_input(key="widget_query").value == label
    assert f"Départ : {label}." in texts(again)
    assert (sentence(again), texts(again)) == (sentence(app), texts(app))
    assert given(again, "found_sites") == given(app, "found_sites")
    assert dict(again.query_params) == dict(app.query_params)
    assert ("centre" in texts(again).split("Départ :")[1].split("</")[0]) == (key[:5] == "64204")


def test_a_hamlet_that_is_not_known_leaves_its_commune_and_says_so(open_app):
    for name in ("nulle-part", "<script>"):
        app = open_app(lieu=f"64204-{name}", quand=AT_10)
        (warning,) = [each.value.replace("\\", "") for each in app.warning]
        assert warning.startswith("Le lien contient un choix qui n'existe pas\u00a0: commune de départ,")
        assert app.query_params["lieu"] == "64204"
        assert "Départ : Eaux-Bonnes (64)." in texts(app)
    app = open_app(lieu="99999-gourette", quand=AT_10)
    assert "lieu" not in app.query_params
    assert sentence(app).startswith("Dites où vous êtes")


def test_nothing_found_empties_the_answer(open_app):
    app = open_app(lieu=SARE, quand=AT_10)
    search(app, "zzzzqqq")
    assert sentence(app).startswith("Dites où vous êtes")
    assert "lieu" not in app.query_params
    assert "Aucun lieu de ce territoire" in said(app)


def test_a_former_commune_leads_to_that_of_today(open_app):
    app = open_app(quand=AT_10)
    search(app, "Urdès")
    assert app.query_params["lieu"] == "64541"
    assert "Départ : Urdès, aujourd'hui Lacq (64)." in texts(app) + "".join(e.value for e in app.markdown)
    assert sentence(app) == sentence(open_app(lieu="64541", quand=AT_10))


def test_an_arrondissement_is_where_trips_start_from_and_in_the_link(open_app):
    app = open_app(quand=AT_10)
    search(app, "Lyon 3e")
    assert app.query_params["lieu"] == "69383"
    assert "Départ : Lyon 3e Arrondissement (69)." in texts(app) + "".join(e.value for e in app.markdown)
    assert sentence(app) == sentence(open_app(lieu="69383", quand=AT_10))
    assert sentence(app) != sentence(open_app(lieu="69123", quand=AT_10))


@pytest.mark.parametrize("words", ["Bruxelles", "Saint-Sébastien Espagne"])
def test_a_place_abroad_is_told_so_with_the_official_directory(open_app, words):
    app = open_app(quand=AT_10)
    search(app, words)
    assert "lieu" not in app.query_params
    assert "étranger" in said(app)
    assert "lannuaire.service-public.fr/navigation/france-services" in said(app)


def test_a_place_that_is_only_like_what_was_typed_is_proposed_not_taken(open_app):
    app = open_app(quand=AT_10)
    search(app, "Chateau d Olonne")
    assert "lieu" not in app.query_params
    assert "ne porte ce nom" in said(app)
    assert given(app, "spoken")["more"], "how many suggestions follow is said"
    assert [button for button in app.button if button.key.startswith("suggestion_")]


def test_choosing_a_moment(open_app, territory):
    app = open_app(lieu=SARE)
    app.radio(key="widget_when").set_value("chosen").run()
    app.date_input(key="widget_day").set_value(TUESDAY.date()).run()
    app.time_input(key="widget_time").set_value(TUESDAY.time()).run()
    assert app.query_params["quand"] == AT_10
    assert sentence(app) == from_sare(territory)[1]
    app.radio(key="widget_when").set_value("now").run()
    assert "quand" not in app.query_params


def test_filters(open_app, territory):
    app = open_app(lieu=SARE, quand=AT_10)
    app.checkbox(key="widget_without_appointment").set_value(True).run()
    app.checkbox(key="widget_evening").set_value(True).run()
    wishes = Wishes(at=TUESDAY, without_appointment=True, evening=True)
    assert sentence(app) == from_sare(territory, wishes)[1]
    assert (app.query_params["sans_rdv"], app.query_params["soir"]) == ("1", "1")


def test_nothing_open_says_whom_to_call(open_app, territory):
    app = open_app(lieu=SARE, quand="2026-12-25T10:00")
    expected, words = from_sare(territory, Wishes(at=dt.datetime.fromisoformat("2026-12-25T10:00")))
    assert sentence(app) == words
    assert "aucun site n'est ouvert. Le premier à rouvrir" in words
    shown = given(app, "found_sites")
    assert [site["id"] for site in shown["answer"]["sites"]] == [site.facility_id for site in expected.sites]
    assert "<h2>Le premier à rouvrir</h2>" in shown["html"]
    assert "<h2>Les suivants à rouvrir</h2>" in shown["html"]
    assert "<h2>À distance</h2>" in texts(app)
    assert texts(app).count('<a href="tel:') == 3
    assert all(site.name in texts(app) for site in expected.none_open)
    assert len(app.get("download_button")) == 2


def test_homonyms_are_offered_and_none_is_taken(open_app):
    app = open_app(quand=AT_10)
    search(app, "Castillon")
    assert "lieu" not in app.query_params
    offered = {button.label.replace("\\", ""): button for button in app.button if "suggestion_" in str(button.key)}
    assert {"Castillon (Canton d'Arthez-de-Béarn) (64)", "Castillon (Canton de Lembeye) (64)"} <= set(offered)
    offered["Castillon (Canton de Lembeye) (64)"].click().run()
    assert app.query_params["lieu"] == "64182"


def test_places_beyond_those_offered_are_said(open_app):
    app = open_app(quand=AT_10)
    search(app, "Saint")
    offered = [button for button in app.button if "suggestion_" in str(button.key)]
    assert len(offered) == MOST_OFFERED
    *_, question, more = given(app, "spoken")["sentences"]
    assert question.endswith(" : lequel ?")
    assert re.fullmatch(r"Et \d\s\d{3} autres : précisez le nom, le département ou le code postal\.", more)


def test_many_other_places_are_behind_a_button_where_one_is_answered_for(open_app):
    app = open_app(quand=AT_10)
    search(app, "64350")
    assert app.query_params["lieu"] == "64331", "the most populated of its communes"
    (button,) = [each for each in app.get("popover") if "autres lieux" in each.proto.popover.label]
    assert re.fullmatch(r"Ce n'est pas là \? \d+ autres lieux", button.proto.popover.label)
    offered = [each.label for each in app.button if "suggestion_" in str(each.key)]
    assert len(offered) == MOST_OFFERED - 1
    assert given(app, "spoken") == {
        "sentences": [],
        "more": f"{MOST_OFFERED - 1} propositions sont derrière le bouton qui suit.",
    }


def test_taxes_have_both_places_under_the_headline_and_side_by_side(open_app):
    app = open_app(lieu=SARE, quand=AT_10, demarche="impots")
    assert given(app, "answer_sentence")["also"] in texts(app), "said too"
    assert "Impôts (DGFiP) : France services de Saint-Jean-de-Luz, ou Centre des Finances publiques" in texts(app)
    assert "à vérifier avant d'y aller : reçoit-il les particuliers ?" in texts(app), "known for firms alone"
    assert "Ou, à vérifier : le service des impôts" in given(app, "found_sites")["html"]
    without = open_app(lieu=SARE, quand=AT_10)
    assert given(without, "answer_sentence")["also"] == ""
    assert "Pour comparer : le service des impôts" in given(without, "found_sites")["html"]


@pytest.mark.parametrize("moment", ["2026-03-29T02:30", "2026-10-25T02:30", "2099-12-31T23:59", "2020-01-01T00:00"])
def test_every_moment_that_a_link_can_hold_has_an_answer(open_app, moment):
    app = open_app(lieu=SARE, quand=moment)
    assert not app.exception
    assert sentence(app)
    assert ("saute" in texts(app)) == (moment == "2026-03-29T02:30")


def test_bad_values_in_the_link_are_said_and_replaced(open_app):
    app = open_app(quand="demain", types="<b>", demarche="x", site="inconnu", lieu="99999")
    (warning,) = (element.value for element in app.warning)
    assert "5 choix" in warning
    for name in ("jour et heure", "types de lieux", "démarche"):
        assert name in warning
    assert sentence(app).startswith("Dites où vous êtes")
    assert dict(app.query_params) == {}
    app.run()
    assert not app.warning, "said once"


def test_the_search_box_shows_the_place_of_a_link(open_app):
    app = open_app(lieu=SARE, quand=AT_10)
    assert app.text_input(key="widget_query").value == "Sare (64)"
    search(app, "bidart")
    assert app.text_input(key="widget_query").value == "bidart"
    assert open_app(position="43.312,-1.580").text_input(key="widget_query").value == ""


def test_a_site_that_is_not_in_the_answer(open_app, territory):
    far = territory.sites.loc[territory.sites["departement"] == "40", "facility_id"].iloc[-1]
    app = open_app(lieu=SARE, quand=AT_10, site=far)
    shown = given(app, "found_sites")["answer"]
    assert shown["chosen"] == shown["sites"][0]["id"]
    assert "le plus proche est montré" in texts(app)


def test_a_position_outside_the_territory_is_one_sentence(open_app):
    app = open_app(position="51.500,-0.100")
    assert "à l'étranger, en mer, ou dans une collectivité d'outre-mer" in sentence(app)
    assert app.error == []
    assert given(app, "found_sites")["answer"]["sites"] == []


def test_permanences_are_shown_and_searched(open_app, territory, tmp_path):
    expected, _ = from_sare(territory)
    visited = expected.sites[3].facility_id
    table = pd.DataFrame(
        {
            "facility_id": pd.array([visited], dtype="string"),
            "operator": pd.array(["Cnav"], dtype="string"),
            "weekday": [1],
            "start_min": [540],
            "end_min": [720],
            "mode": pd.array(["on_site"], dtype="string"),
        }
    )
    replace(territory, permanences=table).save(tmp_path / "territory")
    app = open_app(str(tmp_path / "territory"), lieu=SARE, quand=AT_10, demarche="retraite")
    assert "Cnav : 9 h – 12 h, sur place".replace(" h", "\u00a0h") in given(app, "found_sites")["html"].replace(
        " h", "\u00a0h"
    )
    app.checkbox(key="widget_with_operator").set_value(True).run()
    assert [site["id"] for site in given(app, "found_sites")["answer"]["sites"]] == [visited]
    assert "Chaque site aide" not in texts(app)


def test_without_permanences_the_page_says_what_to_ask(open_app):
    app = open_app(lieu=SARE, quand=AT_10, demarche="retraite")
    assert "demandez-les par téléphone" in texts(app)
    assert "widget_with_operator" not in [box.key for box in app.checkbox]


def test_a_territory_without_sites_says_so(open_app, territory, tmp_path):
    facilities = {name: table for name, table in territory.facilities.items() if name != "sites"}
    replace(territory, facilities=facilities).save(tmp_path / "territory")
    app = open_app(str(tmp_path / "territory"), lieu=SARE)
    assert not app.exception
    assert "sites" in sentence(app)


def test_the_choices_survive_a_visit_to_another_screen(open_app):
    app = open_app(lieu=SARE, quand=AT_10)
    before = sentence(app)
    assert "le plus proche ouvert" in before
    app.button_group(key="widget_screen").set_value("diagnostic").run()
    assert app.query_params["lieu"] == SARE
    app.button_group(key="widget_screen").set_value("trouver").run()
    assert sentence(app) == before


# --- the route service, asked on request ---------------------------------------------------------

ASK = "Demander le temps réel à l'IGN"


@pytest.fixture
def service(loopback, monkeypatch):
    """A route service that goes straight at 60 km/h; it lists what it was asked."""
    asked = []

    def straight(handler):
        query = parse_qs(urlsplit(handler.path).query)
        start, end = ([float(part) for part in query[name][0].split(",")] for name in ("start", "end"))
        asked.append((start, end))
        metres = pyproj.Geod(ellps="GRS80").inv(*start, *end)[2] + 1
        line = {"type": "LineString", "coordinates": [start, end]}
        body = json.dumps({"duration": metres / 1000, "distance": metres, "geometry": line}).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    monkeypatch.setattr(route_service, "TIMEOUT_S", 300)
    monkeypatch.setattr(route_service, "_PACE", route_service.Pace(0.0))
    with loopback(straight) as (address, _):
        yield f"{address}/", asked


def test_no_button_where_the_installation_allows_no_call(open_app):
    assert ASK not in [button.label for button in open_app(lieu=SARE, quand=AT_10).button]


def test_the_service_is_asked_on_a_press_only_and_told_beside_the_estimate(open_app, service, monkeypatch):
    url, asked = service
    monkeypatch.setenv("MAILLAGE_ALLOW_FETCH", "1")
    monkeypatch.setenv("MAILLAGE_ROUTE_SERVICE_URL", url)
    app = open_app(lieu=SARE, quand=AT_10)
    before = given(app, "found_sites")
    assert asked == []
    assert "et la position des sites à 127.0.0.1" in texts(app)
    assert all(site["guessed"] for site in before["answer"]["sites"]), (
        "the embedded network is an approximation: dashed"
    )
    next(button for button in app.button if button.label == ASK).click().run()
    assert not app.exception
    shown = given(app, "found_sites")
    assert [end for _, end in asked] == [[site["lon"], site["lat"]] for site in shown["answer"]["sites"]]
    for site, (start, end) in zip(shown["answer"]["sites"], asked, strict=True):
        assert not site["guessed"]
        assert site["road"] == [start[::-1], end[::-1]]
    assert shown["html"].count("Temps IGN : ") == len(asked)
    assert "sans le trafic du moment" in texts(app)
    search(app, "Hasparren")
    assert "Temps IGN" not in given(app, "found_sites")["html"], "what was told of another start goes with it"
    assert len(asked) == len(shown["answer"]["sites"])


def test_a_service_that_fails_is_said_beside_the_button(open_app, monkeypatch):
    monkeypatch.setenv("MAILLAGE_ALLOW_FETCH", "1")
    app = open_app(lieu=SARE, quand=AT_10)
    next(button for button in app.button if button.label == ASK).click().run()
    assert not app.exception
    assert "Le service d'itinéraires de l'IGN est injoignable" in app.warning[-1].value.replace("\\", "")
    assert "Temps IGN" not in given(app, "found_sites")["html"]


def test_the_way_without_a_car_is_told_where_timetables_were_given(open_app, valley_folder, monkeypatch):
    sheets = []
    monkeypatch.setattr("geo.ui.screens.find.keep_and_share", lambda *given: sheets.append(given))
    app = open_app(valley_folder, lieu="64542", quand="2025-02-04T07:30")
    told = "\n".join(element.value for element in app.markdown).replace("\\", "")
    assert "car 12 d'Urdos 8\u00a0h à Maison 8\u00a0h\u00a030".replace("\u00a0", " ") in told.replace("\u00a0", " ")
    assert "Sans voiture, mardi 4 février 2025, départ à partir de 7 h 30 :" in told.replace("\u00a0", " ")
    in_short = " ".join(app.markdown[0].value.replace("\\", "").split())  # before anything is opened
    assert in_short == (
        "Sans voiture, mardi 4 février 2025 : vers « France services Vallée d'Aspe - Bedous », départ 8 h, sur place "
        "8 h 30 (attente 30 min à la porte), retour 17 h 45, chez vous 18 h 15 (10 h 15 hors de chez vous)."
    )
    (_, site, *_, ways) = sheets[-1]
    assert site is not None
    assert ways[0].replace("\u00a0", " ").startswith("Sans voiture, mardi 4 février 2025 : ")
    assert all(way.partition("\u00a0: ")[2] in told for way in ways[1:]), "the sheet keeps what the screen tells"
    on_cards = [one["id"] for one in given(app, "found_sites")["answer"]["sites"]]
    numbered = re.findall(r"^(\d+)\. .*\[(.*?)\]", told, re.MULTILINE)
    assert numbered
    assert all(on_cards[int(number) - 1] == site for number, site in numbered)
    assert "À pied" in given(app, "found_sites")["html"] or "à vélo" in given(app, "found_sites")["html"].lower()


def test_timetables_that_do_not_reach_the_day_are_told(open_app, partly_folder):
    start = "64495"  # Saint-Pée-sur-Nivelle, on the streets
    told = {
        day: "\n".join(each.value for each in open_app(partly_folder, lieu=start, quand=day).markdown)
        for day in ("2025-02-11T07:30", "2025-01-14T07:30")
    }
    note = "Horaires qui ne couvrent pas ce jour, donc non comptés : ended.zip."
    assert [note in " ".join(text.replace("\\", "").split()) for text in told.values()] == [True, False]


def test_answers_are_shared_from_a_commune_and_never_from_a_position(open_app, monkeypatch):
    asked = []

    def found(territory, lon, lat, *more, **mode):
        asked.append((lon, lat))
        return find_sites(territory, lon, lat, *more, **mode)

    monkeypatch.setattr("geo.ui.found.find_sites", found)
    moment = "2026-11-24T10:07"  # of no other test
    shown = [given(open_app(lieu=SARE, quand=moment), "found_sites") for _visitor in range(2)]
    assert shown[0] == shown[1]
    assert len(asked) == 1
    here = f"{asked[0][1]:.3f},{asked[0][0]:.3f}"
    first = open_app(position=here, quand=moment)
    first.run()  # the same visitor, again
    assert len(asked) == 2
    open_app(position=here, quand=moment)
    assert len(asked) == 3


def numbered(app) -> list[tuple[int, str]]:
    """Return the numbers on the map and the names beside them, having checked that the list has the same."""
    shown = given(app, "found_sites")
    titles = re.findall(r'<span class="number" aria-hidden="true">(\d+)</span>([^<]+)</h3>', shown["html"])
    on_map = [(site["number"], site["name"]) for site in shown["answer"]["sites"]]
    assert on_map == [(int(number), unescape(name)) for number, name in titles]
    return on_map


def test_who_walks_is_answered_on_foot_first(open_app, territory, embedded_folder):
    pau = territory.communes.loc["64445"]
    expected = find_sites(territory, pau["lon"], pau["lat"], Wishes(at=TUESDAY), 5, mode="walk")
    by_car = find_sites(territory, pau["lon"], pau["lat"], Wishes(at=TUESDAY), 5)
    app = open_app(embedded_folder, lieu="64445", quand=AT_10, mode="walk")
    assert sentence(app) == answer_sentence(expected, Wishes(at=TUESDAY))
    assert "à pied" in sentence(app)
    names = [name for _, name in numbered(app)]
    assert names == [site.name for site in expected.sites] != [site.name for site in by_car.sites]
    assert (
        "en voiture"
        not in given(app, "found_sites")["html"].split("Bus France services")[0].split("service des impôts")[0]
    )
    assert all(not site["road"] for site in given(app, "found_sites")["answer"]["sites"])
    app.radio(key="widget_mode").set_value("car").run()
    assert [name for _, name in numbered(app)] == [site.name for site in by_car.sites]


def test_who_has_no_car_is_answered_by_public_transport_first(open_app, valley, valley_folder, monkeypatch):
    """From Urdos one bus a day goes to a site, whatever is nearer by car."""
    urdos = valley.communes.loc["64542"]
    app = open_app(valley_folder, lieu="64542", quand="2025-02-04T07:30", mode="transit", samedi="1")
    trips = RoundTrips.of(valley, Rules())
    day = dt.date(2025, 2, 4)
    not_before = leaving_from(civil_time(dt.datetime.fromisoformat("2025-02-04T07:30"), "64"))
    found = trips_from(trips, urdos["lon"], urdos["lat"], day, 5, not_before=not_before)
    assert found[0].facility_id == "949"
    assert sentence(app) == round_trip_in_short(found, day)
    assert [name for _, name in numbered(app)] == [one.name for one in found]
    html = unescape(given(app, "found_sites")["html"])
    assert "<h2>Le plus court aller-retour</h2>" in html
    assert "saturday" not in " ".join(each.key or "" for each in app.checkbox), (
        "a filter does not apply, and is not shown"
    )
    card = html.split("<li class=")[1]
    assert card.index("Départ 8") < card.index("en voiture")
    assert "</span>À 9\u00a0h, ouvert jusqu'à 12\u00a0h" in card, "as the visit begins, not at the moment asked"
    monkeypatch.setattr(type(st.context), "is_embedded", True)
    app.run()
    shown = unescape(given(app, "found_sites")["html"])
    assert re.findall("<h3>.*?</span>(.*?)</h3>", shown) == [one.name for one in found[:MOST_EMBEDDED_TRIPS]]
    assert len(found) > MOST_EMBEDDED_TRIPS


def test_on_a_day_without_timetables_the_answer_is_by_car_and_says_so(open_app, valley, valley_folder):
    app = open_app(valley_folder, lieu=SARE, quand=AT_10, mode="transit")
    assert sentence(app).endswith("Les sites sont ceux que l'on joint en voiture.")
    start = valley.communes.loc[SARE]
    by_car = find_sites(valley, start["lon"], start["lat"], Wishes(at=TUESDAY), 5)
    assert [name for _, name in numbered(app)] == [site.name for site in by_car.sites]
