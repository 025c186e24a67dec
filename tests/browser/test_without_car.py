"""Without a car, in a real browser: one bus of a valley, on *Diagnostic* and on *Trouver*."""

import datetime as dt
import re
import shutil

import pytest

from geo.answers.without_car import residents_sentence
from geo.finder.day_without_car import day_without_car
from geo.ui.components.embedded import WIDGET_HEIGHT_PX

pytestmark = pytest.mark.browser

TUESDAY = "2025-02-04"


@pytest.fixture(scope="module")
def address(app_address, app_cache, valley_folder):
    """Give the app a territory with one bus, as one that was prepared; its address."""
    kept = app_cache / "territories" / "64-64542"
    shutil.copytree(valley_folder, kept)
    yield f"{app_address}/?territoire=64-64542"
    shutil.rmtree(kept)


@pytest.fixture
def visit(address, new_page):
    """Open an address of the app, and wait for what is named."""

    def open_at(query: str, drawn: str, **size):
        page = new_page(**size)
        page.goto(f"{address}&{query}")
        page.locator(drawn).first.wait_for(state="attached")
        page.wait_until_idle()
        return page

    return open_at


def words(text: str) -> str:
    return " ".join(text.split())


def answer(page) -> str:
    return words(page.locator(".maillage-answer").inner_text())


def fills(page) -> list[str]:
    return page.locator("path.maillage-commune").evaluate_all("all => all.map(one => one.getAttribute('fill'))")


def test_diagnostic_tells_the_day_paints_it_with_hatchings_and_leads_back_to_the_car(visit, valley, pan_and_zoom):
    page = visit(f"ecran=diagnostic&jour={TUESDAY}", "path.maillage-commune")
    by_car = answer(page)
    page.get_by_text("Sans voiture : aller-retour en transports en commun").click()
    page.wait_for_function("() => document.querySelector('.maillage-answer')?.innerText.includes('sans voiture')")
    page.wait_until_idle()
    assert "mode=transit" in page.evaluate("location.search")
    found = day_without_car(valley, dt.date.fromisoformat(TUESDAY))
    assert answer(page) == words(residents_sentence(found.share))
    painted = fills(page)
    assert len(painted) == len(found.communes)
    without = sum(fill.startswith("url(#maillage-area-diagonal") for fill in painted)
    assert without == len(found.communes_without) > 0
    legend = words(page.locator(".maillage-legend").first.inner_text())
    assert re.search(rf"Aucun aller-retour possible ce jour-là : {without} communes", legend)
    page.get_by_text("Communes sans aller-retour possible", exact=False).first.wait_for()
    page.wait_until_quiet()
    page.sent.clear()
    pan_and_zoom(page)
    assert page.sent == [], "nothing is calculated again when the map is moved"
    page.set_viewport_size({"width": 390, "height": 844})
    page.check_nothing_scrolls_sideways()
    page.get_by_text("En voiture", exact=True).click()
    page.wait_for_function("() => !document.querySelector('.maillage-answer')?.innerText.includes('sans voiture')")
    page.wait_until_idle()
    assert answer(page) == by_car
    assert "mode" not in page.evaluate("location.search")
    assert page.errors == []
    assert set(page.refused) <= {"data.geopf.fr"}


def test_trouver_tells_the_bus_there_and_back_in_words_and_the_legend_names_a_way_only_where_one_is_drawn(visit):
    page = visit("lieu=64542&quand=2025-02-04T07:30&mode=transit", ".maillage-number")
    ways = page.locator(".maillage-way")
    ways.wait_for(state="hidden")
    page.get_by_text("Sites de la liste, dans son ordre").wait_for()
    page.go_to(page.url.replace("mode=transit", "mode=car").replace("T07:30", "T07:00"))
    ways.wait_for(state="visible")
    page.get_by_text("Sans voiture : y aller et en revenir le jour même").click()
    page.wait_for_function(
        "text => document.body.innerText.replace(/\\s+/g, ' ').includes(text)",
        arg="car 12 d'Urdos 8 h à Maison 8 h 30",
    )
    assert "dernier retour 17 h 45" in words(page.locator("body").inner_text())
    assert page.errors == []


def test_the_widget_answers_by_public_transport_and_stays_short(visit):
    page = visit("embed=true&lieu=64542&quand=2025-02-04T07:30&mode=transit", ".card", width=390, height=844)
    assert page.locator(".card").count() == 2
    assert "À 9 h, ouvert jusqu'à 12 h" in words(page.locator(".card").first.inner_text())
    assert page.locator(".stMainBlockContainer").bounding_box()["height"] < WIDGET_HEIGHT_PX
    assert page.errors == []
