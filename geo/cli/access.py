"""``maillage access``: the margin of error of a coverage, capacity within reach, minutes saved against tax offices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.options import (
    Antennes,
    AsJson,
    Buses,
    MinShare,
    Rule,
    TerritoryFolder,
    Threshold,
    coverage_rule,
    load_territory,
)
from geo.cli.output import print_json, print_line
from geo.question import DEFAULT_MIN_SHARE, DEFAULT_THRESHOLD_MIN

if TYPE_CHECKING:
    import pandas as pd


def access(
    folder: TerritoryFolder = None,
    threshold: Threshold = DEFAULT_THRESHOLD_MIN,
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
    rule: Rule = "mean-time",
    min_share: MinShare = DEFAULT_MIN_SHARE,
    buses: Buses = False,
    antennes: Antennes = True,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire access.csv, .gpkg, .json, capacity.csv.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure how sure, how much and how far better access is."""
    from geo.access.catchment import catchment
    from geo.access.sensitivity import sensitivity
    from geo.access.time_saved import time_saved
    from geo.answers.answer import known_note, part_title
    from geo.answers.certainty import capacity_answer, certainty_answer
    from geo.answers.tax_offices import NO_TAX_OFFICES, tax_offices_answer
    from geo.kinds import TAX_OFFICES
    from geo.question import counted_kinds
    from geo.report.scenario_files import access_table, write_access
    from geo.report.tables import with_origin
    from geo.sources.site_requests import read_site_requests

    kinds = counted_kinds(buses=buses, antennes=antennes)
    monthly = None if requests is None else read_site_requests(requests).frame["requests_per_month"]
    territory = load_territory(folder)
    others = {} if other is None else dict([_other_times(folder, other, kinds)])
    times = territory.travel_times(kinds=kinds)
    margin = sensitivity(territory, threshold, rule=coverage_rule(rule, min_share), times=times, others=others)
    capacity = catchment(territory, agents=agents, requests=monthly, kinds=kinds)
    has_offices = len(territory.facilities.get(TAX_OFFICES, ())) > 0
    saved = time_saved(territory, kinds=kinds) if has_offices else None

    figures = with_origin(
        territory,
        {
            "sensitivity": margin.to_dict(),
            "capacity": capacity.to_dict(),
            "time_saved": None if saved is None else saved[1].to_dict(),
        },
    )
    names: tuple[str, ...] = ()
    if out is not None:
        table = access_table(margin, capacity, None if saved is None else saved[0])
        names = write_access(territory, table, capacity, figures, out)
    if as_json:
        print_json(figures)
        return
    print_line(f"{part_title(territory.name, margin.part)} :")
    lines = certainty_answer(margin).lines + capacity_answer(capacity).lines
    lines += [NO_TAX_OFFICES] if saved is None else tax_offices_answer(*saved).lines
    for line in filter(None, [*lines, known_note(margin.part)]):
        print_line(line)
    if names:
        print_line(f"Fichiers écrits dans {out} : {', '.join(names)}.")


def _other_times(folder: Path | None, other: str, kinds: frozenset[str]) -> tuple[str, pd.DataFrame]:
    """Return the name of one more hypothesis, and the times under it."""
    from geo.network.speeds import profile_names
    from geo.territory import Territory

    if folder is None and other in profile_names():
        return f"profil {other}", Territory.embedded(other).travel_times(kinds=kinds)
    again = Territory.load(Path(other))
    return f"« {Path(other).name} » (profil {again.network.profile})", again.travel_times(kinds=kinds)
