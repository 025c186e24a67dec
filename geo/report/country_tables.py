"""A diagnosis of all of France as files: communes, départements, regions, summary and map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.access.diagnosis import summary_of
from geo.answers.tables import rounded
from geo.crs import departement_of
from geo.report.data_package import PACKAGE_FILE, result_files
from geo.report.extras import can_write
from geo.report.tables import NETWORK_FACTS, commune_table, gain_table, table_files, write_summary, write_table
from geo.siting.gains import candidate_gains
from geo.sources.departements import departement_name, region_name

if TYPE_CHECKING:
    from pathlib import Path

    from geo.access.diagnosis import Diagnosis
    from geo.territory.country import Country

#: Totals of an area (`geo.access.coverage.CoverageSummary.to_dict`), in the order of the columns.
_TOTALS: Final = (
    "communes",
    "communes_under_served",
    "communes_unreachable",
    "communes_off_network",
    "population",
    "residents_known",
    "residents_within",
    "share_covered",
    "median_time_min",
    "estimated",
)


#: What a row of a table is where its `name` is not that of a commune.
_ROWS_OF: Final = {"departements": "departement", "regions": "region"}


def area_table(diagnosis: Diagnosis, *, by: str) -> pd.DataFrame:
    """Return the totals of each ``"departement"`` or ``"region"``.

    Returns
    -------
    Columns `code` (départements only), `name`, then totals as `CoverageSummary.to_dict` names them: residents (Float64,
    <NA> where none is known), `share_covered` (Float64, of the residents known, <NA> where there are none) and
    `median_time_min` (Float64, over residents, <NA> where no time is known) among them; one row an area, by code or
    name.
    """
    departements = diagnosis.coverage.index.to_series().map(departement_of)
    key = departements if by == "departement" else departements.map(region_name)
    times_key = diagnosis.times["commune_code"].map(key)
    rows = []
    for area, cov in diagnosis.coverage.groupby(key, sort=True):
        said = summary_of(diagnosis.question, cov, diagnosis.times[times_key == area]).to_dict()
        rows.append(
            {
                **({"code": area} if by == "departement" else {}),
                "name": departement_name(str(area)) if by == "departement" else area,
                **{name: said[name] for name in _TOTALS},
            }
        )
    numbers = ("population", "residents_known", "residents_within", "share_covered", "median_time_min")
    return pd.DataFrame(rows).astype(dict.fromkeys(numbers, "Float64"))


def country_summary(country: Country, diagnosis: Diagnosis) -> dict[str, Any]:
    """Return the national summary, with its départements and regions, ready for JSON."""
    manifests = [part.manifest.to_dict() for part in country.parts]
    return {
        "territory": country.name,
        **diagnosis.summary.to_dict(),
        "equity": diagnosis.equity.to_dict(),
        "networks": [
            {"territory": part.name} | {key: manifest["network"][key] for key in NETWORK_FACTS}
            for part, manifest in zip(country.parts, manifests, strict=True)
        ],
        "sources": manifests[0]["sources"],
        "departements": _records(area_table(diagnosis, by="departement")),
        "regions": _records(area_table(diagnosis, by="region")),
    }


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Return rows as plain values, exact."""
    return table.astype(object).where(table.notna(), None).to_dict("records")


def country_gains(country: Country, diagnosis: Diagnosis) -> pd.DataFrame:
    """Return what one new site would bring (`geo.siting.gains.candidate_gains`), over all of a country."""
    times, threshold_min = diagnosis.times, diagnosis.question.threshold_min
    own = [times[times["commune_code"].isin(part.communes.index)] for part in country.parts]
    gains = [candidate_gains(part, known, threshold_min) for part, known in zip(country.parts, own, strict=True)]
    return pd.concat(gains).sort_values("gain_residents", ascending=False, kind="stable")


def write_country_diagnosis(country: Country, diagnosis: Diagnosis, folder: Path) -> tuple[str, ...]:
    """Write the tables (communes also as GeoParquet), ``map.png`` and ``summary.json`` into a folder; return names.

    All of them, or none where one cannot be written; without the extra that draws it the map is left out, which is
    said. Other files of the folder stay.
    """
    table = commune_table(diagnosis.coverage)
    contours = pd.concat([part.communes.geometry for part in country.parts])
    tables = {
        "communes": table,
        "departements": rounded(area_table(diagnosis, by="departement")),
        "regions": rounded(area_table(diagnosis, by="region")),
        "gains": gain_table(country_gains(country, diagnosis)),
    }
    drawn = ("map.png",) if can_write("map.png", "matplotlib") else ()
    with result_files(folder, "Accès aux sites : diagnostic de la France", country.parts[0].manifest) as beside:
        for name, rows in tables.items():
            shapes = contours if name == "communes" else None
            write_table(rows, beside / f"{name}.csv", of=_ROWS_OF.get(name, ""), contours=shapes)
        write_summary(country_summary(country, diagnosis), beside / "summary.json")
        if drawn:
            from geo.maps.static.country_map import country_map  # noqa: PLC0415 - matplotlib is of an extra
            from geo.maps.static.files import write_sheet  # noqa: PLC0415

            write_sheet(country_map(country.name, country.parts, diagnosis), beside / "map.png")
    return *table_files(*tables), *drawn, "summary.json", PACKAGE_FILE
