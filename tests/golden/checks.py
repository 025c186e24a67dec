"""What must hold of any territory: one fact, one number, one denominator, one rounding, on every channel.

Each check returns all that is wrong at once, one line each.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pandas as pd

from tests.golden.channels import BUS, Channels
from tests.golden.data import figures, times
from tests.golden.facts import FACTS, IN_TITLE, SHARING
from tests.golden.notation import NEAR, Fact, about
from tests.golden.oracle import Oracle
from tests.golden.reading import plain

#: Where a fact need not be said: a plan without any label, a map or a margin that counts nobody.
UNSAID = {
    "one_commune": {
        **{fact.name: fact.must for fact in FACTS if fact.name.startswith("plan_")},
        "communes_covered": ("svg.under_served", "json.map"),
    },
    "unknown_population": {"communes_flipping": ("pdf",)},
}
#: Channels that need residents: they are not there where nobody is known to live.
OF_RESIDENTS = frozenset({"html.arguments", "svg.plan", "svg.hours"})
#: Figures that are only said, in no file: parts of others.
ONLY_SAID = re.compile(
    r"residents_beyond|.*_too_long|single_|.*_mean_(measured|saved|changed)|share_under_served|label_(cost|aid)|class_|.*_share_after"
)
#: Rounding of tables: half a unit of the last of two decimals of a number of minutes, of four of a share; half a resident.
OF_A_NUMBER, OF_A_SHARE, OF_RESIDENTS_HELD = 5.1e-3, 5.1e-5, 0.5
LEAST_TABLES, LEAST_TITLES = 8, 15


@dataclass
class Heard:
    """What was said of a territory, what is true of it, and the names of the labels of its plan."""

    channels: Channels
    oracle: Oracle
    names: dict[str, str]

    @property
    def is_part(self) -> bool:
        """Whether the way of some residents is not known."""
        return not self.oracle.on.all()


def words_say_one_number(heard: Heard) -> list[str]:
    """Each fact is one number in every text, and is said where it must be."""
    oracle, channels = heard.oracle, heard.channels
    unsaid = UNSAID.get(channels.key, {})
    return wrongly_said(FACTS, channels.texts, oracle.figures, heard.names, unsaid, estimated=oracle.estimated)


def wrongly_said(
    facts: Iterable[Fact],
    texts: dict[str, str],
    figures: dict[str, float | None],
    names: dict[str, str],
    unsaid_of: dict[str, Collection[str]],
    *,
    estimated: bool,
) -> list[str]:
    """Return where texts by channel say another number than that of a fact, or do not say it; `unsaid_of`: as `UNSAID`."""
    wrong = []
    for fact in facts:
        if fact.name not in figures:
            continue
        value = figures[fact.name]
        right = fact.text(value, estimated=estimated)
        unsaid = unsaid_of.get(fact.name, ())
        for channel, words in texts.items():
            found = fact.read(channel, words, names, value, estimated=estimated)
            for number, count in Counter(found).items():
                if number != right:
                    wrong.append(f"{fact.name}: {channel} says {number} ({count} of {len(found)} times), not {right}")
            if not found and value and channel in fact.must and channel not in unsaid:
                wrong.append(f"{fact.name}: {channel} does not say {right}")
    return wrong


def every_channel_is_there(heard: Heard) -> list[str]:
    """A channel that is gone is no channel that agrees."""
    expected = {channel for fact in FACTS for channel in fact.must} | set(SHARING)
    if heard.channels.refused:
        expected -= OF_RESIDENTS
    return [f"{channel} is not there" for channel in sorted(expected - set(heard.channels.texts))]


def data_hold_the_exact_number(heard: Heard) -> list[str]:
    """JSON is not rounded; a table is, by half a unit of its last decimal at most."""
    wrong = []
    for channel, exact, found in figures(heard.channels.data):
        for name, value in found.items():
            right = heard.oracle.figures[name]
            known = value is not None and not pd.isna(value)
            if right is None:
                # Nobody is counted as no resident; of nobody there is no share, and no mean time.
                if known and re.search("share|mean|median|saved", name):
                    wrong.append(f"{name}: {channel} holds {value}, though it is not known")
            elif not known or not _close(float(value), right, exact=exact, whole="gain" in name or "residents" in name):
                wrong.append(f"{name}: {channel} holds {value}, not {right}")
    return wrong


def each_figure_is_in_some_data(heard: Heard) -> list[str]:
    """What is said is held too."""
    read = {name for _, _, found in figures(heard.channels.data) for name in found}
    absent = {name for name, value in heard.oracle.figures.items() if value is not None} - read
    return [f"{name}: no data hold it" for name in sorted(absent) if not ONLY_SAID.match(name)]


def _close(value: float, right: float, *, exact: bool, whole: bool) -> bool:
    rounding = 1e-9 if exact else OF_RESIDENTS_HELD if whole else OF_A_NUMBER if right > 1 else OF_A_SHARE
    if whole and not exact and value != round(value):
        return False
    return math.isclose(value, right, rel_tol=1e-6, abs_tol=rounding)


def tables_round_a_time_once(heard: Heard) -> list[str]:
    """The time of a commune is written alike in every table and layer."""
    wrong, tables = [], times(heard.channels.data)
    assert len(tables) >= LEAST_TABLES
    first, *others = tables
    for other in others:
        one, another = tables[first].align(tables[other], join="outer")
        differs = (one - another).abs() > 1e-9
        if differs.any():
            code = differs.idxmax()
            wrong.append(f"{other} writes {another[code]} where {first} writes {one[code]} ({differs.sum()} communes)")
    return wrong


def tables_have_headings(heard: Heard) -> list[str]:
    """A table of nothing still says what it would hold."""
    tables = {name: table for name, table in heard.channels.data.items() if isinstance(table, pd.DataFrame)}
    return [f"{name} is without any heading" for name, table in tables.items() if not len(table.columns)]


def whose_share_it_is_is_said_once(heard: Heard) -> list[str]:
    """Where the way of some is not known, each channel says of whom its shares are, once, in the same words."""
    if not heard.is_part:
        said = re.compile("habitants dont le trajet est connu")
        return [f"{channel} speaks of a part" for channel, words in heard.channels.texts.items() if said.search(words)]
    known = f"{heard.oracle.known:,.0f}".replace(",", " ")
    sentence, wrong = f"sur les {known} habitants dont le trajet est connu", []
    for channel in set(SHARING) & set(heard.channels.texts):
        count = heard.channels.texts[channel].count(sentence)
        if count != 1:
            wrong.append(f"{channel} says {count} times « {sentence} »")
    return sorted(wrong)


def titles_name_the_part(heard: Heard) -> list[str]:
    """The title of a part counts its communes, that of a whole territory does not."""
    wrong, titles = [], dict(heard.channels.titles)
    titles["file.rapport.manifest"] = heard.channels.data["file.rapport.manifest"]["title"]
    right = f"{heard.oracle.figures['communes_covered']:,}".replace(",", " ") if heard.is_part else None
    named = {channel: found for channel, title in titles.items() if (found := IN_TITLE.search(title))}
    assert len(named) >= LEAST_TITLES
    for channel, found in named.items():
        if found["count"] != right:
            wrong.append(f"{channel}: « {titles[channel][:70]} » counts {found['count']} communes, not {right}")
    return wrong


def the_hypotheses_are_the_same(heard: Heard) -> list[str]:
    """An interval is of the runs that are named beside it: the same on every channel."""
    texts = heard.channels.texts
    named = {
        channel: re.search(r"Hypothèses : ([^.]*)\.", texts[channel])[1].lower().split(", ")
        for channel in ("terminal.access", "screen.marge")
    }
    for channel in {"json.access", "file.access.access"} & heard.channels.data.keys():
        named[channel] = [run["name"] for run in heard.channels.data[channel]["sensitivity"]["runs"]]
    name = r"temps des routes|temps estimés|trajets tous plus (?:longs|courts)|profil \w+"
    run = rf"({name}) (?:\d[\d ]*|—) (?:\d|—)"
    named["pdf"] = re.findall(run, texts["pdf"].lower())
    first = named["file.access.access"]
    return [f"{channel}: {', '.join(runs)}, not {', '.join(first)}" for channel, runs in named.items() if runs != first]


def the_threshold_is_included(heard: Heard) -> list[str]:
    """Words are those of an inclusive threshold, in every text that a channel shows or a file holds."""
    channels, wrong = heard.channels, []
    texts = dict(channels.texts)
    texts |= {f"map of {name}": str(value) for name, value in channels.maps.items()}
    texts |= {name: str(value) for name, value in channels.data.items() if isinstance(value, dict)}
    for channel, words in texts.items():
        less = plain(" | ".join(words[max(0, at.start() - 20) : at.end() + 40] for at in re.finditer("moins", words)))
        # Others are right: "moins de 50 % des habitants à 20 min", "trajets de moins de 30 km".
        found = Counter(re.findall(r"(?<!un peu )\bmoins de \d+(?:,\d+)?\s?min\b", less))
        if heard.oracle.estimated:
            found.pop("moins de 5 min", None)  # so short an estimated time, no threshold
        wrong += [f"{channel} says « {phrase} » {count} times" for phrase, count in found.items()]
    return wrong


def notes_count_the_communes_of_the_part(heard: Heard) -> list[str]:
    """Where residents are taken to be is told of the communes whose way is known, and of no others."""
    wrong, told = [], 0
    for channel, words in heard.channels.texts.items():
        for found in re.findall(r"comptés ensemble, à sa position \(([^)]*)\)", words):
            told += 1
            counted = sum(int(number) for number in re.findall(r"(\d+) (?:à leur|en un point)", found))
            if counted != heard.oracle.figures["communes_covered"]:
                wrong.append(f"{channel} counts {counted} communes: « {found} »")
    return wrong if told or not heard.oracle.known else ["no channel tells where residents are taken to be"]


def one_trip_is_one_time(heard: Heard) -> list[str]:
    """The trip to the nearest site reads alike where it is looked for in the terminal and on the screen."""
    code, _ = heard.channels.start
    right = float(heard.oracle.minutes[heard.oracle.territory.demand["commune_code"].to_numpy() == code][0])
    first = heard.channels.data["json.nearest"]["sites"][0]
    wrong = []
    if not math.isclose(first["travel_time_min"], right, rel_tol=1e-6):
        wrong.append(f"json.nearest holds {first['travel_time_min']}, not {right}")
    trip = r"((?:environ |moins de )[^(.:]*?|\d+(?:,\d+)? min) \((\d+(?:,\d+)? km)\)"
    said = {
        channel: set(re.findall(pattern, heard.channels.texts[channel]))
        for channel, pattern in (
            ("terminal.nearest", rf"\b1\. [^[]*\[[^]]*\] : {trip}"),
            ("screen.trouver", rf"{re.escape(first['name'])},? {trip}"),
        )
    }
    roundings = {f"{right:.{digits}f} min".replace(".", ",") for digits in (0, 1)}
    if heard.oracle.estimated:
        here = heard.oracle.territory.demand["commune_code"].to_numpy() == code
        low, high = (right * heard.oracle.bounds[name][here][0] for name in ("high", "low"))
        roundings = {about(right, low, high)}
    for channel, trips in said.items():
        if len(trips) != 1 or not {minutes for minutes, _ in trips} <= roundings:
            wrong.append(f"{channel} says {sorted(trips)} for {right} minutes")
    if said["terminal.nearest"] != said["screen.trouver"]:
        wrong.append(f"terminal.nearest says {said['terminal.nearest']}, screen.trouver {said['screen.trouver']}")
    return wrong


def one_site_is_open_in_one_way(heard: Heard) -> list[str]:
    """The terminal, its JSON and the screen say alike of the first site whether it is open, and so does the headline."""
    status = heard.channels.data["json.nearest"]["sites"][0]["status"]
    short, remark = plain(status["sentence"]), plain(status["remark"] or "")
    for quoted in (f" ; le site précise : {remark}", f" : le site précise {remark}") if remark else ():
        short = short.replace(quoted, "")
    return [
        f"{channel} lacks « {text} »"
        for channel in ("terminal.nearest", "screen.trouver")
        for text in (short, short[:1].lower() + short[1:], remark)
        if text not in heard.channels.texts[channel]
    ]


def legends_count_the_sites_of_the_part(heard: Heard) -> list[str]:
    """Those of its communes, and apart from them those around, in this order; letters of the PDF come in the other."""
    wrong, oracle = [], heard.oracle
    sites = oracle.territory.facilities["sites"]
    inside = sites["commune_code"].isin(oracle.part)
    here, around = sites[inside]["kind"].value_counts(), sites[~inside]["kind"].value_counts()
    for channel in ("svg.travel_time", "svg.under_served", "svg.plan", "svg.saved_minutes", "json.map", "pdf"):
        for kind, label in (("main", "Site France services"), ("antenne", "Antenne France services")):
            found = re.findall(rf"{label} (\d+(?: / \d+)?)(?!\d)", heard.channels.texts.get(channel, ""))
            counts = [str(here.get(kind, 0)), str(around.get(kind, 0))]
            right = {"".join(reversed(counts)) if channel == "pdf" else " / ".join(counts)}
            if set(found) - right or (not found and counts[0] != "0" and channel in heard.channels.texts):
                wrong.append(f"{channel}: {label} {', '.join(found) or 'not counted'}, not {', '.join(right)}")
    return wrong


def a_site_that_does_not_count_is_said_once(heard: Heard) -> list[str]:
    """What the scenario does to a bus that does not count changes no trip: each channel says of which bus, once."""
    channels = heard.channels
    sites = channels.territory.sites.set_index("facility_id")
    right = plain(str(sites.loc[BUS, "name"]))
    said = rf"« {re.escape(right)} » n'est pas parmi les sites comptés : ce que le scénario en fait ne change aucun trajet\."
    wrong = [
        f"{channel} says {count} times that « {right} » does not count"
        for channel in ("terminal.scenario", "screen.scenario")
        if channel in channels.texts and (count := len(re.findall(said, channels.texts[channel]))) != 1
    ]
    held = {"json.scenario", "file.scenario.comparison"} & channels.data.keys()
    named = [sites.loc[BUS, "name"]]
    return wrong + [
        f"{channel} names others" for channel in held if channels.data[channel]["sites_not_counted"] != named
    ]


def a_plan_is_as_good_everywhere(heard: Heard) -> list[str]:
    """A plan that is proven the best is said to be where it brings people nearer, on each channel that says how good it is."""
    channels, wrong = heard.channels, []
    if not heard.names:
        return []
    for name in {"file.plan.plan", "file.rapport.plan", "json.plan"} & channels.data.keys():
        made = channels.data[name]
        objective, optimum, bound, gap = (made[key] for key in ("objective", "optimum", "bound", "gap"))
        rounding = 1e-9 * max(bound, 1.0)
        proven, told = abs(optimum - bound) < rounding, abs(gap * bound - (bound - objective)) < rounding
        given_up = made["preferences"] or made["idle"] or made["worst_case"]["steady_share"] < 1
        if not proven or not told or (gap and not given_up):
            wrong.append(f"{name} holds a gap of {gap}: {objective}, {optimum}, at most {bound}")
    proven = {False: "C'est prouvé", True: "C'est le meilleur choix pour ces temps estimés"}
    if channels.data["file.plan.plan"]["gap"]:
        # Something was preferred to the best mean: the plan is told beside what no other choice exceeds.
        proven[heard.oracle.estimated] = "ce plan en rapproche"
    if not round(heard.oracle.figures["plan_gained"]):
        wrong.append("a label is proposed that brings nobody nearer")
    for channel in {"terminal.plan", "screen.ouvrir", "pdf"} & channels.texts.keys():
        if proven[heard.oracle.estimated] not in channels.texts[channel]:
            wrong.append(f"{channel} does not say that the plan is the best, as sure as its times are")
        if proven[not heard.oracle.estimated] in channels.texts[channel]:
            wrong.append(f"{channel} says that the plan is more, or less, sure than its times are")
    return wrong


def estimated_shares_carry_their_interval(heard: Heard) -> list[str]:
    """The share within the threshold is told with the bounds that the estimate was measured to have; only then."""
    oracle, wrong = heard.oracle, []
    low, high = (oracle.figures[name] for name in ("low_share", "high_share"))
    share = next(fact for fact in FACTS if fact.name == "share_within")
    right = set()
    if oracle.estimated and low is not None:
        bounds = [share.text(value, estimated=True) for value in (low, high)]
        least = re.sub(r"^(\d+) %$", r"\1", bounds[0])
        right = {f" : entre {least} et {bounds[1]}" if bounds[0] != bounds[1] else ""}
    for channel in {"terminal.diagnose", "screen.diagnostic", "html.map", "pdf"} & heard.channels.texts.keys():
        words = heard.channels.texts[channel]
        found = set(re.findall(rf"sont {NEAR}[^.;:(]{{0,60}} \(temps estimés([^)]*)\) ;", words))
        if found != right:
            wrong.append(f"{channel} says {found or 'no interval'}, not {right or 'none'}")
    # No streets to walk or cycle in are given: such times are estimated wherever those by car are measured.
    unmarked = re.compile(r"sont à 20 min ou moins à (?:pied|vélo)[^.;:(]{0,60} ;")
    return wrong + [
        f"{channel} does not say that times are estimated: « {share} »"
        for channel, words in heard.channels.texts.items()
        for share in unmarked.findall(words)
    ]


def driving_time_is_said_once(heard: Heard) -> list[str]:
    """Each screen, the terminal, the page of a map and the report say once that parking is not in a time."""
    wrong = []
    for channel, words in heard.channels.texts.items():
        if channel.endswith((".walk", ".bike")):
            continue
        if channel.startswith(("screen.", "terminal.")) or channel in {"html.map", "pdf"}:
            count = words.count("Temps de conduite, hors stationnement.")
            # Where a plan is refused, its screens have no time to say.
            silent = channel.removeprefix("terminal.") in heard.channels.refused or (
                "plan" in heard.channels.refused and channel in {"screen.ouvrir", "screen.rapport"}
            )
            if count != 1 and not silent:
                wrong.append(f"{channel} says it {count} times")
    return wrong


#: What holds of some channels as of all of them.
OF_SOME_CHANNELS = (
    words_say_one_number,
    data_hold_the_exact_number,
    whose_share_it_is_is_said_once,
    a_plan_is_as_good_everywhere,
    estimated_shares_carry_their_interval,
    driving_time_is_said_once,
    a_site_that_does_not_count_is_said_once,
)
CHECKS = (
    *OF_SOME_CHANNELS,
    every_channel_is_there,
    each_figure_is_in_some_data,
    tables_round_a_time_once,
    tables_have_headings,
    titles_name_the_part,
    the_hypotheses_are_the_same,
    the_threshold_is_included,
    notes_count_the_communes_of_the_part,
    one_trip_is_one_time,
    one_site_is_open_in_one_way,
    legends_count_the_sites_of_the_part,
)
