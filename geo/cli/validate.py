"""``maillage validate``: the times of a network beside those of another engine or network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.cli.options import AsJson, PopulationFile, Profile
from geo.cli.output import print_json, print_line
from geo.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.network.road_network import RoadNetwork


def validate(
    roads: Annotated[str, typer.Option(help="Fichier de routes, ou « approximate » (avec --communes).")],
    reference: Annotated[Path | None, typer.Option(help="JSON : src, dst, time_s, dist_km.")] = None,
    reference_roads: Annotated[
        Path | None, typer.Option(help="Fichier de routes de référence, entre les communes de --communes.")
    ] = None,
    communes: Annotated[list[Path] | None, typer.Option(help="Contours des communes.")] = None,
    population: PopulationFile = None,
    profile: Profile = "courant",
    as_json: AsJson = False,
) -> None:
    """Print how far a network is from a reference."""
    from geo.french import format_decimal, format_integer
    from geo.network.road_files import read_roads
    from geo.network.validation import compare, read_reference, reference_from_network
    from geo.territory.files import APPROXIMATE

    if (reference is None) == (reference_roads is None):
        msg = "Donnez une référence, et une seule : --reference FICHIER.json ou --reference-roads FICHIER."
        raise ParameterError(msg)
    if (roads == APPROXIMATE or reference_roads is not None) and not communes:
        msg = "Donnez --communes FICHIER : il faut les communes pour estimer un réseau ou choisir les trajets."
        raise ParameterError(msg)
    points = _commune_points(communes or [], population)
    if reference is not None:
        expected = read_reference(reference)
    else:
        expected = reference_from_network(read_roads(Path(str(reference_roads)), profile=profile), points[0])
    network: RoadNetwork = points[1](profile) if roads == APPROXIMATE else read_roads(Path(roads), profile=profile)
    found = compare(network, expected)
    if as_json:
        print_json(found.to_dict())
        return
    print_line(f"{format_integer(found.pairs)} trajets, dont {format_integer(found.unreachable)} sans chemin.")
    print_line(
        f"Temps : rapport médian {format_decimal(found.time_ratio_median, 3)} "
        f"(déciles {format_decimal(found.time_ratio_p10, 2)} et {format_decimal(found.time_ratio_p90, 2)}), "
        f"{format_decimal(100 * found.share_within_15pct)} % des trajets à moins de 15 %."
    )
    print_line(f"Distances : rapport médian {format_decimal(found.distance_ratio_median, 3)}. Profil {found.profile}.")


def _commune_points(communes: Sequence[Path], population: Path | None) -> tuple[Any, Any]:
    """Return the communes' positions (n, 2) and a maker of the network estimated from them."""
    if not communes:
        return None, None
    from geo.sources.communes import read_communes
    from geo.territory.assemble import estimate_roads

    frame = read_communes(communes, population=population).frame
    return frame[["lon", "lat"]].to_numpy(), lambda profile: estimate_roads(frame, profile=profile)
