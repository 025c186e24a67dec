"""One file from one address, over HTTP: resumed, retried, bounded in size and in time.

The bytes go to a partial file. Beside it, a record of what they are a part of lets a later run, even after this one
was killed, go on where it stopped: the server is asked for the rest on condition that the file has not changed
(RFC 9110: Range, If-Range).
"""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.errors import SourceError
from geo.french import agreed, format_bytes
from geo.sources.http_client import OK, CallError, Failure, answer_to, host_of
from geo.storage import replacing_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.sources.http_client import Answer

_MAX_REDIRECTIONS: Final = 5
_PARTIAL: Final = 206
_NOT_MODIFIED: Final = 304
_RANGE_NOT_SATISFIABLE: Final = 416
#: The server asks to come back, or failed in a way that may pass (RFC 9110, 6585).
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_MEANINGS: Final = {
    401: "accès refusé",
    403: "accès refusé",
    404: "introuvable",
    410: "retiré",
    429: "trop de demandes",
}
#: What is said of a call that failed in a way that may pass, and in one that another try would meet again.
_PASSING_FAILURES: Final = {
    Failure.SILENT: "{host} ne répond plus",
    Failure.UNREACHABLE: "{host} est injoignable ou la connexion a été coupée",
    Failure.CUT: "la connexion à {host} a été coupée, ou ce qui est reçu est illisible",
}
_LASTING_FAILURES: Final = {
    Failure.ADDRESS: "« {url} » n'est pas une adresse http ou https.",
    Failure.ELSEWHERE: "l'adresse {url} renvoie vers autre chose qu'une adresse http ou https.",
    Failure.UNSAFE: "l'adresse {url} renvoie vers une adresse qui n'est pas sûre ({to}).",
    Failure.ENDLESS: "l'adresse {url} renvoie sans fin vers d'autres adresses.",
    Failure.CERTIFICATE: "la connexion à {host} n'est pas sûre (certificat refusé).",
    Failure.LARGE: "le fichier de {url} dépasse {most_mb:.0f} Mo, la plus grande taille attendue.",
    Failure.SLOW: "{host} est trop lent : {done} en {minutes:.0f} min, durée la plus longue. Recommencez : "
    "le téléchargement reprendra où il s'est arrêté.",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much a download may take.

    `max_seconds` is for the whole file, waits included; `idle_seconds` for the server to say something;
    `attempts` counts the first one; waits grow from `first_wait_s` to `max_wait_s`, beyond which a server that
    asks for more is not waited for.
    """

    max_seconds: float = 3600.0
    idle_seconds: float = 60.0
    attempts: int = 5
    first_wait_s: float = 1.0
    max_wait_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Version:
    """What a server says of the version of a file that it sent."""

    url: str
    etag: str | None = None
    last_modified: str | None = None

    def __post_init__(self) -> None:
        """Raise `TypeError` on anything but texts: a version is read back from a file."""
        if not all(isinstance(text, str | None) for text in (self.url, self.etag, self.last_modified)):
            raise TypeError

    @property
    def validator(self) -> str | None:
        """What proves, byte for byte, that a file has not changed: a weak ETag does not (RFC 9110, 13.1.5)."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


@dataclass(frozen=True, slots=True)
class Job:
    """What to download, where to, and how.

    `part` is the partial file; `known` the version already in hand: the server is asked for nothing else.
    `progress` is told the bytes in hand and their total (`None`: not said); `sleep` waits for seconds.
    """

    url: str
    part: Path
    max_bytes: int
    limits: Limits
    known: Version | None = None
    progress: Callable[[int, int | None], None] = lambda _done, _total: None
    sleep: Callable[[float], None] = time.sleep

    @property
    def record(self) -> Path:
        """Where the version of the partial file is noted."""
        return self.part.with_name(f"{self.part.name}.json")


class _TryAgainError(Exception):
    """An attempt failed in a way that may pass; `wait_s`: what the server asks for, `None` if nothing."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


def download(job: Job) -> Version | None:
    """Download a file into its partial file; return its version, `None` where the known one has not changed.

    Raises
    ------
    SourceError
        The file cannot be had, in a sentence that begins in lower case and says why. What came stays in the partial
        file for another time, unless it is of no use.
    """
    end = time.monotonic() + job.limits.max_seconds
    for attempt in range(1, job.limits.attempts + 1):
        try:
            return _attempt(job, end)
        except _TryAgainError as error:
            wait_s = min(job.limits.first_wait_s * 2 ** (attempt - 1), job.limits.max_wait_s)
            if error.wait_s is not None:
                wait_s = error.wait_s
            if attempt == job.limits.attempts or wait_s > job.limits.max_wait_s or time.monotonic() + wait_s > end:
                raise _given_up(error, attempt) from error
            job.sleep(wait_s)
    raise AssertionError  # the last attempt returns or raises


def forget(job: Job) -> None:
    """Remove the partial file and its record; raise `SourceError` where the folder cannot be written to."""
    try:
        job.part.unlink(missing_ok=True)
        job.record.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(job.part) from error


def _attempt(job: Job, end: float) -> Version | None:
    """Ask once for the file or its rest."""
    begun = _begun(job)
    start = job.part.stat().st_size if begun else 0
    silence_s = max(0.001, min(job.limits.idle_seconds, end - time.monotonic()))
    conditions = _conditions(job, begun, start)
    try:
        with answer_to(job.url, silence_s=silence_s, headers=conditions, redirections=_MAX_REDIRECTIONS) as answer:
            if answer.status == _NOT_MODIFIED and not start and job.known is not None:
                return None
            if begun is not None and _is_whole(answer, start):
                return begun
            start = _accept(answer, job, start)
            version = Version(job.url, answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
            if start:
                version = begun or version
            else:
                forget(job)
                if not answer.packed:  # a part of what the server packs cannot be resumed
                    _note(job, version)
            _receive(answer, job, start, end)
            return version
    except CallError as error:
        raise _failed(error, job) from error


def _failed(error: CallError, job: Job) -> Exception:
    """Return what to raise of a call that failed."""
    if error.failure is Failure.LARGE:
        forget(job)
    passing = error.failure in _PASSING_FAILURES
    said = (_PASSING_FAILURES if passing else _LASTING_FAILURES)[error.failure].format(
        url=job.url[:200],
        host=host_of(job.url),
        to=error.address[:200],
        most_mb=job.max_bytes / 1e6,
        done=format_bytes(job.part.stat().st_size if job.part.exists() else 0),
        minutes=job.limits.max_seconds / 60,
    )
    return _TryAgainError(said) if passing else SourceError(said)


def _begun(job: Job) -> Version | None:
    """Return the version of which a usable part is in hand, `None` where the file is to be taken from its beginning."""
    try:
        version = Version(**json.loads(job.record.read_text(encoding="utf-8")))
        usable = version.url == job.url and version.validator is not None and job.part.stat().st_size > 0
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return version if usable else None


def _conditions(job: Job, begun: Version | None, start: int) -> dict[str, str]:
    """Return the request headers that ask for the rest, or for the file only if it has changed."""
    if begun is not None and begun.validator is not None:
        return {"Range": f"bytes={start}-", "If-Range": begun.validator}
    headers = {}
    if job.known is not None and job.known.url == job.url:
        if job.known.etag:
            headers["If-None-Match"] = job.known.etag
        if job.known.last_modified:
            headers["If-Modified-Since"] = job.known.last_modified
    return headers


def _is_whole(answer: Answer, start: int) -> bool:
    """Tell whether a server that has nothing more to send says so because all of the file is in hand."""
    return answer.status == _RANGE_NOT_SATISFIABLE and answer.headers.get("Content-Range") == f"bytes */{start}"


def _accept(answer: Answer, job: Job, start: int) -> int:
    """Return the byte at which an answer starts; raise where it is not the file."""
    status = answer.status
    if status == _RANGE_NOT_SATISFIABLE and start:
        forget(job)
        reason = "le fichier a changé pendant son téléchargement"
        raise _TryAgainError(reason, 0.0)
    if status in _PASSING:
        reason = f"{host_of(answer.url)} répond {status} ({_MEANINGS.get(status, 'panne passagère')})"
        raise _TryAgainError(reason, _retry_after(answer.headers.get("Retry-After")))
    if status not in {OK, _PARTIAL}:
        msg = f"l'adresse {job.url} répond {status} ({_MEANINGS.get(status, 'réponse inattendue')})."
        raise SourceError(msg)
    if status == OK:
        return 0
    if not start or not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        forget(job)
        reason = "le serveur a envoyé un autre morceau que celui demandé"
        raise _TryAgainError(reason, 0.0)
    return start


def _receive(answer: Answer, job: Job, start: int, end: float) -> None:
    """Append the bytes of an answer to the partial file, within the limits."""
    total = None if answer.length is None else start + answer.length
    done = start
    with _opened(job.part) as stream:
        for block in answer.blocks(job.max_bytes - start, end):
            done += len(block)
            _write(stream, block, job)
            job.progress(done, total)


def _opened(part: Path) -> Any:
    try:
        return part.open("ab")
    except OSError as error:
        raise _unwritable(part) from error


def _write(stream: Any, block: bytes, job: Job) -> None:
    try:
        stream.write(block)
        stream.flush()  # a process that is killed loses nothing of what came
    except OSError as error:
        raise _unwritable(job.part) from error


def _note(job: Job, version: Version) -> None:
    with replacing_file(job.record) as path:
        path.write_text(json.dumps(asdict(version)), encoding="utf-8")


def _retry_after(text: str | None) -> float | None:
    """Return the seconds to wait that a server asks for, as a number or as a date; `None` where it asks for none."""
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - dt.datetime.now(tz=dt.UTC)).total_seconds())


def _given_up(error: _TryAgainError, attempts: int) -> SourceError:
    if error.wait_s:
        return SourceError(f"{error}, et demande d'attendre {error.wait_s:.0f} s. Recommencez plus tard.")
    return SourceError(
        f"{error}, après {agreed(attempts, 'essai(s)')}. Recommencez : le téléchargement reprendra où il s'est arrêté."
    )


def _unwritable(part: Path) -> SourceError:
    return SourceError(f"impossible d'écrire dans « {part.parent} ». Vérifiez l'espace disponible et vos droits.")
