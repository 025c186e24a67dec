"""The checks that every request passes first: its form and its rate; any failure becomes one French sentence."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Final

from starlette import status

from geo.french import format_integer, visible

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from geo.api.rate import RateLimiter

_METHODS: Final = "GET, HEAD, OPTIONS"
#: Bytes of path and query, at most.
_LONGEST: Final = 16_000
#: What is said of an error that nobody expected.
FAILED: Final = "Le serveur n'a pas pu répondre. Réessayez plus tard."
#: Asked often by whoever watches over the server: it is not counted.
_UNCOUNTED: Final = "/health"
#: What every answer has, besides its own.
HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
)

_log = logging.getLogger(__name__)


def problem(sentence: str, **more: object) -> bytes:
    r"""Return a failure as JSON: its French sentence on one line, and the fields of `more`.

    Examples
    --------
    >>> problem("Trop\x00tard.").decode()
    '{"erreur": "Trop tard."}'
    """
    return encoded({"erreur": " ".join(visible(sentence).split())} | more)


def encoded(value: object) -> bytes:
    """Return plain values as JSON in UTF-8; NaN is refused, half a character becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=str).encode("utf-8", "replace")


class Gate:
    """An ASGI application in front of another one.

    It answers what is no question itself: another method than GET, HEAD and OPTIONS, an address that is too long, too
    many requests of one visitor. HEAD is GET without its body. An error that nobody expected becomes a sentence; its
    type and place alone are logged, never what was asked or by whom.

    Parameters
    ----------
    app
        What answers.
    limiter
        How often a visitor may ask.
    behind_proxy
        Whether the last address of ``X-Forwarded-For`` is the visitor's: only where a proxy that writes it is the only
        one that can reach this server.
    """

    def __init__(self, app: ASGIApp, limiter: RateLimiter, *, behind_proxy: bool = False) -> None:
        """Put the gate in front of `app`."""
        self._app = app
        self._limiter = limiter
        self._behind_proxy = behind_proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, started = scope["method"], False

        async def reply(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message["headers"], *HEADERS]}
            elif method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        refused, body, headers = self._refused(scope)
        if refused is not None:
            await _answer(reply, refused, body, headers)
            return
        try:
            await self._app({**scope, "method": "GET"} if method == "HEAD" else scope, receive, reply)
        except Exception as error:  # noqa: BLE001 - whatever it is: it must reach neither the visitor nor a log
            _log.error("A request failed: %s", _where(error))
            if not started:
                await _answer(reply, status.HTTP_500_INTERNAL_SERVER_ERROR, problem(FAILED))

    def _refused(self, scope: Scope) -> tuple[int | None, bytes, dict[str, str]]:
        """Return what to answer at once: status, `None` where the question may be asked; body; headers."""
        if scope["path"] != _UNCOUNTED and (wait := self._limiter.wait_s(self._visitor(scope))):
            sentence = f"Trop de demandes de votre adresse. Réessayez dans {wait} s."
            return status.HTTP_429_TOO_MANY_REQUESTS, problem(sentence), {"retry-after": str(wait)}
        if scope["method"] == "OPTIONS":
            return status.HTTP_204_NO_CONTENT, b"", {"allow": _METHODS}
        if scope["method"] not in _METHODS.split(", "):
            sentence = f"Cette interface ne fait que répondre : {_METHODS} sont acceptés."
            return status.HTTP_405_METHOD_NOT_ALLOWED, problem(sentence), {"allow": _METHODS}
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > _LONGEST:
            most = format_integer(_LONGEST)
            sentence = f"Adresse trop longue : au plus {most} caractères sont attendus. Raccourcissez la demande."
            return status.HTTP_422_UNPROCESSABLE_CONTENT, problem(sentence), {}
        return None, b"", {}

    def _visitor(self, scope: Scope) -> str:
        """Return the address of who asks."""
        if self._behind_proxy:
            told = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
            if told:
                return str(told[-1].decode("latin-1").rpartition(",")[2])
        client = scope.get("client")
        return client[0] if client else ""


async def _answer(send: Any, code: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    """Send a whole answer."""
    kind = {"content-type": "application/json", "content-length": str(len(body))} if body else {}
    pairs = [(name.encode(), value.encode()) for name, value in (kind | (headers or {})).items()]
    await send({"type": "http.response.start", "status": code, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


def _where(error: BaseException) -> str:
    """Return the type of an error and the line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    return f"{type(error).__name__}{place}"
