"""Which of the sites that take nearly the same time to reach comes first, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.finder.opening_times import closes_before, later
from geo.french import clock

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from geo.finder.places import SiteAnswer

#: Measured times that differ by no more minutes are nearly equal.
_MEASURED_MIN: Final = 1.0
#: Estimated ones are where they lie within the interval of the soonest, and differ by no more than they are told to.
_ESTIMATED_MIN: Final = 5.0
#: An open site comes before a closed one that takes at most so many minutes less to reach.
WORTH_MIN: Final = 15.0
#: Rank by whether an appointment is needed: without one, unknown, with one.
_RANKS: Final = {False: 0, None: 1, True: 2}


def preferred_first(found: Iterator[SiteAnswer], k: int, at: dt.datetime) -> tuple[tuple[SiteAnswer, ...], str | None]:
    """Put first, of the sites nearly as soon reached as the soonest, the open one without appointment, open longest.

    A closed site is put before no other: where none of them is open, all keep their order.

    Parameters
    ----------
    found
        Sites that a road leads to, soonest reached first.
    k
        How many are kept.
    at
        The moment when trips start.

    Returns
    -------
    At most k sites, and why the first is not the soonest reached; `None` where it is.
    """
    soonest = next(found, None)
    if soonest is None:
        return (), None
    limit = _nearly_equal_min(soonest)
    sites = [soonest]
    for site in found:
        if len(sites) >= k and _minutes(site) > limit:
            break
        sites.append(site)
    rivals = [site for site in sites if _minutes(site) <= limit and site.status.is_open]
    if not soonest.status.is_open:
        rivals = [site for site in rivals if not too_late(site, at)]
    first = min(rivals, key=lambda site: _rank(site, at), default=soonest)  # the soonest of equal ones
    reason = None if first is soonest else _reason(first, soonest, at)
    return (first, *(site for site in sites if site is not first))[:k], reason


def open_first(sites: tuple[SiteAnswer, ...], at: dt.datetime) -> tuple[SiteAnswer, ...]:
    """Put the first site that lets in before a first one that does not, where the way is at most `WORTH_MIN` longer."""
    if not sites or lets_in(sites[0], at):
        return sites
    opened = next((site for site in sites if lets_in(site, at)), None)
    if opened is None or _minutes(opened) > _minutes(sites[0]) + WORTH_MIN:
        return sites
    return (opened, *(site for site in sites if site is not opened))


def _nearly_equal_min(soonest: SiteAnswer) -> float:
    """Return the longest time, in minutes, that is nearly equal to that of a site."""
    minutes = _minutes(soonest)
    if not soonest.estimated or soonest.travel_time_high_min is None:
        return minutes + _MEASURED_MIN
    return min(soonest.travel_time_high_min, minutes + _ESTIMATED_MIN)


def _minutes(site: SiteAnswer) -> float:
    return site.travel_time_min or 0.0


def _rank(site: SiteAnswer, at: dt.datetime) -> tuple[bool, int, float]:
    closes_at = site.status.closes_at
    return (
        too_late(site, at),
        _RANKS[site.status.appointment],
        float("-inf") if closes_at is None else -closes_at.timestamp(),
    )


def too_late(site: SiteAnswer, at: dt.datetime) -> bool:
    """Tell whether a site that is open closes before, or as, somebody who leaves at a moment arrives."""
    return closes_before(site.status, later(at, _minutes(site)))


def lets_in(site: SiteAnswer, at: dt.datetime) -> bool:
    """Tell whether a site is open at a moment, and still open when somebody who leaves then arrives."""
    return site.status.is_open and not too_late(site, at)


def _reason(first: SiteAnswer, soonest: SiteAnswer, at: dt.datetime) -> str:
    if not soonest.status.is_open:
        why = "il est ouvert, l'autre est fermé"
    elif too_late(soonest, at):
        why = "il est encore ouvert à votre arrivée"
    elif _RANKS[first.status.appointment] < _RANKS[soonest.status.appointment]:
        needs = "sur rendez-vous" if soonest.status.appointment else "peut-être sur rendez-vous"
        why = f"il {'reçoit sans rendez-vous' if first.status.appointment is False else 'ouvre'}, l'autre {needs}"
    else:
        closes_at = first.status.closes_at
        until = "" if closes_at is None else f", jusqu'à {clock(closes_at.hour * 60 + closes_at.minute)}"
        why = f"il reste ouvert plus longtemps{until}"
    return f"Placé avant {soonest.name}, à un temps de trajet presque égal : {why}."
