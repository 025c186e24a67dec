"""The settings of a run, and the only place that reads the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE: Final = Path(__file__).resolve().parent
_SHIPPED: Final = _PACKAGE / "shipped"
#: Where the data, the files served to browsers and `app.py` are: at the top of the repository; in an installed package,
#: inside it.
BESIDE: Final = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent
_LEAFLET_CDN = "https://cdn.jsdelivr.net/npm/leaflet@1.9.4/dist"
_GEOCODER_URL = "https://data.geopf.fr/geocodage/search"
_ROUTE_SERVICE_URL = "https://data.geopf.fr/navigation/itineraire"
_TILES_URL = (
    "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2"
    "&STYLE=normal&FORMAT=image/png&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
)
_URL_PREFIX = "MAILLAGE_URL_"


def _user_cache() -> Path:
    return platformdirs.user_cache_path("maillage")


def kept_roads(france_dir: Path) -> Path:
    """Return where what is made once of the embedded France is kept: beside its contours, or in the user's cache.

    The latter where the contours came with an installed package: nothing is written into one.
    """
    beside = france_dir if not france_dir.is_relative_to(_SHIPPED) else Settings.from_environment().cache_dir / "france"
    return beside.with_name(f"{beside.name}-roads")


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs an installation, for its legal notice and its statement of accessibility; empty: not given.

    `name`, `address`; `contact`: e-mail, telephone or page; `director`: who answers for what is published; `host`:
    name, address and telephone of who hosts the server; `accessibility_contact`: whom to tell of an obstacle, `contact`
    where it is empty; `audit`: by whom and when the application was checked against the RGAA, `audit_rate`: percentage
    of the criteria that it then met, as text.

    >>> Operator(contact="contact@exemple.fr").accessibility_contact
    'contact@exemple.fr'
    """

    name: str = ""
    address: str = ""
    contact: str = ""
    director: str = ""
    host: str = ""
    accessibility_contact: str = ""
    audit: str = ""
    audit_rate: str = ""

    def __post_init__(self) -> None:
        """Texts on one line, without spaces around."""
        for each in fields(self):
            object.__setattr__(self, each.name, " ".join(getattr(self, each.name).split()))
        if not self.accessibility_contact:
            object.__setattr__(self, "accessibility_contact", self.contact)


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths and addresses that an installation may change.

    `data_dir` holds the embedded territory; `leaflet_dir` the map library installed at set-up
    (where missing, maps load it from `leaflet_cdn`); `maplibre_dir` the library of the map of all of France and
    `france_dir` its contours and tiles, made at set-up too (where missing, there is no such map, and communes are drawn
    as cells); `tiles_url` and `tiles_attribution` are the
    base map; `geocoder_url` is the address search of the Géoplateforme, empty: no address is ever sent out;
    `route_service_url` is the route service of the Géoplateforme, empty: it is never asked;
    `cache_dir` holds what is downloaded, and the territories made of it; `source_urls` are addresses that replace
    those of ``geo/sources/registry.toml``, by base or by source, in lower case; `allow_fetch` lets visitors of the
    app download official files, and ask the route service; `plans_apart` has the app calculate plans in a process of
    their own, beside that which answers; `operator` is who runs the installation.
    """

    data_dir: Path
    leaflet_dir: Path
    leaflet_cdn: str = _LEAFLET_CDN
    maplibre_dir: Path = BESIDE / "static" / "maplibre"
    france_dir: Path = BESIDE / "static" / "france"
    tiles_url: str = _TILES_URL
    tiles_attribution: str = "Fond de carte : Plan IGN"
    geocoder_url: str = _GEOCODER_URL
    route_service_url: str = _ROUTE_SERVICE_URL
    cache_dir: Path = field(default_factory=_user_cache)
    source_urls: Mapping[str, str] = field(default_factory=dict)
    allow_fetch: bool = False
    plans_apart: bool = False
    operator: Operator = field(default_factory=Operator)

    @classmethod
    def from_environment(cls) -> Settings:
        """Read ``MAILLAGE_DATA_DIR`` and the like: one variable for each setting.

        ``_LEAFLET_DIR``, ``_MAPLIBRE_DIR``, ``_FRANCE_DIR``, ``_TILES_URL``, ``_GEOCODER_URL``,
        ``_ROUTE_SERVICE_URL``, ``_CACHE_DIR`` and ``_URL_…``.
        An empty ``MAILLAGE_GEOCODER_URL`` turns the search of addresses off, an empty
        ``MAILLAGE_ROUTE_SERVICE_URL`` the route service; the other ones, empty, are the defaults.
        ``MAILLAGE_ALLOW_FETCH`` allows with ``1`` and nothing else. So does ``MAILLAGE_PLANS_APART``;
        where it is not set, plans are made apart if there are two processors or more. ``MAILLAGE_OPERATOR_NAME``,
        ``_ADDRESS`` and so on fill `Operator`.
        """

        def path(name: str, default: Path) -> Path:
            return Path(os.environ.get(name) or default)

        return cls(
            data_dir=path("MAILLAGE_DATA_DIR", BESIDE / "data"),
            leaflet_dir=path("MAILLAGE_LEAFLET_DIR", BESIDE / "static" / "leaflet"),
            maplibre_dir=path("MAILLAGE_MAPLIBRE_DIR", BESIDE / "static" / "maplibre"),
            france_dir=path("MAILLAGE_FRANCE_DIR", BESIDE / "static" / "france"),
            tiles_url=os.environ.get("MAILLAGE_TILES_URL") or _TILES_URL,
            geocoder_url=os.environ.get("MAILLAGE_GEOCODER_URL", _GEOCODER_URL).strip(),
            route_service_url=os.environ.get("MAILLAGE_ROUTE_SERVICE_URL", _ROUTE_SERVICE_URL).strip(),
            cache_dir=path("MAILLAGE_CACHE_DIR", _user_cache()),
            source_urls={
                name.removeprefix(_URL_PREFIX).lower(): url
                for name, url in os.environ.items()
                if name.startswith(_URL_PREFIX) and url
            },
            allow_fetch=os.environ.get("MAILLAGE_ALLOW_FETCH") == "1",
            plans_apart=(os.environ.get("MAILLAGE_PLANS_APART") or str(int((os.cpu_count() or 1) > 1))) == "1",
            operator=Operator(
                **{each.name: os.environ.get(f"MAILLAGE_OPERATOR_{each.name.upper()}", "") for each in fields(Operator)}
            ),
        )
