"""``maillage fragility``: what depends on each site, or what closing many of them leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.options import AsJson, TerritoryFolder, asked_question, load_territory, some, with_options
from geo.cli.output import print_answer, print_items, print_json, print_written
from geo.errors import ParameterError

if TYPE_CHECKING:
    from geo.question import Question

_SITES_SHOWN = 10


@with_options(question=some(asked_question, "threshold", "buses", "antennes"))
def fragility(
    question: Question,
    folder: TerritoryFolder = None,
    close: Annotated[
        str | None,
        typer.Option(help="Fermer d'un coup : all, bearer=La Poste, ou kind=main, antenne ou bus.", metavar="QUOI"),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire les tables.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure what closing sites would do."""
    from geo.answers.fragility import closure_answer, fragility_answer, site_sentences
    from geo.report.scenario_files import fragility_content, write_closure, write_fragility
    from geo.report.tables import with_origin
    from geo.siting.closure import close_sites
    from geo.siting.fragility import fragility as measure

    threshold, kinds = question.threshold_min, question.kinds
    closed = None if close is None else _closed(close)
    territory = load_territory(folder)
    territory.require_sites(kinds)
    names: tuple[str, ...] = ()
    sites: list[str] = []
    if closed is not None:
        minutes, (bearer, kind) = question.compared_thresholds_min, closed
        closure = close_sites(territory, minutes, bearer=bearer, kind=kind, kinds=kinds)
        names = () if out is None else write_closure(territory, closure, out)
        part, content, answer = closure.comparison.part, closure.to_dict(), closure_answer(closure)
    else:
        found = measure(territory, threshold, kinds=kinds)
        names = () if out is None else write_fragility(territory, found, out)
        part, content, answer = found.part, fragility_content(found), fragility_answer(found)
        sites = site_sentences(found, _SITES_SHOWN)
    if as_json:
        print_json(with_origin(territory, content))
        return
    print_answer(territory.name, answer, part)
    print_items(sites)
    print_written(out, names)


def _closed(close: str) -> tuple[str | None, str | None]:
    """Return the bearer and the kind that ``--close`` names, `None` for all."""
    key, _, value = close.partition("=")
    if close == "all":
        return None, None
    if key not in {"bearer", "kind"} or not value:
        msg = f"--close « {close} » refusé. Attendu : all, bearer=La Poste, kind=main, kind=antenne ou kind=bus."
        raise ParameterError(msg)
    return (value, None) if key == "bearer" else (None, value)
