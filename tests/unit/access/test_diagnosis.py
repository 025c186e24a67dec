"""One question, answered as the measures answer it one by one."""

import pandas as pd
import pytest

from geo import CoverageRule, coverage
from geo.access.diagnosis import diagnose
from geo.errors import ParameterError
from geo.question import Question

ASKED = Question(15, rule=CoverageRule("share", 0.9), kinds=frozenset({"main"}))


@pytest.fixture(scope="module")
def territory(small_world):
    return small_world.territory()


def test_each_part_of_the_question_counts(territory):
    found = diagnose(territory, question=ASKED)
    times = territory.travel_times("sites", kinds={"main"})
    pd.testing.assert_frame_equal(found.times, times)
    pd.testing.assert_frame_equal(found.coverage, coverage(territory, 15, rule=ASKED.rule, times=times))
    within = times["population"][times["travel_time_min"].le(15).fillna(value=False)].sum()
    assert found.summary.residents_within == pytest.approx(within)
    assert found.summary.rule == ASKED.rule_in_french


def test_times_known_already_are_not_measured_again(territory):
    known = territory.travel_times("sites", kinds={"main"})
    assert diagnose(territory, question=ASKED, times=known).times is known


def test_an_unknown_population_is_no_nought(small_world):
    nobody = small_world.territory(population=None)
    found = diagnose(nobody, question=ASKED)
    said = found.summary.to_dict()
    counts = {name: value for name, value in said.items() if "residents" in name or name == "population"}
    assert len(counts) == 8, counts
    assert set(counts.values()) == {None}
    assert found.coverage["share_within"].isna().all()
    assert found.coverage["under_served"].notna().any(), "ways are known all the same"
    assert any("1 commune (population inconnue), à plus de" in note for note in nobody.manifest.notes)


def test_a_list_that_is_not_there_is_refused(territory):
    with pytest.raises(ParameterError, match="n'a pas de liste « gares »"):
        diagnose(territory, question=Question(facilities="gares"))
