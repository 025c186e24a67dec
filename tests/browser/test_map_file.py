"""The exported map with hostile names, opened in a real browser."""

import datetime as dt
from dataclasses import replace

import pytest

from geo.access.diagnosis import diagnose
from geo.finder.day_without_car import day_without_car
from geo.maps.interactive import coverage_map, round_trip_page, write_map
from geo.question import Question

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror='window.ran=1'><script>window.ran=1</script>{{ 6 * 7 }}"


@pytest.fixture(scope="module")
def address(embedded, tmp_path_factory) -> str:
    facilities = {name: table.assign(name=HOSTILE, commune_name=HOSTILE) for name, table in embedded.facilities.items()}
    communes = embedded.communes.assign(name=HOSTILE)
    territory = replace(embedded, name=HOSTILE, communes=communes, facilities=facilities)
    path = tmp_path_factory.mktemp("map") / "map.html"
    write_map(coverage_map(territory, diagnose(territory, question=Question(20))), path)
    return path.as_uri()


@pytest.fixture(scope="module")
def trips_address(valley, tmp_path_factory) -> str:
    """The page of round trips without a car, every name hostile."""
    path = tmp_path_factory.mktemp("trips") / "round_trips.html"
    found = day_without_car(valley, dt.date(2025, 2, 4))
    found = replace(found, communes=found.communes.assign(name=HOSTILE, facility_name=HOSTILE))
    facilities = {**valley.facilities, "sites": valley.sites.assign(name=HOSTILE)}
    communes = valley.communes.assign(name=HOSTILE)
    territory = replace(valley, name=HOSTILE, communes=communes, facilities=facilities)
    write_map(round_trip_page(territory, found), path)
    return path.as_uri()


def test_the_page_without_a_car_draws_hatched_classes_and_runs_no_name(new_page, trips_address, embedded):
    page = new_page()
    page.goto(trips_address)
    page.locator("path.maillage-commune").first.wait_for(state="attached")
    fills = page.locator("path.maillage-commune").evaluate_all("all => all.map(one => one.getAttribute('fill'))")
    assert len(fills) == len(embedded.communes)
    assert any(fill.startswith("url(#maillage-area-diagonal") for fill in fills)
    drawn = page.evaluate("[...document.querySelectorAll('pattern')].map(one => one.id)")
    assert {fill[5:-1] for fill in fills if fill.startswith("url(#")} <= set(drawn)
    page.locator("path.maillage-commune").nth(5).hover(force=True)
    assert HOSTILE in page.locator(".leaflet-tooltip").inner_text()
    assert page.locator(".maillage-table tbody tr").count() == len(embedded.communes)
    assert "communes" in page.locator(".maillage-legend").inner_text()
    assert page.evaluate("window.ran") is None
    assert page.errors == []
    assert set(page.refused) <= {"data.geopf.fr"}


def test_names_are_shown_and_never_run_and_the_tab_key_passes_the_map_by_in_three_stops(new_page, address):
    page = new_page()
    page.goto(address)
    page.locator("path.maillage-commune").first.wait_for(state="attached")
    stops = []
    for _ in range(4):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.tagName"))
    assert stops == ["DIV", "A", "A", "BODY"]  # the map, its two buttons, then out of the page
    page.locator("path.maillage-commune").nth(5).hover(force=True)
    tooltip = page.locator(".leaflet-tooltip")
    tooltip.wait_for()
    assert HOSTILE in tooltip.inner_text()
    page.locator(".maillage-site").first.dispatch_event("mouseover")
    assert HOSTILE in page.locator("h1").inner_text()
    assert page.evaluate("window.ran") is None
    assert page.errors == []
    assert set(page.refused) <= {"data.geopf.fr"}
