"""What a server does with connections that ask nothing, too many of them, and what is no HTTP, over real sockets."""

import asyncio
import json
import socket
import threading
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest
import uvicorn

from geo.api.connection import Connection, ProxyConnection

_ASKED = b"GET /health HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"


async def _short(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextmanager
def _served(kind=Connection, app=_short):
    """Serve `app` on a free port; give what opens a connection to it."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    config = uvicorn.Config(app, http=kind, log_config=None, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield lambda: closing(socket.create_connection(listening.getsockname(), timeout=60))
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def _read(one):
    """Read until the server ends the connection."""
    parts = iter(lambda: one.recv(65_536), b"")
    return b"".join(parts)


def _reply(one):
    head, _, body = _read(one).partition(b"\r\n\r\n")
    return int(head.split()[1]), head.lower(), body


def _ask(connect, request=_ASKED):
    with connect() as one:
        one.sendall(request)
        return _reply(one)


def _sentence(reply):
    code, head, body = reply
    assert b"content-type: application/json" in head
    assert b"x-content-type-options: nosniff" in head
    return code, json.loads(body)["erreur"]


@pytest.mark.parametrize("kind", [Connection, ProxyConnection])
def test_those_who_stay_silent_stop_nobody(kind):
    with _served(kind) as connect, ExitStack() as silent:
        opened = [silent.enter_context(connect()) for _ in range(kind.most + 44)]
        assert _ask(connect)[0] == 200
        first, last = opened[0], opened[-1]
        assert _sentence(_reply(first))[0] == 503  # it has made room
        last.sendall(_ASKED)
        assert _read(last).startswith(b"HTTP/1.1 200")


class _Impatient(Connection):
    request_s = 0.2


@pytest.mark.parametrize("began", [b"", b"GET /health HTT", b"GET / HTTP/1.1\r\nHost: here\r\nx: "])
def test_a_request_that_does_not_come_is_not_waited_for(began):
    with _served(_Impatient) as connect:
        code, sentence = _sentence(_ask(connect, began))
        assert code == 408
        assert "n'est pas arrivée à temps" in sentence


def test_neither_is_a_body_that_never_ends():
    with _served(_Impatient) as connect, connect() as one:
        one.sendall(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\nx")
        reply = one.recv(65_536)
        assert reply.startswith(b"HTTP/1.1 200")
        with suppress(ConnectionError):
            while True:
                one.sendall(b"x")


def test_an_answer_that_takes_long_is_waited_for():
    started, end = threading.Semaphore(0), threading.Event()

    async def slow(scope, receive, send):
        started.release()
        await asyncio.to_thread(end.wait)
        await _short(scope, receive, send)

    class Two(_Impatient):
        most_of_one = 2

    with _served(Two, slow) as connect, connect() as one, connect() as other:
        for each in (one, other):
            each.sendall(_ASKED)
            started.acquire()
        code, sentence = _sentence(_ask(connect))
        assert (code, "Réessayez" in sentence) == (503, True)
        end.set()
        assert [_read(each).startswith(b"HTTP/1.1 200") for each in (one, other)] == [True, True]


@pytest.mark.parametrize(
    ("request_", "code", "said"),
    [
        ("GET /nearest?commune=Orthé HTTP/1.1\r\nHost: a\r\n\r\n", 400, "%C3%A9"),
        ("GET /nearest?commune=Saint Palais HTTP/1.1\r\nHost: a\r\n\r\n", 400, "%20"),
        ("bonjour\r\n\r\n", 400, "HTTP"),
        ("GET / HTTP/1.1\r\nHost: a\r\nx: " + "y" * 5_000_000, 431, "16 000"),
        ("GET / HTTP/1.1\r\nHost: a\r\n" + "x: y\r\n" * 20_000, 431, "16 000"),
    ],
    ids=["accent", "space", "none", "long", "many"],
)
def test_what_is_no_request_is_one_french_sentence(request_, code, said):
    with _served() as connect:
        found, sentence = _sentence(_ask(connect, request_.encode()))
        assert (found, said in sentence) == (code, True)
