"""Columns of tables: what each is called in French, its unit, and how precise it is in files and on screen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.french import WITHIN
from geo.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Decimals in files (CSV, XLSX, GPKG, Parquet) by what the name of a column ends with: its unit.
_UNIT_DECIMALS: Final[Mapping[str, int]] = {"_min": 2, "_km": 2, "_m": 0, "_eur": 0, "lon": 7, "lat": 7}
#: Decimals in files of shares (0 to 1), and of all other numbers than those that are whole on screen.
_SHARE_DECIMALS: Final = 4
_OTHER_DECIMALS: Final = 2
#: Whole numbers that no screen writes under that name.
_COUNTS: Final = frozenset({"rank", "labels", "communes_off_network", "carless"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: French heading, unit, and decimals in the tables of the screen (`None`: written as it is).

    A `share` (0 to 1) is shown in percent. `short`: the heading where there is no room for the whole one, which is then
    told when asked; empty where it always fits.
    """

    heading: str
    unit: str = ""
    decimals: int | None = None
    share: bool = False
    short: str = ""

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
    "under_served": Column("Sous-desservie", short="Sous-dess."),
    "facility_name": Column("Le plus proche"),
    "distance_km": Column("Distance", "km", 1, short="km"),
    "population": Column("Habitants", decimals=0),
    "share_within": Column(f"Part {WITHIN}", decimals=2, share=True, short="Part"),
    "at_one_point": Column("Habitants comptés au centre"),
    "commune_code": Column("Code INSEE", short="Code"),
    "estimated": Column("Temps estimé", short="Estimé"),
    "beside_threshold": Column("Près du seuil"),
    # Totals of départements.
    "departement.name": Column("Département"),
    "share_covered": Column(f"Part {WITHIN}", decimals=2, share=True),
    "median_time_min": Column("Temps médian", "min", 1),
    "communes_under_served": Column("Communes sous-desservies", decimals=0),
    "communes": Column("Communes", decimals=0),
    # Access by age, standard of living and car.
    "equity.group": Column("Groupe"),
    # Certainty and capacity.
    "travel_time_low_min": Column("Au mieux", "min", 1),
    "travel_time_high_min": Column("Au pire", "min", 1),
    "capacity_per_1000": Column("Pour 1 000 habitants", decimals=1),
    "share_outside": Column("Part due aux sites voisins", decimals=3, share=True),
    "share_of_runs": Column("Choisi dans", decimals=3, share=True),
    "in_plan": Column("Dans le plan"),
    # Labels of a plan, and whom each serves.
    "rank": Column("Rang"),
    "place.name": Column("Lieu"),
    "gain_residents": Column("Habitants rapprochés", decimals=0, short="Rapprochés"),
    # A plan beside the best one among all communes.
    "two.plan": Column("Plan"),
    "two.places": Column("Lieux"),
    "two.gain_residents": Column("Habitants rapprochés", decimals=0),
    "two.gain_mean_residents": Column("Habitants rapprochés, en moyenne", decimals=0),
    "two.gain_mean_weighted": Column("Habitants pondérés rapprochés, en moyenne", decimals=0),
    "two.share_within": Column(f"Part {WITHIN}", decimals=2, share=True),
    "two.mean_time_min": Column("Temps moyen", "min", 1),
    "two.labels": Column("Labels", decimals=0),
    "two.codes": Column("Codes des lieux"),
    "two.best": Column("Que nul autre ne dépasse"),
    "two.cost_eur": Column("Coût", "€ par an", 0),
    "two.share_of_best": Column("Part du meilleur gain", decimals=2, share=True),
    "gain_mean_residents": Column("Habitants rapprochés, en moyenne", decimals=0, short="En moyenne"),
    "commune_residents": Column("Habitants de la commune", decimals=0, short="Habitants"),
    "centrality": Column("Ce qu'on y trouve"),
    "retained": Column("Retenu, fois", decimals=0),
    "variants": Column("Variantes", decimals=0),
    "shorter_share": Column("Inutile si les trajets raccourcissent de", decimals=3, share=True),
    "longer_share": Column("Hors de portée s'ils s'allongent de", decimals=3, share=True),
    "instead": Column("Sinon, le plan choisit (fois)"),
    "takes_over": Column("Prend surtout les visiteurs de (part des siens)"),
    "residents_with_stop": Column("Habitants de plus à portée d'un arrêt", decimals=0),
    "mean_residents_with_stop": Column("De plus à portée d'un arrêt, en moyenne", decimals=0, short="En moyenne"),
    "hours_a_month": Column("Heures par mois", decimals=1),
    "share_of_gain": Column("Part du gain", decimals=3, share=True),
    "gain_alone_residents": Column("Habitants rapprochés, s'il était seul", decimals=0, short="S'il était seul"),
    "residents_served": Column("Habitants servis", decimals=0, short="Seraient servis"),
    "minutes_saved_mean": Column("Minutes gagnées", decimals=1, short="Min gagnées"),
    "elsewhere": Column("Presque aussi bien"),
    "cost_eur": Column("Coût", "€ par an", 0),
    "holds_site": Column("A déjà un site"),
    "code": Column("Code"),
    "commune_name": Column("Commune"),
    "residents": Column("Habitants", decimals=0),
    "residents_brought": Column("dont rapprochés", decimals=0),
    "residents_gained": Column("dont comptés pour ce label", decimals=0),
    "time_before_min": Column("Aujourd'hui", "min", 1),
    "time_after_min": Column("Avec le label", "min", 1),
    # Plans by car and for another public.
    "residents_round_trip": Column("Sans voiture, aller-retour", decimals=0),
    "residents_within_walk": Column(f"À pied, {WITHIN}", decimals=0),
    "share_within_walk": Column("Part à pied", decimals=2, share=True),
    "residents_within_bike": Column(f"À vélo, {WITHIN}", decimals=0),
    "share_within_bike": Column("Part à vélo", decimals=2, share=True),
    # The way without a car.
    "round_trip": Column("Aller-retour", short="Possible"),
    "share_round_trip": Column("Part avec aller-retour", decimals=2, share=True),
    "time_out_min": Column("Hors de chez soi", "min", 0, short="Durée"),
    "earliest_arrival": Column("Première arrivée utile"),
    "earliest_wait_min": Column("Attente à la porte", "min", 0),
    "last_way_back": Column("Dernier retour", short="Retour"),
    "on_foot": Column("À pied, à toute heure"),
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
    "residents_nearest": Column("Servis aujourd'hui", decimals=0, short="Servis"),
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
    # Of files only.
    "lon": Column("Longitude", "°"),
    "lat": Column("Latitude", "°"),
    "label_code": Column("Code du label"),
    "aid_eur": Column("Aide de l'État", "€ par an", 0),
    "within_before": Column(f"Habitants {WITHIN} aujourd'hui", decimals=0),
    "within_after": Column(f"Habitants {WITHIN} avec le plan", decimals=0),
    "departement": Column("Département"),
    "kind": Column("Type"),
    "in_known_part": Column("Dans les communes couvertes"),
    "residents_known": Column("Habitants dont le trajet est connu", decimals=0),
    "residents_within": Column(f"Habitants {WITHIN}", decimals=0),
    "residents_with_second": Column("dont avec un second site", decimals=0),
    "residents_within_low": Column(f"{WITHIN.capitalize()}, au pire", decimals=0),
    "residents_within_high": Column(f"{WITHIN.capitalize()}, au mieux", decimals=0),
    "share_runs_under_served": Column("Sous-desservie, part des calculs", decimals=2, share=True),
    "flips": Column("Change selon le calcul"),
    "hours_per_week": Column("Heures par semaine", decimals=1),
    "capacity": Column("Capacité", decimals=1),
    "capacity_from": Column("Capacité d'après"),
    "residents_around": Column("Habitants à portée", decimals=0),
    "load": Column("Habitants accueillis", decimals=0),
    "share_used": Column("Part utilisée", decimals=2, share=True),
    "day": Column("Jour"),
    "minutes": Column("Minutes au plus", decimals=0),
    "share": Column("Part des habitants", decimals=2, share=True),
    "dataset": Column("Données"),
    "file": Column("Fichier"),
    "vintage": Column("Date des données"),
    "licence": Column("Licence"),
    "sha256": Column("Empreinte SHA-256"),
    "rows_read": Column("Lignes lues", decimals=0),
    "rows_kept": Column("Lignes retenues", decimals=0),
    "criterion.name": Column("Critère"),
    "met": Column("Rempli"),
    "sentence": Column("Constat"),
    "with_plan_time_min": Column("Temps avec le plan", "min", 1),
    "share_within_with_plan": Column(f"Part {WITHIN} avec le plan", decimals=2, share=True),
    "under_served_with_plan": Column("Sous-desservie avec le plan"),
    "criterion": Column("Critère"),
    "mean_time_min": Column("Temps moyen", "min", 1),
    "measure": Column("Mesure"),
    "status": Column("État"),
    "facility_id_before": Column("Numéro d'avant"),
    "name_before": Column("Nom d'avant"),
    "moved_m": Column("Déplacé de", "m", 0),
    "moved": Column("A changé de place"),
    "hours_changed": Column("A changé d'horaires"),
    "renamed": Column("A changé de nom"),
    "kind_changed": Column("A changé de type"),
    "contacts_changed": Column("A changé de coordonnées"),
    "check": Column("Contrôle (code)"),
    "profile": Column("Profil de vitesse"),
    "threshold_min": Column("Seuil", "min", 0),
    "folder": Column("Dossier"),
    "communes_known": Column("Communes dont le trajet est connu", decimals=0),
    "communes_unreachable": Column("Communes sans route vers un lieu", decimals=0),
    "region.name": Column("Région"),
    # Faults of a list.
    "severity": Column("Gravité"),
    "count": Column("Nombre", decimals=0),
    "title": Column("Contrôle"),
    "row": Column("Ligne", decimals=0),
    "row.facility_id": Column("Identifiant"),
    "value": Column("Trouvé"),
    "expected": Column("Attendu"),
}
_THRESHOLD: Final = re.compile(
    r"(?P<what>residents_within|under_served)_(?P<minutes>[0-9.]+)min_(?P<when>before|after)"
)
#: Codes in files for programs -> what people read.
_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "capacity_from": {"hours": "horaires", "requests": "demandes", "rate": "taux moyen", "unknown": "inconnue"},
    "status": {"opened": "ouvert", "closed": "fermé", "continued": "continue"},
}
_BY_TITLE: Final = {column.title: column for column in COLUMNS.values()}


def decimals_of(name: str) -> int:
    """Return how many decimals a column of numbers has in files; residents are whole, as everywhere they are read.

    Examples
    --------
    >>> decimals_of("travel_time_min"), decimals_of("share_within"), decimals_of("gain_residents"), decimals_of("value")
    (2, 4, 0, 2)
    """
    if name.startswith("share") or "_share" in name:
        return _SHARE_DECIMALS
    for unit, digits in _UNIT_DECIMALS.items():
        if name.endswith(unit):
            return digits
    whole = name in _COUNTS or _THRESHOLD.fullmatch(name) or (name in COLUMNS and COLUMNS[name].decimals == 0)
    return 0 if whole else _OTHER_DECIMALS


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it is written to a file, each column of numbers rounded once to its decimals.

    Those without decimals become Int64. Of how sure its times are, `estimated` stays.
    """
    table = table.drop(columns=["time_low", "time_high"], errors="ignore")
    numbers = [name for name in table.columns if pd.api.types.is_float_dtype(table[name])]
    digits = {name: decimals_of(str(name)) for name in numbers}
    return table.round(digits).astype({name: "Int64" for name in numbers if digits[name] == 0})


def short_headings(*names: str) -> dict[str, str]:
    """Return the short headings of some columns of `COLUMNS`, by whole heading.

    Examples
    --------
    >>> short_headings("residents_served")
    {'Habitants servis': 'Seraient servis'}
    """
    return {COLUMNS[name].title: COLUMNS[name].short for name in names}


def headed(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return some columns of `COLUMNS` under their French headings, index 0..n-1."""
    titles = {name.rpartition(".")[2]: COLUMNS[name].title for name in names}
    return table[list(titles)].set_axis(list(titles.values()), axis=1).reset_index(drop=True)


def rows_of(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Return the rows of a table, column -> value, as ``to_dict("records")`` does but column by column: far sooner.

    Examples
    --------
    >>> rows_of(pd.DataFrame({"name": ["Sare"], "residents": [2600.0]}))
    [{'name': 'Sare', 'residents': 2600.0}]
    """
    names = list(table.columns)
    columns = zip(*(column.tolist() for _, column in table.items()), strict=True)
    return [dict(zip(names, values, strict=True)) for values in columns]


def file_headings(names: Sequence[str], of: str = "") -> list[str]:
    """Return the French headings of columns in a file for people, in their order; none twice.

    `of`: What a row is where `name` is not that of a commune: ``"place"``, ``"site"``... A name that `COLUMNS` does not
    have stays, as those of half-hours do; one whose heading is taken adds its own name.

    Examples
    --------
    >>> file_headings(["rank", "name", "commune_name", "07:30"], "place")
    ['Rang', 'Lieu', 'Commune', '07:30']
    """
    titles: list[str] = []
    for name in names:
        column = COLUMNS.get(f"{of}.{name}") or COLUMNS.get(name)
        title = _at_threshold(name) if column is None else column.title
        titles.append(f"{title} ({name})" if title in titles else title)
    return titles


def words_of(name: str, value: object) -> object:
    """Return a value of a file for people: the French of one that is a code, else the value itself.

    Examples
    --------
    >>> words_of("kind", "antenne"), words_of("name", "antenne")
    ('Antenne France services', 'antenne')
    """
    if name == "kind" and value in KINDS:
        return KINDS[str(value)].label
    return _CODES.get(name, {}).get(str(value), value)


def _at_threshold(name: str) -> str:
    """Return the heading of a column of a scenario whose name holds its threshold; any other name as it is."""
    found = _THRESHOLD.fullmatch(name)
    if found is None:
        return name
    what = {"residents_within": f"Habitants {WITHIN} de", "under_served": "Sous-desservie à"}[found["what"]]
    when = "aujourd'hui" if found["when"] == "before" else "ensuite"
    return f"{what} {found['minutes']} min, {when}"


def column_titled(title: str) -> Column | None:
    """Return the column that a heading is of; columns of one heading are written alike."""
    return _BY_TITLE.get(title)
