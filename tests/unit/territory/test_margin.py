"""Outlines of the neighbouring départements: where they are known, light, and kept with a territory."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.territory import Territory
from geo.territory.margin import MARGIN_M, near_communes, near_places, neighbour_outlines


def squares(codes):
    """Communes of 10 km in a row, the département of each given, in Lambert-93 and then degrees."""
    shapes = [shapely.box(400_000 + 10_000 * i, 6_250_000, 410_000 + 10_000 * i, 6_260_000) for i in range(len(codes))]
    frame = gpd.GeoDataFrame({"departement": codes}, geometry=shapes, crs="EPSG:2154")
    points = frame.centroid.to_crs("EPSG:4326")
    return frame.to_crs("EPSG:4326").assign(lon=points.x, lat=points.y)


def test_neighbours_are_joined_by_departement_as_far_as_the_margin():
    everywhere = squares(["64", "64", "40", "40", "65", "65", "65", "65", "65"])
    area = everywhere[everywhere["departement"] == "64"]
    outlines = neighbour_outlines(near_communes(everywhere, area), area)
    assert outlines["departement"].tolist() == ["40", "65"]
    assert outlines.crs.to_epsg() == 4326
    area_km2 = outlines.to_crs("EPSG:2154").area / 1e6
    # Centres of 40 are 10 and 20 km away; of 65, those at 30, 40 and 50 km are within 55 km.
    assert MARGIN_M == 55_000
    assert area_km2.tolist() == pytest.approx([200, 300], rel=1e-3)
    # The corners and the ends of the border that its two communes shared.
    assert len(shapely.get_coordinates(outlines.geometry.iloc[0])) == 7


def test_places_are_near_the_nearest_commune_whichever_is_said_to_be_theirs():
    area = squares(["64"]).set_axis(["64001"]).rename_axis("commune_code")
    east = np.array([20_000, 54_000, 56_000, 54_000, 0, 56_000])
    points = gpd.GeoSeries(gpd.points_from_xy(405_000 + east, np.full(6, 6_255_000)), crs="EPSG:2154").to_crs(
        "EPSG:4326"
    )
    codes = np.array(["64001", "64001", "64001", "40001", None, "99999"], dtype=object)
    places = gpd.GeoDataFrame({"name": list("abcdef"), "commune_code": codes}, geometry=points)
    assert near_places(places, area)["name"].tolist() == ["a", "b", "d", "e"]
    assert near_places(places.head(0), area).empty


def test_communes_around_are_those_within_the_margin_of_one_of_the_area():
    chance = np.random.default_rng(7)
    at = chance.uniform((350_000, 6_350_000), (650_000, 6_650_000), (400, 2))
    points = gpd.GeoSeries(gpd.points_from_xy(*at.T), crs="EPSG:2154").to_crs("EPSG:4326")
    everywhere = gpd.GeoDataFrame({"lon": points.x, "lat": points.y}, geometry=points)
    everywhere.loc[:5, ["lon", "lat"]] = np.nan
    area = everywhere.iloc[[50, 60, 70]]
    metres = np.linalg.norm(at[:, None] - at[[50, 60, 70]], axis=2).min(axis=1)
    expected = everywhere.index[(metres <= MARGIN_M) & everywhere["lon"].notna()]
    assert 20 < len(expected) < 300
    assert near_communes(everywhere, area).index.tolist() == expected.tolist()


def test_none_where_no_neighbour_is_known():
    everywhere = squares(["64", "64"])
    assert neighbour_outlines(everywhere, everywhere) is None


def test_kept_with_a_territory(small_world, tmp_path):
    embedded = Territory.load("64")
    # 55 km from the communes of the 64: the Gers, the Haute-Garonne and the Lot-et-Garonne too.
    assert embedded.neighbour_outlines["departement"].tolist() == ["31", "32", "40", "47", "65"]
    embedded.save(tmp_path / "embedded")
    kept = Territory.load(tmp_path / "embedded").neighbour_outlines
    assert kept.geometry.geom_equals_exact(embedded.neighbour_outlines.geometry, 1e-12).all()
    assert np.isfinite(kept.total_bounds).all()
    alone = small_world.territory(population=None)
    alone.save(tmp_path / "alone")
    assert Territory.load(tmp_path / "alone").neighbour_outlines is None
