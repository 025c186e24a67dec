"""Contours that cross themselves: repaired where that is little work, refused before it is done where it is much."""

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import SchemaError
from geo.sources import contour_repair
from geo.sources.communes import commune_centre, read_communes
from geo.sources.contour_repair import MOST_CROSSINGS_IN_ALL, TANGLED, repair_contours, tangled_together
from geo.sources.zones import read_qpv

WHERE = np.array([-1.5, 43.3])


def noise(n):
    return np.random.default_rng(1).uniform(0, 0.1, (n, 2))


def to_and_fro(n):
    return np.column_stack([np.where(np.arange(n) % 2, 0.1, 0.0), np.random.default_rng(2).uniform(0, 0.1, n)])


def on_one_line(n):
    return np.vstack([np.column_stack([np.where(np.arange(n) % 2, 0.1, 0.0), np.zeros(n)]), [[0, 0.1]]])


def star(n):
    turn = np.arange(n) * 2 * np.pi * (n // 2 - 1) / n
    return 0.05 * np.column_stack([np.cos(turn), np.sin(turn)])


def comb(n):
    """Slanted teeth that do not cross: each lies in the box of all others."""
    tooth = np.arange(n // 2) * 1e-5
    points = np.empty((n // 2 * 2, 2))
    points[0::2], points[1::2] = np.column_stack([tooth, tooth * 0]), np.column_stack([tooth + 0.1, tooth * 0 + 0.1])
    return points


def layer(folder, *shapes, codes=None):
    path = folder / "communes.geojson"
    codes = codes or [f"6400{n}" for n in range(1, len(shapes) + 1)]
    frame = gpd.GeoDataFrame({"code": codes, "nom": codes}, geometry=list(shapes), crs="EPSG:4326")
    path.write_text(frame.to_json(drop_id=True), encoding="utf-8")
    return path


SQUARE = shapely.box(-1.5, 43.3, -1.4, 43.4)


@pytest.mark.parametrize("size", [1_001, 5_001])
@pytest.mark.parametrize("drawn", [noise, to_and_fro, on_one_line, star])
def test_a_tangled_contour_is_not_repaired(monkeypatch, drawn, size):
    def refused(*_args, **_options):
        raise AssertionError

    monkeypatch.setattr(shapely, "make_valid", refused)  # whose time and memory would be those of all crossings
    tangled = shapely.Polygon(drawn(size) + WHERE)
    assert repair_contours(np.array([SQUARE, tangled], dtype=object)).tangled.tolist() == [False, True]


def test_a_tangled_contour_is_a_row_kept_out(tmp_path):
    tangled = shapely.Polygon(noise(1_001) + WHERE)
    table = read_communes(layer(tmp_path, SQUARE, tangled))
    assert list(table.frame.index) == ["64001"]
    assert list(table.rejected["reason"]) == [TANGLED]
    with pytest.raises(SchemaError, match="trop embrouillé"):
        read_communes(layer(tmp_path, tangled))
    with pytest.raises(SchemaError, match="commune 64001 : contour qui se croise"):
        commune_centre(layer(tmp_path, tangled), "64001")


def test_a_contour_that_takes_long_to_look_at_is_refused():
    assert repair_contours(np.array([shapely.Polygon(comb(20_001))], dtype=object)).tangled.all()


def test_many_contours_that_cross_themselves_are_refused_together(monkeypatch):
    """A tenth of what is usual is the most here, and below: the work itself takes seconds."""
    monkeypatch.setattr(contour_repair, "MOST_CROSSINGS_IN_ALL", MOST_CROSSINGS_IN_ALL // 10)
    small = np.array([shapely.Polygon(noise(40))] * 30, dtype=object)
    repaired = repair_contours(small)
    assert 0 < repaired.invalid.sum() < 30
    assert (repaired.invalid | repaired.tangled).all()
    assert shapely.is_valid(repaired.shapes[repaired.invalid]).all()


def test_many_contours_that_take_long_to_look_at_are_refused_together(monkeypatch):
    """Their crossings, 400 each, are not too many."""
    for name in ("_MOST_PAIRS", "_MOST_PAIRS_IN_ALL"):
        monkeypatch.setattr(contour_repair, name, getattr(contour_repair, name) // 10)
    teeth = np.array([shapely.Polygon(comb(800))] * 8, dtype=object)
    assert repair_contours(teeth).tangled.tolist() == [False] * 4 + [True] * 4


def test_little_crossings_are_repaired_as_before():
    holed = shapely.difference(SQUARE.buffer(0.3, 40), SQUARE)
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    touching = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(0.5, 0.5, 2, 2)])
    shapes = np.array([SQUARE, holed, bow_tie, touching, None, shapely.Point(1, 1)], dtype=object)
    repaired = repair_contours(shapes)
    assert repaired.invalid.tolist() == [False, False, True, True, False, False]
    assert not repaired.tangled.any()
    assert repaired.shapes[2].area == pytest.approx(0.5)
    assert repaired.shapes[4] is None
    assert repaired.shapes[1] is holed


@pytest.mark.parametrize("kind", ["straight", "wavy"])
def test_large_natural_contours_are_not_refused(kind):
    turn = np.linspace(0, 2 * np.pi, 60_000, endpoint=False)
    waves = 1 + 0.2 * np.sin(7 * turn) + (0.02 * np.sin(900 * turn) if kind == "wavy" else 0)
    contour = shapely.Polygon(np.column_stack([waves * np.cos(turn), waves * np.sin(turn)]))
    assert repair_contours(np.array([contour], dtype=object)).shapes[0] is contour


def test_pieces_that_share_a_border_are_one_commune_and_those_that_cross_are_refused(tmp_path):
    west, east = shapely.box(-1.6, 43.3, -1.5, 43.4), SQUARE
    joined = read_communes(layer(tmp_path, west, east, codes=["64001", "64001"]))
    assert joined.frame.geometry.iloc[0].area == pytest.approx(0.02)
    assert "Communes en plusieurs morceaux" in " ".join(note.template for note in joined.commune_notes)
    stripes = [shapely.box(0, n, 200, n + 0.5) for n in range(200)]
    across = [shapely.box(n, 0, n + 0.5, 200) for n in range(200)]
    pieces = np.array([shapely.MultiPolygon(stripes), shapely.MultiPolygon(across)], dtype=object)
    assert tangled_together(pieces)
    assert not tangled_together(np.array([west.segmentize(2e-4), east.segmentize(2e-4)], dtype=object))


def test_one_code_of_two_distant_shapes_is_told(tmp_path):
    far = shapely.box(-0.5, 43.3, -0.4, 43.4)
    table = read_communes(layer(tmp_path, SQUARE, far, codes=["64001", "64001"]))
    assert any("à plus de 20 km" in note.template and note.codes == ("64001",) for note in table.commune_notes)
    near = shapely.box(-1.35, 43.3, -1.3, 43.4)
    table = read_communes(layer(tmp_path, SQUARE, near, codes=["64001", "64001"]))
    assert not any("à plus de 20 km" in note.template for note in table.commune_notes)


def test_a_tangled_district_is_a_row_kept_out(tmp_path):
    def feature(code, shape):
        properties = {"code_qp": code, "lib_qp": code, "insee_dep": "64"}
        return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}

    path = tmp_path / "qpv.geojson"
    line = shapely.Polygon([(-1.5, 43.3), (-1.4, 43.3), (-1.5, 43.3)])
    features = [feature("QN1", SQUARE), feature("QN2", shapely.Polygon(noise(2_000) + WHERE)), feature("QN3", line)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    table = read_qpv(path)
    assert list(table.frame["code_qp"]) == ["QN1"]
    assert list(table.rejected["reason"]) == [TANGLED, "contour absent ou qui n'est pas une surface"]
