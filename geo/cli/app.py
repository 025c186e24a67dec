"""``maillage app``: the app, served by this installation."""

from __future__ import annotations

from typing import Annotated

import typer

from geo.cli.options import TerritoryFolder
from geo.cli.served import run_server
from geo.report.extras import require


def app(
    folder: TerritoryFolder = None,
    port: Annotated[int, typer.Option(help="Port où servir l'application.", min=1, max=65535)] = 8501,
    address: Annotated[
        str, typer.Option(help="Adresse où écouter ; 0.0.0.0 : toutes, derrière un serveur mandataire.")
    ] = "127.0.0.1",
    base_path: Annotated[str, typer.Option(help="Chemin sous lequel un serveur mandataire la publie.")] = "",
) -> None:
    """Serve the app until it is stopped; screens are another program, which Streamlit runs."""
    require("app", "report")
    served = ["geo.ui.serve", "--server.address", address, "--server.port", str(port)]
    served += ["--server.headless", "true"]
    path = base_path.strip("/")
    if path:
        served += ["--server.baseUrlPath", path]
    if folder is not None:
        served += ["--", str(folder)]
    typer.echo(
        f"Préparation de l'application (une minute à la première fois), puis à ouvrir dans un navigateur : "
        f"http://{address}:{port}/{path}. Ctrl+C l'arrête."
    )
    run_server(served)
