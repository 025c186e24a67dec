"""Before and after, on the drawing of `SmallWorld` and on the embedded territory."""

import numpy as np
import pytest

from geo import coverage
from geo.access.residents import residents_by_point
from geo.errors import ParameterError
from geo.siting.comparison import compare
from geo.siting.scenario import CloseSite, MoveSite, OpenSite, Place, Scenario


@pytest.fixture(scope="module")
def territory(small_world):
    return small_world.territory()


def test_closing_the_antenne_of_the_drawing(territory):
    # Sites in A (1000 residents) and D (200); B (500) and C (300) are 10 minutes away; E (100) has no road.
    found = compare(territory, Scenario(territory.name).then(CloseSite("3")), (15, 25))
    near, far = found.changes
    assert (near.residents_within_before, near.residents_within_after) == (2000, 1500)
    assert (near.residents_gained, near.residents_lost) == (0, 500)
    # Commune E, off the network, is in no share: 2000 residents are known of 2100.
    told = found.to_dict()
    assert (told["residents"], told["residents_known"], told["communes_known"]) == (2100, 2000, 4)
    assert (told["changes"][0]["share_within_before"], told["changes"][0]["share_within_after"]) == (1, 0.75)
    assert (near.communes_gained, near.communes_lost) == ((), ("64003", "64004"))  # C at 20 minutes, D at 30
    assert (far.residents_lost, far.communes_lost) == (200, ("64004",))
    assert found.mean_time_before_min == pytest.approx((500 * 10 + 300 * 10) / 2000, abs=0.01)
    assert found.mean_time_after_min == pytest.approx((500 * 10 + 300 * 20 + 200 * 30) / 2000, abs=0.01)
    assert (found.residents_sooner, found.residents_later) == (0, 500)
    assert found.communes["residents_within_15min_after"].fillna(-1).tolist() == [1000, 500, 0, 0, -1]
    assert found.communes["delta_min"].to_list()[:4] == pytest.approx([0, 0, 10, 30], abs=0.01)
    assert found.communes.loc["64004", ["facility_before", "facility_after"]].to_list() == [
        "France services La Poste D",
        "France services A",
    ]
    assert found.communes["travel_time_after_min"].isna().to_list() == [False] * 4 + [True]


def test_unreachable_residents_are_counted_and_never_averaged(territory):
    all_closed = Scenario(territory.name).then(*map(CloseSite, territory.sites["facility_id"]))
    found = compare(territory, all_closed)
    assert (found.mean_time_before_min, found.mean_time_after_min) == (None, None)
    assert (found.residents_cut_off, found.residents_later) == (2000, 2000)
    assert (found.residents_without_road_before, found.residents_without_road_after) == (0, 2000)
    assert found.communes["delta_min"].isna().all()
    assert found.changes[0].residents_within_after == 0
    assert found.to_dict()["changes"][0]["residents_lost"] == 2000
    assert "64005" not in found.changes[0].communes_lost  # off the network: no road is known before nor after


def test_an_empty_scenario_changes_nothing(territory):
    found = compare(territory, Scenario(territory.name))
    assert found.mean_time_before_min == found.mean_time_after_min
    assert all(not change.residents_gained and not change.communes_gained for change in found.changes)
    assert (found.communes["delta_min"].dropna() == 0).all()


def test_totals_are_those_of_the_coverage_of_each_state(embedded):
    scenario = Scenario(embedded.name).then(
        OpenSite("n", "Oloron", Place("64422")), MoveSite("2811", Place("64065")), CloseSite("1725")
    )
    every = {"main", "antenne", "bus"}
    found = compare(embedded, scenario, (20,), kinds=every)
    cov = coverage(embedded, 20, times=embedded.travel_times(kinds=every))
    assert found.changes[0].residents_within_before == pytest.approx(cov["residents_within"].sum())
    after = coverage(embedded, 20, times=found.times_after)
    assert found.changes[0].residents_within_after == pytest.approx(after["residents_within"].sum())
    change = found.changes[0]
    assert change.residents_within_before + change.residents_gained - change.residents_lost == pytest.approx(
        change.residents_within_after
    )
    assert residents_by_point(embedded.communes, embedded.demand).sum() == embedded.communes["population"].sum()


def test_unknown_population_counts_nobody(small_world):
    territory = small_world.territory(population=None)
    found = compare(territory, Scenario(territory.name).then(CloseSite("3")))
    assert found.part.residents == 0
    assert found.to_dict()["changes"][0]["share_within_after"] is None
    assert found.mean_time_before_min is None
    assert found.changes[0].residents_lost == 0
    assert found.changes[0].communes_lost == ("64004",)  # communes are still judged, by their points


def test_residents_of_cells_add_up_to_the_legal_population(territory, monkeypatch):
    demand = territory.demand
    split = demand.loc[np.repeat(demand.index, 2)].reset_index(drop=True)
    split["population"] = [10.0, 30, 0, 0, np.nan, 8, 1, 1, 5, 5]
    monkeypatch.setitem(vars(territory), "demand", split)
    assert residents_by_point(territory.communes, territory.demand).tolist() == [
        250,
        750,
        250,
        250,
        0,
        300,
        100,
        100,
        50,
        50,
    ]


@pytest.mark.parametrize("thresholds", [(), (0,), (20, 500)])
def test_thresholds_out_of_reason_are_refused(territory, thresholds):
    with pytest.raises(ParameterError, match=r"[Ss]euil"):
        compare(territory, Scenario(territory.name), thresholds)
