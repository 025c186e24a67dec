"""Plans to compare a plan with: the best among all communes, and the one whose worst case is best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.siting.access_summary import AccessSummary
from geo.siting.plan_tables import towns_table
from geo.siting.solve import brought

if TYPE_CHECKING:
    import pandas as pd

    from geo.access.known_part import KnownPart
    from geo.siting.choice import Choice
    from geo.siting.solve import Model


@dataclass(frozen=True, eq=False, slots=True)
class WidestPlan:
    """The plan were every commune without a site a candidate, chosen in the same way as the one that is proposed.

    Attributes
    ----------
    labels
        One row a label, the largest town first: `code`, `name`, `lon`, `lat`, `commune_residents` (NaN
        where unknown), `credible` (whether the rule would allow it).
    objective
        As that of the plan.
    gap
        Share by which a better mean is not excluded among these communes: 0 where the best one is proven.
    after
        How the study area would be served.
    """

    labels: pd.DataFrame
    objective: float
    gap: float
    after: AccessSummary


@dataclass(frozen=True, eq=False, slots=True)
class WorstCasePlan:
    """A plan in its worst case over the hypotheses on times, and the plan whose worst case is best.

    Attributes
    ----------
    share, variant
        The smallest share that the plan brings of what the best choice brings under one hypothesis (0 to 1), and the
        French name of that hypothesis.
    labels, best_share, best_variant
        Labels of the plan whose worst case is best, as those of `WidestPlan`; its worst case.
    objective
        What that plan reaches, as that of the plan.
    proven
        Whether no choice has a better worst case.
    after
        How the study area would be served with that plan; `None`: not known, of a plan written before it was.
    steady_share
        Share of the best mean that the plan was left with when it was preferred for its worst case, 0 to 1.
    """

    share: float
    variant: str
    labels: pd.DataFrame
    best_share: float
    best_variant: str
    objective: float
    proven: bool
    after: AccessSummary | None = None
    steady_share: float = 1.0


def widest_plan(choice: Choice, part: KnownPart, threshold_min: float) -> WidestPlan | None:
    """Return the best plan among all candidates; `None` where the plan is that already."""
    found, problem = choice.widest, choice.widest_problem
    if found is None:
        return None
    return WidestPlan(
        labels=towns_table(problem, found.selected),
        objective=found.objective,
        gap=choice.widest_gap,
        after=AccessSummary.of(part, problem, problem.times_with(found.selected)[0], threshold_min),
    )


def worst_case_plan(choice: Choice, model: Model, part: KnownPart, threshold_min: float) -> WorstCasePlan | None:
    """Return a choice in its worst case, and the one whose worst case is best; `None`: not compared."""
    worst, steadiest = choice.worst, choice.steadiest
    if worst is None or steadiest is None:
        return None
    names = choice.robustness.runs["name"]
    return WorstCasePlan(
        share=worst.share,
        variant=str(names.iloc[worst.variant]),
        labels=towns_table(choice.problem, steadiest.selected),
        best_share=steadiest.share,
        best_variant=str(names.iloc[steadiest.variant]),
        objective=brought(choice.problems, model, threshold_min).total(steadiest.selected),
        proven=steadiest.proven,
        after=AccessSummary.of(part, choice.problem, choice.problem.times_with(steadiest.selected)[0], threshold_min),
        steady_share=choice.steady_share,
    )
