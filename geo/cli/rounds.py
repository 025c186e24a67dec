"""``maillage rounds``: propose the rounds that the comments of buses tell, or use those that were checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli.options import AsJson, TerritoryFolder, load_territory
from geo.cli.output import print_items, print_json, print_line
from geo.errors import ParameterError


def rounds(
    folder: TerritoryFolder = None,
    out: Annotated[
        Path | None, typer.Option(help="Table à écrire (CSV) ; avec --confirmed, dossier du territoire à écrire.")
    ] = None,
    sites: Annotated[
        Path | None, typer.Option(help="Liste des France services dont lire les commentaires ; sinon la sienne.")
    ] = None,
    confirmed: Annotated[
        Path | None, typer.Option(help="Tournées vérifiées (CSV) : le territoire est écrit avec elles.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Propose rounds to confirm, or use those that were."""
    from geo.answers.rounds import kept_out_sentence, proposal_answer, rounds_sentence
    from geo.finder.round_remarks import proposed_rounds
    from geo.report.tables import write_table
    from geo.sources.france_services import read_france_services
    from geo.sources.rounds import read_rounds
    from geo.territory import Territory
    from geo.territory.margin import commune_points

    if confirmed is not None:
        if out is None or sites is not None:
            msg = "--confirmed écrit un territoire : donnez son dossier avec --out, et pas de --sites."
            raise ParameterError(msg)
        Territory.require_place(out)
        territory = load_territory(folder)
        table = read_rounds(confirmed, territory.sites, commune_points(territory.communes, territory.neighbours))
        made = territory.with_rounds(table)
        made.save(out)
        if as_json:
            print_json(made.manifest.to_dict())
            return
        print_line(f"« {made.name} » écrit dans {out}. {rounds_sentence(made)}")
        print_items(kept_out_sentence(table))
        return
    territory = load_territory(folder)
    listed = territory.sites if sites is None else read_france_services(sites).frame
    listed = listed[territory.holds(listed)]
    proposed = proposed_rounds(listed, commune_points(territory.communes, territory.neighbours))
    if out is not None:
        write_table(proposed, out, marked=True)
    if as_json:
        rows = proposed.astype(object).where(proposed.notna(), None)
        print_json({"territory": territory.name, "rounds": rows.to_dict("records")})
        return
    answer = proposal_answer(proposed, listed)
    for line in answer.lines:
        print_line(line)
    if out is not None:
        print_line(f"Table écrite : {out}.")
