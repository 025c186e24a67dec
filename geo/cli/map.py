"""``maillage map``: one map on paper, as PNG, SVG or PDF."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.cli.options import (
    Antennes,
    AsJson,
    Buses,
    Facilities,
    MinShare,
    Rule,
    TerritoryFolder,
    coverage_rule,
    list_name,
    load_territory,
)
from geo.cli.output import print_json, print_line
from geo.errors import ParameterError

if TYPE_CHECKING:
    from geo.access.coverage import CoverageRule
    from geo.maps.static.sheet import Sheet


def draw_map(
    out: Annotated[Path, typer.Option(help="Fichier à écrire : .png (300 points par pouce), .svg ou .pdf.")],
    folder: TerritoryFolder = None,
    kind: Annotated[
        str,
        typer.Option(help="time (temps de trajet), under-served (communes sous-desservies), saved (minutes gagnées)."),
    ] = "time",
    threshold: Annotated[float, typer.Option(help="Seuil en minutes.")] = 20.0,
    facilities: Facilities = "sites",
    rule: Rule = "mean-time",
    min_share: MinShare = 0.5,
    buses: Buses = False,
    antennes: Antennes = True,
    page: Annotated[str, typer.Option(help="a4 (portrait ou paysage selon le territoire) ou 16:9.")] = "a4",
    date: Annotated[
        str | None, typer.Option(help="Date écrite sur la carte, AAAA-MM-JJ ; celle du jour sinon.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw a map and write it."""
    from geo.country import Country
    from geo.maps.static.files import require_format, write_sheet

    require_format(out)
    drawn: dict[str, Any] = {"buses": buses, "antennes": antennes, "page": page, "today": _day(date)}
    name, chosen = list_name(facilities), coverage_rule(rule, min_share)
    if kind not in {"time", "under-served", "saved"}:
        msg = f"Carte « {kind} » inconnue. Cartes possibles : time, under-served, saved."
        raise ParameterError(msg)
    if folder is not None and Country.is_saved_at(folder):
        if kind != "time":
            msg = f"La carte « {kind} » se dessine par département ; pour toute la France, demandez --kind time."
            raise ParameterError(msg)
        sheet = _country(folder, threshold, name, chosen, drawn)
    elif kind == "saved":
        sheet = _saved(folder, drawn)
    else:
        sheet = _coverage(folder, kind, threshold, name, chosen, drawn)
    write_sheet(sheet, out)
    if as_json:
        print_json({"file": str(out), "title": sheet.title, "description": sheet.description})
        return
    print_line(f"« {sheet.title} » : carte écrite dans {out}.")


def _coverage(
    folder: Path | None, kind: str, threshold: float, facilities: str, rule: CoverageRule, drawn: dict[str, Any]
) -> Sheet:
    from geo.access.coverage import coverage, summarize
    from geo.maps.static.territory_maps import travel_time_map, under_served_map

    territory = load_territory(folder)
    times = territory.travel_times(facilities, buses=drawn["buses"], antennes=drawn["antennes"])
    cov = coverage(territory, threshold, facilities=facilities, rule=rule, times=times)
    summary = summarize(cov, times, threshold, facilities=facilities, rule=rule)
    draw = travel_time_map if kind == "time" else under_served_map
    return draw(territory, cov, summary, rule=rule, **drawn)


def _saved(folder: Path | None, drawn: dict[str, Any]) -> Sheet:
    from geo.access.coverage import coverage
    from geo.maps.static.territory_maps import saved_minutes_map

    territory = load_territory(folder)
    to_site = territory.travel_times(buses=drawn["buses"], antennes=drawn["antennes"])
    to_office = territory.travel_times("tax_offices")
    minutes = [coverage(territory, times=times)["travel_time_min"] for times in (to_office, to_site)]
    return saved_minutes_map(territory, minutes[0] - minutes[1], **drawn)


def _country(folder: Path, threshold: float, facilities: str, rule: CoverageRule, drawn: dict[str, Any]) -> Sheet:
    from geo.country import Country
    from geo.maps.static.country_map import country_map
    from geo.report.country_tables import diagnose_country

    country = Country.load(folder)
    diagnosis = diagnose_country(
        country, threshold, facilities=facilities, rule=rule, buses=drawn["buses"], antennes=drawn["antennes"]
    )
    return country_map(country.name, country.parts, diagnosis.coverage, diagnosis.summary, **drawn)


def _day(text: str | None) -> dt.date:
    """Return the date given as AAAA-MM-JJ, today for `None`."""
    if text is None:
        return dt.datetime.now().astimezone().date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        msg = f"Date « {text} » refusée : une date AAAA-MM-JJ est attendue, par exemple 2026-11-22."
        raise ParameterError(msg) from error
