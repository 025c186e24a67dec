"""Compressed files that a visitor gives: refused before anything opens them, unless they are small and plain inside."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Final

from geo.errors import Fault, MaillageError, SchemaError, SourceError
from geo.maps.style import format_integer
from geo.visible_text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Files that an archive may hold, and megabytes that they may weigh together once decompressed.
MOST_MEMBERS: Final = 100
MOST_UNZIPPED_MEGABYTES: Final = 400

_NESTED: Final = (".zip", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".tar")
_BLOCK_BYTES: Final = 1 << 20
_ENCRYPTED: Final = 0x1
_NAME_SHOWN: Final = 60
_ADVICE: Final = "Refaites l'archive avec les seuls fichiers de la couche (.shp, .shx, .dbf, .prj, .cpg), sans dossier."
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    OverflowError,
)


def check_archive(content: bytes, source: str) -> None:
    """Refuse a ``.zip`` that is too large once decompressed, or holds anything but plain files.

    Every member is decompressed, to nowhere, up to the limit: what an archive announces of its sizes may be false.

    Parameters
    ----------
    content
        The archive.
    source
        French name of the data, which begins the messages.

    Raises
    ------
    SchemaError
        Paths that are absolute or climb, links, archives inside the archive, encrypted files; all are listed.
    SourceError
        Too many members, too large, or damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                found = format_integer(len(members))
                msg = f"{source} : archive de {found} fichiers refusée, au plus {MOST_MEMBERS} sont attendus. {_ADVICE}"
                raise SourceError(msg)
            if faults := [Fault(fault) for member in members for fault in _faults(member)]:
                raise SchemaError(source, faults, _ADVICE)
            _check_unzipped(archive, members, source)
    except _DAMAGED as error:
        if isinstance(error, MaillageError):
            raise
        msg = f"{source} : l'archive est abîmée ou incomplète. Refaites-la ou téléchargez-la à nouveau."
        raise SourceError(msg) from error


def check_extract(content: bytes, source: str) -> None:
    """Refuse an OpenStreetMap extract (PBF) whose blocks are too large once decompressed, or that is cut short.

    Raises
    ------
    SourceError
        Too large, or not made of whole blocks.
    """
    try:
        unzipped = sum(_block_sizes(content))
    except (IndexError, ValueError) as error:
        msg = f"{source} : l'extrait OpenStreetMap est abîmé ou incomplet. Téléchargez-le à nouveau."
        raise SourceError(msg) from error
    if unzipped > MOST_UNZIPPED_MEGABYTES * 1_000_000:
        raise _too_large(source, "Découpez l'extrait autour de votre territoire.")


def _faults(member: zipfile.ZipInfo) -> Iterator[str]:
    """Yield what is wrong with one member, in French."""
    name = f"« {visible(member.filename)[:_NAME_SHOWN]} »"
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or PureWindowsPath(member.filename).drive or ".." in path.parts:
        yield f"{name} a un chemin qui sort de l'archive"
    if stat.S_ISLNK(member.external_attr >> 16):
        yield f"{name} est un lien"
    if member.flag_bits & _ENCRYPTED:
        yield f"{name} est chiffré"
    if path.suffix.lower() in _NESTED:
        yield f"{name} est une archive dans l'archive"


def _check_unzipped(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], source: str) -> None:
    left = MOST_UNZIPPED_MEGABYTES * 1_000_000
    if sum(member.file_size for member in members) > left:
        raise _too_large(source, _ADVICE)
    for member in members:
        with archive.open(member) as stream:
            while block := stream.read(_BLOCK_BYTES):
                left -= len(block)
                if left < 0:
                    raise _too_large(source, _ADVICE)


def _too_large(source: str, advice: str) -> SourceError:
    return SourceError(f"{source} : plus de {MOST_UNZIPPED_MEGABYTES} Mo une fois décompressé, c'est trop. {advice}")


def _block_sizes(content: bytes) -> Iterator[int]:
    """Yield the size of each block of a PBF once decompressed, as it announces it; the reader refuses false ones.

    A block is the length of its header (4 bytes), the header (protocol buffer: 3 is the length of the data), the data
    (2 is their length once decompressed, absent where they are not compressed).
    https://wiki.openstreetmap.org/wiki/PBF_Format
    """
    position = 0
    while position < len(content):
        start = position + 4
        data = start + int.from_bytes(content[position:start], "big")
        length = _numbers(content, start, data).get(3, 0)
        position = data + length
        if not 0 < length <= len(content) - data:
            msg = "block cut short"
            raise ValueError(msg)
        yield _numbers(content, data, position).get(2, length)


def _numbers(content: bytes, position: int, end: int) -> dict[int, int]:
    """Return the whole numbers of a protocol buffer by field; its texts are passed over."""
    numbers = {}
    while position < end:
        tag, position = _number(content, position)
        value, position = _number(content, position)
        if tag & 7 == 0:
            numbers[tag >> 3] = value
        elif tag & 7 == 2:  # noqa: PLR2004 - a text, whose length was read
            position += value
        else:
            msg = "not a block of an extract"
            raise ValueError(msg)
    return numbers


def _number(content: bytes, position: int) -> tuple[int, int]:
    """Return a number of variable length, and where what follows begins."""
    value = 0
    for shift in range(0, 64, 7):
        byte = content[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the last byte of a number
            return value, position
    msg = "number too long"
    raise ValueError(msg)
