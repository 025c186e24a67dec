"""The tables that come with the project: communes and places of all of France, and cells that stand in for contours.

`data/README.md` says what each holds; `geo.sources.embedded_making` makes them again from official files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import french
from geo.crs import WGS84, metric_crs, to_metres
from geo.kinds import KINDS
from geo.schemas import COMMUNE_COLUMNS, FACILITY_COLUMNS, POINT_SOURCES
from geo.sources import delimited, facility_table
from geo.sources.commune_codes import normalise_codes
from geo.sources.delimited import read_delimited, require_columns, require_rows
from geo.sources.departements import departement_codes
from geo.sources.facility_table import OPEN_LICENCE, facility_frame
from geo.sources.kept_frames import content_key, kept_frames
from geo.sources.population import MOST_RESIDENTS
from geo.sources.postcodes import POSTCODES_TEXT
from geo.sources.provenance import Provenance, SourceTable, names_its_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Columns of the files, in order.
COMMUNES_CSV: Final = (
    *("code", "name", "departement", "intercommunality", "postcodes", "population", "lon", "lat", "position"),
)
INTERCOMMUNALITIES_CSV: Final = ("code", "name", "kind")
FORMER_CSV: Final = ("code", "name", "kind", "commune_code", "lon", "lat", "position")
SITES_CSV: Final = (*FACILITY_COLUMNS, "lon", "lat")
TAX_OFFICES_CSV: Final = ("facility_id", "name", "commune_code", "address", "services", "source")
COMMUNES_DATASET: Final = "Communes de France"
SITES_DATASET: Final = "Liste des structures France services"
TAX_OFFICES_DATASET: Final = "Centres des Finances publiques"
#: Date of each table, told with every figure.
COMMUNES_VINTAGE: Final = "1er janvier 2026"
SITES_VINTAGE: Final = "2024-08-01"
TAX_OFFICES_VINTAGE: Final = "octobre 2019"
#: What stands in the place of a comment of the list that is free prose of its author: most speak of hours and of other
#: places, and the finder then does not say that the site is open without a word of it.
LONG_COMMENT: Final = "Texte long, non repris ici : vérifiez les horaires et le lieu par téléphone."
#: Said of the residents of each commune.
RESIDENTS_NOTE: Final = "Habitants des communes : population municipale de l'INSEE de 2023, de 2017 à Mayotte."
#: Said beside each tax office of the embedded list.
TO_VERIFY: Final = "adresse de 2019, à vérifier"
OFFICES_MISSING: Final = "Il manque des centres à cette liste : un autre peut être plus proche."
#: The one service of most tax offices of the list, and what is said of them.
_FOR_BUSINESSES: Final = "Service des impôts des entreprises"
ONLY_BUSINESSES: Final = "Elle n'y nomme que le service des entreprises : demandez s'il reçoit les particuliers."
#: Where the administration gives the address of today.
TAX_OFFICES_DIRECTORY: Final = "https://www.impots.gouv.fr/contacts"
_TAX_OFFICES_NOTE: Final = (
    f"Centres des Finances publiques : {TO_VERIFY} ({TAX_OFFICES_DIRECTORY}) ; chacun est placé à la mairie de sa "
    f"commune ; les trésoreries, dont beaucoup ont fermé depuis, ne sont pas comptées."
)

#: How the edge of the cells is drawn: the concave hull of the communes' positions, then this much around it. The
#: pair was chosen among others as the closest to the real outline of three départements (shared area 92 %).
_HULL_RATIO: Final = 0.15
_EDGE_M: Final = 3_000

#: Where communes are placed, as told to users.
_POSITIONS: Final = {
    "mairie": "à leur mairie",
    "site": "au site France services qu'elles accueillent, faute de connaître leur mairie",
    "post_office": "à leur bureau de poste, faute de connaître leur mairie",
    "interior": "en un point à l'intérieur de leur contour, faute de connaître leur mairie",
}

_UNKNOWN_COMMUNE: Final = "commune absente de communes.csv"
_YES_NO: Final = {"yes": True, "no": False}
#: Names of the files, and of the tables that are read from them.
_FILES: Final = ("communes", "intercommunalities", "sites", "tax_offices", "former_communes")
_ADVICE: Final = "Rétablissez les tables du projet, ou refaites-les avec geo.sources.embedded_making."


@dataclass(frozen=True, slots=True)
class EmbeddedTables:
    """The embedded tables of France.

    Attributes
    ----------
    communes, sites, tax_offices
        Each as its usual reader would give it, EPSG:4326; `communes` has no contour yet (geometry `None`).
    intercommunality
        SIREN of the intercommunality of each commune, by commune code; <NA> for the four islands without one.
    intercommunalities
        Indexed by SIREN: `name`, `kind`.
    former
        Communes merged since, delegated, associated, and municipal arrondissements, indexed by code (which may come
        twice): `name`, `kind`, `commune_code` of today, and `lon`, `lat` of its town (float64, degrees), NaN for an
        arrondissement, where the commune of today has its code, or where it is not known.
    """

    communes: SourceTable
    sites: SourceTable
    tax_offices: SourceTable
    intercommunality: pd.Series
    intercommunalities: pd.DataFrame
    former: pd.DataFrame


def tables_place(folder: Path, kept: Path) -> Path:
    """Return the folder in `kept` of the tables that `read_embedded` read and checked; raise as `content_key`."""
    files = [folder / f"{name}.csv" for name in _FILES]
    modules = (facility_table, delimited, french)
    return kept / f"tables-{content_key(files, (__file__, *(str(module.__file__) for module in modules)))}"


def read_embedded(folder: Path, kept: Path | None = None) -> EmbeddedTables:
    """Read the embedded tables.

    `kept`: Folder where the tables are kept as they were read and checked, and found the next time; `None`: none is.

    Raises
    ------
    SourceError
        A file is absent or cannot be read.
    SchemaError
        A file was changed in a way that breaks its contract; lists every fault.
    """
    files = [folder / f"{name}.csv" for name in _FILES]
    if kept is None or not all(file.is_file() for file in files):
        frames = _read_frames(folder)
    else:
        frames = kept_frames(
            tables_place(folder, kept), _FILES, lambda: _read_frames(folder), what="des tables de la France"
        )
    communes = frames["communes"].set_index("commune_code")
    nowhere = gpd.GeoSeries(np.full(len(communes), None), index=communes.index, crs=WGS84)
    return EmbeddedTables(
        communes=_source_table(
            gpd.GeoDataFrame(communes[list(COMMUNE_COLUMNS)], geometry=nowhere),
            folder / "communes.csv",
            COMMUNES_DATASET,
            COMMUNES_VINTAGE,
            notes=(RESIDENTS_NOTE,),
        ),
        sites=_source_table(_points(frames["sites"]), folder / "sites.csv", SITES_DATASET, SITES_VINTAGE),
        tax_offices=_source_table(
            _points(frames["tax_offices"]),
            folder / "tax_offices.csv",
            TAX_OFFICES_DATASET,
            TAX_OFFICES_VINTAGE,
            notes=(_TAX_OFFICES_NOTE,),
        ),
        intercommunality=communes["intercommunality"],
        intercommunalities=frames["intercommunalities"].set_index("code"),
        former=frames["former_communes"].set_index("code"),
    )


def _read_frames(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables from their files, named as these are, index 0..n-1; places have `lon` and `lat`."""
    groups = _read_names(folder / "intercommunalities.csv", INTERCOMMUNALITIES_CSV)
    communes = _read_communes(folder / "communes.csv", pd.Index(groups["code"]))
    codes = pd.Index(communes["commune_code"])
    return {
        "communes": communes,
        "intercommunalities": groups,
        "sites": _read_sites(folder / "sites.csv", codes),
        "tax_offices": _read_tax_offices(folder / "tax_offices.csv", communes.set_index("commune_code")),
        "former_communes": _read_former(folder / "former_communes.csv", codes),
    }


def _points(places: pd.DataFrame) -> gpd.GeoDataFrame:
    points = gpd.points_from_xy(places["lon"], places["lat"])
    return gpd.GeoDataFrame(places[list(FACILITY_COLUMNS)], geometry=points, crs=WGS84)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a département holds and what lies just across its border.

    `intercommunalities`: SIREN of those that its communes are in. `near_communes`, `near_intercommunalities`: of other
    départements, INSEE code or SIREN -> the département; an intercommunality of both is only among its own.
    """

    departement: str
    intercommunalities: frozenset[str] = frozenset()
    near_communes: Mapping[str, str] = field(default_factory=dict)
    near_intercommunalities: Mapping[str, str] = field(default_factory=dict)

    @property
    def near_departements(self) -> frozenset[str]:
        """Départements with a commune across the border."""
        return frozenset(self.near_communes.values())


def surroundings(folder: Path, departement: str, km: float) -> Surroundings:
    """Return what lies in a département and within `km` of its communes, as a straight line between their positions.

    `folder`: of the embedded tables. Raise `SourceError` where they are absent.
    """
    table = read_delimited(folder / "communes.csv", COMMUNES_DATASET)
    require_columns(table, COMMUNES_CSV, COMMUNES_DATASET)
    inside = (table["departement"] == departement).to_numpy()
    own = frozenset(table.loc[inside, "intercommunality"].dropna())
    if not inside.any():
        return Surroundings(departement)
    lon, lat = (pd.to_numeric(table[axis]).to_numpy(np.float64) for axis in ("lon", "lat"))
    place = np.column_stack(to_metres(metric_crs(departement)).transform(lon, lat))
    # What lies overseas is out of the projection, and far.
    place = np.where(np.isfinite(place), place, np.inf)
    reach = place[inside]
    box = ((place >= reach.min(axis=0) - km * 1000) & (place <= reach.max(axis=0) + km * 1000)).all(axis=1)
    others = np.flatnonzero(box & ~inside)
    if len(others):
        from scipy.spatial import cKDTree  # noqa: PLC0415 - the tables themselves need none

        others = others[cKDTree(reach).query(place[others])[0] <= km * 1000]
    near = table.iloc[others]
    grouped = near[near["intercommunality"].notna() & ~near["intercommunality"].isin(own)]
    return Surroundings(
        departement,
        own,
        dict(zip(near["code"], near["departement"], strict=True)),
        dict(zip(grouped["intercommunality"], grouped["departement"], strict=True)),
    )


def approximate_contours(positions: gpd.GeoSeries, crs: str) -> gpd.GeoSeries:
    """Draw one cell around each position: all that is nearer to it than to another one (Voronoi).

    Returns
    -------
    Polygons indexed like `positions`, in the same CRS, without overlap. Together they reach a few kilometres
    around the concave hull of the positions.
    """
    points = shapely.multipoints(positions.to_crs(crs).to_numpy())
    area = shapely.concave_hull(points, ratio=_HULL_RATIO).buffer(_EDGE_M)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=area.envelope, ordered=True))
    return gpd.GeoSeries(shapely.intersection(cells, area), index=positions.index, crs=crs).to_crs(positions.crs)


@names_its_file
def _read_communes(path: Path, groups: pd.Index) -> pd.DataFrame:
    source = COMMUNES_DATASET
    table = read_delimited(path, source)
    require_columns(table, COMMUNES_CSV, source)
    lon, lat = _degrees(table["lon"], 180), _degrees(table["lat"], 90)
    population = pd.to_numeric(table["population"], errors="coerce").astype("Float64")
    unread = ~population.between(0, MOST_RESIDENTS).fillna(value=False) | (population != population.round())
    same_place = pd.DataFrame({"lon": lon, "lat": lat}).duplicated()
    require_rows(
        source,
        {
            "code INSEE absent ou non reconnu": table["code"] == normalise_codes(table["code"]),
            "code INSEE déjà lu": ~table["code"].duplicated(),
            "nom absent ou département inconnu": table["name"].notna() & table["departement"].isin(departement_codes()),
            "intercommunalité absente de intercommunalities.csv": table["intercommunality"].isna()
            | table["intercommunality"].isin(groups),
            "codes postaux : 64310 ou 64122;64700 attendu": table["postcodes"].isna()
            | table["postcodes"].str.fullmatch(POSTCODES_TEXT),
            "population non reconnue": table["population"].isna() | ~unread,
            "position absente ou déjà prise": lon.notna() & lat.notna() & ~same_place,
            f"nature de la position : {', '.join(POINT_SOURCES)} attendu": table["position"].isin(POINT_SOURCES),
        },
        _ADVICE,
    )
    frame = pd.DataFrame(
        {
            "commune_code": table["code"],
            "name": table["name"],
            "departement": table["departement"],
            "postcodes": table["postcodes"],
            "population": population.astype("Int64"),
            "lon": lon,
            "lat": lat,
            "point_source": table["position"],
            "altitude_m": np.nan,
            "intercommunality": table["intercommunality"],
        }
    )
    return frame.sort_values("commune_code", ignore_index=True)


def position_note(communes: pd.DataFrame) -> str:
    """Return where these communes (a commune table) are placed, as a French sentence."""
    return f"Position des communes : {positions_text(communes)}."


def positions_text(communes: pd.DataFrame) -> str:
    """Return how many communes are placed where: ``"545 à leur mairie"``."""
    counts = communes["point_source"].value_counts()
    return ", ".join(
        f"{french.format_number(int(counts[kind]))} {where}" for kind, where in _POSITIONS.items() if kind in counts
    )


@names_its_file
def _read_names(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Read a table of codes and names."""
    table = read_delimited(path, COMMUNES_DATASET)
    require_columns(table, columns, COMMUNES_DATASET)
    rules = {f"« {column} » absent": table[column].notna() for column in columns}
    require_rows(COMMUNES_DATASET, {**rules, "code déjà lu": ~table["code"].duplicated()}, _ADVICE)
    return table[list(columns)].reset_index(drop=True)


@names_its_file
def _read_former(path: Path, communes: pd.Index) -> pd.DataFrame:
    """Read the table of former communes, which lie in the given communes of today."""
    table = read_delimited(path, COMMUNES_DATASET)
    require_columns(table, FORMER_CSV, COMMUNES_DATASET)
    lon, lat = _degrees(table["lon"], 180), _degrees(table["lat"], 90)
    names = ("code", "name", "kind", "commune_code")
    unplaced = table[["lon", "lat", "position"]].isna().all(axis="columns")
    placed = lon.notna() & lat.notna() & table["position"].isin(POINT_SOURCES)
    rules = {f"« {column} » absent": table[column].notna() for column in names}
    rules |= {
        _UNKNOWN_COMMUNE: _among(table["commune_code"], communes),
        "position : lon, lat et nature attendues, ou rien": unplaced | placed,
        "position : d'une commune d'aujourd'hui ou lue deux fois": unplaced
        | ~(table["code"].isin(communes) | table["code"].duplicated(keep=False)),
    }
    require_rows(COMMUNES_DATASET, rules, _ADVICE)
    return table.assign(lon=lon, lat=lat)[[*names, "lon", "lat"]].reset_index(drop=True)


@names_its_file
def _read_sites(path: Path, communes: pd.Index) -> pd.DataFrame:
    source = SITES_DATASET
    table = read_delimited(path, source)
    require_columns(table, SITES_CSV, source)
    lon, lat = _degrees(table["lon"], 180), _degrees(table["lat"], 90)
    require_rows(
        source,
        {
            "identifiant absent ou déjà lu": table["facility_id"].notna() & ~table["facility_id"].duplicated(),
            "nom absent": table["name"].notna(),
            "nature de site non reconnue": table["kind"].isin(KINDS),
            _UNKNOWN_COMMUNE: _among(table["commune_code"], communes),
            "position absente": lon.notna() & lat.notna(),
        },
        _ADVICE,
    )
    table["appointment"] = table["appointment"].map(_YES_NO).astype("boolean")
    table["opening_hours"] = table["opening_hours"].replace("off", "")
    return _placed(table, lon, lat)


@names_its_file
def _read_tax_offices(path: Path, communes: pd.DataFrame) -> pd.DataFrame:
    source = TAX_OFFICES_DATASET
    table = read_delimited(path, source)
    require_columns(table, TAX_OFFICES_CSV, source)
    require_rows(
        source,
        {
            "identifiant absent ou déjà lu": table["facility_id"].notna() & ~table["facility_id"].duplicated(),
            "nom absent": table["name"].notna(),
            _UNKNOWN_COMMUNE: _among(table["commune_code"], communes.index),
        },
        _ADVICE,
    )
    town = communes.reindex(table["commune_code"]).set_axis(table.index)
    table["kind"] = "tax_office"
    table["commune_name"], table["departement"] = town["name"], town["departement"]
    remark = f"{TO_VERIFY.capitalize()} ; placé ici à la mairie de sa commune. {OFFICES_MISSING}"
    for_businesses = table["services"].eq(_FOR_BUSINESSES).fillna(value=False).to_numpy(bool)
    table["comment"] = np.where(for_businesses, f"{remark} {ONLY_BUSINESSES}", remark)
    table["website"] = TAX_OFFICES_DIRECTORY
    return _placed(table, town["lon"], town["lat"])


def _placed(table: pd.DataFrame, lon: pd.Series, lat: pd.Series) -> pd.DataFrame:
    """Return the columns of a facility table, `lon` and `lat`."""
    frame = pd.DataFrame(facility_frame(table, lon, lat)[list(FACILITY_COLUMNS)])
    return frame.assign(lon=lon.to_numpy(), lat=lat.to_numpy())


def _among(codes: pd.Series, known: pd.Index) -> pd.Series:
    """Tell which codes are among those known: `Series.isin` takes a tenth of a second to read the codes of France."""
    return pd.Series(known.get_indexer(pd.Index(codes)) >= 0, index=codes.index)


def _degrees(cells: pd.Series, farthest: float) -> pd.Series:
    numbers: pd.Series = pd.to_numeric(cells, errors="coerce").astype("float64")
    return numbers.where(numbers.abs() <= farthest)


def _source_table(
    frame: gpd.GeoDataFrame, path: Path, dataset: str, vintage: str, *, notes: tuple[str, ...] = ()
) -> SourceTable:
    provenance = Provenance.of_file(
        path, dataset, vintage=vintage, licence=OPEN_LICENCE, rows_read=len(frame), rows_kept=len(frame)
    )
    return SourceTable(frame, provenance, notes=notes)
