"""A département prepared with the button, from a server on loopback, then on the screen."""

import re
import shutil

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def prepared_for_this_test_alone(app_cache):
    """Take away what was prepared: other tests open the view of the same département, under the same code."""
    yield
    shutil.rmtree(app_cache / "territories", ignore_errors=True)


@pytest.mark.usefixtures("prepared_for_this_test_alone")
def test_the_button_prepares_a_departement_with_the_keyboard(new_page, app_address, official, web, moods, take_picture):
    for left_out in (
        "cells",
        "housing",
        "postcodes",
        "frr",
        "qpv",
        "gtfs_list",
        "roads-aquitaine",
        "roads-midi-pyrenees",
    ):
        web.serve(official[0][left_out], None)  # built with all of them: `tests/ui/test_territory_choice.py`
    slow = web.files[official[0]["communes"]]
    web.next(official[0]["communes"], moods.drip(max(1, len(slow) // 20), 0.1))
    page = new_page(width=1280, height=900)
    page.goto(f"{app_address}/?ecran=methode")
    page.wait_until_idle()
    page.get_by_text("Télécharger les données officielles").click()
    field = page.get_by_role("combobox", name="Département")
    for _ in range(200):  # what is typed while the screen is drawn again is lost, for people too
        field.fill("Pyrénées-Atl")
        page.wait_until_still()
        if page.get_by_role("option").count() == 1:
            break
    field.press("ArrowDown")
    field.press("Enter")
    button = page.get_by_role("button", name=re.compile("Télécharger$"), disabled=False)
    button.focus()
    button.press("Enter")
    page.get_by_role("button", name="Arrêter").wait_for()
    page.get_by_text("Contours des communes").first.wait_for()
    take_picture(page, "telechargement")
    page.get_by_text("est prêt").wait_for()
    page.wait_for_url("**/*territoire=64*")
    chosen = page.get_by_role("combobox", name="Territoire")
    assert "Pyrénées-Atlantiques (64), téléchargé le" in chosen.input_value()
    page.get_by_role("radio", name="Diagnostic").click()
    page.wait_for_selector("path.maillage-commune")
    assert page.locator("path.maillage-commune").count() == 5
    assert page.errors == []
