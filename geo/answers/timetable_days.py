"""The days of a timetable in words: which day it is, how much runs, which others could be asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.french import SEMICOLON, agreed, date_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.finder.named_days import NamedDay


def day_words(day: NamedDay) -> str:
    """Return a day with its school holidays and its trips: ``"mardi 4 février 2025, hors vacances…, 196 trajets"``."""
    if day.holiday is None:
        school = "vacances scolaires non connues"
    elif day.holiday:
        school = f"{day.holiday} de la zone {day.zone}"
    else:
        school = f"hors vacances scolaires de la zone {day.zone}"
    date = f"{date_text(day.date)}"
    if day.public_holiday is not None:
        date = f"{date}, jour férié ({day.public_holiday})"
    return f"{date}, {school}, {agreed(day.trips, 'trajet(s)')}"


def day_notes(day: NamedDay, others: Sequence[NamedDay], another: str = "") -> tuple[str, ...]:
    """Return what is to be minded of a day: which it is, which feeds do not cover it, and other days to ask about.

    `another`: where it was chosen from what the feeds cover, as none was asked for, what asks for another (``--day``).
    """
    why = f" (choisi parmi les jours des horaires : {another} en donne un autre)" if another else ""
    notes = [f"Jour : {day_words(day)}{why}."]
    notes += feeds_without_notes(day.feeds_without)
    rest = [each for each in others if each.date != day.date]
    if rest:
        notes.append(days_sentence(rest, "Autres jours types"))
    return tuple(notes)


def feeds_without_notes(files: Sequence[str]) -> tuple[str, ...]:
    """Return what is said of the files whose calendars do not reach a day; nothing where there are none.

    Examples
    --------
    >>> feeds_without_notes(["cars.zip"])
    ('Horaires qui ne couvrent pas ce jour, donc non comptés : cars.zip.',)
    """
    return (f"Horaires qui ne couvrent pas ce jour, donc non comptés : {', '.join(files)}.",) if files else ()


def days_sentence(days: Sequence[NamedDay], title: str = "Jours types des horaires") -> str:
    """Return days with their school holidays and trips, and the dates by which they are asked for."""
    return f"{title} : " + f"{SEMICOLON}".join(f"{day_words(day)} ({day.date.isoformat()})" for day in days) + "."
