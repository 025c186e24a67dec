"""Packed files: how much may come out of one, and one file out of an archive.

`require_regular` stands before every reader, `require_bounded` before those that have a library open a packed file; a
file taken out of an archive is chosen by its name alone and written where the caller says.
"""

from __future__ import annotations

import bz2
import gzip
import sys
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final

from geo.errors import SourceError
from geo.french import format_bytes
from geo.storage import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Most bytes that may come out of a packed file; `maillage fetch` awaits at most 4 GB, of the national grid of INSEE.
MAX_UNPACKED_BYTES: Final = 10_000_000_000
#: Most files in an archive; one of every layer of the IGN for a region holds a few hundred.
MAX_MEMBERS: Final = 10_000
#: Most bytes out of each byte of a packed file, above the size below; official layers give 4 to 8.
MAX_RATIO: Final = 200
#: The same of an OpenStreetMap extract, which gives 2: three of them make a node that takes sixteen in memory.
MAX_EXTRACT_RATIO: Final = 20
_HARMLESS_BYTES: Final = 100_000_000

_BLOCK_BYTES: Final = 1 << 20
_ENCRYPTED: Final = 1
#: Of protobuf: kinds of fields of a fixed size, that of those that begin with theirs; osmium reads no larger blob.
_FIXED_BYTES: Final = {1: 8, 5: 4}
_LENGTH_GIVEN: Final = 2
_LARGEST_BLOB_BYTES: Final = 1 << 25
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    gzip.BadGzipFile,
    EOFError,
    OSError,
    UnicodeDecodeError,  # a name that is not of the encoding that the archive says
    RuntimeError,
    NotImplementedError,
)


def require_regular(path: Path, source: str) -> None:
    """Raise `SourceError` where a path is a device, a pipe or a socket, whose bytes may never end or never come.

    A path where nothing is, or a folder, passes: who reads it says so.
    """
    try:
        regular = path.is_file() or path.is_dir() or not path.exists()
    except (OSError, ValueError):
        return
    if not regular:
        msg = (
            f"{source} : « {shown_path(path)} » n'est pas un fichier ordinaire (périphérique, tube…). "
            f"Enregistrez d'abord ses données dans un fichier."
        )
        raise SourceError(msg)


def require_bounded(path: Path, source: str, max_bytes: int = MAX_UNPACKED_BYTES) -> None:
    """Unpack a file without keeping the content; raise unless it is of a size that a reader can take.

    No announced size is believed where GDAL and osmium do not hold a file to it. An archive is unpacked at about
    300 MB/s (30 MB/s for a ``.bz2``), and left at the first byte too many; archives in it stay packed. The blocks of
    a ``.pbf`` are only skimmed: osmium refuses one that is not of the size it announces.

    `path`: A file; one that is neither ``.gz``, ``.bz2`` nor ``.pbf`` by its name nor an archive by its name or its
    content is not looked at. `max_bytes`: Most bytes that may come out, all its files together.

    Raises
    ------
    SourceError
        It is a device or a pipe; more comes out than `max_bytes`; or more than 100 MB and `MAX_RATIO` times the size
        of the file (of an extract, `MAX_EXTRACT_RATIO`); it holds more than `MAX_MEMBERS` files; it has a password;
        it is packed in an unknown way; it is damaged.
    """
    require_regular(path, source)
    kind = path.suffix.lower()
    try:
        kinds = [kind, ".zip"] if kind != ".zip" and zipfile.is_zipfile(path) else [kind]
        for unpacked, ratio in (_UNPACKED[each] for each in kinds if each in _UNPACKED):
            packed_bytes = path.stat().st_size
            total = 0
            for block_bytes in unpacked(path):
                total += block_bytes
                _require_size(total, packed_bytes, max_bytes, ratio)
    except SourceError as error:
        msg = f"{source} : « {path.name} » : {error}"
        raise SourceError(msg) from error
    except _DAMAGED as error:
        msg = f"{source} : {_damaged(path)} Téléchargez-la à nouveau."
        raise SourceError(msg) from error


def extract_member(archive: Path, name: str, folder: Path, max_bytes: int) -> Path:
    """Write one file of a ``.zip`` into a folder, under the name that was asked for.

    `archive`: The archive; the paths of its files are only compared by their last part, never used as paths.
    `max_bytes`: Most bytes that are written, whatever the archive announces.
    `name`: Name of the file in it, in any folder and any case.

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


def _extract_blocks(path: Path) -> Iterator[int]:
    """Yield the sizes that the blocks of a ``.osm.pbf`` announce; end at what is no block, which osmium will tell.

    Source: OpenStreetMap wiki, PBF Format: four bytes of length, a BlobHeader (3: bytes of the Blob), a Blob (2:
    bytes once unpacked).
    """
    with path.open("rb") as stream, suppress(IndexError):
        while length := stream.read(4):
            header = stream.read(min(int.from_bytes(length, "big"), _BLOCK_BYTES))
            blob = stream.read(min(_announced(header, 3), _LARGEST_BLOB_BYTES))
            yield _announced(blob, 2)


def _announced(message: bytes, wanted: int) -> int:
    """Return the sum of the whole numbers of one field of a protobuf message; raise `IndexError` where it is none."""
    total = at = 0
    while at < len(message):
        key, at = _varint(message, at)
        if key & 7 in _FIXED_BYTES:
            at += _FIXED_BYTES[key & 7]
            continue
        number, at = _varint(message, at)
        if key & 7 == _LENGTH_GIVEN:
            at += number
        elif key >> 3 == wanted:
            total += number
    return total


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Return a whole number of a protobuf message, seven bits a byte, and where it ends."""
    number = shift = 0
    while message[at] & 0x80:
        number |= (message[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return number | message[at] << shift, at + 1


#: How each kind of file is unpacked, and the most bytes that may come out of each of its bytes.
_UNPACKED: Final = {
    ".zip": (_zip_blocks, MAX_RATIO),
    ".gz": (_stream_blocks, MAX_RATIO),
    ".bz2": (_stream_blocks, MAX_RATIO),
    ".pbf": (_extract_blocks, MAX_EXTRACT_RATIO),
}


def _require_size(total: int, packed_bytes: int, max_bytes: int, ratio: int) -> None:
    if total > max_bytes:
        msg = (
            f"plus de {format_bytes(max_bytes)} une fois décompressé, la plus grande taille attendue. Ne gardez "
            f"que la couche et le territoire utiles, ou décompressez-le et donnez le fichier lui-même."
        )
        raise SourceError(msg)
    if total > max(_HARMLESS_BYTES, ratio * packed_bytes):
        msg = (
            f"plus de {format_bytes(total)} sortent de {format_bytes(packed_bytes)}, au plus {ratio} fois la "
            f"taille du fichier sont attendues. Téléchargez-le à nouveau chez son producteur, ou décompressez-le et "
            f"donnez le fichier lui-même."
        )
        raise SourceError(msg)


def _bounded(stream: object, name: str, max_bytes: int) -> Iterator[bytes]:
    total = 0
    while block := stream.read(_BLOCK_BYTES):  # type: ignore[attr-defined]
        total += len(block)
        if total > max_bytes:
            raise _too_large(name, max_bytes)
        yield block


def _too_large(name: str, max_bytes: int) -> SourceError:
    return SourceError(
        f"« {name} » dépasse {format_bytes(max_bytes)} une fois décompressé, la plus grande taille attendue."
    )


def _damaged(path: Path) -> SourceError:
    return SourceError(f"l'archive « {path.name} » est abîmée, incomplète ou d'un autre format que son nom.")
