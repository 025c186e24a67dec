"""The settings of a run, and the only place that reads the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent
_LEAFLET_CDN = "https://cdn.jsdelivr.net/npm/leaflet@1.9.4/dist"
_GEOCODER_URL = "https://data.geopf.fr/geocodage/search"
_TILES_URL = (
    "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2"
    "&STYLE=normal&FORMAT=image/png&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths and addresses that an installation may change.

    `data_dir` holds the embedded territory; `leaflet_dir` the map library installed at set-up
    (where missing, maps load it from `leaflet_cdn`); `tiles_url` and `tiles_attribution` are the
    base map; `geocoder_url` is the address search of the Géoplateforme, empty: no address is ever sent out.
    """

    data_dir: Path
    leaflet_dir: Path
    leaflet_cdn: str = _LEAFLET_CDN
    tiles_url: str = _TILES_URL
    tiles_attribution: str = "Fond de carte : Plan IGN"
    geocoder_url: str = _GEOCODER_URL

    @classmethod
    def from_environment(cls) -> Settings:
        """Read ``MAILLAGE_DATA_DIR``, ``MAILLAGE_LEAFLET_DIR``, ``MAILLAGE_TILES_URL``, ``MAILLAGE_GEOCODER_URL``.

        An empty ``MAILLAGE_GEOCODER_URL`` turns the search of addresses off; the other ones, empty, are the defaults.
        """

        def path(name: str, default: Path) -> Path:
            return Path(os.environ.get(name) or default)

        return cls(
            data_dir=path("MAILLAGE_DATA_DIR", _PROJECT / "data"),
            leaflet_dir=path("MAILLAGE_LEAFLET_DIR", _PROJECT / "static" / "leaflet"),
            tiles_url=os.environ.get("MAILLAGE_TILES_URL") or _TILES_URL,
            geocoder_url=os.environ.get("MAILLAGE_GEOCODER_URL", _GEOCODER_URL).strip(),
        )
