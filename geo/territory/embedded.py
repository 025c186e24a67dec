"""The territory that comes with the project, and how its tables are made again from official files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd

from geo.crs import WGS84, metric_crs
from geo.kinds import SITES, TAX_OFFICES
from geo.settings import Settings
from geo.sources.departements import departement_name
from geo.sources.embedded import COMMUNES_CSV, SITES_CSV, read_embedded
from geo.territory.assemble import assemble, estimate_roads
from geo.territory.files import OfficialTables

if TYPE_CHECKING:
    from pathlib import Path

    from geo.sources.provenance import SourceTable
    from geo.territory.manifest import Manifest
    from geo.territory.study_area import StudyArea

_FOLDER: Final = "pyrenees-atlantiques"
_DEPARTEMENT: Final = "64"

#: Longer comments are free prose of their authors, not facts.
_MAX_COMMENT: Final = 200
_DECIMALS: Final = 5

#: A commune's own site farther than this (m) from the interior point shows that its town is elsewhere.
_TOWN_ELSEWHERE_M: Final = 3_000
#: Kinds of site that stand in a town, the one that marks it best first.
_FIXED_KINDS: Final = ("main", "antenne")


def embedded_area(profile: str) -> tuple[StudyArea, Manifest]:
    """Return the embedded Pyrénées-Atlantiques on the network estimated with one speed profile, and its manifest.

    Raises
    ------
    MaillageError
        No such profile, or the project's own tables are damaged.
    """
    read = read_embedded(Settings.from_environment().data_dir / _FOLDER)
    lists = {SITES: read.sites, TAX_OFFICES: read.tax_offices}
    tables = OfficialTables(read.communes, None, None, lists, contours_approximate=True)
    network = estimate_roads(read.communes.frame, profile=profile)
    return assemble(tables, departement_name(_DEPARTEMENT), {_DEPARTEMENT}, roads=network)


def write_embedded_tables(communes: SourceTable, sites: SourceTable, folder: Path) -> None:
    """Make `communes.csv` and `sites.csv` again from official files.

    ``write_embedded_tables(read_communes([...], population=...), read_france_services(...), folder)``. The tax offices
    are kept by hand: see `data/README.md`.

    The interior point of a vast mountain commune may be 10 km from its town. So a commune whose town hall is unknown
    and whose fixed site is more than 3 km from its interior point is placed at that site (`point_source` "site"): a
    main one rather than an antenne, the nearest to the interior point of several.

    Parameters
    ----------
    communes
        From `read_communes`: all communes of the départements wanted.
    sites
        From `read_france_services`; only the sites of those départements are written.
    folder
        Where to write; made if absent.
    """
    folder.mkdir(parents=True, exist_ok=True)
    area = _at_their_site(communes.frame, sites.frame)
    area = area.rename_axis("code").reset_index().rename(columns={"point_source": "position"})
    area[["lon", "lat"]] = area[["lon", "lat"]].round(_DECIMALS)
    area[list(COMMUNES_CSV)].to_csv(folder / "communes.csv", index=False, lineterminator="\n")

    chosen = sites.frame[sites.frame["departement"].isin(area["departement"])]
    chosen = chosen.assign(
        appointment=chosen["appointment"].astype("object").map({True: "yes", False: "no"}),
        comment=chosen["comment"].mask(chosen["comment"].str.len() > _MAX_COMMENT),
        opening_hours=chosen["opening_hours"].replace("", "off"),
        lon=chosen.geometry.x.round(_DECIMALS),
        lat=chosen.geometry.y.round(_DECIMALS),
    )
    chosen[list(SITES_CSV)].to_csv(folder / "sites.csv", index=False, lineterminator="\n")


def _at_their_site(communes: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return communes with those of unknown town hall whose fixed site is far from the interior point placed at it."""
    interior = communes[communes["point_source"] == "interior"]
    fixed = sites[sites["kind"].isin(_FIXED_KINDS) & sites["commune_code"].isin(interior.index)]
    if fixed.empty:
        return communes
    metres = metric_crs(communes["departement"].iloc[0])
    points = gpd.GeoSeries.from_xy(interior["lon"], interior["lat"], crs=WGS84).to_crs(metres)[fixed["commune_code"]]
    fixed = fixed.assign(
        rank=fixed["kind"].map(_FIXED_KINDS.index),
        distance=fixed.geometry.to_crs(metres).distance(points.set_axis(fixed.index)),
    )
    chosen = fixed.sort_values(["rank", "distance", "facility_id"]).drop_duplicates("commune_code")
    chosen = chosen[chosen["distance"] > _TOWN_ELSEWHERE_M].set_index("commune_code")
    placed: gpd.GeoDataFrame = communes.copy()
    placed.loc[chosen.index, "lon"], placed.loc[chosen.index, "lat"] = chosen.geometry.x, chosen.geometry.y
    placed.loc[chosen.index, "point_source"] = "site"
    return placed
