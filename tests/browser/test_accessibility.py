"""Every screen, with what opens opened, in an English browser: its title, no English, and passed through axe-core no critical,
serious or moderate violation.
"""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

_AXE = Path(__file__).resolve().parents[2] / "build" / "axe" / "axe.min.js"
_POPOVER = "[data-testid=stPopoverBody]"
_PLANNED = "path.maillage-commune[data-class]"
#: Screen -> its address, what is drawn last, and how its title begins.
_SCREENS = {
    "trouver": ("", ".maillage-map path", "Trouver un France services"),
    "distance": ("?lieu=64504&quand=2026-12-25T10:00", ".maillage-map path", "Sare (64), "),
    "diagnostic": (
        "?territoire=64&ecran=diagnostic",
        "path.maillage-commune",
        "Pyrénées-Atlantiques : qui est trop loin ?",
    ),
    "rapport": ("?territoire=64&ecran=rapport", "h1", "Pyrénées-Atlantiques : "),
    "methode": ("?ecran=methode", ".stFileUploader", "Données et méthode"),
    "accessibilite": ("?ecran=accessibilite", "h1", "Accessibilité"),
    "mentions": ("?ecran=mentions", "h1", "Mentions légales"),
    "commune": (
        "?territoire=64&ecran=diagnostic&commune=64504",
        ".maillage-answer-beside:not(:empty)",
        "Sare, Pyrénées-Atlantiques : ",
    ),
    "planifier": ("?territoire=64&ecran=planifier", _PLANNED, "Pyrénées-Atlantiques : "),
    "scenario": ("?territoire=64&ecran=planifier&vue=scenario", _PLANNED, "Pyrénées-Atlantiques : "),
    "fragilite": ("?territoire=64&ecran=planifier&vue=fragilite&fermer=tous", _PLANNED, "Pyrénées-Atlantiques : "),
    "horaires": (
        "?territoire=64&ecran=planifier&vue=horaires",
        ".maillage-hours",
        "Pyrénées-Atlantiques : quand trouve-t-on",
    ),
    "impots": ("?territoire=64&ecran=planifier&vue=impots", _PLANNED, "Pyrénées-Atlantiques : "),
    "marge": ("?territoire=64&ecran=planifier&vue=marge", _PLANNED, "Pyrénées-Atlantiques : "),
    # The last: what is typed there stays.
    "answer": (
        "?lieu=64504&quand=2026-11-24T10:00&demarche=impots",
        ".maillage-number",
        "Sare (64), mardi 24 novembre à 10 h : ",
    ),
}


#: What passes is counted, not described: a path to each of thousands of elements took most of the time. What is left out
#: is taken away: axe compares each element of a page with each that it is told to exclude.
_AUDIT = """part => {
  const roots = [document, ...[...document.querySelectorAll('*')].map(one => one.shadowRoot).filter(Boolean)];
  for (const root of roots) [...root.querySelectorAll('path.maillage-commune')].slice(1).forEach(one => one.remove());
  return axe.run(part ?? document, {resultTypes: ['violations']})
    .then(found => ({passed: found.passes.length, violations: found.violations}));
}"""

#: Words that only English has, in what is seen or said; and what the page may hold of them.
_ENGLISH = re.compile(
    r"\b(the|and|of|to|your|Skip|Open|Close|Upload|Search|Download|Help|Choose|Select(ed)?|Previous|Next|month|day|year|"
    r"Fullscreen|Drag|Browse|Deploy|Running|Loading|Show|Clear|Increment|Decrement|per file|true|false|November|results)\b"
)
_WORDS = """() => {
  const found = new Set();
  const look = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (["SCRIPT", "STYLE", "NOSCRIPT"].includes(each.tagName)) continue;
      if (each.closest("[data-testid=InputInstructions]")?.checkVisibility() === false) continue;  // of Streamlit, hidden
      for (const name of ["aria-label", "aria-valuetext", "title", "placeholder", "alt"])
        if (each.getAttribute(name)) found.add(each.getAttribute(name));
      for (const node of each.childNodes) if (node.nodeType === 3 && node.data.trim()) found.add(node.data.trim());
      if (each.shadowRoot) look(each.shadowRoot);
    }
  };
  look(document.body);
  return [...found];
}"""
#: Names of icons, which are drawn, and of a library and a team.
_NOT_SAID = re.compile(
    r"[a-z]+(_[a-z]+)+|open|close|search|Leaflet|.*OpenStreetMap.*|.*https?://.*|.*embed=true.*|.*[\w.]+@[\w.]+.*"
)


@pytest.fixture(scope="module")
def axe() -> str:
    if not _AXE.is_file():
        pytest.skip("axe-core is not installed: run `make setup` where npm is available")
    return _AXE.read_text(encoding="utf-8")


def violations(page, part: str | None = None) -> list[str]:
    """Return what axe finds in the page or in a part of it, minor faults apart, each with the element that has it.

    Of the hundreds of communes of a map, which differ in shape and colour alone, the first stands for all.
    """
    found = page.evaluate(_AUDIT, part)
    assert found["passed"], "rules were run"
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] != "minor"
        for node in rule["nodes"]
        # A way past the menu is in no region; axe knows it as such only where no link of a map comes before in its count.
        if not (rule["id"] == "region" and "stSkipToContent" in node["html"])
    ]


def english(page) -> list[str]:
    """Return what is seen or said in English."""
    return [each for each in page.evaluate(_WORDS) if _ENGLISH.search(each) and not _NOT_SAID.fullmatch(each)]


def faults(page, part: str | None = None) -> list[str]:
    """Return the violations in the page or in a part of it, and what the page says in English."""
    return violations(page, part) + english(page)


def open_calendar(page) -> None:
    page.get_by_role("button", name="Quand").click()
    page.get_by_role("button", name="Choisir le jour dans un calendrier").click()
    page.get_by_role("button", name="Mois suivant").first.wait_for()
    assert {"Aller au contenu", "Mois suivant", "mardi 24 novembre 2026 sélectionné"} <= set(page.evaluate(_WORDS))


def offer_places(page) -> None:
    for _ in range(2):
        page.keyboard.press("Escape")  # out of the calendar, then of its popover
    page.wait_for_selector(_POPOVER, state="detached")
    box = page.get_by_label("Où êtes-vous ?")
    box.fill("")
    box.press_sequentially("saint-jean")
    page.get_by_role("listbox", name="Lieux proposés").wait_for()
    page.keyboard.press("ArrowDown")


#: What opens on the last screen beside its popovers.
_OPENED = (open_calendar, offer_places)
#: Screens whose parts have another order, or are others, on a phone: a map, a list of sites, choices, files to give, figures.
_ON_A_PHONE = ("answer", "diagnostic", "planifier", "horaires", "methode", "rapport")


def test_no_violation_and_no_english(new_page, app_address, axe):
    """Each as wide as a desk's screen, then each of its popovers and what else opens; or as narrow as a phone."""
    page = new_page(width=1280, height=800, locale="en-US")
    page.goto(app_address)
    page.evaluate(axe)
    for screen, (query, drawn, title) in _SCREENS.items():
        if query:
            page.go_to(query)
        page.wait_for_selector(drawn)
        page.wait_until_idle()
        page.wait_for_function("title => document.title.replaceAll('\\u00a0', ' ').startsWith(title)", arg=title)
        check_the_screen(page, screen)
    for opened in _OPENED:
        opened(page)
        page.wait_until_still()
        assert faults(page) == [], opened.__name__


def check_the_screen(page, screen: str) -> None:
    assert faults(page) == [], screen
    for button in page.get_by_test_id("stPopoverButton").all():
        button.click()
        page.wait_for_selector(_POPOVER)
        page.wait_until_still()  # it comes in slowly
        assert faults(page, _POPOVER) == [], (screen, button.inner_text())
        page.keyboard.press("Escape")
        page.wait_for_selector(_POPOVER, state="detached")
    if screen in _ON_A_PHONE:
        page.set_viewport_size({"width": 375, "height": 800})
        page.check_nothing_scrolls_sideways()
        page.wait_until_idle()
        assert faults(page) == [], (screen, "on a phone")
        page.set_viewport_size({"width": 1280, "height": 800})
