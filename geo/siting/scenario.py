"""What if a site opened, closed, moved or changed its hours: an ordered list of such actions, and the territory after.

A scenario is a plain value: it holds no table and no path, and can be undone, compared and saved as a small text
(`geo.siting.scenario_json`). The network and the residents of a territory do not change with it; only its list of
France services sites does, so that the times after are one more search.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import WGS84, departement_of
from geo.errors import Fault, ParameterError, listed
from geo.french import format_integer, position_text, visible
from geo.network.snapping import snap, street_positions
from geo.sources.facility_table import facility_frame
from geo.sources.opening_hours import WeeklyHours
from geo.sources.osm_hours import ordinary_week
from geo.sources.round_hours import passes_of_osm
from geo.sources.rounds import rounds_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.territory import Territory

#: More than all sites of France.
MAX_ACTIONS: Final = 5_000
MAX_NAME: Final = 200
_MAX_CODE: Final = 100
_MAX_HOURS: Final = 1_000
#: What a move takes away: they were those of the former door.
_OF_THE_DOOR: Final = ("address", "postcode", "commune_code", "commune_name", "departement")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site is put: in a commune, on the street nearest to its town hall, or at a position (degrees).

    Raises
    ------
    ParameterError
        Neither or both are given, or the position is not one.
    """

    commune_code: str | None = None
    lon: float | None = None
    lat: float | None = None

    def __post_init__(self) -> None:
        """Check the place."""
        if self.commune_code is not None and self.lon is None and self.lat is None:
            _require_text(self.commune_code, "code de commune", _MAX_CODE)
            return
        if self.commune_code is not None or self.lon is None or self.lat is None:
            msg = "un code de commune, ou une longitude et une latitude, sont attendus"
            raise ParameterError(msg)
        if not (_is_degrees(self.lon, 180) and _is_degrees(self.lat, 90)):
            msg = f"position ({str(self.lon)[:40]}, {str(self.lat)[:40]}) refusée, des degrés sont attendus"
            raise ParameterError(msg)


@dataclass(frozen=True, slots=True)
class OpenSite:
    """Open a site. `facility_id` names it in the rest of the scenario; `opening_hours`: OSM text, `None` unknown."""

    facility_id: str
    name: str
    place: Place
    opening_hours: str | None = None

    def __post_init__(self) -> None:
        """Check the action."""
        _require_text(self.facility_id, "identifiant", _MAX_CODE)
        _require_text(self.name, "nom", MAX_NAME)
        if self.opening_hours is not None:
            _require_hours(self.opening_hours)


@dataclass(frozen=True, slots=True)
class CloseSite:
    """Close a site."""

    facility_id: str

    def __post_init__(self) -> None:
        """Check the action."""
        _require_text(self.facility_id, "identifiant", _MAX_CODE)


@dataclass(frozen=True, slots=True)
class MoveSite:
    """Move a site to another place."""

    facility_id: str
    place: Place

    def __post_init__(self) -> None:
        """Check the action."""
        _require_text(self.facility_id, "identifiant", _MAX_CODE)


@dataclass(frozen=True, slots=True)
class ChangeHours:
    """Give a site other opening hours: OSM text (`geo.schemas.FACILITY_COLUMNS`), the empty text for never open."""

    facility_id: str
    opening_hours: str

    def __post_init__(self) -> None:
        """Check the action."""
        _require_text(self.facility_id, "identifiant", _MAX_CODE)
        _require_hours(self.opening_hours)


@dataclass(frozen=True, slots=True)
class AddStop:
    """Let a bus stop at a place: `passes` says when, OSM text ("Tu[2] 09:00-12:00": second Tuesday of the month).

    `facility_id` names the stop in the rest of the scenario. A stop is no site: it changes no trip to a site.
    """

    facility_id: str
    name: str
    place: Place
    passes: str

    def __post_init__(self) -> None:
        """Check the action."""
        _require_text(self.facility_id, "identifiant", _MAX_CODE)
        _require_text(self.name, "nom", MAX_NAME)
        _require_text(self.passes, "passages", _MAX_HOURS)
        passes_of_osm(self.passes)


Action = OpenSite | CloseSite | MoveSite | ChangeHours | AddStop


@dataclass(frozen=True, slots=True)
class Scenario:
    """Named, ordered actions on the sites of a territory; immutable.

    `territory` is the name of the territory that it was made for, said where it does not fit another.

    Raises
    ------
    ParameterError
        A name is missing, there are more than `MAX_ACTIONS` actions, or two openings have the same identifier.
    """

    territory: str
    name: str = "Scénario"
    actions: tuple[Action, ...] = ()

    def __post_init__(self) -> None:
        """Check the scenario; each action has checked itself."""
        _require_text(self.name, "nom du scénario", MAX_NAME)
        _require_text(self.territory, "nom du territoire", MAX_NAME)
        if len(self.actions) > MAX_ACTIONS:
            msg = f"Scénario refusé : {len(self.actions)} actions, au plus {MAX_ACTIONS} sont attendues."
            raise ParameterError(msg)
        opened = Counter(action.facility_id for action in self.actions if isinstance(action, OpenSite | AddStop))
        faults = [Fault(f"{count} ouvertures de « {which} »") for which, count in opened.items() if count > 1]
        if faults:
            raise ParameterError(listed(f"Scénario « {self.name} »", faults, "Donnez à chacune son identifiant."))

    def then(self, *actions: Action) -> Scenario:
        """Return the scenario with more actions at its end."""
        return replace(self, actions=(*self.actions, *actions))

    def undo(self) -> Scenario:
        """Return the scenario without its last action; without any action, as it is."""
        return replace(self, actions=self.actions[:-1])

    def renamed(self, name: str) -> Scenario:
        """Return the scenario under another name."""
        return replace(self, name=name)

    def new_id(self) -> str:
        """Return an identifier for the next opening that no other opening of the scenario has."""
        taken = {action.facility_id for action in self.actions}
        number = next(n for n in range(1, len(taken) + 2) if f"nouveau-{n}" not in taken)
        return f"nouveau-{number}"


@dataclass(slots=True)
class _Changes:
    """What the actions come to: sites closed; columns changed and places, by site; stops; faults found on the way."""

    closed: set[str] = field(default_factory=set)
    opened: dict[str, dict[str, Any]] = field(default_factory=dict)
    hours: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[int, Place]] = field(default_factory=dict)
    stops: dict[str, tuple[int, AddStop]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def apply(territory: Territory, scenario: Scenario) -> Territory:
    """Return the territory as the scenario leaves it: the same roads and residents, another list of sites.

    A site that moves loses its address and keeps the rest; one that opens is of kind ``"main"`` and comes last.

    Parameters
    ----------
    territory
        Study area.
    scenario
        Actions, done in order.

    Raises
    ------
    ParameterError
        A site or a commune is unknown or already closed, an identifier is taken, or a place is off the road network;
        all faults in one message.
    """
    changes = _follow(territory, scenario.actions)
    where = _locate(territory, changes)
    rounds = _rounds_after(territory, changes)
    if changes.faults:
        advice = "Corrigez le scénario ou ouvrez le territoire pour lequel il a été fait."
        if scenario.territory != territory.name:
            advice = f"Il a été fait pour « {scenario.territory} », le territoire ouvert est « {territory.name} »."
        raise ParameterError(listed(f"Scénario « {scenario.name} »", changes.faults, advice))
    actions = [{"action": type(action).__name__, **asdict(action)} for action in scenario.actions]
    return territory.with_sites(
        _sites_after(territory.sites, changes, where), why={"name": scenario.name, "actions": actions}, rounds=rounds
    )


def _follow(territory: Territory, actions: Sequence[Action]) -> _Changes:
    """Go through the actions in order."""
    known = set(territory.sites["facility_id"])
    there = set(known)
    changes = _Changes()
    for number, action in enumerate(actions, 1):
        which = action.facility_id
        if isinstance(action, AddStop):
            changes.stops[which] = (number, action)
        elif isinstance(action, OpenSite):
            if which in known:
                changes.faults.append(Fault(f"action {number} : l'identifiant « {which} » est celui d'un site"))
                continue
            there.add(which)
            changes.opened[which] = {"facility_id": which, "name": action.name, "kind": "main"}
            changes.places[which] = (number, action.place)
            if action.opening_hours is not None:
                changes.hours[which] = WeeklyHours.from_osm(action.opening_hours).to_osm()
        elif which not in there:
            reason = "est déjà fermé" if which in changes.closed else "n'est pas de ce territoire"
            changes.faults.append(Fault(f"action {number} : le site « {which} » {reason}"))
        elif isinstance(action, CloseSite):
            there.discard(which)
            changes.closed.add(which)
            changes.opened.pop(which, None)
            changes.hours.pop(which, None)
            changes.places.pop(which, None)
        elif isinstance(action, MoveSite):
            changes.places[which] = (number, action.place)
        else:
            changes.hours[which] = WeeklyHours.from_osm(action.opening_hours).to_osm()
    return changes


def _rounds_after(territory: Territory, changes: _Changes) -> gpd.GeoDataFrame | None:
    """Return the rounds of the buses left, with the stops added. Faults are reported in `changes`."""
    known = territory.rounds
    if known is not None and changes.closed:
        known = known[~known["facility_id"].isin(changes.closed)].reset_index(drop=True)
    if not changes.stops:
        return known
    placed = {which: (number, action.place) for which, (number, action) in changes.stops.items()}
    where = _locate(territory, _Changes(places=placed, faults=changes.faults))
    if changes.faults:
        return known
    actions = [action for _, action in changes.stops.values()]
    found = where.reset_index(drop=True)
    found["facility_id"] = pd.Series(pd.NA, found.index, dtype="string")
    found["lieu"] = pd.Series([action.name for action in actions], dtype="string")
    found["passes"] = pd.Series([passes_of_osm(action.passes) for action in actions], dtype="object")
    added = rounds_frame(found)
    # Under their own numbers, after those that are known.
    added["stop_id"] = ("ajout-" + added["stop_id"]).astype("string")
    return added if known is None or known.empty else pd.concat([known, added], ignore_index=True)


def _locate(territory: Territory, changes: _Changes) -> pd.DataFrame:
    """Return the sites placed, by `facility_id`: `lon`, `lat`, and the columns of `_OF_THE_DOOR`; report faults."""
    communes = territory.communes
    where = pd.DataFrame(
        [(place.commune_code, place.lon, place.lat) for _, place in changes.places.values()],
        index=pd.Index(list(changes.places), dtype="string"),
        columns=["commune_code", "lon", "lat"],
    ).astype({"commune_code": "string", "lon": "float64", "lat": "float64"})
    numbers = np.array([number for number, _ in changes.places.values()], np.int64)
    by_code = where["commune_code"].notna().to_numpy()
    row = np.where(by_code, communes.index.get_indexer(where["commune_code"]), -1)
    for which in np.flatnonzero(by_code & (row < 0)):
        code = where["commune_code"].iloc[which]
        changes.faults.append(Fault(f"action {numbers[which]} : la commune « {code} » n'est pas de ce territoire"))
    named = np.flatnonzero(row >= 0)
    town = communes.iloc[row[named]]
    for column, street in zip(
        ("lon", "lat"), street_positions(territory.network, town["lon"], town["lat"]), strict=True
    ):
        where[column] = where[column].fillna(pd.Series(street, where.index[named]))
    # The commune around a position; of several where contours overlap, the last.
    point, around = communes.sindex.query(gpd.points_from_xy(where["lon"], where["lat"]), predicate="intersects")
    row[point] = np.where(by_code[point], row[point], around)
    inside = pd.Series(row >= 0, where.index)
    where["commune_code"] = pd.Series(communes.index.to_numpy()[row], where.index, dtype="string").where(inside)
    where["commune_name"] = pd.Series(communes["name"].to_numpy()[row], where.index, dtype="string").where(inside)
    where["departement"] = where["commune_code"].map(departement_of, na_action="ignore").astype("string")
    located = where["lon"].notna().to_numpy()
    off = np.zeros(len(where), bool)
    off[located] = snap(territory.network, where["lon"][located], where["lat"][located]).link < 0
    for which in np.flatnonzero(off):
        position = position_text(where["lon"].iloc[which], where["lat"].iloc[which])
        changes.faults.append(
            Fault(
                f"action {numbers[which]} : la position ({position}) est à plus de "
                f"{format_integer(territory.network.snap_limit_m)} m d'une route"
            )
        )
    return where.reindex(columns=[*_OF_THE_DOOR, "lon", "lat"]).astype(dict.fromkeys(_OF_THE_DOOR, "string"))


def _sites_after(sites: gpd.GeoDataFrame, changes: _Changes, where: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the list of sites after the changes; those left alone keep their order and their very positions."""
    table = sites.copy()
    if changes.opened:
        placed = where.loc[list(changes.opened)]
        opened = facility_frame(pd.DataFrame(list(changes.opened.values())), placed["lon"], placed["lat"])
        table = pd.concat([table, opened], ignore_index=True)
    identifiers = pd.Index(table["facility_id"])

    def write(column: str, which: Sequence[str] | pd.Index, values: Any) -> None:
        cells = table[column].array.copy()
        cells[identifiers.get_indexer(pd.Index(which))] = values
        table[column] = cells

    if len(where):
        for column in _OF_THE_DOOR:
            write(column, where.index, where[column].array)
        write("geometry", where.index, gpd.points_from_xy(where["lon"], where["lat"], crs=WGS84))
    if changes.hours:
        write("opening_hours", list(changes.hours), list(changes.hours.values()))
    return table[~identifiers.isin(list(changes.closed))].reset_index(drop=True)


def scenario_text(text: str) -> str:
    r"""Return a name that a table or a file gave as a scenario takes it: one line of at most `MAX_NAME` characters.

    Examples
    --------
    >>> scenario_text("Sare\r\nAscain")
    'Sare Ascain'
    """
    return visible(text).strip()[:MAX_NAME]


def _require_text(text: object, what: str, longest: int) -> None:
    """Raise `ParameterError` unless `text` is a text of reasonable length, without control characters."""
    if not isinstance(text, str) or not text.strip() or len(text) > longest:
        msg = f"{what} absent, trop long ou qui n'est pas un texte (1 à {longest} caractères attendus)"
        raise ParameterError(msg)
    if visible(text) != text:
        msg = f"{what} avec des caractères de contrôle, un texte d'une ligne est attendu"
        raise ParameterError(msg)


def _require_hours(text: object) -> None:
    if not isinstance(text, str) or len(text) > _MAX_HOURS:
        msg = "horaires trop longs ou qui ne sont pas un texte, « Mo 09:00-12:00,14:00-17:00; Sa 09:00-12:00 » attendu"
        raise ParameterError(msg)
    WeeklyHours.from_osm(text)
    if text and ordinary_week(text)[1]:
        msg = f"horaires « {text} » qui changent dans l'année, ceux d'une semaine ordinaire sont attendus"
        raise ParameterError(msg)


def _is_degrees(value: object, limit: int) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -limit <= value <= limit
