"""What rounds add, on the four communes in a row: A (1000), B (500), C (300), D (200), ten minutes from one to the next."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.access.bus_rounds import added_up, rounds_summary
from geo.access.diagnosis import diagnose
from geo.access.known_part import known_part
from geo.access.opening import open_shares
from geo.answers.coverage import coverage_answer
from geo.answers.hours import hours_answer
from geo.answers.origin import counting_sentence
from geo.answers.scenario import scenario_answer
from geo.errors import ParameterError
from geo.question import Question
from geo.siting.comparison import compare
from geo.siting.scenario import AddStop, CloseSite, OpenSite, Place, Scenario, apply
from geo.siting.scenario_json import scenario_from_json, scenario_to_json
from geo.sources.opening_hours import WEEKDAYS
from geo.sources.round_hours import Pass
from geo.sources.rounds import rounds_frame

SECOND_TUESDAY = Pass(1, 540, 720, "2")
EACH_MONDAY = Pass(0, 540, 600)


def with_rounds(territory, **passes):
    """Return the territory with stops in these communes; only the main site counts then, it is in A."""
    communes = territory.communes.loc[list(passes)]
    found = pd.DataFrame(
        {
            "facility_id": pd.array(["2"] * len(passes), dtype="string"),
            "lieu": pd.array([pd.NA] * len(passes), dtype="string"),
            "commune_code": pd.array(list(passes), dtype="string"),
            "commune_name": communes["name"].to_numpy(),
            "lon": communes["lon"].to_numpy(),
            "lat": communes["lat"].to_numpy(),
            "passes": list(passes.values()),
        }
    )
    return replace(territory, rounds=rounds_frame(found))


@pytest.fixture(scope="module")
def territory(small_world):
    return small_world.territory()


@pytest.fixture(scope="module")
def toured(territory):
    return with_rounds(territory, **{"64003": [SECOND_TUESDAY], "64004": [SECOND_TUESDAY, EACH_MONDAY]})


ONLY_A = Question(5, kinds=frozenset({"main"}))


def test_a_stop_is_no_site_and_stands_apart(territory, toured):
    before, found = diagnose(territory, question=ONLY_A), diagnose(toured, question=ONLY_A)
    assert before.summary.rounds is None
    assert "rounds" not in before.summary.to_dict()
    none = rounds_summary(territory, before.times, before.summary.part, 5)
    assert (none.buses, none.stops, none.hours_a_month, none.hours_added) == (0, 0, 0, None)
    assert (none.residents_within, none.residents_added) == (1000, 0)
    assert found.summary.residents_within == before.summary.residents_within == 1000
    assert found.coverage.equals(before.coverage)
    rounds = found.summary.rounds
    assert (rounds.buses, rounds.stops) == (1, 2)
    assert (rounds.residents_within, rounds.residents_added) == (1500, 500)
    assert rounds.share_covered == 1500 / 2000
    # Three hours a month in C; in D these and one hour of each Monday, 52 a year.
    in_d = 3 + 52 / 12
    assert rounds.hours_a_month == pytest.approx(3 + in_d)
    assert rounds.hours_added == pytest.approx((300 * 3 + 200 * in_d) / 500)
    answer = coverage_answer(found.summary, found.coverage)
    assert answer.details[0].startswith(
        "Avec les passages du bus : 75\u00a0% des habitants ont un site ou un arrêt à 5\u00a0min ou moins, dont 500"
    )
    assert found.summary.to_dict()["rounds"]["residents_added"] == 500


def test_what_is_said_to_count_names_the_rounds(territory, toured):
    kinds = ["main", "bus"]
    assert "bus non comptés (leur tournée n'est pas connue)" in counting_sentence(
        "sites", kinds, ["bus"], territory.parts
    )
    said = counting_sentence("sites", kinds, ["bus"], toured.parts)
    assert "bus non comptés comme sites, leurs passages connus comptés à part (1 bus, 2 arrêts, 10,3" in said


def test_stops_where_everybody_has_a_site_add_nobody(toured):
    rounds = diagnose(toured, question=Question(60, kinds=frozenset({"main"}))).summary.rounds
    assert (rounds.residents_added, rounds.hours_added) == (0, None)
    assert rounds.residents_within == 2000


def test_parts_of_a_country_add_up(territory, toured):
    part = known_part(territory)
    each = [rounds_summary(one, one.travel_times(kinds={"main"}), part, 5) for one in (territory, toured)]
    both = added_up(each, part)
    assert (both.stops, both.residents_added, both.residents_within) == (2, 500, 2500)
    assert both.hours_added == pytest.approx(each[1].hours_added)


def test_half_hours_are_an_average_over_the_weeks_of_a_year(territory):
    sites = territory.sites.assign(
        opening_hours=pd.array(["Tu 10:00-11:00", "", ""], dtype="string")[
            territory.sites["facility_id"].map({"1": 0, "2": 1, "3": 2}).to_numpy()
        ]
    )
    open_tuesday = territory.with_sites(sites, why={"hours": "Tuesday"})
    toured = with_rounds(
        open_tuesday, **{"64001": [SECOND_TUESDAY], "64003": [SECOND_TUESDAY, Pass(1, 600, 660, "odd")]}
    )
    found = open_shares(toured, 5, kinds={"main"})
    assert open_shares(open_tuesday, 5, kinds={"main"}).shares_with_rounds is None
    assert found.shares.equals(open_shares(open_tuesday, 5, kinds={"main"}).shares)
    days = pd.date_range("2026-01-06", periods=52, freq="7D")
    second = (days.day > 7) & (days.day <= 14)
    odd = days.isocalendar().week.to_numpy() % 2 == 1
    with_bus = found.shares_with_rounds.loc["mardi"]
    assert with_bus["09:00"] == pytest.approx(second.mean() * 1300 / 2000)  # A and C
    assert with_bus["10:00"] == pytest.approx((1000 + 300 * (second | odd).mean()) / 2000)  # A has its site then
    assert with_bus["12:00"] == 0
    others = found.shares_with_rounds.drop(index="mardi").to_numpy()
    assert (others == 0).all()
    assert list(found.shares_with_rounds.index) == list(WEEKDAYS)
    assert found.hours_with_rounds > found.hours_within_reach
    assert "Avec les passages du bus" in hours_answer(found).details[0]
    assert found.to_dict()["hours_with_rounds"] == found.hours_with_rounds


def test_nobody_known_has_no_share(territory):
    unknown = replace(territory, communes=territory.communes.assign(population=pd.array([pd.NA] * 5, dtype="Int64")))
    toured = with_rounds(unknown, **{"64003": [SECOND_TUESDAY]})
    found = open_shares(toured, 5)
    assert np.isnan(found.shares_with_rounds.to_numpy()).all()
    assert found.to_dict()["hours_with_rounds"] is None
    found = diagnose(toured, question=Question(5))
    assert found.summary.rounds.share_covered is None
    assert (
        coverage_answer(found.summary, found.coverage).details[0].startswith("Passages du bus connus : 1 bus, 1 arrêt")
    )


def test_a_scenario_adds_a_stop_with_its_cost(territory, toured):
    name = territory.name
    scenario = Scenario(name).then(AddStop("arret", "Arrêt de D", Place("64004"), "Tu[2] 09:00-12:00"))
    assert scenario_from_json(scenario_to_json(scenario)) == scenario
    after = apply(territory, scenario)
    assert after.sites.equals(territory.sites)
    assert after.rounds[["name", "weekday", "weeks"]].to_numpy().tolist() == [["Arrêt de D", 1, "2"]]
    found = compare(territory, scenario, [5], kinds={"main"})
    assert (found.rounds_before.residents_added, found.rounds_after.residents_added) == (0, 200)
    assert found.changes[0].residents_gained == 0
    more = compare(toured, scenario, [5], kinds={"main"})
    assert (more.rounds_before.stops, more.rounds_after.stops) == (2, 3)
    assert more.rounds_after.residents_added == 500
    opened = compare(toured, Scenario(name).then(OpenSite("n", "N", Place("64004"))), [5], kinds={"main"})
    assert (opened.rounds_before.residents_added, opened.rounds_after.residents_added) == (500, 300)
    assert opened.rounds_after.residents_within == 1500
    # With the bus go its stops, though it is no site that counts.
    closed = compare(toured, Scenario(name).then(CloseSite("2")), [5], kinds={"main"})
    assert (closed.rounds_before.stops, closed.rounds_after.stops, closed.rounds_after.residents_added) == (2, 0, 0)
    assert closed.sites_not_counted == (toured.sites.set_index("facility_id").loc["2", "name"],)
    # 3 h a month in C and in D, and there an hour each Monday: 52 in twelve months.
    ending = "2 arrêts de bus de moins, 10,3 h par mois de moins : 500 habitants de moins à 5 min ou moins d'un site"
    assert ending in scenario_answer(closed).sentence.replace("\u00a0", " ")
    assert compare(toured, closed.scenario, [5], kinds={"main", "bus"}).sites_not_counted == ()


def test_faults_of_a_stop_are_those_of_a_place(territory):
    scenario = Scenario(territory.name).then(
        AddStop("a", "A", Place("99999"), "Mo 09:00-12:00"),
        AddStop("b", "B", Place(lon=2.0, lat=48.0), "Mo 09:00-12:00"),
    )
    with pytest.raises(ParameterError, match=r"action 1 : la commune « 99999 » .*action 2 : la position"):
        apply(territory, scenario)
    with pytest.raises(ParameterError, match="refusés"):
        AddStop("a", "A", Place("64004"), "24/7")
