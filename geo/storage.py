"""Nothing half-written: a file or a folder is written beside its place, then renamed into it.

A folder takes the place of a former one in two renames. A process that is killed between them leaves the former one
beside, under a name that `recover` knows: it is put back by whoever reads or writes there next. Files are added to a
folder that exists one by one, once all are written in a hidden folder of it: where a process is killed between two of
them, a file of the folder says so, and whoever adds files there next moves the others first.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import MaillageError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Libraries that write our files: what they raise of their own, where a disk is full, is no `OSError`.
_WRITERS: Final = frozenset({"pyarrow", "pyogrio", "sqlite3", "xlsxwriter"})
_FORMER: Final = ".former"
#: Hidden folder of the files that are moved into a folder, and the file that says that not all of them were.
_MOVING: Final = ".maillage.moving"
UNFINISHED: Final = "ECRITURE_INACHEVEE.txt"
_UNFINISHED_SAYS: Final = """\
Maillage a été arrêté pendant qu'il remplaçait les fichiers de ce dossier : certains sont nouveaux, d'autres anciens.
Relancez la même commande : elle remplace les derniers et retire ce fichier.
"""
#: Seconds that a reader leaves to the two renames of a process that writes just now.
_SWAP_S: Final = 0.2
#: Seconds after which what a killed process left beside is removed by the next one that writes there.
_LEFT_S: Final = 24 * 3600


class _UnwritableError(SourceError):
    """A place cannot be written to; what writes a folder says so of the folder, not of a file beside it."""


@contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; move it into place at the end, drop it on any error.

    What a symbolic link points to is replaced, not the link.

    Raises
    ------
    SourceError
        The folder cannot be made or written to, or `path` is there and no regular file: a device, a pipe, a folder.
    """
    with _writing(path):
        place = _regular(path)
        with _beside(place.parent, place.name) as beside:
            yield beside / path.name
            (beside / path.name).replace(place)


@contextmanager
def adding_files(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; move its files into `folder` once all are written, none on any error.

    A folder that does not exist appears at once. What links point to is replaced, not the links. What else is in a
    folder that exists stays as it is; where a file cannot be moved into it, those that were are taken out again and the
    former ones put back. Those that a process did not move because it was killed are moved before anything else.

    Raises
    ------
    SourceError
        The folder cannot be made or written to, or is the root or the current one.
    """
    require_named(folder)
    with _writing(folder):
        folder = _place(folder)
        if not folder.is_dir():
            with _beside(folder.parent, folder.name) as beside:
                (beside / "new").mkdir()
                yield beside / "new"
                (beside / "new").rename(folder)
            return
        _finish_moving(folder)
        with _beside(folder, "maillage") as beside:
            (beside / "new").mkdir()
            (beside / "former").mkdir()
            yield beside / "new"
            _finish_moving(folder)  # of a process that was killed while this one worked
            beside.rename(folder / _MOVING)  # from here on, all files are to be moved
            try:
                _move_all(folder)
            finally:
                (folder / _MOVING).rename(beside)


def require_named(folder: Path) -> None:
    """Raise `SourceError` for the root, the current folder and those that hold it: ours are not spread among others."""
    what = None
    try:
        place, here = folder.resolve(), Path.cwd()
        if here.is_relative_to(place):
            what = "un dossier qui contient celui où vous êtes"
        what = {Path(place.anchor): "la racine du disque", here: "le dossier où vous êtes"}.get(place, what)
    except (OSError, RuntimeError, ValueError):  # no path: who writes there says so
        return
    if what is not None:
        msg = f"« {shown_path(folder)} » est {what} : rien n'y est écrit. Donnez le nom d'un dossier à créer."
        raise SourceError(msg)


def require_fillable(folder: Path, markers: Sequence[str]) -> None:
    """Raise `SourceError` where files are not added to a folder: better said before the work than after.

    `markers`: Patterns of names, one of which a folder of ours holds: one that is not empty and has none of them
    belongs to somebody else.
    """
    require_named(folder)
    try:
        place = _resolved(folder)
    except RuntimeError as error:
        msg = (
            f"« {shown_path(folder)} » est un lien qui mène à lui-même ; un dossier est attendu. Donnez le nom d'un "
            f"dossier à créer."
        )
        raise SourceError(msg) from error
    except ValueError:  # no path: who writes there says so
        return
    with _writing(folder):
        if place.exists() and not place.is_dir():
            msg = (
                f"« {shown_path(folder)} » est un fichier ; un dossier est attendu. Donnez le nom d'un dossier à créer."
            )
            raise SourceError(msg)
        if place.is_dir() and any(place.iterdir()) and not any(any(place.glob(each)) for each in markers):
            raise _not_ours(folder)
        there = next(each for each in (place, *place.parents) if each.exists())
        with tempfile.TemporaryDirectory(prefix=".maillage.", dir=there):  # the only way to know
            pass


def _not_ours(path: Path) -> SourceError:
    return SourceError(
        f"« {shown_path(path)} » existe déjà et n'a pas été écrit par maillage : rien n'y est écrit. "
        f"Choisissez un autre dossier."
    )


def require_replaceable(path: Path, *, marker: str) -> None:
    """Raise `SourceError` where `path` holds something that `replacing_folder` does not replace."""
    require_named(path)
    with _writing(path):
        recover(path)
        if path.exists() and not (path.is_dir() and ((path / marker).is_file() or not any(path.iterdir()))):
            raise _not_ours(path)


@contextmanager
def replacing_folder(path: Path, *, marker: str) -> Iterator[Path]:
    """Give an empty folder to fill; put it in the place of `path` at the end, drop it on any error.

    `marker`: Name of a file that a folder of ours holds: an existing folder that is not empty and lacks it belongs to
    somebody else and is not replaced.

    Raises
    ------
    SourceError
        The place cannot be written to, or holds something that is not ours.
    """
    require_replaceable(path, marker=marker)
    with _writing(path):
        path = _place(path)
        with _beside(path.parent, path.name) as beside:
            new, former = beside / "new", _former(path)
            new.mkdir()
            yield new
            if path.exists():
                if former.exists():  # of a process that was killed once it had ended its work
                    former.rename(beside / "ended")
                path.rename(former)
            try:
                new.rename(path)
            finally:
                _put_back(path)
            if former.exists():
                former.rename(beside / "former")


def recover(path: Path) -> None:
    """Put the former folder back in its place, where a process was killed between taking it away and its own."""
    with suppress(OSError, ValueError):  # the latter for what is no path
        former = _former(path.resolve())
        if former.exists() and not path.exists():
            time.sleep(_SWAP_S)  # another process may be between the two just now
            _put_back(path.resolve())


def recover_all(folder: Path) -> None:
    """Put back all the former folders of a folder whose place is empty (`recover`)."""
    for former in folder.glob(f".*{_FORMER}"):
        recover(folder / former.name.removeprefix(".").removesuffix(_FORMER))


def _regular(path: Path) -> Path:
    """Return where a path points to, links followed; raise `SourceError` where something other than a file is there."""
    place = _place(path)
    if place.exists() and not place.is_file():
        msg = f"« {shown_path(path)} » existe déjà et n'est pas un fichier : rien n'y est écrit. Donnez un autre nom."
        raise SourceError(msg)
    return place


def _resolved(path: Path) -> Path:
    """Return where a path points to, links followed; raise `RuntimeError` where one leads to itself."""
    place = path.resolve()
    if any(each.is_symlink() for each in (place, *place.parents)):  # Python 3.13 stops at such a link and says nothing
        msg = f"a link leads to itself: {path}"
        raise RuntimeError(msg)
    return place


def _place(path: Path) -> Path:
    """Return where a path points to, links followed."""
    try:
        return _resolved(path)
    except RuntimeError as error:  # links that point to each other
        raise OSError(str(error)) from error


def shown_path(path: Path) -> str:
    """Return how a path is named to a user: its last part, or all of it where that is empty.

    Examples
    --------
    >>> shown_path(Path("territoires/64")), shown_path(Path(".")), shown_path(Path("/"))
    ('64', '.', '/')
    """
    return path.name or str(path)


def _former(path: Path) -> Path:
    return path.parent / f".{path.name}{_FORMER}"


def _put_back(path: Path) -> None:
    """Move the former folder to its place, where nothing is there."""
    if not path.exists() and _former(path).exists():
        _former(path).rename(path)


def _move_all(folder: Path) -> None:
    """Move the files of `_MOVING` into a folder, those that they replace to beside them; all of them, or none."""
    new, former = folder / _MOVING / "new", folder / _MOVING / "former"
    files, moved = sorted(new.iterdir()), []
    place = {file.name: _regular(folder / file.name) for file in files}
    try:
        if any(each.exists() for each in place.values()):
            (folder / UNFINISHED).write_text(_UNFINISHED_SAYS, encoding="utf-8")
        for file in files:
            moved.append(file.name)
            if place[file.name].exists():
                place[file.name].rename(former / file.name)
            file.rename(place[file.name])
    except BaseException:
        for name in moved:
            if place[name].exists() and not (new / name).exists():
                place[name].rename(new / name)
            if (former / name).exists():
                (former / name).rename(place[name])
        raise
    finally:
        (folder / UNFINISHED).unlink(missing_ok=True)


def _finish_moving(folder: Path) -> None:
    """Move what a killed process did not."""
    if not (folder / _MOVING).exists():
        return
    time.sleep(_SWAP_S)  # another process may be moving them just now
    with suppress(FileNotFoundError):  # it has
        for file in sorted((folder / _MOVING / "new").iterdir()):
            file.replace(_regular(folder / file.name))
    (folder / UNFINISHED).unlink(missing_ok=True)
    shutil.rmtree(folder / _MOVING, ignore_errors=True)


def remove_left(folder: Path, name: str, older_than_s: float = 0.0) -> None:
    """Remove what killed processes left in a folder beside what they wrote there, where it is older than some seconds.

    `name`: Of the file or the folder that they wrote, or its beginning up to a full stop.
    """
    for left in folder.glob(f".{escape(name)}.*"):
        with suppress(OSError):
            if not left.name.endswith((_FORMER, _MOVING)) and left.stat().st_mtime <= time.time() - older_than_s:
                shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _beside(parent: Path, name: str) -> Iterator[Path]:
    """Give a new hidden folder in `parent`, which is made; remove it in the end, and on an error what was made."""
    made = [each for each in (parent, *parent.parents) if not each.exists()]
    try:
        parent.mkdir(parents=True, exist_ok=True)
        remove_left(parent, name, _LEFT_S)
        beside = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=parent))
        try:
            yield beside
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except BaseException:
        for each in made:
            with suppress(OSError):  # somebody else may have put something there
                each.rmdir()
        raise


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Raise `SourceError` where the system, or a library that writes, cannot write."""
    try:
        yield
    except Exception as error:
        theirs = isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _WRITERS
        if not theirs or (isinstance(error, MaillageError) and not isinstance(error, _UnwritableError)):
            raise
        msg = (
            f"Impossible d'écrire « {shown_path(path)} » dans « {shown_path(path.parent)} ». "
            f"Vérifiez l'espace disponible et vos droits d'écriture."
        )
        raise _UnwritableError(msg) from error
