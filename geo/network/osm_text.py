"""Write the roads of OpenStreetMap extracts as lines of text (OPL) to standard output.

Run as a program of its own, ``python osm_text.py WHAT FILE...``, by `geo.network.osm_extracts`: osmium
works on one core while the lines are read on another, its memory is given back when it ends, and
a damaged file that stops it stops nothing else. So it imports nothing but osmium.

WHAT is ``placed``: nodes with tags that may matter come first, then the ways that have the key ``highway``, each node
with its place, and behind those of each file a way with one tag (`_END_OF_FILE`). Where osmium does not find the place
of some nodes, the files are read again: ``ways`` writes the ways with the places that they tell themselves, ``all``
every node before them (osmium does not look up those numbered below zero). The last line on standard error is JSON: the
day of the data of each file (empty: the file does not say), or which file could not be read and why (``history``: it
holds past versions).
"""

from __future__ import annotations

import json
import os
import sys

import osmium

#: Parts of a file that osmium holds between two of its steps (at least 2, by default 20): it decodes faster than
#: its lines are read, and would end up holding most of them.
_WAITING_PARTS = {f"OSMIUM_MAX_{step}_QUEUE_SIZE": "2" for step in ("INPUT", "OSMDATA", "OUTPUT", "WORK")}


_ENDINGS = (".pbf", ".osm", ".osm.bz2", ".osm.gz", ".xml", ".xml.bz2", ".xml.gz")
_ACCESS_KEYS = [
    f"{key}{direction}"
    for key in ("access", "vehicle", "motor_vehicle", "motorcar")
    for direction in ("", ":forward", ":backward")
]
#: Keys of the nodes that are written: those that stop cars have one of them, and so have traffic lights.
_NODE_KEYS = ("highway", "barrier", *_ACCESS_KEYS)


#: The only tag of the way that stands behind those of each file.
_END_OF_FILE = ("maillage", "end_of_file")


def main(what: str, paths: list[str]) -> None:
    """Write the roads of extracts, and end the program."""
    os.environ.update(_WAITING_PARTS)
    places = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    places.ignore_errors()
    tagged = osmium.filter.KeyFilter(*_NODE_KEYS)
    # Of any class: a street that is closed today, in works or proposed, must be told from one that is not there.
    roads = osmium.filter.KeyFilter("highway")
    writer = osmium.SimpleWriter(osmium.io.File("-", "opl,add_metadata=false,locations_on_ways=true"))
    days = []
    file = 0
    try:
        # A way may pass through nodes that only another extract holds: all nodes come first.
        steps = {
            "placed": ((osmium.osm.NODE, (places, tagged)), (osmium.osm.WAY, (places, roads))),
            "ways": ((osmium.osm.WAY, (roads,)),),
            "all": ((osmium.osm.NODE, ()), (osmium.osm.WAY, (roads,))),
        }
        for kind, handlers in steps[what]:
            for file, path in enumerate(paths):
                with osmium.io.Reader(_named(path), kind) as reader:
                    if reader.header().has_multiple_object_versions:
                        _stop(file, "history")
                    osmium.apply(reader, *handlers, writer)
                    if kind == osmium.osm.NODE:
                        days.append(reader.header().get("osmosis_replication_timestamp")[:10])
                    elif what == "placed":
                        writer.add_way(osmium.osm.mutable.Way(id=1, tags=[_END_OF_FILE]))
        writer.close()
    except Exception as error:  # noqa: BLE001 - whatever stops it is told
        _stop(file, str(error))
    _say({"days": days})


def _named(path: str) -> osmium.io.File:
    """Return a file with its format, which osmium tells from endings in small letters only."""
    for ending in _ENDINGS:
        if path.lower().endswith(ending) and not path.endswith(ending):
            return osmium.io.File(path, ending[1:])
    return osmium.io.File(path)


def _stop(file: int, error: str) -> None:
    _say({"file": file, "error": error})
    os._exit(1)  # osmium's writer, destroyed after an error, would abort the program


def _say(words: dict[str, object]) -> None:
    sys.stderr.write(json.dumps(words) + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
