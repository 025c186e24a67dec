"""The plan that a visitor's choices ask for: its question, what it is made from, and its calculation.

The same plan is shown by a view of *Planifier*, tried with other speeds by another, and printed by *Rapport*.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache as cache_once
from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from cachetools import LRUCache

from geo.answers.two_publics import TwoPublics, two_publics
from geo.errors import MaillageError
from geo.settings import Settings
from geo.siting.bus_stops import StopsAsked
from geo.siting.candidates import CandidateRule
from geo.siting.costs import Costs
from geo.siting.criteria import CRITERIA, Weights, Zones
from geo.siting.plan import DEFAULT_TIME_LIMIT_S
from geo.siting.plan import plan as choose
from geo.siting.problem import SitingProblem, siting_problem
from geo.siting.solve import Control
from geo.sources.zones import read_frr, read_qpv
from geo.territory.fetched import fetched_zone
from geo.ui import cache
from geo.ui.background import begin_ahead, calculated
from geo.ui.components.uploads import CANDIDATES, FRR_FILE, QPV_FILE, kept_upload
from geo.ui.kept_answers import kept
from geo.ui.own_territory import own_territory
from geo.ui.state import AppState

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from pathlib import Path

    from geo.siting.bus_stops import Every
    from geo.siting.costs import Payer as CostsPayer
    from geo.siting.plan import Plan
    from geo.siting.solve import Model
    from geo.sources.provenance import SourceTable
    from geo.territory import Territory
    from geo.ui.background import Work
    from geo.ui.state import Aim, Passage, Payer

#: Name of the calculation on the screen.
PLAN: Final = "plan"
#: Name of the calculation of the plans beside it, with and without a car.
BESIDE: Final = "plans_beside"
#: What each aim of the address is called by `geo.siting.plan.plan`.
MODELS: Final[Mapping[Aim, Model]] = {
    "habitants": "coverage",
    "tous": "set-cover",
    "trajet": "median",
    "loin": "center",
}
_PAYERS: Final[Mapping[Payer, CostsPayer]] = {"tout": "all", "etat": "state", "porteur": "bearer"}
#: Bytes of the problems kept for the next plans; that of a département known by its communes takes 0.1 to 0.6 MB.
_KEPT_BYTES: Final = 24_000_000
_EVERY: Final[Mapping[Passage, Every]] = {"semaine": "week", "mois": "month"}


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
    payer: CostsPayer
    exclude: tuple[str, ...]
    rule: CandidateRule | None
    stops: StopsAsked | None
    kinds: frozenset[str]
    files: tuple[str | None, ...]


def plan_question(territory: Territory, state: AppState) -> PlanQuestion:
    """Return the question that the visitor's choices ask of a territory.

    Raises
    ------
    ParameterError
        The costs or a weight make no sense.
    """
    all_of_them = state.aim == "tous"
    by_budget = state.limit == "budget" and not all_of_them
    files = [kept_upload(name) for name in (CANDIDATES, FRR_FILE, QPV_FILE)]
    return PlanQuestion(
        identity=cache.fingerprint(territory),
        model=MODELS[state.aim],
        labels=None if all_of_them or by_budget else state.labels,
        threshold_min=state.question.threshold_min,
        min_share=state.cover_percent / 100 if all_of_them and state.cover_percent < 100 else None,  # noqa: PLR2004
        weights=Weights(*(getattr(state, f"weight_{name}") for name in CRITERIA)),
        costs=Costs(state.cost_eur, state.aid_eur, float(state.pass_eur) or None),
        budget_eur=float(state.budget_eur) if by_budget else None,
        payer=_PAYERS[state.payer] if by_budget else "all",
        exclude=excluded_places(territory, state),
        rule=None if files[0] is not None else CandidateRule(state.least_residents, centralities=not state.everywhere),
        stops=None
        if not state.stops
        else StopsAsked(state.stops, _EVERY[state.stop_every], 0 if state.stops_for_few else None),
        kinds=state.question.kinds,
        files=tuple(None if file is None else file.digest for file in files),
    )


def plan_inputs(question: PlanQuestion) -> dict[str, Any]:
    """Return the candidates, their rule, exclusions and zones of a question, as `geo.siting.plan.plan` takes them."""
    candidates, frr, qpv = (kept_upload(name) for name in (CANDIDATES, FRR_FILE, QPV_FILE))
    tables = {
        "frr": fetched_frame("frr", read_frr) if frr is None else frr.table,
        "qpv": fetched_frame("qpv", read_qpv) if qpv is None else qpv.table,
    }
    return {
        "candidates": None if candidates is None else candidates.table,
        "rule": question.rule,
        "exclude": question.exclude,
        "zones": Zones(**tables),
    }


@cache_once
def fetched_frame(name: str, read: Callable[[Path], SourceTable]) -> Any:
    """Return the zones that were fetched before the app began; `None` where there are none."""
    found = fetched_zone(Settings.from_environment(), name, read)
    return None if found is None else found.frame


def chosen_plan(territory: Territory, state: AppState) -> tuple[Plan, bool]:
    """Return the plan for the visitor's choices, and whether its search was stopped."""
    question = plan_question(territory, state)
    return calculated(PLAN, question, _work(territory, question))


def plan_ahead(territory: Territory, state: AppState) -> None:
    """Begin the plan that *Planifier* opens on, where the visitor's choices are the usual ones.

    All visitors share it, and hardly one changes the choices before they have seen the screen.
    """
    usual = plan_question(territory, AppState())
    if own_territory() is not None or any(usual.files):
        return
    with suppress(MaillageError):  # told on that screen
        if plan_question(territory, state) == usual:
            begin_ahead(PLAN, usual, _work(territory, usual))


def _work(territory: Territory, question: PlanQuestion) -> Work:
    """Return what calculates a plan in a thread."""
    inputs = plan_inputs(question)
    prepare = _remembered(question)

    def work(progress: Callable[[float, str], None], cancel: Callable[[], bool]) -> Plan:
        return choose(
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

    return work


def can_be_compared(territory: Territory, plan: Plan) -> bool:
    """Tell whether plans with and without a car can stand beside one: it has labels, the territory timetables."""
    return territory.has_timetables and plan.model == "coverage" and len(plan.labels) > 0


def plans_beside(territory: Territory, state: AppState, plan: Plan) -> TwoPublics:
    """Return the visitor's plan beside those that none beats, with and without a car, on their day or a usual one.

    Raises
    ------
    ParameterError
        The day is none of work, or no timetable knows it; or it was stopped.
    """
    question = plan_question(territory, state)
    inputs = plan_inputs(question)
    prepare = _remembered(question)

    def work(progress: Callable[[float, str], None], cancel: Callable[[], bool]) -> TwoPublics:
        return two_publics(
            territory,
            plan,
            state.day,
            candidates=inputs["candidates"],
            exclude=inputs["exclude"],
            prepare=prepare,
            control=Control(DEFAULT_TIME_LIMIT_S, cancel, progress),
        )

    found: TwoPublics = calculated(BESIDE, (question, state.day), work)[0]
    return found


def _remembered(question: PlanQuestion) -> Callable[..., SitingProblem]:
    """Return `siting_problem`, which times nothing again where the last plans had the same candidates and sites."""
    problems, lock = _problems()
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


@kept(st.cache_resource, show_spinner=False)
def _problems() -> tuple[LRUCache[Hashable, SitingProblem], threading.Lock]:
    """Return the problems of the last plans, and what guards them."""
    return LRUCache(_KEPT_BYTES, getsizeof=lambda problem: problem.nbytes), threading.Lock()


def excluded_places(territory: Territory, state: AppState) -> tuple[str, ...]:
    """Return the codes of the places left out that are candidates."""
    names = candidate_names(territory)
    return tuple(code for code in state.excluded if code in names)


def candidate_names(territory: Territory) -> dict[str, str]:
    """Return the names of the places that may be left out, by code, in the order of the alphabet."""
    given = kept_upload(CANDIDATES)
    if given is None:
        return cache.commune_titles(territory, cache.fingerprint(territory))
    rows = zip(given.table["facility_id"], given.table["name"], strict=True)
    return {str(code): f"{name} ({code})" for code, name in sorted(rows, key=lambda row: (str(row[1]), str(row[0])))}
