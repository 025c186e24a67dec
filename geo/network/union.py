"""Several networks as one: parts that no road joins, searched together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj.enums import TransformDirection

from geo.crs import FRANCE, to_metres
from geo.network.links import build_network
from geo.network.speeds import speed_profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork


def unite(networks: Sequence[RoadNetwork]) -> RoadNetwork:
    """Return one network of several that cover different territories of France, in the system `FRANCE`.

    Times and lengths stay those of each. Source, notes, profile and limits are those of the first.

    Returns
    -------
    Its nodes are those of the first network, then those of the second, and so on.
    """
    first = networks[0]
    places = [_in_france(each, each.x, each.y) for each in networks]
    shapes = [_in_france(each, *each.shape_xy.T) for each in networks]
    before = np.cumsum([0, *(each.n_nodes for each in networks)])
    points_before = np.cumsum([0, *(len(each.shape_xy) for each in networks)])
    x, y = (np.concatenate(axis) for axis in zip(*places, strict=True))
    return build_network(
        ends=np.concatenate([each.link_ends + start for each, start in zip(networks, before, strict=False)]),
        time_s=np.concatenate([_by_link(each, each.edge_time_s, np.nan) for each in networks]),
        length_m=np.concatenate([np.nanmax(_by_link(each, each.edge_length_m, np.nan), axis=1) for each in networks]),
        x=x,
        y=y,
        crs=FRANCE,
        snappable=np.concatenate([each.snappable for each in networks]),
        shape_xy=np.column_stack([np.concatenate(axis) for axis in zip(*shapes, strict=True)]),
        shape_offsets=np.concatenate(
            [
                [0],
                *(each.shape_offsets[1:] + start for each, start in zip(networks, points_before, strict=False)),
            ]
        ).astype(np.int64),
        source=first.source,
        profile=speed_profile(first.profile),
        access_m_per_s=first.access_m_per_s,
        snap_limit_m=first.snap_limit_m,
        end_time_s=first.end_time_s,
        barriers=tuple(
            tuple(zip(*(axis.tolist() for axis in _in_france(each, *np.array(line).T)), strict=True))
            for each in networks
            for line in each.barriers
        ),
    )


def _in_france(
    network: RoadNetwork, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return coordinates of a network in the system `FRANCE`."""
    degrees = to_metres(network.crs).transform(x, y, direction=TransformDirection.INVERSE)
    return to_metres(FRANCE).transform(*degrees)


def _by_link(network: RoadNetwork, of_edges: NDArray[np.float32], closed: float) -> NDArray[np.float64]:
    """Return what each link's edges have, along and against its shape: float64, shape (n_links, 2)."""
    found: NDArray[np.float64] = np.where(network.link_edges >= 0, of_edges[network.link_edges], closed)
    return found
