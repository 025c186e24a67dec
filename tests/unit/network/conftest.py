"""Extracts of OpenStreetMap read by copies of one process: to start Python and load osmium takes longer than to read them."""

import json
import os
import socket
import subprocess
import sys
from contextlib import closing
from types import SimpleNamespace

import pytest

from geo.network import osm_text

#: Has the program loaded, and waits: for each request a copy of it runs, and how that ended is told.
_WAITING = """
import json, os, runpy, socket, sys, traceback
program, asked = runpy.run_path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
while True:
    what, streams, *_ = socket.recv_fds(asked, 1 << 16, 2)
    if not what:
        break
    child = os.fork()
    if child == 0:
        for number, stream in enumerate(streams, 1):
            os.dup2(stream, number)
            os.close(stream)
        try:
            program["main"](*json.loads(what))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    for stream in streams:
        os.close(stream)
    asked.send(b"%d" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.fixture(scope="session")
def waiting_osm_text():
    """Return the end of a socket on which a process waits that has the program loaded."""
    ours, its = socket.socketpair()
    with ours, closing(its):
        command = [sys.executable, "-c", _WAITING, osm_text.__file__, str(its.fileno())]
        process = subprocess.Popen(command, pass_fds=[its.fileno()])
        its.close()
        yield ours
        ours.shutdown(socket.SHUT_WR)
        assert process.wait() == 0


@pytest.fixture
def osm_text_loaded_once(waiting_osm_text, monkeypatch):
    """Let each reading of extracts run in a copy of a process that has the program loaded, not in one that loads it."""

    class Copy:
        """What `geo.network.osm_extracts` asks of a `subprocess.Popen`."""

        def __init__(self, command, **_pipes):
            assert command[:2] == [sys.executable, osm_text.__file__]
            (out, its_out), (err, its_err) = os.pipe(), os.pipe()
            socket.send_fds(waiting_osm_text, [json.dumps([command[2], command[3:]]).encode()], [its_out, its_err])
            os.close(its_out)
            os.close(its_err)
            self.stdout, self.stderr = os.fdopen(out, "rb"), os.fdopen(err, "rb")

        def __enter__(self):
            return self

        def __exit__(self, *_error):
            self.stdout.close()
            self.stderr.close()
            self.returncode = int(waiting_osm_text.recv(9))

    stands_in = SimpleNamespace(Popen=Copy, PIPE=subprocess.PIPE)
    monkeypatch.setattr("geo.network.osm_extracts.subprocess", stands_in)
