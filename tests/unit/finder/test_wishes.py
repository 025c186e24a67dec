"""Which moment is proposed to whoever asks about another one than now."""

import datetime as dt

import pytest

from geo.finder.wishes import proposed_moment


@pytest.mark.parametrize(
    ("now", "proposed"),
    [
        ("2026-11-27T08:00", "2026-11-27T09:00"),
        ("2026-11-27T17:59:59.5", "2026-11-27T18:00"),
        ("2026-11-28T11:30", "2026-11-28T12:00"),  # some are open on Saturdays
        ("2026-11-27T07:59", "2026-11-27T10:00"),
        ("2026-11-26T18:00", "2026-11-27T10:00"),
        ("2026-11-27T18:00", "2026-11-30T10:00"),
        ("2026-11-27T22:10", "2026-11-30T10:00"),
        ("2026-11-28T03:00", "2026-11-30T10:00"),
        ("2026-11-29T11:00", "2026-11-30T10:00"),
        ("2026-11-29T06:00", "2026-11-30T10:00"),
        ("2026-07-14T11:00", "2026-07-15T10:00"),  # the national day
        ("2026-04-04T19:00", "2026-04-07T10:00"),  # Easter Monday comes after
        ("2026-12-31T20:00", "2027-01-04T10:00"),  # the first of January is a Friday
    ],
)
def test_the_moment_that_is_proposed(now, proposed):
    now = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC)
    assert proposed_moment(now, "64") == dt.datetime.fromisoformat(proposed)


def test_holidays_are_those_of_the_departement():
    """The 26th of December is a public holiday in the Bas-Rhin; in 2025 it was a Friday."""
    now = dt.datetime(2025, 12, 26, 11, tzinfo=dt.UTC)
    proposed = [proposed_moment(now, departement).isoformat()[:13] for departement in ("64", "67", None)]
    assert proposed == ["2025-12-26T12", "2025-12-29T10", "2025-12-26T12"]
