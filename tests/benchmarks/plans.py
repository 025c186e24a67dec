"""Plans against an independent exact run: other shortest paths (scipy), every choice counted or another solver.

    python -m tests.benchmarks.plans [DEP...]

For each département (64, mountains 09 and 05, dense 59 and 69 by default): the times of the siting problem against
Dijkstra of scipy on the same roads, from the node nearest to each town (sites lie beside their street: today's times
may be some minutes apart, those to candidates are not); the best choice of five labels
among the candidates of the plan that bring somebody alone (for the times shown, and under half of the hypotheses), on
average over the hypotheses on times, by counting every choice where there are at
most a million, else by scipy's MILP on the whole problem, the sites of today being variables fixed at one; the same
without the rule of the candidates by MILP. Of the labels proposed, whether each is missed by somebody, and how many
candidates would bring somebody more. Nothing of `geo.siting` chooses here. Printed: what the plan says, what the
independent run finds, the difference, and what the rule costs.
"""

import sys
import time
from itertools import combinations
from math import comb

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from geo import Territory
from geo.crs import to_metres
from geo.siting.candidates import CandidateRule
from geo.siting.plan import plan
from geo.siting.problem import siting_problem
from geo.siting.variants import time_variants

DEPARTEMENTS = ("64", "09", "05", "59", "69")
LABELS, THRESHOLD_MIN = 5, 20.0
MOST_COUNTED = 1_000_000


def own_times(territory, problem):
    """Minutes from each demand point to today's nearest site and to each candidate, by scipy alone."""
    network = territory.network
    shape = (len(network.x), len(network.x))
    end = np.repeat(np.arange(shape[0]), np.diff(network.edge_offsets))
    start, seconds = network.edges["place"], network.edges["time_s"].astype(float)
    order = np.lexsort((seconds, start, end))
    end, start, seconds = end[order], start[order], seconds[order]
    first = np.r_[True, (np.diff(end) != 0) | (np.diff(start) != 0)]
    # People go to the site: the search runs from it, against the direction of travel.
    backward = csr_array((seconds[first], (end[first], start[first])), shape=shape)
    tree, metres = cKDTree(np.column_stack([network.x, network.y])), to_metres(network.crs)

    def nodes(lon, lat):
        return network.place[tree.query(np.column_stack(metres.transform(np.asarray(lon), np.asarray(lat))))[1]]

    demand = nodes(territory.demand.geometry.x, territory.demand.geometry.y)
    sites = territory.facility_list("sites")
    today = dijkstra(backward, indices=nodes(sites.geometry.x, sites.geometry.y), min_only=True)[demand]
    to_candidates = dijkstra(backward, indices=nodes(problem.candidates["lon"], problem.candidates["lat"]))[:, demand]
    ends_min = 2 * network.end_time_s / 60
    return today / 60 + ends_min, to_candidates / 60 + ends_min


def covers(variants, threshold_min):
    """Of each hypothesis: which candidate brings which demand point within the threshold, bool, and its weight."""
    limit = threshold_min + 1e-6
    for each in variants:
        problem = each.problem
        beyond = problem.today_min > limit
        near = problem.pair_min <= limit
        table = np.zeros((len(problem.candidates), len(problem.demand)), bool)
        table[problem.pair_candidate[near], problem.pair_demand[near]] = True
        yield table & beyond, problem.residents


def counted(tables, kept, labels):
    """The most that is brought on average, by trying every choice of the candidates kept."""
    best, chosen = -1.0, ()
    packed = np.concatenate([table[kept] for table, _ in tables], axis=1)
    weight = np.concatenate([residents for _, residents in tables]) / len(tables)
    useful = packed.any(axis=0)
    packed, weight = packed[:, useful], weight[useful]
    for first in combinations(range(len(kept)), labels - 1):
        covered = packed[list(first)].any(axis=0)
        base, rest = weight[covered].sum(), np.where(covered, 0.0, weight)
        last = first[-1] + 1 if first else 0
        if last == len(kept):
            continue
        more = packed[last:] @ rest
        if base + more.max() > best:
            best, chosen = base + more.max(), (*first, last + int(more.argmax()))
    return best, kept[list(chosen)]


def solved(tables, kept, labels):
    """The same by a mixed-integer program of the whole problem, without reduction."""
    packed = coo_array(np.concatenate([table[kept] for table, _ in tables], axis=1).T)
    weight = np.concatenate([residents for _, residents in tables]) / len(tables)
    n_demand, n = packed.shape
    link = coo_array(
        (
            np.r_[np.ones(packed.nnz), -np.ones(n_demand)],
            (np.r_[packed.row, np.arange(n_demand)], np.r_[packed.col, n + np.arange(n_demand)]),
        ),
        shape=(n_demand, n + n_demand),
    )
    count = np.r_[np.ones(n), np.zeros(n_demand)][None, :]
    found = milp(
        -np.r_[np.zeros(n), weight],
        integrality=np.r_[np.ones(n), np.zeros(n_demand)],
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(link.tocsr(), 0, np.inf), LinearConstraint(count, 0, labels)],
        options={"mip_rel_gap": 0.0, "time_limit": 120},
    )
    return -found.fun, kept[np.flatnonzero(found.x[:n] > 1 / 2)]


def brings(tables, central, places):
    """Of each of the places, whether it brings somebody whom the others do not: for the times shown, and mostly."""
    found = []
    for place in places:
        others = [each for each in places if each != place]
        alone = [residents[table[place] & ~table[others].any(axis=0)].sum() >= 1 / 2 for table, residents in tables]
        found.append(bool(alone[central]) and np.mean(alone) >= 1 / 2)
    return found


def check(departement):
    territory = Territory.load(departement)
    begun = time.perf_counter()
    made = plan(territory, LABELS, threshold_min=THRESHOLD_MIN)
    took = time.perf_counter() - begun
    problem = siting_problem((territory,), None, (), rule=CandidateRule()).with_remote_towns(THRESHOLD_MIN)
    today, to_candidates = own_times(territory, problem)
    has_way = np.isfinite(problem.today_min) & np.isfinite(today)
    apart = np.abs(problem.today_min[has_way] - today[has_way])
    pairs = np.abs(problem.pair_min - to_candidates[problem.pair_candidate, problem.pair_demand])
    variants = time_variants(problem, territory.network.profile)
    tables = list(covers(variants, THRESHOLD_MIN))
    central = next(number for number, each in enumerate(variants) if each.is_central)
    useful = np.array([brings(tables, central, [each])[0] for each in range(len(problem.candidates))])
    credible = np.flatnonzero(problem.candidates["credible"] & useful)
    how = "counted" if comb(len(credible), LABELS) <= MOST_COUNTED else "MILP"
    few = len(credible) <= LABELS
    best, chosen = (counted if how == "counted" and not few else solved)(tables, credible, LABELS)
    widest, places = solved(tables, np.flatnonzero(useful), LABELS)
    names = problem.candidates["name"]
    print(f"{territory.name}: plan in {took:.1f} s; times apart today: median {np.median(apart):.3f}, at most "
          f"{apart.max():.3f} min; to candidates at most {pairs.max():.3f} min")  # fmt: skip
    print(f"  plan: {', '.join(made.labels['name'])}")
    print(f"  optimum it claims {made.optimum:,.1f}, {how} {best:,.1f} ({comb(len(credible), LABELS):,} choices of "
          f"{len(credible)}): {', '.join(names.iloc[chosen])}; difference {made.optimum - best:+.3f}")  # fmt: skip
    given = [int(np.flatnonzero(problem.candidates["code"] == code)[0]) for code in made.labels["code"]]
    more = [each for each in credible.tolist() if each not in given and all(brings(tables, central, [*given, each]))]
    print(f"  labels that bring nobody: {len(given) - sum(brings(tables, central, given))}; candidates that would bring "
          f"somebody more: {len(more)}")  # fmt: skip
    print(
        f"  taken without idle labels, for larger towns {made.objective:,.1f} ({1 - made.objective / max(best, 1e-9):.2%} less)"
    )
    if made.widest is None:
        print("  every commune without a site meets the rule")
        return
    claimed = made.widest.objective / (1 - made.widest.gap) if made.widest.gap < 1 else 0.0
    print(f"  without the rule it claims at most {claimed:,.1f} and takes {made.widest.objective:,.1f}, MILP {widest:,.1f}: {', '.join(names.iloc[places])}; "
          f"difference {claimed - widest:+.3f}; the rule costs {made.rule_cost or 0.0:.1%}")  # fmt: skip


if __name__ == "__main__":
    for name in sys.argv[1:] or DEPARTEMENTS:
        check(name)
