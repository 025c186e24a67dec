"""Standard output of any encoding, full, or closed early: no traceback, and a status that says what happened."""

import io
import json
import os
import re
import subprocess
import sys
from contextlib import suppress
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


def in_process(*arguments, closing="", **options):
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


#: What is printed as sentences, as JSON, and as help: little of it, or more than a buffer holds.
PRINTED = [["check-sites", "SITES"], ["check-sites", "SITES", "--json"], ["check-sites", "--help"], ["--help"]]


def test_the_help_of_the_options_that_every_command_has_is_french(run):
    for arguments in (["--help"], *([name, "--help"] for name in ("check-sites", "report", "app", "plan"))):
        status, said, error = run(*arguments)
        assert (status, error) == (0, "")
        assert re.search(r"\b(the|this|and|current|message|Commands)\b", said) is None
        assert re.search(r"\[default|required\]|<(list|[Pp]ath|float|int|str)\b|Usage:|COMMAND\b", said) is None
        assert re.search(r"défaut : [^\]]*(\d\.0|\d{5}|<=)", said.replace("127.0.0.1", "")) is None
        assert "--help" in said
    assert "par défaut : 110 000]" in " ".join(said.split())


@pytest.fixture(params=PRINTED, ids=" ".join)
def arguments(request, small_world):
    return [small_world.sites if each == "SITES" else each for each in request.param]


@pytest.fixture
def full():
    """A file that takes nothing."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w", encoding="utf-8") as stream:
        yield stream


@pytest.fixture
def pipe_that_nobody_reads():
    left, ours = os.pipe()
    os.close(left)
    with suppress(BrokenPipeError), os.fdopen(ours, "w", encoding="utf-8") as stream:
        yield stream


def assert_said_in_one_line(error: str) -> None:
    assert len(error.splitlines()) == 1
    assert error.startswith("La sortie standard n'accepte plus rien. Vérifiez l'espace disponible")


def test_a_full_output_is_one_line(run, full, monkeypatch, arguments):
    monkeypatch.setattr(sys, "stdout", full)
    status, _, error = run(*arguments)
    assert status == 2
    assert_said_in_one_line(error)


def test_a_reader_that_left_is_not_told(run, pipe_that_nobody_reads, monkeypatch, arguments):
    monkeypatch.setattr(sys, "stdout", pipe_that_nobody_reads)
    assert run(*arguments) == (141, "", "")


@pytest.mark.parametrize("command", [["check-sites", "SITES"], ["--help"]], ids=" ".join)
def test_nothing_more_is_said_as_the_process_ends(
    full, pipe_that_nobody_reads, waiting_maillage, small_world, tmp_path, command
):
    """What a stream still holds would raise again when the interpreter closes it."""
    arguments = [small_world.sites if each == "SITES" else each for each in command]
    for stream, expected in ((full, 2), (pipe_that_nobody_reads, 141)):
        with (tmp_path / "error").open("w+b") as error:
            run = "import sys\nfrom geo.cli import main\nmain(sys.argv[1:])"
            status = waiting_maillage.run(run, *arguments, stdout=stream.fileno(), stderr=error.fileno())
            assert status == expected
            error.seek(0)
            said = error.read().decode()
        if stream is full:
            assert_said_in_one_line(said)
        else:
            assert said == ""


@pytest.mark.parametrize(("name", "expected"), [("stderr", 0), ("stdout", 2)])
def test_a_full_stream_does_not_stop_the_work(run, full, monkeypatch, small_world, tmp_path, name, expected):
    monkeypatch.setattr(sys, name, full)
    status, out, error = run("check-sites", small_world.sites, "--out", tmp_path / "out")
    assert (status, "Traceback" in out + error) == (expected, False)
    assert (tmp_path / "out" / "qualite.json").is_file()


def test_closed_streams_do_not_stop_the_work(small_world, tmp_path):
    arguments = ("check-sites", small_world.sites, "--out", tmp_path / "out")
    said = in_process(*arguments, closing=">&- 2>&-", capture_output=True)
    assert (said.returncode, said.stdout, said.stderr) == (0, b"", b"")
    assert (tmp_path / "out" / "qualite.json").is_file()


def test_a_refusal_that_a_full_stream_does_not_take_keeps_its_status(run, full, monkeypatch):
    monkeypatch.setattr(sys, "stderr", full)
    assert run("check-sites") == (2, "", "")  # no list is named


def test_so_does_one_that_nobody_hears():
    said = in_process("check-sites", closing="2>&-", capture_output=True)
    assert (said.returncode, said.stdout, said.stderr) == (2, b"", b"")
