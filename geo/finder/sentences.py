"""What an answer says in words beside its figures: warnings about a site, and what was assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.finder.opening_times import closes_before, holiday_on, later, moment_text, skipped
from geo.french import DRIVING_ONLY, UNIT_SPACE, agreed, capital, counted, day_text, to_five
from geo.network.modes import CAR, ESTIMATED_NOTE, FARTHEST_KM, MODES, RELIEF_ALONG
from geo.network.slopes import relief_note
from geo.sources.vintages import dated

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from geo.finder.opening_times import OpeningStatus
    from geo.finder.start import Start
    from geo.finder.visits import Visits
    from geo.finder.wishes import Wishes
    from geo.territory import Territory


_NAMES_SHOWN: Final = 3
#: What `geo.finder.answer.NEAR_MIN`, which comes after this module, is called.
WITHIN_AN_HOUR: Final = "à une heure de trajet ou moins"


def warnings(
    place: Mapping[str, Any],
    status: OpeningStatus,
    at: dt.datetime,
    minutes: float | None,
    *,
    estimated: bool = False,
    by_road: bool = True,
) -> Iterator[str]:
    """Give what a visitor must know of a place before leaving.

    `place`: Row of a list (`geo.schemas.FACILITY_COLUMNS`), `None` where a cell is missing. `status`, `at`, `minutes`:
    Whether it is open at the moment, and how long the way takes (`None`: no road leads there). `estimated`: Whether
    that time is: the arrival is then told to 5 minutes. `by_road`: Whether one goes there in that time; otherwise
    nothing is said of the way.
    """
    if place["kind"] == "bus":
        yield "La position et le temps sont ceux de la base du bus, pas de ses arrêts : demandez ses tournées."
    if by_road:
        yield from _of_the_road(status, at, minutes, estimated=estimated)
    if status.state == "unknown":
        yield "Horaires inconnus : appelez avant de vous déplacer."
    if place["address"] is None:
        yield "Adresse non connue : vérifiez-la avant de vous déplacer."


def _of_the_road(status: OpeningStatus, at: dt.datetime, minutes: float | None, *, estimated: bool) -> Iterator[str]:
    if minutes is None:
        yield "Aucune route connue n'y mène."
    elif status.closes_at is not None and closes_before(status, arrival := later(at, minutes)):
        told = later(at, to_five(minutes)) if estimated else arrival
        closes, arrives = (moment_text(moment, since=at).removeprefix("à ") for moment in (status.closes_at, told))
        yield f"Ferme à {closes}, avant votre arrivée (vers {arrives})."


def fewer_note(mode: str, given: int, asked: int, *, then: bool = False) -> Iterator[str]:
    """Give why fewer sites are told than were asked for, on foot or by bicycle or at a moment, where it is so.

    `then`: Whether a moment was chosen: other sites are then left out for being closed or farther than an hour as well.

    Examples
    --------
    >>> next(fewer_note("walk", 2, 5)).replace("\u00a0", " ")
    "À pied, aucun site n'est donné au-delà de 5 km en ligne droite : 2 sites au lieu de 5."
    >>> list(fewer_note("walk", 5, 5)), list(fewer_note("car", 2, 5))
    ([], [])
    >>> next(fewer_note("car", 2, 5, then=True))
    "Aucun autre site demandé n'est ouvert à votre arrivée à une heure de trajet ou moins : 2 sites au lieu de 5."
    """
    if given >= asked or (mode == CAR and not (then and given)):
        return
    found = f" : {counted(given, 'site')} au lieu de {asked}" if given else ""
    if mode == CAR:
        yield f"Aucun autre site demandé n'est ouvert à votre arrivée {WITHIN_AN_HOUR}{found}."
        return
    limit = f"au-delà de {FARTHEST_KM[mode]:g}{UNIT_SPACE}km en ligne droite"
    why = "aucun site n'est donné"
    if then and given:
        why = f"les autres sites sont fermés à votre arrivée, à plus de 1{UNIT_SPACE}h, ou"
    yield f"{capital(MODES[mode])}, {why} {limit}{found}."


def notes(
    territory: Territory,
    start: Start,
    wishes: Wishes,
    at: dt.datetime,
    visits: Visits,
    unknown_hours: Sequence[str],
    mode: str = CAR,
) -> Iterator[str]:
    """Give what was assumed, then the sources and their dates.

    `territory`, `start`, `wishes`, `at`, `visits`: What the answer is made from. `unknown_hours`: Names of near sites
    whose hours are not known. `mode`: Way to travel.
    """
    if start.note:
        yield start.note
    if wishes.at is not None and skipped(wishes.at, start.departement):
        asked, used = (moment_text(moment, since=at).removeprefix("à ") for moment in (wishes.at, at))
        yield f"Le {day_text(at.date())}, le passage à l'heure d'été saute {asked} : la réponse vaut pour {used}."
    holiday = holiday_on(at.date(), start.departement)
    if holiday:
        yield f"Le {day_text(at.date())} est férié ({holiday}) : les sites sont tenus pour fermés."
    if unknown_hours and wishes.at_that_moment:
        names, more = ", ".join(unknown_hours[:_NAMES_SHOWN]), len(unknown_hours) - _NAMES_SHOWN
        rest = f" et {agreed(more, 'autre(s)')}" if more > 0 else ""
        yield f"Horaires inconnus, non comptés comme ouverts : {names}{rest}."
    if not visits.known:
        yield (
            "Chaque site aide pour les démarches de tous les opérateurs. Les venues d'un opérateur sur place ne sont "
            "pas connues ici : demandez-les par téléphone."
        )
    elif wishes.operator is not None and not visits.any_of(wishes.operator, at):
        yield (
            f"Aucune permanence de « {wishes.operator[:60]} » n'est connue ici. Chaque site aide pour les démarches de "
            f"tous les opérateurs : demandez-la par téléphone."
        )
    if mode != CAR:
        streets = territory.active.get(mode)
        yield from (relief_note(streets),) if streets is not None else (ESTIMATED_NOTE, RELIEF_ALONG)
        return
    network = territory.network.source
    if network.approximate:
        yield from network.notes
    sources = [
        f"{source.dataset} ({dated(source.vintage)})" if source.vintage else source.dataset
        for source in territory.manifest.sources
    ]
    sources.append(f"{network.name}, profil {territory.network.profile}")
    yield f"Sources : {' ; '.join(sources)}. {DRIVING_ONLY}"
