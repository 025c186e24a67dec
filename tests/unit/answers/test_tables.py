"""How precise numbers are in files, and what columns are called."""

import pandas as pd

from geo.answers.tables import COLUMNS, column_titled, headed, rounded


def test_numbers_are_rounded_once_by_their_unit():
    table = pd.DataFrame(
        {
            "name": pd.array(["A"], dtype="string"),
            "travel_time_min": pd.array([12.3456], dtype="Float64"),
            "snap_distance_m": [12.6],
            "share_within": [0.123456],
            "gain_residents": [12.3456],
            "population": pd.array([1234], dtype="Int64"),
            "under_served": pd.array([True], dtype="boolean"),
        }
    )
    written = rounded(table.assign(cost_eur=[110_000.0], residents_within_20min_after=[0.5]))
    assert written.iloc[0].tolist() == ["A", 12.35, 13, 0.1235, 12, 1234, True, 110_000, 0]
    whole = ["snap_distance_m", "gain_residents", "population", "cost_eur", "residents_within_20min_after"]
    assert [name for name, exact in written.dtypes.items() if exact == "Int64"] == whole


def test_headings_have_their_unit():
    table = pd.DataFrame({"travel_time_min": [1.0], "name": ["A"], "other": [0]}, index=[7])
    shown = headed(table, ["name", "travel_time_min"])
    assert list(shown.columns) == ["Commune", "Temps (min)"]
    assert shown.index.tolist() == [0]


def test_columns_of_one_heading_are_written_alike():
    for column in COLUMNS.values():
        same = column_titled(column.title)
        assert (same.decimals, same.share) == (column.decimals, column.share)
