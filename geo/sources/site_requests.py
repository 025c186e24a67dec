"""Requests handled at each site in a month, from a table kept by the prefecture or the network's host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import Fault, SchemaError
from geo.folding import fold
from geo.french import agreed
from geo.sources.delimited import read_delimited, require_columns
from geo.sources.numbers import parse_numbers
from geo.sources.provenance import Provenance, SourceTable, names_its_file

if TYPE_CHECKING:
    from pathlib import Path

DATASET: Final = "Demandes par site"
#: Names that each column may have, folded; the first is the one that messages ask for.
_IDENTIFIERS: Final = ("id fs", "facility id", "id", "identifiant")
_REQUESTS: Final = ("demandes par mois", "requests per month", "demandes", "requests")
#: A site of two agents handles a few hundred requests a month.
MAX_REQUESTS: Final = 1_000_000


@names_its_file
def read_site_requests(path: Path) -> SourceTable:
    """Read the monthly requests of sites.

    `path`: CSV with a column `id_fs` (number of the site in the official list) and a column `demandes_par_mois`. Sites
    without a figure are left out.

    Returns
    -------
    `frame`: indexed by `facility_id` (text), `requests_per_month` (float64, >= 0).

    Raises
    ------
    SourceError, SchemaError
        The file cannot be read, a column is absent, or a figure is no number, negative or given twice for a site; all
        faults are listed.
    """
    found: list[str] = []
    table = read_delimited(path, DATASET, found)
    named = {fold(str(column)): column for column in table.columns}
    identifier = next((named[name] for name in _IDENTIFIERS if name in named), "id_fs")
    requests = next((named[name] for name in _REQUESTS if name in named), "demandes_par_mois")
    require_columns(table, (identifier, requests), DATASET)

    given = table[table[requests].notna()]
    figures = parse_numbers(given[requests])
    wrong = ~figures.between(0, MAX_REQUESTS)
    faults = [
        Fault(
            f"« {str(given.loc[row, requests])[:40]} » demandes : un nombre de 0 à {MAX_REQUESTS} est attendu", int(row)
        )
        for row in given.index[wrong]
    ]
    faults += [Fault("identifiant du site absent", int(row)) for row in given.index[given[identifier].isna()]]
    repeated = given[identifier].notna() & given[identifier].duplicated()
    faults += [
        Fault(f"site « {given.loc[row, identifier]} » donné deux fois", int(row)) for row in given.index[repeated]
    ]
    if given.empty:
        faults.append(Fault("aucune demande indiquée"))
    if faults:
        raise SchemaError(DATASET, faults, "Corrigez ces lignes.")
    frame = pd.DataFrame(
        {"requests_per_month": figures.to_numpy()},
        index=pd.Index(given[identifier], dtype="string", name="facility_id"),
    )
    provenance = Provenance.of_file(
        path, DATASET, vintage=None, licence=None, rows_read=len(table), rows_kept=len(frame)
    )
    left_out = len(table) - len(given)
    notes = (
        (*found, agreed(left_out, "site(s) sans nombre de demandes, laissé(s) de côté")) if left_out else tuple(found)
    )
    return SourceTable(frame, provenance, notes=notes)
