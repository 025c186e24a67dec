"""The plan that a visitor's choices ask for: its question, what it is made from, and its calculation.

The same plan is shown by a view of *Planifier*, tried with other speeds by another, and printed by *Rapport*.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo.access.active_access import MOST_MIN
from geo.answers.two_publics import TwoPublics, two_publics
from geo.errors import MaillageError
from geo.siting.bus_stops import StopsAsked
from geo.siting.candidates import CandidateRule
from geo.siting.costs import Costs
from geo.siting.criteria import CRITERIA, Weights, Zones
from geo.siting.plan import DEFAULT_TIME_LIMIT_S
from geo.siting.solve import Control
from geo.sources.zones import read_frr, read_qpv
from geo.ui import cache
from geo.ui.background import begin_ahead, calculated
from geo.ui.components.uploads import CANDIDATES, FRR_FILE, QPV_FILE, kept_upload
from geo.ui.kept_answers import kept, once
from geo.ui.own_territory import own_territory
from geo.ui.plan_process import plan_apart
from geo.ui.plan_question import (
    PlanAsked,
    PlanQuestion,
    fetched_frame,
    near_of,
    plan_of,
    remembered,
    room_for_problems,
)
from geo.ui.state import AppState

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from cachetools import LRUCache

    from geo.siting.bus_stops import Every
    from geo.siting.costs import Payer as CostsPayer
    from geo.siting.plan import Plan
    from geo.siting.problem import SitingProblem
    from geo.siting.solve import Model
    from geo.territory import Territory
    from geo.ui.background import Work
    from geo.ui.state import Aim, Mode, Passage, Payer

#: Name of the calculation on the screen.
PLAN: Final = "plan"
#: Name of the calculation of the plans beside it, for two publics.
BESIDE: Final = "plans_beside"
#: What is kept with a plan: its sentence on those who walk or cycle.
_NEAR: Final = "near"
#: What each aim of the address is called by `geo.siting.plan.plan`.
MODELS: Final[Mapping[Aim, Model]] = {
    "habitants": "coverage",
    "tous": "set-cover",
    "trajet": "median",
    "loin": "center",
}
_PAYERS: Final[Mapping[Payer, CostsPayer]] = {"tout": "all", "etat": "state", "porteur": "bearer"}
_EVERY: Final[Mapping[Passage, Every]] = {"semaine": "week", "mois": "month"}


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
    """Return what calculates a plan in a thread: in the process beside the app where there is one that can."""
    inputs = plan_inputs(question)
    prepare = _remembered(question)
    source = None if any(question.files) else cache.source_of(territory)

    def work(progress: Callable[[float, str], None], cancel: Callable[[], bool]) -> Plan:
        made = None
        if source is not None:
            made = plan_apart(PlanAsked(source, territory.fingerprint, question), progress, cancel)
        if made is None:
            return plan_of(territory, question, inputs, prepare, progress=progress, cancel=cancel)
        once(made.plan, _NEAR, lambda: made.near)
        return made.plan

    return work


def near_said(territory: Territory, plan: Plan) -> str:
    """Return what a plan changes for those who walk or cycle, in one sentence; empty for nothing."""
    return once(plan, _NEAR, lambda: near_of(territory, plan))


def modes_beside(territory: Territory, plan: Plan) -> tuple[Mode, ...]:
    """Return for which other publics plans can stand beside one: it has labels, the territory timetables or not."""
    if plan.model != "coverage" or plan.labels.empty:
        return ()
    near: tuple[Mode, ...] = ("walk", "bike") if plan.threshold_min <= MOST_MIN else ()
    return ("transit", *near) if territory.has_timetables else near


def mode_beside(territory: Territory, state: AppState, plan: Plan) -> Mode | None:
    """Return which other public the visitor asked for, round trips unless they did where there are timetables."""
    modes = modes_beside(territory, plan)
    if state.mode in modes:
        return state.mode
    return "transit" if "transit" in modes else None


def plans_beside(territory: Territory, state: AppState, plan: Plan, mode: Mode) -> TwoPublics:
    """Return the visitor's plan compared with those not dominated for two publics, on their day or a usual one.

    `mode`: how the other public comes.

    Raises
    ------
    ParameterError
        The day is none of work, or no timetable knows it; or it was stopped.
    """
    question = plan_question(territory, state)
    inputs = plan_inputs(question)
    prepare = _remembered(question)
    day = state.day if mode == "transit" else None

    def work(progress: Callable[[float, str], None], cancel: Callable[[], bool]) -> TwoPublics:
        return two_publics(
            territory,
            plan,
            day,
            mode=mode,
            candidates=inputs["candidates"],
            exclude=inputs["exclude"],
            prepare=prepare,
            control=Control(DEFAULT_TIME_LIMIT_S, cancel, progress),
        )

    found: TwoPublics = calculated(BESIDE, (question, mode, day), work)[0]
    return found


def _remembered(question: PlanQuestion) -> Callable[..., SitingProblem]:
    return remembered(question, *_problems())


@kept(st.cache_resource, show_spinner=False)
def _problems() -> tuple[LRUCache[Hashable, SitingProblem], threading.Lock]:
    """Return the problems of the last plans, and what guards them."""
    return room_for_problems(), threading.Lock()


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
