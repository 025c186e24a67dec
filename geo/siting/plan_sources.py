"""What a plan rests on: the files of its territory that play a part in it, and what tells where people already go."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from geo.settings import Settings
from geo.sources.centralities import CENTRALITIES_FILE, embedded_centralities
from geo.sources.embedded import TAX_OFFICES_DATASET
from geo.sources.facility_table import OPEN_LICENCE
from geo.sources.provenance import Provenance, checksum
from geo.sources.tax_offices import DATASET_DGFIP, DATASET_DILA

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Names of the lists of tax offices.
_TAX_OFFICES: Final = frozenset({DATASET_DGFIP, DATASET_DILA, TAX_OFFICES_DATASET})
#: What the embedded table of centralities was made from: columns, dataset, vintage.
_CENTRALITIES: Final = (
    (
        ("prefecture", "subprefecture", "canton_seat"),
        "Préfectures, sous-préfectures et bureaux centralisateurs de canton du code officiel géographique, INSEE",
        "1er janvier 2026",
    ),
    (("post_office",), "Bureaux de poste, La Poste", "décembre 2020"),
    (("former_msap",), "Anciennes maisons de services au public, DILA", "octobre 2019"),
)


def centrality_sources() -> tuple[Provenance, ...]:
    """Return what tells which communes people already go to, one a list that the embedded table was made from.

    Examples
    --------
    >>> [each.vintage for each in centrality_sources()]
    ['1er janvier 2026', 'décembre 2020', 'octobre 2019']
    """
    return _sources_of(Settings.from_environment().data_dir / CENTRALITIES_FILE)


@cache
def _sources_of(path: Path) -> tuple[Provenance, ...]:
    """Return the sources of the table at a path, which is read once and is `embedded_centralities`."""
    table = embedded_centralities()
    return tuple(
        Provenance(dataset, path.name, vintage, OPEN_LICENCE, checksum(path), rows, rows)
        for columns, dataset, vintage in _CENTRALITIES
        for rows in (int(table[list(columns)].any(axis=1).sum()),)
    )


def plan_sources(sources: Sequence[Provenance]) -> tuple[Provenance, ...]:
    """Return the sources of a plan; `sources`: those of its territory, of which lists of tax offices play no part.

    Examples
    --------
    >>> offices = Provenance("Centres des Finances publiques", "tax_offices.csv", None, None, "", 1, 1)
    >>> plan_sources([offices]) == centrality_sources()
    True
    """
    return (*(each for each in sources if each.dataset not in _TAX_OFFICES), *centrality_sources())
