"""Damage small valid files at random and read them, for ten minutes or the seconds given.

    python tests/fuzz/fuzz_readers.py [SECONDS] [--only READER] [--seed NUMBER] [--out FOLDER]

A reader passes a case when it returns a table that meets its contract or raises a `MaillageError`, in bounded time and
memory. The reading happens in a process of its own, whose memory is limited and which a watch stops: a crash or a
hang of compiled code is found too. Every failing input is kept in ``build/fuzz`` (or ``--out``), with what happened.
"""

import argparse
import collections
import faulthandler
import json
import random
import resource
import shutil
import subprocess
import sys
import time
import traceback
import warnings
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[2]
#: Seconds to make the seeds, read them and compile the searches; and to end once the time is over.
_START_S, _END_S = 300, 60
#: Bounds of one case: seconds on the clock, seconds of processor time, bytes of address space beyond those of the start.
_CLOCK_S, _PROCESSOR_S, _MEMORY_BYTES = 60, 5.0, 2_000_000_000


def main() -> int:
    """Run the readers until the time is over; return 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seconds", nargs="?", type=float, default=600.0)
    parser.add_argument("--only", help="name of one reader")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--out", type=Path, default=_PROJECT / "build" / "fuzz", help="folder of the failing inputs")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker is not None:
        _work(options.seconds, options.only, options.seed, options.worker, options.out)
        return 0
    print(f"seed {options.seed}, {options.seconds:.0f} s")
    out = options.out
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    end = time.monotonic() + options.seconds
    first = 0
    while (left := end - time.monotonic()) > 0:
        only = ["--only", options.only] if options.only else []
        command = [
            sys.executable,
            __file__,
            str(left),
            "--seed",
            str(options.seed),
            "--worker",
            str(first),
            "--out",
            str(out),
            *only,
        ]
        (out / "now.json").unlink(missing_ok=True)
        with (out / "worker.txt").open("w") as said:
            stopped = subprocess.run(command, stderr=said, check=False).returncode
        if stopped:
            first = _keep_crash(out, stopped)
    return _report(out)


def _work(seconds: float, only: str | None, seed: int, first: int, out: Path) -> None:
    """Read cases from number `first` on; every one is on disk before it is read."""
    faulthandler.dump_traceback_later(_START_S, exit=True)
    from mutations import damaged
    from readers import READERS
    from seeds import make_seeds

    warnings.simplefilter("ignore")
    seeds = {name: case for name, case in make_seeds().items() if only in {None, name}}
    others = [content for case in seeds.values() for content in case.values()]
    case_folder = out / "case"
    for name, case in seeds.items():
        _write(case_folder, case)
        READERS[name](case_folder)  # a seed is valid, and compiled code is loaded
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + _MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))

    from geo.errors import MaillageError

    spent = dict.fromkeys(seeds, 0.0)
    end = time.monotonic() + seconds
    number = first
    with (out / "cases.jsonl").open("a") as log:
        while time.monotonic() < end:
            name = min(spent, key=spent.__getitem__)  # as much time for each
            case = damaged(seeds[name], others, random.Random(f"{seed}-{number}"))
            _write(case_folder, case)
            (out / "now.json").write_text(json.dumps({"number": number, "reader": name}))
            begin, begin_processor = time.monotonic(), time.process_time()
            faulthandler.dump_traceback_later(_CLOCK_S, exit=True)
            outcome = "read"
            try:
                READERS[name](case_folder)
            except MaillageError:
                outcome = "refused"
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
                outcome = _keep(out, name, number, _signature(error), traceback.format_exc())
            faulthandler.cancel_dump_traceback_later()
            processor = time.process_time() - begin_processor
            spent[name] += time.monotonic() - begin + 1e-4
            if processor > _PROCESSOR_S:
                outcome = _keep(out, name, number, "slow", f"{processor:.1f} s of processor time")
            log.write(json.dumps({"reader": name, "outcome": outcome, "processor_s": processor}) + "\n")
            log.flush()
            number += 1
    faulthandler.dump_traceback_later(_END_S, exit=True)


def _write(folder: Path, case: dict[str, bytes]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in case.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _signature(error: BaseException) -> str:
    """Name a failure by its kind and the deepest place of the package that it went through."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).stem}:{frame.lineno}" for frame in frames if "/geo/" in frame.filename]
    places = places or [f"{Path(frames[-1].filename).stem}:{frames[-1].lineno}"]
    return f"{type(error).__name__} {places[-1]}"


def _keep(out: Path, reader: str, number: int, what: str, details: str) -> str:
    """Keep the case that was just read, once for each kind of failure."""
    place = out / f"{reader} {what}".replace(" ", "-").replace("/", "-")
    if not place.exists():
        shutil.copytree(out / "case", place)
        (place / "failure.txt").write_text(f"case {number}\n{details}")
    return f"failed: {what}"


def _keep_crash(out: Path, status: int) -> int:
    """Keep the case that ended the process; return the number of the next one."""
    said = (out / "worker.txt").read_text()
    if not (out / "now.json").exists():
        sys.exit(f"the seeds could not be made and read:\n{said}")
    now = json.loads((out / "now.json").read_text())
    what = "hang" if "Timeout" in said else f"crash {-status}"
    outcome = _keep(out, now["reader"], now["number"], what, said)
    with (out / "cases.jsonl").open("a") as log:
        log.write(json.dumps({"reader": now["reader"], "outcome": outcome, "processor_s": 0.0}) + "\n")
    return int(now["number"]) + 1


def _report(out: Path) -> int:
    cases = [json.loads(line) for line in (out / "cases.jsonl").read_text().splitlines()]
    failures = collections.Counter(
        (each["reader"], each["outcome"]) for each in cases if each["outcome"].startswith("failed")
    )
    print(f"{'reader':20} {'cases':>7} {'read':>7} {'refused':>8} {'failed':>7} {'slowest s':>10}")
    for name in sorted({each["reader"] for each in cases}):
        own = [each for each in cases if each["reader"] == name]
        counts = collections.Counter(each["outcome"].split(":")[0] for each in own)
        slowest = max(each["processor_s"] for each in own)
        print(f"{name:20} {len(own):7} {counts['read']:7} {counts['refused']:8} {counts['failed']:7} {slowest:10.2f}")
    print(f"{len(cases)} cases, {sum(failures.values())} failed")
    for (name, outcome), count in failures.items():
        print(f"  {name}: {outcome} ({count})")
    if failures:
        print(f"The inputs are in {out}")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
