"""Nothing half-written: a file or a folder is written beside its place, then renamed into it."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; move it into place at the end, drop it on any error.

    Raises
    ------
    SourceError
        The folder cannot be made or written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise _unwritable(path) from error
    try:
        yield folder / path.name
        os.replace(folder / path.name, path)  # noqa: PTH105 - atomic on one file system
    except OSError as error:
        if isinstance(error, SourceError):
            raise
        raise _unwritable(path) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def adding_files(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; move its files into `folder` once all are written, none on any error.

    What else is in `folder` stays as it is.

    Raises
    ------
    SourceError
        The folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".maillage.", dir=folder))
    except OSError as error:
        raise _unwritable(folder) from error
    try:
        yield beside
        for file in sorted(beside.iterdir()):
            os.replace(file, folder / file.name)  # noqa: PTH105 - atomic on one file system
    except OSError as error:
        if isinstance(error, SourceError):
            raise
        raise _unwritable(folder) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def require_replaceable(path: Path, *, marker: str) -> None:
    """Raise `SourceError` where `path` holds something that `replacing_folder` does not replace."""
    try:
        ours = not path.exists() or (path.is_dir() and ((path / marker).is_file() or not any(path.iterdir())))
    except OSError as error:
        raise _unwritable(path) from error
    if not ours:
        msg = (
            f"« {path.name} » existe déjà et n'a pas été écrit par maillage : il n'est pas remplacé. "
            f"Choisissez un autre dossier."
        )
        raise SourceError(msg)


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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise _unwritable(path) from error
    try:
        (beside / "new").mkdir()
        yield beside / "new"
        if path.exists():
            path.rename(beside / "old")
        (beside / "new").rename(path)
    except OSError as error:
        if isinstance(error, SourceError):
            raise
        if (beside / "old").exists() and not path.exists():
            (beside / "old").rename(path)
        raise _unwritable(path) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _unwritable(path: Path) -> SourceError:
    return SourceError(
        f"Impossible d'écrire « {path.name} » dans « {path.parent.name or '.'} ». "
        f"Vérifiez l'espace disponible et vos droits d'écriture."
    )
