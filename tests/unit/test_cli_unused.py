"""Options that would change nothing are refused in one sentence, and so is a folder that is nobody's to write."""

import pytest

from geo.cli.checked import FOLDERS_OF_OURS
from geo.cli.program import main, program
from geo.needless import NEEDLESS
from geo.report.data_package import PACKAGE_FILE
from geo.report.report_files import _MARKER
from geo.territory.store import COUNTRY_MARKER, TERRITORY_MARKER

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
        ([*NEAR, "--direct-walk-min", "5"], "--direct-walk-min"),
        ([*NEAR, "--mode", "bike", "--visit-min", "30"], "--visit-min"),
        ([*NEAR, "--way-min", "60"], "--way-min"),
        (["diagnose", "64", "--walk-min", "5"], "--walk-min"),
        (["diagnose", "64", "--day", "2026-11-24"], "--day"),
        (["diagnose", "64", "--window", "07:00-09:00"], "--window"),
        (["diagnose", "64", "--mode", "transit", "--threshold", "15"], "--threshold"),
        (["diagnose", "64", "--mode", "transit", "--bus"], "--bus"),
        (["diagnose", "64", "--mode", "walk", "--rule", "mean-time"], "--rule"),
        (["diagnose", "64", "--mode", "bike", "--window", "07:00-09:00"], "--window"),
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
        (["plan", "64", "--capacity", "--payer", "state"], "--payer"),
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
        for command in program().registered_commands
        if hasattr(command.callback, "__signature__")
    }
    for each in NEEDLESS:
        for command in set(each.commands) & set(commands):
            assert set(each.options) <= set(commands[command].parameters), each


WRITE = [
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
]


@pytest.mark.parametrize("arguments", WRITE, ids=lambda arguments: arguments[0])
def test_the_root_and_the_current_folder_are_refused_by_every_command_that_writes(
    capsys, tmp_path, monkeypatch, arguments
):
    monkeypatch.chdir(tmp_path)
    assert refused(capsys, *arguments, "--out", ".").startswith("« . » est le dossier où vous êtes")
    assert refused(capsys, *arguments, "--out", "/").startswith("« / » est la racine du disque")
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    for up in ("..", "../..", str(tmp_path)):
        assert "est un dossier qui contient celui où vous êtes : rien n'y est écrit" in refused(
            capsys, *arguments, "--out", up
        )
    assert [each.name for each in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize(
    "arguments", [each for each in WRITE if each[0] not in {"map", "rounds"}], ids=lambda arguments: arguments[0]
)
def test_what_is_no_folder_of_ours_is_refused_before_the_work(capsys, tmp_path, arguments):
    taken, strange, ring = tmp_path / "taken", tmp_path / "strange", tmp_path / "ring"
    taken.write_text("mine")
    strange.mkdir()
    (strange / "notes.txt").write_text("mine")
    ring.symlink_to(ring)
    (tmp_path / "to_file").symlink_to(taken)
    (tmp_path / "to_folder").symlink_to(strange)
    for name, said in {
        "taken": "« taken » est un fichier ; un dossier est attendu.",
        "to_file": "« to_file » est un fichier ; un dossier est attendu.",
        "ring": "« ring » est un lien qui mène à lui-même ; un dossier est attendu.",
        "strange": "« strange » existe déjà et n'a pas été écrit par maillage",
        "to_folder": "« to_folder » existe déjà et n'a pas été écrit par maillage",
        "taken/under": "Impossible d'écrire « under »",
    }.items():
        assert refused(capsys, *arguments, "--out", str(tmp_path / name)).startswith(said)
    assert refused(capsys, *arguments, "--out", "/proc/self").startswith("« self » existe déjà")
    assert [each.name for each in strange.iterdir()] == ["notes.txt"]


def test_a_folder_of_ours_is_written_to_again():
    """The names that mark one are those that are written."""
    markers = {PACKAGE_FILE, f"*/{PACKAGE_FILE}", TERRITORY_MARKER, COUNTRY_MARKER, _MARKER, "capacity_plan.json"}
    assert set(FOLDERS_OF_OURS) == markers | {".maillage.*"}


@pytest.mark.parametrize(
    ("arguments", "where"),
    [(["batch"], "maillage batch"), (["plan", "--unheard-of"], "maillage plan"), (["unheard-of"], "maillage")],
)
def test_what_is_badly_asked_is_sent_to_the_help_of_its_command(capsys, arguments, where):
    assert refused(capsys, *arguments).endswith(f"Voyez « {where} --help ».")
