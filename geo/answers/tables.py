"""Columns of tables: what each is called in French, its unit, and how precise it is in files and on screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Decimals in files (CSV, XLSX, GPKG, Parquet) by what the name of a column ends with: its unit.
_UNIT_DECIMALS: Final[Mapping[str, int]] = {"_min": 2, "_km": 2, "_m": 0, "_eur": 0, "lon": 7, "lat": 7}
#: Decimals in files of shares (0 to 1), and of residents and all other numbers.
_SHARE_DECIMALS: Final = 4
_OTHER_DECIMALS: Final = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column: French heading, unit, and decimals in the tables of the screen (`None`: written as it is).

    A `share` (0 to 1) is shown in percent.
    """

    heading: str
    unit: str = ""
    decimals: int | None = None
    share: bool = False

    @property
    def is_time(self) -> bool:
        """Whether it holds minutes of travel."""
        return self.unit == "min" or self.heading.startswith("Minutes ")

    @property
    def title(self) -> str:
        """The heading with its unit: ``"Temps (min)"``."""
        return f"{self.heading} ({self.unit})" if self.unit else self.heading


#: Machine name of a column -> what people are shown; ``"site.name"`` is a column `name` of a table of sites.
COLUMNS: Final[Mapping[str, Column]] = {
    # Coverage of communes.
    "name": Column("Commune"),
    "travel_time_min": Column("Temps", "min", 1),
    "under_served": Column("Sous-desservie"),
    "facility_name": Column("Le plus proche"),
    "distance_km": Column("Distance", "km", 1),
    "population": Column("Habitants", decimals=0),
    "share_within": Column("Part sous le seuil", decimals=2, share=True),
    "commune_code": Column("Code INSEE"),
    "estimated": Column("Temps estimé"),
    # Totals of départements.
    "departement.name": Column("Département"),
    "share_covered": Column("Part sous le seuil", decimals=2, share=True),
    "median_time_min": Column("Temps médian", "min", 1),
    "communes_under_served": Column("Communes sous-desservies", decimals=0),
    "communes": Column("Communes", decimals=0),
    # Access by age, standard of living and car.
    "equity.group": Column("Groupe"),
    # Certainty and capacity.
    "travel_time_low_min": Column("Au mieux", "min", 1),
    "travel_time_high_min": Column("Au pire", "min", 1),
    "capacity_per_1000": Column("Pour 1 000 habitants", decimals=1),
    "share_outside": Column("Part hors du territoire", decimals=3, share=True),
    "share_of_runs": Column("Choisi dans", decimals=3, share=True),
    "in_plan": Column("Dans le plan"),
    # Labels of a plan, and whom each serves.
    "rank": Column("Rang"),
    "place.name": Column("Lieu"),
    "gain_residents": Column("Habitants rapprochés", decimals=0),
    # A plan beside the best one among all communes.
    "two.plan": Column("Plan"),
    "two.places": Column("Lieux"),
    "two.gain_residents": Column("Habitants rapprochés", decimals=0),
    "two.gain_mean_residents": Column("En moyenne", decimals=0),
    "two.share_within": Column("Part sous le seuil", decimals=2, share=True),
    "two.mean_time_min": Column("Temps moyen", "min", 1),
    "two.cost_eur": Column("Coût", "€ par an", 0),
    "two.share_of_best": Column("Part du meilleur gain", decimals=2, share=True),
    "gain_mean_residents": Column("En moyenne", decimals=0),
    "commune_residents": Column("Habitants de la commune", decimals=0),
    "centrality": Column("Ce qu'on y trouve"),
    "retained": Column("Retenu, fois", decimals=0),
    "variants": Column("Variantes", decimals=0),
    "residents_with_stop": Column("Habitants à portée d'un arrêt", decimals=0),
    "hours_a_month": Column("Heures par mois", decimals=1),
    "share_of_gain": Column("Part du gain", decimals=3, share=True),
    "gain_alone_residents": Column("S'il était seul", decimals=0),
    "residents_served": Column("Habitants servis", decimals=0),
    "minutes_saved_mean": Column("Minutes gagnées", decimals=1),
    "elsewhere": Column("Presque aussi bien"),
    "cost_eur": Column("Coût", "€ par an", 0),
    "holds_site": Column("A déjà un site"),
    "code": Column("Code"),
    "commune_name": Column("Commune"),
    "residents": Column("Habitants", decimals=0),
    "residents_brought": Column("dont rapprochés", decimals=0),
    "time_before_min": Column("Aujourd'hui", "min", 1),
    "time_after_min": Column("Avec le label", "min", 1),
    # The way without a car.
    "share_round_trip": Column("Part avec aller-retour", decimals=2, share=True),
    "time_out_min": Column("Hors de chez soi", "min", 0),
    "earliest_arrival": Column("Première arrivée utile"),
    "last_way_back": Column("Dernier retour"),
    "door_to_door_p25_min": Column("Porte à porte, un quart du temps", "min", 0),
    "door_to_door_p50_min": Column("Porte à porte, la moitié du temps", "min", 0),
    "door_to_door_p75_min": Column("Porte à porte, trois quarts du temps", "min", 0),
    # Real roads against the estimate.
    "estimated_min": Column("Estimé", "min", 1),
    "by_road_min": Column("Par les routes", "min", 1),
    "becomes": Column("Devient"),
    # Scenario.
    "travel_time_before_min": Column("Aujourd'hui", "min", 1),
    "travel_time_after_min": Column("Ensuite", "min", 1),
    "delta_min": Column("Écart", "min", 1),
    "facility_before": Column("Site d'aujourd'hui"),
    "facility_after": Column("Site ensuite"),
    # What changed between two lists.
    "change": Column("Ce qui a changé"),
    # Sites: what depends on each, and half-days that could be opened.
    "site.name": Column("Site"),
    "residents_passing": Column("Passeraient le seuil", decimals=0),
    "residents_nearest": Column("Servis aujourd'hui", decimals=0),
    "added_min": Column("Minutes de plus", decimals=1),
    "residents_cut_off": Column("Sans aucun site", decimals=0),
    "bearer": Column("Porteur"),
    "facility_id": Column("Numéro"),
    "half_day": Column("Demi-journée à ouvrir"),
    "resident_hours": Column("Heures × habitants", decimals=0),
    "half_day.residents": Column("Habitants qui y gagnent", decimals=0),
    "hours_known": Column("Horaires connus ce jour"),
    # Minutes saved compared with the tax office.
    "saved_min": Column("Minutes gagnées", decimals=1),
    "site_time_min": Column("France services", "min", 1),
    "other_time_min": Column("Impôts", "min", 1),
    # Faults of a list.
    "severity": Column("Gravité"),
    "count": Column("Nombre", decimals=0),
    "title": Column("Contrôle"),
    "row": Column("Ligne", decimals=0),
    "row.facility_id": Column("Identifiant"),
    "value": Column("Trouvé"),
    "expected": Column("Attendu"),
}
_BY_TITLE: Final = {column.title: column for column in COLUMNS.values()}


def decimals_of(name: str) -> int:
    """Return how many decimals a column of numbers has in files.

    Examples
    --------
    >>> decimals_of("travel_time_min"), decimals_of("share_within"), decimals_of("gain_residents")
    (2, 4, 2)
    """
    if name.startswith("share") or "_share" in name:
        return _SHARE_DECIMALS
    return next((digits for unit, digits in _UNIT_DECIMALS.items() if name.endswith(unit)), _OTHER_DECIMALS)


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it is written to a file, each column of numbers rounded once to its decimals.

    Of how sure its times are, `estimated` stays.
    """
    table = table.drop(columns=["time_low", "time_high"], errors="ignore")
    numbers = [name for name in table.columns if pd.api.types.is_float_dtype(table[name])]
    return table.round({name: decimals_of(str(name)) for name in numbers})


def headed(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return some columns of `COLUMNS` under their French headings, index 0..n-1."""
    titles = {name.rpartition(".")[2]: COLUMNS[name].title for name in names}
    return table[list(titles)].rename(columns=titles).reset_index(drop=True)


def column_titled(title: str) -> Column | None:
    """Return the column that a heading is of; columns of one heading are written alike."""
    return _BY_TITLE.get(title)
