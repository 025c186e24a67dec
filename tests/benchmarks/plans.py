"""Plans against an independent exact run: other shortest paths (scipy), every choice counted or another solver.

    python -m tests.benchmarks.plans [DEP...]

For each département (64, mountains 09 and 05, dense 59, 17, 974 by default): the times of the siting problem against
Dijkstra of scipy on the same roads, from the node nearest to each town (sites lie beside their street: today's times
may be some minutes apart, those to candidates are not); the best choice of five labels among the candidates of the
plan, on average over the hypotheses on times, by counting every choice where there are at most a million, else by
scipy's MILP on the whole problem; the same without the rule of the candidates by MILP. Of the choices that bring 99 %
of that mean, the best worst case by MILP, beside that of the plan. Of the labels proposed, how many nobody would miss
for the times shown, and what the mean would lose without each. Nothing of `geo.siting` chooses here. Printed: what the
plan says, what the independent run finds, the difference, and what the rule costs.
"""

import sys
import time
from itertools import combinations
from math import comb

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from geo import Territory
from geo.crs import to_metres
from geo.siting.candidates import CandidateRule
from geo.siting.plan import plan
from geo.siting.problem import siting_problem
from geo.siting.variants import time_variants

DEPARTEMENTS = ("64", "09", "05", "59", "17", "974")
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


def steadiest(tables, kept, labels, least):
    """The best worst case among the choices that bring a mean, and the most under each hypothesis, by MILP."""
    most = np.array([solved([table], kept, labels)[0] for table in tables])
    within = [number for number in range(len(tables)) if most[number] > 0]
    rows, low, high, n = [], [], [], len(kept)
    sizes = [tables[number][0].shape[1] for number in within]
    width = n + sum(sizes) + 1
    mean, at = np.zeros(width), n
    for number in within:
        table, residents = tables[number]
        n_demand = table.shape[1]
        link = coo_array(table[kept].T.astype(float))
        columns = np.r_[link.col, at + np.arange(n_demand)]
        rows.append(
            coo_array(
                (np.r_[link.data, -np.ones(n_demand)], (np.r_[link.row, np.arange(n_demand)], columns)),
                shape=(n_demand, width),
            )
        )
        low += [0.0] * n_demand
        high += [np.inf] * n_demand
        share = np.zeros(width)
        share[at : at + n_demand] = residents / most[number]
        share[-1] = -1.0
        rows.append(coo_array(share[None, :]))
        low.append(0.0)
        high.append(np.inf)
        mean[at : at + n_demand] = residents / len(tables)
        at += n_demand
    count = np.r_[np.ones(n), np.zeros(width - n)]
    rows += [coo_array(mean[None, :]), coo_array(count[None, :])]
    low, high = [*low, least, 0.0], [*high, np.inf, labels]
    found = milp(
        -np.r_[np.zeros(width - 1), 1.0],
        integrality=count,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(vstack(rows).tocsr(), low, high),
        options={"mip_rel_gap": 0.0, "time_limit": 120},
    )
    return most, -found.fun


def brought(table, places):
    """Residents brought under one hypothesis."""
    reached, residents = table
    return residents[reached[places].any(axis=0)].sum()


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
    names = problem.candidates["name"]
    print(f"{territory.name}: plan in {took:.1f} s; times apart today: median {np.median(apart):.3f}, at most "
          f"{apart.max():.3f} min; to candidates at most {pairs.max():.3f} min")  # fmt: skip
    print(f"  plan: {', '.join(made.labels['name']) or 'no label'}")
    credible = np.flatnonzero(problem.candidates["credible"])
    if not brought(tables[central], credible):
        print(f"  for the times shown no candidate brings anybody; labels proposed: {len(made.labels)}")
        return
    how = "counted" if len(credible) > LABELS and comb(len(credible), LABELS) <= MOST_COUNTED else "MILP"
    best, chosen = (counted if how == "counted" else solved)(tables, credible, LABELS)
    print(f"  optimum it claims {made.optimum:,.1f}, {how} {best:,.1f} ({comb(len(credible), LABELS):,} choices of "
          f"{len(credible)}): {', '.join(names.iloc[chosen])}; difference {made.optimum - best:+.3f}")  # fmt: skip
    given = [int(np.flatnonzero(problem.candidates["code"] == code)[0]) for code in made.labels["code"]]
    means = [np.mean([brought(table, each) for table in tables]) for each in
             (given, *([other for other in given if other != place] for place in given))]  # fmt: skip
    print(f"  the plan brings {means[0]:,.1f} ({1 - means[0] / best:.2%} less; it says {made.objective:,.1f})")
    for place, mean in zip(given, means[1:], strict=True):
        if (
            brought(tables[central], given) - brought(tables[central], [each for each in given if each != place])
            < 1 / 2
        ):
            print(
                f"  {names.iloc[place]}: nobody would miss it for the times shown, the mean {1 - mean / means[0]:.1%}"
            )
    most, worst = steadiest(tables, credible, LABELS, 0.99 * best)
    own = min(brought(table, given) / top for table, top in zip(tables, most, strict=True) if top > 0)
    print(f"  worst case of the plan {own:.1%} (it says {made.worst_case.share:.1%}); the best of the choices that bring "
          f"99 % of the mean: {worst:.1%}")  # fmt: skip
    if made.widest is None:
        print("  every commune without a site meets the rule")
        return
    widest, places = solved(tables, np.arange(len(problem.candidates)), LABELS)
    print(f"  without the rule it takes {made.widest.objective:,.1f}, MILP at most {widest:,.1f}: "
          f"{', '.join(names.iloc[places])}; the rule costs {made.rule_cost or 0.0:.1%}")  # fmt: skip


if __name__ == "__main__":
    for name in sys.argv[1:] or DEPARTEMENTS:
        check(name)
