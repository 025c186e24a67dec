"""The stops of the buses near a place: which days, until when the bus is there, and when it comes next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.finder.opening_times import holiday_on, later, moment_text, time_zone
from geo.finder.start import bounds_at, times_to
from geo.french import clock
from geo.network.snapping import snap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.finder.start import Start
    from geo.finder.wishes import Wishes
    from geo.sources.round_hours import Pass
    from geo.territory import Territory

#: How far ahead the next pass is looked for: the fifth weekday of a month may be three months away.
HORIZON_DAYS: Final = 100
#: Open "in the evening" is open later than this, in minutes after midnight.
_EVENING_MINUTE: Final = 17 * 60 + 30
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class StopAnswer:
    """One stop of a bus, as told to a citizen.

    `stop_id`, `name`, `commune_name`: of the stop; `facility_id`, `bus_name`, `phone`: of the bus, `None` where the
    list of sites does not have it. `passes`: French, ``"le 2e mardi du mois, 9 h – 12 h"``. `is_there`: whether the bus
    is there at the moment; `until`: the end of that pass, `next_at`, `next_until`: the next one, with their time zone,
    `None` where none is known within `HORIZON_DAYS`. `sentence`: the same in French, without a full stop. Times and
    bounds are as in `geo.finder.places.SiteAnswer`. `in_time`: whether who leaves at the moment meets the bus, there
    already or coming within the minutes that were asked for.
    """

    stop_id: str
    name: str
    commune_name: str | None
    facility_id: str | None
    bus_name: str | None
    phone: str | None
    passes: str
    is_there: bool
    until: dt.datetime | None
    next_at: dt.datetime | None
    next_until: dt.datetime | None
    sentence: str
    lon: float
    lat: float
    travel_time_min: float
    distance_km: float
    estimated: bool
    travel_time_low_min: float | None = None
    travel_time_high_min: float | None = None
    in_time: bool = False


def stops_near(
    territory: Territory,
    start: Start,
    at: dt.datetime,
    wishes: Wishes,
    within_min: float,
    most: int,
    wait_min: float,
) -> tuple[StopAnswer, ...]:
    """Return the stops of the buses within some minutes of a start that meet the wishes, soonest reached first.

    With a moment chosen, or only what is open now, only those `in_time` count. An operator's visits are to sites: no
    stop meets that wish.

    `at`: The moment, with its time zone. `within_min`: Minutes by car. `most`: How many at most. `wait_min`: Minutes
    within which a bus that comes is in time.
    """
    rounds = territory.rounds
    if rounds is None or rounds.empty or "bus" not in wishes.kinds or wishes.operator is not None:
        return ()
    from geo.sources.round_hours import passes_text  # noqa: PLC0415 - few territories have rounds, here and below
    from geo.sources.rounds import stop_passes  # noqa: PLC0415

    first = rounds.drop_duplicates("stop_id")
    stops = snap(territory.network, first.geometry.x, first.geometry.y)
    minutes, km = times_to(territory, start.point, stops)
    bounds = bounds_at(territory, start)
    passes = stop_passes(rounds)
    sites = territory.sites.drop_duplicates("facility_id").set_index("facility_id")
    found: list[StopAnswer] = []
    order = np.lexsort((first["stop_id"].to_numpy(str), minutes))
    for row in order[minutes[order] <= within_min].tolist():
        stop = first.iloc[row]
        of_stop = passes[stop["stop_id"]]
        bus = (
            stop["facility_id"] if isinstance(stop["facility_id"], str) and stop["facility_id"] in sites.index else None
        )
        site: dict[str, Any] = {} if bus is None else sites.loc[bus].to_dict()
        departement = stop["departement"] if isinstance(stop["departement"], str) else start.departement
        now, coming = _current(of_stop, at, departement), _next(of_stop, at, departement)
        in_time = _in_time(now, coming, at, float(minutes[row]), wait_min)
        if not _meets(of_stop, site, wishes) or (wishes.at_that_moment and not in_time):
            continue
        low, high = (None, None) if bounds is None else (float(minutes[row]) * each for each in bounds)
        found.append(
            StopAnswer(
                stop_id=stop["stop_id"],
                name=stop["name"],
                commune_name=_text(stop["commune_name"]),
                facility_id=bus,
                bus_name=_text(site.get("name")),
                phone=_text(site.get("phone")),
                passes=passes_text(of_stop),
                is_there=now is not None,
                until=now,
                next_at=None if coming is None else coming[0],
                next_until=None if coming is None else coming[1],
                sentence=_sentence(of_stop, now, coming, at),
                lon=float(stop.geometry.x),
                lat=float(stop.geometry.y),
                travel_time_min=float(minutes[row]),
                distance_km=float(km[row]),
                estimated=bounds is not None,
                travel_time_low_min=low,
                travel_time_high_min=high,
                in_time=in_time,
            )
        )
        if len(found) == most:
            break
    return tuple(found)


def _in_time(
    until: dt.datetime | None,
    coming: tuple[dt.datetime, dt.datetime] | None,
    at: dt.datetime,
    minutes: float,
    wait_min: float,
) -> bool:
    """Tell whether the bus is there and still on arrival, or comes within a wait and stays until one arrives."""
    arrival = later(at, minutes)
    if until is not None and arrival < until:
        return True
    return coming is not None and coming[0] <= later(at, wait_min) and arrival < coming[1]


def _meets(passes: Sequence[Pass], site: dict[str, Any], wishes: Wishes) -> bool:
    if wishes.saturday and not any(each.weekday == _SATURDAY for each in passes):
        return False
    if wishes.evening and not any(each.end_min > _EVENING_MINUTE for each in passes):
        return False
    return not wishes.without_appointment or site.get("appointment") is False


def _moments(one: Pass, day: dt.date, zone: dt.tzinfo) -> tuple[dt.datetime, dt.datetime]:
    begins, ends = (
        dt.datetime.combine(day, dt.time(), zone) + dt.timedelta(minutes=minute)
        for minute in (one.start_min, one.end_min)
    )
    return begins, ends


def _current(passes: Sequence[Pass], at: dt.datetime, departement: str) -> dt.datetime | None:
    """Return until when the bus is there at a moment, `None` where it is not; on holidays it does not come."""
    zone = time_zone(departement)
    here = at.astimezone(zone)
    if holiday_on(here.date(), departement):
        return None
    spans = (_moments(each, here.date(), zone) for each in passes if each.on(here.date()))
    return max((end for begin, end in spans if begin <= here < end), default=None)


def _next(passes: Sequence[Pass], at: dt.datetime, departement: str) -> tuple[dt.datetime, dt.datetime] | None:
    zone = time_zone(departement)
    here = at.astimezone(zone)
    for number in range(HORIZON_DAYS):
        day = here.date() + dt.timedelta(days=number)
        spans = sorted(_moments(each, day, zone) for each in passes if each.on(day))
        coming = [span for span in spans if span[0] > here]
        if coming and not holiday_on(day, departement):
            return coming[0]
    return None


def _sentence(
    passes: Sequence[Pass],
    until: dt.datetime | None,
    coming: tuple[dt.datetime, dt.datetime] | None,
    at: dt.datetime,
) -> str:
    from geo.sources.round_hours import passes_text  # noqa: PLC0415

    said = [f"Le bus passe ici {passes_text(passes)}"]
    if until is not None:
        said.append(f"il y est jusqu'à {clock(until.hour * 60 + until.minute)}")
    if coming is not None:
        begin, end = coming
        said.append(f"prochain passage {moment_text(begin, since=at)}, jusqu'à {clock(end.hour * 60 + end.minute)}")
    elif until is None:
        said.append(f"aucun passage dans les {HORIZON_DAYS} jours")
    return " ; ".join(said)


def _text(cell: object) -> str | None:
    return cell if isinstance(cell, str) else None
