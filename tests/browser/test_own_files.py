"""A visitor's own files, really given to the app: a territory of their own, and back."""

import csv
import zipfile

import geopandas as gpd
import pytest

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror='window.ran=1'> Ustaritz"


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


def test_files_make_a_territory(new_page, app_address, files):
    page = new_page()
    page.goto(f"{app_address}/?territoire=64&ecran=methode")
    page.get_by_role("heading", name="Vos fichiers").wait_for()
    page.wait_until_idle()
    fields = {"Sites": "Liste de lieux", "Communes (facultatif)": "Couche de contours"}
    for path, (field, recognised) in zip(files, fields.items(), strict=True):
        page.locator(f'section[aria-label="{field}"] input').set_input_files(path)
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
