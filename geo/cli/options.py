"""Options that several commands share, and what they mean."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.errors import ParameterError

if TYPE_CHECKING:
    from geo.question import CoverageRule
    from geo.territory import Territory

TerritoryFolder = Annotated[
    Path | None,
    typer.Argument(
        metavar="[TERRITOIRE]",
        help="Code d'un département (64), numéro SIREN ou nom d'une intercommunalité, ou dossier écrit par « build » ; "
        "sans lui, toute la France.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="N'écrit que du JSON sur la sortie standard.")]
PopulationFile = Annotated[Path | None, typer.Option(help="Populations légales (INSEE, PMUN).")]
Threshold = Annotated[float, typer.Option(help="Seuil en minutes.")]
Profile = Annotated[str, typer.Option(help="Profil de vitesse : courant ou fluide.")]
Rule = Annotated[str, typer.Option(help="mean-time (temps moyen) ou share (part des habitants).")]
MinShare = Annotated[float, typer.Option(help="Part minimale des habitants, pour la règle share.")]
Buses = Annotated[bool, typer.Option("--bus/--no-bus", help="Compter les bus à leur point d'attache.")]
Antennes = Annotated[bool, typer.Option("--antennes/--no-antennes", help="Compter les antennes.")]
Facilities = Annotated[str, typer.Option(help="sites, tax-offices, ou le nom d'une autre liste de lieux.")]

Day = Annotated[str | None, typer.Option(help="Date à écrire, AAAA-MM-JJ ; celle du jour sinon.")]


def load_territory(folder: Path | None) -> Territory:
    """Return the territory that a command names: a folder or a view of the embedded France, all of it for `None`."""
    from geo.territory import Territory

    return Territory.load(folder)


def coverage_rule(kind: str, min_share: float) -> CoverageRule:
    """Return the rule that ``--rule`` and ``--min-share`` name; raise `ParameterError` where there is none."""
    from geo.question import CoverageRule

    return CoverageRule(kind.replace("-", "_"), min_share)  # type: ignore[arg-type] # unknown: refused in French


def list_name(option: str) -> str:
    """Return the name of a facility list as the package writes it."""
    return "tax_offices" if option == "tax-offices" else option


def chosen_day(text: str | None) -> dt.date:
    """Return the date given as AAAA-MM-JJ, today for `None`."""
    if text is None:
        return dt.datetime.now().astimezone().date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        msg = f"Date « {text} » refusée : une date AAAA-MM-JJ est attendue, par exemple 2026-11-22."
        raise ParameterError(msg) from error
