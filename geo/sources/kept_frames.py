"""Tables made from files that seldom change, kept on disk as they lie in memory: opened at once, read where needed.

A kept table is named after the content that it was made from, so it is never out of date; one that is damaged is made
again.
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from geo.errors import SourceError
from geo.sealed import SEAL, require_whole, seal
from geo.sources.provenance import checksum
from geo.storage import replacing_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

_log = logging.getLogger(__name__)

_SUFFIX: Final = ".arrow"
#: What reading a damaged folder may raise.
_UNREADABLE: Final = (OSError, ValueError, KeyError, TypeError, pa.ArrowException)


def content_key(files: Iterable[Path], modules: Iterable[str], more: str = "") -> str:
    """Return a short text that changes with the content of files, with the code of modules, and with `more`.

    `modules`: Files of the Python modules that make something of the others.

    Raises
    ------
    SourceError
        A file cannot be read.

    Examples
    --------
    >>> content_key([], []) == content_key([], [], "other")
    False
    """
    sums = [checksum(path) for path in (*files, *map(Path, modules))]
    return hashlib.sha256("".join([*sums, more]).encode()).hexdigest()[:16]


def kept_frames(
    place: Path, names: Iterable[str], make: Callable[[], Mapping[str, pd.DataFrame]], *, what: str
) -> dict[str, pd.DataFrame]:
    """Return tables from the folder where they are kept; where they are not, make them and keep them there.

    Parameters
    ----------
    place
        Folder, its name after the content that the tables are made from (`content_key`).
    names
        Names of the tables.
    make
        Makes them: columns of plain types, of text, and nullable ones; index 0..n-1.
    what
        What they are, for the log: "des noms de communes".

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = kept_frames(Path(folder) / "names-1", ["a"], lambda: {"a": pd.DataFrame({"x": [1]})}, what="")
    ...     kept = kept_frames(Path(folder) / "names-1", ["a"], dict, what="")
    >>> kept["a"].equals(made["a"])
    True
    """
    if (place / SEAL).is_file():
        try:
            require_whole(place)
            return {name: _read(place / f"{name}{_SUFFIX}") for name in names}
        except _UNREADABLE:
            _log.info("La préparation %s est endommagée : elle est refaite.", what)
    _log.info("Préparation %s (une seule fois)…", what)
    frames = dict(make())
    try:
        with replacing_folder(place, marker=SEAL) as made:
            for name, frame in frames.items():
                _write(frame, made / f"{name}{_SUFFIX}")
            seal(made)
    except SourceError as error:
        _log.info("%s La préparation %s sera refaite au prochain démarrage.", error, what)
    return frames


def _read(path: Path) -> pd.DataFrame:
    """Open a table; its columns stay in the file until they are looked at."""
    with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as reader:
        frame: pd.DataFrame = reader.read_all().to_pandas()
        return frame


def _write(frame: pd.DataFrame, path: Path) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
