"""The parts that an installation may lack, and which extra brings each."""

from __future__ import annotations

import logging
from importlib.util import find_spec
from typing import Final

from geo.errors import ParameterError

_log = logging.getLogger(__name__)

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


def require(*extras: str) -> None:
    """Raise `ParameterError` where a library of these extras is absent: better said before the work than after."""
    for library, extra in EXTRAS.items():
        if extra in extras and find_spec(library) is None and (sentence := missing_extra(library)):
            raise ParameterError(sentence)


def can_write(file: str, *libraries: str) -> bool:
    """Tell whether a file can be written; where a library of an extra is absent, say that it is left out, and why.

    Examples
    --------
    >>> can_write("map.html", "json")
    True
    """
    absent = next((library for library in libraries if find_spec(library) is None), None)
    if absent is not None:
        extra = EXTRAS[absent]
        _log.warning(
            "%s n'est pas écrit : il demande l'extra « %s », qui n'est pas installé : pip install \"maillage[%s]\".",
            file,
            extra,
            extra,
        )
    return absent is None
