"""Scenarios and measures of access: milliseconds on the embedded territory, and on a territory saved by ``maillage build``.

    python tests/benchmarks/scenarios.py [DIR ...]

Each call is made once to warm up (compilation, memory), then `--rounds` times. Printed are medians of the processor's time,
on all cores, and of the time on the clock, which other work on the machine lengthens. The times of today are known
beforehand, as they are on screen. Saint-Jean-de-Luz moves where the territory has it.
"""

import argparse
import statistics
import time
from pathlib import Path

from geo import Territory
from geo.access.catchment import catchment
from geo.access.opening import open_shares
from geo.access.sensitivity import sensitivity
from geo.siting.closure import close_sites
from geo.siting.comparison import compare
from geo.siting.fragility import fragility
from geo.siting.scenario import CloseSite, MoveSite, OpenSite, Place, Scenario

SAINT_JEAN_DE_LUZ = "2811"


def main() -> None:
    """Time each measure on each territory."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folders", type=Path, nargs="*", help="territories written by maillage build")
    options.add_argument("--rounds", type=int, default=15)
    given = options.parse_args()
    for folder in [None, *given.folders]:
        territory = Territory.load(folder)
        print(
            f"{territory.name} ({'embedded' if folder is None else folder.name}): {len(territory.demand)} demand points, "
            f"{len(territory.sites)} sites, {territory.network.n_nodes} nodes, {territory.network.n_edges} edges"
        )
        print(f"{'':48}{'processor ms':>14}{'clock ms':>10}")
        for name, call in measures(territory).items():
            call()
            rounds = [timed(call) for _ in range(given.rounds)]
            processor, clock = (statistics.median(column) * 1e3 for column in zip(*rounds, strict=True))
            print(f"{name:48}{processor:14.0f}{clock:10.0f}")


def timed(call):
    """Return the seconds of a call on the processor and on the clock."""
    begin = time.process_time(), time.perf_counter()
    call()
    return time.process_time() - begin[0], time.perf_counter() - begin[1]


def measures(territory):
    """Return what is timed, by name."""
    today = territory.travel_times()
    served = today["facility_id"].value_counts().index
    moved = SAINT_JEAN_DE_LUZ if SAINT_JEAN_DE_LUZ in served else served[0]
    site = territory.sites.set_index("facility_id").geometry[moved]
    reached = today.loc[today["travel_time_min"].idxmax(), "commune_code"]
    start = Scenario(territory.name)
    scenarios = {
        "open one site": start.then(OpenSite("n", "N", Place(reached))),
        "close one site": start.then(CloseSite(served[0])),
        f"move {moved} by 3 km": start.then(MoveSite(moved, Place(lon=site.x + 0.03, lat=site.y - 0.015))),
        "open 20 sites": start.then(*(OpenSite(f"n{n}", "N", Place(reached)) for n in range(20))),
    }
    calls = {
        f"before and after, {name}": lambda scenario=scenario: compare(territory, scenario, before=today)
        for name, scenario in scenarios.items()
    }
    return calls | {
        "all sites closed, telephone and mail": lambda: close_sites(territory),
        "fragility of every site": lambda: fragility(territory),
        "open sites by half-hour": lambda: open_shares(territory),
        "and what one more half-day brings": lambda: open_shares(territory).half_day_gains(),
        "capacity (E2SFCA)": lambda: catchment(territory),
        "coverage as an interval": lambda: sensitivity(territory, times=today),
    }


if __name__ == "__main__":
    main()
