"""What a plan changes on foot and by bicycle, on streets given by hand: the same sentence on every channel."""

import html
from dataclasses import replace

import numpy as np
import pytest

from geo.answers.plan_near import near_sentence, near_with_labels
from geo.answers.two_publics_json import plan_document
from geo.cli import main
from geo.network import RoadNetwork
from geo.report.arguments_html import arguments_html
from geo.siting.candidates import EVERY_COMMUNE
from geo.siting.plan import plan
from tests.conftest import CENTRES, POPULATION

#: Minutes by bicycle from each of A, B and C to the next, both ways.
APART = 30


def plain(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").split())


@pytest.fixture(scope="module")
def territory(small_world):
    x, y = np.array([CENTRES[code] for code in ("64001", "64002", "64003")]).T
    source, target = np.array([0, 1, 1, 2]), np.array([1, 0, 2, 1])
    made = RoadNetwork.from_edges(source, target, np.full(4, APART * 60.0), np.full(4, 1e4), x, y, "EPSG:2154")
    active = {mode: replace(made, mode=mode) for mode in ("walk", "bike")}
    return replace(small_world.territory(), active=active)


def test_who_lives_beside_the_label_walks_to_it(territory):
    """The label is in B, the most populous of those more than 5 minutes from a site by car; C is 30 minutes from it."""
    chosen = plan(territory, 1, threshold_min=5, rule=EVERY_COMMUNE)
    assert chosen.labels["name"].tolist() == ["Commune B"]
    a, b, c = list(POPULATION.values())[:3]
    near = near_with_labels(territory.parts, chosen)
    for each in near:
        assert each.before.part.residents_known == a + b + c
        assert (each.before.residents_within, each.after.residents_within) == (a, a + b)
    assert plain(near_sentence(near)) == (
        "Avec ce plan, 83 % des habitants seraient à 5 min ou moins à pied d'un site (56 % aujourd'hui) ; 83 % des "
        "habitants seraient à 5 min ou moins à vélo d'un site (56 % aujourd'hui)."
    )
    same = [replace(each, after=each.before) for each in near]
    assert plain(near_sentence(same)).count("56 %") == near_sentence(same).count("(comme aujourd'hui)") == 2
    told = plan_document(chosen, territory.parts)["active"]
    assert [told[mode]["residents_within_after"] for mode in ("walk", "bike")] == [a + b, a + b]
    assert plain(near_sentence(near)) in plain(html.unescape(arguments_html(chosen, territory.parts)))
    # The same plan is asked of another territory: its streets are not known, its times are estimated.
    (walk, _), (estimated, _) = near, near_with_labels((replace(territory, active={}),), chosen)
    assert (walk.before.part.estimated, estimated.before.part.estimated) == (False, True)


def test_nothing_is_said_of_longer_ways_nor_without_a_label(territory):
    chosen = plan(territory, 1, threshold_min=5, rule=EVERY_COMMUNE)
    for other in (replace(chosen, threshold_min=61.0), replace(chosen, labels=chosen.labels.iloc[:0])):
        assert near_with_labels(territory.parts, other) == ()
    assert near_sentence(()) == ""


def test_the_terminal_says_it_and_that_it_is_estimated(embedded, capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["plan", "64", "--new", "1"])
    said = plain(capsys.readouterr().out)
    assert plain(near_sentence(near_with_labels(embedded.parts, plan(embedded, 1)))) in said
    assert "temps estimés d'après la ligne droite." in said
