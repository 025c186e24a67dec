"""Days of a timetable: school calendar, typical Tuesdays and Saturdays, feeds that do not reach a day."""

import csv
import datetime as dt
from dataclasses import replace
from importlib import resources

import pytest

from geo import Territory
from geo.answers.timetable_days import day_notes, day_words, days_sentence
from geo.errors import ParameterError
from geo.finder.named_days import day_named, named_days, usual_day
from geo.sources.departements import departement_codes, school_zone
from geo.sources.school_calendar import common_zone, school_holiday
from geo.transit.gtfs import read_gtfs
from tests.unit.transit.small_feed import write_feed

AFTER = dt.date(2026, 1, 1)


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture(scope="module")
def territory(embedded, tmp_path_factory):
    """Return the 64 with the small feed: four trips on working days, one on Saturdays and on Tuesday 4 February."""
    feed = read_gtfs(write_feed(tmp_path_factory.mktemp("days") / "feed.zip", frequencies=None))
    return replace(embedded, schedule=feed)


def test_the_zones_are_those_of_the_academies():
    zones = {code: school_zone(code) for code in departement_codes()}
    assert [sum(zone == letter for zone in zones.values()) for letter in "ABC"] == [32, 41, 21]
    assert {code for code, zone in zones.items() if zone is None} == {"2A", "2B", *(str(n) for n in range(971, 979))}
    # One of each académie.
    assert [zones[c] for c in ("25", "33", "63", "21", "38", "87", "69", "86")] == ["A"] * 8
    assert [zones[c] for c in ("13", "80", "59", "54", "44", "06", "14", "45", "51", "35", "67")] == ["B"] * 11
    assert [zones[c] for c in ("94", "34", "75", "31", "78")] == ["C"] * 5


def test_holidays_begin_on_a_saturday_and_lessons_begin_again_on_a_working_day():
    with resources.files("geo.sources").joinpath("school_holidays.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        first, last = dt.date.fromisoformat(row["first"]), dt.date.fromisoformat(row["last"])
        again = last + dt.timedelta(days=1)
        if "pont" in row["name"]:
            assert (first.weekday(), again.weekday()) == (3, 0)
        elif "été" in row["name"]:
            assert first.weekday() == 5
        else:
            assert first.weekday() == 5
            # Easter Monday is a holiday: lessons begin again on a Tuesday.
            assert again.weekday() == (1 if again == dt.date(2025, 4, 22) else 0)
            assert 14 <= (last - first).days + 1 <= 17
    for zone in "ABC":
        assert len([row for row in rows if zone in row["zone"]]) == 18


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        ("2025-02-07", "B", ""),
        ("2025-02-08", "B", "vacances d'hiver"),
        ("2025-02-23", "B", "vacances d'hiver"),
        ("2025-02-24", "B", ""),
        ("2026-04-19", "A", "vacances de printemps"),
        ("2026-04-19", "C", "vacances de printemps"),
        ("2026-04-20", "A", ""),
        ("2026-12-25", "C", "vacances de Noël"),
        ("2027-08-01", "C", None),
        ("2024-09-01", "A", None),
        ("2025-02-08", None, None),
    ],
)
def test_a_day_is_in_the_holidays_of_its_zone(day, zone, expected):
    assert school_holiday(dt.date.fromisoformat(day), zone) == expected


def test_departements_of_one_zone_share_it():
    assert [common_zone(each) for each in (["64"], ["64", "33"], ["64", "31"], ["2A"], ["xx"], ["64", "2A"])] == [
        "A",
        "A",
        None,
        None,
        None,
        None,
    ]


def test_typical_days_are_named_with_their_trips(territory):
    days = named_days(territory, AFTER)
    # Tuesday the 4th has the Saturday's bus alone: it is no typical Tuesday. The school bus is not counted.
    assert [(f"{day.date}", day.holiday, day.trips) for day in days] == [
        ("2025-01-07", "", 4),
        ("2025-01-11", "", 1),
        ("2025-02-25", "vacances d'hiver", 4),
        ("2025-01-04", "vacances de Noël", 1),
    ]
    assert usual_day(territory, AFTER) == days[0]
    assert plain(day_words(days[0])) == "mardi 7 janvier 2025, hors vacances scolaires de la zone A, 4 trajets"
    assert plain(day_words(days[2])) == "mardi 25 février 2025, vacances d'hiver de la zone A, 4 trajets"
    assert "1 trajet (2025-01-11)" in plain(days_sentence(days))


def test_days_that_are_past_are_not_proposed_where_the_feed_reaches_today(territory):
    assert usual_day(territory, dt.date(2025, 3, 12)).date == dt.date(2025, 3, 18)


def test_a_calendar_of_decades_is_looked_at_for_a_year(territory):
    feeds = territory.schedule.feeds.assign(start=20000101, end=20991231)
    wide = replace(territory, schedule=replace(territory.schedule, feeds=feeds))
    assert usual_day(wide, dt.date(2025, 1, 1)).date == dt.date(2025, 1, 7)
    with pytest.raises(ParameterError, match=r"ni un mardi ni un samedi : donnez un jour avec --day"):
        usual_day(wide, dt.date(2030, 1, 1))


def test_feeds_that_do_not_reach_a_day_are_said(territory):
    feeds = territory.schedule.feeds.assign(end=20250131)
    short = replace(territory, schedule=replace(territory.schedule, feeds=feeds))
    day = day_named(short, dt.date(2025, 2, 11))
    assert day.feeds_without == ("feed.zip",)
    notes = day_notes(day, named_days(short, AFTER))
    assert "Horaires qui ne couvrent pas ce jour, donc non comptés : feed.zip." in notes
    assert notes[-1].startswith("Autres jours types : mardi")


def test_where_the_calendar_is_not_known_it_is_said():
    day = day_named(Territory.load("974"), dt.date(2025, 2, 4))
    assert plain(day_words(day)) == "mardi 4 février 2025, vacances scolaires non connues, 0 trajet"
    assert named_days(Territory.load("974")) == ()


def test_a_public_holiday_is_named(territory):
    day = day_named(territory, dt.date(2025, 4, 21))
    assert plain(day_words(day)).startswith("lundi 21 avril 2025, jour férié (lundi de Pâques), vacances de printemps")
    assert day_named(territory, dt.date(2025, 4, 22)).public_holiday is None


def test_a_last_day_that_no_month_has_is_left_out(tmp_path):
    calendar = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    feed = read_gtfs(
        write_feed(
            tmp_path / "feed",
            calendar=f"{calendar}week,1,1,1,1,1,0,0,20250101,20250331\nsat,0,0,0,0,0,1,0,20250101,20250931\n",
        )
    )
    assert feed.feeds[["start", "end"]].iloc[0].tolist() == [20250101, 20250331]
