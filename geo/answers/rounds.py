"""What the rounds of the buses add, in French: beside the coverage of the sites, beside their hours, near a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.access.bus_rounds import rounds_totals
from geo.answers.answer import Answer, nobody_known
from geo.finder.round_remarks import NO_HOURS, PUBLISHED, has_comment
from geo.french import (
    SEMICOLON,
    UNIT_SPACE,
    capital,
    counted,
    format_decimal,
    format_euros,
    format_integer,
    format_share,
    plural,
    within_text,
)
from geo.siting.costs import LEAST_HOURS_A_WEEK, Costs
from geo.sources.provenance import row_ranges

if TYPE_CHECKING:
    import pandas as pd

    from geo.access.bus_rounds import RoundsSummary
    from geo.access.opening import OpeningTable
    from geo.sources.provenance import SourceTable
    from geo.territory import Territory

#: What has to be minded wherever stops are counted.
NOT_A_SITE: Final = "Un arrêt n'est pas un site : le bus n'y est que ces heures-là."
_NOTHING_COUNTED: Final = (
    "Rien n'est compté : écrivez « oui » dans la colonne confirmed des passages vérifiés, puis donnez la table à "
    "« maillage rounds --confirmed » ou à « build --rounds »."
)
_TO_VERIFY: Final = (
    "Vérifiez chaque ligne : elle est lue dans un texte libre, une commune ou un jour peut être pris pour un autre."
)
_TO_FILL_IN: Final = (
    "« Non lu » : ces mots du commentaire nomment un jour ou un lieu et n'ont pas été compris ; complétez la ligne si "
    "c'est un passage."
)
_LONG: Final = (
    "{} {} un commentaire long que les données embarquées ne reprennent pas : donnez la liste avec --sites pour qu'il "
    "soit lu."
)
_REASONS_SHOWN: Final = 5


def rounds_line(rounds: RoundsSummary) -> str:
    """Return what the rounds add to the sites within a threshold, and how many hours a month that is.

    Examples
    --------
    >>> from geo.access.bus_rounds import RoundsSummary
    >>> from geo.access.known_part import KnownPart
    >>> line = rounds_line(RoundsSummary(20.0, KnownPart(1000, 1000, 3, 3), 1, 4, 12.0, 950.0, 50.0, 3.0))
    >>> line.partition(", dont ")[2].partition(" (")[0].replace(UNIT_SPACE, " ")
    "50 qui n'ont qu'un arrêt, en moyenne 3 h par mois"
    """
    what = rounds_text(rounds.buses, rounds.stops, rounds.hours_a_month)
    within = within_text(rounds.threshold_min)
    if nobody_known(rounds.part):
        return f"Passages du bus connus : {what}. {NOT_A_SITE}"
    if rounds.residents_added <= 0 or rounds.hours_added is None:
        return f"Avec les passages du bus : personne de plus n'est {within} ({what}). {NOT_A_SITE}"
    verb = plural(rounds.residents_added, "n'a", "n'ont")
    only = f"{format_integer(rounds.residents_added)} qui {verb} qu'un arrêt"
    return (
        f"Avec les passages du bus : {format_share(rounds.share_covered)} des habitants ont un site ou un arrêt "
        f"{within}, dont {only}, en moyenne {a_month(rounds.hours_added)} ({what}). {NOT_A_SITE}"
    )


def rounds_change(before: RoundsSummary, after: RoundsSummary) -> str:
    """Return what more stops bring, and what they cost, or what fewer take; empty where the rounds do not change."""
    stops, hours = after.stops - before.stops, after.hours_a_month - before.hours_a_month
    if not stops and not hours:
        return ""
    within = within_text(after.threshold_min)
    gained = after.residents_within - before.residents_within
    people = (
        f"{counted(abs(gained), 'habitant')} {_more(gained)} {within} d'un site ou d'un arrêt"
        if round(gained)
        else f"personne {_more(stops)}"
    )
    more = f"{counted(abs(stops), 'arrêt')} de bus {_more(stops)}, {a_month(abs(hours))}"
    if hours < 0:
        return f"Avec {more} {_more(hours)} : {people}. {NOT_A_SITE}"
    cost = format_euros(Costs().stop_eur(hours))
    week = f"{LEAST_HOURS_A_WEEK}{UNIT_SPACE}h par semaine"
    priced = f"au coût horaire d'un site ouvert {week}, véhicule et trajets non compris"
    return f"Avec {more} : {people}, pour environ {cost} par an {priced}. {NOT_A_SITE}"


def _more(difference: float) -> str:
    return "de moins" if difference < 0 else "de plus"


def week_line(opening: OpeningTable) -> str:
    """Return the hours of a week with an open site or a bus within reach; empty where no round is known."""
    more = opening.hours_with_rounds
    if more is None or nobody_known(opening.part):
        return ""
    alone = format_decimal(opening.hours_within_reach)
    said = f"{format_decimal(more)}{UNIT_SPACE}h par habitant et par semaine au lieu de {alone}{UNIT_SPACE}h"
    if format_decimal(more) == alone:
        said = f"moins de {format_decimal(0.1)}{UNIT_SPACE}h de plus par habitant et par semaine"
    return f"Avec les passages du bus : {said} (moyenne de l'année{SEMICOLON}un passage par mois compte pour un quart)."


def rounds_sentence(territory: Territory) -> str:
    """Return which rounds a territory knows."""
    if territory.rounds is None or territory.rounds.empty:
        return "Tournées des bus : aucune n'est connue."
    return f"Tournées des bus connues : {rounds_text(*rounds_totals(territory.rounds))}."


def proposal_answer(proposed: pd.DataFrame, sites: pd.DataFrame) -> Answer:
    """Return how many rounds the comments seem to tell, and what a person does with them.

    `proposed`: What `geo.finder.round_remarks.proposed_rounds` gives of `sites`.
    """
    buses = sites[sites["kind"] == "bus"]
    commented = int(has_comment(buses).sum())
    long = int(buses["comment"].notna().sum()) - commented
    count = "aucun bus dans la liste"
    if len(buses):
        without = f"{format_integer(commented)} avec un commentaire" if commented else "sans commentaire"
        count = f"{counted(len(buses), 'bus', 'bus')} dans la liste, {without}"
    if others := proposed.loc[~proposed["site"].isin(buses["facility_id"]), "site"].nunique():
        tell = plural(others, "annonce", "annoncent")
        count += f", et {counted(others, 'autre site', 'autres sites')} dont le commentaire {tell} une itinérance"
    notes = [_LONG.format(counted(long, "bus", "bus"), plural(long, "a", "ont"))] if long else []
    if proposed.empty:
        ask = " Demandez la tournée à qui la tient." if len(buses) else ""
        return Answer(f"{capital(count)} : aucun commentaire ne dit de jour ni de commune.{ask}", notes=tuple(notes))
    told = proposed["jour"].notna()
    lines = []
    for _, of_site in proposed.groupby("site", sort=False):
        pieces = of_site.loc[of_site["jour"].isna(), "remarque"]
        lines += [
            f"{of_site['nom_du_bus'].iloc[0]} : {_read_and_not(len(of_site) - len(pieces), len(pieces))}",
            *pieces,
        ]
    if told.any():
        notes.append(_TO_VERIFY)
    if not told.all():
        notes.append(_TO_FILL_IN)
    for remark, said in ((PUBLISHED, "celles du site sont proposées"), (NO_HOURS, "elles sont à compléter")):
        if number := int((proposed["remarque"] == remark).sum()):
            notes.append(f"{counted(number, 'passage')} sans heures lues dans le commentaire : {said}.")
    notes.append(_NOTHING_COUNTED)
    read = _read_and_not(int(told.sum()), int((~told).sum()))
    sentence = f"{capital(count)} : {read}, pour {counted(proposed['site'].nunique(), 'site')}."
    return Answer(sentence, details=tuple(lines), notes=tuple(notes))


def _read_and_not(read: int, unread: int) -> str:
    passes = f"{counted(read, 'passage')} {plural(read, 'lu', 'lus')}"
    return f"{passes}, {format_integer(unread)} non {plural(unread, 'lu', 'lus')}" if unread else passes


def kept_out_sentence(table: SourceTable) -> list[str]:
    """Return which rows of a table of rounds are kept out and why, the most common reasons."""
    rows, reasons = table.rejected["row"], table.rejected["reason"]
    said = []
    for reason, count in reasons.value_counts().head(_REASONS_SHOWN).items():
        kept_out = f"{counted(count, 'ligne')} non {plural(count, 'retenue', 'retenues')}"
        said.append(f"{kept_out} ({row_ranges(rows[reasons == reason])}) : {reason}")
    return said


def rounds_text(buses: int, stops: int, hours_a_month: float) -> str:
    """Return how many buses stop where and how long: ``"1 bus, 4 arrêts, 12 h par mois en tout"``."""
    total = f"{a_month(hours_a_month)} en tout"
    return f"{counted(buses, 'bus', 'bus')}, {counted(stops, 'arrêt')}, {total}"


def a_month(hours: float) -> str:
    """Return hours a month: ``"3 h par mois"``."""
    decimals = format_decimal(hours) if hours < 100 and round(hours, 1) != round(hours) else format_integer(hours)  # noqa: PLR2004
    return f"{decimals}{UNIT_SPACE}h par mois"
