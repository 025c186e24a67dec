"""What is asked of a plan on screen, and its calculation; without Streamlit: the process beside the app has both."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache as cache_once
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cachetools import LRUCache

from geo.answers.plan_near import near_sentence, near_with_labels, times_today
from geo.settings import Settings
from geo.siting.plan import plan
from geo.siting.problem import siting_problem
from geo.territory.fetched import fetched_zone

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Hashable, Mapping
    from pathlib import Path

    import pandas as pd

    from geo.siting.bus_stops import StopsAsked
    from geo.siting.candidates import CandidateRule
    from geo.siting.costs import Costs, Payer
    from geo.siting.criteria import Weights
    from geo.siting.plan import Plan
    from geo.siting.problem import SitingProblem
    from geo.siting.solve import Model
    from geo.sources.provenance import SourceTable
    from geo.territory import Territory

#: Bytes of the problems kept for the next plans; that of a département known by its communes takes 0.1 to 0.6 MB.
_KEPT_BYTES: Final = 24_000_000


@dataclass(frozen=True, slots=True)
class PlanQuestion:
    """All that a plan depends on, as values that can be compared; files by the digest of their bytes."""

    identity: str
    model: Model
    labels: int | None
    threshold_min: float
    min_share: float | None
    weights: Weights
    costs: Costs
    budget_eur: float | None
    payer: Payer
    exclude: tuple[str, ...]
    rule: CandidateRule | None
    stops: StopsAsked | None
    kinds: frozenset[str]
    files: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class PlanAsked:
    """A question to the process beside the app.

    `source`: what `Territory.load` makes the territory from; `fingerprint`: that of the territory that is meant.
    """

    source: str
    fingerprint: str
    question: PlanQuestion


class PlanMade(NamedTuple):
    """A plan and what it changes for those who walk or cycle, in one sentence (`geo.answers.plan_near`)."""

    plan: Plan
    near: str


def near_of(territory: Territory, plan: Plan, today: Callable[..., tuple[pd.DataFrame, bool]] = times_today) -> str:
    """Return what a plan of a territory changes for those who walk or cycle, in one sentence; empty for nothing.

    `today`: As `geo.answers.plan_near.near_with_labels` takes it.
    """
    return near_sentence(near_with_labels(territory.parts, plan, today=today))


def plan_of(
    territory: Territory,
    question: PlanQuestion,
    inputs: Mapping[str, Any],
    prepare: Callable[..., SitingProblem],
    *,
    progress: Callable[[float, str], None],
    cancel: Callable[[], bool],
) -> Plan:
    """Return the plan that a question asks for; `inputs` and the other arguments as `geo.siting.plan.plan` takes them.

    Raises
    ------
    MaillageError
        As `geo.siting.plan.plan`.
    """
    return plan(
        territory,
        question.labels,
        model=question.model,
        threshold_min=question.threshold_min,
        weights=question.weights,
        costs=question.costs,
        budget_eur=question.budget_eur,
        payer=question.payer,
        min_share=question.min_share,
        stops=question.stops,
        kinds=question.kinds,
        progress=progress,
        cancel=cancel,
        prepare=prepare,
        **inputs,
    )


def room_for_problems() -> LRUCache[Hashable, SitingProblem]:
    """Return a place for the problems of the last plans, limited by their bytes."""
    return LRUCache(_KEPT_BYTES, getsizeof=lambda problem: problem.nbytes)


def remembered(
    question: PlanQuestion, problems: LRUCache[Hashable, SitingProblem], lock: threading.Lock
) -> Callable[..., SitingProblem]:
    """Return `siting_problem`, which times nothing again where the last plans had the same candidates and sites.

    `problems`: Those of the last plans; `lock` guards them.
    """
    asked = (question.identity, question.files[0], question.exclude, question.rule, question.kinds)

    def prepare(*args: Any, **options: Any) -> SitingProblem:
        with lock:
            found = problems.get(asked)
        if found is None:
            found = siting_problem(*args, **options)
            with lock, suppress(ValueError):  # larger than all that is kept: made again for the next plan
                problems[asked] = found
        return found

    return prepare


@cache_once
def fetched_frame(name: str, read: Callable[[Path], SourceTable]) -> Any:
    """Return the zones that were fetched before the app began; `None` where there are none."""
    found = fetched_zone(Settings.from_environment(), name, read)
    return None if found is None else found.frame
