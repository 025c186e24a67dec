"""The widget: the code that another site pastes, and the way back to the whole page."""

import re

import pytest

from geo.ui.components.embedded import WIDGET_HEIGHT_PX, WIDGET_WORDS, whole_page_html, widget_html


@pytest.mark.parametrize("address", ["https://exemple.fr", "https://exemple.fr/", "https://exemple.fr/?lieu=64504"])
def test_the_code_shows_the_embedded_page_at_the_size_that_is_told(address):
    code = widget_html(address)
    assert 'src="https://exemple.fr/?embed=true"' in code
    assert f'height="{WIDGET_HEIGHT_PX}"' in code
    assert str(WIDGET_HEIGHT_PX) in WIDGET_WORDS
    assert 'title="Trouver un France services"' in code, "a frame has a name"


def test_an_address_is_not_markup():
    assert "<b>" not in widget_html('https://exemple.fr/"><b>')


def test_the_whole_page_has_the_same_choices():
    html = whole_page_html("https://exemple.fr/?embed=true", {"lieu": "64504", "quand": "2026-11-24T10:00"})
    assert re.search(r'href="([^"]*)"', html)[1] == "https://exemple.fr/?lieu=64504&amp;quand=2026-11-24T10%3A00"
    assert 'href="https://exemple.fr/"' in whole_page_html("https://exemple.fr/", {})
