"""``maillage fetch``: the official files of a département, and the territory made of them."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.build import print_territory
from geo.cli.options import AsJson, Profile
from geo.cli.output import print_json, print_line
from geo.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geo.sources.fetch import FetchedFile


def fetch(
    departement: Annotated[str, typer.Argument(metavar="DEP", help="Code du département : 64, 2A, 974…")],
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
    profile: Profile = "courant",
    as_json: AsJson = False,
) -> None:
    """Fetch official files into the cache, then build the territory and save it."""
    from geo.fetched_territory import build_fetched
    from geo.network.speeds import speed_profile
    from geo.settings import Settings
    from geo.sources.download_cache import DownloadCache
    from geo.sources.fetch import FetchPlan
    from geo.sources.fetch import fetch as fetch_files
    from geo.territory import Territory

    settings = Settings.from_environment()
    speed_profile(profile)
    place = out or settings.cache_dir / "territories" / departement.strip().upper().zfill(2)
    if not only:
        Territory.require_place(place)
    with _progress_bars() as progress:
        plan = FetchPlan(
            DownloadCache(settings.cache_dir / "downloads"),
            only=only or (),
            offline=offline,
            refresh=refresh,
            urls=settings.source_urls,
            progress=progress,
        )
        fetched = fetch_files(departement, plan)
    if not as_json:
        for each in fetched.files:
            print_line(_describe(each))
        print_line(f"Fichiers dans {settings.cache_dir / 'downloads'}.")
        for warning in fetched.warnings:
            print_line(f"  - {warning}")
    if not only:
        territory, missing = build_fetched(fetched, profile=profile)
        territory.save(place)
        fetched = replace(fetched, missing=missing)
    if as_json:
        print_json(fetched.to_dict() | {"territory": None if only else str(place)})
    if only and fetched.missing:
        raise SourceError(" ".join(each_missing.sentence for each_missing in fetched.missing))
    if as_json:
        return
    for each_missing in fetched.missing:
        print_line(f"  - {each_missing.sentence}")
    if not only:
        print_line(f"« {territory.name} » écrit dans {place}. Pour l'ouvrir : make app TERRITORY={place}")
        print_territory(territory)


def _describe(fetched: FetchedFile) -> str:
    from geo.maps.style import format_decimal

    source, file = fetched.source, fetched.file
    dated = source.vintage or (f"publié le {file.published_on}" if file.published_on else f"du {file.fetched_on}")
    return f"{source.label} : {file.path.name}, {dated}, {format_decimal(file.bytes / 1e6)} Mo, {fetched.status}."


@contextmanager
def _progress_bars() -> Iterator[Callable[[str, int, int | None], None]]:
    """Draw a bar for each file on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    tasks = {}
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bars:

        def progress(title: str, done: int, total: int | None) -> None:
            if title not in tasks:
                tasks[title] = bars.add_task(title, total=total)
            bars.update(tasks[title], completed=done, total=total)

        yield progress
