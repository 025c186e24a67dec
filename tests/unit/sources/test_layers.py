"""Vector layers: every format gives the same rows, and what is not such a file is refused."""

import gzip
import json
import sqlite3
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.errors import CrsError, SourceError
from geo.sources.layers import find_layers, plain_texts, read_layer

FORMATS = ["p.geojson", "p.geojson.gz", "p.gpkg", "p.shp", "p.fgb", "p.parquet", "p.zip"]


@pytest.fixture
def points():
    """Fifty points along a parallel, one every 0.1 degree from 0 to 4.9 degrees east, named by their rank."""
    lon = np.arange(50) / 10
    return gpd.GeoDataFrame(
        {"RANK": range(50), "Name": "é"}, geometry=gpd.points_from_xy(lon, 45.0 + 0 * lon), crs=4326
    )


def write(frame, path):
    if path.name.endswith(".gz"):
        path.write_bytes(gzip.compress(frame.to_json(drop_id=True).encode()))
    elif path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".zip":
        inner = path.with_name("inner.shp")
        frame.to_file(inner)
        with zipfile.ZipFile(path, "w") as archive:
            for part in path.parent.glob("inner.*"):
                archive.write(part, f"dossier/{part.name}")
    elif path.suffix == ".fgb":
        frame.to_file(path, SPATIAL_INDEX="NO")  # with an index the rows are put in another order
    else:
        frame.to_file(path)
    return path


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("crs", [4326, 2154])
def test_rows_columns_and_box_are_the_same_in_every_format(tmp_path, points, name, crs):
    if crs == 2154 and "geojson" in name:
        pytest.skip("GeoJSON is in degrees")
    (layer,) = find_layers(write(points.to_crs(crs), tmp_path / name), "Points")
    assert [column.lower() for column in layer.columns] == ["rank", "name"]
    assert layer.geometry_type == "Point"

    everything = read_layer(layer, "Points")
    assert everything["rank"].tolist() == list(range(50))
    assert everything.index.tolist() == list(range(2, 52))
    assert everything["name"].tolist() == ["é"] * 50
    assert everything.crs.to_epsg() == crs

    some = read_layer(layer, "Points", columns={"rank", "absent"}, bounds=(0.95, 44.9, 2.05, 45.1))
    assert list(some.columns) == ["rank", "geometry"]
    assert sorted(some["rank"]) == list(range(10, 21))
    assert (some.index - some["rank"] == 2).all()


def test_bytes_of_a_layer_are_text_only_where_they_are():
    found = plain_texts(pd.Series([b" Sare ", b"\xff\xd8\xff", "Ascain", None], dtype=object))
    assert found.fillna("none").tolist() == ["Sare", "none", "Ascain", "none"]


def test_features_with_identifiers_of_their_own_keep_their_row(tmp_path, points):
    path = tmp_path / "p.geojson"
    content = json.loads(points.to_json())
    for feature in content["features"]:
        feature["id"] = 1000 - feature["properties"]["RANK"]
    path.write_text(json.dumps(content), encoding="utf-8")
    found = read_layer(find_layers(path, "Points")[0], "Points", bounds=(0.95, 44.9, 1.05, 45.1))
    assert found["rank"].to_dict() == {12: 10}


def test_every_layer_of_a_file_is_listed_but_tables_without_geometry(tmp_path, points):
    path = tmp_path / "p.gpkg"
    points.to_file(path, layer="a")
    points.set_geometry(shapely.buffer(points.geometry.array, 1)).to_file(path, layer="b")
    pyogrio.write_dataframe(points.drop(columns="geometry"), path, layer="c")
    assert [(layer.label, layer.geometry_type) for layer in find_layers(path, "P")] == [
        ("a", "Point"),
        ("b", "Polygon"),
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_a_shapefile_cut_short_is_refused_before_its_shapes_become_null(tmp_path, points, packed):
    path = write(points, tmp_path / "p.shp")
    path.write_bytes(path.read_bytes()[:-30])
    if packed:
        with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
            for part in tmp_path.glob("p.[sdcp][hbpr][xfgjp]"):
                archive.write(part, part.name)
        path = tmp_path / "p.zip"
    with pytest.raises(SourceError, match=rf"Points : « {path.name} » est abîmé, incomplet"):
        find_layers(path, "Points")


def test_a_database_that_is_no_geopackage_is_refused(tmp_path):
    path = tmp_path / "p.gpkg"
    with sqlite3.connect(path) as database:  # GDAL would open it, and follow its virtual tables to other files
        database.execute("create table points (name text, wkt_geometry text)")
        database.execute("insert into points values ('a', 'POINT (0 45)')")
    database.close()
    with pytest.raises(SourceError, match=r"p\.gpkg"):
        find_layers(path, "Points")


@pytest.mark.parametrize(
    "content",
    [
        {"type": "Topology", "objects": {}, "arcs": []},
        {"geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 4326}, "fields": [], "features": []},
    ],
)
def test_other_dialects_of_json_are_refused(tmp_path, content):
    path = tmp_path / "p.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(SourceError, match=r"p\.json"):
        find_layers(path, "Points")


def test_text_in_another_encoding_than_announced_is_told(tmp_path, points):
    path = tmp_path / "p.shp"
    points.to_file(path, encoding="ISO-8859-1")
    path.with_suffix(".cpg").write_text("UTF-8")
    with pytest.raises(SourceError, match=r"\.cpg"):
        read_layer(find_layers(path, "Points")[0], "Points")


def test_a_layer_that_does_not_say_its_system_is_refused_with_or_without_a_box(tmp_path, points):
    path = write(points.set_crs(None, allow_override=True), tmp_path / "p.parquet")
    (layer,) = find_layers(path, "Points")
    assert layer.crs is None
    for bounds in (None, (0, 44, 1, 46)):
        with pytest.raises(CrsError, match="système"):
            read_layer(layer, "Points", bounds=bounds)


def test_a_folder_an_absent_file_and_an_archive_without_layer(tmp_path):
    with pytest.raises(SourceError, match="est un dossier"):
        find_layers(tmp_path, "Points")
    with pytest.raises(SourceError, match="est absent"):
        find_layers(tmp_path / "p.gpkg", "Points")
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("p.gpkg", "this is no GeoPackage")
    with pytest.raises(SourceError, match="aucune couche"):
        find_layers(tmp_path / "p.zip", "Points")


def test_a_shape_that_cannot_be_decoded_is_null(tmp_path):
    path = tmp_path / "p.geojson"
    shapes = [{"type": "Point", "coordinates": [0, 45]}, None]
    features = [{"type": "Feature", "geometry": shape, "properties": {"name": "a"}} for shape in shapes]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    frame = read_layer(find_layers(path, "Points")[0], "Points")
    assert frame.geometry.iloc[0] == shapely.Point(0, 45)
    assert frame.geometry.isna().tolist() == [False, True]
