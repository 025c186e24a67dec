"""Limits on connections: how many at once, how long one may be silent, and the refusal of what is not HTTP."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, ClassVar, Final

import h11
from starlette import status
from uvicorn.protocols.http.h11_impl import H11Protocol

from geo.api.gate import HEADERS, problem
from geo.api.rate import visitor

if TYPE_CHECKING:
    import asyncio

_BUSY: Final = "Trop de demandes sont en cours ici. Réessayez dans quelques secondes."
_SLOW: Final = "La demande n'est pas arrivée à temps : envoyez-la en entier dès que la connexion est ouverte."
_TOO_LONG: Final = "Adresse ou en-têtes trop longs : au plus 16 000 octets sont attendus en tout. Raccourcissez-les."
_NO_HTTP: Final = (
    "Demande mal formée : une demande HTTP est attendue. Dans l'adresse, encodez les accents et les espaces "
    "(é : %C3%A9 ; espace : %20)."
)


class Connection(H11Protocol):
    """A connection as uvicorn reads it, with limits of its own, and French sentences as JSON where it is refused.

    Where a visitor has too many connections open, or all have, the one that has been silent for longest makes room for
    the next; where all of them are being answered, the next is told so (503). An address of IPv6 counts as its network.

    Attributes
    ----------
    most
        Connections that are open at once.
    most_of_one
        Those of one address.
    request_s
        Seconds in which a whole request must have come, from the opening of the connection or its first byte.
    last_words_s
        Seconds that are left to whoever is refused to read why.
    """

    most: ClassVar[int] = 256
    most_of_one: ClassVar[int] = 32
    request_s: ClassVar[float] = 10.0
    last_words_s: ClassVar[float] = 2.0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Remember that nothing has come yet."""
        super().__init__(*arguments, **options)
        self._refused = self._over = False
        self._timer: asyncio.TimerHandle | None = None
        self._whose = ""
        self._silent_since = self.loop.time()

    @property
    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Over a limit, close the connection that is silent longest, else refuse this one."""
        super().connection_made(transport)
        self._whose = visitor(self.client[0]) if self.client else ""
        everyone = [each for each in self.connections if isinstance(each, Connection) and each is not self]
        rivals = [each for each in everyone if each._whose == self._whose]  # noqa: SLF001 - of its own kind
        if len(rivals) >= self.most_of_one or len(everyone) >= self.most:
            silent = [each for each in (rivals if len(rivals) >= self.most_of_one else everyone) if not each._is_busy]  # noqa: SLF001
            if silent:
                min(silent, key=lambda each: each._silent_since).give_up()  # noqa: SLF001
            else:
                self._refused = True
        self._wait()

    def give_up(self) -> None:
        """Say why, and close at once: who asked at the very same moment reads it."""
        self.connections.discard(self)
        self._over = True
        self._stop_waiting()
        self._say(status.HTTP_503_SERVICE_UNAVAILABLE, _BUSY)
        self.transport.abort()

    def on_response_complete(self) -> None:
        """Note since when the connection is silent."""
        self._silent_since = self.loop.time()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer of the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came, unless the connection is refused."""
        if self._over:
            return
        if self._refused:
            self._end(status.HTTP_503_SERVICE_UNAVAILABLE, _BUSY)
            return
        super().data_received(data)
        if self._over:
            return
        if self._is_busy:
            self._stop_waiting()
        elif self._timer is None:
            self._wait()

    def send_400_response(self, msg: str) -> None:
        """Say in French why what came is no request; `msg` says it in English."""
        del msg
        too_long = getattr(sys.exc_info()[1], "error_status_hint", 0) == status.HTTP_431_REQUEST_HEADER_FIELDS_TOO_LARGE
        if too_long:
            self._end(status.HTTP_431_REQUEST_HEADER_FIELDS_TOO_LARGE, _TOO_LONG)
        else:
            self._end(status.HTTP_400_BAD_REQUEST, _NO_HTTP)

    def _wait(self) -> None:
        self._timer = self.loop.call_later(self.request_s, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if not self._is_busy:
            self._end(status.HTTP_408_REQUEST_TIMEOUT, _SLOW)

    def _end(self, code: int, sentence: str) -> None:
        """Answer a sentence, then read nothing more and close."""
        self._over = True
        self._stop_waiting()
        if self.transport.is_closing():
            return
        if not self._say(code, sentence):  # it was answered, and sends on
            self.transport.close()
            return
        if self.transport.can_write_eof():
            self.transport.write_eof()
        # Closed while more comes in, a connection is reset, and what was said is lost.
        self.loop.call_later(self.last_words_s, self.transport.abort)

    def _say(self, code: int, sentence: str) -> bool:
        """Answer a sentence as the last one; return whether an answer was still due."""
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            return False
        body = problem(sentence)
        told = {b"content-type": b"application/json", b"content-length": str(len(body)).encode()}
        headers = [*told.items(), *HEADERS, (b"connection", b"close")]
        parts = (h11.Response(status_code=code, headers=headers), h11.Data(data=body), h11.EndOfMessage())
        self.transport.write(b"".join(self.conn.send(part) or b"" for part in parts))
        return True


class ProxyConnection(Connection):
    """A connection of the one proxy in front: all visitors have its address."""

    most_of_one: ClassVar[int] = Connection.most
