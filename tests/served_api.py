"""The API, served on this machine for those who ask it over HTTP."""

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


@contextmanager
def served_api(*options: str) -> Iterator[tuple[str, int]]:
    """Serve it with these options on a free port; give its address and its process once it answers; end it after."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "geo.api.serve", "--port", str(port), "--per-minute", "1000000000", *options]
    process = subprocess.Popen(command, cwd=_PROJECT, env=os.environ | {"MALLOC_ARENA_MAX": "2"})
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                urllib.request.urlopen(f"{address}/health").close()
                break
            except (urllib.error.URLError, ConnectionError):
                if process.poll() is not None:
                    sys.exit("the API stopped while starting")
                time.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait()
