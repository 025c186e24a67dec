"""``maillage diagnose``: who is near a facility, and which communes are under-served."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from geo.cli.options import (
    Antennes,
    AsJson,
    Buses,
    Facilities,
    MinShare,
    Rule,
    TerritoryFolder,
    Threshold,
    coverage_rule,
    list_name,
    load_territory,
)
from geo.cli.output import print_answer, print_json, print_line
from geo.question import DEFAULT_MIN_SHARE, DEFAULT_THRESHOLD_MIN


def diagnose(
    folder: TerritoryFolder = None,
    threshold: Threshold = DEFAULT_THRESHOLD_MIN,
    facilities: Facilities = "sites",
    rule: Rule = "mean-time",
    min_share: MinShare = DEFAULT_MIN_SHARE,
    buses: Buses = False,
    antennes: Antennes = True,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire communes.csv, .gpkg, map.html…")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure coverage and write it."""
    from geo.access.coverage import coverage, summarize
    from geo.answers.coverage import coverage_answer
    from geo.answers.origin import network_sentence
    from geo.question import counted_kinds
    from geo.report.country_tables import country_summary, diagnose_country, write_country_diagnosis
    from geo.report.tables import diagnosis_summary, write_diagnosis
    from geo.siting.gains import candidate_gains
    from geo.territory.country import Country

    kinds = counted_kinds(buses=buses, antennes=antennes)
    name = list_name(facilities)
    chosen = coverage_rule(rule, min_share)
    if folder is not None and Country.is_saved_at(folder):
        country = Country.load(folder)
        diagnosis = diagnose_country(country, threshold, facilities=name, rule=chosen, kinds=kinds)
        if out is not None:
            logging.getLogger("geo").info("Écriture des tables et de la carte…")
            write_country_diagnosis(country, diagnosis, out, kinds=kinds)
        if as_json:
            print_json(country_summary(country, diagnosis))
            return
        summary = diagnosis.summary
        print_answer(country.name, coverage_answer(summary, diagnosis.coverage), summary.part)
        print_line(country.parts[0].network.source.notes[0])
        if out is not None:
            names = "communes.parquet, communes.csv, departements.csv, regions.csv, gains.csv, map.png, summary.json"
            print_line(f"Fichiers écrits dans {out} : {names}.")
        return
    territory = load_territory(folder)
    times = territory.travel_times(name, kinds=kinds)
    cov = coverage(territory, threshold, facilities=name, rule=chosen, times=times)
    summary = summarize(cov, times, threshold, facilities=name, rule=chosen)
    if out is not None:
        logging.getLogger("geo").info("Écriture de la table et de la carte…")
        gains = candidate_gains(territory, times, threshold)
        write_diagnosis(territory, cov, summary, gains, out, rule=chosen, kinds=kinds)
    if as_json:
        print_json(diagnosis_summary(territory, summary))
        return
    print_answer(territory.name, coverage_answer(summary, cov), summary.part)
    print_line(network_sentence(territory.manifest))
    for note in territory.manifest.network.notes:
        print_line(f"  - {note}")
    if out is not None:
        print_line(f"Fichiers écrits dans {out} : communes.csv, communes.gpkg, gains.csv, map.html, summary.json.")
