"""Plans for two publics as plain values for JSON, beside the plan that they were compared with, and back."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final

import pandas as pd
from pydantic import Field, ValidationError, create_model

from geo.answers.near import TRANSIT
from geo.answers.other_public import PUBLICS
from geo.answers.plan_near import near_with_labels
from geo.answers.two_publics import TwoPublics
from geo.errors import Fault, ParameterError, SchemaError
from geo.finder.candidate_trips import NEW_SITE_HOURS
from geo.finder.named_days import NamedDay
from geo.siting.plan_json import in_french, plan_json
from geo.siting.plan_values import Amount, Share, Values, Whole
from geo.transit.round_trip import Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.siting.plan import Plan
    from geo.territory import Territory

#: Where the comparison is in the JSON of a plan.
WITH_AND_WITHOUT: Final = "with_and_without_car"
#: Plans that are read, at most: today, the plan proposed, and what a search gives.
_MOST_ROWS: Final = 100
_ADVICE: Final = "Refaites-le avec « maillage plan --mode-beside … --out »."


class _DayValues(Values):
    """A day of the timetables."""

    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    zone: str | None
    holiday: str | None
    trips: Whole
    feeds_without: list[str]
    public_holiday: str | None = None


class _RulesValues(Values):
    """What counts as a round trip."""

    walk_min: Amount
    way_min: Amount
    visit_min: Amount
    direct_walk_min: Amount | None = None


class _RowValues(Values):
    """One plan of the comparison."""

    plan: str
    places: str
    codes: list[str]
    labels: Whole
    residents_within: Amount
    share_within: Share | None
    cost_eur: Amount
    not_dominated: bool


class _ComparisonValues(Values):
    """Plans for two publics."""

    day: _DayValues | None
    rules: _RulesValues | None
    labels: Whole
    threshold_min: Amount
    candidates: Whole
    proven: bool
    complete: bool
    on_average: bool
    estimated: bool
    notes: list[str]
    plans: list[Any]


class _RoundTripValues(_ComparisonValues):
    """Plans for round trips of a day."""

    day: _DayValues
    rules: _RulesValues


def _comparison_of(mode: str) -> type[_ComparisonValues]:
    """Return what is read of a comparison, whose plans have the columns of the other public."""
    words = PUBLICS[mode]
    columns: dict[str, Any] = {words.residents: (Amount, ...), words.share: (Share | None, ...)}
    row = create_model("_Row", __base__=_RowValues, **columns)
    plans: Any = (Annotated[list[row], Field(min_length=2, max_length=_MOST_ROWS)], ...)  # type: ignore[valid-type] # made here
    return create_model("_Values", __base__=_RoundTripValues if mode == TRANSIT else _ComparisonValues, plans=plans)


_COMPARISONS: Final = {mode: _comparison_of(mode) for mode in PUBLICS}


def plan_document(plan: Plan, parts: Sequence[Territory], beside: TwoPublics | None = None) -> dict[str, Any]:
    """Return what ``plan.json`` holds: a plan, who is near on foot and by bicycle, the plans with and without a car.

    `beside`: `None` where it was not compared; the key is then absent.
    """
    near = {each.mode: each.to_dict() for each in near_with_labels(parts, plan)}
    content = plan_json(plan, parts) | ({"active": near} if near else {})
    return content if beside is None else content | {WITH_AND_WITHOUT: two_publics_content(beside)}


def two_publics_content(compared: TwoPublics) -> dict[str, Any]:
    """Return the comparison as plain values ready for JSON."""
    plans = compared.table.rename(columns={"best": "not_dominated"})
    return {
        "mode": compared.mode,
        "day": None if compared.day is None else _day_content(compared.day),
        "rules": None if compared.rules is None else asdict(compared.rules),
        "threshold_min": compared.threshold_min,
        "labels": compared.labels,
        "candidates": compared.candidates,
        "proven": compared.proven,
        "complete": compared.complete,
        "on_average": compared.on_average,
        "estimated": compared.estimated,
        **({} if compared.mode != TRANSIT else {"new_site_hours_min": [list(each) for each in NEW_SITE_HOURS]}),
        "notes": list(compared.notes),
        "plans": [{**each, "codes": list(each["codes"])} for each in plans.to_dict("records")],
    }


def two_publics_from_json(content: Any, source: str) -> TwoPublics | None:
    """Return the comparison that `plan_document` put beside a plan; `None` where there is none.

    `content`: the whole of ``plan.json``. `source`: what it is called in a message.

    Raises
    ------
    SchemaError
        What is missing, of another type or out of bounds is listed.
    """
    found = content.get(WITH_AND_WITHOUT) if isinstance(content, dict) else None
    if found is None:
        return None
    where = f"{source}, {WITH_AND_WITHOUT}"
    mode = found.get("mode", TRANSIT) if isinstance(found, dict) else TRANSIT  # none is told of older plans
    if mode not in _COMPARISONS:
        raise SchemaError(where, [Fault(f"mode inconnu, attendu : {', '.join(_COMPARISONS)}")], _ADVICE)
    try:
        read = _COMPARISONS[mode].model_validate(found)
        day = None if read.day is None else _day_of(read.day)
        rules = None if read.rules is None else _rules_of(read.rules)
    except ValidationError as error:
        faults = dict.fromkeys(in_french(each) for each in error.errors(include_url=False))
        raise SchemaError(where, [Fault(text) for text in faults], _ADVICE) from error
    except (ParameterError, ValueError) as error:
        raise SchemaError(
            where, [Fault("le jour ou les règles de l'aller-retour n'ont pas de sens")], _ADVICE
        ) from error
    if not any(row.not_dominated for row in read.plans):
        raise SchemaError(where, [Fault("aucun plan n'y est dit non dominé (not_dominated)")], _ADVICE)
    rows = [row.model_dump() | {"codes": tuple(row.codes)} for row in read.plans]
    return TwoPublics(
        mode=mode,
        day=day,
        rules=rules,
        labels=read.labels,
        threshold_min=read.threshold_min,
        table=pd.DataFrame(rows).rename(columns={"not_dominated": "best"}),
        proven=read.proven,
        complete=read.complete,
        candidates=read.candidates,
        on_average=read.on_average,
        estimated=read.estimated,
        notes=tuple(read.notes),
    )


def _day_content(day: NamedDay) -> dict[str, Any]:
    return asdict(day) | {"date": day.date.isoformat(), "feeds_without": list(day.feeds_without)}


def _day_of(read: _DayValues) -> NamedDay:
    date = dt.date.fromisoformat(read.date)
    return NamedDay(date, read.zone, read.holiday, read.trips, tuple(read.feeds_without), read.public_holiday)


def _rules_of(read: _RulesValues) -> Rules:
    # Of a plan made when one limit held for both walks.
    direct_walk_min = read.walk_min if read.direct_walk_min is None else read.direct_walk_min
    return Rules(**read.model_dump() | {"direct_walk_min": direct_walk_min})
