"""Plans side by side: coverage by car, round trips without one, cost; those that no other one beats for both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.answers.answer import Answer
from geo.answers.without_car import day_words, rules_sentence, transit_notes
from geo.errors import ParameterError
from geo.finder.candidate_trips import NEW_SITE_HOURS, candidate_round_trips
from geo.finder.named_days import day_named, usual_day
from geo.finder.residents_trips import residents_round_trips
from geo.finder.without_car import RoundTrips
from geo.french import (
    SEMICOLON,
    clock,
    counted,
    format_euros,
    format_integer,
    format_share,
    joined,
    plural,
    within_text,
)
from geo.siting.benefits import coverage_benefits
from geo.siting.problem import siting_problem
from geo.siting.solve import Control
from geo.siting.two_publics import covering, publics_front

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection

    import geopandas as gpd

    from geo.finder.named_days import NamedDay
    from geo.siting.plan import Plan
    from geo.siting.problem import SitingProblem
    from geo.territory import Territory
    from geo.transit.round_trip import Rules

#: What the table is called.
TITLE: Final = "Avec et sans voiture"
_TODAY: Final = "Aujourd'hui"
_PROPOSED: Final = "Plan proposé"
_NAMED: Final = 5
#: Part of the work before the choice itself: today's round trips, then those to the candidates.
_TODAY_DONE, _CANDIDATES_DONE = 0.3, 0.8


@dataclass(frozen=True, eq=False, slots=True)
class TwoPublics:
    """Plans of as many labels side by side, on one day.

    `table`: one row a plan: `plan`, `places` (text); `codes` (tuple of candidate codes); `residents_within`,
    `share_within` (by car, of those known); `residents_round_trip`, `share_round_trip` (without a car, of all
    residents); `cost_eur` a year. The first rows are today and the plan proposed; then those that no other one beats
    for both (`best`, bool), the best by car first: the plan proposed has no row of its own where it is one of them.
    `proven`: whether that is proven. `candidates`: how many places were compared. `on_average`: whether the plan
    proposed was chosen over several hypotheses on times. `estimated`: whether the times by car are.
    """

    territory: str
    day: NamedDay
    rules: Rules
    labels: int
    threshold_min: float
    table: pd.DataFrame
    proven: bool
    candidates: int
    on_average: bool
    estimated: bool

    @property
    def front(self) -> pd.DataFrame:
        """The plans that no other one beats."""
        return self.table[self.table["best"]]


def two_publics(
    territory: Territory,
    plan: Plan,
    day: dt.date | None = None,
    *,
    candidates: gpd.GeoDataFrame | None = None,
    exclude: Collection[str] = (),
    prepare: Callable[..., SitingProblem] = siting_problem,
    control: Control | None = None,
) -> TwoPublics:
    """Set a plan beside those of as many labels that no other one beats for both publics.

    Parameters
    ----------
    territory, plan, candidates, exclude, prepare
        As the plan was made (`geo.siting.plan.plan`).
    day
        A working day, `None`: a usual day of the timetables.
    control
        Time limit of the choices, cancel, progress.

    Raises
    ------
    ParameterError
        No timetables, a plan of another model or without labels, a day that is none of work, or it was stopped.
    """
    if plan.model != "coverage" or not len(plan.labels):
        msg = "Avec et sans voiture se comparent des plans d'un label au moins, du modèle coverage."
        raise ParameterError(msg)
    control = control or Control()
    trips = RoundTrips.of(territory)
    chosen = usual_day(territory) if day is None else day_named(territory, day)
    problem = prepare(territory.parts, candidates, exclude, rule=plan.rule, kinds=plan.kinds)
    credible = problem.candidates["credible"].to_numpy(bool)
    problem = problem.only(credible) if credible.any() else problem
    places = problem.candidates

    def tell(start: float, end: float) -> Callable[[float, str], None]:
        return lambda share, sentence: control.progress(start + (end - start) * share, sentence)

    position = candidate_round_trips(
        trips,
        chosen.date,
        (places["lon"].to_numpy(np.float64), places["lat"].to_numpy(np.float64)),
        tell=tell(0.0, _CANDIDATES_DONE - _TODAY_DONE),
        stopped=control.cancel,
    )
    told = tell(_CANDIDATES_DONE - _TODAY_DONE, _CANDIDATES_DONE)
    found = residents_round_trips(trips, chosen.date, tell=told, stopped=control.cancel)
    population = found["population"].fillna(0.0).to_numpy(np.float64)
    served = found["time_out_min"].notna().to_numpy(bool)
    by_car = coverage_benefits(problem, plan.threshold_min, problem.residents)
    without = covering(*position, np.where(served, 0.0, population), len(places))
    control.progress(_CANDIDATES_DONE, "Choix des plans avec et sans voiture…")
    front = publics_front(by_car, without, len(plan.labels), control)

    def row(name: str, selected: Collection[int], *, best: bool) -> dict[str, Any]:
        rows = np.array(sorted(selected), np.int64)
        within = plan.before.residents_within + by_car.total(rows)
        there = float(population[served].sum()) + without.total(rows)
        towns = places["name"].iloc[rows].tolist()
        return {
            "plan": name,
            "places": joined(towns, _NAMED, "autres lieux") if towns else "",
            "codes": tuple(places["code"].iloc[rows].tolist()),
            "residents_within": within,
            "share_within": plan.part.share(within),
            "residents_round_trip": there,
            "share_round_trip": there / population.sum(),
            "cost_eur": plan.costs.cost_eur * len(rows),
            "best": best,
        }

    proposed = {int(each) for each in pd.Index(places["code"]).get_indexer(pd.Index(plan.labels["code"]))}
    chosen_by = [set(each.selected.tolist()) for each in front]
    rows = [row(_TODAY, (), best=False)]
    rows += [] if proposed in chosen_by else [row(_PROPOSED, proposed, best=False)]
    for name, selected in zip(_names(len(front)), chosen_by, strict=True):
        rows.append(row(f"{name} (plan proposé)" if selected == proposed else name, selected, best=True))
    return TwoPublics(
        territory.name,
        chosen,
        trips.rules,
        len(plan.labels),
        plan.threshold_min,
        pd.DataFrame(rows),
        all(each.proven for each in front),
        len(places),
        plan.on_average,
        plan.part.estimated,
    )


def two_publics_answer(territory: Territory, compared: TwoPublics) -> Answer:
    """Return what the plans come to for both publics; the details are one line a plan."""
    first, last = compared.front.iloc[0], compared.front.iloc[-1]
    count = counted(compared.labels, "nouveau label", "nouveaux labels")
    if len(compared.front) == 1:
        said = f"un même plan est le meilleur pour les deux publics, {_both(first, compared)}"
    else:
        said = (
            f"le plan le meilleur en voiture donne {_both(first, compared)}{SEMICOLON}le meilleur sans voiture, "
            f"{_both(last, compared)}"
        )
    return Answer(
        f"{TITLE}, avec {count} : {said}.",
        details=tuple(_line(each, compared) for each in compared.table.to_dict("records")),
        notes=(
            f"Jour : {day_words(compared.day)}.",
            _method(compared),
            _hours(),
            *((_AVERAGE,) if compared.on_average else ()),
            rules_sentence(compared.rules),
            *transit_notes(territory),
        ),
    )


def two_publics_content(compared: TwoPublics) -> dict[str, Any]:
    """Return the comparison as plain values ready for JSON."""
    plans = compared.table.rename(columns={"best": "not_dominated"})
    return {
        "day": compared.day.date.isoformat(),
        "threshold_min": compared.threshold_min,
        "labels": compared.labels,
        "candidates": compared.candidates,
        "proven": compared.proven,
        "new_site_hours_min": [list(each) for each in NEW_SITE_HOURS],
        "plans": [{**each, "codes": list(each["codes"])} for each in plans.to_dict("records")],
    }


_AVERAGE: Final = (
    "Le plan proposé est choisi en moyenne sur plusieurs hypothèses de temps ; les autres lignes ne comptent que les "
    "temps du milieu, estimés."
)


def _names(count: int) -> list[str]:
    if count == 1:
        return ["Le meilleur pour les deux"]
    return ["Le meilleur en voiture", *["Entre les deux"] * (count - 2), "Le meilleur sans voiture"]


def _both(row: Any, compared: TwoPublics) -> str:
    return (
        f"{format_share(row['share_within'])} des habitants {within_text(compared.threshold_min)} en voiture et "
        f"{format_share(row['share_round_trip'])} avec un aller-retour sans voiture"
    )


def _line(row: Any, compared: TwoPublics) -> str:
    which = f"{row['plan']}, {row['places']}" if row["places"] else str(row["plan"])
    cost = f"{SEMICOLON}{format_euros(row['cost_eur'])} par an" if row["cost_eur"] else ""
    return (
        f"{which} : {within_text(compared.threshold_min)} en voiture, {format_share(row['share_within'])} "
        f"({format_integer(row['residents_within'])} habitants){SEMICOLON}aller-retour sans voiture, "
        f"{format_share(row['share_round_trip'])} ({format_integer(row['residents_round_trip'])}){cost}."
    )


def _method(compared: TwoPublics) -> str:
    among = f"parmi {counted(compared.candidates, 'lieu candidat', 'lieux candidats')}"
    if not compared.proven:
        return f"Plans choisis {among} ; le calcul a été arrêté avant la preuve qu'aucun autre ne fait mieux."
    plans = plural(len(compared.front), "Ce plan", "Chacun de ces plans")
    times = ", pour ces temps estimés," if compared.estimated else ","
    return (
        f"{plans} : {among}{times} aucun autre choix d'autant de labels ne fait mieux à la fois en voiture et sans "
        f"voiture."
    )


def _hours() -> str:
    hours = [f"de {clock(start)} à {clock(end)}" for start, end in NEW_SITE_HOURS]
    return f"Un nouveau site est supposé ouvert {' et '.join(hours)} les jours ouvrés."
