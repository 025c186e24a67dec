"""Options that would change nothing are refused in one sentence, and so is a folder that is nobody's to write."""

from pathlib import Path

import pytest

from geo.cli.program import app, main
from geo.needless import NEEDLESS

NEAR = ["nearest", "--lon", "-0.37", "--lat", "43.3"]


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    return said.err.strip()


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        ([*NEAR, "--mode", "car", "--walk-min", "5"], "--walk-min"),
        ([*NEAR, "--mode", "bike", "--visit-min", "30"], "--visit-min"),
        ([*NEAR, "--way-min", "60"], "--way-min"),
        (["diagnose", "64", "--walk-min", "5"], "--walk-min"),
        (["diagnose", "64", "--day", "2026-11-24"], "--day"),
        (["diagnose", "64", "--window", "07:00-09:00"], "--window"),
        (["diagnose", "64", "--mode", "transit", "--threshold", "15"], "--threshold"),
        (["diagnose", "64", "--mode", "transit", "--bus"], "--bus"),
        (["diagnose", "64", "--min-share", "0.5"], "--min-share"),
        (["diagnose", "64", "--facilities", "tax-offices", "--no-antennes"], "--antennes"),
        (["access", "64", "--rule", "mean-time", "--min-share", "0.5"], "--min-share"),
        (["changes", "a.csv", "b.csv", "--min-share", "0.5"], "--min-share"),
        (["changes", "a.csv", "b.csv", "--date", "2026-11-22"], "--date"),
        (["scenario", "64", "--file", "s.json", "--min-share", "0.5"], "--min-share"),
        (["report", "64", "--out", "r", "--min-share", "0.5"], "--min-share"),
        (["map", "64", "--out", "a.png", "--kind", "saved", "--threshold", "15"], "--threshold"),
        (["map", "64", "--out", "a.png", "--kind", "hours", "--rule", "share"], "--rule"),
        (["map", "64", "--out", "a.png", "--kind", "change", "--facilities", "tax-offices"], "--facilities"),
        (["plan", "64", "--capacity", "--cost", "1000"], "--cost"),
        (["plan", "64", "--capacity", "--stop-every", "month"], "--stop-every"),
        (["plan", "64", "--stops", "0", "--stop-cost", "100"], "--stop-cost"),
        (["validate", "--roads", "r.osm", "--reference", "r.csv", "--communes", "c.geojson"], "--communes"),
        (["validate", "--roads", "approximate", "--reference", "r.csv", "--population", "p.csv"], "--population"),
        (["fetch", "64", "--only", "sites", "--out", "t"], "--out"),
        (["fetch", "64", "--offline", "--refresh"], "--refresh"),
        (["fetch", "--lists", "--profile", "fluide"], "--profile"),
    ],
    ids=" ".join,
)
def test_an_option_that_changes_nothing_is_refused(capsys, arguments, option):
    said = refused(capsys, *arguments)
    assert said.startswith(f"{option} ")
    assert said.endswith(f" : retirez {option}.")


def test_every_option_of_the_list_is_one_of_its_commands():
    commands = {
        command.name: command.callback.__signature__
        for command in app.registered_commands
        if hasattr(command.callback, "__signature__")
    }
    for each in NEEDLESS:
        for command in set(each.commands) & set(commands):
            assert set(each.options) <= set(commands[command].parameters), each


@pytest.mark.parametrize(
    "arguments",
    [
        ["diagnose", "64"],
        ["access", "64"],
        ["hours", "64"],
        ["fragility", "64"],
        ["scenario", "64", "--file", "s.json"],
        ["plan", "64"],
        ["report", "64"],
        ["changes", "a.csv", "b.csv"],
        ["check-sites", "a.csv"],
        ["batch", "--departements", "64", "--sites", "s.csv", "--communes", "c.geojson"],
        ["build", "--departement", "64", "--sites", "s.csv", "--communes", "c.geojson"],
        ["fetch", "64"],
        ["rounds", "64"],
        ["map", "64"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_the_root_and_the_current_folder_are_refused_by_every_command_that_writes(
    capsys, tmp_path, monkeypatch, arguments
):
    monkeypatch.chdir(tmp_path)
    assert refused(capsys, *arguments, "--out", ".").startswith("« . » est le dossier où vous êtes")
    assert refused(capsys, *arguments, "--out", "/").startswith("« / » est la racine du disque")
    assert list(Path.cwd().iterdir()) == []
