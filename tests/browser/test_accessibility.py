"""Every screen passed through axe-core, with what opens opened: no critical, serious or moderate violation."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

_AXE = Path(__file__).resolve().parents[2] / "build" / "axe" / "axe.min.js"
_POPOVER = "[data-testid=stPopoverBody]"
_PLANNED = "path.maillage-commune[data-class]"
_SCREENS = {
    "trouver": ("", ".maillage-map path"),
    "answer": ("?lieu=64504&quand=2026-11-24T10:00&demarche=impots", ".maillage-number"),
    "distance": ("?lieu=64504&quand=2026-12-25T10:00", ".maillage-map path"),
    "diagnostic": ("?territoire=64&ecran=diagnostic", "path.maillage-commune"),
    "rapport": ("?territoire=64&ecran=rapport", "h1"),
    "methode": ("?ecran=methode", "h1"),
    "accessibilite": ("?ecran=accessibilite", "h1"),
    "mentions": ("?ecran=mentions", "h1"),
    "commune": ("?territoire=64&ecran=diagnostic&commune=64504", ".maillage-answer-beside:not(:empty)"),
    "planifier": ("?territoire=64&ecran=planifier", _PLANNED),
    "scenario": ("?territoire=64&ecran=planifier&vue=scenario", _PLANNED),
    "fragilite": ("?territoire=64&ecran=planifier&vue=fragilite&fermer=tous", _PLANNED),
    "horaires": ("?territoire=64&ecran=planifier&vue=horaires", ".maillage-hours"),
    "impots": ("?territoire=64&ecran=planifier&vue=impots", _PLANNED),
    "marge": ("?territoire=64&ecran=planifier&vue=marge", _PLANNED),
}


@pytest.fixture(scope="module")
def axe() -> str:
    if not _AXE.is_file():
        pytest.skip("axe-core is not installed: run `make setup` where npm is available")
    return _AXE.read_text(encoding="utf-8")


def violations(page, part: str | None = None) -> list[str]:
    """Return what axe finds in the page or in a part of it, minor faults apart, each with the element that has it."""
    found = page.evaluate(
        # What passes is counted, not described: a path to each of thousands of elements took most of the time.
        "part => axe.run(part ?? document, {resultTypes: ['violations']})"
        ".then(found => ({passed: found.passes.length, violations: found.violations}))",
        part,
    )
    assert found["passed"], "rules were run"
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] != "minor"
        for node in rule["nodes"]
        # A way past the menu is in no region; axe knows it as such only where no link of a map comes before in its count.
        if not (rule["id"] == "region" and "stSkipToContent" in node["html"])
    ]


def opened(page, address: str, drawn: str, axe: str):
    page.goto(address)
    page.wait_for_selector(drawn)
    page.wait_until_idle()
    page.evaluate(axe)
    page.wait_until_still()
    return page


@pytest.mark.parametrize("screen", _SCREENS)
def test_no_violation(new_page, app_address, axe, screen):
    """As wide as a desk's screen, then each of its popovers, then as narrow as a phone."""
    query, drawn = _SCREENS[screen]
    page = opened(new_page(width=1280, height=800), f"{app_address}/{query}", drawn, axe)
    assert violations(page) == []
    for button in page.get_by_test_id("stPopoverButton").all():
        button.click()
        page.wait_for_selector(_POPOVER)
        page.wait_until_still()  # it comes in slowly
        assert violations(page, _POPOVER) == [], button.inner_text()
        page.keyboard.press("Escape")
        page.wait_for_selector(_POPOVER, state="detached")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_until_still()
    page.wait_until_idle()
    assert violations(page) == [], "on a phone"


def test_no_violation_in_the_calendar(new_page, app_address, axe):
    page = opened(new_page(), f"{app_address}/{_SCREENS['answer'][0]}", ".maillage-number", axe)
    page.get_by_role("button", name="Quand").click()
    page.get_by_role("button", name="Choisir le jour dans un calendrier").click()
    page.get_by_role("button", name="Mois suivant").first.wait_for()
    page.wait_until_still()
    assert violations(page) == []


def test_no_violation_in_the_list_of_places_offered(new_page, app_address, axe):
    page = opened(new_page(), f"{app_address}/", ".maillage-map path", axe)
    page.get_by_label("Où êtes-vous ?").press_sequentially("saint-jean")
    page.get_by_role("listbox", name="Lieux proposés").wait_for()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
