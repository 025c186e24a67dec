"""A network on disk: one ``.npy`` file per array, and ``network.json`` that describes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from tokenize import TokenError
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.crs import require_metric
from geo.errors import SourceError
from geo.network import array_checks as checks
from geo.network.layout import ARRAYS
from geo.network.modes import CAR, require_mode
from geo.network.origin import NetworkSource
from geo.network.speeds import speed_profile
from geo.sealed import require_whole, seal, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geo.network.road_network import RoadNetwork

#: File of `RoadNetwork.component`: working it out takes longer than a search.
_PARTS: Final = "component.npy"
_FORMAT: Final = 2
_REBUILD: Final = "Reconstruisez le territoire avec « maillage build »."
_DESCRIBED: Final = ("crs", "profile", "access_m_per_s", "snap_limit_m", "end_time_s", "barriers", "mode")


def save_network(network: RoadNetwork, folder: Path) -> None:
    """Write a network into an existing folder, as `RoadNetwork.save`."""
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(network, name), allow_pickle=False)
    np.save(folder / _PARTS, network.component, allow_pickle=False)
    described = {
        "format": _FORMAT,
        **{name: getattr(network, name) for name in _DESCRIBED},
        "source": asdict(network.source),
    }
    (folder / "network.json").write_text(json.dumps(described, ensure_ascii=False, indent=1), encoding="utf-8")
    seal(folder)


def load_network(made: type[RoadNetwork], folder: Path) -> RoadNetwork:
    """Open a saved network of this class, as `RoadNetwork.load`."""
    try:
        described: Mapping[str, Any] = json.loads(text_of(folder / "network.json"))
        if described["format"] != _FORMAT:
            msg = f"Réseau enregistré au format {described['format']}, format {_FORMAT} attendu. {_REBUILD}"
            raise SourceError(msg)
        require_whole(folder)
        # Unlike np.load, this opens nothing but plain arrays and leaves no file open when it fails.
        arrays = {name: np.lib.format.open_memmap(folder / f"{name}.npy", mode="r") for name in ARRAYS}
        checks.check_arrays(arrays)
        require_metric(described["crs"], "Réseau enregistré")
        source = described["source"] | {"notes": tuple(map(str, described["source"]["notes"]))}
        speed_profile(described["profile"])
        network = made(
            **arrays,
            crs=described["crs"],
            source=NetworkSource(**source),
            profile=described["profile"],
            access_m_per_s=checks.positive(described["access_m_per_s"]),
            snap_limit_m=checks.positive(described["snap_limit_m"]),
            end_time_s=checks.not_negative(described["end_time_s"]),
            barriers=checks.lines(described.get("barriers", ())),
            mode=require_mode(described.get("mode", CAR)),
        )
        if (folder / _PARTS).is_file():  # absent from networks of before: then it is worked out again
            vars(network)["component"] = checks.saved_parts(folder / _PARTS, network.n_nodes)
        return network  # noqa: TRY300
    except (OSError, EOFError, ValueError, KeyError, TypeError, SyntaxError, TokenError, RecursionError) as error:
        if isinstance(error, SourceError):
            raise
        msg = f"Le réseau enregistré dans « {folder.name} » est illisible ou incomplet. {_REBUILD}"
        raise SourceError(msg) from error
