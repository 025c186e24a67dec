"""Packed files: how much may come out of one, and one file out of an archive.

`require_bounded` stands before every reader that has a library open a packed file; a file taken out of an archive is
chosen by its name alone and written where the caller says.
"""

from __future__ import annotations

import bz2
import gzip
import sys
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final

from geo.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Most bytes that may come out of a packed file; `maillage fetch` awaits at most 4 GB, of the national grid of INSEE.
MAX_UNPACKED_BYTES: Final = 10_000_000_000
#: Most files in an archive; one of every layer of the IGN for a region holds a few hundred.
MAX_MEMBERS: Final = 10_000
#: Most bytes out of each byte of a packed file, above the size below. Layers give 3 to 20, tables of repeated texts 50.
MAX_RATIO: Final = 200
_HARMLESS_BYTES: Final = 100_000_000

_BLOCK_BYTES: Final = 1 << 20
_ENCRYPTED: Final = 1
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    gzip.BadGzipFile,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
)


def require_bounded(path: Path, source: str, max_bytes: int = MAX_UNPACKED_BYTES) -> None:
    """Unpack a file to nowhere, and raise unless what comes out is of a size that a reader can take.

    No announced size is believed: GDAL and osmium unpack to the end whatever a file announces. It is unpacked at
    about 300 MB/s (30 MB/s for a ``.bz2``), and left at the first byte too many. Packed files in it stay packed.

    Parameters
    ----------
    path
        A file; one that is neither ``.zip``, ``.gz`` nor ``.bz2`` is not looked at.
    source
        French name of the data, which begins the messages.
    max_bytes
        Most bytes that may come out, all its files together.

    Raises
    ------
    SourceError
        More comes out than `max_bytes`; or more than 100 MB and `MAX_RATIO` times the size of the file; it holds more
        than `MAX_MEMBERS` files; it has a password; it is packed in an unknown way; it is damaged.
    """
    unpacked = {".zip": _zip_blocks, ".gz": _stream_blocks, ".bz2": _stream_blocks}.get(path.suffix.lower())
    if unpacked is None:
        return
    try:
        packed_bytes = path.stat().st_size
        total = 0
        for block_bytes in unpacked(path):
            total += block_bytes
            _require_size(total, packed_bytes, max_bytes)
    except SourceError as error:
        msg = f"{source} : « {path.name} » : {error}"
        raise SourceError(msg) from error
    except _DAMAGED as error:
        msg = f"{source} : {_damaged(path)} Téléchargez-la à nouveau."
        raise SourceError(msg) from error


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


def _zip_blocks(path: Path) -> Iterator[int]:
    """Yield the sizes of blocks of all files of an archive, what they announce aside."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            msg = f"{len(members)} fichiers trouvés, au plus {MAX_MEMBERS} attendus. Ne gardez que la couche utile."
            raise SourceError(msg)
        if any(member.flag_bits & _ENCRYPTED for member in members):
            msg = "une archive sans mot de passe est attendue. Décompressez-la et donnez le fichier lui-même."
            raise SourceError(msg)
        for member in members:
            announced, member.file_size = member.file_size, sys.maxsize  # it is read to its real end
            with _opened(archive, member) as stream:
                found = 0
                while block := stream.read(_BLOCK_BYTES):
                    found += len(block)
                    yield len(block)
            if found != announced:
                raise zipfile.BadZipFile(member.filename)


def _opened(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(member)
    except NotImplementedError as error:
        msg = (
            f"l'archive est compressée d'une façon qui n'est pas lue (méthode {member.compress_type}). Décompressez-la "
            f"et donnez le fichier lui-même."
        )
        raise SourceError(msg) from error


def _stream_blocks(path: Path) -> Iterator[int]:
    with (bz2.open if path.suffix.lower() == ".bz2" else gzip.open)(path, "rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            yield len(block)


def _require_size(total: int, packed_bytes: int, max_bytes: int) -> None:
    if total > max_bytes:
        msg = (
            f"plus de {_size(max_bytes)} une fois décompressé, la plus grande taille attendue. Ne gardez que la couche "
            f"et le territoire utiles, ou décompressez-le et donnez le fichier lui-même."
        )
        raise SourceError(msg)
    if total > max(_HARMLESS_BYTES, MAX_RATIO * packed_bytes):
        msg = (
            f"plus de {_size(total)} sortent de {_size(packed_bytes)}, au plus {MAX_RATIO} fois la taille du fichier "
            f"sont attendues. Téléchargez-le à nouveau chez son producteur, ou décompressez-le et donnez le fichier "
            f"lui-même."
        )
        raise SourceError(msg)


def _size(n_bytes: int) -> str:
    """Return a size in French: ``10 Go``, ``2,5 Mo``, ``800 octets``."""
    unit, name = next(
        ((unit, name) for unit, name in ((1e9, "Go"), (1e6, "Mo"), (1e3, "ko")) if n_bytes >= unit), (1, "octets")
    )
    return f"{n_bytes / unit:.1f}".removesuffix(".0").replace(".", ",") + f" {name}"


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
