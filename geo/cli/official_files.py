"""The options of the official files: written once, for every command that builds from them."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from geo.cli.columns import FileColumns, columns_by_list
from geo.cli.options import PopulationFile, with_options
from geo.errors import ParameterError
from geo.kinds import SITES, TAX_OFFICES, list_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.territory.files import OfficialFiles, PlacesFile


def official_files(
    sites: Annotated[Path, typer.Option(help="Liste des France services (CSV de l'ANCT).")],
    communes: Annotated[list[Path], typer.Option(help="Contours des communes ; répétable pour les voisins.")],
    roads: Annotated[
        list[str] | None,
        typer.Option(help="Fichier de routes, ou « approximate » ; répétable : extraits OpenStreetMap voisins."),
    ] = None,
    population: PopulationFile = None,
    cells: Annotated[Path | None, typer.Option(help="Carreaux de population (INSEE, 200 m ou 1 km).")] = None,
    tax_offices: Annotated[Path | None, typer.Option(help="Centres des finances publiques (DGFiP ou DILA).")] = None,
    town_halls: Annotated[Path | None, typer.Option(help="Mairies (points avec le code de la commune).")] = None,
    postcodes: Annotated[
        Path | None, typer.Option(help="Codes postaux (La Poste, base officielle des codes postaux).")
    ] = None,
    places: Annotated[
        list[str] | None, typer.Option(help="Autre liste de lieux : NOM=FICHIER ; répétable.", metavar="NOM=FICHIER")
    ] = None,
    columns: FileColumns = None,
    permanences: Annotated[
        Path | None, typer.Option(help="Permanences des opérateurs (CSV : site, operateur, jour, horaires, mode).")
    ] = None,
    housing: Annotated[
        Path | None, typer.Option(help="Ménages sans voiture (INSEE, recensement, table communale « Logement »).")
    ] = None,
    rounds: Annotated[
        Path | None,
        typer.Option(
            help="Tournées des bus (CSV : site, commune ou latitude et longitude, jour, semaine, horaires ; ou schéma "
            "des lieux de médiation numérique)."
        ),
    ] = None,
    gtfs: Annotated[
        list[Path] | None,
        typer.Option(help="Horaires des transports en commun (GTFS : .zip ou dossier) ; répétable."),
    ] = None,
) -> OfficialFiles:
    """Return the files that these options give."""
    from geo.territory.files import OfficialFiles

    named = columns_by_list(columns or [], SITES)
    of_files = {name: named.pop(name) for name in _WITH_COLUMNS if name in named}
    given: dict[str, Any] = locals() | {
        "roads": roads or (),
        "gtfs": gtfs or (),
        "places": _place_lists(places or [], named),
        "columns": of_files,
    }
    return OfficialFiles(**{each.name: given[each.name] for each in fields(OfficialFiles)})


#: Files, besides lists of places, whose columns can be named.
_WITH_COLUMNS: Final = (SITES, "communes", "population")

#: Gives a command all of these options in the place of its argument `files`.
with_official_files = with_options(files=official_files)


def _place_lists(files: Sequence[str], columns: dict[str, dict[str, str]]) -> dict[str, PlacesFile]:
    """Return the lists given as NAME=FILE, with the columns named of each."""
    from geo.territory.files import PlacesFile

    lists = {}
    for text in files:
        name, separator, file = text.partition("=")
        if not separator or not file or not re.fullmatch(r"[\w -]{1,40}", name):
            msg = f"--places « {text} » refusé. Attendu : NOM=FICHIER, un nom de lettres, chiffres, espaces ou tirets."
            raise ParameterError(msg)
        if name in lists or list_name(name) in {SITES, TAX_OFFICES}:
            why = "est donné deux fois" if name in lists else "est celui d'une liste que maillage connaît"
            msg = f"--places « {text} » refusé : le nom « {name} » {why}. Donnez à cette liste un autre nom."
            raise ParameterError(msg)
        lists[name] = PlacesFile(Path(file), named=columns.pop(name, {}))
    if columns:
        msg = (
            f"--columns nomme une liste inconnue : {', '.join(columns)}. Donnez-la avec --places, ou l'une de "
            f"{', '.join(_WITH_COLUMNS)}."
        )
        raise ParameterError(msg)
    return lists
