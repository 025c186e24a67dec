"""Every screen passed through axe-core: no serious and no critical violation."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

_AXE = Path(__file__).resolve().parents[2] / "build" / "axe" / "axe.min.js"
_PLANNED = "path.maillage-commune[data-class]"
_SCREENS = {
    "trouver": ("", ".maillage-map path"),
    "answer": ("?lieu=64504&quand=2026-11-24T10:00&demarche=impots", ".maillage-number"),
    "distance": ("?lieu=64504&quand=2026-12-25T10:00", ".maillage-map path"),
    "diagnostic": ("?territoire=64&ecran=diagnostic", "path.maillage-commune"),
    "rapport": ("?territoire=64&ecran=rapport", "h1"),
    "methode": ("?ecran=methode", "h1"),
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


@pytest.mark.parametrize("screen", _SCREENS)
def test_no_serious_violation(new_page, app_address, axe, screen):
    """As wide as a desk's screen, then as narrow as a phone."""
    query, drawn = _SCREENS[screen]
    page = new_page(width=1280, height=800)
    page.goto(f"{app_address}/{query}")
    page.wait_for_selector(drawn)
    page.wait_until_idle()
    page.evaluate(axe)
    for width, height in ((1280, 800), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(500)
        found = page.evaluate("axe.run(document)")
        assert found["passes"], "rules were run"
        serious = [
            f"{width} px, {rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary']}"
            for rule in found["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]
        assert serious == []
