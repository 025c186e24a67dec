"""``maillage app``: the app, served by this installation."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Annotated, Final

import typer

from geo.cli.extras import require
from geo.cli.options import TerritoryFolder

#: Two arenas of memory are enough for the threads of visitors: more of them only hold what is freed.
_ENVIRONMENT: Final = {"MALLOC_ARENA_MAX": "2"}


def app(
    folder: TerritoryFolder = None,
    port: Annotated[int, typer.Option(help="Port où servir l'application.", min=1, max=65535)] = 8501,
    address: Annotated[
        str, typer.Option(help="Adresse où écouter ; 0.0.0.0 : toutes, derrière un serveur mandataire.")
    ] = "127.0.0.1",
    base_path: Annotated[str, typer.Option(help="Chemin sous lequel un serveur mandataire la publie.")] = "",
) -> None:
    """Serve the app until it is stopped; screens are another program, which Streamlit runs."""
    require("streamlit")
    served = [sys.executable, "-m", "geo.ui.serve", "--server.address", address, "--server.port", str(port)]
    served += ["--server.headless", "true"]
    if base_path:
        served += ["--server.baseUrlPath", base_path.strip("/")]
    if folder is not None:
        served += ["--", str(folder)]
    sys.stdout.flush()
    status = subprocess.run(served, env=_ENVIRONMENT | os.environ, check=False).returncode  # noqa: S603 - our own module
    if status:
        raise typer.Exit(status if status > 0 else 128 - status)
