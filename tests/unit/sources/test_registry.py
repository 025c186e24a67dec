"""The registry of official sources, and which extracts of roads a département needs."""

import gzip
import re
from collections import defaultdict
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pyproj
import pytest
from scipy.spatial import cKDTree

from geo.crs import WGS84, departement_of, metric_crs
from geo.errors import ParameterError
from geo.network.speeds import speed_profile
from geo.sources.departements import departement_codes
from geo.sources.registry import osm_extracts, sources

README = Path(__file__).resolve().parents[3] / "data" / "README.md"
#: The regions of before 2016, and how many départements each had (INSEE, Code officiel géographique 2015).
REGIONS_OF_2015 = {
    "alsace": 2, "aquitaine": 5, "auvergne": 4, "basse-normandie": 3, "bourgogne": 4, "bretagne": 4, "centre": 6,
    "champagne-ardenne": 4, "corse": 2, "franche-comte": 4, "haute-normandie": 2, "ile-de-france": 8,
    "languedoc-roussillon": 5, "limousin": 3, "lorraine": 4, "midi-pyrenees": 8, "nord-pas-de-calais": 2,
    "pays-de-la-loire": 5, "picardie": 3, "poitou-charentes": 4, "provence-alpes-cote-d-azur": 6, "rhone-alpes": 8,
    "guadeloupe": 1, "martinique": 1, "guyane": 1, "reunion": 1, "mayotte": 1,
}  # fmt: skip


def test_every_source_says_what_it_is():
    assert len({source.title for source in sources().values()}) == len(sources())
    for name, source in sources().items():
        first = source.file_around("a", (-1, 43, 0, 44), {}) if source.query else source.files("64", {})[0]
        assert first.url.startswith("https://")
        assert "{" not in first.url
        assert source.licence in {"Licence Ouverte 2.0", "ODbL 1.0"}
        assert source.format in {"csv", "zip", "geojson.gz", "json", "osm", "osm.pbf"}
        assert (source.format == "zip") == (source.member is not None)
        assert source.max_bytes > 0
        assert (source.max_unpacked_bytes > 0) == (source.format in {"zip", "geojson.gz"})
        assert (source.without is None) == (name in {"sites", "communes"})


def test_the_readme_lists_every_source():
    text = README.read_text(encoding="utf-8")
    for source in sources().values():
        assert f"`{source.name}`" in text
        assert source.licence in text


def test_addresses_may_be_replaced_by_base_or_by_source():
    cells = sources()["cells"]
    assert cells.files("64", {"insee": "http://h/i/"})[0].url.startswith("http://h/i/fr/statistiques/fichier/")
    assert cells.files("64", {"insee": "http://h", "cells": "http://other/f.zip"})[0].url == "http://other/f.zip"
    roads = sources()["roads"].files("64", {"roads": "http://h/{extract}.osm.pbf"})
    assert [(each.key, each.url) for each in roads] == [
        ("roads-aquitaine", "http://h/aquitaine.osm.pbf"),
        ("roads-midi-pyrenees", "http://h/midi-pyrenees.osm.pbf"),
    ]
    with pytest.raises(ParameterError, match="MAILLAGE_URL_INSE "):
        cells.files("64", {"inse": "http://h"})


def test_what_overpass_is_asked():
    """The classes of roads that the reader keeps, and nothing else, in the order of coordinates that Overpass wants."""
    around = sources()["roads_around"].file_around("64483-12", (-1.8, 43.3, -1.5, 43.5), {})
    assert around.key == "roads_around-64483-12"
    url = urlsplit(around.url)
    assert (url.scheme, url.path) == ("https", "/api/interpreter")
    (query,) = parse_qs(url.query)["data"]
    assert query.startswith("[out:xml]")
    assert "(43.30000,-1.80000,43.50000,-1.50000)" in query
    classes = query.split("^(")[1].split(")$")[0].split("|")
    for profile in ("courant", "fluide"):
        assert sorted(classes) == sorted(speed_profile(profile).class_speed_kmh)
    mirror = sources()["roads_around"].file_around("k", (0, 0, 1, 1), {"overpass": "http://h/osm/"})
    assert mirror.url.startswith("http://h/osm/api/interpreter?data=%5Bout")


def test_what_a_source_does_not_cover():
    assert sources()["cells"].files("971", {}) == []
    assert sources()["roads"].files("975", {}) == []
    assert sources()["cells"].member_for("974") == "carreaux_200m_reun.csv"
    assert sources()["cells"].member_for("64") == "carreaux_200m_met.csv"


def test_each_departement_has_the_extract_of_its_former_region():
    own = [osm_extracts(code)[0] for code in departement_codes() if code not in sources()["roads"].not_covered]
    assert {name: own.count(name) for name in own} == REGIONS_OF_2015
    assert osm_extracts("64") == ("aquitaine", "midi-pyrenees")
    assert osm_extracts("75") == ("ile-de-france", "centre", "haute-normandie", "picardie")
    assert osm_extracts("2A") == ("corse",)
    assert osm_extracts("974") == ("reunion",)
    assert osm_extracts("29") == ("bretagne",)
    assert all(set(osm_extracts(code)) <= set(REGIONS_OF_2015) for code in departement_codes())
    assert all(len(set(osm_extracts(code))) == len(osm_extracts(code)) for code in departement_codes())


def test_the_neighbours_are_those_within_the_margin(shared_data):
    """Against the vertices of the real contours: no region nearer than 55 km is left out, none beyond is listed."""
    path = shared_data / "communes" / "communes-france-2018.geojson.gz"
    written = defaultdict(list)
    for feature in gzip.decompress(path.read_bytes()).decode().split('{"type":"Feature",')[1:]:
        geometry, _, properties = feature.partition('"properties"')
        departement = departement_of(re.search(r'"code":"(\w+)"', properties)[1])
        if metric_crs(departement) == "EPSG:2154":
            # One vertex in eight, a kilometre apart, is enough.
            written[departement] += geometry.partition('"coordinates":')[2].rstrip("},").split("],[")[::8]
    to_metres = pyproj.Transformer.from_crs(WGS84, "EPSG:2154", always_xy=True)
    places = {}
    for departement, vertices in written.items():
        numbers = np.fromstring(",".join(vertices).replace("[", "").replace("]", ""), sep=",")
        places[departement] = np.column_stack(to_metres.transform(numbers[::2], numbers[1::2]))
    extracts = {osm_extracts(code)[0] for code in places}
    trees = {
        name: cKDTree(np.concatenate([own for code, own in places.items() if osm_extracts(code)[0] == name]))
        for name in extracts
    }
    for code in sorted(places)[::8]:
        here = places[code]
        for name, tree in trees.items():
            nearest = tree.query(here, distance_upper_bound=60_000)[0].min()
            assert nearest > 52_000 or name in osm_extracts(code), (code, name)  # the doubtful ones apart
            assert nearest <= 58_000 or name not in osm_extracts(code), (code, name)
