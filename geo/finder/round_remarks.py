"""Rounds that the comment of a bus seems to tell, proposed to a person who knows: nothing here is counted.

A comment such as "Mardi 9h30-12h Longèves / Mercredi 14h30-17h Charron" or "Muron (mardi matin)" names days and
communes, and at times hours and weeks. What it says is put into the rows of a table of rounds
(`geo.sources.rounds`), each with the words it comes from and an empty column `confirmed`. A piece that names a day or
a place and is not understood is a row of its own, with its words, for a person to fill in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.crs import departement_of
from geo.finder.round_reading import passes_told
from geo.finder.round_words import spelled
from geo.sources.embedded import LONG_COMMENT
from geo.sources.opening_hours import WEEKDAYS, Interval, WeeklyHours
from geo.sources.rounds import runs_bus

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.finder.round_reading import Proposed

#: Columns of the proposals: those of a table of rounds, then why.
PROPOSAL_COLUMNS: Final = (
    *("site", "nom_du_bus", "commune", "lieu", "jour", "semaine", "horaires", "confirmed", "remarque", "texte"),
)

_NOON: Final = 12 * 60
_QUOTED: Final = 300
#: Before the words of a piece of a comment that could not be read, in the column `remarque`.
UNREAD: Final = "non lu : "
#: What is said of the hours of a pass that the comment gives none of.
PUBLISHED: Final = "heures publiées du site, à vérifier"
NO_HOURS: Final = "heures à compléter"


def proposed_rounds(sites: gpd.GeoDataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the rounds that the comments of the buses seem to tell, as rows of a table of rounds to confirm.

    Where a comment gives no hours, those published of the site for that part of the day are proposed, and that is said.

    `sites`: List of sites (`geo.schemas.FACILITY_COLUMNS`). `communes`: `name` by commune code, those around included.

    Returns
    -------
    `PROPOSAL_COLUMNS`, "string", <NA> where nothing is known; sites in their order. After the passes of a site, the
    pieces of its comment that name a day or a place and could not be read: `jour` is <NA>, `remarque` has their words
    after `UNREAD`. Empty where no comment names any.
    """
    by_departement: dict[str, dict[str, str]] = {}
    for code, name in zip(communes.index, communes["name"], strict=True):
        by_departement.setdefault(departement_of(code), {}).setdefault(spelled(name), code)
    called = communes["name"].to_dict()
    rows = []
    columns = ("facility_id", "name", "kind", "comment", "departement", "opening_hours")
    told = sites.loc[runs_bus(sites) & has_comment(sites), list(columns)].astype(object)
    for site in told.where(told.notna(), None).itertuples(index=False):
        names = by_departement.get(site.departement or "", {})
        week = None if site.opening_hours is None else WeeklyHours.from_osm(site.opening_hours)
        found, unread = passes_told(site.comment, names)
        rows += [_row(site, each, called[each.commune_code], week) for each in found]
        rows += [_row_of(site, remarque=f"{UNREAD}« {piece} »") for piece in unread]
    return pd.DataFrame(rows, columns=list(PROPOSAL_COLUMNS), dtype="string")


def has_comment(sites: pd.DataFrame) -> pd.Series:
    """Tell of each site whether its comment is there (bool): the embedded list has a sentence in place of long ones."""
    return sites["comment"].notna() & sites["comment"].ne(LONG_COMMENT).fillna(value=False)


def _row(site: Any, found: Proposed, commune_name: str, week: WeeklyHours | None) -> dict[str, Any]:
    hours, remark = found.hours, ""
    if not hours:
        published = () if week is None else week.days[found.weekday] or ()
        hours = tuple(slot for slot in published if found.part in {"", _part_of(slot)})
        remark = PUBLISHED if hours else NO_HOURS
    texts = [f"{start // 60:02d}:{start % 60:02d} - {end // 60:02d}:{end % 60:02d}" for start, end in hours]
    return _row_of(
        site,
        commune=found.commune_code,
        lieu=commune_name,
        jour=WEEKDAYS[found.weekday],
        semaine=found.weeks,
        horaires=" / ".join(texts),
        remarque=remark,
    )


def _row_of(site: Any, **cells: str) -> dict[str, str | None]:
    quoted = " ".join(site.comment.split())[:_QUOTED]
    row = {"site": site.facility_id, "nom_du_bus": site.name, **cells, "texte": quoted}
    return {name: value or None for name, value in row.items()}


def _part_of(slot: Interval) -> str:
    return "matin" if slot[0] < _NOON else "après-midi"
