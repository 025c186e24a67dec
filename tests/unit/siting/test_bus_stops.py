"""Stops of a bus beside a plan, on the drawing: A (1000, the only site), B (500), C (300), D (200), ten minutes apart."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.answers.label import label_arguments
from geo.answers.plan import plan_answer
from geo.answers.plan_stops import never_retained_note, stop_lines, stops_table
from geo.errors import ParameterError
from geo.french import format_euros
from geo.siting.bus_stops import StopsAsked, _living_there, proposed_stops
from geo.siting.costs import Costs
from geo.siting.plan_json import plan_from_json, plan_json
from geo.siting.problem import siting_problem
from geo.siting.solve import Control
from geo.siting.variants import time_variants
from geo.sources.round_hours import Pass
from geo.sources.rounds import rounds_frame
from tests.unit.siting.timed_once import plan_timed_once as plan


@pytest.fixture(scope="module")
def world(small_world):
    return small_world.territory()


@pytest.fixture(scope="module")
def variants(world):
    problem = siting_problem((world,), None, (), kinds={"main"})
    return list(time_variants(problem, world.network.profile))


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
    both = asked(world, 1, StopsAsked(5, least_residents=0))
    assert both.stops.stops["code"].to_list() == ["64003", "64004"], "a third would be of no use"
    # A stop is no site: what the plan says of sites stays.
    assert both.after == found.after == asked(world, 1, StopsAsked(0)).after
    assert asked(world, 1, StopsAsked(0)).stops is None


def test_of_places_alike_the_one_where_most_are_still_too_far(world):
    """At 11 minutes 300 and 200 are beyond, and count; the 500 who are within only decide between places alike."""
    problem = siting_problem((world,), None, (), kinds={"main"})
    preferred = dict(zip(problem.candidates["code"], _living_there(problem, 11).tolist(), strict=True))
    assert preferred == pytest.approx({"64002": 0.5, "64003": 300.3, "64004": 200.2})


def test_a_known_stop_is_not_proposed_again(world):
    toured = with_stop(world, "64003")
    found = asked(toured, 1, None)
    assert (found.stops.asked, found.stops.residents_known_stop) == (StopsAsked(), 300)
    assert found.stops.stops.empty, "the 200 left are fewer than the floor of 300"
    assert found.stops.unruled_stops == 1
    assert "aucun lieu n'en apporte un à 300 habitants de plus" in plan_answer(found).details[-1]
    lifted = asked(toured, 1, StopsAsked(least_residents=200))
    assert lifted.stops.stops["code"].to_list() == ["64004"]
    assert "dont 300 ont déjà un arrêt connu" in plan_answer(found).details[-1]
    all_known = asked(toured, 1, None, threshold=11)  # C and D both have it within 11 minutes
    assert all_known.stops.stops.empty
    assert "aucun n'est utile" in plan_answer(all_known).details[-1]


def test_the_stops_of_those_whom_a_label_serves_are_named(world):
    """The label in B serves B, C and D; at 11 minutes the stop in C reaches the three, at 5 C alone; none is in E."""
    toured = with_stop(world, "64003")
    for threshold in (5, 11):
        made = asked(toured, 1, None, threshold, exclude=["64003", "64004"])
        (argument,) = label_arguments(made, [toured])
        (bus,) = [each.sentence for each in argument.criteria if each.name == "Solution itinérante"]
        said = (
            f"Arrêts de bus connus à {threshold} min ou moins d'habitants servis : Commune C (3 h par mois). Dans tout"
        )
        assert bus.replace("\u00a0", " ").replace("\u202f", " ").startswith(said)
    assert "Arrêts de bus connus" not in "".join(
        each.sentence for each in label_arguments(made, [with_stop(world, "64005")])[0].criteria
    )


#: Residents, and minutes between the communes of the drawing: ten from one to the next.
PEOPLE = {"64002": 500, "64003": 300, "64004": 200}
PLACE = {code: 10 * number for number, code in enumerate(("64001", *PEOPLE))}


def reached(stops, left, threshold):
    return {code for code in left if any(abs(PLACE[code] - PLACE[stop]) <= threshold for stop in stops)}


def beyond(sites, threshold, scale=1.0):
    return {code for code in PEOPLE if all(abs(PLACE[code] - PLACE[site]) * scale > threshold for site in sites)}


def best_by_hand(count, left, threshold, floor, *, scale=1.0):
    """Try every set of stops, in every order: the most residents for the largest number that all reach the floor."""
    limit, places = threshold / scale, [code for code in PEOPLE if PEOPLE[code] >= floor]
    for number in range(min(count, len(places)), 0, -1):
        best = max(
            itertools.permutations(places, number),
            key=lambda stops: sum(PEOPLE[code] for code in reached(stops, left, limit)),
        )
        got = sum(PEOPLE[code] for code in reached(best, left, limit))
        for stops in itertools.permutations(places, number):
            if sum(PEOPLE[code] for code in reached(stops, left, limit)) < got:
                continue
            seen, gains = set(), []
            for stop in stops:
                new = reached([stop], left, limit) - seen
                gains.append(sum(PEOPLE[code] for code in new))
                seen |= new
            if min(gains) >= max(floor, 1):
                return got, set(stops)
    return 0, set()


@pytest.mark.parametrize("floor", [0, 200, 300, 501])
@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("threshold", [5, 11, 21])
def test_no_other_choice_reaches_more(world, variants, count, threshold, floor):
    found = proposed_stops(
        world.parts, variants, set(), threshold, asked=StopsAsked(count, least_residents=floor), paid=None,
        on_average=False, control=Control(),
    )  # fmt: skip
    got, _ = best_by_hand(count, beyond(["64001"], threshold), threshold, floor)
    assert found.residents_with_stop == pytest.approx(got)
    assert (found.stops["residents_with_stop"] >= floor).all()
    assert found.unruled_residents == pytest.approx(best_by_hand(count, beyond(["64001"], threshold), threshold, 0)[0])


def test_a_stop_is_asked_for_again_under_each_hypothesis_on_times(world):
    # Without labels B, C and D are 10, 20 and 30 minutes from A. At 12 minutes and times 13 % longer no stop reaches
    # beyond 10.6 minutes: all alike.
    found = asked(world, 0, StopsAsked(1, least_residents=0), 9).stops.stops.to_dict("records")[0]
    runs = [best_by_hand(1, beyond(["64001"], 9, scale), 9, 0, scale=scale)[1] for scale in (0.83, 1.0, 1.13)]
    assert (found["retained"], found["variants"]) == (sum(found["code"] in run for run in runs), 3)
    assert found["retained"] == 2, "with shorter times B is within 9 minutes of A: C takes its place"
    told = stop_lines(asked(world, 0, StopsAsked(1, least_residents=0), 9))[0]
    assert "retenu 2 fois sur 3" in told


@pytest.mark.parametrize(
    ("budget", "payer", "labels", "stops"),
    [
        (100_000, "all", 0, 2),  # less than a label: stops alone
        (120_000, "all", 1, 0),
        (160_000, "all", 1, 1),
        (240_000, "all", 2, 0),
        (300_000, "all", 2, 1),
        (65_000, "bearer", 1, 0),
        (100_000, "bearer", 1, 1),
    ],
)
def test_a_budget_pays_labels_then_stops(world, budget, payer, labels, stops):
    # A label costs 110,000 EUR, of which the bearer pays 60,000; a stop 52 times 700 EUR, paid by its bearer.
    costs, price = Costs(110_000, 50_000, 700.0), 52 * 700.0
    label = {"all": 110_000, "bearer": 60_000}[payer]
    found = plan(
        world, threshold_min=9, kinds={"main"}, budget_eur=budget, payer=payer, costs=costs, exclude=[],
        stops=StopsAsked(3, least_residents=0), rule=None,
    )  # fmt: skip
    assert (len(found.labels), len(found.stops.stops)) == (labels, stops)
    # Every choice that the budget pays: most residents by labels first, then by stops.
    by_hand = max(
        (
            sum(PEOPLE[code] for code in reached(sites, PEOPLE, 9)),
            sum(PEOPLE[code] for code in reached(buses, beyond(["64001", *sites], 9), 9)),
        )
        for some in range(4)
        for others in range(4)
        for sites in itertools.combinations(PEOPLE, some)
        for buses in itertools.combinations(PEOPLE, others)
        if some * label + others * price <= budget
    )
    assert (found.residents_brought, found.stops.residents_with_stop) == by_hand
    told = next(line for line in plan_answer(found).details if line.startswith("Budget"))
    assert f"il reste {format_euros(budget - labels * label - stops * price)}" in told
    left_out = f"pas les {3 - stops} autres demandés" if stops < 2 else "pas l'autre demandé"
    useless = stops < found.stops.paid  # one more would bring nobody: it is not told as left out
    assert useless or (left_out if stops else "aucun arrêt de bus n'est payé") in told


def test_a_budget_that_says_nothing_of_stops(world):
    unpriced = asked(world, None, StopsAsked(3, least_residents=0), budget_eur=120_000.0)
    assert (unpriced.stops.paid, len(unpriced.stops.stops)) == (None, 2)
    assert "hors de ce budget : leur coût n'est pas donné" in " ".join(plan_answer(unpriced).details)
    aid = asked(world, None, StopsAsked(3), budget_eur=50_000.0, payer="state", costs=Costs(110_000, 50_000, 700.0))
    assert aid.stops.paid is None
    assert "aucune aide de l'État n'est connue" in " ".join(plan_answer(aid).details)
    free = asked(world, None, StopsAsked(3, least_residents=0), budget_eur=0.0, costs=Costs(pass_eur=0.0))
    assert (free.stops.paid, len(free.labels)) == (3, 0)


def test_the_floor_is_told_with_what_it_costs(world):
    found = asked(world, 1, StopsAsked(5))
    told = next(line for line in plan_answer(found).details if "arrêt de bus" in line)
    told = told.replace("\u202f", " ").replace("\u00a0", " ")
    assert "une commune d'au moins 300 habitants" in told
    assert "et en apporte un à 300 habitants de plus, au moins" in told
    assert "Sans cette règle, 2 arrêts pour 500 habitants ; la règle coûte 40 % du gain." in told
    assert "demandés" not in told
    free = asked(world, 0, StopsAsked(2))
    assert "Cette règle ne fait perdre personne." in " ".join(plan_answer(free).details)


def test_stops_without_a_label_are_not_told_as_free(world):
    found = asked(world, 0, StopsAsked(1, least_residents=0), costs=Costs(pass_eur=350.0))
    answer = plan_answer(found)
    told = " ".join(answer.details).replace("\u202f", " ").replace("\u00a0", " ")
    assert told.startswith("Les chiffres sont ceux d'aujourd'hui : aucun label n'est demandé.")
    assert " 1 arrêt de bus, une demi-journée" in told
    assert "coût : 18 200 € par an, à 350 € le passage" in told  # 52 passes
    assert not any(word in told for word in ("À côté des labels", "ne coûte rien"))
    assert answer.figures[2].detail == "aucun label, sans les arrêts de bus"


def test_one_stop_on_estimated_times_is_that_of_a_count_of_every_place(embedded):
    """On average over the hypotheses on times, the label staying; and how often each of them alone chooses it."""
    found = plan(embedded, 1, stops=StopsAsked(1))
    problem = siting_problem((embedded,), None, ())
    codes, people = problem.candidates["code"].to_numpy(str), problem.commune_residents
    label = np.flatnonzero(codes == found.labels["code"].iloc[0])
    free = (people >= 300) & (codes != found.labels["code"].iloc[0])
    gains, homes = [], []
    for variant in time_variants(problem, embedded.network.profile):
        own, limit = variant.problem, 20 + 1e-6
        minutes = np.full((len(own.demand), len(codes)), np.inf)
        minutes[own.pair_demand, own.pair_candidate] = own.pair_min
        far = np.minimum(own.today_min, minutes[:, label[0]]) > limit
        waiting = np.where(far & own.demand["on_network"].to_numpy(bool), own.residents, 0.0)
        gains.append((waiting[:, None] * (minutes <= limit)).sum(axis=0))
        by_commune = pd.Series(waiting, own.demand["commune_code"].to_numpy(str)).groupby(level=0).sum()
        homes.append(by_commune.reindex(codes, fill_value=0.0).to_numpy())
        if variant.is_central:
            shown, at_home = gains[-1], homes[-1]

    def nearest_home(gain, least, home):
        """Of the places that do nearly as well, where most of those who wait live; of as many, the largest."""
        kept = free & (gain >= 300) & (least >= 300)
        near = np.flatnonzero(kept & (gain >= 0.9 * gain[kept].max()))
        return max(near, key=lambda place: (home[place], people[place]))

    best = nearest_home(np.mean(gains, axis=0), shown, at_home)
    stop = found.stops.stops.to_dict("records")[0]
    assert stop["code"] == codes[best]
    assert stop["residents_with_stop"] == pytest.approx(shown[best])
    assert stop["mean_residents_with_stop"] == pytest.approx(np.mean(gains, axis=0)[best])
    alone = [nearest_home(gain, gain, home) for gain, home in zip(gains, homes, strict=True)]
    assert (stop["retained"], stop["variants"]) == (alone.count(best), 6)


def test_a_stop_is_where_those_who_need_it_live(small_world):
    """Of two places that reach the same people, the smaller, where they live, and not the larger that has a site."""
    # B (500 residents) is 10 minutes from A, C (300) 20: at 11 minutes C alone is too far, and B reaches it too.
    world = small_world.territory()
    found = asked(world, 0, StopsAsked(1, least_residents=100), 11, exclude=["64004"]).stops.stops
    assert found[["code", "residents_with_stop"]].to_numpy().tolist() == [["64003", 500.0]]


def test_a_stop_that_no_hypothesis_alone_chooses_says_why(world):
    found = asked(world, 1, StopsAsked(1))
    never = replace(found, stops=replace(found.stops, stops=found.stops.stops.assign(retained=0)))
    (line,) = stop_lines(never)
    assert "retenu 0 fois sur 3 (chaque variante, prise seule, en préfère d'autres ou n'en demande aucun" in line
    assert "chaque variante" not in stop_lines(found)[0]
    assert never_retained_note(never).startswith("Retenu 0 fois : chaque variante, prise seule,")
    assert never_retained_note(found) == ""


def test_cost_and_hours(world):
    priced = asked(world, 1, StopsAsked(2, "month"), costs=Costs(pass_eur=350.0))
    assert (priced.stops.hours_a_month, priced.stops.cost_eur(priced.costs)) == (6.0, 2 * 12 * 350.0)
    table = stops_table(priced)
    assert (table["hours_a_month"].to_list(), table["cost_eur"].to_list()) == ([3.0, 3.0], [4200.0, 4200.0])
    assert "8\u202f400\u00a0€ par an, à 350\u00a0€ le passage" in plan_answer(priced).details[-1]
    unpriced = asked(world, 1, StopsAsked(2, least_residents=0))
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
    # A plan without stops is read too.
    written["stops"] = None
    assert plan_from_json(written, world, "plan.json").stops is None


@pytest.mark.parametrize("wrong", [{"count": -1}, {"count": 201}, {"every": "day"}, {"least_residents": -1}])
def test_refusals(wrong):
    with pytest.raises(ParameterError, match="arrêt"):
        StopsAsked(**wrong)


@pytest.mark.parametrize("price", [-1.0, float("nan"), float("inf")])
def test_a_cost_that_makes_no_sense(price):
    with pytest.raises(ParameterError, match="arrêt de bus"):
        Costs(pass_eur=price)
