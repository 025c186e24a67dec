"""``maillage fetch``: the official files of a département, and the territory made of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.options import AsJson, Profile
from geo.cli.output import print_each, print_items, print_json, print_line, progress_bars
from geo.errors import ParameterError, SourceError
from geo.french import format_number

if TYPE_CHECKING:
    from geo.answers.roads_change import RoadsChange
    from geo.territory import Territory


def fetch(
    departement: Annotated[
        str | None, typer.Argument(metavar="DEP", help="Code du département : 64, 2A, 974… Sans lui : --lists.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Dossier du territoire ; par défaut, territories/DEP dans le cache.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="N'utilise que le cache, sans réseau.")] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Demande aux producteurs si les fichiers du cache ont changé.")
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option(help="Seulement cette source, sans construire le territoire ; répétable.")
    ] = None,
    around: Annotated[
        str | None,
        typer.Option(metavar="COMMUNE", help="Code INSEE : seulement les routes autour de cette commune (Overpass)."),
    ] = None,
    km: Annotated[float | None, typer.Option(help="Jusqu'où, avec --around : 25 au plus.")] = None,
    lists: Annotated[
        bool,
        typer.Option("--lists", help="Les listes du jour (sites, impôts) pour toute la France fournie, sans DEP."),
    ] = False,
    within: Annotated[
        float | None, typer.Option(metavar="SECONDES", help="Avec --lists : renonce au-delà de ce temps.")
    ] = None,
    profile: Profile = "courant",
    as_json: AsJson = False,
) -> None:
    """Fetch official files into the cache, then build the territory and save it; or the lists of the day."""
    if lists or departement is None or within is not None:
        _require_lists_alone(departement, lists, out, offline, refresh, only, around, km)
        _fetch_lists(within, as_json=as_json)
        return
    from geo.answers.origin import manifest_lines
    from geo.network.speeds import speed_profile
    from geo.report.fetch_sentences import file_sentences, missing_sentences
    from geo.settings import Settings
    from geo.sources.fetch import fetch as fetch_files
    from geo.sources.overpass import Around
    from geo.territory import Territory
    from geo.territory.fetched import build_and_save, fetch_plan, territory_place

    settings = Settings.from_environment()
    speed_profile(profile)
    if (around is None) != (km is None):
        msg = "--around et --km vont ensemble : --around 64483 --km 12."
        raise ParameterError(msg)
    area = None if around is None or km is None else Around(around.strip().upper(), km)
    place = out or territory_place(settings, departement, area)
    if not only:
        Territory.require_place(place)
    with progress_bars() as progress:
        plan = fetch_plan(settings, only=only or (), offline=offline, refresh=refresh, progress=progress, around=area)
        fetched = fetch_files(departement, plan)
    if not as_json:
        print_each(file_sentences(fetched))
        print_line(f"Fichiers dans {settings.cache_dir / 'downloads'}.")
        print_items(fetched.warnings)
    if not only:
        territory, fetched = build_and_save(fetched, place, profile=profile)
    change = None if only else _roads_change(territory)
    if as_json:
        told = {"territory": None if only else str(place), "roads_change": change and change.to_dict()}
        print_json(fetched.to_dict() | told)
    if only and fetched.missing:
        raise SourceError(" ".join(missing_sentences(fetched)))
    if as_json:
        return
    print_items(missing_sentences(fetched))
    if not only:
        print_line(f"« {territory.name} » écrit dans {place}. Pour l'ouvrir : make app TERRITORY={place}")
        if out is None:
            print_line("L'application le propose aussi, à l'écran « Données et méthode ».")
        print_each(manifest_lines(territory.name, territory.manifest))
    if change is not None:
        print_line("Ce que changent les vraies routes :")
        print_items(change.answer.lines)


def _roads_change(territory: Territory) -> RoadsChange | None:
    """Return what changes against the estimate of the same département; `None` where there is nothing to compare."""
    from geo.access.diagnosis import diagnose
    from geo.answers.roads_change import replaces_estimate, roads_change
    from geo.question import Question
    from geo.territory import Territory

    if not replaces_estimate(territory.manifest):
        return None
    try:
        estimated = Territory.embedded(territory.departement, territory.network.profile)
    except ParameterError:  # the embedded tables have no commune of this département
        return None
    before, after = (diagnose(each, question=Question()) for each in (estimated, territory))
    return roads_change(before, after, estimated=estimated.manifest, by_road=territory.manifest)


def _require_lists_alone(departement: str | None, lists: bool, *others: object) -> None:  # noqa: FBT001 - an option
    """Raise `ParameterError` unless the lists of the day are asked for, and nothing with them."""
    if departement is None and not lists:
        msg = "Donnez le code d'un département (« maillage fetch 64 »), ou --lists pour les listes du jour."
        raise ParameterError(msg)
    if not lists:
        msg = "--within va avec --lists : « maillage fetch --lists --within 5 »."
        raise ParameterError(msg)
    if departement is not None or any(others):
        msg = "--lists est pour toute la France : retirez le département et les autres options."
        raise ParameterError(msg)


def _fetch_lists(within: float | None, *, as_json: bool) -> None:
    """Fetch the lists of the day and say of each what became of it; raise `SourceError` where one is refused."""
    from geo.report.fetch_sentences import file_sentences
    from geo.settings import Settings
    from geo.sources.day_lists import MOST_S, PATIENCE_S
    from geo.territory.embedded import fetch_day_lists

    seconds = PATIENCE_S if within is None else within
    if not 0 < seconds <= MOST_S:
        msg = f"--within {format_number(seconds)} : un nombre de secondes jusqu'à {MOST_S:g} est attendu."
        raise ParameterError(msg)
    fetched = fetch_day_lists(Settings.from_environment(), seconds=seconds)
    if as_json:
        print_json(fetched.to_dict())
    else:
        print_each(file_sentences(fetched))
    if fetched.warnings:
        raise SourceError(" ".join(fetched.warnings))
