"""The territories that the golden test asks about: the one module that knows how a territory is put together.

All are made from the embedded Pyrénées-Atlantiques, without any file of the user's, and differ in what is known of
them. Each is saved, so that the command line and the app open it as a user would; `whole` is the embedded one itself.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
from scipy.spatial import cKDTree

from geo import Territory
from geo.network import RoadNetwork
from geo.network.speeds import DEFAULT_PROFILE
from geo.settings import Settings
from geo.territory.assemble import estimate_roads
from geo.territory.embedded import france
from geo.territory.files import OfficialTables
from geo.territory.margin import near_communes

DEPARTEMENT = "64"
NAME = "Pyrénées-Atlantiques"
METRES = "EPSG:2154"

#: Communes put off the network, the three largest: the share of a figure over all residents is then plainly another.
THREE_OFF = ("64445", "64102", "64024")
#: A position at sea, further from any road than a trip may begin.
AT_SEA = (-2.6, 43.95)
#: Saint-Pée-sur-Nivelle, in the middle of the roads of the Labourd, and how many communes these roads join.
LABOURD_CENTRE, LABOURD_COMMUNES = "64495", 17
#: Pairs of communes of the mountains, each pair on a road of its own that leads to no site.
NO_WAY_OUT = (("64330", "64006"), ("64316", "64475"))
#: Roads of the Labourd: each commune is joined to so many neighbours, at this speed, on a line so much longer.
NEIGHBOURS, ROAD_KMH, DETOUR = 3, 38.0, 1.25
#: Nodes of each of these roads, as many as a part of a network must have for trips to begin there.
NODES = 60
#: Arudy: its only site within reach is so near the threshold that a tenth of speed decides.
ONE_COMMUNE = "64062"


def embedded_tables() -> OfficialTables:
    """The embedded tables, of the département and what lies around it."""
    settings = Settings.from_environment()
    made = france(settings.data_dir / "france", settings.france_dir, DEFAULT_PROFILE)
    tables, codes, _, _ = made.official_tables(("departement", DEPARTEMENT))
    communes = tables.communes.frame
    return with_communes(tables, near_communes(communes, communes.loc[codes]))


def with_communes(tables: OfficialTables, communes) -> OfficialTables:
    return replace(tables, communes=replace(tables.communes, frame=communes))


def whole() -> Territory:
    return Territory.load("64")


def three_off() -> Territory:
    """All roads, but three town halls are nowhere near them."""
    tables = embedded_tables()
    communes = tables.communes.frame
    moved = communes.copy()
    moved.loc[list(THREE_OFF), ["lon", "lat"]] = AT_SEA
    return Territory.from_tables(with_communes(tables, moved), NAME, {DEPARTEMENT}, roads=estimate_roads(communes))


def labourd() -> Territory:
    """All communes and sites, but the roads of a small part only; a road apart leads to no site."""
    tables = embedded_tables()
    communes = tables.communes.frame
    communes = communes[communes["departement"] == DEPARTEMENT]
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", METRES, always_xy=True)
    points = np.column_stack(to_metres.transform(communes["lon"].to_numpy(), communes["lat"].to_numpy()))
    centre = communes.index.get_loc(LABOURD_CENTRE)
    apart = [tuple(communes.index.get_indexer(pair)) for pair in NO_WAY_OUT]
    joined = cKDTree(points).query(points[centre], LABOURD_COMMUNES)[1]
    near = cKDTree(points[joined]).query(points[joined], NEIGHBOURS + 1)[1][:, 1:]
    pairs = {tuple(sorted((int(joined[i]), int(joined[j])))) for i, row in enumerate(near) for j in row}
    lines = [np.linspace(points[i], points[j], NODES) for i, j in [*sorted(pairs), *apart]]
    nodes, number = np.unique(np.vstack(lines), axis=0, return_inverse=True)
    start, end = np.hstack([[row[:-1], row[1:]] for row in number.reshape(-1, NODES)])
    metres = DETOUR * np.hypot(*(nodes[start] - nodes[end]).T)
    both_ways = np.r_[start, end], np.r_[end, start], np.tile(metres / (ROAD_KMH / 3.6), 2), np.tile(metres, 2)
    roads = RoadNetwork.from_edges(*both_ways, *nodes.T, METRES)
    return Territory.from_tables(tables, NAME, {DEPARTEMENT}, roads=roads)


def one_commune() -> Territory:
    """One commune with the sites and roads around it: the others are taken for those of a neighbour."""
    tables = embedded_tables()
    communes = tables.communes.frame
    around = communes["departement"].where(communes["departement"] != DEPARTEMENT, "40")
    around[ONE_COMMUNE] = DEPARTEMENT
    return Territory.from_tables(
        with_communes(tables, communes.assign(departement=around)), NAME, {DEPARTEMENT}, roads=estimate_roads(communes)
    )


def unknown_population() -> Territory:
    """Nobody is known to live anywhere."""
    tables = embedded_tables()
    communes = tables.communes.frame
    nobody = communes.assign(population=pd.array([pd.NA] * len(communes), dtype="Int64"))
    return Territory.from_tables(with_communes(tables, nobody), NAME, {DEPARTEMENT}, roads=estimate_roads(communes))


MAKERS = {
    "whole": whole,
    "three_off": three_off,
    "labourd": labourd,
    "one_commune": one_commune,
    "unknown_population": unknown_population,
}


def make(key: str, folder: Path) -> tuple[Territory, Path | None]:
    """Make one of the territories and save it; return what is opened, and from where (`None`: a view of France)."""
    territory = MAKERS[key]()
    if key == "whole":
        return territory, None
    territory.save(folder)
    return Territory.load(folder), folder
