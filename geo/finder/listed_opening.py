"""What a row of a list of places tells of its opening: at a moment, and whether an appointment is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.finder.opening_times import opening_status
from geo.finder.site_remarks import read_remarks
from geo.sources.opening_hours import WeeklyHours

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from geo.finder.opening_times import OpeningStatus


def status_of(row: Mapping[str, object], at: dt.datetime) -> OpeningStatus:
    """Return whether a place is open at a moment (with its time zone), until when, and when next.

    `row`: columns of `geo.schemas.FACILITY_COLUMNS`; `None` or <NA> where a cell is missing.

    Examples
    --------
    >>> import datetime as dt
    >>> from zoneinfo import ZoneInfo
    >>> nine = dt.datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Europe/Paris"))
    >>> status_of({"opening_hours": "Tu 08:30-12:00", "appointment": True}, nine).sentence.replace("\u00a0", " ")
    "Ouvert jusqu'à 12 h, sur rendez-vous"
    """
    hours, departement, comment = (text_or_none(row.get(name)) for name in ("opening_hours", "departement", "comment"))
    week = None if hours is None else WeeklyHours.from_osm(hours)
    return opening_status(week, at, departement, read_remarks(comment), appointment=appointment_of(row))


def appointment_of(row: Mapping[str, object]) -> bool | None:
    """Tell whether an appointment is needed, by the comment where it says so of all hours, else by the list.

    `row`: as for `status_of`. `None`: neither tells.

    Examples
    --------
    >>> appointment_of({"appointment": False}), appointment_of({"comment": "Uniquement sur rendez-vous"})
    (False, True)
    """
    said, listed = read_remarks(text_or_none(row.get("comment"))).at_all_times, row.get("appointment")
    if said is not None:
        return said
    return listed if isinstance(listed, bool) else None


def text_or_none(value: object) -> str | None:
    """Return a text of a table, `None` where there is none."""
    return value if isinstance(value, str) else None
