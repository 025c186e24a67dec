"""Files that a visitor gives: never under the name they came with, and refused unless they are small and plain."""

from __future__ import annotations

import stat
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Final

from geo.errors import Fault, ParameterError, SchemaError, SourceError
from geo.french import format_integer, visible
from geo.sources.archives import require_bounded

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Lines of a text that is read as a table: each costs far more memory than its bytes. A cell may hold several.
MOST_LINES: Final = 500_000
#: First bytes of a file -> the suffix that it is read under; anything else is read as text with delimiters.
_BEGINNINGS: Final = (
    (b"SQLite format 3\x00", ".gpkg"),
    (b"{", ".geojson"),
    (b"PK\x03\x04", ".zip"),
    (b"PK\x05\x06", ".zip"),  # an empty one
    (b"\x00\x00\x27\x0a", ".shp"),
)
#: How an old workbook begins.
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Found in newer ones, which are archives: the name of a file, and what the first file holds.
_IN_WORKBOOKS: Final = (b"xl/workbook.", b"application/vnd.oasis.opendocument.spreadsheet")
#: How an OpenStreetMap extract (PBF) goes on after its first four bytes.
_EXTRACT: Final = b"\x0a\x09OSMHeader"
#: Files that an archive may hold, and bytes that may come out of a packed file.
MOST_MEMBERS: Final = 100
MOST_UNPACKED_BYTES: Final = 400_000_000

_NESTED: Final = (".zip", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".tar")
_ENCRYPTED: Final = 0x1
_NAME_SHOWN: Final = 60
_ADVICE: Final = "Refaites l'archive avec les seuls fichiers de la couche (.shp, .shx, .dbf, .prj, .cpg), sans dossier."


@contextmanager
def as_path(content: bytes, stem: str, source: str, most_megabytes: int) -> Iterator[Path]:
    """Write a file under a name of our own in a folder that is removed in the end; a context whose value is its path.

    `content`: The file: its suffix is told from how it begins. `stem`: Its name without suffix.

    Raises
    ------
    MaillageError
        Too large, too many lines, a workbook, a shapefile without its companions, or an archive that `check_packed`
        refuses.
    """
    if len(content) > most_megabytes * 1_000_000:
        msg = f"{source} : {len(content) / 1e6:.0f} Mo trouvés, refusés : au plus {most_megabytes} Mo sont attendus."
        raise ParameterError(msg)
    suffix = _suffix(content)
    packed_workbook = suffix == ".zip" and any(sign in content for sign in _IN_WORKBOOKS)
    if packed_workbook or content.startswith(_OLD_WORKBOOK):
        msg = (
            f"{source} : un classeur (Excel, LibreOffice) n'est pas lu. Dans votre tableur, enregistrez la feuille au "
            f"format CSV UTF-8, puis donnez ce fichier."
        )
        raise ParameterError(msg)
    if suffix == ".csv" and (lines := max(content.count(b"\n"), content.count(b"\r"))) > MOST_LINES:
        found, most = format_integer(lines), format_integer(MOST_LINES)
        msg = f"{source} : {found} lignes trouvées, refusées : au plus {most} sont attendues."
        raise ParameterError(msg)
    if suffix == ".shp":
        msg = f"{source} : un .shp seul ne suffit pas. Donnez une archive .zip avec ses .shx, .dbf et .prj."
        raise ParameterError(msg)
    with tempfile.TemporaryDirectory(prefix="maillage-") as folder:
        path = Path(folder) / f"{stem}{suffix}"
        path.write_bytes(content)
        check_packed(path, source)
        yield path


def check_packed(path: Path, source: str) -> None:
    """Refuse a packed file (``.zip``, ``.osm.pbf``) that is too large once unpacked, or holds anything but plain files.

    `path`: The file; one of another kind passes.

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


def _suffix(content: bytes) -> str:
    if content[4:].startswith(_EXTRACT):
        return ".osm.pbf"
    start = content[:1000].lstrip(b"\xef\xbb\xbf \r\n\t")
    return next((suffix for beginning, suffix in _BEGINNINGS if start.startswith(beginning)), ".csv")
