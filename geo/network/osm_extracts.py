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
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar, cast

import numpy as np

from geo.network.compiled import compiled
from geo.network.modes import ACTIVE_MODES, CAR
from geo.network.osm_deleted import deleted_objects
from geo.network.osm_refusals import nodes_without_numbers, refuse_overpass_json, unreadable
from geo.network.osm_tags import ALL_KEYS, NOT_FOR_CARS, USED_KEYS, WayKinds
from geo.network.osm_ways import Ways, parts_with_a_place, stopped_modes
from geo.sources.archives import require_bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from geo.errors import SourceError
    from geo.network.speeds import SpeedProfile

#: Bytes of text that are turned into numbers at a time.
_BLOCK_BYTES: Final = 1 << 20
#: OpenStreetMap keeps places as whole numbers of ten-millionths of a degree.
_DECIMALS: Final = 7
_PER_DEGREE: Final = 10**_DECIMALS
#: Stands for the place of a node that no extract holds.
_NOWHERE: Final = 2**31 - 1
#: Nodes of the shortest way.
_SHORTEST: Final = 2
#: Identifier of a way, tags with commas between, nodes. A space, comma or ``=`` in a tag is escaped.
_WAY_LINE: Final = re.compile(rb"w(-?\d+) T([^ ]*) ([^\n]*)\n")
#: Identifier of a node and tags.
_NODE_LINE: Final = re.compile(rb"n(-?\d+) T([^ ]*) ")
#: The tag of the line behind the ways of each file (`geo.network.osm_text`).
_END_OF_FILE: Final = b"maillage=end_of_file"
_LIGHTS: Final = b"highway=traffic_signals"
#: Of a node numbered below zero, identifier and place; of a way, its nodes.
_PLACE: Final = re.compile(rb"n(-\d+) T[^ ]* x([^ ]+) y([^ \n]+)\n|w-?\d+ T[^ ]* N([^\n]+)\n")
#: A tag that is looked at, behind its comma: for cars alone, for all modes.
_USED_TAG: Final = {
    active: re.compile(rb",((?:" + "|".join(keys).encode() + rb")=[^,]*)")
    for active, keys in ((False, USED_KEYS), (True, ALL_KEYS))
}
_ESCAPED: Final = re.compile(r"%([0-9a-f]+)%")
_WAY, _N, _X, _MINUS, _POINT, _ZERO, _NINE = b"Nnx-.09"
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class _Roads:
    """Ways as they are read: kind, number of nodes (n,); of their nodes, identifier and place (k,).

    `ids` and `closed`, (m,), are of all ways, with those that no mode may use; `file_ends`: how many of these are read
    at the end of each file.
    """

    kinds: WayKinds
    ids: NDArray[np.int64]
    closed: NDArray[np.bool_]
    file_ends: tuple[int, ...]
    kind: NDArray[np.integer[Any]]
    counts: NDArray[np.integer[Any]]
    refs: NDArray[np.int64]
    lon: NDArray[np.int32]
    lat: NDArray[np.int32]
    signals: NDArray[np.int64]
    barriers: NDArray[np.int64]
    stopped: NDArray[np.uint8]
    closed_to_cars: int

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Which of the nodes have a place."""
        return (np.abs(self.lon) <= 180 * _PER_DEGREE) & (np.abs(self.lat) <= 90 * _PER_DEGREE)


@dataclass(frozen=True, slots=True)
class Extracts:
    """What extracts hold: `days`, the day of the data of each file (`None`: it does not say), and how many roads.

    `closed_to_cars` and `without_place` are the roads that are left out, closed to cars or with fewer than two nodes
    whose place is known; `cut` those that miss some of their nodes and are cut there.
    """

    days: tuple[str | None, ...]
    closed_to_cars: int
    without_place: int
    cut: int


def read_extracts(paths: Sequence[Path], profile: SpeedProfile, *, active: bool = False) -> tuple[Ways, Extracts]:
    """Read the roads of one or several extracts.

    A way that several extracts hold counts once, as the first of them draws it (one that a file holds several times: as
    the last), be it closed there, and its nodes are looked up in all of them. The ways of several extracts are in the
    order of their identifiers, as in one extract that covers them all. What an editor has marked as deleted is not
    there.

    `paths`: Files that osmium reads: ``.osm.pbf``, ``.osm``, ``.osm.bz2``... `profile`: Its classes are the roads that
    are read, with those made for others that a key of vehicles opens. `active`: The ways of people on foot and on
    bicycles are read as well.

    Raises
    ------
    SourceError
        A file is absent, swells too much when unpacked, is not an OpenStreetMap extract, holds past versions or nodes
        without identifier, or is an answer in which Overpass says that it gave up.
    """
    for path in paths:
        require_bounded(path, "Routes")
        refuse_overpass_json(path)
    roads, days = _run(paths, "placed", lambda text: _read_roads(text, profile, active=active))
    _refuse_nodes_without_numbers(roads, paths)
    gone = [deleted_objects(path) for path in paths]
    chosen = _chosen(roads, deleted=[number for ways, _ in gone for number in ways])
    hidden = np.array([number for _, nodes in gone for number in nodes], np.int64)
    if len(hidden):
        there = ~np.isin(roads.refs, hidden)
        roads = replace(roads, lon=np.where(there, roads.lon, _NOWHERE), lat=np.where(there, roads.lat, _NOWHERE))
    if not roads.placed.all():
        roads = _with_other_places(roads, paths, hidden)
    return _drawn(roads, chosen, tuple(days))


def _refuse_nodes_without_numbers(roads: _Roads, paths: Sequence[Path]) -> None:
    """Raise `SourceError` where ways have nodes without ``ref``: which of them meet is not known."""
    if (numbered := roads.refs != 0).all():
        return
    way = int(np.searchsorted(np.cumsum(roads.counts), np.argmin(numbered), side="right"))
    copy = int(np.flatnonzero(~roads.closed)[way])
    file = int(np.searchsorted(roads.file_ends, copy, side="right"))
    raise nodes_without_numbers(paths[file], int(roads.ids[copy]))


def _chosen(roads: _Roads, *, deleted: Sequence[int]) -> NDArray[np.int64]:
    """Return the positions, among those that are open, of the ways that count, in their order: shape (n,).

    A copy that is closed counts like any other: an older one that is open does not take its place.
    """
    ids = roads.ids
    if (ids[1:] > ids[:-1]).all():
        rows = np.arange(len(ids))
    else:
        # The first file, and in it the last copy.
        begins = (0, *roads.file_ends[:-1])
        copies = np.concatenate(
            [np.arange(begin, end)[::-1] for begin, end in zip(begins, roads.file_ends, strict=True)]
        )
        rows = copies[np.unique(ids[copies], return_index=True)[1]]
        if len(roads.file_ends) == 1:
            rows.sort()
    if deleted:
        rows = rows[~np.isin(ids[rows], np.array(deleted, np.int64))]
    return (np.cumsum(~roads.closed) - 1)[rows[~roads.closed[rows]]]


def _drawn(roads: _Roads, chosen: NDArray[np.int64], days: tuple[str | None, ...]) -> tuple[Ways, Extracts]:
    """Return the ways at these positions, in that order, cut where they miss nodes."""
    kind, rows, drawn = roads.kind, chosen, np.ones(len(roads.refs), bool)
    counts: NDArray[np.integer[Any]] = roads.counts
    cut = without_place = 0
    placed = roads.placed
    if not placed.all() or (counts < _SHORTEST).any():
        way, counts, drawn = parts_with_a_place(roads.counts, placed)
        kind = roads.kind[way]
        lacking = (
            np.bincount(np.repeat(np.arange(len(roads.counts)), roads.counts)[~placed], minlength=len(roads.counts)) > 0
        )
        has_parts = np.bincount(way, minlength=len(roads.counts)) > 0
        cut, without_place = (int(some[chosen].sum()) for some in (lacking & has_parts, lacking & ~has_parts))
        rank = np.full(len(roads.counts), -1)
        rank[chosen] = np.arange(len(chosen))
        rows = np.argsort(rank[way], kind="stable")[int((rank[way] < 0).sum()) :]
    ways = Ways.of_nodes(
        roads.kinds,
        kind=kind,
        counts=counts,
        refs=roads.refs if drawn.all() else roads.refs[drawn],
        lon=roads.lon if drawn.all() else roads.lon[drawn],
        lat=roads.lat if drawn.all() else roads.lat[drawn],
        signals=roads.signals,
        barriers=roads.barriers,
        stopped=roads.stopped,
        per_degree=_PER_DEGREE,
    )
    in_place = len(rows) == len(counts) and bool((np.diff(rows) > 0).all())
    return ways if in_place else ways.take(rows), Extracts(days, roads.closed_to_cars, without_place, cut)


def _with_other_places(roads: _Roads, paths: Sequence[Path], hidden: NDArray[np.int64]) -> _Roads:
    """Return the roads with the places that osmium did not find: of nodes numbered below zero, or told by the ways."""
    unknown = np.flatnonzero(~roads.placed & ~np.isin(roads.refs, hidden))
    if not len(unknown):
        return roads
    what = "all" if (roads.refs[unknown] < 0).any() else "ways"
    (refs, lon, lat), _ = _run(paths, what, _read_places)
    at = np.searchsorted(refs, roads.refs[unknown])
    found = at < len(refs)
    found[found] = refs[at[found]] == roads.refs[unknown[found]]
    where = [roads.lon.copy(), roads.lat.copy()]
    for axis, values in zip(where, (lon, lat), strict=True):
        axis[unknown[found]] = values[at[found]]
    return replace(roads, lon=where[0], lat=where[1])


def _run(
    paths: Sequence[Path], what: str, read: Callable[[Iterable[bytes]], _Result]
) -> tuple[_Result, list[str | None]]:
    """Run `geo.network.osm_text` and read what it writes; return that, and the day of the data of each file."""
    program = [sys.executable, str(Path(__file__).with_name("osm_text.py")), what]
    with subprocess.Popen(  # noqa: S603 - this package's own program
        # Whole paths: osmium takes "http:" at the beginning of a name for an address, and "-" for its input.
        [*program, *(str(path.resolve()) for path in paths)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as writer:
        result = read(iter(partial(cast("IO[bytes]", writer.stdout).read, _BLOCK_BYTES), b""))
        last_line = cast("IO[bytes]", writer.stderr).read().decode(errors="replace").strip().rpartition("\n")[2]
    if writer.returncode:
        raise _unreadable(paths, last_line)
    return result, json.loads(last_line)["days"]


def _unreadable(paths: Sequence[Path], last_line: str) -> SourceError:
    """Return the error that names the file at fault, from what the program said last."""
    try:
        said = json.loads(last_line)
        name, why = paths[said["file"]].name, said["error"]
    except (ValueError, TypeError, LookupError):  # it was stopped before it could say
        name, why = ", ".join(path.name for path in paths), last_line
    return unreadable(name, why)


def _lines(text: Iterable[bytes]) -> Iterable[bytes]:
    """Give text, cut anywhere, in parts that end where a line ends."""
    unread = b""
    for part in text:
        # A line that never ends was cut short: the writer was stopped, and its status says so.
        whole, end, unread = (unread + part).rpartition(b"\n")
        yield whole + end


def _read_roads(text: Iterable[bytes], profile: SpeedProfile, *, active: bool = False) -> _Roads:
    """Read OPL (``w12 Thighway=primary,oneway=yes Nn1x2.5y46.5,n2x2.6y46.5``), cut anywhere."""
    kinds = WayKinds(profile, active=active)
    used_tag, modes = _USED_TAG[active], (CAR, *ACTIVE_MODES) if active else (CAR,)
    kind_of_tags: dict[tuple[bytes, ...], int] = {}
    bits_of_tags: dict[bytes, int] = {}
    signals, barriers, stopped = array("q"), array("q"), array("B")
    columns = tuple(array(code) for code in "iiqii")
    all_ids, closed, file_ends = array("q"), array("b"), []
    for_cars = frozenset(f"highway={name}".encode() for name in profile.class_speed_kmh)
    closed_to_cars = 0
    _node_numbers(np.frombuffer(b"", np.uint8), 0, 0)  # compiled code is loaded while the writer reads the nodes
    for lines in _lines(text):
        kind, nodes = array("i"), []
        for number, tags in _nodes_that_matter(lines):
            if _LIGHTS in tags:
                signals.append(number)
            if tags not in bits_of_tags:
                bits_of_tags[tags] = stopped_modes(dict(map(_tag, tags.split(b","))), modes)
            if bits_of_tags[tags]:
                barriers.append(number)
                stopped.append(bits_of_tags[tags])
        for number, tags, way_nodes in _WAY_LINE.findall(lines):
            if tags == _END_OF_FILE:
                file_ends.append(len(all_ids))
                continue
            used = tuple(used_tag.findall(b"," + tags))
            if used not in kind_of_tags:
                kind_of_tags[used] = kinds.number(dict(map(_tag, used)))
            all_ids.append(int(number))
            closed.append(kind_of_tags[used] == NOT_FOR_CARS)
            if closed[-1]:
                closed_to_cars += any(tag in for_cars for tag in used)
                continue
            kind.append(kind_of_tags[used])
            nodes.append(way_nodes)
        way_nodes = b"".join(nodes)
        counts, *columns_of_nodes = _node_numbers(np.frombuffer(way_nodes, np.uint8), len(kind), way_nodes.count(b"n"))
        _append(columns, (np.asarray(kind), counts, *columns_of_nodes))
    way_kind, way_counts, refs, lon, lat = (np.asarray(column) for column in columns)
    return _Roads(
        kinds,
        ids=np.array(all_ids, np.int64),
        closed=np.array(closed, bool),
        file_ends=tuple(file_ends),
        kind=way_kind,
        counts=way_counts,
        refs=refs,
        lon=lon,
        lat=lat,
        signals=np.array(signals, np.int64),
        barriers=np.array(barriers, np.int64),
        stopped=np.array(stopped, np.uint8),
        closed_to_cars=closed_to_cars + int((~kinds.open_to(CAR)[way_kind]).sum()),
    )


def _nodes_that_matter(lines: bytes) -> Iterable[tuple[int, bytes]]:
    """Give identifier and tags of the nodes that may have lights or stop cars; nodes come before ways."""
    if lines.startswith(b"n"):
        for line in lines.partition(b"\nw")[0].split(b"\n"):
            matters = (
                _LIGHTS in line or b"barrier=" in line or b"access" in line or b"vehicle" in line or b"motorcar" in line
            )
            if matters and (found := _NODE_LINE.match(line)):
                yield int(found[1]), found[2]


def _read_places(text: Iterable[bytes]) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Read OPL: the nodes numbered below zero and those of the ways, each with the place that its line tells.

    Identifiers in order, each once, and ten-millionths of a degree.
    """
    columns = tuple(array(code) for code in "qii")
    for lines in _lines(text):
        nodes = b"N" + b",".join(
            way_nodes or b"n%bx%by%b" % (node, x, y) for node, x, y, way_nodes in _PLACE.findall(lines)
        )
        _, refs, lon, lat = _node_numbers(np.frombuffer(nodes, np.uint8), 1, nodes.count(b"n"))
        told = (lon != _NOWHERE) & (lat != _NOWHERE)
        _append(columns, (refs[told], lon[told], lat[told]))
    refs, lon, lat = (np.asarray(column) for column in columns)
    refs, first = np.unique(refs, return_index=True)
    return refs, lon[first], lat[first]


def _tag(text: bytes) -> tuple[str, str]:
    key, _, value = (_ESCAPED.sub(lambda code: chr(int(code[1], 16)), part) for part in text.decode().partition("="))
    return key, value


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
