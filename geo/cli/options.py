"""Options that several commands share, and what they mean."""

from __future__ import annotations

import datetime as dt
import inspect
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from geo.errors import ParameterError
from geo.kinds import SITE_KINDS
from geo.parameters import MEANING
from geo.question import DEFAULT_LEAST_RESIDENTS, Question, worded_question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geo.finder.wishes import Wishes
    from geo.siting.candidates import CandidateRule
    from geo.siting.criteria import Weights
    from geo.territory import Territory
    from geo.territory.country import Country
    from geo.transit.round_trip import Rules

TerritoryFolder = Annotated[
    Path | None,
    typer.Argument(
        metavar="[TERRITOIRE]",
        help="Code d'un département (64), numéro SIREN ou nom d'une intercommunalité, ou dossier écrit par « build » ; "
        "sans lui, toute la France.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="N'écrit que du JSON sur la sortie standard.")]
PopulationFile = Annotated[Path | None, typer.Option(help="Populations légales (INSEE, PMUN).")]
Profile = Annotated[str, typer.Option(help="Profil de vitesse : courant ou fluide.")]
Facilities = Annotated[str, typer.Option(help=MEANING["facilities"])]

Day = Annotated[str | None, typer.Option(help="Date à écrire, AAAA-MM-JJ ; celle du jour sinon.")]


#: What is asked where no option says otherwise.
_USUAL: Final = Question()


def asked_question(
    threshold: Annotated[
        float,
        typer.Option(
            help="Seuil en minutes, compris, des parts d'habitants et des communes sous-desservies ; la capacité "
            "d'« access » n'en dépend pas."
        ),
    ] = _USUAL.threshold_min,
    facilities: Facilities = _USUAL.facilities,
    rule: Annotated[str, typer.Option(help=MEANING["rule"])] = _USUAL.rule.kind.replace("_", "-"),
    min_share: Annotated[float, typer.Option(help=MEANING["min-share"])] = _USUAL.rule.min_share,
    buses: Annotated[bool, typer.Option("--bus/--no-bus", help=MEANING["bus"])] = "bus" in _USUAL.kinds,
    antennes: Annotated[bool, typer.Option("--antennes/--no-antennes", help=MEANING["antennes"])] = "antenne"
    in _USUAL.kinds,
) -> Question:
    """Return what these options ask; raise `ParameterError` where that makes no sense."""
    return worded_question(threshold, facilities, rule, min_share, buses=buses, antennes=antennes)


def asked_wishes(
    at: Annotated[str | None, typer.Option(help=MEANING["at"])] = None,
    open_then: Annotated[bool, typer.Option("--open", help=MEANING["open"])] = False,
    saturday: Annotated[bool, typer.Option("--saturday", help=MEANING["saturday"])] = False,
    evening: Annotated[bool, typer.Option("--evening", help=MEANING["evening"])] = False,
    no_appointment: Annotated[bool, typer.Option("--no-appointment", help=MEANING["no-appointment"])] = False,
    kind: Annotated[list[str] | None, typer.Option(help=MEANING["kind"])] = None,
    operator: Annotated[str | None, typer.Option(help=MEANING["operator"])] = None,
) -> Wishes:
    """Return what these options ask of a site."""
    from geo.finder.wishes import Wishes, chosen_moment

    return Wishes(
        at=None if at is None else chosen_moment(at),
        open_then=open_then,
        saturday=saturday,
        evening=evening,
        without_appointment=no_appointment,
        kinds=frozenset(kind or SITE_KINDS),
        operator=operator,
    )


def asked_rules(
    walk_min: Annotated[float, typer.Option(help=MEANING["walk-min"])] = 20.0,
    way_min: Annotated[float, typer.Option(help=MEANING["way-min"])] = 120.0,
    visit_min: Annotated[float, typer.Option(help=MEANING["visit-min"])] = 45.0,
    direct_walk_min: Annotated[float, typer.Option(help=MEANING["direct-walk-min"])] = 30.0,
) -> Rules:
    """Return what makes a round trip by public transport possible."""
    from geo.transit.round_trip import Rules

    return Rules(walk_min, way_min, visit_min, direct_walk_min)


def some(made_by: Callable[..., Any], *names: str) -> Callable[..., Any]:
    """Return the same function with only these options; the others keep their defaults."""
    every = _parameters(made_by, "return")
    made = partial(made_by)
    made.__signature__ = inspect.Signature([every[name] for name in names])  # type: ignore[attr-defined]
    return made


def with_options(**makers: Callable[..., Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Replace an argument of a command by the options of a function, whose result becomes the argument.

    `makers`: Function by name of the argument; the types of both are read while running, for typer makes options of
    them.
    """
    shared = {argument: _parameters(made_by, "return") for argument, made_by in makers.items()}

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = _parameters(command, *makers)
        listed = [each for name in own for each in shared.get(name, {name: own[name]}).values()]

        @wraps(command)
        def called(**options: Any) -> None:
            made = {
                argument: made_by(**{name: options.pop(name) for name in shared[argument]})
                for argument, made_by in makers.items()
            }
            command(**made, **options)

        called.__annotations__ = {each.name: each.annotation for each in listed}
        called.__signature__ = inspect.Signature(  # type: ignore[attr-defined] # typer reads it
            [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in listed]
        )
        return called

    return decorate


def _parameters(function: Callable[..., Any], *unread: str) -> Mapping[str, inspect.Parameter]:
    """Return the parameters of a function with their types; those of `unread` are known to type checkers only."""
    for name in unread:
        getattr(function, "__annotations__", {}).pop(name, None)
    return inspect.signature(function, eval_str=True).parameters


def load_territory(folder: Path | None, *, drawn: bool = True) -> Territory:
    """Return the territory that a command names: a folder or a view of the embedded France, all of it for `None`.

    `drawn`: As for `geo.territory.Territory.embedded`.
    """
    from geo.territory import Territory

    return Territory.load(folder, drawn=drawn)


def load_area(folder: Path | None) -> Territory | Country:
    """Return what is saved in `folder`: a territory, or a whole country."""
    from geo.territory.country import Country

    return Country.load(folder) if folder is not None and Country.is_saved_at(folder) else load_territory(folder)


def chosen_weights(texts: Sequence[str]) -> Weights:
    """Return the weights given as CRITERION=NUMBER."""
    from geo.siting.criteria import CRITERIA, Weights

    chosen: dict[str, float] = {}
    for text in texts:
        name, _, number = text.partition("=")
        try:
            chosen[name.strip()] = float(number.replace(",", "."))
        except ValueError:
            chosen["?"] = 0.0
        if set(chosen) - set(CRITERIA):
            msg = f"--weight « {text} » refusé. Attendu : CRITERE=POIDS, le critère étant {', '.join(CRITERIA)}."
            raise ParameterError(msg)
    return Weights(**chosen)


def chosen_rule(least_residents: int | None, *, everywhere: bool) -> CandidateRule | None:
    """Return which communes may get a label; `None` where nothing was asked."""
    from geo.siting.candidates import CandidateRule

    if least_residents is None and not everywhere:
        return None
    least = DEFAULT_LEAST_RESIDENTS if least_residents is None else least_residents
    return CandidateRule(least, centralities=not everywhere)


def chosen_day(text: str | None) -> dt.date:
    """Return the date given as AAAA-MM-JJ, today for `None`."""
    from geo.finder import wishes

    return dt.datetime.now().astimezone().date() if text is None else wishes.chosen_day(text)
