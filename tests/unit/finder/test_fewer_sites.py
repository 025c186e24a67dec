"""On foot and by bicycle no site is told beyond a straight line, which the answer says where it gives fewer than asked."""

import datetime as dt

import numpy as np
import pytest
from pyproj import Geod

from geo.answers.near import NearQuestion, answer_near
from geo.finder.answer import find_sites
from geo.finder.wishes import Wishes
from geo.french import counted
from geo.kinds import FIXED_KINDS, SITES


@pytest.mark.parametrize(("mode", "words", "km"), [("walk", "À pied", 5), ("bike", "À vélo", 15)])
def test_fewer_sites_than_asked_tell_the_limit(embedded, mode, words, km):
    bedous = embedded.communes.loc[embedded.communes["name"] == "Bedous"].iloc[0]
    sites = embedded.facility_list(SITES, kinds=FIXED_KINDS).geometry
    start = np.full(len(sites), bedous["lon"]), np.full(len(sites), bedous["lat"])
    metres = Geod(ellps="WGS84").inv(*start, sites.x.to_numpy(), sites.y.to_numpy())[2]
    near = int((np.asarray(metres) <= km * 1000).sum())
    assert 0 < near < 5
    answer = find_sites(embedded, bedous["lon"], bedous["lat"], mode=mode)
    assert len(answer.sites) == near
    said = f"{words}, aucun site n'est donné au-delà de {km} km en ligne droite : {near} site{'s' * (near > 1)} au lieu de 5."
    assert " ".join(answer.notes[0].split()) == said
    lines = answer_near(embedded, (bedous["lon"], bedous["lat"]), NearQuestion(mode=mode)).lines
    assert f"  - {said}" in [f"  {' '.join(line.split())}" for line in lines]
    enough = find_sites(embedded, bedous["lon"], bedous["lat"], k=near, mode=mode)
    assert not [note for note in enough.notes if "au-delà de" in note]


def test_for_a_moment_the_others_may_be_closed_or_far_too(embedded):
    bedous = embedded.communes.loc[embedded.communes["name"] == "Bedous"].iloc[0]
    start = bedous["lon"], bedous["lat"]
    ever = find_sites(embedded, *start, mode="bike").sites
    asked = Wishes(at=dt.datetime(2025, 2, 4, 9))  # noqa: DTZ001 - civil time of the territory
    answer = find_sites(embedded, *start, asked, mode="bike")
    left_out = {site.name: site.travel_time_min for site in ever} | {site.name: 0 for site in answer.sites}
    assert max(left_out.values()) > 60, "Laruns is within 15 km as a straight line, more than an hour away"
    said = "À vélo, les autres sites sont fermés à votre arrivée, à plus de 1 h, ou au-delà de 15 km en ligne droite"
    assert " ".join(answer.notes[0].split()) == f"{said} : 1 site au lieu de 5."


def test_by_car_there_is_no_such_limit(embedded):
    bedous = embedded.communes.loc[embedded.communes["name"] == "Bedous"].iloc[0]
    answer = find_sites(embedded, bedous["lon"], bedous["lat"], k=500)
    assert not [note for note in answer.notes if "en ligne droite" in note]


def test_by_car_at_a_moment_the_others_are_told_to_be_closed_or_far(embedded):
    urdos = embedded.communes.loc[embedded.communes["name"] == "Urdos"].iloc[0]
    start = urdos["lon"], urdos["lat"]
    asked = Wishes(at=dt.datetime(2025, 2, 4, 9))  # noqa: DTZ001 - civil time of the territory
    answer = find_sites(embedded, *start, asked)
    near = [site for site in find_sites(embedded, *start, k=500).sites if site.travel_time_min <= 60]
    assert 0 < len(answer.sites) < 5
    assert {site.name for site in answer.sites} <= {site.name for site in near}
    said = "Aucun autre site demandé n'est ouvert à votre arrivée à une heure de trajet ou moins"
    assert answer.notes[0] == f"{said} : {counted(len(answer.sites), 'site')} au lieu de 5."
    assert not [note for note in find_sites(embedded, *start, asked, k=len(answer.sites)).notes if said in note]
