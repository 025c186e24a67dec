"""Map of a country: the mainland, and overseas territories small beside it, each at its own scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.answers.answer import part_title, ways_note
from geo.answers.coverage import coverage_sentence
from geo.answers.origin import approximation_sentences
from geo.kinds import facility_title
from geo.maps.static.arrangement import arrange
from geo.maps.static.frame import draw_frame
from geo.maps.static.key import class_block, class_totals, place_block
from geo.maps.static.picture import Picture
from geo.maps.static.sheet import Box, Sheet, drawing, dress, new_sheet
from geo.maps.static.territory_maps import (
    TIME_MAP_CLASSES,
    describe,
    origin_notes,
    territory_ground,
    time_position,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from geo.access.diagnosis import Diagnosis
    from geo.territory import Territory

#: Width of the column of overseas territories (mm).
_OVERSEAS_MM: Final = 34.0
_GUTTER_MM: Final = 4.0


def country_map(
    name: str,
    parts: Sequence[Territory],
    diagnosis: Diagnosis,
    *,
    page: str = "a4",
    today: dt.date | None = None,
) -> Sheet:
    """Draw the mean travel time of each commune of a country.

    `parts`: Territories that make it: the first is the main frame, the others are drawn small beside it.
    """
    facilities, cov, summary = diagnosis.question.facilities, diagnosis.coverage, diagnosis.summary
    grounds = [territory_ground(part, [facilities], kinds=diagnosis.question.kinds) for part in parts]
    position = time_position(cov)
    blocks = [
        class_block(
            "Temps moyen de trajet en voiture, par commune",
            TIME_MAP_CLASSES,
            [class_totals(position, cov, len(TIME_MAP_CLASSES))],
            ("Habitants", "Part"),
        ),
        place_block(facility_title(facilities), *grounds),
    ]
    title = f"{facility_title(facilities)} : temps de trajet en voiture, {part_title(name, summary.part)}"
    sentence = coverage_sentence(summary)
    notes = origin_notes(parts, grounds[0], facilities, today, rule=summary.rule)
    whom, warnings = ways_note(summary.part), approximation_sentences(parts[0])
    overseas = len(parts) > 1
    with drawing():
        sheet = new_sheet(page, grounds[0].aspect, title, sentence, [*describe(blocks), whom, *warnings, *notes])
        room = dress(sheet, title, sentence, warnings, notes, whom)
        place = arrange(room, blocks, grounds[0].aspect)
        place.draw_key(sheet)
        frame = place.frames[0]
        beside = _OVERSEAS_MM + _GUTTER_MM if overseas else 0.0
        main = Box(frame.x + beside, frame.y, frame.width - beside, frame.height)
        draw_frame(sheet, main, grounds[0], Picture(position, TIME_MAP_CLASSES))
        for number, ground in enumerate(grounds[1:]):
            height = frame.height / (len(grounds) - 1)
            small = Box(frame.x, frame.top - (number + 1) * height, _OVERSEAS_MM, height)
            draw_frame(sheet, small, ground, Picture(position, TIME_MAP_CLASSES, title=ground.name), names=0)
    return sheet
