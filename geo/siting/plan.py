"""Where to give the next labels: the choice, what each label brings and to whom, before and after."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.access.known_part import added_up, known_part
from geo.kinds import COUNTED_KINDS
from geo.question import AT_THRESHOLD_MIN, DEFAULT_THRESHOLD_MIN
from geo.siting.access_summary import AccessSummary
from geo.siting.bus_stops import StopsAsked, proposed_stops
from geo.siting.candidates import CandidateRule
from geo.siting.choice import SitingQuestion, choose
from geo.siting.costs import Costs
from geo.siting.criteria import Weights, Zones, beyond_threshold, demand_criteria, factors
from geo.siting.other_plans import widest_plan, worst_case_plan
from geo.siting.plan_options import check_options, check_together, labels_asked, labels_to_give
from geo.siting.plan_tables import (
    alternatives_table,
    communes_table,
    criteria_table,
    idle_table,
    labels_table,
    leaving_table,
    preferences_table,
    served_table,
)
from geo.siting.problem import siting_problem
from geo.siting.scenario import OpenSite, Place, Scenario, scenario_text
from geo.siting.solve import Control, relative_gap
from geo.siting.variants import time_variants

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import geopandas as gpd

    from geo.access.known_part import KnownPart
    from geo.siting.bus_stops import ProposedStops
    from geo.siting.costs import Payer
    from geo.siting.other_plans import WidestPlan, WorstCasePlan
    from geo.siting.problem import SitingProblem
    from geo.siting.robustness import Robustness
    from geo.siting.solve import Model
    from geo.territory import Territory
    from geo.territory.country import Country

#: Seconds that a plan may take by default, the reading of the territory apart.
DEFAULT_TIME_LIMIT_S: Final = 20.0


@dataclass(frozen=True, eq=False)
class Plan:
    """New labels, ranked, and what they change.

    Attributes
    ----------
    territory
        French name of the study area.
    model, threshold_min, asked, min_share, kinds
        What was asked; `asked` (labels, paid by the budget or not) is `None` where the model finds their number itself.
    labels
        One row a label, in rank order: `rank` (1..n); `code`, `name`, `lon`, `lat`, `commune_code`, `commune_name`,
        `holds_site`, `centrality` as in `geo.siting.candidates.CANDIDATE_COLUMNS`; `commune_residents` (float64,
        NaN where unknown); `gain_residents` (float64): residents that it brings within the threshold after the labels
        ranked before it; `gain_mean_residents`: the same on average over the hypotheses on times, where `on_average`;
        `gain_alone_residents`: the same were it alone; `residents_served`: for whom it becomes the nearest site;
        `minutes_saved_mean`: their mean time saved (NaN: none had a way); `retained` of `variants` (int64): hypotheses
        on times under which the best plan holds it; `shorter_share`, `longer_share` (float64; NaN: it brings nobody, or
        they live there): how much shorter trips are when half of those whom it brings are within the threshold without
        it, and how much longer when it brings half of them no more; `estimated` (bool): whether times are; `cost_eur`,
        `aid_eur`: euros a year.
    served
        One row for each label and commune that it serves: `label_code`, `commune_code`, `commune_name`, `residents`
        (those who go there), `residents_brought` (of whom within the threshold only now), `residents_gained` (of these,
        whom no label ranked before brings within it; NaN: of a plan written before it was), `time_before_min` (Float64,
        <NA>: no way before), `time_after_min` (float64), `geo.territory.study_area.PRECISION_COLUMNS`; by rank, then
        most residents first.
    leaving
        One row for each label and site of today that it takes visitors from: `label_code`, `facility_id`,
        `facility_name`, `residents_before` (those of the study area who are nearest to it today), `residents_leaving`;
        by rank, then most residents first.
    alternatives
        Other places that would do nearly as well as each label (`geo.siting.plan_tables.alternatives_table`).
    communes
        Indexed by `commune_code`: `name`, `residents`, `time_before_min`, `time_after_min` (Float64, means over
        residents with a way, <NA>: none), `within_before`, `within_after` (residents; NaN off the network),
        `geo.territory.study_area.PRECISION_COLUMNS`.
    part
        The part of the study area whose ways are known.
    before, after
        Totals of that part.
    objective, optimum, bound, gap
        What the plan reaches; what the best choice by the mean alone reached, before the steadiest of those that
        bring nearly as much was preferred, idle labels left out and larger towns taken (`geo.siting.choice`); the
        bound that no choice exceeds (`geo.siting.solve.Solution`); the share of it that the plan misses
        (`geo.siting.solve.relative_gap`).
    on_average
        Whether these are averages over the hypotheses on times (estimated network), and labels were chosen by them.
    preferences
        One row for each larger town taken in the place of another for nearly the same gain: `label_code`; `code` and
        `name` of the other; `share_of_gain` (float64).
    idle
        One row for each label that brings nobody whom the others do not, for the times shown: `code`, `name`;
        `proposed` (bool): whether it is proposed all the same, or left out; `share_of_gain` (float64): what it adds on
        average, as a share of what the plan brings; `needed` (int64): hypotheses under which it brings somebody.
    robustness
        What is chosen under each hypothesis on times.
    worst_case
        Its worst case over them, beside the best one; `None` where the model adds up no gains, or there is no band.
    rule, rule_lifted
        Which communes could be chosen (`None`: places of a list); whether none met the rule, so that all could.
    widest
        The plan among all communes without a site, chosen in the same way; `None` where those are the candidates
        already.
    time_s
        Seconds taken, from the territory in memory; `None` for a plan that was read from a file.
    interrupted
        Whether the search was ended before it had proven its plan, by the time limit or by the user.
    weights, costs
        Weights of the criteria; euros.
    budget_eur, payer, budget_labels
        Budget in euros a year and whose it is; how many labels it pays for (`None`: no budget).
    criteria
        Share of the residents of each commune who meet each criterion, indexed by commune code (NaN unknown).
    candidates, candidates_off_network
        How many places were compared, and how many were not: no way to them is known.
    residents_out_of_reach
        Residents known who are beyond the threshold today, and whom no candidate would bring within it.
    stops
        Stops of a bus proposed beside the labels; `None`: not asked for.
    """

    territory: str
    model: Model
    threshold_min: float
    asked: int | None
    min_share: float | None
    kinds: frozenset[str]
    labels: pd.DataFrame
    served: pd.DataFrame
    leaving: pd.DataFrame
    alternatives: pd.DataFrame
    communes: pd.DataFrame
    part: KnownPart
    before: AccessSummary
    after: AccessSummary
    objective: float
    optimum: float
    bound: float
    gap: float
    on_average: bool
    preferences: pd.DataFrame
    idle: pd.DataFrame
    robustness: Robustness
    worst_case: WorstCasePlan | None
    rule: CandidateRule | None
    rule_lifted: bool
    widest: WidestPlan | None
    time_s: float | None
    interrupted: bool
    weights: Weights
    costs: Costs
    budget_eur: float | None
    payer: Payer
    budget_labels: int | None
    criteria: pd.DataFrame
    candidates: int
    candidates_off_network: int
    residents_out_of_reach: float
    stops: ProposedStops | None = None

    @property
    def to_give(self) -> int | None:
        """Labels that might be given: those asked for, as far as the budget pays; `None`: the model finds them."""
        return labels_to_give(self.asked, self.budget_labels)

    @property
    def cost_eur(self) -> float:
        """Euros a year of all labels."""
        return self.costs.cost_eur * len(self.labels)

    @property
    def aid_eur(self) -> float:
        """Euros a year of the State's aid for all labels."""
        return self.costs.aid_eur * len(self.labels)

    @property
    def rule_cost(self) -> float | None:
        """Share of what the best plan among all communes brings that the rule gives up, 0 to 1; `None`: not compared.

        Of ``coverage`` and ``median`` alone: the other models do not add up gains.
        """
        if self.widest is None or self.model not in {"coverage", "median"} or self.widest.objective <= 0:
            return None
        return max(0.0, 1 - self.objective / self.widest.objective)

    @property
    def proven(self) -> bool:
        """Whether the best choice that the plan is taken from is proven to be it: its gap to the bound is 0."""
        return relative_gap(self.optimum, self.bound) == 0

    @property
    def residents_brought(self) -> float:
        """Residents within the threshold with the labels and not today."""
        return self.after.residents_within - self.before.residents_within

    def scenario(self) -> Scenario:
        """Return the scenario that opens the labels."""
        count = len(self.labels)
        title = f"Plan de {count} labels" if count > 1 else "Plan d'un label"
        scenario = Scenario(scenario_text(self.territory), title)
        for label in self.labels.to_dict("records"):
            in_commune = label["code"] == label["commune_code"]
            place = Place(str(label["code"])) if in_commune else Place(lon=float(label["lon"]), lat=float(label["lat"]))
            name = scenario_text(f"Nouveau label : {label['name']}")
            scenario = scenario.then(OpenSite(scenario.new_id(), name, place))
        return scenario


def plan(  # noqa: PLR0913 - the options of one question
    area: Territory | Country,
    new: int | None = None,
    *,
    model: Model = "coverage",
    threshold_min: float = DEFAULT_THRESHOLD_MIN,
    candidates: gpd.GeoDataFrame | None = None,
    rule: CandidateRule | None = None,
    exclude: Collection[str] = (),
    weights: Weights | None = None,
    zones: Zones | None = None,
    costs: Costs | None = None,
    budget_eur: float | None = None,
    payer: Payer = "all",
    min_share: float | None = None,
    kinds: Collection[str] = COUNTED_KINDS,
    stops: StopsAsked | None = None,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
    progress: Callable[[float, str], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    prepare: Callable[..., SitingProblem] = siting_problem,
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
        Places as `geo.sources.places.read_places` reads them; the communes that meet `rule` where `None`.
    rule
        Which communes without a site may get a label: by default those that people already go to;
        `geo.siting.candidates.EVERY_COMMUNE` lifts that.
    exclude
        Codes of candidates or of communes to leave out.
    weights, zones
        What residents count for by criterion, and the zones that the criteria need.
    costs, budget_eur, payer
        Cost and aid of a label; a yearly budget in euros, and whose it is. The budget limits the number of labels, and
        what it leaves that of the stops, where the cost of a pass is given.
    min_share
        For ``set-cover``: share of the residents known to be within the threshold, over 0 and up to 1.
    kinds
        Which sites count today, as in `Territory.travel_times`.
    stops
        Stops of a bus to propose beside the labels; where `None`, the default of `StopsAsked` if the area knows rounds
        of buses, else none.
    time_limit_s
        Seconds for the choice; the best plan found by then is returned, with its gap.
    progress
        Told the share done (0 to 1) and a French sentence.
    cancel
        Asked often; true ends the search likewise.
    prepare
        What times the candidates: `geo.siting.problem.siting_problem`, or a function that remembers what it returned
        for the same arguments.

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
    chosen_rule = None if candidates is not None else rule or CandidateRule()
    budget_labels = None if budget_eur is None else costs.labels_for(budget_eur, payer)
    asked = labels_asked(new, budget_labels, model)
    check_options(model, asked, threshold_min, min_share, time_limit_s)
    check_together(
        {"--new": new, "--candidates": candidates, "--budget": budget_eur, "règle": rule}, model=model, payer=payer
    )
    told = progress or Control().progress

    told(0.0, "Temps de trajet vers les lieux candidats…")
    parts = area.parts
    problem = prepare(parts, candidates, exclude, rule=chosen_rule, kinds=kinds).with_remote_towns(threshold_min)
    criteria = demand_criteria(parts, problem, threshold_min, zones)
    variants = list(time_variants(problem, parts[0].network.profile))
    if weights != Weights():  # else residents count once, as they do already
        variants = [
            replace(
                each,
                problem=each.problem.with_factors(
                    factors(criteria.assign(beyond=beyond_threshold(each.problem, threshold_min)), weights)
                ),
            )
            for each in variants
        ]
    control = Control(time_limit_s, cancel or Control().cancel, told)
    question = SitingQuestion(model, labels_to_give(asked, budget_labels) or 0, float(threshold_min), min_share)
    choice = choose(variants, question, control)
    interrupted = control.stopped() and choice.found.gap > 0
    told(0.9, "Qui est servi par chaque label…")
    problem, order = choice.problem, choice.order
    minutes, server = problem.times_with(order)
    names = pd.concat([each.communes["name"] for each in parts])
    part = added_up(known_part(each) for each in parts)
    asked_stops = stops or (StopsAsked() if any(each.rounds is not None for each in parts) else None)
    proposed = None
    if asked_stops is not None and asked_stops.count:
        told(0.95, "Arrêts de bus à côté des labels…")
        left_eur = None if budget_eur is None else max(0.0, budget_eur - len(order) * costs.paid_by(payer))
        proposed = proposed_stops(
            parts,
            variants,
            set(problem.candidates["code"].iloc[order]),
            float(threshold_min),
            asked=asked_stops,
            paid=None if left_eur is None else asked_stops.paid_for(left_eur, payer, costs),
            on_average=len(choice.problems) > 1,
            control=control,
        )
    result = Plan(
        territory=area.name,
        model=model,
        threshold_min=float(threshold_min),
        asked=asked,
        min_share=min_share,
        kinds=frozenset(kinds),
        labels=labels_table(choice, threshold_min, minutes, server, costs),
        served=served_table(problem, threshold_min, order, minutes, server, names),
        leaving=leaving_table(problem, order, server),
        alternatives=alternatives_table(choice, model, threshold_min),
        communes=communes_table(problem, threshold_min, minutes, names),
        part=part,
        before=AccessSummary.of(part, problem, problem.today_min, threshold_min),
        after=AccessSummary.of(part, problem, minutes, threshold_min),
        objective=choice.objective,
        optimum=choice.found.objective,
        bound=choice.found.bound,
        gap=relative_gap(choice.objective, choice.found.bound),
        on_average=len(choice.problems) > 1,
        preferences=preferences_table(problem, choice.preferences),
        idle=idle_table(problem, choice.idle),
        robustness=choice.robustness,
        worst_case=worst_case_plan(choice, model, part, float(threshold_min)),
        rule=chosen_rule,
        rule_lifted=choice.rule_lifted,
        widest=widest_plan(choice, part, float(threshold_min)),
        time_s=time.monotonic() - started,
        interrupted=interrupted,
        weights=weights,
        costs=costs,
        budget_eur=budget_eur,
        payer=payer,
        budget_labels=budget_labels,
        criteria=criteria_table(problem, criteria).reindex(names.index),
        candidates=len(problem.candidates),
        candidates_off_network=problem.candidates_off_network,
        residents_out_of_reach=_out_of_reach(problem, threshold_min),
        stops=proposed,
    )
    told(1.0, "Plan terminé.")
    return result


def _out_of_reach(problem: SitingProblem, threshold_min: float) -> float:
    limit = threshold_min + AT_THRESHOLD_MIN
    brought = np.zeros(len(problem.demand), bool)
    brought[problem.pair_demand[problem.pair_min <= limit]] = True
    on_network = problem.demand["on_network"].to_numpy(bool)
    return float(problem.residents[(problem.today_min > limit) & ~brought & on_network].sum())
