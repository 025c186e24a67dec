"""``maillage nearest``: the sites near a commune, an address or a position, open when, reached how.

The same answer as on screen (`geo.finder.answer.find_sites`). Other lists of places have times only.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.options import (
    AsJson,
    Facilities,
    TerritoryFolder,
    asked_rules,
    asked_wishes,
    list_name,
    load_territory,
    with_options,
)
from geo.cli.output import print_each, print_json
from geo.errors import ParameterError
from geo.kinds import SITES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.finder.wishes import Wishes
    from geo.territory import Territory
    from geo.transit.round_trip import Rules

_CAR, _TRANSIT = "car", "transit"


@with_options(wishes=asked_wishes, rules=asked_rules)
def nearest(
    wishes: Wishes,
    rules: Rules,
    place: Annotated[
        str | None, typer.Argument(metavar="[LIEU]", help="Commune, code postal ou adresse ; sans lui, --lon et --lat.")
    ] = None,
    folder: TerritoryFolder = None,
    lon: Annotated[float | None, typer.Option(help="Longitude en degrés.")] = None,
    lat: Annotated[float | None, typer.Option(help="Latitude en degrés.")] = None,
    k: Annotated[int, typer.Option("-k", help="Nombre de lieux.")] = 5,
    route_service: Annotated[
        bool,
        typer.Option(
            "--route-service",
            help="Demander aussi le temps au service de l'IGN : votre départ et les sites lui sont envoyés.",
        ),
    ] = False,
    facilities: Facilities = SITES,
    mode: Annotated[
        str,
        typer.Option(
            help="car, walk, bike, ou transit : aller-retour en transports en commun, départ à partir de --at."
        ),
    ] = "car",
    as_json: AsJson = False,
) -> None:
    """Print the nearest sites, or the nearest places of another list."""
    from geo.answers.nearest import answer_lines, list_lines
    from geo.finder.answer import find_sites
    from geo.finder.gazetteer import Gazetteer
    from geo.finder.nearest import nearest as find_nearest
    from geo.finder.route_service import ask_routes
    from geo.finder.search import find_place
    from geo.finder.wishes import Wishes
    from geo.network.modes import require_mode
    from geo.settings import Settings

    if lon is not None and lat is not None and place is not None:
        # One argument beside a position can only be the territory.
        if folder is not None:
            msg = f"« {folder} » n'est pas attendu ici : donnez un lieu, ou une position avec --lon et --lat."
            raise ParameterError(msg)
        folder, place = Path(place), None
    territory, settings = load_territory(folder, drawn=False), Settings.from_environment()
    search = None
    if place is not None and lon is None and lat is None:
        search = find_place(place, Gazetteer.of(territory), settings, territory.name)
        lon, lat = search.places[0].lon, search.places[0].lat
    if lon is None or lat is None:
        msg = "Donnez un lieu (commune, code postal, adresse), ou une position avec --lon et --lat."
        raise ParameterError(msg)
    name = list_name(facilities)
    content: object
    if mode != _TRANSIT:
        require_mode(mode, _TRANSIT)
    if mode != _CAR and (name != SITES or route_service):
        msg = f"--mode {mode[:20]} ne vaut que pour les sites France services, sans le temps de l'IGN."
        raise ParameterError(msg)
    if mode == _TRANSIT:
        found_by, lines = _round_trips(territory, (lon, lat), wishes, rules, k)
        content = {"search": None if search is None else asdict(search)} | found_by
    elif name != SITES:
        if wishes != Wishes() or route_service:
            msg = "Horaires, filtres et temps de l'IGN ne valent que pour les sites France services : retirez-les."
            raise ParameterError(msg)
        found = find_nearest(territory, lon, lat, k, facilities=name)
        content = found.drop(columns=["time_low", "time_high"]).to_dict("records")
        lines = list_lines(found, territory.network.source.notes)
    else:
        answer = find_sites(territory, lon, lat, wishes, k, mode=mode)
        asked = ask_routes(answer, settings) if route_service else None
        more = {} if asked is None else {"route_service": asked.to_dict()}
        content = {"search": None if search is None else asdict(search)} | answer.to_dict() | more
        lines = answer_lines(answer, wishes, search, asked)
    if as_json:
        print_json(content)
    else:
        print_each(lines)


def _round_trips(
    territory: Territory, start: tuple[float, float], wishes: Wishes, rules: Rules, k: int
) -> tuple[dict[str, object], Iterator[str]]:
    """Return the round trips of the day of the wishes, as plain values and as lines."""
    from geo.answers.without_car import transit_lines, transit_notes
    from geo.finder.answer import plain_values
    from geo.finder.opening_times import civil_time
    from geo.finder.wishes import Wishes
    from geo.finder.without_car import RoundTrips, leaving_from, trips_from

    if wishes != Wishes(at=wishes.at):
        msg = "--mode transit ne tient compte que de --at : retirez les autres critères."
        raise ParameterError(msg)
    at = civil_time(wishes.at, territory.departement)
    day, not_before = at.date(), leaving_from(at)
    ways = trips_from(RoundTrips.of(territory, rules), *start, day, k, not_before=not_before)
    content = {
        "day": day,
        "not_before": not_before and not_before.isoformat(),
        "rules": asdict(rules),
        "round_trips": plain_values([asdict(way) for way in ways]),
    }
    return content, transit_lines(ways, day, rules, transit_notes(territory), not_before)
