"""All official files are one value: the same for a build in Python and for every command, and what is read from them."""

import inspect
import os
from dataclasses import fields
from pathlib import Path

import pytest

from geo import Territory
from geo.cli.batch import batch
from geo.cli.build import build
from geo.cli.official_files import official_files
from geo.errors import MaillageError, ParameterError
from geo.territory.files import OfficialFiles, PlacesFile
from geo.territory.given_files import KINDS

NAMES = [each.name for each in fields(OfficialFiles)]


@pytest.fixture
def every_file(small_world, tmp_path):
    """All official files but roads and cells."""
    postcodes = tmp_path / "postcodes.csv"
    postcodes.write_text("Code_commune_INSEE;Code_postal\n64001;64990\n", encoding="utf-8")
    permanences = tmp_path / "permanences.csv"
    permanences.write_text(
        "site,operateur,jour,horaires,mode\n1,Cnav,mardi,09:00 - 12:00,sur place\n", encoding="utf-8"
    )
    places = tmp_path / "mairies.csv"
    places.write_text("titre;x;y\nMairie de B;-0.6;43.3\n", encoding="utf-8")
    return {
        "communes": small_world.communes,
        "sites": small_world.sites,
        "population": small_world.population,
        "tax_offices": small_world.tax_offices,
        "postcodes": postcodes,
        "permanences": permanences,
        "places": {"mairies": PlacesFile(places, name="titre", lon="x", lat="y")},
    }


def test_paths_may_be_text_and_one_alone_and_are_made_absolute(small_world, monkeypatch):
    monkeypatch.chdir(small_world.folder)
    files = OfficialFiles("communes.gpkg", "sites.csv", roads=["a.pbf", Path("b.pbf")], places={"x": "p.csv"})
    here = Path(os.curdir).absolute()
    assert files.communes == (here / "communes.gpkg",)
    assert files.sites == here / "sites.csv"
    assert files.roads == (here / "a.pbf", here / "b.pbf")
    assert files.places["x"].path == here / "p.csv"
    assert files == OfficialFiles(
        [here / "communes.gpkg"], here / "sites.csv", roads=files.roads, places={"x": PlacesFile(here / "p.csv")}
    )


@pytest.mark.parametrize("roads", ["approximate", ["approximate"], []])
def test_roads_that_are_to_be_estimated_are_none(roads):
    assert OfficialFiles("communes.gpkg", "sites.csv", roads=roads).roads == ()


def test_every_file_is_read_into_a_table_that_names_it(every_file):
    tables = OfficialFiles(**every_file).read()
    assert [table.provenance.file for table in tables.sources] == [
        "communes.gpkg", "population.csv", "postcodes.csv", "sites.csv", "tax.csv", "mairies.csv", "permanences.csv",
    ]  # fmt: skip
    assert tables.communes.frame.loc["64001", "postcodes"] == "64990"
    assert tables.lists["mairies"].frame["name"].tolist() == ["Mairie de B"]


def test_an_optional_file_that_is_unusable_is_an_error_or_is_told(every_file, tmp_path):
    bad = {name: tmp_path / f"bad-{name}.csv" for name in ("population", "tax_offices", "postcodes", "town_halls")}
    bad["permanences"] = tmp_path / "bad-permanences.csv"
    for name, path in bad.items():
        path.write_text("a;b\n1;2\n", encoding="utf-8")
        with pytest.raises(MaillageError, match=path.name):
            OfficialFiles(communes=every_file["communes"], sites=every_file["sites"], **{name: path}).read()
    told = {}
    tables = OfficialFiles(**every_file | bad).read(lambda name, error: told.setdefault(name, str(error)))
    assert told.keys() == bad.keys()
    assert all(path.name in told[name] for name, path in bad.items())
    assert [table.provenance.file for table in tables.sources] == ["communes.gpkg", "sites.csv", "mairies.csv"]


@pytest.mark.parametrize("name", ["communes", "sites"])
def test_communes_and_sites_are_always_needed(every_file, tmp_path, name):
    bad = tmp_path / "bad.csv"
    bad.write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(MaillageError, match=r"bad\.csv"):
        OfficialFiles(**every_file | {name: bad}).read(lambda *_told: None)


@pytest.mark.parametrize("name", ["sites", "tax_offices"])
def test_the_names_of_the_two_usual_lists_are_reserved(name):
    with pytest.raises(ParameterError, match="est réservé"):
        OfficialFiles("communes.gpkg", "sites.csv", places={name: "p.csv"})


def test_a_network_made_before_is_used_as_it_is(small_world):
    network = small_world.territory().network
    assert small_world.territory(roads=network).network is network


def test_a_file_that_no_build_knows_is_refused(small_world):
    with pytest.raises(TypeError, match="mairies"):
        Territory.build("64", communes=small_world.communes, sites=small_world.sites, mairies="m.csv")


def test_every_file_is_an_option_of_every_command_that_builds():
    options = inspect.signature(official_files).parameters
    assert sorted(options) == sorted(NAMES)
    for command in (build, batch):
        assert options.keys() <= inspect.signature(command).parameters.keys()


def test_what_a_visitor_may_give_are_official_files():
    assert set(KINDS) <= set(NAMES)
