"""Codes and names of the départements and overseas territories (INSEE, Code officiel géographique 2025)."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from geo.errors import ParameterError


@cache
def _names() -> dict[str, str]:
    with resources.files("geo.sources").joinpath("departements.csv").open(encoding="utf-8") as stream:
        return {row["code"]: row["name"] for row in csv.DictReader(stream)}


def departement_name(code: str) -> str:
    """Return the name of a département; raise `ParameterError` for a code that does not exist."""
    try:
        return _names()[code]
    except KeyError:
        msg = f"Le département « {code} » n'existe pas. Un code est attendu : 01 à 95, 2A, 2B, 971 à 978."
        raise ParameterError(msg) from None
