"""Trips as another engine or another network gives them: what a network is compared with."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.errors import Fault, SchemaError, SourceError
from geo.french import agreed
from geo.network.snapping import snap
from geo.network.travel_times import times_between
from geo.sources.delimited import parse_delimited, read_text, require_columns
from geo.sources.numbers import parse_degrees

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork
    from geo.network.snapping import SnappedPoints

#: Columns of a table of trips, one a row; others are left aside.
TRIP_COLUMNS: Final = ("lon1", "lat1", "lon2", "lat2", "minutes")

_SOURCE: Final = "Référence"
_EXPECTED: Final = (
    f"du JSON (src, dst, time_s, dist_km) ou un tableau CSV de colonnes {', '.join(TRIP_COLUMNS)} est attendu"
)
_MATRIX_ADVICE: Final = "Format attendu : src, dst (lon, lat), time_s et, si connues, dist_km."
_TRIP_ADVICE: Final = "Chaque ligne donne un départ, une arrivée (degrés) et des minutes."
_LARGEST_DEGREES: Final = {"lon": 180, "lat": 90}


@dataclass(frozen=True, slots=True)
class ReferenceTrips:
    """Times and distances of trips, one a row.

    `origins` and `destinations`: float64 (n, 2), longitude and latitude in degrees; `time_s` and `distance_km`:
    float64 (n,), inf where the engine found no way; `distance_km` is NaN where it is not told.
    """

    origins: NDArray[np.float64]
    destinations: NDArray[np.float64]
    time_s: NDArray[np.float64]
    distance_km: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of trips."""
        return len(self.time_s)

    @classmethod
    def of_matrix(
        cls,
        origins: NDArray[np.float64],
        destinations: NDArray[np.float64],
        time_s: NDArray[np.float64],
        distance_km: NDArray[np.float64],
    ) -> ReferenceTrips:
        """Return the trips between points (n, 2) and (m, 2): matrices (n, m), whose time is NaN where there is none."""
        row, column = np.nonzero(~np.isnan(time_s))
        return cls(origins[row], destinations[column], time_s[row, column], distance_km[row, column])


def read_reference(path: Path) -> ReferenceTrips:
    """Read the trips of another engine; a file is told by what it holds.

    JSON: ``src``, ``dst`` (lon, lat), ``time_s`` and, if known, ``dist_km`` (n x m), null where there is no way.
    CSV: one trip a row, `TRIP_COLUMNS`; other columns are left aside.

    Raises
    ------
    SourceError
        The file is absent, larger than 100 MB, or is neither JSON nor such a table.
    SchemaError
        A table or a column is missing, shapes do not match, a cell is not what it should be; all faults together,
        with the rows of a table.
    """
    text = read_text(path, _SOURCE)
    header = text.lstrip().partition("\n")[0]
    if any(name in header for name in TRIP_COLUMNS) and not header.startswith(("{", "[")):
        return _from_table(parse_delimited(text, path.name), path.name)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"{_SOURCE} : « {path.name} » n'est pas du JSON ; {_EXPECTED}. Donnez le fichier du moteur d'itinéraires."
        raise SourceError(msg) from error
    return _from_matrices(content, path.name)


def on_streets(network: RoadNetwork, points: NDArray[np.float64]) -> SnappedPoints:
    """Return points (n, 2: longitude, latitude) on a network, for a comparison of roads.

    Other engines move a point to a street at no cost: so does this, and roads are compared, not the way to the road. On
    an approximated network the way to the guessed road is part of the guess, and stays.
    """
    snapped = snap(network, points[:, 0], points[:, 1])
    if network.source.approximate:
        return snapped
    return replace(snapped, distance_m=np.zeros(len(snapped)), around=None)


def reference_from_network(network: RoadNetwork, points: NDArray[np.float64]) -> ReferenceTrips:
    """Return what a network says between points (n, 2: longitude, latitude) that lie on it, as a reference.

    Points beyond the network's snapping limit are left out, the others are moved to their nearest street; a point has
    no trip to itself.
    """
    snapped = snap(network, points[:, 0], points[:, 1])
    on = np.flatnonzero(snapped.link >= 0)
    kept = replace(snapped.take(on), distance_m=np.zeros(len(on)), around=None)
    time, length = times_between(network, kept, kept)
    np.fill_diagonal(time, np.nan)
    return ReferenceTrips.of_matrix(points[on], points[on], time, length / 1000)


def _from_table(table: pd.DataFrame, name: str) -> ReferenceTrips:
    require_columns(table, TRIP_COLUMNS, name)
    numbers = table.loc[:, list(TRIP_COLUMNS)].apply(parse_degrees).astype("float64")
    faults = []
    for column in TRIP_COLUMNS:
        most = _LARGEST_DEGREES.get(column[:3])
        limits = f"des degrés, de -{most} à {most}, sont attendus"
        expected = "des minutes, 0 ou plus, sont attendues" if most is None else limits
        right = np.isfinite(numbers[column]) & (numbers[column] >= 0 if most is None else numbers[column].abs() <= most)
        for row, cell in table.loc[~right, column].items():
            found = "cellule vide" if pd.isna(cell) else f"« {cell[:40]} »"
            faults.append(Fault(f"colonne « {column} » : {found}, {expected}", int(str(row))))
    if faults:
        raise SchemaError(name, sorted(faults, key=lambda fault: fault.row or 0), _TRIP_ADVICE)
    places = numbers.to_numpy()
    return ReferenceTrips(places[:, :2], places[:, 2:4], places[:, 4] * 60, np.full(len(places), np.nan))


def _from_matrices(content: Any, name: str) -> ReferenceTrips:
    faults: list[Fault] = []
    tables: dict[str, NDArray[np.float64]] = {}
    told = isinstance(content, dict) and ("dist_km" in content or "time_s" not in content)
    for key in ("src", "dst", "time_s", *(["dist_km"] if told else [])):
        try:
            tables[key] = np.atleast_1d(np.array(content[key], np.float64))
        except (KeyError, TypeError, ValueError, OverflowError):
            faults.append(Fault(f"table « {key} » absente ou non numérique"))
    if not faults:
        shape = (len(tables["src"]), len(tables["dst"]))
        expected = {"src": (shape[0], 2), "dst": (shape[1], 2), "time_s": shape, "dist_km": shape}
        faults += [
            Fault(f"table « {key} » de forme {table.shape}, {expected[key]} attendue")
            for key, table in tables.items()
            if table.shape != expected[key]
        ]
    if not faults:
        faults += [
            Fault(f"table « {key} » : {agreed(outside, 'position(s)')} hors des longitudes et latitudes en degrés")
            for key in ("src", "dst")
            if (outside := int((~(np.abs(tables[key]) <= (180, 90))).any(axis=1).sum()))
        ]
        faults += [
            Fault(f"table « {key} » : {agreed(negative, 'valeur(s) négative(s)')}")
            for key in ("time_s", "dist_km")
            if key in tables and (negative := int((tables[key] < 0).sum()))
        ]
    if faults:
        raise SchemaError(name, faults, _MATRIX_ADVICE)
    time_s = np.nan_to_num(tables["time_s"], nan=np.inf)
    distance = np.nan_to_num(tables["dist_km"], nan=np.inf) if told else np.full(time_s.shape, np.nan)
    return ReferenceTrips.of_matrix(tables["src"], tables["dst"], time_s, distance)
