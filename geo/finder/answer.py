"""The answer to a citizen: which sites are near by road, open when, reached how, and what to do if none is.

`find_sites` is the one function behind the screen and ``maillage nearest``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyproj

from geo.crs import WGS84
from geo.errors import ParameterError
from geo.finder.opening_times import (
    DayLine,
    OpeningStatus,
    civil_time,
    later,
    moment_text,
    opening_status,
    week_lines,
)
from geo.network.snapping import SnappedPoints, snap
from geo.network.travel_times import times_from_point
from geo.sources.official_tables import SITES, TAX_OFFICES
from geo.sources.opening_hours import WeeklyHours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geo.territory import Territory

#: Beyond this many minutes a site is not near: the answer then also says whom to phone or write to.
NEAR_MIN: Final = 60.0
#: Open "in the evening" is open later than this, in minutes after midnight.
EVENING_MINUTE: Final = 17 * 60 + 30
#: How many sites to phone or write to are given, and how many buses.
CONTACTS: Final = 3
#: A position farther (m) than this from every commune of the territory, and off its roads, is outside of it.
OUTSIDE_M: Final = 20_000.0
#: Kinds of site that stay where the list says they are.
FIXED_KINDS: Final = frozenset({"main", "antenne"})

_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a citizen asks of a site.

    `at`: the moment, in the civil time of the territory where it has no time zone; `None`: now. `open_then`: only
    sites open at that moment. `saturday`: open on Saturdays. `evening`: open after 17:30 on some day.
    `without_appointment`: only sites known to need none. `kinds`: of "main", "antenne", "bus". `operator`: only
    sites that this operator visits.
    """

    at: dt.datetime | None = None
    open_then: bool = False
    saturday: bool = False
    evening: bool = False
    without_appointment: bool = False
    kinds: frozenset[str] = frozenset({"main", "antenne", "bus"})
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """One site (or tax office) as told to a citizen.

    Texts are as in the list, not escaped; `None` is unknown. `travel_time_min` and `distance_km` are by car along
    the roads, `None` where no road leads there. `appointment` tells whether one is needed. `week` is seven lines,
    Monday first. `warnings` and `main_site` (of an antenne, where the list links it to one) are French.
    """

    facility_id: str
    name: str
    kind: str
    address: str | None
    postcode: str | None
    commune_name: str | None
    phone: str | None
    email: str | None
    website: str | None
    comment: str | None
    appointment: bool | None
    bearer: str | None
    lon: float
    lat: float
    travel_time_min: float | None
    distance_km: float | None
    status: OpeningStatus
    week: tuple[DayLine, ...]
    warnings: tuple[str, ...]
    main_site: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What `find_sites` found.

    `lon`, `lat` are the position asked for, `start_lon`, `start_lat` where the trips start; `at` the moment, with its
    time zone. `sites` are the fixed sites that meet the wishes, soonest first; `buses` are apart, by the time to
    their base. `minutes_saved` is the time to the tax office less that to the first site. `none_open` holds the
    nearest sites to phone or write to when no listed site is both open and near. `notes` are French sentences.
    """

    lon: float
    lat: float
    start_lon: float
    start_lat: float
    at: dt.datetime
    sites: tuple[SiteAnswer, ...]
    buses: tuple[SiteAnswer, ...]
    tax_office: SiteAnswer | None
    minutes_saved: float | None
    none_open: tuple[SiteAnswer, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values ready for JSON: moments and days as ISO text."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def find_sites(
    territory: Territory,
    lon: float,
    lat: float,
    wishes: Wishes = Wishes(),  # noqa: B008 - frozen
    k: int = 5,
    permanences: pd.DataFrame | None = None,
) -> Answer:
    """Find the sites soonest reached by car from a place that meet a citizen's wishes.

    With a moment chosen (`Wishes.at`), or with `open_then`, only sites open at that moment and still open on arrival
    count, leaving then. Buses have one point in the list, their base, and are never ranked among fixed sites: they
    come apart in `Answer.buses`, or in `Answer.sites` where buses are the only kind asked for.

    Parameters
    ----------
    territory
        Study area.
    lon, lat
        Degrees (EPSG:4326).
    wishes
        Filters and moment.
    k
        At most how many sites, at least 1.
    permanences
        Visits of operators (`geo.sources.permanences`); those of the territory where `None`.

    Raises
    ------
    ParameterError
        The position is none or lies outside the territory, `k` is below 1, a kind or the date is not accepted, or the
        territory has no site at all.
    """
    if k < 1:
        msg = f"Nombre de lieux demandé : {k}. Au moins 1 est attendu."
        raise ParameterError(msg)
    at = civil_time(wishes.at, _departement(territory))
    start = _start(territory, lon, lat)
    sites = _places(territory, territory.facility_list(SITES, buses=True), start, at)
    offices = territory.facilities.get(TAX_OFFICES)
    tax_office = None
    if offices is not None and len(offices):
        tax_office = next(_places(territory, offices, start, at).soonest(), None)
    only_buses = wishes.kinds == {"bus"}
    ranked = [kind for kind in wishes.kinds if only_buses or kind in FIXED_KINDS]
    found: list[SiteAnswer] = []
    for site in sites.soonest(ranked):
        if _meets(site, wishes, at):
            found.append(site)
            if len(found) == k:
                break
    buses = [] if only_buses or "bus" not in wishes.kinds else [b for b in sites.soonest(["bus"]) if _meets(b, wishes, at)]
    none_open: tuple[SiteAnswer, ...] = ()
    if not any(site.status.state == "open" and (site.travel_time_min or 0) <= NEAR_MIN for site in found):
        none_open = tuple(site for site, _ in zip(sites.soonest(), range(CONTACTS), strict=False))
    saved = None
    if tax_office is not None and found and tax_office.travel_time_min is not None and found[0].travel_time_min is not None:
        saved = tax_office.travel_time_min - found[0].travel_time_min
    return Answer(
        lon=lon,
        lat=lat,
        start_lon=start.lon,
        start_lat=start.lat,
        at=at,
        sites=tuple(found),
        buses=tuple(buses[:CONTACTS]),
        tax_office=tax_office,
        minutes_saved=saved,
        none_open=none_open,
        notes=(*start.notes, *territory.network.source.notes),
    )


@dataclass(frozen=True, slots=True)
class Start:
    """Where trips start: degrees, the point on the network, and French sentences where it is not the position asked."""

    lon: float
    lat: float
    point: SnappedPoints
    notes: tuple[str, ...] = ()


def _start(territory: Territory, lon: float, lat: float) -> Start:
    """Return where trips from a position start: there, or at the nearest commune's point where no road is near."""
    if not (np.isfinite(lon) and np.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004 - degrees
        msg = (
            f"Position refusée : longitude {lon:g}, latitude {lat:g}. "
            f"Des degrés sont attendus, par exemple -1.56 et 43.48."
        )
        raise ParameterError(msg)
    here = snap(territory.network, [lon], [lat])
    if here.link[0] >= 0:
        return Start(lon, lat, here)
    communes = territory.communes
    _, _, metres = pyproj.Geod(ellps="GRS80").inv(
        np.full(len(communes), lon), np.full(len(communes), lat), communes["lon"].to_numpy(), communes["lat"].to_numpy()
    )
    for position in np.argsort(metres, kind="stable")[:CONTACTS]:
        commune = communes.iloc[position]
        there = snap(territory.network, [commune["lon"]], [commune["lat"]])
        if metres[position] <= OUTSIDE_M and there.link[0] >= 0:
            note = (
                f"Aucune route connue à moins de {territory.network.snap_limit_m:.0f} m de votre position : les temps "
                f"sont comptés depuis {commune['name']}, à {metres[position] / 1000:.0f} km à vol d'oiseau."
            )
            return Start(float(commune["lon"]), float(commune["lat"]), there, (note,))
    msg = (
        f"La position (longitude {lon:g}, latitude {lat:g}) est loin de toute route et de toute commune de "
        f"« {territory.name} ». Donnez une position dans le territoire."
    )
    raise ParameterError(msg)


@dataclass(frozen=True, slots=True)
class _Places:
    """A list of places with their times from the start, told one by one."""

    table: pd.DataFrame
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    time_min: NDArray[np.float64]
    distance_km: NDArray[np.float64]
    at: dt.datetime
    order: NDArray[np.int64] = field(repr=False)

    def soonest(self, kinds: list[str] | None = None) -> Iterator[SiteAnswer]:
        """Give the places that a road leads to, soonest first, equal times by id."""
        for position in self.order:
            if np.isfinite(self.time_min[position]) and (kinds is None or self.table["kind"].iat[position] in kinds):
                yield self._site(int(position))

    def _site(self, position: int) -> SiteAnswer:
        row = {key: None if pd.isna(value) else value for key, value in self.table.iloc[position].items()}
        minutes = float(self.time_min[position])
        hours = None if row["opening_hours"] is None else WeeklyHours.from_osm(str(row["opening_hours"]))
        status = opening_status(hours, self.at, row["departement"])
        return SiteAnswer(
            **{
                name: row[name]
                for name in (
                    *("facility_id", "name", "kind", "address", "postcode", "commune_name", "phone", "email"),
                    *("website", "comment", "bearer"),
                )
            },
            appointment=None if row["appointment"] is None else bool(row["appointment"]),
            lon=float(self.lon[position]),
            lat=float(self.lat[position]),
            travel_time_min=minutes,
            distance_km=float(self.distance_km[position]),
            status=status,
            week=week_lines(hours, self.at, row["departement"]),
            warnings=tuple(_warnings(str(row["kind"]), status, self.at, minutes)),
            main_site=None,
        )


def _places(territory: Territory, table: pd.DataFrame, start: Start, at: dt.datetime) -> _Places:
    points = table.geometry
    lon, lat = points.x.to_numpy(), points.y.to_numpy()
    seconds, metres = times_from_point(territory.network, start.point, 0, snap(territory.network, lon, lat))
    order = np.lexsort((table["facility_id"].to_numpy(), seconds))
    return _Places(table.drop(columns="geometry"), lon, lat, seconds / 60, metres / 1000, at, order)


def _meets(site: SiteAnswer, wishes: Wishes, at: dt.datetime) -> bool:
    intervals = [line.intervals or () for line in site.week]
    return (
        not (wishes.saturday and not intervals[_SATURDAY])
        and not (wishes.evening and not any(end > EVENING_MINUTE for day in intervals for _, end in day))
        and not (wishes.without_appointment and site.appointment is not False)
        and not ((wishes.open_then or wishes.at is not None) and not _open_on_arrival(site, at))
    )


def _open_on_arrival(site: SiteAnswer, at: dt.datetime) -> bool:
    closes_at = site.status.closes_at
    return site.status.state == "open" and (closes_at is None or later(at, site.travel_time_min or 0) < closes_at)


def _warnings(kind: str, status: OpeningStatus, at: dt.datetime, minutes: float) -> Iterator[str]:
    if kind == "bus":
        yield "La position est celle de la base du bus, pas de ses arrêts : demandez ses tournées par téléphone."
    arrival = later(at, minutes)
    if status.closes_at is not None and arrival >= status.closes_at:
        yield f"Ferme {moment_text(status.closes_at, since=at)}, avant votre arrivée."
    if status.state == "unknown":
        yield "Horaires inconnus : appelez avant de vous déplacer."


def _departement(territory: Territory) -> str:
    return territory.departement or str(territory.communes["departement"].iloc[0])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value
