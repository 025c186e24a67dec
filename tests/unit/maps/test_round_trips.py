"""Round trips without a car on paper and as a page that stands alone: the same classes, counts and communes as the table."""

import datetime as dt
import html
import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from geo.classes import TRIP_CLASSES
from geo.finder.day_without_car import day_without_car
from geo.maps.area_patterns import area_fill
from geo.maps.interactive import map_html, round_trip_page
from geo.maps.static.picture import HATCH
from geo.maps.static.round_trip_map import _MAP_CLASSES, round_trip_map

SITE = "949"
DAY = dt.date(2026, 11, 22)
HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def measured(valley):
    """One day, with a commune where part of the residents has a way and one where nobody is counted."""
    found = day_without_car(valley, dt.date(2025, 2, 4))
    share = found.communes["share_round_trip"].copy()
    share.iloc[3], share.iloc[4] = 0.4, pd.NA
    known = found.communes["residents_known"].where(share.notna())
    communes = found.communes.assign(share_round_trip=share, residents_known=known)
    some = communes["time_out_min"].first_valid_index()
    for name in ("time_out_min", "earliest_arrival", "last_way_back", "facility_id", "facility_name"):
        communes.loc[communes.index[3], name] = communes.loc[some, name]
    return replace(found, communes=communes)


def by_class(communes):
    """Count communes and residents by what is told of their residents, in another way than the maps do."""
    named = {name: [0, 0.0] for name in ("all", "part", "none", "unknown")}
    for row in communes.to_dict("records"):
        share = row["share_round_trip"]
        name = "unknown" if pd.isna(share) else "all" if share > 0.999 else "part" if share > 0 else "none"
        named[name][0] += 1
        named[name][1] += 0 if pd.isna(row["residents"]) else row["residents"]
    return named


def spaced(number):
    return f"{round(number):,}".replace(",", "\u202f")


def test_on_paper_each_class_has_its_residents_and_the_unknown_stand_apart(valley, measured):
    sheet = round_trip_map(valley, measured, today=DAY)
    said = sheet.description
    counts = by_class(measured.communes)
    total = sum(residents for _, residents in counts.values()) - counts["unknown"][1]
    for cls, name in zip(TRIP_CLASSES, ("all", "part", "none"), strict=True):
        assert f"{cls.label} {spaced(counts[name][1])}" in said, cls.label
    assert f"ensemble {spaced(total)} / 100" in said
    assert f"Trajet inconnu : hors du réseau {spaced(counts['unknown'][1])}" in said
    assert "mardi 4 février 2025" in " ".join(sheet.title.split())
    assert "d'autres réseaux peuvent desservir" in said
    assert "Les temps de trajet sont approchés" not in said, "that is about times by car"


def test_no_class_is_told_by_colour_alone():
    assert [cls.hatch for cls in _MAP_CLASSES] == [None, "++", HATCH, ".."]


def test_the_page_has_the_counts_the_hatchings_and_every_commune(valley, measured):
    page = map_html(round_trip_page(valley, measured, today=DAY))
    text = html.unescape(page)
    counts = by_class(measured.communes)
    legend = text[text.index('class="maillage-legend"') :]
    for cls, name in zip(TRIP_CLASSES, ("all", "part", "none"), strict=True):
        communes, residents = counts[name]
        word = "communes" if communes > 1 else "commune"
        told = f"{cls.label} : {spaced(communes)} {word}, {spaced(residents)} habitants"
        assert "".join(told.split()) in "".join(legend.split())
    assert "Trajet inconnu : hors du réseau : 1 commune" in " ".join(legend.split())
    used = set(re.findall(r"url\\?\(?#(maillage-area-[a-z]+-[0-9a-f]+)", page))
    defined = set(re.findall(r'<pattern id="(maillage-area-[^"]+)"', page))
    assert {area_fill(cls).removeprefix("url(#").rstrip(")") for cls in TRIP_CLASSES if cls.hatching} <= used <= defined
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>', page)
    assert sorted(map(html.unescape, rows)) == sorted(measured.communes["name"])
    values = json.loads(re.search(r"const values = (.*);\n", page)[1].replace("\\u003c", "<"))
    assert len(values["classes"]) == len(measured.communes)
    assert "22/11/2026" in text


def test_hostile_names_are_text(valley, measured):
    communes = measured.communes.assign(name=HOSTILE, facility_name=HOSTILE)
    page = map_html(round_trip_page(replace(valley, name=HOSTILE), replace(measured, communes=communes), today=DAY))
    assert HOSTILE not in page
