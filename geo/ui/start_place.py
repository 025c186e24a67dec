"""Where a visitor may start from in the territory shown: its communes, arrondissements of the three cities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.territory.place_names import former_communes

if TYPE_CHECKING:
    import pandas as pd

    from geo.territory import Territory


def start_row(code: str | None, territory: Territory) -> pd.Series | None:
    """Return the row of a commune of the study area, or of a municipal arrondissement of one; `None` for any other.

    The row holds `name`, `departement`, and `lon` and `lat` in EPSG:4326 at least.
    """
    if code in territory.communes.index:
        commune: pd.Series = territory.communes.loc[code]
        return commune
    if code is None or territory.manifest.view is None:
        return None
    former = former_communes()
    own = former[(former.index == code) & former["lon"].notna() & former["commune_code"].isin(territory.communes.index)]
    if own.empty:
        return None
    row: pd.Series = own.iloc[0].copy()
    row["departement"] = territory.communes.loc[row["commune_code"], "departement"]
    return row
