"""Minutes saved by hand: what residents without a way count for."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from geo.siting.benefits import Benefits, counted_today_min, coverage_benefits, time_benefits
from geo.siting.plan_tables import alternatives_table, served_table
from geo.siting.problem import SitingProblem


def problem(demand, pairs):
    """Make a problem of rows (residents, minutes today) and of trips (demand, candidate, minutes)."""
    residents, today = (np.array(column, float) for column in zip(*demand, strict=True))
    from_, to, minutes = zip(*pairs, strict=True)
    return SitingProblem(
        demand=pd.DataFrame({"residents": residents, "weight": residents, "today_min": today, "on_network": True}),
        candidates=pd.DataFrame({"code": [f"c{number}" for number in range(max(to) + 1)]}),
        pair_demand=np.array(from_),
        pair_candidate=np.array(to),
        pair_min=np.array(minutes, float),
    )


FAR = [(10, 20), (5, 90), (100, np.inf), (0, 200)]


@pytest.mark.parametrize(
    ("demand", "counted"),
    [
        # As far as the farthest of the others, who is 90 minutes away; where nobody lives nobody is 200 minutes away.
        (FAR, [20, 90, 90, 200]),
        # And an hour at least, even where all others are nearer, or nobody has a way.
        ([(10, 20), (100, np.inf)], [20, 60]),
        ([(100, np.inf)], [60]),
    ],
)
def test_residents_without_a_way_count_as_far_as_the_farthest(demand, counted):
    assert counted_today_min(problem(demand, [(0, 0, 1)])).tolist() == counted


def test_minutes_saved_of_residents_without_a_way():
    # Candidate 0 is 30 minutes from the 100 residents who have no way: 60 minutes saved each, and 5 x 40 from the others.
    found = time_benefits(problem(FAR, [(1, 0, 50), (2, 0, 30), (2, 1, 89)]))
    assert found.value.tolist() == [5 * 40, 100 * 60, 100 * 1]
    assert found.total([0]) == 6200
    assert found.total([0, 1]) == 6200
    assert found.total([1]) == 100


def test_minutes_saved_are_counted_only_where_there_are_some():
    # Nobody lives at the last point, and the other candidate is as far as today's site.
    found = time_benefits(problem([(10, 20), (0, 50)], [(0, 0, 20), (0, 1, 15), (1, 0, 5)]))
    assert (found.demand.tolist(), found.candidate.tolist(), found.value.tolist()) == ([0], [1], [50])


def test_a_candidate_at_exactly_the_threshold_brings_those_beyond_it_today():
    found = coverage_benefits(
        problem([(10, 20), (5, 20.1), (3, np.inf), (0, 30)], [(1, 0, 20), (2, 0, 20.1), (2, 1, 3), (3, 1, 3)]), 20
    )
    assert (found.demand.tolist(), found.candidate.tolist(), found.value.tolist()) == ([1, 2], [0, 1], [5, 3])


def test_what_is_already_received_is_not_added_nor_taken_away():
    benefits = Benefits(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([5.0, 2.0, 4.0]), 2, 2)
    assert benefits.added_to(np.array([9.0, 1.0])).tolist() == [0, 3]
    assert benefits.added_to(np.zeros(2)).tolist() == [5, 6]
    assert benefits.received([1]).tolist() == [2, 4]


def choice(problem, *labels):
    """What `alternatives_table` takes of a choice."""
    return SimpleNamespace(problem=problem, problems=(problem,), order=np.array(labels))


def test_the_only_resident_of_a_label_may_be_brought_by_another_place():
    # Both candidates are in reach of one resident, who is too far today.
    one = problem([(1, 40)], [(0, 0, 5), (0, 1, 8)])
    one = replace(
        one,
        demand=one.demand.assign(commune_code="64001", population_known=True),
        candidates=one.candidates.assign(name="C", commune_code="64001"),
    )
    found = alternatives_table(choice(one, 0), "coverage", 20)
    assert found[["label_code", "code", "share_of_gain"]].to_numpy().tolist() == [["c0", "c1", 1.0]]
    # Nobody is brought where nobody is too far: then no place does as well.
    assert alternatives_table(choice(one, 0), "coverage", 50).empty


def test_a_place_is_an_alternative_where_half_of_the_same_residents_gain_by_it():
    """The label brings 10 and 10; c1 brings one of these and 8 others, c2 4 others more of them than of the same."""
    several = problem(
        [(10, 40), (10, 40), (8, 40), (30, 40)],
        [(0, 0, 5), (0, 1, 5), (1, 0, 5), (2, 1, 5), (3, 2, 5)],
    )
    several = replace(
        several,
        demand=several.demand.assign(commune_code="64001", population_known=True),
        candidates=several.candidates.assign(name="C", commune_code="64001"),
    )
    found = alternatives_table(choice(several, 0), "coverage", 20)
    assert found[["code", "share_of_gain"]].to_numpy().tolist() == [["c1", 0.9]]  # c2 would bring 30, all others


def test_residents_that_a_label_ranked_before_brings_are_not_gained_by_the_nearer_one():
    """Both labels bring the 10; they go to the second, which is nearer, and count for the first."""
    two = problem([(10, 40), (7, 40), (3, 12)], [(0, 0, 15), (0, 1, 5), (1, 1, 5), (2, 1, 5)])
    codes = ["64001", "64002", "64003"]
    columns = {name: [False, False, False] for name in ("estimated", "time_low", "time_high")}
    two = replace(two, demand=two.demand.assign(commune_code=codes, **columns))
    minutes, server = two.times_with(np.array([0, 1]))
    names = pd.Series(codes, codes)
    found = served_table(two, 20, np.array([0, 1]), minutes, server, names)
    assert found["commune_code"].to_list() == codes
    assert found["label_code"].to_list() == ["c1", "c1", "c1"]
    assert found["residents_brought"].to_list() == [10, 7, 0]
    assert found["residents_gained"].to_list() == [0, 7, 0]
