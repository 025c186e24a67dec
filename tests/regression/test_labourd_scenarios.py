"""Scenarios and measures of access on the real roads of Labourd: Saint-Jean-de-Luz moves, its site closes."""

import numpy as np
import pandas as pd
import pytest
from access import Access
from access.weights import step_fn

from geo import Territory
from geo.access.catchment import STEPS, catchment
from geo.access.residents import residents_by_point
from geo.network.snapping import snap
from geo.network.travel_times import nearest_by_road, pairs_within
from geo.siting.comparison import compare
from geo.siting.fragility import fragility
from geo.siting.scenario import CloseSite, MoveSite, Place, Scenario, apply
from geo.territory.study_area import counted_places

SAINT_JEAN_DE_LUZ = "2811"


@pytest.fixture(scope="module")
def labourd(shared_data):
    return Territory.build(
        "64",
        communes=shared_data / "communes" / "communes-64.geojson",
        sites=shared_data / "sites" / "liste-fs-20240801.csv",
        roads=shared_data / "roads" / "labourd-bdtopo-2014.zip",
        population=shared_data / "communes" / "donnees_communes.csv",
    )


def minutes(territory):
    return territory.travel_times()["travel_time_min"].to_numpy(float, na_value=np.inf)


def test_moving_saint_jean_de_luz(labourd):
    there = (-1.6400, 43.3800)
    found = compare(
        labourd, Scenario(labourd.name).then(MoveSite(SAINT_JEAN_DE_LUZ, Place(lon=there[0], lat=there[1])))
    )
    # Independently: the list with the new position, searched anew.
    sites = labourd.facility_list()
    lon, lat = sites.geometry.x.to_numpy().copy(), sites.geometry.y.to_numpy().copy()
    row = sites["facility_id"].to_list().index(SAINT_JEAN_DE_LUZ)
    lon[row], lat[row] = there
    again = nearest_by_road(labourd.network, labourd.demand_on_network, snap(labourd.network, lon, lat))
    np.testing.assert_array_equal(
        found.times_after["travel_time_min"].to_numpy(float, na_value=np.inf), again.travel_time_s / 60
    )
    delta = found.communes["delta_min"].dropna()
    assert delta["64483"] > 0.5  # the town itself is farther from its site
    assert delta["64065"] < 0  # Ascain, inland, is nearer
    assert found.communes.loc["64483", "facility_after"] == "France services de Saint-Jean-de-Luz"


def test_each_site_is_as_closing_it(labourd):
    found = fragility(labourd, 15).sites.set_index("facility_id")
    residents = residents_by_point(labourd.communes, labourd.demand)
    before = minutes(labourd)
    served = labourd.travel_times()["facility_id"].dropna().unique()
    assert SAINT_JEAN_DE_LUZ in served
    for site in served:
        after = minutes(apply(labourd, Scenario("T").then(CloseSite(site))))
        passing = residents[(before <= 15) & (after > 15)].sum()
        assert found.loc[site, "residents_passing"] == pytest.approx(passing)
        worse = np.isfinite(before) & (after > before)
        assert found.loc[site, "residents_nearest"] == pytest.approx(residents[worse].sum())
        more = (residents[worse] * (after[worse] - before[worse])).sum() / residents[worse].sum()
        assert found.loc[site, "added_min"] == pytest.approx(more)


def test_capacity_is_that_of_pysal_access(labourd):
    found = catchment(labourd)
    sites = counted_places(labourd.sites)
    sites = sites[sites["facility_id"].isin(found.sites["facility_id"])]
    origin, site, seconds = pairs_within(
        labourd.network, labourd.demand_on_network, snap(labourd.network, sites.geometry.x, sites.geometry.y), 3000
    )
    residents = residents_by_point(labourd.communes, labourd.demand)
    # Known to PySAL: the communes with a trip; its two-step measure takes one table of trips.
    demand = pd.DataFrame({"population": residents}, index=pd.RangeIndex(len(residents), name="place"))
    supply = pd.DataFrame(
        {"capacity": found.sites["capacity"].to_numpy(float, na_value=0)}, index=pd.RangeIndex(len(sites), name="site")
    )
    measure = Access(
        demand_df=demand,
        demand_value="population",
        supply_df=supply,
        supply_value="capacity",
        cost_df=pd.DataFrame({"origin": origin, "dest": site, "minutes": seconds / 60}),
        cost_origin="origin",
        cost_dest="dest",
        cost_name="minutes",
        neighbor_cost_df=pd.DataFrame({"origin": site, "dest": origin, "minutes": seconds / 60}),
        neighbor_cost_origin="dest",
        neighbor_cost_dest="origin",
        neighbor_cost_name="minutes",
    )
    expected = measure.enhanced_two_stage_fca(name="e", weight_fn=step_fn(dict(STEPS)), max_cost=30)["e_capacity"]
    ours = found.communes["capacity_per_1000"].set_axis(demand.index)
    known = expected.dropna().index
    assert len(known) > 15
    np.testing.assert_allclose(ours[known].astype(float), expected[known] * 1000)
