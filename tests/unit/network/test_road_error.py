"""Bounds of times on real roads: those that INSEE's distances give."""

import numpy as np
import pandas as pd
import pytest

from geo.errors import ParameterError
from geo.network.road_error import road_interval
from geo.network.speeds import profile_names


def test_every_profile_has_its_bounds():
    for name in profile_names():
        low, high = road_interval(name)
        assert 0.5 < low < high < 2
    with pytest.raises(ParameterError, match="inconnu"):
        road_interval("rapide")


def test_the_bounds_are_the_deciles_of_the_published_times(shared_data):
    pairs = pd.read_csv(shared_data / "reference" / "metric-gironde-half.csv")
    pairs = pairs[pairs["minutes"].between(5, 60)]
    deciles = np.quantile(pairs["minutes"] / pairs["osrm_minutes"], [0.1, 0.9])
    assert road_interval("courant") == pytest.approx(deciles, abs=0.01)
