"""``maillage validate``: the times of a network beside those of another engine or network."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from geo.cli.options import AsJson, PopulationFile, Profile
from geo.cli.output import print_json, print_line
from geo.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from geo.network.road_network import RoadNetwork
    from geo.network.validation import Comparison

#: How many points far from a street are written.
_SHOWN: Final = 10


def validate(
    roads: Annotated[str, typer.Option(help="Fichier de routes, ou « approximate » (avec --communes).")],
    reference: Annotated[
        Path | None,
        typer.Option(
            help="JSON (src, dst, time_s, dist_km) ou CSV (lon1, lat1, lon2, lat2, minutes), un trajet par ligne."
        ),
    ] = None,
    reference_roads: Annotated[
        Path | None, typer.Option(help="Fichier de routes de référence, entre les communes de --communes.")
    ] = None,
    communes: Annotated[list[Path] | None, typer.Option(help="Contours des communes.")] = None,
    population: PopulationFile = None,
    profile: Profile = "courant",
    as_json: AsJson = False,
) -> None:
    """Print how far a network is from a reference."""
    from geo.network.reference import read_reference, reference_from_network
    from geo.network.road_files import read_roads
    from geo.network.validation import compare
    from geo.territory.files import APPROXIMATE

    if (reference is None) == (reference_roads is None):
        msg = "Donnez une référence, et une seule : --reference FICHIER ou --reference-roads FICHIER."
        raise ParameterError(msg)
    frame = _communes(communes, population)
    if reference is not None:
        expected = read_reference(reference)
    else:
        points = _given(frame)[["lon", "lat"]].to_numpy()
        expected = reference_from_network(read_roads(Path(str(reference_roads)), profile=profile), points)
    network = _estimated(frame, profile) if roads == APPROXIMATE else read_roads(Path(roads), profile=profile)
    found = compare(network, expected)
    if as_json:
        print_json(found.to_dict())
        return
    for line in _lines(found):
        print_line(line)


def _lines(found: Comparison) -> Iterator[str]:
    from geo.french import agreed, format_decimal, format_integer, position_text
    from geo.network.validation import FAR_POINT_M

    def percent(share: float) -> str:
        return f"{format_decimal(100 * share)} %"

    yield f"{agreed(found.pairs, 'trajet(s)')}, dont {format_integer(found.unreachable)} sans chemin."
    if not math.isnan(found.time_ratio_median):
        yield (
            f"Temps : rapport médian {format_decimal(found.time_ratio_median, 3)}, "
            f"{percent(found.share_within_15pct)} des trajets à moins de 15 %, "
            f"{percent(found.share_within_25pct)} à moins de 25 %."
        )
        deciles = " ; ".join(format_decimal(ratio, 2) for ratio in found.time_ratio_deciles)
        yield f"Déciles du rapport des temps, de 10 à 90 % des trajets : {deciles}."
    if not math.isnan(found.distance_ratio_median):
        yield f"Distances : rapport médian {format_decimal(found.distance_ratio_median, 3)}."
    yield f"Profil {found.profile}."
    if found.far_points:
        shown = found.far_points[:_SHOWN]
        first = ", les plus éloignés d'abord" if len(shown) < len(found.far_points) else ""
        yield (
            f"Points de la référence à plus de {FAR_POINT_M:.0f} m d'une rue : {format_integer(len(found.far_points))} "
            f"(leur accès n'est pas compté){first} :"
        )
        for point in shown:
            metres = "aucune rue" if point.distance_m is None else f"à {format_integer(point.distance_m)} m"
            yield f"  {position_text(point.lon, point.lat)} : {metres}"


def _communes(communes: list[Path] | None, population: Path | None) -> gpd.GeoDataFrame | None:
    """Return the communes given, `None` without any."""
    if not communes:
        return None
    from geo.sources.communes import read_communes

    return read_communes(communes, population=population).frame


def _given(communes: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Return the communes, which are needed here; raise `ParameterError` without any."""
    if communes is None:
        msg = "Donnez --communes FICHIER : il faut les communes pour estimer un réseau ou choisir les trajets."
        raise ParameterError(msg)
    return communes


def _estimated(communes: gpd.GeoDataFrame | None, profile: str) -> RoadNetwork:
    """Return the network that ``--roads approximate`` means: of the communes given, else the embedded France's."""
    from geo.territory import Territory
    from geo.territory.assemble import estimate_roads

    if communes is None:
        return Territory.embedded(None, profile).network
    return estimate_roads(communes, profile=profile)
