"""Addresses found by the geocoder of the Géoplateforme, one of the two outside calls of the finder.

What the visitor typed goes to the configured host and nowhere else: not to a log, a file, an error or a redirection.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final

from geo.crs import departement_of
from geo.errors import GeocodingError
from geo.finder.found_place import FoundPlace
from geo.finder.place_query import MAX_QUERY
from geo.french import visible
from geo.sources.http_client import OK, Failure, whole_answer

if TYPE_CHECKING:
    from geo.settings import Settings

#: The visitor waits this long (s) at most, whatever the service does.
TIMEOUT_S: Final = 3.0
#: Six places weigh about 5 kB.
MAX_ANSWER_BYTES: Final = 256_000

_TOO_LATE: Final = f"Le service d'adresses n'a pas répondu en {TIMEOUT_S:.0f} secondes."
_UNUSABLE: Final = "Le service d'adresses a donné une réponse inutilisable."
_UNREACHABLE: Final = "Le service d'adresses est injoignable."
_FAILURES: Final = {
    Failure.ADDRESS: "Aucun service d'adresses n'est configuré. Cherchez par commune ou par code postal.",
    Failure.SILENT: _TOO_LATE,
    Failure.SLOW: _TOO_LATE,
    Failure.CUT: _UNUSABLE,
    Failure.LARGE: _UNUSABLE,
}
_STATUSES: Final = {429: "Le service d'adresses reçoit trop de demandes en ce moment."}
_MAX_LABEL: Final = 200
_POSTCODE: Final = re.compile(r"\d{5}")
_COMMUNE_CODE: Final = re.compile(r"(\d|2[AB])\d{3,4}")


def geocode(
    query: str, settings: Settings, *, limit: int = 6, near: tuple[float, float] | None = None
) -> list[FoundPlace]:
    """Find the places that an address may mean.

    Parameters
    ----------
    query
        An address, or part of one; what is beyond 200 characters is not sent.
    settings
        `geocoder_url` is asked.
    near
        Longitude and latitude (degrees) around which places are preferred; not a filter.

    Returns
    -------
    In the order of the service, of kind "address"; empty where it knows no such address. Entries without a label
    or a usable position are left out.

    Raises
    ------
    GeocodingError
        No geocoder is configured, or it does not answer as it should within 3 s.

    Notes
    -----
    IGN, Géoplateforme, "Géocodage" (index "address", Base Adresse Nationale), at most 50 calls a second.
    """
    parameters = {"q": query.strip()[:MAX_QUERY], "limit": str(limit), "index": "address"}
    if near is not None:
        parameters |= {"lon": f"{near[0]:.4f}", "lat": f"{near[1]:.4f}"}
    answer = whole_answer(
        settings.geocoder_url, parameters, accept="application/json", within_s=TIMEOUT_S, most_bytes=MAX_ANSWER_BYTES
    )
    if isinstance(answer, Failure):
        raise GeocodingError(_FAILURES.get(answer, _UNREACHABLE))
    status, body = answer
    if status != OK:
        raise GeocodingError(
            _STATUSES.get(status, f"Le service d'adresses est en panne ou a changé (réponse {status}).")
        )
    return _places(body)[:limit]


def _places(body: bytes) -> list[FoundPlace]:
    """Return the places of an answer; raise `GeocodingError` where it has not the shape of one."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise GeocodingError(_UNUSABLE)
    places = [place for place in map(_place, features) if place is not None]
    if features and not places:
        raise GeocodingError(_UNUSABLE)
    return places


def _place(feature: Any) -> FoundPlace | None:
    """Return one place, `None` where its label or position is missing or impossible."""
    try:
        lon, lat = feature["geometry"]["coordinates"][:2]
        properties = feature["properties"]
        label = visible(properties["label"])[:_MAX_LABEL].strip()
        postcode, code = properties.get("postcode"), properties.get("citycode")
        score = float(properties.get("score") or 0.0)
        in_degrees = math.isfinite(score) and abs(float(lon)) <= 180.0 and abs(float(lat)) <= 90.0  # noqa: PLR2004
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError):
        return None
    if not in_degrees or not label:
        return None
    known_code = code if isinstance(code, str) and _COMMUNE_CODE.fullmatch(code) else None
    return FoundPlace(
        label=label,
        kind="address",
        commune_code=known_code,
        departement=None if known_code is None else departement_of(known_code),
        postcode=postcode if isinstance(postcode, str) and _POSTCODE.fullmatch(postcode) else None,
        lon=float(lon),
        lat=float(lat),
        score=100.0 * min(max(score, 0.0), 1.0),
    )
