"""What is made once of the embedded France, and what of former contents is removed."""

from geo import Territory
from geo.finder.gazetteer import Gazetteer
from geo.finder.kept_france import remove_former
from geo.finder.name_table import names_place
from geo.settings import Settings, kept_roads
from geo.territory.embedded import kept_places

FORMER = "network-0123456789abcdef"


def test_the_places_are_those_that_are_read():
    """All of France is loaded: each part lies where it is told to, the network of the other profile perhaps not yet."""
    Gazetteer.of(Territory.load())
    settings = Settings.from_environment()
    places = {*kept_places(settings), names_place(settings)}
    assert {place.parent for place in places} == {kept_roads(settings.france_dir)}
    there = sorted(place.name.partition("-")[0] for place in places if place.is_dir())
    assert there in (
        ["names", "network", "points", "tables"],
        ["names", "network", "network", "points", "points", "tables"],
    )


def test_what_is_used_or_not_ours_stays(tmp_path):
    used = tmp_path / "network-fedcba9876543210"
    for name in (FORMER, used.name, "network-of-mine", ".network.former"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("1")
    (tmp_path / "names-0123456789abcdef").write_text("a file, no folder")
    assert remove_former(tmp_path, [used]) == [FORMER]
    assert {path.name for path in tmp_path.iterdir()} == {
        *(used.name, "network-of-mine", ".network.former", "names-0123456789abcdef")
    }
    assert (used / "file").read_text() == "1"
    assert remove_former(tmp_path / "none", []) == []


def test_what_a_process_has_open_is_still_read(tmp_path):
    (tmp_path / FORMER).mkdir()
    (tmp_path / FORMER / "file").write_text("whole")
    with (tmp_path / FORMER / "file").open() as stream:
        assert remove_former(tmp_path, []) == [FORMER]
        assert stream.read() == "whole"


def test_what_cannot_be_removed_is_left_and_not_told(tmp_path, monkeypatch):
    (tmp_path / FORMER).mkdir()

    def refused(*_):
        raise PermissionError

    monkeypatch.setattr("pathlib.Path.rename", refused)
    assert remove_former(tmp_path, []) == []
    assert (tmp_path / FORMER).is_dir()
