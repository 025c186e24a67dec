"""The exported map with hostile names, opened in a real browser."""

from dataclasses import replace

import pytest

from geo.access.diagnosis import diagnose
from geo.maps.interactive import coverage_map, write_map
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


def test_names_are_shown_and_never_run(new_page, address):
    page = new_page()
    page.goto(address)
    page.locator("path.maillage-commune").nth(5).hover(force=True)
    tooltip = page.locator(".leaflet-tooltip")
    tooltip.wait_for()
    assert HOSTILE in tooltip.inner_text()
    page.locator(".maillage-site").first.dispatch_event("mouseover")
    assert HOSTILE in page.locator("h1").inner_text()
    assert page.evaluate("window.ran") is None
    assert page.errors == []
    assert set(page.refused) <= {"data.geopf.fr"}


def test_the_tab_key_passes_the_map_by_in_three_stops(new_page, address):
    page = new_page()
    page.goto(address)
    page.locator("path.maillage-commune").first.wait_for(state="attached")
    stops = []
    for _ in range(4):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.tagName"))
    assert stops == ["DIV", "A", "A", "BODY"]  # the map, its two buttons, then out of the page
