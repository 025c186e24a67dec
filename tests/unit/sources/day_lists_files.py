"""Lists of the day as their publishers write them, made of positions of the embedded one."""

import csv
import io

from geo.sources.france_services import HOUR_COLUMNS

SITES = "/data_gouv/fr/datasets/r/31576dff-fd61-4de9-819f-32c2f880b142"
TAX_OFFICES = "/economie/api/explore/v2.1/catalog/datasets/coordonnees-des-structures-dgfip/exports/csv"


def _text(columns, rows):
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, delimiter=";", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def site_list(places, **first):
    """Return the list of sites of a facility table; `first` changes its first row, or its first ones by lists."""
    columns = (
        *("id_fs", "lib_fs", "adresse", "insee_com", "code_postal", "lib_com", "latitude", "longitude"),
        *(*HOUR_COLUMNS, "format_fs", "type_fs"),
    )
    rows = [
        {
            "id_fs": f"jour-{n}",
            "lib_fs": f"Site du jour {n}",
            "insee_com": code,
            "lib_com": "Ailleurs",
            "latitude": point.y,
            "longitude": point.x,
            "format_fs": "Fixe",
            "type_fs": "Principal",
        }
        for n, (code, point) in enumerate(zip(places["commune_code"], places.geometry, strict=True))
    ]
    for name, value in first.items():
        for row, each in zip(rows, value if isinstance(value, list) else [value], strict=False):
            row[name] = each
    return _text(columns, rows)


def tax_list(places):
    """Return the list of the DGFiP with one office at each of these places."""
    columns = (
        *("nom_du_service", "type_de_service", "adresse", "code_postal", "commune", "code_commune", "geocodage"),
        "telephone_1",
    )
    rows = [
        {
            "nom_du_service": f"SIP du jour {n}",
            "type_de_service": "Centre de Finances publiques",
            "adresse": f"{n} rue du Jour",
            "commune": code,
            "code_commune": code,
            "geocodage": f"{point.y}, {point.x}",
        }
        for n, (code, point) in enumerate(zip(places["commune_code"], places.geometry, strict=True))
    ]
    return _text(columns, rows)
