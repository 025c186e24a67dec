"""``maillage build``: make a territory, or all of France, from official files."""

from __future__ import annotations

import logging
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.official_files import with_official_files
from geo.cli.options import AsJson, Profile
from geo.cli.output import print_each, print_items, print_json, print_line
from geo.errors import ParameterError

if TYPE_CHECKING:
    from geo.territory import Territory
    from geo.territory.files import OfficialFiles


@with_official_files
def build(
    files: OfficialFiles,
    out: Annotated[Path, typer.Option(help="Dossier à écrire.")],
    departement: Annotated[str | None, typer.Option(help="Code du département : 64, 2A, 974…")] = None,
    france: Annotated[bool, typer.Option("--france", help="Toute la France, sur le réseau estimé.")] = False,
    profile: Profile = "courant",
    as_json: AsJson = False,
) -> None:
    """Build a territory and save it."""
    from geo.answers.origin import manifest_lines
    from geo.answers.timetable_days import days_sentence
    from geo.finder.named_days import named_days
    from geo.territory import Territory
    from geo.territory.country import Country

    if (departement is None) == (not france):
        msg = "Donnez un département avec --departement (64, 2A, 974…), ou toute la France avec --france."
        raise ParameterError(msg)
    (Country if departement is None else Territory).require_place(out)
    built: Territory | Country
    if departement is None:
        built = Country.build(files, profile=profile)
    else:
        built = Territory.from_files(departement, files, profile=profile)
    logging.getLogger("geo").info("Écriture du territoire…")
    built.save(out)
    parts = built.parts if isinstance(built, Country) else (built,)
    if as_json:
        days = [{"named_days": [asdict(day) for day in named_days(part)]} if part.schedule else {} for part in parts]
        manifests = [part.manifest.to_dict() | more for part, more in zip(parts, days, strict=True)]
        print_json({"territory": built.name, "parts": manifests} if isinstance(built, Country) else manifests[0])
        return
    print_line(f"« {built.name} » écrit dans {out}.")
    for part in parts:
        print_each(manifest_lines(part.name, part.manifest))
        if named := named_days(part):
            print_line(days_sentence(named))
    print_items(dict.fromkeys(note for part in parts for note in part.manifest.notes))
