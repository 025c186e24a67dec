"""What leaves this machine and the visitor's browser, in French: every outside call is named with its host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.sources.http_client import host_of
from geo.ui.components.leaflet_map import leaflet_address

if TYPE_CHECKING:
    from geo.settings import Settings


def privacy_sentence(settings: Settings) -> str:
    """Return what is kept (nothing) and what is asked elsewhere, in one paragraph of plain text."""
    calls = [f"les images du fond de carte, par votre navigateur, à {host_of(settings.tiles_url)}"]
    if not leaflet_address(settings).startswith("/"):
        calls.append(f"la bibliothèque de carte, par votre navigateur, à {host_of(settings.leaflet_cdn)}")
    if settings.geocoder_url:
        host = host_of(settings.geocoder_url)
        calls.append(f"la position d'une adresse qui n'est pas le nom d'une commune, à {host}")
    if settings.allow_fetch:
        calls.append("les fichiers officiels d'un département, quand un visiteur les télécharge, à leurs producteurs")
    return (
        f"Ce que vous écrivez n'est ni enregistré ni gardé ; les calculs sont faits sur place. Demandes faites "
        f"ailleurs : {' ; '.join(calls)}. Rien d'autre ne sort. Sans connexion, le fond reste uni et tout le reste "
        f"fonctionne."
    )
