"""Round trips without a car in a valley of one bus line: by hand, in words, for residents, and saved with the territory."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo import Territory
from geo.answers.round_trips import transit_lines, trip_sentence, way_words
from geo.answers.without_car import commune_trip_sentence, residents_sentence, without_car_answer
from geo.errors import ParameterError
from geo.finder.day_without_car import day_without_car
from geo.finder.residents_trips import (
    PERCENTILE_COLUMNS,
    commune_round_trips,
    residents_round_trips,
    round_trip_share,
)
from geo.finder.site_trips import SiteTrip, Step, leaving_from, trips_from
from geo.finder.without_car import RoundTrips, hours_on
from geo.report.round_trip_files import round_trip_content
from geo.transit.gtfs import read_gtfs
from geo.transit.journeys import Journeys
from geo.transit.round_trip import RoundTrip, Rules, round_trip
from geo.transit.window import Window
from tests.unit.transit.small_feed import write_feed

SITE = "949"
TUESDAY, SATURDAY = dt.date(2025, 2, 4), dt.date(2025, 2, 8)


@pytest.fixture(scope="module")
def valley(embedded, tmp_path_factory):
    """Return a territory with one bus from Urdos to the door of one site, at 7:50; back at 9:40, 12:20 and 18:00."""
    urdos = embedded.communes.loc[embedded.communes["name"] == "Urdos"].iloc[0]
    sites = embedded.sites.copy()
    sites.loc[sites["facility_id"] == SITE, ["opening_hours", "comment"]] = ["Mo-Fr 09:00-12:00", None]
    site = sites.geometry[sites["facility_id"] == SITE].iloc[0]
    trips = {"out": "07:50 08:15", "b1": "09:40 10:05", "b2": "12:20 12:45", "b3": "18:00 18:25"}
    times = []
    for trip, words in trips.items():
        begin, end = words.split()
        stops = ("U", "S") if trip == "out" else ("S", "U")
        times += [
            f"{trip},{at}:00,{at}:00,{stop},{n}" for n, (at, stop) in enumerate(zip((begin, end), stops, strict=True))
        ]
    feed = write_feed(
        tmp_path_factory.mktemp("feed") / "valley.zip",
        stops=f"stop_id,stop_name,stop_lat,stop_lon\nU,Urdos,{urdos['lat']},{urdos['lon']}\nS,Maison,{site.y},{site.x}\n",
        routes="route_id,route_short_name,route_type\nB,12,3\n",
        trips="route_id,service_id,trip_id,trip_headsign\n" + "".join(f"B,week,{trip},Vallée\n" for trip in trips),
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + "\n".join(times) + "\n",
        calendar_dates=None,
        frequencies=None,
        transfers=None,
    )
    facilities = {**embedded.facilities, "sites": sites}
    return replace(embedded, schedule=read_gtfs(feed), facilities=facilities), (urdos["lon"], urdos["lat"])


def _to_site(valley, day=TUESDAY, **rules):
    territory, start = valley
    trips = RoundTrips.of(territory, Rules(**rules))
    return next(one for one in trips_from(trips, *start, day, 30) if one.facility_id == SITE)


def test_the_first_bus_back_after_the_visit_is_taken(valley):
    one = _to_site(valley)
    assert [f"{moment:%H:%M}" for moment in (one.leaves_home, one.arrives, one.leaves_site, one.home)] == [
        "07:50",
        "08:15",
        "12:20",
        "12:45",
    ]
    assert one.time_out_min == 4 * 60 + 55
    assert (f"{one.earliest_arrival:%H:%M}", f"{one.last_way_back:%H:%M}") == ("08:15", "18:00")


def test_a_short_visit_is_home_sooner_and_a_long_one_is_not_possible(valley):
    assert f"{_to_site(valley, visit_min=40).home:%H:%M}" == "10:05"
    long = _to_site(valley, visit_min=181)
    assert (long.possible, long.why_not, long.next_day) == (False, "no_way", None)


def test_no_way_longer_than_the_rule(valley):
    assert _to_site(valley, way_min=25).possible
    assert not _to_site(valley, way_min=24).possible


def test_no_way_is_told_to_be_longer_than_the_rule():
    """From 10:00:30 to 11:59:59 is told as two hours, to 12:00:29 as one minute more: neither way may be."""
    hours = [(43200, 64800)]
    out, late = _ways((36030 / 60, 43199 / 60)), _ways((36030 / 60, 43229 / 60))
    back, long = _ways((61230 / 60, 68399 / 60)), _ways((61230 / 60, 68429 / 60))
    told = round_trip(out, back, hours, Rules())
    assert (told.departure_s, told.arrival_s, told.leave_s, told.home_s) == (36000, 43200, 61200, 68400)
    assert round_trip(late, back, hours, Rules()) is None
    assert round_trip(out, long, hours, Rules()) is None


def test_of_trips_as_long_the_one_with_the_shorter_way_comes_first(valley):
    """A site 200 m before the last stop is nearer, and two minutes on foot from it."""
    territory, start = valley
    sites = territory.sites.loc[territory.sites["facility_id"] == SITE]
    place = sites.geometry.iloc[0]
    nearer = sites.assign(facility_id="before").set_geometry(
        gpd.points_from_xy([place.x], [place.y - 0.0015]), crs=sites.crs
    )
    both = pd.concat([nearer, sites], ignore_index=True)
    two = replace(territory, facilities={**territory.facilities, "sites": both})
    found = trips_from(RoundTrips.of(two), *start, TUESDAY)
    assert [one.time_out_min for one in found] == [295, 295]
    assert [one.facility_id for one in found] == [SITE, "before"]
    assert found[0].on_the_way_s < found[1].on_the_way_s


def test_a_closed_day_says_the_next_possible_one(valley):
    one = _to_site(valley, SATURDAY)
    assert (one.why_not, one.next_day) == ("closed", dt.date(2025, 2, 10))
    assert trip_sentence(one) == (
        "aucun aller-retour possible ce jour-là, le site est fermé\u202f; prochain jour possible : lundi 10\u00a0février"
    )


def test_who_has_no_stop_near_is_told_so_of_every_site(valley):
    territory, (lon, lat) = valley
    found = trips_from(RoundTrips.of(territory), lon - 0.2, lat, TUESDAY, 30)  # sixteen kilometres from the only stops
    assert {one.too_far for one in found} == {"no_stop_here"}
    (open_then,) = [one for one in found if one.facility_id == SITE]
    said = "ni le site ni un arrêt n'est assez près de votre départ à pied"
    assert trip_sentence(open_then).endswith(said)


def test_a_closed_day_does_not_hide_that_no_other_day_would_do(valley):
    """On a Sunday: sites without a stop near, and one whose visit is too long for any day of the next two weeks."""
    territory, start = valley
    sunday = dt.date(2025, 2, 9)
    found = trips_from(RoundTrips.of(territory), *start, sunday, 30)
    others = [one for one in found if one.facility_id != SITE and one.why_not == "closed"]
    assert {trip_sentence(one) for one in others} == {
        "aucun aller-retour possible ce jour-là, le site est fermé, et aucun arrêt n'est assez près du site à pied"
    }
    long = _to_site(valley, sunday, visit_min=181)
    assert (long.next_day, long.searched_to) == (None, dt.date(2025, 2, 23))
    assert trip_sentence(long).endswith("le site est fermé\u202f; aucun non plus jusqu'au dimanche 23\u00a0février")


def test_a_public_holiday_is_named(valley):
    assert trip_sentence(_to_site(valley, dt.date(2025, 1, 1))).startswith(
        "aucun aller-retour possible ce jour-là, le site est fermé, jour férié (jour de l'An)"
    )


def test_the_minutes_told_add_up_to_the_times_told():
    """Times with seconds: one leaves in the minute before, arrives in the minute after; a walk has minutes of its own."""
    zone = ZoneInfo("Europe/Paris")

    def at(text):
        return dt.datetime.fromisoformat(f"2025-02-04T{text}").replace(tzinfo=zone)

    walk = Step(at("08:15:40"), at("08:21:10"), None, "Halte", None, "", None)
    ride = Step(at("08:21:10"), at("08:40:50"), "Halte", "Maison", "12", "", 3)
    assert way_words((walk, ride)) == ("à pied 6 min jusqu'à Halte, puis car 12 de Halte 8 h 21 à Maison 8 h 41")
    moments = {"leaves_home": walk.departs, "arrives": ride.arrives, "leaves_site": at("09:40:30")}
    one = SiteTrip("1", "Maison", TUESDAY, ((540, 720),), **moments, home=at("10:06:10"), time_out_min=110.5)
    assert (
        trip_sentence(one)
        .replace(" ", " ")
        .startswith("départ 8 h 15, sur place 8 h 41, retour 9 h 40, chez vous 10 h 07 (1 h 52 hors de chez vous)")
    )


def test_one_who_may_walk_all_the_way_is_told_so(valley):
    territory, _ = valley
    site = territory.sites.geometry[territory.sites["facility_id"] == SITE].iloc[0]
    found = trips_from(RoundTrips.of(territory), site.x, site.y, TUESDAY, 30)
    one = next(one for one in found if one.facility_id == SITE)
    assert trip_sentence(one).endswith(" ; à pied, à toute heure")


def test_sites_that_are_numbered_already_keep_their_numbers(valley):
    one = _to_site(valley)
    told = [line for line in transit_lines([one], TUESDAY, Rules(), (), numbers={SITE: 4}) if SITE in line]
    assert told[0].startswith(f"4. {one.name}")
    assert (
        next(line for line in transit_lines([one], TUESDAY, Rules(), (), numbers={}) if SITE in line)[0] == one.name[0]
    )


@pytest.mark.parametrize(("hour", "possible"), [("07:50", True), ("07:51", False), ("17:30", False)])
def test_no_departure_before_the_asked_hour(valley, hour, possible):
    territory, start = valley
    asked = leaving_from(dt.datetime.fromisoformat(f"2025-02-04T{hour}").replace(tzinfo=ZoneInfo("Europe/Paris")))
    found = trips_from(RoundTrips.of(territory), *start, TUESDAY, 30, not_before=asked)
    one = next(one for one in found if one.facility_id == SITE)
    assert one.possible == possible
    assert all(each.leaves_home >= asked for each in found if each.possible)
    lines = [line.replace("\u00a0", " ") for line in transit_lines([one], TUESDAY, Rules(), (), asked)]
    assert lines[0].startswith("Sans voiture, mardi 4 février 2025, départ à partir de ")
    if not possible:
        assert (one.why_not, one.next_day) == ("too_late", dt.date(2025, 2, 5))
        assert "plus aucun départ ne convient à partir de cette heure" in lines[2]
        assert "prochain jour possible : mercredi 5 février" in lines[2]


def test_the_whole_day_counts_from_midnight():
    assert leaving_from(dt.datetime(2025, 2, 4, tzinfo=dt.UTC)) is None


def test_on_foot_one_leaves_no_sooner_than_asked():
    walked = round_trip(_ways(), _ways(), [(36000, 43200)], Rules(), (600, 600), not_before_s=37000)
    assert (walked.departure_s, walked.arrival_s) == (37000, 37600)
    assert round_trip(_ways(), _ways(), [(36000, 43200)], Rules(), (600, 600), not_before_s=40000) is None


def test_the_way_is_told_in_words(valley):
    one = _to_site(valley)
    assert way_words(one.there) == "car 12 (direction Vallée) d'Urdos 7\u00a0h\u00a050 à Maison 8\u00a0h\u00a015"
    lines = list(transit_lines([one], TUESDAY, Rules(), ("Note.",)))
    assert lines[0] == "Sans voiture, mardi 4\u00a0février 2025 :"
    assert lines[1].startswith(f"1. {one.name} [{SITE}] : ")
    assert "chez vous 12\u00a0h\u00a045 (4\u00a0h\u00a055 hors de chez vous)" in lines[1]
    assert lines[-1] == "  - Note."
    row = valley[0].sites.set_index("facility_id").loc[SITE]
    assert (one.phone, one.appointment) == (row["phone"], row["appointment"])
    access = f"{'sur' if one.appointment else 'sans'} rendez-vous"
    assert lines[4] == f"   À 9\u00a0h, ouvert jusqu'à 12\u00a0h, {access}"
    assert lines[6] == f"   {row['phone']}", "whether an appointment is needed is told once"
    unread = transit_lines([replace(one, status=None)], TUESDAY, Rules(), ())
    assert f"   {access.capitalize()}, {row['phone']}" in list(unread)
    told = next(transit_lines([one], TUESDAY, Rules(), (), start="Urdos (64)"))
    assert told == "Sans voiture depuis Urdos (64), mardi 4\u00a0février 2025 :"


def test_a_day_that_no_timetable_knows_is_refused(embedded, valley):
    with pytest.raises(ParameterError, match=r"du 1er.janvier 2025 au 31.mars 2025 : ils ne disent rien du 1er.avril"):
        _to_site(valley, dt.date(2025, 4, 1))
    with pytest.raises(ParameterError, match="n'a pas d'horaires"):
        RoundTrips.of(embedded)


@pytest.mark.parametrize("day", ["2025-03-30", "2025-03-31", "2025-10-26"])
def test_hours_are_those_of_the_clock_also_where_it_changes(valley, day):
    territory, _ = valley
    trips, date = RoundTrips.of(territory), dt.date.fromisoformat(day)
    ((opens, closes),) = trips.open_s(date, [(540, 720)], "64")
    assert [f"{trips.day(date).moment(at):%d %H:%M}" for at in (opens, closes)] == [
        f"{date:%d} 09:00",
        f"{date:%d} 12:00",
    ]


def test_a_public_holiday_is_a_closed_day():
    row = {"departement": "64", "opening_hours": "Mo-Fr 09:00-12:00", "comment": None}
    assert hours_on(row, dt.date(2025, 1, 1)) == ()
    assert hours_on(row, dt.date(2025, 1, 2)) == ((540, 720),)
    assert hours_on(row | {"opening_hours": None}, dt.date(2025, 1, 2)) is None


def test_residents_with_a_round_trip_are_counted(valley):
    territory, _ = valley
    found = residents_round_trips(RoundTrips.of(territory), TUESDAY)
    share = round_trip_share(found, TUESDAY)
    names = territory.communes["name"].reindex(found["commune_code"]).to_numpy()
    urdos = found[names == "Urdos"].iloc[0]
    assert (urdos["facility_id"], urdos["time_out_min"]) == (SITE, 295)
    served = found["time_out_min"].notna().to_numpy()
    assert share.residents_served == found["population"][served].sum()
    # Who lives near an open site walks there; a day without any bus has these alone.
    on_foot = residents_round_trips(RoundTrips.of(territory), dt.date(2025, 2, 9))
    assert on_foot["time_out_min"].isna().all() or (names[on_foot["time_out_min"].notna()] != "Urdos").all()
    assert "communes sur 545" in residents_sentence(share)


def readable(text):
    return " ".join(text.split())


WINDOW = Window.parse("07:00-09:00")


@pytest.fixture(scope="module")
def measured(valley):
    return residents_round_trips(RoundTrips.of(valley[0]), TUESDAY, WINDOW)


def test_who_leaves_at_each_minute_waits_for_the_bus(valley, measured):
    """The bus leaves at 7:50 and arrives at 8:15: 25 min at best, 75 from 7:00 on; nothing in the 69 minutes after 7:50."""
    urdos = commune_round_trips(measured, valley[0].communes).query("name == 'Urdos'").iloc[0]
    minutes = sorted([*(75 - m for m in range(51)), *[float("inf")] * 69])
    assert urdos["door_to_door_p25_min"] == minutes[29] == 54
    assert urdos[["door_to_door_p50_min", "door_to_door_p75_min"]].isna().all()
    assert (urdos["earliest_arrival"], urdos["last_way_back"], urdos["time_out_min"]) == ("08:15", "18:00", 295)
    assert urdos["earliest_wait_min"] == 45, "until 9:00"
    assert (urdos["facility_id"], urdos["share_round_trip"]) == (SITE, 1)


def test_communes_add_up_to_the_share(valley, measured):
    table, share = commune_round_trips(measured, valley[0].communes), round_trip_share(measured, TUESDAY)
    assert table.index.equals(valley[0].communes.index)
    assert table["residents"].sum() == pytest.approx(share.residents)
    assert table["residents_served"].sum() == pytest.approx(share.residents_served)
    assert (table["share_round_trip"] > 0).sum() == share.communes_served
    assert table["time_out_min"].isna().sum() == share.communes - share.communes_served
    without = table[table["share_round_trip"] == 0]
    assert without[["facility_id", "earliest_arrival", "last_way_back"]].isna().all(axis=None)


def test_a_day_when_no_site_is_open_is_no_lack_of_transport(valley):
    """New Year's Day: one sentence says so first, and no other tells of ways or of communes without any."""
    day = day_without_car(valley[0], dt.date(2025, 1, 1), window=WINDOW)
    answer = without_car_answer(valley[0], day)
    said = readable(answer.sentence)
    assert said.startswith("Aucun site n'est ouvert ce jour-là (mercredi 1er janvier 2025) : aucun aller-retour n'est")
    assert not [text for text in answer.details if "aller-retour" in text or "Porte à porte" in text]
    (figure,) = answer.figures
    assert (figure.label, figure.value) == ("Sites ouverts ce jour-là", "0")
    content = round_trip_content(valley[0], day)
    assert (content["note"], content["sites_open"]) == (answer.sentence, 0)
    usual = round_trip_content(valley[0], day_without_car(valley[0], TUESDAY, window=WINDOW))
    assert usual["note"] is None
    assert 0 < usual["sites_open"] <= usual["sites"] == len(RoundTrips.of(valley[0]).sites())


def test_where_hours_are_not_known_only_those_that_are_can_be_closed(valley):
    area = valley[0]
    sites = area.sites.copy()
    sites["opening_hours"] = sites["opening_hours"].mask(sites["facility_id"] == SITE)
    unknown = replace(area, facilities={**area.facilities, "sites": sites})
    share = day_without_car(unknown, dt.date(2025, 2, 9), window=WINDOW).share
    assert (share.sites_open, share.sites_hours_unknown > 0) == (0, True)
    assert residents_sentence(share).startswith("Aucun site dont les horaires sont connus n'est ouvert ce jour-là")


def test_where_no_population_is_known_no_resident_is_told(valley):
    area = valley[0]
    unknown = replace(area, communes=area.communes.assign(population=pd.array([None] * len(area.communes), "Int64")))
    day = day_without_car(unknown, TUESDAY, window=WINDOW)
    content = round_trip_content(unknown, day)
    names = ("residents", "residents_served", "share", "median_time_out_min")
    assert [content[name] for name in names] == [None] * 4
    assert set(content["door_to_door_min"].values()) == {None}
    assert {row["residents"] for row in content["by_commune"]} == {
        row["residents_served"] for row in content["by_commune"]
    }
    assert {row["residents"] for row in content["by_commune"]} == {None}
    assert content["communes_served"] == day.share.communes - len(content["communes_without"]) > 0
    answer = without_car_answer(unknown, day)
    said = " ".join([answer.sentence, *answer.details, *answer.notes, *map(str, answer.figures)])
    assert "le territoire a été construit sans leur nombre" in said
    assert "habitant" not in said.replace("Combien d'habitants l'ont n'est pas connu", "").lower()
    assert "peuplées" not in said
    assert commune_trip_sentence(day.communes.iloc[0]).split("(")[1].startswith("population inconnue)")


def test_a_commune_of_several_points_has_the_time_of_its_median_resident():
    found = pd.DataFrame(
        {
            "commune_code": ["64001", "64001", "64001", "64002"],
            "population": [10.0, 30.0, 60.0, np.nan],
            "way_known": [True] * 4,
            "time_out_min": pd.array([100, 200, None, None], "Float64"),
            "facility_id": pd.array(["a", "b", None, None], "string"),
            "earliest_arrival": pd.array(["09:00", "08:00", None, None], "string"),
            "earliest_wait_min": pd.array([0, 60, None, None], "Float64"),
            "last_way_back": pd.array(["17:00", "16:00", None, None], "string"),
        }
        | {name: pd.array([10, 20, np.inf, np.inf], "Float64") for name in PERCENTILE_COLUMNS}
    )
    communes = pd.DataFrame({"name": ["Un", "Deux"]}, index=["64001", "64002"])
    one, two = (row for _, row in commune_round_trips(found, communes).iterrows())
    assert (one["residents_served"], one["share_round_trip"], one["facility_id"]) == (40, 0.4, "b")
    assert (one["time_out_min"], one["earliest_arrival"], one["last_way_back"]) == (200, "08:00", "17:00")
    assert one["earliest_wait_min"] == 60, "of the first arrival"
    assert pd.isna(one["door_to_door_p50_min"])
    assert two[["residents", "residents_served"]].isna().all()
    assert two["share_round_trip"] == 0
    # Of 200 households in the first commune a quarter has no car, and 40 % of its residents a round trip.
    housing = pd.DataFrame({"households": [200.0, 50.0], "share_carless": [0.25, np.nan]}, index=communes.index)
    share = round_trip_share(found, TUESDAY, housing)
    assert (share.households_carless, share.households_carless_served, share.share_carless) == (50, 20, 0.4)
    said = " ".join(residents_sentence(share).split())
    assert said.endswith("Des 50 ménages sans voiture (recensement), 40 % ont cette possibilité.")
    assert round_trip_share(found, TUESDAY).share_carless is None
    assert "ménages" not in residents_sentence(round_trip_share(found, TUESDAY))
    nobody = replace(share, communes_served=0)
    assert f"aucune commune sur {share.communes} n'en a la possibilité." in residents_sentence(nobody)
    assert "la seule commune n'en a pas la possibilité." in residents_sentence(replace(nobody, communes=1))
    unknown = residents_sentence(replace(nobody, residents=None))
    assert unknown.startswith(f"Aucune commune sur {share.communes} n'a, sans voiture, d'aller-retour possible")


@pytest.mark.parametrize("text", ["", "7-9", "09:00-07:00", "07:00-14:00", "07:60-08:00", "23:00-25:00", "x" * 99])
def test_a_window_that_makes_no_sense_is_refused(text):
    with pytest.raises(ParameterError, match=r"--window .* refusé : un début et une fin"):
        Window.parse(text)


def test_a_saved_territory_keeps_its_timetable(valley, tmp_path):
    territory, start = valley
    territory.save(tmp_path / "t")
    again = Territory.load(tmp_path / "t")
    assert _to_site((again, start)) == _to_site(valley)
    assert again.active == {}


NOTHING = np.zeros(0, np.int64)


def _ways(*pairs):
    departure, arrival = np.rint(np.array(pairs, float).reshape(-1, 2).T * 60).astype(np.int64)
    return Journeys(departure, arrival, np.zeros(len(departure), np.int64), np.arange(len(departure)))


def test_on_foot_there_and_by_bus_back():
    # Ten minutes on foot; the bus back leaves at 11:30 and takes five: there just in time for it, sooner than on foot.
    walked = round_trip(_ways(), _ways((690, 695)), [(36000, 43200)], Rules(), (600, 600))
    assert (walked.departure_s, walked.arrival_s, walked.home_s) == (38100, 38700, 41700)
    # Up to the site in 10 minutes, down again in 6; and too far where one of both ways is.
    sloped = round_trip(_ways(), _ways(), [(36000, 43200)], Rules(), (600, 360))
    assert (sloped.arrival_s - sloped.departure_s, sloped.home_s - sloped.leave_s) == (600, 360)
    assert sloped.time_out_min == 10 + 45 + 6
    assert (sloped.earliest_arrival_s, sloped.last_way_back_s) == (None, None)
    assert round_trip(_ways(), _ways(), [(36000, 43200)], Rules(direct_walk_min=9), (600, 360)) is None
    far = round_trip(_ways(), _ways((690, 695)), [(36000, 43200)], Rules(direct_walk_min=9), (600, 600))
    assert far is None


@pytest.mark.parametrize(
    ("rules", "possible"),
    [
        ({}, True),
        ({"walk_min": 5}, True),
        ({"direct_walk_min": 25}, False),
        ({"direct_walk_min": 26}, True),
        ({"way_min": 25}, False),
    ],
)
def test_the_walk_all_the_way_has_a_limit_of_its_own(rules, possible):
    walked = round_trip(_ways(), _ways(), [(36000, 43200)], Rules(**rules), (26 * 60, 26 * 60))
    assert (walked is not None) == possible


def test_the_first_useful_arrival_is_the_last_by_which_one_is_there_at_opening():
    # Open from 10:00 to 12:00: there at 5:04, 8:30, 9:50 and 11:00; back at 13:00.
    out = _ways((270, 304), (480, 510), (560, 590), (630, 660))
    found = round_trip(out, _ways((780, 800)), [(36000, 43200)], Rules())
    assert (found.earliest_arrival_s, found.earliest_wait_s) == (590 * 60, 600)
    later = round_trip(_ways((630, 660), (640, 670)), _ways((780, 800)), [(36000, 43200)], Rules())
    assert later.earliest_arrival_s == 660 * 60


@pytest.mark.parametrize(
    ("early", "late", "told"),
    [(584, 615, 615), (584, 616, 584), (585, 605, 585), (584, None, 584)],
    ids=["16 min outside or 15 late", "16 min late", "15 min outside", "no other"],
)
def test_nobody_is_sent_long_before_the_doors_open_for_a_few_minutes(early, late, told):
    """Open from 10:00: there at 9:44 one waits 16 minutes, unless one comes at 10:15 at most."""
    ways = _ways(*[(arrival - 30, arrival) for arrival in (early, late) if arrival])
    for hours, visit in (((36000, 43200), 45), ((36000, 37200), 5)):
        found = round_trip(ways, _ways((780, 800)), [hours], Rules(visit_min=visit))
        assert (found.earliest_arrival_s, found.earliest_wait_s) == (told * 60, max(600 - told, 0) * 60)


def test_at_the_same_time_at_home_who_walks_takes_no_vehicle():
    found = round_trip(_ways(), _ways((645, 655)), [(36000, 43200)], Rules(), (600, 600))
    assert (found.back, found.home_s) == (None, 655 * 60)


def test_home_after_midnight_is_not_the_same_day():
    out = _ways((600, 640))
    assert round_trip(out, _ways((1400, 1440)), [(36000, 43200)], Rules()) is not None
    assert round_trip(out, _ways((1401, 1441)), [(36000, 43200)], Rules()) is None


@pytest.mark.parametrize("wrong", [{"walk_min": -1}, {"way_min": 1e9}, {"visit_min": float("nan")}])
def test_limits_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ParameterError, match="des minutes de 0 à"):
        Rules(**wrong)


def test_a_visit_lasts_as_long_between_the_hours_that_are_told():
    """At 9:00 on foot in 3 min 50 s, told 4; by a bus there at 10:00:20 one leaves at 10:46, not by that of 10:45:50."""
    walked = round_trip(_ways(), _ways(), [(30600, 43200)], Rules(), (230, 230), not_before_s=32400)
    hours = (walked.departure_s, walked.arrival_s, walked.leave_s, walked.home_s)
    assert hours == tuple(60 * minute for minute in (540, 544, 589, 593))
    arrives, leaves = 36020 / 60, (38750 / 60, 38761 / 60)
    ridden = round_trip(_ways((580, arrives)), _ways((leaves[0], 650), (leaves[1], 660)), [(36000, 43200)], Rules())
    assert (ridden.arrival_s, ridden.leave_s, ridden.home_s) == (36060, 38760, 39600)


def test_time_out_is_the_difference_of_the_hours_told():
    """Away from 5:05:50 to 8:29:28 (203.6 min): told 5 h 05 and 8 h 30, so 3 h 25."""
    found = RoundTrip(5 * 3600 + 350, 6 * 3600, 8 * 3600, 8 * 3600 + 29 * 60 + 28, 0, 0, 6 * 3600, 8 * 3600)
    assert found.time_out_min == 205
    exact = RoundTrip(300, 600, 900, 1200, 0, 0, 600, 900)
    assert exact.time_out_min == 15


def test_who_is_there_before_the_doors_open_is_told_how_long_to_wait(valley):
    """The bus arrives at 8:15, the site opens at 9:00."""
    one = _to_site(valley)
    assert (one.wait_min, one.earliest_wait_min) == (45, 45)
    said = trip_sentence(one).replace("\u00a0", " ").replace("\u202f", "")
    assert "sur place 8 h 15 (attente 45 min à la porte), retour 12 h 20" in said
    assert said.endswith("première arrivée utile 8 h 15 (attente 45 min à la porte), dernier retour 18 h")
    day = day_without_car(valley[0], TUESDAY)
    urdos = day.communes[day.communes["name"] == "Urdos"].iloc[0]
    assert urdos["earliest_wait_min"] == 45
    assert "8 h 15 (attente 45 min à la porte)" in commune_trip_sentence(urdos).replace("\u00a0", " ")


def test_of_equal_times_out_the_one_with_the_least_wait_outside_is_told():
    # Open from 10:00: out at 9:00 (there at 9:20) or 9:30 (there at 9:55), each with a bus home after as many minutes.
    out, back = _ways((540, 560), (570, 595)), _ways((645, 665), (655, 695))
    found = round_trip(out, back, [(36000, 43200)], Rules())
    assert (found.home_s - found.departure_s, found.wait_s) == (95 * 60, 300)
