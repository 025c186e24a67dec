"""A plan or a scenario on one page: the same territory before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.access.known_part import known_part
from geo.answers.answer import part_title, ways_note
from geo.answers.origin import approximation_sentences
from geo.answers.plan_proof import WITHOUT_RULE
from geo.answers.plan_stops import stop_sign
from geo.classes import INK, TIME_CLASSES
from geo.errors import ParameterError
from geo.french import UNIT_SPACE, UNKNOWN, counted, format_integer, plural
from geo.kinds import SITES, facility_title
from geo.maps.static.arrangement import arrange
from geo.maps.static.frame import draw_frame
from geo.maps.static.key import KeyBlock, KeyRow, class_block, class_totals, hatch_row, place_block
from geo.maps.static.picture import Picture
from geo.maps.static.sheet import Sheet, drawing, dress, new_sheet
from geo.maps.static.territory_maps import (
    TIME_MAP_CLASSES,
    describe,
    framed_on_network,
    origin_notes,
    territory_ground,
    time_position,
    timed,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from geo.maps.static.ground import Ground
    from geo.question import Question
    from geo.territory import Territory

_NAMES: Final = 12
#: Places of a kind that the legend names.
_NAMED: Final = 12


def change_map(  # noqa: PLR0913 - each is a part of the comparison that the page states
    territory: Territory,
    cov_before: pd.DataFrame,
    cov_after: pd.DataFrame,
    opened: gpd.GeoDataFrame,
    closed: gpd.GeoDataFrame,
    question: Question,
    *,
    title: str,
    sentence: str,
    compared: gpd.GeoDataFrame | None = None,
    stops: gpd.GeoDataFrame | None = None,
    page: str = "a4",
    today: dt.date | None = None,
) -> Sheet:
    """Draw the travel times of a territory before and after a plan, side by side, with the places opened and closed.

    Parameters
    ----------
    territory
        Study area as it is today; its facilities are those of the frame before.
    cov_before, cov_after
        Coverage of each commune (`geo.access.coverage.coverage`) today and with the plan.
    opened
        Places that the plan opens: `commune_code` (text, <NA> unknown) and `geometry` (point, any declared CRS);
        may be empty. `rank` (int), where there is one, is written on the map, and the legend then gives the `name` of
        each.
    closed
        Places of the list that the plan closes: `facility_id` and `geometry`; may be empty.
    compared
        Places of another plan, drawn beside: `sign` (text, written on each), `name`, `geometry`; `None`: there is none.
    stops
        Stops of a bus that the plan proposes: `rank`, `name`, `geometry`; `None`: there is none.
    title
        What the plan is called, in French; the name of the territory, and of its part that is known, follows.
    page, today
        As in `geo.maps.static.territory_maps.travel_time_map`; A4 is always landscape.
    question
        What both frames answer, about the sites.

    Raises
    ------
    ParameterError
        Both frames are not about the communes of the territory, or no such page.
    """
    if not cov_before.index.equals(cov_after.index) or not cov_before.index.equals(territory.communes.index):
        msg = (
            f"Les tables avant ({len(cov_before)} communes) et après ({len(cov_after)}) ne portent pas sur les "
            f"{len(territory.communes)} communes de « {territory.name} ». Mesurez les deux sur ce territoire."
        )
        raise ParameterError(msg)
    ground = territory_ground(territory, [SITES], kinds=question.kinds)
    ground, framing = framed_on_network(ground)
    crs = ground.communes.crs
    opened, closed = opened.to_crs(crs), closed.to_crs(crs)
    if stops is not None:
        stops = stops.assign(sign=[stop_sign(rank) for rank in stops["rank"]]).to_crs(crs)
    after_ground = ground.without(closed["facility_id"])
    poor, still_poor = (cov["under_served"].fillna(value=False).astype(bool) for cov in (cov_before, cov_after))
    better, worse = poor.index[poor & ~still_poor], poor.index[~poor & still_poor]
    before = Picture(
        time_position(cov_before), TIME_MAP_CLASSES, hatched=timed(cov_before, poor.index[poor]), title="Avant"
    )
    after = Picture(
        time_position(cov_after),
        TIME_MAP_CLASSES,
        hatched=timed(cov_after, poor.index[still_poor]),
        outlined=better,
        dashed=worse,
        opened=opened,
        closed=closed,
        compared=None if compared is None else compared.to_crs(crs),
        stops=stops,
        first=cov_after.index[cov_after.index.isin(opened["commune_code"])],
        title="Après",
    )
    blocks = _blocks(cov_before, cov_after, question.rule_in_short)
    places = place_block(
        facility_title(SITES),
        ground,
        opened=len(opened),
        closed=len(closed),
        compared=0 if compared is None else len(compared),
        stops=0 if stops is None else len(stops),
        numbered="rank" in opened,
    )
    measure = question.rule_in_french + framing
    notes = origin_notes((territory,), ground, SITES, today, rule=measure)
    return _two_frames(
        territory,
        ((ground, before), (after_ground, after)),
        f"{title}, {part_title(territory.name, known_part(territory))}",
        sentence,
        [*blocks, places, *_named(opened), *_named_compared(compared), *_named_stops(stops)],
        notes,
        page,
    )


def changed_places(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the places that are only in the list after, and those only in the list before; one that moved is in both.

    `before`, `after`: Facility lists (`geo.schemas.FACILITY_COLUMNS`) in the same reference system.
    """
    stay = before[["facility_id", "geometry"]].merge(after[["facility_id", "geometry"]], on="facility_id")
    same = stay.loc[stay["geometry_x"] == stay["geometry_y"], "facility_id"]
    return after[~after["facility_id"].isin(same)], before[~before["facility_id"].isin(same)]


def _named(opened: gpd.GeoDataFrame) -> list[KeyBlock]:
    """Return the names of the places opened by rank, as many as there is room for."""
    if "rank" not in opened or opened.empty:
        return []
    return [_names_block("Sites ouverts, par rang", opened["rank"].map(str), opened["name"])]


def _named_compared(compared: gpd.GeoDataFrame | None) -> list[KeyBlock]:
    """Return the names of the places of another plan, as many as there is room for."""
    return [] if compared is None else [_names_block(WITHOUT_RULE, compared["sign"], compared["name"])]


def _named_stops(stops: gpd.GeoDataFrame | None) -> list[KeyBlock]:
    """Return the names of the stops of a bus, as many as there is room for."""
    return [] if stops is None else [_names_block("Arrêts de bus proposés", stops["sign"], stops["name"])]


def _names_block(title: str, signs: pd.Series, names: pd.Series) -> KeyBlock:
    told = [f"{sign}.{UNIT_SPACE}{name}" for sign, name in zip(signs, names, strict=True)]
    rest = len(told) - _NAMED
    note = f"Et {counted(rest, 'autre')}, dans les tables du plan." if rest > 0 else ""
    return KeyBlock(title, (KeyRow(", ".join(told[:_NAMED])),), (), note)


def _blocks(before: pd.DataFrame, after: pd.DataFrame, meaning: str) -> list[KeyBlock]:
    residents_known = before["residents_known"]
    totals = [class_totals(time_position(cov), cov, len(TIME_MAP_CLASSES)) for cov in (before, after)]
    titles = ("Avant", "Après")
    poor, still_poor = (cov["under_served"].fillna(value=False).to_numpy(bool) for cov in (before, after))
    known = residents_known.notna().any()

    def residents(chosen: NDArray[np.bool_]) -> str:
        return format_integer(residents_known[chosen].sum()) if known else UNKNOWN

    rows = [
        hatch_row(
            f"commune sous-desservie ({meaning})", (residents(poor), residents(still_poor)), TIME_CLASSES[3].colour
        )
    ]
    for chosen, verbs, dashed in (
        (poor & ~still_poor, ("n'est plus sous-desservie", "ne sont plus sous-desservies"), False),
        (~poor & still_poor, ("devient sous-desservie", "deviennent sous-desservies"), True),
    ):
        if chosen.any():
            text = f"{counted(chosen.sum(), 'commune')} {plural(chosen.sum(), *verbs)}"
            rows.append(KeyRow(text, ("", residents(chosen)), "#ffffff", edge=INK, dashed=dashed))
    return [
        class_block("Habitants selon le temps moyen de trajet de leur commune", TIME_MAP_CLASSES, totals, titles),
        KeyBlock("Habitants des communes sous-desservies", tuple(rows), titles),
    ]


def _two_frames(
    territory: Territory,
    frames: Sequence[tuple[Ground, Picture]],
    title: str,
    sentence: str,
    blocks: Sequence[KeyBlock],
    notes: Sequence[str],
    page: str,
) -> Sheet:
    whom, warnings = ways_note(known_part(territory)), approximation_sentences(territory)
    with drawing():
        # Two frames side by side are wide, whatever the territory.
        sheet = new_sheet(page, 2.0, title, sentence, [*describe(blocks), whom, *warnings, *notes])
        room = dress(sheet, title, sentence, warnings, notes, whom)
        place = arrange(room, blocks, frames[0][0].aspect, len(frames))
        place.draw_key(sheet)
        for box, (ground, picture) in zip(place.frames, frames, strict=True):
            draw_frame(sheet, box, ground, picture, names=_NAMES)
    return sheet
