"""Files and sentences of scenarios and measures of access."""

import csv
import json

import geopandas as gpd
import pytest

from geo import Territory
from geo.access.catchment import catchment
from geo.access.opening import open_shares
from geo.access.sensitivity import sensitivity
from geo.access.time_saved import time_saved
from geo.report import planning_sentences as sentences
from geo.report.scenario_files import (
    access_table,
    write_access,
    write_closure,
    write_comparison,
    write_fragility,
    write_opening,
)
from geo.siting.closure import close_sites
from geo.siting.comparison import compare
from geo.siting.fragility import fragility
from geo.siting.scenario import ChangeHours, CloseSite, MoveSite, OpenSite, Place, Scenario
from geo.siting.scenario_json import scenario_from_json


def build(small_world, **files):
    return Territory.build(
        "64", communes=small_world.communes, sites=small_world.sites, roads=small_world.roads, **files
    )


@pytest.fixture(scope="module")
def territory(small_world):
    return build(small_world, population=small_world.population, tax_offices=small_world.tax_offices)


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def plain(texts):
    """Sentences with ordinary spaces."""
    return [text.replace("\u202f", " ").replace("\u00a0", " ") for text in texts]


def test_a_closure_is_written_whole(territory, tmp_path):
    closure = close_sites(territory, (15, 25), kind="antenne")
    names = write_closure(territory, closure, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    table = {row["code"]: row for row in rows(tmp_path / "comparison.csv")}
    assert (table["64004"]["travel_time_before_min"], table["64004"]["travel_time_after_min"]) == ("0.0", "30.0")
    assert (table["64004"]["under_served_15min_before"], table["64004"]["under_served_15min_after"]) == (
        "false",
        "true",
    )
    assert table["64005"]["delta_min"] == ""
    layer = gpd.read_file(tmp_path / "comparison.gpkg")
    assert layer.crs.to_epsg() == 4326
    assert len(layer) == 5
    content = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    assert content["changes"][0]["residents_lost"] == 500
    assert {"network", "sources", "notes"} <= set(content)
    assert scenario_from_json((tmp_path / "scenario.json").read_text(encoding="utf-8")) == closure.comparison.scenario
    assert json.loads((tmp_path / "closure.json").read_text(encoding="utf-8"))["sites_closed"] == 1


def test_names_cannot_run_in_a_spreadsheet(territory, tmp_path):
    scenario = Scenario("T").then(OpenSite("=1+1", "=HYPERLINK(0)", Place("64002")))
    changed = compare(territory, scenario)
    assert changed.communes.loc["64002", "facility_after"] == "=HYPERLINK(0)"
    write_fragility(territory, fragility(territory), tmp_path)
    write_comparison(territory, changed, tmp_path)
    text = (tmp_path / "comparison.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK(0)" in text
    assert ",=HYPERLINK" not in text


def test_fragility_hours_and_access_are_written(territory, tmp_path):
    write_fragility(territory, fragility(territory), tmp_path)
    first = rows(tmp_path / "fragility.csv")[0]
    assert (first["facility_id"], first["residents_passing"], first["added_min"]) == ("1", "1000.0", "23.33")
    assert rows(tmp_path / "second_site.csv")[1]["residents_with_second"] == "500.0"

    write_opening(territory, open_shares(territory, 15), tmp_path)
    monday = rows(tmp_path / "hours.csv")[0]
    assert (monday["day"], monday["09:00"], monday["12:00"]) == ("lundi", "1.0", "0.0")
    assert rows(tmp_path / "half_days.csv")[0]["hours_known"] == "true"

    capacity = catchment(territory)
    table = access_table(sensitivity(territory, 10.5), capacity, time_saved(territory)[0])
    write_access(territory, table, capacity, {"a": 1}, tmp_path)
    commune = rows(tmp_path / "access.csv")[1]
    assert (commune["code"], commune["flips"], commune["saved_min"]) == ("64002", "true", "0.0")
    assert len(gpd.read_file(tmp_path / "access.gpkg")) == 5
    assert rows(tmp_path / "capacity.csv")[0]["capacity"] == "12.0"


def test_a_scenario_reads_as_plain_french(territory):
    scenario = Scenario(territory.name).then(
        OpenSite("n", "Site de C", Place("64003")),
        CloseSite("3"),
        MoveSite("1", Place(lon=-0.5, lat=43.25)),
        ChangeHours("2", "Mo 09:00-12:30"),
    )
    assert plain(sentences.action_sentences(territory, scenario)) == [
        "Ouvrir « Site de C » dans la commune Commune C.",
        "Fermer « France services La Poste D ».",
        "Déplacer « France services A » à la latitude 43,25000 et la longitude -0,50000.",
        "Changer les horaires de « Bus France services B » : 3,5 h par semaine.",
    ]
    closed = compare(territory, Scenario(territory.name).then(CloseSite("3")), (15,))
    assert plain(sentences.comparison_sentences(closed)) == [
        "À 15 min d'un site, habitants gagnés : 0 ; perdus : 500 (95 % des habitants avant, 71 % après).",
        "À 15 min, communes qui ne sont plus sous-desservies : 0 ; qui le deviennent : 2.",
        "Temps moyen : 4,0 min avant, 8,5 min après, pour les habitants qui ont une route vers un site avant et après.",
        "Habitants dont le trajet raccourcit : 0 ; s'allonge : 500.",
        (
            "Habitants sans temps connu, sans route vers un site ou hors du réseau : 100 avant, 100 après ; "
            "ils n'entrent dans aucune moyenne."
        ),
    ]


def test_a_closure_of_all_tells_of_the_telephone(territory):
    told = plain(sentences.closure_sentences(close_sites(territory)))
    assert told[0] == (
        "Sites fermés : 3, dont 0 avec téléphone, 0 avec adresse électronique, 3 sans l'un ni l'autre ; ouverts : 0."
    )
    assert "ferme : 2 000 ; qui peuvent encore le joindre : 0" in told[1]
    assert "Temps moyen : aucun habitant n'a de route vers un site à la fois avant et après." in told
    assert "Habitants qui perdent toute route vers un site : 2 000 ; en gagnent une : 0." in told


def test_fragility_reads_as_plain_french(territory):
    assert plain(sentences.fragility_sentences(fragility(territory))) == [
        "38 % des habitants (800 sur 2 100) ont un deuxième site à 20 min ou moins ; au moins un : 2 000.",
        "Le site dont dépendent le plus d'habitants est « France services A » : s'il fermait, 1 000 seraient à plus de 20 min.",
    ]


def test_an_unknown_population_is_said_not_counted(small_world):
    territory = build(small_world, tax_offices=small_world.tax_offices)
    unknown = "La population n'est pas connue : aucun habitant ne peut être compté."
    scenario = Scenario(territory.name).then(CloseSite("3"))
    assert sentences.comparison_sentences(compare(territory, scenario))[0] == unknown
    assert sentences.fragility_sentences(fragility(territory)) == [unknown]
