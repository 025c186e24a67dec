"""``maillage batch``: many territories at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.official_files import with_official_files
from geo.cli.options import Antennes, AsJson, Buses, Facilities, MinShare, Rule, coverage_rule, list_name
from geo.cli.output import print_json, print_line
from geo.question import DEFAULT_MIN_SHARE, DEFAULT_THRESHOLD_MIN

if TYPE_CHECKING:
    from geo.territory.files import OfficialFiles


@with_official_files
def batch(
    departements: Annotated[str, typer.Option(help="Codes séparés par des virgules, ou « all ».")],
    out: Annotated[Path, typer.Option(help="Dossier à écrire, visible de tous les processus de calcul.")],
    files: OfficialFiles,
    profile: Annotated[
        list[str] | None, typer.Option(help="Profil : courant (par défaut) ou fluide ; répétable.")
    ] = None,
    threshold: Annotated[
        list[float] | None, typer.Option(help=f"Seuil en minutes ({DEFAULT_THRESHOLD_MIN:g} par défaut) ; répétable.")
    ] = None,
    facilities: Facilities = "sites",
    rule: Rule = "mean-time",
    min_share: MinShare = DEFAULT_MIN_SHARE,
    buses: Buses = False,
    antennes: Antennes = True,
    workers: Annotated[int | None, typer.Option(help="Processus sur cette machine ; un par cœur par défaut.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Adresse d'un ordonnanceur Dask : tcp://machine:8786.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure many territories and write each as ``diagnose`` does."""
    from geo.batch import Batch, Question, dask_client, run_batch
    from geo.question import counted_kinds

    question = Question(
        thresholds_min=threshold or [DEFAULT_THRESHOLD_MIN],
        facilities=list_name(facilities),
        rule=coverage_rule(rule, min_share),
        kinds=counted_kinds(buses=buses, antennes=antennes),
    )
    codes = None if departements == "all" else [code.strip() for code in departements.split(",")]
    asked = Batch(codes, files, question, profile or ["courant"])
    with dask_client(scheduler, workers) as client:
        result = run_batch(client, asked, out)
    if as_json:
        print_json(result.to_dict())
    else:
        print_line(f"{len(result.summaries)} diagnostic(s) dans {out}, réunis dans departements.csv et batch.json.")
    result.raise_failures()
