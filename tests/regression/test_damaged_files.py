"""Files that once made a reader fail with something else than a `MaillageError`, or never end."""

import json
import shutil
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from geo import Territory
from geo.errors import CrsError, MaillageError, NetworkError, SchemaError, SourceError
from geo.network.osm import read_osmnx
from geo.network.reference import read_reference
from geo.sources.archives import extract_member, require_bounded
from geo.sources.communes import read_communes
from geo.sources.delimited import parse_delimited
from geo.sources.download import Job, Limits, _begun
from geo.sources.download_cache import DownloadCache
from geo.sources.fetch import check_content
from geo.sources.layers import find_layers
from geo.sources.places import read_places
from geo.sources.population_cells import read_population_cells
from geo.sources.positions import parse_positions
from geo.sources.registry import sources
from geo.sources.site_quality import check_sites
from geo.sources.zones import read_qpv
from geo.territory.country import Country
from geo.territory.store import COUNTRY_MARKER


@pytest.fixture
def communes() -> gpd.GeoDataFrame:
    square = shapely.box(-1.5, 43.3, -1.4, 43.4)
    return gpd.GeoDataFrame({"code": ["64102"], "nom": ["Bayonne"]}, geometry=[square], crs=4326)


def shapefile(communes: gpd.GeoDataFrame, folder: Path) -> Path:
    communes.to_file(folder / "communes.shp")
    return folder / "communes.shp"


def test_a_system_of_coordinates_that_leads_nowhere(communes, tmp_path):
    path = shapefile(communes, tmp_path)
    local = 'LOCAL_CS["Chantier",LOCAL_DATUM["Chantier",0],UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]'
    path.with_suffix(".prj").write_text(local)
    with pytest.raises(CrsError, match="ne mène pas à EPSG:4326"):
        read_communes(path)


def test_two_columns_of_a_shapefile_with_one_name(communes, tmp_path):
    path = shapefile(communes, tmp_path)
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace(b"code\x00", b"nom\x00\x00", 1))
    with pytest.raises(MaillageError):
        read_communes(path)


def test_a_heading_of_cells_that_is_not_utf_8(communes, tmp_path):
    path = tmp_path / "carreaux.csv"
    path.write_bytes(b"ind,\xa8ab,idcar_200m\n1,2,CRS3035RES200mN2300000E3480000\n")
    area = communes.set_index("code").assign(departement="64", population=1)
    with pytest.raises(MaillageError):
        read_population_cells(path, area)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "LineString", "coordinates": [[-1.5, -1.5], [-1.5, 1e308]]},
        {"type": "GeometryCollection", "geometries": []},
    ],
)
def test_a_place_of_absurd_or_empty_shape(tmp_path, geometry):
    path = tmp_path / "lieux.geojson"
    feature = {"type": "Feature", "properties": {"nom": "Poste"}, "geometry": geometry}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(MaillageError, match="position absente"):
        read_places(path)


def test_a_list_of_sites_without_any_hour(small_world, tmp_path):
    text = small_world.sites.read_text(encoding="utf-8").replace("09:00 - 12:00 / 14:00 - 17:00", "")
    path = tmp_path / "liste.csv"
    path.write_text(text, encoding="utf-8")
    assert check_sites(path).to_dict()["rows"] == 3


@pytest.fixture
def folder(embedded_folder, tmp_path) -> Path:
    """Return a saved territory that a test may damage."""
    return Path(shutil.copytree(embedded_folder, tmp_path / "territory"))


@pytest.mark.parametrize("header", [b"{'descr': (((", b"\x00" * 40, b"{" * 200])
def test_an_array_whose_description_is_damaged(folder, header):
    path = folder / "network" / "x.npy"
    content = bytearray(path.read_bytes())
    content[10 : 10 + len(header)] = header
    path.write_bytes(content)
    with pytest.raises(SourceError, match="illisible ou incomplet"):
        Territory.load(folder)


def test_an_array_of_a_size_that_no_machine_has(folder):
    path = folder / "network" / "x.npy"
    shape = f"({len(np.load(path))},)".encode()
    path.write_bytes(path.read_bytes().replace(shape + b", }" + b" " * 12, b"(9999999999999,), }", 1))
    with pytest.raises(SourceError):
        Territory.load(folder)


@pytest.mark.parametrize("change", ["column", "index", "empty"])
def test_a_saved_table_that_is_not_ours(folder, change):
    path = folder / "communes.parquet"
    frame = gpd.read_parquet(path)
    changed = {"column": frame.drop(columns="lon"), "index": frame.reset_index(drop=True), "empty": frame.iloc[:0]}
    changed[change].to_parquet(path)
    with pytest.raises(SourceError, match="illisible ou incomplet"):
        Territory.load(folder)


@pytest.mark.parametrize("seconds", [-1.0, np.nan, np.inf])
def test_times_on_which_a_search_would_never_end(folder, seconds):
    edges = np.load(folder / "network" / "edges.npy")
    edges["time_s"][: len(edges) // 2] = seconds
    np.save(folder / "network" / "edges.npy", edges)
    with pytest.raises(SourceError, match="illisible ou incomplet"):
        Territory.load(folder)


def layer_of(folder: Path, properties: dict[str, object], *rings: list[list[float]]) -> Path:
    features = [
        {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for ring in rings
    ]
    path = folder / "couche.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_a_district_of_infinite_or_absurd_coordinates(tmp_path):
    properties = {"code_qp": "QN06401M", "lib_qp": "Quartier", "insee_dep": "64"}
    infinite = layer_of(tmp_path, properties, [[-1.5, 43.3], [1e400, 43.3], [-1.4, 43.4], [-1.5, 43.3]])
    infinite.write_text(infinite.read_text().replace("Infinity", "1e999"))
    absurd = layer_of(tmp_path, properties, [[-1.5, 43.3], [1e308, 43.3], [-1.4, 43.4], [-1.5, 43.3]])
    for path in (infinite, absurd):
        with pytest.raises(MaillageError):
            read_qpv(path)


def test_a_cell_of_absurd_coordinates(communes, tmp_path):
    path = layer_of(tmp_path, {"idcar_200m": "x", "ind": 3}, [[-1.5, 43.3], [-1e308, 43.3], [-1.4, 43.4], [-1.5, 43.3]])
    area = communes.set_index("code").assign(departement="64", population=1)
    with pytest.raises(SchemaError):
        read_population_cells(path, area)


def test_a_fetched_archive_whose_table_is_blank(tmp_path):
    with zipfile.ZipFile(tmp_path / "fetched", "w") as archive:
        archive.writestr("donnees_communes.csv", "\n")
    with pytest.raises(SourceError, match="est vide"):
        check_content(tmp_path / "fetched", sources()["population"], "64")


def test_a_number_too_large_for_a_reference(tmp_path):
    path = tmp_path / "reference.json"
    path.write_text(json.dumps({"src": [[10**400, 1]], "dst": [[1, 1]], "time_s": [[1]], "dist_km": [[1]]}))
    with pytest.raises(SchemaError, match="« src » absente ou non numérique"):
        read_reference(path)


def test_json_nested_deeper_than_python_goes(folder, tmp_path):
    nested = "[" * 100_000
    job = Job("http://127.0.0.1/", tmp_path / "sites.part", 100, Limits())
    for path in (job.record, tmp_path / "sites.json", tmp_path / "country" / COUNTRY_MARKER):
        path.parent.mkdir(exist_ok=True)
        path.write_text(nested)
    assert _begun(job) is None
    assert DownloadCache(tmp_path).find("sites") is None
    with pytest.raises(SourceError):
        Country.load(tmp_path / "country")
    for name in ("network/network.json", "manifest.json"):
        (folder / name).write_text(nested)
        with pytest.raises(SourceError, match="illisible ou incomplet"):
            Territory.load(folder)


def test_an_archive_whose_names_are_of_another_encoding(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("é.csv", "x")
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xff"))
    for read in (lambda: require_bounded(path, "Liste"), lambda: extract_member(path, "a.csv", tmp_path, 9)):
        with pytest.raises(SourceError, match="abîmée"):
            read()


@pytest.mark.parametrize("length", [None, [3, 4], "[3, 4]"])
def test_a_graph_whose_lengths_are_no_numbers(length):
    graph = nx.MultiDiGraph(crs="epsg:4326")
    graph.add_node(0, x=-1.5, y=43.4)
    graph.add_node(1, x=-1.4, y=43.4)
    graph.add_edge(0, 1, highway="primary", length=length)
    with pytest.raises(NetworkError, match="sans length"):
        read_osmnx(graph)


def test_a_graph_with_an_empty_list_of_classes():
    graph = nx.MultiDiGraph(crs="epsg:4326")
    graph.add_node(0, x=-1.5, y=43.4)
    graph.add_node(1, x=-1.4, y=43.4)
    graph.add_edge(0, 1, highway=[], length=3.0)
    with pytest.raises(NetworkError, match="aucune route"):
        read_osmnx(graph)


_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "


@pytest.mark.parametrize(
    "program",
    [
        f"CREATE VIEW copie AS {_ENDLESS} i AS fid, (SELECT geom FROM communes) AS geom, '64102' AS code FROM n",
        "CREATE TABLE copie (fid INTEGER PRIMARY KEY, geom BLOB, code TEXT AS (hex(zeroblob(100000000))))",
    ],
)
def test_a_geopackage_that_computes_its_rows(communes, tmp_path, program):
    path = tmp_path / "communes.gpkg"
    communes.to_file(path, layer="communes")
    with sqlite3.connect(path) as file:
        file.execute(program)
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            file.execute(f"UPDATE {table} SET table_name = 'copie'")
    file.close()
    with pytest.raises(SourceError, match="exportez les vues"):
        read_communes(path)


def test_more_rows_than_any_list_has(tmp_path, monkeypatch):
    with pytest.raises(SchemaError, match="plus de 1\u202f000\u202f000 lignes"):
        parse_delimited("a,b\n" + "\n" * 1_000_001, "Liste")
    monkeypatch.setattr("geo.sources.layers._MAX_PARQUET_ROWS", 9)
    path = tmp_path / "lieux.parquet"
    pq.write_table(pa.table({"code": ["64102"] * 10}), path)
    with pytest.raises(SourceError, match="millions de lignes"):
        find_layers(path, "Lieux")


def test_cells_on_which_a_pattern_took_hours(small_world, tmp_path):
    """A run of spaces was tried from each of its characters on; benchmarks/readers.py says what it takes now."""
    spaces = " " * 100_000
    assert parse_positions(pd.Series([f"1,1{spaces}x", spaces], dtype="string")).isna().all(axis=None)
    path = tmp_path / "liste.csv"
    text = small_world.sites.read_text(encoding="utf-8")
    header, first, *others = text.splitlines()
    column = header.split(",").index("telephone")
    cells = first.split(",")
    cells[column] = f"05{spaces}x"
    path.write_text("\n".join([header, ",".join(cells), *others]), encoding="utf-8")
    assert check_sites(path).rows == 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda saved: saved.update(facilities=[]),
        lambda saved: saved.update(facilities=saved["facilities"][::-1]),
        lambda saved: saved.update(facilities="sites"),
        lambda saved: saved.update(contours_approximate=None),
        lambda saved: saved["manifest"]["network"]["error"][0].update(time_ratio_median=float("nan")),
        lambda saved: saved["manifest"]["network"]["error"][0].update(time_ratio_p90="9" * 400),
    ],
)
def test_a_description_that_is_not_that_of_the_tables(folder, damage):
    path = folder / "manifest.json"
    saved = json.loads(path.read_text(encoding="utf-8"))
    damage(saved)
    path.write_text(json.dumps(saved), encoding="utf-8")
    with pytest.raises(SourceError, match="illisible ou incomplet"):
        Territory.load(folder)
