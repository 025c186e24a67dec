"""Sentences of the maps stay right when a figure is 0, 1, all or unknown."""

import numpy as np
import pandas as pd

from geo.french import counted, joined
from geo.maps.sentences import clock, hours_sentence, saved_sentence


def frame(poor, population, within=None):
    return pd.DataFrame(
        {
            "name": [f"V{i}" for i in range(len(poor))],
            "population": pd.array(population, dtype="Int64"),
            "residents_within": pd.array(within or [0] * len(poor), dtype="Float64"),
            "under_served": pd.array(poor, dtype="boolean"),
        }
    )


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
