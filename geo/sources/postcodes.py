"""Postcodes of communes: the official file of La Poste, and what the list of sites tells.

A postcode belongs to a post office, not to a commune: several communes share one, and a large commune may have several.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import Fault, SchemaError
from geo.folding import fold
from geo.sources.commune_codes import CommuneNote, normalise_codes
from geo.sources.delimited import read_delimited
from geo.sources.facility_table import OPEN_LICENCE, vintage_from_name
from geo.sources.provenance import Provenance, SourceTable, names_its_file, rejected_rows, rejection_faults

if TYPE_CHECKING:
    from pathlib import Path

SOURCE: Final = "Codes postaux"

#: The postcodes of one commune as text, in ascending order.
POSTCODES_TEXT: Final = r"\d{5}(;\d{5})*"

#: Headers of the published versions of the file, folded.
_CODE_HEADERS: Final = ("code commune insee", "codecommune", "code insee", "code commune", "insee com")
_POSTCODE_HEADERS: Final = ("code postal", "codepostal")
_ADVICE: Final = "Donnez la « base officielle des codes postaux » de La Poste (Code_commune_INSEE, Code_postal)."


@names_its_file
def read_postcodes(path: Path) -> SourceTable:
    """Read the postcodes of communes.

    `path`: Delimited text with one row per commune, postcode and place: columns `Code_commune_INSEE` (or
    `#Code_commune_INSEE`) and `Code_postal`, upper or lower case, with spaces or underscores.

    Returns
    -------
    `frame`: indexed by `commune_code` ("string"), column `postcodes` ("string", ";"-separated, never missing).

    Notes
    -----
    La Poste, "Base officielle des codes postaux", Licence Ouverte.
    """
    notes: list[str] = []
    table = read_delimited(path, SOURCE, notes)
    headers = {fold(str(name)): name for name in reversed(table.columns)}
    code_header = next((headers[name] for name in _CODE_HEADERS if name in headers), None)
    postcode_header = next((headers[name] for name in _POSTCODE_HEADERS if name in headers), None)
    if code_header is None or postcode_header is None:
        wanted = ((code_header, "du code de commune"), (postcode_header, "du code postal"))
        faults = [Fault(f"colonne {what} absente", 1) for header, what in wanted if header is None]
        raise SchemaError(SOURCE, faults, _ADVICE)

    code, postcode = normalise_codes(table[code_header]), _postcode(table[postcode_header])
    reason = pd.Series(pd.NA, index=table.index, dtype="string")
    reason = reason.mask(code.isna(), "code de commune « " + table[code_header].fillna("") + " » non reconnu")
    reason = reason.mask(
        reason.isna() & postcode.isna(), "code postal « " + table[postcode_header].fillna("") + " » non reconnu"
    )
    kept = reason.isna()
    rejected = rejected_rows(table.index, table[code_header], reason)
    if not kept.any():
        raise SchemaError(SOURCE, rejection_faults(rejected), _ADVICE)
    frame = _by_commune(code[kept], postcode[kept]).to_frame()
    provenance = Provenance.of_file(
        path,
        SOURCE,
        vintage=vintage_from_name(path),
        licence=OPEN_LICENCE,
        rows_read=len(table),
        rows_kept=int(kept.sum()),
    )
    return SourceTable(frame, provenance, rejected, tuple(notes))


def joined_postcodes(values: pd.Series) -> pd.Series:
    """Return the postcodes that a layer of communes carries as ";"-separated text, <NA> where there is none.

    `values`: Lists, arrays or text (``["64310"]``, ``'[ "64122", "64700" ]'``, ``64310``).
    """
    texts = values.map(lambda value: str(value) if pd.api.types.is_scalar(value) else " ".join(map(str, value)))
    found = texts.astype("string").str.findall(r"(?<!\d)\d{4,5}(?!\d)")
    rows = found.explode().dropna()
    return _by_commune(rows.index, _postcode(rows)).reindex(values.index).astype("string")


def complete_postcodes(communes: SourceTable, sites: SourceTable, official: SourceTable | None = None) -> SourceTable:
    """Give communes their postcodes: the official ones, else their layer's own, else those of the sites they hold.

    `sites`: Facility table, of which `commune_code` and `postcode` are used.

    Returns
    -------
    The communes, with a note about those known by their sites only and those of unknown postcode.
    """
    known = communes.frame["postcodes"]
    if official is not None:
        known = official.frame["postcodes"].reindex(known.index).fillna(known)
    in_sites = _by_commune(sites.frame["commune_code"], _postcode(sites.frame["postcode"]))
    completed = known.fillna(in_sites.reindex(known.index)).astype("string")
    notes = []
    by_sites = completed.index[known.isna() & completed.notna()]
    if len(by_sites):
        sentence = "{count} commune(s) dont le code postal n'est connu que par leur site France services : {codes}."
        notes.append(CommuneNote.of(sentence, by_sites))
    unknown = completed.index[completed.isna()]
    if len(unknown):
        notes.append(CommuneNote.of("{count} commune(s) sans code postal connu : {codes}.", unknown))
    return replace(
        communes, frame=communes.frame.assign(postcodes=completed), commune_notes=(*communes.commune_notes, *notes)
    )


def _postcode(values: pd.Series) -> pd.Series:
    """Return five digits (a spreadsheet loses the leading zero), <NA> where the value is no postcode."""
    text = values.astype("string").str.strip().str.replace(r"\.0+$", "", regex=True)
    text = text.where(~text.str.fullmatch(r"[1-9]\d{3}").fillna(value=False), "0" + text)
    return text.where(text.str.fullmatch(r"\d{5}").fillna(value=False))


def _by_commune(code: pd.Series | pd.Index, postcode: pd.Series) -> pd.Series:
    """Return `postcodes` by code from rows of one code and one postcode; rows with a missing one are left out."""
    pairs = pd.DataFrame({"commune_code": code.to_numpy(), "postcodes": postcode.to_numpy()})
    pairs = pairs.dropna().drop_duplicates().sort_values("postcodes")
    return pairs.groupby("commune_code")["postcodes"].agg(";".join).astype("string")
