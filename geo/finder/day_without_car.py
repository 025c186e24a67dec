"""One day without a car in a territory: who has a round trip, point by point, commune by commune and in all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geo.finder.named_days import day_named, named_days, usual_day
from geo.finder.residents_trips import (
    commune_round_trips,
    part_known,
    residents_round_trips,
    round_trip_share,
)
from geo.finder.without_car import RoundTrips, hours_on
from geo.transit.window import USUAL_WINDOW

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    import pandas as pd

    from geo.access.known_part import KnownPart
    from geo.finder.named_days import NamedDay
    from geo.finder.residents_trips import RoundTripShare
    from geo.territory import Territory
    from geo.transit.round_trip import Rules
    from geo.transit.window import Window


@dataclass(frozen=True, eq=False, slots=True)
class DayWithoutCar:
    """What was asked (`day`, `others` that could be, `rules`, `window`) and what was found.

    `found`: what `geo.finder.residents_trips.residents_round_trips` gives; `share`: added up; `communes`: what
    `geo.finder.residents_trips.commune_round_trips` gives, with `facility_name` after `facility_id`; `part`: whose
    ways on foot are known, of whom all shares are.
    """

    day: NamedDay
    others: Sequence[NamedDay]
    rules: Rules
    window: Window
    found: pd.DataFrame
    share: RoundTripShare
    communes: pd.DataFrame
    part: KnownPart

    @property
    def communes_without(self) -> pd.DataFrame:
        """The communes where no resident has a round trip, in the order of `communes`."""
        return self.communes[self.communes["share_round_trip"] <= 0]


def day_without_car(
    territory: Territory,
    date: dt.date | None = None,
    rules: Rules | None = None,
    window: Window = USUAL_WINDOW,
    *,
    today: dt.date | None = None,
    tell: Callable[[float, str], None] = lambda _share, _sentence: None,
    stopped: Callable[[], bool] = lambda: False,
) -> DayWithoutCar:
    """Return who can go to a site and be back the same day without a car.

    Parameters
    ----------
    territory
        With timetables.
    date
        `None`: `geo.finder.named_days.usual_day`.
    rules
        Limits, `None`: the usual ones.
    window
        When people leave, for the time from door to door.
    today
        Decides which days are usual, `None`: the present day.
    tell
        Told the share done (0 to 1) and a French sentence.
    stopped
        Asked between two sites whether to stop.

    Raises
    ------
    ParameterError
        No timetables, no site, a day of which the timetables say nothing, or it was stopped.
    """
    tell(0.0, "Chemins à pied entre les arrêts…")
    trips = RoundTrips.of(territory, rules)
    chosen = usual_day(territory, today) if date is None else day_named(territory, date)
    found = residents_round_trips(trips, chosen.date, window, tell=tell, stopped=stopped)
    communes = commune_round_trips(found, territory.communes)
    named = territory.sites.drop_duplicates("facility_id").set_index("facility_id")["name"]
    communes.insert(
        communes.columns.tolist().index("facility_id") + 1,
        "facility_name",
        named.reindex(communes["facility_id"]).set_axis(communes.index),
    )
    hours = [hours_on(row, chosen.date) for row in trips.sites().to_dict("records")]
    share = replace(
        round_trip_share(found, chosen.date, territory.households),
        sites=len(hours),
        sites_open=sum(map(bool, hours)),
        sites_hours_unknown=hours.count(None),
    )
    return DayWithoutCar(
        chosen, named_days(territory, today), trips.rules, window, found, share, communes, part_known(found)
    )
