"""A département prepared with the button, from a server on loopback, then on the screen."""

import re

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def fetching_app(serve, official, tmp_path):
    """Serve the app with downloads allowed, from the server on loopback; its address."""
    addresses = {f"MAILLAGE_URL_{base.upper()}": url for base, url in official[1].items()}
    with serve(MAILLAGE_ALLOW_FETCH="1", MAILLAGE_CACHE_DIR=str(tmp_path / "cache"), **addresses) as address:
        yield address


def test_the_button_prepares_a_departement_with_the_keyboard(
    new_page, fetching_app, official, web, moods, take_picture
):
    slow = web.files[official[0]["communes"]]
    web.next(official[0]["communes"], moods.drip(max(1, len(slow) // 20), 0.1))
    page = new_page(width=1280, height=900)
    page.goto(f"{fetching_app}/?ecran=methode")
    page.wait_until_idle()
    page.get_by_text("Télécharger les données officielles").click()
    field = page.get_by_role("combobox", name="Département")
    for _ in range(10):  # what is typed while the screen is drawn again is lost, for people too
        field.fill("Pyrénées-Atl")
        page.wait_for_timeout(500)
        if page.get_by_role("option").count() == 1:
            break
    field.press("ArrowDown")
    field.press("Enter")
    button = page.get_by_role("button", name=re.compile("Télécharger$"), disabled=False)
    button.focus()
    button.press("Enter")
    page.get_by_role("button", name="Arrêter").wait_for()
    page.get_by_text("Contours des communes").first.wait_for(timeout=10_000)
    take_picture(page, "telechargement")
    page.get_by_text("est prêt").wait_for(timeout=30_000)
    page.wait_for_url("**/*territoire=64*")
    chosen = page.get_by_role("combobox", name="Territoire affiché")
    assert "Pyrénées-Atlantiques (64), du" in chosen.input_value()
    page.get_by_role("radio", name="Diagnostic").click()
    page.wait_for_selector("path.maillage-commune")
    assert page.locator("path.maillage-commune").count() == 5
    assert page.errors == []
