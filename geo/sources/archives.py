"""One file out of an archive: chosen by its name alone, bounded in size, written where the caller says."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from geo.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK_BYTES: Final = 1 << 20
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    gzip.BadGzipFile,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
)


def extract_member(archive: Path, name: str, folder: Path, max_bytes: int) -> Path:
    """Write one file of a ``.zip`` into a folder, under the name that was asked for.

    Parameters
    ----------
    archive
        The archive; the paths of its files are only compared by their last part, never used as paths.
    name
        Name of the file in it, in any folder and any case.
    folder
        Existing folder to write to.
    max_bytes
        Most bytes that are written, whatever the archive announces.

    Raises
    ------
    SourceError
        The archive is damaged, does not hold the file, or holds too large a one. Nothing is left behind.
    """
    target = folder / Path(name).name
    try:
        with target.open("wb") as stream:
            for block in read_member(archive, name, max_bytes):
                stream.write(block)
    except SourceError:
        target.unlink(missing_ok=True)
        raise
    except OSError as error:
        target.unlink(missing_ok=True)
        msg = f"impossible d'écrire « {target.name} » : vérifiez l'espace disponible et vos droits."
        raise SourceError(msg) from error
    return target


def read_member(archive: Path, name: str, max_bytes: int) -> Iterator[bytes]:
    """Yield the bytes of one file of a ``.zip``, block by block; see `extract_member`."""
    try:
        with zipfile.ZipFile(archive) as opened:
            found = [each for each in opened.infolist() if PurePosixPath(each.filename).name.lower() == name.lower()]
            if len(found) != 1:
                names = ", ".join(PurePosixPath(each.filename).name[:60] for each in opened.infolist()[:10])
                which = "absent de" if not found else "plusieurs fois dans"
                msg = f"« {name} » est {which} l'archive « {archive.name} » (trouvé : {names})."
                raise SourceError(msg)
            if found[0].file_size > max_bytes:
                raise _too_large(name, max_bytes)
            with opened.open(found[0]) as stream:
                yield from _bounded(stream, name, max_bytes)
    except _DAMAGED as error:
        if isinstance(error, SourceError):
            raise
        raise _damaged(archive) from error


def read_gzip(path: Path, max_bytes: int) -> Iterator[bytes]:
    """Yield the bytes of a ``.gz``, block by block; raise `SourceError` where it is damaged or holds too much."""
    try:
        with gzip.open(path) as stream:
            yield from _bounded(stream, path.name, max_bytes)
    except _DAMAGED as error:
        if isinstance(error, SourceError):
            raise
        raise _damaged(path) from error


def _bounded(stream: object, name: str, max_bytes: int) -> Iterator[bytes]:
    total = 0
    while block := stream.read(_BLOCK_BYTES):  # type: ignore[attr-defined]
        total += len(block)
        if total > max_bytes:
            raise _too_large(name, max_bytes)
        yield block


def _too_large(name: str, max_bytes: int) -> SourceError:
    return SourceError(
        f"« {name} » dépasse {max_bytes / 1e6:.0f} Mo une fois décompressé, la plus grande taille attendue."
    )


def _damaged(path: Path) -> SourceError:
    return SourceError(f"l'archive « {path.name} » est abîmée, incomplète ou d'un autre format que son nom.")
