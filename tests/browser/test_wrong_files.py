"""Wrong files, really given to the app: one French sentence each, and the page goes on.

More kinds of them: `tests/unit/territory/test_wrong_files.py`.
"""

import io
import json
import zipfile

import pytest
from PIL import Image

pytestmark = pytest.mark.browser

PLACES = "nom;latitude;longitude\nMairie;43.31;-1.58\nÉcole;43.40;-1.45\n"
SITES, COMMUNES, POPULATION = "Sites", "Communes (facultatif)", "Population (facultatif)"


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_dot_", ".").replace("__", "/"), content)
    return packed.getvalue()


def image() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(written, "PNG")
    return written.getvalue()


def collection(geometry: object) -> bytes:
    feature = {"type": "Feature", "properties": {"nom": "Sare", "code": "64504"}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


#: Field, name of the file, content, and words of the one sentence.
REFUSED = [
    (SITES, "photo.csv", image, "est un fichier binaire ou abîmé"),
    (SITES, "photo.png", image, "Ce type de fichier n'est pas lu ici"),
    (SITES, "gros.csv", lambda: PLACES.encode() + b"A;43.3;-1.5\n" * 900_000, "Fichier trop lourd : au plus 10 Mo."),
    (COMMUNES, "bombe.zip", lambda: zipped(c_dot_geojson=b" " * 120_000_000), "fois la taille du fichier"),
]
#: What is only seen when the territory is built.
REFUSED_IN_THE_END = [
    (COMMUNES, "sans.geojson", lambda: collection(None), "commune sans contour"),
]


@pytest.fixture
def give(new_page, app_address, tmp_path):
    """Open the screen and give it a file; return the page once it has been looked at."""
    page = new_page()
    page.goto(f"{app_address}/?territoire=64&ecran=methode")
    page.get_by_role("heading", name="Vos fichiers").wait_for()
    page.wait_until_idle()

    def one(field: str, name: str, content: bytes):
        (tmp_path / name).write_bytes(content)
        page.locator(f'section[aria-label="{field}"] input').set_input_files(tmp_path / name)
        return page

    return one


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


def test_each_wrong_file_is_one_french_sentence(give):
    for field, name, content, words in REFUSED:
        page = give(field, name, content())
        french(page, words)
        assert page.get_by_role("button", name="Construire le territoire").is_disabled()
        take_away(page)
    for field, name, content, words in REFUSED_IN_THE_END:
        page = give(field, name, content())
        page.get_by_role("button", name="Construire le territoire", disabled=False).click()
        french(page, words)
        take_away(page)
    check_two_files_in_each_others_field_are_told_apart(give)
    take_away(page)
    # After all that, a good one in UTF-16 is read.
    page = give(SITES, "bonne.csv", PLACES.encode("utf-16"))
    page.get_by_text("Liste de lieux").wait_for()
    page.wait_until_idle()
    page.get_by_role("button", name="Construire le territoire").click()
    page.get_by_text("Territoire fait de vos fichiers :").first.wait_for()


def check_two_files_in_each_others_field_are_told_apart(give) -> None:
    give(COMMUNES, "sites.geojson", PLACES.encode())
    page = give(POPULATION, "communes.csv", collection({"type": "Point", "coordinates": [-1.58, 43.31]}))
    french(page, "Communes : fichier vide ou de format non reconnu")
    french(page, "Population : ")
