"""What a visitor sees and does, in a real browser, against the embedded territory."""

import csv
import io
import re

import pytest

from geo import coverage

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def territory(embedded):
    return embedded


def answer(page) -> str:
    page.wait_for_function("() => document.querySelector('.maillage-answer')?.innerText")
    return page.locator(".maillage-answer").inner_text()


def outlined(page) -> int:
    return page.locator("path.maillage-under-served").count()


def raise_threshold(page, steps: int, expected_min: int) -> None:
    """Move the slider with the keyboard, and wait for the answer that names the new threshold."""
    slider = page.get_by_role("slider", name="Seuil en voiture")
    slider.focus()
    for _ in range(steps):
        slider.press("ArrowRight")
    page.wait_for_function(
        "text => document.querySelector('.maillage-answer').innerText.includes(text)", arg=f"{expected_min}\u00a0min"
    )
    page.wait_until_idle()


def wait_for_outlines(page, territory, threshold_min: int) -> None:
    """Wait until the map has outlined the communes that are under-served at a threshold."""
    page.wait_for_function(
        "n => document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot"
        ".querySelectorAll('path.maillage-under-served').length === n",
        arg=int(coverage(territory, threshold_min)["under_served"].sum()),
    )


def check_the_page_opens_with_its_answer_and_its_map_and_asks_only_the_base_map_elsewhere(page, territory) -> None:
    found = coverage(territory, 20)
    assert re.match(r"\d+\s%\sdes habitants .* sont à 20\smin ou moins d'un site France services", answer(page))
    assert page.locator("path.maillage-commune").count() == len(territory.communes)
    assert outlined(page) == int(found["under_served"].sum())
    assert page.locator(".maillage-site").count() == len(territory.sites)
    page.locator(".maillage-legend").get_by_text("Commune sous-desservie").wait_for()
    assert page.errors == []
    page.get_by_text("Fond de carte injoignable").wait_for()
    assert set(page.refused) <= {"data.geopf.fr"}
    assert page.locator("img.leaflet-tile-loaded").count() == 0, "refused here, and the map is drawn without it"


def check_moving_the_threshold_changes_figures_and_outlines(page, territory) -> None:
    page.received.clear()
    raise_threshold(page, 1, 25)
    assert "25\u00a0min" in answer(page)
    assert "seuil=25" in page.evaluate("location.search")
    wait_for_outlines(page, territory, 25)
    assert sum(page.received) < 180_000, "the contours are not sent again"


def check_panning_and_zooming_never_ask_the_server_and_are_kept_when_the_threshold_moves(
    page, territory, pan_and_zoom
) -> None:
    page.wait_until_quiet()
    page.sent.clear()
    pan_and_zoom(page)
    assert page.sent == []
    before = page.locator("path.maillage-commune").first.get_attribute("d")
    further = int(page.get_by_role("slider", name="Seuil en voiture").input_value()) + 5
    raise_threshold(page, 1, further)
    wait_for_outlines(page, territory, further)
    page.wait_until_still()
    assert page.locator("path.maillage-commune").first.get_attribute("d") == before


def check_a_click_on_a_commune_answers_beside_the_click(page) -> str:
    """Return the name of the commune."""
    communes = page.locator("path.maillage-commune")
    # A large one: what is three pixels from its middle is in it too.
    largest = communes.evaluate_all(
        "all => all.map(each => each.getBBox()).map(box => box.width * box.height)"
        ".reduce((best, size, n, sizes) => size > sizes[best] ? n : best, 0)"
    )
    communes.nth(largest).scroll_into_view_if_needed()
    box = communes.nth(largest).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.click(x, y)
    popup = page.locator(".leaflet-popup").bounding_box()
    assert popup["x"] - 20 < x < popup["x"] + popup["width"] + 20
    assert abs(popup["y"] + popup["height"] - y) < 20, "its foot is at the click"
    page.wait_for_function("location.search.includes('commune=')")
    page.wait_until_idle()
    name, *_ = page.locator(".leaflet-popup-content").inner_text().splitlines()
    assert re.search(r"commune=64\d{3}", page.evaluate("location.search"))
    assert page.title().startswith(f"{name}, ")
    assert page.locator(".maillage-answer-beside").inner_text() == "", "it is told once"
    page.mouse.move(x + 3, y + 3)
    page.wait_until_still()
    page.locator(".leaflet-tooltip").wait_for(state="detached")  # it fades
    return name


def check_the_map_moves_by_arrows_and_enter_answers_for_its_centre_and_moves_the_focus_to_the_answer(page) -> None:
    canvas = page.locator(".maillage-canvas")
    assert canvas.get_attribute("aria-label")
    before = page.locator(".leaflet-map-pane").get_attribute("style")
    canvas.focus()
    canvas.press("ArrowDown")
    page.wait_until_still()
    assert page.locator(".leaflet-map-pane").get_attribute("style") != before
    canvas.press("Enter")
    page.wait_for_function("document.activeElement.className === 'maillage-answer-beside'")
    name = page.title().split(", ")[0]
    assert page.locator(".maillage-answer-beside").inner_text().startswith(f"{name} (")
    assert page.locator(".leaflet-popup").count() == 0, "it is told once"


def check_a_row_of_the_table_moves_the_focus_to_its_answer(page) -> None:
    table = page.locator(".stDataFrame canvas").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    page.mouse.click(box["x"] + 20, box["y"] + 90)
    page.wait_for_function("document.activeElement.className === 'maillage-answer-beside'")
    page.locator(".leaflet-popup").wait_for(state="detached")  # it is told once
    assert page.locator(".maillage-answer-beside").bounding_box()["y"] > 0


def check_two_quick_moves_and_the_back_button_end_where_they_should(page) -> None:
    raise_threshold(page, 2, 40)
    page.wait_until_quiet()
    page.wait_until_idle()
    assert "40\u00a0min" in answer(page)
    assert "seuil=40" in page.evaluate("location.search")
    page.go_back()
    page.wait_for_function("!document.querySelector('.maillage-answer').innerText.includes('40\u00a0min')")
    threshold = page.get_by_role("slider", name="Seuil").input_value()
    written = re.search(r"seuil=(\d+)", page.evaluate("location.search"))
    assert threshold == (written[1] if written else "20")


def check_on_a_phone_the_answer_comes_before_the_map_and_the_table(page) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    page.check_nothing_scrolls_sideways()
    tops = [
        page.locator(selector).first.bounding_box()["y"]
        for selector in (".maillage-answer", ".maillage-canvas", ".stDataFrame")
    ]
    assert tops == sorted(tops)
    assert tops[0] < 800, "the answer is in the first view"


def check_the_table_is_downloaded_as_a_valid_file(page, territory) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name="Tableau (CSV)").click()
    content = download.value.path().read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    assert {row["Code INSEE"] for row in rows} == set(territory.communes.index)
    assert download.value.suggested_filename == "maillage-64-sites-20min.csv"


def check_the_map_is_downloaded_as_a_page_that_opens_alone(page, alone, territory, path) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name="Carte (HTML)").click()
    download.value.save_as(path)
    assert path.stat().st_size < 1_500_000
    alone.goto(path.as_uri())
    assert alone.locator("path.maillage-commune").count() == len(territory.communes)
    assert (
        alone.locator(".maillage-legend li").all_inner_texts() == page.locator(".maillage-legend li").all_inner_texts()
    )
    assert alone.errors == []


def test_a_whole_visit_its_picture_its_files_clicks_moves_and_the_keyboard(
    diagnostic, new_page, territory, take_picture, columns_in_view, pan_and_zoom, tmp_path
):
    """Also makes the README's picture; ended on a phone."""
    page = diagnostic(width=1280, height=1000)
    path = take_picture(page, "diagnostic")
    assert 20_000 < path.stat().st_size < 200_000, "a drawn map does not compress to less"
    check_the_page_opens_with_its_answer_and_its_map_and_asks_only_the_base_map_elsewhere(page, territory)
    columns_in_view(page)
    check_the_table_is_downloaded_as_a_valid_file(page, territory)
    name = check_a_click_on_a_commune_answers_beside_the_click(page)
    check_moving_the_threshold_changes_figures_and_outlines(page, territory)
    assert page.locator(".leaflet-popup-content").inner_text().startswith(name)
    check_the_map_is_downloaded_as_a_page_that_opens_alone(page, new_page(), territory, tmp_path / "map.html")
    check_a_row_of_the_table_moves_the_focus_to_its_answer(page)
    check_panning_and_zooming_never_ask_the_server_and_are_kept_when_the_threshold_moves(page, territory, pan_and_zoom)
    check_the_map_moves_by_arrows_and_enter_answers_for_its_centre_and_moves_the_focus_to_the_answer(page)
    check_two_quick_moves_and_the_back_button_end_where_they_should(page)
    check_on_a_phone_the_answer_comes_before_the_map_and_the_table(page)
