"""The screen Rapport, driven as a visitor would."""

import io
import zipfile

import pypdf
import pytest

from geo.maps.static.sheet import Sheet
from geo.report import report_files
from geo.report.report_document import PAGES


@pytest.fixture
def open_report(open_part):
    """Open the app on its screen Rapport."""
    return lambda folder=None, **address: open_part("rapport", folder, **address)


@pytest.fixture(scope="module")
def folder(small_world, save_apart):
    """The small world, saved."""
    return str(save_apart(small_world.territory(tax_offices=small_world.tax_offices)))


@pytest.fixture(autouse=True)
def no_picture(monkeypatch):
    """Leave the maps blank and their files out, which take longest: nothing here looks at them."""
    blank = Sheet(297, 210, "Carte", "Carte que personne ne regarde")
    maps = dict.fromkeys(("travel_time", "curve", "under_served", "plan"), blank)
    monkeypatch.setattr(report_files, "report_maps", lambda _findings: maps)
    monkeypatch.setattr(report_files, "write_sheet", lambda *_: None)


def downloads(app):
    return [button.label for button in app.get("download_button")]


def test_the_screen_says_what_the_report_holds(open_report):
    app = open_report()
    assert "Atlantiques" in app.title[0].value
    assert "6 à 18 pages" in app.markdown[0].value
    assert app.button[0].label == "Préparer le rapport"
    assert downloads(app) == []


def test_prepared_with_a_plan_then_saved(open_report, folder, monkeypatch):
    kept = {}
    monkeypatch.setattr(
        "geo.ui.screens.report.st.download_button", lambda label, data, *_, **__: kept.update({label: data})
    )
    app = open_report(folder, seuil="5", avec_plan="1", labels="1")
    app.button[0].click().run()
    assert not app.exception
    assert set(kept) == {"Document (PDF)", "Tout (ZIP)"}
    assert PAGES[0] <= len(pypdf.PdfReader(io.BytesIO(kept["Document (PDF)"])).pages) <= PAGES[1]
    with zipfile.ZipFile(io.BytesIO(kept["Tout (ZIP)"])) as archive:
        names = archive.namelist()
    assert {"rapport-64/rapport.pdf", "rapport-64/manifest.json", "rapport-64/tables/labels.csv"} <= set(names)
    assert any(text.value.startswith("Un nouveau label, à ") for text in app.markdown)

    kept.clear()
    app.slider(key="widget_threshold_min").set_value(15).run()
    assert kept == {}, "the files are of other choices"
    assert "préparez le rapport à nouveau" in app.info[0].value


def test_tax_offices_have_no_plan(open_report, folder):
    app = open_report(folder, lieux="tax_offices", avec_plan="1")
    assert app.toggle(key="widget_report_plan").disabled
    app.button[0].click().run()
    assert not app.exception
    assert downloads(app) == ["Document (PDF)", "Tout (ZIP)"]


def test_a_plan_that_cannot_be_made_is_said(open_report, small_world, tmp_path):
    small_world.territory(population=None).save(tmp_path / "world")
    app = open_report(str(tmp_path / "world"), avec_plan="1")
    assert not app.exception
    assert "Population inconnue" in app.error[0].value
    assert downloads(app) == []
