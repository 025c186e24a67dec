"""Which points are neighbours, and how many people live around each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import Delaunay, QhullError, cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Radii beyond which a place no longer counts in the density of another.
_REACH_RADII: Final = 4.0


def neighbours(points: NDArray[np.float64], *, across_others: bool = False) -> NDArray[np.int64]:
    """Return the pairs of neighbours among points: int64, shape (n_pairs, 2), lower number first.

    The Gabriel graph, found among the sides of the Delaunay triangles: a side is kept unless a
    corner opposite to it lies inside the circle that has the side as diameter. Points at the same
    place are each joined to the one that was kept. Up to three points, or points on one line, are
    joined along that line.

    `across_others`: Keep all sides of the triangles.
    """
    n = len(points)
    if n < 2:  # noqa: PLR2004 - nothing to join
        return np.zeros((0, 2), np.int64)
    centred = points - points.mean(axis=0)
    try:
        triangulation = Delaunay(centred)
    except (QhullError, ValueError):
        direction = np.linalg.svd(centred, full_matrices=False)[2][0]
        along = np.argsort(centred @ direction, kind="stable")
        return np.sort(np.column_stack([along[:-1], along[1:]]), axis=1)
    corners = triangulation.simplices.astype(np.int64)
    sides = np.concatenate([corners[:, [0, 1, 2]], corners[:, [1, 2, 0]], corners[:, [2, 0, 1]]])
    a, b, opposite = centred[sides[:, 0]], centred[sides[:, 1]], centred[sides[:, 2]]
    inside = ((a - opposite) * (b - opposite)).sum(axis=1) < 0
    ends = np.sort(sides[:, :2], axis=1)
    unique, number = np.unique(ends, axis=0, return_inverse=True)
    blocked = np.bincount(number.ravel(), weights=inside, minlength=len(unique)) > 0
    same_place = triangulation.coplanar[:, [0, 2]].astype(np.int64)
    kept = unique if across_others else unique[~blocked]
    return np.concatenate([kept, np.sort(same_place, axis=1)])


def density_km2(points: NDArray[np.float64], population: NDArray[np.float64], radius_m: float) -> NDArray[np.float64]:
    """Return residents a square kilometre around each point, shape (n,).

    Each place counts by a bell of standard deviation `radius_m` around it: ``sum_j population_j exp(-d_ij^2 / 2 r^2) /
    (2 pi r^2)``, its own residents included.

    Parameters
    ----------
    points
        Metres, shape (n, 2).
    population
        Residents, shape (n,).
    """
    total = population.astype(np.float64).copy()
    pairs = cKDTree(points).query_pairs(_REACH_RADII * radius_m, output_type="ndarray")
    one, other = pairs[:, 0], pairs[:, 1]
    weight = np.exp(-((points[one] - points[other]) ** 2).sum(axis=1) / (2 * radius_m**2))
    total += np.bincount(one, weights=weight * population[other], minlength=len(points))
    total += np.bincount(other, weights=weight * population[one], minlength=len(points))
    density: NDArray[np.float64] = total / (2 * np.pi * (radius_m / 1000) ** 2)
    return density
