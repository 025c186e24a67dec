"""Files that a planner gives: read at once, kept for this visitor only, never under the name they came with."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo.errors import MaillageError, ParameterError
from geo.french import format_integer
from geo.ui.components.archive_checks import check_packed
from geo.ui.components.messages import plain, show_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

#: Names of the fields: places to choose from, zones of two criteria, monthly requests of each site.
CANDIDATES: Final = "candidats"
FRR_FILE: Final = "frr"
QPV_FILE: Final = "qpv"
REQUESTS: Final = "demandes"
MOST_MEGABYTES: Final = 10
MOST_ROWS: Final = 20_000
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
#: Workbooks, which are not read: offered all the same, for the browser would refuse them in English.
_WORKBOOKS: Final = ("xlsx", "xls", "ods")
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Found in those that are archives: the name of a file, and what the first file holds.
_IN_WORKBOOKS: Final = (b"xl/workbook.", b"application/vnd.oasis.opendocument.spreadsheet")
#: How an OpenStreetMap extract (PBF) goes on after its first four bytes.
_EXTRACT: Final = b"\x0a\x09OSMHeader"


@dataclass(frozen=True, eq=False, slots=True)
class Upload:
    """A file that was read: `table`, `rows` found in it, and a `digest` of its bytes."""

    table: Any
    rows: int
    digest: str


def read_bytes(content: bytes, reader: Callable[[Path], Any]) -> Upload:
    """Read the bytes of a file, whatever its name was.

    Parameters
    ----------
    content
        The file.
    reader
        Reads a path into something with a table `frame`.

    Raises
    ------
    MaillageError
        Too large, or what the reader finds wrong.
    """
    with as_path(content, "fichier", "Fichier", MOST_MEGABYTES) as path:
        table = reader(path).frame
    if len(table) > MOST_ROWS:
        found, most = format_integer(len(table)), format_integer(MOST_ROWS)
        msg = f"Fichier de {found} lignes refusé : au plus {most} sont attendues."
        raise ParameterError(msg)
    return Upload(table, len(table), hashlib.sha256(content).hexdigest()[:16])


@contextmanager
def as_path(content: bytes, stem: str, source: str, most_megabytes: int) -> Iterator[Path]:
    """Write a file under a name of our own in a folder that is removed in the end; a context whose value is its path.

    Parameters
    ----------
    content
        The file: its suffix is told from how it begins.
    stem
        Its name without suffix.
    source
        French name of the data, which begins the messages.
    most_megabytes
        Most megabytes that it may weigh.

    Raises
    ------
    MaillageError
        Too large, too many lines, a workbook, a shapefile without its companions, or an archive that `archive_checks`
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


def accepted(types: Sequence[str]) -> list[str]:
    """Return the suffixes that a field takes: workbooks too where a table is asked for, to say what to do with them."""
    return [*types, *_WORKBOOKS] if "csv" in types else list(types)


def _suffix(content: bytes) -> str:
    if content[4:].startswith(_EXTRACT):
        return ".osm.pbf"
    start = content[:1000].lstrip(b"\xef\xbb\xbf \r\n\t")
    return next((suffix for beginning, suffix in _BEGINNINGS if start.startswith(beginning)), ".csv")


def uploaded(
    name: str, label: str, reader: Callable[[Path], Any], *, types: Sequence[str], unit: str, help_text: str
) -> Upload | None:
    """Show a field to give a file, and return what was read from the last good one; `None` where there is none.

    Parameters
    ----------
    name
        Name of the field on the screen.
    label, help_text
        Its French label and help.
    reader
        As in `read_bytes`.
    types
        Suffixes offered to the visitor's file chooser.
    unit
        What its rows are, in French, plural.
    """
    kept, failed = f"upload_{name}", f"upload_{name}_error"
    turn = st.session_state.setdefault(f"upload_{name}_turn", 0)
    key = f"upload_{name}_field_{turn}"

    def take() -> None:
        st.session_state.pop(failed, None)
        given = st.session_state[key]
        if given is None:
            return
        try:
            st.session_state[kept] = read_bytes(given.getvalue(), reader)
        except MaillageError as error:
            st.session_state[failed] = str(error)

    def forget() -> None:
        forget_upload(name)
        st.session_state[f"upload_{name}_turn"] = turn + 1

    st.file_uploader(
        label, type=accepted(types), key=key, on_change=take, help=help_text, max_upload_size=MOST_MEGABYTES
    )
    if failed in st.session_state:
        st.error(plain(st.session_state[failed]), icon=":material/error:")
    found = kept_upload(name)
    if found is not None:
        show_notes([f"En usage : {format_integer(found.rows)} {unit}."])
        st.button("Retirer ce fichier", key=f"upload_{name}_forget", on_click=forget)
    return found


def kept_upload(name: str) -> Upload | None:
    """Return what was read from the last good file of a field."""
    found = st.session_state.get(f"upload_{name}")
    return found if isinstance(found, Upload) else None


def forget_upload(name: str) -> bool:
    """Drop the file of a field; return whether there was one."""
    st.session_state.pop(f"upload_{name}_error", None)
    return st.session_state.pop(f"upload_{name}", None) is not None
