"""The button that brings the lists of the day."""

import pytest

from geo.settings import Settings
from geo.territory.embedded import read_tables
from tests.unit.sources import day_lists_files as files

BUTTON = "Actualiser les listes"


@pytest.fixture
def allowed(open_app, monkeypatch, web, official_addresses):
    """Allow downloads, from the lists that a server serves."""
    del open_app  # which forbids them first
    monkeypatch.setenv("MAILLAGE_ALLOW_FETCH", "1")
    for base, url in official_addresses(web).items():
        monkeypatch.setenv(f"MAILLAGE_URL_{base.upper()}", url)
    tables = read_tables(Settings.from_environment().data_dir / "france")
    sites, tax_offices = (each.frame.iloc[: len(each.frame) * 2 // 3] for each in (tables.sites, tables.tax_offices))
    web.serve(files.SITES, files.site_list(sites))
    web.serve(files.TAX_OFFICES, files.tax_list(tax_offices))


def buttons(app):
    return [button.label for button in app.button]


def said(app):
    elements = [*app.markdown, *app.warning, *app.get("html")]
    words = " ".join(getattr(element, "value", None) or element.proto.body for element in elements)
    return " ".join(words.replace("\\", "").split())


def press(app):
    next(button for button in app.button if button.label == BUTTON).click().run()
    assert not app.exception


@pytest.mark.usefixtures("allowed")
def test_the_lists_come_and_every_screen_counts_them(open_app):
    app = open_app(ecran="diagnostic", territoire="64")
    assert "1er août 2024" in said(app)
    press(app)
    assert "publié le 5 octobre 2026" in said(app)
    assert "1er août 2024" not in said(app)
    assert BUTTON not in buttons(app)  # asked for today
    app.button_group(key="widget_screen").set_value("methode").run()
    dates = dict(zip(*(app.dataframe[0].value[name] for name in ("Jeu de données", "Date")), strict=True))
    for dataset in ("Liste des structures France services", "Centres des Finances publiques"):
        assert " ".join(dates[dataset].split()) == "5 octobre 2026"
    assert "Du 1er août 2024 au 5 octobre 2026" in said(app).replace("\u00a0", " ")  # what the list of the day changes
    assert BUTTON in buttons(app)


@pytest.mark.usefixtures("allowed")
def test_a_list_that_is_refused_is_said(open_app, web):
    web.serve(files.SITES, b"<html>")
    web.serve(files.TAX_OFFICES, None)
    app = open_app(ecran="methode")
    press(app)
    warnings = " ".join(warning.value for warning in app.warning).replace("\\", "")
    assert "une page web a été reçue" in warnings
    assert "La liste fournie avec l'outil (octobre 2019) reste utilisée." in warnings


def test_nobody_downloads_where_it_is_closed(open_app):
    app = open_app(ecran="methode", territoire="64")
    assert BUTTON not in buttons(app)
    assert "maillage fetch --lists" in said(app)
    app.button_group(key="widget_screen").set_value("diagnostic").run()
    assert BUTTON not in buttons(app)
