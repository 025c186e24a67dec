"""``maillage access``: the margin of error of a coverage, capacity within reach, minutes saved against tax offices."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.options import AsJson, TerritoryFolder, asked_question, load_territory, some, with_options
from geo.cli.output import print_json, print_lines, print_written

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from geo.territory import Territory


@with_options(question=some(asked_question, "threshold", "rule", "min_share", "buses", "antennes"))
def access(
    question: Question,
    folder: TerritoryFolder = None,
    other: Annotated[
        str | None,
        typer.Option(
            help="Une hypothèse de plus : dossier du même territoire, construit avec un autre profil ou d'autres "
            "routes ; pour le territoire fourni, le nom d'un autre profil (fluide)."
        ),
    ] = None,
    agents: Annotated[float, typer.Option(help="Agents présents dans chaque site.")] = 2.0,
    requests: Annotated[
        Path | None, typer.Option(help="Demandes par site et par mois (CSV : id_fs, demandes_par_mois).")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire access.csv, .gpkg, .json, capacity.csv.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure how sure, how much and how far better access is."""
    from geo.access.catchment import catchment
    from geo.access.sensitivity import sensitivity
    from geo.access.time_saved import time_saved
    from geo.answers.answer import nobody_known
    from geo.answers.certainty import capacity_answer, certainty_answer
    from geo.answers.tax_offices import NO_TAX_OFFICES, tax_offices_answer
    from geo.kinds import TAX_OFFICES
    from geo.report.scenario_files import access_figures, write_access

    kinds = question.kinds
    monthly = None if requests is None else monthly_requests(requests)
    territory = load_territory(folder)
    others = {}
    if other is not None:
        name, again = variant(folder, other)
        others[name] = again.travel_times(kinds=kinds)
    times = territory.travel_times(kinds=kinds)
    margin = sensitivity(territory, question.threshold_min, rule=question.rule, times=times, others=others)
    capacity = catchment(territory, agents=agents, requests=monthly, kinds=kinds)
    has_offices = len(territory.facilities.get(TAX_OFFICES, ())) > 0
    saved = time_saved(territory, kinds=kinds) if has_offices else None
    names = () if out is None else write_access(territory, margin, capacity, saved, out)
    if as_json:
        print_json(access_figures(territory, margin, capacity, saved))
        return
    lines = certainty_answer(margin).lines + capacity_answer(capacity).lines
    lines += [NO_TAX_OFFICES] if saved is None else tax_offices_answer(*saved).lines
    # That nobody can be counted is told by the first sentence: once is enough.
    print_lines(territory.name, margin.part, [line for line in lines if line != nobody_known(margin.part)])
    print_written(out, names)


def monthly_requests(path: Path) -> pd.Series:
    """Return the requests a month by site of a table, once what its reader left out is reported."""
    from geo.sources.site_requests import read_site_requests

    table = read_site_requests(path)
    for note in table.notes:
        logging.getLogger("geo").info("Demandes : %s", note)
    return table.frame["requests_per_month"]


def variant(folder: Path | None, other: str) -> tuple[str, Territory]:
    """Return one more hypothesis about a territory, as its French name and the territory under it.

    `folder`: As in `load_territory`. `other`: Folder of the same territory built otherwise, or the name of another
    profile for a view of the embedded France.

    Raises
    ------
    MaillageError
        The folder is not a saved territory, or is damaged.
    """
    from geo.network.speeds import profile_names
    from geo.territory import Territory
    from geo.territory.embedded import is_view

    if other in profile_names() and (folder is None or is_view(str(folder)) or not folder.exists()):
        return f"profil {other}", Territory.embedded(None if folder is None else str(folder), other)
    again = Territory.load(other)
    return f"« {Path(other).name} » (profil {again.network.profile})", again
