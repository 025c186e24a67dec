"""Who can go to a site and back without a car, as files: a table of the communes, and the figures with their origin."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.answers.tables import rounded
from geo.finder.residents_trips import commune_round_trips, median_door_to_door
from geo.report.data_package import PACKAGE_FILE, result_files
from geo.report.tables import with_origin, write_summary, write_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from geo.finder.named_days import NamedDay
    from geo.finder.residents_trips import RoundTripShare
    from geo.territory import Territory
    from geo.transit.round_trip import Rules
    from geo.transit.window import Window


@dataclass(frozen=True, eq=False, slots=True)
class WithoutCar:
    """The answer of one day: what was asked (`day`, `others` that could be, `rules`, `window`) and what was found.

    `found`: what `geo.finder.residents_trips.residents_round_trips` gives; `share`: added up.
    """

    day: NamedDay
    others: Sequence[NamedDay]
    rules: Rules
    window: Window
    found: pd.DataFrame
    share: RoundTripShare


def round_trip_table(territory: Territory, answer: WithoutCar) -> pd.DataFrame:
    """Return the table of ``round_trips.csv``: each commune once, numbers as precise as in all files."""
    table = commune_round_trips(answer.found, territory.communes)
    named = territory.sites.drop_duplicates("facility_id").set_index("facility_id")["name"]
    table.insert(
        table.columns.tolist().index("facility_id") + 1,
        "facility_name",
        named.reindex(table["facility_id"]).set_axis(table.index),
    )
    return rounded(table.rename_axis("code").reset_index())


def round_trip_content(territory: Territory, answer: WithoutCar) -> dict[str, Any]:
    """Return the answer as plain values ready for JSON, with the network and the sources that it was made from."""
    table = round_trip_table(territory, answer)
    values = table.astype(object).where(table.notna(), None)
    without = table["code"][~(table["share_round_trip"] > 0)].tolist()
    share = answer.share
    content = asdict(share) | {
        "day": share.day.isoformat(),
        "share": share.share,
        "share_carless": share.share_carless,
        "named_day": _plain(answer.day),
        "named_days": [_plain(each) for each in answer.others],
        "rules": asdict(answer.rules),
        "window": asdict(answer.window),
        "door_to_door_min": {str(percent): value for percent, value in median_door_to_door(answer.found).items()},
        "communes_without": without,
        "by_commune": [
            {name: value.item() if isinstance(value, np.generic) else value for name, value in row.items()}
            for row in values.to_dict("records")
        ],
    }
    return with_origin(territory, content)


def write_round_trips(territory: Territory, answer: WithoutCar, folder: Path) -> tuple[str, ...]:
    """Write ``round_trips.csv`` and ``round_trips.json`` into a folder; return their names.

    All of them, or none where one cannot be written; other files of the folder stay.

    Raises
    ------
    SourceError
        The folder cannot be written to.
    """
    with result_files(folder, "Sans voiture : aller dans un site et en revenir le jour même") as beside:
        write_table(round_trip_table(territory, answer), beside / "round_trips.csv")
        write_summary(round_trip_content(territory, answer), beside / "round_trips.json")
    return "round_trips.csv", "round_trips.json", PACKAGE_FILE


def _plain(day: NamedDay) -> dict[str, Any]:
    return asdict(day) | {"date": day.date.isoformat()}
