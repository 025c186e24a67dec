"""Maps of the small study area, and variants of it that are hard to draw."""

import datetime as dt
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest

from geo.access.coverage import CoverageSummary
from geo.maps.static.change_map import change_map
from geo.maps.static.territory_maps import saved_minutes_map, travel_time_map, under_served_map

DAY = dt.date(2026, 11, 22)


def summary_of(cov: pd.DataFrame) -> CoverageSummary:
    """Totals of a coverage frame, as `summarize` adds them up."""
    population = int(cov["population"].sum())
    off = cov["under_served"].isna()
    poor = cov["under_served"].fillna(value=False)
    return CoverageSummary(
        threshold_min=20.0,
        facilities="sites",
        rule="Une commune est sous-desservie si le temps moyen de ses habitants dépasse 20 min.",
        population=population,
        population_covered=int(cov["residents_within"].sum()),
        share_covered=None,
        population_unreachable=0,
        communes=len(cov),
        communes_under_served=int(poor.sum()),
        population_under_served=int(cov.loc[poor, "population"].sum()),
        communes_unreachable=int(cov["travel_time_min"].isna().sum()),
        communes_off_network=int(off.sum()),
        population_off_network=int(cov.loc[off, "population"].sum()),
        median_time_min=None,
    )


@pytest.fixture
def draw(territory, coverage_frame):
    """Draw a kind of map of the small area, or of a variant of it."""

    def call(kind, *, area=territory, cov=coverage_frame, page="a4", **options):
        if kind == "time":
            return travel_time_map(area, cov, summary_of(cov), page=page, today=DAY, **options)
        if kind == "under-served":
            return under_served_map(area, cov, summary_of(cov), page=page, today=DAY, **options)
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
        return change_map(area, cov, after, opened, closed, 20.0, title="Un label", page=page, today=DAY, **options)

    return call


@pytest.fixture
def territory(territory, facilities) -> SimpleNamespace:
    """The small area with a tax office, for the map that compares both lists."""
    offices = facilities.iloc[[0]].assign(kind="tax_office", facility_id="t", commune_code="64001")
    territory.facilities["tax_offices"] = offices.set_geometry(gpd.points_from_xy([-0.85], [43.25]), crs="EPSG:4326")
    return territory
