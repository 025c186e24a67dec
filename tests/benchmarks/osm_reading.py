"""Reading an OpenStreetMap extract to a road network: seconds and memory beside pyrosm and osmnx.

    python tests/benchmarks/osm_reading.py FILE.osm.pbf [--pyrosm PYTHON] [--osmnx] [--rounds N]

Each reader runs in a process of its own, one after the other, `--rounds` times; the best round counts. All readers'
modules are kept as bytecode in one folder, as after any installation; the first round writes them.
`--pyrosm` names the Python of an environment where pyrosm is installed (it is no dependency of this project).
osmnx reads XML, which is written beforehand and not counted, and takes minutes over large files.

Printed for each reader: seconds of the call alone; seconds of the whole process with its imports; seconds of processor
time, which other work on the machine changes less; the highest memory of the process and those that it starts, together
and with their imports (sampled; Linux only); and the first reader's share of each.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: What each reader does: imports, then the call that is timed. `path` is the file.
READERS = {
    "maillage, routable and contracted": (
        "from geo.network import read_osm",
        "network = read_osm(path); said = f'{network.n_nodes} nodes, {network.n_edges} edges'",
    ),
    "pyrosm, ways only": (
        "import pyrosm",
        "ways = pyrosm.OSM(path).get_network('driving'); said = f'{len(ways)} ways, pyrosm {pyrosm.__version__}'",
    ),
    "pyrosm, nodes and edges": (
        "import pyrosm",
        "nodes, edges = pyrosm.OSM(path).get_network('driving', nodes=True); said = f'{len(nodes)} nodes, {len(edges)} edges'",
    ),
    "osmnx, simplified graph": (
        "import osmnx, warnings; warnings.simplefilter('ignore')",
        "graph = osmnx.graph_from_xml(path, retain_all=True); said = f'{len(graph)} nodes, {graph.size()} edges'",
    ),
}
PROGRAM = """
import json, sys, time
path = sys.argv[1]
{imports}
begin = time.perf_counter()
{call}
print(json.dumps([time.perf_counter() - begin, said]))
"""


def main() -> None:
    """Run the readers and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", type=Path)
    options.add_argument("--pyrosm", metavar="PYTHON", help="Python of an environment with pyrosm")
    options.add_argument("--osmnx", action="store_true", help="compare osmnx too (small files)")
    options.add_argument("--rounds", type=int, default=2)
    given = options.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "bytecode")
        runs = {}
        for reader in READERS:
            kind = reader.partition(",")[0]
            python, path = sys.executable, given.file
            if kind == "pyrosm":
                python = given.pyrosm or sys.executable
            if kind == "osmnx":
                if not given.osmnx:
                    continue
                path = as_xml(given.file, Path(folder) / "roads.osm")
            if subprocess.run(
                [python, "-c", READERS[reader][0]], cwd=ROOT, capture_output=True, check=False
            ).returncode:
                print(f"{reader}: left out, {kind} is not installed for {python}.")
                continue
            runs[reader] = (python, path)
        rounds = [{reader: run(*how, reader) for reader, how in runs.items()} for _ in range(given.rounds)]

    print(f"{given.file.name}, {given.file.stat().st_size / 1e6:.1f} MB, best of {given.rounds} rounds")
    names = ("call s", "process s", "CPU s", "peak MB")
    print(f"{'':36}" + "".join(f"{name:>11}" for name in (*names, "call", "process", "CPU", "memory")))
    best = {
        reader: [min(column) for column in zip(*(each[reader][:4] for each in rounds), strict=True)] for reader in runs
    }
    first = next(iter(best.values()))
    for reader, figures in best.items():
        ratios = [ours / theirs if theirs else float("nan") for ours, theirs in zip(first, figures, strict=True)]
        print(f"{reader:36}" + "".join(f"{each:11.2f}" for each in (*figures, *ratios)) + f"  {rounds[0][reader][4]}")


def run(python: str, path: Path, reader: str) -> tuple[float, float, float, float, str]:
    """Return seconds of the call, of the process, of processor time, peak memory in MB, and what the reader found."""
    imports, call = READERS[reader]
    program = [python, "-c", PROGRAM.format(imports=imports, call=call), str(path.resolve())]
    begin, cpu = time.perf_counter(), cpu_seconds()
    peak = 0.0
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak = max(peak, memory_mb(process.pid))
            time.sleep(0.02)
        seconds = time.perf_counter() - begin
        out, err = process.communicate()
    if process.returncode:
        sys.exit(f"{reader} failed:\n{err}")
    call_seconds, said = json.loads(out.splitlines()[-1])
    return call_seconds, seconds, cpu_seconds() - cpu, peak, said


def cpu_seconds() -> float:
    """Return the processor time of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory_mb(process: int) -> float:
    """Return the memory of a process and of all that it started, in MB; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:  # it has just ended
        return 0.0
    resident = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")]
    return sum(resident) / 1024 + sum(memory_mb(int(child)) for child in children)


def as_xml(file: Path, xml: Path) -> Path:
    """Write the nodes and the tagged streets of an extract in the XML that osmnx reads."""
    import osmium

    with osmium.BackReferenceWriter(xml, ref_src=file) as writer:
        for way in osmium.FileProcessor(file, osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway")):
            writer.add(way)
    return xml


if __name__ == "__main__":
    main()
