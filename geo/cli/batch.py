"""``maillage batch``: many territories at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli.options import (
    Antennes,
    AsJson,
    Buses,
    CellsFile,
    CommunesFiles,
    Facilities,
    MinShare,
    PlacesColumns,
    PlacesFiles,
    PopulationFile,
    Roads,
    Rule,
    SitesFile,
    TaxOfficesFile,
    TownHallsFile,
    coverage_rule,
    list_name,
    read_place_lists,
)
from geo.cli.output import print_json, print_line
from geo.question import DEFAULT_MIN_SHARE, DEFAULT_THRESHOLD_MIN


def batch(
    departements: Annotated[str, typer.Option(help="Codes séparés par des virgules, ou « all ».")],
    sites: SitesFile,
    communes: CommunesFiles,
    out: Annotated[Path, typer.Option(help="Dossier à écrire, visible de tous les processus de calcul.")],
    roads: Roads = "approximate",
    population: PopulationFile = None,
    cells: CellsFile = None,
    tax_offices: TaxOfficesFile = None,
    town_halls: TownHallsFile = None,
    places: PlacesFiles = None,
    places_columns: PlacesColumns = None,
    profile: Annotated[
        list[str] | None, typer.Option(help="Profil : courant (par défaut) ou fluide ; répétable.")
    ] = None,
    threshold: Annotated[list[float] | None, typer.Option(help="Seuil en minutes (20 par défaut) ; répétable.")] = None,
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
    from geo.batch import Batch, BatchFiles, Question, dask_client, run_batch
    from geo.question import counted_kinds
    from geo.territory.assemble import APPROXIMATE

    files = BatchFiles(
        communes=communes,
        sites=sites,
        roads=None if roads == APPROXIMATE else Path(roads),
        population=population,
        cells=cells,
        tax_offices=tax_offices,
        town_halls=town_halls,
        places=read_place_lists(places or [], places_columns or []),
    )
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
