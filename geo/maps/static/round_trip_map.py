"""The map on paper of round trips without a car: from which communes one can go to a site and be back the same day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.answers.answer import part_title, ways_note
from geo.answers.origin import contour_sentences, walking_note
from geo.answers.round_trips import rules_sentence
from geo.answers.timetable_days import day_words
from geo.answers.without_car import ONLY_GIVEN, residents_sentence
from geo.classes import TRIP_CLASSES, TRIP_UNKNOWN, UNKNOWN_CLASS, trip_class
from geo.french import date_text
from geo.kinds import FIXED_KINDS, SITES
from geo.maps.static.key import class_block, class_totals, place_block
from geo.maps.static.picture import DOTS, HATCH, MapClass, Picture
from geo.maps.static.territory_maps import origin_notes, territory_ground, territory_sheet

if TYPE_CHECKING:
    import datetime as dt

    from geo.finder.day_without_car import DayWithoutCar
    from geo.maps.static.sheet import Sheet
    from geo.territory import Territory

#: Hatchings on paper of those of the screen.
_HATCHES: Final = {"": None, "plus": "++", "diagonal": HATCH, "dots": DOTS}
#: Classes on paper: those of the screens, the unknown one last.
_MAP_CLASSES: Final = tuple(
    MapClass(cls.label, cls.colour, _HATCHES[cls.hatching]) for cls in (*TRIP_CLASSES, TRIP_UNKNOWN)
)


def round_trip_map(
    territory: Territory, measured: DayWithoutCar, *, page: str = "a4", today: dt.date | None = None
) -> Sheet:
    """Draw from which communes a round trip without a car is possible, those without any hatched.

    `page`: ``"a4"`` or ``"16:9"``. `today`: Date written on the map, today where `None`. The same inputs and date give
    the same map.
    """
    ground = territory_ground(territory, [SITES], kinds=FIXED_KINDS)
    communes = measured.communes
    position = pd.Series(trip_class(communes["share_round_trip"]), index=communes.index)
    position[position == UNKNOWN_CLASS] = len(TRIP_CLASSES)
    residents = communes["residents"]
    people = pd.DataFrame({"population": residents, "residents_known": communes["residents_known"].fillna(0.0)})
    date = measured.day.date
    when = f"{date_text(date)}"
    block = class_block(
        "Aller-retour le même jour, par commune",
        _MAP_CLASSES,
        [class_totals(position, people, len(_MAP_CLASSES))],
        ("Habitants", "Part"),
    )
    none = communes.index[communes["share_round_trip"] <= 0]
    return territory_sheet(
        territory,
        ground,
        Picture(position, _MAP_CLASSES, first=none),
        title=f"Aller-retour sans voiture, {when}, {part_title(territory.name, measured.part)}",
        sentence=residents_sentence(measured.share),
        blocks=[block, place_block("Sites France services", ground)],
        notes=origin_notes(
            (territory,),
            ground,
            SITES,
            today,
            rule=f"Jour : {day_words(measured.day)}. {rules_sentence(measured.rules)}",
        ),
        page=page,
        # Of another part than what is said by car, and so told here in a report too.
        cautions=[
            *filter(None, [ways_note(measured.part)]),
            ONLY_GIVEN,
            walking_note(territory),
            *contour_sentences(territory),
        ],
        by_car=False,
    )
