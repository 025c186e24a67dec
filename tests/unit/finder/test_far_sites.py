"""The only site that a bus goes to is far from being the nearest: every figure of round trips finds it."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from geo.finder.candidate_trips import candidate_round_trips
from geo.finder.near_stops import StopsNear
from geo.finder.residents_trips import residents_round_trips
from geo.finder.site_trips import trips_from
from geo.finder.without_car import RoundTrips
from geo.kinds import FIXED_KINDS, SITES
from geo.transit.gtfs import read_gtfs
from geo.transit.journeys import journeys
from geo.transit.window import USUAL_WINDOW
from tests.unit.transit.small_feed import write_valley

TUESDAY = dt.date(2025, 2, 4)


@pytest.fixture(scope="module")
def far(embedded, tmp_path_factory):
    """Return a territory of one bus, from Urdos to the site farthest from it, that site, and the row of Urdos."""
    urdos = embedded.communes.loc[embedded.communes["name"] == "Urdos"].iloc[0]
    fixed = embedded.facility_list(SITES, kinds=FIXED_KINDS)
    east = (fixed.geometry.x - urdos["lon"]) * np.cos(np.radians(urdos["lat"]))
    away = np.hypot(east, fixed.geometry.y - urdos["lat"])
    assert len(away) > 30, "there are many nearer ones"
    site = fixed.loc[away.idxmax()]
    sites = embedded.sites.copy()
    chosen = sites["facility_id"] == site["facility_id"]
    sites.loc[chosen, ["opening_hours", "comment"]] = ["Mo-Fr 08:30-12:00", None]
    feed = write_valley(tmp_path_factory.mktemp("far") / "far.zip", urdos, site.geometry)
    territory = replace(embedded, schedule=read_gtfs(feed), facilities={**embedded.facilities, "sites": sites})
    return RoundTrips.of(territory), site, urdos


@pytest.mark.parametrize("window", [None, USUAL_WINDOW], ids=["trip alone", "door to door too"])
def test_the_figures_of_residents_find_it(far, window):
    trips, site, _ = far
    found = residents_round_trips(trips, TUESDAY, window)
    demand = trips.territory.demand
    urdos = found[(trips.territory.communes["name"].reindex(demand["commune_code"]) == "Urdos").to_numpy()].iloc[0]
    assert (urdos["facility_id"], urdos["time_out_min"]) == (site["facility_id"], 10 * 60 + 15)
    assert (urdos["earliest_arrival"], urdos["last_way_back"]) == ("08:30", "17:45")
    assert urdos["earliest_wait_min"] == 0, "the doors open as the bus arrives"
    if window is not None:
        assert urdos["door_to_door_p25_min"] == 30 + 29, "8:00 after 61 moments, the 30th shortest wait"


def test_the_way_of_one_who_asks_is_the_same(far):
    trips, site, urdos = far
    for k in (1, 5):
        first = trips_from(trips, urdos["lon"], urdos["lat"], TUESDAY, k)[0]
        assert (first.facility_id, first.time_out_min) == (site["facility_id"], 10 * 60 + 15)


def test_a_place_where_a_new_site_could_open_counts_as_far(far):
    trips, site, _ = far
    here = np.array([site.geometry.x]), np.array([site.geometry.y])
    point, place = candidate_round_trips(trips, TUESDAY, here)
    codes = trips.territory.demand["commune_code"].iloc[point]
    assert "Urdos" in trips.territory.communes["name"].reindex(codes).tolist()
    assert set(place.tolist()) == {0}


def test_the_shortest_way_of_a_place_is_that_of_its_journeys(far):
    trips, site, urdos = far
    both = np.array([urdos["lon"], site.geometry.x]), np.array([urdos["lat"], site.geometry.y])
    near = StopsNear.around(trips, both)
    for profile in trips.profiles(TUESDAY, near.of(1)):
        stops, to_stops_s, from_stops_s = near.of(0)
        ways = journeys(profile, stops, from_stops_s if profile.day.backwards else to_stops_s)
        assert near.shortest_s(profile)[0] == (ways.arrival_s - ways.departure_s).min() == 1800
