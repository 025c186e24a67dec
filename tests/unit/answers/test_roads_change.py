"""What real roads change: counted again by hand on the small world, and told rightly where little is known."""

from dataclasses import replace

import pandas as pd
import pytest

from geo import Territory
from geo.access.diagnosis import diagnose
from geo.answers.roads_change import CHANGED_COLUMNS, replaces_estimate, roads_change
from geo.answers.tables import COLUMNS
from geo.question import Question

QUESTION = Question(20)


@pytest.fixture(scope="module")
def pair(small_world):
    """The small world estimated, and on its real roads."""
    files = {"communes": small_world.communes, "sites": small_world.sites, "population": small_world.population}
    estimated = Territory.build("64", **files, roads="approximate")
    return estimated, Territory.build("64", **files, roads=small_world.roads)


def compared(estimated, by_road, question=QUESTION):
    before, after = diagnose(estimated, question=question), diagnose(by_road, question=question)
    change = roads_change(before, after, estimated=estimated.manifest, by_road=by_road.manifest)
    return change, before.coverage, after.coverage


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("threshold", "changing"), [(5, 0), (12, 2), (15, 2), (20, 0)])
def test_communes_that_change_side_are_those_counted_by_hand(pair, threshold, changing, turned):
    change, before, after = compared(*(pair[::-1] if turned else pair), Question(threshold))
    expected = {}
    for code in after.index:
        old, new = before.loc[code], after.loc[code]
        if pd.isna(old["under_served"]) or pd.isna(new["under_served"]):
            continue
        if bool(old["under_served"]) != bool(new["under_served"]):
            expected[code] = "sous-desservie" if new["under_served"] else "desservie"
    table = change.communes
    assert table["becomes"].to_dict() == expected
    assert len(expected) == changing
    assert set(expected.values()) <= {"sous-desservie" if turned else "desservie"}
    assert table["population"].is_monotonic_decreasing
    assert tuple(table.columns) == CHANGED_COLUMNS
    assert set(CHANGED_COLUMNS) <= set(COLUMNS)
    both = table["by_road_min"].notna() & table["estimated_min"].notna()
    assert (table["delta_min"] == table["by_road_min"] - table["estimated_min"])[both].all()


def test_shares_and_medians_are_of_the_communes_known_on_both_sides(pair, plain):
    """E has no road: neither side counts its residents. A and D, which hold sites, are near in any case."""
    change, before, after = compared(*pair, Question(12))
    shared = after.index[after["under_served"].notna() & before["under_served"].notna()]
    assert list(shared) == ["64001", "64002", "64003", "64004"]
    assert plain(change.answer.sentence).startswith(
        "Par les routes, 100 % des habitants sont à 12 min ou moins d'un site France services, contre 60 % selon"
    )
    assert [plain(line) for line in change.answer.details] == [
        "2 communes ne sont plus sous-desservies (800 habitants) ; Commune B et Commune C."
    ]
    assert "Comparaison sur 4 communes sur 5" in plain(change.answer.notes[0])
    assert change.to_dict()["sentence"] == change.answer.sentence


def test_the_same_territory_twice_changes_nothing(pair, plain):
    change, _, _ = compared(pair[1], pair[1])
    assert change.communes.empty
    assert change.answer.details == ("Aucune commune ne change de côté du seuil.",)
    assert not any("seules en cause" in note for note in change.answer.notes)
    assert plain(change.answer.figures[2].value) == "0"


def test_what_else_differs_is_said(pair, plain):
    estimated, by_road = pair
    sources = [
        replace(each, vintage="2026-10-05") if "structures" in each.dataset else each
        for each in by_road.manifest.sources
    ]
    network = replace(by_road.manifest.network, profile="fluide")
    other = replace(
        by_road, manifest=replace(by_road.manifest, sources=sources, population_points="carreaux", network=network)
    )
    (note,) = [each for each in compared(estimated, other)[0].answer.notes if "seules en cause" in each]
    assert "la liste des sites (" in note
    assert "puis 5 octobre 2026)" in plain(note)
    assert "(communes, puis carreaux)" in note
    assert "(courant, puis fluide)" in note


def test_no_commune_in_common(pair):
    estimated, by_road = pair
    before, after = diagnose(estimated, question=QUESTION), diagnose(by_road, question=QUESTION)
    elsewhere = replace(before, coverage=before.coverage.rename(index=lambda code: f"65{code[2:]}"))
    change = roads_change(elsewhere, after, estimated=estimated.manifest, by_road=by_road.manifest)
    assert "rien ne peut être comparé" in change.answer.sentence
    assert change.communes.empty


def test_unknown_residents(small_world, plain):
    files = {"communes": small_world.communes, "sites": small_world.sites}
    estimated = Territory.build("64", **files, roads="approximate")
    by_road = Territory.build("64", **files, roads=small_world.roads)
    change, before, after = compared(estimated, by_road, Question(14))
    assert plain(change.answer.sentence) == "La population n'est pas connue : aucun habitant ne peut être compté."
    assert (before["travel_time_min"] != after["travel_time_min"]).any()
    assert all("population inconnue" in line for line in change.answer.details if "desservie" in line)


def test_only_a_departement_on_real_roads_replaces_an_estimate(pair):
    estimated, by_road = pair
    assert replaces_estimate(by_road.manifest)
    assert not replaces_estimate(estimated.manifest)
    assert not replaces_estimate(replace(by_road.manifest, departement=None))
    assert not replaces_estimate(replace(by_road.manifest, scenario={}))
    assert not replaces_estimate(replace(by_road.manifest, own_files={}))
