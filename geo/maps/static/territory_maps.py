"""Maps of one territory: travel time, under-served communes, minutes saved compared with the tax office."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.access.known_part import known_part, residents_known
from geo.answers.answer import part_title, ways_note
from geo.answers.coverage import coverage_sentence, under_served_sentence
from geo.answers.origin import approximation_sentences, counting_sentence, network_sentence, sources_sentence
from geo.classes import SAVED_CLASSES, TIME_CLASSES, UNKNOWN_CLASS, classify
from geo.french import UNKNOWN, format_integer, format_share
from geo.kinds import COUNTED_KINDS, facility_title
from geo.maps.payload import shown_kinds
from geo.maps.static.arrangement import arrange
from geo.maps.static.frame import draw_frame
from geo.maps.static.ground import Ground
from geo.maps.static.key import KeyBlock, class_block, class_totals, hatch_row, place_block
from geo.maps.static.picture import HATCH, OFF_NETWORK, UNREACHABLE, MapClass, Picture
from geo.maps.static.sheet import Sheet, drawing, dress, new_sheet
from geo.sources.embedded import TO_VERIFY

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from geo.access.diagnosis import Diagnosis
    from geo.territory import Territory

#: Classes of travel time on paper: those of the screens, then the communes with no known time.
TIME_MAP_CLASSES: Final = (*(MapClass(cls.label, cls.colour) for cls in TIME_CLASSES), UNREACHABLE, OFF_NETWORK)
_SAVED_MAP_CLASSES: Final = (
    *(MapClass(cls.label, cls.colour) for cls in SAVED_CLASSES),
    MapClass("inconnu (un des deux trajets n'existe pas)", UNREACHABLE.colour, UNREACHABLE.hatch),
    OFF_NETWORK,
)
#: Where the network covers less than this share of the communes, the map is framed on those.
_COVERED_SHARE: Final = 0.5
_SERVED_COLOUR: Final = "#fbf6e6"
_UNDER_SERVED_COLOUR: Final = "#d0812f"


def travel_time_map(
    territory: Territory,
    diagnosis: Diagnosis,
    *,
    page: str = "a4",
    today: dt.date | None = None,
) -> Sheet:
    """Draw the mean travel time of each commune, the under-served ones hatched.

    `page`: ``"a4"`` or ``"16:9"``. `today`: Date written on the map, today where `None`. The same inputs and date give
    the same map.
    """
    question, cov, summary = diagnosis.question, diagnosis.coverage, diagnosis.summary
    ground = territory_ground(territory, [question.facilities], kinds=question.kinds)
    ground, framing = framed_on_network(ground)
    position = time_position(cov)
    poor = cov.index[cov["under_served"].fillna(value=False)]
    block = class_block(
        "Temps moyen de trajet en voiture, par commune",
        TIME_MAP_CLASSES,
        [class_totals(position, cov, len(TIME_MAP_CLASSES))],
        ("Habitants", "Part"),
    )
    return territory_sheet(
        territory,
        ground,
        Picture(position, TIME_MAP_CLASSES, hatched=timed(cov, poor)),
        title=f"{facility_title(question.facilities)} : temps de trajet en voiture, "
        f"{part_title(territory.name, summary.part)}",
        sentence=coverage_sentence(summary),
        blocks=[block, under_served_block(diagnosis), place_block(facility_title(question.facilities), ground)],
        notes=origin_notes((territory,), ground, question.facilities, today, rule=summary.rule + framing),
        page=page,
        whom=ways_note(summary.part),
    )


def under_served_map(
    territory: Territory,
    diagnosis: Diagnosis,
    *,
    page: str = "a4",
    today: dt.date | None = None,
) -> Sheet:
    """Draw the under-served communes, hatched and named first; the parameters are those of `travel_time_map`."""
    question, cov, summary = diagnosis.question, diagnosis.coverage, diagnosis.summary
    ground = territory_ground(territory, [question.facilities], kinds=question.kinds)
    ground, framing = framed_on_network(ground)
    poor = cov["under_served"].fillna(value=False).to_numpy(bool)
    no_way = poor & cov["travel_time_min"].isna().to_numpy()
    off = cov["under_served"].isna().to_numpy()
    classes = (
        MapClass("commune desservie", _SERVED_COLOUR),
        MapClass(f"commune sous-desservie ({question.rule_in_short})", _UNDER_SERVED_COLOUR, HATCH),
        MapClass("sous-desservie : aucun trajet possible par la route", UNREACHABLE.colour, UNREACHABLE.hatch),
        OFF_NETWORK,
    )
    position = pd.Series(np.select([off, no_way, poor], [3, 2, 1], 0), index=cov.index)
    block = class_block("Communes", classes, [class_totals(position, cov, len(classes))], ("Habitants", "Part"))
    return territory_sheet(
        territory,
        ground,
        Picture(position, classes, outlined=cov.index[poor], first=cov.index[poor]),
        title=f"{facility_title(question.facilities)} : communes sous-desservies, "
        f"{part_title(territory.name, summary.part)}",
        sentence=under_served_sentence(summary, cov),
        blocks=[block, place_block(facility_title(question.facilities), ground)],
        notes=origin_notes((territory,), ground, question.facilities, today, rule=summary.rule + framing),
        page=page,
        whom=ways_note(summary.part),
    )


def saved_minutes_map(
    territory: Territory,
    saved_min: pd.Series,
    *,
    sentence: str,
    kinds: Collection[str] = COUNTED_KINDS,
    page: str = "a4",
    today: dt.date | None = None,
) -> Sheet:
    """Draw the minutes that the nearest France services site saves compared with the nearest tax office.

    Parameters
    ----------
    territory
        Study area, with the lists ``"sites"`` and ``"tax_offices"``.
    saved_min
        Minutes by commune code (Float64): time to the tax office less time to the site, <NA> where one of both
        is not known.
    sentence
        What they come to (`geo.answers.tax_offices`).
    """
    part = known_part(territory)
    ground = territory_ground(territory, ["sites", "tax_offices"], kinds=kinds)
    ground, framing = framed_on_network(ground)
    communes = territory.communes[["population"]].assign(residents_known=residents_known(territory))
    saved = saved_min.reindex(communes.index)
    position = pd.Series(classify(saved, SAVED_CLASSES), index=communes.index)
    position[position == UNKNOWN_CLASS] = len(SAVED_CLASSES)
    position[~communes.index.isin(ground.covered)] = _SAVED_MAP_CLASSES.index(OFF_NETWORK)
    block = class_block(
        "Minutes gagnées, en moyenne par commune",
        _SAVED_MAP_CLASSES,
        [class_totals(position, communes, len(_SAVED_MAP_CLASSES))],
        ("Habitants", "Part"),
    )
    return territory_sheet(
        territory,
        ground,
        Picture(position, _SAVED_MAP_CLASSES),
        title=f"Minutes gagnées par rapport au service des impôts, {part_title(territory.name, part)}",
        sentence=sentence,
        blocks=[block, place_block("Lieux", ground)],
        notes=origin_notes(
            (territory,),
            ground,
            "sites",
            today,
            rule="Minutes gagnées : temps de trajet vers le service des impôts le plus proche, "
            f"moins temps vers le site France services le plus proche.{framing}",
        ),
        page=page,
        whom=ways_note(part),
        cautions=[note for note in territory.manifest.notes if TO_VERIFY in note],
    )


def time_position(cov: pd.DataFrame) -> pd.Series:
    """Return the position of each commune in `TIME_MAP_CLASSES`."""
    position = classify(cov["travel_time_min"], TIME_CLASSES)
    unknown = position == UNKNOWN_CLASS
    off = cov["under_served"].isna().to_numpy()
    position = np.select(
        [unknown & off, unknown], [TIME_MAP_CLASSES.index(OFF_NETWORK), TIME_MAP_CLASSES.index(UNREACHABLE)], position
    )
    return pd.Series(position, index=cov.index)


def framed_on_network(ground: Ground) -> tuple[Ground, str]:
    """Return the ground framed on the communes that the network covers where they are less than half, and a note."""
    if ground.covered.empty or len(ground.covered) >= _COVERED_SHARE * len(ground.communes):
        return ground, ""
    return ground.framed(), " La carte est cadrée sur les communes que le réseau routier couvre."


def timed(cov: pd.DataFrame, codes: pd.Index) -> pd.Index:
    """Return those of the communes whose time is known."""
    known: pd.Index = codes[cov.loc[codes, "travel_time_min"].notna()]
    return known


def under_served_block(diagnosis: Diagnosis) -> KeyBlock:
    """Return what the hatching means, and how many people live there."""
    summary = diagnosis.summary
    values = (UNKNOWN, UNKNOWN)
    if summary.part.residents_known:
        values = (format_integer(summary.residents_under_served), format_share(summary.share_under_served))
    row = hatch_row(f"commune sous-desservie ({diagnosis.question.rule_in_short})", values, TIME_CLASSES[3].colour)
    return KeyBlock("Desserte", (row,), ("Habitants", "Part"))


def origin_notes(
    parts: Sequence[Territory], ground: Ground, facilities: str, today: dt.date | None, *, rule: str
) -> list[str]:
    """Return what a map of these territories was made from: what counts, the rule, network, sources, date."""
    manifest = parts[0].manifest
    date = today or dt.datetime.now().astimezone().date()
    return [
        f"{counting_sentence(facilities, ground.kinds, list(ground.excluded), parts)} {rule}",
        f"{network_sentence(manifest)} {sources_sentence(manifest)} Carte établie le {date:%d/%m/%Y} avec maillage.",
    ]


def describe(blocks: Sequence[KeyBlock]) -> list[str]:
    """Return the figures of a legend as sentences, for those who do not see the map."""
    return [
        f"{block.title} : "
        + ", ".join(f"{row.text}{' ' if row.figures else ''}{' / '.join(row.figures)}" for row in block.rows)
        + "."
        for block in blocks
        if block.rows
    ]


def territory_sheet(  # noqa: PLR0913 - each is a part of the page
    territory: Territory,
    ground: Ground,
    picture: Picture,
    *,
    title: str,
    sentence: str,
    blocks: Sequence[KeyBlock],
    notes: Sequence[str],
    page: str,
    whom: str = "",
    cautions: Sequence[str] = (),
    by_car: bool = True,
) -> Sheet:
    """Return a page with one frame and its legend.

    `whom`: As in `geo.maps.static.sheet.dress`. `by_car`: Whether what is approximate of times by car is told.
    """
    warnings = [*(approximation_sentences(territory) if by_car else ()), *cautions]
    with drawing():
        sheet = new_sheet(page, ground.aspect, title, sentence, [*describe(blocks), whom, *warnings, *notes])
        room = dress(sheet, title, sentence, warnings, notes, whom)
        place = arrange(room, blocks, ground.aspect)
        place.draw_key(sheet)
        draw_frame(sheet, place.frames[0], ground, picture)
    return sheet


def territory_ground(territory: Territory, lists: Sequence[str], *, kinds: Collection[str]) -> Ground:
    """Return the ground of a territory; the kinds that are not counted are drawn hollow."""
    excluded: set[str] = set()
    for name in lists:
        excluded.update(shown_kinds(territory.facilities[name], kinds)[1])
    return Ground.of(territory, lists, sorted(excluded))
