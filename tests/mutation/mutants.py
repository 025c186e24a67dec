"""Would the tests notice a small error? Mutants of the packages that measure and plan: a fixed sample, each tried once.

``make mutants`` (PACKAGES="access siting", SAMPLE=60, SEED=1). cosmic-ray says what the mutants are; they are tried here
because its own runner starts Python, the libraries and their compiled loops again for each. A mutant is never written to
the tree: a child process reads its text in the place of the module. It runs those tests of its package (`TESTS`) that
call the changed function, until one fails.

A place of the source gives at most one mutant. Left out: annotations, decorators that only make things faster, what is
imported for the checker of types alone, and what only guards against slips of whoever writes (options of a dataclass,
`strict` of `zip`). Those that no test can tell from the original are listed, with the reason, in ``equivalent.toml``.
"""

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import cosmic_ray.plugins
import numba
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).resolve().parents[2]
#: The lowest first: what is below the others is loaded once for them.
PACKAGES = ("network", "access", "siting", "finder")
#: Imported once, before the children are made.
LIBRARIES = (
    "geopandas",
    "networkx",
    "opening_hours",
    "osmium",
    "pandera.pandas",
    "pydantic",
    "scipy.sparse.csgraph",
    "scipy.spatial",
)
#: The tests of each package.
TESTS = {
    "network": (
        "tests/unit/network",
        *(
            f"tests/property/test_{name}.py"
            for name in ("assemble", "kernels", "road_network", "routes", "shortest_paths")
        ),
    ),
    "access": ("tests/unit/access",),
    "siting": (
        "tests/unit/siting",
        "tests/unit/report/test_plan_reading.py",
        *(f"tests/property/test_{name}.py" for name in ("scenarios", "siting")),
    ),
    "finder": (
        "tests/unit/finder",
        *(f"tests/property/test_{name}.py" for name in ("gazetteer", "opening_times")),
    ),
}
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
#: Kept between two calls: an estimate of all road times that a mutant could make again, wrongly.
ROADS = ROOT / "static" / "france-roads"
#: Decorators without which the same is computed, slower.
FASTER = frozenset({"cache", "lru_cache", "compiled", "functools.cache", "functools.lru_cache"})


@dataclass(frozen=True)
class Mutant:
    """One change of one module: `before` and `after` are the line, `line` its number, `text` the whole module."""

    package: str
    module: str
    operator: str
    line: int
    before: str
    after: str
    text: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What the list of equivalent mutants knows it by."""
        return f"{self.package}/{self.module}", self.before, self.after


def left_out(text):
    """Return a function that tells whether a position (line, column) of a module is not to be changed."""
    spans = []
    for node in ast.walk(ast.parse(text)):
        for field in ("annotation", "returns"):
            note = getattr(node, field, None)
            if note is not None:
                spans.append(note)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            spans.append(node)
        decorators = getattr(node, "decorator_list", ())
        spans += [each for each in decorators if ast.unparse(each).partition("(")[0] in FASTER]
    bounds = [((node.lineno, node.col_offset - 1), (node.end_lineno, node.end_col_offset)) for node in spans]
    return lambda position: any(start <= position <= end for start, end in bounds)


def mutants_of(package, path):
    """Return the mutants of a module by place: {position: [(operator, occurrence)]}."""
    text = path.read_text("utf-8")
    skipped = left_out(text)
    tree = get_ast(text)
    places = defaultdict(list)
    for name in sorted(cosmic_ray.plugins.operator_names()):
        operator = cosmic_ray.plugins.get_operator(name)
        if operator.arguments():
            continue
        positions = (start for node in ast_nodes(tree) for start, _ in operator().mutation_positions(node))
        for occurrence, start in enumerate(positions):
            if not skipped(start):
                places[package, path.stem, *start].append((name, occurrence))
    return places


def sample(package, size, seed):
    """Return so many mutants of a package, at most one of a place, the same for the same source and seed."""
    folder = ROOT / "geo" / package
    places = {}
    for path in sorted(folder.glob("*.py")):
        places |= mutants_of(package, path)
    drawn = random.Random(f"{seed} {package}")
    order = sorted(places)
    drawn.shuffle(order)
    found = []
    for place in order:
        name, occurrence = drawn.choice(places[place])
        path = folder / f"{place[1]}.py"
        text = path.read_text("utf-8")
        changed = mutate_code(text, cosmic_ray.plugins.get_operator(name)(), occurrence)
        if changed is None or guards(text) != guards(changed):
            continue
        old, new = text.splitlines(), changed.splitlines()
        at = next((n for n, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), place[2] - 1)
        found.append(Mutant(package, path.stem, name, at + 1, old[at].strip(), new[at].strip(), changed))
        if len(found) == size:
            break
    return found, len(places)


def guards(text):
    """Return what in a module guards against slips, as written: options of dataclasses, `strict` of `zip`; `None`: it is no Python."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"dataclass", "field", "zip"}
    ]
    return [[ast.unparse(keyword) for keyword in call.keywords] for call in calls]


class Changed(importlib.machinery.SourceFileLoader):
    """Gives the changed text of a module for its own."""

    changed = ""

    def get_code(self, fullname):
        del fullname
        return compile(self.changed, self.path, "exec", dont_inherit=True)


class Finder(importlib.abc.MetaPathFinder):
    """Finds the changed module before anybody finds the original."""

    def __init__(self, mutant):
        self.name = f"geo.{mutant.package}.{mutant.module}"
        self.path = str(ROOT / "geo" / mutant.package / f"{mutant.module}.py")
        self.text = mutant.text

    def find_spec(self, fullname, path=None, target=None):
        del path, target
        if fullname != self.name:
            return None
        loader = Changed(fullname, self.path)
        loader.changed = self.text
        return importlib.util.spec_from_file_location(fullname, self.path, loader=loader)


class Only:
    """Runs these tests alone, the fastest first."""

    def __init__(self, tests, seconds):
        self.tests, self.seconds = set(tests), seconds

    def pytest_collection_modifyitems(self, items):
        items[:] = sorted(
            (item for item in items if item.nodeid in self.tests), key=lambda item: self.seconds[item.nodeid]
        )


class Calls:
    """Notes which functions of a package each test calls, {"module:first line": [tests]}, and the seconds of each test."""

    def __init__(self, package, where):
        self.prefix, self.where = f"{ROOT / 'geo' / package}{os.sep}", where
        self.calls, self.seconds = defaultdict(dict), defaultdict(float)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item):
        def note(frame, event, _):
            if event == "call" and frame.f_code.co_filename.startswith(self.prefix):
                code = frame.f_code
                self.calls[f"{Path(code.co_filename).stem}:{code.co_firstlineno}"][item.nodeid] = None

        sys.setprofile(note)
        yield
        sys.setprofile(None)

    def pytest_runtest_logreport(self, report):
        self.seconds[report.nodeid] += report.duration

    def pytest_sessionfinish(self):
        calls = {key: list(tests) for key, tests in self.calls.items()}
        self.where.write_text(json.dumps({"calls": calls, "seconds": self.seconds}))


def load_what_is_below():
    """Load the territories and their compiled searches, which are below the three other packages."""
    territory = importlib.import_module("geo.territory").Territory
    territory.load("64").travel_times()
    loaded = [name for name in sys.modules if name.split(".")[:2] in [["geo", package] for package in PACKAGES[1:]]]
    if loaded:
        sys.exit(f"Loaded too early to be changed: {', '.join(loaded)}")


def in_child(paths, plugin, log, timeout, mutant=None):
    """Run the tests of these paths in a child process; return its status, -1 where it took too long, and the seconds."""
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        with log.open("w") as stream:
            os.dup2(stream.fileno(), 1)
            os.dup2(stream.fileno(), 2)
        status = 3
        with tempfile.TemporaryDirectory() as kept:
            try:
                if mutant is not None:
                    sys.meta_path.insert(0, Finder(mutant))
                    if mutant.package == "network" and "@compiled" in mutant.text:
                        # The loops that call a changed one are kept under the name of the unchanged: compiled anew.
                        numba.config.CACHE_DIR = kept
                options = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
                status = int(pytest.main([*options, *paths], [plugin]))
            except BaseException as error:  # noqa: BLE001 - whatever a mutant raises kills it
                print(repr(error))
        sys.stdout.flush()
        os._exit(status)
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        seconds = time.monotonic() - began
        if done:
            return os.waitstatus_to_exitcode(status), seconds
        if seconds > timeout:
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return -1, seconds
        time.sleep(0.05)


def tests_of(mutant, calls, every):
    """Return the tests, of `every`, that call the function that a mutant changes; where none is known to, those of its module.

    A compiled loop is called by the modules that name its own; a module of which no call is seen has all the tests.
    """
    tree = ast.parse((ROOT / "geo" / mutant.package / f"{mutant.module}.py").read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in functions:
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        if first <= mutant.line <= node.end_lineno and f"{mutant.module}:{first}" in calls:
            return calls[f"{mutant.module}:{first}"]
    modules = {mutant.module}
    if "@compiled" in mutant.text:
        folder = ROOT / "geo" / mutant.package
        modules |= {path.stem for path in folder.glob("*.py") if mutant.module in path.read_text("utf-8")}
    chosen = [test for key, tests in calls.items() if key.partition(":")[0] in modules for test in tests]
    named = [test for test in every if f"/test_{mutant.module}.py::" in test]
    return [*chosen, *named] or every


def roads_kept(copy):
    """Return the estimate of all road times to what it was, where a mutant changed it."""
    if not copy.exists():
        return
    stamp = {path.name: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file()}
    if not ROADS.exists() or stamp != {
        path.name: path.stat().st_mtime_ns for path in ROADS.rglob("*") if path.is_file()
    }:
        shutil.rmtree(ROADS, ignore_errors=True)
        shutil.copytree(copy, ROADS)


def main():
    """Try the sample; print each that survives, then the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", default=PACKAGES)
    parser.add_argument("--sample", type=int, default=60, help="mutants a package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--survivors", action="store_true", help="take those killed at the last run as killed")
    parser.add_argument("--tests", nargs="*", help="paths of tests, in place of all those of each package")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "mutants", help="folder of what is found")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    reasons = tomllib.loads(EQUIVALENT.read_text("utf-8"))["mutant"]
    equivalent = {(row["module"], row["before"], row["after"]) for row in reasons}
    rows = []
    os.chdir(ROOT)
    for library in LIBRARIES:
        importlib.import_module(library)
    with tempfile.TemporaryDirectory() as kept:
        copy = Path(kept) / "roads"
        if ROADS.exists():
            shutil.copytree(ROADS, copy)
        for package in sorted(asked.packages, key=PACKAGES.index):
            if package != "network":
                load_what_is_below()
            rows.append(try_package(package, asked, equivalent, copy))
    print("\n| package | places | mutants | killed | equivalent | share killed |\n|---|---|---|---|---|---|")
    for package, places, tried, killed, same in rows:
        share = f"{killed / (tried - same):.0%}" if tried > same else "-"
        print(f"| `{package}` | {places:,} | {tried} | {killed} | {same} | {share} |")


def try_package(package, asked, equivalent, copy):
    """Try the mutants of one package."""
    mutants, places = sample(package, asked.sample, asked.seed)
    known = asked.out / f"{package}-killed.json"
    before = {tuple(row) for row in json.loads(known.read_text())} if asked.survivors and known.exists() else set()
    calls_file, log = asked.out / f"{package}-calls.json", asked.out / f"{package}.log"
    status, seconds = in_child(asked.tests or TESTS[package], Calls(package, calls_file), log, 3600)
    if status:
        sys.exit(f"The tests of {package} do not pass on the code as it is: {log}")
    print(f"{package}: {len(mutants)} mutants; its tests take {seconds:.0f} s", flush=True)
    noted = json.loads(calls_file.read_text())
    killed, same = [], 0
    for number, mutant in enumerate(mutants, 1):
        if mutant.key in equivalent:
            same += 1
            continue
        if mutant.key in before:
            killed.append(mutant.key)
            continue
        tests = tests_of(mutant, noted["calls"], list(noted["seconds"]))
        paths = sorted({test.partition("::")[0] for test in tests})
        patience = 5 * sum(noted["seconds"][test] for test in set(tests)) + 120
        status, took = in_child(paths, Only(tests, noted["seconds"]), log, patience, mutant)
        roads_kept(copy)
        lines = log.read_text(errors="replace").splitlines()
        by = next((line for line in reversed(lines) if line.startswith(("FAILED", "ERROR"))), f"status {status}")[:140]
        if status:
            killed.append(mutant.key)
        said = f"killed   {took:4.0f} s" if status else f"SURVIVED {took:4.0f} s"
        print(f"{number:3} {said} {package}/{mutant.module}:{mutant.line} {mutant.operator}", flush=True)
        print(f"      - {mutant.before}\n      + {mutant.after}\n      {by}", flush=True)
    known.write_text(json.dumps(killed, indent=1))
    return package, places, len(mutants), len(killed), same


if __name__ == "__main__":
    main()
