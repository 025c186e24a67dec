"""Without a car: the way there and back the same day by public transport, while a site is open.

`RoundTrips` holds one territory's timetable and its ways on foot; days and searches are kept while it lives.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.access.active_access import PROJECTED, estimated_between
from geo.errors import ParameterError
from geo.finder.listed_opening import text_or_none
from geo.finder.opening_times import holiday_on, time_zone
from geo.finder.site_remarks import read_remarks
from geo.french import SEMICOLON, day_text, format_integer, position_text
from geo.kinds import FIXED_KINDS, SITES
from geo.network.modes import WALK
from geo.network.snapping import snap
from geo.sources.opening_hours import WeeklyHours
from geo.transit.day import Day, day_of, profile_to
from geo.transit.kernels import NEVER
from geo.transit.round_trip import Rules
from geo.transit.walks import Walks, walks_within, whole_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network.snapping import Points
    from geo.territory import Territory
    from geo.transit.day import Profile
    from geo.transit.schedule import Schedule

_MINUTE: Final = 60

#: Points, other points, and the seconds on foot to these and back from them.
Near = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int64]"]
#: Stops near a place, and the seconds on foot to each and back from it.
NearStops = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int64]"]


@dataclass(frozen=True, eq=False)
class RoundTrips:
    """Round trips by public transport in one territory.

    `rules`: limits. `on_request`, `school`: whether what must be asked for beforehand and lines for pupils count.
    """

    territory: Territory
    schedule: Schedule
    walks: Walks
    zone: str
    rules: Rules
    on_request: bool = False
    school: bool = False
    _days: dict[dt.date, Day] = field(default_factory=dict)

    @classmethod
    def of(
        cls, territory: Territory, rules: Rules | None = None, *, on_request: bool = False, school: bool = False
    ) -> RoundTrips:
        """Return the round trips of a territory; the arguments are its attributes.

        Raises
        ------
        ParameterError
            It was built without timetables.
        """
        schedule = territory.schedule
        if schedule is None or not len(schedule.stop_times):
            raise ParameterError(no_timetables(territory.name, territory.departement))
        walks = Walks.between_stops(schedule, territory.active.get(WALK), territory.network.crs)
        zone = time_zone(territory.departement).key
        return cls(territory, schedule, walks, zone, rules or Rules(), on_request, school)

    def require_covered(self, day: dt.date) -> None:
        """Raise `ParameterError` where no timetable says what runs on a day."""
        if not self.schedule.covers(day):
            feeds = self.schedule.feeds
            first, last = (dt.date.fromisoformat(str(each)) for each in (feeds["start"].min(), feeds["end"].max()))
            msg = (
                f"Les horaires donnés vont du {day_text(first)} {first.year} au {day_text(last)} {last.year} : ils ne "
                f"disent rien du {day_text(day)} {day.year}. Choisissez un autre jour, ou donnez des horaires à jour."
            )
            raise ParameterError(msg)

    def day(self, date: dt.date) -> Day:
        """Return what runs on a day."""
        if date not in self._days:
            self._days[date] = day_of(
                self.schedule, date, self.walks, self.zone, on_request=self.on_request, school=self.school
            )
        return self._days[date]

    def walks_to_stops(self, points: Points) -> Near:
        """Return the ways on foot between points (degrees) and stops within the rules, as `walks_all_the_way`."""
        stops = self.schedule.stops
        return self._walks(points, (stops["lon"].to_numpy(), stops["lat"].to_numpy()), self.rules.walk_min * _MINUTE)

    def walks_all_the_way(self, points: Points, places: Points) -> Near:
        """Return the ways on foot between points and places within the rules: point, place, seconds each way."""
        return self._walks(points, places, self.rules.on_foot_s)

    def _walks(self, points: Points, others: Points, limit_s: float) -> Near:
        """Return the ways on foot of at most `limit_s` both ways; the way back differs where the ground climbs."""
        network, crs = self.territory.active.get(WALK), self.territory.network.crs
        if network is None:
            # Up and down take no less than twice the flat: who is too far on the flat is too far one way at least.
            one, other, _ = walks_within(network, crs, points, others, PROJECTED * limit_s)
            here, there = (points[0][one], points[1][one]), (others[0][other], others[1][other])
            there_s, back_s = (
                whole_s(60 * estimated_between(self.territory, WALK, *ends)[0])
                for ends in ((here, there), (there, here))
            )
            kept = np.maximum(there_s, back_s) <= limit_s
            return one[kept], other[kept], there_s[kept], back_s[kept]
        one, other, there_s = walks_within(network, crs, points, others, limit_s)
        other_back, one_back, back_s = walks_within(network, crs, others, points, limit_s)
        n = len(others[0])
        keys = one * n + other, one_back * n + other_back
        _, kept, kept_back = np.intersect1d(*keys, assume_unique=True, return_indices=True)
        return one[kept], other[kept], there_s[kept], back_s[kept_back]

    def walk_known(self, points: Points) -> NDArray[np.bool_]:
        """Tell of each point (degrees) whether its ways on foot are known: near a street, or estimated everywhere."""
        if self.territory.estimated:
            return np.ones(len(points[0]), bool)
        streets = self.territory.active.get(WALK, self.territory.network)
        return np.asarray(snap(streets, *points).link >= 0)

    def require_walk_known(self, lon: float, lat: float) -> None:
        """Raise `ParameterError` where no way on foot is known from a position (degrees)."""
        if not self.walk_known((np.array([lon]), np.array([lat])))[0]:
            limit_m = self.territory.active.get(WALK, self.territory.network).snap_limit_m
            msg = (
                f"Aucune rue connue à moins de {format_integer(limit_m)} m de votre position "
                f"({position_text(lon, lat)}) : à pied, aucun chemin n'est connu d'ici, ni donc le trajet sans "
                f"voiture. Donnez une position dans la partie de « {self.territory.name} » dont les rues sont connues."
            )
            raise ParameterError(msg)

    def sites(self) -> gpd.GeoDataFrame:
        """Return the sites that one can go to, as `Territory.facility_list`, those beyond the streets left out."""
        table = self.territory.facility_list(SITES, kinds=FIXED_KINDS)
        known = self.walk_known((table.geometry.x.to_numpy(), table.geometry.y.to_numpy()))
        return table[known].reset_index(drop=True)

    def profiles(self, date: dt.date, near: NearStops) -> tuple[Profile, Profile]:
        """Return the ways to a place and back from it, given the stops near it."""
        day = self.day(date)
        stops, to_stops_s, from_stops_s = near
        ways = []
        for of_day, walk_s in ((day, from_stops_s), (day.reversed, to_stops_s)):
            egress = np.full(day.n_stops, NEVER, np.int64)
            np.minimum.at(egress, stops, walk_s)
            ways.append(profile_to(of_day, egress))
        return ways[0], ways[1]

    def open_s(self, date: dt.date, hours: Sequence[tuple[int, int]], departement: str | None) -> list[tuple[int, int]]:
        """Return hours of a day, minutes after midnight in the civil time of a département, as seconds of `Day`."""
        day, zone = self.day(date), time_zone(departement)
        midnight = dt.datetime.combine(date, dt.time(0))

        def second(minute: int) -> int:
            shown = (midnight + dt.timedelta(minutes=minute)).replace(tzinfo=zone)
            return day.seconds(shown.astimezone(dt.UTC))  # through UTC: clocks may change that day

        return [(second(start), second(end)) for start, end in hours]


def no_timetables(name: str, departement: str | None, wanted_by: str = "") -> str:
    """Return that a territory has no timetables, and how it gets some.

    `wanted_by`: the option that asks for them, empty: none does.

    Examples
    --------
    >>> no_timetables("Landes", "40")[:69]
    "« Landes » n'a pas d'horaires de transports en commun. « maillage fet"
    """
    wanted = f", que {wanted_by} demande" if wanted_by else ""
    return (
        f"« {name} » n'a pas d'horaires de transports en commun{wanted}. « maillage fetch {departement or '64'} » les "
        f"télécharge et construit le territoire avec eux{SEMICOLON}« maillage build --gtfs FICHIER » prend ceux que "
        f"vous avez (jeux de données GTFS du point d'accès national)."
    )


def hours_on(row: dict[str, object], date: dt.date) -> tuple[tuple[int, int], ...] | None:
    """Return when a site (a row of its list) is open on a day, minutes after midnight; `None` where it is not known."""
    departement, text, comment = (text_or_none(row.get(name)) for name in ("departement", "opening_hours", "comment"))
    if holiday_on(date, departement):
        return ()
    published = None if text is None else WeeklyHours.from_osm(text).days[date.weekday()]
    return None if published is None else tuple(read_remarks(comment).left_open(date, published))
