"""``maillage fragility``: what depends on each site, or what closing many of them leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli.options import Antennes, AsJson, Buses, TerritoryFolder, Threshold, load_territory
from geo.cli.output import print_answer, print_json, print_line
from geo.errors import ParameterError
from geo.question import DEFAULT_THRESHOLD_MIN

_SITES_SHOWN = 10


def fragility(
    folder: TerritoryFolder = None,
    threshold: Threshold = DEFAULT_THRESHOLD_MIN,
    close: Annotated[
        str | None,
        typer.Option(help="Fermer d'un coup : all, bearer=La Poste, ou kind=main, antenne ou bus.", metavar="QUOI"),
    ] = None,
    buses: Buses = False,
    antennes: Antennes = True,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire les tables.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure what closing sites would do."""
    from geo.answers.fragility import closure_answer, fragility_answer, site_sentences
    from geo.question import counted_kinds
    from geo.report.scenario_files import fragility_content, write_closure, write_fragility
    from geo.report.tables import with_origin
    from geo.siting.closure import close_sites
    from geo.siting.fragility import fragility as measure

    kinds = counted_kinds(buses=buses, antennes=antennes)
    closed = None if close is None else _closed(close)
    territory = load_territory(folder)
    names: tuple[str, ...] = ()
    sites: list[str] = []
    if closed is not None:
        closure = close_sites(territory, (threshold,), bearer=closed[0], kind=closed[1], kinds=kinds)
        names = () if out is None else write_closure(territory, closure, out)
        part, content, answer = closure.comparison.part, closure.to_dict(), closure_answer(closure)
    else:
        found = measure(territory, threshold, kinds=kinds)
        names = () if out is None else write_fragility(territory, found, out)
        part, content, answer = found.part, fragility_content(found), fragility_answer(found)
        sites = site_sentences(found, _SITES_SHOWN)
    if as_json:
        print_json(with_origin(territory, content))
        return
    print_answer(territory.name, answer, part)
    for sentence in sites:
        print_line(f"  - {sentence}")
    if names:
        print_line(f"Fichiers écrits dans {out} : {', '.join(names)}.")


def _closed(close: str) -> tuple[str | None, str | None]:
    """Return the bearer and the kind that ``--close`` names, `None` for all."""
    key, _, value = close.partition("=")
    if close == "all":
        return None, None
    if key not in {"bearer", "kind"} or not value:
        msg = f"--close « {close} » refusé. Attendu : all, bearer=La Poste, kind=main, kind=antenne ou kind=bus."
        raise ParameterError(msg)
    return (value, None) if key == "bearer" else (None, value)
