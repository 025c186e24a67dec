"""``maillage api`` as it is started: it answers on loopback, stops when told to, and says in French why it cannot start."""

import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing

import pytest

from geo.cli import api as command
from geo.report import extras


def _free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url, process):
    while process.poll() is None:
        try:
            with urllib.request.urlopen(url) as reply:
                return json.load(reply)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(process.communicate())


def test_it_answers_until_it_is_stopped_and_writes_down_nobody(saved, tmp_path):
    """No other extra is needed: what they bring is impossible to import."""
    absent = {library for library, extra in extras.EXTRAS.items() if extra != "api"}
    assert "streamlit" in absent
    for library in absent:
        (tmp_path / f"{library}.py").write_text(f"raise ModuleNotFoundError(name={library!r})")
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "geo", "api", str(saved), "--port", str(port), "--per-minute", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"NO_PROXY": "*", "PYTHONPATH": path},
    )  # fmt: skip
    try:
        assert _wait_for(f"http://127.0.0.1:{port}/health", process)["status"] == "ok"
        for forwarded in ("198.51.100.1", "198.51.100.2"):
            asked = urllib.request.Request(
                f"http://127.0.0.1:{port}/nearest?commune=Commune+A", headers={"X-Forwarded-For": forwarded}
            )
            with urllib.request.urlopen(asked) as reply:
                assert json.load(reply)["sites"][0]["name"] == "France services A"
                assert "server" not in reply.headers
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/nearest?commune=Commune+A")
        with closing(refused.value):
            assert refused.value.code == 429
            assert 1 <= int(refused.value.headers["Retry-After"]) <= 30
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    assert out == ""
    assert [line for line in err.splitlines() if not line.endswith("…")] == [
        f"Pyrénées-Atlantiques : http://127.0.0.1:{port}/"
    ]
    with closing(socket.socket()) as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture
def started(monkeypatch):
    """Return what the command would start."""
    calls = []
    monkeypatch.setattr(command, "run_server", calls.append)
    return calls


def test_it_listens_to_this_machine_alone_unless_told_otherwise(run, started):
    assert run("api", "64") == (0, "", "")
    options = started[0]
    assert options[options.index("--address") + 1] == "127.0.0.1"
    assert "--behind-proxy" not in options
    assert not any(option.startswith("--origin") for option in options)
    assert options[-2:] == ["--", "64"]


class _ClosedSocket(socket.socket):
    """A socket that is closed where it cannot be bound: uvicorn leaves that to the end of its process."""

    def bind(self, address):
        try:
            super().bind(address)
        except OSError:
            self.close()
            raise


def test_a_port_that_is_taken_is_one_sentence(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "geo.api.serve", raising=False)  # it is the program, as `python -m` has it
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(socket, "socket", _ClosedSocket)
        monkeypatch.setattr(sys, "argv", ["serve", "--port", str(port), "--", "64"])
        with pytest.raises(SystemExit) as end:
            runpy.run_module("geo.api.serve", run_name="__main__")
    said = capsys.readouterr()
    assert (end.value.code, said.out) == (2, "")
    assert f"Le port {port} de « 127.0.0.1 » ne peut pas être ouvert" in said.err
    assert len(said.err.splitlines()) == 1


def test_without_its_extra_it_says_so(run, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", {}.get)
    status, _, err = run("api")
    assert status == 2
    assert 'pip install "maillage[api]"' in err
