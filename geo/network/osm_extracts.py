"""Ways of OpenStreetMap extracts, as whole arrays.

osmium decodes the files, places the nodes and keeps the roads, all in compiled code and in a process of
its own (`geo.network.osm_text`), which hands them over as lines of text, one line a way: calling
Python for each of the millions of nodes would take several times longer.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from array import array
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

import numpy as np

from geo.errors import SourceError
from geo.network.compiled import compiled
from geo.network.osm_tags import NOT_FOR_CARS, USED_KEYS, WayKinds
from geo.sources.archives import require_bounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from geo.network.speeds import SpeedProfile

#: Bytes of text that are turned into numbers at a time.
_BLOCK_BYTES: Final = 1 << 20
#: OpenStreetMap keeps places as whole numbers of ten-millionths of a degree.
_DECIMALS: Final = 7
_PER_DEGREE: Final = 10**_DECIMALS
#: Stands for the place of a node that no extract holds.
_NOWHERE: Final = 2**31 - 1
#: Letter, identifier, tags with commas between, place or nodes. A space, comma or ``=`` in a tag is escaped.
_LINE: Final = re.compile(rb"([nw])(-?\d+) T([^ ]*) ([^\n]*)\n")
#: A tag that is looked at, behind its comma.
_USED_TAG: Final = re.compile(rb",((?:" + "|".join(USED_KEYS).encode() + rb")=[^,]*)")
_ESCAPED: Final = re.compile(r"%([0-9a-f]+)%")
_WAY, _N, _X, _MINUS, _POINT, _ZERO, _NINE = b"Nnx-.09"


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways that a car may use.

    Attributes
    ----------
    kinds, kind
        Table of kinds, and the kind of each way: integers, shape (n,).
    counts
        Integers, shape (n,): points of each way, at least 2.
    point
        Integers, shape (k,): the points of the ways, one way after the other.
    lon, lat
        float64, shape (n_points,): degrees (EPSG:4326).
    signal
        bool, shape (n_points,): points with traffic lights.
    """

    kinds: WayKinds
    kind: NDArray[np.integer[Any]]
    counts: NDArray[np.integer[Any]]
    point: NDArray[np.integer[Any]]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    signal: NDArray[np.bool_]

    @classmethod
    def of_nodes(
        cls,
        kinds: WayKinds,
        *,
        kind: NDArray[np.integer[Any]],
        counts: NDArray[np.integer[Any]],
        refs: NDArray[np.int64],
        lon: NDArray[Any],
        lat: NDArray[Any],
        signals: NDArray[np.int64],
        per_degree: int = 1,
    ) -> Ways:
        """Give one point to each node: `refs`, `lon` and `lat` (k,) are of the ways' nodes, `signals` has lights."""
        # np.unique does the same in twice the memory.
        order = np.argsort(refs, kind="stable")
        nodes = refs[order]
        new = np.append(True, nodes[1:] != nodes[:-1])[: len(nodes)]
        point = np.empty(len(refs), np.int32)
        point[order] = np.cumsum(new, dtype=np.int32) - 1
        first, nodes = order[new], nodes[new]
        lit, after = (np.searchsorted(nodes, signals, side=side) for side in ("left", "right"))
        signal = np.zeros(len(nodes), bool)
        signal[lit[lit < after]] = True
        return cls(kinds, kind, counts, point, lon=lon[first] / per_degree, lat=lat[first] / per_degree, signal=signal)

    def take(self, rows: NDArray[np.integer[Any]]) -> Ways:
        """Return the ways at these positions, in that order; all points keep their numbers."""
        begins = np.cumsum(self.counts) - self.counts
        return replace(
            self,
            kind=self.kind[rows],
            counts=self.counts[rows],
            point=self.point[ranges(begins[rows], self.counts[rows])],
        )


def ranges(begins: NDArray[np.integer[Any]], counts: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
    """Return the whole numbers ``begin, begin + 1, ...``, as many as counted, of one range after the other."""
    before = np.cumsum(counts) - counts
    numbers = np.repeat((begins - before).astype(np.int32), counts)
    numbers += np.arange(len(numbers), dtype=np.int32)
    return numbers


def read_extracts(paths: Sequence[Path], profile: SpeedProfile) -> tuple[Ways, list[str | None]]:
    """Read the roads of one or several extracts.

    A way that several extracts hold counts once, as the first of them draws it, and its nodes are
    looked up in all of them. The ways of several extracts are in the order of their identifiers, as
    in one extract that covers them all.

    `paths`: Files that osmium reads: ``.osm.pbf``, ``.osm``, ``.osm.bz2``... `profile`: Its classes are the roads that
    are read.

    Returns
    -------
    The ways, and the day of the data of each file (`None`: the file does not say).

    Raises
    ------
    SourceError
        A file is absent, swells too much when unpacked, or is not an OpenStreetMap extract.
    """
    for path in paths:
        require_bounded(path, "Routes")
    program = [sys.executable, str(Path(__file__).with_name("osm_text.py")), ",".join(profile.class_speed_kmh)]
    with subprocess.Popen(  # noqa: S603 - this package's own program
        # Whole paths: osmium takes "http:" at the beginning of a name for an address, and "-" for its input.
        [*program, *(str(path.resolve()) for path in paths)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as writer:
        text = iter(partial(cast("IO[bytes]", writer.stdout).read, _BLOCK_BYTES), b"")
        ids, ways = _read_roads(text, profile)
        last_line = cast("IO[bytes]", writer.stderr).read().decode(errors="replace").strip().rpartition("\n")[2]
    if writer.returncode:
        raise _unreadable(paths, last_line)
    days = json.loads(last_line)["days"]
    if len(paths) > 1:
        ways = ways.take(np.unique(ids, return_index=True)[1])
    return ways, days


def _unreadable(paths: Sequence[Path], last_line: str) -> SourceError:
    """Return the error that names the file at fault, from what the program said last."""
    try:
        said = json.loads(last_line)
        name, why = paths[said["file"]].name, said["error"]
    except (ValueError, TypeError, LookupError):  # it was stopped before it could say
        name, why = ", ".join(path.name for path in paths), last_line
    return SourceError(
        f"« {name} » n'est pas un extrait OpenStreetMap lisible ({why}). "
        f"Un fichier .osm.pbf complet est attendu : téléchargez-le de nouveau."
    )


def _read_roads(text: Iterable[bytes], profile: SpeedProfile) -> tuple[NDArray[np.int64], Ways]:
    """Read OPL (``w12 Thighway=primary,oneway=yes Nn1x2.5y46.5,n2x2.6y46.5``), cut anywhere: identifiers and ways."""
    kinds = WayKinds(profile)
    kind_of_tags: dict[tuple[bytes, ...], int] = {}
    signals = array("q")
    columns = tuple(array(code) for code in "qiiqii")
    _node_numbers(np.zeros(0, np.uint8), 0, 0)  # compiled code is loaded while the writer reads the nodes
    unread = b""
    for part in text:
        # A line that never ends was cut short: the writer was stopped, and its status says so.
        whole, end, unread = (unread + part).rpartition(b"\n")
        ids, kind, nodes = array("q"), array("i"), []
        for letter, number, tags, way_nodes in _LINE.findall(whole + end):
            if letter == b"n":
                signals.append(int(number))
                continue
            used = tuple(_USED_TAG.findall(b"," + tags))
            if used not in kind_of_tags:
                kind_of_tags[used] = kinds.number(dict(map(_tag, used)))
            if kind_of_tags[used] != NOT_FOR_CARS:
                ids.append(int(number))
                kind.append(kind_of_tags[used])
                nodes.append(way_nodes)
        _append(columns, _block(ids, kind, b"".join(nodes)))
    way_ids, way_kind, way_counts, refs, lon, lat = (np.asarray(column) for column in columns)
    return way_ids, Ways.of_nodes(
        kinds,
        kind=way_kind,
        counts=way_counts,
        refs=refs,
        lon=lon,
        lat=lat,
        signals=np.array(signals, np.int64),
        per_degree=_PER_DEGREE,
    )


def _tag(text: bytes) -> tuple[str, str]:
    key, _, value = text.decode().partition("=")
    return key, _ESCAPED.sub(lambda code: chr(int(code[1], 16)), value)


def _block(ids: array[int], kind: array[int], nodes: bytes) -> tuple[NDArray[Any], ...]:
    """Return some ways as arrays, without the nodes that have no place and the ways with fewer than two others."""
    n_nodes, refs, lon, lat = _node_numbers(np.frombuffer(nodes, np.uint8), len(ids), nodes.count(b"n"))
    placed = (np.abs(lon) <= 180 * _PER_DEGREE) & (np.abs(lat) <= 90 * _PER_DEGREE)
    ends = np.cumsum(n_nodes)
    n_before = np.append(0, np.cumsum(placed))
    n_placed = (n_before[ends] - n_before[ends - n_nodes]).astype(np.int32)
    kept = n_placed > 1
    drawn = placed & np.repeat(kept, n_nodes)
    return (
        np.array(ids, np.int64)[kept],
        np.array(kind, np.int32)[kept],
        n_placed[kept],
        refs[drawn],
        lon[drawn],
        lat[drawn],
    )


def _append(columns: Sequence[array[int]], block: Sequence[NDArray[Any]]) -> None:
    for column, values in zip(columns, block, strict=True):
        column.frombytes(values.tobytes())


@compiled
def _node_numbers(text, n_ways, n_nodes):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Read ``Nn1x2.5y46.5,n2x2.6y46.5``: nodes of each way, identifiers, places in ten-millionths of a degree."""
    counts = np.zeros(n_ways, np.int32)
    refs = np.zeros(n_nodes, np.int64)
    place = np.full((2, n_nodes), _NOWHERE, np.int32)
    way, node = -1, -1
    at = 0
    while at < len(text):
        letter = text[at]
        at += 1
        if letter == _WAY:
            way += 1
        if letter == _N:
            counts[way] += 1
            node += 1
        sign = 1
        if at < len(text) and text[at] == _MINUS:
            sign = -1
            at += 1
        value, decimals, after_point = 0, 0, False
        begin = at
        while at < len(text) and (text[at] == _POINT or _ZERO <= text[at] <= _NINE):
            if text[at] == _POINT:
                after_point = True
            else:
                value = 10 * value + text[at] - _ZERO
                decimals += after_point
            at += 1
        if at == begin:
            continue
        if letter == _N:
            refs[node] = sign * value
        else:
            place[0 if letter == _X else 1, node] = sign * value * 10 ** (_DECIMALS - decimals)
    return counts, refs, place[0], place[1]
