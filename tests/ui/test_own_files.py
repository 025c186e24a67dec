"""The screen's section « Vos fichiers »: from the files to every screen, for one visitor, and back."""

import json
from dataclasses import replace

import pytest
import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from geo.siting.scenario import Scenario
from geo.ui import kept_answers

PLACES = "nom;latitude;longitude\nMairie d'Ustaritz;43.3986;-1.4563\n<b>Poste</b> de Sare;43.3128;-1.5804\n"


def button(app, label):
    return next(each for each in app.button if each.label.startswith(label))


def layer(geometry) -> bytes:
    """Return a layer of one commune with this contour."""
    feature = {"type": "Feature", "properties": {"nom": "Sare", "code": "64504"}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def texts(app) -> str:
    return " ".join(each.value for each in (*app.markdown, *app.error, *app.warning, *app.success, *app.title))


def build(app, *files):
    for position, content in files:
        app.file_uploader[position].set_value(("x.csv", content, "text/csv"))
    app.run()
    button(app, "Construire").click()
    app.run()
    assert not app.exception
    return app


def test_own_sites_are_shown_to_their_visitor_alone_and_left_again(open_app):
    app = open_app(ecran="methode", territoire="64", lieux="tax_offices")
    assert button(app, "Construire").disabled
    build(app, (0, PLACES.encode()))
    assert "Territoire fait de vos fichiers" in texts(app)
    assert len(app.session_state["own_territory"].sites) == 2
    assert app.query_params["fichiers"] == "1"
    app.segmented_control[0].set_value("diagnostic").run()
    assert "Pyrénées\\-Atlantiques \\(vos fichiers\\)" in app.title[0].value

    other = open_app(ecran="diagnostic")
    assert "vos fichiers" not in texts(other)
    assert "own_territory" not in other.session_state

    button(app, "Revenir au territoire").click().run()
    assert "vos fichiers" not in texts(app)
    assert "own_territory" not in app.session_state
    assert not app.exception


def test_columns_are_asked_where_they_are_not_recognised(open_app):
    app = open_app(ecran="methode")
    app.file_uploader[0].set_value(("x.csv", PLACES.replace("nom", "appellation du lieu").encode(), "text/csv"))
    app.run()
    assert any("Nom" in each.value for each in app.warning)
    assert button(app, "Construire").disabled
    name = next(each for each in app.selectbox if each.label == "Nom")
    name.select("appellation du lieu").run()
    assert not app.warning
    button(app, "Construire").click().run()
    assert app.session_state["own_territory"].sites["name"].iloc[1] == "<b>Poste</b> de Sare"


def test_an_address_about_files_that_are_not_there_says_so_until_it_is_read(open_app):
    other = open_app(ecran="diagnostic", territoire="64", seuil="15", fichiers="1")
    told = "que l'adresse de la page ne contient pas"
    for _ in range(2):  # whatever makes the page run again
        assert [each for each in other.markdown if told in each.value]
        assert "fichiers" not in other.query_params
        other.run()
    button(other, "J'ai compris").click().run()
    assert not other.exception
    assert not [each for each in other.markdown if told in each.value]


def test_a_file_of_two_encodings_is_told_before_and_after_it_is_used_and_not_kept_then(open_app, monkeypatch):
    removed = []
    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", lambda _files, _session, file: removed.append(file))
    rows = [f"Épicerie {n};43.3{n};-1.5\n".encode("cp1252" if n == 3 else "utf-8") for n in range(1, 6)]
    app = open_app(ecran="methode")
    app.file_uploader[0].set_value(("x.csv", b"nom;latitude;longitude\n" + b"".join(rows), "text/csv")).run()
    told = "Fichier de plusieurs encodages (UTF-8, CP1252)", "(lignes du fichier 4)."
    assert [each for each in app.get("html") if all(words in each.proto.body for words in told)]
    given = app.session_state["own_file_sites_0"].file_id
    button(app, "Construire").click().run()
    assert not app.exception
    assert removed == [given]
    manifest = app.session_state["own_territory"].manifest
    assert "plusieurs encodages" in str(manifest)
    assert any("plusieurs encodages" in str(each.proto) for kind in ("html", "markdown") for each in app.get(kind))


def test_a_column_chosen_just_before_the_press_counts(open_app):
    app = open_app(ecran="methode")
    places = "nom;autre nom;latitude;longitude\nA;Mairie;43.3986;-1.4563\nB;Poste;43.3128;-1.5804\n"
    app.file_uploader[0].set_value(("x.csv", places.encode(), "text/csv")).run()
    next(each for each in app.selectbox if each.label == "Nom").select("autre nom")
    button(app, "Construire").click()
    app.run()
    assert not app.exception
    assert app.session_state["own_territory"].sites["name"].tolist() == ["Mairie", "Poste"]


def test_all_faults_are_told_and_nothing_changes(open_app):
    app = build(open_app(ecran="methode"), (0, b"nom;latitude;longitude\nA;x;1\nB;0;0\n"))
    assert [each for each in app.error if "ligne 2" in each.value and "ligne 3" in each.value]
    assert "own_territory" not in app.session_state
    assert not button(app, "Construire").disabled
    app.file_uploader[0].set_value(("x.csv", b"\x00" * 3000, "text/csv")).run()
    assert [each for each in app.error if "CSV" in each.value]
    assert button(app, "Construire").disabled

    app.file_uploader[0].set_value(("x.csv", PLACES.encode("utf-16"), "text/csv"))
    app.file_uploader[1].set_value(("x.geojson", layer(None), "application/json")).run()
    assert not app.error
    button(app, "Construire").click().run()
    assert ["commune sans contour" in each.value for each in app.error] == [True], "what is only seen in the end"

    point = layer({"type": "Point", "coordinates": [-1.58, 43.31]})
    app.file_uploader[1].set_value(("sites.geojson", PLACES.encode(), "application/json"))
    app.file_uploader[2].set_value(("communes.csv", point, "text/csv")).run()
    told = [each.value.replace("\\", "") for each in app.error]
    assert [each.partition(" :")[0] for each in told] == ["Communes", "Population"], "each in the other's field"
    assert "fichier vide ou de format non reconnu" in told[0]


def test_a_scenario_stays_with_its_territory_and_waits_for_the_same_files(open_app):
    app = open_app(ecran="planifier", vue="scenario", territoire="64")
    next(each for each in app.text_input if each.label == "Nom du scénario").set_value("Ailleurs").run()
    assert app.session_state["scenario_versions"][-1].name == "Ailleurs"
    app.session_state["upload_candidats"] = "a list of the former territory"
    app.segmented_control[0].set_value("methode").run()
    build(app, (0, PLACES.encode()))
    assert app.session_state["scenario_versions"] == ()
    assert "upload_candidats" not in app.session_state
    mine = Scenario(app.session_state["own_territory"].name, "Sur le mien")
    app.session_state["scenario_versions"] = (mine,)
    button(app, "Revenir au territoire").click().run()
    assert "si vous donnez de nouveau les mêmes fichiers" in texts(app)
    assert app.session_state["scenario_versions"][-1].name == "Ailleurs"
    build(app, (0, PLACES.encode()))
    assert app.session_state["scenario_versions"] == (mine,)


def test_a_list_that_the_new_territory_lacks_falls_back_with_a_sentence(open_app, embedded):
    app = open_app(ecran="diagnostic", territoire="64", lieux="tax_offices", commune="64504")
    own = replace(embedded, facilities={"sites": embedded.sites}, manifest=replace(embedded.manifest, own_files={}))
    app.session_state["own_territory"], app.session_state["own_territory_base"] = own, embedded
    app.run()
    assert not app.exception
    assert len(app.warning) == 1
    assert "n'est pas dans ce territoire" in app.warning[0].value
    assert next(each for each in app.selectbox if each.label == "Lieux à atteindre").value == "sites"
    assert "lieux" not in app.query_params


def test_own_communes_are_those_of_the_chosen_departement(open_app, small_world):
    app = open_app(ecran="methode")
    app.file_uploader[0].set_value(("sites.csv", small_world.sites.read_bytes(), "text/csv"))
    app.file_uploader[1].set_value(("communes.gpkg", small_world.communes.read_bytes(), "application/x"))
    app.run()
    assert next(each for each in app.selectbox if each.label == "Département à étudier").value == "64"
    build(app)
    assert list(app.session_state["own_territory"].communes.index) == ["64001", "64002", "64003", "64004", "64005"]
    assert "own_seen_sites" not in app.session_state
    assert "own_seen_communes" not in app.session_state


@pytest.mark.usefixtures("open_app")
def test_answers_about_an_own_territory_are_not_kept_for_all(monkeypatch):
    asked = []

    @kept_answers.kept(st.cache_data, show_spinner=False)
    def answer(question):
        asked.append(question)
        return question

    answer("a")
    answer("a")
    assert asked == ["a"]
    monkeypatch.setattr(kept_answers, "own_territory", object)
    with pytest.raises(StreamlitAPIException, match="session"):
        answer("a")  # there is no session here to keep it in


def test_an_official_list_is_checked(open_app, shared_data):
    app = open_app(ecran="methode")
    content = (shared_data / "sites" / "liste-fs-20240801.csv").read_bytes()
    app.file_uploader[0].set_value(("x.csv", content, "text/csv"))
    app.run()
    button(app, "Contrôler la liste").click().run()
    assert not app.exception
    checks, findings = (frame.value for frame in app.dataframe if "Gravité" in frame.value)
    counts = checks.set_index("Contrôle")["Nombre"]
    assert counts["Créneau « 00:00 - 00:00 »"] == 67
    assert counts["Créneaux qui se chevauchent"] == 79
    assert len(findings) == counts.sum()
    app.file_uploader[0].set_value(("y.csv", PLACES.encode(), "text/csv"))
    app.run()
    assert not [frame for frame in app.dataframe if "Gravité" in frame.value]
    assert str(app.session_state).count("own_seen_quality") == 1, "the report of one list is kept, not of each"
    app.file_uploader[0].set_value(None).run()
    assert "own_seen_quality" not in app.session_state
