"""The one way in which this project calls the network: bounded in time and in bytes, and no redirection unless asked.

Python's own client is used because it writes what it asks in no log, whatever their level: what a visitor typed goes to
the host that is asked, and nowhere else.
"""

from __future__ import annotations

import http.client
import ssl
import string
import threading
import time
import urllib.error
import urllib.request
import zlib
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote, urlencode, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from email.message import Message

_Result = TypeVar("_Result")

OK: Final = 200
_BLOCK_BYTES: Final = 1 << 18
_REDIRECTIONS: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS: Final = {"User-Agent": "maillage (France services coverage)", "Accept-Encoding": "identity"}
#: Lets zlib tell by itself the two ways of packing that servers have.
_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32


class Failure(Enum):
    """Why a call did not give what was asked."""

    ADDRESS = "not an address http or https"
    ELSEWHERE = "redirected to what is not such an address"
    UNSAFE = "redirected from https to http"
    ENDLESS = "redirected too often"
    CERTIFICATE = "the host does not prove that it is the one asked"
    UNREACHABLE = "no answer"
    SILENT = "nothing said for too long"
    SLOW = "too long as a whole"
    CUT = "ended before its end, or packed in a way that cannot be read"
    LARGE = "too many bytes"


class CallError(Exception):
    """A call that did not give what was asked: the caller says so in French.

    `address`: where a redirection led, empty without one.
    """

    def __init__(self, failure: Failure, address: str = "") -> None:
        """Keep why."""
        super().__init__(failure.value)
        self.failure, self.address = failure, address


def host_of(address: str) -> str | None:
    """Return the host of an address http or https, `None` for anything else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None


def address_from(here: str, written: str) -> str:
    """Return an address that is written in what came from another one: whole, or as the way from there.

    Examples
    --------
    >>> address_from("https://host/api/list", "/files/a.zip"), address_from("https://host/api/list", "http://b/a.zip")
    ('https://host/files/a.zip', 'http://b/a.zip')
    """
    try:
        return urljoin(here, written)
    except ValueError:  # brackets that hold no address: who calls it says so
        return written


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """What a host answers, whatever its status.

    `url`: where the last redirection led; `length`: how many bytes it announces, `None` where it does not say or packs
    them on the way (`packed`).
    """

    url: str
    status: int
    headers: Message
    length: int | None
    packed: bool
    _response: http.client.HTTPResponse

    def blocks(self, most_bytes: int, end: float) -> Iterator[bytes]:
        """Give the bytes as they come, unpacked.

        `most_bytes`: More are not taken. `end`: When to stop, on the clock `time.monotonic`; what came until then has
        been given.

        Raises
        ------
        CallError
            Too large, slow, silent or cut.
        """
        if self.length is not None and self.length > most_bytes:
            raise CallError(Failure.LARGE)
        came = 0
        for block in _unpacked(self._received()) if self.packed else self._received():
            came += len(block)
            if came > most_bytes:
                raise CallError(Failure.LARGE)
            yield block
            if came == self.length:
                return
            if time.monotonic() > end:
                raise CallError(Failure.SLOW)
        if self.length:
            raise CallError(Failure.CUT)

    def _received(self) -> Iterator[bytes]:
        try:
            # read1 hands over what has come: a host that drips would hold a read of a whole block for hours.
            while block := self._response.read1(_BLOCK_BYTES):
                yield block
        except TimeoutError as error:
            raise CallError(Failure.SILENT) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise CallError(Failure.CUT) from error


@contextmanager
def answer_to(
    url: str, *, silence_s: float, headers: Mapping[str, str] | None = None, redirections: int = 0
) -> Iterator[Answer]:
    """Ask for what is at an address; a context whose value is the answer.

    `url`: Nothing but http and https is called. `redirections`: How many are followed, from https to https only; 0: one
    is an answer like another.

    Raises
    ------
    CallError
        There is no answer; in the context, what `Answer.blocks` raises.
    """
    secure = url.startswith("https:")
    if host_of(url) is None:
        raise CallError(Failure.ADDRESS)
    for _ in range(redirections + 1):
        with _response(url, {**_HEADERS, **(headers or {})}, silence_s) as response:
            moved = redirections and response.status in _REDIRECTIONS
            to = response.headers.get("Location") if moved else None
            if to is None:
                packed = response.headers.get("Content-Encoding", "identity") != "identity"
                length = None if packed else response.length
                yield Answer(url, response.status, response.headers, length, packed, response)
                return
        url = quote(urljoin(url, to), safe=string.punctuation, encoding="latin-1")
        if host_of(url) is None:
            raise CallError(Failure.ELSEWHERE, url)
        if secure and not url.startswith("https:"):
            raise CallError(Failure.UNSAFE, url)
    raise CallError(Failure.ENDLESS)


def whole_answer(
    url: str, query: Mapping[str, str], *, accept: str, within_s: float, most_bytes: int
) -> tuple[int, bytes] | Failure:
    """Return the status of an answer, and its bytes where that is 200; or why there is none, which holds no address.

    Comes back when the time is over whatever the host does: its name may take minutes to be resolved, and nothing can
    stop that.
    """

    def ask() -> tuple[int, bytes]:
        end = time.monotonic() + within_s
        with answer_to(f"{url}?{urlencode(query)}", silence_s=within_s, headers={"Accept": accept}) as answer:
            return answer.status, b"".join(answer.blocks(most_bytes, end)) if answer.status == OK else b""

    try:
        return apart(ask).result(within_s)
    except CallError as error:
        return error.failure
    except TimeoutError:
        return Failure.SLOW


def apart(work: Callable[[], _Result]) -> Future[_Result]:
    """Call the network from a thread for which the end of the process does not wait."""
    future: Future[_Result] = Future()
    future.set_running_or_notify_cancel()  # it begins at once: nobody can have it forgotten

    def run() -> None:
        try:
            future.set_result(work())
        except Exception as error:  # noqa: BLE001 - raised again where the result is asked for
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def _response(url: str, headers: Mapping[str, str], silence_s: float) -> http.client.HTTPResponse:
    """Return an answer with its status, which is no error here and leads nowhere else."""
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler()):
        opener.add_handler(handler)
    try:
        found: http.client.HTTPResponse = opener.open(
            urllib.request.Request(url, headers=dict(headers)),  # noqa: S310 - http(s) was checked
            timeout=silence_s,
        )
    except OSError as error:
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise CallError(Failure.CERTIFICATE) from error
        raise CallError(Failure.SILENT if isinstance(cause, TimeoutError) else Failure.UNREACHABLE) from error
    except (http.client.InvalidURL, ValueError) as error:  # the name of a host that cannot be one
        raise CallError(Failure.ADDRESS) from error
    except http.client.HTTPException as error:
        raise CallError(Failure.UNREACHABLE) from error
    return found


def _unpacked(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Give unpacked bytes, block by block however well they were packed."""
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        for block in blocks:
            rest = block
            while rest:
                if unpacker.eof:  # several archives, one after the other, are one
                    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
                yield unpacker.decompress(rest, _BLOCK_BYTES)
                rest = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error as error:
        raise CallError(Failure.CUT) from error
    if not unpacker.eof:
        raise CallError(Failure.CUT)
