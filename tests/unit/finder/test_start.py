"""Positions that are degrees, and those that are not."""

from dataclasses import replace

import numpy as np
import pytest

from geo.errors import ParameterError
from geo.finder.answer import find_sites
from geo.finder.nearest import nearest
from geo.finder.start import require_position
from geo.territory import Territory

pytestmark = pytest.mark.usefixtures("loaded_once")


@pytest.mark.parametrize(("lon", "lat"), [(180, 90), (-180, -90), (0, 0), (55.5, -21.1)])
def test_degrees(lon, lat):
    require_position(lon, lat)


@pytest.mark.parametrize(
    ("lon", "lat"), [(180.1, 0), (-180.1, 0), (0, 90.1), (0, -90.1), (float("nan"), 0), (0, float("inf"))]
)
def test_what_is_no_degrees_is_refused(lon, lat):
    with pytest.raises(ParameterError, match=r"Position refusée : longitude .* Des degrés sont attendus"):
        require_position(lon, lat)


def test_no_trip_starts_where_no_road_leads():
    # Marla, in the cirque of Mafate (La Réunion), and its site at La Nouvelle: on foot.
    answer = find_sites(Territory.load("974"), 55.432, -21.103)
    assert answer.sites == ()
    assert answer.none_open[0].facility_id == "2554"
    assert answer.none_open[0].travel_time_min is None
    assert answer.notes[0].startswith("Aucune route ne mène à votre position")
    by_road = find_sites(Territory.load("974"), 55.3817, -20.985)  # Dos d'Âne, on the rim
    assert "2554" not in {site.facility_id for site in by_road.sites}
    assert by_road.sites[0].travel_time_min < 10


@pytest.mark.parametrize(
    ("lon", "lat"),
    [  # Porquerolles, Le Levant, Frioul, Sainte-Marguerite, Chausey: by boat
        (6.205, 43.001),
        (6.455, 43.025),
        (5.308, 43.279),
        (7.045, 43.518),
        (-1.822, 48.871),
    ],
)
def test_no_trip_by_road_starts_on_an_island_that_is_no_commune(lon, lat):
    answer = find_sites(Territory.load(), lon, lat)
    assert answer.sites == ()
    assert answer.notes[0].startswith("Aucune route ne mène à votre position")
    assert answer.none_open[0].other_modes == ()


@pytest.mark.parametrize(("lon", "lat"), [(-1.789, 43.338), (7.6, 43.78), (-3.0, 46.0)])  # Irun, Ventimiglia, the sea
def test_a_position_abroad_or_at_sea_is_told_so_with_the_official_directory(lon, lat):
    with pytest.raises(
        ParameterError,
        match=r"aucune commune des tables du projet.*en mer, ou dans une collectivité d'outre-mer.*lannuaire\.service-public\.fr",
    ):
        find_sites(Territory.load(), lon, lat)


@pytest.mark.parametrize(
    "ask",
    [find_sites, nearest, lambda *asked: nearest(*asked, facilities="tax_offices")],
    ids=["sites", "list", "taxes"],
)
def test_a_position_far_outside_the_territory_is_told_so_though_estimated_roads_lead_on(ask):
    with pytest.raises(ParameterError, match=r"longitude 2, latitude 48.* hors de « Pyrénées-Atlantiques ».*20 km"):
        ask(Territory.load("64"), 2, 48)
    ask(Territory.load("64"), -1.053, 43.708)  # Dax, of the neighbours


def test_a_commune_of_the_territory_that_its_roads_do_not_reach_is_told_by_name():
    territory = Territory.load("64")
    roads = territory.network  # put 300 km to the north
    roads = replace(roads, y=roads.y + 300_000, shape_xy=roads.shape_xy + np.array([0, 300_000]))
    elsewhere = replace(territory, network=roads)
    pau = territory.communes.loc["64445"]
    with pytest.raises(
        ParameterError, match=r"loin des routes connues de « Pyrénées-Atlantiques » : ni Pau, la"
    ) as told:
        find_sites(elsewhere, pau["lon"], pau["lat"])
    assert "hors de" not in str(told.value)


def test_a_position_on_the_coast_or_at_the_border_is_in_france():
    # The beach of Saint-Jean-de-Luz and the bridge of Hendaye, by the sites of their towns.
    for lon, lat in ((-1.664, 43.392), (-1.782, 43.347)):
        assert find_sites(Territory.load(), lon, lat).sites
