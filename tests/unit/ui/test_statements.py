"""The statement of accessibility and the legal notice, filled by the settings of an installation."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from geo.settings import Operator, Settings
from geo.ui.components.sections import NOT_GIVEN, Section, section_html
from geo.ui.screens.accessibility import conformity, statement
from geo.ui.screens.legal_notice import notice


def html(sections) -> str:
    return "".join(map(section_html, sections))


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path, tmp_path)


def test_what_the_operator_did_not_fill_is_told_once_for_each(settings):
    assert html(notice(settings, [])).count("non renseigné par l&#x27;exploitant") == 5
    assert html(statement(settings.operator)).count("non renseigné par l&#x27;exploitant") == 3


def test_every_setting_is_shown_and_none_runs(settings, monkeypatch):
    hostile = {each.name: f"<script>{each.name}</script> [a](javascript:b)" for each in fields(Operator)}
    handed_on = (Path(__file__).parents[3] / ".ci" / "container" / "compose.yaml").read_text().split()
    assert {f"MAILLAGE_OPERATOR_{name.upper()}:" for name in hostile} <= set(handed_on), "to the container"
    for name, value in hostile.items():
        monkeypatch.setenv(f"MAILLAGE_OPERATOR_{name.upper()}", f"  {value}\n ")
    read = Settings.from_environment().operator
    assert read == Operator(**hostile), "on one line, without spaces around"
    shown = html(notice(replace(settings, operator=read), [])) + html(statement(read))
    assert "<script" not in shown
    assert 'href="javascript' not in shown
    for name in set(hostile) - {"contact", "audit"}:
        assert f"&lt;script&gt;{name}&lt;/script&gt;" in shown


def test_addresses_are_links_and_nothing_else_is():
    shown = section_html(Section("Contact", ["a.b@exemple.fr, https://exemple.fr/x?a=1&b=2 ou http://exemple.fr."]))
    assert '<a href="mailto:a.b@exemple.fr">a.b@exemple.fr</a>' in shown
    assert '<a href="https://exemple.fr/x?a=1&amp;b=2">' in shown
    assert shown.count("<a ") == 2


@pytest.mark.parametrize(
    ("rate", "degree"), [("100", "totalement"), ("50", "partiellement"), ("99", "partiellement"), ("49", "non")]
)
def test_the_degree_is_that_of_the_rgaa(rate, degree):
    said = conformity(Operator(audit="Cabinet, mars 2026", audit_rate=rate))
    assert f"est {degree} conforme au RGAA" in said
    assert f"{rate} % des critères" in said
    assert "Cabinet, mars 2026" in said


@pytest.mark.parametrize(
    ("audit", "rate"), [("", "80"), ("Cabinet", ""), ("Cabinet", "101"), ("Cabinet", "٨٠"), ("", "")]
)
def test_without_an_audit_and_its_rate_it_conforms_not(audit, rate):
    said = conformity(Operator(audit=audit, audit_rate=rate))
    assert "est non conforme au RGAA" in said
    assert NOT_GIVEN in said
    assert (f"« {rate} »" in said) == bool(rate)


def test_obstacles_go_to_the_contact_unless_another_is_given():
    assert Operator(contact="a@exemple.fr").accessibility_contact == "a@exemple.fr"
    assert (
        Operator(contact="a@exemple.fr", accessibility_contact="b@exemple.fr").accessibility_contact == "b@exemple.fr"
    )
