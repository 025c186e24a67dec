"""Files that a planner gives: read at once, kept for this visitor only, never under the name they came with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo.errors import MaillageError, ParameterError
from geo.french import format_integer
from geo.sources.visitor_files import as_path
from geo.sources.worker import apart
from geo.ui.components.messages import plain, show_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

#: Names of the fields: places to choose from, zones of two criteria, monthly requests of each site.
CANDIDATES: Final = "candidats"
FRR_FILE: Final = "frr"
QPV_FILE: Final = "qpv"
REQUESTS: Final = "demandes"
MOST_MEGABYTES: Final = 10
MOST_ROWS: Final = 20_000
_NOTES_SHOWN: Final = 5
#: Workbooks, which are not read: offered all the same, for the browser would refuse them in English.
_WORKBOOKS: Final = ("xlsx", "xls", "ods")


@dataclass(frozen=True, eq=False, slots=True)
class Upload:
    """A file that was read: `table`, `rows` found in it, a `digest` of its bytes, and what its reader noted."""

    table: Any
    rows: int
    digest: str
    notes: tuple[str, ...] = ()


def read_bytes(content: bytes, reader: Callable[[Path], Any]) -> Upload:
    """Read the bytes of a file, whatever its name was.

    `reader`: Reads a path into something with a table `frame`; a function of a module (`geo.sources.worker.apart`).

    Raises
    ------
    MaillageError
        Too large, or what the reader finds wrong.
    """
    with as_path(content, "fichier", "Fichier", MOST_MEGABYTES) as path:
        read = apart(path, "Fichier", reader)
    table = read.frame
    if len(table) > MOST_ROWS:
        found, most = format_integer(len(table)), format_integer(MOST_ROWS)
        msg = f"Fichier de {found} lignes refusé : au plus {most} sont attendues."
        raise ParameterError(msg)
    return Upload(table, len(table), hashlib.sha256(content).hexdigest()[:16], tuple(read.notes))


def accepted(types: Sequence[str]) -> list[str]:
    """Return the suffixes that a field takes: workbooks too where a table is asked for, to say what to do with them."""
    return [*types, *_WORKBOOKS] if "csv" in types else list(types)


def uploaded(
    name: str, label: str, reader: Callable[[Path], Any], *, types: Sequence[str], unit: str, help_text: str
) -> Upload | None:
    """Show a field to give a file, and return what was read from the last good one; `None` where there is none.

    `unit`: What its rows are, in French, plural.
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
        show_notes([f"En usage : {format_integer(found.rows)} {unit}.", *found.notes[:_NOTES_SHOWN]])
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
