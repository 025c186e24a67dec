"""The choices of a visitor and the address of the page."""

import datetime as dt
import re
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.finder.procedures import procedures
from geo.kinds import SITE_KINDS
from geo.ui.link_problems import link_sentences
from geo.ui.state import (
    AGENTS,
    CHOICES,
    COVER_PERCENT,
    DAYS,
    EUROS,
    LABELS,
    LEAST_RESIDENTS,
    PASS_EUROS,
    SCREENS,
    SHARES_PERCENT,
    STEP,
    STOPS,
    THRESHOLDS_MIN,
    WEIGHTS,
    Aim,
    AppState,
    Limit,
    Passage,
    Payer,
    View,
    format_state,
    parse_state,
    rounded_position,
)

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
    assert state == AppState(
        "methode", facilities="tax_offices", threshold_min=30, buses=True, antennes=False, commune="2A004"
    )
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
        ("territoire", "../.."),
        ("territoire", "64/../.."),
        ("territoire", "64%2F.."),
        ("territoire", "/etc"),
        ("territoire", "64\x00"),
        ("territoire", "64-"),
        ("territoire", "64-64483-1"),
        ("territoire", "٦٤"),
        ("territoire", ""),
        ("regle", "temps "),
        ("part", "101"),
        ("mode", "bus"),
        ("jour", "2025-02-30"),
        ("jour", "1999-02-04"),
        ("jour", "20250204"),
        ("commune", "64'; --"),
        ("commune", "64483\n"),
        ("lieu", "Sare"),
        ("lieu", "64504 "),
        ("lieu", "-gourette"),
        ("lieu", "gourette-64204"),
        ("lieu", "64504\n-gourette"),
        ("lieu", "٦٤٢٠٤-gourette"),
        ("position", "43.3"),
        ("position", "43.3,-1.4,2"),
        ("position", "95.000,0.000"),
        ("position", "43.3,-181"),
        ("position", "nan,nan"),
        ("position", "1e1,2"),
        ("position", "9" * 400 + ",1"),
        ("quand", "demain"),
        ("quand", "2026-02-30T10:00"),
        ("quand", "2026-11-24"),
        ("quand", "2026-11-24T25:00"),
        ("quand", "1999-11-24T10:00"),
        ("quand", "2019-12-31T23:59"),
        ("quand", "2100-01-01T00:00"),
        ("quand", "٢٠٢٦-11-24T10:00"),
        ("ouvert", "vrai"),
        ("samedi", "2"),
        ("soir", ""),
        ("sans_rdv", "None"),
        ("types", "main,ovni"),
        ("types", ""),
        ("demarche", "' or 1=1"),
        ("operateur", "cnav"),
        ("site", ""),
        ("site", "a\nb"),
        ("site", "x" * 81),
        ("commune", "٦٤٤٨٣"),
        ("vue", "ouvrir "),
        ("but", "coverage"),
        ("limite", "rien"),
        ("labels", "51"),
        ("labels", "-1"),
        ("labels", "5.0"),
        ("labels", "٥"),
        ("couvrir", "101"),
        ("budget", "1e9"),
        ("budget", "9" * 12),
        ("payeur", "moi"),
        ("cout", ""),
        ("aide", "-1"),
        ("poids_loin", "11"),
        ("poids_frr", "nan"),
        ("poids_qpv", "1.55"),
        ("poids_65", "-1"),
        ("sauf", ""),
        ("sauf", "64504,64504"),
        ("sauf", "64504,"),
        ("sauf", ",".join(map(str, range(101)))),
        ("sauf", "a\nb"),
        ("taille", "50001"),
        ("fermer", "type:"),
        ("fermer", "<script>"),
        ("fermer", "porteur:" + "x" * 81),
        ("agents", "0"),
    ],
)
def test_a_hostile_value_falls_back_and_says_so(name, value):
    state, problems = parse_state({name: value}, LISTS)
    assert state == AppState()
    assert len(problems) == 1
    assert problems[0].startswith(CHOICES[name])
    assert "antenne," not in problems[0], "what the address calls a kind is not a word of the screens"
    assert len(problems[0]) < 250


def test_every_choice_of_the_address_has_its_words():
    everything = AppState(
        "rapport",
        "64",
        "64504",
        (0.0, 1.0),
        dt.datetime.fromisoformat("2026-11-24T10:00"),
        procedure="impots",
        site="1",
        mode="transit",
        day=dt.date(2025, 2, 4),
        weight_poor=2.0,
        weight_carless=2.0,
        own_files=True,
    )
    assert set(format_state(everything, LISTS)) <= set(CHOICES)
    _, problems = parse_state(dict.fromkeys(CHOICES, "\x00"), LISTS)
    assert len(problems) == len(CHOICES)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 39])
def test_a_rubbish_link_is_one_short_sentence(count):
    names = list(CHOICES)[:count]
    _, problems = parse_state(dict.fromkeys(names, "<b>" * 100), LISTS)
    (sentence,) = link_sentences(problems)
    assert len(sentence) < 700
    assert ("autre" in sentence) == (count > 3)


def test_a_rubbish_link_never_breaks_a_line_before_its_punctuation():
    _, problems = parse_state({"quand": "jamais", "seuil": "x", "lieu": "y", "sauf": ",", "vue": "z"}, LISTS)
    (sentence,) = link_sentences(problems)
    assert re.search(r"« | [»;:]", sentence) is None
    assert "«\u00a0jamais\u00a0»" in sentence


def test_a_territory_without_sites_starts_with_its_first_list():
    assert parse_state({}, ["mairies"])[0].facilities == "mairies"


NAMES = [
    *("ecran", "lieu", "position", "quand", "ouvert", "samedi", "soir", "sans_rdv", "types", "demarche", "operateur"),
    *("site", "lieux", "seuil", "bus", "antennes", "regle", "part", "commune", "mode", "jour", "x"),
    *("vue", "but", "limite", "labels", "couvrir", "budget", "payeur", "cout", "aide", "sauf", "taille", "fermer"),
    *("poids_loin", "poids_frr", "poids_qpv", "poids_65", "agents"),
]


@example({"part": "5"})
@example({"position": "-0.0001,-0.0001"})
@example({"lieu": "64504", "position": "43.3,-1.5"})
@example({"lieu": "64504-x"})
@example({"types": "bus,bus"})
@given(st.dictionaries(st.sampled_from(NAMES), st.text()))
def test_any_text_gives_a_usable_state(params):
    state, _ = parse_state(params, LISTS)
    assert state.facilities in LISTS
    assert THRESHOLDS_MIN[0] <= state.threshold_min <= THRESHOLDS_MIN[1]
    assert parse_state(format_state(state, LISTS), LISTS) == (state, [])


minutes = st.builds(dt.time, st.integers(0, 23), st.integers(0, 59))
positions = st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(lambda degrees: rounded_position(*degrees))
weights = st.integers(WEIGHTS[0] * 10, WEIGHTS[1] * 10).map(lambda tenths: tenths / 10)
states = st.builds(
    AppState,
    screen=st.sampled_from(list(SCREENS)),
    territory=st.none() | st.sampled_from(["64", "2A", "974", "64-64483"]),
    position=st.none() | positions,
    at=st.none() | st.builds(dt.datetime.combine, st.dates(*DAYS), minutes),
    open_then=st.booleans(),
    saturday=st.booleans(),
    evening=st.booleans(),
    without_appointment=st.booleans(),
    kinds=st.sets(st.sampled_from(SITE_KINDS), min_size=1).map(
        lambda chosen: tuple(k for k in SITE_KINDS if k in chosen)
    ),
    procedure=st.none() | st.sampled_from([procedure.key for procedure in procedures()]),
    with_operator=st.booleans(),
    site=st.none() | st.sampled_from(["245", "tax-64122", "43.1_-1.2", "id; é & <b>"]),
    facilities=st.sampled_from(LISTS),
    threshold_min=st.integers(THRESHOLDS_MIN[0] // STEP, THRESHOLDS_MIN[1] // STEP).map(lambda n: n * STEP),
    buses=st.booleans(),
    antennes=st.booleans(),
    rule=st.just("part"),
    min_share_percent=st.integers(SHARES_PERCENT[0] // STEP, SHARES_PERCENT[1] // STEP).map(lambda n: n * STEP),
    mode=st.just("transit"),
    day=st.none() | st.dates(*DAYS),
    commune=st.none() | st.from_regex(r"(0[1-9]|2[AB])[0-9]{3}", fullmatch=True),
    view=st.sampled_from(get_args(View)),
    aim=st.sampled_from(get_args(Aim)),
    limit=st.sampled_from(get_args(Limit)),
    labels=st.integers(*LABELS),
    cover_percent=st.integers(COVER_PERCENT[0] // STEP, COVER_PERCENT[1] // STEP).map(lambda n: n * STEP),
    budget_eur=st.integers(*EUROS),
    payer=st.sampled_from(get_args(Payer)),
    cost_eur=st.integers(*EUROS),
    aid_eur=st.integers(*EUROS),
    weight_beyond=weights,
    weight_frr=weights,
    weight_qpv=weights,
    weight_elderly=weights,
    excluded=st.lists(st.sampled_from(["64504", "2A004", "43.1_-1.2", "é&"]), unique=True).map(tuple),
    least_residents=st.integers(*LEAST_RESIDENTS),
    stops=st.integers(*STOPS),
    stop_every=st.sampled_from(get_args(Passage)),
    pass_eur=st.integers(*PASS_EUROS),
    closed=st.none() | st.sampled_from(["tous", "type:antenne", "porteur:La Poste"]),
    agents=st.integers(*AGENTS),
    report_plan=st.booleans(),
    own_files=st.booleans(),
)


@given(states)
def test_a_state_written_then_read_is_the_same(state):
    assert parse_state(format_state(state, LISTS), LISTS) == (state, [])


def test_the_defaults_are_not_written():
    assert format_state(AppState(), LISTS) == {}


def test_the_link_of_a_whole_visit():
    state = AppState(
        position=rounded_position(-1.49049, 43.31451),
        at=dt.datetime.fromisoformat("2026-11-24T17:30"),
        without_appointment=True,
        kinds=("main", "bus"),
        procedure="impots",
        site="245",
    )
    assert format_state(state, LISTS) == {
        "position": "43.315,-1.490",
        "quand": "2026-11-24T17:30",
        "sans_rdv": "1",
        "types": "main,bus",
        "demarche": "impots",
        "site": "245",
    }


def test_a_position_in_the_address_is_rounded_to_a_hundred_metres():
    state, problems = parse_state({"position": "43.312345678,-1.49"}, LISTS)
    assert state.position == (-1.49, 43.312)
    assert problems == []


def test_a_hamlet_is_kept_with_the_code_of_its_commune():
    state, problems = parse_state({"lieu": "13004-salin-de-giraud"}, LISTS)
    assert (state, problems) == (AppState(place="13004-salin-de-giraud"), [])
    assert format_state(state, LISTS) == {"lieu": "13004-salin-de-giraud"}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-",
        "Gourette",
        "gourette-",
        "gourette--x",
        "<script>",
        "..%2F..",
        "gourette\n",
        "\x00",
        "é",
        "٣",
        "g" * 60,
        "-" * 999,
    ],
)
def test_what_is_no_name_of_a_hamlet_leaves_its_commune_and_says_so(name):
    state, problems = parse_state({"lieu": f"64204-{name}"}, LISTS)
    assert state == AppState(place="64204")
    assert len(problems) == 1
    assert problems[0].startswith("commune de départ, «\u00a064204-")
    assert len(problems[0]) < 250


def test_a_commune_wins_over_a_position_and_says_so():
    state, problems = parse_state({"lieu": "64504", "position": "43.3,-1.5"}, LISTS)
    assert (state.place, state.position) == ("64504", None)
    assert len(problems) == 1


@pytest.mark.parametrize("moment", ["2020-01-01T00:00", "2099-12-31T23:59", "2026-03-29T02:30"])
def test_moments_up_to_the_last_day_are_kept(moment):
    state, problems = parse_state({"quand": moment}, ["sites"])
    assert (state.at, problems) == (dt.datetime.fromisoformat(moment), [])


@pytest.mark.parametrize(
    ("typed", "code"), [("2a", "2A"), ("2B", "2B"), ("1", "01"), ("974", "974"), ("2a-2A004", "2A-2A004")]
)
def test_a_departement_in_the_address_may_be_written_as_people_do(typed, code):
    state, problems = parse_state({"territoire": typed}, ())
    assert (state.territory, problems) == (code, [])
