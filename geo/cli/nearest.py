"""``maillage nearest``: the sites near a commune, an address or a position, open when, reached how.

The same answer as on screen (`geo.finder.answer.find_sites`). Other lists of places have times only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from geo.cli.options import AsJson, Facilities, list_name, load_territory
from geo.cli.output import print_json, print_line
from geo.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.finder.answer import Answer, SiteAnswer
    from geo.finder.route_service import AskedRoutes
    from geo.finder.search import PlaceSearch
    from geo.finder.wishes import Wishes
    from geo.territory import Territory

_SITES: Final = "sites"
_DATE_FORMATS: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M")


def nearest(
    place: Annotated[
        str | None, typer.Argument(metavar="[LIEU]", help="Commune, code postal ou adresse ; sans lui, --lon et --lat.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="Territoire écrit par « build » ; sans lui, les Pyrénées-Atlantiques."),
    ] = None,
    lon: Annotated[float | None, typer.Option(help="Longitude en degrés.")] = None,
    lat: Annotated[float | None, typer.Option(help="Latitude en degrés.")] = None,
    k: Annotated[int, typer.Option("-k", help="Nombre de lieux.")] = 5,
    at: Annotated[
        str | None, typer.Option(help="Jour et heure : « 2026-11-24 17:30 » ; seuls les sites ouverts alors comptent.")
    ] = None,
    open_then: Annotated[bool, typer.Option("--open", help="Seulement les sites ouverts maintenant.")] = False,
    saturday: Annotated[bool, typer.Option("--saturday", help="Seulement les sites ouverts le samedi.")] = False,
    evening: Annotated[
        bool, typer.Option("--evening", help="Seulement les sites ouverts un jour après 17 h 30.")
    ] = False,
    no_appointment: Annotated[bool, typer.Option("--no-appointment", help="Seulement sans rendez-vous.")] = False,
    kind: Annotated[
        list[str] | None, typer.Option(help="main (site), antenne ou bus ; répétable ; tous par défaut.")
    ] = None,
    operator: Annotated[str | None, typer.Option(help="Seulement les sites que cet opérateur visite : Cnav…")] = None,
    route_service: Annotated[
        bool,
        typer.Option(
            "--route-service",
            help="Demander aussi le temps au service de l'IGN : votre départ et les sites lui sont envoyés.",
        ),
    ] = False,
    facilities: Facilities = _SITES,
    as_json: AsJson = False,
) -> None:
    """Print the nearest sites, or the nearest places of another list."""
    from geo.finder.answer import find_sites
    from geo.finder.wishes import Wishes
    from geo.kinds import SITE_KINDS

    if lon is not None and lat is not None and place is not None:
        # One argument beside a position can only be the territory.
        if folder is not None:
            msg = f"« {folder} » n'est pas attendu ici : donnez un lieu, ou une position avec --lon et --lat."
            raise ParameterError(msg)
        folder, place = Path(place), None
    wishes = Wishes(
        at=None if at is None else _moment(at),
        open_then=open_then,
        saturday=saturday,
        evening=evening,
        without_appointment=no_appointment,
        kinds=frozenset(kind or SITE_KINDS),
        operator=operator,
    )
    territory = load_territory(folder)
    search = None
    if place is not None and lon is None and lat is None:
        search = _find_place(territory, place)
        lon, lat = search.places[0].lon, search.places[0].lat
    if lon is None or lat is None:
        msg = "Donnez un lieu (commune, code postal, adresse), ou une position avec --lon et --lat."
        raise ParameterError(msg)
    if list_name(facilities) != _SITES:
        if wishes != Wishes() or route_service:
            msg = "Horaires, filtres et temps de l'IGN ne valent que pour les sites France services : retirez-les."
            raise ParameterError(msg)
        _print_list(territory, lon, lat, k, list_name(facilities), as_json=as_json)
        return
    answer = find_sites(territory, lon, lat, wishes, k)
    asked = _ask(answer) if route_service else None
    if as_json:
        more = {} if asked is None else {"route_service": asked.to_dict()}
        print_json({"search": None if search is None else asdict(search)} | answer.to_dict() | more)
        return
    for line in _lines(answer, wishes, search, asked):
        print_line(line)


def _moment(text: str) -> dt.datetime:
    for pattern in _DATE_FORMATS:
        try:
            return dt.datetime.strptime(text.strip(), pattern)  # noqa: DTZ007 - civil time of the territory
        except ValueError:
            continue
    msg = f"--at « {text[:40]} » refusé. Un jour et une heure sont attendus, par exemple « 2026-11-24 17:30 »."
    raise ParameterError(msg)


def _find_place(territory: Territory, query: str) -> PlaceSearch:
    """Return the places that a query surely means; raise `ParameterError` where there is none."""
    from geo.finder.gazetteer import Gazetteer
    from geo.finder.search import SURE_SCORE, PlaceSearch, search_place
    from geo.settings import Settings

    search = search_place(query, Gazetteer.of(territory), Settings.from_environment())
    sure = tuple(place for place in search.places if place.kind == "address" or place.score >= SURE_SCORE)
    if not sure:
        like = ", ".join(place.label for place in search.places)
        hint = f"Lieux qui ressemblent : {like}." if like else "Essayez la commune ou son code postal."
        msg = f"Aucun lieu de « {territory.name} » ne s'appelle « {query[:80]} ». {hint}"
        raise ParameterError(msg)
    return PlaceSearch(sure, search.notes)


def _ask(answer: Answer) -> AskedRoutes:
    from geo.finder.route_service import ask_routes
    from geo.settings import Settings

    return ask_routes(answer, Settings.from_environment())


def _lines(answer: Answer, wishes: Wishes, search: PlaceSearch | None, asked: AskedRoutes | None) -> Iterator[str]:
    from geo.answers.nearest import ASKED_NOTE, NONE_OPEN, answer_sentence, saved_sentence
    from geo.finder.opening_times import moment_text

    start = dt.datetime(1, 1, 1, tzinfo=answer.at.tzinfo)
    where = "Position donnée" if search is None else search.places[0].label
    yield f"{where}, {moment_text(answer.at, since=start)} :"
    yield answer_sentence(answer, wishes)
    if search is not None and len(search.places) > 1:
        yield f"Autres lieux possibles : {', '.join(place.label for place in search.places[1:])}."
    for number, site in enumerate(answer.sites, 1):
        yield from _site_lines(site, f"{number}. ", asked)
    for bus in answer.buses:
        yield from _site_lines(bus, "Bus : ")
    if answer.tax_office is not None:
        yield from _site_lines(answer.tax_office, "Service des impôts : ")
        if saved := saved_sentence(answer):
            yield saved
    if answer.none_open:
        yield NONE_OPEN
        yield from (f"   {site.name}, {_contact(site)} ({site.status.sentence})" for site in answer.none_open)
        yield from (f"   {sentence}" for sentence in answer.from_home)
    asked_notes = () if asked is None else filter(None, (asked.failure, ASKED_NOTE if asked.routes else None))
    for note in (*(search.notes if search else ()), *answer.notes, *asked_notes):
        yield f"  - {note}"


def _site_lines(site: SiteAnswer, before: str, asked: AskedRoutes | None = None) -> Iterator[str]:
    from geo.answers.nearest import address_text, asked_sentence, kind_words, trip_sentence

    yield f"{before}{site.name} [{site.facility_id}] : {trip_sentence(site)}"
    if asked is not None and (told := asked_sentence(site, asked)):
        yield f"   {told}"
    yield f"   {site.status.sentence}"
    yield f"   {' · '.join(kind_words(site))}"
    yield f"   {address_text(site)}"
    yield f"   {_contact(site)}"
    if any(line.intervals for line in site.week):
        yield f"   {' ; '.join(f'{line.day} {line.text}' for line in site.week if line.intervals != ())}"
    yield from (f"   {line.day} : {visit}" for line in site.week for visit in line.permanences)
    if site.comment:
        yield f"   À savoir : {site.comment}"
    yield from (f"   ! {warning}" for warning in site.warnings)


def _contact(site: SiteAnswer) -> str:
    return ", ".join(part for part in (site.phone, site.email, site.website) if part) or "Contact inconnu"


def _print_list(territory: Territory, lon: float, lat: float, k: int, name: str, *, as_json: bool) -> None:
    """Print the nearest places of a list that has no hours."""
    from geo.answers.nearest import trip_words
    from geo.finder.nearest import nearest as find_nearest

    found = find_nearest(territory, lon, lat, k, facilities=name)
    if as_json:
        print_json(found.to_dict("records"))
        return
    for row in found.to_dict("records"):
        print_line(f"{row['name']} [{row['id']}] : {trip_words(row['travel_time_min'], row['distance_km'])} en voiture")
    if found.empty:
        print_line("Aucun lieu n'est joignable par la route depuis cette position.")
    for note in territory.network.source.notes:
        print_line(f"  - {note}")
