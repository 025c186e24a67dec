"""Writing the manifest of a study area: its sources, its network, notes on what to mind, and the rows kept out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.crs import departement_of
from geo.french import POPULATION_UNKNOWN, agreed, format_integer
from geo.network.estimated_error import MEASURED_ERROR
from geo.network.snapping import FAR_FROM_ROADS_M
from geo.sources.commune_codes import CommuneNote, normalise_codes
from geo.territory.manifest import CommunesNoted, Manifest, RejectedRow
from geo.territory.margin import MARGIN_M

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.sources.provenance import SourceTable
    from geo.territory.study_area import StudyArea

#: Rows kept out that a manifest lists; the rest is counted.
_MAX_REJECTED: Final = 1000
#: Above this many residents, one point does not stand for a commune.
_CITY_RESIDENTS: Final = 100_000


def describe(
    area: StudyArea, tables: Sequence[SourceTable], everywhere: gpd.GeoDataFrame, around: gpd.GeoDataFrame
) -> Manifest:
    """Return what is to be said of a study area.

    `everywhere`: All communes of the files. `around`: Those of the area and its margin.

    Returns
    -------
    Of the rows kept out at most 1,000 are listed, all are counted.
    """
    concerns = _concerns(around, everywhere)
    # Communes carry the notes of the population that they were given: each is said once.
    notes = list(dict.fromkeys(note for table in tables for note in table.notes))
    about_communes = [note.about(concerns) for table in tables for note in table.commune_notes]
    about_communes += [_far_from_roads(area), cities_at_one_point([area])]
    about_communes = [note for note in dict.fromkeys(about_communes) if note.codes]
    notes += [note.sentence for note in about_communes]
    notes += [
        f"Aucun lieu de la liste « {name} » dans « {area.name} » ni à moins de {MARGIN_M / 1000:.0f} km : "
        f"aucun temps ne peut être calculé vers cette liste."
        for name, table in area.facilities.items()
        if table.empty
    ]
    notes += _where_roads_stop(area, everywhere)
    off = ~(area.demand_on_network.link >= 0)
    if off.any():
        codes = area.demand["commune_code"][off].nunique()
        known = area.communes.loc[area.demand["commune_code"][off], "population"].notna().any()
        people = agreed(round(_residents_at(area, off)), "habitant(s)") if known else POPULATION_UNKNOWN
        notes.append(
            f"Le réseau routier ne couvre pas tout le territoire : "
            f"{agreed(off.sum(), 'point(s) de population')}, dans {agreed(codes, 'commune(s)')} "
            f"({people}), à plus de "
            f"{format_integer(area.network.snap_limit_m)} m d'une route ; leur temps n'est pas calculé."
        )
    rejected = [
        RejectedRow(table.provenance.dataset, int(row["row"]), str(row["identifier"]), str(row["reason"]))
        for table in tables
        for row in _kept_out(table, concerns).to_dict("records")
    ]
    return replace(
        outline(area, tables),
        notes=tuple(notes),
        notes_communes=tuple(CommunesNoted(note.sentence, note.codes) for note in about_communes),
        rejected_count=len(rejected),
        rejected=tuple(rejected[:_MAX_REJECTED]),
    )


def outline(area: StudyArea, tables: Sequence[SourceTable]) -> Manifest:
    """Return the same without the notes and the rows kept out: what is known without a look at the residents."""
    network = area.network.summary()
    return Manifest(
        territory=area.name,
        departement=area.departement,
        built_on=dt.datetime.now(tz=dt.UTC).date(),
        crs=area.crs,
        communes=len(area.communes),
        population=int(area.communes["population"].sum()),
        population_points="carreaux de population" if area.cells is not None else "communes",
        contours_approximate=area.contours_approximate,
        facilities={name: len(table) for name, table in area.facilities.items()},
        sources=tuple(table.provenance for table in tables),
        network=replace(network, error=MEASURED_ERROR if network.approximate else None),
        notes=(),
        notes_communes=(),
        rejected_count=0,
        rejected=(),
    )


def _residents_at(area: StudyArea, chosen: NDArray[np.bool_]) -> float:
    """Return the residents of some demand points; those of a commune add up to its legal population."""
    code, counted = area.demand["commune_code"], area.demand["population"].fillna(0.0)
    whole = counted.groupby(code).transform("sum")
    part = (counted / whole).where(whole > 0, 1 / code.groupby(code).transform("size"))
    legal = area.communes["population"].astype("Float64").fillna(0.0).reindex(code).to_numpy(np.float64)
    return float((legal * part.to_numpy(np.float64))[chosen].sum())


def _concerns(around: gpd.GeoDataFrame, everywhere: gpd.GeoDataFrame) -> Callable[[str], bool]:
    """Return what tells whether a commune code is of the study area or its margin.

    A code that is no commune of the files counts with its département.
    """
    near, known = set(around.index.to_numpy(dtype=object)), everywhere.index
    departements = set(around["departement"].unique())
    return lambda code: code in near or (code not in known and departement_of(code) in departements)


def _kept_out(table: SourceTable, concerns: Callable[[str], bool]) -> pd.DataFrame:
    """Return the rows kept out of a table; where they are communes, those that concern the study area."""
    if table.frame.index.name != "commune_code":
        return table.rejected
    codes = normalise_codes(table.rejected["identifier"])
    return table.rejected[[pd.isna(code) or concerns(code) for code in codes]]


def _far_from_roads(area: StudyArea) -> CommuneNote:
    """Return the note about communes whose residents are, in the mean, far from the street where their way starts."""
    far = f"à plus de {format_integer(FAR_FROM_ROADS_M)} m d'une route"
    sentence = f"{{count}} commune(s) (a son/ont leur) point {far} : {{codes}}."
    if area.network.source.approximate:  # it has no streets
        return CommuneNote.of(sentence, ())
    origins = area.demand_on_network
    known = origins.link >= 0
    points = area.demand[known]
    # A trace of weight everywhere: points count alike in a commune where nobody is known to live.
    weight = points["population"].fillna(0.0) + 1e-9
    weighted = pd.DataFrame({"sum": weight * origins.distance_m[known], "weight": weight})
    totals = weighted.groupby(points["commune_code"]).sum()
    distance = totals["sum"] / totals["weight"]
    return CommuneNote.of(sentence, distance.index[distance > FAR_FROM_ROADS_M])


def cities_at_one_point(parts: Sequence[StudyArea]) -> CommuneNote:
    """Return the note about large cities whose residents are all taken to be at one point; of no commune: none is."""
    each = [part.communes.loc[part.at_one_point, ["name", "population"]] for part in parts]
    communes = pd.concat(each)
    large = communes[(communes["population"] > _CITY_RESIDENTS).fillna(value=False)]
    large = large.sort_values("population", ascending=False)
    shown = ", ".join(f"{name} ({code})" for code, name in large["name"].head(10).items())
    more = f" et {agreed(len(large) - 10, 'autre(s)')}" if len(large) > 10 else ""  # noqa: PLR2004 - as many as of any list
    one = len(large) == 1
    sentence = (
        f"{shown}{more} {'est représentée' if one else 'sont représentées'} par un seul point"
        f"{'' if one else ' chacune'} : les temps n'y ont pas de sens à l'échelle des quartiers."
    )
    return CommuneNote.of(sentence.replace("{", "{{").replace("}", "}}"), large.index)


def _where_roads_stop(area: StudyArea, everywhere: gpd.GeoDataFrame) -> list[str]:
    """Return the note about places in a département without any commune in the files, on an estimated network."""
    if not area.network.source.approximate:
        return []
    codes = pd.concat([table["departement"] for table in area.facilities.values()]).dropna()
    missing = codes[~codes.isin(everywhere["departement"].unique())].value_counts().sort_index()
    if missing.empty:
        return []
    counted = ", ".join(f"{code} ({agreed(count, 'lieu(x)')})" for code, count in missing.items())
    note = (
        f"Des lieux à compter sont dans des départements dont aucune commune n'est dans les fichiers : {counted}. "
        f"Le réseau estimé s'arrête à leur limite : donnez aussi leurs communes, ou un fichier de routes."
    )
    return [note]
