"""Programs that ask the API without a pause: ``python -m tests.load.programs [SECONDS] [--programs N] [TERRITORY]``.

The API is started on the first two processors that this process may use, which the programs share: what they take
themselves is told apart. Each asks one kind of question again and again, from places and thresholds of its own.
Prints, a kind: requests a second, median and 95th percentile; then processor time a request, and memory.
"""

import argparse
import http.client
import json
import os
import random
import statistics
import threading
import time
from urllib.parse import urlsplit

from tests.load.visitors import memory_mb, processor_s
from tests.served_api import served_api

#: In the 64: every territory that holds it can be asked for them.
_COMMUNES = ("Sare", "Biarritz", "Laruns", "64504", "64310", "Oloron-Sainte-Marie", "Bedous", "Pau")
_KINDS = ("nearest", "position", "coverage", "health")


def target(kind: str, chance: random.Random) -> str:
    """Return what is asked next."""
    if kind == "nearest":
        return f"/nearest?commune={chance.choice(_COMMUNES)}&at=2026-11-24T10:00"
    if kind == "position":
        return f"/nearest?lon={chance.uniform(-1.2, -0.2):.4f}&lat={chance.uniform(43.1, 43.5):.4f}&at=2026-11-24T10:00"
    if kind == "coverage":
        return f"/coverage?threshold={chance.uniform(5, 60):.2f}"
    return "/health"


def ask(address: str, kind: str, number: int, end: float, seconds: list[float]) -> None:
    """Ask one kind of question until the time is over; each answer has to be a good one."""
    line = http.client.HTTPConnection(urlsplit(address).netloc)
    chance = random.Random(number)
    while time.monotonic() < end:
        begin = time.monotonic()
        line.request("GET", target(kind, chance))
        reply = line.getresponse()
        content = json.loads(reply.read())
        if reply.status != 200:
            raise RuntimeError(content)
        seconds.append(time.monotonic() - begin)
    line.close()


def main() -> None:
    """Start the API, ask each kind of question in turn, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seconds", nargs="?", type=float, default=20.0, help="in all")
    parser.add_argument("territory", nargs="?", help="all of France by default")
    parser.add_argument("--programs", type=int, default=8)
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with served_api(*(["--", options.territory] if options.territory else [])) as (address, process):
        print(f"memory at the start: {memory_mb(process):.0f} MB")
        for kind in _KINDS:
            seconds: list[float] = []
            begin, taken = time.monotonic(), processor_s(process)
            end = begin + options.seconds / len(_KINDS)
            programs = [
                threading.Thread(target=ask, args=(address, kind, number, end, seconds))
                for number in range(options.programs)
            ]
            for program in programs:
                program.start()
            for program in programs:
                program.join()
            lasted, taken = time.monotonic() - begin, processor_s(process) - taken
            p95 = statistics.quantiles(seconds, n=20)[-1]
            print(
                f"{kind:9} {len(seconds):6} answers, {len(seconds) / lasted:6.1f} a second, median "
                f"{1000 * statistics.median(seconds):4.0f} ms, 95th percentile {1000 * p95:4.0f} ms, processor "
                f"{1000 * taken / len(seconds):5.1f} ms each; memory {memory_mb(process):.0f} MB"
            )
    print(f"{options.programs} programs, load {', '.join(f'{average:.1f}' for average in os.getloadavg())}")


if __name__ == "__main__":
    main()
