"""What real roads change against the times estimated without them: of the same communes, by their code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.access.diagnosis import summary_of
from geo.answers.answer import NO_SIDE_CHANGED, Answer, Figure, changing_sides, nobody_known
from geo.french import (
    SEMICOLON,
    capital,
    counted,
    format_integer,
    format_share,
    joined,
    population_text,
    said_minutes,
    within_text,
)
from geo.kinds import SITES, facility_phrase
from geo.sources.embedded import SITES_DATASET
from geo.sources.vintages import dated

if TYPE_CHECKING:
    from geo.access.coverage import CoverageSummary
    from geo.access.diagnosis import Diagnosis
    from geo.territory.manifest import Manifest

_NAMED: Final = 3
#: Columns of the table of communes, in the order of the screen.
CHANGED_COLUMNS: Final = ("name", "population", "estimated_min", "by_road_min", "delta_min", "becomes")


@dataclass(frozen=True, eq=False, slots=True)
class RoadsChange:
    """What changes.

    `communes`: Those that change side, indexed by commune code, the most residents first: `name`; `population`
    (<NA>: unknown); `estimated_min`, `by_road_min` and `delta_min` (Float64, <NA> where no road leads to a place);
    `becomes`: French, ``"sous-desservie"`` or ``"desservie"``.
    """

    answer: Answer
    communes: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Return the sentences as plain values ready for JSON."""
        answer = self.answer
        return {"sentence": answer.sentence, "details": list(answer.details), "notes": list(answer.notes)}


def replaces_estimate(manifest: Manifest) -> bool:
    """Tell whether a territory has, on real roads, a département of which the embedded France has an estimate."""
    own = manifest.own_files is not None or manifest.scenario is not None
    return manifest.departement is not None and not manifest.network.approximate and not own


def roads_change(before: Diagnosis, after: Diagnosis, *, estimated: Manifest, by_road: Manifest) -> RoadsChange:
    """Compare one département with itself: estimated, then on real roads, one question asked of both.

    Shares and medians are those of the communes whose way is known on both sides.

    Parameters
    ----------
    before, after
        What was measured of each.
    estimated, by_road
        What each says of itself.
    """
    known = [each.coverage["under_served"].dropna().index for each in (before, after)]
    shared = known[0].intersection(known[1])
    notes = (*_other_changes(estimated, by_road, after.question.facilities), after.summary.rule)
    if shared.empty:
        sentence = "Aucune commune n'a un trajet connu des deux côtés : rien ne peut être comparé."
        return RoadsChange(Answer(sentence, notes=notes), _changing(before.coverage, after.coverage, shared))
    if len(shared) < len(after.coverage):
        count = f"{counted(len(shared), 'commune')} sur {format_integer(len(after.coverage))}"
        notes = (f"Comparaison sur {count} : celles dont le trajet est connu des deux côtés.", *notes)
    old, new = (_summary(each, shared) for each in (before, after))
    communes = _changing(before.coverage, after.coverage, shared)
    where = f"{within_text(new.threshold_min)} {facility_phrase(new.facilities)}"
    sentence = (
        nobody_known(new.part)
        or nobody_known(old.part)
        or (
            f"Par les routes, {format_share(new.share_covered)} des habitants sont {where}, contre "
            f"{format_share(old.share_covered)} selon l'estimation{SEMICOLON}temps médian "
            f"{_median(new)}, contre {_median(old)}."
        )
    )
    figures = (
        Figure(
            f"Habitants {within_text(new.threshold_min)}",
            format_share(new.share_covered),
            f"estimation : {format_share(old.share_covered)}",
        ),
        Figure(
            "Temps médian",
            _median(new),
            f"estimation : {_median(old)}",
        ),
        Figure("Communes qui changent de côté", format_integer(len(communes)), f"sur {format_integer(len(shared))}"),
    )
    return RoadsChange(Answer(sentence, figures, _sides(communes), notes), communes)


def _median(summary: CoverageSummary) -> str:
    return said_minutes(summary.median_time_min, estimated=summary.part.estimated)


def _summary(diagnosis: Diagnosis, codes: pd.Index) -> CoverageSummary:
    times = diagnosis.times[diagnosis.times["commune_code"].isin(codes)]
    return summary_of(diagnosis.question, diagnosis.coverage.loc[codes], times)


def _changing(before: pd.DataFrame, after: pd.DataFrame, codes: pd.Index) -> pd.DataFrame:
    old, new = before.loc[codes], after.loc[codes]
    under = new["under_served"].astype("boolean")
    table = pd.DataFrame(
        {
            "name": new["name"],
            "population": new["population"],
            "estimated_min": old["travel_time_min"].astype("Float64"),
            "by_road_min": new["travel_time_min"].astype("Float64"),
            "delta_min": (new["travel_time_min"] - old["travel_time_min"]).astype("Float64"),
            "becomes": under.map({True: "sous-desservie", False: "desservie"}).astype("string"),
        },
        index=codes.rename("commune_code"),
    )
    table = table[(under != old["under_served"].astype("boolean")).to_numpy(dtype=bool)]
    return table.sort_values("population", ascending=False, kind="stable", na_position="last")


def _sides(communes: pd.DataFrame) -> tuple[str, ...]:
    """Return how many communes change side each way, and which are largest."""
    if communes.empty:
        return (f"{capital(NO_SIDE_CHANGED)}.",)
    sentences = []
    for becomes in ("sous-desservie", "desservie"):
        changed = communes[communes["becomes"] == becomes]
        if changed.empty:
            continue
        residents = population_text(changed["population"].sum(min_count=1))
        count = f"{changing_sides(len(changed), under_served=becomes == 'sous-desservie')} ({residents})"
        sentences.append(f"{count}{SEMICOLON}{joined(changed['name'].tolist(), _NAMED)}.")
    return tuple(sentences)


def _other_changes(estimated: Manifest, by_road: Manifest, facilities: str) -> tuple[str, ...]:
    """Return what differs between two territories beside their roads, in one sentence; nothing where nothing does."""
    sites = [[each.vintage for each in of.sources if each.dataset == SITES_DATASET] for of in (estimated, by_road)]
    files = [{each.sha256 for each in of.sources} for of in (estimated, by_road)]
    what = []
    if facilities == SITES and sites[0] != sites[1]:
        old, new = (joined([dated(each) for each in dates]) for dates in sites)
        what.append(f"la liste des sites ({old}, puis {new})")
    elif facilities != SITES and files[0] != files[1]:
        what.append("la liste des lieux, d'une autre date ou d'un autre fichier")
    if estimated.population_points != by_road.population_points:
        what.append(f"ce qui place les habitants ({estimated.population_points}, puis {by_road.population_points})")
    if estimated.network.profile != by_road.network.profile:
        what.append(f"le profil de vitesse ({estimated.network.profile}, puis {by_road.network.profile})")
    if not what:
        return ()
    return (f"Les routes ne sont pas seules en cause. Changent aussi : {joined(what)}.",)
