"""Sentences of the maps stay right when a figure is 0, 1, all or unknown."""

from types import SimpleNamespace

import pandas as pd
import pytest

from geo.french import clock, counted, joined
from geo.maps.sentences import change_sentence, under_served_sentence


def frame(poor, population, within=None):
    return pd.DataFrame(
        {
            "name": [f"V{i}" for i in range(len(poor))],
            "population": pd.array(population, dtype="Int64"),
            "residents_within": pd.array(within or [0] * len(poor), dtype="Float64"),
            "under_served": pd.array(poor, dtype="boolean"),
        }
    )


@pytest.mark.parametrize(
    ("poor", "population", "said"),
    [
        ([False, False], [5, 5], "Aucune commune n'est sous-desservie."),
        ([False, None], [5, 5], "Aucune commune n'est sous-desservie parmi celles que le réseau routier couvre."),
        ([None, None], [5, 5], "Aucun trajet n'est connu : le réseau routier ne couvre aucune commune."),
        ([True], [7], "La seule commune est sous-desservie (7 habitants, 100\u00a0% de la population)\u202f; il s'agit de V0."),
        ([True, False], [1, 3], "1 commune sur 2 est sous-desservie (1 habitant, 25\u00a0% de la population)\u202f; il s'agit de V0."),
        ([True, True], [1, 3], "Toutes les communes sont sous-desservies (4 habitants, 100\u00a0% de la population)\u202f; il s'agit de V1 et V0."),
        ([True] * 4 + [False], [1, 4, 2, None, 3], "4 communes sur 5 sont sous-desservies (7 habitants, 70\u00a0% de la population)\u202f; les plus peuplées\u00a0: V1, V2 et V0."),
        ([True, False], [None, None], "1 commune sur 2 est sous-desservie (population inconnue)\u202f; il s'agit de V0."),
    ],
)  # fmt: skip
def test_under_served(poor, population, said):
    cov = frame(poor, population)
    totals = SimpleNamespace(population=int(cov["population"].sum()))
    assert under_served_sentence(totals, cov) == said


@pytest.mark.parametrize(
    ("after", "within", "said"),
    [
        ([True, False], [0, 50], "Le nombre d'habitants à moins de 20\u00a0min d'un site France services ne change pas (50\u00a0%)\u202f; aucune commune ne change de côté du seuil."),
        ([False, False], [50, 50], "50 habitants de plus sont à moins de 20\u00a0min d'un site France services (50\u00a0% avant, 100\u00a0% après)\u202f; 1 commune n'est plus sous-desservie."),
        ([True, True], [0, 49], "1 habitant de moins est à moins de 20\u00a0min d'un site France services (50\u00a0% avant, 49\u00a0% après)\u202f; 1 commune devient sous-desservie."),
    ],
)  # fmt: skip
def test_change(after, within, said):
    before = frame([True, False], [50, 50], [0, 50])
    assert change_sentence(before, frame(after, [50, 50], within), 20.0, "sites") == said


def test_change_of_unknown_population():
    before, after = frame([True], [None]), frame([False], [None])
    assert change_sentence(before, after, 12.5, "sites").startswith("La population n'est pas connue\u202f; 1 commune")


def test_small_words():
    assert clock("00:00") == "0\u00a0h"
    assert clock("09:30") == "9\u00a0h\u00a030"
    assert [counted(n, "commune") for n in (0, 1, 1234)] == ["0 commune", "1 commune", "1\u202f234 communes"]
    assert [joined(list("ABC"[:n])) for n in range(4)] == ["", "A", "A et B", "A, B et C"]
