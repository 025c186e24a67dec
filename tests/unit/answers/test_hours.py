"""What is said of opening hours, at nought, one, all and unknown, and on a territory partly off the network."""

import numpy as np
import pandas as pd
import pytest

from geo.access.known_part import KnownPart
from geo.access.opening import open_shares
from geo.answers.answer import known_note, part_title
from geo.answers.hours import blank_sentence, cell_text, half_days_answer, hours_answer, saturday_figure


def test_the_best_hour_then_evenings_and_weekends(week, plain):
    shares = np.zeros((7, 48))
    shares[1, 20:24], shares[5, 19], shares[3, 36] = 0.91, 0.2, 0.004
    answer = hours_answer(week(shares, within=950))
    assert plain(answer.sentence) == (
        "Au mieux, le mardi de 10 h à 12 h, 91 % des habitants ont un site ouvert à 20 min ou moins ; 95 % ont un site, "
        "ouvert ou non."
    )
    assert (
        plain(answer.details[0])
        == "En semaine à 18 h, moins de 1 % au plus ; le samedi, 20 % au plus ; le dimanche, aucun habitant."
    )
    assert [plain(figure.value) for figure in answer.figures] == ["1,9 h", "20 %", "moins de 1 %"]
    assert saturday_figure(week(shares)) == answer.figures[1]


def test_half_hours_are_said(week, plain):
    shares = np.zeros((7, 48))
    shares[0, 19:25] = 0.8
    assert "le lundi de 9 h 30 à 12 h 30, 80 %" in plain(hours_answer(week(shares)).sentence)


def test_never_open(week, plain):
    answer = hours_answer(week(0.0))
    assert plain(answer.sentence) == (
        "D'après les horaires connus, aucun site à 20 min ou moins n'est ouvert à aucun moment de la semaine ; 90 % des "
        "habitants en ont un."
    )
    assert answer.details == ()
    nobody_near = hours_answer(week(0.0, within=0)).sentence
    assert plain(nobody_near) == "Aucun habitant n'a de site à 20 min ou moins, ouvert ou non."


def test_everybody_always(week, plain):
    answer = hours_answer(week(1.0, within=1000))
    assert "le lundi de 0 h à minuit, 100 % des habitants" in plain(answer.sentence)
    assert "aucune heure n'est creuse" in answer.details[1]


@pytest.mark.parametrize(
    ("unknown", "partly", "said"),
    [
        (0, 0, None),
        (1, 0, "1 site sur 5 n'a pas d'horaires connus : à ces heures, il compte comme fermé."),
        (
            1,
            2,
            (
                "1 site sur 5 n'a pas d'horaires connus ; 2 sites ont un jour au moins dont l'horaire n'est pas connu : à ces "
                "heures, ils comptent comme fermés."
            ),
        ),
        (0, 1, "1 site a un jour dont l'horaire n'est pas connu : à ces heures, il compte comme fermé."),
    ],
)
def test_hours_that_are_not_known(week, plain, unknown, partly, said):
    notes = [plain(note) for note in hours_answer(week(0.8, unknown=unknown, partly=partly)).notes]
    assert notes == [*([said] if said else []), "Semaine ordinaire, sans jours fériés ; à l'heure d'arrivée au site."]


def test_sites_of_the_neighbours_without_hours_are_told_apart(week, plain):
    said = [plain(hours_answer(week(0.8, unknown=count, around=(56, 3))).notes[0]) for count in (0, 1)]
    assert said == [
        "3 sites voisins sur 56 n'ont pas d'horaires connus : à ces heures, ils comptent comme fermés.",
        (
            "1 site sur 5 n'a pas d'horaires connus (sites voisins : 3 sur 56) : à ces heures, ils comptent comme "
            "fermés."
        ),
    ]


def test_where_nobody_is_known_to_live(week):
    answer = hours_answer(week(np.nan, within=0, known=0))
    assert answer.sentence == "La population n'est pas connue : aucun habitant ne peut être compté."
    assert answer.details == ()
    assert [figure.value for figure in answer.figures] == ["—", "—", "—"]


def test_blank_hours(plain):
    assert "aucune heure n'est creuse" in blank_sentence(pd.DataFrame({"day": [], "hours": []}))
    one = pd.DataFrame({"day": ["lundi"], "hours": [0.5]})
    assert "30 min sont creuses" in plain(blank_sentence(one))
    some = pd.DataFrame({"day": ["lundi", "lundi", "samedi"], "hours": [1.0, 2.0, 8.0]})
    assert plain(blank_sentence(some)) == (
        "Du lundi au samedi de 8 h à 19 h, 11 h sont creuses, où moins d'un sur dix de ceux qui ont un site en "
        "trouve un ouvert : lundi (3 h) et samedi (8 h)."
    )


def test_half_days(plain):
    gains = pd.DataFrame(
        {
            "name": ["A", "B"],
            "half_day": ["samedi matin", "lundi matin"],
            "resident_hours": [3000.4, 3.0],
            "residents": [1000.2, 1.0],
        }
    )
    answer = half_days_answer(gains, KnownPart(1001, 1001, 2, 2))
    assert plain(answer.sentence) == (
        "Une demi-journée de plus apporterait le plus ici : A, samedi matin : 3 000 heures × habitants, pour 1 000 "
        "habitants."
    )
    assert [plain(detail) for detail in answer.details] == ["B, lundi matin : 3 heures × habitants, pour 1 habitant."]
    assert half_days_answer(gains.head(0), KnownPart(1001, 1001, 2, 2)).sentence.startswith("Aucune demi-journée")
    assert (
        "aucune demi-journée de plus ne peut être préférée" in half_days_answer(gains, KnownPart(0, 0, 2, 2)).sentence
    )


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0"), (0.004, "<1"), (0.005, "<1"), (0.006, "1"), (0.874, "87"), (0.9999, ">99"), (1, "100")],
)
def test_a_share_in_a_cell(share, said):
    assert cell_text(share) == said


def test_shares_are_of_the_residents_known(small_world, plain):
    """Commune E, 100 of the 2,100 residents, is off the network."""
    opening = open_shares(small_world.territory(), 15)
    assert plain(hours_answer(opening).sentence) == (
        "Au mieux, le lundi de 9 h à 12 h, 100 % des habitants ont un site ouvert à 15 min ou moins, soit tous ceux "
        "qui en ont un."
    )
    assert part_title("T", opening.part) == "T, 4 communes"
    assert plain(known_note(opening.part)).startswith(
        "Parts et temps calculés sur les 2 000 habitants dont le trajet est connu"
    )
