"""A network where no road file was given: roads estimated from where communes are, how many live there, and the relief.

Neighbouring communes are joined as a Gabriel graph joins points (Gabriel & Sokal 1969): two communes are neighbours
when the circle that has them as diameter holds no third one. Those of 500, 2,000, 10,000 and 30,000 residents and more
are joined once more among themselves, by the faster roads that link villages and towns. A trip takes

    shortest path over links of ``p (min(w, f) + k u min(w, 2 d)) + q max(w - f, 0)``, plus ``c`` at each end of it

minutes, with ``w = hypot(s, g climb / 100)``, ``s + g climb / 100`` from 10,000 residents on: ``s`` is the straight
length (km), ``climb`` the metres up plus down along it, ``p`` the pace of its level on its first ``f`` km and ``q``
beyond, ``u = ln(density / 1,000)`` with residents a km2 around its ends, 0 where fewer live: streets are slow in a
town, for ``d`` km at each end of a link, not between two towns. What it costs to leave a home or to reach a door is not
paid by those who drive through. A road that climbs over a high ridge is as slow as the smallest, whatever the towns at
its ends. On islands whose relief is not known, bends that it would tell make ``w`` longer by one factor.

It is an estimate and says so wherever it is used: `geo.network.estimated_error` holds its measured errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.crs import metric_crs, to_metres
from geo.errors import NetworkError
from geo.french import agreed
from geo.network.barriers import along_relief, barrier_lines, behind_ridges, known_without_road, over_land, touching
from geo.network.links import build_network
from geo.network.neighbours import density_km2, neighbours
from geo.network.origin import NetworkSource
from geo.network.speeds import DEFAULT_PROFILE, SpeedProfile, speed_profile

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork
    from geo.sources.no_road import NoRoad
    from geo.sources.relief import Relief

#: Each level of roads, *courant*: smallest population of both ends; minutes a km of straight line, on the first km of a
#: road, and beyond them: between towns fast roads and motorways are taken.
ROAD_LEVELS: Final = (
    (0, 1.61, 1.61),
    (500, 1.25, 1.25),
    (2_000, 1.05, 1.05),
    (10_000, 0.95, 0.80),
    (30_000, 0.85, 0.70),
)
#: How many km are the first ones.
FIRST_KM: Final = 12.0
#: Motorways pass other towns by: those of the last level are all sides of the Delaunay triangles up to this long (m).
MOTORWAY_LINK_M: Final = 130_000.0
#: Roads of this level and below follow one valley and cross no ridge; those of higher levels have many ways around it.
LAST_LOCAL_LEVEL: Final = 1
#: From this level on, roads are long: flat parts and slopes follow one another, and their lengths add up.
FIRST_TOWN_LEVEL: Final = 3
#: Residents a km2 beyond which roads are slower.
DENSE_KM2: Final = 1_000.0
#: How much slower: the pace grows by this share for each unit of ``u``.
DENSITY_SHARE: Final = 0.23
#: Metres: how far residents count in the density of a place.
DENSITY_RADIUS_M: Final = 1_000.0
#: Km at each end of a link that are slowed by the density there.
DENSE_KM: Final = 4.0
#: Minutes at each end of a trip.
END_MIN: Final = 1.6
#: Km of road for 100 m up or down: the steeper the line, the more the road winds.
CLIMB_KM: Final = 0.8
#: Metres above its higher end from which the crest under a link makes it a mountain road, of the pace of level 0.
HIGH_RIDGE_M: Final = 400.0
#: How many times longer roads are taken to be on islands full of hills, by département, where no height is known.
UNSEEN_BENDS: Final = {"971": 1.4, "972": 1.4, "976": 1.4}
#: Metres of road a metre of straight line.
DETOUR: Final = 1.3
#: Beyond this distance (m) from every estimated road, a point is off the network.
SNAP_LIMIT_M: Final = 10_000.0

NOTE: Final = (
    "Aucun fichier de routes n'a été fourni : le réseau est estimé à partir de la position et de la "
    "population des communes. Les temps sont des ordres de grandeur."
)
NO_RELIEF_NOTE: Final = (
    "Outre-mer, le relief n'est pas connu : aux Antilles et à Mayotte, les routes sont comptées 1,4 fois plus longues "
    "qu'en plaine ; ailleurs, celles de montagne sont estimées comme celles de plaine, donc trop rapides."
)


def estimate_network(
    communes: gpd.GeoDataFrame,
    *,
    relief: Relief | None = None,
    no_road: NoRoad | None = None,
    profile: SpeedProfile | str = DEFAULT_PROFILE,
) -> RoadNetwork:
    """Estimate the road network of a territory from its communes.

    Parameters
    ----------
    communes
        Commune table (`geo.schemas.COMMUNE_COLUMNS`): `lon`, `lat` (of the town hall where known), `population`
        (missing counts as 0), and the contours: no road is guessed over more than 3 km of water, or of land of other
        countries.
    relief
        Heights; `None`, or where they are unknown: all is taken to be flat, and the notes of the network say so.
    no_road
        Islands and waters known to have no road; `None`: only the contours tell.
    profile
        Scales every time by its class speeds against those of *courant*.

    Returns
    -------
    A two-way network with one node per commune, in the order of the table.

    Raises
    ------
    NetworkError
        Fewer than two communes, or communes of several territories that no road joins.

    Examples
    --------
    >>> from geo import Territory
    >>> network = estimate_network(Territory.load("64").communes)
    >>> network.n_nodes, network.source.approximate
    (545, True)
    """
    profile = speed_profile(profile) if isinstance(profile, str) else profile
    systems = {metric_crs(departement) for departement in communes["departement"].unique()}
    if len(communes) < 2 or len(systems) > 1:  # noqa: PLR2004 - a road has two ends
        msg = (
            f"Réseau estimé impossible : {agreed(len(communes), 'commune(s)')} et "
            f"{agreed(len(systems), 'système(s)')} de coordonnées. "
            f"Il faut au moins deux communes d'un même territoire (métropole ou une seule île), ou des routes."
        )
        raise NetworkError(msg)
    crs = systems.pop()
    lon, lat = communes["lon"].to_numpy(np.float64), communes["lat"].to_numpy(np.float64)
    points = np.column_stack(to_metres(crs).transform(lon, lat))
    population = communes["population"].to_numpy(np.float64, na_value=0.0)

    ends, level = _links(communes, points, population, no_road, crs)
    straight = np.hypot(*(points[ends[:, 0]] - points[ends[:, 1]]).T)
    climb, crest = np.zeros(len(ends)), np.zeros(len(ends))
    if relief is not None:
        climb, crest = along_relief(relief, lon, lat, ends, straight)
        local = level <= LAST_LOCAL_LEVEL
        kept = np.ones(len(ends), bool)
        kept[local] = ~behind_ridges(ends[local], (crest * straight / 1000)[local], len(points))
        ends, level, straight, climb, crest = ends[kept], level[kept], straight[kept], climb[kept], crest[kept]
    # A commune without any local road out still has its own streets: one of no length, from it to itself.
    alone = np.setdiff1d(np.arange(len(points)), ends[level == 0])
    ends = np.concatenate([ends, np.column_stack([alone, alone])])
    nothing = np.zeros(len(alone))
    level, straight, climb, crest = (np.concatenate([column, nothing]) for column in (level, straight, climb, crest))

    unknown = relief is None or bool(np.isnan(relief.heights(lon, lat)).all())
    notes = (NOTE, NO_RELIEF_NOTE) if unknown else (NOTE,)
    scale = 60.0 * speed_profile().class_speed_kmh["secondary"] / profile.class_speed_kmh["secondary"]
    density = np.log(np.maximum(density_km2(points, population, DENSITY_RADIUS_M) / DENSE_KM2, 1.0))
    km, climb_km = straight / 1000, CLIMB_KM * climb / 100
    winding = np.where(level >= FIRST_TOWN_LEVEL, km + climb_km, np.hypot(km, climb_km))
    if unknown:
        winding *= communes["departement"].map(UNSEEN_BENDS).fillna(1.0).to_numpy(np.float64)[ends[:, 0]]
    pace, far_pace = np.array(ROAD_LEVELS)[level.astype(np.int64), 1:].T
    high = crest > HIGH_RIDGE_M
    pace, far_pace = (np.where(high, ROAD_LEVELS[0][1], minutes) for minutes in (pace, far_pace))
    slowed = DENSITY_SHARE * density[ends].mean(axis=1) * np.minimum(winding, 2 * DENSE_KM)
    first = np.minimum(winding, FIRST_KM)
    time = (pace * (first + slowed) + far_pace * (winding - first)) * scale
    return build_network(
        ends=ends,
        time_s=np.column_stack([time, time]),
        length_m=winding * 1000 * DETOUR,
        x=points[:, 0],
        y=points[:, 1],
        crs=crs,
        # The roads between towns pass other communes by: a trip begins and ends on a local road.
        snappable=level == 0,
        shape_xy=points[ends.ravel()],
        shape_offsets=np.arange(len(ends) + 1, dtype=np.int64) * 2,
        source=NetworkSource("Réseau estimé à partir des communes", notes=notes, approximate=True),
        profile=profile,
        access_m_per_s=1000 / (ROAD_LEVELS[0][1] * scale),
        snap_limit_m=SNAP_LIMIT_M,
        end_time_s=END_MIN * scale,
        barriers=() if no_road is None else barrier_lines(no_road, crs),
    )


def _links(
    communes: gpd.GeoDataFrame,
    points: NDArray[np.float64],
    population: NDArray[np.float64],
    no_road: NoRoad | None,
    crs: str,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs of communes that a road may join, int64 (n_links, 2), and the level of each; ridges not seen."""
    land = shapely.STRtree(communes.geometry.to_crs(crs).to_numpy())
    codes = communes.index.to_numpy(object)
    ends, levels = [], []
    for level, (smallest, *_) in enumerate(ROAD_LEVELS):
        members = np.flatnonzero(population >= smallest)
        motorways = level == len(ROAD_LEVELS) - 1
        joined = members[neighbours(points[members], across_others=motorways)]
        if motorways:
            joined = joined[np.hypot(*(points[joined[:, 0]] - points[joined[:, 1]]).T) <= MOTORWAY_LINK_M]
        dry = over_land(points, joined, land)
        by_land = touching(land, np.unique(joined[~dry]))
        by_land = by_land[np.isin(by_land, members).all(axis=1)]
        joined = np.unique(np.concatenate([joined[dry], by_land]), axis=0)
        if no_road is not None:
            joined = joined[~known_without_road(no_road, codes, points, joined, crs)]
        ends.append(joined)
        levels.append(np.full(len(joined), float(level)))
    return np.concatenate(ends), np.concatenate(levels)
