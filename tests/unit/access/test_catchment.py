"""E2SFCA against PySAL's `access`, a case by hand, and where capacity comes from."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from access.fca import fca_ratio, weighted_catchment
from access.weights import step_fn

from geo.access.catchment import HOURS_UNIT, REQUESTS_UNIT, STEPS, catchment, enhanced_two_step
from geo.access.residents import residents_by_point
from geo.errors import ParameterError
from geo.network.snapping import snap
from geo.network.travel_times import pairs_within
from geo.territory.study_area import counted_places


def by_pysal(origin, site, minutes, residents, capacity):
    """Return what PySAL's weighted catchments give, in its two documented steps."""
    weight = step_fn(dict(STEPS))
    costs = pd.DataFrame({"origin": origin, "dest": site, "cost": minutes})
    demand = pd.DataFrame({"demand": residents}, index=pd.RangeIndex(len(residents), name="geoid"))
    around = weighted_catchment(
        demand,
        costs,
        max(STEPS),
        cost_source="origin",
        cost_dest="dest",
        loc_index=True,
        loc_value="demand",
        weight_fn=weight,
    )
    supply = pd.DataFrame({"ratio": (pd.Series(capacity) / around).replace([np.inf, -np.inf], 0).fillna(0)})
    found = weighted_catchment(
        supply,
        costs,
        max(STEPS),
        cost_source="dest",
        cost_dest="origin",
        loc_index=True,
        loc_value="ratio",
        weight_fn=weight,
    )
    return found.reindex(range(len(residents)), fill_value=0).to_numpy(), around.reindex(
        range(len(capacity)), fill_value=0
    )


@pytest.fixture(scope="module")
def territory(small_world):
    return small_world.territory()


def test_a_case_by_hand():
    # Two places of 100 and 50 residents; site 0 is 10 and 20 minutes away, site 1 30 from the second, too far from the first.
    found, around = enhanced_two_step(
        np.array([0, 1, 1, 0]),
        np.array([0, 0, 1, 1]),
        np.array([10.0, 20.0, 30.0, 30.5]),
        np.array([100.0, 50.0]),
        np.array([67.0, 11.0]),
    )
    assert around.tolist() == pytest.approx([100 + 0.68 * 50, 0.22 * 50])
    assert found.tolist() == pytest.approx([67 / 134, 0.68 * 67 / 134 + 0.22 * 11 / 11])


def test_random_cases_are_those_of_pysal():
    rng = np.random.default_rng(5)
    for _ in range(5):
        origin, site = (indices.ravel() for indices in np.meshgrid(range(30), range(8), indexing="ij"))
        minutes = rng.choice([3.0, 10.0, 10.5, 20.0, 29.0, 30.0, 31.0, 80.0], len(origin))
        residents, capacity = rng.integers(0, 50, 30).astype(float), rng.integers(0, 40, 8).astype(float)
        found, around = enhanced_two_step(origin, site, minutes, residents, capacity)
        expected, expected_around = by_pysal(origin, site, minutes, residents, capacity)
        np.testing.assert_allclose(found, expected)
        np.testing.assert_allclose(around, expected_around)


def test_the_ratio_of_each_site_is_that_of_pysal_fca_ratio():
    # With every trip within ten minutes all weights are 1 and the first step is PySAL's plain catchment ratio.
    origin, site, minutes = np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1]), np.full(4, 5.0)
    residents, capacity = np.array([10.0, 20, 30]), np.array([6.0, 5])
    _, around = enhanced_two_step(origin, site, minutes, residents, capacity)
    costs = pd.DataFrame({"origin": site, "dest": origin, "cost": minutes})
    same = pd.DataFrame({"origin": [0, 1], "dest": [0, 1], "cost": [0.0, 0.0]})
    ratio = fca_ratio(
        pd.DataFrame({"demand": residents}),
        pd.DataFrame({"supply": capacity}, index=[0, 1]),
        costs,
        pd.concat([same, pd.DataFrame({"origin": [2], "dest": [2], "cost": [99.0]})]),
        30,
        demand_index=True,
        supply_index=True,
    )
    np.testing.assert_allclose(capacity / around, ratio)


def check_against_pysal(territory):
    found = catchment(territory)
    sites = counted_places(territory.sites)
    origin, site, seconds = pairs_within(
        territory.network,
        territory.demand_on_network,
        snap(territory.network, sites.geometry.x, sites.geometry.y),
        2400,
    )
    residents = residents_by_point(territory.communes, territory.demand)
    capacity = found.sites["capacity"].to_numpy(float, na_value=0)
    expected, _ = by_pysal(origin, site, seconds / 60, residents, capacity)
    by_commune = pd.Series(expected, territory.demand["commune_code"]).reindex(territory.communes.index)
    known = found.communes["capacity_per_1000"].notna()
    assert known.sum() > 10
    np.testing.assert_allclose(found.communes["capacity_per_1000"][known].astype(float), by_commune[known] * 1000)


def test_the_embedded_territory_is_as_pysal(embedded):
    check_against_pysal(embedded)


def test_capacity_is_hours_times_agents(territory):
    found = catchment(territory, agents=3)
    assert (found.unit, found.agents) == (HOURS_UNIT, 3)
    assert found.sites["hours_per_week"].to_list() == [6, 6]  # Monday 9 to 12 and 14 to 17
    assert found.sites["capacity"].to_list() == [18, 18]
    # A at 0 and B at 10 minutes have weight 1, C at 20 has 0.68, D at 30 has 0.22.
    assert found.sites["residents_around"].to_list() == pytest.approx(
        [1000 + 500 + 0.68 * 300 + 0.22 * 200, 200 + 300 + 0.68 * 500 + 0.22 * 1000]
    )
    assert found.communes["capacity_per_1000"].isna().to_list() == [False] * 4 + [True]
    assert found.communes["share_outside"].dropna().to_list() == [0] * 4
    assert found.residents_without == 0


def test_a_table_of_requests_replaces_hours_and_gives_the_rate_of_the_others(territory):
    requests = pd.Series({"1": 400.0, "404": 10.0})
    found = catchment(territory, requests=requests)
    assert found.unit == REQUESTS_UNIT
    assert found.sites["capacity"].to_list() == [400, 400]  # as many hours, so as many requests
    assert found.sites["capacity_from"].to_list() == ["requests", "rate"]
    assert (found.sites_estimated, found.requests_unmatched, found.sites_unknown) == (1, 1, 0)


def test_one_zero_among_requests_is_a_figure_like_others(territory):
    sites = territory.sites.assign(kind="main")  # three sites of as many hours
    found = catchment(territory.with_sites(sites, why={}), requests=pd.Series({"1": 0.0, "2": 300.0}))
    assert found.sites["capacity"].to_list() == [0, 300, 150]
    assert found.sites["capacity_from"].to_list() == ["requests", "requests", "rate"]


@pytest.mark.parametrize("requests", [{"1": 0.0}, {"1": 0.0, "404": 10.0}])
def test_no_rate_is_had_from_a_total_of_zero(territory, requests):
    with pytest.raises(ParameterError, match=r"total de 0 demande. Aucun taux"):
        catchment(territory, requests=pd.Series(requests))


@pytest.mark.parametrize(("requests", "found"), [({"404": 10.0}, "« 404 »"), ({"01": 0.0}, "« 01 »"), ({}, "aucun")])
def test_requests_of_no_site_are_told_with_an_identifier(territory, requests, found):
    with pytest.raises(ParameterError, match=rf"n'est celui d'un site compté ici \(trouvé : {found}.*« 1 »") as caught:
        catchment(territory, requests=pd.Series(requests, dtype="float64"))
    assert "total" not in str(caught.value)


def test_where_every_site_has_a_figure_none_is_needed(territory):
    found = catchment(territory, requests=pd.Series({"1": 0.0, "3": 0.0}))
    assert found.sites["capacity"].to_list() == [0, 0]
    assert found.sites_estimated == 0


def test_less_than_a_resident_around_a_site_is_somebody(small_world, tmp_path):
    figures = tmp_path / "population.csv"
    figures.write_text("COM;PMUN\n64001;0\n64002;0\n64003;0\n64004;1\n64005;0\n", encoding="utf-8")
    sites = catchment(small_world.territory(population=figures)).sites
    assert sites["residents_around"].to_list() == pytest.approx([0.22, 1])  # D is 30 minutes from the site in A
    assert sites["capacity_per_1000"].to_list() == pytest.approx([12 / 0.22 * 1000, 12000])


def test_unknown_hours_are_no_capacity(territory):
    sites = territory.sites.assign(opening_hours=pd.array([None, None, "Mo unknown"], dtype="string"))
    blind = territory.with_sites(sites, why={})
    found = catchment(blind)
    assert found.sites_unknown == len(found.sites) == 2
    assert found.sites["capacity_per_1000"].isna().all()
    assert found.communes["capacity_per_1000"].isna().all()
    assert found.median_per_1000 is None
    assert found.communes["share_outside"].isna().all()
    assert found.residents_without == 2000
    given = catchment(blind, requests=pd.Series({"1": 400.0}))
    assert given.sites["capacity_from"].to_list() == ["requests", "unknown"]


def test_sites_of_the_neighbours_are_told_apart(territory):
    sites = territory.sites.assign(commune_code=pd.array(["64001", "64002", "40001"], dtype="string"))
    around = replace(territory, neighbours=pd.DataFrame(index=pd.Index(["40001"], dtype="string")))
    found = catchment(around.with_sites(sites, why={}))
    share = found.communes["share_outside"].dropna()
    assert (share.diff().dropna() > 0).all()  # more and more from A to D
    assert 0 < share.iloc[0] < share.iloc[3] < 1


def test_nobody_known(small_world):
    territory = small_world.territory(population=None)
    found = catchment(territory)
    assert found.median_per_1000 is None
    assert found.sites["capacity_per_1000"].isna().all()


@pytest.mark.parametrize("agents", [0, -1, float("nan"), float("inf"), 1e6])
def test_agents_out_of_reason_are_refused(territory, agents):
    with pytest.raises(ParameterError, match="Nombre d'agents refusé"):
        catchment(territory, agents=agents)


@pytest.mark.parametrize("of_them", [1, 0.001])
def test_the_rate_of_requests_is_that_of_all_the_sites_that_have_one_together(territory, of_them):
    hours = {"1": "Mo 09:00-15:00", "2": "Mo 08:00-20:00", "3": "Mo 09:00-12:00"}
    sites = territory.sites.assign(opening_hours=territory.sites["facility_id"].map(hours).astype("string"))
    found = catchment(
        territory.with_sites(sites, why={}),
        requests=of_them * pd.Series({"1": 400.0, "2": 100.0}),
        kinds={"main", "bus", "antenne"},
    ).sites.set_index("facility_id")
    # 500 requests for 36 agent-hours, so 13.9 an hour for the 6 of the third. The mean of 33.3 and 4.2 would be 18.8:
    # the small site would count as much as the large one.
    assert (found["capacity"] / of_them).to_dict() == pytest.approx({"1": 400, "2": 100, "3": 6 * 500 / 36})
    assert found["capacity_from"].to_dict() == {"1": "requests", "2": "requests", "3": "rate"}


def test_a_hundred_agents_are_the_most(territory):
    assert catchment(territory, agents=100).agents == 100
    with pytest.raises(ParameterError, match="Nombre d'agents refusé : 100,5"):
        catchment(territory, agents=100.5)
