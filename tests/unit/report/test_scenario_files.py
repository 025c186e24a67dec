"""Files and sentences of scenarios and measures of access."""

import json

import geopandas as gpd
import pytest

from geo.access.catchment import catchment
from geo.access.opening import open_shares
from geo.access.sensitivity import sensitivity
from geo.access.time_saved import time_saved
from geo.report.scenario_files import (
    write_access,
    write_closure,
    write_comparison,
    write_fragility,
    write_opening,
)
from geo.siting.closure import close_sites
from geo.siting.comparison import compare
from geo.siting.fragility import fragility
from geo.siting.scenario import OpenSite, Place, Scenario
from geo.siting.scenario_json import scenario_from_json
from tests.written_tables import rows_of_table


@pytest.fixture(scope="module")
def territory(reported):
    return reported


def test_a_closure_is_written_whole(territory, tmp_path):
    closure = close_sites(territory, (15, 25), kind="antenne")
    names = write_closure(territory, closure, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    table = {row["code"]: row for row in rows_of_table(tmp_path / "comparison.csv")}
    times = [float(table["64004"][f"travel_time_{when}_min"]) for when in ("before", "after")]
    exact = closure.comparison.communes.loc["64004", ["travel_time_before_min", "travel_time_after_min"]]
    assert times == [round(minutes, 2) for minutes in exact], "as every table"
    assert times == pytest.approx([0, 30], abs=0.01)
    assert (table["64004"]["under_served_15min_before"], table["64004"]["under_served_15min_after"]) == (
        "non",
        "oui",
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
    assert ";=HYPERLINK" not in text


def test_fragility_hours_and_access_are_written(territory, tmp_path):
    write_fragility(territory, fragility(territory), tmp_path)
    first = rows_of_table(tmp_path / "fragility.csv")[0]
    assert (first["facility_id"], float(first["residents_passing"])) == ("1", 1000)
    assert float(first["added_min"]) == round(fragility(territory).sites["added_min"].iloc[0], 2)
    assert float(first["added_min"]) == pytest.approx(23.33, abs=0.01)
    assert rows_of_table(tmp_path / "second_site.csv")[1]["residents_with_second"] == "500"

    write_opening(territory, open_shares(territory, 15), tmp_path)
    monday = rows_of_table(tmp_path / "hours.csv")[0]
    assert (monday["day"], monday["09:00"], monday["12:00"]) == ("lundi", "1.0", "0.0")
    assert rows_of_table(tmp_path / "half_days.csv")[0]["hours_known"] == "oui"

    capacity = catchment(territory)
    write_access(territory, sensitivity(territory, 10.5), capacity, time_saved(territory), tmp_path)
    commune = rows_of_table(tmp_path / "access.csv")[1]
    assert (commune["code"], commune["flips"], commune["saved_min"]) == ("64002", "oui", "0.0")
    assert len(gpd.read_file(tmp_path / "access.gpkg")) == 5
    assert rows_of_table(tmp_path / "capacity.csv")[0]["capacity"] == "12.0"
