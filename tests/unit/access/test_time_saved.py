"""Minutes saved against the tax office, on the drawing of `SmallWorld`."""

import numpy as np
import pytest

from geo import Territory
from geo.access.time_saved import time_saved
from geo.errors import ParameterError


def build(small_world, **files):
    return Territory.build(
        "64", communes=small_world.communes, sites=small_world.sites, roads=small_world.roads, **files
    )


def test_the_drawing(small_world):
    territory = build(small_world, population=small_world.population, tax_offices=small_world.tax_offices)
    # The tax office is in C; sites in A and D.
    table, summary = time_saved(territory)
    saved = table["saved_min"]
    assert saved.to_list()[:4] == pytest.approx([20, 0, -10, 10], abs=0.01)
    assert np.isnan(saved.to_numpy(float, na_value=np.nan)[4])
    np.testing.assert_allclose(
        saved[:4].astype(float), (table["other_time_min"] - table["site_time_min"])[:4].astype(float)
    )
    assert summary.part.residents_known == 2000  # E is off the network: neither compared nor known
    assert (summary.residents_compared, summary.residents_not_compared) == (2000, 0)
    assert summary.mean_saved_min == pytest.approx((20 * 1000 - 10 * 300 + 10 * 200) / 2000, abs=0.01)
    assert summary.median_saved_min == pytest.approx(10, abs=0.01)
    assert (summary.residents_sooner, summary.residents_later) == (1200, 300)


def test_communes_are_compared_where_nobody_is_known_to_live(small_world):
    table, summary = time_saved(build(small_world, tax_offices=small_world.tax_offices))
    assert table["saved_min"].to_list()[:4] == pytest.approx([20, 0, -10, 10], abs=0.01)
    assert summary.mean_saved_min is None
    assert summary.median_saved_min is None


def test_a_territory_without_tax_offices_says_so(small_world):
    with pytest.raises(ParameterError, match="n'a pas de liste « tax_offices »"):
        time_saved(build(small_world))
