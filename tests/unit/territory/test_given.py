"""Territories made of a visitor's files on the one that everybody sees."""

import json
import re
from dataclasses import replace

import pytest

from geo import Territory
from geo.territory.given import build_territory, taken_from
from geo.territory.given_files import GivenFile, look
from geo.transit.gtfs import read_gtfs
from geo.transit.schedule import FEED_DATASET, feed_sources
from tests.unit.transit.small_feed import write_feed

PLACES = "nom;latitude;longitude;type\nMairie d'Ustaritz;43.3986;-1.4563;\nPoste de Sare;43.3128;-1.5804;Antenne\n"


@pytest.fixture(scope="module")
def base() -> Territory:
    return Territory.load("64")


def given(key: str, content: bytes, name: str = "mon fichier.csv", **columns: str) -> GivenFile:
    found = look(key, content)
    return GivenFile(content, name, {**found.recognised, **columns} if found.columns else None, found.layer)


def build(base, files, departement=None):
    said = []
    built = build_territory(
        base, files, departement, lambda share, sentence: said.append((share, sentence)), lambda: False
    )
    assert said == sorted(said)
    return built


def test_own_places_on_the_territory_on_screen(base):
    built = build(base, {"sites": given("sites", PLACES.encode())})
    own = built.territory
    assert own.name == "Pyrénées-Atlantiques (vos fichiers)"
    assert own.sites["name"].tolist() == ["Mairie d'Ustaritz", "Poste de Sare"]
    assert own.sites["kind"].tolist() == ["main", "antenne"]
    assert own.network is base.network
    assert own.facilities["tax_offices"] is base.facilities["tax_offices"]
    times = own.travel_times()
    assert times.loc[times["commune_code"] == "64547", "facility_name"].item() == "Mairie d'Ustaritz"
    notes = own.manifest.notes
    assert notes[0] == "Territoire fait de vos fichiers : sites « mon fichier.csv »."
    assert notes[1] == (
        "Pris du territoire « Pyrénées-Atlantiques » : communes, population des communes, lieux des autres listes, "
        "réseau routier."
    )
    assert "Sites : 1 principal, 1 antenne, 0 bus." in notes
    datasets = [source.dataset for source in own.manifest.sources]
    assert datasets[0] == "Sites (votre liste)"
    assert not any(dataset.startswith("Sites France services") for dataset in datasets)
    assert base.sites.shape[0] > 2, "the territory that everybody sees is not touched"


def test_everything_of_ones_own_is_what_build_makes(base, small_world):
    files = {
        "sites": given("sites", small_world.sites.read_bytes()),
        "communes": given("communes", small_world.communes.read_bytes()),
        "population": given("population", small_world.population.read_bytes()),
        "roads": given("roads", small_world.roads.read_bytes()),
    }
    own = build(base, files, "64").territory
    expected = small_world.territory()
    assert own.travel_times()["travel_time_min"].tolist() == expected.travel_times()["travel_time_min"].tolist()
    assert own.communes["population"].tolist() == [1000, 500, 300, 200, 100]
    assert own.network.source.file == "mon fichier.csv"
    assert not own.network.source.approximate


def test_columns_chosen_are_those_used(base, small_world):
    text = "insee;ville;pop 1999;pop 2020\n64001;A;7;70\n64002;B;8;80\n"
    chosen = given("population", text.encode(), code="insee", population="pop 1999")
    files = {"communes": given("communes", small_world.communes.read_bytes()), "population": chosen}
    files["sites"] = given("sites", small_world.sites.read_bytes())
    own = build(base, files, "64").territory
    assert own.communes.loc[["64001", "64002"], "population"].tolist() == [7, 8]
    assert own.network.source.approximate


def test_unknown_residents_are_taken_from_the_base_and_it_is_said(base, small_world):
    files = {"communes": given("communes", small_world.communes.read_bytes())}
    files["sites"] = given("sites", small_world.sites.read_bytes())
    own = build(base, files, "64").territory
    assert own.communes.loc["64001", "population"] == base.communes.loc["64001", "population"]
    assert any(note.startswith("Population prise du territoire") for note in own.manifest.notes)


def test_no_two_sets_of_files_have_the_same_fingerprint(base):
    table = PLACES.replace("type", "type;autre nom").replace(";\n", ";;X\n").replace("Antenne", "Antenne;Y")
    territories = [
        build(base, {"sites": given("sites", table.encode())}).territory,
        build(base, {"sites": given("sites", table.encode(), facility_id="autre nom")}).territory,
        build(base, {"sites": given("sites", PLACES.encode())}).territory,
        build(
            replace(base, manifest=replace(base.manifest, population=0)), {"sites": given("sites", PLACES.encode())}
        ).territory,
    ]
    assert len({territory.fingerprint for territory in (*territories, base)}) == 5


def test_all_faults_of_all_files_are_told_and_nothing_is_built(base):
    sites = "nom;latitude;longitude\nA;abc;1\nB;0;0\nC;-1.5;43.3\n"
    population = "COM;PMUN\n64001;x\n"
    built = build(
        base, {"sites": given("sites", sites.encode()), "population": given("population", population.encode())}
    )
    assert built.territory is None
    assert len(built.problems) == 2
    assert re.search(r"population\.csv.*ligne 2", built.problems[0])
    assert all(f"ligne {row} :" in built.problems[1] for row in (2, 3, 4))
    assert "/tmp" not in "".join(built.problems)


def test_repeated_identifiers_are_kept_out_with_their_rows(base):
    table = "id;nom;latitude;longitude\n1;<img src=x>;43.4;-1.45\n1;B;43.3;-1.5\n"
    own = build(base, {"sites": given("sites", table.encode())}).territory
    assert own.sites["name"].tolist() == ["<img src=x>"]
    rejected = own.manifest.rejected[0]
    assert (rejected.row, rejected.reason) == (3, "identifiant déjà utilisé ligne 2")


def test_sites_elsewhere_and_the_wrong_departement_are_refused(base, small_world):
    paris = "nom;latitude;longitude\nParis;48.85;2.35\n"
    assert (
        "Aucun site dans « Pyrénées-Atlantiques »" in build(base, {"sites": given("sites", paris.encode())}).problems[0]
    )
    files = {"communes": given("communes", small_world.communes.read_bytes())}
    assert "aucune du département 14" in build(base, files, "14").problems[0]


def test_a_build_that_is_stopped_leaves_nothing(base):
    files = {"sites": given("sites", PLACES.encode())}
    said = []
    built = build_territory(base, files, None, lambda *progress: said.append(progress), lambda: True)
    assert (built.territory, built.problems, said) == (None, (), [])


def test_roads_that_were_estimated_are_not_taken_for_other_communes(base, small_world):
    files = {"communes": given("communes", small_world.communes.read_bytes())}
    assert "réseau routier" not in taken_from(base, files, "64")
    real = replace(base, network=replace(base.network, source=replace(base.network.source, approximate=False)))
    assert "réseau routier" in taken_from(real, files, "64")
    assert "réseau routier" not in taken_from(real, files, "65")


def test_communes_that_are_not_where_their_system_says_are_refused(base):
    square = [[[405_000, 6_255_000], [406_000, 6_255_000], [406_000, 6_256_000], [405_000, 6_255_000]]]
    feature = {
        "type": "Feature",
        "properties": {"code": "64001", "nom": "A"},
        "geometry": {"type": "Polygon", "coordinates": square},
    }
    layer = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    built = build(base, {"communes": given("communes", layer)}, "64")
    assert built.territory is None
    assert "système de coordonnées" in built.problems[0]


@pytest.fixture(scope="module")
def with_timetable(base, tmp_path_factory):
    """Return the base with the lines of a small feed, in the 64, and what its manifest says of them."""
    schedule = read_gtfs(write_feed(tmp_path_factory.mktemp("feed") / "feed.zip"))
    sources = tuple(table.provenance for table in feed_sources(schedule))
    manifest = replace(base.manifest, sources=base.manifest.sources + sources)
    return replace(base, schedule=schedule, manifest=manifest)


def test_own_sites_leave_the_timetable_of_the_base(with_timetable):
    own = build(with_timetable, {"sites": given("sites", PLACES.encode())}).territory
    assert own.schedule is with_timetable.schedule
    assert own.manifest.notes[1].endswith("réseau routier, horaires des transports en commun.")
    assert FEED_DATASET in [source.dataset for source in own.manifest.sources]


@pytest.mark.parametrize("moved", [False, True])
def test_own_communes_keep_the_lines_that_come_near(with_timetable, small_world, moved):
    stops = with_timetable.schedule.stops
    places = stops.assign(lon=stops["lon"] + 3, lat=stops["lat"] + 5) if moved else stops
    base = replace(with_timetable, schedule=replace(with_timetable.schedule, stops=places))
    files = {
        "sites": given("sites", small_world.sites.read_bytes()),
        "communes": given("communes", small_world.communes.read_bytes()),
        "roads": given("roads", small_world.roads.read_bytes()),
    }
    own = build(base, files, "64").territory
    told = "horaires des transports en commun qui passent là" in own.manifest.notes[1]
    listed = FEED_DATASET in [source.dataset for source in own.manifest.sources]
    assert (own.schedule is None, told, listed) == (moved, not moved, not moved)
