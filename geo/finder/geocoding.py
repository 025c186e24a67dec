"""Addresses found by the geocoder of the Géoplateforme, the only outside call of the finder.

What the visitor typed goes to the configured host and nowhere else: not to a log, a file, an error or a redirection.
"""

from __future__ import annotations

import http.client
import json
import math
import queue
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any, Final

from geo.crs import departement_of
from geo.errors import GeocodingError
from geo.finder.gazetteer import MAX_QUERY, FoundPlace

if TYPE_CHECKING:
    from geo.settings import Settings

#: The visitor waits this long (s) at most, whatever the service does.
TIMEOUT_S: Final = 3.0
#: Six places weigh about 5 kB.
MAX_ANSWER_BYTES: Final = 256_000

_CHUNK: Final = 16_384
_MAX_LABEL: Final = 200
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
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
    limit
        How many places to ask for.
    near
        Longitude and latitude (degrees) around which places are preferred; not a filter.

    Returns
    -------
    list of FoundPlace
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
    if not settings.geocoder_url.startswith(("https://", "http://")):
        msg = "Aucun service d'adresses n'est configuré. Cherchez par commune ou par code postal."
        raise GeocodingError(msg)
    answer = _within_time(f"{settings.geocoder_url}?{urllib.parse.urlencode(parameters)}")
    if isinstance(answer, str):
        raise GeocodingError(answer)
    return _places(answer)[:limit]


def _within_time(url: str) -> bytes | str:
    """Return the body of the answer, or the sentence that says why there is none, after 3 s at most.

    The call has a thread of its own because a name may take longer than that to be resolved, and nothing can stop it.
    """
    answers: queue.SimpleQueue[bytes | str] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(_ask(url)), name="geocoding", daemon=True).start()
    try:
        return answers.get(timeout=TIMEOUT_S)
    except queue.Empty:
        return _TOO_LATE


_TOO_LATE: Final = f"Le service d'adresses n'a pas répondu en {TIMEOUT_S:.0f} secondes."
_UNUSABLE: Final = "Le service d'adresses a donné une réponse inutilisable."


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    """Follow no redirection: the address typed is for the configured host alone."""

    def redirect_request(self, *_: Any) -> None:
        """Refuse."""


def _ask(url: str) -> bytes | str:
    """Return the body of the answer, or the French sentence that says why there is none."""
    opener = urllib.request.build_opener(_NoRedirection)
    request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "maillage"})  # noqa: S310 - http(s) was checked
    try:
        with opener.open(request, timeout=TIMEOUT_S) as response:
            return _read(response)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.TOO_MANY_REQUESTS:
            return "Le service d'adresses reçoit trop de demandes en ce moment."
        return f"Le service d'adresses est en panne ou a changé (réponse {error.code})."
    except TimeoutError:
        return _TOO_LATE
    except (OSError, http.client.HTTPException, ValueError):
        return "Le service d'adresses est injoignable."


def _read(response: http.client.HTTPResponse) -> bytes | str:
    """Return the body of an answer that arrives whole, in time and of a sensible size."""
    deadline = time.monotonic() + TIMEOUT_S
    body = b""
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            return _UNUSABLE
        if time.monotonic() > deadline:
            return _TOO_LATE
    return _UNUSABLE if response.length else body  # length: what was announced and has not come


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
        label = _CONTROL.sub(" ", properties["label"])[:_MAX_LABEL].strip()
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
