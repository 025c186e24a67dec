"""Options that are given and would change nothing in what is asked: refused, not passed over in silence.

The command line and the API, whose parameters are named like its options, ask this one list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.errors import ParameterError
from geo.kinds import SITES, list_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


@dataclass(frozen=True, slots=True)
class Needless:
    """Options that have no effect together with others.

    `commands`: Names of commands; empty: all that have these options. `options`: Names of parameters. `where`: Whether
    they have none, by the values of all parameters. `needed`: What would give them one, in French.
    """

    commands: Collection[str]
    options: tuple[str, ...]
    where: Callable[[Mapping[str, Any]], bool]
    needed: str


def _absent(*names: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return whether none of these options is given."""
    return lambda values: not any(values.get(name) for name in names)


_TRIP: Final = ("walk_min", "way_min", "visit_min", "direct_walk_min")
_QUESTION: Final = ("threshold", "rule", "min_share", "buses", "antennes")
#: All of them; the first that applies is told.
NEEDLESS: Final = (
    Needless(
        ("nearest", "diagnose"),
        _TRIP,
        lambda values: values.get("mode") != "transit",
        "n'a de sens qu'avec --mode transit",
    ),
    Needless(
        ("diagnose",),
        ("day", "window"),
        lambda values: values.get("mode") != "transit",
        "n'a de sens qu'avec --mode transit",
    ),
    Needless(
        ("diagnose",),
        (*_QUESTION, "facilities"),
        lambda values: values.get("mode") == "transit",
        "ne s'applique pas avec --mode transit",
    ),
    Needless(
        ("diagnose",),
        ("rule", "min_share"),
        lambda values: values.get("mode") in {"walk", "bike"},
        "ne s'applique ni avec --mode walk ni avec --mode bike",
    ),
    Needless(
        ("map",),
        ("threshold", "facilities", "rule", "min_share"),
        lambda values: values["kind"] == "saved",
        "ne s'applique pas à la carte saved",
    ),
    Needless(
        ("map",),
        ("facilities", "rule", "min_share"),
        lambda values: values["kind"] == "hours",
        "ne s'applique pas à la carte hours",
    ),
    Needless(
        ("map",),
        ("facilities",),
        lambda values: values["kind"] == "change",
        "ne s'applique pas à la carte change",
    ),
    Needless(
        (), ("min_share",), lambda values: values.get("rule", "share") != "share", "n'a de sens qu'avec --rule share"
    ),
    Needless(
        ("diagnose", "map", "batch"),  # a report may hold a plan, which counts sites
        ("buses", "antennes"),
        lambda values: list_name(values.get("facilities", SITES)) != SITES,
        "ne compte que des sites France services, et --facilities demande une autre liste",
    ),
    Needless(
        ("plan",),
        ("payer", "stop_every"),
        lambda values: bool(values["capacity"]),
        "ne s'applique pas avec --capacity",
    ),
    Needless(
        ("plan",),
        ("stop_every", "stop_cost", "stop_residents"),
        lambda values: values["stops"] == 0,
        "n'a de sens qu'avec des arrêts, et --stops 0 n'en propose aucun",
    ),
    Needless(("plan",), ("mode_beside",), lambda values: bool(values["capacity"]), "ne s'applique pas avec --capacity"),
    Needless(("plan",), ("day",), _absent("mode_beside"), "n'a de sens qu'avec --mode-beside transit"),
    Needless(("changes",), ("date",), _absent("out"), "n'a de sens qu'avec --out, dont les fichiers portent la date"),
    Needless(
        ("batch",),
        ("workers",),
        lambda values: values["scheduler"] is not None,
        "est pour cette machine, et --scheduler calcule ailleurs",
    ),
    Needless(
        ("validate",),
        ("communes", "population"),
        lambda values: values["roads"] != "approximate" and values["reference_roads"] is None,
        "n'a de sens qu'avec --roads approximate ou --reference-roads",
    ),
    Needless(("validate",), ("population",), _absent("communes"), "n'a de sens qu'avec --communes"),
    Needless(
        ("fetch",),
        ("out", "profile"),
        lambda values: bool(values["only"]),
        "n'a de sens que pour un territoire, et --only n'en construit aucun",
    ),
    Needless(
        ("fetch",),
        ("refresh",),
        lambda values: bool(values["offline"]),
        "demande le réseau, que --offline n'utilise pas",
    ),
    Needless(("fetch",), ("profile",), lambda values: bool(values["lists"]), "ne s'applique pas avec --lists"),
)
#: Options that are not called like their parameter.
_CALLED: Final = {"buses": "--bus", "antennes": "--antennes"}


def require_useful(command: str, values: Mapping[str, Any], given: Collection[str]) -> None:
    """Raise `ParameterError` where an option that is given changes nothing.

    `values`: Of all parameters by name. `given`: Those that were asked for, not left to their default.

    Examples
    --------
    >>> require_useful("access", {"rule": "mean-time", "min_share": 0.5}, ["min_share"])
    Traceback (most recent call last):
        ...
    geo.errors.ParameterError: --min-share n'a de sens qu'avec --rule share : retirez --min-share.
    """
    for each in NEEDLESS:
        if each.commands and command not in each.commands:
            continue
        for name in each.options:
            if name in given and each.where(values):
                option = _CALLED.get(name, f"--{name.replace('_', '-')}")
                msg = f"{option} {each.needed} : retirez {option}."
                raise ParameterError(msg)
