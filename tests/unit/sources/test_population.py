"""Population by commune: figures checked against the csv module and against hand-made files."""

import csv

import pandas as pd
import pytest

from geo.errors import MaillageError, SchemaError
from geo.sources.population import match_population, read_population


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "population.csv"
    path.write_bytes(text.encode(encoding))
    return path


def series(**figures):
    return pd.Series({code.removeprefix("c"): figure for code, figure in figures.items()}, dtype="Int64")


def test_official_file_matches_the_csv_module(shared_data):
    path = shared_data / "communes" / "donnees_communes.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        expected = {row["COM"]: int(row["PMUN"]) for row in csv.DictReader(stream, delimiter=";")}
    table = read_population(path)
    assert table.frame["population"].to_dict() == expected
    assert table.frame["population"].dtype == "Int64"
    assert table.rejected.empty


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("COM;PMUN\n01004;15934\n", None),
        ("com,commune,pmun\n01004,Ambérieu,15934\n", None),
        ("CODGEO;LIBGEO;PMUN19;PMUN21;PMUN06\n01004;Ambérieu;1;15934;2\n", "2021"),
        ("CODGEO;P09_POP;P20_POP;P99_POP;P20_LOG\n01004;1;15934.2;2;3\n", "2020"),
        ("COM;PMUN\n1004;15 934\n", None),
        ("COM;PMUN\n01004;15\u202f934\n", None),
    ],
)
def test_column_names_years_and_number_formats(tmp_path, text, year):
    table = read_population(write(tmp_path, text))
    assert table.frame["population"].to_dict() == {"01004": 15934}
    assert table.provenance.vintage == year


def test_repaired_codes_are_counted(tmp_path):
    (note,) = read_population(write(tmp_path, "COM;PMUN\n1004;1\n2a004;2\n64445;3\n")).commune_notes
    assert note.sentence.startswith("2 codes de commune réparés")
    assert note.codes == ("01004", "2A004")


def test_unusable_rows_are_reported_by_row(tmp_path):
    table = read_population(write(tmp_path, "COM;PMUN\n64445;75000\nFRANCE;68000000\n64430;n.d.\n64102;-5\n64483;\n"))
    assert table.frame["population"].to_dict() == {"64445": 75000}
    assert table.rejected["row"].tolist() == [3, 4, 5, 6]


def test_repeated_commune_is_kept_once_and_a_contradiction_not_at_all(tmp_path):
    table = read_population(write(tmp_path, "COM;PMUN\n64445;1\n64445;1\n64430;2\n64430;3\n64102;4\n"))
    assert table.frame["population"].to_dict() == {"64445": 1, "64102": 4}
    assert table.rejected["row"].tolist() == [3, 4, 5]


def test_missing_columns_are_all_named(tmp_path):
    with pytest.raises(SchemaError) as caught:
        read_population(write(tmp_path, "ville;habitants\nPau;75000\n"))
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize("text", ["", "COM;PMUN\n", "<html></html>", "COM;PMUN\nabc;def\n", "\x00\x01\x02"])
def test_hostile_file_gives_one_error(tmp_path, text):
    with pytest.raises(MaillageError):
        read_population(write(tmp_path, text))


def test_city_gets_the_sum_only_when_every_arrondissement_is_there():
    lyon = {f"c{code}": 10 for code in range(69381, 69390)}
    matched, notes = match_population(pd.Index(["69123"]), series(**lyon))
    assert matched.tolist() == [90]
    assert notes == ()
    del lyon["c69385"]
    matched, notes = match_population(pd.Index(["69123"]), series(**lyon))
    assert matched.isna().all()
    assert "69123" in notes[0].sentence


def test_city_row_is_preferred_to_the_sum():
    lyon = {f"c{code}": 10 for code in range(69381, 69390)}
    assert match_population(pd.Index(["69123"]), series(c69123=95, **lyon))[0].tolist() == [95]


def test_population_of_a_whole_city_is_not_given_to_its_arrondissements():
    matched, notes = match_population(pd.Index(["75101", "75102"]), series(c75056=2_100_000))
    assert matched.isna().all()
    assert "75101, 75102" in notes[0].sentence
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("cell", "residents"),
    [
        *[("1234,5", 1234), ("1234,6", 1235), ("1234.6", 1235), ("1234,0", 1234), ("12345", 12_345), ("0", 0)],
        *[("1 234", 1234), ("1\u00a0234", 1234), ("1\u202f234,7", 1235), ("0,4", 0)],
    ],
)
def test_a_decimal_comma_is_no_thousand_and_nobody_is_a_population(tmp_path, cell, residents):
    found = read_population(write(tmp_path, f"COM;PMUN\n55039;{cell}\n64445;75000\n"))
    assert found.frame["population"].to_dict() == {"55039": residents, "64445": 75_000}
    assert found.rejected.empty


def test_columns_can_be_named_and_a_refusal_says_how(tmp_path):
    path = write(tmp_path, "ville;gens;année\n64445;75 000;2020\n")
    with pytest.raises(
        SchemaError, match=r"Colonnes trouvées : ville, gens, année\. .*--columns population:code=COLONNE"
    ):
        read_population(path)
    read = read_population(path, named={"code": "Ville", "population": "gens"})
    assert read.frame["population"].to_dict() == {"64445": 75_000}
    assert (
        read_population(write(tmp_path, "COM;gens\n64445;7\n"), named={"population": "gens"}).frame.loc["64445"].item()
        == 7
    )
