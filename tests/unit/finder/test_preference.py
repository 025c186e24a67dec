"""Which of the sites that take nearly the same time comes first, and why."""

import datetime as dt

import pytest

from geo.finder.opening_times import OpeningStatus
from geo.finder.preference import preferred_first

AT = dt.datetime.fromisoformat("2026-11-24T10:00+01:00")


@pytest.fixture
def place(make_site):
    """Make an open site: minutes, whether an appointment is needed, hour of closing; estimated with bounds of 20 %."""

    def make(name, minutes, *, appointment=None, closes=17, estimated=True, state="open"):
        closes_at = AT.replace(hour=closes, minute=0)
        status = OpeningStatus(state, "Ouvert", closes_at=closes_at, appointment=appointment)
        bounds = {"travel_time_low_min": 0.8 * minutes, "travel_time_high_min": 1.2 * minutes} if estimated else {}
        return make_site(name, name=name, travel_time_min=minutes, status=status, estimated=estimated, **bounds)

    return make


def ordered(*sites, k=5):
    found, reason = preferred_first(iter(sites), k, AT)
    return [site.name for site in found], reason


def test_the_walk_in_comes_before_the_appointment_and_says_why(place):
    sites = place("A", 20.0, appointment=True), place("B", 21.0), place("C", 23.0, appointment=False)
    assert ordered(*sites) == (
        ["C", "A", "B"],
        "Placé avant A, à un temps de trajet presque égal : il reçoit sans rendez-vous, l'autre sur rendez-vous.",
    )


def test_then_the_one_open_longer(place):
    sites = place("A", 20.0, closes=12), place("B", 22.0, closes=18), place("C", 23.0, closes=17)
    names, reason = ordered(*sites)
    assert names == ["B", "A", "C"]
    assert reason.replace("\u00a0", " ").endswith(": il reste ouvert plus longtemps, jusqu'à 18 h.")


def test_the_walk_in_counts_more_than_longer_hours(place):
    assert ordered(place("A", 20.0, appointment=False, closes=12), place("B", 21.0, appointment=True)) == (
        ["A", "B"],
        None,
    )


@pytest.mark.parametrize(
    ("minutes", "estimated", "first"),
    [
        (11.9, True, "B"),  # within the interval of 10 minutes, 8 to 12
        (12.1, True, "A"),
        (11.0, False, "B"),  # measured: one minute
        (11.1, False, "A"),
    ],
)
def test_times_are_nearly_equal_within_the_interval(place, minutes, estimated, first):
    nearest = place("A", 10.0, appointment=True, estimated=estimated)
    assert ordered(nearest, place("B", minutes, appointment=False, estimated=estimated))[0][0] == first


def test_long_trips_differ_by_five_minutes_at_most(place):
    assert ordered(place("A", 60.0, appointment=True), place("B", 66.0, appointment=False))[0] == ["A", "B"]


def test_an_open_site_comes_before_a_closed_one_and_no_closed_one_before_another(place):
    names, reason = ordered(place("A", 20.0, state="closed"), place("B", 20.5, appointment=True))
    assert names == ["B", "A"]
    assert reason.endswith(": il est ouvert, l'autre est fermé.")
    assert ordered(place("A", 20.0, state="closed"), place("B", 30.0))[0] == ["A", "B"]
    assert ordered(place("A", 121.0, state="closed"), place("B", 122.0, closes=12))[0] == ["A", "B"]
    assert ordered(place("A", 20.0, state="closed"), place("B", 20.5, state="closed"))[0] == ["A", "B"]
    assert ordered(place("A", 20.0, appointment=True), place("B", 20.5, appointment=False, state="closed"))[1] is None


def test_the_one_still_open_on_arrival_comes_first(place):
    names, reason = ordered(place("A", 121.0, closes=12, appointment=False), place("B", 122.0, appointment=True))
    assert names == ["B", "A"]
    assert reason.endswith("il est encore ouvert à votre arrivée.")


def test_at_most_k_sites_and_none_of_none(place):
    sites = place("A", 20.0, appointment=True), place("B", 20.5), place("C", 21.0, appointment=False)
    assert ordered(*sites, k=1)[0] == ["C"]
    assert ordered(*sites, k=2)[0] == ["C", "A"]
    assert ordered() == ([], None)
