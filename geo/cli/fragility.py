"""``maillage fragility``: what hangs on each site, or what closing many of them leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli.options import Antennes, AsJson, Buses, TerritoryFolder, Threshold, load_territory
from geo.cli.output import integer, print_json, print_line
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
    from geo.french import format_minutes
    from geo.question import counted_kinds
    from geo.report.planning_sentences import closure_sentences, fragility_sentences
    from geo.report.scenario_files import write_closure, write_fragility
    from geo.report.tables import with_origin
    from geo.siting.closure import close_sites
    from geo.siting.fragility import fragility as measure

    kinds = counted_kinds(buses=buses, antennes=antennes)
    closed = None if close is None else _closed(close)
    territory = load_territory(folder)
    names: tuple[str, ...] = ()
    if closed is not None:
        bearer, kind = closed
        closure = close_sites(territory, (threshold,), bearer=bearer, kind=kind, kinds=kinds)
        names = () if out is None else write_closure(territory, closure, out)
        figures, sentences = closure.to_dict(), closure_sentences(closure)
    else:
        found = measure(territory, threshold, kinds=kinds)
        names = () if out is None else write_fragility(territory, found, out)
        sites = found.sites.drop(columns=["kind", "bearer"]).round(2)
        figures = found.to_dict() | {"by_site": sites.astype(object).where(sites.notna(), None).to_dict("records")}
        sentences = fragility_sentences(found) + [
            f"  - {site['name']} : {integer(site['residents_passing'])} habitant(s) passeraient le seuil, "
            f"{format_minutes(site['added_min'])} de plus pour les {integer(site['residents_nearest'])} "
            f"dont c'est le site le plus proche"
            for site in found.sites.head(_SITES_SHOWN).to_dict("records")
            if site["residents_nearest"] > 0
        ]
    if as_json:
        print_json(with_origin(territory, figures))
        return
    print_line(f"{territory.name} :")
    for sentence in sentences:
        print_line(sentence)
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
