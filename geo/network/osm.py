"""Roads from OpenStreetMap: a PBF extract (streamed), or an osmnx graph.

What may be driven, which way and how fast follows the tags as the OpenStreetMap wiki defines them
and the French defaults of `geo.network.speeds`. Turn restrictions, gates and conditional limits
are not read. Ferries are left out: an island without a bridge stays unreachable by road.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyproj

from geo.crs import WGS84, metric_crs_at
from geo.errors import NetworkError, SourceError
from geo.network.assemble import Segments, assemble_network
from geo.network.road_network import NetworkSource, RoadNetwork
from geo.network.speeds import DEFAULT_PROFILE, SpeedProfile, link_speed_kmh, parse_limit_kmh, speed_profile
from geo.sources.provenance import checksum

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx
    from numpy.typing import NDArray

LICENCE: Final = "ODbL 1.0, © les contributeurs d'OpenStreetMap"

#: Values of access tags that keep the public's cars out.
_CLOSED: Final = frozenset(
    {"no", "private", "emergency", "agricultural", "forestry", "bus", "psv", "permit", "restricted", "delivery"}
)
#: Most specific first: a car follows the first of these tags that is present.
_ACCESS_KEYS: Final = ("motorcar", "motor_vehicle", "vehicle", "access")
#: Tags that state a limit, most direct first.
_LIMIT_KEYS: Final = ("maxspeed", "zone:maxspeed", "source:maxspeed", "maxspeed:type")
_ONE_WAY: Final = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1, "no": 0, "false": 0, "0": 0}
_ROUNDABOUTS: Final = frozenset({"roundabout", "circular"})
#: No trip begins or ends on these.
_CLOSED_TO_TRIP_ENDS: Final = ("motorway", "motorway_link", "trunk_link")


class _Ways:
    """Drivable ways gathered one by one; everything after is done on whole arrays."""

    def __init__(self, profile: SpeedProfile) -> None:
        self.profile = profile
        self.road_class: list[str] = []
        self.direction: list[int] = []
        self.limit: list[tuple[float, float]] = []
        self._limits: dict[str | None, float] = {}

    def add(self, tags: Mapping[str, Any]) -> bool:
        """Keep a way if cars may use it."""
        road_class = str(tags.get("highway"))
        if road_class not in self.profile.class_speed_kmh or tags.get("area") == "yes" or _is_closed(tags):
            return False
        direction = _direction(tags, road_class)
        if direction is None:
            return False
        self.road_class.append(road_class)
        self.direction.append(direction)
        limit = self._limit(tags)
        each_way = [self._parsed(tags.get(f"maxspeed:{side}")) for side in ("forward", "backward")]
        self.limit.append((each_way[0] if each_way[0] > 0 else limit, each_way[1] if each_way[1] > 0 else limit))
        return True

    def _limit(self, tags: Mapping[str, Any]) -> float:
        for key in _LIMIT_KEYS:
            if key in tags:
                limit = self._parsed(tags[key])
                if limit > 0:
                    return limit
        return np.nan

    def _parsed(self, text: str | None) -> float:
        if text not in self._limits:
            self._limits[text] = parse_limit_kmh(text, self.profile)
        return self._limits[text]


def _is_closed(tags: Mapping[str, Any]) -> bool:
    for key in _ACCESS_KEYS:
        value = tags.get(key)
        if value is not None:
            return value in _CLOSED
    return False


def _direction(tags: Mapping[str, Any], road_class: str) -> int | None:
    """Return 1 along the way, -1 against it, 0 both, `None` where the direction changes with time."""
    stated = tags.get("oneway")
    if stated in {"reversible", "alternating"}:
        return None
    if stated in _ONE_WAY:
        return _ONE_WAY[stated]
    return int(tags.get("junction") in _ROUNDABOUTS or road_class == "motorway")


def read_osm(
    path: Path | str,
    *,
    profile: SpeedProfile | str = DEFAULT_PROFILE,
    crs: str | None = None,
    area: tuple[float, float, float, float] | None = None,
) -> RoadNetwork:
    """Read the roads of an OpenStreetMap extract (``.osm.pbf``, also ``.osm``) that a car may use.

    Parameters
    ----------
    path
        Extract; its ways must hold their nodes, as every published extract does.
    profile
        Speed profile or its name.
    crs
        Projected system in metres for the result; the legal one where the extract lies if `None`.
    area
        (west, south, east, north) in degrees: ways with no node inside are left out.

    Returns
    -------
    A contracted network. Nodes are crossings, dead ends and points where one-way streets begin or end.

    Raises
    ------
    SourceError
        The file is absent or is not an OpenStreetMap extract.
    NetworkError
        It holds no road for cars, or lies outside France and no `crs` was given.

    Source: OpenStreetMap wiki, Key:access, Key:oneway, Key:maxspeed; methods in ``speed_profiles.csv``.
    """
    import osmium  # noqa: PLC0415 - only this reader needs it

    path = Path(path)
    sha256 = checksum(path)
    ways = _Ways(speed_profile(profile) if isinstance(profile, str) else profile)
    refs: list[int] = []
    counts: list[int] = []
    lon: list[float] = []
    lat: list[float] = []
    signals: list[int] = []
    try:
        reader = osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY)
        for item in reader.with_locations().with_filter(osmium.filter.KeyFilter("highway")):
            if isinstance(item, osmium.osm.Node) and item.tags.get("highway") == "traffic_signals":
                signals.append(item.id)
            if not isinstance(item, osmium.osm.Way):
                continue
            nodes = [node for node in item.nodes if node.location.valid()]
            if len(nodes) > 1 and ways.add({tag.k: tag.v for tag in item.tags}):
                refs.extend([node.ref for node in nodes])
                lon.extend([node.lon for node in nodes])
                lat.extend([node.lat for node in nodes])
                counts.append(len(nodes))
        written = reader.header.get("osmosis_replication_timestamp") or None
    except (RuntimeError, OSError, ValueError) as error:
        msg = (
            f"« {path.name} » n'est pas un extrait OpenStreetMap lisible ({error}). "
            f"Un fichier .osm.pbf complet est attendu : téléchargez-le de nouveau."
        )
        raise SourceError(msg) from error
    source = NetworkSource(
        name="OpenStreetMap", file=path.name, licence=LICENCE, vintage=written[:10] if written else None, sha256=sha256
    )
    return _network(
        ways,
        np.array(refs, np.int64),
        np.array(counts, np.int64),
        np.array(lon, np.float64),
        np.array(lat, np.float64),
        np.array(signals, np.int64),
        source=source,
        crs=crs,
        area=area,
    )


def read_osmnx(
    graph: nx.MultiDiGraph | Path | str,
    *,
    profile: SpeedProfile | str = DEFAULT_PROFILE,
    crs: str | None = None,
) -> RoadNetwork:
    """Read an osmnx graph: one downloaded through Overpass, or its GraphML file.

    The graph's own directions are followed (osmnx has already turned one-way tags into directed
    edges); speeds come from its tags through the speed profile, not from osmnx. Simplified graphs
    (with edge geometries) and unsimplified ones are both read. Only the tags that osmnx kept are known: by
    default not ``motor_vehicle``, which opens some ways that ``access`` closes.

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
    placed = all("x" in data and "y" in data for _, data in graph.nodes(data=True))
    if not placed or not all("length" in data for _, _, data in graph.edges(data=True)):
        msg = (
            "Ce graphe n'est pas un graphe de rues d'osmnx : des nœuds sont sans x ou y, ou des arcs sans length. "
            "Un graphe rendu par osmnx.graph_from_* est attendu."
        )
        raise NetworkError(msg)

    ways = _Ways(speed_profile(profile) if isinstance(profile, str) else profile)
    position = {node: (float(data["x"]), float(data["y"])) for node, data in graph.nodes(data=True)}
    number = {node: i for i, node in enumerate(position)}
    refs: list[int] = []
    lonlat: list[tuple[float, float]] = []
    counts: list[int] = []
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
        if not ways.add(_osmnx_tags(data, one_way=one_way)):
            continue
        inner = list(data["geometry"].coords)[1:-1] if "geometry" in data else []
        lonlat += [position[start], *inner, position[end]]
        refs += [number[start], *range(unshared, unshared - len(inner), -1), number[end]]
        unshared -= len(inner)
        counts.append(len(inner) + 2)
    signals = [number[node] for node, data in graph.nodes(data=True) if data.get("highway") == "traffic_signals"]
    coordinates = np.array(lonlat, np.float64).reshape(-1, 2)
    return _network(
        ways,
        np.array(refs, np.int64),
        np.array(counts, np.int64),
        coordinates[:, 0],
        coordinates[:, 1],
        np.array(signals, np.int64),
        source=NetworkSource(name="OpenStreetMap (osmnx)", file=file, licence=LICENCE, sha256=sha256),
        crs=crs,
        area=None,
    )


def _osmnx_tags(data: Mapping[str, Any], *, one_way: bool) -> dict[str, Any]:
    """Return the tags of one osmnx edge; of several merged values the first counts, of limits the lowest."""
    tags = {
        key: str(value[0] if isinstance(value, list) else value) for key, value in data.items() if value is not None
    }
    if isinstance(data.get("maxspeed"), list):
        tags["maxspeed"] = ";".join(map(str, data["maxspeed"]))
    return tags | {"oneway": "yes" if one_way else "no"}


def _network(  # noqa: PLR0913 - the arrays of one extract
    ways: _Ways,
    refs: NDArray[np.int64],
    counts: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    signals: NDArray[np.int64],
    *,
    source: NetworkSource,
    crs: str | None,
    area: tuple[float, float, float, float] | None,
) -> RoadNetwork:
    """Cut ways into segments at the nodes that ways share, project them, and assemble the network."""
    road_class = np.array(ways.road_class, dtype=object)
    direction = np.array(ways.direction, np.int64)
    limit = np.array(ways.limit, np.float64).reshape(-1, 2)
    if area is not None and len(counts):
        west, south, east, north = area
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        kept = np.logical_or.reduceat(inside, firsts)
        rows = np.repeat(kept, counts)
        refs, lon, lat, counts = refs[rows], lon[rows], lat[rows], counts[kept]
        road_class, direction, limit = road_class[kept], direction[kept], limit[kept]
    if not len(counts):
        msg = (
            f"{source.file or source.name} : aucune route ouverte aux voitures n'a été trouvée"
            f"{' dans le territoire demandé' if area is not None else ''}. Vérifiez le fichier et la zone."
        )
        raise NetworkError(msg)
    crs = crs or metric_crs_at(float(np.median(lon)), float(np.median(lat)))
    if crs is None:
        msg = (
            f"{source.file or source.name} : les routes sont hors de France "
            f"(longitude {np.median(lon):.2f}, latitude {np.median(lat):.2f}). Donnez un extrait français."
        )
        raise NetworkError(msg)
    x, y = pyproj.Transformer.from_crs(WGS84, crs, always_xy=True).transform(lon, lat)

    points, first, point = np.unique(refs, return_index=True, return_inverse=True)
    last_of_way = np.cumsum(counts) - 1
    first_of_way = last_of_way - counts + 1
    is_end = np.zeros(len(refs), bool)
    is_end[first_of_way] = is_end[last_of_way] = True
    # A way is cut at a point that is met twice, by two ways or by one that comes back on itself, and at
    # traffic lights, which usually stand before the crossing: their delay is that of a point of a segment.
    is_cut = is_end | (np.bincount(point)[point] > 1) | np.isin(refs, signals)

    begins, ends = is_cut.copy(), is_cut.copy()
    begins[last_of_way] = False
    ends[first_of_way] = False
    start_row, end_row = np.flatnonzero(begins), np.flatnonzero(ends)
    way = np.repeat(np.arange(len(counts)), counts)[start_row]
    step = pyproj.Geod(ellps="GRS80").inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]
    along = np.concatenate([[0.0], np.cumsum(step)])
    rows_per_segment = end_row - start_row + 1
    offsets = np.concatenate([[0], np.cumsum(rows_per_segment)]).astype(np.int64)
    rows = np.arange(offsets[-1]) - np.repeat(offsets[:-1], rows_per_segment) + np.repeat(start_row, rows_per_segment)

    speeds = [link_speed_kmh(road_class, limit[:, side], ways.profile) for side in (0, 1)]
    return assemble_network(
        Segments(
            source=point[start_row],
            target=point[end_row],
            length_m=along[end_row] - along[start_row],
            forward_kmh=np.where(direction >= 0, speeds[0], np.nan)[way],
            backward_kmh=np.where(direction <= 0, speeds[1], np.nan)[way],
            snappable=~np.isin(road_class.astype(str), _CLOSED_TO_TRIP_ENDS)[way],
            coords=np.column_stack([x, y])[rows],
            offsets=offsets,
            minor=(road_class == "service")[way],
        ),
        x[first],
        y[first],
        crs,
        ways.profile,
        signal=np.isin(points, signals),
        source=source,
    )
