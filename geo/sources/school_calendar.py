"""School holidays of the zones A, B and C, and the zone of each département.

`school_holidays.csv`: first and last day of each, both included (the last is the day before lessons begin again), of
the school years 2024-2025 to 2026-2027; the zone of a département, that of its académie, is in `departements.csv`.

Source: ministry of education, orders of 7 December 2022 and of 22 October 2025 on the national school calendar.
"""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from importlib import resources
from typing import Final

from geo.sources.departements import departement_codes, school_zone

#: First and last day of which the calendar says whether it is a holiday.
KNOWN_DAYS: Final = (dt.date(2024, 9, 2), dt.date(2027, 7, 31))


def school_holiday(day: dt.date, zone: str | None) -> str | None:
    """Return which school holidays a day is in.

    Parameters
    ----------
    day
        Any day.
    zone
        A, B or C; `None`: not known.

    Returns
    -------
    French name, the empty text outside of holidays, `None` where the zone or that year's calendar is not known.

    Examples
    --------
    >>> school_holiday(dt.date(2025, 2, 4), "A"), school_holiday(dt.date(2025, 2, 25), "A")
    ('', "vacances d'hiver")
    >>> school_holiday(dt.date(2019, 2, 4), "A") is None
    True
    """
    if zone is None or not KNOWN_DAYS[0] <= day <= KNOWN_DAYS[1]:
        return None
    return next((name for zones, name, first, last in _holidays() if zone in zones and first <= day <= last), "")


def common_zone(departements: list[str]) -> str | None:
    """Return the zone of départements, `None` where they have none, or several.

    Examples
    --------
    >>> common_zone(["64", "40"]), common_zone(["64", "65"]), common_zone(["974"])
    ('A', None, None)
    """
    known = set(departement_codes())
    zones = {school_zone(code) if code in known else None for code in departements}
    return zones.pop() if len(zones) == 1 else None


@cache
def _holidays() -> tuple[tuple[str, str, dt.date, dt.date], ...]:
    with resources.files("geo.sources").joinpath("school_holidays.csv").open(encoding="utf-8") as stream:
        return tuple(
            (row["zone"], row["name"], dt.date.fromisoformat(row["first"]), dt.date.fromisoformat(row["last"]))
            for row in csv.DictReader(stream)
        )
