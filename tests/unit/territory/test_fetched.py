"""A territory from fetched files: the same as from files by hand, and something less where a source fails."""

import datetime as dt
import gzip
import io
import json
import zipfile

import pytest

from geo.access.coverage import coverage
from geo.errors import MaillageError, SourceError
from geo.settings import Settings
from geo.sources.download import Limits
from geo.sources.download_cache import DownloadCache
from geo.sources.fetch import FetchPlan, fetch
from geo.sources.overpass import Around
from geo.sources.zones import read_frr
from geo.territory import Territory
from geo.territory.fetched import build_fetched, fetched_zone, kept_territories, territory_place

LIMITS = Limits(max_seconds=600, idle_seconds=60, attempts=2, first_wait_s=0.01, max_wait_s=0.1)


@pytest.fixture
def have(official, tmp_path):
    """Fetch what the server serves for a département."""

    def call(departement="64", **changes):
        cache = DownloadCache(tmp_path / "cache", LIMITS)
        return fetch(departement, FetchPlan(**{"cache": cache, "urls": official[1], **changes}))

    return call


def names(missing):
    return {each.source.name for each in missing}


def test_the_territory_of_the_small_world(have, tmp_path):
    fetched = have()
    gone = tmp_path / "cache" / "unpacked-by-another-build-that-ends-now"
    gone.symlink_to("nothing")  # seen in the folder, and no longer there when it is looked at
    territory, missing = build_fetched(fetched)
    gone.unlink()
    assert missing == ()
    assert set(territory.facilities) == {"sites", "tax_offices"}
    assert not territory.network.source.approximate
    assert set(territory.active) == {"walk", "bike"}
    assert territory.demand["population"].tolist() == [100.0, 200.0, 300.0, 400.0, 500.0]
    times = territory.travel_times("sites", kinds={"main"})["travel_time_min"]
    # 10 km at 60 km/h from one centre to the next, a little more at 85 % of the limit; E has no road.
    assert times.isna().tolist() == [False, False, False, False, True]
    assert times[3] == pytest.approx(30 / 0.85, rel=0.05)
    vintages = {source.dataset: source.vintage for source in territory.manifest.sources}
    assert vintages["Communes (contours)"] == "2026"
    assert vintages["Population légale"] == "2023"
    assert vintages["Liste des structures France services"] == "2026-10-05"
    assert territory.communes.loc["64001", "postcodes"] == "64990"
    assert territory.households["share_carless"].to_dict() == pytest.approx({"64001": 0.1, "64002": 0.25})
    assert list((tmp_path / "cache").glob("unpacked-*")) == []
    territory.save(tmp_path / "territory")
    assert len(coverage(Territory.load(tmp_path / "territory"), 20)) == 5


def _zipped(name, content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


#: What does not come, by source, and what is said then.
ABSENT = {
    "cells": "placés à sa mairie",
    "housing": "ménages sans voiture n'est pas connue",
    "town_halls": "point intérieur",
    "population": "inconnus",
    "tax_offices": "pas de liste",
    "postcodes": "par leur code postal",
    "roads-aquitaine": "réseau est estimé",
}
#: What looks right from its beginning, and fails when it is read.
DAMAGED = {
    "town_halls": gzip.compress(b'{"type": "FeatureCollection", "features": []}', mtime=0),
    "tax_offices": b"nom_du_service;type_de_service;adresse;code_postal;commune;geocodage\na;b;c;d;e;f\n",
    "roads-aquitaine": b"\x00\x00\x00\x0d\n\tOSMHeader" + bytes(300),
    # A cell of another département.
    "cells": _zipped("carreaux_200m_met.csv", "idcar_200m;ind\nCRS3035RES200mN2029800E4252400;9\n"),
}


@pytest.mark.parametrize(
    "served",
    [
        {"cells": None, "tax_offices": None, "population": None},
        {"housing": None, "town_halls": None, "postcodes": None, "roads-aquitaine": None},
        DAMAGED,
    ],
    ids=["three absent", "the four others", "damaged"],
)
def test_what_cannot_be_had_or_read_is_left_out_and_said(have, official, web, served):
    for key, content in served.items():
        web.serve(official[0][key], content)
    territory, missing = build_fetched(have())
    said = {each.source.name: each.sentence for each in missing}
    assert said.keys() == {key.partition("-")[0] for key in served}
    for key, content in served.items():
        assert ABSENT[key] in said[key.partition("-")[0]]
        assert ("aucun carreau habité" in said[key.partition("-")[0]]) == (key == "cells" and content is not None)
    assert territory.network.source.approximate == ("roads-aquitaine" in served)
    assert ("tax_offices" in territory.facilities) == ("tax_offices" not in served)
    assert (territory.cells is None) == ("cells" in served)
    assert (territory.households is None) == ("housing" in served)


def test_roads_around_a_commune(have, overpass, tmp_path):
    """The road stops at 15 km: B is reached, D is off the network, and where roads stop is said."""
    began = dt.datetime.now(tz=dt.UTC).date().isoformat()
    territory, missing = build_fetched(have(around=Around("64001", 12)))
    assert missing == ()
    assert territory.name == "Pyrénées-Atlantiques, routes autour de Commune A"
    assert territory.active == {}
    times = territory.travel_times("sites", kinds={"main"})
    assert times["on_network"].tolist() == [True, True, False, False, False]
    assert times["travel_time_min"].isna().tolist() == [False, False, True, True, True]
    *_, note = territory.network.source.notes
    assert "12 km autour de Commune A" in note
    assert any("ne couvre pas tout le territoire : 3 points" in each for each in territory.manifest.notes)
    assert began <= territory.network.source.vintage <= dt.datetime.now(tz=dt.UTC).date().isoformat()
    assert overpass[1]
    territory.save(tmp_path / "territory")
    assert Territory.load(tmp_path / "territory").network.source == territory.network.source


def test_only_folders_named_after_a_departement_are_kept_territories(tmp_path):
    settings = Settings(data_dir=tmp_path, leaflet_dir=tmp_path, cache_dir=tmp_path)
    assert kept_territories(settings) == {}
    folder = tmp_path / "territories"
    for name in ("64", "2A", "974", "64-64483", "99", "64-", "64 ", ".64.x", "a", "64-64483-1", "²4"):
        (folder / name).mkdir(parents=True)
    (folder / "65").write_text("a file")
    assert kept_territories(settings) == {name: folder / name for name in ("2A", "64", "64-64483", "974")}
    assert territory_place(settings, " 2a ") == folder / "2A"
    assert territory_place(settings, "64", Around("64483", 5)) == folder / "64-64483"
    with pytest.raises(MaillageError, match="n'existe pas"):
        territory_place(settings, "../..")


@pytest.mark.parametrize("key", ["sites", "communes"])
def test_without_what_is_needed_it_stops_and_says_why(have, official, web, key):
    web.serve(official[0][key], None)
    with pytest.raises(MaillageError, match=r"404.*ne peut pas être construit"):
        build_fetched(have())


def test_communes_of_other_places_are_said(have):
    with pytest.raises(MaillageError, match="aucune commune du département 40"):
        build_fetched(have("40"))


def test_real_files_under_the_official_paths(shared_data, have, official, web):
    """Calvados from the real list, contours, populations and roads; what is not at hand is missing, and said."""
    paths = official[0]
    for key in ("town_halls", "cells", "tax_offices", "postcodes", "frr", "qpv"):
        web.serve(paths[key], None)
    web.serve(paths["sites"], (shared_data / "sites" / "liste-fs-20240801.csv").read_bytes(), modified="2024-08-01")
    communes = shared_data / "communes"
    drawn = (communes / "communes-14.geojson").read_bytes()
    web.serve(paths["communes"], gzip.compress(drawn))
    web.serve(paths["population"], _zipped("donnees_communes.csv", (communes / "donnees_communes.csv").read_bytes()))
    roads = "/geofabrik/europe/france/basse-normandie-latest.osm.pbf"
    web.serve(roads, (shared_data / "osm" / "caen.osm.pbf").read_bytes())
    fetched = have("14")
    assert {"haute-normandie", "pays-de-la-loire"} <= {word for text in fetched.warnings for word in text.split()}
    territory, missing = build_fetched(fetched)
    # The catalogue has timetables of two other regions alone.
    assert names(missing) == {"town_halls", "cells", "tax_offices", "postcodes", "frr", "qpv", "gtfs"}
    assert (territory.name, len(territory.communes)) == ("Calvados", len(json.loads(drawn)["features"]))
    assert not territory.network.source.approximate
    assert 600_000 < territory.manifest.population < 800_000
    assert len(territory.sites) > 50


def test_zones_that_were_fetched_are_found_again(have, official, tmp_path):
    settings = Settings(data_dir=tmp_path, leaflet_dir=tmp_path, cache_dir=tmp_path, source_urls=official[1])
    cache = DownloadCache(tmp_path / "downloads", LIMITS)
    assert fetched_zone(settings, "frr", read_frr) is None
    have(cache=cache, only=("frr",))
    assert fetched_zone(settings, "frr", read_frr).frame.index.str.fullmatch("[0-9AB]{5}").all()

    def unusable(path):
        raise SourceError(str(path))

    assert fetched_zone(settings, "frr", unusable) is None
