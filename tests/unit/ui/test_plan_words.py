"""A plan in words: right for each aim, for none, one and many labels, proven or not."""

from dataclasses import replace

import pytest

from geo import Territory
from geo.siting.criteria import Weights
from geo.siting.plan import plan
from geo.ui.components.plan_words import AIMS, METHODS, gap_sentence, plan_answer, plan_figures


@pytest.fixture(scope="module")
def territory(small_world) -> Territory:
    return small_world.territory(tax_offices=small_world.tax_offices)


@pytest.fixture(scope="module")
def one_label(territory):
    """A label in B or C brings C (300) within 10 minutes of a site; antennes and buses are not counted."""
    return plan(territory, 1, threshold_min=10, kinds={"main"})


def plainly(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_one_label(one_label):
    said = plainly(plan_answer(one_label))
    gain = round(one_label.after.residents_within - one_label.before.residents_within)
    assert said.startswith(f"Un nouveau label, à {one_label.labels['name'].iloc[0]}, rapprocherait {gain} habitants :")
    assert said.endswith("seraient à 10 min ou moins d'un site.")
    assert plainly(gap_sentence(one_label)) == (
        f"C'est prouvé : aucun autre choix d'un lieu, parmi les candidats, ne peut rapprocher plus de {gain} habitants."
    )
    assert [plainly(figure) for figure in plan_figures(one_label)[0]][:2] == ["Habitants rapprochés", str(gain)]
    assert plainly(plan_figures(one_label)[2][1]) == "110 000 €"


def test_no_label(territory):
    none = plan(territory, 0, threshold_min=10)
    assert plan_answer(none).startswith("Sans nouveau label")
    assert "aujourd'hui" in gap_sentence(none)
    assert plan_figures(none)[2][1].startswith("0")


def test_an_unproven_plan_says_how_far_it_may_be(one_label):
    unproven = replace(one_label, bound=one_label.objective * 1.25, gap=0.2)
    assert plainly(gap_sentence(unproven)).endswith("soit au plus 20,00 % d'écart avec le meilleur plan possible.")
    assert "C'est prouvé" not in gap_sentence(unproven)


def test_weights_are_named(one_label):
    weighted = replace(one_label, weights=Weights(frr=2.0))
    assert "habitants pondérés" in gap_sentence(weighted)


def test_fewest_labels(territory):
    found = plan(territory, model="set-cover", threshold_min=10, kinds={"main"})
    count = len(found.labels)
    assert plan_answer(found).startswith("Il faut")
    assert gap_sentence(found) == f"C'est prouvé\u00a0: parmi ces lieux candidats, {count - 1} ne suffiraient pas."
    more = replace(found, gap=0.5, bound=count - 0.5)
    assert plan_answer(more).startswith("Ce plan demande")
    assert f"au moins {count}\u00a0: ce plan en demande {count}" in gap_sentence(more)


def test_shortest_and_worst_time(territory):
    median = plan(territory, 1, model="median", kinds={"main"})
    assert "ramènerait le trajet moyen de" in plan_answer(median)
    saved = (median.before.mean_time_min - median.after.mean_time_min) * 2000  # E has no road
    assert median.objective == pytest.approx(saved, rel=1e-6)
    assert "faire gagner plus de" in gap_sentence(median)
    center = plan(territory, 1, model="center", kinds={"main"})
    assert "ramènerait l'habitant le plus éloigné de" in plan_answer(center)
    assert plan_figures(center)[0][0] == "Le plus éloigné"


def test_many_places_are_counted(one_label):
    labels = one_label.labels.loc[[0] * 9].assign(name=[f"L{n}" for n in range(9)])
    assert "L0, L1, L2, L3, L4 et 4 autres lieux" in plan_answer(replace(one_label, labels=labels))


def test_each_aim_has_its_words_and_its_method():
    assert set(AIMS) == set(METHODS)
