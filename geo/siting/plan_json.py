"""A plan as plain values for JSON, exact, and back: checked before anything is said of it."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from pydantic import BaseModel, ValidationError

from geo.access.known_part import KnownPart
from geo.errors import Fault, ParameterError, SchemaError, format_fault
from geo.french import format_number
from geo.kinds import KINDS
from geo.question import check_threshold
from geo.siting.access_summary import AccessSummary
from geo.siting.bus_stops import ProposedStops, StopsAsked
from geo.siting.candidates import CandidateRule
from geo.siting.costs import Costs
from geo.siting.criteria import CRITERIA, Weights
from geo.siting.other_plans import WidestPlan, WorstCasePlan
from geo.siting.plan import Plan
from geo.siting.plan_sources import plan_sources
from geo.siting.plan_values import (
    AlternativeValues,
    CommuneValues,
    IdleValues,
    LabelValues,
    LeavingValues,
    PlaceValues,
    PlanValues,
    PreferenceValues,
    RunValues,
    ServedValues,
    StopValues,
    TownValues,
    Values,
    WorstCaseValues,
)
from geo.siting.robustness import Robustness
from geo.siting.visitors import main_loser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.territory import Territory

#: Number of the form written today; a file of another number is refused.
FORMAT: Final = 6
#: Most labels of a plan that is read.
_MOST_LABELS: Final = 5_000
_ADVICE: Final = "Donnez un fichier plan.json écrit par « maillage plan --out »."
_AGAIN: Final = "Refaites-le avec « maillage plan --out »."
#: What the items of a list are called in a message.
_ITEMS: Final = {"selected": "label", "communes": "commune", "alternatives": "autre lieu", "leaving": "site quitté"}
_TYPES: Final = {
    "code": "string",
    "name": "string",
    "commune_code": "string",
    "commune_name": "string",
    "label_code": "string",
    "facility_id": "string",
    "facility_name": "string",
    "within_reach": "bool",
    "centrality": "string",
    "rank": "int64",
    "retained": "int64",
    "variants": "int64",
    "labels": "int64",
    "runs": "int64",
    "in_plan": "bool",
    "proposed": "bool",
    "needed": "int64",
    "credible": "bool",
    "holds_site": "bool",
    "estimated": "bool",
    "time_before_min": "Float64",
    "codes": "object",
}

#: Faults of a number: what is expected, and where its limit is told.
_BOUNDS: Final = {"greater_than_equal": ("au moins", "ge"), "less_than_equal": ("au plus", "le")}


def plan_json(plan: Plan, parts: Sequence[Territory]) -> dict[str, Any]:
    """Return a plan with the networks and the sources that it was made from, as exact plain values.

    The seconds that it took are left out: the same plan is the same text.
    """
    criteria = plan.criteria.to_dict("index")
    manifests = [part.manifest.to_dict() for part in parts]
    return {
        "format": FORMAT,
        "territory": plan.territory,
        "model": plan.model,
        "threshold_min": plan.threshold_min,
        "asked": plan.asked,
        "min_share": plan.min_share,
        "kinds": sorted(plan.kinds),
        "candidates": plan.candidates,
        "candidates_off_network": plan.candidates_off_network,
        "part": plan.part.to_dict(),
        "before": _access(plan.before),
        "after": _access(plan.after),
        "residents_out_of_reach": plan.residents_out_of_reach,
        "objective": plan.objective,
        "optimum": plan.optimum,
        "bound": plan.bound,
        "gap": plan.gap,
        "on_average": plan.on_average,
        "preferences": _records(plan.preferences),
        "idle": _records(plan.idle),
        "robustness": plan.robustness.to_dict(),
        "worst_case": None
        if plan.worst_case is None
        else {
            **_fields(plan.worst_case),
            "labels": _records(plan.worst_case.labels),
            "after": None if plan.worst_case.after is None else _access(plan.worst_case.after),
        },
        "rule": None if plan.rule is None else asdict(plan.rule),
        "rule_lifted": plan.rule_lifted,
        "rule_cost": plan.rule_cost,
        "widest": None
        if plan.widest is None
        else {
            "labels": _records(plan.widest.labels),
            "objective": plan.widest.objective,
            "gap": plan.widest.gap,
            "after": _access(plan.widest.after),
        },
        "interrupted": plan.interrupted,
        "weights": plan.weights.to_dict(),
        "costs": asdict(plan.costs),
        "cost_eur_a_year": plan.cost_eur,
        "aid_eur_a_year": plan.aid_eur,
        "budget_eur": plan.budget_eur,
        "payer": plan.payer,
        "budget_labels": plan.budget_labels,
        "selected": [
            {
                **label,
                "communes": _of_label(plan.served, label["code"]),
                "leaving": _of_label(plan.leaving, label["code"]),
                "takes_over": _takes_over(plan, label),
                "alternatives": _of_label(plan.alternatives, label["code"]),
            }
            for label in _records(plan.labels)
        ],
        "communes": [
            {**commune, "criteria": _plain(criteria[commune["commune_code"]])}
            for commune in _records(plan.communes.rename_axis("commune_code").reset_index())
        ],
        "stops": _stops(plan),
        "networks": [
            {"territory": part.name}
            | {key: manifest["network"][key] for key in ("source", "profile", "approximate", "error", "notes")}
            for part, manifest in zip(parts, manifests, strict=True)
        ],
        "sources": [asdict(each) for each in plan_sources(parts[0].manifest.sources)],
        "built_on": manifests[0]["built_on"],
    }


def plan_from_json(content: Any, territory: Territory, source: str) -> Plan:
    """Return the plan that `plan_json` gave.

    `territory`: The territory that it has to be about.

    Raises
    ------
    SchemaError
        It is not a plan, or one of another format; what is missing, of another type or makes no sense
        is listed, of communes and other places the first faulty one.
    ParameterError
        The plan is about another territory, or a value makes no sense.
    """
    if fault := format_fault(content, "un plan", FORMAT):
        raise SchemaError(source, [Fault(fault)], _AGAIN)
    labels = content.get("selected")
    if isinstance(labels, list) and len(labels) > _MOST_LABELS:  # each fault of each would be worded
        given, most = format_number(len(labels)), format_number(_MOST_LABELS)
        raise SchemaError(source, [Fault(f"{given} labels, au plus {most} sont attendus")], _ADVICE)
    try:
        read = PlanValues.model_validate(content)
    except ValidationError as error:
        faults = dict.fromkeys(in_french(each) for each in error.errors(include_url=False))
        raise SchemaError(source, [Fault(text) for text in faults], _ADVICE) from error
    if faults := dict.fromkeys(_contradictions(read)):
        raise SchemaError(source, [Fault(text) for text in faults], _ADVICE)
    codes = {label.commune_code for label in read.selected} | {commune.commune_code for commune in read.communes}
    strangers = codes - set(territory.communes.index)
    if read.territory != territory.name or strangers:
        where = f", dans des communes d'ailleurs ({', '.join(sorted(strangers)[:5])})" if strangers else ""
        msg = (
            f"{source} : ce plan porte sur « {read.territory[:80]} »{where} ; le territoire ouvert ici est "
            f"« {territory.name} ». Donnez le plan de ce territoire."
        )
        raise ParameterError(msg)
    check_threshold(read.threshold_min)
    return _plan(read)


def _plan(read: PlanValues) -> Plan:
    part = KnownPart(**read.part.model_dump())
    communes = _table(read.communes, CommuneValues, leave={"criteria"}).set_index("commune_code")
    criteria = pd.DataFrame([each.criteria.model_dump() for each in read.communes], columns=list(CRITERIA))
    same = {
        name: getattr(read, name)
        for name in (
            "territory", "model", "asked", "min_share", "candidates", "candidates_off_network",
            "residents_out_of_reach", "objective", "optimum", "bound", "gap", "on_average", "rule_lifted",
            "interrupted", "budget_eur", "payer", "budget_labels",
        )
    }  # fmt: skip
    return Plan(
        **same,
        threshold_min=float(read.threshold_min),
        kinds=frozenset(read.kinds),
        labels=_table(read.selected, LabelValues, leave={"communes", "leaving", "alternatives"}),
        served=_under_labels(read, "communes", ServedValues),
        leaving=_under_labels(read, "leaving", LeavingValues),
        alternatives=_under_labels(read, "alternatives", AlternativeValues),
        communes=communes.astype({"time_after_min": "Float64"}),
        part=part,
        before=AccessSummary(part, **read.before.model_dump()),
        after=AccessSummary(part, **read.after.model_dump()),
        preferences=_table(read.preferences, PreferenceValues),
        idle=_table(read.idle, IdleValues),
        robustness=Robustness(
            _table(read.robustness.runs, RunValues).assign(codes=[tuple(run.codes) for run in read.robustness.runs]),
            _table(read.robustness.places, PlaceValues).set_index("code"),
        ),
        worst_case=None
        if read.worst_case is None
        else WorstCasePlan(
            **{
                **_fields(read.worst_case),
                "labels": _table(read.worst_case.labels, TownValues),
                "after": None
                if read.worst_case.after is None
                else AccessSummary(part, **read.worst_case.after.model_dump()),
            },
        ),
        rule=None if read.rule is None else CandidateRule(**read.rule.model_dump()),
        widest=None
        if read.widest is None
        else WidestPlan(
            labels=_table(read.widest.labels, TownValues),
            objective=read.widest.objective,
            gap=read.widest.gap,
            after=AccessSummary(part, **read.widest.after.model_dump()),
        ),
        time_s=None,
        weights=Weights(**read.weights.model_dump()),
        costs=Costs(**read.costs.model_dump()),
        criteria=criteria.astype("float64").set_axis(communes.index),
        stops=None
        if read.stops is None
        else ProposedStops(
            asked=StopsAsked(**read.stops.asked.model_dump()),
            stops=_table(read.stops.stops, StopValues),
            residents_beyond=read.stops.residents_beyond,
            residents_known_stop=read.stops.residents_known_stop,
            unruled_stops=read.stops.unruled_stops,
            unruled_residents=read.stops.unruled_residents,
            paid=read.stops.paid,
            proven=read.stops.proven,
        ),
    )


def _takes_over(plan: Plan, label: dict[str, Any]) -> dict[str, Any] | None:
    """Return the site whose visitors a label mainly takes as plain values; `None`: there is none."""
    rows = plan.leaving[plan.leaving["label_code"] == label["code"]]
    found = main_loser(rows, label["residents_served"])
    return None if found is None else asdict(found)


def _stops(plan: Plan) -> dict[str, Any] | None:
    """Return the stops proposed beside the labels as plain values."""
    found = plan.stops
    if found is None:
        return None
    return {
        "asked": {**asdict(found.asked), "floor": found.asked.floor},
        "hours_a_month": found.hours_a_month,
        "cost_eur_a_year": found.cost_eur(plan.costs),
        "residents_with_stop": found.residents_with_stop,
        "residents_beyond": found.residents_beyond,
        "residents_known_stop": found.residents_known_stop,
        "unruled_stops": found.unruled_stops,
        "unruled_residents": found.unruled_residents,
        "paid": found.paid,
        "proven": found.proven,
        "stops": _records(found.stops),
    }


def _contradictions(read: PlanValues) -> list[str]:
    """Return what values of the right type do not agree on."""
    faults = []
    if [label.rank for label in read.selected] != list(range(1, len(read.selected) + 1)):
        faults.append("labels : les rangs ne se suivent pas de 1 au dernier")
    for what, codes in (
        ("labels", [label.code for label in read.selected]),
        ("communes", [commune.commune_code for commune in read.communes]),
    ):
        if len(set(codes)) < len(codes):
            faults.append(f"{what} : un code est donné deux fois")
    if unknown := set(read.kinds) - set(KINDS):
        faults.append(f"plan : « kinds » nomme des genres de lieu inconnus ({', '.join(sorted(unknown))[:60]})")
    return faults


def in_french(error: Any) -> str:
    """Return what pydantic found missing or of another type in a plan, and where."""
    places: list[str] = []
    for step in error["loc"]:
        if isinstance(step, int):
            places[-1] = f"{_ITEMS.get(places[-1], places[-1])} {step + 1}"
        else:
            places.append(step)
    where = ", ".join(places[:-1]) or "plan"
    if error["type"] == "missing":
        return f"{where} : « {places[-1]} » manque"
    if bound := _BOUNDS.get(error["type"]):
        words, limit = bound
        given, limit = (format_number(value) for value in (error["input"], error["ctx"][limit]))
        return f"{where} : « {places[-1]} » vaut {given}, {words} {limit} est attendu"
    return f"{where} : « {places[-1]} » vaut {_shown(error['input'])}, d'un autre type que celui attendu"


def _shown(value: Any) -> str:
    """Return a value of the file in a few words."""
    if isinstance(value, dict | list):
        return "un objet" if isinstance(value, dict) else "une liste"
    if isinstance(value, float) and not math.isfinite(value):
        return "un nombre qui n'est pas fini"
    return json.dumps(value, ensure_ascii=False)[:30]


def _fields(found: WorstCasePlan | WorstCaseValues) -> dict[str, Any]:
    return {name: getattr(found, name) for name in WorstCaseValues.model_fields}


def _table(rows: Sequence[BaseModel], form: type[Values], leave: frozenset[str] | set[str] = frozenset()) -> Any:
    columns = [name for name in form.model_fields if name not in leave]
    return _typed(pd.DataFrame([row.model_dump(exclude=set(leave)) for row in rows], columns=columns))


def _under_labels(read: PlanValues, name: str, form: type[Values]) -> pd.DataFrame:
    """Return the rows that stand under each label as one table with its code."""
    rows = [{"label_code": label.code, **row.model_dump()} for label in read.selected for row in getattr(label, name)]
    return _typed(pd.DataFrame(rows, columns=["label_code", *form.model_fields]))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype({name: _TYPES.get(name, "float64") for name in table.columns})


def _access(summary: AccessSummary) -> dict[str, Any]:
    values = asdict(summary)
    part = values.pop("part")
    return {"residents_known": part["residents_known"], "share_within": summary.share_within, **values}


def _of_label(table: pd.DataFrame, label_code: str) -> list[dict[str, Any]]:
    """Return the rows of one label, without its code."""
    return _records(table[table["label_code"] == label_code].drop(columns="label_code"))


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [_plain(row) for row in table.to_dict("records")]


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """Return values for JSON, unknown as `None`."""
    return {str(name): None if pd.isna(value) else value for name, value in row.items()}
