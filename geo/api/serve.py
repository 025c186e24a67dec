"""The API, served once it is ready: ``python -m geo.api.serve``, which ``maillage api`` starts."""

from __future__ import annotations

import argparse
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.middleware.cors import CORSMiddleware

from geo.api.app import make_app
from geo.api.connection import Connection, ProxyConnection
from geo.api.gate import Gate
from geo.api.rate import RateLimiter
from geo.api.service import Service
from geo.errors import MaillageError, ParameterError
from geo.french import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.types import ASGIApp


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m geo.api.serve", allow_abbrev=False)
    parser.add_argument("territory", nargs="?")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8502)
    parser.add_argument("--plan", type=Path)
    parser.add_argument("--per-minute", type=int, default=120)
    parser.add_argument("--behind-proxy", action="store_true")
    parser.add_argument("--origin", action="append", default=[])
    return parser.parse_args(arguments)


def application(
    service: Service, limiter: RateLimiter, *, behind_proxy: bool = False, origins: Sequence[str] = ()
) -> ASGIApp:
    """Return what is served: the addresses behind their gate.

    `behind_proxy`: As for `Gate`. `origins`: Web sites whose pages may ask from a visitor's browser; ``"*"``: all.
    """
    gate = Gate(make_app(service), limiter, behind_proxy=behind_proxy)
    return CORSMiddleware(gate, allow_origins=origins, allow_methods=["GET", "HEAD"]) if origins else gate


def main(arguments: Sequence[str]) -> None:
    """Load, answer once, then serve until stopped.

    Raises
    ------
    MaillageError
        There is no such territory or plan, or the address is taken.
    """
    options = _options(arguments)
    config = uvicorn.Config(
        "",  # nothing yet: better said before the territory is loaded than after that the port is taken
        host=options.address,
        port=options.port,
        log_config=None,
        log_level="critical",
        access_log=False,  # it would hold who asked for what
        proxy_headers=False,  # the gate reads them where it is told to
        server_header=False,
        ws="none",
        http=ProxyConnection if options.behind_proxy else Connection,
        backlog=Connection.most,
    )
    with _port_is_free(options):
        config.bind_socket().close()
    service = Service.load(options.territory, options.plan)
    service.warm_up()
    limiter = RateLimiter(options.per_minute)
    config.app = application(service, limiter, behind_proxy=options.behind_proxy, origins=options.origin)
    sys.stderr.write(f"{service.territory.name} : http://{options.address}:{options.port}/\n")
    sys.stderr.flush()
    with _port_is_free(options):
        uvicorn.Server(config).run()


@contextmanager
def _port_is_free(options: argparse.Namespace) -> Iterator[None]:
    """Say in French that an address cannot be listened to; uvicorn only ends."""
    try:
        yield
    except SystemExit as error:
        msg = (
            f"Le port {options.port} de « {options.address} » ne peut pas être ouvert : il est pris, ou l'adresse "
            f"n'est pas de cette machine. Donnez-en un autre avec --port ou --address."
        )
        raise ParameterError(msg) from error


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except MaillageError as error:
        sys.stderr.write(f"{' '.join(visible(str(error)).split())}\n")
        sys.exit(2)
