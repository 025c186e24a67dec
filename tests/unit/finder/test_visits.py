"""Visits of operators: still there on arrival, or not."""

import datetime as dt

import pandas as pd
import pytest

from geo.finder.visits import Visits

TUESDAY_NOON = pd.DataFrame(
    {
        "facility_id": ["1"],
        "operator": ["Cnav"],
        "weekday": [1],
        "start_min": [540],
        "end_min": [720],
        "mode": ["on_site"],
    }
)


@pytest.mark.parametrize(
    ("leaves", "arrives", "there"),
    [
        ("2026-11-24T08:00", "2026-11-24T08:30", True),  # before it begins: one can wait
        ("2026-11-24T11:30", "2026-11-24T11:59", True),
        ("2026-11-24T11:30", "2026-11-24T12:00", False),  # it ends as one arrives
        ("2026-11-24T11:30", "2026-11-24T12:01", False),
        ("2026-11-24T23:50", "2026-11-25T00:10", False),  # the next day
        ("2026-11-23T11:00", "2026-11-23T11:10", False),  # a Monday
    ],
)
def test_a_visit_counts_while_it_lasts_on_arrival(leaves, arrives, there):
    visits = Visits.of(TUESDAY_NOON)
    moments = (dt.datetime.fromisoformat(text) for text in (leaves, arrives))
    assert visits.has("1", "Cnav", *moments, that_day=True) is there


def test_on_any_day_it_counts_whenever_it_is():
    visits = Visits.of(TUESDAY_NOON)
    sunday = dt.datetime.fromisoformat("2026-11-22T23:00")
    assert visits.has("1", "Cnav", sunday, sunday, that_day=False)
    assert not visits.has("2", "Cnav", sunday, sunday, that_day=False)
    assert not visits.has("1", "Caf", sunday, sunday, that_day=False)
