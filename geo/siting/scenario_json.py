"""A scenario as a small JSON text that another person can open, and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NoReturn

from geo.errors import Fault, ParameterError, listed
from geo.siting.scenario import ChangeHours, CloseSite, MoveSite, OpenSite, Place, Scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geo.siting.scenario import Action

#: Number of the form written today; a file of another number is refused.
FORMAT: Final = 1
#: Longest text read: 5,000 actions of 200 characters.
MAX_CHARACTERS: Final = 1_000_000

_ADVICE: Final = "Un fichier écrit par maillage est attendu : enregistrez le scénario à nouveau."
_HEAD: Final = {"format", "name", "territory", "actions"}
_PLACE: Final = {"commune", "lon", "lat"}
#: Keys of each action, besides `action`; those that may be absent after the bar.
_KEYS: Final[Mapping[str, tuple[set[str], set[str]]]] = {
    "open": ({"id", "name"}, {"hours", *_PLACE}),
    "close": ({"id"}, set()),
    "move": ({"id"}, _PLACE),
    "hours": ({"id", "hours"}, set()),
}


def scenario_to_json(scenario: Scenario) -> str:
    """Return a scenario as JSON text: format, name, name of the territory, actions; sites are named by identifier."""
    content = {
        "format": FORMAT,
        "name": scenario.name,
        "territory": scenario.territory,
        "actions": [_record(action) for action in scenario.actions],
    }
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
        msg = f"Scénario : {len(text) / 1e6:.1f} Mo trouvés, au plus {MAX_CHARACTERS / 1e6:.0f} Mo attendu. {_ADVICE}"
        raise ParameterError(msg.replace(".", ",", 1))
    try:
        content = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique_keys)
    except (ValueError, RecursionError) as error:
        said = f" ({error})" if isinstance(error, ParameterError) else ""
        msg = f"Scénario : le texte n'est pas du JSON lisible{said}. {_ADVICE}"
        raise ParameterError(msg) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or isinstance(content.get("format"), bool):
        found = str(content.get("format"))[:40] if isinstance(content, dict) else "aucun"
        msg = f"Scénario : format {found} trouvé, format {FORMAT} attendu. {_ADVICE}"
        raise ParameterError(msg)
    faults = _key_faults(content, _HEAD, set())
    records = content.get("actions", [])
    if not isinstance(records, list):
        faults.append(Fault("« actions » n'est pas une liste"))
        records = []
    actions: list[Action] = []
    for number, record in enumerate(records, 1):
        try:
            actions.append(_action(record))
        except ParameterError as error:
            faults.append(Fault(f"action {number} : {error}"))
    if not faults:
        try:
            return Scenario(content["territory"], content["name"], tuple(actions))
        except ParameterError as error:
            faults.append(Fault(str(error).rstrip(".")))
    raise ParameterError(listed("Scénario", faults, _ADVICE))


def _record(action: Action) -> dict[str, Any]:
    if isinstance(action, OpenSite):
        hours = {} if action.opening_hours is None else {"hours": action.opening_hours}
        return {"action": "open", "id": action.facility_id, "name": action.name, **_where(action.place), **hours}
    if isinstance(action, MoveSite):
        return {"action": "move", "id": action.facility_id, **_where(action.place)}
    if isinstance(action, ChangeHours):
        return {"action": "hours", "id": action.facility_id, "hours": action.opening_hours}
    return {"action": "close", "id": action.facility_id}


def _where(place: Place) -> dict[str, Any]:
    if place.commune_code is not None:
        return {"commune": place.commune_code}
    return {"lon": place.lon, "lat": place.lat}


def _action(record: object) -> Action:
    """Return the action of a record; raise `ParameterError` with all that is wrong with it."""
    if not isinstance(record, dict):
        msg = "un objet est attendu"
        raise ParameterError(msg)
    kind = record.get("action")
    if not isinstance(kind, str) or kind not in _KEYS:
        msg = f"« {str(kind)[:40]} » inconnue, {', '.join(_KEYS)} attendus"
        raise ParameterError(msg)
    needed, optional = _KEYS[kind]
    faults = _key_faults({key: value for key, value in record.items() if key != "action"}, needed, optional)
    if faults:
        raise ParameterError(", ".join(map(str, faults)))
    makers: Mapping[str, Callable[[], Action]] = {
        "open": lambda: OpenSite(record["id"], record["name"], _place(record), record.get("hours")),
        "close": lambda: CloseSite(record["id"]),
        "move": lambda: MoveSite(record["id"], _place(record)),
        "hours": lambda: ChangeHours(record["id"], record["hours"]),
    }
    return makers[kind]()


def _place(record: Mapping[str, Any]) -> Place:
    return Place(record.get("commune"), record.get("lon"), record.get("lat"))


def _key_faults(record: Mapping[str, Any], needed: set[str], optional: set[str]) -> list[Fault]:
    missing = [Fault(f"« {key} » absent") for key in sorted(needed - set(record))]
    return missing + [Fault(f"« {key[:40]} » n'est pas attendu") for key in sorted(set(record) - needed - optional)]


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
