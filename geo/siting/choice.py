"""Which labels a question chooses: among credible towns, for the whole band of times, the larger town first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.errors import ParameterError
from geo.siting.greedy import ranked
from geo.siting.preference import prefer_larger
from geo.siting.robustness import robustness
from geo.siting.solve import Control, brought, solve
from geo.siting.worst_case import best_worst_case, worst_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.siting.preference import Preference
    from geo.siting.problem import SitingProblem
    from geo.siting.robustness import Robustness
    from geo.siting.solve import Model, Solution
    from geo.siting.variants import Variant
    from geo.siting.worst_case import WorstCase

#: Trips above which the variants are not proven: they are only asked which places they choose.
_PROVEN_PAIRS: Final = 50_000
#: Models whose objective is a sum over residents: they are chosen on average over the variants.
_SUMS: Final = ("coverage", "median")


@dataclass(frozen=True, slots=True)
class SitingQuestion:
    """What is asked of a siting problem: the parameters of `geo.siting.solve.solve`."""

    model: Model
    count: int
    threshold_min: float
    min_share: float | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Choice:
    """Labels chosen, and what they are to be compared with.

    Attributes
    ----------
    problem
        With the candidates that were compared; all positions are of its candidates.
    order
        Positions of the labels, int64, by rank.
    objective
        What they reach (`geo.siting.solve.Solution`); on average over the variants where `on_average`.
    found
        The best choice before larger towns were preferred: its objective, its bound, its gap.
    preferences
        Larger towns taken in the place of others.
    robustness
        What each variant chooses.
    worst, steadiest
        The labels in their worst case over the variants, and the choice whose worst case is best; `None` where the
        model adds up no gains, or under one variant at most something is gained.
    problems
        Those that labels were chosen for on average: the variants of an estimated network, or the problem alone.
    rule_lifted
        Whether no candidate met the rule, so that all were compared.
    widest, widest_problem
        The best choice among all candidates, and their problem; `None` where all were compared.
    """

    problem: SitingProblem
    order: NDArray[np.int64]
    objective: float
    found: Solution
    preferences: tuple[Preference, ...]
    robustness: Robustness
    worst: WorstCase | None
    steadiest: WorstCase | None
    problems: tuple[SitingProblem, ...]
    rule_lifted: bool
    widest: Solution | None
    widest_problem: SitingProblem


def choose(variants: Sequence[Variant], question: SitingQuestion, control: Control) -> Choice:
    """Choose labels.

    `variants`: The problem under each hypothesis on times (`geo.siting.variants.time_variants`), with the weights of
    the residents. The candidates that are ``credible`` are compared, all of them where none is.

    Raises
    ------
    ParameterError
        The share asked is out of reach of the candidates.
    SolverError
        The exact model ended without an answer.
    """
    everywhere = _central(variants)
    credible = everywhere.candidates["credible"].to_numpy(bool)
    rule_lifted = not credible.any()
    kept = np.ones(len(credible), bool) if rule_lifted else credible
    narrowed = [replace(each, problem=each.problem.only(kept)) for each in variants]
    problem = _central(narrowed)
    problems = _averaged(narrowed, question)
    found = _solved(problem, question, control, problems)
    selected, objective = found.selected, found.objective
    preferences: tuple[Preference, ...] = ()
    if question.model in _SUMS:
        benefits = brought(problems, question.model, question.threshold_min)
        selected, preferences = prefer_larger(benefits, selected, problem.commune_residents)
        objective = benefits.total(selected)
    order = _ranked(problems, question, selected)
    labels = problem.candidates["code"].iloc[order].to_list()
    quick = Control(control.left_s(), control.cancel)
    found_again = robustness(
        narrowed,
        labels,
        # The problem that the plan was chosen for alone is not solved again.
        lambda variant: selected if problems == (variant.problem,) else _again(variant, question, quick),
    )
    widest = None if kept.all() else _solved(everywhere, question, quick, _averaged(variants, question))
    worst, steadiest = _worst_cases(narrowed, found_again, question, selected, quick)
    return Choice(
        problem=problem,
        order=order,
        objective=objective,
        found=found,
        preferences=preferences,
        robustness=found_again,
        worst=worst,
        steadiest=steadiest,
        problems=problems,
        rule_lifted=rule_lifted,
        widest=widest,
        widest_problem=everywhere,
    )


def _worst_cases(
    variants: Sequence[Variant],
    found: Robustness,
    question: SitingQuestion,
    selected: NDArray[np.int64],
    control: Control,
) -> tuple[WorstCase | None, WorstCase | None]:
    """Return the worst case of a choice over the variants, and the choice whose worst case is best."""
    if question.model not in _SUMS or not len(selected) or len(variants) < 2:  # noqa: PLR2004 - one is no band
        return None, None
    codes = pd.Index(variants[0].problem.candidates["code"])
    starts = [selected, *(codes.get_indexer(list(each)).astype(np.int64) for each in found.runs["codes"])]
    benefits = [brought([each.problem], question.model, question.threshold_min) for each in variants]
    # A quick search may have missed the most that is brought: what the others bring there counts too.
    best = np.array([max(each.total(start) for start in starts) for each in benefits])
    # Where nothing can be gained, all choices are alike.
    kept = np.flatnonzero(best > 0)
    if len(kept) < 2:  # noqa: PLR2004
        return None, None
    benefits, best = [benefits[each] for each in kept.tolist()], best[kept]
    steadiest = best_worst_case(
        benefits, best, starts, question.count, time_limit_s=control.left_s() / 2, stopped=control.stopped
    )
    worst = worst_case(benefits, best, selected)
    return replace(worst, variant=int(kept[worst.variant])), replace(steadiest, variant=int(kept[steadiest.variant]))


def _central(variants: Sequence[Variant]) -> SitingProblem:
    return next(each.problem for each in variants if each.is_central)


def _averaged(variants: Sequence[Variant], question: SitingQuestion) -> tuple[SitingProblem, ...]:
    """Return the problems that a choice is made for on average: one alone on measured roads, or without a sum."""
    central = _central(variants)
    if question.model in _SUMS and bool(central.demand["estimated"].any()):
        return tuple(each.problem for each in variants)
    return (central,)


def _solved(
    problem: SitingProblem,
    question: SitingQuestion,
    control: Control,
    variants: Sequence[SitingProblem] = (),
    *,
    exact: bool = True,
) -> Solution:
    return solve(
        problem,
        question.model,
        question.count,
        threshold_min=question.threshold_min,
        min_share=question.min_share,
        exact=exact,
        control=control,
        variants=variants,
    )


def _again(variant: Variant, question: SitingQuestion, control: Control) -> NDArray[np.int64] | None:
    """Return what a variant chooses, alone; `None` where the share asked is out of reach with its times."""
    problem = variant.problem
    try:
        found = _solved(problem, question, control, exact=len(problem.pair_min) <= _PROVEN_PAIRS)
    except ParameterError:
        return None
    if question.model not in _SUMS:
        return found.selected
    return prefer_larger(
        brought([problem], question.model, question.threshold_min), found.selected, problem.commune_residents
    )[0]


def _ranked(
    problems: Sequence[SitingProblem], question: SitingQuestion, selected: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Order labels by what each adds after those before it: residents brought, or minutes saved."""
    return ranked(brought(problems, question.model, question.threshold_min), selected)[0]
