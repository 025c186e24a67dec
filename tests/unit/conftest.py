"""The command line as a user calls it, and a week of opening hours of known shares."""

import datetime as dt
import functools
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from geo import Territory
from geo.access.known_part import KnownPart
from geo.access.opening import HALF_HOURS, OpeningTable
from geo.cli import main
from geo.finder.answer import Answer, SiteAnswer
from geo.finder.opening_times import DayLine, OpeningStatus
from geo.network.origin import MeasuredError, NetworkSummary
from geo.siting.plan import plan
from geo.sources.opening_hours import WEEKDAYS
from geo.territory.manifest import Manifest
from tests.waiting_python import WaitingPython


@pytest.fixture
def run(capsys):
    """Run the command; return (status, stdout, stderr)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return call


@pytest.fixture(scope="session")
def waiting_maillage():
    """Return a process that waits and has loaded what commands need."""
    waiting = WaitingPython(
        "import geo.cli.check_sites, geo.territory.fetched, geo.territory.country, geo.network.kept_loops\n"
        "import geo.siting.scenario_json, geo.report.country_tables, geo.report.scenario_files, geo.report.geopackage"
    )
    yield waiting
    waiting.end()


@pytest.fixture(scope="session")
def load_once():
    return functools.cache(Territory.load)


@pytest.fixture
def loaded_once(monkeypatch, load_once):
    """Let commands load the same territory once for all tests that ask for this: none of them changes it."""
    monkeypatch.setattr(Territory, "load", load_once)


@pytest.fixture(scope="session")
def saved(small_world, tmp_path_factory):
    """Return the folder of the small world with its tax office, saved; it is read, or copied to be changed."""
    folder = tmp_path_factory.mktemp("saved") / "64"
    small_world.territory(tax_offices=small_world.tax_offices).save(folder)
    return folder


@pytest.fixture(scope="session")
def three_labels(embedded):
    """Return the plan of three labels on the embedded territory; it is looked at alone."""
    return plan(embedded, 3)


MONDAY = dt.date(2026, 11, 23)
AT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def make_site():
    """Make a site; any field may be given."""

    def make(facility_id="1", **fields) -> SiteAnswer:
        week = tuple(
            DayLine(day, MONDAY + dt.timedelta(days=n), "9 h – 12 h", ((540, 720),), None)
            for n, day in enumerate(WEEKDAYS)
        )
        known = {
            "name": f"France services {facility_id}",
            "kind": "main",
            "address": "1 place de l'Église",
            "postcode": "64250",
            "commune_name": "Espelette",
            "phone": "05 59 58 84 05",
            "email": "site@exemple.fr",
            "website": None,
            "appointment": None,
            "details": {},
            "lon": -1.44,
            "lat": 43.34,
            "travel_time_min": 12.4,
            "distance_km": 9.04,
            "status": OpeningStatus("open", "Ouvert jusqu'à 17 h"),
            "week": week,
            "warnings": (),
            "main_site": None,
        }
        return SiteAnswer(facility_id=facility_id, **(known | fields))

    return make


@pytest.fixture
def make_answer(make_site):
    """Make an answer; any field may be given."""

    def make(**fields) -> Answer:
        known = {
            "lon": -1.58,
            "lat": 43.31,
            "start_lon": -1.58,
            "start_lat": 43.31,
            "at": AT,
            "sites": (make_site("1"), make_site("2", travel_time_min=71.0, distance_km=70.6)),
            "buses": (),
            "tax_office": None,
            "minutes_saved": None,
            "none_open": (),
            "from_home": (),
            "notes": (),
        }
        return Answer(**(known | fields))

    return make


@pytest.fixture(scope="session")
def week():
    """Return opening hours of known shares, those of 1,000 residents, all of whom are known unless said otherwise."""

    def call(
        shares: object,
        *,
        within: float = 900,
        known: float = 1000,
        unknown: int = 0,
        partly: int = 0,
        around: tuple[int, int] = (0, 0),
    ) -> OpeningTable:
        table = pd.DataFrame(
            np.broadcast_to(np.asarray(shares, float), (7, 48)).copy(),
            index=pd.Index(WEEKDAYS, name="day"),
            columns=list(HALF_HOURS),
        )
        part = KnownPart(1000 if known else 0, known, 10, 10 if known in (0, 1000) else 9)
        return OpeningTable(20.0, part, within, table, 5, unknown, partly, *around, None)

    return call


@pytest.fixture
def measured():
    """Return how sure measured times of communes are: `geo.territory.study_area.PRECISION_COLUMNS`."""
    return lambda codes: pd.DataFrame({"estimated": False, "time_low": 1.0, "time_high": 1.0}, index=codes)


@pytest.fixture
def make_manifest():
    """Make what a territory of an estimated network says of itself; any field may be given."""

    def make(**fields) -> Manifest:
        network = NetworkSummary(
            source="Réseau estimé",
            file="",
            vintage=None,
            licence=None,
            sha256=None,
            nodes=1346,
            edges=6582,
            nodes_main_part=1346,
            profile="courant",
            approximate=True,
            notes=(),
            error=(MeasuredError("Labourd", 420, 0.81, 0.59, 1.08, 1.0),),
        )
        known = {
            "territory": "Pays",
            "departement": "64",
            "built_on": dt.date(2026, 11, 22),
            "crs": "EPSG:2154",
            "communes": 1,
            "population": 0,
            "population_points": "communes",
            "contours_approximate": True,
            "facilities": {},
            "sources": (),
            "network": network,
            "notes": (),
            "notes_communes": (),
            "rejected_count": 0,
            "rejected": (),
        }
        return Manifest(**(known | fields))

    return make
