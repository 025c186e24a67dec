"""Who is near enough, who is not, and where: the answer of a coverage in French, the same on every channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.answers.answer import Answer, Figure, estimated_bounds, far_rule, half_at, most_populous, naming
from geo.answers.rounds import rounds_line
from geo.french import (
    POPULATION_UNKNOWN,
    SEMICOLON,
    capital,
    counted,
    format_integer,
    format_share,
    plural,
    population_text,
    quoted,
    said_minutes,
    said_time,
    within_text,
)
from geo.kinds import facility_phrase, facility_title, is_ours
from geo.territory.study_area import PRECISION_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.access.coverage import CoverageSummary

#: Residents by which two sums of the same people may differ, made in another order.
_SAME: Final = 1e-6
_NOTHING_KNOWN: Final = "Aucun trajet n'est connu : le réseau routier ne couvre aucune commune."


def coverage_answer(summary: CoverageSummary, cov: pd.DataFrame) -> Answer:
    """Return who is near enough.

    Examples
    --------
    >>> from geo import Territory, coverage
    >>> from geo.access.coverage import summarize
    >>> territory = Territory.load("64")
    >>> found = coverage(territory, 20)
    >>> answer = coverage_answer(summarize(found, territory.travel_times(), 20), found)
    >>> answer.figures[1].label
    'Temps médian'
    """
    return Answer(
        coverage_sentence(summary),
        coverage_figures(summary),
        details=(
            *([] if summary.rounds is None else [rounds_line(summary.rounds)]),
            under_served_sentence(summary, cov),
        ),
        notes=(far_rule(summary.threshold_min), summary.rule),
    )


def coverage_sentence(summary: CoverageSummary) -> str:
    """Return how many residents are near enough, and how many communes are not."""
    return f"{people_within(summary)}{SEMICOLON}{_communes(summary)}{_without_road(summary)}."


def coverage_figures(summary: CoverageSummary) -> tuple[Figure, ...]:
    """Return the three figures of a coverage."""
    known = summary.part.residents_known
    nobody = POPULATION_UNKNOWN if summary.part.residents <= 0 else "aucun trajet connu"
    under = counted(summary.residents_under_served, "habitant") if known > 0 else nobody
    return (
        Figure(
            f"Habitants {within_text(summary.threshold_min)}",
            format_share(summary.share_covered),
            f"{format_integer(summary.residents_within)} sur {format_integer(known)}" if known > 0 else nobody,
        ),
        Figure(
            "Temps médian",
            said_minutes(summary.median_time_min, estimated=summary.part.estimated),
            _median_of(summary) or nobody,
        ),
        Figure(
            "Communes sous-desservies",
            format_integer(summary.communes_under_served),
            f"sur {format_integer(summary.part.communes_known)}{SEMICOLON}{under}",
        ),
    )


def under_served_sentence(summary: CoverageSummary, cov: pd.DataFrame) -> str:
    """Return how many communes are under-served, who lives there and which are largest; or which is furthest."""
    poor = cov[cov["under_served"].fillna(value=False)]
    if poor.empty:
        return _furthest_sentence(summary, cov)
    known = summary.part.communes_known
    if len(poor) == known:
        count = "La seule commune est sous-desservie" if known == 1 else "Toutes les communes sont sous-desservies"
    else:
        verb = plural(len(poor), "est sous-desservie", "sont sous-desservies")
        count = f"{counted(len(poor), 'commune')} sur {format_integer(known)} {verb}"
    people = POPULATION_UNKNOWN
    if summary.part.residents > 0 and bool(poor["population"].notna().any()):
        people = f"{counted(summary.residents_under_served, 'habitant')}"
        if summary.share_under_served is not None:
            people += f", soit {format_share(summary.share_under_served)} des habitants"
    quality = most_populous(poor["population"])
    # Where nobody is counted: those without any way, then the furthest.
    size = poor["population"] if quality else poor["travel_time_min"].fillna(np.inf)
    names = poor["name"].loc[size.sort_values(ascending=False, kind="stable", na_position="last").index].tolist()
    return f"{count} ({people}){naming(names, quality or 'les plus éloignées')}."


def commune_sentence(row: Any, threshold_min: float | None = None) -> str:
    """Return what is known of one commune, a row of `geo.access.coverage.coverage`.

    `threshold_min`: What its time is compared with, as in `geo.french.estimated_minutes`.
    """
    people = population_text(row["population"])
    if pd.isna(row["under_served"]):
        return f"{row['name']} ({people}) : hors du réseau routier, trajet inconnu."
    way = "aucune route vers un lieu"
    if pd.notna(row["travel_time_min"]):
        minutes = said_time(row, "travel_time_min", threshold_min)
        site = f"le plus proche est {quoted(row['facility_name'])}"
        estimated = row.get("estimated", False)
        way = f"{minutes}, en voiture{SEMICOLON}{site}" if estimated else f"{minutes} en voiture, {site}"
    return f"{row['name']} ({people}) : {way}" + (f"{SEMICOLON}commune sous-desservie." if row["under_served"] else ".")


def trip_texts(cov: pd.DataFrame, threshold_min: float | None = None) -> pd.Series:
    """Return the trip from each commune as maps say it: texts on the index of a `geo.access.coverage.coverage`.

    `threshold_min`: What times are compared with, as in `geo.french.estimated_minutes`.

    Examples
    --------
    >>> row = {"travel_time_min": 21.0, "under_served": True, "estimated": True, "time_low": 0.8, "time_high": 1.2}
    >>> trip_texts(pd.DataFrame([row])).str.split().str.join(" ").tolist()
    ['environ 20 min, de 15 à 25, en voiture']
    """
    names = [name for name in ("travel_time_min", *PRECISION_COLUMNS) if name in cov]
    minutes = cov["travel_time_min"].to_numpy(np.float64, na_value=np.nan)
    columns = [minutes if name == "travel_time_min" else cov[name] for name in names]
    rows = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
    texts = np.array([_trip(row, threshold_min) for row in rows], object)
    texts[np.isnan(minutes)] = "Aucun trajet possible par la route"
    texts[cov["under_served"].isna().to_numpy()] = "Temps inconnu : hors du réseau fourni"
    return pd.Series(texts, index=cov.index)


def _trip(row: Mapping[str, Any], threshold_min: float | None) -> str:
    comma = "," if row.get("estimated", False) else ""
    return f"{said_time(row, 'travel_time_min', threshold_min)}{comma} en voiture"


def access_title(facilities: str) -> str:
    """Return what a report about a list of places is called."""
    title = facility_title(facilities)
    return f"L'accès aux {title[0].lower()}{title[1:]}" if is_ours(facilities) else f"L'accès : {title}"


def people_within(summary: CoverageSummary, by: str = "") -> str:
    """Return how many residents are within the threshold, of whom, without a full stop.

    `by`: how they go (``"à pied"``), where it is not by car.
    """
    part, covered = summary.part, summary.residents_within
    if part.residents <= 0:
        return "La population n'est pas connue"
    known = part.residents_known
    if known <= 0:
        return "Aucun trajet n'est connu"
    where = " ".join(filter(None, (within_text(summary.threshold_min), by, facility_phrase(summary.facilities))))
    if round(known) == 1:
        return f"Le seul habitant est {where}" if round(covered) else f"Le seul habitant n'est pas {where}"
    where += estimated_bounds(summary.covered_interval)
    if known - covered <= _SAME:
        return f"Tous les habitants ({format_integer(known)}) sont {where}"
    if covered <= 0:
        return f"Aucun des {format_integer(known)} habitants n'est {where}"
    share = capital(format_share(summary.share_covered))
    return f"{share} des habitants ({format_integer(covered)} sur {format_integer(known)}) sont {where}"


def _median_of(summary: CoverageSummary) -> str:
    """Return what a median time is, or why there is none; empty where no way is known."""
    if summary.median_time_min is not None:
        whom = "de ceux qu'une route mène à un lieu" if round(summary.residents_unreachable) else "des habitants"
        return half_at(summary.part, "ou moins", whom)
    return "aucune route ne mène à un lieu" if summary.part.residents_known > 0 else ""


def _communes(summary: CoverageSummary) -> str:
    under, known = summary.communes_under_served, summary.part.communes_known
    if known == 0:
        return "le réseau routier ne couvre aucune commune"
    if under == 0:
        return "aucune commune n'est sous-desservie"
    if under == known:
        return (
            "la seule commune est sous-desservie"
            if known == 1
            else f"les {format_integer(known)} communes sont toutes sous-desservies"
        )
    return f"{counted(under, 'commune')} {plural(under, 'est sous-desservie', 'sont sous-desservies')}"


def _without_road(summary: CoverageSummary) -> str:
    """Return how many of the communes under-served no road leads from to a place: these all are under-served."""
    under, no_way = summary.communes_under_served, summary.communes_unreachable
    if no_way == 0:
        return ""
    some = plural(under, "", "toutes ") if no_way == under else f"dont {format_integer(no_way)} "
    return f", {some}sans route vers un lieu"


def _furthest_sentence(summary: CoverageSummary, cov: pd.DataFrame) -> str:
    if summary.part.communes_known == 0:
        return _NOTHING_KNOWN
    none = "Aucune commune n'est sous-desservie"
    timed = cov[cov["travel_time_min"].notna()]
    if timed.empty:
        return f"{none}."
    furthest = timed.sort_values("travel_time_min", ascending=False, kind="stable").iloc[0]
    furthest_time = said_time(furthest, "travel_time_min", summary.threshold_min)
    if len(timed) == 1:
        return f"{none}{SEMICOLON}{furthest['name']} est à {furthest_time}."
    return f"{none}{SEMICOLON}la plus éloignée est {furthest['name']}, à {furthest_time}."
