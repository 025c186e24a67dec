"""What every channel says of territories whose every way is known: all of them, one commune, nobody known to live."""

import re

import pytest

from tests.golden.checks import CHECKS
from tests.golden.facts import SHARING
from tests.golden.further import lists_of_the_day, two_lists


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("key", ["whole", "one_commune", "unknown_population"])
def test_one_fact_is_one_number(heard, key, check):
    if wrong := check(heard(key)):
        pytest.fail("\n".join([f"{len(wrong)} contradiction(s):", *wrong]), pytrace=False)


def test_the_territories_are_what_they_are_for(heard):
    assert not any(heard(key).is_part for key in ("whole", "one_commune", "unknown_population"))
    one = heard("one_commune").oracle.figures
    assert (one["share_within"], one["low_share"], one["second_share"]) == (1, 0, 0)


def test_no_sentence_of_a_report_is_cut(heard):
    assert "…" not in heard("whole").channels.texts["pdf"]


def test_where_nobody_is_known_to_live_every_channel_says_so(heard):
    channels, wrong = heard("unknown_population").channels, []
    for channel in SHARING:
        words = channels.texts.get(channel, "Population inconnue")
        if not re.search(r"[Ll]a population (?:des communes )?n'est pas connue|[Pp]opulation inconnue", words):
            wrong.append(f"{channel} does not say that the population is not known")
        # No place is the most populous, nobody is counted, and the roads are not to blame.
        for phrase in (
            r"plus peuplées?",
            r"\b0 habitants?\b",
            r"n'a de route à la fois",
            r"\bsur 0\b",
            r"\d % des habitants",
        ):
            wrong += [
                f"{channel} says « {words[max(0, found.start() - 40) : found.end() + 40]} »"
                for found in re.finditer(phrase, words)
            ]
    refused = channels.refused["plan"]
    wrong += [
        f"{screen} does not refuse a plan as the terminal does: « {refused} »"
        for screen in ("screen.ouvrir", "screen.rapport")
        if refused not in channels.texts[screen]
    ]
    if wrong:
        pytest.fail("\n".join([f"{len(wrong)} contradiction(s):", *wrong]), pytrace=False)


def test_two_lists_are_compared_where_nobody_is_known_to_live(heard, tmp_path):
    asked = two_lists(heard("unknown_population"), tmp_path)
    wrong = asked.wrong(estimated=True)
    wrong += [
        f"{channel} does not say that the population is not known"
        for channel in ("terminal", "json")
        if "La population n'est pas connue" not in asked.texts[channel]
    ]
    if wrong:
        pytest.fail("\n".join([f"{len(wrong)} contradiction(s):", *wrong]), pytrace=False)


def test_the_list_of_the_day_is_compared_alike(heard, tmp_path, web, official_addresses, monkeypatch):
    for base, url in official_addresses(web).items():
        monkeypatch.setenv(f"MAILLAGE_URL_{base.upper()}", url)
    if wrong := lists_of_the_day(heard("whole"), tmp_path, web.serve).wrong(estimated=True):
        pytest.fail("\n".join([f"{len(wrong)} contradiction(s):", *wrong]), pytrace=False)
