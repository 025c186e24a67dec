"""Sentences of the maps stay right when a figure is 0, 1, all or unknown."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from geo.french import counted, joined
from geo.maps.sentences import clock, hours_sentence, saved_sentence, under_served_sentence


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


def test_saved():
    people = pd.Series(pd.array([100, 300, pd.NA], dtype="Int64"))
    minutes = pd.Series(pd.array([10.0, -2.0, pd.NA], dtype="Float64"))
    assert saved_sentence(minutes, people) == (
        "En moyenne, un habitant gagne 1,0\u00a0min en allant au site France services le plus proche plutôt qu'au "
        "service des impôts\u202f; 1 commune (300 habitants) n'y gagne rien."
    )
    assert "perd 2,0\u00a0min" in saved_sentence(minutes.iloc[[1]], people.iloc[[1]])
    assert saved_sentence(minutes.iloc[[1]], people.iloc[[1]]).endswith("aucune commune n'y gagne.")
    assert saved_sentence(minutes.iloc[[0]], people.iloc[[0]]).endswith("toutes les communes y gagnent.")
    assert saved_sentence(minutes.iloc[[2]], people.iloc[[2]]) == "Les minutes gagnées ne sont pas connues."
    nobody = pd.Series(pd.array([pd.NA] * 3, dtype="Int64"))
    assert saved_sentence(minutes, nobody).startswith("En moyenne des communes, un trajet gagne 4,0\u00a0min")


def test_hours():
    shares = np.zeros((7, 48))
    shares[1, 20], shares[5, 19] = 0.91, 0.2
    assert hours_sentence(pd.DataFrame(shares), 20.0, "sites") == (
        "Au mieux, 91\u00a0% des habitants sont à moins de 20\u00a0min d'un site France services ouvert "
        "(mardi à 10\u00a0h)\u202f; le samedi, 20\u00a0% au plus\u202f; le dimanche, aucun."
    )


def test_small_words():
    assert clock(0) == "0\u00a0h"
    assert clock(19) == "9\u00a0h\u00a030"
    assert [counted(n, "commune") for n in (0, 1, 1234)] == ["0 commune", "1 commune", "1\u202f234 communes"]
    assert [joined(list("ABC"[:n])) for n in range(4)] == ["", "A", "A et B", "A, B et C"]
