"""A scenario as a small JSON text that another person can open, and back.

The text is checked here, at the border, by models that mirror it; beyond it a scenario is a `Scenario`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NoReturn, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from geo.errors import Fault, ParameterError, format_fault, listed
from geo.french import format_bytes
from geo.siting.scenario import AddStop, ChangeHours, CloseSite, MoveSite, OpenSite, Place, Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from geo.siting.scenario import Action

#: Number of the form written today; a file of another number is refused.
FORMAT: Final = 1
#: Longest text read: 5,000 actions of 200 characters.
MAX_CHARACTERS: Final = 1_000_000

_ADVICE: Final = "Un fichier écrit par maillage est attendu : enregistrez le scénario à nouveau."
_HEAD: Final[Mapping[str, str]] = {"name": "nom du scénario", "territory": "nom du territoire"}
_OF_ACTIONS: Final[Mapping[str, str]] = {
    "id": "identifiant",
    "name": "nom",
    "commune": "code de commune",
    "hours": "horaires",
    "passes": "passages",
}
#: What each fault of the models is called; `key` is as in the file, `what` its name in French.
_FAULTS: Final[Mapping[str, str]] = {
    "missing": "« {key} » absent",
    "extra_forbidden": "« {key} » n'est pas attendu",
    "string_type": "{what} qui n'est pas un texte",
    "float_type": "« {key} » refusé, des degrés sont attendus",
    "list_type": "« {key} » n'est pas une liste",
    "union_tag_invalid": "« {tag} » inconnue, open, close, move, hours, stop attendus",
    "union_tag_not_found": "« action » absent",
    "model_attributes_type": "un objet est attendu",
}


class _Record(BaseModel):
    """An object of the file: its keys and no others, of the very types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Action(_Record):
    """An action, whose values are checked by what it stands for."""

    @model_validator(mode="after")
    def _is_an_action(self) -> Self:
        self.value()
        return self

    def value(self) -> Action:
        raise NotImplementedError


class _Open(_Action):
    action: Literal["open"] = "open"
    id: str
    name: str
    commune: str | None = None
    lon: float | None = None
    lat: float | None = None
    hours: str | None = None

    def value(self) -> OpenSite:
        return OpenSite(self.id, self.name, Place(self.commune, self.lon, self.lat), self.hours)


class _Close(_Action):
    action: Literal["close"] = "close"
    id: str

    def value(self) -> CloseSite:
        return CloseSite(self.id)


class _Move(_Action):
    action: Literal["move"] = "move"
    id: str
    commune: str | None = None
    lon: float | None = None
    lat: float | None = None

    def value(self) -> MoveSite:
        return MoveSite(self.id, Place(self.commune, self.lon, self.lat))


class _Hours(_Action):
    action: Literal["hours"] = "hours"
    id: str
    hours: str

    def value(self) -> ChangeHours:
        return ChangeHours(self.id, self.hours)


class _Stop(_Action):
    action: Literal["stop"] = "stop"
    id: str
    name: str
    commune: str | None = None
    lon: float | None = None
    lat: float | None = None
    passes: str

    def value(self) -> AddStop:
        return AddStop(self.id, self.name, Place(self.commune, self.lon, self.lat), self.passes)


class _File(_Record):
    format: Literal[1] = FORMAT
    name: str
    territory: str
    actions: list[Annotated[_Open | _Close | _Move | _Hours | _Stop, Field(discriminator="action")]]


def scenario_to_json(scenario: Scenario) -> str:
    """Return a scenario as JSON text: format, name, name of the territory, actions; sites are named by identifier.

    Examples
    --------
    >>> scenario = Scenario("Pyrénées-Atlantiques").then(CloseSite("2811"))
    >>> scenario_from_json(scenario_to_json(scenario)) == scenario
    True
    """
    file = _File(name=scenario.name, territory=scenario.territory, actions=[_record(act) for act in scenario.actions])
    content = file.model_dump(exclude_none=True)
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def scenario_from_json(text: str) -> Scenario:
    """Read back what `scenario_to_json` wrote.

    Whether a territory has the sites and communes named is not known here: `geo.siting.scenario.apply` checks it.

    Raises
    ------
    ParameterError
        The text is not such a scenario; all faults are listed.
    """
    if len(text) > MAX_CHARACTERS:
        msg = f"Scénario : {format_bytes(len(text))} trouvés, au plus {format_bytes(MAX_CHARACTERS)} attendu. {_ADVICE}"
        raise ParameterError(msg)
    try:
        content = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique_keys)
    except (ValueError, RecursionError) as error:
        said = f" ({error})" if isinstance(error, ParameterError) else ""
        msg = f"Scénario : le texte n'est pas du JSON lisible{said}. {_ADVICE}"
        raise ParameterError(msg) from error
    if fault := format_fault(content, "un scénario", FORMAT):
        msg = f"Scénario : {fault}. {_ADVICE}"
        raise ParameterError(msg)
    try:
        file = _File.model_validate(content)
        return Scenario(file.territory, file.name, tuple(record.value() for record in file.actions))
    except ValidationError as error:
        faults = [_fault(details) for details in error.errors(include_url=False)]
    except ParameterError as error:
        faults = [Fault(str(error).rstrip("."))]
    raise ParameterError(listed("Scénario", faults, _ADVICE))


def _record(action: Action) -> _Open | _Close | _Move | _Hours | _Stop:
    which = action.facility_id
    if isinstance(action, CloseSite):
        return _Close(id=which)
    if isinstance(action, ChangeHours):
        return _Hours(id=which, hours=action.opening_hours)
    place = action.place
    where: dict[str, Any] = {"commune": place.commune_code, "lon": place.lon, "lat": place.lat}
    if isinstance(action, AddStop):
        return _Stop(id=which, name=action.name, **where, passes=action.passes)
    if isinstance(action, OpenSite):
        return _Open(id=which, name=action.name, **where, hours=action.opening_hours)
    return _Move(id=which, **where)


def _fault(details: ErrorDetails) -> Fault:
    """Return one fault of the models as French."""
    place, said, context = details["loc"], details["type"], details.get("ctx", {})
    in_action = len(place) > 1
    key = str(place[-1])[:40]
    sentence = _FAULTS.get(said, "« {key} » : valeur refusée").format(
        key=key, what=(_OF_ACTIONS if in_action else _HEAD).get(key, key), tag=str(context.get("tag"))[:40]
    )
    if said == "value_error":
        sentence = str(context["error"]).rstrip(".")
    return Fault(f"action {int(place[1]) + 1} : {sentence}" if in_action else sentence)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; a key given twice would silently hide a value."""
    record = dict(pairs)
    if len(record) != len(pairs):
        msg = "une clé est donnée deux fois"
        raise ParameterError(msg)
    return record


def _refuse_constant(word: str) -> NoReturn:
    msg = f"« {word} » n'est pas un nombre"
    raise ParameterError(msg)
