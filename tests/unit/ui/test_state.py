"""The choices of a visitor and the address of the page."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.ui.state import SHARES_PERCENT, STEP, THRESHOLDS_MIN, AppState, format_state, parse_state

LISTS = ["sites", "tax_offices", "mairies & écoles"]


def test_no_parameter_gives_the_defaults():
    assert parse_state({}, LISTS) == (AppState(), [])


def test_an_address_is_read():
    params = {
        "ecran": "methode",
        "lieux": "tax_offices",
        "seuil": "30",
        "bus": "1",
        "antennes": "0",
        "commune": "2A004",
    }
    state, problems = parse_state(params, LISTS)
    assert state == AppState("methode", "tax_offices", 30, buses=True, antennes=False, commune="2A004")
    assert problems == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seuil", "0"),
        ("seuil", "22"),
        ("seuil", "-20"),
        ("seuil", "20.0"),
        ("seuil", "²0"),
        ("seuil", "9" * 500),
        ("lieux", "../../etc"),
        ("bus", "oui"),
        ("antennes", ""),
        ("ecran", "<script>"),
        ("regle", "temps "),
        ("part", "101"),
        ("commune", "64'; --"),
        ("commune", "64483\n"),
        ("commune", "٦٤٤٨٣"),
    ],
)
def test_a_hostile_value_falls_back_and_says_so(name, value):
    state, problems = parse_state({name: value}, LISTS)
    assert state == AppState()
    assert len(problems) == 1
    assert f"« {name} »" in problems[0]
    assert len(problems[0]) < 250


def test_a_territory_without_sites_starts_with_its_first_list():
    assert parse_state({}, ["mairies"])[0].facilities == "mairies"


@example({"part": "5"})
@given(
    st.dictionaries(
        st.sampled_from(["ecran", "lieux", "seuil", "bus", "antennes", "regle", "part", "commune", "x"]), st.text()
    )
)
def test_any_text_gives_a_usable_state(params):
    state, _ = parse_state(params, LISTS)
    assert state.facilities in LISTS
    assert THRESHOLDS_MIN[0] <= state.threshold_min <= THRESHOLDS_MIN[1]
    assert parse_state(format_state(state), LISTS) == (state, [])


states = st.builds(
    AppState,
    screen=st.sampled_from(["diagnostic", "methode"]),
    facilities=st.sampled_from(LISTS),
    threshold_min=st.integers(THRESHOLDS_MIN[0] // STEP, THRESHOLDS_MIN[1] // STEP).map(lambda n: n * STEP),
    buses=st.booleans(),
    antennes=st.booleans(),
    rule=st.just("part"),
    min_share_percent=st.integers(SHARES_PERCENT[0] // STEP, SHARES_PERCENT[1] // STEP).map(lambda n: n * STEP),
    commune=st.none() | st.from_regex(r"(0[1-9]|2[AB])[0-9]{3}", fullmatch=True),
)


@given(states)
def test_a_state_written_then_read_is_the_same(state):
    assert parse_state(format_state(state), LISTS) == (state, [])
