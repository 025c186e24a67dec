"""All of France at once: one territory per legal projection, measured apart and reported together.

Mainland France and Corsica share one projection and one network (in parts that no road joins);
each overseas département has its own.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.crs import metric_crs
from geo.errors import ParameterError, SourceError
from geo.network.speeds import DEFAULT_PROFILE
from geo.sealed import require_whole, seal
from geo.sources.departements import departement_name
from geo.storage import recover, replacing_folder, require_replaceable
from geo.territory.store import COUNTRY_MARKER
from geo.territory.territory import Territory

if TYPE_CHECKING:
    from geo.territory.files import OfficialFiles

_log = logging.getLogger(__name__)

_MAINLAND: Final = "France métropolitaine"
_MAINLAND_CRS: Final = metric_crs("75")


@dataclass(frozen=True, eq=False)
class Country:
    """France in parts; each part is a territory with its own projection and network."""

    name: str
    parts: tuple[Territory, ...]

    @classmethod
    def build(cls, files: OfficialFiles, *, profile: str = DEFAULT_PROFILE) -> Country:
        """Build every part of France that the communes cover, on the estimated network.

        Raises
        ------
        ParameterError
            Roads or cells are given: these are of one département.
        MaillageError
            A file is unusable.
        """
        if files.roads or files.cells is not None:
            msg = "--france se construit sur le réseau estimé et sans carreaux : retirez --roads et --cells."
            raise ParameterError(msg)
        tables = files.read()
        groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        for departement in sorted(tables.communes.frame["departement"].unique()):
            crs = metric_crs(departement)
            name = _MAINLAND if crs == _MAINLAND_CRS else departement_name(departement)
            groups[crs, name].append(departement)
        parts = []
        for (_, name), departements in groups.items():
            _log.info("%s…", name)
            parts.append(Territory.from_tables(tables, name, departements, profile=profile))
        return cls("France", tuple(parts))

    @staticmethod
    def require_place(path: Path | str) -> None:
        """Raise `SourceError` where `save` would refuse to write."""
        require_replaceable(Path(path), marker=COUNTRY_MARKER)

    def save(self, path: Path | str) -> None:
        """Write every part to its own folder in one folder, written beside and then renamed.

        Raises
        ------
        SourceError
            The folder cannot be written, or holds something that is not ours.
        """
        with replacing_folder(Path(path), marker=COUNTRY_MARKER) as folder:
            for number, part in enumerate(self.parts):
                part.save(folder / str(number))
            content = {"name": self.name, "parts": len(self.parts)}
            (folder / COUNTRY_MARKER).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
            seal(folder)

    @staticmethod
    def is_saved_at(path: Path) -> bool:
        """Tell whether a folder was written by `save`."""
        recover(path)
        return (path / COUNTRY_MARKER).is_file()

    @classmethod
    def load(cls, path: Path | str) -> Country:
        """Load what `save` wrote; raise `SourceError` where it is damaged."""
        folder = Path(path)
        try:
            require_whole(folder)
            content = json.loads((folder / COUNTRY_MARKER).read_text(encoding="utf-8"))
            name, numbers = str(content["name"]), range(content["parts"])
            numbers[0]  # it has a part
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
            msg = f"« {folder.name} » est illisible ou incomplet. Reconstruisez-le avec « maillage build --france »."
            raise SourceError(msg) from error
        return cls(name, tuple(Territory.load(folder / str(number)) for number in numbers))
