"""``maillage nearest``: the sites near a commune, an address or a position, open when, reached how.

The same answer as on screen and from the API (`geo.answers.near`). Other lists of places have times only.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.options import (
    AsJson,
    Facilities,
    TerritoryFolder,
    asked_rules,
    asked_wishes,
    load_territory,
    with_options,
)
from geo.cli.output import print_each, print_json
from geo.errors import ParameterError
from geo.kinds import SITES, list_name
from geo.parameters import MEANING

if TYPE_CHECKING:
    from geo.finder.wishes import Wishes
    from geo.transit.round_trip import Rules


@with_options(wishes=asked_wishes, rules=asked_rules)
def nearest(
    wishes: Wishes,
    rules: Rules,
    place: Annotated[
        str | None, typer.Argument(metavar="[LIEU]", help="Commune, code postal ou adresse ; sans lui, --lon et --lat.")
    ] = None,
    folder: TerritoryFolder = None,
    lon: Annotated[float | None, typer.Option(help=MEANING["lon"])] = None,
    lat: Annotated[float | None, typer.Option(help=MEANING["lat"])] = None,
    k: Annotated[int, typer.Option("-k", help=MEANING["k"])] = 5,
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
        typer.Option(help=MEANING["nearest mode"]),
    ] = "car",
    as_json: AsJson = False,
) -> None:
    """Print the nearest sites, or the nearest places of another list."""
    from geo.answers.near import NearQuestion, answer_near
    from geo.finder.gazetteer import Gazetteer
    from geo.finder.search import find_place
    from geo.settings import Settings

    if lon is not None and lat is not None and place is not None:
        # One argument beside a position can only be the territory.
        if folder is not None:
            msg = f"« {folder} » n'est pas attendu ici : donnez un lieu, ou une position avec --lon et --lat."
            raise ParameterError(msg)
        folder, place = Path(place), None
    everywhere = folder is None and lon is not None  # of all of France, contours tell a position abroad or at sea
    territory, settings = load_territory(folder, drawn=everywhere), Settings.from_environment()
    search = None
    if place is not None and lon is None and lat is None:
        search = find_place(place, Gazetteer.of(territory), settings, territory.name)
        lon, lat = search.places[0].lon, search.places[0].lat
    if lon is None or lat is None:
        msg = "Donnez un lieu (commune, code postal, adresse), ou une position avec --lon et --lat."
        raise ParameterError(msg)
    asked = NearQuestion(wishes, rules, k, list_name(facilities), mode)
    answer = answer_near(territory, (lon, lat), asked, search=search, route_service=settings if route_service else None)
    if as_json:
        print_json(answer.content)
    else:
        print_each(answer.lines)
