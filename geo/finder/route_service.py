"""The way by car as IGN's route service tells it, asked only when a visitor asks for it.

The start and the sites go to the configured host and nowhere else: not to a log, a file, an error or a redirection.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import threading
import time
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.errors import RouteServiceError
from geo.finder.answer import Route
from geo.finder.start import straight_m
from geo.sources.http_client import OK, Failure, whole_answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.finder.answer import Answer, SiteAnswer
    from geo.settings import Settings

#: A way is waited for this long (s) at most, whatever the service does.
TIMEOUT_S: Final = 3.0
#: The service takes five requests a second from one machine, all visitors together.
INTERVAL_S: Final = 0.2
#: A way of 200 km weighs about 200 kB.
MAX_ANSWER_BYTES: Final = 2_000_000
#: No more sites than these, the nearest first, are asked about at once.
MOST_SITES: Final = 10

_TOO_LATE: Final = f"Le service d'itinéraires de l'IGN n'a pas répondu en {TIMEOUT_S:.0f} secondes."
_UNUSABLE: Final = "Le service d'itinéraires de l'IGN a donné une réponse inutilisable."
_UNREACHABLE: Final = "Le service d'itinéraires de l'IGN est injoignable."
_BUSY: Final = "Le service d'itinéraires de l'IGN reçoit trop de demandes en ce moment : réessayez dans une minute."
_FAILURES: Final = {
    Failure.ADDRESS: "Aucun service d'itinéraires n'est configuré.",
    Failure.SILENT: _TOO_LATE,
    Failure.SLOW: _TOO_LATE,
    Failure.CUT: _UNUSABLE,
    Failure.LARGE: _UNUSABLE,
}
_NO_WAY: Final = 404
_TOO_MANY: Final = 429

_UNITS: Final = {"timeUnit": "minute", "distanceUnit": "meter"}
_POINTS: Final = range(2, 50_001)
_MOST_MINUTES: Final = 24 * 60.0
_FASTEST_M_PER_MIN: Final = 200_000 / 60
#: A way may begin and end this far (m) from where it was asked: where the nearest street is.
_MOST_ASIDE_M: Final = 5_000.0
#: A way is drawn to this many degrees, about five metres.
_TOLERANCE_DEGREES: Final = 5e-5
_DECIMALS: Final = 5


@dataclass(frozen=True, slots=True)
class AskedRoutes:
    """What the service told.

    `routes`: facility id -> way; `no_way`: ids of the sites that it knows no way to; `failure`: a French sentence where
    it failed, after which no further site was asked about; `asked_on`: the day.
    """

    asked_on: dt.date
    routes: Mapping[str, Route] = field(default_factory=dict)
    no_way: tuple[str, ...] = ()
    failure: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON, without the lines."""
        return {
            "asked_on": self.asked_on.isoformat(),
            "routes": {
                site: {"travel_time_min": round(way.travel_time_min, 2), "distance_km": round(way.distance_km, 3)}
                for site, way in self.routes.items()
            },
            "no_way": list(self.no_way),
            "failure": self.failure,
        }


class Pace:
    """At most one call every `interval_s`, whichever thread makes it."""

    def __init__(self, interval_s: float) -> None:
        """Begin free."""
        self.interval_s = interval_s
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self, most_s: float) -> bool:
        """Wait for one's turn; `False`, at once, where that would take longer than `most_s`."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            if turn - now > most_s:
                return False
            self._next = turn + self.interval_s
        time.sleep(turn - now)
        return True


#: The limit is one of the machine, so this is one for the process.
_PACE: Final = Pace(INTERVAL_S)


def ask_routes(answer: Answer, settings: Settings) -> AskedRoutes:
    """Ask for the way from the start of an answer to each of its sites, the nearest first, at most `MOST_SITES`.

    A failure of the service is told in the result, with what came before it.
    """
    routes: dict[str, Route] = {}
    no_way: list[str] = []
    failure = None
    for site in answer.sites[:MOST_SITES]:
        try:
            route = ask_route((answer.start_lon, answer.start_lat), site, settings)
        except RouteServiceError as error:
            failure = str(error)
            break
        if route is None:
            no_way.append(site.facility_id)
        else:
            routes[site.facility_id] = route
    return AskedRoutes(dt.datetime.now(answer.at.tzinfo).date(), routes, tuple(no_way), failure)


def ask_route(start: tuple[float, float], site: SiteAnswer, settings: Settings) -> Route | None:
    """Ask for the fastest way by car from a start (longitude, latitude, degrees) to a site; `None`: there is none.

    `settings`: `route_service_url` is asked.

    Raises
    ------
    RouteServiceError
        No service is configured, it does not answer as it should within 3 s, or its answer cannot be true; never says
        from where.

    Notes
    -----
    IGN, Géoplateforme, "Calcul d'itinéraires" (resource bdtopo-osrm, BD TOPO), at most 5 calls a second. Without the
    traffic of the moment.
    """
    parameters = {
        "resource": "bdtopo-osrm",
        "start": f"{start[0]:.{_DECIMALS}f},{start[1]:.{_DECIMALS}f}",
        "end": f"{site.lon:.{_DECIMALS}f},{site.lat:.{_DECIMALS}f}",
        "profile": "car",
        "optimization": "fastest",
        "getSteps": "false",
        "getBbox": "false",
        "geometryFormat": "geojson",
        "crs": "EPSG:4326",
        **_UNITS,
    }
    if not _PACE.wait(TIMEOUT_S):
        raise RouteServiceError(_BUSY)
    answer = whole_answer(
        settings.route_service_url,
        parameters,
        accept="application/json",
        within_s=TIMEOUT_S,
        most_bytes=MAX_ANSWER_BYTES,
    )
    if isinstance(answer, Failure):
        raise RouteServiceError(_FAILURES.get(answer, _UNREACHABLE))
    status, body = answer
    if status == _NO_WAY:
        return None
    if status == _TOO_MANY:
        raise RouteServiceError(_BUSY)
    if status != OK:
        msg = f"Le service d'itinéraires de l'IGN est en panne ou a changé (réponse {status})."
        raise RouteServiceError(msg)
    return _route(body, start, (site.lon, site.lat))


def _route(body: bytes, start: tuple[float, float], end: tuple[float, float]) -> Route:
    """Return the way of an answer; raise `RouteServiceError` where it has not the shape of one or cannot be true."""
    told = _told(body)
    if told is None:
        raise RouteServiceError(_UNUSABLE)
    minutes, metres, line = told
    straight = straight_m(*start, *np.array([end]).T)[0]
    beside = [straight_m(*asked, *reached[None].T)[0] for asked, reached in ((start, line[0]), (end, line[-1]))]
    plausible = (
        max(beside) <= _MOST_ASIDE_M
        and minutes <= _MOST_MINUTES
        and metres >= straight - sum(beside) - 1
        and metres <= max(minutes, 1) * _FASTEST_M_PER_MIN
    )
    if not plausible:
        raise RouteServiceError(_UNUSABLE)
    drawn = shapely.get_coordinates(shapely.LineString(line).simplify(_TOLERANCE_DEGREES)).round(_DECIMALS)
    return Route(drawn, minutes, metres / 1000)


def _told(body: bytes) -> tuple[float, float, NDArray[np.float64]] | None:
    """Return the minutes, the metres and the line of an answer, `None` where it has not the shape of one."""
    try:
        content = json.loads(body)
        minutes, metres = _number(content["duration"]), _number(content["distance"])
        line = _line(content["geometry"])
        as_asked = all(content.get(name, unit) == unit for name, unit in _UNITS.items())
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError):
        return None
    return (minutes, metres, line) if as_asked else None


def _number(value: Any) -> float:
    """Return a finite number, 0 or more; raise `TypeError` or `ValueError` where it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError
    number = float(value)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError
    return number


def _line(geometry: Any) -> NDArray[np.float64]:
    """Return the points (n, 2) of a GeoJSON line, in degrees; raise `TypeError` or `ValueError` where it is none."""
    points: Sequence[Any] = geometry["coordinates"]
    if geometry["type"] != "LineString" or not isinstance(points, list) or len(points) not in _POINTS:
        raise ValueError
    pairs = [point[:2] for point in points]
    if any(isinstance(value, bool) or not isinstance(value, (int, float)) for value in chain.from_iterable(pairs)):
        raise TypeError
    line = np.array(pairs, np.float64)
    if line.shape != (len(points), 2) or not (np.abs(line) <= (180, 90)).all():
        raise ValueError
    return line
