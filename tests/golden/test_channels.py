"""One fact, one number: what screens, terminal, JSON, pages, tables, layers, pictures and PDF say of the same territory.

Every fact is looked for by name in every channel (`facts`, `data`) and compared with figures that are worked out here
(`oracle`): one number, of the residents whose way is known, rounded once. Failures list all that is wrong at once.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass

import pandas as pd
import pytest
from tests.golden.channels import CLOSED, OPENED, USUALLY_OPENED, Channels, collect
from tests.golden.data import figures, times
from tests.golden.facts import FACTS, IN_TITLE, SHARING, UNKNOWN
from tests.golden.oracle import Oracle
from tests.golden.territories import MAKERS

PARTS = ("three_off", "labourd")
KNOWN = tuple(key for key in MAKERS if key != "unknown_population")

#: Where a fact need not be said: a plan without any label, a table of nothing.
UNSAID = {
    "one_commune": {
        **{fact.name: fact.must for fact in FACTS if fact.name.startswith("plan_")},
        "communes_covered": ("svg.under_served",),
    },
    "unknown_population": {"communes_flipping": ("pdf",)},
}


@dataclass
class Asked:
    """What was said of a territory, and what is true of it."""

    channels: Channels
    oracle: Oracle
    names: dict[str, str]


@pytest.fixture(scope="session")
def ask(tmp_path_factory):
    """Ask everything about a territory, once."""
    kept = {}

    def about(key: str) -> Asked:
        if key not in kept:
            channels = collect(key, tmp_path_factory.mktemp(key))
            oracle = Oracle(channels.asked.territory)
            labels = channels.data.get("json.plan", {"selected": []})["selected"]
            if "json.plan" in channels.data:
                oracle.add_plan(labels)
            sites = oracle.sites
            oracle.add_scenario("scenario", OPENED.get(key, USUALLY_OPENED), sites["facility_id"] == CLOSED)
            oracle.add_scenario("closure", None, (sites["bearer"] == "La Poste").fillna(value=False))
            kept[key] = Asked(channels, oracle, {f"label_{label['rank']}": label["name"] for label in labels})
        return kept[key]

    return about


def complain(wrong: list[str]) -> None:
    """Fail with all that is wrong, one line each."""
    assert not wrong, f"{len(wrong)} contradiction(s):\n" + "\n".join(wrong)


@pytest.mark.parametrize("key", MAKERS)
def test_every_channel_says_the_same_number(ask, key):
    asked, wrong = ask(key), []
    for fact in FACTS:
        if fact.name not in asked.oracle.figures:
            continue
        value = asked.oracle.figures[fact.name]
        right = fact.text(value)
        for channel, words in asked.channels.texts.items():
            found = fact.read(channel, words, asked.names, value)
            for number, count in Counter(found).items():
                if number != right:
                    wrong.append(f"{fact.name}: {channel} says {number} ({count} times), not {right}")
            unsaid = channel in UNSAID.get(key, {}).get(fact.name, ())
            if not found and value and channel in fact.must and not unsaid:
                wrong.append(f"{fact.name}: {channel} does not say {right}")
    complain(wrong)


@pytest.mark.parametrize("key", MAKERS)
def test_channels_that_must_say_a_fact_are_all_there(ask, key):
    """A channel that is gone is no channel that agrees."""
    texts, refused = ask(key).channels.texts, ask(key).channels.refused
    missing = {channel for fact in FACTS for channel in fact.must} | set(SHARING)
    missing -= set(texts)
    if key == "unknown_population":
        assert set(refused) == {"plan"}
        missing -= {"html.arguments", "svg.plan", "svg.hours"}
    assert not missing


@pytest.mark.parametrize("key", MAKERS)
def test_data_holds_the_exact_number(ask, key):
    """JSON is not rounded; a table is, by half a unit of its last decimal at most."""
    asked, wrong, read = ask(key), [], set()
    for channel, exact, found in figures(asked.channels.data):
        for name, value in found.items():
            read.add(name)
            right = asked.oracle.figures[name]
            if right is None:
                is_number = value is not None and not pd.isna(value)
                if is_number and ("share" in name or name.endswith(("mean", "median", "time"))):
                    wrong.append(f"{name}: {channel} holds {value}, though it is not known")
            elif value is None or not close(float(value), right, exact=exact):
                wrong.append(f"{name}: {channel} holds {value}, not {right}")
    said_only = {"residents_beyond", "single_residents", "single_share", "share_under_served", "label_cost", "label_aid"}
    shares_only = {name for name in asked.oracle.figures if "share_after" in name or name.startswith("class_")}
    absent = {name for name, value in asked.oracle.figures.items() if value is not None} - read - said_only - shares_only
    wrong += [f"{name}: no data holds it" for name in sorted(absent - {"residents_known", "open_hours"})]
    complain(wrong)


def close(value: float, right: float, *, exact: bool) -> bool:
    return math.isclose(value, right, rel_tol=1e-6, abs_tol=1e-9 if exact else 5.1e-3 if right > 1 else 5.1e-5)


@pytest.mark.parametrize("key", MAKERS)
def test_tables_round_a_time_once(ask, key):
    """The time of a commune is written alike in every table and layer."""
    tables = times(ask(key).channels.data)
    first, *others = tables
    wrong = []
    for other in others:
        one, another = tables[first].align(tables[other], join="outer")
        differs = (one - another).abs() > 1e-9
        if differs.any():
            code = differs.idxmax()
            wrong.append(f"{other} writes {another[code]} where {first} writes {one[code]} ({differs.sum()} communes)")
    assert len(tables) >= 8
    complain(wrong)


@pytest.mark.parametrize("key", MAKERS)
def test_every_table_has_headings(ask, key):
    tables = {name: table for name, table in ask(key).channels.data.items() if isinstance(table, pd.DataFrame)}
    complain([f"{name} is without any column" for name, table in tables.items() if not len(table.columns)])


@pytest.mark.parametrize("key", PARTS)
def test_whose_share_it_is_is_said_once_the_same_way(ask, key):
    asked = ask(key)
    known = f"{asked.oracle.known:,.0f}".replace(",", " ")
    sentence, wrong = f"sur les {known} habitants dont le trajet est connu", []
    for channel in SHARING:
        count = asked.channels.texts[channel].count(sentence)
        if count == 0 or (count > 1 and channel != "pdf"):
            wrong.append(f"{channel} says {count} times « {sentence} »")
    complain(wrong)


@pytest.mark.parametrize("key", set(MAKERS) - set(PARTS))
def test_nothing_is_said_of_a_part_where_the_whole_is_known(ask, key):
    texts = ask(key).channels.texts
    complain([f"{channel}: « {found[0]} »" for channel, words in texts.items() if (found := re.search(r"habitants dont le trajet est connu", words))])


@pytest.mark.parametrize("key", MAKERS)
def test_titles_name_the_part_covered(ask, key):
    asked, wrong = ask(key), []
    titles = dict(asked.channels.titles)
    titles["json.map-time"] = asked.channels.data["json.map-time"]["title"]
    titles["file.rapport.manifest"] = asked.channels.data["file.rapport.manifest"]["title"]
    right = f"{asked.oracle.figures['communes_covered']:,}".replace(",", " ") if key in PARTS else None
    for channel, title in titles.items():
        found = IN_TITLE.search(title)
        if found and found["count"] != right:
            wrong.append(f"{channel}: « {title[:90]} » names {found['count'] or 'all'} communes, not {right or 'all'}")
    assert sum(bool(IN_TITLE.search(title)) for title in titles.values()) >= 15
    complain(wrong)


@pytest.mark.parametrize("key", ("whole", "labourd", "one_commune"))
def test_legends_count_the_sites_of_the_part(ask, key):
    """Those of its communes; the neighbours', though drawn, are told apart."""
    asked, wrong = ask(key), []
    part = set(asked.oracle.territory.demand["commune_code"][asked.oracle.on])
    sites = asked.oracle.territory.facilities["sites"]
    here = sites[sites["commune_code"].isin(part)]["kind"].value_counts()
    for channel in ("svg.travel_time", "svg.under_served", "svg.plan", "svg.saved_minutes", "pdf"):
        for kind, label in (("main", "Site France services"), ("antenne", "Antenne France services")):
            found = re.findall(rf"{label} (\d+)\b", asked.channels.texts[channel])
            right = str(here.get(kind, 0))
            if set(found) - {right} or (not found and right != "0"):
                wrong.append(f"{channel}: {label} {', '.join(found) or 'not counted'}, not {right}")
    complain(wrong)


@pytest.mark.parametrize("key", MAKERS)
def test_the_hypotheses_of_the_interval_are_the_same(ask, key):
    """An interval is of the runs that are named beside it, the same everywhere."""
    asked = ask(key).channels
    named = {
        channel: re.search(r"Hypothèses : ([^.]*)\.", asked.texts[channel])[1].split(", ")
        for channel in ("terminal.access", "screen.marge")
    }
    named["json.access"] = [run["name"] for run in asked.data["json.access"]["sensitivity"]["runs"]]
    named["pdf"] = [f"v{run}" for run in re.findall(r"V(itesses (?:du profil|(?:réduites|augmentées) de 10 %)) (?:\d|—)", asked.texts["pdf"])]
    assert len({tuple(runs) for runs in named.values()}) == 1, named


@pytest.mark.parametrize("key", MAKERS)
def test_a_resident_at_the_threshold_is_within_it(ask, key):
    """Words are those of an inclusive threshold, in every text that a channel shows or a file holds."""
    channels, wrong = ask(key).channels, []
    texts = {**channels.texts, **{name: str(value) for name, value in channels.data.items() if isinstance(value, dict)}}
    texts |= {name: str(value) for name, value in channels.maps.items()}
    for channel, words in texts.items():
        # A rule says "moins de 50 % des habitants à 20 min"; a trial area, "trajets de moins de 30 km".
        found = Counter(re.findall(r"\bmoins de \d+(?:,\d+)?\s?min\b", words))
        wrong += [f"{channel}: « à {phrase} » ({count} times)" for phrase, count in found.items()]
    complain(wrong)


@pytest.mark.parametrize("key", KNOWN)
def test_a_plan_is_as_good_on_every_channel(ask, key):
    channels, wrong = ask(key).channels, []
    proven = {channels.data[name]["gap"] == 0 for name in ("json.plan", "file.plan.plan", "file.rapport.plan")}
    assert proven == {True}
    if not channels.data["json.plan"]["selected"]:
        return
    for channel in ("terminal.plan", "screen.ouvrir", "pdf"):
        if not re.search(r"meilleur choix possible|C'est prouvé", channels.texts[channel]):
            wrong.append(f"{channel} does not say that the plan is proven the best")
    complain(wrong)


def test_where_nobody_is_known_to_live_every_channel_says_so(ask):
    channels, wrong = ask("unknown_population").channels, []
    for channel in SHARING:
        words = channels.texts.get(channel)
        if words is None:
            continue
        if not re.search(r"[Ll]a population (?:des communes )?n'est pas connue|[Pp]opulation inconnue", words):
            wrong.append(f"{channel} does not say that the population is not known")
        for phrase in (r"la plus peuplée|les plus peuplées", r"\b0 habitants?\b", r"n'a de route à la fois", r"sur 0\b"):
            if found := re.search(phrase, words):
                wrong.append(f"{channel} says « {words[max(0, found.start() - 40) : found.end() + 40]} »")
        wrong += [
            f"{channel} says {share}" for share in re.findall(r"\d+ % des habitants(?! à 20)", words)
        ]
    refused = channels.refused["plan"]
    for screen in ("screen.ouvrir", "screen.rapport"):
        if refused not in channels.texts[screen]:
            wrong.append(f"{screen} does not refuse a plan as the terminal does: « {refused} »")
    assert UNKNOWN in channels.texts["pdf"]
    complain(wrong)
