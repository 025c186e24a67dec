"""What every channel says of territories that roads cover in part: without three towns, and the Labourd alone."""

import numpy as np
import pytest

from tests.golden.checks import CHECKS, legends_count_the_sites_of_the_part
from tests.golden.further import QUESTIONS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("key", ["three_off", "labourd"])
def test_one_fact_is_one_number(heard, key, check):
    if key == "three_off" and check is legends_count_the_sites_of_the_part:
        pytest.skip("the sites of the three towns are on the roads, though no resident of these towns is")
    if wrong := check(heard(key)):
        pytest.fail("\n".join([f"{len(wrong)} contradiction(s):", *wrong]), pytrace=False)


def test_the_territories_are_what_they_are_for(heard):
    towns, labourd = heard("three_off").oracle, heard("labourd").oracle
    assert (int((~towns.on).sum()), int(labourd.on.sum())) == (3, 21)
    assert towns.known < 0.8 * towns.residents.sum()
    without_way = labourd.on & np.isinf(labourd.minutes)
    assert without_way.sum() == 4
    assert labourd.figures["saved_mean"] is None, "no tax office is on these roads"


@pytest.mark.parametrize(
    ("key", "asked"), [("labourd", "rounds"), ("labourd", "lists"), ("three_off", "lists"), ("three_off", "kinds")]
)
def test_further_questions_are_answered_alike(heard, key, asked, tmp_path):
    if wrong := QUESTIONS[asked](heard(key), tmp_path).wrong(estimated=heard(key).oracle.estimated):
        pytest.fail("\n".join([f"{len(wrong)} contradiction(s):", *wrong]), pytrace=False)
