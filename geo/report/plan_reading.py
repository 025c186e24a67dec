"""A plan read back from ``plan.json``: checked before a report shows it."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

from geo.errors import Fault, ParameterError, SchemaError, SourceError
from geo.sources.delimited import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geo.territory import Territory

_WHAT: Final = "Plan"
_ADVICE: Final = "Donnez un fichier plan.json écrit par « maillage plan --out »."
_MAX_BYTES: Final = 50_000_000
_NUMBER: Final = (int, float)
_MAYBE: Final = (int, float, type(None))
#: Keys that a report reads, and of what type.
_PLAN: Final[dict[str, tuple[type, ...]]] = {
    "territory": (str,),
    "model": (str,),
    "threshold_min": _NUMBER,
    "kinds": (list,),
    "candidates": _NUMBER,
    "selected": (list,),
    "arguments": (list,),
    "objective": _NUMBER,
    "objective_unit": (str,),
    "bound": _NUMBER,
    "gap": _NUMBER,
    "before": (dict,),
    "after": (dict,),
    "cost_eur_a_year": _NUMBER,
    "aid_eur_a_year": _NUMBER,
    "notes": (list,),
}
_LABEL: Final[dict[str, tuple[type, ...]]] = {
    "rank": (int,),
    "code": (str,),
    "name": (str,),
    "commune_code": (str,),
    "commune_name": (str,),
    "lon": _NUMBER,
    "lat": _NUMBER,
    "holds_site": (bool,),
    "gain_residents": _NUMBER,
    "gain_alone_residents": _NUMBER,
    "residents_served": _NUMBER,
    "minutes_saved_mean": _MAYBE,
    "cost_eur": _NUMBER,
    "aid_eur": _NUMBER,
    "communes": (list,),
}
_SERVED: Final[dict[str, tuple[type, ...]]] = {
    "commune_name": (str,),
    "residents": _NUMBER,
    "residents_brought": _NUMBER,
    "time_before_min": _MAYBE,
    "time_after_min": _NUMBER,
}
_ARGUMENT: Final[dict[str, tuple[type, ...]]] = {"title": (str,), "summary": (list,), "criteria": (list,)}
_CRITERION: Final[dict[str, tuple[type, ...]]] = {"name": (str,), "met": (bool, type(None)), "sentence": (str,)}
_ACCESS: Final[dict[str, tuple[type, ...]]] = {
    "residents": _NUMBER,
    "residents_within": _NUMBER,
    "share_within": _MAYBE,
    "mean_time_min": _MAYBE,
}


def read_plan(path: Path, territory: Territory) -> dict[str, Any]:
    """Read a plan written by `geo.report.plan_files.write_plan`.

    Raises
    ------
    SourceError
        The file is absent, unreadable, too large, or no JSON.
    SchemaError
        It is not a plan; all that is missing or of another type is listed.
    ParameterError
        The plan is about another territory.
    """
    text = read_text(path, _WHAT, _MAX_BYTES)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"{_WHAT} : « {path.name} » n'est pas du JSON. {_ADVICE}"
        raise SourceError(msg) from error
    faults = _faults(content)
    if faults:
        source = f"{_WHAT} ({path.name})"
        raise SchemaError(source, [Fault(text) for text in faults], _ADVICE)
    plan: dict[str, Any] = content
    strangers = {label["commune_code"] for label in plan["selected"]} - set(territory.communes.index)
    if plan["territory"] != territory.name or strangers:
        where = f", dans des communes d'ailleurs ({', '.join(sorted(strangers)[:5])})" if strangers else ""
        msg = (
            f"Le plan « {path.name} » porte sur « {plan['territory'][:80]} »{where} ; le territoire du rapport est "
            f"« {territory.name} ». Donnez le plan de ce territoire."
        )
        raise ParameterError(msg)
    return plan


def _faults(content: Any) -> list[str]:
    faults = _wrong(content, _PLAN, "plan")
    if faults:
        return faults
    for when in ("before", "after"):
        faults += _wrong(content[when], _ACCESS, when)
    for number, label in enumerate(content["selected"], 1):
        where = f"label {number}"
        faults += _wrong(label, _LABEL, where)
        if isinstance(label, dict) and isinstance(label.get("communes"), list):
            faults += [fault for row in label["communes"] for fault in _wrong(row, _SERVED, f"{where}, communes")]
    for number, argument in enumerate(content["arguments"], 1):
        where = f"argument {number}"
        faults += _wrong(argument, _ARGUMENT, where)
        if isinstance(argument, dict) and isinstance(argument.get("criteria"), list):
            faults += [fault for row in argument["criteria"] for fault in _wrong(row, _CRITERION, f"{where}, critères")]
    if faults:
        return list(dict.fromkeys(faults))
    if len(content["arguments"]) != len(content["selected"]):
        faults.append(f"{len(content['selected'])} labels et {len(content['arguments'])} arguments")
    texts = [*content["notes"], *(line for argument in content["arguments"] for line in argument["summary"])]
    if not all(isinstance(text, str) for text in texts):
        faults.append("notes ou résumés : des textes sont attendus")
    return faults


def _wrong(value: Any, keys: Mapping[str, tuple[type, ...]], where: str) -> list[str]:
    """Return what an object lacks, or holds of another type: a whole number is no truth value, nor the reverse."""
    if not isinstance(value, dict):
        return [f"{where} : un objet est attendu"]
    faults = []
    for key, types in keys.items():
        found = value.get(key)
        if key not in value:
            faults.append(f"{where} : « {key} » manque")
        elif not isinstance(found, types) or (isinstance(found, bool) and bool not in types) or _infinite(found):
            faults.append(f"{where} : « {key} » vaut {str(found)[:30]!r}, d'un autre type que celui attendu")
    return faults


def _infinite(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
