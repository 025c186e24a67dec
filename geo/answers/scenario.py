"""What a scenario does and what it changes, in French."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.answers.answer import (
    NO_SIDE_CHANGED,
    Answer,
    Figure,
    change_of_time,
    changing_sides,
    estimated_bounds,
    nobody_known,
    passing_sides,
    residents_line,
    times_told,
)
from geo.answers.rounds import rounds_change, rounds_line
from geo.classes import CHANGED_MIN
from geo.french import (
    SEMICOLON,
    UNIT_SPACE,
    UNKNOWN,
    capital,
    counted,
    format_decimal,
    format_hours,
    format_integer,
    format_share,
    joined,
    minutes_text,
    plural,
    quoted,
    said_minutes,
    said_time,
    within_text,
)
from geo.siting.scenario import AddStop, CloseSite, MoveSite, OpenSite
from geo.sources.opening_hours import WeeklyHours
from geo.sources.round_hours import passes_of_osm, passes_text
from geo.territory.study_area import PRECISION_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.access.known_part import KnownPart
    from geo.access.opening import OpeningTable
    from geo.siting.comparison import ScenarioComparison, ThresholdChange
    from geo.siting.scenario import Place, Scenario


#: Sites named of many.
_NAMED: Final = 3


def scenario_answer(comparison: ScenarioComparison) -> Answer:
    """Return what a scenario changes: at the first threshold, then at the others, then the times."""
    first, *others = comparison.changes
    notes = (comparison.rule,)
    if unknown := nobody_known(comparison.part):
        told = [f"À {minutes_text(each.threshold_min)}, {_communes_moving(each)}." for each in comparison.changes]
        return Answer(unknown, _figures(comparison), (*told, *_not_counted(comparison)), notes)
    details = [f"{capital(_moving(change, comparison))}." for change in others]
    times = _times_moving(comparison)
    if not comparison.scenario.actions:
        share = format_share(comparison.part.share(first.residents_within_before))
        sentence = (
            f"Rien n'est encore changé : {share} des habitants sont {within_text(first.threshold_min)} d'un site."
        )
        return Answer(sentence, _figures(comparison), (), notes)
    if not times:
        sentence = f"Aucun trajet ne change avec ce scénario : {_staying(first, comparison.part)}."
        if empty := len(communes_changing(comparison)):
            sentence = (
                f"Avec ce scénario, le trajet ne change que dans {counted(empty, 'commune')} où aucun habitant n'est "
                f"compté : {_staying(first, comparison.part)}{SEMICOLON}{_communes_moving(first)}."
            )
    elif not _passing(first):
        sentence = f"Avec ce scénario, {_moving(first, comparison)}{SEMICOLON}{times}."
    else:
        sentence = f"Avec ce scénario, {_moving(first, comparison)}."
        details.append(f"{capital(times)}.")
    sentence = " ".join([sentence, *_not_counted(comparison)])
    if comparison.rounds_before is not None and comparison.rounds_after is not None:
        sentence = f"{sentence} {rounds_change(comparison.rounds_before, comparison.rounds_after)}".strip()
        details.append(rounds_line(comparison.rounds_after))
    return Answer(sentence, _figures(comparison), (*details, *_time_details(comparison)), notes)


def action_sentences(scenario: Scenario, sites: pd.DataFrame, communes: pd.DataFrame) -> list[str]:
    """Return one sentence for each action of a scenario, in order.

    `sites`, `communes`: `facility_id` and `name` of the sites of today; `name` by code of commune.
    """
    names = dict(zip(sites["facility_id"], sites["name"], strict=True))
    names |= {action.facility_id: action.name for action in scenario.actions if isinstance(action, OpenSite)}
    sentences = []
    for action in scenario.actions:
        site = quoted(names.get(action.facility_id, action.facility_id))
        if isinstance(action, OpenSite):
            sentences.append(f"Ouvrir {site} {_where(action.place, communes)}.")
        elif isinstance(action, CloseSite):
            sentences.append(f"Fermer {site}.")
        elif isinstance(action, MoveSite):
            sentences.append(f"Déplacer {site} {_where(action.place, communes)}.")
        elif isinstance(action, AddStop):
            when = passes_text(passes_of_osm(action.passes))
            sentences.append(f"Faire passer un bus {_where(action.place, communes)} : {when}.")
        else:
            hours = format_hours(WeeklyHours.from_osm(action.opening_hours).hours_per_week)
            sentences.append(f"Changer les horaires de {site} : {hours} par semaine.")
    return sentences


def new_site_name(place: Place, communes: pd.DataFrame) -> str:
    """Return what a site opened at a place is called; `communes`: `name` by code of commune."""
    if place.commune_code is not None:
        return f"Nouveau site, {communes['name'].get(place.commune_code, place.commune_code)}"
    return f"Nouveau site, {format_decimal(place.lat, 3)} N, {format_decimal(place.lon, 3)} E"


def hours_change_sentence(before: OpeningTable, after: OpeningTable) -> str:
    """Return how long a week a resident has an open site within the threshold, before and after; empty if unknown."""
    was, will = before.hours_within_reach, after.hours_within_reach
    if not np.isfinite([was, will]).all():
        return ""
    return (
        f"Horaires : un habitant a en moyenne un site ouvert {within_text(before.threshold_min)} pendant "
        f"{format_decimal(will)}{UNIT_SPACE}h par semaine, contre {format_decimal(was)}{UNIT_SPACE}h aujourd'hui. "
        "Changer les horaires ne change pas les trajets."
    )


def communes_changing(comparison: ScenarioComparison) -> pd.DataFrame:
    """Return the communes whose time changes, the greatest change first; those that lose or gain a road lead."""
    communes = comparison.communes
    sides = communes["travel_time_before_min"].isna() != communes["travel_time_after_min"].isna()
    gap = communes["delta_min"].abs().astype("Float64").fillna(np.inf)
    changed = communes[(communes["delta_min"].abs() >= CHANGED_MIN).fillna(value=False) | sides]
    return changed.loc[gap[changed.index].sort_values(ascending=False, kind="stable").index]


def estimated_change(minutes: float) -> str:
    """Return by how much an estimated time changes, from the exact times, and which way.

    Examples
    --------
    >>> [estimated_change(minutes).replace(UNIT_SPACE, " ") for minutes in (-12.3, -2.0, 7.0, 0.0)]
    ['environ 10 min gagnées', 'moins de 5 min gagnées', 'environ 5 min perdues', 'aucun']
    """
    if abs(minutes) < CHANGED_MIN:
        return "aucun"
    return f"{said_minutes(abs(minutes), estimated=True)} {'perdues' if minutes > 0 else 'gagnées'}"


def change_lines(communes: pd.DataFrame, before: str, after: str, residents: str) -> list[list[str]]:
    """Return what a map says of each commune whose time may change: its minutes before and after, its residents."""
    names = [before, after, residents, *(name for name in PRECISION_COLUMNS if name in communes)]
    rows = zip(*(communes[name].tolist() for name in names), strict=True)  # rows of pandas take longer
    return [
        [*_trips(row, before, after), residents_line(row[residents])]
        for row in (dict(zip(names, values, strict=True)) for values in rows)
    ]


def _figures(comparison: ScenarioComparison) -> tuple[Figure, ...]:
    known = comparison.part.residents_known > 0
    changes = sorted(comparison.changes, key=lambda change: change.threshold_min)
    moved = [
        Figure(
            capital(within_text(change.threshold_min)),
            f"+{format_integer(change.residents_gained)}\u2002\u2212{format_integer(change.residents_lost)}"
            if known
            else UNKNOWN,
            "habitants gagnés et perdus",
        )
        for change in changes
    ]
    estimated = comparison.part.estimated
    before, after = comparison.mean_time_before_min, comparison.mean_time_after_min
    was, will = (said_minutes(minutes, estimated=estimated) for minutes in (before, after))
    if estimated and before is not None and after is not None:
        will = change_of_time(before, after)
    return (*moved, Figure("Trajet moyen", will, f"{was} aujourd'hui"))


def _not_counted(comparison: ScenarioComparison) -> list[str]:
    """Return of which sites nothing that the scenario does can change a trip; empty where all of them count."""
    if not (names := comparison.sites_not_counted):
        return []
    which, are = joined([quoted(name) for name in names], _NAMED), plural(len(names), "n'est", "ne sont")
    return [f"{which} {are} pas parmi les sites comptés : ce que le scénario en fait ne change aucun trajet."]


def _passing(change: ThresholdChange) -> str:
    return passing_sides(change.residents_gained, change.residents_lost, change.threshold_min)


def _staying(change: ThresholdChange, part: KnownPart) -> str:
    share = format_share(part.share(change.residents_within_after))
    return f"{share} des habitants restent {within_text(change.threshold_min)} d'un site"


def _moving(change: ThresholdChange, comparison: ScenarioComparison) -> str:
    """Return who passes a threshold, the shares before and after, and the communes that change side."""
    part = comparison.part
    within, threshold = within_text(change.threshold_min), minutes_text(change.threshold_min)
    moves = _passing(change)
    if not moves:
        people = f"personne ne passe le seuil de {threshold} : {_staying(change, part)}"
        return f"{people}{SEMICOLON}{_communes_moving(change)}"
    before, after = (
        format_share(part.share(count)) for count in (change.residents_within_before, change.residents_within_after)
    )
    estimates = estimated_bounds(comparison.interval(change))
    shares = f"{after} des habitants sont {within}{estimates}, contre {before} aujourd'hui"
    return f"{moves} : {shares}{SEMICOLON}{_communes_moving(change)}"


def _communes_moving(change: ThresholdChange) -> str:
    gained, lost = len(change.communes_gained), len(change.communes_lost)
    parts = [changing_sides(count, under_served=under) for count, under in ((gained, False), (lost, True)) if count]
    return " et ".join(parts) or NO_SIDE_CHANGED


def _times_moving(comparison: ScenarioComparison) -> str:
    """Return for how many the way gets shorter or longer, begins or ends; empty where it does for nobody."""
    sides = (
        (
            comparison.residents_sooner,
            comparison.residents_connected,
            "raccourcit",
            "devient possible",
            "avait",
            "avaient",
        ),
        (comparison.residents_later, comparison.residents_cut_off, "s'allonge", "n'existe plus", "aura", "auront"),
    )
    parts = [_moving_for(*side) for side in sides if round(side[0])]
    return f"le trajet {' et '.join(parts)}" if parts else ""


def _moving_for(all_: float, without: float, changes: str, all_without: str, has: str, have: str) -> str:
    """Return what happens to the way of some, of whom a few have none before, or after."""
    whom = f"pour {counted(all_, 'habitant')}"
    if not round(without):
        return f"{changes} {whom}"
    if round(without) == round(all_):
        return f"{all_without} {whom}"
    return f"{changes} {whom} ({format_integer(without)} n'en {plural(without, has, have)} aucun)"


def _time_details(comparison: ScenarioComparison) -> list[str]:
    """Return the mean times, and who lacks every road."""
    before, after = comparison.mean_time_before_min, comparison.mean_time_after_min
    if before is None or after is None:
        sentences = ["Temps moyen : aucun habitant n'a de route vers un site à la fois avant et après."]
    else:
        told = times_told(before, after, estimated=comparison.part.estimated)
        sentences = [f"Temps moyen : {told}, pour les habitants qui ont une route vers un site avant et après."]
    without, ever = comparison.residents_without_road_before, comparison.residents_without_road_after
    if round(without) or round(ever):
        sentences.append(
            f"Habitants sans route vers un site : {format_integer(without)} avant, {format_integer(ever)} après"
            f"{SEMICOLON}ils comptent dans les parts, dans aucune moyenne de temps."
        )
    return sentences


def _where(place: Place, communes: pd.DataFrame) -> str:
    code = place.commune_code
    if code is not None:
        return f"dans la commune {communes['name'].get(code, code)}"
    return f"à la latitude {format_decimal(place.lat, 5)} et la longitude {format_decimal(place.lon, 5)}"


def _trips(row: Mapping[Any, Any], before: str, after: str) -> list[str]:
    """Return the minutes of a commune today and then: on one line, or on two where each has its bounds.

    What changes is told from the exact times where they are estimated: two times to 5 minutes would not tell it.
    """
    was, will = (_trip(row, column) for column in (before, after))
    if row.get("estimated", False):
        change = row[after] - row[before]
        if pd.notna(change) and abs(change) >= CHANGED_MIN:
            will = f"{will} ({estimated_change(change)})"
        return [f"Aujourd'hui : {was}", f"Ensuite : {will}"]
    return [f"{was} aujourd'hui, {will} ensuite"]


def _trip(row: Mapping[Any, Any], column: str) -> str:
    words = said_time(row, column)
    return words if words != UNKNOWN else "aucune route"
