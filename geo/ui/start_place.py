"""Where a visitor may start from in the territory shown: its communes, former ones, hamlets, arrondissements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo.finder.found_place import FoundPlace, key_of_locality
from geo.finder.other_names import shown_name
from geo.sources.localities import LOCALITY_KINDS
from geo.territory.place_names import former_communes, other_names

if TYPE_CHECKING:
    from geo.territory import Territory


def start_at_key(key: str | None, territory: Territory) -> FoundPlace | None:
    """Return the place of the study area that a link tells; `None` where there is none.

    `key`: As `FoundPlace.key`. A former commune is found by its code where it has a position of its own, a hamlet, a
    resort or a quarter by its name, in a view of the embedded France only.

    Examples
    --------
    >>> from geo import Territory
    >>> start_at_key("64204-gourette", Territory.load("64")).label
    "Gourette, hameau d'Eaux-Bonnes (64)"
    """
    if key is None:
        return None
    code, _, part = key.partition("-")
    communes = territory.communes
    if key in communes.index:
        row = communes.loc[key]
        return _place(row["name"], key, row["departement"], (row["lon"], row["lat"]), centre_of=row["name"])
    if territory.manifest.view is None:
        return None
    if part and code in communes.index:
        names = other_names()
        names = names[(names["commune_code"] == code) & names["kind"].isin(LOCALITY_KINDS)]
        names = names[[key_of_locality(name) == part for name in names["name"]]]
    else:
        names = former_communes()
        names = names[names.index == key].dropna(subset="lon")
        names = names[[today in communes.index for today in names["commune_code"]]]
    if names.empty:
        return None
    row, today = names.iloc[0], communes.loc[names["commune_code"].iloc[0]]
    label = shown_name(row["name"], row["kind"], today["name"])
    if not part:
        return _place(label, code, today["departement"], (row["lon"], row["lat"]), centre_of=row["name"])
    placed = bool(pd.notna(row["lon"]))
    where = (row["lon"], row["lat"]) if placed else (today["lon"], today["lat"])
    centre_of = None if placed else today["name"]
    return _place(label, code, today["departement"], where, locality=row["name"], centre_of=centre_of)


def _place(
    label: str,
    code: str,
    departement: str,
    where: tuple[float, float],
    *,
    centre_of: str | None,
    locality: str | None = None,
) -> FoundPlace:
    lon, lat = map(float, where)
    label = f"{label} ({departement})"
    return FoundPlace(
        label, "commune", code, str(departement), None, lon, lat, 100.0, locality=locality, centre_of=centre_of
    )
