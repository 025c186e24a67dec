"""The official files of a build, read together: communes, sites, and the lists that go with them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import ParameterError
from geo.kinds import SITES, TAX_OFFICES
from geo.sources.communes import read_communes
from geo.sources.france_services import read_france_services
from geo.sources.permanences import read_permanences
from geo.sources.population import read_population
from geo.sources.postcodes import complete_postcodes, read_postcodes
from geo.sources.tax_offices import read_tax_offices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.sources.provenance import SourceTable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OfficialTables:
    """What a territory is made of, roads and population cells apart.

    `communes`: commune table; `population`: legal populations, and `postcodes`: postcodes, both already joined to
    `communes` and kept for their provenance (`None`: not given); `lists`: lists of places by name, ``"sites"`` first;
    `permanences`: visits of operators (`None`: not given); `contours_approximate`: true where cells around the
    communes' positions stand in for contours.
    """

    communes: SourceTable
    population: SourceTable | None
    postcodes: SourceTable | None
    lists: Mapping[str, SourceTable]
    permanences: SourceTable | None = None
    contours_approximate: bool = False

    @property
    def sources(self) -> list[SourceTable]:
        """All tables, in the order in which a result names them."""
        tables = [self.communes, self.population, self.postcodes, *self.lists.values(), self.permanences]
        return [table for table in tables if table is not None]


def read_official_tables(
    *,
    communes: Path | str | Sequence[Path | str],
    sites: Path | str,
    population: Path | str | None = None,
    tax_offices: Path | str | None = None,
    town_halls: Path | str | None = None,
    postcodes: Path | str | None = None,
    places: Mapping[str, SourceTable] | None = None,
    permanences: Path | str | None = None,
) -> OfficialTables:
    """Read and check the official files; the parameters are those of `Territory.build`.

    Raises
    ------
    MaillageError
        A file is unusable (each reader says why).
    ParameterError
        Another list takes the name of sites or tax offices.
    """
    reserved = {SITES, TAX_OFFICES} & set(places or {})
    if reserved:
        msg = f"Le nom de liste « {reserved.pop()} » est réservé. Donnez un autre nom à cette liste de lieux."
        raise ParameterError(msg)
    _log.info("Lecture des communes…")
    paths = [communes] if isinstance(communes, (str, Path)) else list(communes)
    population_table = None if population is None else read_population(Path(population))
    commune_table = read_communes(
        [Path(path) for path in paths],
        population=population_table,
        town_halls=None if town_halls is None else Path(town_halls),
    )
    _log.info("Lecture des sites France services…")
    lists = {SITES: read_france_services(Path(sites))}
    if tax_offices is not None:
        _log.info("Lecture des centres des finances publiques…")
        lists[TAX_OFFICES] = read_tax_offices(Path(tax_offices))
    postcode_table = None if postcodes is None else read_postcodes(Path(postcodes))
    return OfficialTables(
        communes=complete_postcodes(commune_table, lists[SITES], postcode_table),
        population=population_table,
        postcodes=postcode_table,
        lists=lists | dict(places or {}),
        permanences=None if permanences is None else read_permanences(Path(permanences), lists[SITES].frame),
    )
