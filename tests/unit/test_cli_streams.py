"""Standard output of any encoding, full, or closed early: no traceback, and a status that says what happened."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from geo.cli import main

COMMAND = [sys.executable, "-c", "from geo.cli import main; main()"]


@pytest.fixture(scope="module")
def saved(small_world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved") / "64"
    small_world.territory().save(folder)
    return folder


@pytest.fixture
def printed(monkeypatch):
    """Run a command whose output and error are of an encoding; return its status and what came out."""

    def call(encoding, *arguments):
        streams = {}
        for name in ("stdout", "stderr"):
            streams[name] = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=name == "stderr")
            monkeypatch.setattr(sys, name, streams[name])
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        monkeypatch.undo()
        return stop.value.code, *(stream.buffer.getvalue().decode(encoding) for stream in streams.values())

    return call


def run(*arguments, closing="", **options):
    """Run the command in a process of its own, as a terminal or a script would."""
    command = [*COMMAND, *map(str, arguments)]
    if closing:
        command = ["sh", "-c", f'exec "$@" {closing}', "sh", *command]
    return subprocess.run(command, check=False, timeout=300, **options)


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("cp1252", ("Pyrénées-Atlantiques", "2 000 habitants", "15\xa0min")),
        ("latin-1", ("Pyrénées-Atlantiques", "2 000 habitants", "15\xa0min")),
        ("ascii", ("Pyrenees-Atlantiques", "2 000 habitants", "15 min")),
        ("utf-16", ("Pyrénées-Atlantiques", "2\u202f000 habitants", "15\xa0min")),
    ],
)
def test_any_encoding_takes_the_sentences(saved, printed, encoding, expected):
    status, text, error = printed(encoding, "diagnose", saved, "--threshold", "15")
    assert (status, "Traceback" in error) == (0, False)
    assert "?" not in text
    for words in expected:
        assert words in text


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_json_is_the_same_values_in_any_encoding(saved, printed, encoding):
    ours, usual = (json.loads(printed(each, "diagnose", saved, "--json")[1]) for each in (encoding, "utf-8"))
    assert ours == usual


def test_a_refusal_is_one_line_in_any_encoding(printed, tmp_path):
    status, out, error = printed("ascii", "diagnose", tmp_path)
    assert (status, out, error.count("\n")) == (2, "", 1)
    assert "n'est pas un territoire enregistre" in error


def test_half_a_character_is_no_traceback(printed):
    status, _, error = printed("utf-8", "diagnose", "absent\udcff")
    assert (status, error.count("\n"), "Traceback" in error) == (2, 1, False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("more", [[], ["--json"], ["--help"]])
def test_a_full_output_is_one_line(small_world, more):
    with Path("/dev/full").open("w") as full:
        said = run("check-sites", small_world.sites, *more, stdout=full, stderr=subprocess.PIPE)
    error = said.stderr.decode().splitlines()
    assert (said.returncode, len(error)) == (2, 1)
    assert error[0].startswith("La sortie standard n'accepte plus rien. Vérifiez l'espace disponible")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_so_is_the_whole_help_which_fills_the_buffer():
    with Path("/dev/full").open("w") as full:
        said = run("--help", stdout=full, stderr=subprocess.PIPE)
    assert said.returncode == 2
    assert said.stderr.decode().startswith("La sortie standard n'accepte plus rien.")


@pytest.mark.parametrize("more", [[], ["--json"], ["--help"]])
def test_a_reader_that_left_is_not_told(small_world, more):
    left, ours = os.pipe()
    os.close(left)
    try:
        said = run("check-sites", small_world.sites, *more, stdout=ours, stderr=subprocess.PIPE)
    finally:
        os.close(ours)
    assert (said.returncode, said.stderr) == (141, b"")


@pytest.mark.parametrize("closing", [">&- 2>&-", "2>/dev/full", ">/dev/full"])
def test_streams_that_are_closed_or_full_do_not_stop_the_work(small_world, tmp_path, closing):
    arguments = ("check-sites", small_world.sites, "--out", tmp_path / "out")
    said = run(*arguments, closing=closing, capture_output=True)
    assert (said.returncode, b"Traceback" in said.stdout + said.stderr) == (2 if closing == ">/dev/full" else 0, False)
    assert (tmp_path / "out" / "qualite.json").is_file()


@pytest.mark.parametrize("closing", ["2>&-", "2>/dev/full"])
def test_a_refusal_that_nobody_hears_keeps_its_status(closing):
    said = run("check-sites", closing=closing, capture_output=True)  # no list is named
    assert (said.returncode, said.stdout, said.stderr) == (2, b"", b"")
