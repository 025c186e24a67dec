"""``maillage map``: one map on paper, as PNG, SVG or PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from geo.cli.options import (
    Antennes,
    AsJson,
    Buses,
    Day,
    Facilities,
    MinShare,
    Rule,
    TerritoryFolder,
    Threshold,
    chosen_day,
    coverage_rule,
    list_name,
    load_territory,
)
from geo.cli.output import print_json, print_line
from geo.errors import ParameterError
from geo.question import DEFAULT_MIN_SHARE, DEFAULT_THRESHOLD_MIN

if TYPE_CHECKING:
    from geo.maps.static.sheet import Sheet
    from geo.question import CoverageRule

_KINDS: Final = ("time", "under-served", "saved", "hours", "change")


def draw_map(
    out: Annotated[Path, typer.Option(help="Fichier à écrire : .png (300 points par pouce), .svg ou .pdf.")],
    folder: TerritoryFolder = None,
    kind: Annotated[
        str,
        typer.Option(
            help="time (temps de trajet), under-served (communes sous-desservies), saved (minutes gagnées), "
            "hours (heures d'ouverture) ou change (avant et après --scenario)."
        ),
    ] = "time",
    threshold: Threshold = DEFAULT_THRESHOLD_MIN,
    facilities: Facilities = "sites",
    rule: Rule = "mean-time",
    min_share: MinShare = DEFAULT_MIN_SHARE,
    buses: Buses = False,
    antennes: Antennes = True,
    scenario: Annotated[Path | None, typer.Option(help="Scénario, pour la carte change.")] = None,
    page: Annotated[str, typer.Option(help="a4 (portrait ou paysage selon le territoire) ou 16:9.")] = "a4",
    date: Day = None,
    as_json: AsJson = False,
) -> None:
    """Draw a map and write it."""
    from geo.maps.static.files import require_format, write_sheet
    from geo.question import counted_kinds
    from geo.territory.country import Country

    require_format(out)
    drawn: dict[str, Any] = {
        "kinds": counted_kinds(buses=buses, antennes=antennes),
        "page": page,
        "today": chosen_day(date),
    }
    name, chosen = list_name(facilities), coverage_rule(rule, min_share)
    if kind not in _KINDS:
        msg = f"Carte « {kind} » inconnue. Cartes possibles : {', '.join(_KINDS)}."
        raise ParameterError(msg)
    if (kind == "change") != (scenario is not None):
        msg = "La carte change montre un scénario : donnez --kind change et --scenario FICHIER ensemble."
        raise ParameterError(msg)
    if folder is not None and Country.is_saved_at(folder):
        if kind != "time":
            msg = f"La carte « {kind} » se dessine par département ; pour toute la France, demandez --kind time."
            raise ParameterError(msg)
        sheet = _country(folder, threshold, name, chosen, drawn)
    elif scenario is not None:
        sheet = _change(folder, scenario, threshold, chosen, drawn)
    elif kind == "saved":
        sheet = _saved(folder, drawn)
    elif kind == "hours":
        sheet = _hours(folder, threshold, drawn)
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
    times = territory.travel_times(facilities, kinds=drawn["kinds"])
    cov = coverage(territory, threshold, facilities=facilities, rule=rule, times=times)
    summary = summarize(cov, times, threshold, facilities=facilities, rule=rule)
    draw = travel_time_map if kind == "time" else under_served_map
    return draw(territory, cov, summary, rule=rule, **drawn)


def _saved(folder: Path | None, drawn: dict[str, Any]) -> Sheet:
    from geo.access.time_saved import time_saved
    from geo.answers.tax_offices import tax_offices_answer
    from geo.maps.static.territory_maps import saved_minutes_map

    territory = load_territory(folder)
    communes, summary = time_saved(territory, kinds=drawn["kinds"])
    sentence = tax_offices_answer(communes, summary).sentence
    return saved_minutes_map(territory, communes["saved_min"], sentence=sentence, **drawn)


def _hours(folder: Path | None, threshold: float, drawn: dict[str, Any]) -> Sheet:
    from geo.access.opening import open_shares
    from geo.maps.static.hours_chart import hours_chart

    territory = load_territory(folder)
    return hours_chart(territory, open_shares(territory, threshold, kinds=drawn["kinds"]), **drawn)


def _change(
    folder: Path | None, scenario_file: Path, threshold: float, rule: CoverageRule, drawn: dict[str, Any]
) -> Sheet:
    from geo.answers.scenario import scenario_answer
    from geo.maps.static.change_map import change_map, changed_places
    from geo.siting.comparison import compare
    from geo.siting.scenario import apply
    from geo.siting.scenario_json import scenario_from_json
    from geo.sources.delimited import read_text

    territory = load_territory(folder)
    scenario = scenario_from_json(read_text(scenario_file, "Scénario"))
    found = compare(territory, scenario, (threshold,), rule=rule, kinds=drawn["kinds"])
    return change_map(
        territory,
        found.coverage_before,
        found.coverage_after,
        *changed_places(territory.sites, apply(territory, scenario).sites),
        threshold,
        title=scenario.name,
        sentence=scenario_answer(found).sentence,
        rule=rule,
        **drawn,
    )


def _country(folder: Path, threshold: float, facilities: str, rule: CoverageRule, drawn: dict[str, Any]) -> Sheet:
    from geo.maps.static.country_map import country_map
    from geo.report.country_tables import diagnose_country
    from geo.territory.country import Country

    country = Country.load(folder)
    diagnosis = diagnose_country(country, threshold, facilities=facilities, rule=rule, kinds=drawn["kinds"])
    return country_map(country.name, country.parts, diagnosis.coverage, diagnosis.summary, **drawn)
