"""Delimited files: encodings, delimiters, row numbers, hostile content."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from geo.errors import SchemaError, SourceError
from geo.sources import delimited
from geo.sources.delimited import read_delimited, read_text, require_columns

HEADER = ("code", "libellé", "valeur")
ROWS = (("01", "Bâgé-Dommartin", "1,5"), ("2A004", 'Ajaccio "ville"', ""), ("64483", "deux\nlignes", "œuf"))


def write(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "liste.csv"
    path.write_bytes(text.encode(encoding))
    return path


def as_text(delimiter: str, end: str = "\n") -> str:
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in (HEADER, *ROWS)]
    return end.join(delimiter.join(row) for row in quoted) + end


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_delimiter_and_line_end_are_recognised(tmp_path, encoding, delimiter, end):
    table = read_delimited(write(tmp_path, as_text(delimiter, end), encoding), "Liste")
    assert list(table.columns) == list(HEADER)
    assert table.index.tolist() == [2, 3, 4]
    assert [tuple(row) for row in table.fillna("").to_numpy()] == list(ROWS)
    assert {str(dtype) for dtype in table.dtypes} == {"string"}
    assert table.loc[3].isna().tolist() == [False, False, True]


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    text = '\n a , b \n\n1,"x\ny"\n , \n2,  z  \n'
    table = read_delimited(write(tmp_path, text), "Liste")
    assert table.columns.tolist() == ["a", "b"]
    assert table.index.tolist() == [4, 6]
    assert table["b"].tolist() == ["x\ny", "z"]


def test_a_single_column_and_a_delimiter_inside_quotes(tmp_path):
    assert read_delimited(write(tmp_path, "nom\nPau\n"), "Liste")["nom"].tolist() == ["Pau"]
    table = read_delimited(write(tmp_path, '"a,b,c";d\n"1,2,3";4\n'), "Liste")
    assert table.columns.tolist() == ["a,b,c", "d"]


def test_short_rows_are_completed_and_unnamed_columns_left_out(tmp_path):
    table = read_delimited(write(tmp_path, ",nom,lat,\n0,Pau,43.3,\n1,Lons\n"), "Liste")
    assert table.columns.tolist() == ["nom", "lat"]
    assert pd.isna(table.loc[3, "lat"])


def test_text_that_looks_missing_stays_text(tmp_path):
    table = read_delimited(write(tmp_path, "a,b\nNA,null\n0012,1e5\n"), "Liste")
    assert table.to_numpy().tolist() == [["NA", "null"], ["0012", "1e5"]]


def test_every_overlong_row_is_listed(tmp_path):
    with pytest.raises(SchemaError) as caught:
        read_delimited(write(tmp_path, "a,b\n1,2,3\n1,2,,\n1,2,3,4\n"), "Liste")
    assert [fault.row for fault in caught.value.faults] == [2, 4]


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (b"", SourceError, "est vide"),
        (b"\xef\xbb\xbf \n\n", SourceError, "est vide"),
        (b"PK\x03\x04\x00\x00", SourceError, "classeur"),
        (b"a,b\n1,\x002\n", SourceError, "binaire"),
        (b"a,b\n1,\x81\xe9\n", SourceError, "binaire"),
        (b"\xff\xfea", SourceError, "binaire"),
        (b"<!DOCTYPE html><html>a,b", SourceError, "page web"),
        (b'{"type": "FeatureCollection", "features": []}', SourceError, "GeoJSON"),
        (b'\xef\xbb\xbf[\n  {"nom": "Sare"}\n]', SourceError, "JSON"),
        (b"a,b\n", SchemaError, "aucune ligne"),
        (b"a,b\n , \n", SchemaError, "aucune ligne"),
        (b",,\n,,\n", SchemaError, "aucune ligne"),
        (b'a,b\n1,2\n3,"open\n', SchemaError, "ligne 3 : guillemets"),
        (b"a,b\n1," + b"x" * 200_000, SchemaError, "ligne 2 : guillemets"),
        (b"x" * 200_000, SchemaError, "ligne 1 : guillemets"),
        (b"a" + b",b" * 2_000 + b"\n1\n", SchemaError, "2001 colonnes"),
    ],
)
def test_hostile_content_gives_one_clear_error(tmp_path, content, kind, message):
    path = tmp_path / "liste.csv"
    path.write_bytes(content)
    with pytest.raises(kind, match=message) as caught:
        read_delimited(path, "Liste des lieux")
    assert str(caught.value).startswith("Liste des lieux : ")


FRENCH = (
    "NOM;lieu\nMAULÉON-LICHARRE;Où ça ?\nMairie d'Oloron, café;N° 3\nSaint-Étienne-de-Baïgorry;Hôtel de ville, à côté\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "iso8859-15", "mac-roman", "cp850", "utf-16-le", "utf-16-be"])
def test_encodings_are_told_by_their_letters(tmp_path, encoding):
    notes = []
    table = read_delimited(write(tmp_path, FRENCH, encoding), "Liste", notes)
    assert table["NOM"].tolist() == ["MAULÉON-LICHARRE", "Mairie d'Oloron, café", "Saint-Étienne-de-Baïgorry"]
    assert table["lieu"].tolist() == ["Où ça ?", "N° 3", "Hôtel de ville, à côté"]
    assert notes == []


@pytest.mark.parametrize("encodings", [("utf-8", "cp1252"), ("cp1252", "utf-8"), ("mac-roman", "utf-8", "cp1252")])
def test_lines_of_several_encodings_are_read_one_by_one_and_told(tmp_path, encodings):
    towns = ["Mauléon", "Nîmes", "Besançon"][: len(encodings)]
    lines = [f"{name};1\n".encode(encoding) for name, encoding in zip(towns, encodings, strict=True)]
    path = tmp_path / "liste.csv"
    path.write_bytes(b"nom;n\n" + b"".join(lines))
    notes = []
    assert read_delimited(path, "Liste", notes)["nom"].tolist() == towns
    assert len(notes) == 1
    assert "plusieurs encodages" in notes[0]
    assert notes[0].endswith({2: "(lignes du fichier 3)", 3: "(lignes du fichier 3, 4)"}[len(encodings)])


def test_two_encodings_in_one_line_and_letters_encoded_twice(tmp_path):
    path = tmp_path / "liste.csv"
    path.write_bytes("nom;lieu\ncafé;".encode() + "Mauléon\n".encode("cp1252"))
    assert read_delimited(path, "Liste").loc[2].tolist() == ["café", "Mauléon"]
    notes = []
    table = read_delimited(write(tmp_path, "nom;lieu\ncafÃ© de lâ€™Ã©cole;NÂ° 1\n"), "Liste", notes)
    assert table.loc[2].tolist() == ["café de l’école", "N° 1"]
    assert [note for note in notes if "deux fois" in note and note.endswith("(lignes du fichier 2)")]


def test_letters_of_no_known_encoding_are_told_by_line(tmp_path):
    path = tmp_path / "liste.csv"
    path.write_bytes(b"nom;n\n" + "Mauléon;1\n".encode("cp1252") + b"a\x9ab\xdec;2\n")
    notes = []
    read_delimited(path, "Liste", notes)
    assert any("incertaines" in note and "3" in note for note in notes)


@pytest.mark.parametrize(
    ("text", "columns", "first_row"),
    [
        ("sep=;\r\na;b\r\n1,5;2\r\n", ["a", "b"], 2),
        ('"SEP=,"\na,b\n1,2\n', ["a", "b"], 2),
        ("sep=^\na^b\n1^2\n", ["a", "b"], 2),
        ("sep=;;;\na;b;c\n1;2;3\n", ["a", "b", "c"], 2),
        ("sep=;\na,b\n1,2\n", ["a", "b"], 2),
        ("sep=,\na;b;c\nx;43,3;-1,5\ny;43,2;-1,4\n", ["a", "b", "c"], 2),
        ("sep=\\t\na;b\n1\t;2\n3;4\n", ["a", "b"], 2),
        ("sep=|\na|b;c\n1|2;3\n", ["a", "b;c"], 2),
        ("sep=;\na;b\nx, y;z, t\n", ["a", "b"], 2),
        ("a;b (x, y, z, t);c\n1;2, rue;3,5\n4;5, rue;6,5\n", ["a", "b (x, y, z, t)", "c"], 2),
        ('a,"b; c; d; e"\n1,2;3\n', ["a", "b; c; d; e"], 2),
        ("a;b;c\n1;43,1;-1,5\n2;43,2;-1,4\n3;43,3\n", ["a", "b", "c"], 2),
        ("Liste des mairies\n\na;b;c\n1;2;3\n", ["a", "b", "c"], 4),
        ("Liste des mairies;;;\nau;1er janvier;;\na;b;c;d\n1;2;3;4\n", ["a", "b", "c", "d"], 4),
        ("Mairies, par canton\na,b,c,d\n1,2,3,4\n", ["a", "b", "c", "d"], 3),
        ("Mairies\nSource, date\na,b,c\n1,2,3\n", ["a", "b", "c"], 4),
        ("Mairies\nau 1er mai\nde France\n\na;b;c\n1;2;3\n", ["a", "b", "c"], 6),
        ('"a;b"\n"1;2"\n', ["a", "b"], 2),
        ('"a,b"\n"1,""2"""\n', ["a", "b"], 2),
        ("'a','b'\n'1, rue','2'\n", ["a", "b"], 2),
        ("a,b\n'1',l'eau\n", ["a", "b"], 2),
        ('a,b\n"1 \\"x\\", y",2\n', ["a", "b"], 2),
    ],
)
def test_the_rows_decide_how_the_text_is_laid_out(tmp_path, text, columns, first_row):
    table = read_delimited(write(tmp_path, text), "Liste")
    assert table.columns.tolist() == columns
    assert table.index[0] == first_row
    assert table.notna().all().all() or first_row == 2


def test_titles_above_the_header_are_told(tmp_path):
    notes = []
    read_delimited(write(tmp_path, "Mairies\nau 1er mai\na;b\n1;2\n"), "Liste", notes)
    assert notes == ["2 lignes de titre au-dessus de l'en-tête (ligne 3), laissées de côté"]


def test_columns_of_one_name_are_told_apart(tmp_path):
    notes = []
    table = read_delimited(write(tmp_path, "a,b,a,a,b\n1,2,3,1,2\n4,5,6,4,\n"), "Liste", notes)
    assert table.columns.tolist() == ["a", "b", "a (2)"]
    assert table["a (2)"].tolist() == ["3", "6"]
    assert len(notes) == 1
    assert "« a (2) »" in notes[0]


def test_a_list_of_over_a_million_rows_is_refused_and_one_of_a_million_read_whole(tmp_path, monkeypatch):
    assert delimited.MAX_ROWS == 1_000_000
    monkeypatch.setattr(delimited, "MAX_ROWS", 300)
    assert len(read_delimited(write(tmp_path, "a;b\n" + "1;2\n" * 299), "Liste")) == 299
    with pytest.raises(SchemaError, match="plus de 300 lignes"):
        read_delimited(write(tmp_path, "a;b\n" + "1;2\n" * 300), "Liste")


def test_absent_file_folder_and_impossible_name(tmp_path):
    for path in (tmp_path / "absent.csv", Path("nul\x00nul")):
        with pytest.raises(SourceError, match="illisible ou absent"):
            read_text(path, "Liste")


def test_size_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "MAX_BYTES", 10)
    with pytest.raises(SourceError, match="pèse"):
        read_delimited(write(tmp_path, "a,b\n1,2\n3,4\n"), "Liste")


def test_missing_columns_are_all_listed(tmp_path):
    table = read_delimited(write(tmp_path, "a,b\n1,2\n"), "Liste")
    require_columns(table, ["b"], "Liste")
    with pytest.raises(SchemaError) as caught:
        require_columns(table, ["x", "a", "y"], "Liste")
    assert [fault.message for fault in caught.value.faults] == ["colonne « x » absente", "colonne « y » absente"]


def test_official_list_read_like_the_csv_module(shared_data):
    path = shared_data / "sites" / "liste-fs-20240801.csv"
    table = read_delimited(path, "Sites")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        expected = list(csv.reader(stream))
    assert table.columns.tolist() == expected[0]
    assert table.fillna("").to_numpy().tolist() == [[cell.strip() for cell in row] for row in expected[1:]]


def test_a_folder_where_a_file_is_expected_has_its_own_sentence(tmp_path):
    with pytest.raises(SourceError, match=r"^Liste : « .* » est un dossier, un fichier est attendu"):
        read_delimited(tmp_path, "Liste")
