"""The screens, driven as a visitor would, checked against the package called directly."""

import json

import pytest

from geo import CoverageRule, coverage, summarize
from geo.answers.coverage import coverage_sentence
from geo.ui.screens import diagnostic


@pytest.fixture(scope="module")
def territory(embedded):
    return embedded


def expected_sentence(territory, threshold, facilities="sites", *, rule=None, **options) -> str:
    times = territory.travel_times(facilities, **options)
    found = coverage(territory, threshold, facilities=facilities, rule=rule, times=times)
    return coverage_sentence(summarize(found, times, threshold, facilities=facilities, rule=rule))


def texts(app) -> str:
    return "\n".join(element.proto.body for element in app.get("html")).replace("\xa0:", " :")


def answer(app) -> str:
    sentences = [e.proto.json for e in app.get("bidi_component") if e.proto.component_name.endswith("_answer_sentence")]
    return json.loads(sentences[0])["sentence"]


def beside(app) -> str:
    components = [e.proto for e in app.get("bidi_component") if e.proto.component_name.endswith("_beside")]
    return json.loads(components[0].json)["sentence"]


def test_the_screen_answers_first(open_diagnostic, territory, monkeypatch):
    begun = []
    monkeypatch.setattr(diagnostic, "plan_ahead", lambda of, _state: begun.append(of.name))
    app = open_diagnostic()
    assert begun == [territory.name]
    assert app.title[0].value == r"Qui est trop loin ? Pyrénées\-Atlantiques"
    assert answer(app) == expected_sentence(territory, 20)
    assert texts(app).count("<dt>") == 3
    assert len(app.dataframe[0].value) == len(territory.communes)
    assert [button.label for button in app.get("download_button")] == ["Tableau (CSV)", "Carte (HTML)"]


def test_estimated_times_are_said_to_be_so_in_the_table(open_diagnostic):
    columns = json.loads(open_diagnostic().dataframe[0].proto.columns)
    assert {columns[title]["label"] for title in ("Sous-desservie", "Part dans le seuil")} == {"Sous-dess.", "Part"}
    column = columns["Temps (min)"]
    assert (column["label"], column["type_config"]["format"]) == ("Estimé (min)", "environ %d")


def test_what_is_approximate_is_on_the_screen(open_diagnostic, territory):
    shown = texts(open_diagnostic())
    assert "Les temps de trajet sont approchés" in shown
    assert ("Les contours des communes sont approchés" in shown) == territory.contours_approximate
    assert "Montagne" in shown, "with the error measured there"
    assert "Sources :" in shown


def test_threshold_changes_answer_and_address(open_diagnostic, territory):
    app = open_diagnostic()
    app.slider(key="widget_threshold_min").set_value(30).run()
    assert answer(app) == expected_sentence(territory, 30)
    assert app.query_params["seuil"] == "30"


def test_tax_offices_and_options(open_diagnostic, territory):
    app = open_diagnostic()
    app.selectbox(key="widget_facilities").set_value("tax_offices").run()
    assert answer(app) == expected_sentence(territory, 20, "tax_offices")
    app.selectbox(key="widget_facilities").set_value("sites").run()
    app.toggle(key="widget_antennes").set_value(False).run()
    app.toggle(key="widget_buses").set_value(True).run()
    assert answer(app) == expected_sentence(territory, 20, kinds={"main", "bus"})
    assert "antennes non comptées, bus comptés" in texts(app)


def test_rule_by_share_of_residents(open_diagnostic, territory):
    app = open_diagnostic()
    app.radio(key="widget_rule").set_value("part").run()
    app.slider(key="widget_min_share_percent").set_value(90).run()
    assert answer(app) == expected_sentence(territory, 20, rule=CoverageRule("share", min_share=0.9))
    assert (app.query_params["regle"], app.query_params["part"]) == ("part", "90")


def test_an_address_opens_the_same_screen(open_diagnostic, territory):
    app = open_diagnostic(lieux="tax_offices", seuil="45", commune="64483")
    assert answer(app) == expected_sentence(territory, 45, "tax_offices")
    assert app.slider(key="widget_threshold_min").value == 45
    assert "Saint-Jean-de-Luz" in beside(app)


def test_bad_values_in_the_address_are_said_and_replaced(open_diagnostic):
    app = open_diagnostic(seuil="abc", lieux="<script>alert(1)</script>", commune="99999")
    (warning,) = (element.value for element in app.warning)
    assert "3 choix" in warning
    assert "seuil en voiture" in warning
    assert r"\<script\>" in warning, "shown, never run"
    assert "99999" in warning
    assert dict(app.query_params) == {"ecran": "diagnostic", "territoire": "64"}


def test_choices_survive_a_visit_to_the_other_screen(open_diagnostic):
    app = open_diagnostic(seuil="35")
    app.button_group(key="widget_screen").set_value("methode").run()
    assert not app.exception
    assert app.title[0].value == "Données et méthode"
    assert app.query_params["ecran"] == "methode"
    app.button_group(key="widget_screen").set_value("diagnostic").run()
    assert app.slider(key="widget_threshold_min").value == 35


def test_method_screen_lists_sources_network_speeds_and_privacy(open_app, territory):
    app = open_app(ecran="methode", territoire="64")
    sources, speeds = (frame.value for frame in app.dataframe[:2])
    assert sources["Lignes lues"].tolist() == [source.rows_read for source in territory.manifest.sources]
    assert {"courant", "fluide", "Source"} <= set(speeds.columns)
    markdown = " ".join(element.value for element in app.markdown)
    assert territory.manifest.network.source.removeprefix("Réseau ") in markdown
    assert "data.geopf.fr" in markdown.replace("\\", "")
    assert "127.0.0.1" in markdown.replace("\\", ""), "the geocoder"
    assert [each.value for each in app.code if "embed=true" in each.value], "the code of the widget"
    assert "Les temps de trajet sont approchés" in texts(app)


def test_a_territory_that_cannot_be_loaded_is_one_sentence(open_diagnostic, tmp_path):
    app = open_diagnostic(str(tmp_path / "no*"))
    assert len(app.error) == 1
    assert "n'est ni un territoire enregistré" in app.error[0].value
    assert "Traceback" not in app.error[0].value


def test_a_saved_territory_is_shown(open_diagnostic, territory, embedded_folder):
    assert answer(open_diagnostic(embedded_folder)) == expected_sentence(territory, 20)


@pytest.mark.parametrize(
    ("screen", "title"), [("accessibilite", "Déclaration d'accessibilité"), ("mentions", "Mentions légales")]
)
def test_the_foot_of_a_screen_leads_to_the_statements(open_diagnostic, screen, title):
    app = open_diagnostic(seuil="35")
    app.button(key=f"foot_{screen}").click().run()
    assert not app.exception
    assert app.title[0].value == title
    assert app.query_params["ecran"] == screen
    assert "non renseigné par l&#x27;exploitant" in texts(app)
    app.button_group(key="widget_screen").set_value("diagnostic").run()
    assert app.slider(key="widget_threshold_min").value == 35
