"""Roads from OpenStreetMap: PBF extracts, or an osmnx graph.

What may be driven, which way and how fast follows the tags as the OpenStreetMap wiki defines them
and the French defaults of `geo.network.speeds`. Turn restrictions and rules that depend on the hour
are not read, and the network says so. Ferries are left out: an island without a bridge stays unreachable by road.
"""

from __future__ import annotations

from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.crs import WGS84
from geo.errors import NetworkError, SourceError
from geo.french import agreed, format_integer
from geo.network.modes import CAR, MODES
from geo.network.origin import NetworkSource
from geo.network.osm_extracts import Extracts, read_extracts
from geo.network.osm_streets import cut_streets, in_area
from geo.network.osm_tags import NOT_FOR_CARS, USED_KEYS, WayKinds, merged_tags
from geo.network.osm_ways import Ways, stopped_modes
from geo.network.speeds import DEFAULT_PROFILE, SpeedProfile, speed_profile
from geo.sources.provenance import checksum

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import networkx as nx

    from geo.network.road_network import RoadNetwork

LICENCE: Final = "ODbL 1.0, © les contributeurs d'OpenStreetMap"
#: What OpenStreetMap says and is not followed.
NOT_READ: Final = "Les interdictions de tourner et les règles qui dépendent de l'heure ne sont pas lues."


def read_osm(
    path: Path | str | Sequence[Path | str],
    *,
    profile: SpeedProfile | str = DEFAULT_PROFILE,
    crs: str | None = None,
    area: tuple[float, float, float, float] | None = None,
) -> RoadNetwork:
    """Read the roads of OpenStreetMap extracts (``.osm.pbf``, also ``.osm``) that a car may use.

    `read_osm_modes` reads those of people on foot and on bicycles in the same pass.

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
    return read_osm_modes(path, profile=profile, crs=crs, area=area, modes=(CAR,))[CAR]


def read_osm_modes(
    path: Path | str | Sequence[Path | str],
    *,
    profile: SpeedProfile | str = DEFAULT_PROFILE,
    crs: str | None = None,
    area: tuple[float, float, float, float] | None = None,
    modes: Sequence[str] = tuple(MODES),
) -> dict[str, RoadNetwork]:
    """Read the networks of several modes of travel in one pass.

    The parameters are those of `read_osm`; `modes`: of `geo.network.modes.MODES`, ``"car"`` first.

    Returns
    -------
    One network a mode, that of cars as `read_osm` reads it; a mode that may use no way of the files is absent.

    Raises
    ------
    SourceError, NetworkError
        As `read_osm`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> ways = '''<osm version="0.6">
    ... <node id="1" version="1" lon="-1.56" lat="43.31"/><node id="2" version="1" lon="-1.57" lat="43.31"/>
    ... <node id="3" version="1" lon="-1.56" lat="43.32"/>
    ... <way id="3" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="tertiary"/></way>
    ... <way id="4" version="1"><nd ref="1"/><nd ref="3"/><tag k="highway" v="footway"/></way></osm>'''
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "ways.osm")
    ...     _ = file.write_text(ways)
    ...     networks = read_osm_modes(file)
    >>> {mode: len(network.shape_xy) for mode, network in networks.items()}
    {'car': 2, 'walk': 3, 'bike': 2}
    """
    paths = [Path(path)] if isinstance(path, (str, Path)) else [Path(each) for each in path]
    if not paths:
        msg = "Aucun extrait OpenStreetMap n'est donné : un fichier au moins est attendu. Donnez un fichier .osm.pbf."
        raise SourceError(msg)
    checksums = [checksum(each) for each in paths]
    speeds = speed_profile(profile) if isinstance(profile, str) else profile
    ways, found = read_extracts(paths, speeds, active=tuple(modes) != (CAR,))
    known_days = sorted({day for day in found.days if day})
    source = NetworkSource(
        name="OpenStreetMap",
        file=", ".join(each.name for each in paths),
        licence=LICENCE,
        vintage=", ".join(known_days) or None,
        sha256=", ".join(checksums),
        notes=(NOT_READ, *([_cut_note(found.cut)] if found.cut else [])),
    )
    networks = {}
    for mode in modes:
        of_mode = ways.of_mode(mode)
        if mode == modes[-1]:
            del ways  # as large as the network that is made now
        if mode == CAR and not len(of_mode.counts):
            raise NetworkError(_no_road(source.file, found))
        of_mode = in_area(of_mode, area)
        if not len(of_mode.counts):
            if mode != CAR:
                continue
            raise NetworkError(_no_road_here(source, in_area=area is not None))
        streets = cut_streets(of_mode, mode, source=source, crs=crs)
        del of_mode
        crs = streets.crs
        networks[mode] = streets.network(source)
        del streets
    return networks


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
    file, sha256 = "", None
    if isinstance(graph, (str, Path)):
        file, sha256 = Path(graph).name, checksum(Path(graph))
        graph = _saved_graph(Path(graph))
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
        # An edge is drawn along its way, whose direction its tags and those of its nodes tell.
        backward = _runs_against(data) == {True}
        number_of_kind = kinds.number(_osmnx_tags(data, kinds.profile, one_way=one_way, backward=backward))
        if number_of_kind == NOT_FOR_CARS:
            continue
        kind.append(number_of_kind)
        inner = list(data["geometry"].coords)[1:-1] if "geometry" in data else []
        drawn = -1 if backward else 1
        lonlat += [position[start], *inner, position[end]][::drawn]
        refs += [number[start], *range(unshared, unshared - len(inner), -1), number[end]][::drawn]
        unshared -= len(inner)
        counts.append(len(inner) + 2)
    signals = [number[node] for node, data in graph.nodes(data=True) if data.get("highway") == "traffic_signals"]
    stopped = {number[node]: bits for node, data in graph.nodes(data=True) if (bits := _osmnx_stopped(data))}
    coordinates = np.array(lonlat, np.float64).reshape(-1, 2)
    ways = Ways.of_nodes(
        kinds,
        kind=np.array(kind, np.int32),
        counts=np.array(counts, np.int32),
        refs=np.array(refs, np.int64),
        lon=coordinates[:, 0],
        lat=coordinates[:, 1],
        signals=np.array(signals, np.int64),
        barriers=np.array(list(stopped), np.int64),
        stopped=np.array(list(stopped.values()), np.uint8),
    )
    source = NetworkSource(name="OpenStreetMap (osmnx)", file=file, licence=LICENCE, sha256=sha256, notes=(NOT_READ,))
    if not len(ways.counts):
        raise NetworkError(_no_road_here(source))
    return cut_streets(ways, CAR, source=source, crs=crs).network(source)


def _saved_graph(path: Path) -> nx.MultiDiGraph:
    """Return the graph of a file that osmnx wrote."""
    import osmnx  # noqa: PLC0415 - takes seconds to import

    try:
        return osmnx.load_graphml(path)
    except Exception as error:
        msg = (
            f"« {path.name} » n'est pas un graphe GraphML d'osmnx. Un fichier écrit par osmnx.save_graphml est attendu."
        )
        raise SourceError(msg) from error


def _osmnx_tags(data: Mapping[str, Any], profile: SpeedProfile, *, one_way: bool, backward: bool) -> dict[str, str]:
    """Return the tags of one osmnx edge; those merged of several ways in whatever order they stand.

    They are told along the edge, or against it where all of its ways run `backward`.
    """
    values = {key: _several(data[key]) for key in USED_KEYS if key in data and not key.startswith("oneway")}
    # An edge may run against its way, or along some of the ways it was merged of and against others.
    runs_against = {against != backward for against in _runs_against(data)}
    for stem in {key.rpartition(":")[0] for key in values if key.endswith((":forward", ":backward"))}:
        ahead, back = (_several(data.get(f"{stem}:{direction}")) for direction in ("forward", "backward"))
        values[f"{stem}:forward"] = [each for against in runs_against for each in (back if against else ahead)]
        values[f"{stem}:backward"] = [each for against in runs_against for each in (ahead if against else back)]
    return merged_tags(values, profile) | {"oneway": ("-1" if backward else "yes") if one_way else "no"}


def _runs_against(data: Mapping[str, Any]) -> set[bool]:
    """Return whether an osmnx edge runs against the ways that it was merged of: both where it does against some."""
    return {str(each).lower() == "true" for each in _several(data.get("reversed", False))}


def _osmnx_stopped(data: Mapping[str, Any]) -> int:
    """Return how a node of an osmnx graph stops cars (`stopped_modes`)."""
    tags = {key: ";".join(_several(value)) for key, value in data.items()}
    return stopped_modes(tags, (CAR,)) if "barrier" in tags else 0


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


def _no_road_here(source: NetworkSource, *, in_area: bool = False) -> str:
    """Return why nothing is left of the roads."""
    return (
        f"{source.file or source.name} : aucune route ouverte aux voitures n'a été trouvée"
        f"{' dans le territoire demandé' if in_area else ''}. Vérifiez le fichier et la zone."
    )


def _no_road(file: str, found: Extracts) -> str:
    """Return why files give no road for cars."""
    if found.without_place:
        return (
            f"{file} : aucune route utilisable : {agreed(found.without_place, 'route(s)')} sans position, car "
            f"le fichier ne contient pas leurs nœuds. Donnez un fichier avec les nœuds ; avec Overpass, demandez "
            f"« out geom; » ou « (._;>;); out body; »."
        )
    if found.closed_to_cars:
        all_closed = (
            "la seule du fichier leur est fermée"
            if found.closed_to_cars == 1
            else f"les {format_integer(found.closed_to_cars)} routes du fichier leur sont fermées"
        )
        return (
            f"{file} : aucune route ouverte aux voitures n'a été trouvée : {all_closed} "
            f"(access, motor_vehicle, oneway...). "
            f"Donnez un extrait avec les rues et les routes ordinaires."
        )
    return (
        f"{file} : aucune route ouverte aux voitures n'a été trouvée : le fichier ne contient ni rue ni route "
        f"(highway=residential, tertiary...). Donnez un extrait OpenStreetMap qui contient les routes."
    )
