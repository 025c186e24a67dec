"""``maillage access``: the margin of error of a coverage, capacity within reach, minutes saved against tax offices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli.options import (
    Antennes,
    AsJson,
    Buses,
    MinShare,
    Rule,
    TerritoryFolder,
    coverage_rule,
    load_territory,
)
from geo.cli.output import print_json, print_line


def access(
    folder: TerritoryFolder = None,
    threshold: Annotated[float, typer.Option(help="Seuil en minutes.")] = 20.0,
    other: Annotated[
        Path | None, typer.Option(help="Le même territoire construit avec un autre profil ou d'autres routes.")
    ] = None,
    agents: Annotated[float, typer.Option(help="Agents présents dans chaque site.")] = 2.0,
    requests: Annotated[
        Path | None, typer.Option(help="Demandes par site et par mois (CSV : id_fs, demandes_par_mois).")
    ] = None,
    rule: Rule = "mean-time",
    min_share: MinShare = 0.5,
    buses: Buses = False,
    antennes: Antennes = True,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire access.csv, .gpkg, .json, capacity.csv.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure how sure, how much and how far better access is."""
    from geo.access.catchment import catchment
    from geo.access.sensitivity import sensitivity
    from geo.access.time_saved import time_saved
    from geo.network.speeds import profile_names
    from geo.report.planning_sentences import catchment_sentences, sensitivity_sentences, time_saved_sentences
    from geo.report.scenario_files import access_table, write_access
    from geo.report.tables import with_origin
    from geo.sources.site_requests import read_site_requests
    from geo.territory import Territory
    from geo.territory.files import TAX_OFFICES

    monthly = None if requests is None else read_site_requests(requests).frame["requests_per_month"]
    territory = load_territory(folder)
    times = territory.travel_times(buses=buses, antennes=antennes)
    others = {}
    if other is not None:
        again = Territory.load(other)
        others[f"« {other.name} », profil {again.network.profile}"] = again.travel_times(buses=buses, antennes=antennes)
    elif folder is None:
        for profile in profile_names()[1:]:
            others[f"profil {profile}"] = Territory.embedded(profile).travel_times(buses=buses, antennes=antennes)
    interval = sensitivity(territory, threshold, rule=coverage_rule(rule, min_share), times=times, others=others)
    capacity = catchment(territory, agents=agents, requests=monthly, buses=buses, antennes=antennes)
    has_offices = len(territory.facilities.get(TAX_OFFICES, ())) > 0
    saved, summary = time_saved(territory, buses=buses, antennes=antennes) if has_offices else (None, None)

    figures = with_origin(
        territory,
        {
            "sensitivity": interval.to_dict(),
            "capacity": capacity.to_dict(),
            "time_saved": None if summary is None else summary.to_dict(),
        },
    )
    names: tuple[str, ...] = ()
    if out is not None:
        names = write_access(territory, access_table(interval, capacity, saved), capacity, figures, out)
    if as_json:
        print_json(figures)
        return
    print_line(f"{territory.name} :")
    sentences = sensitivity_sentences(interval) + catchment_sentences(capacity)
    sentences += (
        ["Ce territoire n'a pas de liste des services des impôts : le temps gagné n'est pas calculé."]
        if summary is None
        else time_saved_sentences(summary)
    )
    for sentence in sentences:
        print_line(sentence)
    if names:
        print_line(f"Fichiers écrits dans {out} : {', '.join(names)}.")
