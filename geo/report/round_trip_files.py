"""Who can go to a site and back without a car, as files: a table of the communes, and the figures with their origin."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.answers.tables import rounded
from geo.answers.without_car import closed_sentence
from geo.finder.residents_trips import median_door_to_door, walked
from geo.report.data_package import PACKAGE_FILE, result_files
from geo.report.extras import can_write
from geo.report.tables import table_files, with_origin, write_summary, write_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from geo.finder.day_without_car import DayWithoutCar
    from geo.finder.named_days import NamedDay
    from geo.territory import Territory


def round_trip_table(answer: DayWithoutCar) -> pd.DataFrame:
    """Return the table of ``round_trips.csv``: each commune once, numbers as precise as in all files.

    `on_foot`: as `geo.finder.residents_trips.walked`.
    """
    return rounded(_communes(answer))


def _communes(answer: DayWithoutCar) -> pd.DataFrame:
    table = answer.communes.rename_axis("code").reset_index()
    table.insert(table.columns.tolist().index("earliest_arrival"), "on_foot", walked(table))
    return table


def round_trip_content(territory: Territory, answer: DayWithoutCar) -> dict[str, Any]:
    """Return the answer as plain values ready for JSON, with the network and the sources that it was made from."""
    table = _communes(answer)
    values = table.astype(object).where(table.notna(), None)
    share = answer.share
    content = asdict(share) | {
        "day": share.day.isoformat(),
        "share": share.share,
        "note": closed_sentence(share) if share.all_closed else None,
        "part": answer.part.to_dict(),
        "share_carless": share.share_carless,
        "share_on_foot": share.share_on_foot,
        "named_day": _plain(answer.day),
        "named_days": [_plain(each) for each in answer.others],
        "rules": asdict(answer.rules),
        "window": asdict(answer.window),
        "door_to_door_min": {str(percent): value for percent, value in median_door_to_door(answer.found).items()},
        "communes_without": answer.communes_without.index.tolist(),
        "by_commune": [
            {name: value.item() if isinstance(value, np.generic) else value for name, value in row.items()}
            for row in values.to_dict("records")
        ],
    }
    return with_origin(territory, content)


def write_round_trips(territory: Territory, answer: DayWithoutCar, folder: Path) -> tuple[str, ...]:
    """Write ``round_trips.csv``, ``.json`` and the map ``round_trips.html`` into a folder; return their names.

    All of them, or none where one cannot be written; without the extra that draws it the map is left out, which is
    said. Other files of the folder stay.

    Raises
    ------
    SourceError
        The folder cannot be written to.
    """
    drawn = ("round_trips.html",) if can_write("round_trips.html", "folium") else ()
    with result_files(
        folder, "Sans voiture : aller dans un site et en revenir le jour même", territory.manifest
    ) as beside:
        write_table(round_trip_table(answer), beside / "round_trips.csv")
        write_summary(round_trip_content(territory, answer), beside / "round_trips.json")
        if drawn:
            from geo.maps.interactive import round_trip_page, write_map  # noqa: PLC0415 - folium is of an extra

            write_map(round_trip_page(territory, answer), beside / "round_trips.html")
    return *table_files("round_trips"), "round_trips.json", *drawn, PACKAGE_FILE


def _plain(day: NamedDay) -> dict[str, Any]:
    return asdict(day) | {"date": day.date.isoformat()}
