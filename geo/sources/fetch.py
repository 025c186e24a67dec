"""What a département needs of the official sources, brought into the cache; what cannot be had is said."""

from __future__ import annotations

import logging
import re
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from geo.errors import Fault, MaillageError, ParameterError, SchemaError, SourceError
from geo.settings import Settings
from geo.sources.archives import read_gzip, read_member
from geo.sources.communes import commune_centre
from geo.sources.delimited import parse_delimited
from geo.sources.departements import departement_name
from geo.sources.download_cache import CachedFile, DownloadCache, Wanted
from geo.sources.embedded import surroundings
from geo.sources.feed_catalogue import feeds_of, require_catalogue
from geo.sources.overpass import Around, check_overpass
from geo.sources.registry import RemoteFile, Source, sources
from geo.sources.vintages import dated

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from geo.sources.feed_catalogue import Feed

_log = logging.getLogger(__name__)

_HEAD_BYTES: Final = 65_536
#: How the formats begin that are not text.
_GZIP: Final = b"\x1f\x8b"
_OSM_HEADER: Final = b"OSMHeader"
#: How a web page begins, maybe after a declaration of XML.
_PAGE: Final = re.compile(rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?<(!doctype\s+html|html)\b", re.IGNORECASE)

#: What follows where the roads of a neighbouring region cannot be had.
_WITHOUT_NEIGHBOUR: Final = (
    "Les routes de cette région voisine manquent : à sa limite, les temps peuvent être trop longs."
)
_WITHOUT_FEED: Final = "Ces lignes manquent : des allers-retours possibles peuvent ne pas être trouvés."

#: Names of the sources of roads: of whole regions, and around a commune.
ROADS: Final = "roads"
ROADS_AROUND: Final = "roads_around"
#: Names of the sources of timetables: what the catalogue lists, and the catalogue.
FEEDS: Final = "gtfs"
FEED_CATALOGUE: Final = "gtfs_list"
#: How far across the border of a département timetables are looked for, in km: half an hour by bus, and more.
ACROSS_KM: Final = 25.0
#: Folder of the embedded tables, which tell what lies in a département and around it.
_EMBEDDED: Final = "france"

FETCHED: Final = "téléchargé"
REUSED: Final = "déjà là"
UNCHANGED: Final = "inchangé chez le producteur"
KEPT: Final = "gardé, faute de mieux"


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """One file at hand: its source, the file, and how it was had (French)."""

    source: Source
    file: CachedFile
    status: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        source = {
            "source": self.source.name,
            "title": self.source.title,
            "publisher": self.source.publisher,
            "licence": self.source.licence,
            "vintage": self.source.vintage,
            "status": self.status,
        }
        return source | self.file.to_dict()


@dataclass(frozen=True, slots=True)
class Missing:
    """A source that cannot be used: why, and what becomes of a territory without it (French)."""

    source: Source
    reason: str

    @property
    def sentence(self) -> str:
        """Which source, why, what follows."""
        consequence = self.source.without or "Sans ce fichier, le territoire ne peut pas être construit."
        return f"{self.source.label} : {self.reason.rstrip()} {consequence}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What could be had for a département: the files, and the sources that are missing; `warnings` are French.

    `departement`: empty for lists of all of France. `around`: the roads are those around this commune, `None`: those of
    the whole département and its neighbours.
    """

    departement: str
    files: tuple[FetchedFile, ...]
    missing: tuple[Missing, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    around: Around | None = None

    def paths(self, name: str) -> list[Path]:
        """Return the files of a source, none where it is missing or was not asked for."""
        return [each.file.path for each in self.files if each.source.name == name]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return {
            "departement": self.departement,
            "around": None if self.around is None else asdict(self.around),
            "files": [each.to_dict() for each in self.files],
            "missing": [
                {
                    "source": each.source.name,
                    "title": each.source.title,
                    "reason": each.reason,
                    "message": each.sentence,
                }
                for each in self.missing
            ],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """What to fetch and how.

    `only`: names of sources, all of them if empty. `offline`: nothing is asked of the network. `refresh`: the
    publisher is asked whether what is in the cache has changed. `urls`: see `Source.files`. `progress` gets the
    title of a file, the bytes in hand and their total (`None`: not said), first of all without a byte; what it raises
    ends the download, which goes on another time. `around`: roads around a commune, in the place of the regions'.
    """

    cache: DownloadCache
    only: Collection[str] = ()
    offline: bool = False
    refresh: bool = False
    urls: Mapping[str, str] = field(default_factory=dict)
    progress: Callable[[str, int, int | None], None] = lambda _title, _done, _total: None
    around: Around | None = None

    def chosen(self) -> list[Source]:
        """Return the sources to fetch.

        Raises
        ------
        ParameterError
            A source does not exist, or the options contradict each other.
        """
        if self.offline and self.refresh:
            msg = "--offline et --refresh se contredisent : donnez l'un ou l'autre."
            raise ParameterError(msg)
        if self.only and self.around is not None:
            msg = "Les routes autour d'une commune demandent tous les fichiers : retirez --only ou --around."
            raise ParameterError(msg)
        other_roads = ROADS_AROUND if self.around is None else ROADS
        known = {name: source for name, source in sources().items() if name != other_roads}
        unknown = sorted(set(self.only) - known.keys())
        if unknown:
            msg = f"La source « {unknown[0]} » n'existe pas. Sources : {', '.join(known)}."
            raise ParameterError(msg)
        only = {*self.only, *([FEED_CATALOGUE] if FEEDS in self.only else [])}
        return [source for name, source in known.items() if not only or name in only]


def fetch(departement: str, plan: FetchPlan) -> Fetched:
    """Have at hand the official files of a département.

    A file in the cache is used as it is, unless the plan says to refresh; where a refresh fails it is kept, and
    that is said. A source that cannot be had does not stop the others.

    `departement`: INSEE code (``"1"`` and ``"2a"`` are taken for ``"01"`` and ``"2A"``).

    Raises
    ------
    ParameterError
        The département, its commune, a source or a setting does not exist.
    SchemaError
        The contours in which the commune is looked for are not usable.
    """
    departement = departement.strip().upper().zfill(2)
    departement_name(departement)
    if plan.around is not None:
        plan.around.require_in(departement)
    files: list[FetchedFile] = []
    missing: list[Missing] = []
    warnings: list[str] = []
    for source in plan.chosen():
        try:
            remote = _remote_files(source, departement, plan, files, warnings)
        except SourceError as error:
            missing.append(Missing(source, str(error)))
            continue
        if not remote:
            missing.append(Missing(source, f"le producteur ne couvre pas le département {departement}."))
        for one, each in remote:
            try:
                files.append(_have(one, each, departement, plan, warnings))
            except MaillageError as error:
                if source.name == FEEDS:
                    warnings.append(f"{_title(one, each)} : {error} {_WITHOUT_FEED}")
                elif each is remote[0][1]:
                    missing.append(Missing(source, str(error)))
                    break
                else:
                    warnings.append(f"{_title(one, each)} : {error} {_WITHOUT_NEIGHBOUR}")
    return Fetched(departement, tuple(files), tuple(missing), tuple(warnings), plan.around)


def check_content(path: Path, source: Source, departement: str) -> None:
    """Look at the beginning of a file, and through what is packed, for what it should be.

    Raises
    ------
    SourceError
        It is a web page, is damaged, or is of another format.
    SchemaError
        Columns are missing; all are listed.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if not head:
        msg = "le fichier reçu est vide."
        raise SourceError(msg)
    if _PAGE.match(head):
        msg = "une page web a été reçue à la place du fichier. L'adresse a sans doute changé."
        raise SourceError(msg)
    if source.format == "osm.pbf":
        _require("un extrait OpenStreetMap (.osm.pbf)", holds=_OSM_HEADER in head[:64])
    elif source.format == "osm":
        check_overpass(path)
    elif source.format == "json":
        require_catalogue(path)
    elif source.format == "geojson.gz":
        _require("un GeoJSON compressé (.gz)", holds=head.startswith(_GZIP))
        blocks = read_gzip(path, source.max_unpacked_bytes)
        first = next(blocks, b"").lstrip(b"\xef\xbb\xbf \t\r\n")
        _require("un GeoJSON", holds=first.startswith(b"{"))
        for _ in blocks:  # to the end: what was cut short or swells is found here
            pass
    else:
        member = source.member_for(departement)
        if member is not None:
            head = next(read_member(path, member, source.max_unpacked_bytes), b"")
        _check_columns(head, source)


def _remote_files(
    source: Source, departement: str, plan: FetchPlan, files: list[FetchedFile], warnings: list[str]
) -> list[tuple[Source, RemoteFile]]:
    """Return the files to fetch of a source, each with what is said of it.

    Where the commune of `around` lies is read from the contours at hand, which timetables serve from their catalogue.
    """
    if source.name == FEEDS:
        return _feeds(source, departement, files, warnings)
    if plan.around is None or source.name != ROADS_AROUND:
        return [(source, each) for each in source.files(departement, plan.urls)]
    contours = [each.file.path for each in files if each.source.name == "communes"]
    if not contours:
        msg = "sans les contours des communes, le centre de la zone n'est pas connu."
        raise SourceError(msg)
    centre = commune_centre(contours[0], plan.around.commune)
    return [(source, source.file_around(plan.around.key, plan.around.box(*centre), plan.urls))]


def _feeds(
    source: Source, departement: str, files: list[FetchedFile], warnings: list[str]
) -> list[tuple[Source, RemoteFile]]:
    """Return the timetables that the catalogue at hand lists, each with its publisher, licence and days."""
    catalogue = next((each.file for each in files if each.source.name == FEED_CATALOGUE), None)
    if catalogue is None:
        msg = "sans leur catalogue, on ne sait pas quels horaires desservent le département."
        raise SourceError(msg)
    found = feeds_of(
        catalogue.path,
        catalogue.version.url,
        surroundings(Settings.from_environment().data_dir / _EMBEDDED, departement, ACROSS_KM),
        most_bytes=source.max_bytes,
    )
    warnings += found.notes
    return [
        (
            replace(source, title=_feed_title(f), publisher=f.publisher, licence=f.licence, vintage=f.days),
            RemoteFile(f"{FEEDS}-{f.key}", f.url),
        )
        for f in found.feeds
    ]


def _feed_title(feed: Feed) -> str:
    across = " (de l'autre côté de la limite)" if feed.across else ""
    return f"Horaires, {feed.title}{across}"


def _have(source: Source, remote: RemoteFile, departement: str, plan: FetchPlan, warnings: list[str]) -> FetchedFile:
    """Return one file of a source, from the cache or from its publisher."""
    cached = plan.cache.find(remote.key)
    if cached is not None and not plan.refresh:
        return FetchedFile(source, cached, REUSED)
    if plan.offline:
        msg = "absent du cache, et --offline est demandé. Relancez la commande en ligne."
        raise SourceError(msg)
    title = _title(source, remote)
    _log.info("%s…", title)
    wanted = Wanted(
        remote.key,
        remote.url,
        source.suffix,
        source.max_bytes,
        partial(check_content, source=source, departement=departement),
        None if source.vintage is None else source.vintage.replace(" ", "-"),
    )
    plan.progress(title, 0, None)
    try:
        found = plan.cache.fetch(wanted, partial(plan.progress, title))
    except MaillageError as error:
        if cached is None:
            msg = f"{error} {_advice(source)}"
            raise SourceError(msg) from error
        warnings.append(f"{title} : {error} Le fichier du {dated(cached.fetched_on)} est gardé.")
        return FetchedFile(source, cached, KEPT)
    unchanged = cached is not None and found.sha256 == cached.sha256
    return FetchedFile(source, found, UNCHANGED if unchanged else FETCHED)


def _title(source: Source, remote: RemoteFile) -> str:
    part = "" if source.name == FEEDS else remote.key.removeprefix(source.name).lstrip("-")
    return f"{source.title}, {part}" if part else source.title


def _check_columns(head: bytes, source: Source) -> None:
    """Check the header of a delimited text against the columns of its source."""
    if not source.columns:
        return
    lines = head.decode("utf-8-sig", "replace").splitlines()
    header = next((line for line in lines if line.strip()), "")
    # The header stands for a row too: a table without any is refused.
    names = {name.lower() for name in parse_delimited(f"{header}\n{header}", source.title).columns}
    faults = [
        Fault(f"colonne « {name.replace('|', ' ou ')} » absente")
        for name in source.columns
        if names.isdisjoint(name.split("|"))
    ]
    if faults:
        found = ", ".join(sorted(name[:40] for name in names)[:40])
        what = "le fichier reçu a changé"
        raise SchemaError(what, faults, f"Colonnes trouvées : {found}.")


def _advice(source: Source) -> str:
    if source.name == FEEDS:
        return "Si l'adresse a changé, relisez le catalogue : --refresh."
    return (
        f"Si l'adresse a changé, donnez la nouvelle par MAILLAGE_URL_{source.name.upper()} "
        f"(ou un miroir par MAILLAGE_URL_{source.base.upper()})."
    )


def _require(expected: str, *, holds: bool) -> None:
    if not holds:
        msg = f"le fichier reçu n'est pas {expected}."
        raise SourceError(msg)
