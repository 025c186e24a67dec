"""Pictures of every map, small, beside those that were looked at.

Pixels may differ by 4 of 255 levels in the mean (RMS): another build of the drawing library passes, a moved legend or
another colour does not. `pytest tests/unit/maps/static --mpl-generate-path=tests/unit/maps/static/baseline` draws
them again.
"""

import datetime as dt
import functools
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from geo.access.known_part import KnownPart
from geo.finder.named_days import NamedDay
from geo.finder.residents_trips import RoundTripShare
from geo.maps.static.hours_chart import hours_chart
from geo.maps.static.round_trip_map import round_trip_map
from geo.transit.round_trip import Rules

picture = functools.partial(
    pytest.mark.mpl_image_compare,
    baseline_dir="baseline",
    style="default",
    tolerance=4,
    savefig_kwargs={"dpi": 24, "metadata": {"Software": None}},
)


@picture(filename="time-a4.png")
def test_travel_time(draw):
    return draw("time")


@picture(filename="under-served-16x9.png")
def test_under_served(draw):
    return draw("under-served", page="16:9")


@picture(filename="saved-a4.png")
def test_saved(draw):
    return draw("saved")


@picture(filename="change-16x9.png")
def test_change(draw):
    return draw("change", page="16:9")


@picture(filename="hours-a4.png")
def test_hours(territory, week):
    shares = np.zeros((7, 48))
    shares[:5, 17:24] = np.linspace(0.15, 0.91, 7)
    shares[5, 18:24] = 0.3
    shares[1, 30] = np.nan
    return hours_chart(territory, week(shares), today=dt.date(2026, 11, 22))


@picture(filename="without-car-a4.png")
def test_without_car(territory, coverage_frame):
    """A round trip from one commune, from part of another, from none of a third."""
    shares = [1.0, 0.4, 0.0, *[np.nan] * (len(coverage_frame) - 3)]
    people = coverage_frame["population"]
    communes = pd.DataFrame(
        {"residents": people, "residents_known": people, "share_round_trip": pd.array(shares, "Float64")},
        index=coverage_frame.index,
    )
    found = SimpleNamespace(
        day=NamedDay(dt.date(2025, 2, 4), "A", "", 12, ()),
        rules=Rules(),
        share=RoundTripShare(dt.date(2025, 2, 4), 1500.0, 700.0, len(communes), 2, 95.0),
        communes=communes,
        part=KnownPart(float(people.sum()), float(people.sum()), len(communes), len(communes)),
    )
    return round_trip_map(territory, found, today=dt.date(2026, 11, 22))


def test_the_pictures_kept_are_small():
    kept = list((Path(__file__).parent / "baseline").glob("*.png"))
    assert len(kept) == 6
    assert max(path.stat().st_size for path in kept) < 40_000
