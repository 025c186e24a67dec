"""An ASGI application asked without a network: one request, its whole answer."""

import asyncio
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """What came back: `status`, `headers` (names in lower case) and `body`."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self):
        """Return the body read as JSON, NaN and infinities refused."""
        return json.loads(self.body, parse_constant=lambda _: 1 / 0)

    @property
    def sentence(self) -> str:
        """The French sentence of a failure."""
        return self.json()["erreur"]


def ask(app, target, method="GET", *, headers=(), client="192.0.2.1") -> Reply:
    """Ask an application for `target`, path and query as they stand in the request."""
    path, _, query = target.partition("?")
    messages = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        messages.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "client": (client, 50_000),
        "server": ("127.0.0.1", 8502),
    }
    asyncio.run(app(scope, receive, send))
    start, *parts = messages
    named = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], named, b"".join(part.get("body", b"") for part in parts))
