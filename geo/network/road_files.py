"""Any road file, read by the reader that its name tells; or several OpenStreetMap extracts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import shapely

from geo.errors import ParameterError
from geo.network.modes import CAR, MODES
from geo.network.osm import read_osm_modes, read_osmnx
from geo.network.osm_refusals import refuse_overpass_json, refuse_unnamed_extract
from geo.network.road_lines import read_road_lines
from geo.network.speeds import DEFAULT_PROFILE
from geo.sources.archives import require_regular

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.network.road_network import RoadNetwork


#: How the names of OpenStreetMap extracts end.
_EXTRACTS: Final = (".pbf", ".osm", ".osm.bz2", ".osm.gz")


def read_roads(
    path: Path | Sequence[Path],
    *,
    area: tuple[float, float, float, float] | None = None,
    profile: str = DEFAULT_PROFILE,
) -> RoadNetwork:
    """Read the roads for cars of a file of any known kind; see `read_osm`, `read_osmnx` and `read_road_lines`.

    `path` may be several OpenStreetMap extracts, which are read as one. `area` is (west, south, east, north)
    in degrees: roads outside are left out.

    Raises
    ------
    ParameterError
        Several files are given, or none, and they are not all OpenStreetMap extracts.
    SourceError
        A file is none of a known kind, or is an OpenStreetMap extract that its name does not tell to be one.
    """
    return read_modes(path, area=area, profile=profile, modes=(CAR,))[CAR]


def read_modes(
    path: Path | Sequence[Path],
    *,
    area: tuple[float, float, float, float] | None = None,
    profile: str = DEFAULT_PROFILE,
    modes: Sequence[str] = tuple(MODES),
) -> dict[str, RoadNetwork]:
    """Read the networks of several modes of travel, as `read_roads`; only OpenStreetMap extracts have others than cars.

    Returns
    -------
    One network a mode that the files tell; that of cars is always there.
    """
    paths = [path] if isinstance(path, Path) else list(path)
    for each in paths:
        require_regular(each, "Routes")
        refuse_overpass_json(each)
    others = [each.name for each in paths if not each.name.lower().endswith(_EXTRACTS)]
    if paths and not others:
        return read_osm_modes(paths, profile=profile, area=area, modes=modes)
    for each in paths:
        if each.name in others:
            refuse_unnamed_extract(each)
    if len(paths) != 1:
        found = ", ".join(f"« {name} »" for name in others) or "aucun fichier"
        msg = (
            f"Routes : plusieurs fichiers se lisent ensemble si ce sont des extraits OpenStreetMap (.osm.pbf, .osm) ; "
            f"trouvé : {found}. Donnez un seul fichier, ou seulement des extraits."
        )
        raise ParameterError(msg)
    if others[0].lower().endswith(".graphml"):
        return {CAR: read_osmnx(paths[0], profile=profile)}
    shape = None if area is None else shapely.box(*area)
    return {CAR: read_road_lines(paths[0], speed_profile=profile, area=shape)}
