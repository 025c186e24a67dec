"""``maillage plan``: where to give the next labels."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from geo.cli.access import monthly_requests
from geo.cli.beside import asked_day, beside_lines, plans_beside, require_beside
from geo.cli.columns import Columns, columns_by_list
from geo.cli.options import (
    AsJson,
    TerritoryFolder,
    asked_question,
    chosen_rule,
    chosen_weights,
    load_area,
    load_territory,
    some,
    with_options,
)
from geo.cli.output import print_each, print_json, print_lines, print_written
from geo.errors import ParameterError
from geo.french import SEMICOLON, WITHIN, agreed, format_number
from geo.question import DEFAULT_AID_EUR, DEFAULT_COST_EUR, DEFAULT_LEAST_RESIDENTS
from geo.settings import Settings

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.question import Question
    from geo.siting.bus_stops import StopsAsked
    from geo.siting.capacity_plan import CapacityPlan
    from geo.sources.provenance import SourceTable

#: What the list of places to choose from is called.
CANDIDATES: Final = "candidates"


@with_options(question=some(asked_question, "threshold", "buses", "antennes"))
def plan(
    question: Question,
    folder: TerritoryFolder = None,
    new: Annotated[
        int | None, typer.Option(help="Labels à donner (5 par défaut, ou ce que paie le budget) ; 0 : aujourd'hui.")
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            help=f"coverage (le plus d'habitants {WITHIN}), set-cover (le moins de labels pour tous), "
            "median (temps moyen le plus court), center (pire temps le plus court)."
        ),
    ] = "coverage",
    min_share: Annotated[
        float | None, typer.Option(help="Part des habitants à couvrir, de 0 à 1, pour set-cover.")
    ] = None,
    candidates: Annotated[
        Path | None,
        typer.Option(
            help="Lieux candidats, CSV ou couche : un nom, une position (latitude et longitude, x et y, ou une seule "
            "colonne), et si possible un identifiant (id, code…), celui de --exclude ; sans elle, "
            "les communes sans site où l'on va déjà."
        ),
    ] = None,
    columns: Columns = None,
    least_residents: Annotated[
        int | None,
        typer.Option(
            help=f"Habitants d'une commune candidate, au moins ({format_number(DEFAULT_LEAST_RESIDENTS)} par défaut ; "
            "0 : toutes)."
        ),
    ] = None,
    everywhere: Annotated[
        bool,
        typer.Option(
            "--everywhere",
            help="Aussi les communes où l'on ne va pas déjà (ni préfecture ou "
            "sous-préfecture, ni canton, ni poste, ni ancienne MSAP).",
        ),
    ] = False,
    exclude: Annotated[list[str] | None, typer.Option(help="Code à écarter (commune ou lieu) ; répétable.")] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            help="Budget en euros par an : il limite le nombre de labels, et ce qui reste paie des arrêts de bus quand "
            "leur coût est donné (--stop-cost)."
        ),
    ] = None,
    payer: Annotated[
        str, typer.Option(help="Qui paie sur ce budget : all (tout le coût), state (l'aide), bearer (le reste).")
    ] = "all",
    cost: Annotated[float, typer.Option(help="Coût d'un site, en euros par an.")] = DEFAULT_COST_EUR,
    aid: Annotated[float, typer.Option(help="Aide de l'État par site, en euros par an.")] = DEFAULT_AID_EUR,
    frr: Annotated[
        Path | None, typer.Option(help="Communes FRR (CSV codgeo;libgeo;codefrr) ; sans elle, celles de « fetch ».")
    ] = None,
    qpv: Annotated[Path | None, typer.Option(help="Contours des QPV 2024 ; sans eux, ceux de « fetch ».")] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            help="Poids d'un critère : beyond, frr, qpv, elderly, poor ou carless ; répétable.", metavar="CRITERE=POIDS"
        ),
    ] = None,
    stops: Annotated[
        int | None,
        typer.Option(
            help="Arrêts de bus à proposer à côté des labels, pour ceux qui restent au-delà du seuil (5 si des "
            "tournées sont connues, sinon 0)."
        ),
    ] = None,
    stop_every: Annotated[
        str, typer.Option(help="Passage du bus à un arrêt, une demi-journée de 3 h : week (par semaine) ou month.")
    ] = "week",
    stop_residents: Annotated[
        int | None,
        typer.Option(
            help="Habitants de la commune d'un arrêt, et habitants à qui il en apporte un, au moins (300 pour un "
            "passage par semaine, 100 par mois ; 0 : cette règle est levée)."
        ),
    ] = None,
    stop_cost: Annotated[
        float | None,
        typer.Option(help="Coût d'un passage à un arrêt, en euros, véhicule et trajet compris ; aucun n'est publié."),
    ] = None,
    capacity: Annotated[
        bool,
        typer.Option(
            "--capacity",
            help="Compter ce que chaque site peut servir : ses horaires × ses agents, ou ses demandes par mois "
            f"(--requests) ; le choix est alors celui qui sert le plus d'habitants {WITHIN} (modèle coverage).",
        ),
    ] = False,
    label_capacity: Annotated[
        float | None,
        typer.Option(
            help="Avec --capacity, celle d'un label : heures d'agent par semaine (48 : deux agents, 24 h), ou demandes "
            "par mois."
        ),
    ] = None,
    agents: Annotated[float | None, typer.Option(help="Avec --capacity, agents présents dans un site (2).")] = None,
    requests: Annotated[
        Path | None,
        typer.Option(help="Avec --capacity, demandes par site et par mois (CSV : id_fs, demandes_par_mois)."),
    ] = None,
    mode_beside: Annotated[
        str | None,
        typer.Option(
            help="transit, walk ou bike : mettre à côté les plans d'autant de labels ou moins que nul autre ne dépasse "
            "à la fois en voiture et sans voiture (aller-retour le jour de --day, d'un territoire construit avec "
            "--gtfs), à pied, ou à vélo."
        ),
    ] = None,
    day: Annotated[
        str | None, typer.Option(help="Avec --mode-beside transit : jour ouvré, AAAA-MM-JJ ; sinon un mardi, choisi.")
    ] = None,
    time_limit: Annotated[float, typer.Option(help="Secondes de calcul (temps du processeur) du choix.")] = 20.0,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Dossier où écrire dossiers.pdf (une page par label), labels.csv, plan.gpkg, arguments.html…"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Choose labels and write them."""
    from geo.access.catchment import DEFAULT_AGENTS
    from geo.answers.label import plan_lines
    from geo.answers.plan_near import near_sentence, near_with_labels
    from geo.answers.two_publics_json import plan_document
    from geo.siting.capacity_plan import capacity_plan
    from geo.siting.costs import Costs
    from geo.siting.criteria import Zones
    from geo.siting.plan import plan as choose
    from geo.sources.places import read_places
    from geo.sources.zones import read_frr, read_qpv
    from geo.territory.fetched import fetched_zone

    on_day = asked_day(mode_beside, model, new, day)
    tables = {
        name: fetched_zone(Settings.from_environment(), name, read) if given is None else read(given)
        for name, given, read in (("frr", frr, read_frr), ("qpv", qpv, read_qpv))
    }
    zones = Zones(**{name: None if table is None else table.frame for name, table in tables.items()})
    named = columns_by_list(columns or [], CANDIDATES)
    if columns and (candidates is None or set(named) != {CANDIDATES}):
        msg = "--columns nomme les colonnes de la liste donnée par --candidates : ROLE=COLONNE. Donnez-la aussi."
        raise ParameterError(msg)
    places = None if candidates is None else _told(read_places(candidates, named=named.get(CANDIDATES)))
    if not capacity and (label_capacity is not None or agents is not None or requests is not None):
        msg = "--label-capacity, --agents et --requests ne valent qu'avec --capacity : ajoutez-le, ou retirez-les."
        raise ParameterError(msg)
    if capacity:
        others: dict[str, object] = {"--model": model != "coverage", "--min-share": min_share, "--weight": weight}
        others |= {"--budget": budget, "--frr": frr, "--qpv": qpv, "--stops": stops, "--stop-cost": stop_cost}
        others["--stop-residents"] = stop_residents is not None
        if refused := [name for name, value in others.items() if value]:
            msg = f"{', '.join(refused)} : ne s'applique pas avec --capacity. Retirez l'un ou l'autre."
            raise ParameterError(msg)
        _print_capacity_plan(
            capacity_plan(
                load_territory(folder),
                new,
                capacity=label_capacity,
                agents=DEFAULT_AGENTS if agents is None else agents,
                requests=None if requests is None else monthly_requests(requests),
                threshold_min=question.threshold_min,
                candidates=places,
                rule=chosen_rule(least_residents, everywhere=everywhere),
                exclude=exclude or (),
                kinds=question.kinds,
                costs=Costs(cost, aid),
                time_limit_s=time_limit,
            ),
            out,
            as_json=as_json,
        )
        return
    area = load_area(folder)
    require_beside(area, mode_beside, on_day, question.threshold_min)
    found = choose(
        area,
        new,
        model=model,  # type: ignore[arg-type] # unknown: refused in French
        threshold_min=question.threshold_min,
        candidates=places,
        rule=chosen_rule(least_residents, everywhere=everywhere),
        exclude=exclude or (),
        weights=chosen_weights(weight or []),
        zones=zones,
        costs=Costs(cost, aid, stop_cost),
        stops=_stops_asked(stops, stop_every, stop_residents),
        budget_eur=budget,
        payer=payer,  # type: ignore[arg-type] # unknown: refused in French
        min_share=min_share,
        kinds=question.kinds,
        time_limit_s=time_limit,
        progress=lambda _, sentence: logging.getLogger("geo").info(sentence),
    )
    beside = None
    if mode_beside is not None and found.labels.empty:
        logging.getLogger("geo").info("Aucun label n'est proposé : aucun plan n'est mis à côté.")
    elif mode_beside is not None:
        beside = plans_beside(
            area, found, mode_beside, on_day, candidates=places, exclude=exclude or (), time_limit_s=time_limit
        )
    names: tuple[str, ...] = ()
    if out is not None:
        from geo.report.plan_files import write_plan

        names = write_plan(found, area.parts, out, beside)
    if as_json:
        print_json(plan_document(found, area.parts, beside))
        return
    print_each([*plan_lines(found), *filter(None, [near_sentence(near_with_labels(area.parts, found))])])
    if beside is not None:
        print_each(beside_lines(beside))
    print_written(out, names)


def _stops_asked(count: int | None, every: str, least: int | None) -> StopsAsked | None:
    """Return which stops were asked for; `None`: nothing was."""
    from geo.siting.bus_stops import StopsAsked

    default = StopsAsked(every=every, least_residents=least)  # type: ignore[arg-type] # unknown: refused in French
    if count is None and default == StopsAsked():
        return None
    return default if count is None else replace(default, count=count)


def _print_capacity_plan(found: CapacityPlan, out: Path | None, *, as_json: bool) -> None:
    """Print a plan where capacities bind, and write its labels and figures where a folder is given."""
    from geo.answers.capacity import capacity_plan_answer
    from geo.answers.tables import rounded
    from geo.report.tables import write_results

    names: tuple[str, ...] = ()
    if out is not None:
        title = "Plan où chaque site ne peut servir qu'un nombre d'habitants"
        labels = {"capacity_labels": (rounded(found.labels), "place")}
        names = write_results(out, title, labels, ("capacity_plan", found.to_dict()))
    if as_json:
        print_json(found.to_dict())
        return
    print_lines(found.territory, found.part, capacity_plan_answer(found).lines)
    print_written(out, names)


def _told(candidates: SourceTable) -> gpd.GeoDataFrame:
    """Return the places of a list, once what its reader had to guess or leave out is reported."""
    from geo.sources.provenance import rejection_faults  # after pandas

    for note in candidates.notes:
        logging.getLogger("geo").info("Lieux candidats : %s", note)
    if len(candidates.rejected):
        logging.getLogger("geo").info(
            "Lieux candidats : %s (%s)",
            agreed(len(candidates.rejected), "ligne(s) écartée(s)"),
            SEMICOLON.join(map(str, rejection_faults(candidates.rejected))),
        )
    return candidates.frame
