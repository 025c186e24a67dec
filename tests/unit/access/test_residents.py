"""Medians and shares of residents, by hand."""

import numpy as np
import pandas as pd
import pytest

from geo.access.residents import residents_by_point, shares_on_network, weighted_median


@pytest.mark.parametrize(
    ("minutes", "residents", "median"),
    [
        # Exactly half are within 10 minutes: 10 is what half of them are at or below.
        ([10.0, 20.0], [1.0, 1.0], 10),
        ([20.0, 10.0, 30.0], [1.0, 2.0, 1.0], 10),
        ([10.0, 20.0, 30.0], [49.0, 2.0, 49.0], 20),
        # One more on the far side, and it is 20.
        ([10.0, 20.0], [50.0, 51.0], 20),
        # Neither nobody nor an unknown time has a part.
        ([5.0, np.inf, np.nan, 40.0, 50.0], [0.0, 9.0, 9.0, 1.0, np.nan], 40),
        ([np.nan, 5.0], [1.0, 0.0], None),
    ],
)
def test_weighted_median(minutes, residents, median):
    assert weighted_median(np.array(minutes), np.array(residents)) == median


def test_residents_of_a_commune_add_up_to_its_legal_population():
    communes = pd.DataFrame({"population": pd.array([100, 50, None], dtype="Int64")}, index=["a", "b", "c"])
    points = pd.DataFrame({"commune_code": ["a", "a", "b", "b", "c"], "population": [30.0, 10.0, 0.0, np.nan, 7.0]})
    # Where the cells know nobody, points count alike; where the commune is unknown, nobody counts.
    assert residents_by_point(communes, points).tolist() == [75, 25, 25, 25, 0]
    on_network = np.array([True, False, True, False, False])
    assert shares_on_network(communes, points, on_network).tolist() == [0.75, 0.5, 0]
