"""One site as a citizen is told of it: its name, the trip to it, what it is; the same words in every channel."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from geo.french import UNIT_SPACE, capital, estimated_minutes, format_decimal
from geo.kinds import KINDS
from geo.network.modes import MODES

if TYPE_CHECKING:
    from geo.finder.answer import SiteAnswer
    from geo.finder.bus_passes import StopAnswer
    from geo.finder.other_modes import ModeTime
    from geo.finder.route_service import AskedRoutes

_WHOLE_FROM_KM: Final = 10


def trip_words(minutes: float, kilometres: float | None = None) -> str:
    """Return a trip in words: ``"12 min (9,4 km)"``, ``"1 h 05 (71 km)"``."""
    whole = max(1, math.floor(minutes + 0.5))
    hours, rest = divmod(whole, 60)
    words = f"{hours}{UNIT_SPACE}h{UNIT_SPACE}{rest:02d}" if hours else f"{whole}{UNIT_SPACE}min"
    if kilometres is None:
        return words
    return f"{words} ({distance_text(kilometres)})"


def site_trip(site: SiteAnswer | StopAnswer, *, with_distance: bool = True) -> str:
    """Return the trip to a site, or to the stop of a bus, in words, of which the time is known."""
    minutes, kilometres = site.travel_time_min or 0.0, site.distance_km if with_distance else None
    if not site.estimated:
        return trip_words(minutes, kilometres)
    words = estimated_minutes(minutes, site.travel_time_low_min, site.travel_time_high_min)
    return words if kilometres is None else f"{words} ({distance_text(kilometres)})"


def distance_text(kilometres: float) -> str:
    """Return a distance by road: ``"9,4 km"``, ``"71 km"``."""
    return f"{format_decimal(kilometres, 0 if kilometres >= _WHOLE_FROM_KM else 1)}{UNIT_SPACE}km"


def called(site: SiteAnswer) -> str:
    """Return the name of a site, in which a bus is said to be one."""
    return f"Bus {site.name}" if site.kind == "bus" and "bus" not in site.name.lower() else site.name


def trip_sentence(site: SiteAnswer) -> str:
    """Return the trip to a site: by car, to its base for a bus."""
    if site.travel_time_min is None:
        return "Aucun trajet connu par la route"
    to_base = " jusqu'à sa base" if site.kind == "bus" else ""
    return f"{site_trip(site)} {MODES[site.mode]}{to_base}"


def other_modes_sentence(site: SiteAnswer) -> str:
    """Return how long the way is on foot and by bicycle; empty where both are too far, or not known."""
    said = [
        f"{MODES[each.mode]} {_mode_minutes(each)} ({distance_text(each.distance_km)})" for each in site.other_modes
    ]
    guessed = " : estimé d'après la ligne droite" if any(each.estimated for each in site.other_modes) else ""
    return capital(f"{', '.join(said)}{guessed}") if said else ""


def _mode_minutes(each: ModeTime) -> str:
    return estimated_minutes(each.travel_time_min) if each.estimated else trip_words(each.travel_time_min)


def asked_sentence(site: SiteAnswer, asked: AskedRoutes) -> str:
    """Return what the route service told of a site, with the day; empty where it was not asked about it."""
    day = f"demandé le {asked.asked_on:%d/%m/%Y}"
    if site.facility_id in asked.no_way:
        return f"Temps IGN : aucun trajet donné (réponse 404), {day}"
    route = asked.routes.get(site.facility_id)
    return "" if route is None else f"Temps IGN : {trip_words(route.travel_time_min, route.distance_km)}, {day}"


#: What a time of the route service is of.
ASKED_NOTE: Final = (
    "Temps IGN : service d'itinéraires de l'IGN (BD TOPO), en voiture, sans le trafic du moment. L'ordre des sites "
    "reste celui de nos estimations."
)


#: Label of each of `geo.schemas.DETAIL_COLUMNS`, in the order shown.
DETAIL_LABELS: Final = {"comment": "À savoir", "bearer": "Porté par"}


def address_text(site: SiteAnswer) -> str:
    """Return the postal address of a site on one line."""
    town = " ".join(part for part in (site.postcode, site.commune_name) if part)
    return ", ".join(part for part in (site.address, town) if part) or "Adresse inconnue"


def kind_words(site: SiteAnswer) -> list[str]:
    """Return what a site is: its kind, main site, appointment."""
    words = [KINDS[site.kind].label]
    if site.main_site is not None:
        words.append(f"rattachée à : {site.main_site}")
    if site.some_appointment:
        words.append("sur rendez-vous à certaines heures")
    elif site.appointment is not None:
        words.append("sur rendez-vous" if site.appointment else "sans rendez-vous")
    return words


def detail_texts(site: SiteAnswer) -> list[tuple[str, str]]:
    """Return the texts of the list that a site is shown with, each after its label."""
    return [(label, text) for column, label in DETAIL_LABELS.items() if (text := site.details.get(column))]


def stop_lines(stop: StopAnswer) -> list[str]:
    """Return a stop of a bus as texts: its name, the trip, when the bus is there, and which bus where it is known."""
    where = stop.name if stop.commune_name in {None, stop.name} else f"{stop.name}, {stop.commune_name}"
    bus = ", ".join(filter(None, (stop.bus_name, stop.phone)))
    return [where, f"{site_trip(stop)} en voiture", f"{stop.sentence}.", *([bus] if bus else [])]
