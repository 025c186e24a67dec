"""Options that several commands share, and what they mean."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.question import CoverageRule
    from geo.sources.provenance import SourceTable
    from geo.territory import Territory

TerritoryFolder = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="Territoire écrit par « build » ; sans lui, les Pyrénées-Atlantiques."),
]
AsJson = Annotated[bool, typer.Option("--json", help="N'écrit que du JSON sur la sortie standard.")]
SitesFile = Annotated[Path, typer.Option(help="Liste des France services (CSV de l'ANCT).")]
CommunesFiles = Annotated[list[Path], typer.Option(help="Contours des communes ; répétable pour les voisins.")]
Roads = Annotated[str, typer.Option(help="Fichier de routes, ou « approximate ».")]
PopulationFile = Annotated[Path | None, typer.Option(help="Populations légales (INSEE, PMUN).")]
CellsFile = Annotated[Path | None, typer.Option(help="Carreaux de population (INSEE, 200 m ou 1 km).")]
TaxOfficesFile = Annotated[Path | None, typer.Option(help="Centres des finances publiques (DGFiP ou DILA).")]
TownHallsFile = Annotated[Path | None, typer.Option(help="Mairies (points avec le code de la commune).")]
PlacesFiles = Annotated[
    list[str] | None, typer.Option(help="Autre liste de lieux : NOM=FICHIER ; répétable.", metavar="NOM=FICHIER")
]
PlacesColumns = Annotated[
    list[str] | None,
    typer.Option(help="Colonnes d'une liste : NOM:name=COL,lon=COL,lat=COL,id=COL", metavar="NOM:COLONNES"),
]
PostcodesFile = Annotated[
    Path | None, typer.Option(help="Codes postaux (La Poste, base officielle des codes postaux).")
]
PermanencesFile = Annotated[
    Path | None, typer.Option(help="Permanences des opérateurs (CSV : site, operateur, jour, horaires, mode).")
]
Threshold = Annotated[float, typer.Option(help="Seuil en minutes.")]
Profile = Annotated[str, typer.Option(help="Profil de vitesse : courant ou fluide.")]
Rule = Annotated[str, typer.Option(help="mean-time (temps moyen) ou share (part des habitants).")]
MinShare = Annotated[float, typer.Option(help="Part minimale des habitants, pour la règle share.")]
Buses = Annotated[bool, typer.Option("--bus/--no-bus", help="Compter les bus à leur point d'attache.")]
Antennes = Annotated[bool, typer.Option("--antennes/--no-antennes", help="Compter les antennes.")]
Facilities = Annotated[str, typer.Option(help="sites, tax-offices, ou le nom d'une autre liste de lieux.")]

Day = Annotated[str | None, typer.Option(help="Date à écrire, AAAA-MM-JJ ; celle du jour sinon.")]


def load_territory(folder: Path | None) -> Territory:
    """Return the territory saved in `folder`, the embedded one for `None`."""
    from geo.territory import Territory

    return Territory.load(folder)


def coverage_rule(kind: str, min_share: float) -> CoverageRule:
    """Return the rule that ``--rule`` and ``--min-share`` name; raise `ParameterError` where there is none."""
    from geo.question import CoverageRule

    return CoverageRule(kind.replace("-", "_"), min_share)  # type: ignore[arg-type] # unknown: refused in French


def list_name(option: str) -> str:
    """Return the name of a facility list as the package writes it."""
    return "tax_offices" if option == "tax-offices" else option


def read_place_lists(files: Sequence[str], columns: Sequence[str]) -> dict[str, SourceTable]:
    """Read the lists given as NAME=FILE, with the columns given as NAME:name=COL,lon=COL."""
    from geo.sources.places import read_places

    chosen: dict[str, dict[str, str]] = {}
    for text in columns:
        name, _, pairs = text.partition(":")
        options = dict(pair.partition("=")[::2] for pair in pairs.split(","))
        if unknown := set(options) - {"name", "lon", "lat", "id"} or not all(options.values()):
            msg = f"--places-columns « {text} » refusé ({unknown}). Attendu : NOM:name=COL,lon=COL,lat=COL,id=COL."
            raise ParameterError(msg)
        if "id" in options:
            options["facility_id"] = options.pop("id")
        chosen[name] = options
    tables = {}
    for text in files:
        name, separator, file = text.partition("=")
        if not separator or not file or not re.fullmatch(r"[\w -]{1,40}", name):
            msg = f"--places « {text} » refusé. Attendu : NOM=FICHIER, un nom de lettres, chiffres, espaces ou tirets."
            raise ParameterError(msg)
        columns_of = chosen.pop(name, {})
        tables[name] = read_places(
            Path(file),
            dataset=name,
            name=columns_of.get("name"),
            lon=columns_of.get("lon"),
            lat=columns_of.get("lat"),
            facility_id=columns_of.get("facility_id"),
        )
    if chosen:
        msg = f"--places-columns nomme une liste inconnue : {', '.join(chosen)}. Donnez-la aussi avec --places."
        raise ParameterError(msg)
    return tables


def chosen_day(text: str | None) -> dt.date:
    """Return the date given as AAAA-MM-JJ, today for `None`."""
    if text is None:
        return dt.datetime.now().astimezone().date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        msg = f"Date « {text} » refusée : une date AAAA-MM-JJ est attendue, par exemple 2026-11-22."
        raise ParameterError(msg) from error
