"""What an OpenStreetMap file in XML marks as deleted.

An editor (JOSM) keeps in its file what its user deleted, with ``action="delete"``; a history keeps it with
``visible="false"``. osmium does not read the first, and gives the second like the rest.
"""

from __future__ import annotations

import bz2
import gzip
import re
from typing import TYPE_CHECKING, BinaryIO, Final, cast
from xml.parsers import expat

if TYPE_CHECKING:
    from pathlib import Path

_MARK: Final = re.compile(rb"""action\s*=\s*["']delete|visible\s*=\s*["']false""")
#: Bytes read at a time, and how many of them are read again with the next ones: a mark may lie across.
_BLOCK_BYTES: Final = 1 << 20
_OVERLAP_BYTES: Final = 64


def deleted_objects(path: Path) -> tuple[frozenset[int], frozenset[int]]:
    """Return the identifiers of the ways and of the nodes that a file holds only as deleted, by its last word on each.

    `path` is a file that osmium has read without fault; one that is not XML marks nothing.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "josm.osm")
    ...     _ = file.write_text("<osm version='0.6'><way id='7' action='delete'/><way id='8' action='modify'/></osm>")
    ...     ways, nodes = deleted_objects(file)
    >>> sorted(ways), sorted(nodes)
    ([7], [])
    """
    gone: dict[str, set[int]] = {"way": set(), "node": set()}
    if _is_xml(path) and _has_a_mark(path):
        parser = expat.ParserCreate()

        def begin(name: str, attributes: dict[str, str]) -> None:
            if name in gone and "id" in attributes:
                deleted = attributes.get("action") == "delete" or attributes.get("visible") == "false"
                (gone[name].add if deleted else gone[name].discard)(int(attributes["id"]))

        parser.StartElementHandler = begin
        with _opened(path) as stream:
            parser.ParseFile(stream)
    return frozenset(gone["way"]), frozenset(gone["node"])


def _is_xml(path: Path) -> bool:
    """Whether osmium takes a file of this name for XML."""
    return path.name.lower().removesuffix(".gz").removesuffix(".bz2").endswith((".osm", ".xml"))


def _opened(path: Path) -> BinaryIO:
    if path.suffix.lower() == ".gz":
        return cast("BinaryIO", gzip.open(path))
    return cast("BinaryIO", bz2.open(path)) if path.suffix.lower() == ".bz2" else path.open("rb")


def _has_a_mark(path: Path) -> bool:
    with _opened(path) as stream:
        end = b""
        while block := stream.read(_BLOCK_BYTES):
            if _MARK.search(end + block):
                return True
            end = block[-_OVERLAP_BYTES:]
    return False
