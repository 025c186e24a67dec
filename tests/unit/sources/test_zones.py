"""Priority zones, from files made in the published formats."""

import geopandas as gpd
import pytest
import shapely

from geo.errors import CrsError, SchemaError, SourceError
from geo.sources.zones import read_frr, read_qpv


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_classed_communes(tmp_path):
    file = write(
        tmp_path / "frr.csv",
        "codgeo;libgeo;codefrr\n1001;L'Abergement;FRR\n64001;Aast;-9999\n2A004;Ajaccio;\n64002;Abère;FRR+\n",
    )
    table = read_frr(file)
    assert table.frame["frr_class"].to_dict() == {"01001": "FRR", "64002": "FRR+"}
    assert table.frame.index.name == "commune_code"
    assert (table.provenance.rows_read, table.provenance.rows_kept) == (4, 4)
    assert table.rejected.empty


def test_rows_that_are_no_commune_are_listed(tmp_path):
    file = write(tmp_path / "frr.csv", "codgeo;libgeo;codefrr\n64001;Aast;FRR\nxx;?;FRR\n64001;Aast;FRR\n")
    table = read_frr(file)
    assert list(table.frame.index) == ["64001"]
    assert table.rejected[["row", "reason"]].to_numpy().tolist() == [
        [3, "code de commune « xx » non reconnu"],
        [4, "commune déjà lue"],
    ]


@pytest.mark.parametrize("text", ["codgeo;libgeo\n64001;Aast\n", "codgeo;libgeo;codefrr\nxx;?;FRR\n"])
def test_another_file_is_refused(tmp_path, text):
    with pytest.raises(SchemaError, match=r"frr\.csv"):
        read_frr(write(tmp_path / "frr.csv", text))


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(SourceError):
        read_frr(tmp_path / "frr.csv")
    with pytest.raises(SourceError):
        read_qpv(tmp_path / "qpv.geojson")


def districts(crs="EPSG:4326"):
    return gpd.GeoDataFrame(
        {
            "code_qp": ["QN06401M", "QN06402M", None, "QN06403M"],
            "lib_qp": ["<b>Saragosse</b>", "Ousse", "?", "Point"],
            "insee_dep": ["64", "64", "64", "64"],
        },
        geometry=[
            shapely.box(-0.38, 43.30, -0.36, 43.32),
            # A bow tie: an outline that crosses itself is mended.
            shapely.Polygon([(-0.3, 43.3), (-0.2, 43.4), (-0.2, 43.3), (-0.3, 43.4)]),
            shapely.box(0, 0, 1, 1),
            shapely.Point(-0.3, 43.3),
        ],
        crs="EPSG:4326",
    ).to_crs(crs)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2154"])
def test_districts(tmp_path, crs):
    districts(crs).to_file(tmp_path / "qpv.gpkg", driver="GPKG")
    table = read_qpv(tmp_path / "qpv.gpkg")
    assert table.frame["code_qp"].to_list() == ["QN06401M", "QN06402M"]
    assert table.frame["name"].to_list() == ["<b>Saragosse</b>", "Ousse"]
    assert table.frame.crs.to_epsg() == 4326
    assert table.frame.geometry.is_valid.all()
    assert table.frame.geometry.iloc[0].bounds == pytest.approx((-0.38, 43.30, -0.36, 43.32), abs=1e-3)
    assert len(table.rejected) == 2


def test_the_same_district_in_two_projections_is_read_once(tmp_path):
    for name, crs in (("wgs84", "EPSG:4326"), ("lambert", "EPSG:2154")):
        districts(crs).iloc[:2].to_file(tmp_path / "qpv.gpkg", layer=name, driver="GPKG")
    assert len(read_qpv(tmp_path / "qpv.gpkg").frame) == 2


def test_another_layer_is_refused(tmp_path):
    districts().rename(columns={"code_qp": "code"}).to_file(tmp_path / "other.gpkg", driver="GPKG")
    with pytest.raises(SchemaError, match="code_qp"):
        read_qpv(tmp_path / "other.gpkg")
    districts().iloc[3:].to_file(tmp_path / "points.gpkg", driver="GPKG")
    with pytest.raises(SchemaError, match="surface"):
        read_qpv(tmp_path / "points.gpkg")
    districts().iloc[:2].to_file(tmp_path / "nowhere.shp")
    (tmp_path / "nowhere.prj").unlink()
    with pytest.raises(CrsError):
        read_qpv(tmp_path / "nowhere.shp")
