"""Which territory is looked at, and the button that prepares one, as a visitor meets them."""

import json
import re
import shutil
import threading
from dataclasses import replace

import pytest

from geo import Territory
from geo.folding import fold
from geo.french import format_integer, format_share
from geo.siting.scenario import CloseSite, Scenario

CSV = "nom;latitude;longitude\nPoste;43.194;-0.606\n"
PAYS_BASQUE = "200067106"
START = "Toute la France"
#: What screens about a part of France ask first.
ASKED = "Quel territoire ?"


@pytest.fixture(scope="module")
def built(small_world, tmp_path_factory):
    """Folder of the territory of the small world: same name as the embedded one, four communes of other codes."""
    folder = tmp_path_factory.mktemp("built") / "64"
    Territory.build(
        "64", communes=small_world.communes, sites=small_world.sites, population=small_world.population
    ).save(folder)
    return folder


@pytest.fixture
def kept(built, tmp_path):
    """The same in the cache of the app; its folder."""
    folder = tmp_path / "cache" / "territories" / "64"
    shutil.copytree(built, folder)
    return folder


def warnings(app) -> str:
    return " ".join(element.value for element in app.warning).replace("\\", "")


def communes_shown(app) -> int:
    return len(app.dataframe[0].value)


def choose(app, code):
    app.selectbox(key="widget_territory").set_value(code).run()
    assert not app.exception
    return app


def about_france(app) -> bool:
    return app.title[0].value == "Qui est trop loin ? France"


def test_the_app_opens_on_all_of_france(open_app):
    app = open_app()
    assert "territoire" not in app.query_params
    app.button_group(key="widget_screen").set_value("diagnostic").run()
    assert not app.exception
    assert about_france(app)
    assert app.selectbox(key="widget_territory").value is None
    # One row a département; Mayotte is the 101st.
    assert communes_shown(app) == 101
    told = "\n".join(each.proto.body for each in app.get("html"))
    # The figures above the table are those of its rows, added up.
    table = app.dataframe[0].value
    people = table["Habitants"]
    share = (table["Part dans le seuil"] * people).sum() / people.sum()
    figures = re.findall(r"<dd>(.*?) <small>", told)
    assert figures[::2] == [format_share(share), format_integer(table["Communes sous-desservies"].sum())]
    # What counts, and where a city is one point, is said as of a part of France.
    assert "bus non comptés" in told
    assert "Paris (75056), Marseille (13055)" in told


@pytest.mark.parametrize("commune", ["64504", "2A004", "97411", "75056", "29083"])
def test_where_is_my_site_is_answered_for_any_commune_whatever_the_territory(open_app, commune):
    for territory in ({}, {"territoire": "64"}):
        app = open_app(lieu=commune, quand="2026-11-24T10:00", **territory)
        assert app.query_params["lieu"] == commune
        assert warnings(app) == ""
        assert app.title


@pytest.mark.parametrize("screen", ["planifier", "rapport"])
def test_a_plan_or_a_report_asks_for_a_territory(open_app, screen):
    app = open_app(ecran=screen, labels="0")
    assert app.title[0].value == ASKED
    assert not app.get("download_button")
    choose(app, "2A")
    assert app.query_params["territoire"] == "2A"
    assert app.title[0].value != ASKED
    assert app.selectbox(key="widget_territory").value == "2A"


def test_departements_come_first_then_intercommunalities(open_app):
    options = open_app(ecran="planifier").selectbox(key="widget_territory").options
    assert options[:2] == [START, "Ain (01)"]
    assert options[101] == "Mayotte (976)"
    assert options[102:] == sorted(options[102:], key=fold)
    assert "Communauté d'agglomération du Pays Basque" in options


@pytest.mark.parametrize(
    ("code", "name"),
    [("64", "Pyrénées-Atlantiques"), ("2A", "Corse-du-Sud"), ("974", "La Réunion"), (PAYS_BASQUE, "Pays Basque")],
)
def test_a_link_opens_its_territory_and_keeps_it(open_app, code, name):
    app = open_app(ecran="diagnostic", territoire=code, seuil="30")
    assert warnings(app) == ""
    assert name in app.title[0].value.replace("\\", "")
    assert communes_shown(app) == len(Territory.load(code).communes)
    for screen in ("rapport", "trouver", "methode", "diagnostic") if code == PAYS_BASQUE else ():
        app.button_group(key="widget_screen").set_value(screen).run()
        assert not app.exception
        assert app.query_params["territoire"] == code
    assert name in app.title[0].value.replace("\\", "")
    choose(app, None)
    assert about_france(app)
    assert "territoire" not in app.query_params


def test_what_is_prepared_here_is_told_in_words(open_app):
    app = open_app(ecran="methode")
    assert "maillage fetch 64" in " ".join(element.value for element in app.markdown).replace("\\", "")
    assert "MAILLAGE_ALLOW_FETCH=1" in " ".join(element.value for element in app.markdown).replace("\\", "")
    assert not [button for button in app.button if button.label == "Télécharger"]


@pytest.mark.usefixtures("kept")
def test_a_prepared_territory_comes_before_the_view_of_its_code(open_app):
    app = open_app(ecran="diagnostic", territoire="64", commune="64002")
    assert (communes_shown(app), warnings(app)) == (5, "")
    assert app.query_params["territoire"] == "64"
    field = app.selectbox(key="widget_territory")
    assert field.value == "64"
    assert field.options[0] == START
    assert [name for name in field.options if name.startswith("Pyrénées-Atlantiques (64), téléchargé le ")]
    assert len(field.options) == len(set(field.options))


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    "code",
    [
        *("../..", "64/../..", "..%2f64", "/etc", "64/", "C:64", "64\n", "64-64001/..", "france", "*", "64 OR 1=1"),
        *("<script>alert(1)</script>", "\u202e46", "6" * 5000, "２A", "Pays Basque"),
    ],
)
def test_a_hostile_code_is_no_path(open_app, code):
    app = open_app(ecran="rapport", territoire=code)
    assert "territoire" in warnings(app)
    assert app.title[0].value == ASKED
    assert "territoire" not in app.query_params


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("code", ["99", "64-64001", "975", "123456789"])
def test_a_territory_that_is_not_there_is_said(open_app, code):
    app = open_app(ecran="rapport", territoire=code, commune="64483")
    assert f"« {code} » n'existe pas, ou n'est pas préparé sur cette machine" in warnings(app)
    assert "affiché à sa place : « France »" in warnings(app)
    assert app.title[0].value == ASKED
    assert app.query_params["commune"] == "64483", "a place that the shown territory has too stays"


def damaged(folder):
    (folder / "communes.parquet").write_bytes(b"PAR1 nothing")


def older(folder):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"format": 1}), encoding="utf-8")


def emptied(folder):
    shutil.rmtree(folder)
    folder.mkdir()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (damaged, "illisible"),
        (older, "au format 1"),
        (emptied, "n'est pas un territoire enregistré"),
    ],
)
def test_a_damaged_territory_is_one_sentence_and_france_is_shown(open_app, kept, damage, says):
    damage(kept)
    app = open_app(ecran="diagnostic", territoire="64")
    assert says in warnings(app)
    assert "maillage fetch 64" in warnings(app)
    assert about_france(app)
    assert not app.error


def test_a_territory_written_again_is_loaded_again(open_app, kept, small_world):
    app = open_app(ecran="diagnostic", territoire="64")
    assert communes_shown(app) == 5
    sites = small_world.sites
    Territory.build("64", communes=small_world.communes, sites=sites, tax_offices=small_world.tax_offices).save(kept)
    app.selectbox(key="widget_facilities").set_value("sites").run()
    assert not app.exception
    assert app.selectbox(key="widget_facilities").options[1:], "it now has the tax offices too"


@pytest.mark.usefixtures("kept")
def test_nothing_of_the_former_territory_is_left(open_app):
    asked = {"lieu": "64504", "commune": "64483", "sauf": "64422", "lieux": "tax_offices", "labels": "0"}
    app = open_app(ecran="planifier", vue="ouvrir", territoire=PAYS_BASQUE, **asked)
    uploader = next(field for field in app.file_uploader if "liste de lieux" in field.label)
    uploader.set_value(("x.csv", CSV.encode(), "text/csv")).run()
    name = Territory.load(PAYS_BASQUE).name
    app.session_state["scenario_versions"] = (Scenario(name, "Mien").then(CloseSite("2811")),)
    choose(app, "64")
    assert "Votre scénario vous attend" in warnings(app)
    assert "Sont oubliés : votre liste de lieux candidats" in warnings(app)
    assert "« Services des impôts » n'est pas dans ce territoire" in warnings(app)
    assert not {"lieu", "commune", "sauf", "lieux"} & set(app.query_params)
    assert app.session_state["scenario_versions"] == ()
    assert not [button for button in app.button if button.label == "Retirer ce fichier"]
    choose(app, PAYS_BASQUE)
    assert warnings(app) == ""
    assert app.session_state["scenario_versions"][-1].name == "Mien"
    assert app.query_params["territoire"] == PAYS_BASQUE


@pytest.mark.usefixtures("kept")
def test_choosing_another_territory_leaves_that_of_ones_own_files(open_app, embedded):
    app = open_app(ecran="diagnostic")
    own = replace(embedded, name="Le mien", manifest=replace(embedded.manifest, own_files={}))
    app.session_state["own_territory"], app.session_state["own_territory_base"] = own, embedded
    app.run()
    assert "Le mien" in app.title[0].value
    choose(app, "64")
    assert "own_territory" not in app.session_state
    assert communes_shown(app) == 5


def test_a_territory_that_disappears_gives_way_to_the_view_of_its_code(open_app, kept, embedded):
    app = open_app(ecran="diagnostic", territoire="64", commune="64002")
    assert communes_shown(app) == 5
    shutil.rmtree(kept)
    app.slider(key="widget_threshold_min").set_value(30).run()
    assert not app.exception
    assert communes_shown(app) == len(embedded.communes)


@pytest.fixture
def allowed(open_app, official, monkeypatch):
    """Allow downloads, from the server on loopback; return how the screen is opened."""

    def run():
        for base, url in official[1].items():
            monkeypatch.setenv(f"MAILLAGE_URL_{base.upper()}", url)
        monkeypatch.setenv("MAILLAGE_ALLOW_FETCH", "1")
        return open_app(ecran="methode")

    # `open_app` turns the setting off when it is made, before it runs.
    return run


def start(app, code="64"):
    app.selectbox(key="fetch_departement").set_value(code).run()
    press(app, "Télécharger")


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def ended(app):
    """Wait for the end of the visitor's download, which the next look at the screen tells."""
    assert app.session_state["fetch_run"].background.wait(300)
    app.run()
    assert not app.exception


def test_the_button_prepares_a_departement_and_shows_it(allowed, official, web):
    web.serve(official[0]["cells"], None)
    app = allowed()
    assert "à leurs producteurs" in " ".join(element.value for element in app.markdown)
    start(app)
    ended(app)
    assert app.success
    assert app.query_params["territoire"] == "64"
    assert app.selectbox(key="widget_territory").value == "64"
    assert "placés à sa mairie" in warnings(app)
    notes = "\n".join(element.proto.body for element in app.get("html"))
    assert "Liste des structures France services (ANCT)\xa0: sites-20261005-" in notes
    app.button_group(key="widget_screen").set_value("diagnostic").run()
    assert communes_shown(app) == 5


def test_one_download_at_a_time_its_stop_and_its_end(allowed, official, web, moods, tmp_path, embedded):
    go_on = threading.Event()
    web.next(official[0]["sites"], moods.stall(100, go_on))
    first = allowed()
    start(first)
    assert any("Téléchargement de « Pyrénées" in element.value.replace("\\", "") for element in first.markdown)
    second = allowed()
    assert "lancé par un autre visiteur" in second.info[0].value.replace("\\", "")
    assert not [button for button in second.button if button.label in {"Arrêter", "Télécharger"}]
    press(first, "Arrêter")
    assert any("Arrêt demandé" in element.proto.body for element in first.get("html"))
    go_on.set()
    ended(first)
    assert any("arrêté" in element.value for element in first.info)
    assert (tmp_path / "cache" / "downloads" / "sites.part").stat().st_size > 0
    assert not (tmp_path / "cache" / "territories").exists()
    go_on.clear()
    web.next(official[0]["sites"], moods.stall(100, go_on))
    second.run()
    start(second)
    own = replace(embedded, name="Le mien", manifest=replace(embedded.manifest, own_files={}))
    second.session_state["own_territory"], second.session_state["own_territory_base"] = own, embedded
    go_on.set()
    ended(second)
    assert any("est prêt" in element.value for element in second.success)
    assert "bytes=" in web.asked(official[0]["sites"])[-1]["Range"], "the next download goes on"
    assert "own_territory" in second.session_state, "of one's own files: it stays"
    assert "territoire" not in second.query_params


def test_what_is_needed_and_missing_is_one_sentence(allowed, official, web):
    web.serve(official[0]["sites"], None)
    app = allowed()
    start(app)
    ended(app)
    assert "ne peut pas être construit" in app.error[0].value.replace("\\", "")
    assert "territoire" not in app.query_params
    assert [button for button in app.button if button.label == "Télécharger"]


def test_a_first_run_that_was_broken_off_is_not_the_last(open_app):
    app = open_app(ecran="diagnostic")
    del app.session_state["address"]  # the run ended between the choices and the address
    app.run()
    assert not app.exception


def test_all_of_france_has_one_slider_of_the_threshold(open_app, monkeypatch):
    from geo.ui.screens import diagnostic_france  # noqa: PLC0415

    def sliders():
        return [one.key for one in open_app(ecran="diagnostic", folder=None).slider]

    monkeypatch.setattr(diagnostic_france, "has_slider", lambda *_: True)  # that of the map
    assert sliders() == []
    monkeypatch.setattr(diagnostic_france, "has_slider", lambda *_: False)
    assert sliders() == ["widget_threshold_min"]
