"""The way without a car in words: by public transport there and back, on foot, by bicycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.answers.answer import Answer, Figure, residents_line
from geo.answers.origin import walking_note
from geo.answers.site_words import trip_words
from geo.classes import trip_class
from geo.finder.opening_times import day_text, hours_text
from geo.finder.residents_trips import median_door_to_door
from geo.french import (
    DAYS,
    SEMICOLON,
    UNKNOWN,
    agreed,
    capital,
    clock,
    counted,
    format_integer,
    format_share,
    joined,
    plural,
    quoted,
)
from geo.transit.schedule import FEED_DATASET
from geo.transit.window import PERCENTILES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from geo.finder.day_without_car import DayWithoutCar
    from geo.finder.named_days import NamedDay
    from geo.finder.residents_trips import RoundTripShare
    from geo.finder.without_car import SiteTrip, Step
    from geo.territory import Territory
    from geo.transit.round_trip import Rules
    from geo.transit.window import Window

NO_ROUND_TRIP: Final = "aucun aller-retour possible ce jour-là"
ONLY_GIVEN: Final = "Seules les lignes des horaires donnés comptent : d'autres réseaux peuvent desservir le territoire."
AT_TOWN_HALLS: Final = (
    "Tous les habitants d'une commune sont comptés à son point (la mairie, si elle est connue) : avec des carreaux de "
    "population, la part est plus juste, et souvent plus faible."
)
#: What `commune_trip_rows` tells.
COMMUNE_HEADS: Final = (
    *("Commune", "Habitants", "Aller-retour possible", "Hors de chez soi", "Première arrivée utile", "Dernier retour"),
    "Vers",
)
#: How many communes are named in a sentence.
_NAMED: Final = 3
_WHY_NOT: Final = {
    "hours_unknown": "ses horaires ne sont pas connus",
    "closed": "le site est fermé",
    "no_stop_here": "ni le site ni un arrêt n'est assez près de votre départ à pied",
    "no_stop_there": "aucun arrêt n'est assez près du site à pied",
    "too_late": "plus aucun départ ne convient à partir de cette heure",
    "no_way": "aucun horaire ne convient",
}
#: Of the moments at which one may leave, those that a percentile is of.
_HOW_OFTEN: Final = {25: "un quart du temps", 50: "la moitié du temps", 75: "trois quarts du temps"}
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
) -> Iterator[str]:
    """Give the round trips of a day line by line, in words; `not_before`: as for `trips_from`; `start`: from where."""
    after = "" if not_before is None else f", départ à partir de {_clock(not_before)}"
    where = "" if start is None else f" depuis {start}"
    yield f"Sans voiture{where}, {DAYS[day.weekday()]} {day_text(day)} {day.year}{after} :"
    if not any(one.possible for one in found):
        yield f"Vers les sites proches, {NO_ROUND_TRIP}."
    for number, one in enumerate(found, 1):
        yield f"{number}. {one.name} [{one.facility_id}] : {trip_sentence(one)}"
        if one.possible:
            yield f"   Aller : {way_words(one.there)}"
            yield f"   Retour : {way_words(one.back)}"
        yield f"   Horaires ce jour-là : {hours_text(one.hours)}"
        if contact := _contact(one):
            yield f"   {contact}"
    yield from (f"  - {note}" for note in (rules_sentence(rules), *notes))


def _contact(one: SiteTrip) -> str:
    """Return whether an appointment is needed, and the telephone number; empty where neither is known."""
    appointment = {True: "sur rendez-vous", False: "sans rendez-vous", None: ""}[one.appointment]
    return capital(", ".join(filter(None, (appointment, one.phone))))


def trip_sentence(one: SiteTrip) -> str:
    """Return the round trip of a site in one sentence, without a full stop."""
    if one.leaves_home is None or one.arrives is None or one.leaves_site is None or one.home is None:
        after = "" if one.next_day is None else f"{SEMICOLON}prochain jour possible : {_day(one.next_day)}"
        return f"{NO_ROUND_TRIP}, {_WHY_NOT[one.why_not or 'no_way']}{after}"
    said = (
        f"départ {_clock(one.leaves_home)}, sur place {_clock(one.arrives)}, retour {_clock(one.leaves_site)}, chez "
        f"vous {_clock(one.home)} ({trip_words(one.time_out_min or 0.0)} hors de chez vous)"
    )
    rides = any(step.line is not None for step in (*one.there, *one.back))
    if not rides or one.earliest_arrival is None or one.last_way_back is None:
        return said
    return (
        f"{said}{SEMICOLON}première arrivée utile {_clock(one.earliest_arrival)}, dernier retour "
        f"{_clock(one.last_way_back)}"
    )


def way_words(steps: Sequence[Step]) -> str:
    """Return a way in words: on foot, then each line, where and when it is boarded and left."""
    return ", puis ".join(_step_words(step) for step in steps) or "sur place"


def rules_sentence(rules: Rules) -> str:
    """Return what counts as a round trip."""
    return (
        f"Compte : au plus {rules.walk_min:.0f} min à pied, jusqu'à un arrêt ou jusqu'au site, "
        f"{trip_words(rules.way_min)} par trajet, au moins {rules.visit_min:.0f} min sur place pendant l'ouverture, "
        f"retour le jour même."
    )


def day_words(day: NamedDay) -> str:
    """Return a day with its school holidays and its trips: ``"mardi 4 février 2025, hors vacances…, 196 trajets"``."""
    if day.holiday is None:
        school = "vacances scolaires non connues"
    elif day.holiday:
        school = f"{day.holiday} de la zone {day.zone}"
    else:
        school = f"hors vacances scolaires de la zone {day.zone}"
    date = f"{DAYS[day.date.weekday()]} {day_text(day.date)} {day.date.year}"
    return f"{date}, {school}, {agreed(day.trips, 'trajet(s)')}"


def day_notes(day: NamedDay, others: Sequence[NamedDay], another: str = "") -> tuple[str, ...]:
    """Return what is to be minded of a day: which it is, which feeds do not reach it, and which others could be asked.

    `another`: where it was chosen from what the feeds cover, as none was asked for, what asks for another (``--day``).
    """
    why = f" (choisi parmi les jours des horaires : {another} en donne un autre)" if another else ""
    notes = [f"Jour : {day_words(day)}{why}."]
    if day.feeds_without:
        notes.append(f"Horaires qui ne couvrent pas ce jour, donc non comptés : {', '.join(day.feeds_without)}.")
    rest = [each for each in others if each.date != day.date]
    if rest:
        notes.append(days_sentence(rest, "Autres jours types"))
    return tuple(notes)


def days_sentence(days: Sequence[NamedDay], title: str = "Jours types des horaires") -> str:
    """Return days with their school holidays and trips, and the dates by which they are asked for."""
    return f"{title} : " + f"{SEMICOLON}".join(f"{day_words(day)} ({day.date.isoformat()})" for day in days) + "."


def without_car_answer(territory: Territory, measured: DayWithoutCar, another: str = "") -> Answer:
    """Return who can go to a site and be back the same day without a car.

    `another`: as for `day_notes`.
    """
    return Answer(
        residents_sentence(measured.share),
        _figures(measured),
        details=(communes_without_sentence(measured), *_door_to_door(measured)),
        notes=(
            *day_notes(measured.day, measured.others, another),
            rules_sentence(measured.rules),
            *residents_notes(territory),
            *transit_notes(territory),
        ),
    )


def _door_to_door(measured: DayWithoutCar) -> tuple[str, ...]:
    """Return the sentence on the median resident; none where nobody is known to live."""
    if not measured.share.residents:
        return ()
    return (door_to_door_sentence(median_door_to_door(measured.found), measured.window, measured.rules),)


def communes_without_sentence(measured: DayWithoutCar) -> str:
    """Return how many communes have no possible round trip, how many live there, and which are the largest."""
    without, total = measured.communes_without, measured.share.communes
    if without.empty:
        return "Dans chaque commune, des habitants au moins ont un aller-retour possible."
    count = format_integer(len(without))
    if len(without) == total:
        return (
            f"Depuis {plural(total, 'la seule commune', f'les {count} communes')}, aucun aller-retour n'est possible."
        )
    known = without["residents"].notna().any()
    people = f" ({counted(without['residents'].sum(), 'habitant')})" if known else ""
    largest = without.sort_values("residents", ascending=False, kind="stable")["name"].head(_NAMED)
    start = ("les plus peuplées : " if known else "dont ") if len(without) > _NAMED else ""
    return (
        f"Aucun aller-retour n'est possible depuis {counted(len(without), 'commune')} sur {format_integer(total)}"
        f"{people}{SEMICOLON}{start}{joined(largest.tolist())}."
    )


def commune_trip_sentence(row: Any) -> str:
    """Return what is known of one commune, a row of `DayWithoutCar.communes`."""
    return f"{row['name']} ({residents_line(row['residents']).lower()}) : {SEMICOLON.join(_trip_parts(row))}."


def commune_trip_lines(communes: pd.DataFrame) -> list[list[str]]:
    """Return the lines of a map about each row of `DayWithoutCar.communes`."""
    return [[residents_line(row["residents"]), *map(capital, _trip_parts(row))] for row in communes.to_dict("records")]


def commune_trip_rows(communes: pd.DataFrame) -> list[list[str]]:
    """Return each row of `DayWithoutCar.communes` as texts under `COMMUNE_HEADS`."""
    possible = possible_words(communes)
    return [
        [
            str(row["name"]),
            format_integer(row["residents"]),
            UNKNOWN if pd.isna(word) else str(word) if word != "en partie" else format_share(row["share_round_trip"]),
            *(
                (trip_words(row["time_out_min"]), clock(row["earliest_arrival"]), clock(row["last_way_back"]))
                if pd.notna(row["time_out_min"])
                else ("", "", "")
            ),
            "" if pd.isna(row["facility_name"]) else str(row["facility_name"]),
        ]
        for word, row in zip(possible, communes.to_dict("records"), strict=True)
    ]


def possible_words(communes: pd.DataFrame) -> pd.Series:
    """Return whether the residents of each row of `DayWithoutCar.communes` have a round trip: texts, <NA> unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> possible_words(pd.DataFrame({"share_round_trip": [1.0, 0.4, 0.0]})).tolist()
    ['oui', 'en partie', 'non']
    """
    position = trip_class(communes["share_round_trip"])
    words = dict(enumerate(("oui", "en partie", "non")))
    return pd.Series([words.get(each) for each in position.tolist()], index=communes.index, dtype="string")


def _trip_parts(row: Any) -> list[str]:
    share = row["share_round_trip"]
    if pd.isna(share):
        return ["personne n'y est compté"]
    if share <= 0:
        return [NO_ROUND_TRIP]
    whose = "de ses points de départ" if pd.isna(row["residents"]) else "des habitants"
    whom = "" if possible_words(pd.DataFrame([row])).item() == "oui" else f" pour {format_share(share)} {whose}"
    time_out, site = trip_words(row["time_out_min"]), quoted(row["facility_name"])
    return [
        f"aller-retour possible{whom}, {time_out} hors de chez soi, vers {site}",
        f"première arrivée utile {clock(row['earliest_arrival'])}, dernier retour {clock(row['last_way_back'])}",
    ]


def _figures(measured: DayWithoutCar) -> tuple[Figure, ...]:
    share, without = measured.share, measured.communes_without
    figures, people = [], ""
    if share.residents is not None:
        figures += [
            Figure(
                "Habitants avec un aller-retour",
                UNKNOWN if share.share is None else format_share(share.share),
                f"{format_integer(share.residents_served)} sur {format_integer(share.residents)}",
            ),
            Figure(
                "Hors de chez soi",
                UNKNOWN if share.median_time_out_min is None else trip_words(share.median_time_out_min),
                "la moitié d'entre eux y passent moins",
            ),
        ]
        people = f"{SEMICOLON}{counted(without['residents'].sum(), 'habitant')}"
    figures.append(
        Figure(
            "Communes sans aller-retour",
            format_integer(len(without)),
            f"sur {format_integer(share.communes)}{people}",
        )
    )
    if share.share_carless is not None and share.households_carless is not None:
        served, of_all = format_integer(share.households_carless_served), format_integer(share.households_carless)
        figures.append(
            Figure("Ménages sans voiture qui en ont un", format_share(share.share_carless), f"{served} sur {of_all}")
        )
    return tuple(figures)


def residents_sentence(share: RoundTripShare) -> str:
    """Return how many residents have a round trip without a car, of whom, and for how long."""
    day = f"{DAYS[share.day.weekday()]} {day_text(share.day)} {share.day.year}"
    if share.share is None:
        return (
            f"Sans voiture, {day} : {share.communes_served} communes sur {share.communes} ont un aller-retour possible "
            f"vers un site France services pendant son ouverture. Combien d'habitants l'ont n'est pas connu : le "
            f"territoire a été construit sans leur nombre."
        )
    said = (
        f"Sans voiture, {day} : {format_share(share.share)} des habitants "
        f"({format_integer(share.residents_served)} sur {format_integer(share.residents)}) peuvent aller dans un site "
        f"France services pendant son ouverture et en revenir le jour même ; {share.communes_served} communes sur "
        f"{share.communes} en ont la possibilité."
    )
    if share.median_time_out_min is not None:
        said = f"{said} La moitié d'entre eux sont hors de chez eux {trip_words(share.median_time_out_min)} ou moins."
    if share.share_carless is None or share.households_carless is None:
        return said
    return (
        f"{said} Des {format_integer(share.households_carless)} ménages sans voiture (recensement), "
        f"{format_share(share.share_carless)} ont cette possibilité."
    )


def door_to_door_sentence(minutes: Mapping[int, float | None], window: Window, rules: Rules) -> str:
    """Return how long the way is for who leaves at any minute of a window.

    `minutes`: what `geo.finder.residents_trips.median_door_to_door` gives.

    Examples
    --------
    >>> from geo.transit.round_trip import Rules
    >>> from geo.transit.window import Window
    >>> said = door_to_door_sentence({25: 31.0, 50: None, 75: None}, Window(420, 540), Rules())
    >>> " ".join(said.split())[-61:]
    "moins de la moitié du temps, il a un trajet d'au plus 2 h 00."
    """
    known = [(percent, value) for percent in PERCENTILES if (value := minutes[percent]) is not None]
    parts = [", ".join(f"{trip_words(value)} ou moins {_HOW_OFTEN[percent]}" for percent, value in known)]
    if missing := [percent for percent in PERCENTILES if minutes[percent] is None]:
        parts.append(f"moins {_of(_HOW_OFTEN[missing[0]])}, il a un trajet d'au plus {trip_words(rules.way_min)}")
    return (
        f"Porte à porte, attente comprise, vers un site ouvert ce jour-là, en partant à toute minute entre "
        f"{clock(window.start_min)} et {clock(window.end_min)}, pour l'habitant médian : "
        f"{SEMICOLON.join(filter(None, parts))}."
    )


def _of(words: str) -> str:
    return f"d'{words}" if words.startswith("u") else f"de {words}"


def transit_notes(territory: Territory) -> tuple[str, ...]:
    """Return what is to be minded: which timetables, and how ways on foot are known."""
    sources = [
        f"Horaires : {source.file}, {source.vintage}."
        for source in territory.manifest.sources
        if source.dataset == FEED_DATASET
    ]
    feeds = () if territory.schedule is None else territory.schedule.feeds["note"]
    return (*sources, ONLY_GIVEN, *(f"{note}." for note in feeds if note), walking_note(territory))


def residents_notes(territory: Territory) -> tuple[str, ...]:
    """Return what is to be minded of a share of residents, besides `transit_notes`."""
    known = territory.cells is None and territory.demand["population"].notna().any()
    return (AT_TOWN_HALLS,) if known else ()


def _step_words(step: Step) -> str:
    minutes = (step.arrives - step.departs).total_seconds() / 60
    if step.line is None:
        towards = "" if step.to_stop is None else f" jusqu'à {step.to_stop}"
        return f"à pied {trip_words(minutes)}{towards}"
    # Some publishers put the number of the train there.
    what = "n°" if step.headsign.isdigit() else "direction"
    headsign = f" ({what} {step.headsign})" if step.headsign else ""
    stays = "sans descendre, " if step.stays else ""
    return (
        f"{stays}{_vehicle(step.route_type)} {step.line}{headsign} de {step.from_stop} {_clock(step.departs)} "
        f"à {step.to_stop} {_clock(step.arrives)}"
    )


def _vehicle(route_type: int | None) -> str:
    code = -1 if route_type is None else route_type
    return _VEHICLES.get(code) or _HUNDREDS.get(code // 100, "ligne")


def _clock(moment: dt.datetime) -> str:
    return clock(moment.hour * 60 + moment.minute)


def _day(day: dt.date) -> str:
    return f"{DAYS[day.weekday()]} {day_text(day)}"
