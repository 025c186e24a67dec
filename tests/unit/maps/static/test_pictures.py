"""Pictures of every map, small, beside those that were looked at.

Pixels may differ by 4 of 255 levels in the mean (RMS): another build of the drawing library passes, a moved legend or
another colour does not. `pytest tests/unit/maps/static --mpl-generate-path=tests/unit/maps/static/baseline` draws
them again.
"""

import datetime as dt
import functools
from pathlib import Path

import numpy as np
import pytest

from geo.maps.static.hours_chart import hours_chart

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


def test_the_pictures_kept_are_small():
    kept = list((Path(__file__).parent / "baseline").glob("*.png"))
    assert len(kept) == 5
    assert max(path.stat().st_size for path in kept) < 40_000
