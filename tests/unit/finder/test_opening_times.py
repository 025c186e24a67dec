"""When a place is open, by cases known by hand."""

import datetime as dt

import pytest
from opening_hours import OpeningHours

from geo.errors import ParameterError
from geo.finder.opening_times import (
    civil_time,
    closes_before,
    holiday_on,
    hours_text,
    later,
    moment_text,
    opening_status,
    skipped,
    time_zone,
    week_lines,
)
from geo.french import day_text
from geo.sources.opening_hours import WeeklyHours

WEEKDAYS = WeeklyHours.from_osm(
    "Mo 09:00-12:00,14:00-17:00; Tu 09:00-12:00,14:00-17:00; We 09:00-12:00,14:00-17:00; "
    "Th 09:00-12:00,14:00-17:00; Fr 09:00-12:00"
)


def at(text, departement="64"):
    return civil_time(dt.datetime.fromisoformat(text), departement)


def status(text, hours=WEEKDAYS, departement="64"):
    return opening_status(hours, at(text, departement), departement)


def plain(text):
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("moment", "state", "sentence"),
    [
        # Tuesday 24 November 2026: the opening minute is open, the closing one is not.
        ("2026-11-24T08:59", "closed", "Fermé, rouvre à 9 h"),
        ("2026-11-24T09:00", "open", "Ouvert jusqu'à 12 h"),
        ("2026-11-24T11:59", "open", "Ouvert jusqu'à 12 h"),
        ("2026-11-24T12:00", "closed", "Fermé, rouvre à 14 h"),
        ("2026-11-24T13:59", "closed", "Fermé, rouvre à 14 h"),
        ("2026-11-24T14:00", "open", "Ouvert jusqu'à 17 h"),
        ("2026-11-24T17:00", "closed", "Fermé, rouvre mercredi 25 à 9 h"),
        ("2026-11-24T23:59", "closed", "Fermé, rouvre mercredi 25 à 9 h"),
        # Friday noon to Monday, Sunday included.
        ("2026-11-27T12:00", "closed", "Fermé, rouvre lundi 30 à 9 h"),
        ("2026-11-29T10:00", "closed", "Fermé, rouvre lundi 30 à 9 h"),
        # Armistice: a Wednesday.
        ("2026-11-11T10:00", "closed", "Fermé : jour férié (armistice de 1918), rouvre jeudi 12 à 9 h"),
        ("2026-11-10T17:30", "closed", "Fermé, rouvre jeudi 12 à 9 h"),
        # Christmas 2026 is a Friday; New Year's day a Friday too.
        ("2026-12-25T10:00", "closed", "Fermé : jour férié (Noël), rouvre lundi 28 à 9 h"),
        ("2026-12-31T18:00", "closed", "Fermé, rouvre lundi 4 janvier 2027 à 9 h"),
        # Easter Monday, Ascension (a Thursday), Whit Monday of 2027.
        ("2027-03-29T10:00", "closed", "Fermé : jour férié (lundi de Pâques), rouvre mardi 30 à 9 h"),
        ("2027-05-06T10:00", "closed", "Fermé : jour férié (Ascension), rouvre vendredi 7 à 9 h"),
        ("2027-05-17T10:00", "closed", "Fermé : jour férié (lundi de Pentecôte), rouvre mardi 18 à 9 h"),
        # Clocks change on these Sundays; Monday is as any Monday.
        ("2026-10-25T12:00", "closed", "Fermé, rouvre lundi 26 à 9 h"),
        ("2027-03-28T01:30", "closed", "Fermé, rouvre mardi 30 à 9 h"),
    ],
)
def test_status_of_an_ordinary_week(moment, state, sentence):
    found = status(moment)
    assert (found.state, plain(found.sentence)) == (state, sentence)


def test_moments_of_a_status_are_civil_times():
    opens = status("2026-11-27T12:00").opens_at
    assert opens.isoformat() == "2026-11-30T09:00:00+01:00"
    closes = status("2026-07-07T10:00").closes_at
    assert closes.isoformat() == "2026-07-07T12:00:00+02:00"


def test_open_through_midnight_until_the_real_end():
    night = WeeklyHours.from_osm("Fr 22:00-24:00; Sa 00:00-02:00; Mo 20:00-24:00")
    found = status("2026-11-27T23:00", night)  # Friday
    assert found.closes_at.isoformat() == "2026-11-28T02:00:00+01:00"
    assert plain(found.sentence) == "Ouvert jusqu'à 2 h"
    assert plain(status("2026-11-30T21:00", night).sentence) == "Ouvert jusqu'à minuit"


def test_always_open_has_no_end_but_a_holiday():
    always = WeeklyHours.from_intervals([[(0, 1440)]] * 7)
    assert status("2026-11-24T10:00", always).closes_at is None
    assert status("2026-11-24T10:00", always).sentence == "Ouvert"
    assert status("2026-12-24T10:00", always).closes_at == at("2026-12-25T00:00")


@pytest.mark.parametrize(
    ("day", "closes", "hours_open"),
    [("2026-10-25", "2026-10-25T04:00:00+01:00", 4), ("2027-03-28", "2027-03-28T04:00:00+02:00", 2)],
)
def test_days_of_25_and_23_hours(day, closes, hours_open):
    sunday = WeeklyHours.from_osm("Su 01:00-04:00")
    found = status(f"{day}T01:00", sunday)
    assert found.closes_at.isoformat() == closes
    assert (found.closes_at.astimezone(dt.UTC) - at(f"{day}T01:00").astimezone(dt.UTC)) == dt.timedelta(
        hours=hours_open
    )


@pytest.mark.parametrize(
    ("moment", "departement", "answered"),
    [
        ("2026-03-29T02:00", "64", "2026-03-29T03:00:00+02:00"),
        ("2026-03-29T02:30", "64", "2026-03-29T03:30:00+02:00"),
        ("2027-03-28T02:59", None, "2027-03-28T03:59:00+02:00"),
        ("2026-03-08T02:30", "975", "2026-03-08T03:30:00-02:00"),  # Saint-Pierre-et-Miquelon: American dates
        ("2026-03-29T02:30", "974", "2026-03-29T02:30:00+04:00"),  # Réunion: no change
        ("2026-03-29T01:59", "64", "2026-03-29T01:59:00+01:00"),
        ("2026-10-25T02:30", "64", "2026-10-25T02:30:00+02:00"),  # twice on the clock: the first
    ],
)
def test_a_time_that_the_clocks_skip_is_the_one_they_show(moment, departement, answered):
    found = civil_time(dt.datetime.fromisoformat(moment), departement)
    assert found.isoformat() == answered
    assert skipped(dt.datetime.fromisoformat(moment), departement) == (moment not in answered)


@pytest.mark.parametrize("departement", ["64", "975", "974", "971", None])
@pytest.mark.parametrize("days", range(0, 29, 7))
def test_every_hour_around_a_change_of_clocks_has_an_answer(departement, days):
    night = WeeklyHours.from_osm("Sa 22:00-24:00; Su 00:00-02:30; Mo 02:30-24:00")
    for change in ("2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01"):
        for hour in range(24):
            asked = dt.datetime.fromisoformat(change) - dt.timedelta(days=days) + dt.timedelta(hours=hour, minutes=30)
            for hours in (None, WEEKDAYS, night):
                here = civil_time(asked, departement)
                assert opening_status(hours, here, departement).sentence
                assert len(week_lines(hours, here, departement)) == 7


@pytest.mark.parametrize("moment", ["2000-01-01T00:00", "2099-12-31T23:59", "2100-12-31T23:59"])
def test_the_first_and_the_last_moments_have_an_answer(moment):
    assert status(moment).state == "closed"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "1999-12-31T23:59", "2101-01-01T00:00", "9999-12-31T23:59"])
def test_moments_out_of_reason_are_refused(moment):
    with pytest.raises(ParameterError, match="de 2000 à 2100"):
        at(moment)


def test_later_counts_real_minutes_through_a_change_of_clocks():
    assert later(at("2026-10-25T01:30"), 120).isoformat() == "2026-10-25T02:30:00+01:00"
    assert later(at("2027-03-28T01:30"), 60).isoformat() == "2027-03-28T03:30:00+02:00"


def test_unknown_hours_are_said_to_be_unknown():
    found = opening_status(None, at("2026-11-24T10:00"), "64")
    assert (found.state, found.sentence, found.opens_at) == ("unknown", "Horaires inconnus", None)
    tuesday = WeeklyHours.from_osm("Tu unknown; Th 09:00-12:00")
    assert status("2026-11-24T10:00", tuesday).sentence == "Horaires du mardi inconnus"
    monday = status("2026-11-23T10:00", tuesday)
    assert (monday.state, plain(monday.sentence)) == (
        "closed",
        "Fermé, prochaine ouverture connue jeudi 26 à 9 h",
    )
    # A holiday is known to be closed even where the hours of that day are not.
    assert status("2026-11-11T10:00", WeeklyHours.from_osm("We unknown")).holiday == "armistice de 1918"


def test_never_open_is_closed_without_a_next_opening():
    found = status("2026-11-24T10:00", WeeklyHours.from_osm(""))
    assert (found.state, found.opens_at) == ("closed", None)
    assert found.sentence == "Fermé, aucune ouverture connue dans les 14 jours"


def test_holidays_follow_the_departement():
    good_friday, saint_stephen = dt.date(2027, 3, 26), dt.date(2026, 12, 26)
    for departement in ("57", "67", "68"):
        assert holiday_on(good_friday, departement) == "Vendredi saint"
        assert holiday_on(saint_stephen, departement) == "Saint-Étienne"
    for departement in ("64", "88", "971", None):
        assert holiday_on(good_friday, departement) is None
        assert holiday_on(saint_stephen, departement) is None
    abolition = {
        "971": (5, 27),
        "972": (5, 22),
        "973": (6, 10),
        "974": (12, 20),
        "976": (4, 27),
        "977": (10, 9),
        "978": (5, 28),
    }
    for departement, (month, day) in abolition.items():
        assert holiday_on(dt.date(2027, month, day), departement) == "abolition de l'esclavage"
        assert holiday_on(dt.date(2027, month, day), "64") is None


def test_national_holidays_are_those_of_an_independent_calendar():
    calendar = OpeningHours("24/7; PH off", country="FR")
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=number) for number in range(3 * 365)]
    expected = [day for day in days if calendar.is_closed(dt.datetime.combine(day, dt.time(12)))]
    assert [day for day in days if holiday_on(day, "64")] == expected
    assert len(expected) == 33


@pytest.mark.parametrize(
    ("departement", "offset"),
    [
        ("64", 1),
        ("2A", 1),
        (None, 1),
        ("971", -4),
        ("972", -4),
        ("973", -3),
        ("974", 4),
        ("975", -3),
        ("976", 3),
        ("978", -4),
    ],
)
def test_civil_time_of_each_departement(departement, offset):
    assert at("2026-11-24T10:00", departement).utcoffset() == dt.timedelta(hours=offset)
    assert civil_time(None, departement).tzinfo == time_zone(departement)


def test_a_moment_with_a_time_zone_is_brought_home():
    noon_in_paris = at("2026-11-24T12:00")
    assert civil_time(noon_in_paris, "974").isoformat() == "2026-11-24T15:00:00+04:00"
    assert opening_status(WEEKDAYS, noon_in_paris, "974").state == "open"  # 15:00 there


@pytest.mark.parametrize("year", [1, 1999, 2101, 9999])
def test_years_out_of_range_are_refused(year):
    with pytest.raises(ParameterError, match=f"année {year}"):
        civil_time(dt.datetime(year, 1, 1, 12, tzinfo=dt.UTC), "64")


def test_closing_as_one_arrives_is_too_late():
    found = status("2026-11-24T11:30")
    assert closes_before(found, at("2026-11-24T12:00"))
    assert not closes_before(found, at("2026-11-24T11:59"))
    assert not closes_before(status("2026-11-24T12:30"), at("2026-11-24T12:40"))


def test_week_shows_the_holidays_of_the_seven_days_to_come():
    lines = week_lines(WEEKDAYS, at("2026-11-09T10:00"), "64", [(1, "Cnav : 9 h – 12 h, sur place")])
    assert [line.day for line in lines] == ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
    assert plain(lines[0].text) == "9 h – 12 h, 14 h – 17 h"
    assert plain(lines[2].text) == "9 h – 12 h, 14 h – 17 h (fermé le 11 novembre : armistice de 1918)"
    assert lines[2].holiday == "armistice de 1918"
    assert (lines[5].text, lines[5].intervals) == ("fermé", ())
    assert lines[1].permanences == ("Cnav : 9 h – 12 h, sur place",)
    # From the Thursday on, the coming Wednesday is an ordinary one.
    after = week_lines(WEEKDAYS, at("2026-11-12T10:00"), "64")
    assert after[2].date == dt.date(2026, 11, 18)
    assert after[2].holiday is None
    assert {line.text for line in week_lines(None, at("2026-11-16T10:00"), "64")} == {"horaires inconnus"}


def test_words():
    assert plain(hours_text([(540, 720), (810, 1440)])) == "9 h – 12 h, 13 h 30 – minuit"
    assert plain(hours_text([(5, 60)])) == "0 h 05 – 1 h"
    assert plain(day_text(dt.date(2027, 1, 1))) == "1er janvier"
    assert plain(moment_text(at("2027-01-04T09:00"), since=at("2026-12-31T09:00"))) == "lundi 4 janvier 2027 à 9 h"


def test_now_is_a_whole_minute():
    now = civil_time(None, "64")
    assert (now.second, now.microsecond) == (0, 0)
