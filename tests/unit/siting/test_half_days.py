"""Other opening hours for a site, half-day by half-day."""

import pytest

from geo.errors import ParameterError
from geo.siting.half_days import open_half_days, week_with
from geo.sources.opening_hours import WeeklyHours

MORNING, AFTERNOON = (540, 720), (840, 1020)


def test_half_days_that_are_open():
    assert open_half_days(WeeklyHours.from_osm("Mo 08:30-16:00; Su unknown")) == ["lundi matin", "lundi après-midi"]
    assert open_half_days(None) == []


def test_half_days_keep_their_hours_and_new_ones_take_those_given():
    week = WeeklyHours.from_osm("Mo 08:30-12:00,13:30-18:00; Tu 10:00-16:00; Sa 14:00-15:00; Su unknown")
    chosen = {"lundi matin", "mardi après-midi", "samedi matin"}
    assert week_with(week, chosen, MORNING, AFTERNOON).to_osm() == (
        "Mo 08:30-12:00; Tu 13:00-16:00; Sa 09:00-12:00,14:00-15:00"
    )


def test_unknown_hours_are_those_given():
    assert week_with(None, {"lundi matin", "lundi après-midi"}, MORNING, AFTERNOON).to_osm() == (
        "Mo 09:00-12:00,14:00-17:00"
    )
    assert week_with(None, set(), MORNING, AFTERNOON).to_osm() == ""


def test_reversed_hours_are_refused():
    with pytest.raises(ParameterError):
        week_with(None, {"lundi matin"}, (720, 540), AFTERNOON)


def test_an_evening_that_is_kept_lasts_until_midnight():
    week = WeeklyHours.from_osm("Mo 14:00-24:00; Sa 15:00-24:00")
    assert week_with(week, {"lundi après-midi"}, MORNING, AFTERNOON).to_osm() == "Mo 14:00-24:00; Sa 15:00-24:00"
    assert open_half_days(WeeklyHours.from_osm("Mo 23:00-24:00")) == ["lundi après-midi"]
