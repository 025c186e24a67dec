"""Gains of candidates against opening each of them for real."""

import numpy as np
import pandas as pd
import pytest

from geo.network.snapping import snap
from geo.network.travel_times import nearest_by_road
from geo.siting.gains import candidate_gains


def test_the_drawing(small_world):
    # Sites in A and D: B and C are 10 minutes away, E has no road.
    territory = small_world.territory()
    gains = candidate_gains(territory, territory.travel_times(kinds={"main"}), 15)
    # Only A counts: C (300) is 20 minutes away and D (200) 30. B brings C, C and D bring both.
    assert gains["gain_residents"].to_dict() == {"64003": 500, "64004": 500, "64002": 300, "64001": 0, "64005": 0}
    assert gains.index.to_list()[:3] == ["64003", "64004", "64002"]


@pytest.mark.parametrize("threshold", [12.0, 20.0, 30.0])
def test_gains_are_those_of_opening_the_site(embedded, threshold):
    times = embedded.travel_times()
    today = times["travel_time_min"].to_numpy(float, na_value=np.inf)
    gains = candidate_gains(embedded, times, threshold)["gain_residents"]
    sites = embedded.facility_list()
    rng = np.random.default_rng(7)
    for code in rng.choice(embedded.communes.index.to_numpy(str), 6, replace=False):
        row = embedded.communes.loc[code]
        lon = np.append(sites.geometry.x, row["lon"])
        lat = np.append(sites.geometry.y, row["lat"])
        opened = nearest_by_road(embedded.network, embedded.demand_on_network, snap(embedded.network, lon, lat))
        now = opened.travel_time_s / 60
        newly = (today > threshold + 1e-6) & (now <= threshold + 1e-6)
        assert gains[code] == pytest.approx(np.nansum(times["population"].to_numpy(float)[newly]))


def test_nobody_beyond_means_no_gain(small_world):
    territory = small_world.territory(population=None)
    gains = candidate_gains(territory, territory.travel_times(), 60)
    assert isinstance(gains, pd.DataFrame)
    assert (gains["gain_residents"] == 0).all()


def test_gains_are_legal_residents_not_those_that_cells_count(small_world):
    # Cells count fiscal households: here one resident in five of B and C, none of D.
    territory = small_world.territory()
    times = territory.travel_times(kinds={"main"})
    cells = times["commune_code"].map({"64001": 900.0, "64002": 100.0, "64003": 60.0, "64004": 0.0, "64005": 9.0})
    gains = candidate_gains(territory, times.assign(population=cells), 15)["gain_residents"]
    # As on the drawing: B brings the 300 of C, C and D bring C and the 200 of D.
    assert gains.to_dict() == {"64003": 500, "64004": 500, "64002": 300, "64001": 0, "64005": 0}
