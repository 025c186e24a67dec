"""One territory: what it answers, and how it is built, loaded and saved."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.kinds import COUNTED_KINDS, SITES
from geo.network.snapping import snap
from geo.network.speeds import DEFAULT_PROFILE
from geo.network.travel_times import nearest_by_road
from geo.sources.departements import departement_name
from geo.storage import recover, require_replaceable
from geo.territory.assemble import assemble
from geo.territory.embedded import embedded_area, is_view
from geo.territory.files import OfficialFiles
from geo.territory.manifest import RejectedRow
from geo.territory.margin import ROUNDS_NOTE, near_rounds
from geo.territory.study_area import StudyArea

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import geopandas as gpd

    from geo.network.road_network import RoadNetwork
    from geo.sources.provenance import SourceTable
    from geo.territory.files import OfficialTables
    from geo.territory.manifest import Manifest

#: Rows kept out of a file of rounds that a manifest lists; all are counted.
_MAX_REJECTED = 1_000


@dataclass(frozen=True, eq=False, kw_only=True)
class Territory(StudyArea):
    """A study area and its manifest: sources, network, profile, notes and rows kept out.

    Examples
    --------
    >>> territory = Territory.load("64")
    >>> territory.name, territory.crs, territory.has_timetables
    ('Pyrénées-Atlantiques', 'EPSG:2154', False)
    >>> territory.parts == (territory,), territory.fingerprint == Territory.load("33").fingerprint
    (True, False)
    """

    manifest: Manifest

    @property
    def parts(self) -> tuple[Territory, ...]:
        """The territory alone: what is asked of a country in parts may be asked of it too."""
        return (self,)

    @cached_property
    def fingerprint(self) -> str:
        """Text that differs between any two territories built from different inputs."""
        return json.dumps(self.manifest.to_dict(), sort_keys=True, ensure_ascii=False)

    def travel_times(self, facilities: str = SITES, *, kinds: Collection[str] = COUNTED_KINDS) -> pd.DataFrame:
        """Time every demand point to the facility it reaches soonest by car.

        Parameters
        ----------
        facilities
            ``"sites"``, ``"tax_offices"`` or the name of another list of the territory.
        kinds
            Kinds of place that count. A bus counts at the one point that its list gives: a garage or an office, not its
            rounds.

        Returns
        -------
        Indexed like `demand`: `commune_code`; `population`; `travel_time_min` and `distance_km` (Float64, <NA>
        where no road leads to any facility or the point is off the network); `facility_id` and
        `facility_name` (<NA> likewise); `snap_distance_m` (float64, to the nearest street); `on_network` (bool).

        Raises
        ------
        ParameterError
            The territory has no such list, or nothing is left of it.

        Examples
        --------
        >>> times = Territory.load("64").travel_times("sites")
        >>> len(times), bool(times["on_network"].all())
        (545, True)
        """
        return self.times_to(self.facility_list(facilities, kinds=kinds))

    def times_to(self, places: gpd.GeoDataFrame) -> pd.DataFrame:
        """Time every demand point to the one of these places that it reaches soonest by car, as `travel_times`.

        `places`: Facility table (`geo.schemas.FACILITY_COLUMNS`), index 0..n-1. To no place at all, all times are <NA>.

        Examples
        --------
        >>> territory = Territory.load("64")
        >>> bool(territory.times_to(territory.sites.head(0))["travel_time_min"].isna().all())
        True
        """
        origins = self.demand_on_network
        found = nearest_by_road(self.network, origins, snap(self.network, places.geometry.x, places.geometry.y))
        reached = found.facility >= 0
        # Position -1, where nothing is reached: <NA>.
        ids, names = (places[name].array.take(found.facility, allow_fill=True) for name in ("facility_id", "name"))
        return pd.DataFrame(
            {
                "commune_code": self.demand["commune_code"],
                "population": self.demand["population"],
                "travel_time_min": pd.array(np.where(reached, found.travel_time_s / 60, np.nan), dtype="Float64"),
                "distance_km": pd.array(np.where(reached, found.length_m / 1000, np.nan), dtype="Float64"),
                "facility_id": ids,
                "facility_name": names,
                "snap_distance_m": origins.distance_m,
                "on_network": origins.link >= 0,
            },
            index=self.demand.index,
        )

    def with_sites(
        self, sites: gpd.GeoDataFrame, *, why: Mapping[str, Any], rounds: gpd.GeoDataFrame | None = None
    ) -> Territory:
        """Return the same territory with other France services sites; roads and residents are shared, not copied.

        `why`: What changed, as plain values; kept in the manifest, so that no result passes for one of today's list.
        `sites`: Facility table (`geo.schemas.FACILITY_COLUMNS`), EPSG:4326. `rounds`: Rounds of the buses
        (`geo.sources.rounds.ROUND_COLUMNS`), `None`: those of today.

        Examples
        --------
        >>> territory = Territory.load("64")
        >>> len(territory.with_sites(territory.sites.head(3), why={"test": "three sites"}).sites)
        3
        """
        facilities = {**self.facilities, SITES: sites}
        counts = {name: len(table) for name, table in facilities.items()}
        manifest = replace(self.manifest, facilities=counts, scenario=dict(why))
        changed = replace(
            self, facilities=facilities, manifest=manifest, rounds=self.rounds if rounds is None else rounds
        )
        vars(changed).update(demand=self.demand, demand_on_network=self.demand_on_network, precision=self.precision)
        return changed

    def with_rounds(self, rounds: SourceTable) -> Territory:
        r"""Return the same territory with the rounds of its buses; its former ones are given up.

        `rounds`: What `geo.sources.rounds.read_rounds` gives; stops more than 55 km away are left out, and said.

        Examples
        --------
        >>> from geo.sources.rounds import read_rounds
        >>> territory = Territory.build("64", communes=[folder / "communes.gpkg"], sites=folder / "sites.csv")
        >>> _ = (folder / "rounds.csv").write_text("site,commune,jour,horaires,confirmed\n2,64003,mardi,9h-12h,oui")
        >>> rounds = read_rounds(folder / "rounds.csv", sites=territory.sites, communes=territory.communes)
        >>> territory.with_rounds(rounds).rounds["commune_code"].tolist()
        ['64003']
        """
        rounds = near_rounds(rounds, self.communes)
        dataset = rounds.provenance.dataset
        kept_out = [
            RejectedRow(dataset, int(row["row"]), str(row["identifier"]), str(row["reason"]))
            for row in rounds.rejected.to_dict("records")
        ]
        former = tuple(row for row in self.manifest.rejected if row.dataset != dataset)
        notes = [note for note in self.manifest.notes if not note.startswith(ROUNDS_NOTE)]
        manifest = replace(
            self.manifest,
            sources=(*(each for each in self.manifest.sources if each.dataset != dataset), rounds.provenance),
            notes=tuple(dict.fromkeys((*notes, *rounds.notes))),
            rejected_count=self.manifest.rejected_count - (len(self.manifest.rejected) - len(former)) + len(kept_out),
            rejected=(*former, *kept_out[:_MAX_REJECTED]),
        )
        changed = replace(self, rounds=rounds.frame.reset_index(drop=True), manifest=manifest)
        vars(changed).update(demand=self.demand, demand_on_network=self.demand_on_network, precision=self.precision)
        return changed

    @classmethod
    def build(cls, departement: str, *, profile: str = DEFAULT_PROFILE, **files: Any) -> Territory:
        """Build a territory from official files.

        Parameters
        ----------
        departement
            INSEE code (``"2a"`` and ``"1"`` are taken for ``"2A"`` and ``"01"``); its communes are the study
            area, and the neighbours found in the files count up to 55 km around.
        profile
            Speed profile.
        files
            The files by name, at least `communes` and `sites`: the attributes of `geo.territory.files.OfficialFiles`.

        Raises
        ------
        MaillageError
            A file is unusable (each reader says why), or holds no commune of the département.

        Examples
        --------
        >>> Territory.build("64", communes=[folder / "communes.gpkg"], sites=folder / "sites.csv").name
        'Pyrénées-Atlantiques'
        """
        return cls.from_files(departement, OfficialFiles(**files), profile=profile)

    @classmethod
    def from_files(
        cls,
        departement: str,
        files: OfficialFiles,
        *,
        profile: str = DEFAULT_PROFILE,
        tables: OfficialTables | None = None,
    ) -> Territory:
        """Build a territory from official files that are one value, as `build`; `tables`: what they hold, if read.

        Examples
        --------
        >>> files = OfficialFiles(communes=[folder / "communes.gpkg"], sites=folder / "sites.csv")
        >>> len(Territory.from_files("64", files).communes)
        5
        """
        code = departement.strip().upper().zfill(2)
        name = departement_name(code)
        tables = files.read() if tables is None else tables
        return cls.from_tables(tables, name, {code}, roads=files.roads, cells=files.cells, profile=profile)

    @classmethod
    def from_tables(
        cls,
        tables: OfficialTables,
        name: str,
        departements: Collection[str],
        *,
        roads: tuple[Path, ...] | RoadNetwork = (),
        active: Mapping[str, RoadNetwork] | None = None,
        cells: Path | None = None,
        profile: str = DEFAULT_PROFILE,
    ) -> Territory:
        """Build a territory from official tables that are already read.

        Parameters
        ----------
        tables
            Communes and lists of places, of the study area and around it or of a larger area.
        name
            French name of the study area.
        departements
            Codes of the départements that make it; they share one metric projection.
        roads, cells
            As in `geo.territory.files.OfficialFiles`.
        active
            Networks of people on foot and on bicycles, where `roads` is a network; files tell them themselves.
        profile
            Speed profile.

        Raises
        ------
        MaillageError
            The tables hold no commune of these départements, or a file is unusable.

        Examples
        --------
        >>> tables = OfficialFiles(communes=[folder / "communes.gpkg"], sites=folder / "sites.csv").read()
        >>> Territory.from_tables(tables, "Béarn", {"64"}).name
        'Béarn'
        """
        return cls._of(*assemble(tables, name, departements, roads=roads, active=active, cells=cells, profile=profile))

    @classmethod
    def _of(cls, area: StudyArea, manifest: Manifest) -> Territory:
        made = cls(**{field.name: getattr(area, field.name) for field in fields(area)}, manifest=manifest)
        vars(made).update(vars(area))  # residents that were placed on the network to describe it are not placed again
        return made

    @staticmethod
    def require_place(path: Path | str) -> None:
        """Raise `SourceError` where `save` would refuse to write: better said before hours of reading than after.

        Examples
        --------
        >>> Territory.require_place(folder / "territoire")
        """
        from geo.territory.store import TERRITORY_MARKER  # noqa: PLC0415 - loaded where a folder is read or written

        require_replaceable(Path(path), marker=TERRITORY_MARKER)

    @classmethod
    def embedded(cls, wanted: str | None = None, profile: str = DEFAULT_PROFILE, *, drawn: bool = True) -> Territory:
        """Return a view of the embedded France, on the network estimated with one speed profile.

        `wanted`: Code of a département, SIREN or name of an intercommunality; `None`: all of France. `drawn`: Without
        it the communes have no contour and the manifest no notes: all that finding sites needs, much sooner.

        Raises
        ------
        ParameterError
            No such profile, département or intercommunality.
        MaillageError
            The project's own tables are damaged.

        Examples
        --------
        >>> Territory.embedded("64").network.profile
        'courant'
        """
        return cls._of(*embedded_area(wanted, profile, drawn=drawn))

    @classmethod
    def load(cls, path: Path | str | None = None, *, drawn: bool = True) -> Territory:
        """Load a territory that was saved, or a view of the embedded France.

        `path`: A folder; a département's code (``"64"``; a folder of that name is ``"./64"``), SIREN or name of an
        intercommunality; `None`: all of France. `drawn`: As for `embedded`; a saved territory always has its contours.

        Raises
        ------
        ParameterError
            There is no such folder, département or intercommunality.
        SourceError
            The folder is not a saved territory, or is damaged.

        Examples
        --------
        >>> len(Territory.load("64").communes)
        545
        """
        text = None if path is None else str(path)
        if text is not None and not is_view(text):
            recover(Path(text))
        if text is None or is_view(text) or not os.path.exists(text):  # noqa: PTH110 - false, too, for what is no path
            return cls.embedded(text, drawn=drawn)
        from geo.territory.store import load_area  # noqa: PLC0415

        return cls._of(*load_area(Path(text)))

    @property
    def has_timetables(self) -> bool:
        """Whether timetables of public transport were given, and something runs in them."""
        return self.schedule is not None and len(self.schedule.stop_times) > 0

    def save(self, path: Path | str) -> None:
        """Write the territory to a folder: written beside, then renamed; a former territory there is replaced.

        Raises
        ------
        SourceError
            The folder cannot be written, or holds something that is not a territory.

        Examples
        --------
        >>> Territory.load("64").save(folder / "64")
        >>> len(Territory.load(folder / "64").communes)
        545
        """
        from geo.territory.store import save_area  # noqa: PLC0415

        save_area(self, self.manifest, Path(path))
