"""What changed between two lists, against lists changed by hand: each row of both is accounted for once."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import Territory
from geo.access.diagnosis import diagnose
from geo.access.list_changes import CHANGES, CLOSED, CONTINUED, OPENED, effect, list_changes, neighbours_lacking
from geo.crs import FRANCE, to_metres
from geo.question import Question


@pytest.fixture(scope="module")
def territory():
    return Territory.load("90")


@pytest.fixture(scope="module")
def sites(territory):
    frame = territory.sites
    return frame[territory.holds(frame)].reset_index(drop=True)


def changed(frame, row, **cells):
    made = frame.copy()
    for name, value in cells.items():
        if name == "point":
            made.loc[row, "geometry"] = gpd.points_from_xy([value[0]], [value[1]])[0]
        else:
            made.loc[row, name] = value
    return made


def beside(sites, metres):
    """The place so far to the east of the first site."""
    place = to_metres(FRANCE).transform(sites.geometry.iloc[0].x, sites.geometry.iloc[0].y)
    return to_metres(FRANCE).transform(place[0] + metres, place[1], direction="INVERSE")


def row_of(changes, facility_id):
    return changes.sites.set_index("facility_id").loc[facility_id]


def test_a_list_beside_itself_has_changed_in_nothing(sites):
    changes = list_changes(sites, sites.sample(frac=1, random_state=1))
    assert (changes.sites["status"] == CONTINUED).all()
    assert not changes.sites[list(CHANGES)].to_numpy().any()
    assert (changes.rows_before, changes.rows_after) == (len(sites), len(sites))


def test_opened_and_closed_sites_are_those_of_one_list_only(sites):
    changes = list_changes(sites.iloc[2:], sites.iloc[:-1])
    assert set(changes.of(OPENED)["facility_id"]) == set(sites["facility_id"].iloc[:2])
    assert changes.of(CLOSED)["facility_id"].tolist() == [sites["facility_id"].iloc[-1]]
    assert changes.of(OPENED)["facility_id_before"].isna().all()


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"name": "Un tout autre nom"}, "renamed"),
        ({"phone": "01 02 03 04 05"}, "contacts_changed"),
        ({"email": "autre@exemple.fr"}, "contacts_changed"),
        ({"opening_hours": "Mo 08:00-09:00"}, "hours_changed"),
        ({"kind": "bus"}, "kind_changed"),
    ],
)
def test_each_change_is_told_alone(sites, cells, what):
    row = int(np.flatnonzero(sites[["phone", "email", "opening_hours"]].notna().all(axis=1))[0])
    changes = list_changes(sites, changed(sites, row, **cells))
    told = row_of(changes, sites["facility_id"].iloc[row])
    assert [name for name in CHANGES if told[name]] == [what]
    assert changes.sites[list(CHANGES)].to_numpy().sum() == 1


def test_the_same_contacts_written_otherwise_have_not_changed(sites):
    first = changed(sites, 0, phone="03 84 00 00 00", email="Site@Exemple.fr", website="https://www.exemple.fr/")
    second = changed(sites, 0, phone="+33384000000", email="site@exemple.fr", website="http://exemple.fr")
    second.loc[0, "phone"] = "0384000000"
    assert not list_changes(first, second).sites["contacts_changed"].any()


@pytest.mark.parametrize(
    ("before", "after", "renamed"),
    [
        ("Delle", "France services de Delle", False),
        ("Espace France Services - Delle", "France services Delle", False),
        ("France Services", "France services de Delle", True),
        ("Delle", "France services La Poste de Delle", True),
        ("Delle", "Bus France services de Delle", True),
    ],
)
def test_the_words_of_the_label_before_a_name_do_not_rename_it(sites, before, after, renamed):
    told = list_changes(changed(sites, 0, name=before), changed(sites, 0, name=after)).sites
    assert told["renamed"].sum() == renamed


def test_what_a_list_tells_of_no_site_has_not_changed_and_of_one_has(sites):
    silent = sites.assign(opening_hours=pd.array([pd.NA] * len(sites), "string"))
    told = list_changes(silent, sites)
    assert (told.sites["hours_changed"].any(), told.untold) == (False, ("opening_hours",))
    row = int(np.flatnonzero(sites["opening_hours"].notna())[0])
    less = changed(sites, row, opening_hours=pd.NA)
    for lists in ((less, sites), (sites, less)):
        told = list_changes(*lists)
        assert told.sites.loc[told.sites["hours_changed"], "facility_id"].tolist() == [sites["facility_id"].iloc[row]]
        assert told.untold == ()
    no_antennes = sites.assign(kind=sites["kind"].replace("antenne", "main"))
    assert not list_changes(no_antennes, sites).sites["kind_changed"].any()


def test_a_moved_site_keeps_its_number_and_tells_how_far(sites):
    point = sites.geometry.iloc[0]
    moved = changed(sites, 0, point=(point.x, point.y + 0.01))
    told = row_of(list_changes(sites, moved), sites["facility_id"].iloc[0])
    assert told["moved"]
    assert told["moved_m"] == pytest.approx(1112, rel=0.005)  # a hundredth of a degree of latitude


@pytest.mark.parametrize(("metres", "moved"), [(199.5, False), (200.5, True)])
def test_two_hundred_metres_are_no_move(sites, metres, moved):
    assert list_changes(sites, changed(sites, 0, point=beside(sites, metres))).sites["moved"].sum() == moved


@pytest.mark.parametrize(("metres", "status"), [(99.5, [CONTINUED]), (100.5, [OPENED, CLOSED])])
def test_a_hundred_metres_are_the_same_place(sites, metres, status):
    other = changed(sites.iloc[:1], 0, point=beside(sites, metres), name="Un tout autre nom", facility_id="new")
    assert list_changes(sites.iloc[:1], other).sites["status"].tolist() == status


def test_other_numbers_are_found_again_by_name_then_by_place(sites):
    renumbered = sites.assign(facility_id=("n" + sites["facility_id"]).astype("string"))
    assert not (list_changes(sites, renumbered).sites["status"] != CONTINUED).any()
    unnamed = changed(renumbered, 0, name="Un tout autre nom")
    told = row_of(list_changes(sites, unnamed), unnamed["facility_id"].iloc[0])
    assert told["status"] == CONTINUED
    assert told["renamed"]
    assert told["facility_id_before"] == sites["facility_id"].iloc[0]


def test_of_two_sites_near_one_the_nearer_is_found_again_in_it(sites):
    point = sites.geometry.iloc[0]
    away = [changed(sites.iloc[:1], 0, point=(point.x, point.y + degrees)) for degrees in (0.0008, 0.0004)]  # 89, 44 m
    two = pd.concat([each.assign(facility_id=n, name=n) for n, each in zip("ab", away, strict=True)], ignore_index=True)
    one = sites.iloc[:1]
    for old, new, left in ((two, one, CLOSED), (one, two, OPENED)):
        told = list_changes(old, new).sites
        assert told["status"].tolist() == [left, CONTINUED]
        assert told["moved_m"].iloc[1] == pytest.approx(44.5, abs=0.5)


def test_a_number_used_again_elsewhere_is_another_site(sites):
    other = changed(
        sites, 0, name="Un tout autre nom", commune_code="01001", commune_name="Ailleurs", point=(4.9, 46.15)
    )
    changes = list_changes(sites, other)
    assert changes.of(OPENED)["name"].tolist() == ["Un tout autre nom"]
    assert changes.of(CLOSED)["name"].tolist() == [sites["name"].iloc[0]]
    nowhere = list_changes(sites, changed(other, 0, commune_code=pd.NA))
    assert (nowhere.sites["status"] == CONTINUED).all(), "its commune is not told to be another one"


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_each_row_is_accounted_for_once(sites, data):
    """Whatever rows are left out, renumbered and renamed on both sides."""
    sides = []
    for _ in range(2):
        rows = data.draw(st.lists(st.integers(0, len(sites) - 1), unique=True))
        side = sites.iloc[rows].reset_index(drop=True)
        numbers = data.draw(st.permutations(range(len(rows)))) if data.draw(st.booleans()) else range(len(rows))
        side["facility_id"] = pd.array([sites["facility_id"].iloc[rows[n]] for n in numbers], "string")
        sides.append(side)
    changes = list_changes(*sides)
    for side, column, left_out in ((sides[0], "facility_id_before", OPENED), (sides[1], "facility_id", CLOSED)):
        told = changes.sites.loc[changes.sites["status"] != left_out, column]
        assert sorted(told) == sorted(side["facility_id"])


def test_whom_it_concerns_is_counted_point_by_point(territory, sites):
    few = territory.with_sites(sites.iloc[:1].reset_index(drop=True), why={"list": "few"})
    before, after = (diagnose(area, question=Question(10)) for area in (few, territory))
    found = effect(before, after)
    people = territory.communes["population"].astype(float)
    within = [each.coverage["travel_time_min"].le(10).fillna(value=False).astype(bool) for each in (before, after)]
    assert found.residents_gained == people[within[1] & ~within[0]].sum() > 0
    assert found.residents_lost == 0
    sides = [each.coverage["under_served"].astype(bool) for each in (before, after)]
    assert set(found.communes.index) == set(sides[0].index[sides[0] != sides[1]])
    assert not found.communes["under_served"].any()


def test_a_place_whose_time_is_not_known_is_neither_gained_nor_lost(territory):
    before = diagnose(territory, question=Question(10))
    unknown = before.times.assign(travel_time_min=before.times["travel_time_min"].astype("Float64"))
    unknown.loc[unknown.index, "travel_time_min"] = pd.NA
    after = replace(before, times=unknown)
    assert (effect(after, after).residents_gained, effect(after, after).residents_lost) == (0, 0)
    assert effect(after, before).residents_gained == effect(before, after).residents_lost > 0


def test_a_time_at_exactly_the_threshold_is_within_it(territory):
    """As everywhere: a rounding of the sum of a trip takes nobody out."""
    before = diagnose(territory, question=Question(10))
    beyond, at = (replace(before, times=before.times.assign(travel_time_min=minutes)) for minutes in (11.0, 10 + 1e-9))
    people = territory.communes["population"].astype(float).sum()
    assert effect(beyond, at).residents_gained == pytest.approx(people)


def test_rows_of_both_lists_within_a_territory_are_counted(territory, sites):
    """One site opened here and another one elsewhere, all the others of before closed."""
    elsewhere = changed(
        sites.iloc[:1], 0, name="Un tout autre nom", commune_code="01001", commune_name="Ailleurs", point=(4.9, 46.15)
    ).assign(facility_id="new")
    here = list_changes(sites.iloc[1:], pd.concat([sites.iloc[:1], elsewhere], ignore_index=True)).within(territory)
    assert (len(here.of(OPENED)), len(here.of(CLOSED))) == (1, len(sites) - 1)
    assert (here.rows_before, here.rows_after) == (len(sites) - 1, 1)


def test_sites_of_neighbours_in_one_list_only_are_counted_apart(territory, sites):
    around = territory.sites[~territory.holds(territory.sites)]
    here = list_changes(sites, pd.concat([sites, around])).within(territory)
    assert (here.neighbours_opened, here.neighbours_closed) == (len(around), 0)
    assert (here.sites["status"] == CONTINUED).all()
    # A list without any site of a département says nothing of it; one that has another site of it does.
    departements = around["commune_code"].str[:2]
    told = pd.concat([sites, around[departements == "70"].iloc[:1]])
    lacking = neighbours_lacking(told, territory.sites, territory)
    assert set(lacking["facility_id"]) == set(around.loc[departements != "70", "facility_id"])
    assert neighbours_lacking(territory.sites, sites, territory).empty
    here = list_changes(told, territory.sites).within(territory, set(lacking["commune_code"]))
    assert here.neighbours_opened == (departements == "70").sum() - 1 > 0
