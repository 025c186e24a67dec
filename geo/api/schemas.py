"""What the answers look like, as JSON Schema: the keys that are always there; each answer has more of them."""

from __future__ import annotations

from typing import Any, Final


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def _list(items: dict[str, Any], description: str = "") -> dict[str, Any]:
    return {"type": "array", "items": items} | ({"description": description} if description else {})


_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "number"}
_MAYBE: Final = {"type": ["number", "null"]}
_ESTIMATED: Final = {"type": "boolean", "description": "Temps estimé sans fichier de routes"}
_SOURCES: Final = _list(
    _object("dataset vintage licence", dataset=_TEXT, vintage={"type": ["string", "null"]}, licence=_TEXT),
    "Fichiers officiels, avec leur date",
)

_SITE: Final = _object(
    "facility_id name kind status travel_time_min distance_km estimated list_vintage week",
    facility_id=_TEXT,
    name=_TEXT,
    kind=_TEXT,
    travel_time_min=_MAYBE,
    travel_time_low_min=_MAYBE,
    travel_time_high_min=_MAYBE,
    distance_km=_MAYBE,
    estimated=_ESTIMATED,
    list_vintage={"type": ["string", "null"], "description": "Date de la liste où le site figure"},
)
_SITES: Final = _object(
    "search lon lat at sites buses stops none_open notes nothing_open",
    search={"type": ["object", "null"], "description": "Lieu trouvé ; null pour une position"},
    at={"type": "string", "description": "Moment de la réponse, avec son fuseau"},
    sites=_list(_SITE, "Le plus vite joint d'abord"),
    notes=_list(_TEXT, "Ce qui est supposé, les sources et leurs dates"),
)
_ROUND_TRIPS: Final = _object(
    "search day rules round_trips", day=_TEXT, rules={"type": "object"}, round_trips=_list({"type": "object"})
)
_PLACE: Final = _object(
    "id name travel_time_min distance_km estimated",
    id=_TEXT,
    name=_TEXT,
    travel_time_min=_NUMBER,
    distance_km=_NUMBER,
    estimated=_ESTIMATED,
)
#: By mode and list: sites, round trips by public transport, or the places of another list.
NEAREST: Final[dict[str, Any]] = {"anyOf": [_SITES, _ROUND_TRIPS, _list(_PLACE)]}

_BY_CAR: Final = _object(
    "territory threshold_min facilities population residents_known residents_within share_covered "
    "communes_under_served equity network sources notes built_on",
    territory=_TEXT,
    threshold_min=_NUMBER,
    residents_known=_MAYBE | {"description": "Habitants dont le trajet est connu : les parts sont les leurs"},
    residents_within=_MAYBE,
    share_covered=_MAYBE,
    communes_under_served={"type": "integer"},
    network={"type": "object", "description": "Réseau routier ; approximate : temps estimés"},
    sources=_SOURCES,
    notes=_list(_TEXT),
)
_BY_COMMUNE: Final = _list({"type": "object"}, "Les communes, une par ligne")
_NEAR: Final = _object(
    "mode threshold_min facilities residents_known residents_within share_covered estimated method communes_without "
    "by_commune territory network sources notes built_on",
    mode=_TEXT,
    threshold_min=_NUMBER,
    residents_within=_MAYBE,
    share_covered=_MAYBE,
    estimated=_ESTIMATED,
    by_commune=_BY_COMMUNE,
    sources=_SOURCES,
)
_ROUND_TRIPS_OF_ALL: Final = _object(
    "day share rules window communes_without by_commune territory network sources notes built_on",
    day=_TEXT,
    share=_MAYBE,
    by_commune=_BY_COMMUNE,
    sources=_SOURCES,
)
#: By mode: by car; on foot or by bicycle; by public transport.
COVERAGE: Final[dict[str, Any]] = {"anyOf": [_BY_CAR, _NEAR, _ROUND_TRIPS_OF_ALL]}
PLAN: Final = _object(
    "format territory model threshold_min before after selected networks sources built_on",
    territory=_TEXT,
    selected=_list({"type": "object"}, "Labels, le premier à donner d'abord"),
    networks=_list({"type": "object"}, "Réseaux routiers ; approximate : temps estimés"),
    sources=_SOURCES,
)
HEALTH: Final = _object("status territory version", status=_TEXT, territory=_TEXT, version=_TEXT)
PROBLEM: Final = _object(
    "erreur",
    erreur={"type": "string", "description": "Ce qui a été trouvé, ce qui était attendu, quoi faire"},
    places=_list({"type": "object"}),
)
