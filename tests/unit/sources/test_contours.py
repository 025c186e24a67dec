"""The file of contours that the set-up leaves: written, read back, absent, damaged."""

import geopandas as gpd
import pytest
import shapely

from geo.errors import SourceError
from geo.sources.contours import CONTOURS_FILE, as_coverage, read_contours, write_contours

_BOXES = {"64002": shapely.box(1, 43, 2, 44), "64001": shapely.box(0, 43, 1.0001, 44)}


def _contours(**more):
    return gpd.GeoSeries(_BOXES | more, crs="EPSG:4326")


def test_what_is_written_is_read_back_by_code(tmp_path):
    write_contours(as_coverage(_contours()), tmp_path)

    read = read_contours(tmp_path)

    assert list(read.index) == ["64001", "64002"]
    assert read.index.name == "commune_code"
    assert read.crs == "EPSG:4326"
    assert read["64002"].symmetric_difference(_BOXES["64002"]).area < 1e-3


def test_a_coverage_has_no_overlap_and_leaves_out_what_has_no_contour():
    coverage = as_coverage(_contours(**{"64003": None, "64004": shapely.Polygon()}))

    assert list(coverage.index) == ["64002", "64001"]
    assert shapely.coverage_is_valid(coverage.to_numpy())
    assert coverage["64001"].intersection(coverage["64002"]).area == 0


def test_a_shared_border_stays_shared_when_detail_is_left_out():
    wave = [(1 + 0.00001 * (k % 2), 43 + k / 100) for k in range(101)]
    left = shapely.Polygon([(0, 44), (0, 43), *wave])
    right = shapely.Polygon([(2, 44), (2, 43), *wave])

    coverage = as_coverage(gpd.GeoSeries({"a": left, "b": right}, crs="EPSG:4326"))

    assert shapely.get_num_coordinates(coverage.to_numpy()).sum() < 60
    assert coverage["a"].union(coverage["b"]).area == pytest.approx(coverage["a"].area + coverage["b"].area)
    assert coverage["a"].touches(coverage["b"])


def test_an_installation_without_contours_says_none(tmp_path):
    assert read_contours(tmp_path) is None
    assert read_contours(tmp_path / "absent") is None


def _damage(path):
    path.write_bytes(path.read_bytes()[:-40])


def _empty(path):
    path.write_bytes(b"")


def _other(path):
    gpd.GeoDataFrame({"nom": ["A"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4326").to_parquet(path)


def _in_metres(path):
    gpd.GeoDataFrame({"code": ["64001"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:2154").to_parquet(path)


def _twice(path):
    boxes = [shapely.box(0, 0, 1, 1)] * 2
    gpd.GeoDataFrame({"code": ["64001"] * 2}, geometry=boxes, crs="EPSG:4326").to_parquet(path)


def _crossing(path):
    bow = shapely.Polygon([(0, 43), (1, 44), (1, 43), (0, 44)])
    gpd.GeoDataFrame({"code": ["64001"]}, geometry=[bow], crs="EPSG:4326").to_parquet(path)


def _point(path):
    gpd.GeoDataFrame({"code": ["64001"]}, geometry=[shapely.Point(0, 43)], crs="EPSG:4326").to_parquet(path)


def _none(path):
    gpd.GeoDataFrame({"code": ["64001"]}, geometry=[None], crs="EPSG:4326").to_parquet(path)


@pytest.mark.parametrize("harm", [_damage, _empty, _other, _in_metres, _twice, _crossing, _point, _none])
def test_a_damaged_file_is_refused_in_one_line(tmp_path, harm):
    write_contours(_contours(), tmp_path)
    harm(tmp_path / CONTOURS_FILE)

    with pytest.raises(SourceError, match="make setup") as caught:
        read_contours(tmp_path)

    assert "\n" not in str(caught.value)
