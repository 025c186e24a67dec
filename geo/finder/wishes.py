"""What a citizen asks of a site."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass
from typing import Final

from geo.errors import ParameterError
from geo.finder.opening_times import YEARS, holiday_on
from geo.kinds import SITE_KINDS

#: Hours between which the present one may be proposed, and the one of a morning.
_DAYTIME: Final = range(8, 18)
_MORNING: Final = dt.time(10)
_FRIDAY: Final = 4
_SUNDAY: Final = 6
_MOMENT_FORMATS: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a citizen asks of a site.

    `at`: the moment, in the civil time of the territory where it has no time zone; `None`: now. `open_then`: only
    sites open at that moment (always so where `at` is given). `saturday`: open on Saturdays. `evening`: open after
    17:30 on some day. `without_appointment`: only sites known to need none. `kinds`: of `SITE_KINDS`. `operator`:
    only sites that this operator visits, by its key or any of its names.
    """

    at: dt.datetime | None = None
    open_then: bool = False
    saturday: bool = False
    evening: bool = False
    without_appointment: bool = False
    kinds: frozenset[str] = frozenset(SITE_KINDS)
    operator: str | None = None

    @property
    def at_that_moment(self) -> bool:
        """Whether only what is open at the moment counts."""
        return self.open_then or self.at is not None

    def __post_init__(self) -> None:
        """Raise `ParameterError` where no kind is asked for, or one that does not exist."""
        if not self.kinds or not self.kinds <= set(SITE_KINDS):
            asked, known = ", ".join(sorted(self.kinds)), ", ".join(sorted(SITE_KINDS))
            msg = f"Genre de site refusé : « {asked} ». Attendu : un ou plusieurs de {known}."
            raise ParameterError(msg)


def chosen_moment(text: str) -> dt.datetime:
    """Return the day and the time that were given as text, civil time of the territory: no time zone.

    Raises
    ------
    ParameterError
        It is none of ``2026-11-24 17:30``, ``2026-11-24T17:30`` and ``24/11/2026 17:30``.

    Examples
    --------
    >>> chosen_moment("24/11/2026 17:30").isoformat()
    '2026-11-24T17:30:00'
    """
    for pattern in _MOMENT_FORMATS:
        try:
            return dt.datetime.strptime(text.strip(), pattern)  # noqa: DTZ007 - civil time of the territory
        except ValueError:
            continue
    msg = f"--at « {text[:40]} » refusé. Un jour et une heure sont attendus, par exemple « 2026-11-24 17:30 »."
    raise ParameterError(msg)


def chosen_day(text: str) -> dt.date:
    """Return the day that was given as text.

    Raises
    ------
    ParameterError
        It is not AAAA-MM-JJ, or of a year that no calendar tells of.

    Examples
    --------
    >>> chosen_day("2025-02-04").isoformat()
    '2025-02-04'
    """
    day = None
    with contextlib.suppress(ValueError):
        day = dt.date.fromisoformat(text)
    if day is None or not YEARS[0] <= day.year <= YEARS[1]:
        msg = (
            f"Date « {text[:40]} » refusée : une date AAAA-MM-JJ de {YEARS[0]} à {YEARS[1]} est attendue, par exemple "
            f"2026-11-22."
        )
        raise ParameterError(msg)
    return day


def proposed_moment(now: dt.datetime, departement: str | None) -> dt.datetime:
    """Return the moment that is proposed to whoever asks about another one: civil time, without time zone.

    The hour that begins next; before 8 h, after 18 h, on Sundays and public holidays 10 h on the working day that
    comes, Monday to Friday.

    Parameters
    ----------
    now
        Civil time of the territory.
    departement
        INSEE code of the one whose holidays hold; `None`: mainland France.

    Examples
    --------
    >>> proposed_moment(dt.datetime(2026, 11, 27, 22, 5), "64").isoformat()
    '2026-11-30T10:00:00'
    >>> proposed_moment(dt.datetime(2026, 11, 24, 14, 5), "64").isoformat()
    '2026-11-24T15:00:00'
    """
    here = now.replace(tzinfo=None, minute=0, second=0, microsecond=0)
    day = here.date()
    if here.hour in _DAYTIME and day.weekday() != _SUNDAY and holiday_on(day, departement) is None:
        return here + dt.timedelta(hours=1)
    if here.hour >= _MORNING.hour:
        day += dt.timedelta(days=1)
    while day.weekday() > _FRIDAY or holiday_on(day, departement) is not None:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, _MORNING)
