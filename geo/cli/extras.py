"""The parts that an installation may lack, and which extra brings each."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from geo.errors import ParameterError

#: Library -> the extra that brings it.
EXTRAS: Final = {
    "cachetools": "app",
    "streamlit": "app",
    "dask": "batch",
    "distributed": "batch",
    "fastapi": "api",
    "uvicorn": "api",
    "osmnx": "osm",
    "branca": "report",
    "folium": "report",
    "matplotlib": "report",
    "typst": "report",
    "xlsxwriter": "report",
}


def missing_extra(library: str | None) -> str | None:
    """Return what to install where a library is absent, as a French sentence; `None` where no extra brings it.

    Examples
    --------
    >>> print(missing_extra("folium.features"))
    Cette commande demande l'extra « report », qui n'est pas installé : pip install "maillage[report]".
    """
    extra = EXTRAS.get((library or "").partition(".")[0])
    if extra is None:
        return None
    return f"Cette commande demande l'extra « {extra} », qui n'est pas installé : pip install \"maillage[{extra}]\"."


def require(library: str) -> None:
    """Raise `ParameterError` where a library of an extra is absent: better said before the work than after."""
    if find_spec(library) is None and (sentence := missing_extra(library)):
        raise ParameterError(sentence)
