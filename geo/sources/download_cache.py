"""A folder of downloaded files, each with a card that says what it is; whatever happens, what it offers is whole.

The file is named after its content and moved into the folder first; its card, replaced in one step, then names it.
A process killed at any moment leaves the former card with the former file, or the new with the new.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock, Timeout

from geo.errors import MaillageError, SourceError
from geo.sources.download import Job, Limits, Version, download, forget
from geo.sources.provenance import checksum
from geo.sources.vintages import dated
from geo.storage import remove_left, replacing_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_POLL_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class CachedFile:
    """One file of the cache.

    `key` names it in the cache, `path` is where it is; `published_on` (the publisher's Last-Modified, `None`: not
    said), `fetched_on` and `checked_on` (the day when its publisher was last asked) are ISO dates.
    """

    key: str
    path: Path
    version: Version
    bytes: int
    sha256: str
    published_on: str | None
    fetched_on: str
    checked_on: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return {
            "key": self.key,
            "path": str(self.path),
            "url": self.version.url,
            "etag": self.version.etag,
            "last_modified": self.version.last_modified,
            **{name: getattr(self, name) for name in ("bytes", "sha256", "published_on", "fetched_on", "checked_on")},
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to have: its key, address, suffix and largest size, and what tells whether a file is what it should be.

    `check` raises a `MaillageError` on what cannot be used. `vintage`: year of the data, which then stands in the
    file's name; without it the day of publication does. `not_before`: ISO date; a file that its publisher dates from
    before is refused.
    """

    key: str
    url: str
    suffix: str
    max_bytes: int
    check: Callable[[Path], None]
    vintage: str | None = None
    not_before: str | None = None


@dataclass(frozen=True, slots=True)
class DownloadCache:
    """The folder, and how files come into it."""

    folder: Path
    limits: Limits = field(default_factory=Limits)

    def find(self, key: str) -> CachedFile | None:
        """Return a file of the cache, `None` where it is absent or no longer what its card says."""
        try:
            card = json.loads(self._card(key).read_text(encoding="utf-8"))
            version = Version(card["url"], card["etag"], card["last_modified"])
            names = ("bytes", "sha256", "published_on", "fetched_on", "checked_on")
            found = CachedFile(key, self.folder / card["file"], version, **{name: card[name] for name in names})
            same = found.path.stat().st_size == found.bytes and checksum(found.path) == found.sha256
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return found if same else None

    def fetch(
        self, wanted: Wanted, progress: Callable[[int, int | None], None] = lambda _done, _total: None
    ) -> CachedFile:
        """Bring a file into the cache, or see that the one there is still the publisher's.

        Another thread or process that brings the same file is waited for. `progress` is told the bytes in hand and
        their total, no byte while it waits; what it raises ends the download, which another time goes on.

        Raises
        ------
        SourceError
            The file cannot be had, or is not what it should be; the one in the cache, if any, stays.
        """

        def waiting() -> bool:
            progress(0, None)
            return False

        with self._alone(wanted.key, waiting):
            known = self.find(wanted.key)
            job = Job(
                wanted.url,
                self.folder / f"{wanted.key}.part",
                wanted.max_bytes,
                self.limits,
                known=None if known is None else known.version,
                progress=progress,
            )
            version = download(job)
            unchanged = known if version is None else None
            try:
                _check_age(version or job.known, wanted)
                if unchanged is None:
                    wanted.check(job.part)
            except MaillageError:
                forget(job)
                raise
            if unchanged is not None:
                kept = self._keep(replace(unchanged, checked_on=_today()))
            else:
                kept = self._admit(wanted, job, version or Version(wanted.url))
            forget(job)
            for former in self.folder.glob(f"{wanted.key}-*-????????{wanted.suffix}"):
                if former != kept.path:
                    former.unlink(missing_ok=True)
            return kept

    def _admit(self, wanted: Wanted, job: Job, version: Version) -> CachedFile:
        """Move a whole partial file into the cache and name it in its card."""
        sha256 = checksum(job.part)
        published_on = _day(version.last_modified)
        dated = wanted.vintage or (published_on or _today()).replace("-", "")
        path = self.folder / f"{wanted.key}-{dated}-{sha256[:8]}{wanted.suffix}"
        size = job.part.stat().st_size
        job.part.replace(path)
        return self._keep(CachedFile(wanted.key, path, version, size, sha256, published_on, _today(), _today()))

    def _keep(self, file: CachedFile) -> CachedFile:
        """Write the card of a file."""
        card = {name: value for name, value in file.to_dict().items() if name != "path"} | {"file": file.path.name}
        with replacing_file(self._card(file.key)) as path:
            path.write_text(json.dumps(card, ensure_ascii=False, indent=1), encoding="utf-8")
        return file

    def _card(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    @contextmanager
    def _alone(self, key: str, waiting: Callable[[], bool]) -> Iterator[None]:
        """Let one thread of one process at a time write a file of the cache; `waiting` is called now and then."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / f"{key}.lock", timeout=self.limits.max_seconds)
            with lock.acquire(poll_interval=_POLL_S, cancel_check=waiting):
                remove_left(self.folder, key)  # by a process that was killed while it wrote a card
                yield
        except Timeout as error:
            msg = "le même fichier est en cours de téléchargement par un autre programme. Recommencez plus tard."
            raise SourceError(msg) from error
        except OSError as error:
            if isinstance(error, MaillageError):
                raise
            msg = f"impossible d'écrire dans « {self.folder} ». Vérifiez l'espace disponible et vos droits."
            raise SourceError(msg) from error


def _check_age(version: Version | None, wanted: Wanted) -> None:
    published_on = None if version is None else _day(version.last_modified)
    if published_on and wanted.not_before and published_on < wanted.not_before:
        msg = f"le fichier reçu est du {dated(published_on)}, plus ancien que celui du {dated(wanted.not_before)}."
        raise SourceError(msg)


def _today() -> str:
    return dt.datetime.now(tz=dt.UTC).date().isoformat()


def _day(last_modified: str | None) -> str | None:
    """Return the day of an HTTP date as ISO text, `None` where it is none."""
    try:
        return email.utils.parsedate_to_datetime(last_modified or "").date().isoformat()
    except ValueError:
        return None
