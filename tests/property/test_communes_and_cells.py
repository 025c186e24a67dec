"""Properties of communes, approximate contours and population cells."""

import json
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, box, mapping

from geo.sources.communes import read_communes
from geo.sources.embedded import approximate_contours
from geo.sources.population_cells import read_population_cells

SOUTH, WEST = 2_300_000, 3_480_000
degrees = st.floats(0, 0.5, allow_subnormal=False)
blobs = st.lists(st.tuples(degrees, degrees, st.floats(0.005, 0.05)), min_size=1, max_size=4)


@settings(max_examples=15)
@given(shapes=st.lists(blobs, min_size=1, max_size=4), holes=blobs)
def test_every_commune_is_placed_inside_its_contour(shapes, holes):
    hole = shapely.union_all([Point(-0.5 + x, 43.2 + y).buffer(r / 3) for x, y, r in holes])
    contours = [
        shapely.union_all([Point(-0.5 + x, 43.2 + y).buffer(r) for x, y, r in shape]) - hole for shape in shapes
    ]
    features = [
        {"type": "Feature", "geometry": mapping(contour), "properties": {"code": str(64001 + rank), "nom": f"C{rank}"}}
        for rank, contour in enumerate(contours)
        if isinstance(contour, shapely.Polygon | MultiPolygon) and contour.area > 1e-6
    ]
    if not features:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "communes.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        frame = read_communes(path).frame
    assert len(frame) == len(features)
    assert shapely.contains_xy(frame.geometry.array, frame["lon"], frame["lat"]).all()


@settings(max_examples=15)
@given(places=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=3, max_size=40, unique=True))
def test_cells_hold_their_own_point_and_do_not_overlap(places):
    x, y = np.array(places, dtype=float).T * 100
    positions = gpd.GeoSeries.from_xy(400_000 + x, 6_250_000 + y, index=pd.RangeIndex(len(places)) + 7, crs=2154)
    cells = approximate_contours(positions, "EPSG:2154")
    assert cells.index.equals(positions.index)
    assert shapely.contains(cells.to_numpy(), positions.to_numpy()).all()
    assert abs(cells.area.sum() - cells.union_all().area) < 1e-6 * cells.area.sum()


@settings(max_examples=10)
@given(residents=st.lists(st.integers(0, 50), min_size=100, max_size=100), cut=st.integers(1, 9))
def test_no_resident_is_lost_or_counted_twice(residents, cut):
    """A 2 km square of 200 m cells, divided in two communes along a line between cells or through them."""
    middle = WEST + cut * 200 + 100 * (cut % 2)
    west, east = box(WEST, SOUTH, middle, SOUTH + 2000), box(middle, SOUTH, WEST + 2000, SOUTH + 2000)
    communes = gpd.GeoDataFrame(
        {"departement": "64", "population": pd.array([1, 1], dtype="Int64")},
        index=pd.Index(["64001", "64002"], dtype="string", name="commune_code"),
        geometry=[west, east],
        crs=3035,
    ).to_crs(4326)
    if not any(residents):
        return
    cells = [
        f"CRS3035RES200mN{SOUTH + 200 * (n // 10)}E{WEST + 200 * (n % 10)},{count}" for n, count in enumerate(residents)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grid.csv"
        path.write_text("idcar_200m,ind\n" + "\n".join(cells) + "\n", encoding="utf-8")
        frame = read_population_cells(path, communes).frame
    assert frame["population"].sum() == sum(residents)
    by_commune = frame.groupby("commune_code")["population"].sum()
    clear = [count for n, count in enumerate(residents) if WEST + 200 * (n % 10) + 100 < middle]
    assert abs(by_commune.get("64001", 0) - sum(clear)) <= sum(
        residents[n] for n in range(100) if WEST + 200 * (n % 10) + 100 == middle
    )
