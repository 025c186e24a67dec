"""What our Leaflet maps inside a page share: library, base tiles, look, and what is asked of other hosts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo.maps.payload import LEAFLET_INTEGRITY
from geo.settings import BESIDE
from geo.sources.http_client import host_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.settings import Settings

#: Folder that Streamlit serves (`server.enableStaticServing`), beside `app.py`.
STATIC_DIR: Final = BESIDE / "static"

#: Frame of a map of communes: patterns of its classes, map, legend.
COMMUNES_MAP_HTML: Final = (
    '<div class="maillage-map"><div class="maillage-patterns"></div>'
    '<div class="maillage-frame"></div><div class="maillage-key"></div></div>'
)

_HERE: Final = Path(__file__).resolve().parent


def leaflet_address(settings: Settings) -> str:
    """Return where the browser finds Leaflet: this server where it is installed, else the public CDN."""
    return served_address(settings.leaflet_dir, "leaflet.js") or settings.leaflet_cdn


def served_address(folder: Path, name: str) -> str | None:
    """Return where the browser finds a folder on this server, `None` where it lacks file `name` or is not served."""
    folder = folder.resolve()
    if not (folder / name).is_file() or not folder.is_relative_to(STATIC_DIR):
        return None
    prefix = str(st.get_option("server.baseUrlPath")).strip("/")
    path = f"app/static/{folder.relative_to(STATIC_DIR).as_posix()}"
    return f"/{prefix}/{path}" if prefix else f"/{path}"


def privacy_sentence(settings: Settings) -> str:
    """Return what is kept (nothing) and what is asked of which host, map included, in one paragraph of plain text."""
    calls = [f"les images du fond de carte, par votre navigateur, à {host_of(settings.tiles_url)}"]
    if not leaflet_address(settings).startswith("/"):
        calls.append(f"la bibliothèque de carte, par votre navigateur, à {host_of(settings.leaflet_cdn)}")
    if settings.geocoder_url:
        host = host_of(settings.geocoder_url)
        calls.append(f"la position d'une adresse qui n'est pas le nom d'une commune, à {host}")
    if settings.allow_fetch and settings.route_service_url:
        host = host_of(settings.route_service_url)
        calls.append(f"votre départ et la position des sites, seulement si vous demandez le temps réel, à {host}")
    if settings.allow_fetch:
        calls.append("les fichiers officiels d'un département, quand un visiteur les télécharge, à leurs producteurs")
    return (
        f"Ce que vous écrivez n'est ni enregistré ni gardé ; les calculs sont faits sur place. Demandes faites "
        f"ailleurs : {' ; '.join(calls)}. Rien d'autre ne sort. Sans connexion, le fond se réduit à des "
        f"limites et à des noms de communes, et tout le reste fonctionne."
    )


def map_data(settings: Settings, without_tiles: str = "les résultats seuls sont dessinés") -> dict[str, str]:
    """Return what leaflet_map.js needs to open a map; `without_tiles`: what is said where no base map comes."""
    return {
        "leaflet": leaflet_address(settings),
        "integrity": LEAFLET_INTEGRITY,
        "tiles": settings.tiles_url,
        "attribution": settings.tiles_attribution,
        "no_tiles": f"Fond de carte injoignable : {without_tiles}.",
    }


def map_script(*names: str) -> str:
    """Return the scripts in these files, the part that all maps share before them."""
    return "".join(map(component_text, ("leaflet_map.js", *names)))


def map_style() -> str:
    """Return the style that all maps share."""
    return component_text("leaflet_map.css")


def send_values(name: str, values: dict[str, Any]) -> None:
    """Give the map of communes of this name what it draws; its contours, sent once, stay."""
    _values_component()(key=f"{name}_values", data={"name": name, "values": values})


@cache
def _values_component() -> Callable[..., Any]:
    """Register the component, once for the process."""
    return st.components.v2.component("maillage_map_values", js=component_text("map_values.js"))


@cache
def component_text(name: str) -> str:
    """Return the text of a script or style of this folder."""
    return (_HERE / name).read_text(encoding="utf-8")
