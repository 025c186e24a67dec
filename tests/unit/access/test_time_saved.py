"""Minutes saved against the tax office, on the drawing of `SmallWorld`."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
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


def hand_made(rows):
    """Make a territory of communes of one point: rows of (residents, minutes to a site, to a tax office)."""
    codes = [f"640{number:02}" for number in range(len(rows))]
    residents, *minutes = (np.array(column, float) for column in zip(*rows, strict=True))
    demand = pd.DataFrame({"commune_code": codes, "population": residents})
    times = {
        kind: demand.assign(travel_time_min=pd.array(column, dtype="Float64"), on_network=True)
        for kind, column in zip(("sites", "tax_offices"), minutes, strict=True)
    }
    index = pd.Index(codes, name="commune_code")
    return SimpleNamespace(
        communes=pd.DataFrame({"name": codes, "population": pd.array(residents, dtype="Int64")}, index=index),
        demand=demand,
        demand_on_network=SimpleNamespace(link=np.zeros(len(rows), int)),
        estimated=False,
        precision=pd.DataFrame({"estimated": False, "time_low": 1.0, "time_high": 1.0}, index=index),
        travel_times=lambda facilities, **_: times[facilities],
    )


def test_a_minute_is_sooner_or_later_and_less_is_the_same():
    # A minute sooner (1), less (2), none (4), less (8), a minute later (16).
    rows = [(1, 10, 11), (2, 10, 10.9), (4, 10, 10), (8, 10, 9.1), (16, 10, 9)]
    _, summary = time_saved(hand_made(rows))
    assert (summary.residents_sooner, summary.residents_later, summary.residents_compared) == (1, 16, 31)


def test_residents_with_a_way_to_one_of_both_only_are_not_compared():
    table, summary = time_saved(hand_made([(100, 10, 40), (50, 10, np.nan), (7, np.nan, 10), (3, np.nan, np.nan)]))
    assert table["saved_min"].isna().tolist() == [False, True, True, True]
    assert table["site_time_min"].dropna().tolist() == [10]
    assert (summary.residents_compared, summary.residents_not_compared) == (100, 60)
    assert (summary.mean_saved_min, summary.median_saved_min) == (30, 30)
    assert (summary.residents_sooner, summary.residents_later) == (100, 0)


def test_one_resident_has_a_mean():
    assert time_saved(hand_made([(1, 10, 40)]))[1].mean_saved_min == pytest.approx(30)
