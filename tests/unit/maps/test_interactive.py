"""The exported page: complete, escaped, offline, light, written whole."""

import base64
import datetime as dt
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from geo.errors import SourceError
from geo.maps.interactive import coverage_map, map_html, write_map
from geo.maps.legend import legend_html
from geo.maps.payload import LEAFLET_INTEGRITY
from geo.settings import Settings


@pytest.fixture
def settings(tmp_path) -> Settings:
    leaflet = tmp_path / "leaflet"
    leaflet.mkdir()
    (leaflet / "leaflet.js").write_text("window.L = {here: true};")
    (leaflet / "leaflet.css").write_text(".leaflet-pane { z-index: 400; }")
    return Settings(data_dir=tmp_path, leaflet_dir=leaflet, tiles_url="https://tiles.test/?a=1&b=2")


@pytest.fixture
def page(territory, diagnosis, settings):
    return coverage_map(territory, diagnosis, settings=settings, today=dt.date(2026, 11, 22))


class Outline(HTMLParser):
    """Collects the elements, the addresses and the text of a page, scripts and styles apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.addresses, self.scripts, self.text = [], [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data):
        if self.tags and self.tags[-1] == "script":
            self.scripts.append(data)
        elif self.tags[-1:] != ["style"]:
            self.text += data


def test_page_says_what_it_shows(page):
    text = Outline(map_html(page)).text.replace("\u202f", " ").replace("\u00a0", " ")
    for expected in (
        "Sites France services à 20 min ou moins : Pays & <b>Essai</b>, 8 communes",
        "Aucun des 2 500 habitants n'est à 20 min ou moins d'un site France services ; 5 communes sont sous-desservies",
        "5 communes sur 8 sont sous-desservies (2 200 habitants, soit 88 % des habitants)",
        "Parts et temps calculés sur les 2 500 habitants dont le trajet est connu, sur 3 300 dans le territoire",
        "temps moyen de plus de 20 min",
        "bus non comptés",
        "Les temps de trajet sont approchés",
        "Les contours des communes sont approchés",
        "1 346 nœuds",
        "1er août 2024, Licence Ouverte 2.0",
        "Carte établie le 22/11/2026",
    ):
        assert expected in text


def test_nothing_from_the_data_becomes_an_element(page):
    outline = Outline(map_html(page))
    assert not {"b", "i"} & set(outline.tags)
    assert not any(script.startswith("alert") for script in outline.scripts)
    assert "<script>alert" not in map_html(page)


def test_template_syntax_in_a_name_stays_text(territory, diagnosis, settings):
    territory.name = "{{ 6 * 7 }}{% raw %}"
    html = map_html(coverage_map(territory, diagnosis, settings=settings))
    assert "{{ 6 * 7 }}{% raw %}, 8 communes</h1>" in html


def test_page_needs_nothing_from_outside_but_tiles(page):
    html = map_html(page)
    assert Outline(html).addresses == []
    assert "window.L = {here: true};" in html
    assert "La carte ne peut pas être dessinée" not in html
    assert not re.search("jquery|bootstrap|awesome", html, re.IGNORECASE)


def test_without_installed_leaflet_the_page_names_the_public_address_and_its_checksum(
    territory, diagnosis, settings, caplog
):
    (settings.leaflet_dir / "leaflet.js").unlink()
    html = map_html(coverage_map(territory, diagnosis, settings=settings))
    assert "sans internet" in caplog.text
    # The sentence takes the place of the map: after its box, before the script that draws in it.
    assert html.index('class="folium-map"') < html.index("La carte ne peut pas être dessinée") < html.index("L.map(")
    outline = Outline(html)
    assert outline.addresses == [f"{settings.leaflet_cdn}/leaflet.css", f"{settings.leaflet_cdn}/leaflet.js"]


def test_the_installed_leaflet_is_the_one_of_the_checksum():
    script = Settings.from_environment().leaflet_dir / "leaflet.js"
    if not script.is_file():
        pytest.skip("Leaflet is not installed in static/leaflet: run the set-up")
    digest = base64.b64encode(hashlib.sha256(script.read_bytes()).digest()).decode()
    assert f"sha256-{digest}" == LEAFLET_INTEGRITY


def test_legend_is_the_one_of_the_screens(page):
    assert legend_html("sites", ["main", "antenne", "bus"], ["bus"], "temps moyen de plus de 20\u00a0min") in map_html(
        page
    )


def test_values_reach_the_drawing_code(page):
    call = re.search(r"const base = (\{.*\});\nconst values = (\{.*\});", map_html(page))
    base, values = json.loads(call[1]), json.loads(call[2])
    assert len(base["communes"]["features"]) == len(values["classes"]) == 9


def test_write_is_whole_and_leaves_nothing_beside(page, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    write_map(page, folder / "map.html")
    assert [path.name for path in folder.iterdir()] == ["map.html"]
    assert (folder / "map.html").read_text(encoding="utf-8").startswith('<!DOCTYPE html>\n<html lang="fr">')


def test_a_place_that_cannot_be_written_is_one_sentence(page, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match=r"map\.html"):
        write_map(page, Path(tmp_path / "file" / "map.html"))


def test_a_list_of_another_name_is_escaped_in_the_legend():
    assert "<img" not in legend_html("<img src=x>", ["place"])
