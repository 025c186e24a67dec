"""*Diagnostic* on foot and by bicycle, driven as a visitor would, checked against the terminal."""

import json

import pytest

from geo.cli import main


def given(app, name: str):
    found = [e.proto.json for e in app.get("bidi_component") if e.proto.component_name == f"maillage_{name}"]
    return [json.loads(each) for each in found]


def plain(text: str) -> str:
    return " ".join(text.replace("\\", "").split())


@pytest.mark.parametrize(("mode", "by"), [("walk", "à pied"), ("bike", "à vélo")])
def test_the_screen_says_what_the_terminal_says(open_diagnostic, capsys, mode, by):
    app = open_diagnostic(mode=mode, seuil="30", commune="64445")
    capsys.readouterr()
    with pytest.raises(SystemExit, match="0"):
        main(["diagnose", "64", "--mode", mode, "--threshold", "30"])
    lines = [plain(line) for line in capsys.readouterr().out.splitlines()]
    assert plain(app.title[0].value) == f"Qui peut y aller {by} ? Pyrénées-Atlantiques"
    (told,) = given(app, "answer_sentence")
    assert lines[:2] == ["Pyrénées-Atlantiques :", plain(told["sentence"])]
    assert f"à 30 min ou moins {by} d'un site France services (temps estimés" in lines[1]
    assert lines[2] in [plain(element.value) for element in app.markdown]
    html = plain("\n".join(element.proto.body for element in app.get("html")).replace("&#x27;", "'"))
    notes = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    assert len(notes) >= 4
    assert all(note in html for note in notes)
    beside = plain(given(app, "beside")[0]["sentence"])
    assert beside.startswith(f"Pau (80 441 habitants) : le centre de la commune est à 30 min ou moins {by}")


def test_the_map_and_the_table_are_of_the_same_communes(open_diagnostic):
    app = open_diagnostic(mode="walk")
    table = app.dataframe[0].value
    share = table["Part dans le seuil"]
    assert share.is_monotonic_decreasing
    values = given(app, "map_values")[0]["values"]
    assert set(table["Habitants comptés au centre"]) == {"oui"}
    assert "Aucun habitant" not in values["legend"]
    assert "Pas le centre de la commune : 514 communes" in plain(values["legend"])
    assert values["classes"].count(0) == (share == 1).sum()
    assert values["classes"].count(2) == (share == 0).sum()
    assert values["fills"][2].startswith("url("), "never colour alone"


def test_the_way_is_asked_and_is_that_of_the_address(open_diagnostic):
    app = open_diagnostic()
    mode = app.radio(key="widget_mode")
    assert mode.options == ["En voiture", "À pied", "À vélo"]
    mode.set_value("bike").run()
    assert not app.exception
    assert app.query_params["mode"] == "bike"
    app.selectbox(key="widget_facilities").set_value("tax_offices").run()
    assert not app.exception
    assert "d'un service des impôts" in plain(given(app, "answer_sentence")[0]["sentence"])


def test_all_of_france_is_by_car(open_app):
    app = open_app(ecran="diagnostic", mode="walk")
    assert "Pour toute la France" in plain(app.warning[0].value)
    assert "mode" not in app.query_params
