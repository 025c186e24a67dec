"""Coverage as an interval: against networks really slower and faster, and hand-known answers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo import Territory, coverage
from geo.access.sensitivity import Run, sensitivity
from geo.errors import ParameterError
from geo.question import CoverageRule


@pytest.fixture(scope="module")
def territory(small_world):
    return small_world.territory()


def test_the_drawing(territory):
    # At 10.5 minutes B and C (10 min) are in, and out at the upper bound of times on real roads (11.3 min).
    found = sensitivity(territory, 10.5)
    assert [run.residents_within for run in found.runs] == [2000, 1200, 2000]
    # The 100 residents of E have no road: they are in no share.
    assert [run.share_within for run in found.runs] == pytest.approx([1, 1200 / 2000, 1])
    assert (found.lowest, found.highest) == (found.runs[1], found.runs[0])
    assert found.communes_flipping == ("64002", "64003")
    assert found.communes["share_runs_under_served"].to_list()[:4] == pytest.approx([0, 1 / 3, 1 / 3, 0])
    assert found.communes.loc["64005", ["flips", "under_served", "share_runs_under_served"]].isna().all()
    assert found.communes["residents_known"].to_list() == [1000, 500, 300, 200, 0]
    assert found.communes.loc["64002", "travel_time_low_min"] == pytest.approx(10 * 0.83, abs=0.01)
    assert found.communes.loc["64002", "travel_time_high_min"] == pytest.approx(10 * 1.13, abs=0.01)
    assert found.to_dict()["residents_of_flipping_communes"] == 800


def test_another_profile_is_one_more_run(embedded):
    faster = Territory.embedded("64", "fluide").travel_times()
    found = sensitivity(embedded, 20, others={"profil fluide": faster})
    assert [run.name for run in found.runs][-1] == "profil fluide"
    expected = coverage(embedded, 20, times=faster)
    assert found.runs[-1].residents_within == pytest.approx(expected["residents_within"].sum())
    assert found.runs[0].residents_within < found.runs[-1].residents_within  # fluide is faster everywhere
    flips = found.communes.loc[list(found.communes_flipping)]
    assert (flips["travel_time_low_min"] <= 20).all()
    assert (flips["travel_time_high_min"] > 20).all()


def test_scaled_times_are_those_of_a_network_with_scaled_speeds(territory):
    network = territory.network
    edges = network.edges.copy()
    edges["time_s"] *= 1.13
    edges.setflags(write=False)  # as those of every network: the search is compiled for them
    slower = replace(network, edges=edges, access_m_per_s=network.access_m_per_s / 1.13)
    rebuilt = replace(territory, network=slower)
    found = sensitivity(territory, 10.5, rule=CoverageRule("share", 0.5))
    cov = coverage(rebuilt, 10.5, rule=CoverageRule("share", 0.5))
    assert found.runs[1].residents_within == pytest.approx(cov["residents_within"].sum())
    np.testing.assert_allclose(
        found.communes["travel_time_high_min"].astype(float), cov["travel_time_min"].astype(float), rtol=1e-6
    )


def test_times_of_other_residents_are_refused(territory):
    times = territory.travel_times()
    with pytest.raises(ParameterError, match="points de population"):
        sensitivity(territory, 20, others={"autre": times.head(3)})


def test_another_network_is_measured_over_the_residents_that_both_know(territory):
    times = territory.travel_times()
    gone = times["commune_code"] == "64004"
    other = times.assign(travel_time_min=times["travel_time_min"].mask(gone), on_network=times["on_network"] & ~gone)
    found = sensitivity(territory, 10.5, others={"autre": other})
    run = found.runs[-1]
    assert (run.residents_known, run.residents_within, run.share_within) == (1800, 1800, 1)
    assert found.runs[0].residents_known == found.part.residents_known == 2000


def test_unknown_population(small_world):
    territory = small_world.territory(population=None)
    found = sensitivity(territory, 10.5)
    assert {run.share_within for run in found.runs} == {None}
    assert found.communes_flipping == ("64002", "64003")
    assert isinstance(found.communes, pd.DataFrame)


def test_a_run_without_residents_is_not_the_highest(territory):
    found = sensitivity(territory, 10.5)
    nobody = Run("nobody", 0.0, 0.0, None, 0)
    two = replace(found, runs=(nobody, found.runs[1]))
    assert (two.lowest, two.highest) == (nobody, found.runs[1])
