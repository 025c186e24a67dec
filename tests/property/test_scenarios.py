"""What is true of every scenario on the embedded territory."""

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import Territory
from geo.siting.scenario import ChangeHours, CloseSite, MoveSite, OpenSite, Place, Scenario, apply
from geo.siting.scenario_json import scenario_from_json, scenario_to_json


@functools.cache
def embedded():
    """Load the territory when a test runs, not in every process that only reads which tests there are."""
    return Territory.load("64")


SITES = st.deferred(lambda: st.sampled_from(embedded().sites["facility_id"].to_list()))
COMMUNES = st.deferred(lambda: st.sampled_from(embedded().communes.index.to_list()))

#: Texts of one line: neither control characters nor separators of lines and paragraphs, which are refused.
texts = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=30).filter(str.strip)
places = st.one_of(
    st.builds(Place, commune_code=texts),
    st.builds(Place, lon=st.floats(-180, 180), lat=st.floats(-90, 90)),
    st.builds(Place, lon=st.integers(-180, 180), lat=st.integers(-90, 90)),
)
hours = st.sampled_from(["", "Mo 09:00-12:00,14:00-17:00; Sa unknown", "Tu 00:00-24:00"])
actions = st.one_of(
    st.builds(OpenSite, texts, texts, places, st.none() | hours),
    st.builds(CloseSite, texts),
    st.builds(MoveSite, texts, places),
    st.builds(ChangeHours, texts, hours),
)


def minutes(territory):
    return territory.times_to(territory.sites)["travel_time_min"].to_numpy(float, na_value=np.inf)


@given(st.lists(actions, max_size=12, unique_by=lambda action: action.facility_id), texts, texts)
def test_a_scenario_round_trips_through_json(listed, name, territory):
    scenario = Scenario(territory, name, tuple(listed))
    assert scenario_from_json(scenario_to_json(scenario)) == scenario


@settings(max_examples=10)
@given(COMMUNES)
def test_opening_a_site_never_lengthens_a_time(code):
    today = embedded()
    opened = apply(today, Scenario("T").then(OpenSite("n", "N", Place(code))))
    assert (minutes(opened) <= minutes(today)).all()
    # Only what leaving home and arriving take, whatever the way.
    ends = 2 * today.network.end_time_s / 60
    assert minutes(opened)[today.communes.index.get_loc(code)] == pytest.approx(ends, abs=1e-6)


@settings(max_examples=10)
@given(st.lists(SITES, unique=True, min_size=1))
def test_closing_never_shortens_and_opening_again_at_the_same_place_is_today(closed):
    today, scenario = embedded(), Scenario("T").then(*map(CloseSite, closed))
    assert (minutes(apply(today, scenario)) >= minutes(today)).all()
    where = today.sites.set_index("facility_id").geometry
    again = [OpenSite(f"n-{site}", "N", Place(lon=where[site].x, lat=where[site].y)) for site in closed]
    np.testing.assert_array_equal(minutes(apply(today, scenario.then(*again))), minutes(today))
