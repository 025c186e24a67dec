"""Opening hours: hand-known weeks in the three publishers' formats, and the stored text."""

import json

import pandas as pd
import pytest

from geo.errors import ParameterError
from geo.sources.opening_hours import WeeklyHours, parse_day, parse_plage_ouverture, parse_week, parse_weeks
from geo.sources.osm_hours import ordinary_week


@pytest.mark.parametrize(
    ("cell", "slots"),
    [
        ("09:00 - 12:00 / 14:00 - 17:00", [(540, 720), (840, 1020)]),
        ("00:00 - 00:00", []),
        ("", []),
        ("Fermé", []),
        ("00:00 - 00:00 / 13:30 - 17:00", [(810, 1020)]),
        ("09:00 - 12:00 / 11:00 - 13:00", [(540, 780)]),
        ("09:00 - 12:00 / 12:00 - 13:00", [(540, 780)]),
        ("14:00 - 17:00 / 09:00 - 12:00 / 10:00 - 11:00 / 18:00 - 24:00", [(540, 720), (840, 1020), (1080, 1440)]),
        ("8h30-12h et 13h30 à 16h", [(510, 720), (810, 960)]),
        ("9 h – 12 h /13 h 30 – 17 h 15", [(540, 720), (810, 1035)]),
        ("8h30-12h 13h30-17h", [(510, 720), (810, 1020)]),
        ("de 08:30:00 - 12:00:00", [(510, 720)]),
        ("09:00–12:00, 14:00-17:00", [(540, 720), (840, 1020)]),
    ],
)
def test_one_cell(cell, slots):
    assert parse_day(cell) == tuple(slots)


@pytest.mark.parametrize(
    "cell",
    [
        "12:00 - 09:00",
        "09:00 - 09:00",
        "22:00 - 00:00",
        "09:60 - 12:00",
        "09:00 - 25:00",
        "09:00",
        "sur rendez-vous",
        "09:00 - 12:00 sur rendez-vous",
        "09:00 - 12:00 - 14:00",
        "9 - 12",
        "9h12h/13h-15h",
    ],
)
def test_malformed_cells_are_reported(cell):
    with pytest.raises(ParameterError):
        parse_day(cell)
    week, faults = parse_week(["09:00 - 12:00", cell])
    assert week is not None
    assert week.days[:3] == (((540, 720),), None, ())
    assert len(faults) == 1
    assert faults[0].startswith("horaires du mardi : ")


def test_week_as_text_and_back():
    week, faults = parse_week(["09:00 - 12:00 / 14:00 - 17:00", None, "x", None, "18:00 - 24:00", "00:00 - 00:00"])
    assert len(faults) == 1
    text = "Mo 09:00-12:00,14:00-17:00; We unknown; Fr 18:00-24:00"
    assert week.to_osm() == text
    assert WeeklyHours.from_osm(text) == week
    assert week.hours_per_week == 12
    assert WeeklyHours.from_osm("") == WeeklyHours.from_intervals([])
    assert WeeklyHours.from_osm("").to_osm() == ""


WORKDAYS = "Mo 09:00-12:00; Tu 09:00-12:00; We 09:00-12:00; Th 09:00-12:00; Fr 09:00-12:00"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("Mo-Fr 09:00-12:00", WORKDAYS),
        ("mo-FR 9:00-12:00", WORKDAYS),
        ("Mo-Fr 9h-12h", WORKDAYS),
        ("Mo - Fr: 09h00 - 12h00;", WORKDAYS),
        ("Mo-Fr 09.00-12.00 ; PH,Su off", WORKDAYS),
        ("Mo-Sa 09:00-12:00; Sa off", WORKDAYS),
        ("PH,Mo-Fr 09:00-12:00", WORKDAYS),
        ('Mo-Fr 09:00-12:00 || "sur rendez-vous"', WORKDAYS),
        ("Mo,We 9:00-12:00; PH off", "Mo 09:00-12:00; We 09:00-12:00"),
        ("Mo 09:00-12:00, 14:00-17:00", "Mo 09:00-12:00,14:00-17:00"),
        ("Mo 09:00-12:00;Tu 10:00-11:00", "Mo 09:00-12:00; Tu 10:00-11:00"),
        ("Mo 09:00-12:00; Mo 14:00-15:00", "Mo 14:00-15:00"),  # the last rule of a day wins
        ("Fr 20:00-02:00", "Fr 20:00-24:00; Sa 00:00-02:00"),
        ("Su 22:00-26:00", "Mo 00:00-02:00; Su 22:00-24:00"),
        ("24/7", "; ".join(f"{day} 00:00-24:00" for day in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"))),
        ("off", ""),
        ("Mo-We 09:00-12:00; Tu off", "Mo 09:00-12:00; We 09:00-12:00"),
        ('Mo 09:00-12:00; Tu 09:00-12:00 "sur rendez-vous"', "Mo 09:00-12:00; Tu unknown"),
        ('Mo 09:00-12:00 open "par la cour"', "Mo 09:00-12:00"),
        # An ordinary week, where most of the year's are alike.
        ("Mo,Tu 09:00-12:00; Aug off", "Mo 09:00-12:00; Tu 09:00-12:00"),
        ("Mo 09:00-12:00; Dec 25 off; easter off", "Mo 09:00-12:00"),
        ("Mo 09:00-12:00; SH off", "Mo 09:00-12:00"),
        ("Apr-Sep Mo 09:00-18:00; Oct-Mar Mo 09:00-17:00; Tu 10:00-11:00", "Mo unknown; Tu 10:00-11:00"),
        ("week 1-53/2 We 09:00-12:00; Mo 09:00-12:00", "Mo 09:00-12:00; We unknown"),
    ],
)
def test_the_syntax_of_openstreetmap_gives_an_ordinary_week(text, stored):
    week = WeeklyHours.from_osm(text)
    assert week.to_osm() == stored
    assert WeeklyHours.from_osm(stored) == week


def each(days, hours):
    return "; ".join(f"{day} {hours}" for day in days.split())


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        *[(text, each("Mo We", "09:00-12:00")) for text in ("Mo, We 09:00-12:00", "Mo ,We 9h-12h")],
        *[(text, each("Mo We", "09:00-12:00")) for text in ("Mo; We 09:00-12:00", "Mo,We; 09:00-12:00")],
        *[(text, each("Mo We Fr", "09:00-12:00")) for text in ("Mo,We, Fr 09:00-12:00", "Mo, We, Fr 09:00-12:00")],
        (
            "Mo, Tu 09:00-12:00, We-Th, Sa 10:00-11:00",
            each("Mo Tu", "09:00-12:00") + "; We 10:00-11:00; Th 10:00-11:00; Sa 10:00-11:00",
        ),
        ("Mo-Tu 09:00-12:00; Sa, Su off", each("Mo Tu", "09:00-12:00")),
        ("Mo, Tu unknown; We 09:00-12:00", "Mo unknown; Tu unknown; We 09:00-12:00"),
        ('Mo "au 2, ou; à 9:00", Tu 09:00-12:00', "Mo unknown; Tu 09:00-12:00"),
        ("Mo, We 00:00-24:00", each("Mo We", "00:00-24:00")),
    ],
)
def test_days_without_hours_share_those_that_follow(text, stored):
    assert WeeklyHours.from_osm(text).to_osm() == stored


@pytest.mark.parametrize(
    "text",
    [
        *("Mo 09:00-12:00, We", "Mo 09:00-12:00; We", "Mo 09:00-12:00 || We", "Mo || We 09:00-12:00", "Mo open"),
        *("open; Mo 09:00-12:00", 'Mo "rdv"; Tu 09:00-12:00 open'),
    ],
)
def test_days_that_no_hours_follow_are_not_open_round_the_clock(text):
    with pytest.raises(ParameterError) as caught:
        WeeklyHours.from_osm(text)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    "slots",
    ["{}-{} , {}-{}", "{}-{},  {}-{}", "{}-{} ,{}-{}", "{} - {} , {} - {}", "{} – {}  ,  {} – {}", "{}-{}, {}-{}"],
)
@pytest.mark.parametrize("times", [("09:00", "12:00", "14:00", "17:00"), ("9h", "12h", "14h00", "17h")])
def test_spaces_round_a_comma_open_no_other_day(slots, times):
    assert WeeklyHours.from_osm("Mo-Tu " + slots.format(*times)).to_osm() == each("Mo Tu", "09:00-12:00,14:00-17:00")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        *[
            (f"{day}[{number}] 09:00-12:00", f"{day} unknown")
            for day in ("Mo", "We")
            for number in ("1", "2", "5", "-1")
        ],
        ("Mo[1, 3] 09:00-12:00; Tu 10:00-11:00", "Mo unknown; Tu 10:00-11:00"),
        ("Jul-Aug Sa 09:00-12:00; Fr 09:00-12:00", "Fr 09:00-12:00; Sa unknown"),
        ("Mo 09:00-12:00; Dec 24 10:00-11:00", "Mo 09:00-12:00"),  # a single date makes no ordinary week
        *[(f"{years} Mo 09:00-12:00", "Mo unknown") for years in ("2024", "2019-2021", "2020,2024", "2019:", "2045")],
        ("2024 Jan 01-2024 Jun 30 Mo 09:00-12:00; We 09:00-12:00", "Mo unknown; We 09:00-12:00"),
        ("2024 Mo-Tu 09:00-12:00; 2026 Tu 10:00-11:00", "Mo unknown; Tu 10:00-11:00"),
    ],
)
def test_hours_of_some_weeks_or_years_are_not_known_and_are_told(text, stored):
    assert WeeklyHours.from_osm(text).to_osm() == stored
    assert ordinary_week(text)[1]


@pytest.mark.parametrize(
    "text", ["2024-2035 Mo 09:00-12:00", "Mo 09:00-12:00; 2024 off", "Mo 09:00-12:00; 2024 May 1 off"]
)
def test_a_year_that_changes_nothing_now_leaves_hours_known(text):
    assert WeeklyHours.from_osm(text).to_osm() == "Mo 09:00-12:00"


NINE_TO_FIVE = each("Mo Tu We Th Fr", "09:00-17:00")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        # What the syntax says: the rule holds in the holidays, on those days of theirs.
        *[(f"Mo-Fr 09:00-17:00; {rule}", NINE_TO_FIVE) for rule in ("PH Mo-Fr off", "SH Mo-Fr off", "SH,PH Mo-Fr off")],
        *[(f"Mo-Fr 09:00-17:00; {name} Mo-Fr 09:00-12:00", NINE_TO_FIVE) for name in ("PH", "SH", "SH, PH", "Jul SH")],
        *[(f"Mo-Fr 09:00-17:00; {rule}", NINE_TO_FIVE) for rule in ("SH: Mo - Fr 9h-12h", "SH Mo, Tu off")],
        *[(f"Mo-Fr 09:00-17:00; {rule}", NINE_TO_FIVE) for rule in ("Mo-Fr SH off", "Mo,Tu PH closed")],
        ("SH Mo-Fr 09:00-12:00", each("Mo Tu We Th Fr", "unknown")),
        ("Mo-Fr 09:00-17:00; SH Sa 09:00-12:00", NINE_TO_FIVE + "; Sa unknown"),
        ("SH Mo 09:00-12:00, Tu 10:00-12:00", "Mo unknown; Tu 10:00-12:00"),
        ("PH Mo-Fr 10:00-12:00", ""),
        # With a comma, it holds on those days and in the holidays.
        ("SH,Mo-Fr 09:00-17:00", NINE_TO_FIVE),
        ("Mo-Fr,SH 09:00-17:00; Sa,SH off", NINE_TO_FIVE),
    ],
)
def test_a_rule_of_days_in_holidays_leaves_the_ordinary_week(text, stored):
    assert WeeklyHours.from_osm(text).to_osm() == stored
    assert ordinary_week(text)[1]


@pytest.mark.parametrize(
    "date", ["Feb 30", "Feb 31", "Apr 31", "Jun 31", "Sep 31", "Nov 31", "Jun 1-31", "Jun 25-Jun 31", "2026 Feb 30"]
)
@pytest.mark.parametrize("text", ["{} 09:00-10:00", "Mo-Fr 09:00-17:00; {} off"])
def test_a_date_that_no_year_has_is_refused(text, date):
    with pytest.raises(ParameterError, match=f"« .*{date}.* » illisibles"):
        WeeklyHours.from_osm(text.format(date))


@pytest.mark.parametrize("date", ["Feb 29", "Jan 31", "Aug 1-31", "Apr 30", "Dec 24-31"])
def test_a_date_that_some_year_has_is_read(date):
    assert WeeklyHours.from_osm(f"Mo-Fr 09:00-17:00; {date} off").to_osm() == NINE_TO_FIVE


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        *[("Mo-Fr 09:00-12:00; PH off", False), ("24/7", False), ("Mo 09:00-12:00; Aug off", True)],
        *[("week 1-53/2 We 09:00-12:00", True), ("Mo 09:00-12:00; SH off", True), ("Mo[1] 09:00-12:00", True)],
    ],
)
def test_hours_that_change_in_the_year_are_told(text, changes):
    assert ordinary_week(text)[1] is changes


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Mo",
            "Mo-Fr",
            "2024",
            "Xx 09:00-12:00",
            "lundi 09:00-12:00",
            "Mo 99:00-12:00",
            "Mo 09:00+",
            "sunrise-sunset",
        ),
        *(
            '"sur rendez-vous"',
            "Mo-Fr 09:00",
            "mairie",
            "Mo 09:00-12:00" + "; Tu 09:00-10:00" * 40,
            "Mo\x0009:00-12:00",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_text(text):
    with pytest.raises(ParameterError) as caught:
        WeeklyHours.from_osm(text)
    assert text[:40] in str(caught.value)


def test_is_open_includes_the_first_minute_and_not_the_last():
    week = WeeklyHours.from_osm("Mo 09:00-12:00; Tu unknown; Su 23:00-24:00")
    assert [week.is_open(0, minute) for minute in (539, 540, 719, 720)] == [False, True, True, False]
    assert not week.is_open(1, 600)
    assert week.is_open(6, 1439)
    for weekday, minute in ((7, 0), (-1, 0), (0, 1440), (0, -1)):
        with pytest.raises(ParameterError):
            week.is_open(weekday, minute)


def test_eight_days_and_reversed_intervals_are_refused():
    with pytest.raises(ParameterError):
        WeeklyHours.from_intervals([()] * 8)
    with pytest.raises(ParameterError):
        WeeklyHours.from_intervals([[(600, 500)]])


def test_union_of_two_services():
    first = WeeklyHours.from_osm("Mo 09:00-12:00; Tu unknown; We unknown")
    second = WeeklyHours.from_osm("Mo 11:00-14:00; Tu 10:00-11:00; Th 10:00-11:00")
    expected = "Mo 09:00-14:00; Tu 10:00-11:00; We unknown; Th 10:00-11:00"
    assert first.union(second).to_osm() == second.union(first).to_osm() == expected


def test_a_table_keeps_its_rows():
    cells = pd.DataFrame(
        {"lundi": ["09:00 - 12:00", pd.NA, "00:00 - 00:00", "non"], "mardi": [pd.NA] * 4},
        index=[2, 3, 5, 8],
        dtype="string",
    )
    weeks, faults = parse_weeks(cells)
    assert weeks.index.tolist() == [2, 3, 5, 8]
    assert weeks.fillna("?").tolist() == ["Mo 09:00-12:00", "?", "", "Mo unknown"]
    assert [fault.row for fault in faults] == [8]


def slot(first, last, *times):
    names = ("valeur_heure_debut_1", "valeur_heure_fin_1", "valeur_heure_debut_2", "valeur_heure_fin_2")
    return {"nom_jour_debut": first, "nom_jour_fin": last, **dict(zip(names, times, strict=False)), "commentaire": ""}


def test_plage_ouverture_in_french_and_in_english_as_text_or_list():
    records = [
        slot("Lundi", "Mercredi", "08:30:00", "12:00:00", "13:30:00", "16:00:00"),
        slot("Friday", "", "09:00:00", "12:00:00", "", ""),
        slot("Samedi", "Lundi", "11:00:00", "13:00:00"),
    ]
    expected = (
        "Mo 08:30-13:00,13:30-16:00; Tu 08:30-12:00,13:30-16:00; We 08:30-12:00,13:30-16:00; "
        "Fr 09:00-12:00; Sa 11:00-13:00; Su 11:00-13:00"
    )
    for value in (records, json.dumps(records)):
        week, faults = parse_plage_ouverture(value)
        assert week.to_osm() == expected
        assert faults == ()


@pytest.mark.parametrize("value", [None, "", " ", "[]", []])
def test_plage_ouverture_missing_is_unknown(value):
    assert parse_plage_ouverture(value) == (None, ())


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("{pas du json", None),
        ([1], None),
        ({"a": 1}, None),
        (3, None),
        ([slot("Lundredi", "", "09:00:00", "12:00:00")], None),
        ([slot("Lundi", "", "09:00:00", "")], "Mo unknown"),
        (
            [slot("Lundi", "", "12:00:00", "09:00:00"), slot("Mardi", "", "09:00:00", "10:00:00")],
            "Mo unknown; Tu 09:00-10:00",
        ),
        ([slot("Lundi", "", "x", "y"), slot("Lundi", "", "09:00:00", "10:00:00")], "Mo unknown"),
    ],
)
def test_plage_ouverture_malformed_is_reported(value, stored):
    week, faults = parse_plage_ouverture(value)
    assert (week.to_osm() if week else None) == stored
    assert len(faults) == 1
