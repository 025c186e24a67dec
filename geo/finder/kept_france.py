"""What is made once of the embedded France, at set-up: ``python -m geo.finder.kept_france``.

Each part is in a folder named after the content that it was made from. The folders of former contents, which nobody
reads again, are removed once all parts of today are there; a process that has one open keeps what it holds of it.
"""

from __future__ import annotations

import logging
import re
import sys
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from geo.finder.gazetteer import Gazetteer
from geo.finder.name_table import names_place
from geo.settings import Settings, kept_roads
from geo.territory import Territory
from geo.territory.embedded import kept_places

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_log = logging.getLogger(__name__)

#: Names of the folders that are ours.
_OURS: Final = re.compile(r"(?:names|network|points|tables)-[0-9a-f]{16}")


def prepare(settings: Settings) -> None:
    """Make what is not made yet, and remove what was made of former contents.

    Raises
    ------
    MaillageError
        The project's own tables are damaged.
    """
    Gazetteer.of(Territory.load())
    remove_former(kept_roads(settings.france_dir), {*kept_places(settings), names_place(settings)})


def remove_former(folder: Path, used: Collection[Path]) -> list[str]:
    """Remove what is ours in a folder and not used; return the names. What cannot be removed stays.

    Each is first renamed, whole, into a hidden folder: nobody finds half of it.

    Examples
    --------
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as place:
    ...     for name in ("names-0123456789abcdef", "names-fedcba9876543210", "mine"):
    ...         (Path(place) / name).mkdir()
    ...     former = remove_former(Path(place), [Path(place) / "names-0123456789abcdef"])
    ...     former, sorted(path.name for path in Path(place).iterdir())
    (['names-fedcba9876543210'], ['mine', 'names-0123456789abcdef'])
    """
    kept = {path.name for path in used}
    removed = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name in kept or not path.is_dir() or not _OURS.fullmatch(path.name):
            continue
        with suppress(OSError), tempfile.TemporaryDirectory(prefix=".former.", dir=folder) as beside:
            path.rename(f"{beside}/{path.name}")
            removed.append(path.name)
    if removed:
        _log.info("Préparations d'anciennes données supprimées : %s.", ", ".join(removed))
    return removed


if __name__ == "__main__":
    prepare(Settings.from_environment())
    sys.exit(0)
