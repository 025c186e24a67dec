"""Hold estimated times against real ones, area by area: ``python -m tests.benchmarks.estimated_times SHARED_DATA``.

`SHARED_DATA` is the folder of official files for trials; the town halls of all communes are read from
``data/france/communes.csv`` or from ``--communes FILE`` with the same columns. The coast is that of cells around town halls.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo import Territory
from geo.network.estimated_error import TERRAINS, interval_min, terrain
from geo.network.road_files import read_roads
from geo.network.snapping import snap
from geo.network.travel_times import times_between, times_from_point
from geo.settings import Settings
from geo.sources.embedded import approximate_contours
from geo.sources.relief import RELIEF_FILE, read_relief
from geo.territory.assemble import estimate_roads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import RoadNetwork

METRES = "EPSG:2154"
#: A site farther (m) than this from the town hall is in another part of the town; a way so many times the straight line
#: goes round by another town.
FAR_FROM_HALL_M = 1_500.0
FAR_ROUND = 2.5
#: Minutes that trips of the Pyrenees take on the ground, at least and at most.
NAMED = {
    ("64483", "64122"): (18, 26),  # Saint-Jean-de-Luz - Biarritz
    ("64320", "64445"): (42, 58),  # Laruns - Pau
    ("64475", "64533"): (18, 30),  # Sainte-Engrâce - Tardets
    ("64316", "64371"): (32, 46),  # Larrau - Mauléon
    ("64104", "64422"): (25, 38),  # Bedous - Oloron
    ("64260", "64102"): (30, 46),  # Hendaye - Bayonne
    ("64104", "64320"): (40, np.inf),  # Bedous - Laruns
    ("64475", "64104"): (55, np.inf),  # Sainte-Engrâce - Bedous
}
#: Minutes between towns of the mainland, round public figures and general knowledge of driving without traffic.
LONG = Path(__file__).with_name("long_trips.csv")
#: Minutes by car between town halls in Corsica and overseas, from general knowledge, to about 10 %.
FAR = {
    ("2A004", "2B033"): 155,  # Ajaccio - Bastia
    ("2A004", "2B096"): 95,  # Ajaccio - Corte
    ("2B096", "2B033"): 65,  # Corte - Bastia
    ("2A004", "2A247"): 165,  # Ajaccio - Porto-Vecchio
    ("2A004", "2A272"): 85,  # Ajaccio - Sartène
    ("2A004", "2A249"): 75,  # Ajaccio - Propriano
    ("2B033", "2B050"): 95,  # Bastia - Calvi
    ("2B050", "2B096"): 95,  # Calvi - Corte
    ("2B033", "2A247"): 125,  # Bastia - Porto-Vecchio
    ("2A247", "2A041"): 30,  # Porto-Vecchio - Bonifacio
    ("2B033", "2B134"): 75,  # Bastia - L'Île-Rousse
    ("2A004", "2B050"): 180,  # Ajaccio - Calvi
    ("97411", "97416"): 65,  # Saint-Denis - Saint-Pierre
    ("97411", "97410"): 40,  # Saint-Denis - Saint-Benoît
    ("97416", "97410"): 75,  # Saint-Pierre - Saint-Benoît
    ("97414", "97424"): 60,  # Saint-Louis - Cilaos
    ("97409", "97421"): 25,  # Saint-André - Salazie
    ("97120", "97105"): 65,  # Pointe-à-Pitre - Basse-Terre
    ("97120", "97125"): 45,  # Pointe-à-Pitre - Saint-François
    ("97120", "97121"): 55,  # Pointe-à-Pitre - Pointe-Noire
    ("97209", "97225"): 45,  # Fort-de-France - Saint-Pierre
    ("97209", "97217"): 50,  # Fort-de-France - Le Marin
    ("97209", "97228"): 45,  # Fort-de-France - Sainte-Marie
    ("97209", "97230"): 40,  # Fort-de-France - La Trinité
    ("97302", "97304"): 50,  # Cayenne - Kourou
    ("97302", "97311"): 190,  # Cayenne - Saint-Laurent
    ("97302", "97308"): 150,  # Cayenne - Saint-Georges
    ("97611", "97616"): 40,  # Mamoudzou - Sada
}
#: Halls of the Labourd that its road file serves badly: Ahetze lies at its edge, and at Halsou the RD 650 lacks the 9 m
#: of its bridge over the Nive.
BADLY_SERVED = ("64009", "64255")
#: Longest trip (minutes) that is compared.
LONGEST_MIN = 60.0
#: A reference point farther (m) than this from a town hall is not one.
SAME_PLACE_M = 700


def read_halls(path: Path) -> gpd.GeoDataFrame:
    """Return the communes of the mainland at their town halls, as a commune table with cells for contours."""
    table = pd.read_csv(path, dtype={"code": str, "departement": str}).set_index("code")
    mainland = ~table["departement"].isin(["2A", "2B"]) & (table["departement"].str.len() == 2)
    # Two halls at one place have no cells of their own, and a position outside the mainland is a slip of the list.
    placed = table["lon"].between(-5.3, 8.4) & table["lat"].between(42, 51.3) & ~table.duplicated(["lon", "lat"])
    table = table[mainland & placed]
    points = gpd.GeoSeries.from_xy(table["lon"], table["lat"], crs="EPSG:4326")
    frame = gpd.GeoDataFrame(
        table[["name", "departement", "lon", "lat"]], geometry=approximate_contours(points, METRES), crs="EPSG:4326"
    )
    frame["population"] = table["population"].astype("Float64").round().astype("Int64")
    frame["position"] = table["position"]
    return frame.rename_axis("commune_code")


def minutes(network: RoadNetwork, one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return minutes from each point (n, 2: degrees) to each other (m, 2), shape (n, m)."""
    return times_between(network, snap(network, *one.T), snap(network, *other.T))[0] / 60


def on_roads(
    roads: RoadNetwork, halls: NDArray[np.float64], edge_m: float
) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Return for each part of a road file the halls in it, `edge_m` off the sides of its box, and the real minutes."""
    points = snap(roads, *halls.T)
    on = np.flatnonzero((points.link >= 0) & (points.distance_m < 400))
    part = roads.component[roads.link_ends[points.link[on], 0]]
    found = []
    for number in np.unique(part):
        inside = roads.component == number
        low, high = np.quantile(np.column_stack([roads.x, roads.y])[inside], [0.01, 0.99], axis=0)
        here = on[part == number]
        xy = points.xy[here]
        here = here[((xy > low + edge_m) & (xy < high - edge_m)).all(axis=1)]
        if len(here) > 1:
            kept = replace(points.take(here), distance_m=np.zeros(len(here)))
            found.append((here, times_between(roads, kept, kept)[0] / 60))
    return found


def said(area: str, estimated: NDArray[np.float64], real: NDArray[np.float64]) -> None:
    """Print one line of the table."""
    ratio = (estimated / real)[np.isfinite(estimated / real)]
    low, median, high = np.quantile(ratio, [0.1, 0.5, 0.9])
    close = (np.abs(ratio - 1) <= 0.25).mean()
    print(
        f"{area:28s} {len(ratio):7d} {median:6.2f} ({low:.2f} to {high:.2f}) {close:6.2f} {np.abs(np.log(ratio)).mean():7.3f}"
    )


def trips(matrix: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the trips of a matrix of real minutes that are compared."""
    return np.nonzero(np.isfinite(matrix) & (matrix > 1) & (matrix <= LONGEST_MIN))


def sector(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.str_]:
    """Return the part of the Isère of each point."""
    north = np.where(lon < 5.35, "O", np.where(lon < 5.6, "NO", "NE"))
    return np.where(lat < 45.12, np.where(lon < 5.75, "S", "SE"), north)


def isere(data: Path, halls: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the halls of the Isère and the real minutes between them."""
    reference = json.loads((data / "reference/osrm-isere-2021.json").read_text())
    metres = gpd.GeoSeries.from_xy(*halls.T, crs="EPSG:4326").to_crs(METRES)
    source = gpd.GeoSeries.from_xy(*np.array(reference["src"], np.float64).T, crs="EPSG:4326").to_crs(METRES)
    which, near = shapely.STRtree(metres.to_numpy()).query_nearest(
        source.to_numpy(), max_distance=SAME_PLACE_M, all_matches=False
    )
    return near, np.array(reference["time_s"], np.float64)[np.ix_(which, which)] / 60


def classes(
    estimated: NDArray[np.float64], real: NDArray[np.float64], site: NDArray[np.bool_], residents: NDArray[np.float64]
) -> float:
    """Return the share of residents in the right class of 20 minutes from the nearest commune with a site."""
    own = np.eye(len(real), dtype=bool)[:, site]
    nearest = [np.where(own, 0.0, times[:, site]).min(axis=1) for times in (estimated, real)]
    right = (nearest[0] <= 20) == (nearest[1] <= 20)
    return float((right * residents).sum() / residents.sum())


def long_ratios() -> NDArray[np.float64]:
    """Return estimated over known time of the long trips of the mainland, in their order."""
    territory, trips = Territory.load(), pd.read_csv(LONG, dtype={"origin": str, "destination": str})
    halls = territory.communes
    ends = (
        snap(territory.network, halls.loc[trips[end], "lon"], halls.loc[trips[end], "lat"])
        for end in ("origin", "destination")
    )
    return times_between(territory.network, *ends)[0].diagonal() / 60 / trips["minutes"].to_numpy()


def far_ratios() -> NDArray[np.float64]:
    """Return estimated over known time of the trips of the islands and of the Guyane, in their order."""
    territory = Territory.load()
    halls = territory.communes
    ends = (
        snap(territory.network, halls.loc[list(codes), "lon"], halls.loc[list(codes), "lat"])
        for codes in zip(*FAR, strict=True)
    )
    return times_between(territory.network, *ends)[0].diagonal() / 60 / np.array([*FAR.values()])


def far_minutes() -> None:
    """Print trips of the islands and of the Guyane, and how many are in their interval."""
    halls = Territory.load().communes
    ratios = far_ratios()
    for codes, ratio in zip(FAR, ratios, strict=True):
        print(f"{' - '.join(halls.loc[list(codes), 'name'])}: about {FAR[codes]} min: {ratio:.2f}")
    low, high = interval_min(ratios, TERRAINS.index("far"))
    print(f"far: median {np.median(ratios):.2f}, {((low <= 1) & (high >= 1)).sum()} of {len(ratios)} in the interval")


def sites_of_towns() -> None:
    """Print how much longer than the straight line ways are to sites far from the town hall of their commune."""
    france = Territory.load()
    sites = france.sites[france.sites["commune_code"].isin(france.communes.index)]
    halls = france.communes.loc[sites["commune_code"], ["lon", "lat"]].to_numpy(np.float64)
    places = np.column_stack([sites.geometry.x, sites.geometry.y])
    metres = pyproj.Geod(ellps="GRS80").inv(*halls.T, *places.T)[2]
    far = np.flatnonzero(metres > FAR_FROM_HALL_M)
    from_, to = (snap(france.network, *points[far].T) for points in (halls, places))
    way = [times_from_point(france.network, from_, row, to.take([row]))[1][0] for row in range(len(far))]
    ratio = np.array(way) / metres[far]
    print(f"{len(far)} sites over {FAR_FROM_HALL_M:.0f} m from the town hall: way over straight line, median ", end="")
    print(
        f"{np.median(ratio):.2f}, 90 % under {np.quantile(ratio, 0.9):.2f}, {(ratio > FAR_ROUND).sum()} over {FAR_ROUND}"
    )


def known_trips(network: RoadNetwork, communes: gpd.GeoDataFrame) -> None:
    """Print the named trips of the Pyrenees, and the long ones of the mainland."""
    halls = communes[["lon", "lat"]].to_numpy(np.float64)
    print()
    for (origin, destination), (low, high) in NAMED.items():
        here = communes.index.get_indexer([origin, destination])
        took = minutes(network, halls[here[:1]], halls[here[1:]])[0, 0]
        names = " - ".join(communes["name"].iloc[here])
        print(f"{names}: {took:.0f} min, {low} to {high} wanted{'' if low <= took <= high else ': MISSED'}")
    print()
    trips = pd.read_csv(LONG, dtype={"origin": str, "destination": str})
    one, other = (communes.index.get_indexer(trips[end]) for end in ("origin", "destination"))
    took = [minutes(network, halls[[here]], halls[[there]])[0, 0] for here, there in zip(one, other, strict=True)]
    ratios = np.array(took) / trips["minutes"].to_numpy()
    for trip, found, ratio in zip(trips.itertuples(), took, ratios, strict=True):
        print(f"{trip.origin_name} - {trip.destination_name}: {found:.0f} min, about {trip.minutes}: {ratio:.2f}")
    said("long trips", np.array(took), trips["minutes"].to_numpy(np.float64))


def main() -> None:
    """Print the table of errors, the named trips, the ratio to METRIC, seconds and memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--communes", type=Path, default=Settings.from_environment().data_dir / "france/communes.csv")
    options = parser.parse_args()
    communes = read_halls(options.communes)
    halls = communes[["lon", "lat"]].to_numpy(np.float64)
    # Those not placed at their hall are no reference: real times between other points are longer.
    believed = (communes["position"] != "interior").to_numpy() & ~communes.index.isin(BADLY_SERVED)
    began = time.perf_counter()
    network = estimate_roads(communes)
    seconds, memory = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(communes)} communes: {seconds:.1f} s, {len(network.snappable)} links, {memory:.0f} MB in all, largest part {network.component_nodes[0]}\n"
    )
    relief = read_relief(Settings.from_environment().data_dir / RELIEF_FILE)

    print("area                           trips  ratio (deciles)     in 25 %  mean abs log")
    cities = on_roads(read_roads(options.data / "osm/villes-28.osm.pbf"), halls, 500)
    cities = [(here[believed[here]], real[np.ix_(believed[here], believed[here])]) for here, real in cities]
    pairs = [(minutes(network, halls[here], halls[here]), real) for here, real in cities]
    at = [trips(real) for _, real in pairs]
    said("towns", *(np.concatenate([part[k][where] for part, where in zip(pairs, at, strict=True)]) for k in (0, 1)))
    for name, file in (("Caen (town, free)", "osm/caen.osm.pbf"), ("Labourd", "roads/labourd-bdtopo-2014.zip")):
        ((here, real),) = on_roads(read_roads(options.data / file), halls, 0)
        here, real = here[believed[here]], real[np.ix_(believed[here], believed[here])]
        estimated = minutes(network, halls[here], halls[here])
        said(name, estimated[trips(real)], real[trips(real)])
    here, real = isere(options.data, halls)
    here, real = here[believed[here]], real[np.ix_(believed[here], believed[here])]
    estimated = minutes(network, halls[here], halls[here])
    one, other = trips(real)
    where, kind = sector(*halls[here].T), terrain(*halls[here].T, relief)
    for name in ("NE", "NO", "O", "S", "SE"):
        both = (where[one] == name) & (where[other] == name)
        said(f"Isère {name}", estimated[one, other][both], real[one, other][both])
    for number, name in enumerate(TERRAINS[:-1]):
        both = (kind[one] == number) & (kind[other] == number)
        took, guessed = real[one, other][both], estimated[one, other][both]
        low, high = interval_min(guessed, number)
        said(f"Isère, {name}", guessed, took)
        print(f"    {(100 * ((low <= took) & (took <= high)).mean()):.0f} % of these trips in the interval")
    residents = communes["population"].to_numpy(np.float64, na_value=0.0)[here]
    sites = pd.read_csv(options.communes.parent / "sites.csv", dtype=str)
    site = communes.index[here].isin(sites.loc[sites["kind"] != "bus", "commune_code"])
    share = classes(estimated, real, site, residents)
    print(
        f"Isère: {100 * share:.1f} % of residents in the right class of 20 minutes from the {site.sum()} communes with a site"
    )

    gironde = pd.read_csv(options.data / "reference/metric-gironde-half.csv")
    start, end = (snap(network, gironde[f"lon{k}"], gironde[f"lat{k}"]) for k in (1, 2))
    found = [
        times_between(network, start.take([row]), end.take([row]))[0][0, 0] / 60 for row in range(0, len(gironde), 4)
    ]
    said("METRIC, Gironde (never fit)", np.array(found), gironde["minutes"].to_numpy(np.float64)[::4])
    known_trips(network, communes)
    far_minutes()
    sites_of_towns()


if __name__ == "__main__":
    main()
