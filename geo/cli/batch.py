"""``maillage batch``: many territories at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.official_files import official_files
from geo.cli.options import AsJson, asked_question, some, with_options
from geo.cli.output import print_json, print_line
from geo.french import agreed
from geo.question import DEFAULT_THRESHOLD_MIN

if TYPE_CHECKING:
    from geo.question import Question
    from geo.territory.files import OfficialFiles


@with_options(
    files=official_files, question=some(asked_question, "facilities", "rule", "min_share", "buses", "antennes")
)
def batch(
    departements: Annotated[str, typer.Option(help="Codes séparés par des virgules, ou « all ».")],
    out: Annotated[Path, typer.Option(help="Dossier à écrire, visible de tous les processus de calcul.")],
    files: OfficialFiles,
    question: Question,
    profile: Annotated[
        list[str] | None, typer.Option(help="Profil : courant (par défaut) ou fluide ; répétable.")
    ] = None,
    threshold: Annotated[
        list[float] | None, typer.Option(help=f"Seuil en minutes ({DEFAULT_THRESHOLD_MIN:g} par défaut) ; répétable.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processus sur cette machine ; un par cœur par défaut.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Adresse d'un ordonnanceur Dask : tcp://machine:8786.")] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Mesurer aussi ce qui l'a déjà été avec les mêmes fichiers et la même question."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure many territories and write each as ``diagnose`` does."""
    from geo.batch import Batch, dask_client, run_batch
    from geo.network.speeds import DEFAULT_PROFILE

    codes = None if departements == "all" else [code.strip() for code in departements.split(",")]
    asked = Batch(codes, files, question, threshold or (), profile or (DEFAULT_PROFILE,))
    with dask_client(scheduler, workers) as client:
        result = run_batch(client, asked, out, again=again)
    if as_json:
        print_json(result.to_dict())
    else:
        print_line(
            f"{agreed(len(result.summaries), 'diagnostic(s)')} dans {out}, réunis dans departements.csv et batch.json."
        )
    result.raise_failures()
