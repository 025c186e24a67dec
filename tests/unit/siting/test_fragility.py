"""What depends on each site, against closing each of them for real; closures of many sites."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.access.catchment import catchment
from geo.access.opening import open_shares
from geo.access.residents import residents_by_point
from geo.errors import ParameterError
from geo.siting.closure import close_sites, closure_scenario
from geo.siting.fragility import fragility
from geo.siting.scenario import CloseSite, Scenario, apply


@pytest.fixture(scope="module")
def territory(small_world):
    return small_world.territory()


def minutes(territory):
    return territory.times_to(territory.sites)["travel_time_min"].to_numpy(float, na_value=np.inf)


def expected_by_closing(territory, before, after, threshold):
    """Residents passing, cut off, nearest, and mean minutes more, from the times with and without the site."""
    residents = residents_by_point(territory.communes, territory.demand)
    worse = after > before + 1e-9
    stay = worse & np.isfinite(after)
    return (
        residents[(before <= threshold + 1e-6) & (after > threshold + 1e-6)].sum(),
        residents[worse & np.isinf(after)].sum(),
        residents[worse].sum(),
        (residents * np.where(stay, after - np.where(stay, before, 0), 0)).sum(),
    )


def check_by_closing(territory, sites, thresholds):
    kinds = {"main", "antenne", "bus"}
    found = {each: fragility(territory, each, kinds=kinds).sites.set_index("facility_id") for each in thresholds}
    before = minutes(territory)
    for site in sites:
        after = minutes(apply(territory, Scenario("T").then(CloseSite(site))))
        for threshold, table in found.items():
            passing, cut_off, worse, added = expected_by_closing(territory, before, after, threshold)
            row = table.loc[site]
            assert row["residents_passing"] == pytest.approx(passing)
            assert row["residents_cut_off"] == pytest.approx(cut_off)
            assert row["residents_nearest"] >= worse - 1e-6  # those with an equal second one notice nothing
            staying = row["residents_nearest"] - row["residents_cut_off"]
            if staying > 0:
                assert row["added_min"] * staying == pytest.approx(added)


def test_the_drawing(territory):
    # Sites in A (1000) and D (200); B (500) is nearer to A, C (300) to D; 30 minutes between A and D; E has no road.
    found = fragility(territory, 20)
    sites = found.sites.set_index("facility_id")
    assert sites["residents_nearest"].to_dict() == {"1": 1500, "3": 500}
    assert sites["residents_passing"].to_dict() == {"1": 1000, "3": 200}  # B is 20 minutes from D, C from A
    assert sites["residents_cut_off"].to_dict() == {"1": 0, "3": 0}
    assert sites.loc["1", "added_min"] == pytest.approx((1000 * 30 + 500 * 10) / 1500, abs=0.01)
    assert (found.part.residents_known, found.residents_within, found.residents_with_second) == (2000, 2000, 800)
    assert found.share_with_second == pytest.approx(800 / 2000)  # E has no road: it is in no share
    assert found.residents_with_one == 1200
    assert found.communes["residents_known"].to_list() == [1000, 500, 300, 200, 0]
    assert found.communes["residents_with_second"].to_list() == [0, 500, 300, 0, 0]
    assert found.to_dict()["sites_nobody_depends_on"] == 0


def test_the_only_site_cuts_off_all_whom_it_serves(territory):
    found = fragility(territory, 20, kinds={"main"})
    row = found.sites.iloc[0]
    assert (row["residents_nearest"], row["residents_cut_off"], row["residents_passing"]) == (2000, 2000, 1800)
    assert found.sites["added_min"].isna().all()
    assert found.residents_with_second == 0


def test_no_site_at_all(territory):
    empty = apply(territory, Scenario("T").then(*map(CloseSite, territory.sites["facility_id"])))
    found = fragility(empty, 20)
    assert found.sites.empty
    assert (found.residents_within, found.residents_with_second) == (0, 0)


def test_each_site_of_the_embedded_territory_is_as_closing_it(embedded):
    check_by_closing(embedded, embedded.sites["facility_id"].to_list()[::4], (12.0, 20.0))


def test_unknown_population(small_world):
    territory = small_world.territory(population=None)
    found = fragility(territory)
    assert found.share_with_second is None
    assert (found.sites["residents_nearest"] == 0).all()
    assert found.sites["added_min"].isna().all()
    assert found.communes["residents_within"].isna().all()


def test_closing_everything_leaves_telephone_and_mail(territory):
    sites = territory.sites.assign(phone=["05 59 00 00 00", None, " "], email=["a@b.fr", None, "d@b.fr"])
    sites[["phone", "email"]] = sites[["phone", "email"]].astype("string")
    listed = territory.with_sites(sites, why={})
    found = close_sites(listed, (20,))
    assert (found.sites_closed, found.sites_open) == (2, 0)  # the bus does not count: it is not closed either
    assert (found.sites_with_phone, found.sites_with_email, found.sites_with_neither) == (1, 2, 0)
    # The site of A serves A and B, that of D serves C and D.
    assert (found.residents_concerned, found.residents_by_phone, found.residents_by_email) == (2000, 1500, 2000)
    assert found.residents_by_either == 2000
    assert found.comparison.changes[0].residents_within_after == 0
    assert found.to_dict()["comparison"]["residents_cut_off"] == 2000


def test_a_site_that_does_not_count_is_not_closed(territory):
    assert [action.facility_id for action in closure_scenario(territory).actions] == ["1", "3"]
    with pytest.raises(ParameterError, match="Aucun site compté à fermer"):
        closure_scenario(territory, kind="bus")
    assert close_sites(territory, (20,), kind="bus", kinds={"main", "antenne", "bus"}).sites_closed == 1


def test_sites_of_the_neighbours_are_counted_apart(territory):
    # Commune D, and its site, become a neighbour's, in the same département.
    area = replace(territory, communes=territory.communes.drop("64004"), neighbours=territory.communes.loc[["64004"]])
    assert area.holds(area.sites).tolist() == [True, True, False]
    blank = area.sites.assign(commune_code=pd.array([None] * 3, dtype="string"))
    assert area.holds(blank).tolist() == [True, True, False]  # by position
    found = fragility(area, 20)
    assert dict(zip(found.sites["facility_id"], found.sites["in_known_part"], strict=True)) == {"1": True, "3": False}
    told = found.to_dict()
    assert (told["sites"], told["neighbour_sites"], found.sites_needed) == (1, 1, (1, 0))
    week = open_shares(area.with_sites(area.sites.assign(opening_hours=pd.NA), why={}), 20)
    assert (week.sites, week.sites_hours_unknown) == (1, 1)
    assert (week.neighbour_sites, week.neighbour_sites_hours_unknown) == (1, 1)
    closed = close_sites(area, (20,))
    assert (closed.sites_closed, closed.neighbour_sites_closed) == (2, 1)
    capacity = catchment(area.with_sites(area.sites.assign(opening_hours=pd.NA), why={}))
    assert (capacity.sites_unknown, capacity.neighbour_sites_unknown) == (1, 1)


def test_closing_a_bearer_says_whose_bearer_is_unknown(territory):
    assert territory.sites["bearer"].to_list()[2] == "La Poste"
    found = close_sites(territory, (15,), bearer="La Poste")
    assert (found.sites_closed, found.sites_open, found.sites_bearer_unknown) == (1, 1, 1)
    assert found.residents_concerned == 500
    assert found.comparison.changes[0].residents_lost == 500
    with_kind = closure_scenario(territory, bearer="La Poste", kind="antenne")
    assert with_kind.actions == (CloseSite("3"),)
    with pytest.raises(ParameterError, match="Porteurs connus : La Poste ; types comptés : main, antenne"):
        closure_scenario(territory, bearer="La Poste", kind="main")


@pytest.mark.parametrize(("kind", "closed", "unknown"), [("main", 1, 1), ("antenne", 1, 0), (None, 2, 1)])
def test_whose_bearer_is_unknown_is_counted_among_sites_of_the_kind_that_is_closed(territory, kind, closed, unknown):
    texts = {"bearer": ["La Poste", None, "La Poste"], "kind": ["main", "main", "antenne"]}
    sites = territory.sites.assign(**{name: pd.array(cells, dtype="string") for name, cells in texts.items()})
    found = close_sites(territory.with_sites(sites, why={}), (15,), bearer="La Poste", kind=kind)
    assert (found.sites_closed, found.sites_bearer_unknown) == (closed, unknown)
