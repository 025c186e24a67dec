"""The catalogue of timetables: which of them serve a département, and what is said of those that are left out."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pyproj
import pytest

from geo.errors import SourceError
from geo.report.fetch_sentences import file_sentences
from geo.settings import Settings
from geo.sources.download import Limits
from geo.sources.download_cache import DownloadCache
from geo.sources.embedded import Surroundings, surroundings
from geo.sources.feed_catalogue import feeds_of, require_catalogue
from geo.sources.fetch import FetchPlan, fetch
from geo.territory.fetched import build_fetched

FRANCE = Settings.from_environment().data_dir / "france"
TODAY = dt.date(2026, 11, 27)
LIMITS = Limits(max_seconds=600, idle_seconds=60, attempts=2, first_wait_s=0.01, max_wait_s=0.1)


def data_set(number, kind, code, name="", tags=(), **resource):
    file = {"id": number, "format": "GTFS", "url": f"https://h/{number}.zip"}
    file |= {"metadata": {"start_date": "2026-09-01", "end_date": "2027-07-03"}, "filesize": 1000}
    return {
        "title": f"Réseau {number}",
        "type": "public-transit",
        "publisher": {"name": "Exploitant", "type": "organization"},
        "licence": "odc-odbl",
        "tags": list(tags),
        "covered_area": [{"type": kind, "nom": name, "insee": code}],
        "resources": [file | resource],
    }


def found(tmp_path, sets, departement="64", around=None):
    path = tmp_path / "list.json"
    path.write_text(json.dumps(sets), encoding="utf-8")
    groups = frozenset({"200067106"} if departement == "64" else ())
    around = around or Surroundings(departement, groups)
    return feeds_of(path, "https://h/api/datasets", around, most_bytes=10_000, today=TODAY)


AREAS = [
    data_set(1, "commune", "64445"),
    data_set(2, "epci", "200067106"),
    data_set(3, "departement", "64"),
    data_set(4, "region", "75", "Nouvelle-Aquitaine"),
    data_set(5, "pays", "FR", "France"),
    data_set(6, "commune", "65440"),
    data_set(7, "epci", "242900314"),
    data_set(8, "departement", "65"),
    data_set(9, "region", "76", "Occitanie"),
    data_set(10, "pays", "MC", "Monaco"),
]


def test_what_covers_the_departement_or_lies_in_it_is_taken_the_widest_first(tmp_path):
    feeds = found(tmp_path, AREAS)
    assert [feed.key for feed in feeds.feeds] == ["4", "3", "2", "1", "5"]
    assert feeds.notes == ()
    first = feeds.feeds[0]
    assert (first.title, first.publisher, first.licence) == ("Réseau 4", "Exploitant", "ODbL 1.0")
    assert (first.url, first.days) == ("https://h/4.zip", "2026-09-01 au 2027-07-03")
    assert [feed.key for feed in found(tmp_path, AREAS, "65").feeds] == ["9", "8", "6", "5"]


def test_a_regional_aggregate_stands_in_for_the_networks_of_its_region(tmp_path):
    aggregate = data_set(20, "region", "75", "Nouvelle-Aquitaine", tags=["agrégat_region"])
    feeds = found(tmp_path, [*AREAS, aggregate])
    assert [feed.key for feed in feeds.feeds] == ["20", "5"]
    assert feeds.notes == ("L'agrégat régional d'horaires est pris à la place de 4 jeux d'horaires de ses réseaux.",)
    other = data_set(21, "region", "76", "Occitanie", tags=["agrégat_region"])
    assert len(found(tmp_path, [*AREAS, other]).feeds) == 5


#: Across the border of the 64: a commune and its intercommunality in the 65, which is of another region; one in the 40.
BORDER = Surroundings(
    "64", frozenset({"200067106"}), {"65440": "65", "40001": "40"}, {"200069300": "65", "200069656": "40"}
)


def test_networks_just_across_the_border_come_last_and_are_said(tmp_path):
    sets = [
        *AREAS[5:],
        *AREAS[:5],
        data_set(11, "epci", "200069300"),
        data_set(12, "commune", "65999"),
        data_set(13, "commune", "40001"),
        data_set(14, "departement", "40"),
    ]
    feeds = found(tmp_path, sets, around=BORDER)
    assert [feed.key for feed in feeds.feeds] == ["4", "3", "2", "1", "5", "9", "8", "14", "11", "6", "13"]
    assert [feed.across for feed in feeds.feeds] == [False] * 5 + [True] * 6
    assert feeds.notes == ("Horaires de l'autre côté de la limite (40, 65) : 6 fichiers.",)


def test_an_aggregate_stands_in_for_its_own_region_alone(tmp_path):
    border = [*AREAS, data_set(14, "departement", "40")]
    own = data_set(20, "region", "75", "Nouvelle-Aquitaine", tags=["agrégat_region"])
    other = data_set(21, "region", "76", "Occitanie", tags=["agrégat_region"])
    assert [feed.key for feed in found(tmp_path, [*border, own], around=BORDER).feeds] == ["20", "5", "9", "8", "6"]
    assert [feed.key for feed in found(tmp_path, [*border, other], around=BORDER).feeds] == [
        *("4", "3", "2", "1", "5", "21", "14"),
    ]
    feeds = found(tmp_path, [*border, own, other], around=BORDER)
    assert [feed.key for feed in feeds.feeds] == ["20", "5", "21"]


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"metadata": {"end_date": "2026-11-26"}}, "Horaires « Réseau 3 » : ils finissent le 2026-11-26, non pris."),
        ({"filesize": 20_000_000}, "Horaires « Réseau 3 » : 20\u00a0Mo, 10\u00a0ko au plus, non pris."),
        ({"format": "gtfs-rt"}, None),
        ({"is_available": False}, None),
        ({"url": None}, None),
        ({"id": "../..", "datagouv_id": None}, None),
    ],
)
def test_what_is_left_out_is_said_where_it_is_a_timetable(tmp_path, change, note):
    feeds = found(tmp_path, [data_set(3, "departement", "64", **change)])
    assert feeds.feeds == ()
    assert feeds.notes == ((note,) if note else ())


def test_days_that_are_not_told_are_not_guessed(tmp_path):
    feeds = found(tmp_path, [data_set(3, "departement", "64", metadata={"end_date": "tomorrow"})])
    assert feeds.feeds[0].days is None


def test_a_catalogue_of_thousands_is_cut(tmp_path):
    feeds = found(tmp_path, [data_set(n, "departement", "64") for n in range(1, 60)])
    assert len(feeds.feeds) == 40
    assert feeds.notes == ("Horaires : 59 fichiers au catalogue, les 40 premiers sont pris.",)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "[1, null]", '[{"resources": 3}]', "[" * 100_000, '{"message": "maintenance"}']
)
def test_what_is_no_catalogue_is_refused(tmp_path, content):
    (tmp_path / "list.json").write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match="n'est pas le catalogue des horaires"):
        require_catalogue(tmp_path / "list.json")


@pytest.mark.parametrize(
    "odd", [None, 3, "text", [], [None], {"type": ["region"], "nom": 3}, [{"type": [], "insee": {}}]]
)
def test_odd_values_are_passed_over(tmp_path, odd):
    sets = [
        AREAS[2],
        *({**AREAS[2], name: odd} for name in ("covered_area", "resources", "tags", "title", "publisher")),
    ]
    assert "3" in [feed.key for feed in found(tmp_path, sets).feeds]


def test_the_intercommunalities_of_a_departement_are_those_of_its_communes():
    groups = surroundings(FRANCE, "64", 0).intercommunalities
    assert "200067106" in groups  # Communauté d'agglomération du Pays basque
    assert 5 < len(groups) < 20


def test_what_lies_across_the_border_is_what_is_within_so_many_km():
    found_25 = surroundings(FRANCE, "64", 25)
    assert found_25.near_departements == {"32", "40", "65"}
    assert found_25.near_communes["65440"] == "65"  # Tarbes: about 20 km from the border
    assert "40192" not in found_25.near_communes  # Mont-de-Marsan: over 35 km
    assert not set(found_25.near_communes) & {"64445", "64102"}
    # A city that is a département's only neighbour by a corner, and an island.
    assert surroundings(FRANCE, "974", 25).near_communes == {}
    assert surroundings(FRANCE, "75", 5).near_departements >= {"92", "93", "94"}
    table = pd.read_csv(FRANCE / "communes.csv", dtype={"code": str, "departement": str})
    own = table[table["departement"] == "64"]
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:2154", always_xy=True).transform
    x, y = to_metres(table["lon"].to_numpy(), table["lat"].to_numpy())
    for code, near in (("65440", True), ("40088", True), ("32013", False), ("31555", False)):
        row = table.index[table["code"] == code][0]
        metres = np.hypot(x[own.index] - x[row], y[own.index] - y[row]).min()
        assert (metres <= 25_000) == near == (code in found_25.near_communes), (code, metres)


@pytest.fixture
def have(official, tmp_path):
    def call(**changes):
        plan = {"cache": DownloadCache(tmp_path / "cache", LIMITS), "urls": official[1]}
        return fetch("64", FetchPlan(**plan | changes))

    return call


def test_the_feeds_of_the_area_are_fetched_and_the_territory_has_them(have):
    fetched = have()
    (feed,) = (each for each in fetched.files if each.source.name == "gtfs")
    assert (feed.source.title, feed.source.vintage) == (
        "Horaires, Cars de Nouvelle-Aquitaine",
        "2025-01-01 au 2099-03-31",
    )
    assert feed.file.path.name.startswith("gtfs-1-2025-01-01-au-2099-03-31-")
    territory, missing = build_fetched(fetched)
    assert missing == ()
    assert len(territory.schedule.trips)
    assert [s.file for s in territory.manifest.sources if s.dataset.startswith("Horaires")] == [feed.file.path.name]


def test_the_network_of_a_neighbour_is_fetched_with_its_dates(have, official, web, official_files):
    """A network of the Hautes-Pyrénées, beside the border: neither of the region nor of all of France."""
    neighbour = data_set(7, "departement", "65", "Hautes-Pyrénées", url="/transport/neighbour.zip")
    far = data_set(8, "departement", "29", "Finistère", url="/transport/far.zip")
    catalogue = json.loads(official_files["gtfs_list"])
    web.serve(official[0]["gtfs_list"], json.dumps([*catalogue, neighbour, far]).encode())
    web.serve("/transport/neighbour.zip", official_files["gtfs-1"])
    fetched = have()
    feeds = [each.source for each in fetched.files if each.source.name == "gtfs"]
    assert [(feed.title, feed.vintage) for feed in feeds] == [
        ("Horaires, Cars de Nouvelle-Aquitaine", "2025-01-01 au 2099-03-31"),
        ("Horaires, Réseau 7 (de l'autre côté de la limite)", "2026-09-01 au 2027-07-03"),
    ]
    assert "Horaires de l'autre côté de la limite (32, 40, 65) : 1 fichier." in fetched.warnings
    said = " ".join(file_sentences(fetched))
    assert "2026-09-01 au 2027-07-03" in said
    territory, missing = build_fetched(fetched)
    assert missing == ()
    assert len(territory.schedule.feeds) == 2


def test_only_the_feeds(have):
    assert [each.source.name for each in have(only=["gtfs"]).files] == ["gtfs_list", "gtfs"]


def test_a_feed_that_cannot_be_had_leaves_the_others(have, official, web, moods):
    web.next(official[0]["gtfs-1"], moods.status(404))
    fetched = have(only=["gtfs"])
    (warning,) = fetched.warnings
    assert "répond 404" in warning
    assert "des allers-retours possibles peuvent ne pas être trouvés" in warning
    web.serve(official[0]["gtfs-1"], b"PK not a feed")
    (warning,) = have(only=["gtfs"]).warnings
    assert "Horaires, Cars de Nouvelle-Aquitaine" in warning


def test_without_the_catalogue_no_feed_is_looked_for(have, official, web, moods):
    web.next(official[0]["gtfs_list"], *[moods.status(500)] * 5)
    fetched = have(only=["gtfs"])
    assert fetched.files == ()
    said = [each.sentence for each in fetched.missing]
    assert "MAILLAGE_URL_TRANSPORT" in said[0]
    assert "sans leur catalogue" in said[1]
