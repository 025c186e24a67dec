"""What is asked is one value, whose defaults are those of every command and of the app."""

import inspect

import pytest

from geo.cli.diagnose import diagnose
from geo.cli.hours import hours
from geo.cli.map import draw_map
from geo.cli.options import asked_question
from geo.errors import ParameterError
from geo.question import CoverageRule, Question
from geo.ui.state import AppState

#: Kinds that count where the list is not that of the sites.
OTHER_LISTS = ("tax_office", "place")


def test_twenty_minutes_to_the_sites_and_antennes_by_mean_time():
    assert Question() == Question(
        20, "sites", CoverageRule("mean_time", 0.5), frozenset({"main", "antenne", *OTHER_LISTS})
    )
    assert asked_question() == AppState().question == AppState().sites_question == Question()


@pytest.mark.parametrize("minutes", [0.99, 240.01, float("nan"), float("inf"), -20.0])
def test_a_threshold_out_of_bounds_is_refused_where_it_is_asked(minutes):
    with pytest.raises(ParameterError, match="un seuil de 1 à 240 minutes est attendu"):
        Question(minutes)
    with pytest.raises(ParameterError, match="un seuil de 1 à 240 minutes est attendu"):
        Question().at(minutes)


def test_its_bounds_are_allowed():
    assert [Question(minutes).threshold_min for minutes in (1, 240)] == [1, 240]


def test_the_rule_is_said_at_its_threshold():
    share = Question(12.5, rule=CoverageRule("share", 0.8))
    assert share.rule_in_short.replace("\u00a0", " ") == "moins de 80 % des habitants à 12,5 min ou moins"
    assert "12,5" in share.rule_in_french
    assert "30" in share.at(30).rule_in_french


@pytest.mark.parametrize(("minutes", "compared"), [(20, (20, 30)), (30, (30, 20)), (45, (45, 20, 30))])
def test_before_and_after_are_compared_at_its_threshold_first(minutes, compared):
    assert Question(minutes).compared_thresholds_min == compared


def test_the_options_say_what_is_asked():
    asked = asked_question(25, "tax-offices", "share", 0.8, buses=True, antennes=False)
    assert asked == Question(25, "tax_offices", CoverageRule("share", 0.8), frozenset({"main", "bus", *OTHER_LISTS}))


def test_the_planner_asks_about_the_sites_by_mean_time_whatever_the_diagnosis_asks():
    state = AppState(threshold_min=35, facilities="tax_offices", rule="part", min_share_percent=80, buses=True)
    assert state.question.facilities == "tax_offices"
    assert state.question.rule == CoverageRule("share", 0.8)
    assert state.sites_question == Question(35, kinds=state.question.kinds)


def test_a_command_has_the_options_that_it_asks_with_their_one_default():
    every = inspect.signature(asked_question).parameters
    for command, names in ((diagnose, set(every)), (draw_map, set(every)), (hours, {"threshold", "buses", "antennes"})):
        options = inspect.signature(command).parameters
        assert "question" not in options
        assert names == every.keys() & options.keys()
        assert all(options[name].default == every[name].default for name in names)
