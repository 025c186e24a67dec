"""The settings of a run, and the only place that reads the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent
_LEAFLET_CDN = "https://cdn.jsdelivr.net/npm/leaflet@1.9.4/dist"
_TILES_URL = (
    "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2"
    "&STYLE=normal&FORMAT=image/png&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths and addresses that an installation may change.

    `data_dir` holds the embedded territory; `leaflet_dir` the map library installed at set-up
    (where missing, maps load it from `leaflet_cdn`); `tiles_url` and `tiles_attribution` are the
    base map.
    """

    data_dir: Path
    leaflet_dir: Path
    leaflet_cdn: str = _LEAFLET_CDN
    tiles_url: str = _TILES_URL
    tiles_attribution: str = "Fond de carte : Plan IGN"

    @classmethod
    def from_environment(cls) -> Settings:
        """Read ``MAILLAGE_DATA_DIR``, ``MAILLAGE_LEAFLET_DIR`` and ``MAILLAGE_TILES_URL``."""

        def path(name: str, default: Path) -> Path:
            return Path(os.environ.get(name) or default)

        return cls(
            data_dir=path("MAILLAGE_DATA_DIR", _PROJECT / "data"),
            leaflet_dir=path("MAILLAGE_LEAFLET_DIR", _PROJECT / "static" / "leaflet"),
            tiles_url=os.environ.get("MAILLAGE_TILES_URL") or _TILES_URL,
        )
