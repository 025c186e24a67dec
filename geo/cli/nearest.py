"""``maillage nearest``: the facilities soonest reached from a position."""

from __future__ import annotations

from typing import Annotated

import typer

from geo.cli.options import Antennes, AsJson, Buses, Facilities, TerritoryFolder, list_name, load_territory
from geo.cli.output import print_json, print_line


def nearest(
    lon: Annotated[float, typer.Option(help="Longitude en degrés.")],
    lat: Annotated[float, typer.Option(help="Latitude en degrés.")],
    folder: TerritoryFolder = None,
    k: Annotated[int, typer.Option("-k", help="Nombre de lieux.")] = 5,
    facilities: Facilities = "sites",
    buses: Buses = False,
    antennes: Antennes = True,
    as_json: AsJson = False,
) -> None:
    """Print the nearest facilities."""
    from geo.finder.nearest import nearest as find_nearest
    from geo.maps.style import format_decimal, format_minutes

    territory = load_territory(folder)
    found = find_nearest(territory, lon, lat, k, facilities=list_name(facilities), buses=buses, antennes=antennes)
    if as_json:
        print_json(found.round({"travel_time_min": 2, "distance_km": 2}).to_dict("records"))
        return
    for row in found.to_dict("records"):
        time, distance = format_minutes(row["travel_time_min"]), format_decimal(row["distance_km"])
        print_line(f"{time} ({distance} km)  {row['name']}  [{row['id']}]")
    if found.empty:
        print_line("Aucun lieu n'est joignable par la route depuis cette position.")
    if territory.network.source.approximate:
        print_line("Temps estimés sans fichier de routes : ce sont des ordres de grandeur.")
