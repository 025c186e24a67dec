"""Where the facts are in the data: plain values of JSON, exact, and tables, whose columns are rounded once.

A reader takes what a channel holds and returns the figures of `oracle.Oracle` that are in it.
"""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pandas as pd

Figures = dict[str, Any]


def diagnosis(summary: dict[str, Any]) -> Figures:
    return {
        "residents_known": summary["residents_known"],
        "residents_within": summary["residents_within"],
        "share_within": summary["share_covered"],
        "communes_covered": summary["communes"] - summary["communes_off_network"],
        "communes_under_served": summary["communes_under_served"],
        "residents_under_served": summary["residents_under_served"],
        "median_time": summary["median_time_min"],
        "communes_without_road": summary["communes_unreachable"],
    }


def fragility(found: dict[str, Any]) -> Figures:
    figures = {
        "residents_within": found["residents_within"],
        "second_residents": found["residents_with_second"],
        "second_share": found["share_with_second"],
        "sites_known": found["sites"],
    }
    if "by_site" in found:
        figures["most_passing"] = max(site["residents_passing"] for site in found["by_site"])
    return figures


def hours(found: dict[str, Any]) -> Figures:
    if found["shares"]["lundi"] is None:
        unknown = dict.fromkeys(("best_hour_share", "saturday_share", "evening_share", "open_hours"))
        return unknown | {"sites_hours_unknown": found["sites_hours_unknown"], "sites_known": found["sites"]}
    week = np.array(list(found["shares"].values()), float)
    half_hours = 60 / found["slot_min"]
    told = {}
    if "blank_hours" in found:
        told = {
            "blank_hours": sum(span["hours"] for span in found["blank_hours"]),
            "half_day_hours": max((half["resident_hours"] for half in found["half_day_gains"]), default=0),
        }
    return told | {
        **_week(week, int(18 * half_hours)),
        "open_hours": week.sum() / half_hours,
        "residents_within": found["residents_within"],
        "sites_hours_unknown": found["sites_hours_unknown"],
        "sites_known": found["sites"],
    }


def access(found: dict[str, Any]) -> Figures:
    margin, capacity, saved = found["sensitivity"], found["capacity"], found["time_saved"]
    as_is, *_ = margin["runs"]
    shares = [run["share_within"] for run in margin["runs"]]
    known = None not in shares
    figures = {
        "low_residents": margin["residents_within_low"],
        "high_residents": margin["residents_within_high"],
        "low_share": min(shares) if known else None,
        "high_share": max(shares) if known else None,
        "communes_flipping": len(margin["communes_flipping"]),
        "residents_flipping": margin["residents_of_flipping_communes"],
        "residents_within": as_is["residents_within"],
        "share_within": as_is["share_within"],
        "communes_under_served": as_is["communes_under_served"],
        "capacity_median": capacity["median_per_1000"],
        "residents_without_capacity": capacity["residents_without"],
        "saved_mean": saved["mean_saved_min"],
        "saved_median": saved["median_saved_min"],
    }
    if saved["residents_compared"]:
        figures |= {"saved_sooner": saved["residents_sooner"], "saved_later": saved["residents_later"]}
    return figures


def plan(found: dict[str, Any]) -> Figures:
    before, after = found["before"], found["after"]
    figures = {
        "residents_within": before["residents_within"],
        "share_within": before["share_within"],
        "plan_share_after": after["share_within"],
        "plan_gained": after["residents_within"] - before["residents_within"],
        "plan_mean_before": before["mean_time_min"],
        "plan_mean_after": after["mean_time_min"],
        **{
            f"plan_worst_{when}{bound}": access[f"worst_time{bound}_min"]
            for when, access in (("before", before), ("after", after))
            for bound in ("", "_low", "_high")
            if bound == "" or found["part"]["estimated"]
        },
        "plan_cost": found["cost_eur_a_year"],
        "plan_aid": found["aid_eur_a_year"],
        "plan_candidates": found["candidates"],
        "plan_left": after["residents_known"] - after["residents_within"],
        "plan_left_anyhow": found["residents_out_of_reach"],
        "plan_bound": found["bound"],
        "plan_worst_share": (found["worst_case"] or {}).get("share"),
    }
    if found["widest"]:
        figures |= {
            "plan_objective": found["objective"],
            "plan_without_rule": found["widest"]["objective"],
            "plan_rule_cost": found["rule_cost"],
        }
    for label in found["selected"]:
        if loser := label["takes_over"]:
            figures |= {
                f"label_{label['rank']}_brought": sum(each["residents_brought"] for each in label["communes"]),
                f"label_{label['rank']}_from_one_site": loser["share_of_visitors"],
                f"label_{label['rank']}_lost_by_it": loser["share_lost"],
            }
    return figures | _labels(pd.DataFrame(found["selected"]))


def comparison(name: str) -> Callable[[dict[str, Any]], Figures]:
    def read(found: dict[str, Any]) -> Figures:
        remote = {
            f"{name}_{figure}": found[key]
            for figure, key in (
                ("sites", "sites_closed"),
                ("open", "sites_open"),
                ("concerned", "residents_concerned"),
                ("reached", "residents_by_either"),
            )
            if key in found
        }
        found = found.get("comparison", found)
        figures = remote | {
            f"{name}_without_road_before": found["residents_without_road_before"],
            f"{name}_without_road_after": found["residents_without_road_after"],
            f"{name}_mean_before": found["mean_time_before_min"],
            f"{name}_mean_after": found["mean_time_after_min"],
            f"{name}_sooner": found["residents_sooner"],
            f"{name}_later": found["residents_later"],
        }
        for change in found["changes"]:
            which = "" if change["threshold_min"] == 20 else "_30"
            figures |= {
                f"{name}_gained{which}": change["residents_gained"],
                f"{name}_lost{which}": change["residents_lost"],
                f"{name}_residents_after{which}": change["residents_within_after"],
            }
        first = found["changes"][0]
        return figures | {
            "residents_within": first["residents_within_before"],
            f"{name}_communes_better": len(first["communes_gained"]),
            f"{name}_communes_worse": len(first["communes_lost"]),
        }

    return read


def communes_table(table: pd.DataFrame) -> Figures:
    poor = flags(table["under_served"])
    people = table["population"].astype(float)
    planned = {}
    if "under_served_with_plan" in table:
        planned["plan_communes_better"] = int(((poor == 1) & (flags(table["under_served_with_plan"]) == 0)).sum())
    return planned | {
        "residents_known": people[~np.isnan(poor)].sum(),
        "residents_within": (people * table["share_within"].astype(float)).sum(),
        "communes_covered": int((~np.isnan(poor)).sum()),
        "communes_under_served": int((poor == 1).sum()),
        "residents_under_served": people[poor == 1].sum(),
    }


def under_served_table(table: pd.DataFrame) -> Figures:
    people = table["population"].astype(float) if len(table) else pd.Series(dtype=float)
    return {"communes_under_served": len(table), "residents_under_served": people.sum()}


def curve_table(table: pd.DataFrame) -> Figures:
    rows = table.astype(float).set_index("minutes")
    return {
        "class_0_share": rows.loc[10, "share"],
        "share_within": rows.loc[20, "share"],
        "share_within_30": rows.loc[30, "share"],
        "residents_within": rows.loc[20, "residents"],
    }


def hours_table(table: pd.DataFrame) -> Figures:
    return _week(table.drop(columns="day").to_numpy(float), table.columns.get_loc("18:00") - 1)


def second_site_table(table: pd.DataFrame) -> Figures:
    return {
        "residents_within": table["residents_within"].astype(float).sum(),
        "second_residents": table["residents_with_second"].astype(float).sum(),
    }


def fragility_table(table: pd.DataFrame) -> Figures:
    return {"most_passing": table["residents_passing"].astype(float).max()}


def margin_table(table: pd.DataFrame) -> Figures:
    flips = flags(table["flips"]) == 1
    return {
        "low_residents": table["residents_within_low"].astype(float).sum(),
        "high_residents": table["residents_within_high"].astype(float).sum(),
        "communes_flipping": int(flips.sum()),
        "residents_flipping": table["population"].astype(float)[flips].sum(),
    }


def plan_table(table: pd.DataFrame) -> Figures:
    before, after = (table[column].astype(float).sum() for column in ("within_before", "within_after"))
    return {"residents_within": before, "plan_gained": after - before}


def labels_table(table: pd.DataFrame) -> Figures:
    return _labels(table)


def comparison_table(name: str) -> Callable[[pd.DataFrame], Figures]:
    def read(table: pd.DataFrame) -> Figures:
        before, after = (table[f"residents_within_20min_{when}"].astype(float).sum() for when in ("before", "after"))
        was, will = (flags(table[f"under_served_20min_{when}"]) for when in ("before", "after"))
        return {
            "residents_within": before,
            f"{name}_residents_after": after,
            f"{name}_communes_better": int(((was == 1) & (will == 0)).sum()),
            f"{name}_communes_worse": int(((was == 0) & (will == 1)).sum()),
        }

    return read


def near(mode: str) -> Callable[[dict[str, Any]], Figures]:
    """Return what reads who is near on foot or by bicycle."""

    def read(found: dict[str, Any]) -> Figures:
        return {
            "residents_known": found["residents_known"],
            f"{mode}_residents": found["residents_within"],
            f"{mode}_share": found["share_covered"],
            f"{mode}_communes_without": len(found["communes_without"]) + len(found["communes_centre_beyond"]),
        }

    return read


def near_table(mode: str) -> Callable[[pd.DataFrame], Figures]:
    def read(table: pd.DataFrame) -> Figures:
        without = int((table["share_within"] == 0).sum())
        return {f"{mode}_residents": table["residents_within"].sum(), f"{mode}_communes_without": without}

    return read


#: Channel (a glob) -> what reads it.
READERS: dict[str, Callable[[Any], Figures]] = {
    **dict.fromkeys(("json.diagnose", "file.diagnose.summary", "file.rapport.summary"), diagnosis),
    **{channel: near(mode) for mode in ("walk", "bike") for channel in (f"json.{mode}", f"file.{mode}.{mode}")},
    **{f"csv.{of}.{mode}": near_table(mode) for mode in ("walk", "bike") for of in (mode, "rapport")},
    **{f"xlsx.{mode}": near_table(mode) for mode in ("walk", "bike")},
    **dict.fromkeys(("json.fragility", "file.fragility.fragility"), fragility),
    **dict.fromkeys(("json.hours", "file.hours.hours"), hours),
    **dict.fromkeys(("json.access", "file.access.access"), access),
    **dict.fromkeys(("json.plan", "file.plan.plan", "file.rapport.plan"), plan),
    **dict.fromkeys(("json.scenario", "file.scenario.comparison"), comparison("scenario")),
    **dict.fromkeys(("json.closure", "file.closure.closure", "file.closure.comparison"), comparison("closure")),
    **dict.fromkeys(("*.diagnose.communes", "*.rapport.communes", "xlsx.communes"), communes_table),
    **dict.fromkeys(("csv.rapport.under_served", "xlsx.under_served"), under_served_table),
    **dict.fromkeys(("csv.rapport.curve", "xlsx.curve"), curve_table),
    **dict.fromkeys(("csv.*.hours", "xlsx.hours"), hours_table),
    **dict.fromkeys(("csv.*.second_site", "xlsx.second_site"), second_site_table),
    **dict.fromkeys(("csv.*.fragility", "xlsx.fragility"), fragility_table),
    **dict.fromkeys(("*.access.access", "csv.rapport.margin", "xlsx.margin"), margin_table),
    "*.plan.communes": plan_table,
    **dict.fromkeys(("csv.*.labels", "gpkg.*.labels", "xlsx.labels"), labels_table),
    "*.scenario.comparison": comparison_table("scenario"),
    "*.closure.comparison": comparison_table("closure"),
}

#: Columns that hold the mean time to the nearest site today, by commune: one rounding in all tables.
TIMES = {
    "*.diagnose.communes": "travel_time_min",
    "*.rapport.communes": "travel_time_min",
    "xlsx.communes": "travel_time_min",
    "*.access.access": "travel_time_min",
    "csv.rapport.margin": "travel_time_min",
    "xlsx.margin": "travel_time_min",
    "*.plan.communes": "time_before_min",
    "*.scenario.comparison": "travel_time_before_min",
    "csv.rapport.saved_minutes": "site_time_min",
    "xlsx.saved_minutes": "site_time_min",
}


def figures(data: dict[str, Any]) -> Iterator[tuple[str, bool, Figures]]:
    """Yield each channel of data, whether its values are exact, and the figures in it."""
    for channel, value in data.items():
        for glob, reader in READERS.items():
            if fnmatchcase(channel, glob) and isinstance(value, dict) == channel.startswith(("json.", "file.")):
                yield channel, isinstance(value, dict), reader(value)
                break


def times(data: dict[str, Any]) -> dict[str, pd.Series]:
    """Return the times by commune of each table that holds them."""
    return {
        channel: table.set_index("code")[column].astype(float)
        for channel, table in data.items()
        for glob, column in TIMES.items()
        if fnmatchcase(channel, glob) and isinstance(table, pd.DataFrame)
    }


def flags(column: pd.Series) -> np.ndarray:
    """Return truth values as 1, 0 and NaN, however a file writes them."""
    return column.map({True: 1.0, False: 0.0, "oui": 1.0, "non": 0.0}).to_numpy(float)


def _week(week: np.ndarray, eighteen: int) -> Figures:
    return {
        "best_hour_share": week.max(),
        "saturday_share": week[5].max(),
        "evening_share": week[:5, eighteen].max(),
    }


def _labels(table: pd.DataFrame) -> Figures:
    columns = {
        "gain": "gain_residents",
        "served": "residents_served",
        "saved": "minutes_saved_mean",
        "retained": "retained",
        "mean_gain": "gain_mean_residents",
    }
    estimated = len(table) and bool(flags(table["estimated"]).any())
    return {
        f"label_{row['rank']:.0f}_{name}": row[column]
        for row in table.to_dict("records")
        for name, column in columns.items()
        if name != "mean_gain" or estimated
    }
