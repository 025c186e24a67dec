"""What an OpenStreetMap file in XML marks as deleted, and the remark of a service that gave up.

An editor (JOSM) keeps in its file what its user deleted, with ``action="delete"``; a history keeps it with
``visible="false"``. osmium does not read the first, and gives the second like the rest; it passes over the remark with
which Overpass ends an answer that is not whole.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import re
from typing import TYPE_CHECKING, BinaryIO, Final, cast
from xml.parsers import expat

from geo.network.osm_refusals import gave_up

if TYPE_CHECKING:
    from pathlib import Path

_MARK: Final = re.compile(rb"""action\s*=\s*["']delete|visible\s*=\s*["']false|<remark\b""")
#: What a file of two bytes a letter begins with: the mark of their order, or ``<``.
_TWO_BYTES: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\x00", b"\x00<")
#: Bytes read at a time, and how many of them are read again with the next ones: a mark may lie across.
_BLOCK_BYTES: Final = 1 << 20
_OVERLAP_BYTES: Final = 128


def deleted_objects(path: Path) -> tuple[frozenset[int], frozenset[int]]:
    """Return the identifiers of the ways and of the nodes that a file holds only as deleted, by its last word on each.

    `path` is a file that osmium has read without fault; one that is not XML marks nothing.

    Raises
    ------
    SourceError
        It holds a remark: Overpass gave up, and the rest is lacking.

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
        remark: list[str] = []

        def begin(name: str, attributes: dict[str, str]) -> None:
            parser.CharacterDataHandler = remark.append if name == "remark" else None
            if name in gone and "id" in attributes:
                deleted = attributes.get("action") == "delete" or attributes.get("visible") == "false"
                (gone[name].add if deleted else gone[name].discard)(int(attributes["id"]))

        parser.StartElementHandler = begin
        with _opened(path) as stream:
            parser.ParseFile(stream)
        if remark:
            raise gave_up(path, "".join(remark))
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
        two_bytes = None
        while block := stream.read(_BLOCK_BYTES):
            if two_bytes is None:
                two_bytes = block.startswith(_TWO_BYTES)
            read = end + block
            if _MARK.search(read.replace(b"\x00", b"") if two_bytes else read):
                return True
            end = block[-_OVERLAP_BYTES:]
    return False
