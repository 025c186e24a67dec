"""Whatever is typed: nothing raises, exact names come first, case and accents count for nothing."""

import functools
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


@functools.cache
def embedded():
    """Index the names of the territory when a test runs, not in every process that only reads which tests there are."""
    return Gazetteer.of(_territory())


@functools.cache
def _territory():
    return Territory.load("64")


@functools.cache
def communes():
    territory = _territory()
    return pd.concat([territory.communes[["name", "departement"]], territory.neighbours[["name", "departement"]]])


NAMES = st.deferred(
    lambda: st.sampled_from(list(zip(communes()["name"], communes()["departement"], communes().index, strict=True)))
)


@given(st.text(max_size=300))
def test_no_text_raises(text):
    former = read_tables(Settings.from_environment().data_dir / "france").former.index
    for place in search_place(text, embedded(), None).places:
        assert 0 < place.score <= 100
        assert place.commune_code in communes().index or place.commune_code in former


@given(NAMES)
def test_a_name_finds_itself_before_any_other_and_its_homonym_by_departement(place):
    name, departement, code = place
    found = embedded().search(name)
    # Two communes of one name in one département are told apart by their canton, between brackets: homonyms too.
    bare = spelled_out(name.partition(" (")[0])
    same = [spelled_out(each.label.partition(" (")[0].partition(", aujourd'hui")[0]) == bare for each in found]
    assert same == sorted(same, reverse=True)
    assert same[0]
    assert embedded().search(f"{name} {departement}")[0].commune_code == code
    assert embedded().search(f"{name} ({departement})")[0].commune_code == code


@given(NAMES, st.integers(0, 40), st.sampled_from([str.upper, str.lower, str.swapcase, str.title]))
def test_case_accents_and_hyphens_change_nothing(place, length, change):
    typed = place[0][: length + 3]
    plain = "".join(mark for mark in unicodedata.normalize("NFD", typed) if not unicodedata.combining(mark))
    expected = embedded().search(typed)
    for other in (change(typed), plain, typed.replace("-", " "), typed.replace("'", "’"), f"  {typed} "):
        assert embedded().search(other) == expected


@given(NAMES, st.integers(1, 6))
def test_more_places_begin_with_the_fewer(place, limit):
    assert embedded().search(place[0], 6)[:limit] == embedded().search(place[0], limit)


def test_half_a_surrogate_is_text_too():
    assert embedded().search("Sare \ud800") == embedded().search("Sare")
    with pytest.raises(UnicodeEncodeError):
        "\ud800".encode()
