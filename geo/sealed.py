"""A folder with the checksums of its files: one that was damaged, cut short or swapped since is refused.

The file ``SHA256SUMS`` is that of the command ``sha256sum``, which checks it too.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

SEAL: Final = "SHA256SUMS"


def seal(folder: Path) -> None:
    """Write the checksums of all files of a folder; of a folder in it that has its own, that of those.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as place:
    ...     _ = (Path(place) / "a.csv").write_text("1")
    ...     seal(Path(place))
    ...     require_whole(Path(place))
    frozenset({'a.csv'})
    """
    sealed = {path.parent for path in folder.rglob(SEAL) if path.parent != folder}
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and (path.name == SEAL or path.parent not in sealed)
    )
    lines = [f"{_checksum(path)}  {path.relative_to(folder).as_posix()}\n" for path in files if path != folder / SEAL]
    (folder / SEAL).write_text("".join(lines), encoding="utf-8")


def require_whole(folder: Path) -> frozenset[str]:
    """Return the names of the files that a folder was sealed with.

    Raises
    ------
    ValueError
        One of them does not hold what it did, or the folder was not sealed.
    OSError
        One of them is absent, or cannot be read; something in the folder is a device or a pipe, which may never end.
    """
    if any(path.exists() and not path.is_file() and not path.is_dir() for path in folder.rglob("*")):
        raise OSError(folder)
    lines = text_of(folder / SEAL).splitlines()
    written = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    changed = [name for name, digest in written.items() if _checksum(folder / name) != digest]
    if changed or not written:
        raise ValueError(changed)
    return frozenset(written)


def text_of(path: Path) -> str:
    """Return the text of a file of a folder that is not yet known to be whole.

    Raises
    ------
    OSError
        It is absent, or is a device or a pipe: opening one may wait for ever.
    """
    if not path.is_file():
        raise FileNotFoundError(path)
    return path.read_text(encoding="utf-8")


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
