"""Where labels serve most residents when every site can only serve so many: the question about a territory."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.access.catchment import DEFAULT_AGENTS, catchment
from geo.access.known_part import KnownPart, in_known_part, known_part, places_on_network
from geo.errors import ParameterError
from geo.french import format_number
from geo.kinds import COUNTED_KINDS
from geo.network.snapping import snap
from geo.network.travel_times import pairs_within
from geo.question import AT_THRESHOLD_MIN, DEFAULT_THRESHOLD_MIN
from geo.siting.candidates import CandidateRule
from geo.siting.capacity import CapacitatedProblem, most_served, served_with
from geo.siting.costs import LEAST_HOURS_A_WEEK, Costs
from geo.siting.plan import DEFAULT_TIME_LIMIT_S
from geo.siting.plan_options import check_options, labels_asked
from geo.siting.problem import siting_problem
from geo.siting.solve import Control

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import geopandas as gpd
    import pandas as pd

    from geo.territory import Territory

_LARGEST: Final = 1e6


@dataclass(frozen=True, eq=False, slots=True)
class CapacityPlan:
    """Labels chosen where capacities bind.

    Attributes
    ----------
    territory, threshold_min, asked
        Study area, minutes by car, labels asked for.
    part
        Whose way is known: what shares are of.
    unit, capacity, agents
        What capacity is counted in (French), that of a label in it, and the agents of a site where it is hours.
    residents_per_unit
        Residents that one unit of capacity serves: those whose way is known, over the capacity of the study area's
        sites on the network.
    sites, sites_given
        Sites of today that count and are on the network, and those whose capacity is not known: they are given the
        least of a label.
    requests_unmatched
        Rows of the table of requests that are of no site that counts here.
    residents_near
        Residents within the threshold of a site of today, whatever its capacity.
    served_before, served_after
        Residents that the sites of today serve within the threshold and their capacities, then with the labels.
    bound, gap
        No choice of as many labels serves more; 0: proven best.
    labels
        Index 0..n-1, what each adds to those before it, most first: `code`, `name`, `commune_code` (text);
        `gain_residents`: what it adds; `load`: residents it serves in one of the best ways to part them; `share_used`:
        of its capacity.
    rule, rule_lifted, candidates
        Which communes could be chosen (`None`: places of a list); whether none met the rule, so that all could; how
        many places were compared.
    served_widest
        Residents served with as many labels among all communes without a site, at best as far as was found; `None`
        where those are the candidates already.
    costs
        Euros a year of a label.
    time_s
        Seconds that it took.
    widest_proven
        Whether no choice among all communes serves more than `served_widest`.
    """

    territory: str
    threshold_min: float
    asked: int
    part: KnownPart
    unit: str
    capacity: float
    agents: float
    residents_per_unit: float
    sites: int
    sites_given: int
    requests_unmatched: int
    residents_near: float
    served_before: float
    served_after: float
    bound: float
    gap: float
    labels: pd.DataFrame
    rule: CandidateRule | None
    rule_lifted: bool
    candidates: int
    served_widest: float | None
    costs: Costs
    time_s: float
    widest_proven: bool = True

    @property
    def rule_cost(self) -> float | None:
        """Share of what labels among all communes would add that the rule gives up, 0 to 1; `None`: not compared."""
        if self.served_widest is None or self.served_widest - self.served_before < 1 / 2:
            return None
        gained = self.served_after - self.served_before
        return max(0.0, 1 - gained / (self.served_widest - self.served_before))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON; the seconds are left out: the same plan is the same text."""
        names = (
            *("territory", "threshold_min", "asked", "unit", "capacity", "agents", "residents_per_unit", "sites"),
            *("sites_given", "requests_unmatched", "residents_near", "served_before", "served_after", "bound", "gap"),
            *("candidates", "rule_lifted", "rule_cost", "widest_proven"),
        )
        count = len(self.labels)
        return {name: getattr(self, name) for name in names} | {
            "part": self.part.to_dict(),
            "rule": None if self.rule is None else asdict(self.rule),
            "cost_eur_a_year": self.costs.cost_eur * count,
            "aid_eur_a_year": self.costs.aid_eur * count,
            "labels": self.labels.to_dict("records"),
        }


def capacity_plan(  # noqa: PLR0913 - the options of one question
    territory: Territory,
    new: int | None = None,
    *,
    capacity: float | None = None,
    agents: float = DEFAULT_AGENTS,
    requests: pd.Series | None = None,
    threshold_min: float = DEFAULT_THRESHOLD_MIN,
    candidates: gpd.GeoDataFrame | None = None,
    rule: CandidateRule | None = None,
    exclude: Collection[str] = (),
    kinds: Collection[str] = COUNTED_KINDS,
    costs: Costs | None = None,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
    stopped: Callable[[], bool] = lambda: False,
) -> CapacityPlan:
    """Choose labels so that most residents are served within a threshold and the capacities of all sites.

    The capacity of a site of today is its agents times its hours, or its monthly requests; it serves as many residents
    for each unit as the sites of the territory do on average today, when everybody is served. Residents may be parted
    between sites.

    Parameters
    ----------
    capacity
        That of a label: agent-hours a week, or requests a month where `requests` are given. By default `agents` present
        the 24 hours that a label demands; with `requests` it must be given.
    agents, requests
        As in `geo.access.catchment.catchment`.
    new, threshold_min, candidates, rule, exclude, kinds, costs, time_limit_s
        As in `geo.siting.plan.plan`.

    Raises
    ------
    ParameterError
        An option outside what is accepted, no site to count, no capacity known, residents unknown.
    """
    started, control = time.monotonic(), Control(time_limit_s)
    asked = labels_asked(new, None, "coverage") or 0
    check_options("coverage", asked, threshold_min, None, time_limit_s)
    own = _label_capacity(capacity, agents, requests)
    found = catchment(territory, agents=agents, requests=requests, kinds=kinds)
    chosen_rule = None if candidates is not None else rule or CandidateRule()
    siting = siting_problem([territory], candidates, exclude, rule=chosen_rule, kinds=kinds)
    siting = siting.with_remote_towns(threshold_min)
    everywhere = siting.candidates
    credible = everywhere["credible"].to_numpy(bool)
    kept = credible if credible.any() else np.ones(len(credible), bool)
    places = everywhere[kept].reset_index(drop=True)
    sites, _ = places_on_network(territory, kinds)
    per_unit = _residents_per_unit(territory, sites, found.sites["capacity"], found.part)
    of_sites = found.sites["capacity"].to_numpy(np.float64, na_value=np.nan)
    given = np.isnan(of_sites)
    units = np.where(given, own, of_sites) * per_unit
    residents = np.where(siting.demand["on_network"].to_numpy(bool), siting.residents, 0.0)

    def problem_of(table: pd.DataFrame) -> CapacitatedProblem:
        capacities = np.concatenate([units, np.full(len(table), own * per_unit)])
        return CapacitatedProblem(residents, capacities, len(sites), *_pairs(territory, sites, table, threshold_min))

    problem = problem_of(places)
    before = served_with(problem, [])
    best = most_served(
        problem, asked, time_limit_s=control.left_s() if kept.all() else control.left_s() / 2, stopped=stopped
    )
    widest, proven = None, True
    if not kept.all():
        wide = most_served(problem_of(everywhere), asked, time_limit_s=control.left_s(), stopped=stopped)
        widest = max(wide.served, best.served)  # the labels are among all communes too
        proven = wide.gap == 0
    near = np.unique(problem.demand[problem.place < len(sites)])
    return CapacityPlan(
        territory=territory.name,
        threshold_min=float(threshold_min),
        asked=asked,
        part=known_part(territory),
        unit=found.unit,
        capacity=float(own),
        agents=float(agents),
        residents_per_unit=per_unit,
        sites=len(sites),
        sites_given=int(given.sum()),
        requests_unmatched=found.requests_unmatched,
        residents_near=float(residents[near].sum()),
        served_before=before.served,
        served_after=best.served,
        bound=best.bound,
        gap=best.gap,
        labels=_labels(problem, places, best.selected, best.load, before.served),
        rule=chosen_rule,
        rule_lifted=not credible.any(),
        candidates=len(places),
        served_widest=widest,
        costs=costs or Costs(),
        time_s=time.monotonic() - started,
        widest_proven=proven,
    )


def _label_capacity(capacity: float | None, agents: float, requests: pd.Series | None) -> float:
    if capacity is None and requests is not None:
        msg = "Capacité d'un label non donnée : avec des demandes par mois, donnez celles qu'un label peut traiter."
        raise ParameterError(msg)
    if capacity is None and not (math.isfinite(agents) and 0 < agents * LEAST_HOURS_A_WEEK <= _LARGEST):
        msg = f"{format_number(agents)} agents par site refusés, un nombre positif est attendu (2, par exemple)."
        raise ParameterError(msg)
    own = agents * LEAST_HOURS_A_WEEK if capacity is None else capacity
    if not (math.isfinite(own) and 0 < own <= _LARGEST):
        msg = (
            f"Capacité de {format_number(own)} refusée : un nombre positif d'heures d'agent par semaine (48 : deux "
            f"agents, 24 heures), ou de demandes par mois, est attendu."
        )
        raise ParameterError(msg)
    return own


def _residents_per_unit(territory: Territory, sites: gpd.GeoDataFrame, capacity: pd.Series, part: KnownPart) -> float:
    """Return the residents whose way is known for each unit of the capacity of the `sites` of the same part."""
    inside = in_known_part(territory, sites)
    total = float(capacity.to_numpy(np.float64, na_value=0.0)[inside].sum())
    if total <= 0:
        msg = (
            f"Aucun site de « {territory.name} » n'a de capacité connue (horaires, ou demandes par mois) : ce que "
            f"chacun peut servir ne peut pas être estimé. Donnez une liste avec les horaires, ou --requests."
        )
        raise ParameterError(msg)
    return part.residents_known / total


def _pairs(
    territory: Territory, sites: gpd.GeoDataFrame, places: pd.DataFrame, threshold_min: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return who is within the threshold of which place: rows of the demand, and of the sites, then the candidates."""
    network, limit = territory.network, (threshold_min + AT_THRESHOLD_MIN) * 60
    lon = np.concatenate([sites.geometry.x.to_numpy(), places["lon"].to_numpy(np.float64)])
    lat = np.concatenate([sites.geometry.y.to_numpy(), places["lat"].to_numpy(np.float64)])
    origin, place, _ = pairs_within(network, territory.demand_on_network, snap(network, lon, lat), limit)
    return origin.astype(np.int64), place.astype(np.int64)


def _labels(
    problem: CapacitatedProblem, places: pd.DataFrame, selected: np.ndarray, load: np.ndarray, before: float
) -> pd.DataFrame:
    """Return the labels, each after the one before that adds most; those that add nobody are left out."""
    left, served = selected.tolist(), before
    chosen: list[int] = []
    gains: list[float] = []
    while left:
        totals = [served_with(problem, [*chosen, each]).served for each in left]
        best = int(np.argmax(totals))
        if totals[best] - served < 1 / 2:
            break
        gains.append(totals[best] - served)
        served = totals[best]
        chosen.append(left.pop(best))
    table = places.iloc[chosen][["code", "name", "commune_code"]].reset_index(drop=True)
    used = load[[problem.sites + each for each in chosen]]
    limits = problem.capacity[[problem.sites + each for each in chosen]]
    return table.assign(gain_residents=gains, load=used, share_used=used / limits if len(used) else [])
