"""The way to a site without a car in words: by public transport there and back, or on foot."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Final

from geo.answers.site_words import trip_words
from geo.finder.opening_times import hours_text
from geo.finder.other_names import of_commune
from geo.french import DAYS, SEMICOLON, UNIT_SPACE, capital, clock, date_text, day_text, quoted
from geo.transit.round_trip import told_arrival_s, told_departure_s

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from geo.finder.site_trips import SiteTrip, Step
    from geo.transit.round_trip import Rules

NO_ROUND_TRIP: Final = "aucun aller-retour possible ce jour-là"
#: What is said of a site beyond the streets.
WALK_UNKNOWN: Final = "aller-retour inconnu, aucune rue connue près du site : le chemin à pied n'est pas connu"
#: What is said in the place of the first arrival and the last way back where one may walk all the way.
ON_FOOT: Final = "à pied, à toute heure"
_WHY_NOT: Final = {
    "hours_unknown": "ses horaires ne sont pas connus",
    "closed": "le site est fermé",
    "no_stop_here": "ni le site ni un arrêt n'est assez près de votre départ à pied",
    "no_stop_there": "aucun arrêt n'est assez près du site à pied",
    "too_late": "plus aucun départ ne convient à partir de cette heure",
    "no_way": "aucun horaire ne convient",
}
#: What a vehicle is called, by code of GTFS; and of the extended codes, by hundreds.
_VEHICLES: Final = {0: "tram", 1: "métro", 2: "train", 3: "car", 4: "bateau", 5: "tram", 6: "téléphérique"} | {
    7: "funiculaire",
    11: "trolleybus",
}
_HUNDREDS: Final = {1: "train", 2: "car", 4: "métro", 7: "bus", 8: "trolleybus", 9: "tram", 10: "bateau", 15: "taxi"}


def transit_lines(
    found: Sequence[SiteTrip],
    day: dt.date,
    rules: Rules,
    notes: Sequence[str],
    not_before: dt.datetime | None = None,
    start: str | None = None,
    numbers: Mapping[str, int] | None = None,
) -> Iterator[str]:
    """Give the round trips of a day line by line, in words.

    `not_before`: as for `geo.finder.site_trips.trips_from`; `start`: from where; `numbers`: of the sites by
    `facility_id` where they are numbered already, others have none; `None`: they are numbered here.
    """
    after = "" if not_before is None else f", départ à partir de {_clock(not_before)}"
    where = "" if start is None else f" depuis {start}"
    yield f"Sans voiture{where}, {date_text(day)}{after} :"
    if not any(one.possible for one in found):
        unknown = [one.why_not == "walk_unknown" for one in found]
        which = " dont le chemin à pied est connu" if any(unknown) else ""
        if not all(unknown):
            yield f"Vers les sites proches{which}, {NO_ROUND_TRIP}."
    known = {one.facility_id: number for number, one in enumerate(found, 1)} if numbers is None else numbers
    for one in found:
        number = f"{known[one.facility_id]}. " if one.facility_id in known else ""
        yield f"{number}{one.name} [{one.facility_id}] : {trip_sentence(one)}"
        if one.possible:
            yield f"   Aller : {way_words(one.there)}"
            yield f"   Retour : {way_words(one.back)}"
        if one.status is not None:
            yield f"   {one.status.sentence}"
        yield f"   Horaires ce jour-là : {hours_text(one.hours)}"
        if contact := _contact(one):
            yield f"   {contact}"
    yield from (f"  - {note}" for note in (rules_sentence(rules), *notes))


def trip_in_short(one: SiteTrip) -> str:
    """Return the round trip of a site in one sentence, without a full stop: of one that is possible its hours alone."""
    return trip_sentence(one).partition(SEMICOLON)[0] if one.possible else trip_sentence(one)


def round_trip_in_short(found: Sequence[SiteTrip], day: dt.date) -> str:
    """Return the round trip of a day that takes the least time out, in one sentence; or that there is none, or unknown.

    `found`: what `geo.finder.site_trips.trips_from` gives.

    Examples
    --------
    >>> import datetime as dt
    >>> round_trip_in_short([], dt.date(2025, 2, 4)).replace("\u00a0", " ")
    'Sans voiture, mardi 4 février 2025 : aucun aller-retour possible ce jour-là vers les sites proches.'
    """
    start = f"Sans voiture, {date_text(day)}{UNIT_SPACE}:"
    possible = next((one for one in found if one.possible), None)
    if possible is not None:
        return f"{start} vers {quoted(possible.name)}, {trip_in_short(possible)}."
    if found and all(one.why_not == "walk_unknown" for one in found):
        return f"{start} aucune rue n'est connue près des sites proches, ni donc l'aller-retour."
    soonest, after = next(iter(found), None), ""
    if soonest is not None and soonest.next_day is not None:
        after = f"{SEMICOLON}prochain jour possible{UNIT_SPACE}: {_day(soonest.next_day)}, vers {quoted(soonest.name)}"
    return f"{start} {NO_ROUND_TRIP} vers les sites proches{after}."


def trip_titles(found: Sequence[SiteTrip]) -> tuple[str, str]:
    """Return the title of the first site of some round trips, in the order of `trips_from`, and that of the others."""
    later = "Le plus proche" if found[0].next_day is None else "Le premier possible"
    return ("Le plus court aller-retour" if found[0].possible else later), "Autres sites proches"


def kept_trip_lines(one: SiteTrip, day: dt.date) -> list[str]:
    """Return the round trip of a day to one site for a sheet to keep: when, and the ways there and back, if any."""
    said = [f"Sans voiture, {date_text(day)}{UNIT_SPACE}: {trip_sentence(one)}."]
    if one.possible:
        said += [f"Aller{UNIT_SPACE}: {way_words(one.there)}", f"Retour{UNIT_SPACE}: {way_words(one.back)}"]
    if one.status is not None:
        said.append(f"{one.status.in_short}.")
    return said


def _contact(one: SiteTrip) -> str:
    """Return the telephone number, before it whether an appointment is needed unless the status tells; or nothing."""
    told = one.status is not None and one.status.appointment is not None
    appointment = "" if told else {True: "sur rendez-vous", False: "sans rendez-vous", None: ""}[one.appointment]
    return capital(", ".join(filter(None, (appointment, one.phone))))


def trip_sentence(one: SiteTrip) -> str:
    """Return the round trip of a site in one sentence, without a full stop."""
    if one.why_not == "walk_unknown":
        return WALK_UNKNOWN
    if one.leaves_home is None or one.arrives is None or one.leaves_site is None or one.home is None:
        after = "" if one.next_day is None else f"{SEMICOLON}prochain jour possible : {_day(one.next_day)}"
        why = _WHY_NOT[one.why_not or "no_way"]
        if one.public_holiday is not None and one.why_not == "closed":
            why = f"{why}, jour férié ({one.public_holiday})"
        if one.why_not in ("closed", "hours_unknown") and one.too_far is not None:
            why = f"{why}, et {_WHY_NOT[one.too_far]}"
        elif one.why_not == "closed" and one.searched_to is not None:
            after = f"{SEMICOLON}aucun non plus jusqu'au {_day(one.searched_to)}"
        return f"{NO_ROUND_TRIP}, {why}{after}"
    said = (
        f"départ {_clock(one.leaves_home)}, sur place {_clock_after(one.arrives)}{wait_words(one.wait_min)}, "
        f"retour {_clock(one.leaves_site)}, "
        f"chez vous {_clock_after(one.home)} ({trip_words(_minutes(one.leaves_home, one.home))} hors de chez vous)"
    )
    if one.earliest_arrival is None or one.last_way_back is None:
        rides = any(step.line is not None for step in (*one.there, *one.back))
        return f"{said}{SEMICOLON}{'possible aussi ' if rides else ''}{ON_FOOT}"
    return (
        f"{said}{SEMICOLON}première arrivée utile {_clock_after(one.earliest_arrival)}"
        f"{wait_words(one.earliest_wait_min)}, dernier retour "
        f"{_clock(one.last_way_back)}"
    )


def wait_words(minutes: float) -> str:
    """Return how long one waits outside until the doors open, after the hour of an arrival; empty where one does not.

    In the morning, or after lunch.

    >>> wait_words(87).replace("\u00a0", " "), wait_words(0)
    (' (attente 1 h 27 à la porte)', '')
    """
    return f" (attente {trip_words(minutes)} à la porte)" if minutes > 0 else ""


def way_words(steps: Sequence[Step]) -> str:
    """Return a way in words: on foot, then each line, where and when it is boarded and left."""
    return ", puis ".join(_step_words(step) for step in steps) or "sur place"


def rules_sentence(rules: Rules) -> str:
    r"""Return what counts as a round trip.

    >>> from geo.transit.round_trip import Rules
    >>> "0 min par trajet" in rules_sentence(Rules(way_min=0)).replace("\u00a0", " ").replace("\u202f", " ")
    True
    """
    way = trip_words(rules.way_min) if rules.way_min else f"0{UNIT_SPACE}min"
    walk, on_foot, visit = (
        f"{minutes:.0f}{UNIT_SPACE}min" for minutes in (rules.walk_min, rules.on_foot_s / 60, rules.visit_min)
    )
    return (
        f"Compte : à pied au plus {walk} jusqu'à un arrêt ou {on_foot} jusqu'au site, {way} par trajet, au moins "
        f"{visit} sur place pendant l'ouverture, retour le jour même."
    )


def _step_words(step: Step) -> str:
    if step.line is None:
        towards = "" if step.to_stop is None else f" jusqu'à {step.to_stop}"
        # Its own minutes: those between the hours told may be one more than the rules allow.
        return f"à pied {trip_words(math.ceil((step.arrives - step.departs).total_seconds() / 60))}{towards}"
    # Some publishers put the number of the train there.
    what = "n°" if step.headsign.isdigit() else "direction"
    headsign = f" ({what} {step.headsign})" if step.headsign else ""
    stays = "sans descendre, " if step.stays else ""
    return (
        f"{stays}{_vehicle(step.route_type)} {step.line}{headsign} {_of_stop(step.from_stop)} {_clock(step.departs)} "
        f"à {step.to_stop} {_clock_after(step.arrives)}"
    )


def _of_stop(name: str | None) -> str:
    """Return where a vehicle is boarded after "de", elided as the name of a commune is."""
    return of_commune(name or "l'arrêt")


def _vehicle(route_type: int | None) -> str:
    code = -1 if route_type is None else route_type
    return _VEHICLES.get(code) or _HUNDREDS.get(code // 100, "ligne")


def _clock(moment: dt.datetime) -> str:
    """Return a moment at which one leaves: the whole minute that has begun."""
    return clock(moment.hour * 60 + moment.minute)


def _clock_after(moment: dt.datetime) -> str:
    """Return a moment at which one arrives: the whole minute that has come by then."""
    return _clock(_whole_after(moment))


def _whole_after(moment: dt.datetime) -> dt.datetime:
    return moment + dt.timedelta(seconds=told_arrival_s(moment.second) - moment.second)


def _whole_before(moment: dt.datetime) -> dt.datetime:
    return moment - dt.timedelta(seconds=moment.second - told_departure_s(moment.second))


def _minutes(leaves: dt.datetime, arrives: dt.datetime) -> float:
    """Return the minutes between the two as they are shown."""
    return (_whole_after(arrives) - _whole_before(leaves)).total_seconds() / 60


def _day(day: dt.date) -> str:
    return f"{DAYS[day.weekday()]} {day_text(day)}"
