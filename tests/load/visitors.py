"""Thirty visitors at once on the running app.

    python tests/load/visitors.py [SECONDS] [--visitors N] [--think SECONDS]

The app is started on the first two processors that this process may use, as it is in service, and visited over its
own websocket in the messages that the browser sends. Thirty screens drawn by a browser on the same two processors
were tried first: they took them whole (70 s for thirty pages to open), so that the browser was measured and not the
app. What a visitor waits for on top is the drawing by a browser of their own, measured by the browser tests.

Each visitor, again and again and in any order: asks for the sites around a commune (*Trouver*), moves the threshold
four times (*Diagnostic*), asks twice where to open new sites (*Planifier*), and reads each answer. The state of the
screen goes by the address, as when a link is opened. An interaction is timed from the question to the end of the run
of the app, with all that it sends; that the answer is the one to this visitor's question is checked.
"""

import argparse
import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from tornado.websocket import WebSocketClientConnection, websocket_connect

_PROJECT = Path(__file__).resolve().parents[2]
#: Where visitors start from: code of a commune -> its name in the answer.
_COMMUNES = {
    "64504": "Sare",
    "64122": "Biarritz",
    "64320": "Laruns",
    "23096": "Guéret",
    "29232": "Quimper",
    "38185": "Grenoble",
    "97411": "Saint-Denis",
    "2A004": "Ajaccio",
}
#: Territories that planners look at.
_TERRITORIES = ("64", "23", "29", "38", "974", "2A", "59", "48", "77", "13")
_THRESHOLDS = range(10, 61, 5)
_LABELS = range(2, 11)
_LONGEST_S = 60
#: Runs for which a browser keeps a large message (Streamlit's `global.maxCachedMessageAge`).
_KEPT_RUNS = 2


class Figures:
    """What was seen: seconds of each interaction by kind, bytes received, sentences of each error."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {"open": [], "search": [], "threshold": [], "plan": []}
        self.received = 0
        self.errors: list[str] = []


async def visit(address: str, number: int, end: float, think_s: float, figures: Figures) -> None:
    """Do as one visitor does, until the time is over."""
    chance = random.Random(number)
    try:
        await asyncio.sleep(chance.uniform(0, think_s) if number else 0)
        line = await websocket_connect(
            f"{address}/_stcore/stream",
            subprotocols=["streamlit"],
            max_message_size=10**9,
            compression_options={},  # as browsers ask
        )
        kept: dict[str, int] = {}
        await _ask(line, kept, ("", "", "open"), figures)
        while time.monotonic() < end:
            for question in questions(chance):
                await _ask(line, kept, question, figures)
                await asyncio.sleep(chance.uniform(0.5, 1.5) * think_s)
        line.close()
    except Exception as error:  # noqa: BLE001 - counted, whatever it is
        figures.errors.append(f"visitor {number}: {error!r}")


def questions(chance: random.Random) -> list[tuple[str, str, str]]:
    """Return what a visitor asks next, in any order of the screens: address, words of the answer, kind."""
    code, name = chance.choice(list(_COMMUNES.items()))
    place = f"territoire={chance.choice(_TERRITORIES)}"
    search = [(f"lieu={code}&quand=2026-11-24T10:00", f"Départ : {name} (", "search")]
    thresholds = [
        (f"ecran=diagnostic&{place}&seuil={threshold}", rf"\u00e0 {threshold}\u00a0min ou moins", "threshold")
        for threshold in chance.sample(_THRESHOLDS, 4)
    ]
    plans = [
        (f"ecran=planifier&{place}&labels={labels}&seuil={threshold}", rf"\u00e0 {threshold}\u00a0min", "plan")
        for labels, threshold in zip(chance.sample(_LABELS, 2), chance.sample(_THRESHOLDS, 2), strict=True)
    ]
    return [one for screen in chance.sample([search, thresholds, plans], 3) for one in screen]


async def _ask(
    line: WebSocketClientConnection, kept: dict[str, int], asked: tuple[str, str, str], figures: Figures
) -> None:
    """Ask for the page at an address and wait until the app has sent all of it, the expected words among it.

    `kept`: the large messages that this visitor's browser has, which are not sent again, and for how many more runs.
    """
    query, expected, kind = asked
    question = BackMsg()
    question.rerun_script.query_string = query
    question.rerun_script.cached_message_hashes.extend(kept)
    found = False
    begin = time.monotonic()
    await line.write_message(question.SerializeToString(), binary=True)
    while True:
        content = await asyncio.wait_for(line.read_message(), _LONGEST_S)
        if content is None:
            raise ConnectionError("the app hung up")  # noqa: EM101, TRY003
        figures.received += len(content)
        found = found or expected.encode() in content
        message = ForwardMsg.FromString(content)
        if message.ref_hash or message.metadata.cacheable:
            kept[message.ref_hash or message.hash] = _KEPT_RUNS + 1
        element = message.delta.new_element
        if element.HasField("exception") or element.alert.format == element.alert.ERROR:
            figures.errors.append(f"{query}: {element.exception.message or element.alert.body}")
        if message.WhichOneof("type") == "script_finished":
            break
    figures.seconds[kind].append(time.monotonic() - begin)
    for key in list(kept):
        kept[key] -= 1
        if not kept[key]:
            del kept[key]
    if not found:
        figures.errors.append(f"{query}: « {expected} » is not in the answer")


async def run(address: str, process: int, options: argparse.Namespace) -> Figures:
    """Send the visitors; print the memory of the app before, after warm-up, and along the time."""
    figures = Figures()
    print(f"memory at the start: {memory_mb(process):.0f} MB")
    warm_up = Figures()
    await visit(address, 0, time.monotonic() + 1, 0.1, warm_up)
    if warm_up.errors:
        sys.exit(f"one visitor alone fails: {warm_up.errors}")
    print(f"memory after one visitor: {memory_mb(process):.0f} MB")
    end, taken = time.monotonic() + options.seconds, processor_s(process)
    visits = [visit(address, number, end, options.think, figures) for number in range(1, options.visitors + 1)]
    gathered = asyncio.gather(*visits)
    for quarter in range(1, 4):
        await asyncio.sleep(options.seconds / 4)
        print(f"memory after {quarter}/4 of the time: {memory_mb(process):.0f} MB")
    await gathered
    print(f"memory at the end: {memory_mb(process):.0f} MB")
    taken, times = processor_s(process) - taken, sum(map(len, figures.seconds.values()))
    print(f"processor: {taken / options.seconds:.0%} of one, {taken / max(times, 1):.3f} s an interaction")
    return figures


def memory_mb(process: int) -> float:
    """Return the resident memory of a process."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1000
    return float("nan")


def processor_s(process: int) -> float:
    """Return the seconds of processor time that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Start the app, send the visitors, print the figures; return 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seconds", nargs="?", type=float, default=300.0)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--think", type=float, default=6.0, help="mean seconds between two interactions of a visitor")
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "geo.ui.serve",
        "--server.headless",
        "true",
        "--server.port",
        str(port),
    ]
    environment = os.environ | {"MAILLAGE_GEOCODER_URL": "", "MALLOC_ARENA_MAX": "2"}  # as `make app` does
    app = subprocess.Popen(
        [*command, "--server.address", "127.0.0.1"], cwd=_PROJECT, env=environment, stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/_stcore/health")
        figures = asyncio.run(run(address.replace("http", "ws", 1), app.pid, options))
    finally:
        app.terminate()
        app.wait(timeout=20)
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    print(
        f"{options.visitors} visitors, {options.seconds:.0f} s, {len(os.sched_getaffinity(0))} processors, load {load}"
    )
    together = [second for seconds in figures.seconds.values() for second in seconds]
    for kind, seconds in {**figures.seconds, "all": together}.items():
        if len(seconds) > 1:
            p95 = statistics.quantiles(seconds, n=20)[-1]
            print(
                f"{kind:10} {len(seconds):5} times, median {statistics.median(seconds):.2f} s, 95th percentile {p95:.2f} s"
            )
    print(f"{figures.received / 1e6:.0f} MB received, {len(figures.errors)} error(s)")
    for error in figures.errors[:10]:
        print(f"  {error}")
    return int(bool(figures.errors))


def wait_for(url: str) -> None:
    """Wait until the app answers."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("the app did not answer within a minute")


if __name__ == "__main__":
    sys.exit(main())
