"""Opening status: properties that hold for any week, place and moment."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.finder.opening_times import HORIZON, civil_time, holiday_on, opening_status, time_zone, usual_opening
from geo.finder.site_remarks import read_remarks
from geo.sources.opening_hours import WeeklyHours

DEPARTEMENTS = st.sampled_from(["64", "67", "971", "973", "974", "976", None])
# From 4:00 on: at night clocks change, and an hour comes twice or never.
INTERVALS = st.lists(
    st.tuples(st.integers(240, 1439), st.integers(1, 600)).map(lambda pair: (pair[0], min(sum(pair), 1440))), max_size=3
)
WEEKS = st.lists(st.one_of(INTERVALS, st.none()), min_size=7, max_size=7)
KNOWN_WEEKS = st.lists(INTERVALS, min_size=7, max_size=7)
MOMENTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2030, 1, 1)).map(  # noqa: DTZ001 - civil time
    lambda moment: moment.replace(second=0, microsecond=0)
)
MINUTE = dt.timedelta(minutes=1)


def by_hand(week, moment, departement):
    """Return the state from the day's intervals alone."""
    if holiday_on(moment.date(), departement):
        return "closed"
    day = week.days[moment.weekday()]
    if day is None:
        return "unknown"
    minute = moment.hour * 60 + moment.minute
    return "open" if any(start <= minute < end for start, end in day) else "closed"


@given(WEEKS, MOMENTS, DEPARTEMENTS)
@settings(max_examples=60)
def test_state_is_that_of_the_day(days, moment, departement):
    week = WeeklyHours.from_intervals(days)
    at = civil_time(moment, departement)
    found = opening_status(week, at, departement)
    assert found.state == by_hand(week, at, departement)
    assert (found.holiday is not None) <= (found.state == "closed")


@given(KNOWN_WEEKS, MOMENTS, DEPARTEMENTS)
@settings(max_examples=60)
def test_it_flips_exactly_when_it_says(days, moment, departement):
    week = WeeklyHours.from_intervals(days)
    at = civil_time(moment, departement)
    found = opening_status(week, at, departement)
    flip, after = (found.closes_at, "closed") if found.state == "open" else (found.opens_at, "open")
    if flip is None:
        return
    assert at < flip < at + HORIZON
    assert flip.tzinfo == time_zone(departement)
    just_before = (flip.astimezone(dt.UTC) - MINUTE).astimezone(flip.tzinfo)
    assert opening_status(week, flip, departement).state == after
    assert opening_status(week, just_before, departement).state == found.state


@given(KNOWN_WEEKS, KNOWN_WEEKS, MOMENTS, DEPARTEMENTS)
@settings(max_examples=60)
def test_more_hours_never_close_and_never_open_later(days, more, moment, departement):
    week = WeeklyHours.from_intervals(days)
    longer = week.union(WeeklyHours.from_intervals(more))
    at = civil_time(moment, departement)
    before, after = (opening_status(each, at, departement) for each in (week, longer))
    if before.state == "open":
        assert after.state == "open"
        assert before.closes_at is None or after.closes_at is None or after.closes_at >= before.closes_at
    elif after.state == "closed" and before.opens_at is not None:
        assert after.opens_at <= before.opens_at


WORDS = st.sampled_from(
    [
        "fermé",
        "fermeture",
        "ouvert",
        "ouverture",
        "sur",
        "rdv",
        "sans",
        "rendez-vous",
        "le",
        "les",
        "du",
        "de",
        "et",
        "à",
        "au",
        "lundi",
        "mardis",
        "vendredi",
        "samedi",
        "matin",
        "après-midi",
        "1er",
        "2ème",
        "dernier",
        "mois",
        "semaines",
        "paires",
        "impaires",
        "9h-12h",
        "14h",
        "31/02/2026",
        "4",
        "mai",
        "2026",
        "au",
        "uniquement",
        ".",
        ";",
        "/",
        ",",
        "(",
        ")",
        "chaque",
        "jusqu'au",
        "vacances",
        "antenne",
    ]
)


@given(st.one_of(st.text(max_size=120), st.lists(WORDS, max_size=14).map(" ".join)), KNOWN_WEEKS, MOMENTS, DEPARTEMENTS)
@settings(max_examples=100)
def test_a_comment_only_ever_closes(comment, days, moment, departement):
    """Whatever a comment says, no place is said to be open outside its published hours; nothing raises."""
    week, at, remarks = WeeklyHours.from_intervals(days), civil_time(moment, departement), read_remarks(comment)
    published, told = opening_status(week, at, departement), opening_status(week, at, departement, remarks)
    assert told.is_open <= published.is_open
    assert (told.state == "published") == (told.is_open and remarks.unread)
    if told.state == "closed" and told.opens_at is not None:
        assert usual_opening(week, at, departement) <= told.opens_at
    if not told.is_open and told.opens_at is not None and published.opens_at is not None:
        assert told.opens_at >= published.opens_at
    if told.closes_at is not None and published.closes_at is not None:
        assert told.closes_at <= published.closes_at
