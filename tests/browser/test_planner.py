"""A planner's whole visit to *Planifier*, in a real browser that reaches nothing but this machine."""

import itertools
import json
import math
import os
import re

import pytest

from geo.siting.plan import plan

pytestmark = pytest.mark.browser

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def territory(embedded):
    return embedded


@pytest.fixture
def planner(new_page, app_address):
    """Open the screen with its answer given and, but for the hours, its map drawn."""

    def open_view(view="ouvrir", drawn="path.maillage-commune[data-class]", query="", **options):
        page = new_page(**options)
        page.goto(f"{app_address}/?territoire=64&ecran=planifier&vue={view}{query}")
        page.wait_for_selector(".maillage-answer:not(:empty)")
        page.wait_for_selector(drawn)
        page.wait_until_idle()
        return page

    return open_view


def answer(page) -> str:
    return page.locator(".maillage-answer").inner_text()


def wait_for_answer(page, words: str) -> None:
    page.wait_for_function("words => document.querySelector('.maillage-answer')?.innerText.includes(words)", arg=words)
    page.wait_until_idle()


def choose(page, label: str, words: str) -> None:
    """Type into a list of choices and take the first."""
    field = page.get_by_role("combobox", name=label, exact=True)
    field.click()
    field.fill(words)
    page.get_by_role("option").first.wait_for()
    field.press("Enter")
    page.wait_until_idle()


def view(page, name: str) -> None:
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name, exact=True)).first.click()


def in_class(page, number: int) -> int:
    return page.locator(f'path.maillage-commune[data-class="{number}"]').count()


def nearest_signs(page) -> float:
    """Return the pixels between the two signs of the map that are nearest to each other."""
    boxes = [sign.bounding_box() for sign in page.locator(".leaflet-marker-icon.maillage-sign").all()]
    return min(
        math.hypot(one["x"] - other["x"], one["y"] - other["y"]) for one, other in itertools.combinations(boxes, 2)
    )


def map_box(page) -> dict:
    """Return where the map is, once it is wholly in view."""
    page.locator(".maillage-canvas").scroll_into_view_if_needed()
    page.wait_until_still()
    return page.locator(".maillage-canvas").bounding_box()


def no_sideways(page) -> None:
    """Check that nothing scrolls sideways, in the size of a desk's screen and of a phone; the page keeps the last."""
    for size in (PHONE, DESK) if page.viewport_size == DESK else (DESK, PHONE):
        page.set_viewport_size(size)
        page.wait_until_still()
        for element in ("document.documentElement", "document.querySelector('.stMain')"):
            page.wait_for_function(f"{element}.scrollWidth <= {element}.clientWidth")


def check_a_saved_scenario_comes_back(page, planned, saved) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name="Enregistrer", exact=True).click()
    download.value.save_as(saved)
    content = json.loads(saved.read_text(encoding="utf-8"))
    assert [action["action"] for action in content["actions"]] == ["open"] * 5
    assert "/" not in "".join(action["id"] for action in content["actions"]), "no path"
    page.get_by_role("button", name="Tout effacer").click()
    wait_for_answer(page, "Rien n'est encore changé")
    page.locator('input[type="file"]').set_input_files(saved)
    page.wait_for_function("old => document.querySelector('.maillage-answer').innerText === old", arg=planned)
    page.wait_until_idle()


def test_a_whole_planning_visit(planner, territory, columns_in_view, tmp_path):
    """Begun at a desk, ended on a phone."""
    page = planner(**DESK)
    found = plan(territory, 5)
    assert answer(page).startswith(f"5 nouveaux labels, à {found.labels['name'].iloc[0]}, ")
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert page.locator(".maillage-answer").bounding_box()["y"] < size["height"], "the answer is in the first view"
    columns_in_view(page)
    page.get_by_text("aucun autre choix de 5 lieux ne peut rapprocher").first.wait_for()
    others = len(set(found.widest.labels["code"]) - set(found.labels["code"]))
    assert page.locator(".leaflet-marker-icon.maillage-sign").all_inner_texts() == [*"ABCDE"[:others], *"12345"]
    assert in_class(page, 0) > 0
    no_sideways(page)

    page.get_by_role("button", name="Essayer ce plan comme scénario").click()
    wait_for_answer(page, "Avec ce scénario")
    assert "vue=scenario" in page.url
    page.wait_for_selector(".leaflet-marker-icon.maillage-sign")
    assert page.locator(".leaflet-marker-icon.maillage-sign").all_inner_texts() == ["+"] * 5
    assert in_class(page, 0) > 0
    planned = answer(page)
    no_sideways(page)

    view(page, "Fermer")
    page.get_by_role("button", name="Fermer ce site").wait_for()
    choose(page, "Site", "Saint-Jean-de-Luz")
    page.get_by_role("button", name="Fermer ce site").click()
    wait_for_answer(page, "passent au-delà")
    page.get_by_text("6. Fermer").wait_for()
    assert page.locator(".leaflet-marker-icon.maillage-sign-closed").count() == 1
    assert in_class(page, 4) > 0
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Annuler").click()
    page.wait_for_function("old => document.querySelector('.maillage-answer').innerText === old", arg=planned)
    page.wait_until_idle()

    check_a_saved_scenario_comes_back(page, planned, tmp_path / "<img src=x onerror='window.ran=1'>.json")

    view(page, "Fragilité")
    wait_for_answer(page, "dépendent le plus d'habitants")
    page.wait_for_selector("path.maillage-commune[data-class]")
    page.set_viewport_size(DESK)
    columns_in_view(page)
    page.set_viewport_size(PHONE)
    view(page, "Horaires")
    wait_for_answer(page, "Au mieux")
    assert page.locator(".maillage-hours tbody tr").count() >= 20
    assert page.locator(".maillage-hours thead th").count() == 8
    no_sideways(page)
    assert (page.errors, page.evaluate("window.ran")) == ([], None)
    assert set(page.refused) <= {"data.geopf.fr"}


def check_a_click_on_the_map_opens_a_site(page) -> None:
    page.wait_until_quiet()
    for across, down in ((0.5, 0.6), (0.42, 0.55), (0.58, 0.7)):
        box = map_box(page)  # what is said above it of the last click has moved it
        before = page.locator(".maillage-note", has_text=re.compile(r"^\d+\. ")).count()
        page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
        page.wait_for_function(
            "n => [...document.querySelectorAll('.maillage-note')].filter(p => /^\\d+\\. /.test(p.innerText)).length > n",
            arg=before,
        )
        page.wait_until_idle()
    wait_for_answer(page, "Avec ce scénario")
    assert page.locator(".leaflet-marker-icon.maillage-sign").count() == 3


def check_the_map_moves_without_the_server(page, pan_and_zoom) -> None:
    said = answer(page)
    page.wait_until_quiet()
    page.sent.clear()
    pan_and_zoom(page)
    assert page.sent == []
    assert answer(page) == said


def check_the_plan_is_chosen_and_opened_with_the_keyboard(page) -> None:
    labels = page.get_by_role("spinbutton", name="Nouveaux labels")
    labels.focus()
    labels.press("ArrowDown")
    labels.press("Enter")
    wait_for_answer(page, "4 nouveaux labels")
    assert "labels=4" in page.url
    page.get_by_role("button", name="Essayer ce plan comme scénario").focus()
    page.keyboard.press("Enter")
    wait_for_answer(page, "Avec ce scénario")


def check_no_sign_hides_another(page) -> None:
    assert nearest_signs(page) >= 25, "A (Louvie-Juzon) is two kilometres from 4 (Arudy)"


def check_the_files_of_a_plan(page) -> None:
    for button, start in (
        ("Tableau (CSV)", b"\xef\xbb\xbfRang;"),
        ("Carte pour SIG (GPKG)", b"SQLite format 3"),
        ("Données (JSON)", b"{"),
        ("Argumentaires (HTML)", b"<!doctype html>"),
        ("Dossiers (PDF)", b"%PDF-"),
    ):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).first.click()
        assert download.value.path().read_bytes().startswith(start)


def test_a_plan_its_picture_signs_files_and_the_keyboard_then_sites_opened_on_the_map(planner, pan_and_zoom, tmp_path):
    """Also makes a picture of the README: `make screenshot` says where it goes."""
    page = planner(width=1280, height=880)
    page.wait_until_still()
    folder = os.environ.get("MAILLAGE_SCREENSHOTS") or tmp_path
    picture = page.screenshot(path=f"{folder}/planifier.png")
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 50_000, "a drawn screen does not compress to less"
    check_no_sign_hides_another(page)
    check_the_files_of_a_plan(page)
    check_the_plan_is_chosen_and_opened_with_the_keyboard(page)
    page.get_by_role("button", name="Tout effacer").click()
    wait_for_answer(page, "Rien n'est encore changé")
    check_a_click_on_the_map_opens_a_site(page)
    check_the_map_moves_without_the_server(page, pan_and_zoom)
    assert page.errors == []
