"""The project's own table of hamlets, resorts and quarters."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from geo.errors import SchemaError
from geo.sources.localities import LOCALITIES_CSV, LOCALITY_KINDS, read_localities

FRANCE = Path(__file__).resolve().parents[3] / "data" / "france"


def rows_of(name):
    with (FRANCE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_place_is_of_a_commune_of_today_and_is_not_itself_one_there():
    communes = {row["code"]: row for row in rows_of("communes.csv")}
    named = {(row["name"], row["departement"]) for row in communes.values()}
    places = rows_of("localities.csv")
    assert len(places) > 250
    for place in places:
        assert place["commune_code"] in communes, place
        assert (place["name"], communes[place["commune_code"]]["departement"]) not in named, place


def test_the_table_is_read_as_it_is_written():
    table = read_localities(FRANCE / "localities.csv")
    assert tuple(table.columns) == LOCALITIES_CSV
    as_read = [row | {name: float(row[name] or "nan") for name in ("lon", "lat")} for row in rows_of("localities.csv")]
    pd.testing.assert_frame_equal(table.reset_index(drop=True), pd.DataFrame(as_read), check_dtype=False)
    assert set(table["kind"]) == set(LOCALITY_KINDS)


def test_every_fault_is_told_with_its_row(tmp_path):
    path = tmp_path / "localities.csv"
    path.write_text(
        "name,kind,commune_code,lon,lat\nHaut,hameau,64204,,\n,hameau,64204,,\nBas,bourg,64204,-0.3,42.9\n"
        "Loin,station,6420,,\nHaut,station,64204,,\nPerdu,hameau,64204,-0.3,\n",
        encoding="utf-8",
    )
    with pytest.raises(SchemaError) as refused:
        read_localities(path)
    assert [(fault.row, fault.message.split(" ")[0]) for fault in refused.value.faults] == [
        (3, "nom"),
        (4, "nature"),
        (5, "code"),
        (6, "lieu"),
        (7, "position"),
    ]
