"""Whatever is typed: nothing raises, exact names come first, case and accents count for nothing."""

import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import Territory
from geo.finder.gazetteer import Gazetteer
from geo.finder.search import search_place
from geo.finder.spelling import spelled_out
from geo.settings import Settings
from geo.territory.embedded import read_tables

TERRITORY = Territory.load("64")
EMBEDDED = Gazetteer.of(TERRITORY)
COMMUNES = pd.concat([TERRITORY.communes[["name", "departement"]], TERRITORY.neighbours[["name", "departement"]]])
FORMER = read_tables(Settings.from_environment().data_dir / "france").former
NAMES = list(zip(COMMUNES["name"], COMMUNES["departement"], COMMUNES.index, strict=True))


@given(st.text(max_size=300))
def test_no_text_raises(text):
    for place in search_place(text, EMBEDDED, None).places:
        assert 0 < place.score <= 100
        assert place.commune_code in COMMUNES.index or place.commune_code in FORMER.index


@given(st.sampled_from(NAMES))
def test_a_name_finds_itself_before_any_other_and_its_homonym_by_departement(place):
    name, departement, code = place
    found = EMBEDDED.search(name)
    # Two communes of one name in one département are told apart by their canton, between brackets: homonyms too.
    bare = spelled_out(name.partition(" (")[0])
    same = [spelled_out(each.label.partition(" (")[0].partition(", aujourd'hui")[0]) == bare for each in found]
    assert same == sorted(same, reverse=True)
    assert same[0]
    assert EMBEDDED.search(f"{name} {departement}")[0].commune_code == code
    assert EMBEDDED.search(f"{name} ({departement})")[0].commune_code == code


@given(st.sampled_from(NAMES), st.integers(0, 40), st.sampled_from([str.upper, str.lower, str.swapcase, str.title]))
def test_case_accents_and_hyphens_change_nothing(place, length, change):
    typed = place[0][: length + 3]
    plain = "".join(mark for mark in unicodedata.normalize("NFD", typed) if not unicodedata.combining(mark))
    expected = EMBEDDED.search(typed)
    for other in (change(typed), plain, typed.replace("-", " "), typed.replace("'", "’"), f"  {typed} "):
        assert EMBEDDED.search(other) == expected


@given(st.sampled_from(NAMES), st.integers(1, 6))
def test_more_places_begin_with_the_fewer(place, limit):
    assert EMBEDDED.search(place[0], 6)[:limit] == EMBEDDED.search(place[0], limit)


def test_half_a_surrogate_is_text_too():
    assert EMBEDDED.search("Sare \ud800") == EMBEDDED.search("Sare")
    with pytest.raises(UnicodeEncodeError):
        "\ud800".encode()
