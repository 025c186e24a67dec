"""Roads around a commune, from the Overpass interpreter: the box to ask for, and what tells an answer from a failure.

The download is our own (`geo.sources.download`). osmnx asks Overpass too, but its request tries again without end
when the service is busy, and takes an answer of any size; only its reading of graphs is used here.
"""

from __future__ import annotations

import html
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.crs import departement_of
from geo.errors import ParameterError, SourceError
from geo.french import format_number, visible

if TYPE_CHECKING:
    from pathlib import Path

#: Farthest (km) from the centre of the commune: beyond, an extract of the region is lighter for everybody.
MOST_KM: Final = 25.0
_KM_PER_DEGREE: Final = 111.2
_COMMUNE: Final = re.compile(r"(\d{2}|2[AB])\d{3}", re.ASCII)
_BLOCK_BYTES: Final = 1 << 20
_LONGEST_REMARK: Final = 1000
_LONGEST_SHOWN: Final = 160
#: A bare "<" is always the beginning of a tag: in values it is written &lt;.
_REMARK: Final = b"<remark>"
_WAY: Final = b"<way "


@dataclass(frozen=True, slots=True)
class Around:
    """A commune, and how far (km) around its centre the roads are wanted."""

    commune: str
    km: float

    def __post_init__(self) -> None:
        """Refuse what is no commune code, and a distance that is too long."""
        if not _COMMUNE.fullmatch(self.commune):
            msg = f"« {self.commune[:40]} » n'est pas le code INSEE d'une commune : cinq caractères, comme 64483."
            raise ParameterError(msg)
        if not 1 <= self.km <= MOST_KM:
            msg = (
                f"Distance de {format_number(self.km)} km refusée : de 1 à {MOST_KM:g} km sont attendus autour d'une "
                f"commune. Pour plus, retirez --around : les routes viennent alors des extraits de la région."
            )
            raise ParameterError(msg)

    @property
    def key(self) -> str:
        """Name of the area in the cache."""
        return f"{self.commune}-{self.km:g}"

    def require_in(self, departement: str) -> None:
        """Raise `ParameterError` where the commune is not of a département."""
        if departement_of(self.commune) != departement:
            msg = f"La commune « {self.commune} » n'est pas du département {departement} : donnez l'une des siennes."
            raise ParameterError(msg)

    def box(self, lon: float, lat: float) -> tuple[float, float, float, float]:
        """Return (west, south, east, north) in degrees, so many km from a centre each way."""
        height = self.km / _KM_PER_DEGREE
        width = height / math.cos(math.radians(lat))
        return lon - width, lat - height, lon + width, lat + height


def check_overpass(path: Path) -> None:
    """Read an answer of Overpass through for roads, its end, and remarks: it says with 200 that it gave up.

    Raises
    ------
    SourceError
        It is no OpenStreetMap data, is cut short, holds no road, or the service gave up.
    """
    has_ways, seen = False, b""
    with path.open("rb") as stream:
        head = stream.read(_BLOCK_BYTES)
        if b"<osm" not in head:
            msg = "le fichier reçu n'est pas une réponse d'Overpass (OpenStreetMap en XML)."
            raise SourceError(msg)
        stream.seek(0)
        while block := stream.read(_BLOCK_BYTES):
            seen = seen[-_LONGEST_REMARK:] + block
            has_ways = has_ways or _WAY in seen
            if _REMARK in seen:
                raise _gave_up(seen[seen.index(_REMARK) :] + stream.read(_LONGEST_REMARK))
    if not seen.rstrip().endswith(b"</osm>"):
        msg = "la réponse d'Overpass est coupée avant sa fin."
        raise SourceError(msg)
    if not has_ways:
        msg = "la réponse d'Overpass ne contient aucune route."
        raise SourceError(msg)


def _gave_up(remark: bytes) -> SourceError:
    text = remark.removeprefix(_REMARK).partition(b"</remark>")[0][:_LONGEST_REMARK].decode("utf-8", "replace")
    said = visible(html.unescape(text)).strip()[:_LONGEST_SHOWN]
    return SourceError(f"Overpass a renoncé (« {said} »). Demandez une plus petite distance, ou revenez plus tard.")
