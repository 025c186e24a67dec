"""The real app, served on this machine for those who look at it in a browser."""

import os
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


class Served(str):
    """The address of the app, and the number of its process."""

    __slots__ = ("pid",)
    pid: int


@contextmanager
def served_app(**settings: str) -> Iterator[Served]:
    """Run ``python -m geo.ui.serve`` on a free port; give its address, end it after.

    `settings` are of its environment; nobody answers as its geocoder, and it keeps nothing unless they say where.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "geo.ui.serve", "--server.headless", "true"]
    process = subprocess.Popen(
        [*command, "--server.address", "127.0.0.1", "--server.port", str(port)],
        cwd=_PROJECT,
        env=os.environ
        | {
            "MAILLAGE_GEOCODER_URL": "http://127.0.0.1:9/",
            "MAILLAGE_ROUTE_SERVICE_URL": "http://127.0.0.1:9/",
            "MAILLAGE_CACHE_DIR": os.devnull,
            "NO_PROXY": "*",
        }
        | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = Served(f"http://127.0.0.1:{port}")
    address.pid = process.pid
    try:
        _wait_for(f"{address}/_stcore/health", process)
        yield address
    finally:
        process.terminate()
        process.wait()


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
