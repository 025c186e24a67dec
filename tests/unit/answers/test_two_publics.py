"""A plan beside those that none beats with and without a car: all choices of a small list of places, each tried by itself."""

import dataclasses
import datetime as dt
import html
import json
from dataclasses import replace
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo import Territory
from geo.access.active_access import active_access
from geo.answers.two_publics import publics_table, two_publics, two_publics_answer, two_publics_rows
from geo.answers.two_publics_json import (
    WITH_AND_WITHOUT,
    plan_document,
    two_publics_content,
    two_publics_from_json,
)
from geo.cli import main
from geo.errors import ParameterError, SchemaError
from geo.finder.residents_trips import residents_round_trips
from geo.finder.without_car import RoundTrips
from geo.network.modes import MODES
from geo.question import Question
from geo.siting.candidates import EVERY_COMMUNE
from geo.siting.plan import plan
from geo.transit.gtfs import read_gtfs
from geo.transit.round_trip import Rules
from tests.unit.transit.small_feed import write_feed

TUESDAY = dt.date(2025, 2, 4)
#: Small communes of two valleys, each with a bus down at 8:30 and one up at 17:30.
NAMES = ("Bedous", "Urdos", "Sare", "Ainhoa", "Accous")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Return the Pyrénées-Atlantiques with sites far from a valley of two buses, and the places that may be chosen."""
    territory = Territory.load("64")
    places = territory.communes[territory.communes["name"].isin(NAMES)]
    assert len(places) == len(NAMES)
    at = places.set_index("name")
    stops = "".join(f"{name},{name},{at['lat'][name]},{at['lon'][name]}\n" for name in NAMES)
    lines = {"a": ("Urdos", "Accous", "Bedous"), "b": ("Ainhoa", "Sare")}
    trips, times = "route_id,service_id,trip_id\n", "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    for line, called in lines.items():
        for trip, hour, order in ((f"{line}1", 8, called), (f"{line}2", 17, called[::-1])):
            trips += f"{line},week,{trip}\n"
            for number, stop in enumerate(order):
                times += f"{trip},{hour:02}:{30 + 10 * number}:00,{hour:02}:{30 + 10 * number}:00,{stop},{number}\n"
    feed = write_feed(
        tmp_path_factory.mktemp("feed") / "valleys.zip",
        stops=f"stop_id,stop_name,stop_lat,stop_lon\n{stops}",
        routes="route_id,route_short_name,route_type\na,1,3\nb,2,3\n",
        trips=trips,
        stop_times=times,
        calendar_dates=None,
        frequencies=None,
        transfers=None,
    )
    sites = territory.sites
    far = sites[sites["name"].str.contains("Gan|Mourenx")].copy()
    kept = replace(
        territory,
        schedule=read_gtfs(feed),
        facilities={**territory.facilities, "sites": far.reset_index(drop=True)},
    )
    return kept, places


@pytest.fixture(scope="module")
def compared(world):
    territory, places = world
    others = [code for code in territory.communes.index if code not in set(places.index)]
    made = plan(territory, 2, rule=EVERY_COMMUNE, exclude=others, threshold_min=15)
    return others, made, two_publics(territory, made, TUESDAY, exclude=others)


def _opened(territory, rows):
    """Return the territory with sites opened at these candidates, at the hours that new sites are taken to have."""
    model = territory.sites.iloc[[0] * len(rows)].copy()
    model["facility_id"] = [f"new-{code}" for code in rows.index]
    model["opening_hours"], model["comment"] = "Mo-Fr 09:00-12:00,14:00-17:00", None
    model["kind"] = "main"
    model = model.set_geometry(gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), model.index, crs=4326))
    return territory.with_sites(
        pd.concat([territory.sites, model], ignore_index=True), why={"opened": list(rows.index)}
    )


def test_each_plan_is_that_of_all_choices_tried_one_by_one(world, compared):
    """Without a car, each choice of places is opened as sites and its residents are counted as `diagnose` counts them."""
    territory, places = world
    _, made, found = compared

    def by_round_trip(after):
        trips = residents_round_trips(RoundTrips.of(after), TUESDAY)
        return trips["population"][trips["time_out_min"].notna()].sum()

    best = _require_all_choices(found, _every_choice(territory, places, by_round_trip))
    assert len(best) > 1, "what is best by car is not what is best without one"
    assert found.table["residents_within"].iloc[0] == pytest.approx(made.before.residents_within)


@pytest.mark.parametrize("mode", ["walk", "bike"])
def test_who_walks_or_cycles_is_compared_as_diagnose_counts_them(world, compared, mode):
    territory, places = world
    others, made, _ = compared
    found = two_publics(territory, made, mode=mode, exclude=others)

    def near(after):
        return active_access(after, Question(made.threshold_min), mode).summary.residents_within

    best = _require_all_choices(found, _every_choice(territory, places, near))
    assert best[f"residents_within_{mode}"].nunique() == len(best)
    assert (found.day, found.rules) == (None, None)
    answer = two_publics_answer(found)
    assert answer.sentence.startswith(f"En voiture et {MODES[mode]}, avec 2 nouveaux labels : ")
    assert not any(word in note for note in answer.notes for word in ("ouvert de 9", "Jour :", "aller-retour"))
    content = json.loads(json.dumps(plan_document(made, territory.parts, found), allow_nan=False))
    read = two_publics_from_json(content, "plan.json")
    assert (read.mode, two_publics_answer(read)) == (mode, answer)
    pd.testing.assert_frame_equal(publics_table(read), publics_table(found))
    content[WITH_AND_WITHOUT]["mode"] = "transit"
    with pytest.raises(SchemaError, match="residents_round_trip"):
        two_publics_from_json(content, "plan.json")


def _every_choice(territory, places, served):
    """Return the residents within the threshold by car, and those of the other public, of each choice of two at most."""
    every = {}
    for size in (0, 1, 2):
        for codes in combinations(places.index, size):
            after = _opened(territory, places.loc[list(codes)]) if codes else territory
            times = after.travel_times()
            minutes = times["travel_time_min"].to_numpy(np.float64, na_value=np.inf)
            every[frozenset(codes)] = times["population"].to_numpy(np.float64)[minutes <= 15].sum(), served(after)
    return every


def _require_all_choices(found, every):
    """Check the plans against all choices, and that all those that none beats are there; return those of most labels."""
    column = found.words.residents
    for row in found.table.to_dict("records"):
        by_car, other = every[frozenset(row["codes"])]
        assert row["residents_within"] == pytest.approx(by_car)
        assert row[column] == pytest.approx(other)
    best = found.front
    figures = {(len(codes), *map(round, both)) for codes, both in every.items()}
    front = {
        one
        for one in figures
        if one[0] and not any(n <= one[0] and a >= one[1] and b >= one[2] and (n, a, b) != one for n, a, b in figures)
    }
    told = zip(best["labels"], best["residents_within"].round(), best[column].round(), strict=True)
    assert sorted(told) == sorted(front), "all of the front, and each plan once"
    assert found.complete
    best = found.of_most_labels
    assert best["residents_within"].iloc[0] == pytest.approx(max(a for a, _ in every.values()))
    assert best[column].iloc[-1] == pytest.approx(max(b for _, b in every.values()))
    assert found.proven
    return best


def test_it_is_told_in_words_and_as_json(compared):
    _, made, found = compared
    answer = two_publics_answer(found)
    assert answer.sentence.startswith("Avec et sans voiture, avec 2 nouveaux labels : ")
    assert len(answer.details) == len(found.table)
    assert answer.details[0].startswith("Aujourd'hui : ")
    assert any("supposé ouvert de 9" in note for note in answer.notes)
    assert any("pour ces temps estimés" in note for note in answer.notes)
    content = json.loads(json.dumps(two_publics_content(found), allow_nan=False))
    assert content["plans"][0]["cost_eur"] == 0
    assert {len(each["codes"]) for each in content["plans"][1:]} <= {1, 2}
    assert [len(each["codes"]) for each in content["plans"]] == [each["labels"] for each in content["plans"]]
    assert {each["labels"] for each in content["plans"] if each["not_dominated"]} == {1, 2}
    assert any("avec 1 label" in each["plan"].lower() for each in content["plans"])
    assert sum("plan proposé" in each["plan"].lower() for each in content["plans"]) == 1
    assert set(made.labels["code"]) in [set(each["codes"]) for each in content["plans"]]


def test_it_is_read_back_from_the_json_of_its_plan(world, compared):
    """What is written is read: the same sentences, the same table, and no comparison where none was made."""
    _, made, found = compared
    content = json.loads(json.dumps(plan_document(made, world[0].parts, found), allow_nan=False))
    read = two_publics_from_json(content, "plan.json")
    assert two_publics_answer(read) == two_publics_answer(found)
    assert two_publics_rows(read) == two_publics_rows(found)
    pd.testing.assert_frame_equal(publics_table(read), publics_table(found))
    assert WITH_AND_WITHOUT not in plan_document(made, world[0].parts)
    assert two_publics_from_json(plan_document(made, world[0].parts), "plan.json") is None
    # When a plan was made with one limit for both walks, it held for the walk all the way too.
    del content["with_and_without_car"]["rules"]["direct_walk_min"]
    assert two_publics_from_json(content, "plan.json").rules == Rules(direct_walk_min=20)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"plans": []}, "plans"),
        ({"mode": "boat"}, "mode inconnu, attendu : transit, walk, bike"),
        ({"day": None}, "day"),
        ({"plans": "x"}, "d'un autre type que celui attendu"),
        ({"proven": None}, "« proven » vaut null"),
        ({"labels": -1}, "« labels » vaut -1, au moins 0 est attendu"),
        ({"day": {"date": "2025-02-31", "zone": "A", "holiday": "", "trips": 4, "feeds_without": []}}, "pas de sens"),
        ({"day": {"date": "hier", "zone": "A", "holiday": "", "trips": 4, "feeds_without": []}}, "« date »"),
    ],
)
def test_a_comparison_that_is_none_is_refused_in_french(compared, change, said):
    content = {WITH_AND_WITHOUT: two_publics_content(compared[2]) | change}
    with pytest.raises(SchemaError, match="with_and_without_car") as raised:
        two_publics_from_json(content, "Plan (plan.json)")
    assert said in str(raised.value)


def test_what_cannot_be_compared_is_one_sentence(world, compared):
    territory, _ = world
    others, made, _ = compared
    with pytest.raises(ParameterError, match="n'est pas un jour ouvré"):
        two_publics(territory, made, dt.date(2025, 2, 8), exclude=others)
    with pytest.raises(ParameterError, match="du modèle coverage"):
        two_publics(territory, dataclasses.replace(made, model="median"), TUESDAY, exclude=others)
    with pytest.raises(ParameterError, match="n'a pas d'horaires"):
        two_publics(replace(territory, schedule=None), made, TUESDAY, exclude=others)
    with pytest.raises(ParameterError, match="transit, walk ou bike est attendu"):
        two_publics(territory, made, mode="car", exclude=others)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--mode-beside", "bus"], "transit, walk ou bike est attendu"),
        (["--mode-beside", "walk", "--day", "2025-02-04"], "n'a de sens qu'avec --mode-beside transit"),
        (["--mode-beside", "bike", "--threshold", "75"], "à vélo, 60 min au plus"),
        (["--mode-beside", "transit"], "n'a pas d'horaires de transports en commun"),
        (["--mode-beside", "transit", "--model", "median"], "retirez-le, ou retirez --model"),
        (["--mode-beside", "transit", "--new", "0"], "d'un label au moins"),
        (["--mode-beside", "transit", "--day", "demain"], "Date « demain » refusée"),
        (["--mode-beside", "transit", "--capacity"], "ne s'applique pas avec --capacity"),
        (["--day", "2025-02-04"], "n'a de sens qu'avec --mode-beside transit"),
    ],
)
def test_options_that_do_not_go_together_are_refused(words, said, capsys):
    with pytest.raises(SystemExit) as end:
        main(["plan", "64", *words])
    assert end.value.code == 2
    assert said in capsys.readouterr().err


@pytest.fixture(scope="module")
def valleys(world, save_apart):
    """Return the folder of the territory, saved."""
    return save_apart(world[0])


@pytest.mark.usefixtures("loaded_once")
def test_a_day_that_cannot_be_compared_is_refused_before_the_choice(valleys, capsys):
    for day, said in (("2025-02-08", "n'est pas un jour ouvré"), ("2031-02-04", "2031")):
        with pytest.raises(SystemExit) as end:
            main(["plan", str(valleys), "--mode-beside", "transit", "--day", day])
        told = capsys.readouterr().err
        assert (end.value.code, said in told, "lieux candidats" in told) == (2, True, False)


@pytest.mark.usefixtures("loaded_once")
def test_from_the_command_line(valleys, compared, tmp_path, capsys):
    words = ["plan", str(valleys), "--new", "1", "--mode-beside", "transit", "--day", "2025-02-04"]
    words += ["--least-residents", "0", *[word for code in compared[0] for word in ("--exclude", code)]]
    with pytest.raises(SystemExit, match="0"):
        main([*words, "--json"])
    printed = capsys.readouterr().out
    beside = json.loads(printed)[WITH_AND_WITHOUT]
    assert (beside["day"]["date"], beside["labels"], beside["proven"]) == ("2025-02-04", 1, True)
    assert beside["plans"][0]["plan"] == "Aujourd'hui"
    with pytest.raises(SystemExit, match="0"):
        main([*words, "--out", str(tmp_path / "plan")])
    told = capsys.readouterr().out
    assert json.loads((tmp_path / "plan" / "plan.json").read_text()) == json.loads(printed), (
        "one content, printed or written"
    )
    table = pd.read_csv(tmp_path / "plan" / "with_and_without_car.csv", sep=";", decimal=",")
    assert table["Plan"].tolist() == [each["plan"] for each in beside["plans"]]
    assert table["Sans voiture, aller-retour"].tolist() == pytest.approx(
        [each["residents_round_trip"] for each in beside["plans"]]
    )
    page = (tmp_path / "plan" / "arguments.html").read_text()
    read = two_publics_from_json(json.loads(printed), "plan.json")
    assert two_publics_answer(read).sentence in told
    for row in two_publics_rows(read):
        assert all(html.escape(cell) in page for cell in row)
