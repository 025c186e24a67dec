"""Census tables of dwellings, small ones of our own."""

import pytest

from geo.errors import SchemaError
from geo.sources.housing import read_housing


@pytest.fixture
def read(tmp_path):
    def call(text: str):
        path = tmp_path / "logement.csv"
        path.write_text(text, encoding="utf-8")
        return read_housing(path)

    return call


def test_the_last_year_is_read(read):
    table = read(
        "CODGEO;LIBGEO;P15_RP;P15_RP_VOIT1P;P21_RP;P21_RP_VOIT1P\n"
        "64001;A;10;10;200,5;180.45\n1001;B;1;1;50;0\n64003;C;1;1;0;0\n"
    )
    assert table.frame.index.tolist() == ["64001", "01001", "64003"]
    assert table.frame["share_carless"].tolist()[:2] == pytest.approx([0.1, 1.0])
    assert table.frame["share_carless"].isna().tolist() == [False, False, True]
    assert table.provenance.vintage == "2021"


def test_the_whole_table_of_the_census_is_narrowed_before_it_is_read(read, monkeypatch):
    # INSEE's own file has 265 columns of 34,903 communes, more cells than a table may have.
    monkeypatch.setattr("geo.sources.delimited.MAX_CELLS", 100)
    others = [f"P22_RP_{number}PIECES" for number in range(260)]
    names = ['"CODGEO"', *others, "P16_RP", "P16_RP_VOIT1P", "P22_RP", "P22_RP_VOIT1P"]
    rows = [[code, *["1.5"] * 260, "9", "9", "200", "150"] for code in ("64001", "2A004", "97101")]
    text = "\n".join(";".join(row) for row in [names, *rows, ["64002", "cut"]])
    table = read(text)
    assert table.frame["share_carless"].to_dict() == {"64001": 0.25, "2A004": 0.25, "97101": 0.25}
    assert (table.provenance.vintage, table.provenance.rows_read) == ("2022", 3)
    assert table.notes == ("1 ligne incomplète, laissée de côté",)
    assert read(text.replace(";", ",")).frame.equals(table.frame)
    narrow = ";".join(["CODGEO", "P22_RP", "P22_RP_VOIT1P", *["x"] * 30])
    with pytest.raises(SchemaError, match="cellules"):
        read("\n".join([narrow, *["64001;4;3" + ";1" * 30] * 4]))


def test_rows_that_cannot_be_are_kept_out(read):
    table = read("codgeo,p22_rp,p22_rp_voit1p\n64001,10,5\n64001,10,5\nx,10,5\n64002,10,11\n64003,,5\n")
    assert table.frame.index.tolist() == ["64001"]
    assert table.rejected["row"].tolist() == [3, 4, 5, 6]


@pytest.mark.parametrize("text", ["CODGEO;P21_RP\n64001;1\n", "P21_RP;P21_RP_VOIT1P\n1;1\n", "CODGEO;P21_RP;P20_RP_VOIT1P\n1;1;1\n", "CODGEO;P21_RP;P21_RP_VOIT1P\nx;1;1\n"])  # fmt: skip
def test_other_tables_are_refused(read, text):
    with pytest.raises(SchemaError, match="base-cc-logement"):
        read(text)
