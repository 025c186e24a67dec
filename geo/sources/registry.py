"""The official sources that can be fetched: what each is, where it is, what it serves.

The list itself is data: ``registry.toml``; ``osm_extracts.csv`` says which OpenStreetMap extracts a département needs.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from geo.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file to fetch: the key it has in the cache, and its address."""

    key: str
    url: str


@dataclass(frozen=True, slots=True)
class Source:
    """One official source.

    `title`, `publisher`, `licence`, `serves` and `without` are French texts for users; `without` says what becomes
    of a territory when the file cannot be had (`None`: the territory cannot be made). The other attributes are
    explained at the head of ``registry.toml``.
    """

    name: str
    title: str
    publisher: str
    base: str
    path: str
    format: str
    suffix: str
    licence: str
    serves: str
    max_mb: int
    max_unpacked_mb: int = 0
    vintage: str | None = None
    without: str | None = None
    member: str | None = None
    members: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()
    query: str = ""

    @property
    def label(self) -> str:
        """Name and publisher, as messages give them."""
        return f"{self.title} ({self.publisher})"

    @property
    def max_bytes(self) -> int:
        """Most bytes that are downloaded."""
        return self.max_mb * MEGABYTE

    @property
    def max_unpacked_bytes(self) -> int:
        """Most bytes that may come out of the file, where it is an archive."""
        return self.max_unpacked_mb * MEGABYTE

    def member_for(self, departement: str) -> str | None:
        """Return the name of the archive's file that covers a département; `None`: the file is no archive."""
        return self.members.get(departement, self.member)

    def files(self, departement: str, urls: Mapping[str, str]) -> list[RemoteFile]:
        """Return the files that a département needs of this source, none where it is not covered.

        `urls`: Addresses that replace those of the registry, by base or by source, in lower case.

        Raises
        ------
        ParameterError
            An address replaces something that does not exist.
        """
        if departement in self.not_covered:
            return []
        template = self._address(urls)
        if "{extract}" not in self.path:
            return [RemoteFile(self.name, template)]
        return [
            RemoteFile(f"{self.name}-{extract}", template.replace("{extract}", extract))
            for extract in osm_extracts(departement)
        ]

    def file_around(self, area: str, box: tuple[float, float, float, float], urls: Mapping[str, str]) -> RemoteFile:
        """Return the file that this source makes, when asked, of a box.

        `area`: Names the box in the cache. `box`: (west, south, east, north) in degrees.
        """
        west, south, east, north = box
        query = self.query.replace("{box}", f"{south:.5f},{west:.5f},{north:.5f},{east:.5f}")
        return RemoteFile(f"{self.name}-{area}", self._address(urls).replace("{query}", quote(query, safe="")))

    def _address(self, urls: Mapping[str, str]) -> str:
        """Return the address with what is still to be filled in; raise where one replaces something unknown."""
        bases = _registry()["bases"]
        unknown = sorted(urls.keys() - bases.keys() - _registry()["sources"].keys())
        if unknown:
            known = ", ".join(f"MAILLAGE_URL_{name.upper()}" for name in [*bases, *_registry()["sources"]])
            msg = f"Le réglage « MAILLAGE_URL_{unknown[0].upper()} » n'existe pas. Réglages possibles : {known}."
            raise ParameterError(msg)
        return urls.get(self.name) or urls.get(self.base, bases[self.base]).rstrip("/") + self.path


@cache
def sources() -> Mapping[str, Source]:
    """Return all sources by name, in the order in which they are fetched."""
    return {name: _source(name, row) for name, row in _registry()["sources"].items()}


def osm_extracts(departement: str) -> tuple[str, ...]:
    """Return the Geofabrik extracts that hold the roads of a département and of 55 km around it, its own first.

    Geofabrik cuts France in the 22 regions of before 2016 and the five overseas départements. Neighbours are the
    regions that hold a commune at most 55 km from the département's contour (contours of 2018). Roads of other
    countries are in none of them. Empty where there is no extract (Saint-Pierre-et-Miquelon, Saint-Barthélemy,
    Saint-Martin).
    """
    return _extracts().get(departement, ())


def _source(name: str, row: Mapping[str, Any]) -> Source:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Source(name=name, **values)


@cache
def _extracts() -> dict[str, tuple[str, ...]]:
    with resources.files("geo.sources").joinpath("osm_extracts.csv").open(encoding="utf-8") as stream:
        return {row["departement"]: (row["extract"], *row["neighbours"].split()) for row in csv.DictReader(stream)}


@cache
def _registry() -> dict[str, Any]:
    return tomllib.loads(resources.files("geo.sources").joinpath("registry.toml").read_text(encoding="utf-8"))
