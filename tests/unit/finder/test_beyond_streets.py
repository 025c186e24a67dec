"""Round trips without a car where the streets given cover a part of the territory only: elsewhere nothing is said."""

import csv
import datetime as dt
import json

import pytest

from geo.access.known_part import known_part
from geo.answers.round_trips import WALK_UNKNOWN, transit_lines, trip_sentence
from geo.answers.without_car import commune_trip_sentence, without_car_answer
from geo.errors import ParameterError
from geo.finder.day_without_car import day_without_car
from geo.finder.site_trips import trips_from
from geo.finder.without_car import RoundTrips
from geo.maps.static.round_trip_map import round_trip_map
from geo.report.round_trip_files import write_round_trips

TUESDAY = dt.date(2025, 2, 11)


@pytest.fixture(scope="module")
def day(partly):
    return day_without_car(partly, TUESDAY)


def test_the_part_is_that_of_the_car(partly, day):
    part = known_part(partly)
    assert not part.is_whole
    assert (day.part.communes_known, day.share.communes) == (part.communes_known, part.communes_known)
    assert day.share.residents == pytest.approx(part.residents_known)
    assert day.part.residents == pytest.approx(part.residents)


def test_a_commune_beyond_the_streets_is_neither_served_nor_without(partly, day):
    urdos = day.communes[day.communes["name"] == "Urdos"].iloc[0]
    assert urdos[["residents_known", "residents_served", "share_round_trip", "time_out_min"]].isna().all()
    assert urdos["residents"] > 0
    assert commune_trip_sentence(urdos).endswith("hors du réseau routier, trajet inconnu.")
    assert len(day.communes_without) + day.share.communes_served == day.share.communes
    on_streets = set(partly.demand["commune_code"][partly.demand_on_network.link >= 0])
    assert set(day.communes.index[day.communes["share_round_trip"].notna()]) == on_streets


def test_every_channel_says_of_whom_the_share_is(partly, day, tmp_path):
    title = f"Pyrénées-Atlantiques, {day.share.communes} communes"
    note = "habitants dont le trajet est connu, sur"
    answer = without_car_answer(partly, day)
    assert any(note in each for each in answer.details)
    write_round_trips(partly, day, tmp_path)
    page = (tmp_path / "round_trips.html").read_text("utf-8")
    assert title in page.replace("\u202f", " ").replace("\u00a0", " ")
    assert note in page.replace("\u202f", " ").replace("\u00a0", " ")
    content = json.loads((tmp_path / "round_trips.json").read_text("utf-8"))
    assert content["part"]["communes_known"] == content["communes"] == day.share.communes
    assert {row["share_round_trip"] for row in content["by_commune"] if row["name"] == "Urdos"} == {None}
    with (tmp_path / "round_trips.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["Commune"]: row for row in csv.DictReader(file, delimiter=";")}
    assert (rows["Urdos"]["Part avec aller-retour"], rows["Urdos"]["Habitants dont le trajet est connu"]) == ("", "")
    assert rows["Urdos"]["Habitants"] != ""
    sheet = round_trip_map(partly, day, today=TUESDAY)
    assert title in sheet.title.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_start_beyond_the_streets_is_refused_as_on_foot(partly):
    urdos = partly.communes[partly.communes["name"] == "Urdos"].iloc[0]
    with pytest.raises(ParameterError, match=r"à pied, aucun chemin n'est connu d'ici"):
        trips_from(RoundTrips.of(partly), urdos["lon"], urdos["lat"], TUESDAY)


def test_a_site_beyond_the_streets_is_told_as_not_known(partly):
    start = partly.communes[partly.communes["name"] == "Saint-Pée-sur-Nivelle"].iloc[0]
    trips = RoundTrips.of(partly)
    found = trips_from(trips, start["lon"], start["lat"], TUESDAY, 30)
    on_streets = set(trips.sites()["facility_id"])
    beyond = [one for one in found if one.facility_id not in on_streets]
    assert beyond
    assert {trip_sentence(one) for one in beyond} == {WALK_UNKNOWN}
    assert all(one.next_day is None for one in beyond)
    assert all(one.why_not != "walk_unknown" for one in found if one.facility_id in on_streets)
    lines = list(transit_lines(beyond, TUESDAY, trips.rules, ()))
    assert not any("aucun aller-retour possible" in line for line in lines)
