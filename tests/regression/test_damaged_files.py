"""Files that once made a reader fail with something else than a `MaillageError`; the fuzzer found them."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo import Territory
from geo.errors import CrsError, MaillageError, SourceError
from geo.sources.communes import read_communes
from geo.sources.places import read_places
from geo.sources.population_cells import read_population_cells
from geo.sources.site_quality import check_sites


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


@pytest.mark.parametrize("header", [b"{'descr': (((", b"\x00" * 40, b"{" * 200])
def test_an_array_whose_description_is_damaged(tmp_path, header):
    folder = tmp_path / "territory"
    Territory.load().save(folder)
    path = folder / "network" / "x.npy"
    content = bytearray(path.read_bytes())
    content[10 : 10 + len(header)] = header
    path.write_bytes(content)
    with pytest.raises(SourceError, match="illisible ou incomplet"):
        Territory.load(folder)


def test_an_array_of_a_size_that_no_machine_has(tmp_path):
    folder = tmp_path / "territory"
    Territory.load().save(folder)
    path = folder / "network" / "x.npy"
    shape = f"({len(np.load(path))},)".encode()
    path.write_bytes(path.read_bytes().replace(shape + b", }" + b" " * 12, b"(9999999999999,), }", 1))
    with pytest.raises(SourceError):
        Territory.load(folder)


@pytest.mark.parametrize("change", ["column", "index", "empty"])
def test_a_saved_table_that_is_not_ours(tmp_path, change):
    folder = tmp_path / "territory"
    Territory.load().save(folder)
    path = folder / "communes.parquet"
    frame = gpd.read_parquet(path)
    changed = {"column": frame.drop(columns="lon"), "index": frame.reset_index(drop=True), "empty": frame.iloc[:0]}
    changed[change].to_parquet(path)
    with pytest.raises(SourceError, match="illisible ou incomplet"):
        Territory.load(folder)


@pytest.mark.parametrize("seconds", [-1.0, np.nan, np.inf])
def test_times_on_which_a_search_would_never_end(tmp_path, seconds):
    folder = tmp_path / "territory"
    Territory.load().save(folder)
    edges = np.load(folder / "network" / "edges.npy")
    edges["time_s"][: len(edges) // 2] = seconds
    np.save(folder / "network" / "edges.npy", edges)
    with pytest.raises(SourceError, match="illisible ou incomplet"):
        Territory.load(folder)
