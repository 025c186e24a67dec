"""Where to give the next labels: the choice, what each label brings and to whom, before and after."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.access.known_part import added_up, known_part
from geo.errors import ParameterError
from geo.french import format_number
from geo.kinds import COUNTED_KINDS
from geo.question import AT_THRESHOLD_MIN, DEFAULT_LABELS, DEFAULT_THRESHOLD_MIN, check_threshold
from geo.siting.benefits import coverage_benefits, time_benefits
from geo.siting.candidates import candidate_communes, candidate_places, without_excluded
from geo.siting.costs import Costs
from geo.siting.criteria import Weights, Zones, demand_criteria, factors
from geo.siting.greedy import ranked
from geo.siting.plan_tables import alternatives_table, communes_table, criteria_table, labels_table, served_table
from geo.siting.problem import SitingProblem
from geo.siting.scenario import MAX_NAME, OpenSite, Place, Scenario
from geo.siting.solve import MODELS, Control, solve

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.access.known_part import KnownPart
    from geo.siting.costs import Payer
    from geo.siting.solve import Model
    from geo.territory import Territory
    from geo.territory.country import Country

#: More labels than this are taken for a mistake: it is the State's aim for all of France.
MOST_NEW: Final = 3_000
#: Seconds that a plan may take by default, the reading of the territory apart.
DEFAULT_TIME_LIMIT_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class AccessSummary:
    """How the part of a study area whose ways are known is served.

    Attributes
    ----------
    part
        Whom the shares are of.
    residents_within
        Residents within the threshold.
    mean_time_min, worst_time_min
        Of the residents who have a way to a site before and after (`None`: nobody has).
    residents_unreachable
        Residents who start from the network and have no way to any site.
    residents_within_low, residents_within_high
        Residents within the threshold were all times at the upper, or at the lower bound of their precision; `None`
        where times are measured.
    worst_time_low_min, worst_time_high_min
        `worst_time_min` were all times at the lower, or at the upper bound of their precision; `None` likewise.
    """

    part: KnownPart
    residents_within: float
    mean_time_min: float | None
    worst_time_min: float | None
    residents_unreachable: float
    residents_within_low: float | None = None
    residents_within_high: float | None = None
    worst_time_low_min: float | None = None
    worst_time_high_min: float | None = None

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """The bounds of `share_within`; `None` where times are measured, or nobody's way is known."""
        low, high = self.residents_within_low, self.residents_within_high
        return (None, None) if low is None or high is None else (self.part.share(low), self.part.share(high))

    @property
    def share_within(self) -> float | None:
        """Residents within the threshold as a share of those known; `None` where there are none."""
        return self.part.share(self.residents_within)

    @classmethod
    def of(
        cls, part: KnownPart, problem: SitingProblem, minutes: NDArray[np.float64], threshold_min: float
    ) -> AccessSummary:
        """Add up over the demand points of a problem: `minutes`, shape (n_demand,), inf: no way."""
        residents = problem.residents
        # Who has a way today has one with the labels too.
        both = np.isfinite(problem.today_min) & (residents > 0)
        lost = np.isinf(minutes) & problem.demand["on_network"].to_numpy(bool)
        limit = threshold_min + AT_THRESHOLD_MIN
        shorter, longer = (minutes * problem.demand[bound].to_numpy() for bound in ("time_low", "time_high"))
        low, high = (float(residents[times <= limit].sum()) if part.estimated else None for times in (longer, shorter))
        worst, worst_low, worst_high = (
            float(times[both].max()) if both.any() and told else None
            for times, told in ((minutes, True), (shorter, part.estimated), (longer, part.estimated))
        )
        return cls(
            part=part,
            residents_within=float(residents[minutes <= limit].sum()),
            mean_time_min=float(np.average(minutes[both], weights=residents[both])) if both.any() else None,
            worst_time_min=worst,
            residents_unreachable=float(residents[lost].sum()),
            residents_within_low=low,
            residents_within_high=high,
            worst_time_low_min=worst_low,
            worst_time_high_min=worst_high,
        )


@dataclass(frozen=True, eq=False)
class Plan:
    """New labels, ranked, and what they change.

    Attributes
    ----------
    territory
        French name of the study area.
    model, threshold_min, asked, min_share, kinds
        What was asked; `asked` is `None` where the model finds the number of labels itself.
    labels
        One row a label, in rank order: `rank` (1..n); `code`, `name`, `lon`, `lat`, `commune_code`, `commune_name`,
        `holds_site` as in `geo.siting.candidates.CANDIDATE_COLUMNS`; `gain_residents` (float64): residents that it
        brings within the threshold after the labels ranked before it; `gain_alone_residents`: the same were it alone;
        `residents_served`: for whom it becomes the nearest site; `minutes_saved_mean`: their mean time saved (NaN: none
        had a way); `estimated` (bool): whether times are; `cost_eur`, `aid_eur`: euros a year.
    served
        One row for each label and commune that it serves: `label_code`, `commune_code`, `commune_name`, `residents`
        (those who go there), `residents_brought` (of whom within the threshold only now), `time_before_min` (Float64,
        <NA>: no way before), `time_after_min` (float64), `geo.territory.study_area.PRECISION_COLUMNS`; by rank, then
        most residents first.
    alternatives
        Other places that would do nearly as well as each label (`geo.siting.plan_tables.alternatives_table`).
    communes
        Indexed by `commune_code`: `name`, `residents`, `time_before_min`, `time_after_min` (Float64, means over
        residents with a way, <NA>: none), `within_before`, `within_after` (residents),
        `geo.territory.study_area.PRECISION_COLUMNS`.
    part
        The part of the study area whose ways are known.
    before, after
        Totals of that part.
    objective, bound, gap
        As in `geo.siting.solve.Solution`.
    time_s
        Seconds taken, from the territory in memory; `None` for a plan that was read from a file.
    interrupted
        Whether the search was ended before it had proven its plan, by the time limit or by the user.
    weights, costs, budget_labels
        Weights of the criteria; euros; how many labels the budget pays for (`None`: no budget).
    criteria
        Share of the residents of each commune who meet each criterion, indexed by commune code (NaN unknown).
    candidates, candidates_off_network
        How many places were compared, and how many were not: no way to them is known.
    residents_out_of_reach
        Residents known who are beyond the threshold today, and whom no candidate would bring within it.
    """

    territory: str
    model: Model
    threshold_min: float
    asked: int | None
    min_share: float | None
    kinds: frozenset[str]
    labels: pd.DataFrame
    served: pd.DataFrame
    alternatives: pd.DataFrame
    communes: pd.DataFrame
    part: KnownPart
    before: AccessSummary
    after: AccessSummary
    objective: float
    bound: float
    gap: float
    time_s: float | None
    interrupted: bool
    weights: Weights
    costs: Costs
    budget_labels: int | None
    criteria: pd.DataFrame
    candidates: int
    candidates_off_network: int
    residents_out_of_reach: float

    @property
    def cost_eur(self) -> float:
        """Euros a year of all labels."""
        return self.costs.cost_eur * len(self.labels)

    @property
    def aid_eur(self) -> float:
        """Euros a year of the State's aid for all labels."""
        return self.costs.aid_eur * len(self.labels)

    @property
    def residents_brought(self) -> float:
        """Residents within the threshold with the labels and not today."""
        return self.after.residents_within - self.before.residents_within

    def scenario(self) -> Scenario:
        """Return the scenario that opens the labels."""
        count = len(self.labels)
        scenario = Scenario(self.territory[:MAX_NAME], f"Plan de {count} labels" if count > 1 else "Plan d'un label")
        for label in self.labels.to_dict("records"):
            in_commune = label["code"] == label["commune_code"]
            place = Place(str(label["code"])) if in_commune else Place(lon=float(label["lon"]), lat=float(label["lat"]))
            name = f"Nouveau label : {label['name']}"[:MAX_NAME]
            scenario = scenario.then(OpenSite(scenario.new_id(), name, place))
        return scenario


def plan(  # noqa: PLR0913 - the options of one question
    area: Territory | Country,
    new: int | None = None,
    *,
    model: Model = "coverage",
    threshold_min: float = DEFAULT_THRESHOLD_MIN,
    candidates: gpd.GeoDataFrame | None = None,
    exclude: Collection[str] = (),
    weights: Weights | None = None,
    zones: Zones | None = None,
    costs: Costs | None = None,
    budget_eur: float | None = None,
    payer: Payer = "all",
    min_share: float | None = None,
    kinds: Collection[str] = COUNTED_KINDS,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
    progress: Callable[[float, str], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Plan:
    """Choose where the next labels bring most, the sites of today staying where they are.

    Parameters
    ----------
    area
        Study area, or a country in parts.
    new
        Labels to give; 0 describes today. Where `None`: as many as the budget pays for, or 5 without one. Not used by
        ``set-cover``.
    model
        ``"coverage"``: most residents brought within the threshold; ``"set-cover"``: fewest labels so that all
        residents, or a share, are within it; ``"median"``: least mean time; ``"center"``: least worst time.
    threshold_min
        Minutes by car.
    candidates
        Places as `geo.sources.places.read_places` reads them; every commune where `None`.
    exclude
        Codes of candidates or of communes to leave out.
    weights, zones
        What residents count for by criterion, and the zones that the criteria need.
    costs, budget_eur, payer
        Cost and aid of a label; a yearly budget in euros, and whose it is. The budget limits the number of labels.
    min_share
        For ``set-cover``: share of the residents known to be within the threshold, over 0 and up to 1.
    kinds
        Which sites count today, as in `Territory.travel_times`.
    time_limit_s
        Seconds for the choice; the best plan found by then is returned, with its gap.
    progress
        Told the share done (0 to 1) and a French sentence.
    cancel
        Asked often; true ends the search likewise.

    Raises
    ------
    ParameterError
        An option outside what is accepted, no site to count, no candidate left, residents unknown, a share out of
        reach.
    SolverError
        The exact model ended without an answer.
    """
    started = time.monotonic()
    weights, zones, costs = weights or Weights(), zones or Zones(), costs or Costs()
    budget_labels = None if budget_eur is None else costs.labels_for(budget_eur, payer)
    asked = _asked(new, budget_labels, model)
    _check(model, asked, threshold_min, min_share, time_limit_s)
    told = progress or Control().progress

    told(0.0, "Temps de trajet vers les lieux candidats…")
    parts = area.parts
    problem = siting_problem(parts, candidates, exclude, kinds=kinds)
    criteria = demand_criteria(parts, problem, threshold_min, zones)
    problem = problem.with_factors(factors(criteria, weights))
    control = Control(time_limit_s, cancel or Control().cancel, told)
    found = solve(problem, model, asked or 0, threshold_min=threshold_min, min_share=min_share, control=control)
    interrupted = control.stopped() and found.gap > 0
    told(0.9, "Qui est servi par chaque label…")
    order = _rank(problem, model, threshold_min, found.selected)
    minutes, server = problem.times_with(order)
    names = pd.concat([each.communes["name"] for each in parts])
    part = added_up(known_part(each) for each in parts)
    result = Plan(
        territory=area.name,
        model=model,
        threshold_min=float(threshold_min),
        asked=asked,
        min_share=min_share,
        kinds=frozenset(kinds),
        labels=labels_table(problem, threshold_min, order, minutes, server, costs),
        served=served_table(problem, threshold_min, order, minutes, server, names),
        alternatives=alternatives_table(problem, model, threshold_min, order),
        communes=communes_table(problem, threshold_min, minutes, names),
        part=part,
        before=AccessSummary.of(part, problem, problem.today_min, threshold_min),
        after=AccessSummary.of(part, problem, minutes, threshold_min),
        objective=found.objective,
        bound=found.bound,
        gap=found.gap,
        time_s=time.monotonic() - started,
        interrupted=interrupted,
        weights=weights,
        costs=costs,
        budget_labels=budget_labels,
        criteria=criteria_table(problem, criteria).reindex(names.index),
        candidates=len(problem.candidates),
        candidates_off_network=problem.candidates_off_network,
        residents_out_of_reach=_out_of_reach(problem, threshold_min),
    )
    told(1.0, "Plan terminé.")
    return result


def siting_problem(
    parts: Collection[Territory],
    candidates: gpd.GeoDataFrame | None,
    exclude: Collection[str],
    *,
    kinds: Collection[str] = COUNTED_KINDS,
) -> SitingProblem:
    """Put together the candidates and the times of one or several territories; the parameters are those of `plan`."""
    tables = [
        candidate_communes(part, kinds=kinds) if candidates is None else candidate_places(part, candidates, kinds=kinds)
        for part in parts
    ]
    kept = without_excluded(tables, exclude)
    problem = SitingProblem.of(list(parts), kept, kinds=kinds)
    if problem.residents.sum() <= 0:
        msg = "Population inconnue : un plan a besoin du nombre d'habitants. Donnez leur fichier (--population)."
        raise ParameterError(msg)
    return problem


def _asked(new: int | None, budget_labels: int | None, model: Model) -> int | None:
    if model == "set-cover":
        return None
    if new is None:
        return DEFAULT_LABELS if budget_labels is None else min(budget_labels, MOST_NEW)
    return new if budget_labels is None else min(new, budget_labels)


def _check(model: str, asked: int | None, threshold_min: float, min_share: float | None, time_limit_s: float) -> None:
    check_threshold(threshold_min)
    if model not in MODELS:
        msg = f"Modèle « {model} » inconnu. Modèles possibles : {', '.join(MODELS)}."
        raise ParameterError(msg)
    if asked is not None and not 0 <= asked <= MOST_NEW:
        msg = f"{asked} nouveaux labels demandés : un nombre de 0 à {MOST_NEW} est attendu."
        raise ParameterError(msg)
    if min_share is not None and (model != "set-cover" or not 0 < min_share <= 1):
        msg = (
            f"Part de {format_number(min_share)} refusée : elle va de 0 à 1 et n'a de sens que pour le modèle "
            f"set-cover (le moins de labels pour couvrir cette part des habitants)."
        )
        raise ParameterError(msg)
    if not time_limit_s > 0:
        msg = f"Durée de {format_number(time_limit_s)} s refusée : un nombre de secondes positif est attendu."
        raise ParameterError(msg)


def _rank(problem: SitingProblem, model: Model, threshold_min: float, selected: NDArray[np.int64]) -> NDArray[np.int64]:
    """Order labels by what each adds after those before it: residents brought, or minutes saved."""
    by_time = model in {"median", "center"}
    return ranked(time_benefits(problem) if by_time else coverage_benefits(problem, threshold_min), selected)[0]


def _out_of_reach(problem: SitingProblem, threshold_min: float) -> float:
    limit = threshold_min + AT_THRESHOLD_MIN
    brought = np.zeros(len(problem.demand), bool)
    brought[problem.pair_demand[problem.pair_min <= limit]] = True
    on_network = problem.demand["on_network"].to_numpy(bool)
    return float(problem.residents[(problem.today_min > limit) & ~brought & on_network].sum())
