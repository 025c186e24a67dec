"""Who has an *open* site within reach, by weekday and half-hour, and what opening one more half-day would bring.

Hours are those of an ordinary week on arrival: at 12:00 a site that closes at 12:00 is closed, and the trip there is
not taken off. Public holidays are not in the lists.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy import sparse

from geo.access.bus_rounds import shares_with_rounds
from geo.access.known_part import KnownPart, in_known_part, known_part, places_on_network
from geo.access.residents import residents_by_point
from geo.kinds import COUNTED_KINDS
from geo.network.travel_times import pairs_within
from geo.question import AT_THRESHOLD_MIN, DEFAULT_THRESHOLD_MIN, check_threshold
from geo.sources.opening_hours import WEEKDAYS, WeeklyHours

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.territory import Territory

SLOT_MIN: Final = 30
SLOTS_A_DAY: Final = 24 * 60 // SLOT_MIN
SLOTS: Final = len(WEEKDAYS) * SLOTS_A_DAY
#: First minute of each half-hour of a day, as text: columns of the table.
HALF_HOURS: Final = tuple(f"{slot // 2:02d}:{slot % 2 * SLOT_MIN:02d}" for slot in range(SLOTS_A_DAY))
#: The hours of a half-day that a site could open (minutes after midnight): those most common in the list.
MORNING: Final = (9 * 60, 12 * 60)
AFTERNOON: Final = (14 * 60, 17 * 60)
#: Days and hours at which one may expect a public service to be open: Monday to Saturday, 8:00 to 19:00.
EXPECTED_DAYS: Final = 6
EXPECTED_HOURS: Final = (8 * 60, 19 * 60)
#: Half-days that could be opened: (French name, weekday, first minute, last minute).
HALF_DAYS: Final = (
    *(
        (f"{WEEKDAYS[day]} {name}", day, *hours)
        for day in range(5)
        for name, hours in (("matin", MORNING), ("après-midi", AFTERNOON))
    ),
    ("samedi matin", 5, *MORNING),
)


@dataclass(frozen=True, slots=True)
class OpeningTable:
    """Share of residents with an open site within a threshold, through an ordinary week.

    Attributes
    ----------
    threshold_min
        Minutes by car.
    part
        Whose way is known: what shares are of.
    residents_within
        Residents with a site within the threshold, open or not: the most that any hour can reach.
    shares
        float64, 7 rows (`lundi` to `dimanche`) by 48 columns (``"00:00"`` to ``"23:30"``): share of the residents
        known, 0 to 1; NaN where there are none.
    sites
        Sites counted that are in the known part and on the road network.
    sites_hours_unknown, sites_hours_partly_unknown
        Of those, sites whose hours are not known at all, or not for each day. They count as closed at hours that are
        not known.
    shares_with_rounds
        The same shares with the stops of the buses beside the sites (`geo.access.bus_rounds.shares_with_rounds`);
        `None` where no round is known.
    neighbour_sites, neighbour_sites_hours_unknown
        Sites counted around the known part and on the road network, and those of them whose hours are not known at all.
    """

    threshold_min: float
    part: KnownPart
    residents_within: float
    shares: pd.DataFrame
    sites: int
    sites_hours_unknown: int
    sites_hours_partly_unknown: int
    neighbour_sites: int
    neighbour_sites_hours_unknown: int
    _reach: _Reach = field(repr=False)
    shares_with_rounds: pd.DataFrame | None = None

    @property
    def share_within(self) -> float | None:
        """Residents with a site within the threshold, open or not, as a share; `None` where nobody is known to live."""
        return self.part.share(self.residents_within)

    @property
    def hours_within_reach(self) -> float:
        """Hours of the week when a resident has an open site within the threshold, on average; NaN: nobody known."""
        return float(self.shares.to_numpy().sum()) * SLOT_MIN / 60

    @property
    def hours_with_rounds(self) -> float | None:
        """The same with the stops of the buses beside the sites; `None` where no round is known."""
        shares = self.shares_with_rounds
        return None if shares is None else float(shares.to_numpy().sum()) * SLOT_MIN / 60

    def spans(self) -> pd.DataFrame:
        """Return the week as spans of consecutive half-hours with the same share, the highest share first.

        Index 0..n-1: `day` (text), `start` and `end` (text ``HH:MM``), `hours` (float64), `share` (float64).

        Examples
        --------
        >>> from geo import Territory
        >>> float(open_shares(Territory.load("64"), 20).spans()["hours"].sum())
        168.0
        """
        shares = self.shares.to_numpy()
        # Sums made in another order differ in their last figures: the same residents are the same share.
        spans = _spans(np.ones((len(WEEKDAYS), SLOTS_A_DAY), bool), shares.round(9), shares)
        return spans.sort_values("share", ascending=False, kind="stable", ignore_index=True)

    def blank_hours(self, below: float = 0.1) -> pd.DataFrame:
        """Return the spans of expected hours when less than `below` of those within reach of a site find one open.

        Expected are Monday to Saturday, 8:00 to 19:00. Columns as in `spans`, in the order of the week; `share` is the
        lowest of the span, of all residents known.
        """
        low = self.shares.to_numpy() * self.part.residents_known < below * self.residents_within
        first, last = (minute // SLOT_MIN for minute in EXPECTED_HOURS)
        low[EXPECTED_DAYS:], low[:, :first], low[:, last:] = False, False, False
        return _spans(low, np.where(low, 0.0, 1.0), self.shares.to_numpy())

    def half_day_gains(self) -> pd.DataFrame:
        """Return what each site would bring by opening one more half-day, the others as they are.

        Half-days are Monday to Friday mornings (9:00 to 12:00) and afternoons (14:00 to 17:00), and Saturday morning.
        Those when the site is open throughout already bring nothing and are left out, as are those that bring nobody.

        Returns
        -------
        Index 0..n-1, most resident-hours first, then by identifier and in the order of the week: `facility_id`, `name`,
        `commune_name`, `half_day`; `resident_hours` (float64): hours of the half-day during which residents within
        the threshold of the site have no open one today, added over them; `residents` (float64): how many gain at
        least half an hour; `hours_known` (boolean): whether today's hours of the site are known that day.
        """
        return _half_day_gains(self._reach)

    def to_dict(self) -> dict[str, Any]:
        """Return the totals as plain values ready for JSON, with the table as lists, Monday first."""
        known = self.part.residents_known > 0
        return {
            "threshold_min": self.threshold_min,
            **self.part.out_of(),
            "residents_within": self.residents_within,
            "share_within": self.share_within,
            "sites": self.sites,
            "sites_hours_unknown": self.sites_hours_unknown,
            "sites_hours_partly_unknown": self.sites_hours_partly_unknown,
            "neighbour_sites": self.neighbour_sites,
            "neighbour_sites_hours_unknown": self.neighbour_sites_hours_unknown,
            "slot_min": SLOT_MIN,
            "shares": _by_day(self.shares, known=known),
            **(
                {}
                if self.shares_with_rounds is None
                else {
                    "hours_within_reach": self.hours_within_reach if known else None,
                    "hours_with_rounds": self.hours_with_rounds if known else None,
                    "shares_with_rounds": _by_day(self.shares_with_rounds, known=known),
                }
            ),
        }


@dataclass(frozen=True, slots=True)
class _Reach:
    """Who can reach what, and when it is open.

    `sites`: counted sites, 0..m-1; `pairs`: bool CSR (n_demand, m), trips within the threshold; `is_open`: bool
    (m, SLOTS); `known`: bool (m, 7), whether the hours of the day are known; `residents`: float64 (n_demand,);
    `served`: bool (n_demand, SLOTS).
    """

    sites: gpd.GeoDataFrame
    pairs: sparse.csr_array
    is_open: NDArray[np.bool_]
    known: NDArray[np.bool_]
    residents: NDArray[np.float64]
    served: NDArray[np.bool_]


def open_shares(
    territory: Territory, threshold_min: float = DEFAULT_THRESHOLD_MIN, *, kinds: Collection[str] = COUNTED_KINDS
) -> OpeningTable:
    """Measure, for each half-hour of a week, the share of residents with an open site within a threshold.

    A site counts for a half-hour when it is open at its first minute.

    Parameters
    ----------
    territory
        Study area.
    threshold_min
        Minutes by car.
    kinds
        What is counted, as in `Territory.travel_times`.

    Raises
    ------
    ParameterError
        Threshold out of range.
    """
    check_threshold(threshold_min)
    sites, on_streets = places_on_network(territory, kinds)
    origin, site, _ = pairs_within(
        territory.network, territory.demand_on_network, on_streets, (threshold_min + AT_THRESHOLD_MIN) * 60
    )
    pairs = sparse.csr_array(
        (np.ones(len(origin), np.int32), (origin, site)), shape=(len(territory.demand), len(sites))
    )
    is_open, known = open_slots(sites["opening_hours"])
    residents = residents_by_point(territory.communes, territory.demand)
    served = np.asarray(pairs @ is_open.astype(np.int32)) > 0
    part = known_part(territory)
    # A product of many terms may be more than their sum by a last figure.
    shares = np.minimum((residents @ served) / (part.residents_known or np.nan), 1.0)
    within = np.diff(pairs.indptr) > 0
    inside, unknown = in_known_part(territory, sites), ~known.any(axis=1)
    with_rounds = shares_with_rounds(
        territory, threshold_min, served=served, residents=residents, residents_known=part.residents_known
    )
    return OpeningTable(
        threshold_min=float(threshold_min),
        part=part,
        residents_within=float(residents[within].sum()),
        shares=_week(shares),
        shares_with_rounds=None if with_rounds is None else _week(with_rounds),
        sites=int(inside.sum()),
        sites_hours_unknown=int((inside & unknown).sum()),
        sites_hours_partly_unknown=int((inside & ~unknown & ~known.all(axis=1)).sum()),
        neighbour_sites=int((~inside).sum()),
        neighbour_sites_hours_unknown=int((~inside & unknown).sum()),
        _reach=_Reach(sites, pairs, is_open, known, residents, served),
    )


def _week(shares: NDArray[np.float64]) -> pd.DataFrame:
    table = shares.reshape(len(WEEKDAYS), SLOTS_A_DAY)
    return pd.DataFrame(table, index=pd.Index(WEEKDAYS, name="day"), columns=list(HALF_HOURS))


def _by_day(shares: pd.DataFrame, *, known: bool) -> dict[str, list[float] | None]:
    rows = shares.to_numpy().tolist()
    return {day: row if known else None for day, row in zip(WEEKDAYS, rows, strict=True)}


def open_slots(opening_hours: pd.Series) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return when places are open, and on which days it is known.

    `opening_hours`: OSM text (`geo.schemas.FACILITY_COLUMNS`), <NA> unknown.

    Returns
    -------
    bool (n, SLOTS), Monday 0:00 first: open at the first minute of the half-hour; bool (n, 7): the day is known.
    """
    texts, number = np.unique(opening_hours.fillna("?").to_numpy(str), return_inverse=True)
    weeks = [None if text == "?" else WeeklyHours.from_osm(text) for text in texts]
    known = np.array(
        [[week is not None and day is not None for day in (week.days if week else WEEKDAYS)] for week in weeks]
    )
    spans = [
        (row, day * SLOTS_A_DAY - -start // SLOT_MIN, day * SLOTS_A_DAY - -end // SLOT_MIN)
        for row, week in enumerate(weeks)
        if week is not None
        for day, intervals in enumerate(week.days)
        for start, end in intervals or ()
    ]
    row, first, last = np.array(spans, np.int64).reshape(-1, 3).T
    steps = np.zeros((len(texts), SLOTS + 1), np.int32)
    np.add.at(steps, (row, first), 1)
    np.add.at(steps, (row, last), -1)
    is_open = np.cumsum(steps, axis=1)[:, :SLOTS] > 0
    return is_open[number], known.reshape(-1, len(WEEKDAYS))[number]


def _half_day_gains(reach: _Reach) -> pd.DataFrame:
    waiting = ~reach.served
    columns = [
        slice(day * SLOTS_A_DAY + start // SLOT_MIN, day * SLOTS_A_DAY + end // SLOT_MIN)
        for _, day, start, end in HALF_DAYS
    ]
    half_hours = np.column_stack([waiting[:, slots].sum(axis=1) for slots in columns])
    to_site = reach.pairs.T.tocsr()
    hours = np.asarray(to_site @ (half_hours * reach.residents[:, None])) * (SLOT_MIN / 60)
    gaining = np.asarray(to_site @ ((half_hours > 0) * reach.residents[:, None]))
    site, half_day = np.nonzero(hours > 0)
    table = pd.DataFrame(reach.sites[["facility_id", "name", "commune_name"]]).take(site)
    table["half_day"] = pd.array([HALF_DAYS[number][0] for number in half_day], dtype="string")
    table["resident_hours"] = hours[site, half_day]
    table["residents"] = gaining[site, half_day]
    known = reach.known[site, np.array([day for _, day, _, _ in HALF_DAYS])[half_day]]
    table["hours_known"] = pd.array(known, dtype="boolean")
    order = np.lexsort((half_day, table["facility_id"].to_numpy(str), -table["resident_hours"]))
    return table.iloc[order].reset_index(drop=True)


def _spans(chosen: NDArray[np.bool_], key: NDArray[np.float64], shares: NDArray[np.float64]) -> pd.DataFrame:
    """Return runs of chosen half-hours of a day with the same key; `share`: the lowest of `shares`."""
    day, slot = np.nonzero(chosen)
    value = key[day, slot]
    begins = np.ones(len(day), bool)
    begins[1:] = (np.diff(day) != 0) | (np.diff(slot) != 1) | (np.diff(value) != 0)
    start = np.flatnonzero(begins)
    length = np.diff(np.append(start, len(day)))
    ends = slot[start] + length
    clock = np.array([*HALF_HOURS, "24:00"])
    return pd.DataFrame(
        {
            "day": pd.array(np.array(WEEKDAYS)[day[start]], dtype="string"),
            "start": pd.array(clock[slot[start]], dtype="string"),
            "end": pd.array(clock[ends], dtype="string"),
            "hours": length * SLOT_MIN / 60,
            "share": np.minimum.reduceat(shares[day, slot], start) if len(start) else np.zeros(0),
        }
    )
