"""The error of the approximated network that every screen states is the one that is measured."""

from dataclasses import asdict

import pytest

from geo.network.approximation import MEASURED_ERROR, approximate
from geo.network.reference import reference_from_network
from geo.network.road_files import read_roads
from geo.network.validation import compare
from geo.sources.communes import read_communes

AREAS = {
    "Labourd": (("64", "40", "65"), "roads/labourd-bdtopo-2014.zip"),
    "Caen": (("14",), "osm/caen.osm.pbf"),
}


@pytest.mark.parametrize("area", AREAS)
def test_the_stated_error_is_the_measured_one(shared_data, area):
    departements, roads = AREAS[area]
    communes = read_communes(
        [shared_data / f"communes/communes-{code}.geojson" for code in departements],
        population=shared_data / "communes/donnees_communes.csv",
    ).frame
    reference = reference_from_network(read_roads(shared_data / roads), communes[["lon", "lat"]].to_numpy())
    found = compare(approximate(communes), reference).to_dict()
    (stated,) = [error for error in MEASURED_ERROR if error.area.startswith(area)]
    assert found["unreachable"] == 0
    for figure, value in asdict(stated).items():
        if figure != "area":
            assert found[figure] == pytest.approx(value, abs=0.011), figure
