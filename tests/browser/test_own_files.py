"""A visitor's own files, really given to the app: wrong ones are one French sentence each, good ones a territory, and back.

More kinds of wrong files: `tests/unit/territory/test_wrong_files.py`; those told apart or told in the end: `tests/ui/test_own_files.py`.
"""

import csv
import io
import zipfile

import geopandas as gpd
import pytest
from PIL import Image

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror='window.ran=1'> Ustaritz"
SITES, COMMUNES = "Sites", "Communes (facultatif)"


def image() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(written, "PNG")
    return written.getvalue()


@pytest.fixture
def files(tmp_path):
    """A list of places with a hostile name, and a zipped shapefile of three communes around it."""
    with (tmp_path / "lieux.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["nom", "latitude", "longitude"], [HOSTILE, "43.40", "-1.45"]])
    squares = gpd.GeoSeries.from_wkt(
        [f"POLYGON (({x} 43.3, {x + 0.1} 43.3, {x + 0.1} 43.4, {x} 43.4, {x} 43.3))" for x in (-1.6, -1.5, -1.4)]
    )
    communes = gpd.GeoDataFrame(
        {"insee_com": ["64504", "64547", "64213"], "nom": ["Sare", "Ustaritz", "Espelette"], "pop": [2000, 7000, 1000]},
        geometry=squares,
        crs="EPSG:4326",
    )
    communes.to_file(tmp_path / "communes.shp")
    with zipfile.ZipFile(tmp_path / "communes.zip", "w") as archive:
        for part in tmp_path.glob("communes.[!z]*"):
            archive.write(part, part.name)
    return tmp_path / "lieux.csv", tmp_path / "communes.zip"


def give(page, field: str, path) -> None:
    page.locator(f'section[aria-label="{field}"] input').set_input_files(path)


def french(page, words: str) -> None:
    """Wait for a sentence, the only one in red, and check that it is no traceback and no English."""
    shown = page.locator('[data-testid="stAlert"], [data-testid="stFileChip"] [role="alert"]')
    shown.filter(has_text=words).first.wait_for()
    page.wait_until_idle()
    for text in shown.all_inner_texts():
        assert "Traceback" not in text
        assert "Error:" not in text
    assert shown.filter(has_text=words).count() == 1
    assert page.errors == []


def take_away(page) -> None:
    chips = page.get_by_test_id("stFileChipDeleteBtn")
    while count := chips.count():
        chips.first.get_by_role("button").click()
        chips.nth(count - 1).wait_for(state="detached")
    page.wait_for_function("() => !document.querySelector('[data-testid=\"stAlert\"]')")
    page.wait_until_idle()


def check_each_wrong_file_is_one_french_sentence(page, folder) -> None:
    """The app refuses the first, the field itself the others."""
    for name, content, words in (
        ("photo.csv", image(), "est un fichier binaire ou abîmé"),
        ("photo.png", image(), "Ce type de fichier n'est pas lu ici"),
        ("gros.csv", b"A;43.3;-1.5\n" * 900_000, "Fichier trop lourd : au plus 10 Mo."),
    ):
        (folder / name).write_bytes(content)
        give(page, SITES, folder / name)
        french(page, words)
        assert page.get_by_role("button", name="Construire le territoire").is_disabled()
        take_away(page)


def test_wrong_files_are_told_and_good_ones_make_a_territory(new_page, app_address, files, tmp_path):
    page = new_page()
    page.goto(f"{app_address}/?territoire=64&ecran=methode")
    page.get_by_role("heading", name="Vos fichiers").wait_for()
    page.wait_until_idle()
    check_each_wrong_file_is_one_french_sentence(page, tmp_path)
    for path, (field, recognised) in zip(
        files, {SITES: "Liste de lieux", COMMUNES: "Couche de contours"}.items(), strict=True
    ):
        give(page, field, path)
        page.get_by_text(recognised).wait_for()
        page.wait_until_idle()
    page.wait_until_quiet()  # a run that follows would close the list
    population = page.get_by_role("combobox", name="Population")
    population.focus()
    population.press("ArrowDown")
    page.get_by_role("option", name="pop").click()
    page.wait_until_idle()
    page.get_by_role("button", name="Construire le territoire").click()

    notice = page.get_by_text("Territoire fait de vos fichiers :").first
    notice.wait_for()
    page.get_by_role("radio", name="Diagnostic").click()
    page.wait_for_selector("path.maillage-commune")
    page.wait_until_idle()
    assert page.locator("path.maillage-commune").count() == 3
    assert "10\u202f000" in page.locator(".maillage-answer").inner_text().replace("\xa0", "\u202f")
    notice.wait_for()

    page.get_by_role("button", name="Revenir au territoire Pyrénées-Atlantiques").click()
    notice.wait_for(state="detached")
    page.wait_until_idle()
    assert page.get_by_text("vos fichiers").count() == 0
    assert page.locator("path.maillage-commune").count() > 500
    assert page.evaluate("window.ran") is None
    assert page.errors == []
