"""What may be asked over HTTP: parameters named, with their defaults, as the options of the command line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from geo.answers.near import TRANSIT, NearQuestion
from geo.errors import ParameterError
from geo.finder.wishes import Wishes, chosen_day, chosen_moment
from geo.kinds import SITE_KINDS, list_name
from geo.needless import require_useful
from geo.network.modes import CAR, MODES, require_mode
from geo.parameters import MEANING
from geo.question import THRESHOLD_BOUNDS_MIN, Question, worded_question
from geo.transit.round_trip import Rules
from geo.transit.window import Window

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

#: Characters of a text, at most; and of places asked for.
_LONGEST: Final = 200
_MOST_PLACES: Final = 50
_USUAL: Final = Question()
_RULES: Final = Rules()

Text = Annotated[str, Field(max_length=_LONGEST)]


def _one_of(*words: str) -> Any:
    """Describe a text that is one of these words; another one is refused by whoever reads it, in French."""
    return Field(json_schema_extra={"enum": list(words)})


def _meaning(name: str) -> str:
    """Return what a parameter is; the options that it names are parameters here, without hyphens."""
    return MEANING[name].replace("--", "")


Kind = Annotated[Text, _one_of(*sorted(SITE_KINDS))]


def _option(name: str) -> str:
    return name.replace("_", "-")


class _Query(BaseModel):
    """Parameters with the hyphens of the options; one that does not exist is refused."""

    model_config = ConfigDict(alias_generator=_option, extra="forbid")


def require_once(given: Iterable[str]) -> None:
    """Raise `ParameterError` where a parameter is given twice that has one value; `given`: names, as often as they are.

    Examples
    --------
    >>> require_once(["kind", "kind", "k"])
    >>> require_once(["k", "k"])
    Traceback (most recent call last):
        ...
    geo.errors.ParameterError: k est donné 2 fois : une seule valeur est attendue. Retirez les autres.
    """
    for name, times in Counter(given).items():
        if times > 1 and name != "kind":
            msg = f"{name} est donné {times} fois : une seule valeur est attendue. Retirez les autres."
            raise ParameterError(msg)


class _TripQuery(_Query):
    """What makes a round trip by public transport possible."""

    walk_min: Annotated[float, Field(ge=0, le=120, description=_meaning("walk-min"))] = _RULES.walk_min
    way_min: Annotated[float, Field(ge=0, le=1440, description=_meaning("way-min"))] = _RULES.way_min
    visit_min: Annotated[float, Field(ge=0, le=1440, description=_meaning("visit-min"))] = _RULES.visit_min
    direct_walk_min: Annotated[float, Field(ge=0, le=120, description=_meaning("direct-walk-min"))] = (
        _RULES.direct_walk_min
    )

    def rules(self) -> Rules:
        """Return them as one value."""
        return Rules(self.walk_min, self.way_min, self.visit_min, self.direct_walk_min)


class NearQuery(_TripQuery):
    """What ``/nearest`` is asked, as ``maillage nearest``."""

    commune: Annotated[
        Text | None, Field(description="Commune, code INSEE ou code postal ; sinon lon et lat.", examples=["Sare"])
    ] = None
    lon: Annotated[float | None, Field(ge=-180, le=180, description=_meaning("lon"))] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, description=_meaning("lat"))] = None
    k: Annotated[int, Field(ge=1, le=_MOST_PLACES, description=_meaning("k"))] = 5
    facilities: Annotated[Text, Field(description=_meaning("facilities"))] = "sites"
    mode: Annotated[
        Text,
        _one_of(*MODES, TRANSIT),
        Field(description=_meaning("nearest mode")),
    ] = CAR
    at: Annotated[
        Text | None,
        Field(
            description=_meaning("at"),
            examples=["2026-11-24 17:30"],
        ),
    ] = None
    open_: Annotated[bool, Field(alias="open", description=_meaning("open"))] = False
    saturday: Annotated[bool, Field(description=_meaning("saturday"))] = False
    evening: Annotated[bool, Field(description=_meaning("evening"))] = False
    no_appointment: Annotated[bool, Field(description=_meaning("no-appointment"))] = False
    kind: Annotated[list[Kind], Field(max_length=10, description=_meaning("kind"))] = []
    operator: Annotated[Text | None, Field(description=_meaning("operator"))] = None

    def question(self) -> NearQuestion:
        """Return what is asked; raise `ParameterError` where a word of it is not understood, or changes nothing."""
        require_useful("nearest", self.model_dump(), self.model_fields_set)
        wishes = Wishes(
            at=None if self.at is None else chosen_moment(self.at),
            open_then=self.open_,
            saturday=self.saturday,
            evening=self.evening,
            without_appointment=self.no_appointment,
            kinds=frozenset(self.kind or SITE_KINDS),
            operator=self.operator,
        )
        return NearQuestion(wishes, self.rules(), self.k, list_name(self.facilities), self.mode)


@dataclass(frozen=True, slots=True)
class CoverageAsked:
    """What is measured: `question` by `mode`; by public transport the round trips of `day`, `None`: a usual one.

    `rules` and `window`: of these round trips.
    """

    question: Question
    mode: str
    day: dt.date | None
    rules: Rules
    window: Window


class CoverageQuery(_TripQuery):
    """What ``/coverage`` is asked, as ``maillage diagnose``."""

    territory: Annotated[
        Text | None,
        Field(
            description="Code d'un département (64), numéro SIREN ou nom d'une intercommunalité, là où toute la France "
            "est servie ; sinon tout le territoire servi."
        ),
    ] = None
    threshold: Annotated[
        float, Field(ge=THRESHOLD_BOUNDS_MIN[0], le=THRESHOLD_BOUNDS_MIN[1], description="Seuil en minutes, compris.")
    ] = _USUAL.threshold_min
    facilities: Annotated[Text, Field(description=_meaning("facilities"))] = _USUAL.facilities
    rule: Annotated[Text, _one_of("mean-time", "share"), Field(description=_meaning("rule"))] = "mean-time"
    min_share: Annotated[float, Field(gt=0, le=1, description=_meaning("min-share"))] = _USUAL.rule.min_share
    buses: Annotated[bool, Field(alias="bus", description=_meaning("bus"))] = "bus" in _USUAL.kinds
    antennes: Annotated[bool, Field(description=_meaning("antennes"))] = "antenne" in _USUAL.kinds
    mode: Annotated[
        Text,
        _one_of(*MODES, TRANSIT),
        Field(description=_meaning("diagnose mode")),
    ] = CAR
    day: Annotated[
        Text | None,
        Field(
            description=_meaning("day"),
            examples=["2025-02-04"],
        ),
    ] = None
    window: Annotated[Text, Field(description=_meaning("window"))] = "07:00-09:00"

    def asked(self) -> CoverageAsked:
        """Return what is asked; raise `ParameterError` where a word of it is not understood, or changes nothing."""
        if self.mode != TRANSIT:
            require_mode(self.mode, TRANSIT)
        require_useful("diagnose", self.model_dump(), self.model_fields_set)
        question = worded_question(
            self.threshold, self.facilities, self.rule, self.min_share, buses=self.buses, antennes=self.antennes
        )
        day = None if self.day is None else chosen_day(self.day)
        return CoverageAsked(question, self.mode, day, self.rules(), Window.parse(self.window))


def parameters() -> frozenset[str]:
    """Return the names of all parameters.

    Examples
    --------
    >>> sorted(parameters())[:3]
    ['antennes', 'at', 'bus']
    """
    models = (NearQuery, CoverageQuery)
    return frozenset(str(field.alias) for model in models for field in model.model_fields.values())
