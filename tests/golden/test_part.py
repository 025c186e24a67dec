"""What every channel says of territories that roads cover in part: without three towns, and the Labourd alone."""

import numpy as np
import pytest

from tests.golden.checks import CHECKS, OF_SOME_CHANNELS
from tests.golden.further import QUESTIONS


@pytest.mark.parametrize(
    ("key", "check"),
    [("labourd", check) for check in CHECKS] + [("three_off", check) for check in OF_SOME_CHANNELS],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_one_fact_is_one_number(heard, key, check):
    if wrong := check(heard(key)):
        pytest.fail("\n".join([f"{len(wrong)} contradiction(s):", *wrong]), pytrace=False)


def test_what_a_part_of_estimated_times_is_asked_for_is_there(heard):
    commands = ("diagnose", "scenario", "fragility", "closure", "hours", "access", "plan")
    said = {"html.map", "html.arguments", *(f"terminal.{name}" for name in commands)}
    assert heard("three_off").channels.texts.keys() == said


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
