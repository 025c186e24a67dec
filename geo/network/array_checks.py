"""Checks of the arrays that a road network is made of: given by a caller, or found in a saved network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from geo.errors import NetworkError
from geo.french import agreed
from geo.network.layout import EDGE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

#: Lines: (x, y) of the points of each, metres.
Lines: TypeAlias = tuple[tuple[tuple[float, float], ...], ...]

#: No projection in metres has larger coordinates.
_FARTHEST_M = 1e8


def flat(values: ArrayLike, kinds: str, otherwise: type[np.generic]) -> NDArray[Any]:
    """Return a flat array, converted (hence copied) only where it is of none of the wanted kinds (numpy's letters)."""
    try:
        array = np.asarray(values).ravel()
        real = array.astype(otherwise, casting="same_kind") if array.dtype.kind == "c" else array  # complex: refused
        return real if real.dtype.kind in kinds else np.array(real, otherwise)
    except (TypeError, ValueError) as error:
        msg = "Réseau routier refusé : une liste contient autre chose que des nombres."
        raise NetworkError(msg) from error


def whole_numbers(values: ArrayLike) -> NDArray[Any]:
    """Return node positions as a flat array of integers."""
    array = flat(values, "iuf", np.float64)
    if array.dtype.kind != "f":
        return array
    if not ((np.rint(array) == array) & (np.abs(array) < 2**53)).all():
        msg = "Réseau routier refusé : un nœud de départ ou d'arrivée n'est pas un nombre entier (0 à n - 1 attendu)."
        raise NetworkError(msg)
    return array.astype(np.int64)


def positive(number: Any) -> float:
    """Return a number that is finite and above zero; raise `ValueError` for any other."""
    value = float(number)
    if not 0 < value < np.inf:
        raise ValueError(number)
    return value


def not_negative(value: Any) -> float:
    """Return a finite number of at least 0; raise `ValueError` for anything else."""
    number = float(value)
    if not 0 <= number < np.inf:
        raise ValueError(value)
    return number


def check_arrays(arrays: Mapping[str, NDArray[Any]]) -> None:
    """Raise `ValueError` unless the arrays of a saved network have the types, shapes and ranges that go together."""
    nodes, edges, links = (len(arrays[name]) for name in ("x", "edges", "snappable"))
    expected: dict[str, tuple[tuple[int, ...], Any]] = {
        "x": ((nodes,), np.float64),
        "y": ((nodes,), np.float64),
        "place": ((nodes,), np.int32),
        "edge_offsets": ((nodes + 1,), np.int32),
        "edges": ((edges,), EDGE),
        "link_edges": ((links, 2), np.int32),
        "snappable": ((links,), np.bool_),
        "shape_xy": ((len(arrays["shape_xy"]), 2), np.float64),
        "shape_offsets": ((links + 1,), np.int64),
    }
    wrong = [
        name
        for name, (shape, kind) in expected.items()
        if arrays[name].shape != shape or arrays[name].dtype != np.dtype(kind)
    ]
    for name, last in (("edge_offsets", edges), ("shape_offsets", len(arrays["shape_xy"]))):
        if name not in wrong and (
            arrays[name][0] != 0 or arrays[name][-1] != last or (np.diff(arrays[name]) < 0).any()
        ):
            wrong.append(name)
    ranges: dict[str, tuple[NDArray[Any], float, float]] = {
        "place": (arrays["place"], 0, nodes),
        "link_edges": (arrays["link_edges"], -1, edges),
        **{name: (arrays[name], -_FARTHEST_M, _FARTHEST_M) for name in ("x", "y", "shape_xy")},
    }
    if "edges" not in wrong:
        ranges["edges"] = (arrays["edges"]["place"], 0, nodes)
        # A cost that is negative or not a number would make a search go on for ever.
        ranges |= {f"edges ({cost})": (arrays["edges"][cost], 0, np.inf) for cost in ("time_s", "length_m")}
    for name, (values, lowest, end) in ranges.items():
        with np.errstate(invalid="ignore"):  # not a number is in no range
            if values.size and not lowest <= values.min() <= values.max() < end:
                wrong.append(name)
    if wrong:
        msg = ", ".join(wrong)
        raise ValueError(msg)


def lines(points: Any) -> Lines:
    """Return lines, lists of two points and more in metres; raise `ValueError` or `TypeError` where they are not."""
    found = tuple(tuple((float(x), float(y)) for x, y in line) for line in points)
    if any(len(line) < 2 or not np.isfinite(line).all() for line in found):  # noqa: PLR2004 - a line has two ends
        msg = "lines of two points and more expected"
        raise ValueError(msg)
    return found


def check_edges(
    start: NDArray[np.integer],
    end: NDArray[np.integer],
    time: NDArray[np.floating],
    length: NDArray[np.floating],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> None:
    """Raise `NetworkError` naming every fault of a list of directed edges."""
    faults: list[str] = []
    if not len(start) == len(end) == len(time) == len(length):
        faults.append(f"listes de longueurs différentes ({len(start)}, {len(end)}, {len(time)}, {len(length)})")
    if len(x) != len(y) or not (np.isfinite(x).all() and np.isfinite(y).all()):
        faults.append("coordonnées de nœuds manquantes ou non numériques")
    elif outside := int(((np.abs(x) >= _FARTHEST_M) | (np.abs(y) >= _FARTHEST_M)).sum()):
        faults.append(
            f"{agreed(outside, 'nœud(s)')} à plus de {_FARTHEST_M / 1e3:.0f} km de l'origine du système, "
            f"ce n'est aucun lieu"
        )
    for name, nodes in (("de départ", start), ("d'arrivée", end)):
        outside = int(((nodes < 0) | (nodes >= len(x))).sum())
        if outside:
            faults.append(f"{agreed(outside, 'arc(s)')} dont le nœud {name} n'existe pas (attendu : 0 à {len(x) - 1})")
    for name, cost in (("le temps est négatif, infini", time), ("la longueur est négative, infinie", length)):
        bad = int((~(cost >= 0) | (cost > np.finfo(np.float32).max)).sum())
        if bad:
            faults.append(f"{agreed(bad, 'arc(s)')} dont {name} ou non numérique")
    if faults:
        raise NetworkError("Réseau routier refusé : " + " ; ".join(faults) + ".")


def saved_parts(file: Path, n_nodes: int) -> NDArray[np.int32]:
    """Return the part of each node that a network was saved with, left on disk; raise `ValueError` otherwise."""
    parts: NDArray[np.int32] = np.lib.format.open_memmap(file, mode="r")
    if parts.dtype != np.int32 or parts.shape != (n_nodes,) or parts.min(initial=0) < 0:
        raise ValueError(file.name)
    return parts
