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


def test_rows_that_cannot_be_are_kept_out(read):
    table = read("codgeo,p22_rp,p22_rp_voit1p\n64001,10,5\n64001,10,5\nx,10,5\n64002,10,11\n64003,,5\n")
    assert table.frame.index.tolist() == ["64001"]
    assert table.rejected["row"].tolist() == [3, 4, 5, 6]


@pytest.mark.parametrize("text", ["CODGEO;P21_RP\n64001;1\n", "P21_RP;P21_RP_VOIT1P\n1;1\n", "CODGEO;P21_RP;P20_RP_VOIT1P\n1;1;1\n", "CODGEO;P21_RP;P21_RP_VOIT1P\nx;1;1\n"])  # fmt: skip
def test_other_tables_are_refused(read, text):
    with pytest.raises(SchemaError, match="base-cc-logement"):
        read(text)
