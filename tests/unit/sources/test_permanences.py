"""The table of the operators' visits."""

import geopandas as gpd
import pandas as pd
import pytest

from geo.errors import SchemaError, SourceError
from geo.sources.permanences import PERMANENCE_COLUMNS, read_permanences

SITES = gpd.GeoDataFrame(
    {
        "facility_id": pd.array(["950", "2811", "7", "8"], dtype="string"),
        "name": pd.array(["La Poste d'Espelette", "Saint-Jean-de-Luz", "Même nom", "Même nom"], dtype="string"),
    },
    geometry=gpd.points_from_xy([0, 1, 2, 3], [0, 1, 2, 3]),
    crs="EPSG:4326",
)


@pytest.fixture
def read(tmp_path):
    def write_and_read(text, encoding="utf-8"):
        path = tmp_path / "permanences-2026-11-01.csv"
        path.write_bytes(text.encode(encoding))
        return read_permanences(path, SITES)

    return write_and_read


def test_by_identifier_or_name_with_several_slots(read):
    table = read(
        "Site;Opérateur;Jour;Horaires;Mode\n"
        "saint jean de luz;Caf;Jeudi;09:00 - 12:00 / 14h - 16h30;Visio\n"
        "950;Cnav;mardi;09:00 - 12:00;sur place\n",
        "cp1252",
    )
    assert list(table.frame.columns) == list(PERMANENCE_COLUMNS)
    assert table.frame.to_numpy().tolist() == [
        ["2811", "Caf", 3, 540, 720, "video"],
        ["2811", "Caf", 3, 840, 990, "video"],
        ["950", "Cnav", 1, 540, 720, "on_site"],
    ]
    assert table.frame.dtypes.astype(str).to_list() == ["string", "string", "int64", "int64", "int64", "string"]
    assert (table.provenance.vintage, table.provenance.rows_read, table.provenance.rows_kept) == ("2026-11-01", 2, 2)
    assert table.rejected.empty


def test_the_order_of_rows_does_not_matter_and_doubles_count_once(read):
    header = "site,operateur,jour,horaires,mode\n"
    rows = ["950,Cnav,mardi,09:00 - 12:00,sur place\n", "950,Caf,lundi,09:00 - 12:00,visio\n"]
    assert read(header + "".join(rows)).frame.equals(read(header + "".join([*reversed(rows), rows[0]])).frame)


def test_every_fault_is_listed_with_its_row(read):
    with pytest.raises(SchemaError) as refused:
        read(
            "site,operateur,jour,horaires,mode\n"
            "950,Cnav,mardy,09:00 - 12:00,sur place\n"
            "950,,lundi,12:00 - 09:00,zoom\n"
            "950,Cnav,lundi,fermé,visio\n"
            ",Cnav,lundi,09:00 - 12:00,visio\n"
        )
    faults = [(fault.row, fault.message) for fault in refused.value.faults]
    assert [row for row, _ in faults] == [2, 3, 3, 3, 4, 5]
    text = " ".join(message for _, message in faults)
    for expected in ("« mardy »", "colonne « operateur » : cellule vide", "« zoom »", "« 12:00 - 09:00 »", "« fermé »"):
        assert expected in text
    assert "permanences-2026-11-01.csv" in str(refused.value)


def test_all_missing_columns_are_named(read):
    with pytest.raises(SchemaError) as refused:
        read("site,jour\n950,mardi\n")
    assert [fault.message for fault in refused.value.faults] == [
        f"colonne « {name} » absente" for name in ("operateur", "horaires", "mode")
    ]


def test_sites_that_are_not_known_are_kept_out_and_listed(read):
    table = read(
        "site,operateur,jour,horaires,mode\n"
        "950,Cnav,mardi,09:00 - 12:00,sur place\n"
        "99999,Cnav,mardi,09:00 - 12:00,sur place\n"
        "même nom,Cnav,mardi,09:00 - 12:00,sur place\n"
    )
    assert len(table.frame) == 1
    assert table.rejected.to_numpy().tolist() == [
        [3, "99999", "site absent de la liste des sites"],
        [4, "même nom", "nom porté par plusieurs sites"],
    ]
    with pytest.raises(SchemaError, match="site absent"):
        read("site,operateur,jour,horaires,mode\n1,Cnav,mardi,09:00 - 12:00,visio\n")


@pytest.mark.parametrize("text", ["", "   \n", "site,operateur,jour,horaires,mode\n", "<html>"])
def test_files_that_are_no_table(read, text):
    with pytest.raises((SourceError, SchemaError)):
        read(text)
