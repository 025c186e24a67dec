"""Does the wheel work where nothing of the repository is? ``python .ci/check_wheel.py [PYTHON] [--wheel FILE]``.

Builds the wheel, installs it in an empty environment elsewhere with the versions of ``requirements.txt`` (not their
checksums: a wheel built here has none), and asks it as a user would: a version, the nearest site, a diagnosis, what an
extra lacks; then with the extra `app` a plan of the app's own process, and its health address. Sizes of both
installations are printed. Part of CI (``make wheel``). PYTHON: another version of Python than this one, for instance
python3.13. Needs a package registry; leaves nothing behind.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[1]
_PIN: Final = re.compile(r"^([\w.-]+)(?:\[[^\]]*\])?(==\S+)( ; .*?)?( \\)?$")
#: Seconds that the app may take to answer, compilation included.
_PATIENCE_S: Final = 300
#: Opens *Planifier*; prints the labels of the plans that the process beside the app made for it.
_PLANNED: Final = f"""
import json
from streamlit.testing.v1 import AppTest
from geo.ui import plan_process, serve

made, plan = [], plan_process.PlanProcess.plan
plan_process.PlanProcess.plan = lambda *asked: made.append(plan(*asked)) or made[-1]
plan_process.start_plans_apart("64")
assert plan_process._Running.process._ready.wait({_PATIENCE_S})
page = AppTest.from_file(serve._APP, default_timeout={_PATIENCE_S})
page.query_params.update(territoire="64", ecran="planifier", labels="5")
failed = page.run().exception
plan_process.end_plans_apart()
print(json.dumps({{"failed": len(failed), "labels": [found and [*found.plan.labels["code"]] for found in made]}}))
"""


def constraints(folder: Path) -> Path:
    """Write the versions of the lock file without their checksums; return the file."""
    pins = [
        found for line in (_ROOT / "requirements.txt").read_text("utf-8").splitlines() if (found := _PIN.match(line))
    ]
    path = folder / "constraints.txt"
    path.write_text(
        "".join(f"{name}{version}{marker or ''}\n" for name, version, marker, _ in (p.groups() for p in pins))
    )
    return path


def built_wheel(folder: Path) -> Path:
    """Build the wheel from a copy of the repository, so that nothing is left in it; return the file."""
    copy = folder / "source"
    kept = shutil.ignore_patterns(
        ".git", ".venv", "build", "dist", "*.egg-info", "__pycache__", "france-roads", "tests"
    )
    shutil.copytree(_ROOT, copy, ignore=kept)
    run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(copy)])
    return next(folder.glob("maillage-*.whl"))


def run(command: list[str], *, where: Path | None = None, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command away from the repository; stop where it does not end as it should."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if where is not None:
        environment |= {"HOME": str(where), "XDG_CACHE_HOME": str(where / "cache"), "MAILLAGE_GEOCODER_URL": ""}
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != status:
        sys.exit(f"{' '.join(command)}\nstatus {done.returncode} instead of {status}\n{done.stdout}\n{done.stderr}")
    return done


def require(name: str, *, holds: bool) -> None:
    """Say that a check passed; stop where it did not."""
    if not holds:
        sys.exit(f"failed: {name}")
    print(f"  ok: {name}", flush=True)


def megabytes(folder: Path) -> int:
    """Return the size of a folder."""
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6)


def check_core(binaries: Path, where: Path) -> None:
    """Ask the core, which has no screens, no maps and no documents."""
    maillage = str(binaries / "maillage")
    require("--version", holds=run([maillage, "--version"], where=where).stdout.startswith("maillage "))
    help_text = run([str(binaries / "python"), "-m", "geo", "--help"], where=where).stdout
    require("python -m geo", holds="nearest" in help_text)
    require(
        "completion", holds="_MAILLAGE_COMPLETE" in run([maillage, "--show-completion", "bash"], where=where).stdout
    )
    found = json.loads(run([maillage, "nearest", "Sare", "--json"], where=where).stdout)
    require("nearest Sare", holds=found["search"]["places"][0]["commune_code"] == "64504" and len(found["sites"]) > 0)
    told = json.loads(run([maillage, "diagnose", "64", "--json"], where=where).stdout)
    require("diagnose 64: 545 communes, true contours", holds=told["communes"] == 545)  # noqa: PLR2004 - of the INSEE
    for command, extra in ((["report", "64", "--out", "here"], "report"), (["app"], "app"), (["api"], "api")):
        said = run([maillage, *command], where=where, status=2).stderr
        require(f"{command[0]} says that it needs {extra}", holds=f"maillage[{extra}]" in said)
    require("nothing is written half", holds=not (where / "here").exists())


def check_app(binaries: Path, where: Path) -> None:
    """Have the app make a plan in its process beside it, and get 200 from its health address and of a file."""
    maillage = str(binaries / "maillage")
    alone = json.loads(run([maillage, "plan", "64", "--new", "5", "--json"], where=where).stdout)
    planned = json.loads(run([str(binaries / "python"), "-c", _PLANNED], where=where).stdout)
    labels = [label["code"] for label in alone["selected"]]
    require("a plan beside the app", holds=planned == {"failed": 0, "labels": [labels]})
    run([maillage, "diagnose", "64", "--out", "here"], where=where)
    require("diagnose --out", holds=(where / "here" / "map.html").is_file())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"HOME": str(where), "XDG_CACHE_HOME": str(where / "cache"), "MAILLAGE_GEOCODER_URL": ""}
    environment.pop("PYTHONPATH", None)
    with (where / "log").open("w") as log:
        served = subprocess.Popen(
            [maillage, "app", "--port", str(port)], cwd=where, env=environment, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        for path in ("_stcore/health", "app/static/leaflet/leaflet.js"):
            require(f"200 from /{path}", holds=status_of(f"http://127.0.0.1:{port}/{path}", served) == 200)  # noqa: PLR2004
    finally:
        os.killpg(served.pid, 15)
        served.wait()


def status_of(address: str, served: subprocess.Popen[bytes]) -> int:
    """Return the status of an address once it answers, 0 where it never does."""
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end and served.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return int(answer.status)
        except OSError:
            time.sleep(1)
    return 0


def main() -> None:
    """Run the whole check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", nargs="?", default=sys.executable)
    parser.add_argument("--wheel", type=Path, help="a wheel that is built already")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = options.wheel or built_wheel(folder)
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.0f} MB", flush=True)
        run([options.python, "-m", "venv", str(folder / "env")])
        binaries, where = folder / "env" / "bin", folder / "elsewhere"
        where.mkdir()
        # Python compiles the modules that are used: all those of the libraries take half a minute, and 150 to 200 MB.
        pip = [str(binaries / "python"), "-m", "pip", "install", "--quiet", "--no-compile"]
        install = [*pip, "--constraint", str(constraints(folder))]
        for extra, check in (("", check_core), ("[app]", check_app)):
            run([*install, f"maillage{extra} @ {wheel.as_uri()}"])
            check(binaries, where)
            size = megabytes(folder / "env")
            print(f"maillage{extra}, installed: {size} MB, of the compiled modules those that were used", flush=True)


if __name__ == "__main__":
    main()
