"""Who can go to a site and back without a car, in words: residents, communes, what is to be minded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.answers.answer import Answer, Figure, known_note, most_populous, naming, residents_line
from geo.answers.origin import TRANSIT_METHOD, one_point_sentences, walking_note
from geo.answers.round_trips import NO_ROUND_TRIP, ON_FOOT, rules_sentence, wait_words
from geo.answers.site_words import trip_words
from geo.answers.timetable_days import day_notes
from geo.classes import trip_class
from geo.finder.residents_trips import median_door_to_door, walked
from geo.french import (
    SEMICOLON,
    UNKNOWN,
    capital,
    clock,
    counted,
    date_text,
    format_integer,
    format_share,
    plural,
    quoted,
)
from geo.sources.embedded import positions_text
from geo.transit.schedule import FEED_DATASET
from geo.transit.window import PERCENTILES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.finder.day_without_car import DayWithoutCar
    from geo.finder.residents_trips import RoundTripShare
    from geo.territory import Territory
    from geo.transit.round_trip import Rules
    from geo.transit.window import Window

#: When one who walks all the way can be there, and come back.
AT_OPENING: Final = "à l'ouverture"
AT_ANY_HOUR: Final = "à toute heure"
ONLY_GIVEN: Final = "Seules les lignes des horaires donnés comptent : d'autres réseaux peuvent desservir le territoire."
#: What `commune_trip_rows` tells.
COMMUNE_HEADS: Final = (
    *("Commune", "Habitants", "Aller-retour possible", "Hors de chez soi", "Première arrivée utile", "Dernier retour"),
    "Vers",
)
#: Of the moments at which one may leave, those that a percentile is of.
_HOW_OFTEN: Final = {25: "un quart des départs", 50: "la moitié des départs", 75: "trois quarts des départs"}


def without_car_answer(territory: Territory, measured: DayWithoutCar, another: str = "") -> Answer:
    """Return who can go to a site and be back the same day without a car.

    `another`: as for `geo.answers.timetable_days.day_notes`.
    """
    return Answer(
        residents_sentence(measured.share),
        _figures(measured),
        details=tuple(
            filter(None, (communes_without_sentence(measured), *_door_to_door(measured), known_note(measured.part)))
        ),
        notes=(
            *day_notes(measured.day, measured.others, another),
            rules_sentence(measured.rules),
            *residents_notes(territory),
            *transit_notes(territory),
        ),
    )


def _door_to_door(measured: DayWithoutCar) -> tuple[str, ...]:
    """Return the sentence on the median resident; none where nobody is known to live."""
    if not measured.share.residents or measured.share.all_closed:
        return ()
    return (door_to_door_sentence(median_door_to_door(measured.found), measured.window, measured.rules),)


def communes_without_sentence(measured: DayWithoutCar) -> str:
    """Return how many communes have no possible round trip, how many live there, and which are the largest.

    Empty where no way is known, and where no site is open.
    """
    without, total = measured.communes_without, measured.share.communes
    if total == 0 or measured.share.all_closed:
        return ""
    if without.empty:
        if total < measured.part.communes:
            where = f"{plural(total, 'la seule commune', f'chacune des {format_integer(total)} communes')}"
            where = f"Dans {where} dont les trajets sont connus"
        else:
            where = "Dans chaque commune"
        return f"{where}, une partie au moins des habitants a un aller-retour possible."
    count = format_integer(len(without))
    if len(without) == total:
        return (
            f"Depuis {plural(total, 'la seule commune', f'les {count} communes')}, aucun aller-retour n'est possible."
        )
    known = without["residents_known"].notna().any()
    people = f" ({counted(without['residents_known'].sum(), 'habitant')})" if known else ""
    names = without.sort_values("residents", ascending=False, kind="stable")["name"].tolist()
    return (
        f"Aucun aller-retour n'est possible depuis {counted(len(without), 'commune')} sur {format_integer(total)}"
        f"{people}{naming(names, most_populous(without['residents']))}."
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
                (trip_words(row["time_out_min"]), *_first_and_last(row))
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


def with_words_on_foot(table: pd.DataFrame) -> pd.DataFrame:
    """Return communes with words for the first arrival and the last way back of those from where one may walk.

    `table`: `time_out_min`, `earliest_arrival`, `last_way_back`, as of `DayWithoutCar.communes`.

    Examples
    --------
    >>> import pandas as pd
    >>> trips = {"time_out_min": [97.0], "earliest_arrival": [None], "last_way_back": [None]}
    >>> with_words_on_foot(pd.DataFrame(trips)).iloc[0, 1:].tolist()
    ["à l'ouverture", 'à toute heure']
    """
    on_foot = walked(table).fillna(value=False)
    words = {"earliest_arrival": AT_OPENING, "last_way_back": AT_ANY_HOUR}
    return table.assign(**{name: table[name].mask(on_foot, said) for name, said in words.items()})


def _trip_parts(row: Any) -> list[str]:
    share = row["share_round_trip"]
    if pd.isna(share):
        return ["hors du réseau routier, trajet inconnu"]
    if share <= 0:
        return [NO_ROUND_TRIP]
    whose = "de ses points de départ" if pd.isna(row["residents"]) else "des habitants"
    whom = "" if possible_words(pd.DataFrame([row])).item() == "oui" else f" pour {format_share(share)} {whose}"
    time_out, site, ends = trip_words(row["time_out_min"]), quoted(row["facility_name"]), _first_and_last(row)
    return [
        f"aller-retour possible{whom}, {time_out} hors de chez soi, vers {site}",
        ON_FOOT if pd.isna(row["earliest_arrival"]) else "première arrivée utile {}, dernier retour {}".format(*ends),
    ]


def _first_and_last(row: Any) -> tuple[str, str]:
    """Return the first useful arrival and the last way back of a commune with a round trip."""
    if pd.isna(row["earliest_arrival"]):
        return AT_OPENING, ON_FOOT
    wait = row["earliest_wait_min"]
    return clock(row["earliest_arrival"]) + wait_words(0 if pd.isna(wait) else wait), clock(row["last_way_back"])


def _figures(measured: DayWithoutCar) -> tuple[Figure, ...]:
    share, without = measured.share, measured.communes_without
    if share.all_closed:
        unknown = f"{SEMICOLON}horaires inconnus : {share.sites_hours_unknown}" if share.sites_hours_unknown else ""
        return (Figure("Sites ouverts ce jour-là", "0", f"sur {format_integer(share.sites)}{unknown}"),)
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
        people = f"{SEMICOLON}{counted(without['residents_known'].sum(), 'habitant')}"
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
    """Return how many residents have a round trip without a car, of whom, for how long, and on foot or not."""
    day = f"{date_text(share.day)}"
    if share.all_closed:
        return closed_sentence(share)
    if share.communes == 0:
        return f"Aucun aller-retour n'est connu, {day} : le réseau routier ne couvre aucune commune."
    if share.share is None:
        trip = "un aller-retour" if share.communes_served else "d'aller-retour"
        return (
            f"{capital(_communes_served(share))}, sans voiture, {trip} possible vers un site France "
            f"services pendant son ouverture, {day}. Combien d'habitants l'ont n'est pas connu : le "
            f"territoire a été construit sans leur nombre."
        )
    said = (
        f"{format_share(share.share)} des habitants ({format_integer(share.residents_served)} sur "
        f"{format_integer(share.residents)}) peuvent, sans voiture, aller dans un site France services pendant son "
        f"ouverture et en revenir le jour même, {day}{SEMICOLON}{_communes_served(share, 'en ')} "
        f"la possibilité."
    )
    if share.median_time_out_min is not None:
        said = f"{said} Parmi eux, la moitié sont hors de chez eux {trip_words(share.median_time_out_min)} ou moins"
        on_foot = share.share_on_foot
        said += "." if on_foot is None else f" et {format_share(on_foot)} peuvent faire tout le trajet à pied."
    if share.share_carless is None or share.households_carless is None:
        return said
    return (
        f"{said} Des {format_integer(share.households_carless)} ménages sans voiture (recensement), "
        f"{format_share(share.share_carless)} ont cette possibilité."
    )


def closed_sentence(share: RoundTripShare) -> str:
    """Return that no site is open on a day: the lack of a round trip is then not one of transport.

    Examples
    --------
    >>> import datetime as dt
    >>> from geo.finder.residents_trips import RoundTripShare
    >>> easter = RoundTripShare(dt.date(2025, 4, 21), 9.0, 0.0, 1, 0, None, sites=3, sites_open=0)
    >>> closed_sentence(easter).replace("\u00a0", " ")[:61]
    "Aucun site n'est ouvert ce jour-là (lundi 21 avril 2025) : au"
    """
    whose = " dont les horaires sont connus" if share.sites_hours_unknown else ""
    return (
        f"Aucun site{whose} n'est ouvert ce jour-là ({date_text(share.day)}) : aucun aller-retour n'est possible, "
        f"quels que soient les transports. Choisissez un jour d'ouverture."
    )


def _communes_served(share: RoundTripShare, what: str = "") -> str:
    """Return how many communes have a round trip, verb included: ``"aucune commune sur 29 n'en a"``."""
    count, total = share.communes_served, format_integer(share.communes)
    if share.communes == 1:
        return f"la seule commune {what}a" if count else f"la seule commune n'{what}a pas"
    if not count:
        return f"aucune commune sur {total} n'{what}a"
    return f"{counted(count, 'commune')} sur {total} {what}{plural(count, 'a', 'ont')}"


def door_to_door_sentence(minutes: Mapping[int, float | None], window: Window, rules: Rules) -> str:
    """Return how long the way is for half of the residents, leaving at any minute of a window.

    `minutes`: what `geo.finder.residents_trips.median_door_to_door` gives.

    Examples
    --------
    >>> from geo.transit.round_trip import Rules
    >>> from geo.transit.window import Window
    >>> said = door_to_door_sentence({25: 31.0, 50: None, 75: None}, Window(420, 540), Rules())
    >>> " ".join(said.split())[-73:]
    "moins de la moitié en ont un d'au plus 2 h 00 pour la moitié des départs."
    """
    known = [(percent, value) for percent in PERCENTILES if (value := minutes[percent]) is not None]
    parts = []
    if known:
        times = ", ".join(f"{trip_words(value)} pour {_HOW_OFTEN[percent]}" for percent, value in known)
        parts.append(f"la moitié des habitants ont un trajet d'au plus {times}")
    if missing := [percent for percent in PERCENTILES if minutes[percent] is None]:
        whom = "moins de la moitié en ont un" if known else "moins de la moitié des habitants ont un trajet"
        parts.append(f"{whom} d'au plus {trip_words(rules.way_min)} pour {_HOW_OFTEN[missing[0]]}")
    return (
        f"Porte à porte, attente comprise, vers un site ouvert ce jour-là, pour des départs à chaque minute de "
        f"{clock(window.start_min)} à {clock(window.end_min)} : {SEMICOLON.join(parts)}."
    )


def transit_notes(territory: Territory) -> tuple[str, ...]:
    """Return what is to be minded: which timetables, how ways on foot are known, what a change takes."""
    sources = [
        f"Horaires : {source.file}, {source.vintage}."
        for source in territory.manifest.sources
        if source.dataset == FEED_DATASET
    ]
    feeds = () if territory.schedule is None else territory.schedule.feeds["note"]
    return (*sources, ONLY_GIVEN, *(f"{note}." for note in feeds if note), walking_note(territory), *TRANSIT_METHOD)


def residents_notes(territory: Territory) -> tuple[str, ...]:
    """Return what is to be minded of a share of residents, besides `transit_notes`."""
    known = territory.cells is None and territory.demand["population"].notna().any()
    cities = one_point_sentences((territory,))
    if not known:
        return tuple(cities)
    starts = territory.demand["commune_code"][territory.demand_on_network.link >= 0]
    communes = territory.communes[territory.communes.index.isin(starts)]
    said = (
        f"Les habitants d'une commune sont comptés ensemble, à sa position ({positions_text(communes)}) : "
        f"avec des carreaux de population, la part est plus juste, et souvent plus faible."
    )
    return (*cities, said)
