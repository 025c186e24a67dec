"""Fixtures shared by all tests."""

import csv
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

FRANCE_SERVICES_COLUMNS = [
    "id_fs",
    "insee_dep",
    "lib_fs",
    "adresse",
    "complement_adresse",
    "insee_com",
    "code_postal",
    "lib_com",
    "latitude",
    "longitude",
    "mail",
    "telephone",
    "h_lundi",
    "h_mardi",
    "h_mercredi",
    "h_jeudi",
    "h_vendredi",
    "h_samedi",
    "prise_rdv",
    "commentaire",
    "type_fs",
    "format_fs",
    "groupe_fs",
    "labellisation_fs",
]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of official files for trials; skips where it is not beside the project."""
    if not _SHARED.is_dir():
        pytest.skip("the folder ../shared/data with official files is not beside the project")
    return _SHARED


@dataclass(frozen=True)
class SmallWorld:
    """Official-looking files of four square communes in a row, 10 km wide, along one straight road.

    The road runs through the centres at 60 km/h, so each commune is 10 minutes and 10 km from the
    next: commune A holds the main site, B the bus, D an antenne; the tax office is in C. Commune E
    lies 30 km north, far from any road.

        A(site) ---10--- B(bus) ---10--- C(tax office) ---10--- D(antenne)         E (no road)
    """

    folder: Path
    sites: Path
    communes: Path
    population: Path
    tax_offices: Path
    roads: Path


CENTRES = {
    "64001": (405_000.0, 6_255_000.0),
    "64002": (415_000.0, 6_255_000.0),
    "64003": (425_000.0, 6_255_000.0),
    "64004": (435_000.0, 6_255_000.0),
    "64005": (405_000.0, 6_285_000.0),
}
POPULATION = {"64001": 1000, "64002": 500, "64003": 300, "64004": 200, "64005": 100}


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Write the files of the small world."""
    folder = tmp_path_factory.mktemp("small_world")
    to_degrees = pyproj.Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True)

    communes = gpd.GeoDataFrame(
        {"code": list(CENTRES), "nom": [f"Commune {letter}" for letter in "ABCDE"]},
        geometry=[shapely.box(x - 5000, y - 5000, x + 5000, y + 5000) for x, y in CENTRES.values()],
        crs="EPSG:2154",
    )
    communes.to_file(folder / "communes.gpkg", driver="GPKG")

    with (folder / "population.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(["COM", "PMUN"])
        writer.writerows(POPULATION.items())

    kinds = {
        "64001": ("1", "France services A", "Principal", "Fixe"),
        "64002": ("2", "Bus France services B", "Principal", "Bus_équivalent"),
        "64004": ("3", "France services La Poste D", "Antenne", "Fixe_antenne(s)"),
    }
    with (folder / "sites.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, FRANCE_SERVICES_COLUMNS, restval="")
        table.writeheader()
        for code, (number, name, kind, form) in kinds.items():
            lon, lat = to_degrees.transform(*CENTRES[code])
            table.writerow(
                {
                    "id_fs": number,
                    "insee_dep": "64",
                    "lib_fs": name,
                    "adresse": "1 rue de la Mairie",
                    "insee_com": code,
                    "code_postal": "64000",
                    "lib_com": f"Commune {code}",
                    "latitude": repr(lat),
                    "longitude": repr(lon),
                    "h_lundi": "09:00 - 12:00 / 14:00 - 17:00",
                    "prise_rdv": "Non",
                    "type_fs": kind,
                    "format_fs": form,
                }
            )

    lon, lat = to_degrees.transform(*CENTRES["64003"])
    with (folder / "tax.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(
            ["nom_du_service", "type_de_service", "adresse", "code_postal", "commune", "code_commune", "geocodage"]
        )
        writer.writerow(
            ["SIP de C", "Centre des Finances publiques", "2 place", "64000", "C", "64003", f"{lat!r},{lon!r}"]
        )
        writer.writerow(["Tabac", "Buralistes", "3 place", "64000", "C", "64003", f"{lat!r},{lon!r}"])

    ends = np.arange(400_000.0, 440_001.0, 5000.0)
    features = [
        {
            "type": "Feature",
            "properties": {
                "nature": "Route à 1 chaussée",
                "importance": "3",
                "sens_de_circulation": "Double sens",
                "vitesse_moyenne_vl": 60,
                "acces_vehicule_leger": "Libre",
                "etat_de_l_objet": "En service",
                "fictif": False,
            },
            "geometry": {"type": "LineString", "coordinates": [[west, 6_255_000.0], [east, 6_255_000.0]]},
        }
        for west, east in pairwise(ends)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    (folder / "roads.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf-8"
    )
    return SmallWorld(
        folder=folder,
        sites=folder / "sites.csv",
        communes=folder / "communes.gpkg",
        population=folder / "population.csv",
        tax_offices=folder / "tax.csv",
        roads=folder / "roads.geojson",
    )
