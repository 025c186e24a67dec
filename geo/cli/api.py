"""``maillage api``: the answers over HTTP, for other programs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from geo.cli.options import TerritoryFolder
from geo.cli.served import run_server
from geo.errors import ParameterError
from geo.report.extras import require


def api(
    folder: TerritoryFolder = None,
    address: Annotated[
        str, typer.Option(help="Adresse où écouter ; 0.0.0.0 : toutes, derrière un serveur mandataire.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port où écouter.", min=1, max=65535)] = 8502,
    plan: Annotated[
        Path | None, typer.Option(help="Plan à publier : dossier écrit par « plan --out », ou son plan.json.")
    ] = None,
    per_minute: Annotated[int, typer.Option(help="Demandes par minute et par adresse.", min=1, max=100_000)] = 120,
    behind_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-proxy",
            help="Compter les demandes par la dernière adresse de X-Forwarded-For, qu'écrit le serveur mandataire.",
        ),
    ] = False,
    origin: Annotated[
        list[str] | None,
        typer.Option(help="Site dont les pages peuvent demander (CORS), https://… ; * : tous ; répétable."),
    ] = None,
) -> None:
    """Answer over HTTP until stopped; the server is another program, which knows nothing of this one."""
    require("api")
    for each in origin or ():
        if not re.fullmatch(r"\*|https?://[^/\s]+", each):
            msg = f"--origin : « {each} » n'est pas un site. Donnez https:// et son nom, sans rien derrière, ou *."
            raise ParameterError(msg)
    served = ["geo.api.serve", "--address", address, "--port", str(port), "--per-minute", str(per_minute)]
    if plan is not None:
        served += ["--plan", str(plan)]
    served += ["--behind-proxy"] if behind_proxy else []
    served += [f"--origin={each}" for each in origin or ()]
    if folder is not None:
        served += ["--", str(folder)]
    run_server(served)
