"""The exported map with hostile names, opened in a real browser."""

from dataclasses import replace

import pytest

from geo import Territory, coverage, summarize
from geo.maps.interactive import coverage_map, write_map

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror='window.ran=1'><script>window.ran=1</script>{{ 6 * 7 }}"


@pytest.fixture(scope="module")
def hostile_territory() -> Territory:
    territory = Territory.load()
    communes = territory.communes.assign(name=HOSTILE)
    facilities = {
        name: table.assign(name=HOSTILE, commune_name=HOSTILE) for name, table in territory.facilities.items()
    }
    return replace(territory, name=HOSTILE, communes=communes, facilities=facilities)


def page_of(territory):
    times = territory.travel_times()
    found = coverage(territory, 20, times=times)
    return coverage_map(territory, found, summarize(found, times, 20))


def test_names_are_shown_and_never_run(new_page, hostile_territory, tmp_path):
    path = tmp_path / "map.html"
    write_map(page_of(hostile_territory), path)
    page = new_page()
    page.goto(path.as_uri())
    page.locator("path.maillage-commune").nth(5).hover(force=True)
    tooltip = page.locator(".leaflet-tooltip")
    tooltip.wait_for()
    assert HOSTILE in tooltip.inner_text()
    page.locator(".maillage-site").first.dispatch_event("mouseover")
    assert HOSTILE in page.locator("h1").inner_text()
    assert page.evaluate("window.ran") is None
    assert page.errors == []
    assert set(page.refused) <= {"data.geopf.fr"}


def test_the_tab_key_passes_the_map_by_in_three_stops(new_page, hostile_territory, tmp_path):
    path = tmp_path / "map.html"
    write_map(page_of(hostile_territory), path)
    page = new_page()
    page.goto(path.as_uri())
    page.locator("path.maillage-commune").first.wait_for(state="attached")
    stops = []
    for _ in range(4):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.tagName"))
    assert stops == ["DIV", "A", "A", "BODY"]  # the map, its two buttons, then out of the page
