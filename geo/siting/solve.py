"""From a siting problem and a model to a choice of labels, its bound and its gap."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from geo.errors import ParameterError
from geo.french import format_percent, format_share, within_text
from geo.question import AT_THRESHOLD_MIN
from geo.siting.benefits import coverage_benefits, mean_benefits, time_benefits
from geo.siting.bounds import fewest_bound, upper_bound
from geo.siting.greedy import ROUNDING, fewest, greedy, interchange, most_benefit
from geo.siting.models import fewest_labels, least_time, most_covered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from geo.siting.benefits import Benefits
    from geo.siting.problem import SitingProblem

#: ``coverage``: most residents within the threshold; ``set-cover``: fewest labels for all, or a share, to be within
#: it; ``median``: least mean time; ``center``: least worst time.
Model = Literal["coverage", "set-cover", "median", "center"]
MODELS: Final[tuple[Model, ...]] = get_args(Model)


@dataclass(frozen=True, slots=True)
class Control:
    """How long a search may last, who may end it, and whom it tells.

    Attributes
    ----------
    time_limit_s
        Seconds of processor time of this thread from the making of this object, so that a busy machine changes no
        answer; the greedy plan is always made.
    cancel
        Asked often; true ends the search with the best plan found so far.
    progress
        Told the share done (0 to 1) and a French sentence.
    """

    time_limit_s: float = np.inf
    cancel: Callable[[], bool] = field(default=lambda: False)
    progress: Callable[[float, str], None] = field(default=lambda _share, _sentence: None)
    started: float = field(default_factory=time.thread_time)

    def left_s(self) -> float:
        """Return the seconds left."""
        return max(0.0, self.started + self.time_limit_s - time.thread_time())

    def stopped(self) -> bool:
        """Tell whether the search has to end."""
        return self.left_s() <= 0 or self.cancel()


@dataclass(frozen=True, eq=False, slots=True)
class Solution:
    """Labels chosen by a model, and how far from the best they may be.

    `selected`: rows of the candidate table, int64, sorted. `objective`: weighted residents brought within the threshold
    (``coverage``), labels (``set-cover``), weighted minutes saved (``median``), minutes of the worst-off resident
    (``center``). `bound`: no plan does better than this, in the same unit. `gap`: 0 to 1, the share of the bound by
    which the plan may miss the best: 0 is proven best.
    """

    selected: NDArray[np.int64]
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the larger of objective and bound that lies between them."""
        return relative_gap(self.objective, self.bound)


def relative_gap(objective: float, bound: float) -> float:
    """Return the share of the larger of objective and bound that lies between them, 0 to 1; 0 where rounding does.

    Examples
    --------
    >>> relative_gap(90.0, 100.0), relative_gap(100.0, 100.0)
    (0.1, 0.0)
    """
    largest = max(abs(objective), abs(bound))
    difference = abs(objective - bound) / largest if largest else 0.0
    return difference if difference > ROUNDING else 0.0


def solve(
    problem: SitingProblem,
    model: Model,
    count: int,
    *,
    threshold_min: float,
    min_share: float | None = None,
    exact: bool = True,
    control: Control | None = None,
    variants: Sequence[SitingProblem] = (),
) -> Solution:
    """Choose labels.

    Parameters
    ----------
    problem
        Demand, candidates and times; the sites of today stay.
    model
        One of `MODELS`.
    count
        Labels to give; ``set-cover`` finds their number itself.
    threshold_min
        Minutes; ``median`` and ``center`` do not use it.
    min_share
        For ``set-cover``: share of the residents known to be within the threshold (0 to 1); everyone whom a candidate
        can bring within it where `None`.
    exact
        Also solve the exact model, within the time left. Without it the bound is Lagrangian.
    control
        Time limit, cancel, progress.
    variants
        The problem under several hypotheses on its times: ``coverage`` and ``median`` then choose what brings most on
        average over them, and the objective is that average.

    Raises
    ------
    ParameterError
        The share is out of reach.
    SolverError
        The exact model ended without an answer.
    """
    control = control or Control()
    if model == "set-cover":
        return _set_cover(problem, threshold_min, min_share, exact=exact, control=control)
    if model == "center":
        return _center(problem, count, exact=exact, control=control)
    benefits = brought(variants or [problem], model, threshold_min)
    control.progress(0.3, "Choix glouton, puis échanges…")
    chosen = most_benefit(benefits, count, control.stopped)
    control.progress(0.5, "Recherche d'une borne…")
    bound = upper_bound(benefits, count, chosen, control.stopped)
    if len(bound.plan) and benefits.total(bound.plan) > benefits.total(chosen):
        chosen = interchange(benefits, bound.plan, control.stopped)
    value = bound.value
    if exact and not control.stopped():
        control.progress(0.6, "Modèle exact…")
        program = most_covered if model == "coverage" else least_time
        best = program(benefits, count, chosen, bound, time_limit_s=control.left_s(), stopped=control.stopped)
        chosen, value = best.selected, best.bound
    objective = benefits.total(chosen)
    return Solution(_useful(benefits, chosen), objective, max(value, objective))


def brought(problems: Sequence[SitingProblem], model: Model, threshold_min: float) -> Benefits:
    """Return what candidates bring, on average over several problems.

    Minutes saved for the models that aim at times (``median``, ``center``), residents within the threshold for others.
    """
    by_time = model in {"median", "center"}
    return mean_benefits(
        [time_benefits(each) if by_time else coverage_benefits(each, threshold_min) for each in problems]
    )


def _set_cover(
    problem: SitingProblem, threshold_min: float, min_share: float | None, *, exact: bool, control: Control
) -> Solution:
    residents = problem.residents
    if min_share is None:
        benefits = coverage_benefits(problem, threshold_min, (residents > 0).astype(np.float64))
        target = benefits.most
    else:
        benefits = coverage_benefits(problem, threshold_min, residents)
        within = float(residents[problem.today_min <= threshold_min + AT_THRESHOLD_MIN].sum())
        target = max(0.0, min_share * problem.residents_known - within)
        if target > benefits.most * (1 + ROUNDING):
            asked, reachable = (
                (format_share(share), format_percent(share, 2))
                for share in (min_share, (within + benefits.most) / problem.residents_known)
            )
            precise = int(asked[0] == reachable[0])  # to hundredths only where they would look the same
            msg = (
                f"Part de {asked[precise]} hors d'atteinte : même en labellisant tous les lieux "
                f"candidats, {reachable[precise]} des habitants seraient {within_text(threshold_min)} d'un "
                f"site. Demandez moins, ou un seuil plus long."
            )
            raise ParameterError(msg)
    control.progress(0.3, "Choix glouton, puis échanges…")
    chosen = fewest(benefits, target, control.stopped)
    bound = fewest_bound(benefits, target, len(chosen), rounds=not exact, stopped=control.stopped)
    if exact and not control.stopped():
        control.progress(0.6, "Modèle exact…")
        best = fewest_labels(benefits, target, chosen, bound, time_limit_s=control.left_s(), stopped=control.stopped)
        chosen, bound = best.selected, int(best.bound)
    return Solution(chosen, float(len(chosen)), float(bound))


def _center(problem: SitingProblem, count: int, *, exact: bool, control: Control) -> Solution:
    """Solve the p-center problem by covering problems (Daskin 1995): the least radius that `count` labels cover.

    Sets: I demand points with a way to a site today; J candidates. Variables: y_j = 1 if j gets a label; r the worst
    time. Minimise r subject to ``min(t_i, min_{j: y_j = 1} t_ij) <= r`` for all i and ``sum_j y_j <= p`` (Hakimi
    1964). The optimum is one of the times; for a given r it is a set covering problem, so r is found by bisection.
    Residents without any way to a site today are left out: no plan for the others changes their time.
    """
    today = problem.today_min
    counted = np.isfinite(today) & (problem.residents > 0)
    times = np.concatenate([today[counted], problem.pair_min[counted[problem.pair_demand]]])
    if not len(times):
        return Solution(np.zeros(0, np.int64), 0.0, 0.0)
    worst = float(today[counted].max())
    radii = np.unique(times[times <= worst])
    each = counted.astype(np.float64)
    chosen, high = np.zeros(0, np.int64), len(radii) - 1
    if count == 0:
        return Solution(chosen, worst, worst)

    def question(radius: float) -> tuple[Benefits, float]:
        return coverage_benefits(problem, radius, each), float((each * (today > radius + AT_THRESHOLD_MIN)).sum())

    control.progress(0.3, "Choix glouton, puis échanges…")
    low = 0
    while low < high and not control.stopped():
        middle = (low + high) // 2
        benefits, needed = question(radii[middle])
        plan = most_benefit(benefits, count, control.stopped)
        if benefits.total(plan) >= needed:
            chosen, high = plan, middle
        else:
            low = middle + 1
    control.progress(0.5, "Recherche d'une borne…")
    low, top = 0, high
    while low < top and not control.stopped():
        middle = (low + top) // 2
        benefits, needed = question(radii[middle])
        plan = most_benefit(benefits, count, control.stopped)
        if benefits.total(plan) >= needed:
            chosen, high, top = plan, middle, middle
            continue
        impossible = benefits.most < needed
        if not impossible:
            bound = upper_bound(benefits, count, plan, control.stopped, aim=needed - 1 / 2)
            impossible = bound.value < needed - 1 / 2
        if not impossible and exact:
            cover = fewest(benefits, needed, control.stopped)
            best = fewest_labels(benefits, needed, cover, count, time_limit_s=control.left_s(), stopped=control.stopped)
            impossible = best.bound > count
            if len(best.selected) <= count:
                chosen, high, top = best.selected, middle, middle
                continue
        if impossible:
            low = middle + 1
        else:
            top = middle
    # Labels that the others make useless are not given: the worst time is the same without them.
    useful = _useful(question(radii[high])[0], chosen)
    return Solution(useful, float(radii[high]), float(radii[low]))


def _useful(benefits: Benefits, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the chosen candidates without those that the others make useless."""
    return np.sort(greedy(benefits.of_candidates(chosen), len(chosen)))
