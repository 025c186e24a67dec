"""``maillage changes``: what changed between two lists of sites, or two territories, and for whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.options import AsJson, Day, TerritoryFolder, asked_question, chosen_day, load_territory, some, with_options
from geo.cli.output import print_json, print_titled, print_written
from geo.errors import ParameterError

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.access.diagnosis import Diagnosis
    from geo.question import Question
    from geo.sources.provenance import SourceTable
    from geo.territory import Territory

_SIDE = "Liste des France services (CSV de l'ANCT, ancien ou nouveau schéma), ou territoire écrit par « build »."


@with_options(question=some(asked_question, "threshold", "rule", "min_share", "buses", "antennes"))
def changes(
    question: Question,
    before: Annotated[Path, typer.Argument(metavar="AVANT", help=_SIDE)],
    after: Annotated[Path, typer.Argument(metavar="APRES", help="De même, d'une date plus récente.")],
    folder: TerritoryFolder = None,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire changes.csv, .parquet, .json et .atom.")] = None,
    date: Day = None,
    as_json: AsJson = False,
) -> None:
    """Compare two lists of sites."""
    from geo.access.diagnosis import diagnose
    from geo.access.list_changes import effect, list_changes, neighbours_lacking
    from geo.answers.answer import part_title
    from geo.answers.changes import Compared, changes_answer, changes_content, lacking_note
    from geo.report.change_files import write_changes
    from geo.sources.france_services import read_france_services

    given = [path.is_dir() for path in (before, after)]
    if given[0] != given[1]:
        msg = "Un fichier et un dossier ont été donnés : donnez deux listes, ou deux territoires."
        raise ParameterError(msg)
    day = chosen_day(date)
    if given[0]:
        if folder is not None:
            msg = f"« {folder} » n'est pas attendu ici : les deux territoires donnés sont comparés l'un à l'autre."
            raise ParameterError(msg)
        sides = [load_territory(path) for path in (before, after)]
        _require_one_area(*sides)
        place, names = sides[1], [_dated(side) for side in sides]
        lists, notes = [side.sites for side in sides], tuple[str, ...]()
    else:
        place = load_territory(folder)
        tables = [read_france_services(path) for path in (before, after)]
        lists = [table.frame for table in tables]
        vintages = [table.provenance.vintage for table in tables]
        names = [each or "" for each in vintages] if all(vintages) else [before.name, after.name]
        sides = [_with_list(place, frame, name) for frame, name in zip(lists, names, strict=True)]
        notes = tuple(_note(name, table) for name, table in zip(names, tables, strict=True))
    lacking = [neighbours_lacking(lists[n], lists[1 - n], place) for n in (0, 1)]
    sides = [_with_more(*each) for each in zip(sides, lacking, names, strict=True)]
    alike = {code for frame in lacking for code in frame["commune_code"]}
    if alike:
        notes = (*notes, lacking_note(alike))
    measured: list[Diagnosis] = [diagnose(side, question=question) for side in sides]
    found = list_changes(*lists)
    if place.manifest.view != "":  # of all of France every row counts, wherever it lies
        found = found.within(place, alike)
    compared = Compared(names[0], names[1], place.name, notes)
    whom = effect(*measured)
    answer = changes_answer(found, compared, whom)
    content = changes_content(found, compared, answer, whom)
    written = () if out is None else write_changes(found, content, out, day=day)
    if as_json:
        print_json(content)
        return
    print_titled(part_title(place.name, whom.after.summary.part), answer)
    print_written(out, written)


def _require_one_area(before: Territory, after: Territory) -> None:
    """Refuse territories of other départements, or with less than half of the communes in common (a few merge)."""
    from geo.french import counted, format_integer, quoted

    old, new = before.communes, after.communes
    common = len(old.index.intersection(new.index))
    if set(old["departement"]) == set(new["departement"]) and 2 * common >= max(len(old), len(new)):
        return
    told = " et ".join(f"{quoted(side.name)} ({counted(len(side.communes), 'commune')})" for side in (before, after))
    msg = (
        f"Les deux territoires ne couvrent pas la même étendue : {told}, dont {format_integer(common)} en commun ; "
        "donnez deux territoires de la même étendue, à deux dates."
    )
    raise ParameterError(msg)


def _note(name: str, table: SourceTable) -> str:
    from geo.answers.changes import rows_note
    from geo.french import capital

    said = [rows_note(name, table.provenance.rows_read, table.rejected)]
    return " ".join([*said, *(f"{capital(note)}." for note in table.notes if "ancienne liste" in note)])


def _dated(territory: Territory) -> str:
    from geo.kinds import SITES

    return territory.manifest.list_vintages.get(SITES) or territory.manifest.built_on.isoformat()


def _with_more(side: Territory, lacking: gpd.GeoDataFrame, name: str) -> Territory:
    """Return a side with sites of the other list too; their numbers may be others' here."""
    import pandas as pd

    if lacking.empty:
        return side
    more = lacking.assign(facility_id="voisin " + lacking["facility_id"])
    return side.with_sites(pd.concat([side.sites, more], ignore_index=True), why={"list": name})


def _with_list(place: Territory, sites: gpd.GeoDataFrame, name: str) -> Territory:
    from geo.territory.margin import near_places

    return place.with_sites(near_places(sites, place.communes), why={"list": name})
