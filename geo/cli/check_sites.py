"""``maillage check-sites``: what is wrong in the official list of sites."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli.options import AsJson
from geo.cli.output import print_each, print_json, print_line


def check_sites(
    sites: Annotated[Path, typer.Argument(metavar="FILE", help="Liste des France services (CSV de l'ANCT).")],
    communes: Annotated[
        list[Path] | None, typer.Option(help="Contours des communes, pour comparer les positions ; répétable.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire qualite.txt, .csv et .json.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print what is wrong in the list; faults found are no failure of the command."""
    from geo.report.site_quality import quality_text, write_quality
    from geo.sources.site_quality import check_sites as check

    quality = check(sites, communes=communes or [])
    if out is not None:
        write_quality(quality, out)
    if as_json:
        print_json(quality.to_dict())
        return
    print_each(quality_text(quality))
    if out is not None:
        print_line(f"Fichiers écrits dans {out} : qualite.txt, qualite.csv, qualite.json.")
