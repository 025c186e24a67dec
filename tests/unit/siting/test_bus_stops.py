"""Stops of a bus beside a plan, on the drawing: A (1000, the only site), B (500), C (300), D (200), ten minutes apart."""

import itertools
import json
from dataclasses import replace

import pandas as pd
import pytest

from geo.answers.plan import plan_answer
from geo.answers.plan_stops import stop_lines, stops_table
from geo.errors import ParameterError
from geo.siting.bus_stops import StopsAsked
from geo.siting.costs import Costs
from geo.siting.plan import plan
from geo.siting.plan_json import plan_from_json, plan_json
from geo.sources.round_hours import Pass
from geo.sources.rounds import rounds_frame


@pytest.fixture(scope="module")
def world(small_world):
    return small_world.territory()


def with_stop(territory, code):
    place = territory.communes.loc[code]
    row = {"facility_id": pd.NA, "lieu": pd.NA, "commune_code": code, "commune_name": place["name"]}
    found = pd.DataFrame([row | {"lon": place["lon"], "lat": place["lat"]}]).astype("string")
    found = found.astype({"lon": "float64", "lat": "float64"}).assign(passes=[[Pass(1, 540, 720, "2")]])
    return replace(territory, rounds=rounds_frame(found))


def asked(territory, labels, stops, threshold=9, **options):
    return plan(territory, labels, threshold_min=threshold, kinds={"main"}, stops=stops, **options)


def test_without_rounds_nothing_is_proposed_unasked(world):
    found = plan(world, 1, threshold_min=9, kinds={"main"})
    assert found.stops is None
    assert stops_table(found) is None
    assert stop_lines(found) == []


def test_stops_are_for_those_whom_sites_and_labels_leave(world):
    # The label is in B: 300 and 200 remain, each in a commune of its own within 9 minutes. E is off the network.
    found = asked(world, 1, StopsAsked(1))
    assert found.labels["code"].to_list() == ["64002"]
    assert found.stops.stops[["rank", "code", "residents_with_stop"]].to_numpy().tolist() == [[1, "64003", 300]]
    assert (found.stops.residents_beyond, found.stops.residents_known_stop, found.stops.proven) == (500, 0, True)
    both = asked(world, 1, StopsAsked(5))
    assert both.stops.stops["code"].to_list() == ["64003", "64004"], "a third would be of no use"
    # A stop is no site: what the plan says of sites stays.
    assert both.after == found.after == asked(world, 1, StopsAsked(0)).after
    assert asked(world, 1, StopsAsked(0)).stops is None


def test_a_known_stop_is_not_proposed_again(world):
    toured = with_stop(world, "64003")
    found = asked(toured, 1, None)
    assert (found.stops.asked, found.stops.residents_known_stop) == (StopsAsked(), 300)
    assert found.stops.stops["code"].to_list() == ["64004"]
    assert "dont 300 ont déjà un arrêt connu" in plan_answer(found).details[-1]
    all_known = asked(toured, 1, None, threshold=11)  # C and D both have it within 11 minutes
    assert all_known.stops.stops.empty
    assert "aucun n'est utile" in plan_answer(all_known).details[-1]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("threshold", [5, 11, 21])
def test_no_other_choice_reaches_more(world, count, threshold):
    found = asked(world, 0, StopsAsked(count), threshold)
    # Minutes between the communes of the drawing: ten from one to the next.
    people = {"64002": 500, "64003": 300, "64004": 200}
    place = {code: number for number, code in enumerate(("64001", *people))}
    left = {code for code in people if 10 * place[code] > threshold}
    best = max(
        sum(people[code] for code in left if any(10 * abs(place[code] - place[stop]) <= threshold for stop in stops))
        for stops in itertools.combinations(people, count)
    )
    assert found.stops.residents_with_stop == pytest.approx(best)


def test_cost_and_hours(world):
    priced = asked(world, 1, StopsAsked(2, "month"), costs=Costs(pass_eur=350.0))
    assert (priced.stops.hours_a_month, priced.stops.cost_eur(priced.costs)) == (6.0, 2 * 12 * 350.0)
    table = stops_table(priced)
    assert (table["hours_a_month"].to_list(), table["cost_eur"].to_list()) == ([3.0, 3.0], [4200.0, 4200.0])
    assert "8\u202f400\u00a0€ par an, à 350\u00a0€ le passage" in plan_answer(priced).details[-1]
    unpriced = asked(world, 1, StopsAsked(2))
    assert unpriced.stops.hours_a_month == 26.0
    assert stops_table(unpriced)["cost_eur"].isna().all()
    assert "coût non renseigné" in plan_answer(unpriced).details[-1]
    assert "--stop-cost" in plan_answer(unpriced).details[-1]


def test_json_and_back(world):
    found = asked(world, 1, StopsAsked(2, "month"), costs=Costs(pass_eur=350.0))
    written = json.loads(json.dumps(plan_json(found, [world])))
    assert written["stops"]["cost_eur_a_year"] == 8400
    read = plan_from_json(written, world, "plan.json")
    assert read.stops.asked == found.stops.asked
    pd.testing.assert_frame_equal(read.stops.stops, found.stops.stops)
    assert plan_json(read, [world]) == written
    # A plan written before there were stops is still read.
    del written["stops"], written["costs"]["pass_eur"]
    assert plan_from_json(written, world, "plan.json").stops is None


@pytest.mark.parametrize("wrong", [{"count": -1}, {"count": 201}, {"every": "day"}])
def test_refusals(wrong):
    with pytest.raises(ParameterError, match="arrêt"):
        StopsAsked(**wrong)


@pytest.mark.parametrize("price", [-1.0, float("nan"), float("inf")])
def test_a_cost_that_makes_no_sense(price):
    with pytest.raises(ParameterError, match="arrêt de bus"):
        Costs(pass_eur=price)
