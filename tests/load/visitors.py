"""Sixty visitors at once on the running app.

    python tests/load/visitors.py [SECONDS] [--visitors N] [--think SECONDS] [--arrive SECONDS] [--processes N]

With several processes each is an app of its own behind one address: nginx, as `.ci/container/nginx.conf` sets it up. The
app is started on the first two processors that this process may use, as it is in service, and visited over its
own websocket in the messages that the browser sends. The visitors have the other processors; where there are only two
they share them with the app, and what they take is told. Thirty screens drawn by a browser on the same two processors
were tried first: they took them whole (70 s for thirty pages to open), so that the browser was measured and not the
app. What a visitor waits for on top is the drawing by a browser of their own, measured by the browser tests.

Harder than use on one point, on purpose: territory, threshold and labels are drawn evenly, so that five plans of six
were asked for by nobody before (277 of sixty visitors: 232 different), where most people first look at the usual plan of
their own département, which is made once for all. Thresholds (110 different) and searches (8) are mostly shared.

All arrive within one think time, which is the worst, or within ``--arrive``: the first page is an *opening*. Then each
visitor, again and again and in any order: asks for the sites around a commune (*Trouver*), moves the threshold
four times (*Diagnostic*), asks twice where to open new sites (*Planifier*), and reads each page, the first one too,
before the next question. The state of the
screen goes by the address, as when a link is opened. An interaction is timed from the question to the end of the run
of the app, with all that it sends; that the answer is the one to this visitor's question is checked.
"""

import argparse
import asyncio
import contextlib
import os
import random
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

_PROJECT = Path(__file__).resolve().parents[2]
_PROXY = _PROJECT / ".ci" / "container" / "nginx.conf"
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
#: Runs for which a browser keeps a large message.
_KEPT_RUNS = tomllib.loads((_PROJECT / ".streamlit" / "config.toml").read_text())["global"]["maxCachedMessageAge"]


class Figures:
    """What was seen: seconds of each interaction by kind, bytes received, sentences of each error."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {"open": [], "search": [], "threshold": [], "plan": []}
        self.received = 0
        self.errors: list[str] = []


async def visit(address: str, number: int, end: float, think_s: float, arrive_s: float, figures: Figures) -> None:
    """Do as one visitor does, who arrives within some seconds, until the time is over."""
    chance = random.Random(number)
    try:
        await asyncio.sleep(chance.uniform(0, arrive_s))
        page = await AsyncHTTPClient().fetch(f"{address}/")
        cookies = "; ".join(cookie.partition(";")[0] for cookie in page.headers.get_list("Set-Cookie"))
        line = await websocket_connect(
            HTTPRequest(f"{address.replace('http', 'ws', 1)}/_stcore/stream", headers={"Cookie": cookies}),
            subprotocols=["streamlit"],
            max_message_size=10**9,
            compression_options={},  # as browsers ask
        )
        kept: dict[str, int] = {}
        await _ask(line, kept, ("", "", "open"), figures)
        await asyncio.sleep(chance.uniform(0.5, 1.5) * think_s)
        asked: list[tuple[str, str, str]] = []
        while time.monotonic() < end:
            asked = asked or questions(chance)
            await _ask(line, kept, asked.pop(0), figures)
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


async def run(address: str, processes: list[int], options: argparse.Namespace) -> Figures:
    """Send the visitors; print the memory of the app before, after warm-up, and along the time."""
    figures = Figures()
    print(f"memory at the start: {memory_text(processes)}")
    warm_up = Figures()
    await visit(address, 0, time.monotonic() + 3, 0.1, 0.0, warm_up)
    if warm_up.errors:
        sys.exit(f"one visitor alone fails: {warm_up.errors}")
    print(f"memory after one visitor: {memory_text(processes)}")
    begin, taken, own = time.monotonic(), sum(map(processor_s, processes)), own_processor_s()
    plans_taken = sum(map(processor_s, beside(processes)))
    end = begin + options.seconds
    arrive_s = options.think if options.arrive is None else options.arrive
    visits = [
        visit(address, number, end, options.think, arrive_s, figures) for number in range(1, options.visitors + 1)
    ]
    gathered = asyncio.gather(*visits)
    for quarter in range(1, 4):
        await asyncio.sleep(options.seconds / 4)
        print(f"memory after {quarter}/4 of the time: {memory_text(processes)}")
    await gathered
    print(f"memory at the end: {memory_text(processes)}")
    lasted = time.monotonic() - begin
    taken, times = sum(map(processor_s, processes)) - taken, sum(map(len, figures.seconds.values()))
    plans_taken = sum(map(processor_s, beside(processes))) - plans_taken
    print(f"processor of the app: {taken / lasted:.0%} of one, {taken / max(times, 1):.3f} s an interaction")
    print(
        f"processor of its plans beside: {plans_taken / lasted:.0%} of one, "
        f"{plans_taken / max(len(figures.seconds['plan']), 1):.3f} s a plan"
    )
    print(f"processor of the visitors themselves: {(own_processor_s() - own) / lasted:.0%} of one")
    return figures


def memory_text(processes: list[int]) -> str:
    """Return the memory of the processes, and of those of their plans, in words; and what all share counted once."""
    plans = beside(processes)
    app, apart, once = (
        sum(map(memory, which))
        for memory, which in ((memory_mb, processes), (memory_mb, plans), (proportional_mb, [*processes, *plans]))
    )
    return f"{app:.0f} MB and {apart:.0f} MB beside for plans, {once:.0f} MB in all with what they share counted once"


def beside(processes: list[int]) -> list[int]:
    """Return the processes that these have started: those that make their plans (`geo.ui.plan_process`)."""
    started = [file.read_text() for each in processes for file in Path(f"/proc/{each}/task").glob("*/children")]
    return [int(number) for text in started for number in text.split()]


def memory_mb(process: int) -> float:
    """Return the resident memory of a process."""
    return _kilobytes(Path(f"/proc/{process}/status"), "VmRSS") / 1000


def proportional_mb(process: int) -> float:
    """Return the memory of a process, its part only of each page that it shares."""
    return _kilobytes(Path(f"/proc/{process}/smaps_rollup"), "Pss") / 1000


def _kilobytes(file: Path, name: str) -> float:
    found = [line.split()[1] for line in file.read_text().splitlines() if line.startswith(f"{name}:")]
    return float(found[0]) if found else float("nan")


def processor_s(process: int) -> float:
    """Return the seconds of processor time that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def own_processor_s() -> float:
    """Return the seconds of processor time that this process, that of the visitors, has taken."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> int:
    """Start the app, send the visitors, print the figures; return 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seconds", nargs="?", type=float, default=120.0)
    parser.add_argument("--visitors", type=int, default=60)
    parser.add_argument("--think", type=float, default=6.0, help="mean seconds between two interactions of a visitor")
    parser.add_argument("--arrive", type=float, help="seconds within which all arrive; by default those of --think")
    parser.add_argument("--processes", type=int, default=1, help="of the app; several need nginx")
    options = parser.parse_args()
    processors = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, processors[:2])
    with contextlib.ExitStack() as started:
        apps = [started.enter_context(served(port)) for port in free_ports(options.processes)]
        address = apps[0][0]
        for each, _ in apps:
            wait_for(f"{each}/_stcore/health")
        if options.processes > 1:
            address = started.enter_context(one_address([each for each, _ in apps]))
            wait_for(f"{address}/_stcore/health")
        os.sched_setaffinity(0, processors[2:] or processors)
        figures = asyncio.run(run(address, [process for _, process in apps], options))
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    print(
        f"{options.visitors} visitors, {options.seconds:.0f} s, {options.processes} process(es) of the app on "
        f"{len(processors[:2])} processors, {'shared with' if len(processors) <= 2 else 'others for'} the visitors, load {load}"
    )
    questions_s = [second for kind, seconds in figures.seconds.items() if kind != "open" for second in seconds]
    together = [*figures.seconds["open"], *questions_s]
    for kind, seconds in {**figures.seconds, "questions": questions_s, "all": together}.items():
        if len(seconds) > 1:
            p95 = statistics.quantiles(seconds, n=20)[-1]
            print(
                f"{kind:10} {len(seconds):5} times, median {statistics.median(seconds):.2f} s, 95th percentile {p95:.2f} s"
            )
    print(f"{figures.received / 1e6:.0f} MB received, {len(figures.errors)} error(s)")
    for error in figures.errors[:10]:
        print(f"  {error}")
    return int(bool(figures.errors))


@contextlib.contextmanager
def served(port: int) -> Iterator[tuple[str, int]]:
    """Serve the app at a port; give its address and its process."""
    command = [sys.executable, "-m", "geo.ui.serve", "--server.headless", "true", "--server.port", str(port)]
    environment = os.environ | {"MAILLAGE_GEOCODER_URL": "", "MALLOC_ARENA_MAX": "2"}  # as `make app` does
    app = subprocess.Popen(
        [*command, "--server.address", "127.0.0.1"], cwd=_PROJECT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield f"http://127.0.0.1:{port}", app.pid
    finally:
        app.terminate()
        app.wait(timeout=20)


@contextlib.contextmanager
def one_address(apps: list[str]) -> Iterator[str]:
    """Serve these apps at one address, each visitor always the same one; give the address."""
    if shutil.which("nginx") is None:
        sys.exit("--processes needs nginx: apt-get install nginx-light")
    (port,) = free_ports(1)
    servers = "\n".join(f"    server {urlsplit(app).netloc};" for app in apps)
    text = re.sub(r"    server 127[^}]*;", servers, _PROXY.read_text(encoding="utf-8"), count=1)
    text = text.replace("listen 127.0.0.1:8080;", f"listen 127.0.0.1:{port};")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "site.conf").write_text(text, encoding="utf-8")
        Path(folder, "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log stderr error;\n"
            f"events {{}}\nhttp {{ access_log off; include {folder}/site.conf; }}\n",
            encoding="utf-8",
        )
        proxy = subprocess.Popen(["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"])
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            proxy.terminate()
            proxy.wait(timeout=20)


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens at."""
    with contextlib.ExitStack() as probes:
        sockets = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in sockets]


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
