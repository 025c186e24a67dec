"""``maillage plan``: where to give the next labels."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.cli.options import Antennes, AsJson, Buses, TerritoryFolder, Threshold, load_territory
from geo.cli.output import print_json, print_line
from geo.errors import ParameterError
from geo.question import DEFAULT_AID_EUR, DEFAULT_COST_EUR, DEFAULT_THRESHOLD_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.siting.plan import Plan
    from geo.territory import Territory
    from geo.territory.country import Country


def plan(
    folder: TerritoryFolder = None,
    new: Annotated[
        int | None, typer.Option(help="Labels à donner (5 par défaut, ou ce que paie le budget) ; 0 : aujourd'hui.")
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            help="coverage (le plus d'habitants sous le seuil), set-cover (le moins de labels pour tous), "
            "median (temps moyen le plus court), center (pire temps le plus court)."
        ),
    ] = "coverage",
    threshold: Threshold = DEFAULT_THRESHOLD_MIN,
    min_share: Annotated[
        float | None, typer.Option(help="Part des habitants à couvrir, de 0 à 1, pour set-cover.")
    ] = None,
    candidates: Annotated[
        Path | None, typer.Option(help="Lieux candidats (CSV ou couche) ; sans elle, toutes les communes.")
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Code à écarter (commune ou lieu) ; répétable.")] = None,
    budget: Annotated[
        float | None, typer.Option(help="Budget en euros par an, qui limite le nombre de labels.")
    ] = None,
    payer: Annotated[
        str, typer.Option(help="Qui paie sur ce budget : all (tout le coût), state (l'aide), bearer (le reste).")
    ] = "all",
    cost: Annotated[float, typer.Option(help="Coût d'un site, en euros par an.")] = DEFAULT_COST_EUR,
    aid: Annotated[float, typer.Option(help="Aide de l'État par site, en euros par an.")] = DEFAULT_AID_EUR,
    frr: Annotated[Path | None, typer.Option(help="Communes FRR (CSV codgeo;libgeo;codefrr).")] = None,
    qpv: Annotated[Path | None, typer.Option(help="Contours des QPV 2024.")] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(help="Poids d'un critère : beyond, frr, qpv ou elderly ; répétable.", metavar="CRITERE=POIDS"),
    ] = None,
    time_limit: Annotated[float, typer.Option(help="Secondes que le choix peut durer.")] = 20.0,
    buses: Buses = False,
    antennes: Antennes = True,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire labels.csv, plan.gpkg, arguments.html…")] = None,
    as_json: AsJson = False,
) -> None:
    """Choose labels and write them."""
    from geo.question import counted_kinds
    from geo.siting.costs import Costs
    from geo.siting.criteria import Zones
    from geo.siting.plan import plan as choose
    from geo.siting.plan_json import plan_json
    from geo.sources.places import read_places
    from geo.sources.zones import read_frr, read_qpv
    from geo.territory.country import Country

    zones = Zones(frr=None if frr is None else read_frr(frr).frame, qpv=None if qpv is None else read_qpv(qpv).frame)
    places = None if candidates is None else read_places(candidates).frame
    area: Territory | Country = (
        Country.load(folder) if folder is not None and Country.is_saved_at(folder) else load_territory(folder)
    )
    found = choose(
        area,
        new,
        model=model,  # type: ignore[arg-type] # unknown: refused in French
        threshold_min=threshold,
        candidates=places,
        exclude=exclude or (),
        weights=_weights(weight or []),
        zones=zones,
        costs=Costs(cost, aid),
        budget_eur=budget,
        payer=payer,  # type: ignore[arg-type] # unknown: refused in French
        min_share=min_share,
        kinds=counted_kinds(buses=buses, antennes=antennes),
        time_limit_s=time_limit,
        progress=lambda _share, sentence: logging.getLogger("geo").info(sentence),
    )
    parts = area.parts if isinstance(area, Country) else (area,)
    if out is not None:
        from geo.report.plan_files import write_plan

        write_plan(found, parts, out)
    if as_json:
        print_json(plan_json(found, parts))
        return
    _print_plan(found, parts)
    if out is not None:
        print_line(
            f"Fichiers écrits dans {out} : labels.csv, served.csv, alternatives.csv, communes.csv, plan.gpkg, "
            f"plan.json, arguments.html."
        )


def _weights(texts: Sequence[str]) -> Any:
    """Read the weights given as CRITERION=NUMBER."""
    from geo.siting.criteria import CRITERIA, Weights

    chosen: dict[str, float] = {}
    for text in texts:
        name, _, number = text.partition("=")
        try:
            chosen[name.strip()] = float(number.replace(",", "."))
        except ValueError:
            chosen["?"] = 0.0
        if set(chosen) - set(CRITERIA):
            msg = f"--weight « {text} » refusé. Attendu : CRITERE=POIDS, le critère étant {', '.join(CRITERIA)}."
            raise ParameterError(msg)
    return Weights(**chosen)


def _print_plan(plan: Plan, parts: Sequence[Territory]) -> None:
    from geo.answers.answer import known_note, part_title
    from geo.answers.label import alternatives_sentence, label_line
    from geo.answers.plan import plan_answer

    answer = plan_answer(plan)
    print_line(f"{part_title(plan.territory, plan.part)} : {answer.sentence}")
    for label in plan.labels.to_dict("records"):
        print_line(label_line(label))
        if others := alternatives_sentence(plan, label["code"]):
            print_line(f"     {others}")
    for sentence in answer.details:
        print_line(sentence)
    for note in filter(None, [known_note(plan.part), *answer.notes]):
        print_line(f"  - {note}")
    if any(part.network.source.approximate for part in parts):
        print_line("Temps estimés sans fichier de routes : ce sont des ordres de grandeur.")
