"""Scenarios against territories built anew from the changed list of sites, and against files meant to harm."""

import csv
import json

import numpy as np
import pandas as pd
import pytest

from geo.errors import MaillageError, ParameterError
from geo.siting.scenario import ChangeHours, CloseSite, MoveSite, OpenSite, Place, Scenario, apply
from geo.siting.scenario_json import scenario_from_json, scenario_to_json

ALL = Scenario("Pyrénées-Atlantiques", "Tout").then(
    OpenSite("nouveau-1", "Site de C", Place("64003"), "Mo 09:00-12:00"),
    CloseSite("1"),
    MoveSite("3", Place(lon=-0.5, lat=43.3)),
    ChangeHours("2", "Sa 09:00-12:00"),
)


def build(small_world, sites=None):
    return small_world.territory(sites=sites or small_world.sites)


@pytest.fixture(scope="module")
def territory(small_world):
    return build(small_world)


@pytest.fixture(scope="module")
def centre(territory):
    """Position of a commune's residents, as written in a site list."""

    def find(code: str) -> tuple[float, float]:
        row = territory.communes.loc[code]
        return float(row["lon"]), float(row["lat"])

    return find


def rebuilt(small_world, tmp_path, change):
    """Build the territory again from the site list, each row changed; `change` returns the rows that stay."""
    with small_world.sites.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    path = tmp_path / "changed.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(rows[0]))
        table.writeheader()
        table.writerows(change(rows))
    return build(small_world, path)


def same_times(scenario_territory, built, **counted):
    columns = ["commune_code", "travel_time_min", "distance_km"]
    pd.testing.assert_frame_equal(
        scenario_territory.travel_times(**counted)[columns], built.travel_times(**counted)[columns]
    )


def test_opening_is_building_with_one_more_row(small_world, territory, centre, tmp_path):
    lon, lat = centre("64003")

    def change(rows):
        opened = dict(rows[0], id_fs="9", lib_fs="Site de C", longitude=repr(lon), latitude=repr(lat))
        return [*rows, opened]

    by_code = apply(territory, Scenario(territory.name).then(OpenSite("n", "Site de C", Place("64003"))))
    by_position = apply(territory, Scenario(territory.name).then(OpenSite("n", "Site de C", Place(lon=lon, lat=lat))))
    built = rebuilt(small_world, tmp_path, change)
    same_times(by_code, built)
    same_times(by_position, built)
    row = by_position.sites.iloc[-1]
    assert (row["commune_code"], row["commune_name"], row["departement"]) == ("64003", "Commune C", "64")
    assert row["kind"] == "main"
    pd.testing.assert_series_equal(row, by_code.sites.iloc[-1])


def test_closing_is_building_without_the_row(small_world, territory, tmp_path):
    built = rebuilt(small_world, tmp_path, lambda rows: [row for row in rows if row["id_fs"] != "1"])
    same_times(apply(territory, Scenario(territory.name).then(CloseSite("1"))), built, kinds={"main", "antenne", "bus"})


def test_moving_is_building_with_another_position(small_world, territory, centre, tmp_path):
    lon, lat = centre("64002")

    def change(rows):
        return [dict(row, longitude=repr(lon), latitude=repr(lat)) if row["id_fs"] == "3" else row for row in rows]

    moved = apply(territory, Scenario(territory.name).then(MoveSite("3", Place("64002"))))
    same_times(moved, rebuilt(small_world, tmp_path, change))
    site = moved.sites.set_index("facility_id").loc["3"]
    assert (site["commune_code"], site["name"]) == ("64002", "France services La Poste D")
    assert pd.isna(site["address"])  # that was its former door
    assert moved.sites["facility_id"].to_list() == territory.sites["facility_id"].to_list()


def test_hours_change_and_nothing_else(territory):
    changed = apply(territory, Scenario(territory.name).then(ChangeHours("1", "Sa 09:00-12:00"), ChangeHours("2", "")))
    assert changed.sites["opening_hours"].to_list()[:2] == ["Sa 09:00-12:00", ""]
    pd.testing.assert_frame_equal(
        changed.sites.drop(columns="opening_hours"), territory.sites.drop(columns="opening_hours")
    )
    pd.testing.assert_frame_equal(changed.travel_times(), territory.travel_times())


def test_an_opened_site_can_be_moved_changed_and_closed(territory):
    scenario = Scenario(territory.name).then(
        OpenSite("n", "Nouveau", Place("64003")), MoveSite("n", Place("64002")), ChangeHours("n", "Tu 09:00-12:00")
    )
    site = apply(territory, scenario).sites.set_index("facility_id").loc["n"]
    assert (site["commune_code"], site["opening_hours"]) == ("64002", "Tu 09:00-12:00")
    closed = apply(territory, scenario.then(CloseSite("n")))
    pd.testing.assert_frame_equal(closed.sites, territory.sites)


def test_undo_drops_the_last_action():
    assert ALL.undo().actions == ALL.actions[:-1]
    empty = Scenario("T")
    assert empty.undo() == empty
    assert len(ALL.actions) == 4  # the one undone is another


def test_the_network_and_the_residents_are_shared_and_the_change_is_said(territory):
    changed = apply(territory, Scenario(territory.name, "Essai").then(CloseSite("1")))
    assert changed.network is territory.network
    assert changed.demand_on_network is territory.demand_on_network
    assert changed.fingerprint != territory.fingerprint
    assert changed.manifest.facilities["sites"] == len(territory.sites) - 1
    assert changed.manifest.scenario["name"] == "Essai"
    assert "1" in territory.sites["facility_id"].to_list()


def test_all_sites_closed_leaves_no_time(territory):
    closed = apply(territory, Scenario(territory.name).then(*map(CloseSite, territory.sites["facility_id"])))
    assert closed.sites.empty
    times = closed.times_to(closed.sites)
    assert times["travel_time_min"].isna().all()
    assert times["facility_id"].isna().all()
    assert times["on_network"].to_list() == territory.travel_times()["on_network"].to_list()


def test_new_ids_are_free():
    scenario = Scenario("T").then(OpenSite("nouveau-1", "A", Place("64001")))
    assert scenario.new_id() == "nouveau-2"
    assert Scenario("T").new_id() == "nouveau-1"
    assert Scenario("T").then(OpenSite("nouveau-2", "A", Place("64001"))).new_id() == "nouveau-1"


def test_all_faults_are_told_at_once_with_the_territory_meant(territory):
    scenario = Scenario("Landes", "Essai").then(
        CloseSite("404"),
        CloseSite("1"),
        MoveSite("1", Place("64002")),
        OpenSite("3", "Déjà pris", Place("64002")),
        OpenSite("n", "Ailleurs", Place("75056")),
        OpenSite("m", "En mer", Place(lon=-3.0, lat=44.0)),
    )
    with pytest.raises(ParameterError) as refusal:
        apply(territory, scenario)
    text = str(refusal.value)
    for part in (
        "action 1 : le site « 404 » n'est pas de ce territoire",
        "action 3 : le site « 1 » est déjà fermé",
        "action 4 : l'identifiant « 3 » est celui d'un site",
        "action 5 : la commune « 75056 » n'est pas de ce territoire",
        "action 6 : la position",
        "fait pour « Landes », le territoire ouvert est « Pyrénées-Atlantiques »",
    ):
        assert part in text


def test_a_place_is_a_commune_or_a_position():
    for wrong in (
        {},
        {"lon": 1.0},
        {"commune_code": "64001", "lon": 1.0, "lat": 43.0},
        {"lon": np.nan, "lat": 43.0},
        {"lon": 1.0, "lat": 91},
        {"lon": True, "lat": 43.0},
        {"commune_code": ""},
    ):
        with pytest.raises(ParameterError):
            Place(**wrong)


def test_a_scenario_round_trips_and_names_no_path():
    text = scenario_to_json(ALL)
    assert scenario_from_json(text) == ALL
    content = json.loads(text)
    assert content["format"] == 1
    assert content["territory"] == "Pyrénées-Atlantiques"
    assert content["actions"][0] == {
        "action": "open",
        "id": "nouveau-1",
        "name": "Site de C",
        "commune": "64003",
        "hours": "Mo 09:00-12:00",
    }


OPEN = {"action": "open", "id": "n", "name": "N", "commune": "64001"}


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ({"format": 2}, "(format trouvé : 2)"),
        ({"format": True}, "(format trouvé : True)"),
        (
            {"format": None},
            "ce n'est pas un scénario au format 1, le seul lu (aucun format n'y est indiqué). Un fichier",
        ),
        ({"actions": {}}, "n'est pas une liste"),
        ({"actions": [7]}, "action 1 : un objet est attendu"),
        ({"actions": [{"action": ["open"]}]}, "action 1"),
        ({"actions": [{"action": "burn", "id": "1"}]}, "« burn » inconnue"),
        ({"actions": [{"action": "close"}]}, "« id » absent"),
        ({"actions": [{"action": "close", "id": 1}]}, "n'est pas un texte"),
        ({"actions": [{"action": "close", "id": ""}]}, "identifiant absent"),
        ({"actions": [{"action": "close", "id": "1", "path": "/etc"}]}, "« path » n'est pas attendu"),
        ({"actions": [dict(OPEN, name="x" * 10_000)]}, "trop long"),
        ({"actions": [dict(OPEN, name="a\u202eb")]}, "caractères de contrôle"),
        ({"actions": [dict(OPEN, name="\ud800")]}, "caractères de contrôle"),
        ({"actions": [dict(OPEN, hours=["Mo"])]}, "horaires"),
        ({"actions": [dict(OPEN, hours="tous les jours")]}, "illisibles"),
        ({"actions": [dict(OPEN, hours="Mo 12:00-09:00")]}, "inversé"),
        ({"actions": [dict(OPEN, hours="Apr-Sep Mo 09:00-12:00")]}, "changent dans l'année"),
        ({"actions": [OPEN, OPEN]}, "2 ouvertures de « n »"),
        ({"actions": [{"action": "move", "id": "1"}]}, "sont attendus"),
        ({"actions": [{"action": "move", "id": "1", "lon": "1", "lat": "2"}]}, "des degrés sont attendus"),
        ({"actions": [{"action": "move", "id": "1", "lon": 10**400, "lat": 2}]}, "des degrés sont attendus"),
        ({"actions": [{"action": "close", "id": "1"}] * 5_001}, "au plus 5000"),
        ({"name": None}, "nom du scénario"),
        ({"territory": 64}, "nom du territoire"),
        ({"extra": 1}, "« extra » n'est pas attendu"),
    ],
)
def test_a_text_that_is_no_scenario_is_refused_in_one_sentence(damage, said):
    content = json.loads(scenario_to_json(ALL)) | damage
    with pytest.raises(ParameterError) as refusal:
        scenario_from_json(json.dumps(content))
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "3",
        '"format"',
        "[" * 200_000,
        '{"a":' * 100_000,
        '{"format": NaN}',
        '{"format": -Infinity}',
        '{"format": 1, "format": 1}',
        '{"format": ' + "9" * 5_000 + "}",
        '{"format": 1, "name": "x", "territory": "y", "actions": [{"action":"move","id":"1","lon":1e999,"lat":2}]}',
        "x" * 1_000_001,
    ],
)
def test_hostile_texts_are_refused(text):
    with pytest.raises(ParameterError, match="Scénario"):
        scenario_from_json(text)


def test_every_fault_of_a_file_is_listed():
    content = json.loads(scenario_to_json(ALL))
    content["actions"] = [{"action": "close", "id": 1}, {"action": "close"}, {"action": "close", "id": "1"}]
    with pytest.raises(MaillageError, match=r"action 1 : .* ; action 2 : "):
        scenario_from_json(json.dumps(content))


@pytest.mark.parametrize("half", [{"lon": 1.0}, {"lat": 43.0}, {}, {"commune_code": "64001", "lat": 43.0}])
def test_half_a_position_says_what_is_expected(half):
    with pytest.raises(ParameterError, match="un code de commune, ou une longitude et une latitude, sont attendus"):
        Place(**half)
