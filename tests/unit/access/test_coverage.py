"""Coverage measured on tables small enough to add up by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from geo.access.coverage import coverage, summarize
from geo.access.known_part import KnownPart
from geo.errors import ParameterError
from geo.question import CoverageRule


def territory(
    population: dict[str, int | None], *, estimated: bool = False, low: float = 1.0, high: float = 1.0
) -> SimpleNamespace:
    communes = pd.DataFrame(
        {
            "name": pd.array([f"Commune {code}" for code in population], dtype="string"),
            "population": pd.array(list(population.values()), dtype="Int64"),
        },
        index=pd.Index(list(population), dtype="string", name="commune_code"),
    )
    precision = pd.DataFrame({"estimated": estimated, "time_low": low, "time_high": high}, index=communes.index)
    return SimpleNamespace(communes=communes, precision=precision)


def times(rows: list[tuple[str, float, float | None, str | None]], *, off_network: tuple[int, ...] = ()):
    """Rows of (commune, residents, minutes, facility); kilometres are the minutes."""
    minutes = [np.nan if row[2] is None else row[2] for row in rows]
    return pd.DataFrame(
        {
            "commune_code": pd.array([row[0] for row in rows], dtype="string"),
            "population": np.array([row[1] for row in rows], float),
            "travel_time_min": pd.array(minutes, dtype="Float64"),
            "distance_km": pd.array(minutes, dtype="Float64"),
            "facility_id": pd.array([row[3] for row in rows], dtype="string"),
            "facility_name": pd.array([None if row[3] is None else f"Site {row[3]}" for row in rows], dtype="string"),
            "snap_distance_m": np.zeros(len(rows)),
            "on_network": [i not in off_network for i in range(len(rows))],
        }
    )


def test_a_site_that_only_a_point_of_nobody_reaches_is_not_that_of_the_commune():
    cov = coverage(territory({"01001": 100}), 20, times=times([("01001", 100, None, None), ("01001", 0, 10, "a")]))
    assert cov.loc["01001", ["travel_time_min", "facility_id", "facility_name"]].isna().all()


def test_means_and_shares_are_weighted_by_residents():
    cov = coverage(
        territory({"01001": 400}),
        20,
        times=times([("01001", 300, 10, "a"), ("01001", 100, 30, "b")]),
    )
    row = cov.loc["01001"]
    assert row["travel_time_min"] == 15  # (300 x 10 + 100 x 30) / 400
    assert row["distance_km"] == 15
    assert row["share_within"] == 0.75
    assert row["residents_within"] == 300
    assert row["facility_id"] == "a"
    assert row["facility_name"] == "Site a"
    assert not row["under_served"]


def test_snap_distance_is_that_of_the_residents_on_the_network():
    table = times(
        [("01001", 300, 10, "a"), ("01001", 100, 30, "a"), ("01001", 5, None, None), ("01002", 1, None, None)],
        off_network=(2, 3),
    )
    table["snap_distance_m"] = [100.0, 900.0, 99_000.0, np.inf]
    cov = coverage(territory({"01001": 400, "01002": 1}), 20, times=table)
    assert cov.loc["01001", "snap_distance_m"] == 300  # (300 x 100 + 100 x 900) / 400
    assert cov["snap_distance_m"].isna().tolist() == [False, True]


def test_share_is_taken_of_the_legal_population():
    cov = coverage(territory({"01001": 1000}), 20, times=times([("01001", 30, 10, "a"), ("01001", 10, 30, "a")]))
    assert cov.loc["01001", "residents_within"] == 750


def test_a_resident_at_exactly_the_threshold_is_within():
    table = times([("01001", 1, 20, "a"), ("01002", 1, 20.01, "a")])
    cov = coverage(territory({"01001": 1, "01002": 1}), 20, times=table)
    assert cov["share_within"].to_list() == [1, 0]
    assert cov["under_served"].to_list() == [False, True]


def test_two_rules():
    table = times([("01001", 40, 5, "a"), ("01001", 60, 25, "a")])
    study = territory({"01001": 100})
    assert not coverage(study, 20, times=table).loc["01001", "under_served"]  # mean 17 min
    assert coverage(study, 20, times=table, rule=CoverageRule("share", 0.5)).loc["01001", "under_served"]
    assert not coverage(study, 20, times=table, rule=CoverageRule("share", 0.4)).loc["01001", "under_served"]
    assert not coverage(study, 20, times=table, rule=CoverageRule("share", 0.3)).loc["01001", "under_served"]


def test_unreachable_is_never_averaged_in_and_off_network_is_unknown():
    table = times(
        [("01001", 50, 10, "a"), ("01001", 50, None, None), ("01002", 10, None, None), ("01003", 10, None, None)],
        off_network=(3,),
    )
    study = territory({"01001": 100, "01002": 10, "01003": 10})
    cov = coverage(study, 20, times=table)
    assert cov.loc["01001", "travel_time_min"] == 10
    assert cov.loc["01001", "share_within"] == 0.5
    assert cov.loc[["01002", "01003"], "travel_time_min"].isna().all()
    assert cov.loc["01002", "under_served"]  # roads known, none leads to a site
    assert pd.isna(cov.loc["01003", "under_served"])  # no road known
    summary = summarize(cov, table, 20)
    assert summary.part == KnownPart(residents=120, residents_known=110, communes=3, communes_known=2, starts_known=3)
    assert (summary.communes_unreachable, summary.communes_under_served) == (1, 1)
    assert (summary.residents_within, summary.residents_unreachable) == (50, 60), "those of the known part"
    assert summary.share_covered == 50 / 110
    assert (summary.residents_under_served, summary.share_under_served) == (10, 10 / 110)
    assert summary.median_time_min == 10


def test_residents_off_the_network_are_in_no_share():
    table = times(
        [("01001", 60, 10, "a"), ("01001", 20, 30, "a"), ("01001", 20, None, None), ("01002", 5, None, None)],
        off_network=(2, 3),
    )
    cov = coverage(territory({"01001": 1000, "01002": 50}), 20, times=table)
    assert cov.loc["01001", ["residents_known", "residents_within", "share_within"]].tolist() == [800, 600, 0.75]
    assert cov.loc["01002", ["residents_known", "residents_within"]].tolist() == [0, 0]
    assert pd.isna(cov.loc["01002", "share_within"])
    poor = coverage(territory({"01001": 1000, "01002": 50}), 20, times=table, rule=CoverageRule("share", 0.8))
    summary = summarize(poor, table, 20)
    assert summary.part == KnownPart(residents=1050, residents_known=800, communes=2, communes_known=1, starts_known=2)
    assert (summary.share_covered, summary.share_under_served) == (0.75, 1)
    said = summary.to_dict()
    assert (said["residents_known"], said["residents_off_network"], said["communes_off_network"]) == (800, 250, 1)
    assert (said["residents_within"], said["share_covered"], said["communes_known"]) == (600, 0.75, 1)


def test_figures_are_not_rounded():
    table = times([("01001", 1, 10, "a"), ("01001", 2, 30, "a")])
    assert summarize(coverage(territory({"01001": 100}), 20, times=table), table, 20).residents_within == 100 * (1 / 3)


def test_median_is_over_legal_residents_not_those_of_the_cells():
    table = times([("01001", 10, 5, "a"), ("01002", 90, 50, "a")])
    cov = coverage(territory({"01001": 100, "01002": 20}), 20, times=table)
    assert summarize(cov, table, 20).median_time_min == 5


def test_nobody_and_unknown_populations():
    table = times([("01001", 0, 10, "a"), ("01001", 0, 30, "b"), ("01002", np.nan, 5, "a")])
    cov = coverage(territory({"01001": 0, "01002": None}), 15, times=table)
    assert cov.loc["01001", "travel_time_min"] == 20  # points count alike where nobody lives
    assert cov.loc["01001", "residents_within"] == 0
    assert pd.isna(cov.loc["01002", "residents_within"])
    assert cov.loc["01002", "share_within"] == 1
    summary = summarize(cov, table, 15)
    assert summary.part.residents == 0
    assert summary.share_covered is summary.share_under_served is None
    assert summary.median_time_min is None


def test_median_is_over_residents_not_communes():
    table = times([("01001", 90, 5, "a"), ("01002", 10, 50, "a"), ("01003", 1, 60, "a")])
    cov = coverage(territory({"01001": 90, "01002": 10, "01003": 1}), 20, times=table)
    assert summarize(cov, table, 20).median_time_min == 5


def test_main_facility_is_that_of_most_residents():
    table = times([("01001", 40, 5, "a"), ("01001", 30, 6, "b"), ("01001", 30, 7, "b")])
    assert coverage(territory({"01001": 100}), 20, times=table).loc["01001", "facility_id"] == "b"


@pytest.mark.parametrize("threshold", [0, -5, 241, float("nan"), float("inf")])
def test_thresholds_out_of_reason_are_refused(threshold):
    with pytest.raises(ParameterError, match="Seuil"):
        coverage(territory({"01001": 1}), threshold, times=times([("01001", 1, 1, "a")]))


def test_refusals_are_written_in_french():
    with pytest.raises(ParameterError, match="Seuil de 1\u202f000\u202f000\u202f000 min refusé"):
        coverage(territory({"01001": 1}), 1e9, times=times([("01001", 1, 1, "a")]))
    with pytest.raises(ParameterError, match=r"« foo » \(part 0,5\) inconnue.*mean-time.*share"):
        CoverageRule("foo")


@pytest.mark.parametrize(("kind", "share"), [("vibes", 0.5), ("share", 0), ("share", 1.5)])
def test_rules_that_do_not_exist_are_refused(kind, share):
    with pytest.raises(ParameterError, match="inconnue"):
        CoverageRule(kind, share)


def test_estimated_times_give_bounds_of_who_is_within():
    area = territory({"64001": 100, "64002": 50}, estimated=True, low=0.8, high=1.25)
    rows = times([("64001", 100, 18.0, "a"), ("64002", 50, 24.0, "a")])
    found = coverage(area, 20, times=rows)
    assert found["residents_within_low"].tolist() == [0, 0], "18 minutes may be 22.5"
    assert found["residents_within"].tolist() == [100, 0]
    assert found["residents_within_high"].tolist() == [100, 50], "24 minutes may be 19.2"
    summary = summarize(found, rows, 20)
    assert summary.part.estimated
    assert summary.covered_interval == (0, 1)
    assert summarize(
        coverage(territory({"64001": 100}), 20, times=rows.head(1)), rows.head(1), 20
    ).covered_interval == (
        None,
        None,
    )


def test_of_two_facilities_that_serve_as_many_residents_the_first_of_the_list_is_the_main_one():
    rows = [("01001", 50, 5, "b"), ("01001", 50, 6, "a"), ("01002", 20, 5, "a"), ("01002", 20, 6, "b")]
    found = coverage(territory({"01001": 100, "01002": 40}), 20, times=times(rows))
    assert found["facility_id"].tolist() == found["facility_name"].str[-1].tolist() == ["b", "b"]
