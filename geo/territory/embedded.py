"""All of France as it comes with the project: read once, its road times estimated once, each territory a view of it."""

from __future__ import annotations

import itertools
import logging
import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from geo.crs import metric_crs
from geo.errors import ParameterError, SourceError
from geo.folding import fold
from geo.french import agreed
from geo.kinds import SITES, TAX_OFFICES
from geo.network.known_points import points_place, remember_points
from geo.network.road_network import RoadNetwork
from geo.network.speeds import profile_names, speed_profile
from geo.network.union import unite
from geo.settings import Settings, kept_roads
from geo.sources.arrondissements import ARRONDISSEMENTS_FILE, read_arrondissements, with_arrondissements
from geo.sources.contours import has_contours, read_contours
from geo.sources.day_lists import PATIENCE_S, fetch_lists, lists_at_hand, with_lists
from geo.sources.departements import departement_codes, departement_name, departement_title
from geo.sources.embedded import approximate_contours, position_note, read_embedded, tables_place
from geo.sources.kept_frames import content_key
from geo.sources.no_road import NO_ROAD_FILE
from geo.sources.relief import RELIEF_FILE
from geo.storage import replacing_folder
from geo.territory.assemble import estimate_roads, study_area
from geo.territory.files import OfficialTables
from geo.territory.margin import near_communes

if TYPE_CHECKING:
    from pathlib import Path

    from geo.sources.download_cache import CachedFile
    from geo.sources.embedded import EmbeddedTables
    from geo.sources.fetch import Fetched
    from geo.sources.provenance import SourceTable
    from geo.territory.manifest import Manifest
    from geo.territory.study_area import StudyArea

_log = logging.getLogger(__name__)

#: Name of the whole, and of the folder of its tables.
FRANCE_NAME: Final = "France"
FRANCE_FOLDER: Final = "france"
_SIREN: Final = re.compile(r"[0-9]{9}", re.ASCII)
_CODE: Final = re.compile(r"[0-9]{1,3}|2[abAB]", re.ASCII)
#: What the name of an intercommunality may begin with before its own words.
_KIND_WORDS: Final = frozenset(
    {
        *(
            "ca",
            "cc",
            "cu",
            "me",
            "communaute",
            "communautes",
            "commune",
            "communes",
            "agglomeration",
            "agglo",
            "urbaine",
        ),
        *("metropole", "intercommunalite", "a", "au", "aux", "d", "de", "des", "du", "en", "l", "la", "le", "les"),
    }
)
#: How many intercommunalities are named where several may be meant.
_MOST_NAMED: Final = 6
_NETWORK_MARKER: Final = "network.json"
#: Changes whenever the estimate of road times does: networks kept by an earlier version are made again.
_ESTIMATE: Final = 8
#: Said where estimated times are less sure than elsewhere.
OVERSEAS_NOTE: Final = "Outre-mer, le relief n'est pas connu : les temps y sont peu sûrs."
REUNION_NOTE: Final = "À La Réunion, les temps vers les hauts sont trop courts."
CORSICA_NOTE: Final = (
    "En Corse, les longs trajets sont peu sûrs, et trop courts vers le sud-ouest (Propriano, Sartène)."
)
_MAINLAND: Final = "75"
_CELLS_NOTE: Final = (
    "Les contours des communes sont approchés : faute de contours officiels, chaque commune est représentée par "
    "l'espace le plus proche de sa position."
)


@dataclass(frozen=True, eq=False)
class France:
    """The embedded tables of all of France, and one network for all of it (islands in parts of their own).

    `contours`: contours by commune code, EPSG:4326, `None` where they were not brought by the set-up, or not asked for.
    """

    tables: EmbeddedTables
    network: RoadNetwork
    contours: gpd.GeoSeries | None

    def view(self, wanted: str | None, *, drawn: bool = True) -> tuple[StudyArea, Manifest]:
        """Return a département, an intercommunality or (`None`) all of France as a study area, and its manifest.

        `drawn`: As for `geo.territory.Territory.embedded`.

        Raises
        ------
        ParameterError
            There is no such département or intercommunality.
        """
        asked = None if wanted is None else _parsed(wanted, self.tables.intercommunalities)
        tables, codes, name, departement = self.official_tables(asked, drawn=drawn)
        frame = tables.communes.frame
        communes = frame if asked is None else frame.loc[codes]
        area, manifest = study_area(tables, name, communes, self.network, departement=departement, described=drawn)
        network = manifest.network
        notes = [*network.notes]
        if {metric_crs(code) for code in communes["departement"].unique()} != {metric_crs(_MAINLAND)}:
            notes.append(OVERSEAS_NOTE)
        if (communes["departement"] == "974").any():
            notes.append(REUNION_NOTE)
        if communes["departement"].isin(["2A", "2B"]).any():
            notes.append(CORSICA_NOTE)
        network = replace(network, notes=tuple(notes))
        return area, replace(manifest, network=network, view="" if asked is None else asked[1])

    def official_tables(
        self, asked: tuple[str, str] | None, *, drawn: bool = True
    ) -> tuple[OfficialTables, pd.Index, str, str | None]:
        """Return the tables of France with the contours around a view; the codes of its communes; name, département.

        `asked`: ``("departement", code)`` or ``("intercommunality", SIREN)``; `None`: all of France. `drawn`: Whether
        the communes get their contours.
        """
        codes, name, departement = self._chosen(asked)
        everywhere = self.tables.communes.frame
        chosen = everywhere if asked is None else everywhere.loc[codes]
        communes = everywhere
        if drawn:
            near = everywhere if asked is None else near_communes(everywhere, chosen)
            # The places around lend their contours to the outlines of the neighbours.
            known = gpd.GeoSeries(_contours(near, self.contours).reindex(everywhere.index), crs=everywhere.crs)
            communes = gpd.GeoDataFrame(everywhere, geometry=known)
        notes = (*self.tables.communes.notes, *([_CELLS_NOTE] if self.contours is None else []), position_note(chosen))
        tables = OfficialTables(
            communes=replace(self.tables.communes, frame=communes, notes=notes),
            population=None,
            postcodes=None,
            lists={SITES: self.tables.sites, TAX_OFFICES: self.tables.tax_offices},
            contours_approximate=self.contours is None,
        )
        return tables, codes, name, departement

    def _chosen(self, asked: tuple[str, str] | None) -> tuple[pd.Index, str, str | None]:
        """Return the communes' codes, the French name and the code of the département of what is asked for."""
        frame = self.tables.communes.frame
        if asked is None:
            return frame.index, FRANCE_NAME, None
        kind, code = asked
        if kind == "departement":
            codes = frame.index[frame["departement"] == code]
            if codes.empty:
                msg = (
                    f"Les tables fournies n'ont aucune commune de « {departement_name(code)} » ({code}). "
                    f"Donnez ses fichiers à « maillage build »."
                )
                raise ParameterError(msg)
            return codes, departement_name(code), code
        codes = self.tables.intercommunality.index[self.tables.intercommunality == code]
        return codes, str(self.tables.intercommunalities.loc[code, "name"]), None


def _contours(communes: gpd.GeoDataFrame, known: gpd.GeoSeries | None) -> gpd.GeoSeries:
    """Return the known contour of each commune, a cell around its position where there is none."""
    if known is None:
        return _cells(communes)
    contours = known.reindex(communes.index)
    missing = contours.isna().to_numpy()
    if missing.any():
        around = communes[communes["departement"].isin(communes["departement"][missing].unique())]
        contours[missing] = _cells(around).reindex(communes.index)[missing]
    return gpd.GeoSeries(contours, crs=communes.crs)


def _cells(communes: gpd.GeoDataFrame) -> gpd.GeoSeries:
    points = gpd.GeoSeries.from_xy(communes["lon"], communes["lat"], index=communes.index, crs=communes.crs)
    parts = [approximate_contours(each, crs) for crs, each in points.groupby(communes["departement"].map(metric_crs))]
    return gpd.GeoSeries(pd.concat(parts).reindex(communes.index), crs=communes.crs)


def view_names() -> dict[str, str]:
    """Return what can be viewed: code -> French name, départements first, then intercommunalities by name."""
    return dict(_view_names(Settings.from_environment().data_dir / FRANCE_FOLDER))


@cache
def _view_names(folder: Path) -> dict[str, str]:
    """Return the same, written once in a process: every run of every screen asks."""
    tables = read_tables(folder)
    codes = sorted(tables.communes.frame["departement"].unique())
    names = tables.intercommunalities["name"].sort_values(key=lambda names: names.map(fold))
    # Two of one name are told apart by their département.
    first = tables.intercommunality.dropna().drop_duplicates()
    place = pd.Series(tables.communes.frame.loc[first.index, "departement"].to_numpy(), index=first.to_numpy())
    groups = names.where(~names.duplicated(keep=False), names + " (" + place.reindex(names.index).fillna("?") + ")")
    return {str(code): departement_title(str(code)) for code in codes} | {
        str(code): str(name) for code, name in groups.items()
    }


def is_view(text: str) -> bool:
    """Tell whether a text names a département or an intercommunality by its code, not a folder."""
    return bool(_SIREN.fullmatch(text) or (_CODE.fullmatch(text) and _departement(text) in departement_codes()))


def embedded_area(wanted: str | None, profile: str, *, drawn: bool = True) -> tuple[StudyArea, Manifest]:
    """Return a view of the embedded France on the network estimated with one speed profile, and its manifest.

    Its lists are those of the day, where they are in the cache (`geo.sources.day_lists`).

    `wanted`: Code of a département (``"64"``, ``"2a"``, ``"1"``), SIREN or name of an intercommunality; `None`: all.
    `drawn`: As for `geo.territory.Territory.embedded`.

    Raises
    ------
    ParameterError
        No such profile, département or intercommunality.
    MaillageError
        The project's own tables are damaged.
    """
    speed_profile(profile)
    settings = Settings.from_environment()
    embedded = france(settings.data_dir / FRANCE_FOLDER, settings.france_dir, profile, drawn=drawn)
    return replace(embedded, tables=current_tables(settings)).view(wanted, drawn=drawn)


def current_tables(settings: Settings) -> EmbeddedTables:
    """Return the embedded tables with the lists of the day that are in the cache; raise as `read_embedded`."""
    return _with_lists(settings.data_dir / FRANCE_FOLDER, tuple(lists_at_hand(settings).items()))


def fetch_day_lists(settings: Settings, *, seconds: float = PATIENCE_S) -> Fetched:
    """Bring the lists of the day into the cache, beside the embedded tables, as `geo.sources.day_lists.fetch_lists`."""
    return fetch_lists(settings, read_tables(settings.data_dir / FRANCE_FOLDER), seconds=seconds)


@lru_cache(maxsize=2)
def _with_lists(folder: Path, lists: tuple[tuple[str, CachedFile], ...]) -> EmbeddedTables:
    """Return the same, read once in a process for each pair of lists."""
    return with_lists(read_tables(folder), dict(lists))


@cache
def read_tables(folder: Path) -> EmbeddedTables:
    """Return the embedded tables, read once in a process; raise as `read_embedded`.

    Those of this installation are kept beside the estimated roads as they were read and checked.
    """
    settings = Settings.from_environment()
    return read_embedded(
        folder, kept_roads(settings.france_dir) if folder == settings.data_dir / FRANCE_FOLDER else None
    )


@cache
def france(folder: Path, made_dir: Path, profile: str, *, drawn: bool = True) -> France:
    """Return the embedded France, read once in a process and shared.

    `made_dir`: Where the set-up keeps contours (`Settings.france_dir`); the network is kept beside it. `drawn`: Whether
    the contours are wanted.

    Raises
    ------
    MaillageError
        The project's own tables are damaged.
    """
    tables, contours = read_tables(folder), read_contours(made_dir) if drawn else None
    return France(tables, _network(tables, folder, made_dir, profile), contours)


def _network_place(folder: Path, made_dir: Path, profile: str) -> Path:
    """Return the folder of the network estimated with one speed profile."""
    beside = (RELIEF_FILE, NO_ROAD_FILE, ARRONDISSEMENTS_FILE)
    files = [folder / "communes.csv", *(folder.parent / each for each in beside)]
    key = content_key(files, [], f"{profile}{_ESTIMATE}{not has_contours(made_dir)}")
    return kept_roads(made_dir) / f"network-{key}"


def kept_places(settings: Settings) -> frozenset[Path]:
    """Return the folders where all that is made once of the embedded France is kept, its names apart.

    Raises
    ------
    SourceError
        A table of the project is absent.
    """
    folder = settings.data_dir / FRANCE_FOLDER
    lists = [each.provenance.file for each in _lists(read_tables(folder))]
    networks = [_network_place(folder, settings.france_dir, profile) for profile in profile_names()]
    points = [points_place([folder / each for each in lists], network) for network in networks]
    return frozenset({tables_place(folder, kept_roads(settings.france_dir)), *networks, *points})


def _lists(tables: EmbeddedTables) -> tuple[SourceTable, ...]:
    """Return the tables whose points are kept with a network."""
    return tables.communes, tables.sites, tables.tax_offices


def _network(tables: EmbeddedTables, folder: Path, made_dir: Path, profile: str) -> RoadNetwork:
    place = _network_place(folder, made_dir, profile)
    if (place / _NETWORK_MARKER).is_file():
        try:
            return _kept(tables, folder, place)
        except SourceError:
            _log.info("Le réseau estimé gardé est endommagé : il est refait.")
    _log.info("Estimation du réseau routier de la France (une seule fois)…")
    communes, contours = tables.communes.frame, read_contours(made_dir)
    communes = with_arrondissements(
        gpd.GeoDataFrame(communes, geometry=_contours(communes, contours)),
        read_arrondissements(folder.parent / ARRONDISSEMENTS_FILE),
    )
    network = unite(
        [
            estimate_roads(group, profile=profile)
            for _, group in communes.groupby(communes["departement"].map(metric_crs), sort=True)
        ]
    )
    try:
        with replacing_folder(place, marker=_NETWORK_MARKER) as made:
            network.save(made)
        return _kept(tables, folder, place)
    except SourceError as error:
        _log.info("%s Le réseau estimé sera refait au prochain démarrage.", error)
        return network


def _kept(tables: EmbeddedTables, folder: Path, place: Path) -> RoadNetwork:
    """Return the network in the folder where it is kept, which knows where communes, sites and tax offices are."""
    network, lists = RoadNetwork.load(place), _lists(tables)
    remember_points(network, [folder / each.provenance.file for each in lists], [each.frame for each in lists], place)
    return network


def _departement(text: str) -> str:
    return text.strip().upper().zfill(2)


def _without_kind(name: str) -> str:
    """Return the folded name of an intercommunality without its kind and the article after it."""
    words = name.split()
    return " ".join(itertools.dropwhile(_KIND_WORDS.__contains__, words)) or name


def _parsed(wanted: str, intercommunalities: pd.DataFrame) -> tuple[str, str]:
    """Return ``"departement"`` or ``"intercommunality"``, and the code."""
    text = wanted.strip()
    if _CODE.fullmatch(text):
        departement_name(_departement(text))
        return "departement", _departement(text)
    if text in intercommunalities.index:
        return "intercommunality", text
    names = intercommunalities["name"].map(fold)
    same = intercommunalities.index[(names == fold(text)).to_numpy(bool)]
    if same.empty:  # "Pays Basque" for "CA du Pays Basque"
        same = intercommunalities.index[(names.map(_without_kind) == _without_kind(fold(text))).to_numpy(bool)]
    if len(same) == 1:
        return "intercommunality", str(same[0])
    if len(same):
        msg = (
            f"{len(same)} intercommunalités s'appellent « {text[:60]} » : donnez le numéro SIREN, {' ou '.join(same)}."
        )
        raise ParameterError(msg)
    words = set(_without_kind(fold(text)).split()) - _KIND_WORDS
    like = intercommunalities["name"][[bool(words) and words <= set(name.split()) for name in names]]
    if len(like) == 1:
        return "intercommunality", str(like.index[0])
    if len(like):
        shown = ", ".join(f"{name} ({code})" for code, name in like.iloc[:_MOST_NAMED].items())
        more = f" et {agreed(len(like) - _MOST_NAMED, 'autre(s)')}" if len(like) > _MOST_NAMED else ""
        msg = f"Plusieurs intercommunalités ont « {text[:60]} » dans leur nom : {shown}{more}. Donnez le nom entier."
        raise ParameterError(msg)
    msg = (
        f"« {text[:60]} » n'est ni un territoire enregistré, ni un département, ni une intercommunalité. Donnez le "
        f"dossier d'un territoire, un code de département (64, 2A, 974), le numéro SIREN ou le nom d'une "
        f"intercommunalité."
    )
    raise ParameterError(msg)
