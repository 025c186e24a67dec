"""The same territory under other hypotheses: another speed profile, other roads."""

from __future__ import annotations

from pathlib import Path

from geo.network.speeds import profile_names
from geo.territory.territory import Territory


def variant(folder: Path | None, other: str) -> tuple[str, Territory]:
    """Return one more hypothesis about a territory, as its French name and the territory under it.

    `folder`: Where the territory is saved, `None` for the embedded one. `other`: Folder of the same territory built
    otherwise, or the name of another profile for the embedded one.

    Raises
    ------
    SourceError
        The folder is not a saved territory, or is damaged.
    """
    if folder is None and other in profile_names():
        return f"profil {other}", Territory.embedded(other)
    again = Territory.load(Path(other))
    return f"« {Path(other).name} » (profil {again.network.profile})", again


def with_other_profiles(territory: Territory) -> list[Territory]:
    """Return a territory, and the same under every other speed profile where it is the embedded one."""
    if territory.fingerprint != Territory.load().fingerprint:
        return [territory]
    others = [name for name in profile_names() if name != territory.network.profile]
    return [territory, *(Territory.embedded(name) for name in others)]
