"""Nothing half-written: what a full disk, an interrupt or a killed process leaves of files and folders."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pyogrio
import pytest

from geo import Territory
from geo.errors import SourceError
from geo.settings import Settings
from geo.storage import (
    UNFINISHED,
    adding_files,
    recover,
    remove_left,
    replacing_file,
    replacing_folder,
)
from geo.territory.country import Country
from geo.territory.fetched import kept_territories
from tests.waiting_python import WaitingPython

MARKER = "manifest.json"

#: Is killed, like by `kill -9`, just before or just after the n-th time that a path is renamed.
COUNTED = """
import os, signal, sys
from pathlib import Path
from geo.storage import adding_files, replacing_folder

place, step, when, refused = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
rename, count = Path.rename, 0

def counted(self, target):
    global count
    count += 1
    if count == refused:
        raise PermissionError
    if count == step and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = rename(self, target)
    if count == step:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

Path.rename = counted
"""
REPLACES = f"""
with replacing_folder(place, marker="{MARKER}") as folder:
    (folder / "{MARKER}").write_text("new")
    (folder / "deep").mkdir()
    (folder / "deep" / "array").write_text("new")
"""
ADDS = """
with adding_files(place) as folder:
    for name in ("a.csv", "b.csv", "c.csv"):
        (folder / name).write_text("new")
"""


@pytest.fixture(scope="module")
def waiting():
    process = WaitingPython("import geo.storage")
    yield process
    process.end()


@pytest.fixture
def killed(waiting):
    """Run code, killed just before or just after it renames a path for the n-th time, one of which is refused."""

    def run(code: str, place: Path, step: int, when: str, refused: int = 0) -> None:
        assert waiting.run(COUNTED + code, place, step, when, refused) == -signal.SIGKILL

    return run


def write(folder: Path, text: str) -> None:
    with replacing_folder(folder, marker=MARKER) as made:
        (made / MARKER).write_text(text)
        (made / "deep").mkdir()
        (made / "deep" / "array").write_text(text)


def add(folder: Path, text: str, error: BaseException | None = None) -> None:
    """Add two files to a folder; or write them, and fail."""
    with adding_files(folder) as beside:
        for name in ("a.csv", "b.csv"):
            (beside / name).write_text(text)
        if error is not None:
            raise error


def held(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def contents(folder: Path) -> set[str]:
    """What all files of a folder hold."""
    return {path.read_text() for path in folder.rglob("*") if path.is_file()}


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_process_killed_at_any_step_loses_neither_folder(killed, tmp_path, step, when):
    place = tmp_path / "territory"
    write(place, "old")
    killed(REPLACES, place, step, when)
    recover(place)  # what whoever reads it next does
    moved_in = step > 2 or (step, when) == (2, "after")
    assert contents(place) == ({"new"} if moved_in else {"old"})
    assert len(list(place.rglob("*"))) == 3
    write(place, "newer")
    remove_left(tmp_path, "territory")
    assert contents(place) == {"newer"}
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", range(1, 8))
def test_files_that_a_killed_process_moved_are_told_and_followed_by_the_others(killed, tmp_path, step, when):
    """Two files are replaced, one is added: the hidden folder is renamed, then each file, the former ones before."""
    old = {"a.csv": "old", "b.csv": "old", "mine.txt": "mine"}
    whole = dict.fromkeys(("a.csv", "b.csv", "c.csv"), "new") | {"mine.txt": "mine"}
    for name, text in old.items():
        (tmp_path / name).write_text(text)
    killed(ADDS, tmp_path, step, when)
    shown = {path.name: path.read_text() for path in tmp_path.iterdir() if path.name[0] != "."}
    if UNFINISHED in shown:
        assert "Relancez la même commande" in shown.pop(UNFINISHED)
    else:
        assert shown in (old, whole)
    with adding_files(tmp_path) as beside:  # whatever writes there next, even nothing
        assert not any(beside.iterdir())
    remove_left(tmp_path, "maillage")
    assert held(tmp_path) == (old if (step, when) == (1, "before") else whole)


@pytest.mark.parametrize("step", [7, 8, 9, 10, 11])
def test_a_process_killed_while_it_takes_files_back_leaves_no_mixture(killed, tmp_path, step):
    """The third file is refused; the two that were moved go back, each before its former one."""
    old = {"a.csv": "old", "b.csv": "old"}
    for name, text in old.items():
        (tmp_path / name).write_text(text)
    killed(ADDS, tmp_path, step, "after", refused=6)
    with adding_files(tmp_path):
        pass
    remove_left(tmp_path, "maillage")
    assert held(tmp_path) == (old if step == 11 else dict.fromkeys(("a.csv", "b.csv", "c.csv"), "new"))


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_folder_that_is_made_by_a_killed_process_is_whole_or_absent(killed, tmp_path, when):
    killed(ADDS, tmp_path / "out", 1, when)
    assert (tmp_path / "out").exists() == (when == "after")
    add(tmp_path / "out", "newer")
    remove_left(tmp_path, "out")
    assert held(tmp_path / "out") == {"a.csv": "newer", "b.csv": "newer"} | (
        {"c.csv": "new"} if when == "after" else {}
    )


def test_what_a_killed_process_left_does_not_come_back_in_the_place_of_a_newer_one(tmp_path):
    place = tmp_path / "territory"
    write(tmp_path / ".territory.former", "old")
    write(place, "new")
    recover(place)
    assert contents(place) == {"new"}
    write(place, "newer")
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, OSError(28, "No space left on device")])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_an_interrupt_at_any_step_keeps_a_whole_folder(tmp_path, monkeypatch, step, error):
    place, count, rename = tmp_path / "territory", 0, Path.rename
    write(place, "old")

    def interrupted(self, target):
        nonlocal count
        count += 1
        if count == step:
            raise error
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", interrupted)
        with pytest.raises((KeyboardInterrupt, MemoryError, SourceError)):
            write(place, "new")
    recover(place)
    assert contents(place) == ({"new"} if step == 3 else {"old"})


def test_files_are_added_all_or_none(tmp_path):
    folder, full = tmp_path / "made" / "deeper", OSError(28, "No space left on device")
    with pytest.raises(SourceError, match="Impossible d'écrire « deeper » dans « made »"):
        add(folder, "new", full)
    assert list(tmp_path.iterdir()) == []  # nor the folder above, which was made for it

    add(folder, "old")
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(ZeroDivisionError):  # a fault of ours is not said to be one of the disk
        add(folder, "new", ZeroDivisionError())
    assert held(folder) == {"a.csv": "old", "b.csv": "old", "mine.txt": "mine"}


@pytest.mark.parametrize("obstacle", ["a.csv", "b.csv"])
def test_a_folder_in_the_way_of_a_file_leaves_all_as_it_was(tmp_path, obstacle):
    (tmp_path / obstacle).mkdir()
    other = {"a.csv": "b.csv", "b.csv": "a.csv"}[obstacle]
    (tmp_path / other).write_text("old")
    with pytest.raises(SourceError):
        add(tmp_path, "new")
    assert (tmp_path / obstacle).is_dir()
    assert (tmp_path / other).read_text() == "old"
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_move_that_fails_takes_the_others_back(tmp_path, monkeypatch, step):
    (tmp_path / "a.csv").write_text("old")
    count, rename = 0, Path.rename

    def failing(self, target):
        nonlocal count
        count += 1
        if count == step:
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(SourceError):
        add(tmp_path, "new")
    assert held(tmp_path) == {"a.csv": "old"}


def fill_badly(folder: Path) -> None:
    with adding_files(folder) as beside, replacing_file(beside / "communes.gpkg"):
        raise pyogrio.errors.FeatureError


def test_what_a_library_that_writes_raises_is_one_sentence_about_the_outer_folder(tmp_path):
    with pytest.raises(SourceError, match="« out » dans"):
        fill_badly(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("writing", [replacing_file, adding_files, lambda path: replacing_folder(path, marker=MARKER)])
def test_a_place_that_takes_no_file_is_one_sentence(writing):
    with pytest.raises(SourceError, match="Impossible d'écrire « out » dans « proc »"), writing(Path("/proc/out")):
        pass


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to(os.devnull)])
def test_what_is_no_regular_file_is_refused_and_stays(tmp_path, make):
    place = tmp_path / "out.csv"
    make(place)
    kind = place.lstat().st_mode
    with pytest.raises(SourceError, match=r"^« out\.csv » existe déjà et n'est pas un fichier"), replacing_file(place):
        pytest.fail("nothing is to be written")
    assert place.lstat().st_mode == kind
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize("there", [True, False])
def test_a_file_is_written_through_a_link(tmp_path, there):
    target, link = tmp_path / "kept" / "target.txt", tmp_path / "link.csv"
    target.parent.mkdir()
    if there:
        target.write_text("old")
    link.symlink_to(target)
    with replacing_file(link) as beside:
        assert beside.suffix == ".csv"  # what is written may depend on it
        beside.write_text("new")
    assert link.is_symlink()
    assert held(target.parent) == {"target.txt": "new"}


def test_a_pipe_in_the_way_of_a_file_of_a_folder_is_refused_and_stays(tmp_path):
    os.mkfifo(tmp_path / "b.csv")
    with pytest.raises(SourceError, match=r"^« b\.csv » existe déjà et n'est pas un fichier"):
        add(tmp_path, "new")
    assert (tmp_path / "b.csv").is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["b.csv"]


def test_links_in_a_ring_are_one_sentence(tmp_path):
    link = tmp_path / "a"
    link.symlink_to(link)
    with pytest.raises(SourceError, match="Impossible d'écrire « a »"), replacing_file(link):
        pass


@pytest.mark.parametrize("writing", [adding_files, lambda path: replacing_folder(path, marker=MARKER)])
def test_the_folder_one_is_in_and_the_root_are_named(tmp_path, monkeypatch, writing):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").symlink_to(tmp_path)
    for path, said in (
        (Path(), r"« \. » est le dossier où vous êtes"),
        (Path("here"), "« here » est le dossier où vous êtes"),
        (Path("/"), "« / » est la racine du disque"),
        (Path("/tmp/../"), r"« \.\. » est la racine du disque"),
    ):
        with pytest.raises(SourceError, match=f"^{said} : rien n'y est écrit"), writing(path):
            pytest.fail("nothing is to be written")
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_is_written_through_a_link(tmp_path, there):
    target, link = tmp_path / "kept" / "target", tmp_path / "link"
    target.parent.mkdir()
    if there:
        target.mkdir()
        (target / "mine.txt").write_text("mine")
    link.symlink_to(target)
    add(link, "new")
    assert link.is_symlink()
    assert held(target) == {"a.csv": "new", "b.csv": "new"} | ({"mine.txt": "mine"} if there else {})


@pytest.mark.parametrize("there", [True, False])
def test_a_file_of_a_folder_is_written_through_a_link(tmp_path, there):
    folder, target = tmp_path / "out", tmp_path / "kept.csv"
    folder.mkdir()
    if there:
        target.write_text("old")
    (folder / "b.csv").symlink_to(target)
    with pytest.raises(ZeroDivisionError):
        add(folder, "new", ZeroDivisionError())
    assert (target.exists(), (folder / "b.csv").is_symlink()) == (there, True)
    add(folder, "new")
    assert (folder / "b.csv").is_symlink()
    assert (target.read_text(), held(folder)) == ("new", {"a.csv": "new", "b.csv": "new"})


def test_a_territory_that_a_killed_process_took_away_is_found_again(small_world, tmp_path):
    place = tmp_path / "territories" / "64"
    small_world.territory().save(place)
    for found in (
        lambda: Territory.load(place).name,
        lambda: kept_territories(replace(Settings.from_environment(), cache_dir=tmp_path))["64"].name,
        lambda: Country.is_saved_at(place) or place.name,
    ):
        place.rename(place.parent / ".64.former")
        assert found() in {"Pyrénées-Atlantiques", "64"}
        assert place.is_dir()
