"""Plans side by side: coverage by car, round trips without one or short ways on foot, cost; those not dominated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.access.active_access import require_threshold
from geo.answers.active_access import active_notes
from geo.answers.answer import Answer
from geo.answers.near import TRANSIT
from geo.answers.other_public import PUBLICS, by_round_trips, by_short_ways, require_public
from geo.answers.plan_candidates import no_other_choice
from geo.answers.round_trips import rules_sentence
from geo.answers.tables import COLUMNS, rounded
from geo.answers.timetable_days import day_words, feeds_without_notes
from geo.answers.without_car import transit_notes
from geo.errors import ParameterError
from geo.finder.candidate_trips import NEW_SITE_HOURS
from geo.finder.named_days import day_named, usual_day
from geo.finder.without_car import RoundTrips
from geo.french import (
    SEMICOLON,
    capital,
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
from geo.siting.two_publics import ALIKE, MOST_OF_ASKED, MOST_PLANS, publics_front

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.answers.other_public import PublicWords
    from geo.finder.named_days import NamedDay
    from geo.siting.benefits import Benefits
    from geo.siting.plan import Plan
    from geo.siting.problem import SitingProblem
    from geo.siting.two_publics import PublicsPlan
    from geo.territory import Territory
    from geo.transit.round_trip import Rules

#: How many plans are shown, the others are in the file.
_SHOWN_PLANS: Final = 14
_TODAY: Final = "Aujourd'hui"
_PROPOSED: Final = "Plan proposé"
_NAMED: Final = 5
#: Part of the work before the choice itself.
_PUBLICS_DONE: Final = 0.8


@dataclass(frozen=True, eq=False, slots=True)
class TwoPublics:
    """Plans side by side.

    `mode`: how the other public comes, of `geo.answers.other_public.PUBLICS`. `day`, `rules`: of its round trips,
    `None` on foot and by bicycle. `labels`: of the plan proposed; others have as many at most. `table`: one row a plan:
    `plan`, `places` (text); `codes` (tuple of candidate codes); `labels`; `residents_within`, `share_within` (by car,
    of those known); the two columns of `words` (the other public, of those whose ways on foot are known); `cost_eur` a
    year. The first rows are today and the plan proposed; then those not dominated (`best`, bool: none is as
    good for both publics with as few labels and better in one of the three), those of most labels first, the best by
    car first among them: the plan proposed has no row of its own where it is one of them. `proven`: whether that is
    proven; `complete`: whether they are all there are. `candidates`: how many places were compared. `on_average`:
    whether the plan proposed was chosen over several hypotheses on times. `estimated`: whether the times by car are.
    `notes`: on the timetables, or on ways on foot and by bicycle.
    """

    mode: str
    day: NamedDay | None
    rules: Rules | None
    labels: int
    threshold_min: float
    table: pd.DataFrame
    proven: bool
    complete: bool
    candidates: int
    on_average: bool
    estimated: bool
    notes: tuple[str, ...]

    @property
    def words(self) -> PublicWords:
        """What the other public is called."""
        return PUBLICS[self.mode]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the table, in the order in which people read it."""
        words = self.words
        shares, residents = ("share_within", words.share), ("residents_within", words.residents)
        return ("two.plan", *shares, *residents, "two.labels", "cost_eur", "two.places")

    @property
    def front(self) -> pd.DataFrame:
        """The plans that are not dominated."""
        return self.table[self.table["best"]]

    @property
    def of_most_labels(self) -> pd.DataFrame:
        """Of these, those of most labels."""
        front = self.front
        most: pd.DataFrame = front[front["labels"] == front["labels"].max()]
        return most

    @property
    def shown(self) -> pd.DataFrame:
        """The rows that are shown: the first ones and, with them, the last of most labels, which the sentence names."""
        if len(self.table) <= _SHOWN_PLANS:
            return self.table
        return self.table.iloc[[*range(_SHOWN_PLANS - 1), max(self.of_most_labels.index[-1], _SHOWN_PLANS - 1)]]


def two_publics(
    territory: Territory,
    plan: Plan,
    day: dt.date | None = None,
    *,
    mode: str = TRANSIT,
    candidates: gpd.GeoDataFrame | None = None,
    exclude: Collection[str] = (),
    prepare: Callable[..., SitingProblem] = siting_problem,
    control: Control | None = None,
) -> TwoPublics:
    """Compare a plan with those not dominated for the two publics, of as many labels or fewer.

    Parameters
    ----------
    territory, plan, candidates, exclude, prepare
        As the plan was made (`geo.siting.plan.plan`).
    day
        A working day, `None`: a usual day of the timetables. Of no use on foot and by bicycle.
    mode
        How the other public comes: of `geo.answers.other_public.PUBLICS`.
    control
        Time limit of the choices, cancel, progress.

    Raises
    ------
    ParameterError
        Another mode, no timetables, a plan of another model or without labels, a longer threshold than people walk, a
        day that is none of work, or it was stopped.
    """
    words = require_public(mode)
    if plan.model != "coverage" or not len(plan.labels):
        msg = "Pour deux publics se comparent des plans d'un label au moins, du modèle coverage."
        raise ParameterError(msg)
    control = control or Control()
    trips, chosen = None, None
    if mode == TRANSIT:
        trips = RoundTrips.of(territory)
        chosen = usual_day(territory) if day is None else day_named(territory, day)
    else:
        require_threshold(mode, plan.threshold_min)
    problem = prepare(territory.parts, candidates, exclude, rule=plan.rule, kinds=plan.kinds)
    problem = problem.with_remote_towns(plan.threshold_min)
    credible = problem.candidates["credible"].to_numpy(bool)
    problem = problem.only(credible) if credible.any() else problem
    places = problem.candidates
    points = places["lon"].to_numpy(np.float64), places["lat"].to_numpy(np.float64)
    if trips is not None and chosen is not None:

        def tell(share: float, sentence: str) -> None:
            control.progress(_PUBLICS_DONE * share, sentence)

        other = by_round_trips(trips, chosen.date, points, tell, control.cancel)
        notes = transit_notes(territory)
    else:
        other = by_short_ways(territory, plan, mode, points)
        notes = active_notes(territory, mode)
    by_car = coverage_benefits(problem, plan.threshold_min, problem.residents)
    control.progress(_PUBLICS_DONE, f"Choix des plans en voiture et {words.way}…")
    front = publics_front(by_car, other.brought, len(plan.labels), Control(control.time_limit_s, control.cancel))
    known = float(other.residents.sum())

    def row(name: str, selected: Collection[int], *, best: bool) -> dict[str, Any]:
        rows = np.array(sorted(selected), np.int64)
        within = plan.before.residents_within + by_car.total(rows)
        there = other.today + other.brought.total(rows)
        towns = places["name"].iloc[rows].tolist()
        return {
            "plan": name,
            "places": joined(towns, _NAMED, "autres lieux") if towns else "",
            "codes": tuple(places["code"].iloc[rows].tolist()),
            "labels": len(rows),
            "residents_within": within,
            "share_within": plan.part.share(within),
            words.residents: there,
            words.share: there / known if known else np.nan,
            "cost_eur": plan.costs.cost_eur * len(rows),
            "best": best,
        }

    proposed = np.sort(pd.Index(places["code"]).get_indexer(pd.Index(plan.labels["code"])))
    chosen_by = [_or_proposed(each, proposed, by_car, other.brought) for each in front.plans]
    rows = [row(_TODAY, (), best=False)]
    rows += [] if any(each is proposed for each in chosen_by) else [row(_PROPOSED, proposed.tolist(), best=False)]
    for name, selected in zip(_names([len(each) for each in chosen_by], words.way), chosen_by, strict=True):
        rows.append(row(f"{name} (plan proposé)" if selected is proposed else name, selected.tolist(), best=True))
    return TwoPublics(
        mode=mode,
        day=chosen,
        rules=None if trips is None else trips.rules,
        labels=len(plan.labels),
        threshold_min=plan.threshold_min,
        table=pd.DataFrame(rows),
        proven=all(each.proven for each in front.plans),
        complete=front.complete,
        candidates=len(places),
        on_average=plan.on_average,
        estimated=plan.part.estimated,
        notes=notes,
    )


def _or_proposed(
    found: PublicsPlan, proposed: NDArray[np.int64], by_car: Benefits, without: Benefits
) -> NDArray[np.int64]:
    """Return the places of a plan, or those of the plan proposed where these do as well with as many labels."""
    figures = len(proposed), by_car.total(proposed), without.total(proposed)
    same = np.allclose(figures, (len(found.selected), found.by_car, found.without_car), rtol=0, atol=ALIKE)
    return proposed if same else found.selected


def two_publics_answer(compared: TwoPublics) -> Answer:
    """Return what the plans come to for both publics; the details are one line a plan."""
    most = compared.of_most_labels
    first, last = most.iloc[0], most.iloc[-1]
    if len(most) == 1:
        said = f"un même plan est le meilleur pour les deux publics, {_both(first, compared)}"
    else:
        said = (
            f"le plan le meilleur en voiture donne {_both(first, compared)}{SEMICOLON}le meilleur "
            f"{compared.words.way}, {_both(last, compared)}"
        )
    return Answer(
        f"{compared.words.title}, avec {_labels(first['labels'])} : {said}.",
        details=tuple(_line(each, compared) for each in compared.table.to_dict("records")),
        notes=(
            *_day_notes(compared.day),
            _method(compared),
            *((_hours(),) if compared.mode == TRANSIT else ()),
            *((_AVERAGE,) if compared.on_average else ()),
            *(() if compared.rules is None else (rules_sentence(compared.rules),)),
            *compared.notes,
        ),
    )


def _day_notes(day: NamedDay | None) -> tuple[str, ...]:
    return () if day is None else (f"Jour : {day_words(day)}.", *feeds_without_notes(day.feeds_without))


def publics_table(compared: TwoPublics) -> pd.DataFrame:
    """Return the table as files hold it: the codes of the places as one text, columns in the order of the screen."""
    codes = compared.table["codes"].map(" ".join).astype("string")
    names = [name.rpartition(".")[2] for name in compared.columns]
    texts = {"plan": "string", "places": "string"}
    return rounded(compared.table.assign(codes=codes)[[*names, "codes", "best"]].astype(texts))


def two_publics_rows(compared: TwoPublics, table: pd.DataFrame | None = None) -> list[list[str]]:
    """Return the table, or some of its rows, as texts: the headings, then a row for each plan."""
    rows = [
        [
            row["plan"],
            format_share(row["share_within"]),
            format_share(row[compared.words.share]),
            format_integer(row["residents_within"]),
            format_integer(row[compared.words.residents]),
            format_integer(row["labels"]),
            format_euros(row["cost_eur"]),
            row["places"],
        ]
        for row in (compared.table if table is None else table).to_dict("records")
    ]
    return [[COLUMNS[name].heading for name in compared.columns], *rows]


_AVERAGE: Final = (
    "Le plan proposé est choisi en moyenne sur plusieurs hypothèses de temps ; les autres lignes ne comptent que les "
    "temps du milieu, estimés."
)


def _names(labels: list[int], way: str) -> list[str]:
    """Return what plans are called, by how many labels each has, those of most first; `way`: of the other public."""
    names = []
    for place, count in enumerate(labels):
        own = labels.count(count)
        rank = place - labels.index(count)
        if own == 1:
            name = "le meilleur pour les deux"
        elif rank in {0, own - 1}:
            name = f"le meilleur {way}" if rank else "le meilleur en voiture"
        else:
            name = "entre les deux"
        names.append(capital(name) if count == labels[0] else f"Avec {counted(count, 'label')}, {name}")
    return names


def _labels(count: int) -> str:
    return counted(count, "nouveau label", "nouveaux labels")


def _both(row: Any, compared: TwoPublics) -> str:
    trip = compared.words.trip
    return (
        f"{format_share(row['share_within'])} des habitants {within_text(compared.threshold_min)} en voiture et "
        f"{format_share(row[compared.words.share])} {f'avec un {trip}' if compared.mode == TRANSIT else trip}"
    )


def _line(row: Any, compared: TwoPublics) -> str:
    words = compared.words
    which = f"{row['plan']}, {row['places']}" if row["places"] else str(row["plan"])
    cost = f"{SEMICOLON}{format_euros(row['cost_eur'])} par an" if row["cost_eur"] else ""
    return (
        f"{which} : {within_text(compared.threshold_min)} en voiture, {format_share(row['share_within'])} "
        f"({format_integer(row['residents_within'])} habitants){SEMICOLON}{words.trip}, "
        f"{format_share(row[words.share])} ({format_integer(row[words.residents])}){cost}."
    )


def _method(compared: TwoPublics) -> str:
    if compared.candidates == 1:
        return no_other_choice(1, communes=False)
    among = f"parmi {counted(compared.candidates, 'lieu candidat', 'lieux candidats')}"
    if not compared.proven:
        return f"Plans choisis {among} ; le calcul a été arrêté avant la preuve qu'aucun autre ne fait mieux."
    apart = "" if compared.table["best"].iloc[1] else " (hors le plan proposé, choisi pour la voiture)"
    plans = f"{plural(len(compared.front), 'Ce plan', 'Chacun de ces plans')}{apart}"
    times = ", pour ces temps estimés," if compared.estimated else ","
    said = (
        f"{plans} : {among}{times} aucun autre choix d'autant de labels, ou de moins, ne fait mieux à la fois en "
        f"voiture et {compared.words.way}."
    )
    if compared.complete:
        return f"{said} Tous les plans dont c'est vrai sont là, à chiffres égaux un seul."
    return (
        f"{said} D'autres existent, entre ceux-ci : la recherche s'arrête à {MOST_PLANS} plans, dont {MOST_OF_ASKED} "
        f"d'autant de labels, ou à la fin du temps donné ; elle commence par les plus éloignés les uns des autres."
    )


def _hours() -> str:
    hours = [f"de {clock(start)} à {clock(end)}" for start, end in NEW_SITE_HOURS]
    return f"Un nouveau site est supposé ouvert {' et '.join(hours)} les jours ouvrés."
