"""Packed files that a visitor gives: refused before anything opens them, unless they are small and plain inside."""

from __future__ import annotations

import stat
import zipfile
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Final

from geo.errors import Fault, SchemaError, SourceError
from geo.french import format_integer, visible
from geo.sources.archives import require_bounded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Files that an archive may hold, and bytes that may come out of a packed file.
MOST_MEMBERS: Final = 100
MOST_UNPACKED_BYTES: Final = 400_000_000

_NESTED: Final = (".zip", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".tar")
_ENCRYPTED: Final = 0x1
_NAME_SHOWN: Final = 60
_ADVICE: Final = "Refaites l'archive avec les seuls fichiers de la couche (.shp, .shx, .dbf, .prj, .cpg), sans dossier."


def check_packed(path: Path, source: str) -> None:
    """Refuse a packed file (``.zip``, ``.osm.pbf``) that is too large once unpacked, or holds anything but plain files.

    Parameters
    ----------
    path
        The file; one of another kind passes.
    source
        French name of the data, which begins the messages.

    Raises
    ------
    SchemaError
        Paths that are absolute or climb, links, archives inside the archive, encrypted files; all are listed.
    SourceError
        Too many members, too large once unpacked (`geo.sources.archives.require_bounded`), or damaged.
    """
    if path.suffix == ".zip":
        _check_members(path, source)
    require_bounded(path, source, MOST_UNPACKED_BYTES)


def _check_members(path: Path, source: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        msg = f"{source} : l'archive est abîmée ou incomplète. Refaites-la ou téléchargez-la à nouveau."
        raise SourceError(msg) from error
    if len(members) > MOST_MEMBERS:
        found = format_integer(len(members))
        msg = f"{source} : archive de {found} fichiers refusée, au plus {MOST_MEMBERS} sont attendus. {_ADVICE}"
        raise SourceError(msg)
    if faults := [Fault(fault) for member in members for fault in _faults(member)]:
        raise SchemaError(source, faults, _ADVICE)


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
