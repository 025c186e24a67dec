"""Roads from OpenStreetMap: PBF extracts, or an osmnx graph.

What may be driven, which way and how fast follows the tags as the OpenStreetMap wiki defines them
and the French defaults of `geo.network.speeds`. Turn restrictions and rules that depend on the hour
are not read, and the network says so. Ferries are left out: an island without a bridge stays unreachable by road.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyproj

from geo.crs import WGS84, metric_crs_at
from geo.errors import NetworkError, SourceError
from geo.french import agreed, format_integer
from geo.network.assemble import Segments, assemble_network
from geo.network.origin import NetworkSource
from geo.network.osm_extracts import Extracts, read_extracts
from geo.network.osm_tags import NOT_FOR_CARS, USED_KEYS, WayKinds, merged_tags, stops_cars
from geo.network.osm_ways import Ways, ranges
from geo.network.speeds import DEFAULT_PROFILE, SpeedProfile, speed_profile
from geo.sources.provenance import checksum

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import networkx as nx
    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork

LICENCE: Final = "ODbL 1.0, © les contributeurs d'OpenStreetMap"
#: What OpenStreetMap says and is not followed.
NOT_READ: Final = "Les interdictions de tourner et les règles qui dépendent de l'heure ne sont pas lues."
#: Points are projected and measured in parts, to hold few temporary arrays.
_POINTS_AT_A_TIME: Final = 1 << 15


def read_osm(
    path: Path | str | Sequence[Path | str],
    *,
    profile: SpeedProfile | str = DEFAULT_PROFILE,
    crs: str | None = None,
    area: tuple[float, float, float, float] | None = None,
) -> RoadNetwork:
    """Read the roads of OpenStreetMap extracts (``.osm.pbf``, also ``.osm``) that a car may use.

    Parameters
    ----------
    path
        Extract, or several that may overlap (a way that several hold counts once, as the first draws
        it). A way is cut where the extract lacks its nodes, and a note counts these ways. What JOSM marks as deleted
        is left out; ways may tell the places of their nodes themselves (Overpass ``out geom``).
    profile
        Speed profile or its name.
    crs
        Projected system in metres for the result; the legal one where the extract lies if `None`.
    area
        (west, south, east, north) in degrees: ways with no node inside are left out.

    Returns
    -------
    A contracted network. Nodes are crossings, dead ends and points where one-way streets begin or end. A barrier that
    stops cars is a dead end on both sides.

    Raises
    ------
    SourceError
        No file is given, or one is absent, is not an OpenStreetMap extract or holds past versions.
    NetworkError
        They hold no road for cars, or lie outside France and no `crs` was given.

    Source: OpenStreetMap wiki, Key:access, Key:oneway, Key:barrier, Key:maxspeed; methods in ``speed_profiles.csv``.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> street = '''<osm version="0.6">
    ... <node id="1" version="1" lon="-1.56" lat="43.31"/><node id="2" version="1" lon="-1.57" lat="43.31"/>
    ... <way id="3" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="tertiary"/></way></osm>'''
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "street.osm")
    ...     _ = file.write_text(street)
    ...     network = read_osm(file)
    >>> network.n_nodes, network.crs
    (2, 'EPSG:2154')
    """
    paths = [Path(path)] if isinstance(path, (str, Path)) else [Path(each) for each in path]
    if not paths:
        msg = "Aucun extrait OpenStreetMap n'est donné : un fichier au moins est attendu. Donnez un fichier .osm.pbf."
        raise SourceError(msg)
    checksums = [checksum(each) for each in paths]
    ways, found = read_extracts(paths, speed_profile(profile) if isinstance(profile, str) else profile)
    known_days = sorted({day for day in found.days if day})
    source = NetworkSource(
        name="OpenStreetMap",
        file=", ".join(each.name for each in paths),
        licence=LICENCE,
        vintage=", ".join(known_days) or None,
        sha256=", ".join(checksums),
        notes=(NOT_READ, *([_cut_note(found.cut)] if found.cut else [])),
    )
    if not len(ways.counts):
        raise NetworkError(_no_road(source.file, found))
    streets = _streets(ways, source=source, crs=crs, area=area)
    del ways  # as large as the network that is made now
    return streets.network(source)


def read_osmnx(
    graph: nx.MultiDiGraph | Path | str, *, profile: SpeedProfile | str = DEFAULT_PROFILE, crs: str | None = None
) -> RoadNetwork:
    """Read an osmnx graph: one downloaded through Overpass, or its GraphML file.

    The graph's own directions are followed (osmnx has already turned one-way tags into directed
    edges); speeds come from its tags through the speed profile, not from osmnx. Simplified graphs
    (with edge geometries) and unsimplified ones are both read. An edge that osmnx merged of several ways is as slow as
    the slowest of them, and closed where one is. Only the tags that osmnx kept are known: by default neither
    ``motor_vehicle``, which opens some ways that ``access`` closes, nor the barriers on nodes.

    Parameters
    ----------
    graph
        MultiDiGraph in longitude and latitude, or the path of a GraphML file written by osmnx.
    profile, crs
        As in `read_osm`.

    Raises
    ------
    SourceError
        The GraphML file is absent or unreadable.
    NetworkError
        The graph is projected, empty, or holds no road for cars.

    Examples
    --------
    >>> import networkx
    >>> graph = networkx.MultiDiGraph(crs="EPSG:4326")
    >>> graph.add_nodes_from([(1, {"x": -1.56, "y": 43.31}), (2, {"x": -1.57, "y": 43.31})])
    >>> _ = graph.add_edge(1, 2, highway="tertiary", oneway=True, length=810.0, osmid=3)
    >>> read_osmnx(graph).n_nodes
    2
    """
    import osmnx  # noqa: PLC0415 - takes seconds to import

    file, sha256 = "", None
    if isinstance(graph, (str, Path)):
        path = Path(graph)
        file, sha256 = path.name, checksum(path)
        try:
            graph = osmnx.load_graphml(path)
        except Exception as error:
            msg = (
                f"« {path.name} » n'est pas un graphe GraphML d'osmnx. "
                f"Un fichier écrit par osmnx.save_graphml est attendu."
            )
            raise SourceError(msg) from error
    if str(graph.graph.get("crs", WGS84)).lower() != WGS84.lower():
        msg = (
            f"Graphe osmnx en {graph.graph.get('crs')} : un graphe en longitude et latitude ({WGS84}) "
            f"est attendu. Utilisez le graphe avant projection."
        )
        raise NetworkError(msg)
    placed = all(isinstance(data.get(axis), Real) for _, data in graph.nodes(data=True) for axis in ("x", "y"))
    if not placed or not all(isinstance(data.get("length"), Real) for _, _, data in graph.edges(data=True)):
        msg = (
            "Ce graphe n'est pas un graphe de rues d'osmnx : des nœuds sont sans x ou y, ou des arcs sans length "
            "(des nombres). Un graphe rendu par osmnx.graph_from_* est attendu."
        )
        raise NetworkError(msg)

    kinds = WayKinds(speed_profile(profile) if isinstance(profile, str) else profile)
    position = {node: (float(data["x"]), float(data["y"])) for node, data in graph.nodes(data=True)}
    number = {node: i for i, node in enumerate(position)}
    refs: list[int] = []
    lonlat: list[tuple[float, float]] = []
    counts: list[int] = []
    kind: list[int] = []
    two_way_seen: set[tuple[int, int, str, float]] = set()
    unshared = -1
    for start, end, data in graph.edges(data=True):
        one_way = bool(np.any(data.get("oneway", True)))
        if not one_way:
            low, high = sorted((number[start], number[end]))
            street = (low, high, str(np.sort(np.atleast_1d(data.get("osmid", 0)))), round(float(data["length"]), 2))
            if street in two_way_seen:
                continue
            two_way_seen.add(street)
        number_of_kind = kinds.number(_osmnx_tags(data, kinds.profile, one_way=one_way))
        if number_of_kind == NOT_FOR_CARS:
            continue
        kind.append(number_of_kind)
        inner = list(data["geometry"].coords)[1:-1] if "geometry" in data else []
        lonlat += [position[start], *inner, position[end]]
        refs += [number[start], *range(unshared, unshared - len(inner), -1), number[end]]
        unshared -= len(inner)
        counts.append(len(inner) + 2)
    signals = [number[node] for node, data in graph.nodes(data=True) if data.get("highway") == "traffic_signals"]
    barriers = [
        number[node]
        for node, data in graph.nodes(data=True)
        if "barrier" in data and stops_cars({key: ";".join(_several(value)) for key, value in data.items()})
    ]
    coordinates = np.array(lonlat, np.float64).reshape(-1, 2)
    ways = Ways.of_nodes(
        kinds,
        kind=np.array(kind, np.int32),
        counts=np.array(counts, np.int32),
        refs=np.array(refs, np.int64),
        lon=coordinates[:, 0],
        lat=coordinates[:, 1],
        signals=np.array(signals, np.int64),
        barriers=np.array(barriers, np.int64),
    )
    source = NetworkSource(name="OpenStreetMap (osmnx)", file=file, licence=LICENCE, sha256=sha256, notes=(NOT_READ,))
    return _streets(ways, source=source, crs=crs, area=None).network(source)


def _osmnx_tags(data: Mapping[str, Any], profile: SpeedProfile, *, one_way: bool) -> dict[str, str]:
    """Return the tags of one osmnx edge, along the edge; those merged of several ways in whatever order they stand."""
    values = {key: _several(data[key]) for key in USED_KEYS if key in data and not key.startswith("oneway")}
    # An edge may run against its way, or along some of the ways it was merged of and against others.
    runs_against = {str(each).lower() == "true" for each in _several(data.get("reversed", False))}
    for stem in {key.rpartition(":")[0] for key in values if key.endswith((":forward", ":backward"))}:
        forward, backward = (_several(data.get(f"{stem}:{direction}")) for direction in ("forward", "backward"))
        values[f"{stem}:forward"] = [each for against in runs_against for each in (backward if against else forward)]
        values[f"{stem}:backward"] = [each for against in runs_against for each in (forward if against else backward)]
    return merged_tags(values, profile) | {"oneway": "yes" if one_way else "no"}


def _several(value: Any) -> list[str]:
    """Return the values that osmnx has merged in one."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return [str(each) for each in value if each is not None]
    return [] if value is None else [str(value)]


def _cut_note(cut: int) -> str:
    return (
        f"Points absents du fichier : {agreed(cut, 'route(s) coupée(s)')} là où ils manquent. "
        f"Un extrait dont les routes sont entières les rétablit."
    )


def _no_road(file: str, found: Extracts) -> str:
    """Return why files give no road for cars."""
    if found.without_place:
        return (
            f"{file} : aucune route utilisable : {format_integer(found.without_place)} route(s) sans position, car "
            f"le fichier ne contient pas leurs nœuds. Donnez un fichier avec les nœuds ; avec Overpass, demandez "
            f"« out geom; » ou « (._;>;); out body; »."
        )
    if found.closed_to_cars:
        return (
            f"{file} : aucune route ouverte aux voitures n'a été trouvée : les {format_integer(found.closed_to_cars)} "
            f"route(s) du fichier leur sont fermées (access, motor_vehicle, oneway...). "
            f"Donnez un extrait avec les rues et les routes ordinaires."
        )
    return (
        f"{file} : aucune route ouverte aux voitures n'a été trouvée : le fichier ne contient ni rue ni route "
        f"(highway=residential, tertiary...). Donnez un extrait OpenStreetMap qui contient les routes."
    )


@dataclass(frozen=True, slots=True)
class _Streets:
    """Ways cut into segments, in metres: the points where segments begin and end, which of them have lights."""

    segments: Segments
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    signal: NDArray[np.bool_]
    crs: str
    profile: SpeedProfile

    def network(self, source: NetworkSource) -> RoadNetwork:
        return assemble_network(
            self.segments, self.x, self.y, self.crs, self.profile, signal=self.signal, source=source
        )


def _streets(
    ways: Ways, *, source: NetworkSource, crs: str | None, area: tuple[float, float, float, float] | None
) -> _Streets:
    """Keep the ways of an area, project them, and cut them at the nodes that ways share."""
    if area is not None and len(ways.counts):
        west, south, east, north = area
        inside = (ways.lon >= west) & (ways.lon <= east) & (ways.lat >= south) & (ways.lat <= north)
        first = np.cumsum(ways.counts) - ways.counts
        ways = ways.take(np.flatnonzero(np.logical_or.reduceat(inside[ways.point], first)))
    if not len(ways.counts):
        msg = (
            f"{source.file or source.name} : aucune route ouverte aux voitures n'a été trouvée"
            f"{' dans le territoire demandé' if area is not None else ''}. Vérifiez le fichier et la zone."
        )
        raise NetworkError(msg)
    middle = tuple(float(np.median(axis[ways.point], overwrite_input=True)) for axis in (ways.lon, ways.lat))
    crs = crs or metric_crs_at(*middle)
    if crs is None:
        msg = (
            f"{source.file or source.name} : les routes sont hors de France "
            f"(longitude {middle[0]:.2f}, latitude {middle[1]:.2f}). Donnez un extrait français."
        )
        raise NetworkError(msg)

    ways = ways.cut_at_barriers()
    last_of_way = np.cumsum(ways.counts) - 1
    first_of_way = last_of_way - ways.counts + 1
    # A way is cut at a point that is met twice, by two ways or by one that comes back on itself, and at
    # traffic lights, which usually stand before the crossing: their delay is that of a point of a segment.
    is_end = (np.bincount(ways.point, minlength=len(ways.lon)) > 1) | ways.signal
    is_end[ways.point[first_of_way]] = is_end[ways.point[last_of_way]] = True
    begins = is_end[ways.point]
    ends = begins.copy()
    begins[last_of_way] = False
    ends[first_of_way] = False
    start_row, end_row = np.flatnonzero(begins), np.flatnonzero(ends)
    kind = np.repeat(ways.kind, ways.counts)[start_row]
    counts = end_row - start_row + 1
    along = _metres_along(ways)
    length = along[end_row] - along[start_row]
    del along
    coords = _projected(ways, crs)
    number = np.cumsum(is_end) - 1
    speed = ways.kinds.speed_kmh[kind]
    segments = Segments(
        source=number[ways.point[start_row]],
        target=number[ways.point[end_row]],
        length_m=length,
        forward_kmh=speed[:, 0],
        backward_kmh=speed[:, 1],
        snappable=ways.kinds.snappable[kind],
        coords=coords,
        offsets=np.append(0, np.cumsum(counts)),
        vertex=ways.point[ranges(start_row, counts)],
        minor=ways.kinds.minor[kind],
    )
    x, y = coords[is_end].T
    return _Streets(segments, x, y, ways.signal[is_end], crs, ways.kinds.profile)


def _projected(ways: Ways, crs: str) -> NDArray[np.float64]:
    """Return where the points of the ways are, metres, shape (n_points, 2)."""
    transformer = pyproj.Transformer.from_crs(WGS84, crs, always_xy=True)
    xy = np.empty((len(ways.lon), 2))
    for begin in range(0, len(xy), _POINTS_AT_A_TIME):
        part = slice(begin, begin + _POINTS_AT_A_TIME)
        xy[part, 0], xy[part, 1] = transformer.transform(ways.lon[part], ways.lat[part])
    return xy


def _metres_along(ways: Ways) -> NDArray[np.float64]:
    """Return how far each point of the ways is from the first one, straight from each to the next: shape (k,)."""
    geod = pyproj.Geod(ellps="GRS80")
    metres = np.zeros(len(ways.point))

    def measure(begin: int) -> None:
        point = ways.point[begin : begin + _POINTS_AT_A_TIME + 1]
        lon, lat = ways.lon[point], ways.lat[point]
        metres[begin + 1 : begin + len(point)] = geod.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        deque(threads.map(measure, range(0, len(metres) - 1, _POINTS_AT_A_TIME)), maxlen=0)
    return np.cumsum(metres, out=metres)
