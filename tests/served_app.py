"""The real app, served on this machine for those who look at it in a browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[1]
#: How long (s) the app may take to start: a machine that is busy, and compiles the searches, needs its time.
_PATIENCE_S = 300
#: Chromium without what only a window needs, of Debian: the same pages take a fifth less of the processor.
WINDOWLESS = "chromium-headless-shell"
#: Browsers such as visitors have.
WINDOWED = ("chromium", "chromium-browser", "google-chrome")
#: Said where there is none.
NO_CHROMIUM = f"no Chromium on this machine: install Debian's package {WINDOWLESS}, or chromium"


def find_chromium(*names: str) -> str | None:
    """Return the path of the first of these programs that is installed, `None` where none is."""
    return next(filter(None, map(shutil.which, names)), None)


class Served(str):
    """The address of the app, and the number of its process."""

    __slots__ = ("pid",)
    pid: int


class AppServer:
    """``python -m geo.ui.serve`` on a free port, the same one each time that it is started again.

    `folder`: The territory that it opens on, all of France for `None`. `settings` are of its environment; nobody
    answers as its geocoder, and it keeps nothing unless they say where.
    """

    def __init__(self, folder: Path | None = None, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self._given = [] if folder is None else ["--", str(folder)]
        self._settings = settings
        self._process: subprocess.Popen | None = None

    def start(self, **settings: str) -> int:
        """Start it, with more settings for this time, and wait until it answers; return the number of its process."""
        command = [sys.executable, "-m", "geo.ui.serve", "--server.headless", "true"]
        self._process = subprocess.Popen(
            [*command, "--server.address", "127.0.0.1", "--server.port", str(self._port), *self._given],
            cwd=_PROJECT,
            env=os.environ
            | {
                "MAILLAGE_GEOCODER_URL": "http://127.0.0.1:9/",
                "MAILLAGE_ROUTE_SERVICE_URL": "http://127.0.0.1:9/",
                "MAILLAGE_CACHE_DIR": os.devnull,
                "NO_PROXY": "*",
            }
            | self._settings
            | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_for(f"{self.address}/_stcore/health", self._process)
        return self._process.pid

    def end(self, sent: signal.Signals = signal.SIGTERM) -> None:
        """End it by a signal."""
        if self._process is not None:
            self._process.send_signal(sent)
            self._process.wait()


@contextmanager
def served_app(**settings: str) -> Iterator[Served]:
    """Serve the app (`AppServer`); give its address, end it after."""
    server = AppServer(**settings)
    try:
        address = Served(server.address)
        address.pid = server.start()
        yield address
    finally:
        server.end()


def _wait_for(url: str, process: subprocess.Popen) -> None:
    end = time.monotonic() + _PATIENCE_S
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=_PATIENCE_S):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    msg = "the app stopped while starting" if process.poll() is not None else "the app does not answer"
    raise RuntimeError(msg)
