"""Open hours by half-hour, against asking each site at each minute, and hand-known answers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.access.opening import HALF_DAYS, HALF_HOURS, SLOTS, open_shares, open_slots
from geo.sources.opening_hours import WEEKDAYS, WeeklyHours


@pytest.fixture(scope="module")
def built(small_world):
    return small_world.territory()


def with_hours(territory, *hours):
    sites = territory.sites.assign(opening_hours=pd.array(hours, dtype="string"))
    return territory.with_sites(sites, why={"hours": list(hours)})


@pytest.fixture(scope="module")
def territory(built):
    """Site of A open Monday morning, the bus of B all week, the antenne of D Tuesday; A to D are 10 minutes apart."""
    return with_hours(built, "Mo 09:00-12:00", "Mo 00:00-24:00; Tu 00:00-24:00", "Tu 09:15-12:00; We unknown")


intervals = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[0] < pair[1]), max_size=3
)
weeks = st.lists(st.none() | intervals, min_size=7, max_size=7).map(WeeklyHours.from_intervals)


@given(st.lists(st.none() | weeks, max_size=4))
def test_slots_are_what_each_week_says_at_each_half_hour(listed):
    texts = pd.Series([None if week is None else week.to_osm() for week in listed], dtype="string")
    is_open, known = open_slots(texts)
    assert is_open.shape == (len(listed), SLOTS)
    assert known.shape == (len(listed), 7)
    for row, week in enumerate(listed):
        assert known[row].tolist() == [
            week is not None and day is not None for day in (week.days if week else WEEKDAYS)
        ]
        expected = [week is not None and week.is_open(day, slot * 30) for day in range(7) for slot in range(48)]
        assert is_open[row].tolist() == expected


def test_shares_of_the_drawing(territory):
    found = open_shares(territory, 15)
    share = found.shares
    assert list(share.index) == list(WEEKDAYS)
    assert list(share.columns) == list(HALF_HOURS)
    # Within 15 minutes of A: A (1000) and B (500); of D: C (300) and D (200). E (100) has no road: it is in no share.
    assert share.loc["lundi", "09:00"] == pytest.approx(1500 / 2000)
    assert share.loc["lundi", "12:00"] == 0  # closed at the very minute
    assert share.loc["mardi", "09:00"] == 0  # opens at 9:15
    assert share.loc["mardi", "09:30"] == pytest.approx(500 / 2000)
    assert share.loc["mercredi"].max() == 0
    assert found.hours_within_reach == pytest.approx(0.75 * 3 + 0.25 * 2.5)
    assert (found.part.residents, found.part.residents_known) == (2100, 2000)
    assert (found.residents_within, found.share_within, found.sites) == (2000, 1, 2)
    assert (found.sites_hours_unknown, found.sites_hours_partly_unknown) == (0, 1)


def test_buses_and_antennes_as_counted(territory):
    with_bus = open_shares(territory, 15, kinds={"main", "antenne", "bus"}).shares
    assert with_bus.loc["lundi", "03:00"] == pytest.approx(1800 / 2000)  # A, B and C are within 15 minutes of B
    alone = open_shares(territory, 15, kinds={"main"}).shares
    assert alone.loc["mardi"].max() == 0


def test_unknown_hours_count_as_closed_and_are_counted(built):
    found = open_shares(with_hours(built, None, "Mo 09:00-12:00", ""), 15)
    assert found.shares.to_numpy().max() == 0
    assert (found.sites_hours_unknown, found.sites_hours_partly_unknown) == (1, 0)
    assert found.residents_within == 2000


def test_a_half_day_more_brings_what_the_week_gains(territory):
    before = open_shares(territory, 15)
    gains = before.half_day_gains()
    hours = {"1": "Mo 09:00-12:00", "3": "Tu 09:15-12:00; We unknown"}
    for gain in gains.to_dict("records"):
        name, day, start, end = next(half for half in HALF_DAYS if half[0] == gain["half_day"])
        week = WeeklyHours.from_osm(hours[gain["facility_id"]])
        days = [[(start, end)] if number == day else [] for number in range(7)]
        longer = dict(hours, **{gain["facility_id"]: week.union(WeeklyHours.from_intervals(days)).to_osm()})
        after = open_shares(with_hours(territory, longer["1"], "Mo 00:00-24:00", longer["3"]), 15)
        more = (after.shares - before.shares).to_numpy() * before.part.residents_known
        assert gain["resident_hours"] == pytest.approx(more.sum() / 2), name
        assert gain["residents"] == pytest.approx(more.max())
    listed = {(gain["facility_id"], gain["half_day"]) for gain in gains.to_dict("records")}
    assert ("1", "lundi matin") not in listed  # open already
    assert ("3", "mardi matin") in listed  # 9:00 to 9:15 is missing
    assert len(gains) == 2 * 11 - 1
    assert gains["resident_hours"].is_monotonic_decreasing
    unknown = gains[~gains["hours_known"]]
    assert set(zip(unknown["facility_id"], unknown["half_day"], strict=True)) == {
        ("3", "mercredi matin"),
        ("3", "mercredi après-midi"),
    }


def test_best_and_blank_hours(territory):
    found = open_shares(territory, 15)
    best = found.spans().iloc[0]
    assert best[["day", "start", "end", "hours"]].to_list() == ["lundi", "09:00", "12:00", 3]
    blank = found.blank_hours()
    assert blank[blank["day"] == "lundi"][["start", "end"]].to_numpy().tolist() == [
        ["08:00", "09:00"],
        ["12:00", "19:00"],
    ]
    assert "dimanche" not in blank["day"].to_list()
    assert blank[blank["day"] == "samedi"]["hours"].to_list() == [11]


def test_the_whole_week_is_in_the_spans(embedded):
    found = open_shares(embedded)
    spans = found.spans()
    assert spans["hours"].sum() == 7 * 24
    assert spans["share"].iloc[0] == pytest.approx(found.shares.to_numpy().max())
    assert found.shares.to_numpy().max() * found.part.residents_known <= found.residents_within + 1e-6


def test_nobody_or_nothing_to_count(small_world, territory):
    empty = open_shares(territory.with_sites(territory.sites.iloc[:0], why={}), 15)
    assert empty.shares.to_numpy().max() == 0
    assert empty.half_day_gains().empty
    unknown = open_shares(small_world.territory(population=None), 15)
    assert np.isnan(unknown.shares.to_numpy()).all()
    assert unknown.half_day_gains().empty
    assert unknown.blank_hours().empty
    assert unknown.to_dict()["shares"]["lundi"] is None
    assert unknown.share_within is None


def test_figures_for_programs_are_not_rounded(territory):
    found = open_shares(territory, 15)
    told = found.to_dict()
    assert told["shares"] == {day: found.shares.loc[day].to_list() for day in WEEKDAYS}
    assert (told["residents_known"], told["residents_within"], told["share_within"]) == (2000, 2000, 1)


def test_who_has_an_open_site_already_gains_nothing_from_another(built):
    # Within 25 minutes of A: A, B and C; of D: B, C and D. D is open on Monday from 9:00 to 12:00, A never.
    gains = open_shares(with_hours(built, "We unknown", "", "Mo 09:00-12:00"), 25).half_day_gains()
    monday = gains[gains["half_day"].str.startswith("lundi")].set_index(["facility_id", "half_day"])
    # The 1,000 of A alone gain three hours in the morning; in the afternoon, from 14:00 to 17:00, those of B and C too.
    assert monday["residents"].to_dict() == {
        ("1", "lundi matin"): 1000,
        ("1", "lundi après-midi"): 1800,
        ("3", "lundi après-midi"): 1000,
    }
    assert monday["resident_hours"].to_dict() == {
        ("1", "lundi matin"): 3000,
        ("1", "lundi après-midi"): 5400,
        ("3", "lundi après-midi"): 3000,
    }


def test_spans_are_numbered_from_the_highest_share(territory):
    spans = open_shares(territory, 15).spans()
    assert spans.index.to_list() == list(range(len(spans)))
    assert spans["share"].is_monotonic_decreasing
