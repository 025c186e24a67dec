"""The same territory under other hypotheses: another speed profile, other roads."""

from __future__ import annotations

from pathlib import Path

from geo.network.speeds import profile_names
from geo.territory.embedded import is_view
from geo.territory.territory import Territory


def variant(folder: Path | None, other: str) -> tuple[str, Territory]:
    """Return one more hypothesis about a territory, as its French name and the territory under it.

    `folder`: As in `Territory.load`. `other`: Folder of the same territory built otherwise, or the name of another
    profile for a view of the embedded France.

    Raises
    ------
    MaillageError
        The folder is not a saved territory, or is damaged.
    """
    if other in profile_names() and (folder is None or is_view(str(folder)) or not folder.exists()):
        return f"profil {other}", Territory.embedded(None if folder is None else str(folder), other)
    again = Territory.load(other)
    return f"« {Path(other).name} » (profil {again.network.profile})", again
