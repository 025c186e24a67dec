"""What the columns of a road line layer say: profiles of known layers, and how a profile is applied.

The profiles themselves are data, in ``road_layers.toml`` beside this module.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd

from geo.errors import Fault, ParameterError, SchemaError
from geo.folding import fold
from geo.french import agreed
from geo.network.speeds import link_speed_kmh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network.speeds import SpeedProfile

#: No French road allows more; a higher figure is a mistake.
MAX_SPEED_KMH: Final = 150.0
_NEAREST_SHOWN: Final = 3
_VALUES_SHOWN: Final = 10
_TEXT_SHOWN: Final = 60

#: Role of a column -> values of it that a rule speaks of.
Match = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Lines that are left out: those that match `when`, or those that do not match `unless`."""

    reason: str
    when: Match = field(default_factory=dict)
    unless: Match = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClassRule:
    """Lines that match `when` are of one road class."""

    when: Match
    road_class: str
    snappable: bool = True
    speed_kmh: float = np.nan


@dataclass(frozen=True, slots=True)
class LayerProfile:
    """One known layer; what each entry means is told at the top of ``road_layers.toml``."""

    key: str
    name: str
    licence: str
    required: tuple[str, ...]
    noding: Literal["endpoints", "vertices"]
    tolerance_m: float
    speed: Literal["mean", "limit", "none"]
    columns: Mapping[str, tuple[str, ...]]
    classes: tuple[ClassRule, ...]
    zero_speed: Literal["closed", "unknown"] = "unknown"
    directions: Mapping[str, Any] = field(default_factory=dict)
    excluded: tuple[Exclusion, ...] = ()

    def found(self, names: Collection[str]) -> dict[str, str]:
        """Return which of a layer's columns plays each role, for the roles that it has."""
        by_name = {name.lower(): name for name in reversed(list(names))}
        return {
            role: by_name[candidate]
            for role, candidates in self.columns.items()
            for candidate in candidates[::-1]
            if candidate in by_name
        }

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the columns that a layer needs to be read with this profile and does not have."""
        found = self.found(names)
        return tuple(" ou ".join(self.columns[role]) for role in self.required if role not in found)


@dataclass(frozen=True, slots=True)
class RoadAttributes:
    """What a profile makes of the rows of a layer.

    `kept`: bool (n,), whether a car may use the line. The other arrays, (n,), count only there:
    `road_class` text, `forward_kmh` and `backward_kmh` along and against the line (0 not allowed),
    `snappable` bool. `notes`: French sentences on what was left out and why.
    """

    kept: NDArray[np.bool_]
    road_class: NDArray[np.object_]
    forward_kmh: NDArray[np.float64]
    backward_kmh: NDArray[np.float64]
    snappable: NDArray[np.bool_]
    notes: tuple[str, ...]


@cache
def layer_profiles() -> Mapping[str, LayerProfile]:
    """Return the known layer profiles by key, in the order of the table."""
    text = resources.files("geo.network").joinpath("road_layers.toml").read_text(encoding="utf-8")
    profiles = {}
    for key, entry in tomllib.loads(text).items():
        entry["columns"] = {role: tuple(names) for role, names in entry["columns"].items()}
        entry["required"] = tuple(entry["required"])
        entry["classes"] = tuple(ClassRule(**rule) for rule in entry["classes"])
        entry["excluded"] = tuple(Exclusion(**rule) for rule in entry.get("excluded", ()))
        profiles[key] = LayerProfile(key=key, **entry)
    return profiles


def layer_profile(key: str) -> LayerProfile:
    """Return a profile by key; raise `ParameterError` for a key that the table does not have."""
    profiles = layer_profiles()
    if key not in profiles:
        msg = f"Profil de couche « {key} » inconnu. Profils possibles : {', '.join(profiles)}."
        raise ParameterError(msg)
    return profiles[key]


def recognise_profile(columns: Collection[str], source: str) -> LayerProfile:
    """Return the profile that a layer's columns fit, the most demanding one where several do.

    Raises
    ------
    SchemaError
        No profile fits; says which columns the nearest profiles miss.
    """
    by_need = sorted(layer_profiles().values(), key=lambda profile: -len(profile.required))
    by_distance = sorted(by_need, key=lambda profile: len(profile.missing(columns)) / len(profile.required))
    nearest = by_distance[0]
    if not nearest.missing(columns):
        return nearest
    faults = [
        Fault(f"pour {profile.name}, il manque la colonne {', '.join(profile.missing(columns))}")
        for profile in by_distance[:_NEAREST_SHOWN]
    ]
    seen = ", ".join(_short(name) for name in list(columns)[:_VALUES_SHOWN]) or "aucune"
    advice = (
        f"Colonnes trouvées : {seen}. Donnez une couche de routes d'un de ces formats : "
        f"{', '.join(profile.name for profile in by_need)}."
    )
    raise SchemaError(source, [Fault("couche de routes non reconnue"), *faults], advice)


def interpret(frame: pd.DataFrame, profile: LayerProfile, speeds: SpeedProfile, source: str) -> RoadAttributes:
    """Apply a layer profile to the rows of a layer.

    `frame`: The layer; its index names its rows in notes.

    Raises
    ------
    SchemaError
        A column that the profile requires is missing, or does not hold plain values.
    """
    missing = profile.missing(list(frame.columns))
    if missing:
        faults = [Fault(f"colonne absente : {name}") for name in missing]
        raise SchemaError(source, faults, f"Ces colonnes sont attendues pour {profile.name}.")
    found = profile.found(list(frame.columns))
    text = {role: _folded(frame[name], source) for role, name in found.items() if role != "speed"}
    notes: list[str] = []

    kept = np.ones(len(frame), bool)
    for rule in profile.excluded:
        out = kept & (_matches(text, rule.when, len(frame)) if rule.when else ~_matches(text, rule.unless, len(frame)))
        kept &= ~out
        _note(notes, out, f"laissée(s) de côté : {rule.reason}")

    rule_of = np.full(len(frame), -1)
    for number, class_rule in reversed(list(enumerate(profile.classes))):
        rule_of[_matches(text, class_rule.when, len(frame))] = number
    unknown = kept & (rule_of < 0)
    used = [role for role in profile.columns if any(role in rule.when for rule in profile.classes) and role in found]
    _note(
        notes, unknown, f"laissée(s) de côté, de classe inconnue : {_shown(frame, unknown, [found[r] for r in used])}"
    )

    forward, backward, no_direction = _directions(text, profile, len(frame))
    no_direction &= kept & ~unknown
    direction_column = [found["direction"]] if "direction" in found else []
    _note(notes, no_direction, f"laissée(s) de côté, de sens inconnu : {_shown(frame, no_direction, direction_column)}")
    kept &= ~unknown & ~no_direction
    if "direction" not in found:
        notes.append("La couche ne dit pas les sens uniques : toutes les routes sont prises à double sens.")

    given_kmh, unreadable = _given_speed(frame, found)
    closed = kept & (given_kmh == 0) & (profile.zero_speed == "closed")
    unreadable &= kept
    kept &= ~closed & ~unreadable
    rows = ", ".join(_short(label) for label in frame.index[unreadable][:_VALUES_SHOWN])
    limits = f"hors de 0 à {MAX_SPEED_KMH:.0f} km/h"
    _note(notes, closed, "laissée(s) de côté : vitesse nulle, fermée(s) aux voitures")
    _note(notes, unreadable, f"laissée(s) de côté : vitesse illisible ou {limits} (objets {rows})")
    if profile.speed == "mean":
        _note(notes, kept & np.isnan(given_kmh), "sans vitesse publiée : vitesse de leur classe")

    classes = np.array([*(rule.road_class for rule in profile.classes), ""], object)[rule_of]
    rule_kmh = np.array([*(rule.speed_kmh for rule in profile.classes), np.nan])[rule_of]
    unknown_kmh = np.full(len(frame), np.nan)
    speed = link_speed_kmh(
        classes,
        given_kmh if profile.speed == "limit" else unknown_kmh,
        speeds,
        mean_kmh=np.where(given_kmh > 0, given_kmh, rule_kmh) if profile.speed == "mean" else rule_kmh,
    )
    return RoadAttributes(
        kept=kept,
        road_class=classes,
        forward_kmh=np.where(forward, speed, 0.0),
        backward_kmh=np.where(backward, speed, 0.0),
        snappable=np.array([*(rule.snappable for rule in profile.classes), False])[rule_of],
        notes=tuple(notes),
    )


def _note(notes: list[str], rows: NDArray[np.bool_], what: str) -> None:
    count = int(rows.sum())
    if count:
        notes.append(f"{agreed(count, f'ligne(s) {what}')}.")


def _short(value: Any) -> str:
    text = "vide" if pd.isna(value) or value == "" else str(value)
    return text if len(text) <= _TEXT_SHOWN else text[:_TEXT_SHOWN] + "…"


def _shown(frame: pd.DataFrame, rows: NDArray[np.bool_], columns: list[str]) -> str:
    """Return the combinations of values of some rows with their counts, most frequent first."""
    if not rows.any():
        return ""
    parts = [frame.loc[rows, column].astype(object).map(_short) for column in columns]
    counts = pd.Series([" / ".join(values) for values in zip(*parts, strict=True)], dtype=object).value_counts()
    shown = [f"{values} ({count})" for values, count in counts.head(_VALUES_SHOWN).items()]
    return ", ".join(shown) + (", …" if len(counts) > _VALUES_SHOWN else "")


class _Texts(NamedTuple):
    """A column as folded texts, "" where missing: those that differ, and which of them each row holds, (n,)."""

    distinct: list[str]
    codes: NDArray[np.intp]


def _folded(values: pd.Series, source: str) -> _Texts:
    """Return a column as folded texts; numbers are written without a useless ``.0``."""
    try:
        codes, distinct = pd.factorize(values)
    except TypeError as error:
        fault = Fault(f"colonne « {_short(values.name)} » : du texte est attendu, des listes ont été trouvées")
        raise SchemaError(source, [fault], "Choisissez une couche de routes au format de son éditeur.") from error
    texts = [f"{value:g}" if isinstance(value, (float, np.floating)) else str(value) for value in distinct]
    return _Texts([*map(fold, texts), ""], codes)


def _matches(text: Mapping[str, _Texts], match: Match, n_rows: int) -> NDArray[np.bool_]:
    """Return which rows have, in each column of a rule, one of its values."""
    rows = np.ones(n_rows, bool)
    for role, values in match.items():
        wanted = {fold(value) for value in values}
        if role in text:
            rows &= np.array([each in wanted for each in text[role].distinct])[text[role].codes]
        else:
            rows &= "" in wanted
    return rows


def _directions(
    text: Mapping[str, _Texts], profile: LayerProfile, n_rows: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which rows may be driven along their line, against it, and which say neither."""
    if "direction" not in text:
        return np.ones(n_rows, bool), np.ones(n_rows, bool), np.zeros(n_rows, bool)
    says = {
        name: _matches(text, {"direction": profile.directions[name]}, n_rows)
        for name in ("both", "forward", "backward")
    }
    ring = profile.directions.get("ring")
    one_way_ring = _matches(text, ring, n_rows) if ring else np.zeros(n_rows, bool)
    forward = says["both"] | says["forward"]
    backward = (says["both"] & ~one_way_ring) | says["backward"]
    return forward, backward, ~forward & ~backward


def _given_speed(frame: pd.DataFrame, found: Mapping[str, str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the speed column in km/h, NaN where empty, and which rows hold no possible speed."""
    if "speed" not in found:
        return np.full(len(frame), np.nan), np.zeros(len(frame), bool)
    column = frame[found["speed"]]
    if column.dtype == object or pd.api.types.is_string_dtype(column.dtype):
        column = column.astype("string").str.strip().str.replace(",", ".", regex=False)
        column = column.mask(column == "")
    kmh = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    possible = (kmh >= 0) & (kmh <= MAX_SPEED_KMH)
    unreadable = column.notna().to_numpy(bool) & ~possible
    return np.where(unreadable, np.nan, kmh), unreadable
