"""Further questions: the rounds of a bus and its proposed stops, other kinds counted, two lists compared.

Asked of the territories that are there. What is true is added up here from their times and from `ROUNDS`, by hand.
"""

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.maps.static.sheet import Sheet
from geo.report import report_files
from geo.settings import Settings
from geo.territory.embedded import read_tables
from tests.golden.channels import CLOSED, OPENED, USUALLY_CLOSED, USUALLY_OPENED, answered, draw_what_is_read, run
from tests.golden.checks import Heard, wrongly_said
from tests.golden.notation import Fact, facts_of
from tests.golden.oracle import SAME, THRESHOLD_MIN, Oracle, week
from tests.golden.reading import html_text, pdf_pages, plain
from tests.golden.screens import said, visitor
from tests.golden.territories import DEPARTEMENT
from tests.unit.sources import day_lists_files
from tests.written_tables import rows_of_table

#: A bus: commune of the stop, day, weeks, hours, and hours a month: each Tuesday, and twice a month on Thursday.
BUS = "2909"
ROUNDS = (("64504", "mardi", "", "9h-12h", 3 * 52 / 12), ("64006", "jeudi", "1 et 3", "9h-11h", 4.0))
#: First day of each in the year over which half-hours are averaged, and half-hours of a day when the bus is there.
TUESDAY, THURSDAY = ("2026-01-06", slice(18, 24)), ("2026-01-08", slice(18, 22))
WEEKS, MONTHS, STOPS, HOURS, PASS_EUR = 52, 12, 2, 3, 350
#: Minutes by car where other kinds are counted.
OTHER_THRESHOLD_MIN = 15.0
#: Maps that every report has, and one with a plan: nothing of rounds and stops is read in them.
MAPS = ("travel_time", "curve", "under_served", "plan")
ATOM = "{http://www.w3.org/2005/Atom}"

_ROUNDS = r"""
round_stops count
must terminal.rounds terminal.diagnose screen.diagnostic html.map pdf
1 bus, # arrêts?,

round_hours month
must terminal.rounds terminal.diagnose screen.diagnostic html.map pdf
arrêts?, # h par mois en tout[).]

round_share share
must terminal.diagnose screen.diagnostic html.map pdf
# des habitants ont un site ou un arrêt

round_added count
must terminal.diagnose screen.diagnostic html.map pdf
dont # qui n'(?:a|ont) qu'un arrêt

round_added_hours month
must terminal.diagnose screen.diagnostic html.map pdf
qu'un arrêt, en moyenne # h par mois

open_hours decimal
must terminal.hours pdf
par habitant et par semaine au lieu de # h

open_hours_with decimal
must terminal.hours pdf
# h par habitant et par semaine au lieu de

stop_with count
must terminal.plan screen.ouvrir html.arguments pdf
# habitants? de plus (?:aurait|auraient) un arrêt

stop_beyond count
must terminal.plan screen.ouvrir html.arguments pdf
\(# habitants? encore au-delà du seuil d'un site

stop_known count
must terminal.plan screen.ouvrir html.arguments pdf
dont # (?:a|ont) déjà un arrêt connu

stop_hours month
must terminal.plan screen.ouvrir html.arguments pdf
\), # h par mois en tout

stop_cost count
must terminal.plan screen.ouvrir html.arguments pdf
coût : # € par an, à 350 € le passage

stop_1_with count
must terminal.plan
B1\. [^:]*: arrêt de bus proposé[^:]*: # habitants? de plus
"""
_KINDS = r"""
share_kinds share
must terminal.diagnose screen.diagnostic
# des habitants[^.;:%]{0,60} sont à 15 min ou moins

within_kinds count
must terminal.diagnose screen.diagnostic
\(# sur <count>\) sont à 15 min ou moins
Habitants à 15 min ou moins(?: :)? <share> \(?# sur

poor_kinds count
must terminal.diagnose screen.diagnostic
# communes? (?:est|sont) sous-desservie
# communes? sur <count> (?:est|sont) sous
Communes sous-desservies(?: :)? #
"""
_LISTS = r"""
scenario_gained count
must terminal json screen
# habitants? passe(?:nt)? <near> d'un site

scenario_lost count
must terminal json screen
# habitants? passe(?:nt)? à plus de 20 min d'un site
passe(?:nt)? <near> d'un site et # passe(?:nt)? au-delà

scenario_share_after share
must terminal json screen
# des habitants sont <near> d'un site

share_within share
must terminal json screen
<near> d'un site(?: \(temps estimés : [^)]*\))?, contre # auparavant
# des habitants sont <near> d'un site(?: \(temps estimés : [^)]*\))?, comme auparavant

median_time minutes
must terminal json screen
Temps médian : # avant
Temps médian : (?:baisse de <share>|augmente de <share>|ne change pas) \(avant : #\)

scenario_communes_better count
must terminal json screen
# communes? (?:n'est|ne sont) plus sous-desservie

scenario_communes_worse count
must terminal json screen
# communes? devien(?:t|nent) sous-desservie

list_opened count
must terminal json atom screen
# sites? ouverts?
Sites ouverts : #

list_closed count
must terminal json atom screen
# (?:sites? )?fermés?
Sites fermés : #

list_same count
must terminal json atom screen
# (?:est resté le même|sont restés les mêmes)
"""


@dataclass
class Asked:
    """What was asked further: its facts, what is true, what was said by channel, and what data hold by channel."""

    written: str
    figures: dict[str, float | None]
    texts: dict[str, str] = field(default_factory=dict)
    held: dict[str, dict[str, float | None]] = field(default_factory=dict)

    def wrong(self, *, estimated: bool) -> list[str]:
        """Return all contradictions, one line each."""
        facts: tuple[Fact, ...] = tuple(facts_of(self.written))
        wrong = wrongly_said(facts, self.texts, self.figures, {}, {}, estimated=estimated)
        for channel, figures in self.held.items():
            for name, value in figures.items():
                right = self.figures[name]
                if right is None:  # nobody is counted as no resident; of nobody there is no share, and no time
                    agrees = value is None or (value == 0 and not re.search("share|time", name))
                else:
                    agrees = value is not None and math.isclose(value, right, rel_tol=1e-6, abs_tol=1e-9)
                if not agrees:
                    wrong.append(f"{name}: {channel} holds {value}, not {right}")
        return wrong


def other_kinds(heard: Heard, folder: Path) -> Asked:
    """Count main sites and buses, no antennes, at another threshold."""
    oracle, channels = heard.oracle, heard.channels
    sites = oracle.territory.facilities["sites"]
    minutes = oracle.to(sites.geometry[sites["kind"].isin(["main", "bus"])])
    within = minutes <= OTHER_THRESHOLD_MIN + SAME
    figures = {
        "within_kinds": oracle.people(within),
        "share_kinds": oracle.share(within),
        "poor_kinds": int((oracle.on & ~within).sum()),
    }
    asked = Asked(_KINDS, figures)
    command = ["diagnose", *channels.place, "--no-antennes", "--bus", "--threshold", f"{OTHER_THRESHOLD_MIN:g}"]
    asked.texts["terminal.diagnose"] = plain(run(*command)[1])
    found = answered(*command, "--json")
    names = ("residents_within", "share_covered", "communes_under_served")
    asked.held["json"] = dict(zip(figures, (found[name] for name in names), strict=True))
    with visitor(channels.folder, folder / "cache") as opened:
        address = {"antennes": "0", "bus": "1", "seuil": f"{OTHER_THRESHOLD_MIN:g}"}
        asked.texts["screen.diagnostic"] = said(opened(ecran="diagnostic", **address)).text
    return asked


def rounds_and_stops(heard: Heard, folder: Path) -> Asked:
    """Have a bus stop in two communes, and stops proposed beside one label."""
    oracle, toured, table = heard.oracle, folder / "toured", folder / "rounds.csv"
    rows = [f"{BUS},{commune},{day},{weeks},{hours},oui" for commune, day, weeks, hours, _ in ROUNDS]
    table.write_text("\n".join(["site,commune,jour,semaine,horaires,confirmed", *rows]), encoding="utf-8")
    asked = Asked(_ROUNDS, {})
    confirmed = run("rounds", *heard.channels.place, "--confirmed", str(table), "--out", str(toured))
    asked.texts["terminal.rounds"] = plain(confirmed[1])
    stops = ["--new", "1", "--stops", str(STOPS), "--stop-every", "month", "--stop-cost", str(PASS_EUR)]
    for name, options in (("diagnose", []), ("hours", []), ("plan", stops)):
        words = run(name, str(toured), *options, "--out", str(folder / name))[1]
        asked.texts[f"terminal.{name}"] = plain(words)
    made = ["--plan", str(folder / "plan" / "plan.json"), "--date", "2026-11-22"]
    with pytest.MonkeyPatch.context() as patch:
        draw_what_is_read(patch)
        blank = Sheet(297, 210, "Carte", "Carte que personne ne lit")
        patch.setattr(report_files, "report_maps", lambda _findings: dict.fromkeys(MAPS, blank))
        assert run("report", str(toured), *made, "--out", str(folder / "rapport"))[0] == 0
    asked.texts["pdf"] = " ".join(pdf_pages((folder / "rapport" / report_files.DOCUMENT).read_bytes()))
    for path in (folder / "diagnose" / "map.html", folder / "plan" / "arguments.html"):
        asked.texts[f"html.{path.stem}"] = html_text(path.read_text(encoding="utf-8"))
    with visitor(toured, folder / "cache") as opened:
        asked.texts["screen.diagnostic"] = said(opened(ecran="diagnostic")).text
        beside = {"labels": "1", "arrets": str(STOPS), "passage": "mois", "cout_passage": str(PASS_EUR)}
        asked.texts["screen.ouvrir"] = said(opened(ecran="planifier", vue="ouvrir", **beside)).text
    written = {
        name: json.loads((folder / place).read_text(encoding="utf-8"))
        for name, place in (
            ("rounds", "diagnose/summary.json"),
            ("hours", "hours/hours.json"),
            ("plan", "plan/plan.json"),
        )
    }
    reach = _rounds(asked, oracle, written["rounds"]["rounds"], written["hours"])
    _stops(asked, oracle, written["plan"], reach)
    columns = ("residents_with_stop", "hours_a_month", "cost_eur")
    for table in ("plan/stops.csv", "rapport/tables/stops.csv"):
        rows = rows_of_table(folder / table)
        totals = (sum(float(row[name]) for row in rows) for name in columns)
        asked.held[table] = dict(zip(("stop_with", "stop_hours", "stop_cost"), totals, strict=True))
    return asked


def _rounds(asked: Asked, oracle: Oracle, told: dict, hours: dict) -> list[np.ndarray]:
    """Add up what the rounds bring; return who is within reach of each stop."""
    reach = [_within(oracle, oracle.territory.communes.loc[commune]) for commune, *_ in ROUNDS]
    near = oracle.minutes <= THRESHOLD_MIN + SAME
    added = ~near & np.logical_or(*reach)
    each = [monthly for *_, monthly in ROUNDS]
    brought = sum(monthly * oracle.people(added & within) for monthly, within in zip(each, reach, strict=True))
    is_open = np.stack([week(text) for text in oracle.sites["opening_hours"]]).reshape(len(oracle.sites), -1)
    served = ((oracle._each <= THRESHOLD_MIN + SAME).astype(int) @ is_open.astype(int)).reshape(len(near), 7, -1) > 0
    thursdays = pd.date_range(THURSDAY[0], periods=WEEKS, freq="7D").day
    shares = (1.0, float(((thursdays <= 7) | ((thursdays > 14) & (thursdays <= 21))).mean()))
    more = sum(
        share * sum(oracle.people(within & ~served[:, pd.Timestamp(day).weekday(), slot]) for slot in _slots(slots)) / 2
        for share, within, (day, slots) in zip(shares, reach, (TUESDAY, THURSDAY), strict=True)
    )
    asked.figures |= {
        "round_stops": len(ROUNDS),
        "round_hours": sum(each),
        "round_share": oracle.share(near | added),
        "round_added": oracle.people(added),
        "round_added_hours": brought / oracle.people(added),
        "open_hours": oracle.figures["open_hours"],
        "open_hours_with": oracle.figures["open_hours"] + more / oracle.known,
    }
    names = ("stops", "hours_a_month", "share_covered", "residents_added", "hours_added")
    found = [told[name] for name in names] + [hours["hours_within_reach"], hours["hours_with_rounds"]]
    asked.held["json"] = dict(zip(asked.figures, found, strict=True))
    return reach


def _stops(asked: Asked, oracle: Oracle, plan: dict, reach: list[np.ndarray]) -> None:
    """Add up what the stops bring, after the label and the known stops."""
    now = oracle.minutes
    for label in plan["selected"]:
        now = np.minimum(now, oracle.to(oracle.at(label["lon"], label["lat"])))
    beyond = oracle.on & (now > THRESHOLD_MIN + SAME)
    waiting = beyond & ~np.logical_or(*reach)
    told, brought = plan["stops"], []
    for stop in told["stops"]:
        within = _within(oracle, stop)
        brought.append(oracle.people(waiting & within))
        waiting &= ~within
    assert brought
    asked.figures |= {
        "stop_with": sum(brought),
        "stop_beyond": oracle.people(beyond),
        "stop_known": oracle.people(beyond & np.logical_or(*reach)),
        "stop_hours": HOURS * len(brought),
        "stop_cost": PASS_EUR * MONTHS * len(brought),
        "stop_1_with": brought[0],
    }
    asked.held["json"] |= {
        "stop_with": told["residents_with_stop"],
        "stop_beyond": told["residents_beyond"],
        "stop_known": told["residents_known_stop"],
        "stop_hours": told["hours_a_month"],
        "stop_cost": told["cost_eur_a_year"],
        "stop_1_with": told["stops"][0]["residents_with_stop"],
    }


def two_lists(heard: Heard, folder: Path) -> Asked:
    """Compare the territory with itself where the site of its scenario is open, and the one that it closes is not."""
    oracle, channels = heard.oracle, heard.channels
    territory, sites = channels.territory, channels.territory.sites
    closed = sites["facility_id"] == CLOSED.get(channels.key, USUALLY_CLOSED)
    code = OPENED.get(channels.key, USUALLY_OPENED)
    town = territory.communes.loc[code]
    new = (
        sites.iloc[[0]]
        .set_geometry(oracle.at(town["lon"], town["lat"]))
        .assign(facility_id="nouveau", name="Nouveau site", kind="main", commune_code=code, commune_name=town["name"])
    )
    after = territory.with_sites(pd.concat([sites[~closed], new[sites.columns]], ignore_index=True), why={})
    replace(after, manifest=replace(after.manifest, scenario=None)).save(folder / "after")
    inside = sites["commune_code"].isin(territory.communes.index)
    figures = {
        "list_opened": 1,
        "list_closed": int((closed & inside).sum()),
        "list_same": int((~closed & inside).sum()),
    }
    asked = Asked(_LISTS, oracle.figures | figures)
    command = ["changes", *channels.place, str(folder / "after"), "--date", "2026-11-22"]
    asked.texts["terminal"] = plain(run(*command, "--out", str(folder / "changes"))[1])
    told = json.loads((folder / "changes" / "changes.json").read_text(encoding="utf-8"))
    asked.texts["json"] = plain(" ".join(told["sentences"]))
    feed = ET.fromstring((folder / "changes" / "changes.atom").read_text(encoding="utf-8"))
    asked.texts["atom"] = plain(feed.findtext(f"{ATOM}subtitle", ""))
    titles = [entry.findtext(f"{ATOM}title", "") for entry in feed.iter(f"{ATOM}entry")]
    states = [row["status"] for row in rows_of_table(folder / "changes" / "changes.csv")]
    asked.held = {
        "json": _told_of_lists(told),
        "atom": {
            "list_opened": sum(title.endswith(" : ouvert") for title in titles),
            "list_closed": sum(title.endswith(" : fermé") for title in titles),
        },
        "csv": {
            name: states.count(state)
            for name, state in (("list_opened", "ouvert"), ("list_closed", "fermé"), ("list_same", "continue"))
        },
    }
    return asked


def lists_of_the_day(heard: Heard, folder: Path, serve: Callable[[str, bytes], None]) -> Asked:
    """Compare the embedded list with one of the day, which differs as `two_lists` do; `serve` publishes it."""
    oracle, tables = heard.oracle, read_tables(Settings.from_environment().data_dir / "france")
    sites, town = tables.sites.frame, oracle.territory.communes.loc[USUALLY_OPENED]
    closed = sites["facility_id"] == USUALLY_CLOSED
    new = (
        sites.iloc[[0]]
        .set_geometry(oracle.at(town["lon"], town["lat"]))
        .assign(facility_id="nouveau", name="Nouveau site", kind="main", commune_code=USUALLY_OPENED)
    )
    lists = {"before": sites, "after": pd.concat([sites[~closed], new[sites.columns]], ignore_index=True)}
    for name, places in lists.items():
        (folder / f"{name}.csv").write_bytes(_as_published(places))
    inside = oracle.territory.sites["commune_code"].isin(oracle.territory.communes.index)
    asked = Asked(_LISTS, oracle.figures | {"list_opened": 1, "list_closed": 1, "list_same": int(inside.sum()) - 1})
    command = ["changes", *(str(folder / f"{name}.csv") for name in lists), DEPARTEMENT]
    asked.texts["terminal"] = plain(run(*command, "--out", str(folder / "changes"))[1])
    told = json.loads((folder / "changes" / "changes.json").read_text(encoding="utf-8"))
    asked.texts["json"] = plain(" ".join(told["sentences"]))
    asked.held["json"] = _told_of_lists(told)
    serve(day_lists_files.SITES, (folder / "after.csv").read_bytes())
    serve(day_lists_files.TAX_OFFICES, day_lists_files.tax_list(tables.tax_offices.frame))
    with visitor(None, folder / "cache") as opened:
        assert run("fetch", "--lists")[0] == 0
        asked.texts["screen"] = said(opened(ecran="methode")).text
    return asked


def _as_published(places: gpd.GeoDataFrame) -> bytes:
    """Return a list of sites as its publisher writes it, without hours and contacts."""
    return day_lists_files.site_list(
        places,
        id_fs=list(places["facility_id"]),
        lib_fs=list(places["name"]),
        format_fs=["Itinérante" if kind == "bus" else "Fixe" for kind in places["kind"]],
        type_fs=["Antenne" if kind == "antenne" else "Principal" for kind in places["kind"]],
    )


def _told_of_lists(told: dict) -> dict[str, float | None]:
    return {
        **{f"list_{name}": told["counts"][name] for name in ("opened", "closed", "same")},
        "scenario_gained": told["residents_gained"],
        "scenario_lost": told["residents_lost"],
        "scenario_share_after": told["share_covered_after"],
        "share_within": told["share_covered_before"],
        "median_time": told["median_time_before_min"],
    }


def _within(oracle: Oracle, place: "pd.Series | dict") -> np.ndarray:
    return oracle.to(oracle.at(place["lon"], place["lat"])) <= THRESHOLD_MIN + SAME


def _slots(half_hours: slice) -> range:
    return range(half_hours.start, half_hours.stop)


QUESTIONS: dict[str, Callable[[Heard, Path], Asked]] = {
    "kinds": other_kinds,
    "rounds": rounds_and_stops,
    "lists": two_lists,
}
