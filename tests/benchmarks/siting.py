"""Siting: how far the quick choice is from the exact optimum, and how long plans take.

    python tests/benchmarks/siting.py [--data ../shared/data] [--france DIR]

The embedded territory: all 546 communes as demand and candidates. Labourd and Caen, whose roads cover few communes:
made points, 1,500 crossings of the real roads drawn at random where residents are taken to be (the legal population of
each commune spread over its points by random weights), 300 of them as candidates; the sites of the official list
stay. Greedy is greedy choice alone; quick is greedy, interchange and the plans met while bounding; exact is HiGHS.
Gaps are shares of what the best labels bring over the sites of today, not of the total, which they would flatter.
"""

import argparse
import resource
import time
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj

from geo import Territory
from geo.siting.benefits import coverage_benefits, time_benefits
from geo.siting.greedy import fewest, greedy
from geo.siting.plan import plan
from geo.siting.problem import siting_problem
from geo.siting.solve import solve
from geo.territory.country import Country

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
POINTS, CANDIDATES = 1500, 300


def made_points(territory):
    """The territory with residents at random crossings of its roads, and some of them as candidate places."""
    network = territory.network
    rng = np.random.default_rng(14)
    main = np.flatnonzero(network.component == 0)
    nodes = rng.choice(main, min(POINTS, len(main)), replace=False)
    lon, lat = pyproj.Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True).transform(
        network.x[nodes], network.y[nodes]
    )
    cells = gpd.GeoDataFrame(
        {
            "cell_id": [f"p{i:04d}" for i in range(len(nodes))],
            "population": rng.integers(1, 200, len(nodes)).astype(float),
        },
        geometry=gpd.points_from_xy(lon, lat),
        crs="EPSG:4326",
    ).astype({"cell_id": "string"})
    cells = cells.sjoin(territory.communes[["geometry"]], predicate="within")
    cells = cells.rename(columns={cells.columns[-1]: "commune_code"}).drop_duplicates("cell_id").reset_index(drop=True)
    cells["commune_code"] = cells["commune_code"].astype("string")
    places = cells.iloc[:CANDIDATES][["cell_id", "geometry"]].rename(columns={"cell_id": "facility_id"})
    # Only the communes that the roads reach: of the others nothing is known.
    reached = territory.communes[territory.communes.index.isin(cells["commune_code"])]
    return replace(territory, cells=cells, communes=reached), places.assign(name=places["facility_id"])


def labels_asked(model, count):
    """The number of labels to ask for: `set-cover` finds the fewest itself."""
    return None if model == "set-cover" else count


def quality(name, territory, places, threshold):
    problem = siting_problem((territory,), places, ())
    today = problem.residents[problem.today_min > threshold].sum() / problem.residents.sum()
    print(
        f"{name}: {len(problem.demand)} demand points, {len(problem.candidates)} candidates, {len(problem.pair_min)} "
        f"pairs; {100 * today:.1f} % of residents beyond {threshold} min today"
    )
    for model, benefits in (("coverage", coverage_benefits(problem, threshold)), ("median", time_benefits(problem))):
        worst = {"greedy": 0.0, "quick": 0.0, "proven": 0.0}
        seconds = 0.0
        for count in range(1, 11):
            exact = solve(problem, model, count, threshold_min=threshold)
            begun = time.perf_counter()
            quick = solve(problem, model, count, threshold_min=threshold, exact=False)
            seconds = max(seconds, time.perf_counter() - begun)
            best = max(exact.objective, 1e-9)
            worst["greedy"] = max(worst["greedy"], 1 - benefits.total(greedy(benefits, count)) / best)
            worst["quick"] = max(worst["quick"], 1 - quick.objective / best)
            worst["proven"] = max(worst["proven"], exact.gap)
        print(
            f"  {model}, p = 1..10: greedy within {100 * worst['greedy']:.2f} %, quick within "
            f"{100 * worst['quick']:.2f} % ({1000 * seconds:.0f} ms at most), exact proven within "
            f"{100 * worst['proven']:.3f} %"
        )
    alone = coverage_benefits(problem, threshold, (problem.residents > 0).astype(float))
    exact = solve(problem, "set-cover", 0, threshold_min=threshold)
    print(
        f"  set-cover: greedy {len(greedy(alone, 10**6))}, quick {len(fewest(alone, alone.most))}, exact "
        f"{exact.objective:.0f} (bound {exact.bound:.0f})"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--france", type=Path, help="folder of « maillage build --france »")
    options = parser.parse_args()

    embedded = Territory.load("64")
    plan(embedded, 5)
    for model in ("coverage", "set-cover", "median", "center"):
        begun = time.perf_counter()
        found = plan(embedded, labels_asked(model, 5), model=model)
        print(
            f"embedded, {model}, {len(found.labels)} labels: {time.perf_counter() - begun:.2f} s, gap {100 * found.gap:.3f} %"
        )
    quality("embedded", embedded, None, 20)

    if options.data.is_dir():
        for name, departement, roads, threshold in (
            ("Labourd", "64", "roads/labourd-bdtopo-2014.zip", 10),
            ("Caen", "14", "osm/caen.osm.pbf", 7),
        ):
            territory = Territory.build(
                departement,
                communes=options.data / "communes" / f"communes-{departement}.geojson",
                sites=options.data / "sites" / "liste-fs-20240801.csv",
                population=options.data / "communes" / "donnees_communes.csv",
                roads=options.data / roads,
            )
            quality(name, *made_points(territory), threshold)

    if options.france is not None:
        begun = time.perf_counter()
        france = Country.load(options.france)
        print(f"France: read in {time.perf_counter() - begun:.1f} s")
        for model in ("coverage", "median", "center", "set-cover"):
            begun = time.perf_counter()
            found = plan(france, labels_asked(model, 60), model=model)
            print(
                f"  {model}, {len(found.labels)} labels among {found.candidates}: {time.perf_counter() - begun:.1f} s, "
                f"gap {100 * found.gap:.3f} %, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB at most"
            )


if __name__ == "__main__":
    main()
