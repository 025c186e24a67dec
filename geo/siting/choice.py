"""Which labels are chosen: communes people already go to, over all hypotheses on times, larger towns first.

Where gains add up, in this order: the best mean over the band of times; of the choices that bring that to one
hundredth, the best worst case; without the labels that bring nobody for the times shown, where the plan loses at most
one twentieth by it (`geo.siting.useful`); then larger towns for nearly the same gain (`geo.siting.preference`). The
same is done among all communes, to tell what the rule of the candidates costs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import ParameterError
from geo.siting.band import GIVEN_UP_FOR_WORST, Band
from geo.siting.greedy import ROUNDING, losses, ranked
from geo.siting.preference import prefer_larger
from geo.siting.problem import narrowed
from geo.siting.robustness import robustness
from geo.siting.solve import Control, brought, solve
from geo.siting.useful import SOMEBODY, Usefulness, best_of_use
from geo.siting.visitors import takes_over

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from geo.siting.preference import Preference
    from geo.siting.problem import SitingProblem
    from geo.siting.robustness import Robustness
    from geo.siting.solve import Model, Solution
    from geo.siting.variants import Variant
    from geo.siting.worst_case import WorstCase

#: Trips above which the variants are not proven: they are only asked which places they choose.
_PROVEN_PAIRS: Final = 50_000
#: Share of the time left that the search for a better worst case may take.
_WORST_CASE_SHARE: Final = 1 / 6
#: Models whose objective is a sum over residents: they are chosen on average over the variants.
_SUMS: Final = ("coverage", "median")


@dataclass(frozen=True, slots=True)
class SitingQuestion:
    """What is asked of a siting problem: the parameters of `geo.siting.solve.solve`."""

    model: Model
    count: int
    threshold_min: float
    min_share: float | None = None


@dataclass(frozen=True, slots=True)
class IdleLabel:
    """A label that brings nobody whom the others do not, for the times shown: its position among the candidates.

    `proposed`: whether it is proposed all the same. `share_of_gain`: what it adds on average, as a share of what the
    plan brings. `needed`: under how many of the hypotheses on times it brings somebody.
    """

    position: int
    proposed: bool
    share_of_gain: float
    needed: int


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
        The best choice by the mean alone: its objective, its bound, its gap.
    steady_share
        Share of its objective that the choice preferred for its worst case brings, 0 to 1.
    idle
        Labels that bring nobody for the times shown: those proposed, and those left out.
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
    widest, widest_gap, widest_problem
        What would be chosen among all candidates in the same way, but that swaps alone look for a better worst case,
        the gap of its best mean, and their problem; `None` where all were compared.
    """

    problem: SitingProblem
    order: NDArray[np.int64]
    objective: float
    found: Solution
    steady_share: float
    idle: tuple[IdleLabel, ...]
    preferences: tuple[Preference, ...]
    robustness: Robustness
    worst: WorstCase | None
    steadiest: WorstCase | None
    problems: tuple[SitingProblem, ...]
    rule_lifted: bool
    widest: Solution | None
    widest_gap: float
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
    taken = _taken(compared, question, control)
    selected, objective = taken.selected, taken.found.objective
    order = _ranked(problems, question, selected)
    quick = Control(control.left_s(), control.cancel)
    if question.model in _SUMS:
        objective = brought(problems, question.model, question.threshold_min).total(selected)
    labels = problem.candidates["code"].iloc[order].to_list()
    alone = iter(taken.alone)
    found_again = robustness(compared, labels, lambda _: next(alone))
    widest, widest_gap = None, 0.0
    if not kept.all():
        wide = _taken(variants, question, quick, beside=False)
        widest, widest_gap = wide.found, wide.found.gap
        if question.model in _SUMS:
            benefits = brought(_averaged(variants, question), question.model, question.threshold_min)
            # What is left out or preferred may make less of more candidates: the plan is one of their choices.
            own = np.flatnonzero(kept)[selected]
            best = max((wide.selected, own), key=benefits.total)
            widest = replace(wide.found, selected=best, objective=benefits.total(best))
    return Choice(
        problem=problem,
        order=order,
        objective=objective,
        found=taken.found,
        steady_share=taken.steady_share,
        idle=_idle(problem, problems, question, selected),
        preferences=taken.preferences,
        robustness=found_again,
        worst=taken.worst,
        steadiest=taken.steadiest,
        problems=problems,
        rule_lifted=rule_lifted,
        widest=widest,
        widest_gap=widest_gap,
        widest_problem=everywhere,
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Taken:
    """What is taken among some candidates, as `Choice` has it; `alone`: what each variant takes for itself."""

    selected: NDArray[np.int64]
    preferences: tuple[Preference, ...]
    found: Solution
    alone: tuple[NDArray[np.int64] | None, ...]
    steady_share: float = 1.0
    worst: WorstCase | None = None
    steadiest: WorstCase | None = None


def _taken(variants: Sequence[Variant], question: SitingQuestion, control: Control, *, beside: bool = True) -> _Taken:
    """Choose among the candidates of some variants, in the order told above.

    `beside`: Whether the choice whose worst case is best, whatever it brings on average, is searched as well; without
    it, for plans that are only compared, swaps alone look for a better worst case.
    """
    problem, problems = _central(variants), _averaged(variants, question)
    put_off = takes_over(problem, question.threshold_min)
    found, allowed = _solved(problem, question, control, problems)
    quick = Control(control.left_s(), control.cancel)
    # The problem that labels are chosen for alone is not solved again.
    alone = tuple(
        _finished(problem, problems, question, found.selected, put_off)[0]
        if problems == (variant.problem,)
        else _again(variant, question, quick, put_off)
        for variant in variants
    )
    selected = found.selected
    band = None
    if question.model in _SUMS and len(selected):
        band = _band(variants, question, [selected, *(each for each in alone if each is not None)])
    if band is None:
        return _Taken(*_finished(problem, problems, question, selected, put_off), found, alone)
    benefits = brought(problems, question.model, question.threshold_min)
    known = [selected, *(each for each in alone if each is not None)]

    def steadiest_with(least_mean: float | None) -> WorstCase:
        return band.steadiest(
            known,
            question.count,
            allowed=allowed,
            least_mean=least_mean,
            exact=beside,
            time_limit_s=_WORST_CASE_SHARE * quick.left_s(),
            stopped=quick.stopped,
        )

    steady = steadiest_with((1 - GIVEN_UP_FOR_WORST) * benefits.total(selected))
    chosen, preferences = _finished(problem, problems, question, steady.selected, put_off, band)
    steadiest = None
    if beside:
        steadiest = steadiest_with(None)
        other, other_preferences = _finished(problem, problems, question, steadiest.selected, put_off, band)
        # What is left out or preferred may leave less than the plan that is best in its worst case.
        as_much = benefits.total(other) >= (1 - GIVEN_UP_FOR_WORST) * benefits.total(chosen)
        if as_much and band.share(other) > band.share(chosen) + ROUNDING:
            steady, chosen, preferences = steadiest, other, other_preferences
    steady_share = min(benefits.total(steady.selected) / max(benefits.total(selected), ROUNDING), 1.0)
    return _Taken(chosen, preferences, found, alone, steady_share, band.worst(chosen), steadiest)


def _band(variants: Sequence[Variant], question: SitingQuestion, known: Sequence[NDArray[np.int64]]) -> Band | None:
    """Return what is brought under each variant; `None`: there is no band."""
    averaged = len(_averaged(variants, question)) > 1
    weight = np.array([1 / len(variants) if averaged else float(each.is_central) for each in variants])
    return Band.of(
        [brought([each.problem], question.model, question.threshold_min) for each in variants], weight, known
    )


def _idle(
    problem: SitingProblem, problems: Sequence[SitingProblem], question: SitingQuestion, selected: NDArray[np.int64]
) -> tuple[IdleLabel, ...]:
    """Return the labels proposed that bring nobody for the times shown, then those left out, most needed first."""
    benefits = brought(problems, question.model, question.threshold_min)
    total = benefits.total(selected)
    if question.model != "coverage" or len(problems) < 2 or total <= 0:  # noqa: PLR2004 - one is no band
        return ()
    usefulness = _usefulness(problem, problems, question)
    rows = zip(
        selected.tolist(),
        usefulness.idle(selected).tolist(),
        (losses(benefits, selected) / total).tolist(),
        usefulness.needed(selected).tolist(),
        strict=True,
    )
    found = [IdleLabel(each, True, share, needed) for each, idle, share, needed in rows if idle]  # noqa: FBT003
    current = selected
    while len(current) < question.count:
        added = benefits.added_to(benefits.received(current))
        place = int(added.argmax())
        if added[place] < SOMEBODY:
            break
        current = np.sort(np.append(current, place))
        needed = int(usefulness.needed(current)[np.searchsorted(current, place)])
        found.append(IdleLabel(place, False, float(added[place] / total), needed))  # noqa: FBT003
    return tuple(found)


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
) -> tuple[Solution, NDArray[np.bool_]]:
    """Return the best choice for some variants of a problem on average, and the candidates it was made among."""
    among = np.ones(len(problem.candidates), bool)

    def solved(allowed: NDArray[np.bool_]) -> Solution:
        nonlocal among
        among = allowed
        where = np.flatnonzero(allowed)
        narrowed = problem if allowed.all() else problem.only(allowed)
        found = solve(
            narrowed,
            question.model,
            question.count,
            threshold_min=question.threshold_min,
            min_share=question.min_share,
            exact=exact,
            control=control,
            variants=[narrowed if each is problem else each.only(allowed) for each in variants],
        )
        return replace(found, selected=where[found.selected])

    if question.model == "coverage":
        return best_of_use(_usefulness(problem, variants, question), solved), among
    return solved(among), among


def _usefulness(problem: SitingProblem, variants: Sequence[SitingProblem], question: SitingQuestion) -> Usefulness:
    return Usefulness.of(problem, variants, question.threshold_min)


def _finished(
    problem: SitingProblem,
    variants: Sequence[SitingProblem],
    question: SitingQuestion,
    taken: NDArray[np.int64],
    put_off: NDArray[np.bool_],
    band: Band | None = None,
) -> tuple[NDArray[np.int64], tuple[Preference, ...]]:
    """Return a choice without idle labels, with the places that are preferred, and those, where gains add up."""
    if question.model not in _SUMS:
        return taken, ()
    benefits, size = brought(variants, question.model, question.threshold_min), problem.commune_residents

    def share(chosen: NDArray[np.int64]) -> float:
        return 1.0 if band is None else band.share(chosen)

    def preferred(
        chosen: NDArray[np.int64], idle: Callable[[NDArray[np.int64]], int]
    ) -> tuple[NDArray[np.int64], tuple[Preference, ...]]:
        least, most = (1 - GIVEN_UP_FOR_WORST) * share(chosen), idle(chosen)

        def fits(other: NDArray[np.int64]) -> bool:
            return idle(other) <= most and share(other) >= least

        return prefer_larger(benefits, chosen, size, put_off=put_off, fits=fits)

    if question.model != "coverage":
        return preferred(taken, lambda _: 0)
    usefulness = _usefulness(problem, variants, question)

    def of_use(chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        return usefulness.completed(benefits, usefulness.without_idle(benefits, chosen, share), question.count)

    if len(variants) > 1:
        return preferred(of_use(taken), lambda chosen: int(usefulness.idle(chosen).sum()))
    # For one problem a label that becomes idle beside a larger town brings nobody: without it nothing is lost.
    larger, preferences = preferred(of_use(taken), lambda _: 0)
    useful = of_use(larger)
    return useful, tuple(each for each in preferences if each.taken in useful)


def _again(
    variant: Variant, question: SitingQuestion, control: Control, put_off: NDArray[np.bool_]
) -> NDArray[np.int64] | None:
    """Return what a variant chooses, alone; `None` where the share asked is out of reach with its times."""
    problem = variant.problem
    try:
        found, _ = _solved(problem, question, control, (problem,), exact=len(problem.pair_min) <= _PROVEN_PAIRS)
    except ParameterError:
        return None
    return _finished(problem, (problem,), question, found.selected, put_off)[0]


def _ranked(
    problems: Sequence[SitingProblem], question: SitingQuestion, selected: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Order labels by what each adds after those before it: residents brought, or minutes saved."""
    return ranked(brought(problems, question.model, question.threshold_min), selected)[0]
