"""Maps of the small study area, and variants of it that are hard to draw."""

import datetime as dt
from types import SimpleNamespace

import geopandas as gpd
import pytest

from geo.maps.static.change_map import change_map
from geo.maps.static.territory_maps import saved_minutes_map, travel_time_map, under_served_map
from geo.question import Question

DAY = dt.date(2026, 11, 22)


@pytest.fixture
def draw(territory, coverage_frame, diagnosis_of):
    """Draw a kind of map of the small area, or of a variant of it."""

    def call(kind, *, area=territory, cov=coverage_frame, page="a4", **options):
        if kind == "time":
            return travel_time_map(area, diagnosis_of(cov), page=page, today=DAY, **options)
        if kind == "under-served":
            return under_served_map(area, diagnosis_of(cov), page=page, today=DAY, **options)
        if kind == "saved":
            saved = cov["travel_time_min"] - 12
            sentence = (
                "En moyenne, un habitant gagne 10,0\u00a0min en allant au site France services le plus proche plutôt qu'au "
                "service des impôts."
            )
            return saved_minutes_map(area, saved, sentence=sentence, page=page, today=DAY, **options)
        after = cov.assign(
            under_served=cov["under_served"].mask(cov["travel_time_min"] == 25, other=False),
            travel_time_min=cov["travel_time_min"].mask(cov["travel_time_min"] == 25, 9.0),
        )
        opened = gpd.GeoDataFrame(
            {"commune_code": ["64003"]}, geometry=gpd.points_from_xy([-0.94], [43.33]), crs="EPSG:4326"
        )
        closed = area.facilities["sites"].iloc[[1]]
        return change_map(
            area,
            cov,
            after,
            opened,
            closed,
            Question(20),
            title="Un label",
            sentence="Un label de plus.",
            page=page,
            today=DAY,
            **options,
        )

    return call


@pytest.fixture
def territory(territory, facilities) -> SimpleNamespace:
    """The small area with a tax office, for the map that compares both lists."""
    offices = facilities.iloc[[0]].assign(kind="tax_office", facility_id="t", commune_code="64001")
    territory.facilities["tax_offices"] = offices.set_geometry(gpd.points_from_xy([-0.85], [43.25]), crs="EPSG:4326")
    return territory
