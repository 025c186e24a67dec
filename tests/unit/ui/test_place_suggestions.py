"""Places offered while one types: which, and what becomes of the one that is chosen."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from geo import Territory
from geo.finder.gazetteer import Gazetteer
from geo.ui.components.place_suggestions import MOST_SUGGESTED, more_suggested, suggested_places


@pytest.fixture(scope="module")
def france():
    return Gazetteer.of(Territory.load())


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("bedou", "Bedous (64)"),
        ("st jean de lu", "Saint-Jean-de-Luz (64)"),
        ("gouret", "Gourette, hameau d'Eaux-Bonnes (64)"),
        ("Pau", "Pau (64)"),
        ("64310", "64310 Saint-Pée-sur-Nivelle"),
    ],
)
def test_the_place_that_is_begun_comes_first(france, typed, first):
    found = suggested_places(typed, france)
    assert found[0].label == first
    assert len(found) <= MOST_SUGGESTED


@pytest.mark.parametrize("typed", ["12 rue Gambetta", "12 r", "zzzz", "", "  ", "99999", "\u202e\x00", "a" * 300])
def test_nothing_is_offered_of_an_address_or_of_what_no_name_begins_with(france, typed):
    assert suggested_places(typed, france) == []


@pytest.mark.parametrize("typed", ["bruxelles", "bruxell", "Genève", "Liège, Belgique", "san sebastian"])
def test_no_commune_is_offered_for_a_town_abroad(france, typed):
    assert suggested_places(typed, france) == []


def test_a_commune_that_begins_as_a_town_abroad_is_offered(france):
    assert suggested_places("rome", france)[0].label == "Romenay (71)"


@pytest.mark.parametrize(
    ("typed", "more"),
    [
        ("castill", "continuez à écrire"),
        ("castillon", "Entrée pour en voir plus"),
        ("20167", "Entrée pour en voir plus"),
    ],
)
def test_how_many_more_begin_so_is_told_and_how_to_see_them(france, typed, more):
    shown = len(suggested_places(typed, france))
    others = max(france.count(typed), france.count_begun(typed)) - shown
    assert more_suggested(typed, france, shown) == f"et {others} autres : {more}"


@pytest.mark.parametrize("typed", ["espelette", "64310", "xyz", "castillon 64"])
def test_nothing_more_is_told_where_all_are_shown(france, typed):
    assert more_suggested(typed, france, len(suggested_places(typed, france))) == ""


def test_one_more_is_singular(monkeypatch, france):
    monkeypatch.setattr(france, "count", lambda text: 6)  # noqa: ARG005 - as the true one is called
    assert more_suggested("xyz", france, 5) == "et 1 autre : Entrée pour en voir plus"


_PAGE = """
import streamlit as st
from geo import Territory
from geo.finder.gazetteer import Gazetteer
from geo.ui.components import place_suggestions as shown

gazetteer = Gazetteer.of(Territory.load("64"))
shown.place_suggestions("Où êtes-vous ?", lambda: gazetteer, lambda place: st.write(place.label))
"""


def test_what_was_typed_is_answered_once_and_forgotten():
    app = AppTest.from_string(_PAGE, default_timeout=60)
    app.session_state["place_typed"] = "bedou"
    app.run()
    told = [json.loads(each.proto.json) for each in app.get("bidi_component")]
    assert [each["places"] for each in told] == [["Bedous (64)"]]
    assert told[0]["said"] == "1 lieu proposé : flèche vers le bas pour choisir."
    assert "place_typed" not in app.session_state
    app.session_state["place_typed"] = "saint-jean"
    app.run()
    (told,) = [json.loads(each.proto.json) for each in app.get("bidi_component")]
    assert told["more"].startswith("et ")
    assert told["said"] == f"5 lieux proposés ({told['more']}) : flèche vers le bas pour choisir."
    app.run()
    (told,) = [json.loads(each.proto.json) for each in app.get("bidi_component")]
    assert (told["typed"], told["places"], told["more"], told["said"]) == ("", [], "", "")
