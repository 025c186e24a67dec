"""The map library and our own drawing code, as text for a page."""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: Checksum of leaflet.js 1.9.4, checked by the browser where it comes from a public address.
LEAFLET_INTEGRITY: Final = "sha256-20nQCchB9co0qIjJZRGuk2/Z9VM+kNiyxNV1lvTlZBo="

_HERE: Final = Path(__file__).resolve().parent


def drawing_script() -> str:
    """Return the JavaScript that defines `createCoverageMap`."""
    return (_HERE / "coverage_map.js").read_text(encoding="utf-8")


def drawing_style() -> str:
    """Return the CSS of the map and of its legend."""
    return (_HERE / "coverage_map.css").read_text(encoding="utf-8")
