"""Stops of a bus near commune B, ten minutes from A and C: when the bus is there and when it comes next."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from geo.answers.nearest import answer_lines, answer_notes, nearer_stop
from geo.finder.answer import find_sites, route_to
from geo.finder.wishes import Wishes
from geo.sources.round_hours import Pass
from geo.sources.rounds import rounds_frame
from geo.territory import Territory
from geo.ui.components.found_sites import Shown, others_html


@pytest.fixture(scope="module")
def world(small_world):
    territory = small_world.territory()
    communes = territory.communes.loc[["64002", "64003"]]
    found = pd.DataFrame(
        {
            "facility_id": pd.array(["2", pd.NA], dtype="string"),
            "lieu": pd.array(["Place", pd.NA], dtype="string"),
            "commune_code": pd.array(communes.index, dtype="string"),
            "commune_name": communes["name"].to_numpy(),
            "lon": communes["lon"].to_numpy(),
            "lat": communes["lat"].to_numpy(),
            "passes": [[Pass(1, 540, 720, "2")], [Pass(1, 600, 660), Pass(5, 1050, 1110, "odd")]],
        }
    )
    sites = territory.sites.assign(appointment=pd.array([False] * 3, dtype="boolean"))
    return replace(territory, rounds=rounds_frame(found), facilities={"sites": sites})


@pytest.fixture(scope="module")
def stops(world):
    home = world.communes.loc["64002", ["lon", "lat"]].astype(float).tolist()

    def call(moment="2026-11-23T10:00", **wishes):
        return find_sites(world, *home, Wishes(at=dt.datetime.fromisoformat(moment), **wishes)).stops

    call.answer = lambda **wishes: find_sites(world, *home, Wishes(**wishes))
    return call


def shown(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_days_next_pass_and_trip(world):
    home = world.communes.loc["64002", ["lon", "lat"]].astype(float).tolist()
    answer = find_sites(world, *home)
    first, second = answer.stops
    assert (first.name, first.commune_name, first.facility_id) == ("Place", "Commune B", "2")
    assert (second.name, second.facility_id, second.bus_name) == ("Commune C", None, None)
    assert [stop.travel_time_min for stop in answer.stops] == pytest.approx([0, 10], abs=0.01)
    assert first.passes.startswith("le 2e mardi du mois")
    lines = [shown(line) for line in answer_lines(answer, Wishes(), None)]
    place = next(number for number, line in enumerate(lines) if line.startswith("Arrêt du bus : Place, Commune B"))
    assert "Le bus passe ici le 2e mardi du mois, 9 h – 12 h" in lines[place + 1]
    nearer = shown(nearer_stop(answer))  # the site of A is ten minutes away
    assert nearer.startswith(
        "Un bus s'arrête plus près : Place, Commune B, 1 min (0,0 km) en voiture, le 2e mardi du mois"
    )
    assert nearer in [shown(note) for note in answer_notes(answer)]
    assert nearer_stop(replace(answer, stops=(replace(second, in_time=False),))) == ""
    assert answer.to_dict()["stops"][0]["next_at"] == first.next_at.isoformat()


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        ("2026-11-10T09:00", ["Place", "Commune C"]),  # second Tuesday; no site is known to be open, C comes at 10
        ("2026-11-10T02:30", []),  # the first one comes more than half a day later
        ("2026-11-10T10:30", ["Place", "Commune C"]),
        ("2026-11-10T10:50", ["Place"]),  # ten minutes away, it leaves as one arrives
        ("2026-11-10T12:00", []),
        ("2026-11-17T10:30", ["Commune C"]),
        ("2026-07-14T10:30", []),  # a holiday, and a second Tuesday
        ("2026-11-14T17:45", []),  # a Saturday of an even week
        ("2026-11-21T17:45", ["Commune C"]),
    ],
)
def test_at_a_moment_a_stop_counts_where_the_bus_is(stops, moment, there):
    assert [stop.name for stop in stops(moment)] == there
    assert all(stop.in_time for stop in stops(moment))


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        # The open site of A is ten minutes away: a bus that comes within them is in time, one that comes later is not.
        ("2026-11-10T08:49", ""),
        (
            "2026-11-10T08:51",
            "Un bus s'arrête plus près : Place, Commune B, 1 min (0,0 km) en voiture, le 2e mardi du mois",
        ),
        ("2026-11-17T09:51", ""),  # the stop of C is as far as the site
        ("2026-11-10T19:00", ""),
    ],
)
def test_a_bus_that_comes_before_the_open_site_is_reached_is_named(world, moment, said):
    open_at_a = ["Mo-Fr 08:00-18:00", pd.NA, pd.NA]
    sites = world.sites.assign(opening_hours=pd.array(open_at_a, dtype="string"))
    home = world.communes.loc["64002", ["lon", "lat"]].astype(float).tolist()
    at = dt.datetime.fromisoformat(moment)
    answer = find_sites(replace(world, facilities={"sites": sites}), *home, Wishes(at=at))
    notes = [shown(note) for note in answer_notes(answer)]
    buses = [note for note in notes if note.startswith("Un bus")]
    assert [note.startswith(said) for note in buses] == [True] * bool(said)
    if said:
        assert notes[0] == buses[0]
        assert "prochain passage à 9 h, jusqu'à 12 h" in buses[0]
        assert answer.to_dict()["stops"][0]["in_time"]


def test_a_bus_that_comes_within_half_a_day_is_named_where_no_site_is_open(world):
    home = world.communes.loc["64002", ["lon", "lat"]].astype(float).tolist()
    answer = find_sites(world, *home, Wishes(at=dt.datetime.fromisoformat("2026-11-17T06:00")))
    far = replace(answer, sites=(), nothing_open=True)
    assert shown(nearer_stop(far)).startswith("Un bus s'arrête plus près : Commune C, 10 min")
    same = replace(answer.stops[0], travel_time_min=20.0)
    assert shown(nearer_stop(replace(answer, stops=(same,)))).startswith("Un bus passe bientôt : Commune C, 20 min")
    there = replace(same, is_there=True)
    assert shown(nearer_stop(replace(answer, stops=(there,)))).startswith("Un bus est là : Commune C, 20 min")


def test_the_next_pass_is_after_the_moment_and_never_on_a_holiday(stops):
    place = stops("2026-11-10T09:00")[0]
    assert (place.until.hour, place.next_at.date()) == (12, dt.date(2026, 12, 8))
    assert "il y est jusqu'à 12 h ; prochain passage mardi 8 décembre à 9 h" in shown(place.sentence)
    before_holiday = stops("2026-06-09T09:00")[0]
    assert before_holiday.next_at.date() == dt.date(2026, 8, 11)  # not on the 14th of July


def test_wishes(stops):
    def names(**wishes):
        return [stop.name for stop in stops.answer(**wishes).stops]

    assert names(saturday=True) == names(evening=True) == ["Commune C"]
    assert names(without_appointment=True) == ["Place"]  # of the other bus nothing is known
    assert names(operator="Cnav") == []
    assert names(kinds=frozenset({"main"})) == []


def test_rounds_are_kept_with_a_territory(world, tmp_path):
    world.save(tmp_path / "saved")
    loaded = Territory.load(tmp_path / "saved")
    pd.testing.assert_frame_equal(pd.DataFrame(loaded.rounds), pd.DataFrame(world.rounds))
    assert route_to(loaded, *world.communes.loc["64002", ["lon", "lat"]].astype(float), "1").travel_time_min > 0


def test_stops_are_cards_of_the_list(world):
    home = world.communes.loc["64002", ["lon", "lat"]].astype(float).tolist()
    answer = find_sites(world, *home)
    hostile = replace(answer, stops=(replace(answer.stops[0], name="<b>Place</b>"),))
    html = others_html(hostile, Shown(hostile.at.date()))
    assert "<h2>Arrêts du bus France services</h2>" in html
    assert "&lt;b&gt;Place&lt;/b&gt;" in html
    assert "le 2e mardi du mois" in shown(html)
