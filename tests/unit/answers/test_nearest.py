"""The answer in French sentences."""

import pytest

from geo.answers.nearest import answer_sentence, trip_words
from geo.finder.opening_times import OpeningStatus
from geo.finder.wishes import Wishes

CLOSED = OpeningStatus("closed", "Fermé, ouvre mercredi 25 novembre à 9 h")


@pytest.mark.parametrize(
    ("minutes", "kilometres", "words"),
    [
        (12.4, 9.04, "12 min (9,0 km)"),
        (0.2, 0.1, "1 min (0,1 km)"),
        (59.5, 70.6, "1 h 00 (71 km)"),
        (65.0, None, "1 h 05"),
        (125.2, 1234.0, "2 h 05 (1 234 km)"),
    ],
)
def test_a_trip(minutes, kilometres, words):
    assert trip_words(minutes, kilometres).replace("\u00a0", " ").replace("\u202f", " ") == words


def said(answer, wishes=None) -> str:
    return answer_sentence(answer, wishes or Wishes(at=None)).replace("\u00a0", " ")


def test_the_nearest_is_open(make_answer):
    assert said(make_answer()) == "Le plus proche : France services 1, 12 min (9,0 km), ouvert jusqu'à 17 h."


def test_the_nearest_is_closed_and_another_is_open(make_answer, make_site):
    sites = (make_site("1", status=CLOSED), make_site("2", travel_time_min=20.0, distance_km=15.0))
    assert said(make_answer(sites=sites)) == (
        "Le plus proche : France services 1, 12 min (9,0 km), fermé, ouvre mercredi 25 novembre à 9 h. "
        "Le plus proche ouvert : France services 2, 20 min (15 km), ouvert jusqu'à 17 h."
    )


def test_a_moment_is_named(make_answer):
    answer = make_answer()
    assert said(answer, Wishes(at=answer.at)).startswith(
        "Mardi 24 novembre à 10 h, le plus proche ouvert : France services 1, 12 min"
    )


def test_nothing_is_found(make_answer):
    answer = make_answer(sites=())
    assert said(answer) == "Aucun site ne correspond à vos choix."
    assert said(answer, Wishes(open_then=True)) == "Aucun site ouvert ne correspond à vos choix."
    assert (
        said(answer, Wishes(at=answer.at)) == "Mardi 24 novembre à 10 h, aucun site ouvert ne correspond à vos choix."
    )


def test_nothing_is_open_but_a_site_is_near(make_answer, make_site):
    answer = make_answer(sites=(), none_open=(make_site("1", status=CLOSED),))
    assert said(answer, Wishes(open_then=True)) == (
        "Aucun site ouvert ne correspond à vos choix. "
        "Le plus proche : France services 1, 12 min (9,0 km), fermé, ouvre mercredi 25 novembre à 9 h."
    )


def test_no_road_leads_there(make_answer, make_site):
    answer = make_answer(sites=(make_site("1", travel_time_min=None, distance_km=None),))
    assert said(answer) == "Le plus proche : France services 1, ouvert jusqu'à 17 h."
