"""Capacitated maximal covering: labels that serve most residents where each site can only serve so many.

Current & Storbeck (1988), "Capacitated covering models", Environment and Planning B 15; Pirkul & Schilling (1991), "The
maximal covering location problem with capacities on total workload", Management Science 37. The sites of today stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array

from geo.siting.greedy import ROUNDING, never
from geo.siting.highs import Program, maximise

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

#: Pairs above which only the greedy plan and a simple bound are given: HiGHS would find nothing in the time one waits.
MAX_PAIRS: Final = 400_000


@dataclass(frozen=True, eq=False, slots=True)
class CapacitatedProblem:
    """Who can be served where.

    Attributes
    ----------
    residents
        float64, shape (n_demand,): residents of each demand point.
    capacity
        float64, shape (n_places,): residents that each place can serve; the sites of today first, then the candidates.
    sites
        How many of the places are sites of today.
    demand, place
        int64, shape (n_pairs,): who is within the threshold of which place; each pair once.
    """

    residents: NDArray[np.float64]
    capacity: NDArray[np.float64]
    sites: int
    demand: NDArray[np.int64]
    place: NDArray[np.int64]

    def merged(self) -> CapacitatedProblem:
        """Return the same problem with the demand points that reach the same places made one, in a set order.

        Residents of a point may be parted between places, so that nothing is lost; points that reach none are left out.
        """
        order = np.lexsort((self.place, self.demand))
        demand, place = self.demand[order], self.place[order]
        kept = self.residents[demand] > 0
        demand, place = demand[kept], place[kept]
        begins = np.flatnonzero(np.r_[True, np.diff(demand) > 0]) if len(demand) else np.zeros(0, np.int64)
        numbers: dict[bytes, int] = {}
        groups = [numbers.setdefault(each.tobytes(), len(numbers)) for each in np.split(place, begins[1:])]
        groups = groups[: len(begins)]
        residents = np.bincount(groups, weights=self.residents[demand[begins]], minlength=len(numbers))
        reached = [np.frombuffer(key, np.int64) for key in numbers]
        return CapacitatedProblem(
            residents.astype(np.float64),
            self.capacity,
            self.sites,
            np.repeat(np.arange(len(reached)), [len(each) for each in reached]).astype(np.int64),
            np.concatenate([np.zeros(0, np.int64), *reached]),
        )


@dataclass(frozen=True, eq=False, slots=True)
class CapacitatedSolution:
    """Labels chosen, and how far from the best they may be.

    `selected`: positions of candidates (0: the first place after the sites), int64, sorted; `served`: residents served;
    `bound`: no choice of as many serves more; `load`: residents that each place serves in one of the best ways to part
    them, float64, shape (n_places,).
    """

    selected: NDArray[np.int64]
    served: float
    bound: float
    load: NDArray[np.float64]

    @property
    def gap(self) -> float:
        """Share of the bound by which the choice may miss the best: 0 is proven best."""
        missed = (self.bound - self.served) / self.bound if self.bound > 0 else 0.0
        return missed if missed > ROUNDING else 0.0


def most_served(
    problem: CapacitatedProblem, count: int, *, time_limit_s: float, stopped: Callable[[], bool] = never
) -> CapacitatedSolution:
    """Choose at most `count` candidates so that most residents are served within the threshold and the capacities.

    Sets: I demand points; S sites of today; J candidates; A_i the places of S and J within the threshold of i.
    Data: d_i residents; C_a residents that place a can serve; p labels.
    Variables: y_j = 1 if j gets a label (1 for the sites); x_ia the part of i served at a.
    Maximise ``sum_ia d_i x_ia`` subject to ``sum_a x_ia <= 1`` for all i, ``sum_i d_i x_ia <= C_a y_a`` for all a,
    ``x_ij <= y_j`` and ``sum_j y_j <= p``.

    `time_limit_s`: Seconds of the exact model; the best plan found by then is returned with its bound. `stopped`: Asked
    now and then; true ends the search likewise.

    Examples
    --------
    >>> residents, capacity = np.array([90.0, 60.0]), np.array([50.0, 80.0, 70.0])
    >>> problem = CapacitatedProblem(residents, capacity, 1, np.array([0, 0, 1, 1]), np.array([0, 1, 0, 2]))
    >>> found = most_served(problem, 1, time_limit_s=10)
    >>> found.selected.tolist(), found.served, found.gap
    ([0], 130.0, 0.0)
    """
    small = problem.merged()
    n_places, count = len(small.capacity), min(count, len(small.capacity) - small.sites)
    simple = min(
        float(small.residents.sum()),
        float(small.capacity[: small.sites].sum() + np.sort(small.capacity[small.sites :])[::-1][:count].sum()),
    )
    chosen, flow = _greedy(small, count)
    best = _served(small, chosen, flow, simple)
    if not len(small.demand) or best.gap == 0 or len(small.demand) > MAX_PAIRS or stopped():
        return best
    n_candidates = n_places - small.sites
    given = np.zeros(n_candidates)
    given[chosen] = 1.0
    outcome = maximise(_program(small, count, given, flow), time_limit_s=time_limit_s, stopped=stopped)
    opened = np.flatnonzero(outcome.x[:n_candidates] > 1 / 2)
    parts = outcome.x[n_candidates:] * small.residents[small.demand]
    found = _served(small, opened, parts, min(simple, max(outcome.bound, best.served)))
    return found if found.served > best.served * (1 + ROUNDING) else _served(small, chosen, flow, found.bound)


def served_with(problem: CapacitatedProblem, selected: ArrayLike) -> CapacitatedSolution:
    """Return how many residents the sites and these candidates serve at most: a transport problem, solved exactly."""
    small = problem.merged()
    is_open = np.zeros(len(small.capacity), bool)
    is_open[: small.sites] = True
    chosen = np.asarray(selected, np.int64)
    is_open[small.sites + chosen] = True
    kept = is_open[small.place]
    some = CapacitatedProblem(
        small.residents,
        np.where(is_open, small.capacity, 0.0),
        len(small.capacity),
        small.demand[kept],
        small.place[kept],
    )
    if not kept.any():
        return CapacitatedSolution(chosen, 0.0, 0.0, np.zeros(len(small.capacity)))
    outcome = maximise(_program(some, 0, np.zeros(0), np.zeros(len(some.demand))), time_limit_s=np.inf, stopped=never)
    parts = outcome.x * some.residents[some.demand]
    load = np.bincount(some.place, weights=parts, minlength=len(small.capacity)).astype(np.float64)
    return CapacitatedSolution(chosen, float(parts.sum()), float(parts.sum()), load)


def _greedy(problem: CapacitatedProblem, count: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Fill the sites, then open the candidate that serves most of those left, again and again.

    Residents who reach few places are served first. Returns the candidates, and the residents of each pair.
    """
    flow = np.zeros(len(problem.demand))
    left = problem.residents.copy()
    choices = np.bincount(problem.demand, minlength=len(left))
    rows_of = _rows_by_place(problem)

    def fill(place: int, *, really: bool) -> float:
        rows = rows_of[place]
        rows = rows[np.argsort(choices[problem.demand[rows]], kind="stable")]
        wanted = left[problem.demand[rows]]
        taken = np.clip(problem.capacity[place] - (np.cumsum(wanted) - wanted), 0.0, wanted)
        if really:
            flow[rows] = taken
            left[problem.demand[rows]] -= taken
        return float(taken.sum())

    for place in range(problem.sites):
        fill(place, really=True)
    chosen: list[int] = []
    candidates = range(problem.sites, len(problem.capacity))
    for _ in range(count):
        gains = [0.0 if place - problem.sites in chosen else fill(place, really=False) for place in candidates]
        best = int(np.argmax(gains)) if gains else -1
        if best < 0 or gains[best] <= 0:
            break
        fill(problem.sites + best, really=True)
        chosen.append(best)
    return np.array(sorted(chosen), np.int64), flow


def _rows_by_place(problem: CapacitatedProblem) -> list[NDArray[np.int64]]:
    order = np.argsort(problem.place, kind="stable")
    bounds = np.searchsorted(problem.place[order], np.arange(len(problem.capacity) + 1))
    return [order[start:end] for start, end in pairwise(bounds)]


def _served(
    problem: CapacitatedProblem, selected: NDArray[np.int64], parts: NDArray[np.float64], bound: float
) -> CapacitatedSolution:
    served = float(parts.sum())
    load = np.bincount(problem.place, weights=parts, minlength=len(problem.capacity)).astype(np.float64)
    return CapacitatedSolution(selected, served, max(bound, served), load)


def _program(problem: CapacitatedProblem, count: int, given: NDArray[np.float64], flow: NDArray[np.float64]) -> Program:
    """Return the program: columns y of the candidates, then x of the pairs."""
    n_pairs, n_demand, n_places = len(problem.demand), len(problem.residents), len(problem.capacity)
    n_candidates = n_places - problem.sites
    pair = np.arange(n_pairs)
    to_candidate = np.flatnonzero(problem.place >= problem.sites)
    candidate = np.arange(n_candidates)
    # Rows: each point once; each place within its capacity; nobody at a closed candidate; the labels.
    first_place, first_link = n_demand, n_demand + n_places
    last = first_link + len(to_candidate)
    link = first_link + np.arange(len(to_candidate))
    ones = np.ones(len(to_candidate))
    scale = np.maximum(problem.capacity, 1.0)  # the solver's tolerance is of each row
    share = problem.capacity / scale
    entries = [
        (problem.demand, n_candidates + pair, np.ones(n_pairs)),
        (first_place + problem.place, n_candidates + pair, problem.residents[problem.demand] / scale[problem.place]),
        (first_place + problem.sites + candidate, candidate, -share[problem.sites :]),
        (link, n_candidates + to_candidate, ones),
        (link, problem.place[to_candidate] - problem.sites, -ones),
        (np.full(n_candidates, last), candidate, np.ones(n_candidates)),
    ]
    row, column, value = (np.concatenate(each) for each in zip(*entries, strict=True))
    upper = np.concatenate(
        [
            np.ones(n_demand),
            share[: problem.sites],
            np.zeros(n_candidates + len(to_candidate)),
            [float(count)],
        ]
    )
    residents = problem.residents[problem.demand]
    return Program(
        cost=np.concatenate([np.zeros(n_candidates), residents]),
        rows=csr_array((value, (row, column)), shape=(last + 1, n_candidates + n_pairs)),
        row_lower=np.full(last + 1, -np.inf),
        row_upper=upper,
        whole=np.arange(n_candidates + n_pairs) < n_candidates,
        start=np.concatenate([given, flow / residents]),
    )
