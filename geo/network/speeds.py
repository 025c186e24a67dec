"""Speeds: one documented table, a few named profiles, French speed limits.

The figures live in ``speed_profiles.csv`` beside this module, one row each with its unit, its
value in every profile and its source. *courant* is the default; *fluide* is a freer-flowing
reading of the same roads, the other end of the honest uncertainty of car times.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import repeat
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

DEFAULT_PROFILE: Final = "courant"
KMH_PER_MPH: Final = 1.609344
#: A figure above is not the limit of a road.
HIGHEST_LIMIT_KMH: Final = 150
_KMH_TO_MS: Final = 1 / 3.6

_NUMBER: Final = re.compile(r"^(?P<value>\d{1,3}(?:[.,]\d+)?)\s*(?P<unit>km/?h|kph|mph|knots)?$")
_ZONE: Final = re.compile(r"^(?:[a-z]{2}:)?zone:?(?P<value>\d{1,3})$")
_COUNTRY_NUMBER: Final = re.compile(r"^[a-z]{2}:(?P<value>\d{1,3})$")


@dataclass(frozen=True, slots=True)
class SpeedProfile:
    """One column of the speed table.

    `limit_factor`: share of the legal limit that is driven. `class_speed_kmh`: mean speed by road
    class (OpenStreetMap's class names) where no limit is known. `limit_kmh`: legal limit by
    French zone (living_street, urban, rural, trunk, motorway). `junction_s` and `signal_s`:
    seconds lost at a crossing and at traffic lights. `access_kmh`: speed off the network. `active_kmh`: of
    ``"walk"`` and ``"bike"``, the speed by class of way, ``"street"`` that of those not named.
    """

    name: str
    limit_factor: float
    junction_s: float
    signal_s: float
    access_kmh: float
    class_speed_kmh: Mapping[str, float]
    limit_kmh: Mapping[str, float]
    active_kmh: Mapping[str, Mapping[str, float]]

    @property
    def access_m_per_s(self) -> float:
        """Speed between a point and the network, in metres per second."""
        return self.access_kmh * _KMH_TO_MS


@cache
def _figures() -> tuple[dict[str, str], ...]:
    """Return the rows of the table, by column."""
    text = resources.files("geo.network").joinpath("speed_profiles.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def speed_table() -> pd.DataFrame:
    """Return the whole table: figure, unit, one column per profile (float64), meaning, source."""
    import pandas as pd  # noqa: PLC0415 - takes a second to import, and reading roads needs only the figures

    return pd.DataFrame(_figures()).astype(dict.fromkeys(profile_names(), np.float64))


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles of the table, the default one first."""
    return tuple(name for name in _figures()[0] if name not in {"figure", "unit", "meaning", "source"})


@cache
def speed_profile(name: str = DEFAULT_PROFILE) -> SpeedProfile:
    """Return a profile by name; raise `ParameterError` for a name that the table does not have."""
    if name not in profile_names():
        msg = f"Profil de vitesse « {name} » inconnu. Profils possibles : {', '.join(profile_names())}."
        raise ParameterError(msg)
    values = {row["figure"]: float(row[name]) for row in _figures()}

    def family(prefix: str) -> Mapping[str, float]:
        return MappingProxyType(
            {
                row["figure"].removeprefix(prefix): values[row["figure"]]
                for row in _figures()
                if row["unit"] == "km/h" and row["figure"].startswith(prefix)
            }
        )

    return SpeedProfile(
        name=name,
        limit_factor=values["limit_factor"],
        junction_s=values["junction_s"],
        signal_s=values["signal_s"],
        access_kmh=values["access_kmh"],
        class_speed_kmh=family("class_"),
        limit_kmh=family("limit_"),
        active_kmh=MappingProxyType({mode: family(f"{mode}_") for mode in ("walk", "bike")}),
    )


def parse_limit_kmh(text: str | None, profile: SpeedProfile) -> float:  # noqa: PLR0911 - one return per form
    """Return the legal limit in km/h that a ``maxspeed`` text states, NaN where it states none.

    Understands ``50``, ``50 km/h``, ``50 mph``, ``FR:rural``, ``FR:zone30``, ``FR:50``, ``walk``
    and ``none`` (a motorway's limit in France). ``signals``, ``variable`` and text that cannot
    be read state no figure. Of several figures (``70|70|50``, ``50;30``) the lowest counts.

    Source: OpenStreetMap wiki, Key:maxspeed; French implicit limits, Code de la route R413-2, R413-3.
    """
    if not text:
        return np.nan
    words = [word for word in re.split(r"[|;,]", text.strip().lower()) if word.strip()]
    if len(words) > 1:
        figures = [parse_limit_kmh(word, profile) for word in words]
        return min((figure for figure in figures if figure > 0), default=np.nan)
    word = words[0].strip() if words else ""
    number = _NUMBER.match(word)
    if number:
        value = float(number["value"].replace(",", "."))
        if number["unit"] == "mph":
            value *= KMH_PER_MPH
        elif number["unit"] == "knots":
            value *= 1.852
        return value if 0 < value <= HIGHEST_LIMIT_KMH else np.nan
    named = _ZONE.match(word) or _COUNTRY_NUMBER.match(word)
    if named:
        value = float(named["value"])
        return value if 0 < value <= HIGHEST_LIMIT_KMH else np.nan
    if word.rpartition(":")[2] == "walk":
        return 6.0
    if word == "none":
        return profile.limit_kmh["motorway"]
    return profile.limit_kmh.get(word.partition(":")[2] if ":" in word else "", np.nan)


def link_speed_kmh(
    road_class: NDArray[Any],
    limit_kmh: NDArray[np.float64],
    profile: SpeedProfile,
    *,
    mean_kmh: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the speed really driven on each street segment, before any junction delay.

    Parameters
    ----------
    road_class
        Shape (n,), text: OpenStreetMap class name. A class that the profile does not have gives NaN.
    limit_kmh
        Shape (n,), km/h: legal limit, NaN unknown.
    mean_kmh
        Shape (n,), km/h: a mean speed published with the layer (BD TOPO ``vitesse_moyenne_vl``),
        taken as it is where present; NaN or 0 unknown.

    Returns
    -------
    Shape (n,), km/h: the published mean, else the limit times `limit_factor`, else the class's speed.
    """
    speeds = map(profile.class_speed_kmh.get, road_class.tolist(), repeat(np.nan))
    by_class = np.fromiter(speeds, np.float64, len(road_class))
    speed = np.where(limit_kmh > 0, limit_kmh * profile.limit_factor, by_class)
    if mean_kmh is not None:
        speed = np.where(mean_kmh > 0, mean_kmh, speed)
    return speed
