"""Who is near a place on foot or by bicycle, as files: a table of the communes, and the figures with their origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.answers.active_access import active_notes
from geo.answers.tables import rounded
from geo.answers.without_car import residents_notes
from geo.french import within_text
from geo.network.modes import MODES
from geo.report.data_package import PACKAGE_FILE, result_files
from geo.report.extras import can_write
from geo.report.tables import table_files, with_origin, write_summary, write_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from geo.access.active_access import ActiveAccess
    from geo.territory import Territory


def near_table(found: ActiveAccess) -> pd.DataFrame:
    """Return the table of ``walk.csv`` or ``bike.csv``: each commune once, numbers as precise as in all files."""
    return rounded(_communes(found))


def _communes(found: ActiveAccess) -> pd.DataFrame:
    return found.communes.drop(columns="holds_place").rename_axis("code").reset_index()


def near_content(territory: Territory, found: ActiveAccess) -> dict[str, Any]:
    """Return the answer as plain values ready for JSON, with the network and the sources that it was made from."""
    table = _communes(found)
    content = found.to_dict() | {
        "method": [*active_notes(territory, found.mode), *residents_notes(territory)],
        "communes_without": found.communes_without.index.tolist(),
        "communes_centre_beyond": found.communes_centre_beyond.index.tolist(),
        "by_commune": table.astype(object).where(table.notna(), None).to_dict("records"),
    }
    return with_origin(territory, content)


def write_near(territory: Territory, found: ActiveAccess, folder: Path) -> tuple[str, ...]:
    """Write ``walk.csv``, ``.json`` and the map ``walk.html``, or ``bike``, into a folder; return their names.

    All of them, or none where one cannot be written; without the extra that draws it the map is left out, which is
    said. Other files of the folder stay.

    Raises
    ------
    SourceError
        The folder cannot be written to.
    """
    stem = found.mode
    page = f"{stem}.html"
    drawn = (page,) if can_write(page, "folium") else ()
    title = f"Qui est {within_text(found.question.threshold_min)} {MODES[stem]}"
    with result_files(folder, title, territory.manifest) as beside:
        write_table(near_table(found), beside / f"{stem}.csv")
        write_summary(near_content(territory, found), beside / f"{stem}.json")
        if drawn:
            from geo.maps.interactive import near_page, write_map  # noqa: PLC0415 - folium is of an extra

            write_map(near_page(territory, found), beside / page)
    return *table_files(stem), f"{stem}.json", *drawn, PACKAGE_FILE
