"""From links to a network: each street that can be driven becomes one or two directed edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.errors import NetworkError
from geo.network.array_checks import check_edges
from geo.network.layout import places
from geo.network.modes import CAR
from geo.network.road_network import SNAP_LIMIT_M, RoadNetwork, network_of_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network.array_checks import Lines
    from geo.network.origin import NetworkSource
    from geo.network.speeds import SpeedProfile


def build_network(  # noqa: PLR0913 - one argument per array of the network
    *,
    ends: NDArray[np.integer],
    time_s: NDArray[np.float64],
    length_m: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    crs: str,
    snappable: NDArray[np.bool_],
    shape_xy: NDArray[np.float64],
    shape_offsets: NDArray[np.int64],
    source: NetworkSource,
    profile: SpeedProfile,
    access_m_per_s: float | None = None,
    snap_limit_m: float = SNAP_LIMIT_M,
    end_time_s: float = 0.0,
    barriers: Lines = (),
    mode: str = CAR,
) -> RoadNetwork:
    """Build a network from links.

    Parameters
    ----------
    ends
        Shape (n_links, 2): nodes where each link begins and ends.
    time_s
        Shape (n_links, 2), seconds along and against the shape; NaN or inf: not allowed.
    length_m
        Shape (n_links,), metres.
    source, profile
        Origin and speed profile, named in every result.
    access_m_per_s, snap_limit_m
        Speed off the network (the profile's where `None`) and farthest distance of a point from it.
    end_time_s
        Seconds that a trip takes besides at each of its ends.
    barriers
        Lines that no way from a point to its street crosses.
    mode
        Way to travel that the times are of.

    Raises
    ------
    NetworkError
        Costs negative, nodes out of range, or no link that can be driven.
    """
    allowed = np.isfinite(time_s)
    link_along, link_against = np.flatnonzero(allowed[:, 0]), np.flatnonzero(allowed[:, 1])
    start = np.concatenate([ends[link_along, 0], ends[link_against, 1]])
    end = np.concatenate([ends[link_along, 1], ends[link_against, 0]])
    link = np.concatenate([link_along, link_against])
    time = np.concatenate([time_s[link_along, 0], time_s[link_against, 1]])
    if not len(start):
        msg = (
            f"{source.name} : aucune route praticable en voiture n'a été trouvée. "
            f"Vérifiez que le fichier contient des routes et qu'il couvre le territoire."
        )
        raise NetworkError(msg)
    drivable = allowed.any(axis=1)
    check_edges(start, end, time, length_m[link], x, y)
    place = places(x, y)
    if not drivable.all():
        kept = np.flatnonzero(drivable)
        renumbered = np.cumsum(drivable) - 1
        counts = np.diff(shape_offsets)
        shape_xy = shape_xy[np.repeat(drivable, counts)]
        shape_offsets = np.concatenate([[0], np.cumsum(counts[kept])]).astype(np.int64)
        link, snappable = renumbered[link], snappable[kept]
    return network_of_edges(
        place[start],
        place[end],
        time,
        length_m[np.concatenate([link_along, link_against])],
        x,
        y,
        crs,
        place=place,
        link=link,
        against=np.arange(len(start)) >= len(link_along),
        snappable=snappable,
        shape_xy=shape_xy,
        shape_offsets=shape_offsets,
        source=source,
        profile=profile.name,
        access_m_per_s=profile.access_m_per_s if access_m_per_s is None else access_m_per_s,
        snap_limit_m=snap_limit_m,
        end_time_s=end_time_s,
        barriers=barriers,
        mode=mode,
    )
