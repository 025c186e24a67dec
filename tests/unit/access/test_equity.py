"""Measures of inequality, person by person and by hand, and the groups of a territory whose cells tell them."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.access.diagnosis import diagnose
from geo.access.equity import (
    CRITERIA,
    concentration_index,
    equity,
    equity_of,
    foster_greer_thorbecke,
    mean_between,
    palma_ratio,
    people_between,
)
from geo.answers.equity import equity_answer, equity_table, inequality_table
from geo.question import Question
from geo.report.tables import diagnosis_summary

rows = st.lists(st.tuples(st.integers(1, 90), st.integers(1, 6), st.integers(0, 8)), min_size=1, max_size=12).map(
    lambda drawn: tuple(np.array(column, float) for column in zip(*drawn, strict=True))
)


def persons(values, weights, rank_by):
    """Return one entry a person, from the poorest."""
    each = np.repeat(np.arange(len(values)), weights.astype(int))
    return values[each], rank_by[each]


@given(rows)
def test_concentration_index_is_that_of_all_persons(drawn):
    value, rank = persons(*drawn)
    n = len(value)
    # The definition of Kakwani et al.: 2 / (n mean) sum of value x fractional rank, less 1; equal ranks share theirs.
    positions = pd.Series(rank).rank(method="average").to_numpy()
    expected = 2 / (n * value.mean()) * (value * (positions - 0.5) / n).sum() - 1
    assert concentration_index(*drawn) == pytest.approx(expected, abs=1e-12)


def test_ranked_by_itself_it_is_the_gini_index():
    values, people = np.array([5.0, 12.0, 20.0, 31.0, 44.0]), np.array([4.0, 3.0, 2.0, 5.0, 6.0])
    # PySAL's inequality 1.1.2, Gini of the twenty persons.
    assert concentration_index(values, people, values) == pytest.approx(0.3259223300970874, abs=1e-12)


def test_signs_and_bounds_of_the_concentration_index():
    people = np.ones(4)
    assert concentration_index(np.full(4, 20.0), people, np.arange(4.0)) == pytest.approx(0)
    # All of it borne by the poorest, then by the richest, of four: 1/n - 1 and 1 - 1/n.
    assert concentration_index(np.array([8.0, 0, 0, 0]), people, np.arange(4.0)) == pytest.approx(-0.75)
    assert concentration_index(np.array([0, 0, 0, 8.0]), people, np.arange(4.0)) == pytest.approx(0.75)
    assert concentration_index(np.zeros(4), people, np.arange(4.0)) is None
    assert concentration_index(np.zeros(0), np.zeros(0), np.zeros(0)) is None


@given(rows)
def test_palma_ratio_is_that_of_all_persons(drawn):
    values, weights, rank_by = drawn
    rank_by = rank_by + np.arange(len(rank_by)) / 100  # no equal ranks: the order of the persons is one
    tenfold = weights * 10  # a multiple of ten persons: no one is at a bound
    value, rank = persons(values, tenfold, rank_by)
    value = value[np.argsort(rank, kind="stable")]
    n = len(value)
    expected = value[-n // 10 :].mean() / value[: 4 * n // 10].mean()
    assert palma_ratio(values, tenfold, rank_by) == pytest.approx(expected)


def test_equal_ranks_are_split_alike_whatever_their_order():
    weights, rank = np.array([2.0, 6.0, 2.0]), np.array([1.0, 1.0, 2.0])
    assert people_between(weights, rank, 0, 0.4).tolist() == pytest.approx([1.0, 3.0, 0.0])
    assert people_between(weights, rank, 0.9, 1).tolist() == pytest.approx([0.0, 0.0, 1.0])
    assert mean_between(np.array([10.0, 20.0, 5.0]), weights, rank, 0, 0.4) == pytest.approx(17.5)
    assert palma_ratio(np.array([0.0, 0.0, 5.0]), weights, rank) is None


def test_a_row_of_nobody_holds_nobody():
    found = people_between(np.array([4.0, 0.0, 6.0]), np.array([3.0, 2.0, 1.0]), 0.0, 0.8)
    np.testing.assert_allclose(found, [2.0, 0.0, 6.0])
    assert people_between(np.zeros(2), np.array([1.0, 2.0]), 0.0, 1.0).tolist() == [0, 0]


def test_fgt_by_hand():
    # The line is 10; levels 2, 5, 10 and 12 with 1, 2, 3 and 4 persons: shortfalls 0.8, 0.5, none, none.
    shortfall, people = (10 - np.array([2.0, 5.0, 10.0, 12.0])) / 10, np.array([1.0, 2.0, 3.0, 4.0])
    found = [foster_greer_thorbecke(shortfall, people, power) for power in range(3)]
    assert found == pytest.approx([0.3, (0.8 + 2 * 0.5) / 10, (0.64 + 2 * 0.25) / 10])
    assert foster_greer_thorbecke(shortfall, np.zeros(4), 1) is None


@pytest.fixture(scope="module")
def world(small_world):
    """A (0 min, 1000) is rich, B (10, 500) less, C (20, 300) poor, D (30, 200) the poorest; only the site of A counts."""
    territory = small_world.territory()
    codes = ["64001", "64002", "64003", "64004"]
    communes = territory.communes.loc[codes]
    cells = gpd.GeoDataFrame(
        {
            "cell_id": pd.array(codes, dtype="string"),
            "commune_code": pd.array(codes, dtype="string"),
            "population": [1000.0, 500.0, 300.0, 200.0],
            "share_65_plus": [0.1, 0.2, 0.3, np.nan],
            "share_poor": [0.0, 0.1, 0.2, 0.5],
            "living_standard_eur": [30_000.0, 22_000.0, 18_000.0, 15_000.0],
        },
        geometry=gpd.points_from_xy(communes["lon"], communes["lat"], crs="EPSG:4326"),
    )
    households = pd.DataFrame(
        {"households": [400.0, 100.0], "share_carless": [0.25, 0.1]},
        index=pd.Index(["64001", "64004"], dtype="string", name="commune_code"),
    )
    return replace(territory, cells=cells, households=households)


MAIN = Question(15, kinds=frozenset({"main"}))


def test_groups_of_a_territory(world):
    found = diagnose(world, question=MAIN).equity
    assert found.missing == ()
    # A fifth is 400 persons: D and 200 of C, then 100 of C and 300 of B, 200 of B and 200 of A, then A.
    fifths = [found.group("living_standard", f"fifth-{number}") for number in range(1, 6)]
    assert [each.residents for each in fifths] == pytest.approx([400] * 5)
    assert [each.mean_time_min for each in fifths] == pytest.approx(
        [(200 * 30 + 200 * 20) / 400, (100 * 20 + 300 * 10) / 400, 200 * 10 / 400, 0, 0], abs=0.01
    )
    assert [each.share_within for each in fifths] == pytest.approx([0, 0.75, 1, 1, 1])
    poor, others = (found.group("poverty", name) for name in ("in", "out"))
    assert poor.residents == pytest.approx(50 + 60 + 100)
    assert poor.mean_time_min == pytest.approx((50 * 10 + 60 * 20 + 100 * 30) / 210, abs=0.01)
    assert others.residents == pytest.approx(1790)
    old = found.group("age", "in")
    assert old.residents == pytest.approx(100 + 100 + 90)  # of D nothing is told
    carless, with_car = (found.group("car", name) for name in ("in", "out"))
    assert (carless.residents, with_car.residents) == (pytest.approx(270), pytest.approx(930))
    assert carless.mean_time_min == pytest.approx(20 * 30 / 270, abs=0.01)


def test_measures_of_a_territory(world):
    times = world.travel_times(kinds={"main"})
    found = equity(world, times, 15)
    minutes, people = np.array([0.0, 10.0, 20.0, 30.0]), np.array([1000.0, 500.0, 300.0, 200.0])
    living = np.array([30.0, 22.0, 18.0, 15.0])
    assert found.concentration_index == pytest.approx(concentration_index(minutes, people, living), abs=1e-4)
    assert found.concentration_index < 0
    assert found.palma_ratio == pytest.approx(0, abs=1e-9)  # the richest tenth lives in A
    assert found.fgt == pytest.approx([500 / 2000, (300 * 5 / 15 + 200) / 2000, (300 / 9 + 200) / 2000], abs=1e-3)
    twice = equity_of([(world, times), (world, times)], 15)
    assert twice.concentration_index == pytest.approx(found.concentration_index)
    assert twice.group("age", "in").residents == pytest.approx(2 * found.group("age", "in").residents)


def test_in_words_tables_and_json(world):
    diagnosis = diagnose(world, question=MAIN)
    answer = equity_answer(diagnosis.equity)
    said = [line.replace("\u00a0", " ").replace("\u202f", " ") for line in answer.lines]
    assert said[0].startswith(
        "Le cinquième le plus pauvre des habitants met 25 min de plus que le plus aisé : 25,0 min en moyenne contre 0,0 min"
    )
    assert any(line.startswith("Les ménages pauvres mettent 16 min de plus que les autres") for line in said)
    assert any(line.startswith("Indice de concentration des temps : −0,") for line in said)
    assert len(equity_table(diagnosis.equity)) == 11
    assert inequality_table(diagnosis.equity)["measure"].tolist() == [
        "concentration_index",
        "palma_ratio",
        "fgt_0",
        "fgt_1",
        "fgt_2",
        "fgt_residents",
    ]
    content = diagnosis_summary(world, diagnosis)["equity"]
    assert content["concentration_index"] == diagnosis.equity.concentration_index
    assert content["fgt"]["0"] == pytest.approx(0.25)
    assert content["fgt_residents"] == pytest.approx(2000)
    assert len(content["groups"]) == 11


def test_what_lacks_is_said_with_its_file(world, small_world):
    bare = diagnose(small_world.territory(), question=MAIN).equity
    assert bare.missing == CRITERIA
    assert bare.groups == ()
    assert bare.concentration_index is None
    (line,) = equity_answer(bare).lines
    assert "--cells" in line
    assert "--housing" in line
    without_car = diagnose(replace(world, households=None), question=MAIN).equity
    assert without_car.missing == ("car",)
    lines = equity_answer(without_car).lines
    assert "--cells" not in lines[-1]
    assert lines[-1].startswith("Accès selon la voiture : non renseigné")


def test_estimated_gaps_are_told_to_five_minutes(world):
    found = replace(diagnose(world, question=MAIN).equity, estimated=True)
    assert "met environ 25\u00a0min de plus" in equity_answer(found).sentence
