"""The page of a report about those without a car: who has a round trip on a day, from where there is none."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from geo.answers.without_car import COMMUNE_HEADS, commune_trip_rows, without_car_answer
from geo.french import counted, format_integer, joined
from geo.report.fitting import cut, cut_all

if TYPE_CHECKING:
    from geo.finder.day_without_car import DayWithoutCar
    from geo.report.report_findings import ReportFindings

_ROWS: Final = 10
_POSSIBLE: Final = COMMUNE_HEADS.index("Aller-retour possible")
#: Longest list of names (characters).
_NAMES: Final = 420
_NOTES: Final = 12
#: Longest names of a commune and of a site in a cell (characters): two lines.
_NAME_CELL: Final = 34
_SITE_CELL: Final = 42
#: Longest sentence of the small print (characters).
_NOTE: Final = 420


def without_car_content(findings: ReportFindings) -> dict[str, Any] | None:
    """Return what the page says, as plain values; `None` where no day was measured."""
    measured = findings.without_car
    if measured is None:
        return None
    answer = without_car_answer(findings.territory, measured)
    communes = measured.communes
    served = communes[communes["share_round_trip"] > 0].sort_values("residents", ascending=False, kind="stable")
    shown = served.head(_ROWS)
    lead = [answer.sentence, *answer.details]
    if len(served) > len(shown):
        most = " les plus peuplées" if shown["residents"].notna().any() else ""
        lead.append(
            f"Les {format_integer(len(shown))} communes{most} d'où l'aller-retour est possible, sur "
            f"{format_integer(len(served))} ; toutes sont dans le fichier round_trips.csv."
        )
    heads, rows = list(COMMUNE_HEADS), commune_trip_rows(shown)
    if all(row[_POSSIBLE] == "oui" for row in rows):  # as the sentence above the table says
        del heads[_POSSIBLE]
        rows = [[*row[:_POSSIBLE], *row[_POSSIBLE + 1 :]] for row in rows]
    left = len(answer.notes) - _NOTES
    more = [f"Et {counted(left, 'autre note')} ; les fichiers d'horaires sont parmi les sources."] if left > 0 else []
    return {
        "lead": cut_all(lead),
        "heads": heads,
        "rows": [[cut(name, _NAME_CELL), *figures, cut(site, _SITE_CELL)] for name, *figures, site in rows],
        "without": _without(measured),
        "notes": cut_all([*answer.notes[:_NOTES], *more], _NOTE),
    }


def _without(measured: DayWithoutCar) -> str:
    """Return the communes with no possible round trip by name, the most populous first; none where no site is open."""
    if measured.share.all_closed:
        return ""
    without = measured.communes_without.sort_values("residents", ascending=False, kind="stable")
    every = [cut(name) for name in without["name"]]
    names = [name for name, so_far in zip(every, accumulate(map(len, every)), strict=True) if so_far <= _NAMES]
    left = len(without) - len(names)
    if left <= 0:
        return f"{joined(names)}." if names else ""
    return f"{', '.join(names)} et {counted(left, 'autre')}, dans round_trips.csv."
