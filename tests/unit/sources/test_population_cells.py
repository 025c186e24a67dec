"""Population cells: identifiers, communes and totals, on grids made by hand."""

import geopandas as gpd
import pandas as pd
import pyproj
import pytest
from shapely.geometry import box

from geo.errors import CrsError, MaillageError, SchemaError
from geo.sources.population_cells import compare_with_legal_population, read_population_cells

# South-west corner, in EPSG:3035, of an area of 2 km x 1 km near Pau.
SOUTH, WEST = 2_300_000, 3_480_000


def grid_id(south, west, side=200, epsg=3035):
    return f"CRS{epsg}RES{side}mN{south}E{west}"


@pytest.fixture
def communes():
    """Two communes of 1 km x 1 km, side by side: 64001 to the west, 64002 to the east."""
    squares = [box(WEST, SOUTH, WEST + 1000, SOUTH + 1000), box(WEST + 1000, SOUTH, WEST + 2000, SOUTH + 1000)]
    index = pd.Index(["64001", "64002"], dtype="string", name="commune_code")
    frame = gpd.GeoDataFrame(
        {"departement": "64", "population": pd.array([40, 60], dtype="Int64")}, index=index, geometry=squares, crs=3035
    )
    return frame.to_crs(4326)


# position of the cell's south-west corner from (WEST, SOUTH), residents, commune expected
CELLS = [
    ((0, 0), 10.0, "64001"),
    ((800, 800), 20.5, "64001"),
    ((1000, 0), 30.0, "64002"),
    ((1950, 400), 4.0, "64002"),  # its centre is 50 m outside: given to the commune it touches
    ((2400, 400), 8.0, None),  # 500 m outside: another area
    ((400, 400), 0.0, None),  # nobody lives there
]


def table_of(side=200):
    return pd.DataFrame(
        {
            "idcar_200m": [grid_id(SOUTH + y, WEST + x, side) for (x, y), _, _ in CELLS],
            "ind": [ind for _, ind, _ in CELLS],
            "men": 1,
        }
    )


def write_grid(path):
    table = table_of()
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
        return path
    squares = [box(WEST + x, SOUTH + y, WEST + x + 200, SOUTH + y + 200) for (x, y), _, _ in CELLS]
    layer = gpd.GeoDataFrame(table, geometry=squares, crs=3035)
    if path.suffix == ".shp":
        layer = layer.to_crs(2154)
    layer.to_file(path)
    return path


@pytest.mark.parametrize("name", ["grid.csv", "grid.gpkg", "grid.shp"])
def test_each_cell_goes_to_its_commune_in_every_format(tmp_path, communes, name):
    table = read_population_cells(write_grid(tmp_path / name), communes)
    expected = [(grid_id(SOUTH + y, WEST + x), code, ind) for (x, y), ind, code in CELLS if code]
    assert list(table.frame[["cell_id", "commune_code", "population"]].itertuples(index=False, name=None)) == expected
    to_metres = pyproj.Transformer.from_crs(4326, 3035, always_xy=True)
    x, y = to_metres.transform(table.frame.geometry.x, table.frame.geometry.y)
    assert x == pytest.approx([WEST + dx + 100 for (dx, _), _, code in CELLS if code], abs=0.1)
    assert y == pytest.approx([SOUTH + dy + 100 for (_, dy), _, code in CELLS if code], abs=0.1)
    notes = " ".join(table.notes)
    assert "1 carreau dont le centre est hors" in notes
    assert "1 carreau lu hors du territoire" in notes
    assert "écart -35,5\u00a0%" in notes  # 64.5 residents against 100


def test_layer_is_read_around_the_study_area_only(tmp_path, communes):
    squares = [box(WEST + x, SOUTH, WEST + x + 200, SOUTH + 200) for x in (100_000, 0, 200)]
    layer = gpd.GeoDataFrame({"Idcar_1km": ["far", "near", "odd"], "Ind": [1.0, 2.0, -1.0]}, geometry=squares, crs=3035)
    layer.to_file(tmp_path / "grid.gpkg", layer="carreaux_1km_met")
    table = read_population_cells(tmp_path / "grid.gpkg", communes)
    assert table.provenance.rows_read == 2
    assert table.rejected["row"].tolist() == [4]
    assert table.frame["cell_id"].tolist() == ["near"]


@pytest.mark.parametrize(
    ("epsg", "departement", "lon", "lat"), [(2975, "974", 55.45, -20.9), (5490, "972", -61.0, 14.6)]
)
def test_overseas_identifiers_have_their_own_projection(tmp_path, epsg, departement, lon, lat):
    x, y = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(lon, lat)
    west, south = int(x // 1000 * 1000), int(y // 1000 * 1000)
    code = f"{departement}01"
    communes = gpd.GeoDataFrame(
        {"departement": departement, "population": pd.array([7], dtype="Int64")},
        index=pd.Index([code], name="commune_code"),
        geometry=[box(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1)],
        crs=4326,
    )
    (tmp_path / "grid.csv").write_text(f"idcar_1km;ind\n{grid_id(south, west, 1000, epsg)};7\n")
    frame = read_population_cells(tmp_path / "grid.csv", communes).frame
    assert frame["commune_code"].tolist() == [code]
    assert frame.geometry.iloc[0].distance(gpd.points_from_xy([lon], [lat])[0]) < 0.01


def test_cell_that_insee_places_in_a_commune_elsewhere_is_left_to_it(tmp_path, communes):
    beside = [grid_id(SOUTH, WEST - 150), grid_id(SOUTH + 400, WEST - 150), grid_id(SOUTH, WEST)]
    pd.DataFrame({"idcar_200m": beside, "lcog_geo": ["6400165005", "64001", "64001"], "ind": [1, 2, 3]}).to_csv(
        tmp_path / "grid.csv", index=False
    )
    assert read_population_cells(tmp_path / "grid.csv", communes).frame["population"].tolist() == [2, 3]


def test_faulty_cells_are_rejected_by_row(tmp_path, communes):
    good, other = grid_id(SOUTH, WEST), grid_id(SOUTH + 200, WEST)
    lines = [
        f"{good},5",
        "abc,5",
        f"{grid_id(SOUTH, WEST, epsg=99999)},5",
        f"{other},-1",
        f"{grid_id(SOUTH, WEST + 200)},",
        f"{good},5",
    ]
    (tmp_path / "grid.csv").write_text("idcar_200m,ind\n" + "\n".join(lines) + "\n")
    table = read_population_cells(tmp_path / "grid.csv", communes)
    assert table.frame["cell_id"].tolist() == [good]
    assert table.rejected["row"].tolist() == [3, 4, 5, 6, 7]


def test_comparison_by_commune(communes):
    cells = pd.DataFrame({"commune_code": ["64001", "64001"], "population": [10.0, 20.5]})
    communes = pd.concat([communes, communes.iloc[:1].set_axis(["64003"]).assign(population=pd.NA)])
    table = compare_with_legal_population(cells, communes)
    assert table["population_cells"].to_dict() == {"64001": 30.5, "64002": 0.0, "64003": 0.0}
    assert table["difference"].iloc[:2].tolist() == [-9.5, -60.0]
    assert table["ratio"].iloc[0] == pytest.approx(30.5 / 40)
    assert table.loc["64003", ["difference", "ratio"]].isna().all()


def test_no_cell_in_the_area_is_an_error(tmp_path, communes):
    (tmp_path / "grid.csv").write_text(f"idcar_200m,ind\n{grid_id(SOUTH + 500_000, WEST)},5\n")
    with pytest.raises(SchemaError, match="aucun carreau"):
        read_population_cells(tmp_path / "grid.csv", communes)


def test_layer_without_crs_is_refused(tmp_path, communes):
    write_grid(tmp_path / "grid.shp")
    (tmp_path / "grid.prj").unlink()
    with pytest.raises(CrsError):
        read_population_cells(tmp_path / "grid.shp", communes)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"a,b\n1,2\n",
        b"idcar_200m\nCRS\n",
        b"ind\n5\n",
        b"idcar_200m,ind\n",
        b"idcar_200m,ind\nx,1,2,3\n",
        bytes(range(256)),
        b"idcar_200m,ind\n\xff\xfe,5\n",
    ],
)
def test_hostile_csv_gives_one_error(tmp_path, communes, content):
    (tmp_path / "grid.csv").write_bytes(content)
    with pytest.raises(MaillageError, match="Carreaux"):
        read_population_cells(tmp_path / "grid.csv", communes)


def test_absent_file(tmp_path, communes):
    with pytest.raises(MaillageError, match="absent"):
        read_population_cells(tmp_path / "grid.csv", communes)


@pytest.mark.parametrize("suffix", [".csv", ".gpkg"])
def test_ages_are_kept_as_shares(tmp_path, communes, suffix):
    table = table_of().assign(ind_65_79=[2.0, 20.0, 3.0, 0.0, 0.0, 0.0], ind_80p=[1.0, 10.0, 0.0, 0.0, 0.0, 0.0])
    path = tmp_path / f"grid{suffix}"
    if suffix == ".csv":
        table.to_csv(path, index=False)
    else:
        squares = [box(WEST + x, SOUTH + y, WEST + x + 200, SOUTH + y + 200) for (x, y), _, _ in CELLS]
        gpd.GeoDataFrame(table, geometry=squares, crs=3035).to_file(path, driver="GPKG")
    # The second cell has more elderly than residents: imputed figures may not fit, a share stays a share.
    assert read_population_cells(path, communes).frame["share_65_plus"].to_list() == pytest.approx([0.3, 1.0, 0.1, 0.0])


def test_a_grid_without_ages_leaves_them_unknown(tmp_path, communes):
    assert read_population_cells(write_grid(tmp_path / "grid.csv"), communes).frame["share_65_plus"].isna().all()


def test_standards_of_living_are_means_of_residents(tmp_path, communes):
    table = table_of().assign(
        men=[4.0, 10.0, 0.0, 2.0, 1.0, 1.0], men_pauv=[1.0, 12.0, 0.0, 0.0, 0.0, 0.0], ind_snv=2e5
    )
    table.to_csv(tmp_path / "grid.csv", index=False)
    frame = read_population_cells(tmp_path / "grid.csv", communes).frame
    assert frame["living_standard_eur"].to_list() == pytest.approx([2e4, 2e5 / 20.5, 2e5 / 30, 5e4])
    assert frame["share_poor"].fillna(-1).to_list() == pytest.approx([0.25, 1.0, -1, 0.0])
