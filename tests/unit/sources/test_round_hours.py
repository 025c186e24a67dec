"""When a bus passes, against the calendar asked day by day, and against what people write."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from geo.errors import ParameterError
from geo.sources.round_hours import EACH, EVEN, ODD, Pass, passes_of_osm, passes_text, read_weeks

OSM_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
RANKS = st.sets(st.sampled_from([1, 2, 3, 4, -1]), min_size=1, max_size=3).map(
    lambda ranks: ",".join(str(rank) for rank in sorted(ranks, key=lambda rank: rank % 6))
)


def in_osm(one: Pass) -> str:
    day = OSM_DAYS[one.weekday]
    written = {EACH: day, EVEN: f"week 02-52/2 {day}", ODD: f"week 01-53/2 {day}"}.get(one.weeks, f"{day}[{one.weeks}]")
    start, end = (f"{minute // 60:02d}:{minute % 60:02d}" for minute in (one.start_min, one.end_min))
    return f"{written} {start}-{end}"


passes = st.builds(
    lambda weekday, hours, weeks: Pass(weekday, *hours, weeks),
    st.integers(0, 6),
    st.lists(st.integers(0, 95).map(lambda quarter: quarter * 15), min_size=2, max_size=2, unique=True).map(sorted),
    st.sampled_from([EACH, EVEN, ODD]) | RANKS,
)


@given(passes, st.dates(dt.date(2026, 1, 1), dt.date(2030, 12, 31)))
def test_a_pass_is_on_the_days_on_which_the_calendar_of_the_syntax_is_open(one, day):
    noon = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=one.start_min)
    assert one.on(day) == OpeningHours(in_osm(one)).is_open(noon)


@given(passes)
def test_the_syntax_is_read_back(one):
    (found,) = passes_of_osm(in_osm(one))
    assert (found.weekday, found.start_min, found.end_min) == (one.weekday, one.start_min, one.end_min)
    days = (dt.date(2026, 1, 5) + dt.timedelta(days=number) for number in range(7 * 150))
    assert all(found.on(day) == one.on(day) for day in days)  # "4,-1" and "4,5" are the same days


def test_several_rules_are_several_passes():
    assert passes_of_osm("Mo,We 09:00-12:00; Tu[1,3] 09:00-12:00,14:00-16:00") == (
        Pass(0, 540, 720),
        Pass(1, 540, 720, "1,3"),
        Pass(1, 840, 960, "1,3"),
        Pass(2, 540, 720),
    )


@pytest.mark.parametrize("text", ["", "mardi", "24/7", "Jan 05 10:00-11:00", "Mo 22:00-02:00", "x" * 600, "Mo off"])
def test_what_comes_in_no_such_way_is_refused(text):
    with pytest.raises(ParameterError, match="attendu"):
        passes_of_osm(text)


@pytest.mark.parametrize(
    ("cell", "weeks"),
    [
        ("", EACH),
        ("Toutes les semaines", EACH),
        ("Semaines paires", EVEN),
        ("impaire", ODD),
        ("2ème", "2"),
        ("1er et 3e", "1,3"),
        ("1, 3", "1,3"),
        ("4/2 du mois", "2,4"),
        ("dernière semaine du mois", "-1"),
        ("2e et dernier", "2,-1"),
    ],
)
def test_weeks_as_people_write_them(cell, weeks):
    assert read_weeks(cell) == weeks


@pytest.mark.parametrize("cell", ["quinzaine", "6", "0", "1 ou 2", "semaine"])
def test_other_weeks_are_refused(cell):
    with pytest.raises(ParameterError, match="illisible"):
        read_weeks(cell)


def test_in_words_and_a_month():
    assert passes_text([Pass(4, 600, 720, ODD), Pass(1, 540, 720, "-1"), Pass(0, 840, 870)]) == (
        "le lundi, 14 h – 14 h 30 ; le dernier mardi du mois, 9 h – 12 h ; "
        "le vendredi des semaines impaires, 10 h – 12 h"
    ).replace(" h", "\u00a0h").replace("h 30", "h\u00a030")
    assert Pass(1, 540, 720, "2").hours_a_month == 3
    assert Pass(1, 540, 720, EVEN).hours_a_month == pytest.approx(6.5)
    assert Pass(1, 540, 720).hours_a_month == pytest.approx(13)
    # A fifth Monday comes 52 times in 13 years of 156 months.
    assert Pass(0, 0, 60, "5").hours_a_month == pytest.approx(1 / 3)
