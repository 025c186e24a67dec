"""Putting a study area together from official tables: its communes, the places around, its roads."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from geo.errors import SourceError
from geo.kinds import SITES
from geo.network.modes import CAR
from geo.network.road_network import RoadNetwork
from geo.network.slopes import on_relief
from geo.network.speeds import DEFAULT_PROFILE, SpeedProfile, speed_profile
from geo.settings import Settings
from geo.sources.no_road import NO_ROAD_FILE, read_no_road
from geo.territory.description import describe, outline
from geo.territory.margin import bounds, near_communes, near_places, near_rounds, neighbour_outlines
from geo.territory.study_area import NEIGHBOUR_COLUMNS, StudyArea, project_relief

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    import geopandas as gpd

    from geo.sources.provenance import SourceTable
    from geo.territory.files import OfficialTables
    from geo.territory.manifest import Manifest

_log = logging.getLogger(__name__)


def assemble(
    tables: OfficialTables,
    name: str,
    departements: Collection[str],
    *,
    roads: tuple[Path, ...] | RoadNetwork = (),
    active: Mapping[str, RoadNetwork] | None = None,
    cells: Path | None = None,
    profile: str = DEFAULT_PROFILE,
) -> tuple[StudyArea, Manifest]:
    """Return the study area of some départements, and what is to be said of it.

    The parameters are those of `Territory.from_tables`.

    Raises
    ------
    MaillageError
        The tables hold no commune of these départements, or a file is unusable.
    """
    chosen_profile = speed_profile(profile)
    everywhere = tables.communes.frame
    communes = everywhere[everywhere["departement"].isin(departements)]
    if communes.empty:
        found = ", ".join(sorted(everywhere["departement"].unique())[:20])
        msg = (
            f"Le fichier des communes ne contient aucune commune du département {', '.join(departements)} "
            f"(départements trouvés : {found}). Donnez le fichier du bon département."
        )
        raise SourceError(msg)
    cell_table = None
    if cells is not None:
        from geo.sources.population_cells import read_population_cells  # noqa: PLC0415 - a view of France reads no file

        _log.info("Lecture des carreaux de population…")
        cell_table = read_population_cells(cells, communes)
        communes = _with_population_of_cells(communes, cell_table.frame)
    if isinstance(roads, RoadNetwork):
        network = roads
    elif not roads:
        _log.info("Estimation du réseau routier…")
        network = estimate_roads(near_communes(everywhere, communes), profile=chosen_profile)
    else:
        from geo.network.road_files import read_modes  # noqa: PLC0415 - osmium is read with the first road file

        _log.info("Lecture des routes…")
        read = read_modes(list(roads), area=bounds(communes), profile=profile)
        network, active = read.pop(CAR), read
    if active:
        relief = project_relief()
        active = {mode: on_relief(streets, relief) for mode, streets in active.items()}
    return study_area(
        tables,
        name,
        communes,
        network,
        departement=next(iter(departements)) if len(departements) == 1 else None,
        cells=cell_table,
        active=active,
    )


def study_area(
    tables: OfficialTables,
    name: str,
    communes: gpd.GeoDataFrame,
    network: RoadNetwork,
    *,
    departement: str | None,
    cells: SourceTable | None = None,
    described: bool = True,
    active: Mapping[str, RoadNetwork] | None = None,
) -> tuple[StudyArea, Manifest]:
    """Return the study area of some communes of the tables on a network, and what is to be said of it.

    `communes`: Those of the study area, with their contours; the tables hold them and those around. `departement`: Its
    code where they are one. `described`: Whether the manifest has its notes, for which all residents are placed on the
    network. `active`: networks of people on foot and on bicycles.
    """
    if tables.rounds is not None:
        tables = replace(tables, rounds=near_rounds(tables.rounds, communes))
    everywhere = tables.communes.frame
    around = near_communes(everywhere, communes)
    facilities = {key: near_places(table.frame, communes) for key, table in tables.lists.items()}
    permanences = None if tables.permanences is None else tables.permanences.frame
    if permanences is not None:
        known = permanences["facility_id"].isin(facilities[SITES]["facility_id"])
        permanences = permanences[known].reset_index(drop=True)
    schedule = None if tables.schedule is None else tables.schedule.near(*bounds(communes))
    if tables.schedule is not None and schedule is not None:
        serving = set(schedule.trips["feed"])
        for number, file in enumerate(tables.schedule.feeds["file"]):
            if number not in serving:
                _log.warning("Horaires « %s » : aucun trajet n'a deux arrêts sur le territoire ou à côté.", file)
    area = StudyArea(
        name=name,
        departement=departement,
        communes=communes,
        facilities=facilities,
        network=network,
        cells=None if cells is None else cells.frame,
        neighbours=_neighbours(around, communes),
        contours_approximate=tables.contours_approximate,
        permanences=permanences,
        rounds=None if tables.rounds is None else tables.rounds.frame.reset_index(drop=True),
        households=None if tables.housing is None else _of_communes(tables.housing.frame, communes),
        outline_neighbours=partial(neighbour_outlines, around, communes),
        active=active or {},
        schedule=schedule,
    )
    sources = [*tables.sources, *([] if cells is None else [cells])]
    manifest = describe(area, sources, everywhere, around) if described else outline(area, sources)
    vintages = {key: table.provenance.vintage for key, table in tables.lists.items()}
    return area, replace(manifest, list_vintages=vintages)


def _of_communes(table: pd.DataFrame, communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the rows of a table by commune that are of these communes."""
    return pd.DataFrame(table[table.index.isin(communes.index)])


def estimate_roads(communes: gpd.GeoDataFrame, *, profile: SpeedProfile | str = DEFAULT_PROFILE) -> RoadNetwork:
    """Estimate the road network of communes with the project's own relief and table of places without a road.

    The parameters are those of `geo.network.estimated.estimate_network`.

    Raises
    ------
    MaillageError
        The communes cannot be joined, or one of the project's own tables is damaged.
    """
    from geo.network.estimated import estimate_network  # noqa: PLC0415 - once on a machine, then the network is kept

    data_dir = Settings.from_environment().data_dir
    return estimate_network(
        communes,
        relief=project_relief(),
        no_road=read_no_road(data_dir / NO_ROAD_FILE),
        profile=profile,
    )


def _neighbours(around: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the communes within the margin of a study area, its own left out."""
    return pd.DataFrame(around.loc[around.index.difference(communes.index), list(NEIGHBOUR_COLUMNS)])


def _with_population_of_cells(communes: gpd.GeoDataFrame, cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the communes with those of unknown legal population given that of their cells."""
    counted = cells.groupby("commune_code")["population"].sum().round().astype("Int64")
    return communes.assign(population=communes["population"].fillna(counted.reindex(communes.index)))
