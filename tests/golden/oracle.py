"""What is true of a territory, added up here with numpy alone from its times: no measure of the package is called.

Only `Territory` is used (`communes`, `demand`, `facilities`, `travel_times`), and ways by its roads. Shares are of the residents
whose way is known; those on the network without any road to a site are among them and never within reach.
"""

import re
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from geo import Territory
from geo.network.estimated_error import INTERVALS, terrain
from geo.network.snapping import snap
from geo.network.travel_times import nearest_by_road
from geo.settings import Settings
from geo.sources.relief import RELIEF_FILE, read_relief

THRESHOLD_MIN, FURTHER_MIN = 20.0, 30.0
#: Minutes within which a time is at a threshold, whatever the rounding of sums of seconds.
SAME = 1e-6
#: Bounds (minutes) of the classes of time.
CLASSES = (0, 10, 15, 20, 30, 45, np.inf)
#: Times on real roads over those of the profile, of eight trips in ten, by whether few or many are then within.
TIMES = {"low": 1.13, "high": 0.83}
#: Minutes from which a time is another one, and those from which a site is nearer than a tax office.
NOTICED, NEARER = 1 / 60, 1.0
#: Weight of a site by minutes, and agents present in each (Luo & Qi 2009).
STEPS, AGENTS = {10.0: 1.0, 20.0: 0.68, 30.0: 0.22}, 2.0
#: Metres of way for a metre of straight line where no street for feet or bicycles is known.
DETOUR = 1.3


def walked(slope: np.ndarray) -> np.ndarray:
    """Return the time of a way for one on the flat (Tobler 1993)."""
    return np.exp(3.5 * (np.abs(slope + 0.05) - 0.05))


def ridden(slope: np.ndarray) -> np.ndarray:
    """Return the same by bicycle (Parkin & Rotheram 2010): at most 25 km/h down, pushed where that is sooner."""
    down, up = 21.6 - 86 * slope, np.maximum(21.6 - 144 * slope, 1e-3)
    pushed = walked(slope) * 15 / 4.8
    return np.where(slope > 0, np.minimum(21.6 / up, pushed), 21.6 / np.minimum(down, 25.0))


#: km/h on the flat, km of straight line to the farthest site whose way is estimated, and how slopes count.
ACTIVE = {"walk": (4.8, 5.0, walked), "bike": (15.0, 15.0, ridden)}
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
SLOT_MIN = 30
EIGHTEEN = 18 * 60 // SLOT_MIN
#: Half-hours when a site is expected to be open, from Monday to Saturday; half-days that may be added: day, from, until.
EXPECTED = slice(8 * 60 // SLOT_MIN, 19 * 60 // SLOT_MIN)
HALF_DAYS = [(day, 18, 24) for day in range(6)] + [(day, 28, 34) for day in range(5)]


class Oracle:
    """The true figures of a territory: `figures` by name, `None` where there is none to say."""

    def __init__(self, territory: Territory) -> None:
        self.territory = territory
        demand = territory.demand
        assert demand["commune_code"].is_unique, "one point a commune: its residents are those of the commune"
        population = territory.communes["population"].reindex(demand["commune_code"])
        self.residents = population.to_numpy(np.float64, na_value=0.0)
        times = territory.travel_times()
        self.minutes, self.on = minutes(times), times["on_network"].to_numpy(bool)
        self.known = self.residents[self.on].sum()
        self.sites = counted(territory.facilities["sites"])
        self.part = set(demand["commune_code"][self.on])
        self.inside = self.sites["commune_code"].isin(self.part)
        self.all_known = bool(self.on.all())
        self.estimated = territory.network.source.approximate
        # What times are multiplied by for the fewest, and for the most residents within reach.
        self.bounds = {name: np.full(len(demand), factor) for name, factor in TIMES.items()}
        if self.estimated:
            relief = read_relief(Settings.from_environment().data_dir / RELIEF_FILE)
            kind = terrain(demand.geometry.x, demand.geometry.y, relief)
            shortest, longest = np.array(INTERVALS)[kind].T
            self.bounds = {"low": longest, "high": shortest}
        self.figures: dict[str, float | None] = {}
        self._coverage()
        self._each = each = np.column_stack([self.to(self.sites.geometry.iloc[[i]]) for i in range(len(self.sites))])
        self.on_roads = np.isfinite(each).any(axis=0)
        self._second_sites(each)
        self._hours(each)
        self._capacity(each)
        self._interval()
        self._tax_offices()
        for mode, (kmh, farthest_km, seconds) in ACTIVE.items():
            self._active(mode, kmh, farthest_km, seconds)
        if not self.known:
            self.figures = {name: value if name in COUNTS else None for name, value in self.figures.items()}

    def to(self, places: gpd.GeoSeries) -> np.ndarray:
        """Return the minutes of each point to the nearest of some places, inf: no way."""
        network = self.territory.network
        ways = nearest_by_road(network, self.territory.demand_on_network, snap(network, places.x, places.y))
        return ways.travel_time_s / 60

    def at(self, lon: float | pd.Series, lat: float | pd.Series) -> gpd.GeoSeries:
        """Return one or some positions as places."""
        return gpd.GeoSeries(gpd.points_from_xy(np.atleast_1d(lon), np.atleast_1d(lat)), crs=self.sites.crs)

    def people(self, chosen: np.ndarray) -> float:
        return float(self.residents[chosen].sum())

    def share(self, chosen: np.ndarray) -> float | None:
        return self.people(chosen & self.on) / self.known if self.known else None

    def mean(self, values: np.ndarray, chosen: np.ndarray) -> float | None:
        weight = self.residents[chosen]
        return float((values[chosen] * weight).sum() / weight.sum()) if weight.sum() else None

    def median(self, values: np.ndarray) -> float | None:
        chosen = np.isfinite(values) & (self.residents > 0)
        if not chosen.any():
            return None
        order = np.argsort(values[chosen], kind="stable")
        below = self.residents[chosen][order].cumsum()
        return float(values[chosen][order][np.searchsorted(below, below[-1] / 2)])

    def longest(self, values: np.ndarray, chosen: np.ndarray) -> float | None:
        """Return the longest time of the residents chosen."""
        chosen = chosen & (self.residents > 0)
        return float(values[chosen].max()) if chosen.any() else None

    @property
    def _trip_bounds(self) -> dict[str, Any]:
        """What times are multiplied by: nothing, and their bounds where they are estimated."""
        return {"": 1.0} | ({"_low": self.bounds["high"], "_high": self.bounds["low"]} if self.estimated else {})

    def poor(self, values: np.ndarray) -> np.ndarray:
        """Return which communes of the part are under-served: too long on average, or without any way."""
        return self.on & (values > THRESHOLD_MIN + SAME)

    def _coverage(self) -> None:
        within, poor = self.minutes <= THRESHOLD_MIN + SAME, self.poor(self.minutes)
        further = self.minutes <= FURTHER_MIN + SAME
        self.figures |= {
            "residents_known": self.known,
            "residents_within": self.people(within),
            "share_within": self.share(within),
            "share_within_30": self.share(further),
            "residents_beyond": self.people(self.on & ~within),
            "communes_covered": int(self.on.sum()),
            "communes_under_served": int(poor.sum()),
            "residents_under_served": self.people(poor),
            "share_under_served": self.share(poor),
            "residents_too_long": self.people(poor & np.isfinite(self.minutes)),
            "share_too_long": self.share(poor & np.isfinite(self.minutes)),
            "median_time": self.median(self.minutes),
            "communes_without_road": int((self.on & np.isinf(self.minutes)).sum()),
        }
        for number, (lower, upper) in enumerate(pairwise(CLASSES)):
            chosen = (self.minutes > (lower + SAME if lower else -1)) & (self.minutes <= upper + SAME)
            chosen &= np.isfinite(self.minutes)
            self.figures |= {
                f"class_{number}_residents": self.people(chosen),
                f"class_{number}_share": self.share(chosen),
            }

    def _second_sites(self, each: np.ndarray) -> None:
        near = each <= THRESHOLD_MIN + SAME
        second, single = near.sum(axis=1) >= 2, near.sum(axis=1) == 1
        nearest = each.argmin(axis=1)
        passing = np.bincount(nearest[single], weights=self.residents[single], minlength=each.shape[1])
        self.figures |= {
            "second_residents": self.people(second),
            "second_share": self.share(second),
            "single_residents": self.people(single),
            "single_share": self.share(single),
            "most_passing": float(passing.max()),
        }

    def _hours(self, each: np.ndarray) -> None:
        near = each <= THRESHOLD_MIN + SAME
        is_open = np.stack([week(text) for text in self.sites["opening_hours"]])
        served = (near.astype(int) @ is_open.reshape(len(self.sites), -1).astype(int)) > 0
        share = (self.residents @ served / (self.known or np.nan)).reshape(len(DAYS), -1)
        known = self.inside & self.on_roads
        low = (self.residents @ served < 0.1 * self.figures["residents_within"]).reshape(len(DAYS), -1)
        without = near.T @ (self.residents[:, None] * ~served)  # by site: residents within its reach, by half-hour
        by_day = without.reshape(len(self.sites), len(DAYS), -1)
        halves = [by_day[:, day, first:last].sum(axis=1) for day, first, last in HALF_DAYS]
        self.figures |= {
            "blank_hours": float(low[:6, EXPECTED].sum() * SLOT_MIN / 60),
            "half_day_hours": float(np.max(halves, initial=0) * SLOT_MIN / 60),
            "best_hour_share": float(share.max()),
            "saturday_share": float(share[DAYS.index("Sa")].max()),
            "evening_share": float(share[: DAYS.index("Sa"), EIGHTEEN].max()),
            "open_hours": float(share.sum() * SLOT_MIN / 60),
            "sites_hours_unknown": int(self.sites.loc[known, "opening_hours"].isna().sum()),
            "sites_known": int(known.sum()),
        }

    def _capacity(self, each: np.ndarray) -> None:
        limits, weights = np.array(sorted(STEPS.items())).T
        weight = np.append(weights, 0.0)[np.searchsorted(limits + SAME, each)]
        capacity = np.array([week_hours(text) * AGENTS for text in self.sites["opening_hours"]])
        around = weight.T @ self.residents
        ratio = np.divide(capacity, around, out=np.zeros(len(capacity)), where=around > 0)
        found = np.where(self.on, weight @ ratio, np.nan)
        median = self.median(found)
        self.figures |= {
            "capacity_median": None if median is None else median * 1_000,
            "residents_without_capacity": self.people(self.on & ~(found > 0)),
        }

    def _interval(self) -> None:
        runs = {name: self.minutes * scale for name, scale in {"as": 1.0, **self.bounds}.items()}
        for name in TIMES:
            within = runs[name] <= THRESHOLD_MIN + SAME
            self.figures |= {f"{name}_residents": self.people(within), f"{name}_share": self.share(within)}
        poor = np.stack([self.poor(run) for run in runs.values()])
        flips = poor.any(axis=0) & ~poor.all(axis=0)
        self.figures |= {"communes_flipping": int(flips.sum()), "residents_flipping": self.people(flips)}

    def _active(self, mode: str, kmh: float, farthest_km: float, factor: Callable[[np.ndarray], np.ndarray]) -> None:
        """Count who is near on foot or by bicycle: no territory here has streets for these, slopes count on the straight line."""
        assert not self.territory.active
        points = self.territory.demand.geometry
        lon, lat = points.x.to_numpy()[:, None, None], points.y.to_numpy()[:, None, None]
        to_lon, to_lat = (each.to_numpy()[None, :, None] for each in (self.sites.geometry.x, self.sites.geometry.y))
        shape = (len(points), len(self.sites), 1)
        ends = (np.broadcast_to(each, shape) for each in (lon, lat, to_lon, to_lat))
        metres = pyproj.Geod(ellps="GRS80").inv(*ends)[2][:, :, 0]
        share = np.linspace(0, 1, 26)
        relief = read_relief(Settings.from_environment().data_dir / RELIEF_FILE)
        near = metres <= farthest_km * 1000
        one, other = np.nonzero(near)
        along = (
            lon[one, 0] + (to_lon[0, other] - lon[one, 0]) * share,
            lat[one, 0] + (to_lat[0, other] - lat[one, 0]) * share,
        )
        rise = np.diff(relief.heights(along[0].ravel(), along[1].ravel()).reshape(along[0].shape), axis=1)
        way = metres[one, other][:, None] * DETOUR
        slope = np.nan_to_num(np.divide(rise, way / 25, out=np.zeros_like(rise), where=way > 0)).clip(-0.3, 0.3)
        taken = np.full(metres.shape, np.inf)
        taken[one, other] = way[:, 0] / 1000 / kmh * 60 * factor(slope).mean(axis=1)
        within = self.on & (taken.min(axis=1, initial=np.inf) <= THRESHOLD_MIN + SAME)
        self.figures |= {
            f"{mode}_residents": self.people(within),
            f"{mode}_share": self.share(within),
            f"{mode}_communes_without": int((self.on & ~within).sum()),
        }

    def _tax_offices(self) -> None:
        other = minutes(self.territory.travel_times("tax_offices"))
        both = np.isfinite(self.minutes) & np.isfinite(other)
        saved = np.where(both, other, np.nan) - np.where(both, self.minutes, np.nan)
        compared = self.people(both) > 0
        self.figures |= {
            "saved_mean": self.mean(saved, both),
            "saved_median": self.median(saved),
            "saved_sooner": self.people(both & (saved >= NEARER)) if compared else None,
            "saved_later": self.people(both & (saved <= -NEARER)) if compared else None,
        }

    def add_plan(self, plan: dict[str, Any]) -> None:
        """Work out what labels bring, given as `maillage plan --json` gives them: rank, lon, lat, cost and aid.

        What only the search for a plan knows (bounds, worst case, what the rule costs) is as `--json` has it: the other
        channels must say the same.
        """
        labels = plan["selected"]
        self.figures |= {
            "plan_bound": plan["bound"],
            "plan_worst_share": (plan["worst_case"] or {}).get("share"),
            **{
                f"label_{label['rank']}_{name}": label[key]
                for label in labels
                for name, key in (("retained", "retained"), ("mean_gain", "gain_mean_residents"))
                if name == "retained" or plan["on_average"]
            },
        }
        if plan["widest"]:
            self.figures |= {
                "plan_objective": plan["objective"],
                "plan_without_rule": plan["widest"]["objective"],
                "plan_rule_cost": 1 - plan["objective"] / plan["widest"]["objective"],
            }
        before, now = self.minutes, self.minutes
        server = np.full(len(before), -1)
        for number, label in enumerate(labels):
            to_label = self.to(self.at(label["lon"], label["lat"]))
            brought = (now > THRESHOLD_MIN + SAME) & (to_label <= THRESHOLD_MIN + SAME)
            self.figures[f"label_{number + 1}_gain"] = self.people(brought)
            server, now = np.where(to_label < now, number, server), np.minimum(now, to_label)
        for number, label in enumerate(labels):
            served = server == number
            had = served & np.isfinite(before)
            gained = np.where(np.isfinite(before), before, 0.0) - np.where(np.isfinite(now), now, 0.0)
            self.figures[f"label_{number + 1}_served"] = self.people(served)
            self.figures[f"label_{number + 1}_saved"] = self.mean(gained, had)
            self.figures["label_cost"], self.figures["label_aid"] = label["cost_eur"], label["aid_eur"]
            self._taken(number + 1, served, now)
        within = now <= THRESHOLD_MIN + SAME
        both = np.isfinite(before) & np.isfinite(now)
        self.figures |= {
            "plan_share_after": self.share(within),
            "plan_gained": self.people(within) - self.figures["residents_within"],
            "plan_communes_better": int((self.poor(before) & ~self.poor(now)).sum()),
            "plan_mean_before": self.mean(before, both),
            "plan_mean_after": self.mean(now, both),
            **self._mean_with_labels(self.mean(before, both), self.mean(now, both)),
            **{
                f"plan_worst_{when}{name}": self.longest(times * scale, both)
                for when, times in (("before", before), ("after", now))
                for name, scale in self._trip_bounds.items()
            },
            "plan_cost": sum(label["cost_eur"] for label in labels),
            "plan_aid": sum(label["aid_eur"] for label in labels),
            "plan_candidates": int(self._candidates.sum()),
            "plan_left": self.people(self.on & ~within),
            "plan_left_anyhow": self.people(self.on & ~(within | self._within_of_candidates())),
        }

    def _taken(self, rank: int, served: np.ndarray, now: np.ndarray) -> None:
        """Work out whose visitors a label takes: where one site of today gives at least half of them, which share."""
        had = served & np.isfinite(self.minutes)
        sites = self._each.argmin(axis=1)
        leaving = np.bincount(sites[had], weights=self.residents[had], minlength=self._each.shape[1])
        site = int(leaving.argmax())
        if self.people(served) and leaving[site] >= self.people(served) / 2:
            visitors = self.people(np.isfinite(self.minutes) & (sites == site))
            brought = served & (self.minutes > THRESHOLD_MIN + SAME) & (now <= THRESHOLD_MIN + SAME)
            self.figures |= {
                f"label_{rank}_brought": self.people(brought),
                f"label_{rank}_from_one_site": leaving[site] / self.people(served),
                f"label_{rank}_lost_by_it": leaving[site] / visitors,
            }

    def _mean_with_labels(self, before: float | None, now: float | None) -> dict[str, float | None]:
        """Return how the mean time with labels is said: as a share saved where it is estimated, in minutes elsewhere."""
        if not self.estimated:
            return {"plan_mean_measured": now}
        return {"plan_mean_saved": None if before is None or now is None else 1 - now / before}

    def _within_of_candidates(self) -> np.ndarray:
        codes = self.territory.demand["commune_code"][self._candidates]
        places = self.territory.communes.loc[codes]
        return np.minimum(self.minutes, self.to(self.at(places["lon"], places["lat"]))) <= THRESHOLD_MIN + SAME

    @cached_property
    def _candidates(self) -> np.ndarray:
        """Return which communes may get a label: no site, something that draws people there, and 1,000 residents.

        300 do where no site and none of these is within the threshold.
        """
        drawn = pd.read_csv(Settings.from_environment().data_dir / "france" / "centralities.csv", dtype=str)["code"]
        sites, codes = self.territory.facilities["sites"], self.territory.demand["commune_code"]
        free = self.on & ~codes.isin(sites.loc[sites["kind"] == "main", "commune_code"]).to_numpy(bool)
        drawing = free & codes.isin(drawn).to_numpy(bool)
        credible = drawing & (self.residents >= 1_000)
        nearest = self.minutes
        if credible.any():
            towns = self.territory.communes.loc[codes[credible]]
            nearest = np.minimum(nearest, self.to(self.at(towns["lon"], towns["lat"])))
        credible = credible | (drawing & (self.residents >= 300) & (nearest > THRESHOLD_MIN + SAME))
        return credible if credible.any() else free

    def add_scenario(self, name: str, opened: str | None, closed: pd.Series) -> None:
        """Work out what opening a site at the point of a commune (`None`: none), and closing some, changes."""
        after = self.to(self.sites.geometry[~closed.reindex(self.sites.index, fill_value=False)])
        if opened is not None:
            town = self.territory.communes.loc[opened]
            after = np.minimum(after, self.to(self.at(town["lon"], town["lat"])))
        before = self.minutes
        both = np.isfinite(before) & np.isfinite(after)
        changed = np.where(np.isfinite(after), after, 1e9) - np.where(np.isfinite(before), before, 1e9)
        for limit, which in ((THRESHOLD_MIN, ""), (FURTHER_MIN, "_30")):
            was, will = before <= limit + SAME, after <= limit + SAME
            self.figures |= {
                f"{name}_gained{which}": self.people(will & ~was),
                f"{name}_lost{which}": self.people(was & ~will),
                f"{name}_residents_after{which}": self.people(will),
                f"{name}_share_after{which}": self.share(will),
            }
        self.figures |= {
            f"{name}_mean_before": self.mean(before, both),
            f"{name}_mean_after": self.mean(after, both),
            **self._mean_ensuing(name, self.mean(before, both), self.mean(after, both)),
            f"{name}_without_road_before": self.people(self.on & np.isinf(before)),
            f"{name}_without_road_after": self.people(self.on & np.isinf(after)),
            f"{name}_sooner": self.people(changed <= -NOTICED),
            f"{name}_later": self.people(changed >= NOTICED),
            f"{name}_communes_better": int((self.poor(before) & ~self.poor(after)).sum()),
            f"{name}_communes_worse": int((~self.poor(before) & self.poor(after)).sum()),
        }
        if opened is None:
            at_closed = np.isfinite(before) & np.isin(self._each.argmin(axis=1), np.flatnonzero(closed))
            reached = np.flatnonzero(closed & (self.sites["phone"].notna() | self.sites["email"].notna()))
            self.figures |= {
                f"{name}_sites": int((closed & self.on_roads).sum()),
                f"{name}_open": int((~closed & self.on_roads).sum()),
                f"{name}_concerned": self.people(at_closed),
                f"{name}_reached": self.people(at_closed & np.isin(self._each.argmin(axis=1), reached)),
            }
        if not self.known:
            unknown = {each for each in self.figures if each.startswith(name) and not COUNTED.search(each)}
            self.figures |= dict.fromkeys(unknown)

    def _mean_ensuing(self, name: str, before: float | None, after: float | None) -> dict[str, float | None]:
        """Return how the mean time of a scenario is said: as a share of change where it is estimated."""
        if before is None or after is None or (self.estimated and abs(after - before) <= SAME * before):
            return {}
        return (
            {f"{name}_mean_changed": abs(after - before) / before}
            if self.estimated
            else {f"{name}_mean_measured": after}
        )


#: Figures that are known where the population is not, of a change and of today.
COUNTED = re.compile("communes|_sites|_open$")
COUNTS = frozenset(
    {
        *("communes_covered", "communes_under_served", "communes_flipping", "communes_without_road"),
        *("sites_hours_unknown", "sites_known", "walk_communes_without", "bike_communes_without"),
    }
)


def minutes(times: pd.DataFrame) -> np.ndarray:
    return times["travel_time_min"].to_numpy(np.float64, na_value=np.inf)


def counted(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites that count by default: all but buses, whose rounds are not known."""
    return sites[sites["kind"] != "bus"].reset_index(drop=True)


def week(text: str) -> np.ndarray:
    """Return when a site is open at the first minute of each half-hour, bool (7, 48); never where it is not known."""
    is_open = np.zeros((len(DAYS), 24 * 60 // SLOT_MIN), bool)
    for day, start, end in spans(text):
        is_open[day, -(-start // SLOT_MIN) : -(-end // SLOT_MIN)] = True
    return is_open


def week_hours(text: str) -> float:
    return sum(end - start for _, start, end in spans(text)) / 60


def spans(text: str) -> list[tuple[int, int, int]]:
    """Return (day, first minute, last minute) of each opening of a text such as ``Mo 09:00-12:00; Tu 14:00-17:00``."""
    found = []
    for day, hours in re.findall(r"(Mo|Tu|We|Th|Fr|Sa|Su) ([\d:,-]+)", "" if pd.isna(text) else text):
        for times in re.findall(r"(\d+):(\d+)-(\d+):(\d+)", hours):
            start, start_min, end, end_min = map(int, times)
            found.append((DAYS.index(day), 60 * start + start_min, 60 * end + end_min))
    return found
