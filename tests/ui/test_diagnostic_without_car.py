"""*Diagnostic* without a car: one bus of a valley, driven as a visitor would, checked against the terminal and the timetable."""

import datetime as dt
import json

import pytest

from geo.answers.answer import known_note
from geo.cli import main
from geo.errors import ParameterError
from geo.finder.day_without_car import day_without_car

TRANSIT = {"mode": "transit", "jour": "2025-02-04"}


def given(app, name: str):
    found = [e.proto.json for e in app.get("bidi_component") if e.proto.component_name == f"maillage_{name}"]
    return [json.loads(each) for each in found]


def plain(text: str) -> str:
    return " ".join(text.replace("\\", "").split())


def test_public_transport_is_asked_only_where_there_are_timetables(open_diagnostic, valley_folder):
    assert open_diagnostic().radio(key="widget_mode").options == ["En voiture", "À pied", "À vélo"]
    app = open_diagnostic(valley_folder)
    mode = app.radio(key="widget_mode")
    assert mode.options == ["En voiture", "À pied", "À vélo", "Sans voiture : aller-retour en transports en commun"]
    assert mode.value == "car"
    mode.set_value("transit").run()
    assert not app.exception
    assert app.query_params["mode"] == "transit"
    assert app.title[0].value.startswith("Qui peut y aller sans voiture ?")
    assert "jour" not in app.query_params, "a usual day was chosen from the timetables"
    app.date_input(key="widget_day").set_value(dt.date(2025, 2, 8)).run()
    assert app.query_params["jour"] == "2025-02-08"
    app.radio(key="widget_mode").set_value("car").run()
    assert set(app.query_params) == {"ecran", "jour"}, "the day is that of the other screens too"


def test_the_screen_says_what_the_terminal_says(open_diagnostic, valley_folder, capsys):
    app = open_diagnostic(valley_folder, **TRANSIT)
    capsys.readouterr()
    with pytest.raises(SystemExit, match="0"):
        main(["diagnose", str(valley_folder), "--mode", "transit", "--day", "2025-02-04"])
    lines = [plain(line) for line in capsys.readouterr().out.splitlines()]
    (told,) = given(app, "answer_sentence")
    assert lines[:2] == ["Pyrénées-Atlantiques :", plain(told["sentence"])]
    shown = [plain(element.value) for element in app.markdown]
    assert set(lines[2:4]) <= set(shown)
    html = plain("\n".join(element.proto.body for element in app.get("html")).replace("&#x27;", "'"))
    notes = [line.removeprefix("- ") for line in lines[4:]]
    assert len(notes) >= 4
    assert all(note in html for note in notes)


def test_the_map_and_the_table_tell_each_commune(open_diagnostic, valley_folder, embedded):
    app = open_diagnostic(valley_folder, **TRANSIT, commune="64542")
    assert embedded.communes.at["64542", "name"] == "Urdos"
    table = app.dataframe[0].value
    urdos = table[table["Code"] == "64542"].iloc[0]
    assert (urdos["Aller-retour"], urdos["Dernier retour"]) == ("oui", "17:45")
    assert urdos["Hors de chez soi (min)"] == 10 * 60 + 15
    possible = table["Aller-retour"] != "non"
    assert possible.is_monotonic_decreasing
    values = given(app, "map_values")[0]["values"]
    number = embedded.communes.index.get_loc("64542")
    assert values["classes"][number] == 0
    assert values["classes"].count(2) == (~possible).sum()
    assert values["fills"][2].startswith("url("), "never colour alone"
    assert "dernier retour 17\u00a0h\u00a045" in values["lines"][number][-1].lower().replace("\u202f", "\u00a0")
    beside = plain(given(app, "beside")[0]["sentence"])
    assert beside.startswith("Urdos (")
    assert "aller-retour possible, 10 h 15 hors de chez soi" in beside
    (without,) = (each for each in app.expander if each.label.startswith("Communes sans"))
    assert without.label == f"Communes sans aller-retour possible ({(~possible).sum()})"
    assert "Anglet" in plain(without.markdown[0].value)


def test_beyond_the_streets_is_told_with_the_share_and_what_does_not_count(open_diagnostic, partly, partly_folder):
    app = open_diagnostic(partly_folder, mode="transit", jour="2025-02-11", commune="64542")
    found = day_without_car(partly, dt.date(2025, 2, 11))
    assert plain(app.title[0].value).endswith(f"Pyrénées-Atlantiques, {found.part.communes_known} communes")
    shown = [plain(element.value) for element in app.markdown]
    assert shown.count(plain(known_note(found.part))) == 1
    assert plain(given(app, "beside")[0]["sentence"]).endswith("hors du réseau routier, trajet inconnu.")
    html = plain("\n".join(element.proto.body for element in app.get("html")))
    assert "Horaires qui ne couvrent pas ce jour, donc non comptés : ended.zip." in html


def test_a_day_that_no_timetable_knows_is_one_sentence(open_diagnostic, valley_folder):
    app = open_diagnostic(valley_folder, mode="transit", jour="2025-07-01")
    assert "ne disent rien du 1er juillet 2025" in plain(app.error[0].value)


def test_a_link_to_a_territory_without_timetables_says_so(open_diagnostic):
    app = open_diagnostic(**TRANSIT)
    assert "ce territoire n'a pas d'horaires de transports" in plain(app.warning[0].value)
    assert "mode" not in app.query_params


def test_it_stops_when_asked_and_says_how_far_it_is(valley):
    told = []
    with pytest.raises(ParameterError, match="Calcul arrêté"):
        day_without_car(
            valley,
            dt.date(2025, 2, 4),
            tell=lambda share, sentence: told.append((share, sentence)),
            stopped=lambda: len(told) > 3,
        )
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert plain(told[-1][1]).startswith("Aller-retours sans voiture : site 3 sur ")
