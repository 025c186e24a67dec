"""The map of all of France, drawn by WebGL in software; and a browser that has none."""

import io
import re

import numpy as np
import pytest
from PIL import Image, ImageColor

from geo.classes import TIME_CLASSES

pytestmark = pytest.mark.browser

_ADDRESS = "/?ecran=diagnostic"
_MAP = ".maillage-france"


def pixels(page) -> dict[str, float]:
    """The share of the map, without its controls, that is drawn in each colour of the classes of time."""
    picture = Image.open(io.BytesIO(page.locator(f"{_MAP} canvas").screenshot())).convert("RGB")
    drawn = np.asarray(picture)[120:-40, 60:]
    return {each.label: (drawn == ImageColor.getrgb(each.colour)).all(axis=2).mean() for each in TIME_CLASSES}


def under_served(page) -> int:
    said = page.locator(".maillage-answer").inner_text()
    return int(re.sub(r"\s", "", re.search(r"([\d\s]+) communes sont sous-desservies", said)[1]))


def test_communes_are_drawn_the_threshold_moves_in_place_and_a_click_answers_beside_it(new_page, app_address):
    page, tiles = new_page(width=900, height=700), []
    page.on("request", lambda request: tiles.append(request.url) if request.url.endswith(".pbf") else None)
    page.goto(app_address + _ADDRESS)
    page.wait_for_selector(f"{_MAP}[data-drawn='20']")
    page.wait_until_idle()
    canvas = page.locator(f"{_MAP} canvas")
    canvas.scroll_into_view_if_needed()
    asked, drawn, few = len(tiles), pixels(page), under_served(page)
    assert asked > 0
    assert sum(drawn.values()) > 0.2, "half of the view is land, some of it hatched"
    assert all(share > 0.001 for share in list(drawn.values())[:4])

    slider = page.locator(f"{_MAP} input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_selector(f"{_MAP}[data-drawn='25']")
    page.wait_for_function("document.querySelector('.maillage-answer').innerText.includes('25\u00a0min')")
    page.wait_until_idle()
    moved = pixels(page)
    for each in TIME_CLASSES[:3]:
        assert moved[each.label] == drawn[each.label], "these were never hatched"
    beyond = TIME_CLASSES[3]
    assert (beyond.lower, beyond.upper) == (20, 30)
    assert moved[beyond.label] > 1.1 * drawn[beyond.label], "from 20 to 25 minutes the hatching is gone"
    assert 0 < under_served(page) < few
    assert len(tiles) == asked

    box = canvas.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    popup = page.locator(".maplibregl-popup-content")
    popup.wait_for()
    name, trip, *_ = popup.inner_text().splitlines()
    assert re.fullmatch(r"(environ \d+\smin(, de \d+ à \d+)?|moins de 5\smin), en voiture", trip)
    page.mouse.click(*middle)
    assert page.locator(".maillage-beside").inner_text().splitlines()[:2] == [name, trip], "it stays"
    check_the_answer_takes_the_focus_of_the_keyboard_and_leads_to_the_departement(page)
    assert page.errors == []


def check_the_answer_takes_the_focus_of_the_keyboard_and_leads_to_the_departement(page) -> None:
    canvas, beside = page.locator(f"{_MAP} canvas"), page.locator(".maillage-beside")
    canvas.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "Array.from(document.querySelectorAll('*'), each => each.shadowRoot?.querySelector('.maillage-here')?.textContent)"
        ".some(text => text?.includes('Entrée'))"
    )
    page.keyboard.press("Enter")
    way = beside.get_by_role("link")
    assert way.evaluate("link => link.getRootNode().activeElement === link")
    way.press("Escape")
    assert beside.count() == 0
    assert canvas.evaluate("canvas => canvas.getRootNode().activeElement === canvas")
    page.keyboard.press("Enter")
    departement = re.search(r"[(](.+)[)]", beside.inner_text())[1]
    beside.get_by_role("link", name=f"Ouvrir le département {departement}").press("Enter")
    page.wait_for_selector("path.maillage-commune")
    assert f"territoire={departement}" in page.url
    assert "seuil=25" in page.url, "the choices stay"
    page.locator(".maillage-answer-beside:not(:empty)").wait_for()  # and the commune


#: As in a browser where WebGL is off.
_NO_WEBGL = """
const context = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.includes("webgl") ? null : context.call(this, kind, ...more);
};
"""


def test_a_browser_without_webgl_or_too_old_for_a_map_is_told_so_and_has_its_results(new_page, app_address):
    page = new_page()
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.addScriptToEvaluateOnNewDocument", {"source": _NO_WEBGL})
    page.goto(app_address + _ADDRESS)
    page.locator(_MAP).get_by_text("La carte de France ne peut pas s'afficher dans ce navigateur").wait_for()
    page.wait_until_idle()
    page.get_by_role("heading", name="Départements").wait_for()
    page.get_by_test_id("stDataFrame").first.wait_for()
    session.detach()

    page.evaluate("delete globalThis.DecompressionStream")  # which browsers have since May 2023
    page.get_by_role("radio", name="Trouver").click()
    page.locator(".maillage-canvas").get_by_text(
        "La carte ne peut pas s'afficher : votre navigateur est trop ancien (il en faut un de mai 2023 ou plus récent). "
        "La liste des sites donne les mêmes résultats.",
        exact=True,
    ).wait_for()
