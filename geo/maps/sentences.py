"""The answer of each map in one French sentence, right when a figure is 0, 1, all or unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.french import (
    THIN_SPACE,
    counted,
    format_integer,
    format_share,
    joined,
    minutes_text,
)
from geo.kinds import facility_phrase

if TYPE_CHECKING:
    import pandas as pd

    from geo.maps.style import Totals


_NAMED: Final = 3
_JOIN: Final = f"{THIN_SPACE}; "


def under_served_sentence(totals: Totals, cov: pd.DataFrame) -> str:
    """Return how many communes are under-served, how many people live there, and the most populous ones.

    Parameters
    ----------
    totals
        Totals of the study area.
    cov
        Coverage of each commune (`geo.access.coverage.coverage`).
    """
    poor = cov[cov["under_served"].fillna(value=False)]
    if poor.empty:
        known = cov["under_served"].notna().sum()
        if known == 0:
            return "Aucun trajet n'est connu : le réseau routier ne couvre aucune commune."
        measured = "" if known == len(cov) else " parmi celles que le réseau routier couvre"
        return f"Aucune commune n'est sous-desservie{measured}."
    if len(poor) == len(cov):
        count = "La seule commune est sous-desservie" if len(cov) == 1 else "Toutes les communes sont sous-desservies"
    else:
        count = f"{counted(len(poor), 'commune')} sur {format_integer(len(cov))} " + (
            "est sous-desservie" if len(poor) == 1 else "sont sous-desservies"
        )
    residents = poor["population"].sum()
    people = "population inconnue"
    if poor["population"].notna().any():
        people = counted(residents, "habitant")
        if totals.population:
            people += f", {format_share(residents / totals.population)} de la population"
    parts = [f"{count} ({people})"]
    if len(poor) > 1:
        largest = poor.sort_values("population", ascending=False, kind="stable", na_position="last")
        named = largest["name"].head(_NAMED).tolist()
        start = "les plus peuplées" if len(poor) > _NAMED else "il s'agit de"
        separator = "\u00a0: " if len(poor) > _NAMED else " "
        parts.append(f"{start}{separator}{joined(named)}")
    else:
        parts.append(f"il s'agit de {poor['name'].iloc[0]}")
    return f"{_JOIN.join(parts)}."


def change_sentence(before: pd.DataFrame, after: pd.DataFrame, threshold_min: float, facilities: str) -> str:
    """Return what a plan changes: residents within the threshold, communes that change side.

    Parameters
    ----------
    before, after
        Coverage of each commune today and with the plan, on the same index.
    threshold_min, facilities
        Threshold in minutes and name of the list of places.
    """
    where = f"à moins de {minutes_text(threshold_min)} {facility_phrase(facilities)}"
    population = int(before["population"].sum())
    was, will = (round(float(frame["residents_within"].fillna(0).sum())) for frame in (before, after))
    if population == 0:
        people = "La population n'est pas connue"
    elif will == was:
        people = f"Le nombre d'habitants {where} ne change pas ({format_share(was / population)})"
    else:
        gap = abs(will - was)
        more = "de plus" if will > was else "de moins"
        verb = "est" if gap == 1 else "sont"
        people = (
            f"{counted(gap, 'habitant')} {more} {verb} {where} "
            f"({format_share(was / population)} avant, {format_share(will / population)} après)"
        )
    poor_before, poor_after = (frame["under_served"].fillna(value=False).astype(bool) for frame in (before, after))
    better, worse = int((poor_before & ~poor_after).sum()), int((~poor_before & poor_after).sum())
    parts = [people]
    if better:
        verb = "n'est plus sous-desservie" if better == 1 else "ne sont plus sous-desservies"
        parts.append(f"{counted(better, 'commune')} {verb}")
    if worse:
        verb = "devient sous-desservie" if worse == 1 else "deviennent sous-desservies"
        parts.append(f"{counted(worse, 'commune')} {verb}")
    if not better and not worse:
        parts.append("aucune commune ne change de côté du seuil")
    return f"{_JOIN.join(parts)}."
