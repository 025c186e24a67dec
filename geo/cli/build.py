"""``maillage build``: make a territory, or all of France, from official files."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.options import (
    AsJson,
    CellsFile,
    CommunesFiles,
    PermanencesFile,
    PlacesColumns,
    PlacesFiles,
    PopulationFile,
    PostcodesFile,
    Profile,
    SitesFile,
    TaxOfficesFile,
    TownHallsFile,
    read_place_lists,
)
from geo.cli.output import integer, print_json, print_line
from geo.errors import ParameterError

if TYPE_CHECKING:
    from geo.territory import Territory


def build(
    sites: SitesFile,
    communes: CommunesFiles,
    out: Annotated[Path, typer.Option(help="Dossier à écrire.")],
    departement: Annotated[str | None, typer.Option(help="Code du département : 64, 2A, 974…")] = None,
    france: Annotated[bool, typer.Option("--france", help="Toute la France, sur le réseau estimé.")] = False,
    roads: Annotated[
        list[str] | None,
        typer.Option(help="Fichier de routes, ou « approximate » ; répétable : extraits OpenStreetMap voisins."),
    ] = None,
    population: PopulationFile = None,
    cells: CellsFile = None,
    tax_offices: TaxOfficesFile = None,
    town_halls: TownHallsFile = None,
    postcodes: PostcodesFile = None,
    places: PlacesFiles = None,
    places_columns: PlacesColumns = None,
    permanences: PermanencesFile = None,
    profile: Profile = "courant",
    as_json: AsJson = False,
) -> None:
    """Build a territory and save it."""
    from geo.territory import Territory
    from geo.territory.assemble import APPROXIMATE
    from geo.territory.country import Country

    if (departement is None) == (not france):
        msg = "Donnez un département avec --departement (64, 2A, 974…), ou toute la France avec --france."
        raise ParameterError(msg)
    (Country if departement is None else Territory).require_place(out)
    lists = read_place_lists(places or [], places_columns or [])
    road_files = APPROXIMATE if roads in (None, [APPROXIMATE]) else roads
    built: Territory | Country
    if departement is None:
        if road_files != APPROXIMATE or cells is not None:
            msg = "--france se construit sur le réseau estimé et sans carreaux : retirez --roads et --cells."
            raise ParameterError(msg)
        built = Country.build(
            communes=communes,
            sites=sites,
            population=population,
            tax_offices=tax_offices,
            town_halls=town_halls,
            postcodes=postcodes,
            places=lists,
            permanences=permanences,
            profile=profile,
        )
    else:
        built = Territory.build(
            departement,
            communes=communes,
            sites=sites,
            roads=road_files,
            population=population,
            cells=cells,
            tax_offices=tax_offices,
            town_halls=town_halls,
            postcodes=postcodes,
            places=lists,
            permanences=permanences,
            profile=profile,
        )
    logging.getLogger("geo").info("Écriture du territoire…")
    built.save(out)
    parts = built.parts if isinstance(built, Country) else (built,)
    if as_json:
        manifests = [part.manifest.to_dict() for part in parts]
        print_json({"territory": built.name, "parts": manifests} if isinstance(built, Country) else manifests[0])
        return
    print_line(f"« {built.name} » écrit dans {out}.")
    for part in parts:
        print_territory(part)
    for note in dict.fromkeys(note for part in parts for note in part.manifest.notes):
        print_line(f"  - {note}")


def print_territory(territory: Territory) -> None:
    """Print what a territory is made of."""
    from geo.kinds import facility_title

    manifest, network = territory.manifest, territory.manifest.network
    known = manifest.population > 0
    residents = f"{integer(manifest.population)} habitants" if known else "population inconnue"
    print_line(f"{territory.name} : {integer(manifest.communes)} commune(s), {residents}.")
    lists = ", ".join(f"{facility_title(name)} ({integer(count)})" for name, count in manifest.facilities.items())
    print_line(f"Lieux du territoire et à moins de 55 km : {lists}.")
    print_line(
        f"Réseau : {network.source}, {integer(network.nodes)} nœuds, {integer(network.edges)} arcs, "
        f"profil {network.profile}."
    )
    if manifest.rejected_count:
        print_line(f"Lignes écartées : {manifest.rejected_count}.")
        for row in manifest.rejected[:10]:
            identifier = f" ({row.identifier})" if row.identifier else ""
            print_line(f"  - {row.dataset}, ligne {row.row}{identifier} : {row.reason}")
    for note in network.notes:
        print_line(f"  - {note}")
