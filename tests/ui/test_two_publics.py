"""*Planifier* with and without a car: the plan beside those that none beats, where the territory has timetables."""

import datetime as dt
import json

import pytest

from geo.answers.other_public import PUBLICS
from geo.answers.two_publics import two_publics, two_publics_answer
from geo.cli import main
from geo.finder.residents_trips import residents_round_trips
from geo.finder.without_car import RoundTrips
from geo.french import format_share
from geo.report import plan_files
from geo.siting.plan import plan

TITLE = PUBLICS["transit"].title


def plain(text: str) -> str:
    return " ".join(text.replace("\\", "").split())


@pytest.fixture(scope="module")
def planned(valley):
    """Return the plan of one label for the valley, made once."""
    return plan(valley, 1)


def test_the_plan_is_beside_those_that_none_beats(open_part, valley, planned, valley_folder):
    app = open_part("planifier", valley_folder, labels="1", mode="transit", jour="2025-02-04")
    found = two_publics(valley, planned, dt.date(2025, 2, 4))
    assert plain(two_publics_answer(found).sentence) in [plain(each.value) for each in app.markdown]
    table = next(each.value for each in app.dataframe if "Sans voiture, aller-retour" in each.value)
    assert table["Plan"].tolist() == found.table["plan"].tolist()
    assert table["Sans voiture, aller-retour"].tolist() == found.table["residents_round_trip"].tolist()
    assert "Lieux" not in table, "a cell would cut them: they are under the table"
    listed = "\n".join(plain(each.value) for each in app.markdown)
    rows = found.table[found.table["places"] != ""].to_dict("records")
    assert rows
    for row in rows:
        shares = (
            f"({format_share(row['share_within'])} en voiture, {format_share(row['share_round_trip'])} sans voiture)"
        )
        assert plain(f"**{row['plan']}** {shares} : {row['places']}") in listed
    assert TITLE in [each.value for each in app.header]


def test_who_walks_is_asked_for_where_there_are_no_timetables(open_part, embedded):
    app = open_part("planifier", labels="1", seuil="30")
    asked = next(each for each in app.radio if each.label == "Comparer les plans aussi pour qui vient")
    assert (asked.value, len(asked.options)) == ("car", 3)
    assert not [each for each in app.selectbox if each.label == "Jour"]
    asked.set_value("walk").run()
    assert not app.exception
    assert app.query_params["mode"] == "walk"
    found = two_publics(embedded, plan(embedded, 1, threshold_min=30), mode="walk")
    assert plain(two_publics_answer(found).sentence) in [plain(each.value) for each in app.markdown]
    assert found.words.title in [each.value for each in app.header]
    table = next(each.value for each in app.dataframe if "À pied, dans le seuil" in each.value)
    assert table["À pied, dans le seuil"].tolist() == found.table["residents_within_walk"].tolist()


def test_the_day_is_asked_and_is_that_of_the_address(open_part, valley, planned, valley_folder):
    app = open_part("planifier", valley_folder, labels="1", jour="2025-02-04")
    asked = next(each for each in app.selectbox if each.label == "Jour")
    assert asked.value == dt.date(2025, 2, 4)
    other = next(date for date in asked.options if "mardi 25" in plain(date) or "mardi 7" in plain(date))
    asked.select(other).run()
    assert not app.exception
    day = dt.date.fromisoformat(app.query_params["jour"])
    assert day in {dt.date(2025, 2, 25), dt.date(2025, 1, 7)}
    found = two_publics(valley, planned, day)
    assert plain(two_publics_answer(found).sentence) in [plain(each.value) for each in app.markdown]


def test_timetables_that_do_not_reach_the_day_are_told_on_every_channel(
    open_part, partly, partly_folder, capsys, tmp_path, monkeypatch
):
    """So is the part whose ways are known, of whom the shares are: by the plan, once."""
    app = open_part("planifier", partly_folder, labels="1", jour="2025-02-11")
    html = plain("\n".join(element.proto.body for element in app.get("html")))
    note = "Horaires qui ne couvrent pas ce jour, donc non comptés : ended.zip."
    assert html.count(note) == 1
    options = ["--new", "1", "--mode-beside", "transit", "--day", "2025-02-11", "--out", str(tmp_path / "plan")]
    capsys.readouterr()
    monkeypatch.setattr(plan_files, "dossiers_pdf", lambda *_: b"")  # they say nothing of the other public
    with pytest.raises(SystemExit, match="0"):
        main(["plan", str(partly_folder), *options])
    told = plain(capsys.readouterr().out)
    assert told.count(note) == 1
    assert told.count("habitants dont le trajet est connu, sur") == 1
    assert note in plain((tmp_path / "plan" / "arguments.html").read_text("utf-8"))
    content = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))["with_and_without_car"]
    assert content["day"]["feeds_without"] == ["ended.zip"]
    known = residents_round_trips(RoundTrips.of(partly), dt.date(2025, 2, 11))
    known = known[known["way_known"]]
    today = content["plans"][0]
    served = known["population"][known["time_out_min"].notna()].sum()
    assert today["residents_round_trip"] == pytest.approx(served)
    assert today["share_round_trip"] == pytest.approx(served / known["population"].sum())


def test_the_report_asks_the_same_day(open_part, valley_folder):
    app = open_part("rapport", valley_folder, jour="2025-02-08")
    assert next(each for each in app.selectbox if each.label == "Jour").value == dt.date(2025, 2, 8)
    assert not [each for each in open_part("rapport").selectbox if each.label == "Jour"]
    refused = open_part("planifier", labels="1", jour="2025-02-08")
    assert "ce territoire n'a pas d'horaires de transports" in plain(refused.warning[0].value)


def test_a_saturday_is_told_and_nothing_is_compared_without_timetables(open_part, valley_folder):
    app = open_part("planifier", valley_folder, labels="1", mode="transit", jour="2025-02-08")
    assert "n'est pas un jour ouvré" in plain(app.error[0].value)
    assert TITLE not in [each.value for each in open_part("planifier", labels="1").header]
