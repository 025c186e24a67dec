"""A study area small enough to know by heart: nine square communes of about 10 km, three facilities."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.access.coverage import CoverageSummary, summarize
from geo.access.diagnosis import Diagnosis
from geo.access.equity import CRITERIA, Equity
from geo.question import Question
from geo.schemas import FACILITY_COLUMNS
from geo.sources.embedded import TO_VERIFY
from geo.sources.provenance import Provenance
from geo.territory.study_area import StudyArea

HOSTILE = "<script>alert('x')</script>"
CODES = [f"6400{number}" for number in range(9)]


_NOTHING_KNOWN = Equity(
    20.0, estimated=False, groups=(), missing=CRITERIA, concentration_index=None, palma_ratio=None, fgt=()
)


@pytest.fixture
def communes() -> gpd.GeoDataFrame:
    """Nine squares in three rows, from the south-west; the fourth has no known population."""
    corners = [(-1.0 + 0.12 * (i % 3), 43.2 + 0.09 * (i // 3)) for i in range(9)]
    return gpd.GeoDataFrame(
        {
            "name": [HOSTILE if i == 0 else f"Commune {i}" for i in range(9)],
            "departement": pd.array(["64"] * 9, dtype="string"),
            "population": pd.array([100 * i if i != 3 else pd.NA for i in range(9)], dtype="Int64"),
            "lon": [x + 0.06 for x, _ in corners],
            "lat": [y + 0.045 for _, y in corners],
        },
        index=pd.Index(CODES, name="commune_code"),
        geometry=[shapely.box(x, y, x + 0.12, y + 0.09) for x, y in corners],
        crs="EPSG:4326",
    )


@pytest.fixture
def facilities() -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {column: pd.array([pd.NA] * 3, dtype="string") for column in FACILITY_COLUMNS},
        geometry=gpd.points_from_xy([-0.95, -0.8, -0.7], [43.25, 43.3, 43.4]),
        crs="EPSG:4326",
    )
    frame["facility_id"], frame["name"] = ["a", "b", "c"], ["Site A", HOSTILE, "Bus C"]
    frame["kind"] = ["main", "antenne", "bus"]
    frame["commune_code"] = pd.array(["64000", "64004", "64008"], dtype="string")
    return frame


@pytest.fixture
def coverage_frame(communes, measured) -> pd.DataFrame:
    """Times of 5, 10... minutes; commune 7 has no road, the network does not cover commune 8."""
    minutes = pd.array([5, 12, 18, 25, 40, 50, 21, pd.NA, pd.NA], dtype="Float64")
    return pd.DataFrame(
        {
            "name": communes["name"],
            "population": communes["population"],
            "travel_time_min": minutes,
            "distance_km": minutes / 2,
            "facility_id": pd.array(["a", "a", "b", "b", "a", "a", "b", pd.NA, pd.NA], dtype="string"),
            "facility_name": pd.array(["Site A", "Site A", *[HOSTILE] * 2, *["Site A"] * 3, pd.NA, pd.NA], "string"),
            "residents_known": communes["population"].astype("Float64").mask(communes.index == "64008", 0.0),
            "residents_within": pd.array(np.zeros(9), dtype="Float64"),
            "share_within": pd.array(np.zeros(9), dtype="Float64"),
            "snap_distance_m": pd.array([0, 500, 501, 1649, 0, 0, 0, 0, pd.NA], dtype="Float64"),
            "under_served": pd.array([False, False, False, True, True, True, True, True, pd.NA], dtype="boolean"),
            **measured(communes.index),
        },
        index=communes.index,
    )


@pytest.fixture
def summary_of():
    """Return the totals of a coverage frame whose communes are each one point."""

    def call(cov: pd.DataFrame) -> CoverageSummary:
        points = cov[["population", "travel_time_min"]].astype({"population": "float64"})
        points = points.assign(commune_code=cov.index, on_network=cov["under_served"].notna().to_numpy(bool))
        return summarize(cov, points, 20)

    return call


@pytest.fixture
def diagnosis_of(summary_of):
    """Return the answer to the usual question that has this coverage."""
    return lambda cov: Diagnosis(Question(), pd.DataFrame(), cov, summary_of(cov), _NOTHING_KNOWN)


@pytest.fixture
def diagnosis(coverage_frame, diagnosis_of) -> Diagnosis:
    return diagnosis_of(coverage_frame)


@pytest.fixture
def summary(coverage_frame, summary_of) -> CoverageSummary:
    return summary_of(coverage_frame)


class _SmallArea(SimpleNamespace):
    """Holds places as a study area does."""

    holds, _places_in_communes = StudyArea.holds, StudyArea._places_in_communes


@pytest.fixture
def territory(communes, facilities, make_manifest) -> SimpleNamespace:
    """What the maps read of a `geo.Territory`."""
    return _SmallArea(
        name="Pays & <b>Essai</b>",
        rounds=None,
        departement="64",
        crs="EPSG:2154",
        network=SimpleNamespace(crs="EPSG:2154"),
        estimated=False,
        at_one_point=np.ones(len(communes), bool),
        active={},
        communes=communes,
        neighbours=communes.iloc[:0],
        demand=communes.reset_index()[["commune_code", "population"]].astype({"population": "float64"}),
        demand_on_network=SimpleNamespace(link=np.array([*range(8), -1])),
        facilities={"sites": facilities},
        contours_approximate=True,
        neighbour_outlines=gpd.GeoDataFrame(
            {"departement": ["40"]}, geometry=[shapely.box(-1.0, 43.47, -0.64, 43.8)], crs="EPSG:4326"
        ),
        manifest=make_manifest(
            communes=len(communes),
            facilities={"sites": len(facilities)},
            sources=(
                Provenance(HOSTILE, "sites.csv", "2024-08-01", "Licence Ouverte 2.0", "", 0, 0),
                Provenance("Communes", "communes.csv", None, None, "", 0, 0),
            ),
            notes=(f"Centre d'essai : {TO_VERIFY}.", "Une autre note."),
        ),
    )
