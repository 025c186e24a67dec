"""A question about the places near a position, and its answer: as values for programs and as lines of text.

The command line and the API answer with this one function.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from geo.answers.list_dates import list_sentence
from geo.answers.nearest import answer_lines, list_lines, other_places, stand_in_sentence
from geo.errors import ParameterError
from geo.finder.answer import find_sites, plain_values
from geo.finder.nearest import nearest
from geo.finder.opening_times import civil_time
from geo.finder.wishes import Wishes
from geo.kinds import SITES, facility_title
from geo.network.modes import CAR, require_mode
from geo.transit.round_trip import Rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.finder.search import PlaceSearch
    from geo.settings import Settings
    from geo.territory import Territory

#: The way to travel that is none of `geo.network.modes.MODES`: there and back by public transport.
TRANSIT: Final = "transit"


@dataclass(frozen=True, slots=True)
class NearQuestion:
    """A question about the places near a position.

    `k`: at most how many. `facilities`: the list, as `geo.kinds.list_name` gives it. `mode`: of
    `geo.network.modes.MODES`, or ``"transit"``. `wishes`: of France services sites only; by public transport only their
    moment. `rules`: of a round trip by public transport.
    """

    wishes: Wishes = field(default_factory=Wishes)
    rules: Rules = field(default_factory=Rules)
    k: int = 5
    facilities: str = SITES
    mode: str = CAR


@dataclass(frozen=True, slots=True)
class NearAnswer:
    """The places near a position: `content`, plain values ready for JSON, and `lines`, French text; read once."""

    content: dict[str, Any] | list[dict[str, Any]]
    lines: Iterator[str]


def answer_near(
    territory: Territory,
    start: tuple[float, float],
    asked: NearQuestion,
    *,
    search: PlaceSearch | None = None,
    route_service: Settings | None = None,
) -> NearAnswer:
    """Return the places near a position.

    Parameters
    ----------
    territory
        Study area.
    start
        Longitude and latitude, degrees (EPSG:4326).
    asked
        The list, the way to travel, what is asked of a site.
    search
        How the start was found; `None` where it was given as a position.
    route_service
        Settings that say which service is asked for its times as well; `None`: none is.

    Raises
    ------
    ParameterError
        The position lies outside the territory, or what is asked does not go together.

    Examples
    --------
    >>> import datetime as dt
    >>> from geo import Territory
    >>> asked = NearQuestion(Wishes(at=dt.datetime(2026, 11, 24, 10)), k=1)
    >>> answer_near(Territory.load("64"), (-1.58, 43.31), asked).content["sites"][0]["name"]
    'France services de Saint-Jean-de-Luz'
    """
    listed = asked.facilities != SITES
    if asked.mode != TRANSIT:
        require_mode(asked.mode, TRANSIT)
    if asked.mode != CAR and (listed or route_service is not None):
        msg = f"--mode {asked.mode[:20]} ne vaut que pour les sites France services, sans le temps de l'IGN."
        raise ParameterError(msg)
    if listed and (asked.wishes != Wishes() or route_service is not None):
        msg = "Horaires, filtres et temps de l'IGN ne valent que pour les sites France services : retirez-les."
        raise ParameterError(msg)
    away = [] if search is None else list(filter(None, [stand_in_sentence(search.places[0])]))
    if listed:
        found = nearest(territory, *start, asked.k, facilities=asked.facilities)
        rows: list[dict[str, Any]] = found.drop(columns=["time_low", "time_high"]).to_dict("records")  # type: ignore[assignment] # keys are text
        notes = [*away, list_sentence(territory.manifest, asked.facilities), *territory.network.source.notes]
        places, title = territory.facility_list(asked.facilities), facility_title(asked.facilities)
        return NearAnswer(rows, list_lines(found, places, title, search, notes))
    more_said = {} if search is None else {"other_places": other_places(search), "notes": (*away, *search.notes)}
    searched = {"search": None if search is None else asdict(search) | more_said}
    if asked.mode == TRANSIT:
        return _round_trips(territory, start, asked, searched, away, None if search is None else search.places[0].label)
    answer = find_sites(territory, *start, asked.wishes, asked.k, mode=asked.mode)
    routes = None
    if route_service is not None:
        from geo.finder.route_service import ask_routes  # noqa: PLC0415 - most answers ask no service

        routes = ask_routes(answer, route_service)
    more = {} if routes is None else {"route_service": routes.to_dict()}
    return NearAnswer(searched | answer.to_dict() | more, answer_lines(answer, asked.wishes, search, routes))


def _round_trips(
    territory: Territory,
    start: tuple[float, float],
    asked: NearQuestion,
    searched: dict[str, Any],
    away: list[str],
    label: str | None,
) -> NearAnswer:
    """Return the round trips of the day of the wishes."""
    from geo.answers.round_trips import transit_lines  # noqa: PLC0415 - by car no timetable is read
    from geo.answers.timetable_days import feeds_without_notes  # noqa: PLC0415
    from geo.answers.without_car import transit_notes  # noqa: PLC0415
    from geo.finder.site_trips import leaving_from, trips_from  # noqa: PLC0415
    from geo.finder.without_car import RoundTrips  # noqa: PLC0415

    if asked.wishes != Wishes(at=asked.wishes.at):
        msg = "--mode transit ne tient compte que de --at : retirez les autres critères."
        raise ParameterError(msg)
    at = civil_time(asked.wishes.at, territory.departement)
    day, not_before = at.date(), leaving_from(at)
    trips = RoundTrips.of(territory, asked.rules)
    ways = trips_from(trips, *start, day, asked.k, not_before=not_before)
    without = trips.schedule.feeds_without(day)
    content = {
        "day": day.isoformat(),
        "not_before": not_before and not_before.isoformat(),
        "feeds_without": without,
        "rules": asdict(asked.rules),
        "round_trips": plain_values([asdict(way) for way in ways]),
    }
    notes = [*away, *feeds_without_notes(without), *transit_notes(territory)]
    return NearAnswer(searched | content, transit_lines(ways, day, asked.rules, notes, not_before, label))
