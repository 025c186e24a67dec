"""What all tests share: territories built once, small official files, a web server on loopback that serves them badly when told
to; which worker runs which tests; what each group of tests took.
"""

import csv
import email.utils
import functools
import gc
import gzip
import hashlib
import http.server
import io
import json
import os
import sys
import threading
import time
import zipfile
from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import numpy as np
import osmium
import pyproj
import pytest
import shapely
from hypothesis import settings

from geo import Territory
from geo.sources.embedded import surroundings
from geo.transit.gtfs import read_gtfs
from tests.golden.territories import labourd
from tests.unit.transit.small_feed import FILES as FEED_TABLES
from tests.unit.transit.small_feed import write_feed, write_valley

settings.register_profile("maillage", deadline=None, max_examples=25)  # a shared machine stalls when it likes
settings.load_profile("maillage")

_TESTS = Path(__file__).resolve().parent
_SHARED = _TESTS.parents[1] / "shared" / "data"

#: The program that runs the tests.
_PROGRAM = sys.modules["__main__"]
_GROUP_SECONDS: defaultdict[str, list[float]] = defaultdict(list)


def _folder_and_file(nodeid: str) -> tuple[str, str]:
    """Return the folder of a test under tests/, and its file."""
    file = nodeid.partition("::")[0]
    return Path(file).parts[1], file


#: Garbage in rings is looked for less often: that took a tenth of the time.
gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop():
    """Look for no garbage in what lives as long as the run."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown():
    """Have the tests be the program again: Streamlit leaves the app, which each process started after would run first."""
    sys.modules["__main__"] = _PROGRAM


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each file to one process, and all browser tests to one: there is one browser and one server a run."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - only where tests run in several processes

    class OneFileOneProcess(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            folder, file = _folder_and_file(nodeid)
            return folder if folder == "browser" else file

    return OneFileOneProcess(config, log)


def pytest_runtest_logreport(report):
    """Note what each step of a test took; where tests run in several processes, in the one that gathers their reports."""
    _GROUP_SECONDS[_folder_and_file(report.nodeid)[0]].append(report.duration)


def pytest_terminal_summary(terminalreporter):
    """Say what each group of tests took, all processes together."""
    groups = sorted(_GROUP_SECONDS.items(), key=lambda group: -sum(group[1]))
    total = sum(sum(seconds) for _, seconds in groups)
    if not total:
        return
    terminalreporter.section("seconds by group")
    for name, seconds in [*groups, ("total", [total])]:
        terminalreporter.write_line(f"{name:12}{sum(seconds):8.1f} s {sum(seconds) / total:5.0%}")


FRANCE_SERVICES_COLUMNS = [
    "id_fs",
    "insee_dep",
    "lib_fs",
    "adresse",
    "complement_adresse",
    "insee_com",
    "code_postal",
    "lib_com",
    "latitude",
    "longitude",
    "mail",
    "telephone",
    "h_lundi",
    "h_mardi",
    "h_mercredi",
    "h_jeudi",
    "h_vendredi",
    "h_samedi",
    "prise_rdv",
    "commentaire",
    "type_fs",
    "format_fs",
    "groupe_fs",
    "labellisation_fs",
]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of official files for trials; skips where it is not beside the project."""
    if not _SHARED.is_dir():
        pytest.skip("the folder ../shared/data with official files is not beside the project")
    return _SHARED


@pytest.fixture(scope="session")
def packages_looked_at_once():
    """Let Streamlit's tests look for components in the installed packages once, not at each run, and compile the app once."""
    from streamlit.components.v2 import manifest_scanner  # noqa: PLC0415 - takes a second to import
    from streamlit.runtime.scriptrunner.script_cache import ScriptCache  # noqa: PLC0415

    with pytest.MonkeyPatch.context() as patch:
        found_once = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found_once)
        compiled_once = functools.cache(ScriptCache().get_bytecode)
        patch.setattr(ScriptCache, "get_bytecode", lambda _cache, path: compiled_once(path))
        yield


@pytest.fixture(scope="session")
def save_apart(tmp_path_factory):
    """Save a territory in a new folder, and return it: a territory is read in a third of the time that making it takes."""

    def save(territory: Territory) -> Path:
        folder = tmp_path_factory.mktemp("saved") / "territory"
        territory.save(folder)
        return folder

    return save


@pytest.fixture(scope="session")
def embedded() -> Territory:
    """Return the embedded territory."""
    return Territory.load("64")


@pytest.fixture(scope="session")
def embedded_folder(embedded, save_apart) -> Path:
    """Return the folder of the embedded territory, saved."""
    return save_apart(embedded)


@pytest.fixture(scope="session")
def belfort() -> Territory:
    """Return the smallest embedded département of the mainland: five times fewer communes than the one above."""
    return Territory.load("90")


@pytest.fixture(scope="session")
def belfort_folder(belfort, save_apart) -> Path:
    """Return the folder of that département, saved."""
    return save_apart(belfort)


@pytest.fixture(scope="session")
def valley(embedded, tmp_path_factory) -> Territory:
    """Return the embedded territory with one bus on working days, from Urdos at 8:00 to the door of site 949, back at 17:45."""
    feed = tmp_path_factory.mktemp("feed") / "valley.zip"
    urdos = embedded.communes.loc[embedded.communes["name"] == "Urdos"].iloc[0]
    sites = embedded.sites.copy()
    at_the_stop = sites["facility_id"] == "949"
    sites.loc[at_the_stop, ["opening_hours", "comment"]] = ["Mo-Fr 09:00-12:00", None]
    return replace(
        embedded,
        schedule=read_gtfs(write_valley(feed, urdos, sites.geometry[at_the_stop].iloc[0])),
        facilities={**embedded.facilities, "sites": sites},
        # What the app keeps is told apart by the description of a territory.
        manifest=replace(embedded.manifest, notes=(*embedded.manifest.notes, "Un car de la vallée d'Aspe.")),
    )


@pytest.fixture(scope="session")
def valley_folder(valley, save_apart) -> Path:
    """Return the folder of the territory with one bus, saved."""
    return save_apart(valley)


@pytest.fixture(scope="session")
def partly(tmp_path_factory) -> Territory:
    """Return the Labourd's streets, and a bus from a commune without streets to the door of a site on them.

    The timetable of another publisher ends on 15 January 2025.
    """
    territory, folder = labourd(), tmp_path_factory.mktemp("feeds")
    sites = territory.sites.copy()
    at = sites["name"] == "France services de Saint-Jean-de-Luz"
    sites.loc[at, ["opening_hours", "comment"]] = ["Mo-Fr 09:00-12:00", None]
    urdos = territory.communes.loc[territory.communes["name"] == "Urdos"].iloc[0]
    feed = write_valley(folder / "bus.zip", urdos, sites.geometry[at].iloc[0])
    calendar = FEED_TABLES["calendar.txt"].replace("20250331", "20250115")
    ended = write_feed(folder / "ended.zip", calendar=calendar, calendar_dates=None)
    made = replace(territory, schedule=read_gtfs([feed, ended]), facilities={**territory.facilities, "sites": sites})
    return replace(
        made, manifest=replace(made.manifest, notes=(*made.manifest.notes, "Un car vers Saint-Jean-de-Luz."))
    )


@pytest.fixture(scope="session")
def partly_folder(partly, tmp_path_factory) -> Path:
    """Return the folder of the territory whose streets are known in a part only, saved."""
    folder = tmp_path_factory.mktemp("partly") / "territory"
    partly.save(folder)
    return folder


@dataclass(frozen=True)
class SmallWorld:
    """Official-looking files of four square communes in a row, 10 km wide, along one straight road.

    The road runs through the centres at 60 km/h, so each commune is 10 minutes and 10 km from the
    next: commune A holds the main site, B the bus, D an antenne; the tax office is in C. Commune E
    lies 30 km north, far from any road.

        A(site) ---10--- B(bus) ---10--- C(tax office) ---10--- D(antenne)         E (no road)
    """

    folder: Path
    sites: Path
    communes: Path
    population: Path
    tax_offices: Path
    roads: Path

    @functools.cache  # noqa: B019 - the world lives as long as the run
    def territory(self, **more) -> Territory:
        """Build the territory of these files, without tax offices; `more` adds files to a build or replaces them.

        It is built once of files of the same names: nobody changes it, nor these files.
        """
        usual = {"communes": self.communes, "sites": self.sites, "roads": self.roads, "population": self.population}
        return Territory.build("64", **{**usual, **more})


CENTRES = {
    "64001": (405_000.0, 6_255_000.0),
    "64002": (415_000.0, 6_255_000.0),
    "64003": (425_000.0, 6_255_000.0),
    "64004": (435_000.0, 6_255_000.0),
    "64005": (405_000.0, 6_285_000.0),
}
POPULATION = {"64001": 1000, "64002": 500, "64003": 300, "64004": 200, "64005": 100}


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Write the files of the small world."""
    folder = tmp_path_factory.mktemp("small_world")
    to_degrees = pyproj.Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True)

    communes = gpd.GeoDataFrame(
        {"code": list(CENTRES), "nom": [f"Commune {letter}" for letter in "ABCDE"]},
        geometry=[shapely.box(x - 5000, y - 5000, x + 5000, y + 5000) for x, y in CENTRES.values()],
        crs="EPSG:2154",
    )
    communes.to_file(folder / "communes.gpkg", driver="GPKG")

    with (folder / "population.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(["COM", "PMUN"])
        writer.writerows(POPULATION.items())

    kinds = {
        "64001": ("1", "France services A", "Principal", "Fixe"),
        "64002": ("2", "Bus France services B", "Principal", "Bus_équivalent"),
        "64004": ("3", "France services La Poste D", "Antenne", "Fixe_antenne(s)"),
    }
    with (folder / "sites.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, FRANCE_SERVICES_COLUMNS, restval="")
        table.writeheader()
        for code, (number, name, kind, form) in kinds.items():
            lon, lat = to_degrees.transform(*CENTRES[code])
            table.writerow(
                {
                    "id_fs": number,
                    "insee_dep": "64",
                    "lib_fs": name,
                    "adresse": "1 rue de la Mairie",
                    "insee_com": code,
                    "code_postal": "64000",
                    "lib_com": f"Commune {code}",
                    "latitude": repr(lat),
                    "longitude": repr(lon),
                    "h_lundi": "09:00 - 12:00 / 14:00 - 17:00",
                    "prise_rdv": "Non",
                    "type_fs": kind,
                    "format_fs": form,
                }
            )

    lon, lat = to_degrees.transform(*CENTRES["64003"])
    with (folder / "tax.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(
            ["nom_du_service", "type_de_service", "adresse", "code_postal", "commune", "code_commune", "geocodage"]
        )
        writer.writerow(
            ["SIP de C", "Centre des Finances publiques", "2 place", "64000", "C", "64003", f"{lat!r},{lon!r}"]
        )
        writer.writerow(["Tabac", "Buralistes", "3 place", "64000", "C", "64003", f"{lat!r},{lon!r}"])

    ends = np.arange(400_000.0, 440_001.0, 5000.0)
    features = [
        {
            "type": "Feature",
            "properties": {
                "nature": "Route à 1 chaussée",
                "importance": "3",
                "sens_de_circulation": "Double sens",
                "vitesse_moyenne_vl": 60,
                "acces_vehicule_leger": "Libre",
                "etat_de_l_objet": "En service",
                "fictif": False,
            },
            "geometry": {"type": "LineString", "coordinates": [[west, 6_255_000.0], [east, 6_255_000.0]]},
        }
        for west, east in pairwise(ends)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    (folder / "roads.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf-8"
    )
    return SmallWorld(
        folder=folder,
        sites=folder / "sites.csv",
        communes=folder / "communes.gpkg",
        population=folder / "population.csv",
        tax_offices=folder / "tax.csv",
        roads=folder / "roads.geojson",
    )


#: How long (s) the server waits for what a test forgot to tell it, or for a client that waits for the server.
_PATIENCE_S = 300


class Web:
    """Files by path, with what to do to the next requests for each."""

    def __init__(self):
        self.files = {}
        self.modified = {}
        self.moods = defaultdict(list)
        self.requests = []
        self.queries = {}
        self.sent = 0
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def serve(self, path, content, *, modified="2026-10-05"):
        """Serve a file under a path, with an ETag of its content; return its address."""
        self.files[path] = content
        self.modified[path] = time.mktime(time.strptime(modified, "%Y-%m-%d")) if modified else None
        return self.base + path

    def next(self, path, *moods):
        """Do this to the next requests for a path, one mood a request; after that, behave."""
        self.moods[path] += moods

    def asked(self, path):
        """Return the headers of the requests for a path, in order."""
        return [headers for asked, headers in self.requests if asked == path]

    def _handler(self):
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = urlsplit(self.path).path
                web.requests.append((path, dict(self.headers)))
                web.queries[path] = parse_qs(urlsplit(self.path).query)
                mood = web.moods[path].pop(0) if web.moods[path] else behave
                with suppress(BrokenPipeError, ConnectionResetError):
                    mood(self, web.files.get(path), web.modified.get(path))
                self.close_connection = True

            def log_message(self, *_args):
                pass

            def begin(self, status, headers):
                self.send_response(status)
                for name, value in {"Connection": "close", **headers}.items():
                    self.send_header(name, str(value))
                self.end_headers()

            def send(self, block):
                self.wfile.write(block)
                self.wfile.flush()
                web.sent += len(block)

        return Handler


def answer(request, content, modified):
    """Return status, headers and body as a good server would, conditions and ranges included."""
    if content is None:
        return 404, {"Content-Length": 0}, b""
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Content-Type": "application/octet-stream"}
    if modified:
        headers["Last-Modified"] = email.utils.formatdate(modified, usegmt=True)
    if request.headers.get("If-None-Match") == tag:
        return 304, headers, b""
    unchanged = request.headers.get("If-Range") in {None, tag, headers.get("Last-Modified")}
    asked = request.headers.get("Range")
    if asked and unchanged:
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if start >= len(content):
            return 416, {"Content-Range": f"bytes */{len(content)}", "Content-Length": 0}, b""
        headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return 206, headers | {"Content-Length": len(content) - start}, content[start:]
    return 200, headers | {"Content-Length": len(content)}, content


def behave(request, content, modified):
    status, headers, body = answer(request, content, modified)
    request.begin(status, headers)
    request.send(body)


def status(code, **headers):
    """Answer with a status and an error page."""

    def mood(request, _content, _modified):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request.begin(code, {"Content-Length": 5, **named})
        request.send(b"error")

    return mood


def cut(after):
    """Announce the whole, then close the connection after some bytes."""

    def mood(request, content, modified):
        code, headers, body = answer(request, content, modified)
        request.begin(code, headers)
        request.send(body[:after])

    return mood


def drip(size, pause):
    """Send a few bytes at a time."""

    def mood(request, content, modified):
        code, headers, body = answer(request, content, modified)
        request.begin(code, headers)
        for start in range(0, len(body), size):
            request.send(body[start : start + size])
            time.sleep(pause)

    return mood


def in_step(size, taken):
    """Send a few bytes at a time, the next once a semaphore says that the last were taken."""

    def mood(request, content, modified):
        code, headers, body = answer(request, content, modified)
        request.begin(code, headers)
        for start in range(0, len(body), size):
            request.send(body[start : start + size])
            if not taken.acquire(timeout=_PATIENCE_S):
                return

    return mood


def stall(after, until):
    """Send some bytes, then wait for an event before closing the connection."""

    def mood(request, content, modified):
        code, headers, body = answer(request, content, modified)
        request.begin(code, headers)
        request.send(body[:after])
        until.wait(_PATIENCE_S)

    return mood


def announce(length):
    """Announce a length that is not that of the file."""

    def mood(request, content, modified):
        code, headers, body = answer(request, content, modified)
        request.begin(code, headers | {"Content-Length": length})
        request.send(body)

    return mood


def redirect(to):
    return status(302, Location=to)


def other(content, **headers):
    """Answer with something else."""

    def mood(request, _content, _modified):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request.begin(200, {"Content-Length": len(content), **named})
        request.send(content)

    return mood


def chunked(size, *, complete=True):
    """Send the file in chunks, without its length; leave the last one out where not complete."""

    def mood(request, content, modified):
        code, headers, body = answer(request, content, modified)
        del headers["Content-Length"]
        request.begin(code, headers | {"Transfer-Encoding": "chunked"})
        for start in range(0, len(body), size):
            block = body[start : start + size]
            request.send(f"{len(block):x}\r\n".encode() + block + b"\r\n")
        if complete:
            request.send(b"0\r\n\r\n")

    return mood


class Moods:
    """What a server may do to a request."""

    status = staticmethod(status)
    cut = staticmethod(cut)
    drip = staticmethod(drip)
    in_step = staticmethod(in_step)
    stall = staticmethod(stall)
    announce = staticmethod(announce)
    redirect = staticmethod(redirect)
    other = staticmethod(other)
    chunked = staticmethod(chunked)


@pytest.fixture
def moods():
    return Moods


@pytest.fixture
def web(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    server = Web()
    yield server
    server.close()


@pytest.fixture(scope="session")
def lasting_web():
    """The same for a whole run, for programs that are told its address when they start."""
    server = Web()
    yield server
    server.close()


@contextmanager
def loopback_server(respond):
    """Serve ``respond(handler)`` to each GET on this machine; give the address of the server and the paths asked."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            with suppress(OSError):
                respond(self)

        def log_message(self, *_args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def loopback():
    """Return what serves a function's answers on this machine."""
    return loopback_server


def zipped(**members):
    """Return a zip whose members have these names (`__` stands for a slash, `_dot_` for a point)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return stream.getvalue()


#: No test sees what the user of this machine has downloaded.
os.environ["MAILLAGE_CACHE_DIR"] = os.devnull

PATHS = {
    "sites": "/data_gouv/fr/datasets/r/31576dff-fd61-4de9-819f-32c2f880b142",
    "communes": "/etalab/contours-administratifs/2026/geojson/communes-100m.geojson.gz",
    "town_halls": "/etalab/contours-administratifs/2026/geojson/mairies.geojson.gz",
    "population": "/insee/fr/statistiques/fichier/8680726/ensemble.zip",
    "tax_offices": "/economie/api/explore/v2.1/catalog/datasets/coordonnees-des-structures-dgfip/exports/csv",
    "cells": "/insee/fr/statistiques/fichier/8735162/Filosofi2021_carreaux_200m_csv.zip",
    "housing": "/insee/fr/statistiques/fichier/8581474/base-cc-logement-2022_csv.zip",
    "postcodes": "/data_gouv/api/1/datasets/r/008a2dda-2c60-4b63-b910-998f6f818089",
    "frr": "/territoires/outils/cartographie-interactive/api/v1/functions/GC_API_download.php",
    "qpv": "/data_gouv/api/1/datasets/r/942d4ee8-8142-4556-8ea1-335537ce1119",
    "gtfs_list": "/transport/api/datasets",
    "gtfs-1": "/transport/valley.zip",
    "roads-aquitaine": "/geofabrik/europe/france/aquitaine-latest.osm.pbf",
    "roads-midi-pyrenees": "/geofabrik/europe/france/midi-pyrenees-latest.osm.pbf",
}
#: One feed serves the small world; the other is of another region.
FEED_CATALOGUE = [
    {
        "title": f"Cars de {name}",
        "type": "public-transit",
        "publisher": {"name": "Région"},
        "licence": "odc-odbl",
        "covered_area": [{"type": "region", "nom": name, "insee": code}],
        "resources": [
            {
                "id": number,
                "format": "GTFS",
                "url": "/transport/valley.zip",
                "metadata": {"start_date": "2025-01-01", "end_date": "2099-03-31"},
            }
        ],
    }
    for number, (name, code) in enumerate([("Nouvelle-Aquitaine", "75"), ("Bretagne", "53")], 1)
]
OVERPASS = "/overpass/api/interpreter"
BASES = ("data_gouv", "economie", "etalab", "geofabrik", "insee", "overpass", "territoires", "transport")


def road_extract(path, west, east):
    """Write an extract with one straight road, which passes through the centres of the small world."""
    to_degrees = pyproj.Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True)
    with osmium.SimpleWriter(str(path)) as writer:
        ends = np.arange(west, east + 1, 5000.0)
        numbers = [int(x) for x in ends]
        for number, x in zip(numbers, ends, strict=True):
            writer.add_node(
                osmium.osm.mutable.Node(id=number, location=to_degrees.transform(x, 6_255_000.0), version=1)
            )
        tags = {"highway": "secondary", "maxspeed": "60"}
        writer.add_way(osmium.osm.mutable.Way(id=int(west), nodes=numbers, tags=tags, version=1))
    return path.read_bytes()


@pytest.fixture(scope="session")
def official_files(small_world, tmp_path_factory):
    """Contents of every official file, about the small world, by key in the cache."""
    folder = tmp_path_factory.mktemp("official")
    communes = gpd.read_file(small_world.communes)
    points = communes.assign(geometry=communes.geometry.centroid).to_crs("EPSG:4326")
    centres = communes.geometry.centroid.to_crs("EPSG:3035")
    cells = ["idcar_200m;ind;lcog_geo"] + [
        f"CRS3035RES200mN{int(point.y) // 200 * 200}E{int(point.x) // 200 * 200};{100 * n};{code}"
        for n, (code, point) in enumerate(zip(communes["code"], centres, strict=True), 1)
    ]
    population = small_world.population.read_text(encoding="utf-8")
    return {
        "sites": small_world.sites.read_bytes(),
        "communes": gzip.compress(communes.to_crs("EPSG:4326").to_json().encode()),
        "town_halls": gzip.compress(points.rename(columns={"code": "commune"}).to_json().encode()),
        "population": zipped(donnees_regions_dot_csv="REG;PMUN\n75;1\n", donnees_communes_dot_csv=population),
        "tax_offices": small_world.tax_offices.read_bytes(),
        "cells": zipped(csv__carreaux_200m_met_dot_csv="\n".join(cells), carreaux_200m_mart_dot_csv="idcar_200m;ind\n"),
        "housing": zipped(
            base__cc_dot_txt="",
            **{"base-cc-logement-2022_dot_CSV": "CODGEO;P22_RP;P22_RP_VOIT1P\n64001;500;450\n64002;200;150\n"},
        ),
        "postcodes": b"#Code_commune_INSEE;Nom_de_la_commune;Code_postal\n64001;COMMUNE A;64990\n",
        "frr": b"codgeo;libgeo;codefrr\n64001;Commune A;FRR\n",
        "qpv": zipped(GEOJSON__QP2024_France_Hexagonale_Outre_Mer_WGS84_dot_geojson='{"type": "FeatureCollection"}'),
        "gtfs_list": json.dumps(FEED_CATALOGUE).encode(),
        "gtfs-1": zipped(**{name.replace(".", "_dot_"): text for name, text in FEED_TABLES.items()}),
        "roads-aquitaine": road_extract(folder / "a.osm.pbf", 400_000, 425_000),
        "roads-midi-pyrenees": road_extract(folder / "m.osm.pbf", 425_000, 440_000),
    }


@pytest.fixture(scope="session")
def official_addresses():
    """Return the settings that lead to the official files of a server."""
    return lambda web: {base: f"{web.base}/{base}" for base in BASES}


@pytest.fixture(scope="session")
def surroundings_once():
    """Look for what lies near a département once: all communes of France are read for it."""
    return functools.cache(surroundings)


@pytest.fixture
def official(web, official_files, official_addresses, surroundings_once, monkeypatch):
    """Serve the official files under their paths; return the paths by key, and the settings that lead there."""
    monkeypatch.setattr("geo.sources.fetch.surroundings", surroundings_once)
    for key, content in official_files.items():
        web.serve(PATHS[key], content)
    return PATHS, official_addresses(web)


@pytest.fixture
def overpass(web, tmp_path):
    """Serve the roads of the western half of the small world as Overpass answers; return the path and the answer."""
    road_extract(tmp_path / "around.osm", 400_000, 420_000)
    written = (tmp_path / "around.osm").read_text(encoding="utf-8")
    elements = written[written.index("<node") :].replace(' version="1"', "")
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="Overpass API 0.7.62">\n'
        "<note>The data included in this document is from www.openstreetmap.org. It is made available under ODbL.</note>\n"
        f'<meta osm_base="2026-11-22T10:00:00Z"/>\n\n{elements}'
    ).encode()
    web.serve(OVERPASS, content, modified=None)
    return OVERPASS, content
