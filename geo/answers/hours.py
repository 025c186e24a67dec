"""When sites are open within reach, and what one more half-day would bring, in French."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.access.opening import EXPECTED_HOURS
from geo.answers.answer import Answer, Figure, nobody_known
from geo.answers.rounds import week_line
from geo.answers.tables import decimals_of
from geo.french import (
    SEMICOLON,
    UNIT_SPACE,
    UNKNOWN,
    clock,
    counted,
    format_decimal,
    format_hours,
    format_integer,
    format_share,
    is_plural,
    joined,
    plural,
    within_text,
)

if TYPE_CHECKING:
    import pandas as pd

    from geo.access.known_part import KnownPart
    from geo.access.opening import OpeningTable

#: Share of residents by which two sums of the same people may differ, made in another order.
_SAME: Final = 1e-9
_SATURDAY: Final = "samedi"
_SUNDAY: Final = "dimanche"
_EVENING: Final = "18:00"
_ORDINARY_WEEK: Final = f"Semaine ordinaire, sans jours fériés{SEMICOLON}à l'heure d'arrivée au site."
_HALF_DAYS_MEANT: Final = (
    "Matin : 9 h à 12 h ; après-midi : 14 h à 17 h. « Heures × habitants » : heures pendant lesquelles un habitant à "
    "portée de ce site n'a aucun site ouvert aujourd'hui, additionnées sur tous les habitants. Là où les horaires ne "
    "sont pas connus, le site compte comme fermé : vérifiez-les d'abord."
)


def hours_answer(opening: OpeningTable) -> Answer:
    """Return the best hour of the week, then evenings, weekends and hours when almost nobody finds an open site.

    Examples
    --------
    >>> from geo import Territory
    >>> from geo.access.opening import open_shares
    >>> hours_answer(open_shares(Territory.load("64"))).sentence.startswith("Au mieux, le ")
    True
    """
    notes = (*_unknown_hours(opening), _ORDINARY_WEEK)
    unknown = nobody_known(opening.part)
    within, anywhere = within_text(opening.threshold_min), format_share(opening.share_within)
    figures = (
        Figure(
            "Heures ouvertes à portée",
            UNKNOWN if unknown else f"{format_decimal(opening.hours_within_reach)}{UNIT_SPACE}h",
            "par habitant et par semaine, en moyenne",
        ),
        saturday_figure(opening),
        Figure(
            f"En semaine à 18{UNIT_SPACE}h, au plus",
            format_share(_evening(opening)),
            f"des habitants ont un site ouvert {within}",
        ),
    )
    if unknown:
        return Answer(unknown, figures, (), notes)
    best = opening.spans().iloc[0]
    if best["share"] <= 0:
        sentence = (
            f"D'après les horaires connus, aucun site {within} n'est ouvert à aucun moment de la semaine{SEMICOLON}"
            f"{anywhere} des habitants en ont un."
        )
        if not opening.share_within:
            sentence = f"Aucun habitant n'a de site {within}, ouvert ou non."
        return Answer(sentence, figures, tuple(filter(None, [week_line(opening)])), notes)
    at_best, lost = format_share(best["share"]), (opening.share_within or 0.0) - float(best["share"])
    beside = f"{SEMICOLON}{anywhere} ont un site, ouvert ou non"
    if anywhere == at_best:
        beside = f", soit {'presque ' if lost > _SAME else ''}tous ceux qui en ont un"
    sentence = (
        f"Au mieux, le {best['day']} de {clock(best['start'])} à {clock(best['end'])}, {at_best} "
        f"des habitants ont un site ouvert {within}{beside}."
    )
    rest_of_week = SEMICOLON.join(
        [
            f"En semaine à 18{UNIT_SPACE}h, {_at_most(_evening(opening))}",
            *(f"le {day}, {_at_most(_most(opening, day))}" for day in (_SATURDAY, _SUNDAY)),
        ]
    )
    details = (week_line(opening), f"{rest_of_week}.", blank_sentence(opening.blank_hours()))
    return Answer(sentence, figures, tuple(filter(None, details)), notes)


def saturday_figure(opening: OpeningTable) -> Figure:
    """Return the most that a Saturday offers."""
    share, within = _most(opening, _SATURDAY), within_text(opening.threshold_min)
    return Figure("Le samedi, au plus", format_share(share), f"des habitants ont un site ouvert {within}")


def blank_sentence(blank: pd.DataFrame) -> str:
    """Return the hours of the week when almost nobody finds an open site; `blank` as `OpeningTable.blank_hours`."""
    first, last = (clock(minute) for minute in EXPECTED_HOURS)
    week = f"Du lundi au samedi de {first} à {last}"
    if blank.empty:
        return (
            f"{week}, aucune heure n'est creuse : un dixième au moins de ceux qui ont un site en trouve toujours un "
            f"ouvert."
        )
    hours = blank.groupby("day", sort=False)["hours"].sum()
    are = "sont creuses" if hours.sum() != 1 else "est creuse"
    shown = joined([f"{day} ({format_hours(value)})" for day, value in hours.items()])
    return (
        f"{week}, {format_hours(hours.sum())} {are}, où moins d'un sur dix de ceux qui ont un site en trouve "
        f"un ouvert : {shown}."
    )


def week_table(opening: OpeningTable) -> pd.DataFrame:
    """Return the shares of a week as files hold them: `day` (text), then one column (0 to 1) a half-hour."""
    shares = opening.shares.round(decimals_of("share")).rename_axis("day").reset_index()
    return shares.astype({"day": "string"})


def half_days_answer(gains: pd.DataFrame, part: KnownPart) -> Answer:
    """Return where one more half-day would bring the most; `gains` as `OpeningTable.half_day_gains`."""
    if nobody_known(part):
        return Answer("Faute d'habitants comptés, aucune demi-journée de plus ne peut être préférée à une autre.")
    if gains.empty:
        return Answer("Aucune demi-journée de plus n'apporterait d'heures à quelqu'un.")
    first, *others = (
        f"{gain['name']}, {gain['half_day']} : {format_integer(gain['resident_hours'])} heures × habitants, pour "
        f"{counted(gain['residents'], 'habitant')}"
        for gain in gains.to_dict("records")
    )
    sentence = f"Une demi-journée de plus apporterait le plus ici : {first}."
    return Answer(sentence, (), tuple(f"{other}." for other in others), (_HALF_DAYS_MEANT,))


def cell_text(share: float) -> str:
    """Return a share as a percentage that fits a cell of a table.

    Examples
    --------
    >>> [cell_text(share) for share in (0, 0.001, 0.874, 0.999, 1)]
    ['0', '<1', '87', '>99', '100']
    """
    percent = format_share(share).removesuffix(f"{UNIT_SPACE}%")
    return percent.replace("moins de ", "<").replace("plus de ", ">")


def _unknown_hours(opening: OpeningTable) -> list[str]:
    unknown, partly = opening.sites_hours_unknown, opening.sites_hours_partly_unknown
    parts = []
    around = opening.neighbour_sites_hours_unknown
    told = f"{format_integer(around)} sur {format_integer(opening.neighbour_sites)}"
    if unknown:
        verb, beside = plural(unknown, "n'a pas", "n'ont pas"), f" (sites voisins : {told})" if around else ""
        parts.append(f"{counted(unknown, 'site')} sur {format_integer(opening.sites)} {verb} d'horaires connus{beside}")
    elif around:
        verb = plural(around, "n'a pas", "n'ont pas")
        neighbours = plural(around, "site voisin", "sites voisins")
        total = format_integer(opening.neighbour_sites)
        parts.append(f"{format_integer(around)} {neighbours} sur {total} {verb} d'horaires connus")
    if partly:
        verb = plural(partly, "a un jour", "ont un jour au moins")
        parts.append(f"{counted(partly, 'site')} {verb} dont l'horaire n'est pas connu")
    if not parts:
        return []
    closed = "ils comptent comme fermés" if is_plural(unknown + partly + around) else "il compte comme fermé"
    return [f"{SEMICOLON.join(parts)} : à ces heures, {closed}."]


def _most(opening: OpeningTable, day: str) -> float:
    """Return the highest share of a day, NaN where nobody is known to live."""
    return float(opening.shares.loc[[day]].to_numpy().max())


def _evening(opening: OpeningTable) -> float:
    return float(opening.shares.loc[:"vendredi", [_EVENING]].to_numpy().max())


def _at_most(share: float) -> str:
    return f"{format_share(share)} au plus" if share > 0 else "aucun habitant"
