"""``maillage rounds``: propose the rounds that the comments of buses tell, or use those that were checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli.options import AsJson, TerritoryFolder, load_territory
from geo.cli.output import print_items, print_json, print_line
from geo.errors import ParameterError, SchemaError


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
    from geo.report.tables import write_csv
    from geo.sources.france_services import read_france_services
    from geo.sources.provenance import rejection_faults
    from geo.sources.rounds import DATASET, read_rounds, require_unconfirmed, rounds_advice
    from geo.territory import Territory
    from geo.territory.margin import ROUNDS_NOTE, commune_points, near_rounds

    if confirmed is not None:
        if out is None or sites is not None:
            msg = "--confirmed écrit un territoire : donnez son dossier avec --out, et pas de --sites."
            raise ParameterError(msg)
        _require_apart(out, confirmed)
        Territory.require_place(out)
        territory = load_territory(folder)
        table = read_rounds(confirmed, territory.sites, commune_points(territory.communes, territory.neighbours))
        table = near_rounds(table, territory.communes)
        if table.frame.empty:
            source = f"{DATASET} ({confirmed.name})"
            raise SchemaError(source, rejection_faults(table.rejected), rounds_advice(table.rejected))
        made = territory.with_rounds(table)
        made.save(out)
        if as_json:
            print_json(made.manifest.to_dict())
            return
        print_line(f"« {made.name} » écrit dans {out}. {rounds_sentence(made)}")
        print_items([*(note for note in table.notes if not note.startswith(ROUNDS_NOTE)), *kept_out_sentence(table)])
        return
    if out is not None:
        for given in filter(None, (folder, sites)):
            _require_apart(given, out)
        require_unconfirmed(out)
    territory = load_territory(folder)
    listed = territory.sites if sites is None else read_france_services(sites).frame
    listed = listed[territory.holds(listed)]
    proposed = proposed_rounds(listed, commune_points(territory.communes, territory.neighbours))
    if out is not None:
        write_csv(proposed, out)
    if as_json:
        rows = proposed.astype(object).where(proposed.notna(), None)
        read = proposed["jour"].notna()
        unread = rows.loc[~read, ["site", "nom_du_bus", "remarque", "texte"]]
        found = {"rounds": rows[read].to_dict("records"), "unread": unread.to_dict("records")}
        print_json({"territory": territory.name, **found})
        return
    answer = proposal_answer(proposed, listed)
    for line in answer.lines:
        print_line(line)
    if out is not None:
        print_line(f"Table écrite : {out}.")


def _require_apart(place: Path, file: Path) -> None:
    """Raise `ParameterError` where a file is another one, or in that folder: one of them is read, the other written."""
    if place.exists() and file.resolve().is_relative_to(place.resolve()):
        msg = (
            f"« {file.name} » est lu par cette commande, ou dans un dossier qu'elle lit : donnez un autre nom à --out."
        )
        raise ParameterError(msg)
