"""maillage: where is the nearest France services site, and who is still too far."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.access.coverage import coverage, summarize
    from geo.errors import MaillageError
    from geo.finder.nearest import nearest
    from geo.question import CoverageRule
    from geo.territory import Territory

__all__ = ["CoverageRule", "MaillageError", "Territory", "coverage", "nearest", "summarize"]

_HOMES = {
    "CoverageRule": "geo.question",
    "MaillageError": "geo.errors",
    "Territory": "geo.territory",
    "coverage": "geo.access.coverage",
    "nearest": "geo.finder.nearest",
    "summarize": "geo.access.coverage",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: numba and geopandas take seconds to load."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    msg = f"module 'geo' has no attribute '{name}'"
    raise AttributeError(msg)
