"""Estimated times against real ones: known trips of the Pyrenees, and the Isère from the plain to the high Alps."""

import gzip
import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo import Territory
from geo.network.estimated_error import MEASURED_ERROR, TERRAINS, interval_min, terrain
from geo.network.reference import reference_from_network
from geo.network.road_files import read_roads
from geo.network.snapping import snap
from geo.network.travel_times import times_between
from geo.network.validation import compare
from geo.settings import Settings
from geo.sources.arrondissements import ARRONDISSEMENTS_FILE, read_arrondissements
from geo.sources.communes import read_communes
from geo.sources.embedded import approximate_contours
from geo.sources.relief import RELIEF_FILE, read_relief
from geo.territory.assemble import estimate_roads
from tests.benchmarks.estimated_times import far_ratios, long_ratios

#: Minutes on the ground between town halls, at least and at most.
NAMED = [
    ("64483", "64122", 18, 26),  # Saint-Jean-de-Luz - Biarritz
    ("64320", "64445", 42, 58),  # Laruns - Pau
    ("64475", "64533", 18, 30),  # Sainte-Engrâce - Tardets
    ("64316", "64371", 32, 46),  # Larrau - Mauléon
    ("64104", "64422", 25, 38),  # Bedous - Oloron
    ("64260", "64102", 30, 46),  # Hendaye - Bayonne
    ("64104", "64320", 40, np.inf),  # Bedous - Laruns
    ("64475", "64104", 55, np.inf),  # Sainte-Engrâce - Bedous
]


@pytest.fixture(scope="module")
def pyrenees():
    """Minutes between two communes, by code."""
    path = Settings.from_environment().data_dir / "france/communes.csv"
    if not path.is_file():
        pytest.skip("the town halls of all communes (data/france/communes.csv) are not in the project")
    table = pd.read_csv(path, dtype={"code": str, "departement": str}).set_index("code").rename_axis("commune_code")
    table = table[table["departement"].isin(["64", "40", "65"]) & table["lon"].notna()].drop_duplicates(["lon", "lat"])
    cells = approximate_contours(gpd.GeoSeries.from_xy(table["lon"], table["lat"], crs="EPSG:4326"), "EPSG:2154")
    table["population"] = table["population"].astype("Float64").round().astype("Int64")
    network = estimate_roads(gpd.GeoDataFrame(table, geometry=cells, crs="EPSG:4326"))

    def minutes(one, other):
        ends = (snap(network, [table["lon"][code]], [table["lat"][code]]) for code in (one, other))
        return times_between(network, *ends)[0][0, 0] / 60

    return minutes


@pytest.mark.parametrize(("origin", "destination", "low", "high"), NAMED)
def test_known_trips_of_the_pyrenees(pyrenees, origin, destination, low, high):
    assert low <= pyrenees(origin, destination) <= high


def test_the_ridge_of_ossau_is_not_crossed_to_the_next_valley(pyrenees):
    # Urdos is in the valley of Aspe: its France services site is Bedous, down the valley, not Laruns over the ridge.
    assert pyrenees("64542", "64104") < pyrenees("64542", "64320")


def test_long_trips_between_towns_are_neither_too_fast_nor_too_slow():
    ratios = long_ratios()
    assert 0.92 <= np.median(ratios) <= 1.08
    assert (np.abs(ratios - 1) <= 0.25).mean() >= 0.85


def test_the_interval_holds_eight_known_trips_in_ten_of_corsica_and_overseas():
    ratios = far_ratios()
    low, high = interval_min(ratios, TERRAINS.index("far"))
    assert ((low <= 1) & (high >= 1)).mean() >= 0.8
    assert 0.92 <= np.median(ratios) <= 1.08


#: Départements of the Isère and as far around as its estimate needs.
AROUND_ISERE = ["01", "04", "05", "06", "07", "26", "30", "38", "39", "42", "43", "48", "69", "71", "73", "74", "84"]


def communes_of(departements, path, tmp_path_factory):
    """Write the communes of some départements of a layer of GeoJSON on one line: read in a fifth of the time of all."""
    head, *features = gzip.decompress(path.read_bytes()).decode().split('{"type":"Feature",')
    kept = [text for text in features if re.search(r'"code":"(..)', text)[1] in departements]
    written = tmp_path_factory.mktemp("around") / "communes.geojson"
    written.write_text(head + ",".join('{"type":"Feature",' + text.rstrip(",]}\n") + "}}" for text in kept) + "]}")
    return written


@pytest.fixture(scope="module")
def isere(shared_data, tmp_path_factory):
    """Estimated and real minutes between town centres of the Isère, their positions, and the relief."""
    reference = json.loads((shared_data / "reference/osrm-isere-2021.json").read_text())
    points = np.array(reference["src"], float)
    around = read_communes(
        [communes_of(AROUND_ISERE, shared_data / "communes/communes-france-2018.geojson.gz", tmp_path_factory)],
        population=shared_data / "communes/donnees_communes.csv",
    ).frame
    near = around[around["lon"].between(4.2, 7.0) & around["lat"].between(44.2, 46.2)].copy()
    codes = pd.Index([str(code) for code in reference["codes"]])
    known = codes.isin(near.index)
    near.loc[codes[known], ["lon", "lat"]] = points[known]
    network = estimate_roads(near)
    snapped = snap(network, *points.T)
    return (
        times_between(network, snapped, snapped)[0] / 60,
        np.array(reference["time_s"], float) / 60,
        points,
        read_relief(Settings.from_environment().data_dir / RELIEF_FILE),
    )


@pytest.mark.parametrize(
    ("kind", "close", "covered"), [("plain", 0.85, 0.75), ("hill", 0.70, 0.75), ("mountain", 0.70, 0.75)]
)
def test_the_isere_on_each_kind_of_ground(isere, kind, close, covered):
    estimated, real, points, relief = isere
    number = TERRAINS.index(kind)
    ground = terrain(*points.T, relief) == number
    both = ground[:, None] & ground[None, :] & (real > 1) & (real <= 60)
    ratio = estimated[both] / real[both]
    assert 0.92 <= np.median(ratio) <= 1.1
    assert (np.abs(ratio - 1) <= 0.25).mean() >= close
    low, high = interval_min(estimated[both], number)
    assert ((low <= real[both]) & (real[both] <= high)).mean() >= covered


def test_residents_of_the_isere_are_in_the_right_class_of_twenty_minutes(isere):
    estimated, real, _, _ = isere
    own = np.eye(len(real), dtype=bool)[:, ::10]
    one, other = (np.where(own, 0, times[:, ::10]).min(axis=1) <= 20 for times in (estimated, real))
    assert (one == other).mean() >= 0.91


def test_towns_are_within_the_stated_error(shared_data):
    # A town whose roads the estimate was not fitted to, from points inside its communes.
    communes = read_communes(
        [shared_data / "communes/communes-14.geojson"], population=shared_data / "communes/donnees_communes.csv"
    ).frame
    reference = reference_from_network(
        read_roads(shared_data / "osm/caen.osm.pbf"), communes[["lon", "lat"]].to_numpy()
    )
    found = compare(estimate_roads(communes), reference)
    assert found.unreachable == 0
    stated = MEASURED_ERROR[0]
    assert stated.time_ratio_p10 < found.time_ratio_median < stated.time_ratio_p90


def test_a_trip_within_a_large_city_does_not_go_through_its_centre(shared_data):
    # Streets of Marseille, Lyon and a part of Paris: real times between town halls of arrondissements.
    halls = read_arrondissements(Settings.from_environment().data_dir / ARRONDISSEMENTS_FILE)
    roads = read_roads(shared_data / "osm/villes-28.osm.pbf")
    points = snap(roads, halls["lon"], halls["lat"])
    on = np.flatnonzero((points.link >= 0) & (points.distance_m < 400))
    real = times_between(roads, points.take(on), points.take(on))[0] / 60
    network = Territory.load().network
    points = snap(network, halls["lon"].iloc[on], halls["lat"].iloc[on])
    estimated = times_between(network, points, points)[0] / 60
    known = np.isfinite(real) & (real > 1)
    ratio = estimated[known] / real[known]
    assert known.sum() > 200
    assert 0.92 <= np.median(ratio) <= 1.08
    low, high = np.quantile(ratio, [0.1, 0.9])
    assert 0.75 <= low < high <= 1.4
