"""The table of communes, and its file read back with the csv module as a spreadsheet would."""

import csv
import io

import pandas as pd
import pytest

from geo.ui.components.communes_table import SHOWN, as_shown, beside_threshold, communes_csv, communes_table

TITLES = [
    "Commune",
    "Temps (min)",
    "Sous-desservie",
    "Le plus proche",
    "Distance (km)",
    "Habitants",
    "Part dans le seuil",
    "Code INSEE",
    "Temps estimé",
]


@pytest.fixture
def coverage_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": pd.array(["Près", "=cmd|' /C calc'!A0", "Île; sans route", "Loin"], dtype="string"),
            "population": pd.array([1200, 0, pd.NA, 35], dtype="Int64"),
            "travel_time_min": pd.array([4.26, 31.0, pd.NA, 99.95], dtype="Float64"),
            "distance_km": pd.array([2.0, 25.55, pd.NA, 80.0], dtype="Float64"),
            "facility_id": pd.array(["a", "b", pd.NA, "a"], dtype="string"),
            "facility_name": pd.array(["Site", "@site", pd.NA, 'Le "grand" site'], dtype="string"),
            "residents_within": pd.array([1200, 0, pd.NA, 0], dtype="Float64"),
            "share_within": pd.array([1.0, 0.0, 0.0, 0.12345], dtype="Float64"),
            "under_served": pd.array([False, True, pd.NA, True], dtype="boolean"),
            "estimated": False,
        },
        index=pd.Index(["64001", "64002", "64003", "64004"], name="commune_code"),
    )


def test_table_starts_with_those_who_cannot_and_ends_with_the_unknown(coverage_frame):
    coverage_frame.loc["64002", "travel_time_min"] = pd.NA
    table = communes_table(coverage_frame)
    assert list(table.columns) == [*SHOWN, "estimated"]
    assert table["commune_code"].tolist() == ["64002", "64004", "64001", "64003"]


def test_a_time_that_rounding_puts_at_the_threshold_says_its_side(coverage_frame):
    coverage_frame["travel_time_min"] = pd.array([19.0, 21.9, 20.0, 27.0], dtype="Float64")
    table = communes_table(coverage_frame.assign(estimated=True))
    said = beside_threshold(table, 20).str.replace("\u00a0", " ")
    assert dict(zip(table["travel_time_min"], said.fillna("-"), strict=True)) == {
        19.0: "un peu moins",
        21.9: "un peu plus",
        20.0: "-",
        27.0: "-",
    }
    assert beside_threshold(table, 21).dropna().tolist() == ["un peu plus"], "21.9 is said as 20"
    assert beside_threshold(table.assign(estimated=False), 20).isna().all()


def test_file_opens_in_a_french_spreadsheet(coverage_frame):
    data = communes_csv(coverage_frame)
    assert data.startswith(b"\xef\xbb\xbf"), "the mark by which Excel knows UTF-8"
    header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";")
    assert header == TITLES
    assert {len(row) for row in rows} == {len(TITLES)}
    near = dict(zip(header, rows[2], strict=True))
    assert near["Commune"] == "Près"
    assert near["Temps (min)"] == "4,26", "as precise as all other files"
    assert near["Habitants"] == "1200"
    assert near["Sous-desservie"] == near["Temps estimé"] == "non"
    unknown = dict(zip(header, rows[3], strict=True))
    assert unknown["Temps (min)"] == unknown["Habitants"] == ""
    assert unknown["Sous-desservie"] == "inconnu"


def test_no_cell_starts_a_formula(coverage_frame):
    rows = csv.reader(io.StringIO(communes_csv(coverage_frame).decode("utf-8-sig")), delimiter=";")
    cells = [cell for row in rows for cell in row]
    assert "'=cmd|' /C calc'!A0" in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_the_table_on_screen_may_be_saved_as_safely(coverage_frame):
    table = communes_table(coverage_frame)
    assert {"'=cmd|' /C calc'!A0", "Près"} <= set(table["name"])
    assert "'@site" in set(table["facility_name"].dropna())


def test_the_numbers_on_screen_are_as_precise_as_they_are_shown(coverage_frame):
    coverage_frame["share_within"] = pd.array([1.0, 0.9996, 0.0, 0.0004], dtype="Float64")
    table = as_shown(communes_table(coverage_frame)).set_index("commune_code")
    assert table["travel_time_min"].dropna().to_dict() == {"64001": 4.3, "64002": 31.0, "64004": 100.0}
    assert table["distance_km"].dropna().to_dict() == {"64001": 2.0, "64002": 25.6, "64004": 80.0}
    estimated = as_shown(communes_table(coverage_frame.assign(estimated=True))).set_index("commune_code")
    assert estimated["travel_time_min"].dropna().to_dict() == {"64001": 5, "64002": 30, "64004": 100}
    share = table["share_within"].to_dict()
    assert share == {"64001": 1.0, "64002": 0.99, "64003": 0.0, "64004": 0.01}, (
        "nearly all is not all, nearly none not none"
    )
