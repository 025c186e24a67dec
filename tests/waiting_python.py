"""Programs run by copies of one process that has their modules loaded: loading these takes longer than most programs run."""

import json
import os
import socket
import subprocess
import sys
from contextlib import closing

#: Loads modules, and waits: each request is run by a copy of it, whose number is told, then how it ended. A copy that
#: comes to the end of its code leaves what it has loaded to the system, which takes a fifth of the time; one that calls
#: `sys.exit` ends as any program does.
_WAITING = """
import json, os, socket, sys
asked = socket.socket(fileno=int(sys.argv[1]))
names = {"__name__": "__main__"}
exec(sys.argv[2], names)
while True:
    what, streams, *_ = socket.recv_fds(asked, 1 << 16, 3)
    if not what:
        break
    copy = os.fork()
    if copy == 0:
        asked.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        sys.stdout = sys.__stdout__ = open(1, "w", closefd=False)
        sys.stderr = sys.__stderr__ = open(2, "w", 1, errors="backslashreplace", closefd=False)
        code, environment, *sys.argv[1:] = json.loads(what)
        os.environ.update(environment)
        exec(code, names)
        sys.stdout.flush()
        os._exit(0)
    for stream in streams:
        os.close(stream)
    asked.send(b"%d\\n" % copy)
    asked.send(b"%d\\n" % os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]))
"""


class WaitingPython:
    """A Python process that has run some code; copies of it run more, one at a time."""

    def __init__(self, loaded: str) -> None:
        """Start it; `loaded`: what it runs once, which imports what the copies need."""
        self._ours, its = socket.socketpair()
        with closing(its):
            command = [sys.executable, "-c", _WAITING, str(its.fileno()), loaded]
            # What is printed is kept until a stream is full or ends, as it is for users.
            self._process = subprocess.Popen(
                command, pass_fds=[its.fileno()], env=os.environ | {"PYTHONUNBUFFERED": ""}
            )
        self._told = self._ours.makefile("r")

    def start(self, code, *arguments, stdin=0, stdout=1, stderr=2, **environment):
        """Start a copy that runs code with ``sys.argv[1:]`` and more of an environment; return its number (PID).

        Its streams are given as numbers of open files.
        """
        asked = json.dumps([code, environment, *map(str, arguments)]).encode()
        socket.send_fds(self._ours, [asked], [stdin, stdout, stderr])
        return int(self._told.readline())

    def wait(self):
        """Return the exit status of the copy that was started, -N where a signal N ended it."""
        return int(self._told.readline())

    def run(self, code, *arguments, **more):
        """Run code to its end; arguments as of `start`, the result as of `wait`."""
        self.start(code, *arguments, **more)
        return self.wait()

    def end(self):
        """End the process."""
        self._ours.shutdown(socket.SHUT_WR)
        assert self._process.wait() == 0
        self._told.close()
        self._ours.close()
