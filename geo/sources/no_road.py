"""Where no road leads, though the map of communes alone would suggest one: islands, estuaries, cirques.

The project's own table `data/france/no_road.csv`, needed where the coast is not known (cells around town halls stand
for contours) or where the water is too narrow to tell a bridge from a ferry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.errors import Fault, SchemaError
from geo.schemas import COMMUNE_CODE
from geo.sources.delimited import read_delimited, require_columns
from geo.sources.provenance import names_its_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

#: Where the table lies in the data folder.
NO_ROAD_FILE: Final = "france/no_road.csv"
#: `name`; `communes`: INSEE codes of an island, ";"-separated; `line`: longitude and latitude of the points of a line
#: (water, wall of a cirque), "; "-separated, the first again at the end where it goes around a place that no road
#: leads to; one of the two is empty; `source`: how it is known.
NO_ROAD_CSV: Final = ("name", "communes", "line", "source")
_DATASET: Final = "Lieux sans route"
_ADVICE: Final = "Rétablissez la table du projet (data/france/no_road.csv)."


@dataclass(frozen=True, eq=False, slots=True)
class NoRoad:
    """Islands and lines (of water, walls of a cirque) without a road to them or over them.

    `islands`: INSEE code of each commune of an island -> number of the island, from 1; `waters`: LineStrings,
    EPSG:4326, shape (n,).
    """

    islands: Mapping[str, int]
    waters: NDArray[Any]


@names_its_file
def read_no_road(path: Path) -> NoRoad:
    """Read the table of islands and waters without a road.

    Raises
    ------
    SourceError
        The file is absent or cannot be read.
    SchemaError
        A row breaks the contract; lists every fault.
    """
    table = read_delimited(path, _DATASET)
    require_columns(table, NO_ROAD_CSV, _DATASET)
    table = table[["communes", "line"]].fillna("")
    islands: dict[str, int] = {}
    waters: list[Any] = []
    faults: list[Fault] = []
    for number, (row, codes, line) in enumerate(table.itertuples(), start=1):
        if bool(codes) == bool(line):
            faults.append(Fault("des communes ou une ligne, et une seule des deux, attendue", row))
        elif codes:
            island = codes.split(";")
            faults += [
                Fault(f"code INSEE « {code[:10]} » non reconnu ou donné deux fois", row)
                for code in island
                if not re.fullmatch(COMMUNE_CODE, code) or code in islands
            ]
            islands.update(dict.fromkeys(island, number))
        else:
            points = _points(line)
            if points is None:
                faults.append(Fault(f"ligne « {line[:40]} » : au moins deux « longitude latitude » attendus", row))
            else:
                waters.append(shapely.linestrings(points))
    if faults:
        raise SchemaError(_DATASET, faults, _ADVICE)
    return NoRoad(islands, np.array(waters, object))


def _points(line: str) -> NDArray[np.float64] | None:
    """Return the points of a line, shape (n, 2), `None` where it is none."""
    try:
        points = np.array([[float(number) for number in point.split()] for point in line.split(";")])
    except ValueError:
        return None
    usable = points.ndim == 2 and len(points) > 1 and points.shape[1] == 2 and (np.abs(points) <= (180, 90)).all()  # noqa: PLR2004
    return points if usable else None
