"""Codes, names, regions and school zones of the départements and overseas territories (INSEE, COG 2025)."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from geo.errors import ParameterError


@cache
def _table() -> dict[str, dict[str, str]]:
    with resources.files("geo.sources").joinpath("departements.csv").open(encoding="utf-8") as stream:
        return {row["code"]: row for row in csv.DictReader(stream)}


def departement_name(code: str) -> str:
    """Return the name of a département; raise `ParameterError` for a code that does not exist."""
    try:
        return _table()[code]["name"]
    except KeyError:
        msg = f"Le département « {code} » n'existe pas. Un code est attendu : 01 à 95, 2A, 2B, 971 à 978."
        raise ParameterError(msg) from None


def departement_title(code: str) -> str:
    """Return the name of a département with its code: ``"Corse-du-Sud (2A)"``; raise as `departement_name`."""
    return f"{departement_name(code)} ({code})"


def region_name(code: str) -> str:
    """Return the region of a département (itself, for an overseas territory without one)."""
    departement_name(code)
    return _table()[code]["region"]


def school_zone(code: str) -> str | None:
    """Return the zone of the school calendar of a département, A, B or C; `None` in Corsica and overseas.

    Examples
    --------
    >>> school_zone("64"), school_zone("2A")
    ('A', None)
    """
    departement_name(code)
    return _table()[code]["school_zone"] or None


def departement_codes() -> tuple[str, ...]:
    """Return the codes of all départements and overseas territories, in the order of the table."""
    return tuple(_table())
