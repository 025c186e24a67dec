"""Which labels a question chooses: among credible towns, for the whole band of times, the larger town first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.errors import ParameterError
from geo.siting.greedy import ranked
from geo.siting.preference import prefer_larger
from geo.siting.problem import narrowed
from geo.siting.robustness import robustness
from geo.siting.solve import Control, brought, solve
from geo.siting.useful import Usefulness, useful_choice
from geo.siting.visitors import takes_over
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
        The best choice before labels that bring nobody were left out (`geo.siting.useful`) and larger towns preferred:
        its objective, its bound, its gap.
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
    problems_kept = narrowed([each.problem for each in variants], kept)
    compared = [replace(each, problem=problem) for each, problem in zip(variants, problems_kept, strict=True)]
    problem = _central(compared)
    problems = _averaged(compared, question)
    taken, found = _solved(problem, question, control, problems)
    mostly = takes_over(problem, question.threshold_min)
    selected, preferences = _preferred(problem, problems, question, taken, mostly)
    objective = found.objective
    if question.model in _SUMS:
        objective = brought(problems, question.model, question.threshold_min).total(selected)
    order = _ranked(problems, question, selected)
    labels = problem.candidates["code"].iloc[order].to_list()
    quick = Control(control.left_s(), control.cancel)
    found_again = robustness(
        compared,
        labels,
        # The problem that the plan was chosen for alone is not solved again.
        lambda variant: selected if problems == (variant.problem,) else _again(variant, question, quick, mostly),
    )
    widest = None
    if not kept.all():
        widest = _widest(everywhere, _averaged(variants, question), question, quick)
        if question.model in _SUMS and widest.objective < objective:
            # What is left out or preferred may make less of more candidates: the plan is one of their choices.
            widest = replace(widest, selected=np.flatnonzero(kept)[selected], objective=objective)
    worst, steadiest = _worst_cases(compared, found_again, question, selected, quick)
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


def _widest(
    everywhere: SitingProblem, variants: Sequence[SitingProblem], question: SitingQuestion, control: Control
) -> Solution:
    """Return the labels taken among all candidates, what they reach, and what none exceeds."""
    taken, best = _solved(everywhere, question, control, variants)
    if question.model != "coverage":
        return best
    return replace(best, selected=taken, objective=brought(variants, "coverage", question.threshold_min).total(taken))


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
    worst = worst_case(benefits, best, selected)
    if question.model == "coverage":
        # No label that brings nobody for the times shown is proposed, beside a plan either.
        central = _central(variants)
        useful = np.flatnonzero(_usefulness(central, _averaged(variants, question), question).alone())
        benefits = [each.of_candidates(useful) for each in benefits]
        starts = [np.intersect1d(each, useful) for each in starts]
    steadiest = best_worst_case(
        benefits, best, starts, question.count, time_limit_s=control.left_s() / 2, stopped=control.stopped
    )
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
    variants: Sequence[SitingProblem],
    *,
    exact: bool = True,
) -> tuple[NDArray[np.int64], Solution]:
    """Return the labels taken for some variants of a problem on average, and the best choice that they are from.

    Under ``coverage`` each label taken brings somebody (`geo.siting.useful`); else they are the best choice.
    """

    def solved(allowed: NDArray[np.bool_], count: int) -> Solution:
        where = np.flatnonzero(allowed)
        narrowed = problem if allowed.all() else problem.only(allowed)
        found = solve(
            narrowed,
            question.model,
            count,
            threshold_min=question.threshold_min,
            min_share=question.min_share,
            exact=exact,
            control=control,
            variants=[narrowed if each is problem else each.only(allowed) for each in variants],
        )
        return replace(found, selected=where[found.selected])

    if question.model == "coverage":
        benefits = brought(variants, question.model, question.threshold_min)
        return useful_choice(_usefulness(problem, variants, question), benefits, question.count, solved)
    best = solved(np.ones(len(problem.candidates), bool), question.count)
    return best.selected, best


def _usefulness(problem: SitingProblem, variants: Sequence[SitingProblem], question: SitingQuestion) -> Usefulness:
    return Usefulness.of(problem, variants, question.threshold_min)


def _preferred(
    problem: SitingProblem,
    variants: Sequence[SitingProblem],
    question: SitingQuestion,
    taken: NDArray[np.int64],
    put_off: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], tuple[Preference, ...]]:
    """Return a choice with the places that are preferred for nearly the same gain, where gains add up."""
    if question.model not in _SUMS:
        return taken, ()
    benefits, size = brought(variants, question.model, question.threshold_min), problem.commune_residents
    if question.model != "coverage":
        return prefer_larger(benefits, taken, size, put_off=put_off)
    usefulness = _usefulness(problem, variants, question)
    if len(variants) > 1:
        return prefer_larger(
            benefits, taken, size, put_off=put_off, fits=lambda chosen: not usefulness.idle(chosen).any()
        )
    # For one problem a label that becomes idle beside a larger town brings nobody: without it nothing is lost.
    larger, preferences = prefer_larger(benefits, taken, size, put_off=put_off)
    useful = usefulness.completed(benefits, usefulness.without_idle(benefits, larger), question.count)
    return useful, tuple(each for each in preferences if each.taken in useful)


def _again(
    variant: Variant, question: SitingQuestion, control: Control, put_off: NDArray[np.bool_]
) -> NDArray[np.int64] | None:
    """Return what a variant chooses, alone; `None` where the share asked is out of reach with its times."""
    problem = variant.problem
    try:
        taken, _ = _solved(problem, question, control, (problem,), exact=len(problem.pair_min) <= _PROVEN_PAIRS)
    except ParameterError:
        return None
    return _preferred(problem, (problem,), question, taken, put_off)[0]


def _ranked(
    problems: Sequence[SitingProblem], question: SitingQuestion, selected: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Order labels by what each adds after those before it: residents brought, or minutes saved."""
    return ranked(brought(problems, question.model, question.threshold_min), selected)[0]
