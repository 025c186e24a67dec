"""The ``maillage`` command: read the options, call the package, print. French for the user, JSON on demand."""

from __future__ import annotations

import json
import logging
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import Abort, TyperException

from geo.errors import MaillageError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.access.coverage import CoverageRule, CoverageSummary
    from geo.network.road_network import RoadNetwork
    from geo.sources.provenance import SourceTable
    from geo.territory import Territory

app = typer.Typer(
    name="maillage",
    help="Accès aux sites France services : temps de trajet, communes sous-desservies, site le plus proche.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

TerritoryFolder = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="Territoire écrit par « build » ; sans lui, les Pyrénées-Atlantiques."),
]
AsJson = Annotated[bool, typer.Option("--json", help="N'écrit que du JSON sur la sortie standard.")]
SitesFile = Annotated[Path, typer.Option(help="Liste des France services (CSV de l'ANCT).")]
CommunesFiles = Annotated[list[Path], typer.Option(help="Contours des communes ; répétable pour les voisins.")]
Roads = Annotated[str, typer.Option(help="Fichier de routes, ou « approximate ».")]
PopulationFile = Annotated[Path | None, typer.Option(help="Populations légales (INSEE, PMUN).")]
CellsFile = Annotated[Path | None, typer.Option(help="Carreaux de population (INSEE, 200 m ou 1 km).")]
TaxOfficesFile = Annotated[Path | None, typer.Option(help="Centres des finances publiques (DGFiP ou DILA).")]
TownHallsFile = Annotated[Path | None, typer.Option(help="Mairies (points avec le code de la commune).")]
PostcodesFile = Annotated[
    Path | None, typer.Option(help="Codes postaux (La Poste, base officielle des codes postaux).")
]
PlacesFiles = Annotated[
    list[str] | None, typer.Option(help="Autre liste de lieux : NOM=FICHIER ; répétable.", metavar="NOM=FICHIER")
]
PlacesColumns = Annotated[
    list[str] | None,
    typer.Option(help="Colonnes d'une liste : NOM:name=COL,lon=COL,lat=COL,id=COL", metavar="NOM:COLONNES"),
]
Profile = Annotated[str, typer.Option(help="Profil de vitesse : courant ou fluide.")]
Rule = Annotated[str, typer.Option(help="mean-time (temps moyen) ou share (part des habitants).")]
MinShare = Annotated[float, typer.Option(help="Part minimale des habitants, pour la règle share.")]
Buses = Annotated[bool, typer.Option("--bus/--no-bus", help="Compter les bus à leur point d'attache.")]
Antennes = Annotated[bool, typer.Option("--antennes/--no-antennes", help="Compter les antennes.")]
Facilities = Annotated[str, typer.Option(help="sites, tax-offices, ou le nom d'une autre liste de lieux.")]


@app.command(help="Construire un territoire à partir des fichiers officiels.")
def build(  # noqa: PLR0913, PLR0917 - one option per official file
    sites: SitesFile,
    communes: CommunesFiles,
    out: Annotated[Path, typer.Option(help="Dossier à écrire.")],
    departement: Annotated[str | None, typer.Option(help="Code du département : 64, 2A, 974…")] = None,
    france: Annotated[bool, typer.Option("--france", help="Toute la France, sur le réseau estimé.")] = False,  # noqa: FBT002
    roads: Annotated[
        list[str] | None,
        typer.Option(help="Fichier de routes, ou « approximate » ; répétable : extraits OpenStreetMap voisins."),
    ] = None,
    population: PopulationFile = None,
    cells: CellsFile = None,
    tax_offices: TaxOfficesFile = None,
    town_halls: TownHallsFile = None,
    postcodes: PostcodesFile = None,
    places: PlacesFiles = None,
    places_columns: PlacesColumns = None,
    profile: Profile = "courant",
    as_json: AsJson = False,  # noqa: FBT002 - typer reads options from the signature
) -> None:
    """Build a territory and save it."""
    from geo.country import Country  # noqa: PLC0415 - numba and geopandas take seconds to import
    from geo.territory import APPROXIMATE, Territory  # noqa: PLC0415

    if (departement is None) == (not france):
        msg = "Donnez un département avec --departement (64, 2A, 974…), ou toute la France avec --france."
        raise ParameterError(msg)
    (Country if departement is None else Territory).require_place(out)
    lists = _read_places(places or [], places_columns or [])
    road_files = APPROXIMATE if roads in (None, [APPROXIMATE]) else roads
    built: Territory | Country
    if departement is None:
        if road_files != APPROXIMATE or cells is not None:
            msg = "--france se construit sur le réseau estimé et sans carreaux : retirez --roads et --cells."
            raise ParameterError(msg)
        built = Country.build(
            communes=communes,
            sites=sites,
            population=population,
            tax_offices=tax_offices,
            town_halls=town_halls,
            postcodes=postcodes,
            places=lists,
            profile=profile,
        )
    else:
        built = Territory.build(
            departement,
            communes=communes,
            sites=sites,
            roads=road_files,
            population=population,
            cells=cells,
            tax_offices=tax_offices,
            town_halls=town_halls,
            postcodes=postcodes,
            places=lists,
            profile=profile,
        )
    logging.getLogger("geo").info("Écriture du territoire…")
    built.save(out)
    parts = built.parts if isinstance(built, Country) else (built,)
    if as_json:
        manifests = [part.manifest for part in parts]
        _print_json({"territory": built.name, "parts": manifests} if isinstance(built, Country) else manifests[0])
        return
    _print(f"« {built.name} » écrit dans {out}.")
    for part in parts:
        _print_built(part)
    for note in dict.fromkeys(note for part in parts for note in part.manifest["notes"]):
        _print(f"  - {note}")


@app.command(help="Mesurer qui est près d'un site, et écrire la carte et la table des communes sous-desservies.")
def diagnose(  # noqa: PLR0913, PLR0917 - the options of one question
    folder: TerritoryFolder = None,
    threshold: Annotated[float, typer.Option(help="Seuil en minutes.")] = 20.0,
    facilities: Facilities = "sites",
    rule: Rule = "mean-time",
    min_share: MinShare = 0.5,
    buses: Buses = False,  # noqa: FBT002
    antennes: Antennes = True,  # noqa: FBT002
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire communes.csv, .gpkg, map.html…")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Measure coverage and write it."""
    from geo.access.coverage import coverage, summarize  # noqa: PLC0415
    from geo.country import Country  # noqa: PLC0415
    from geo.report.country_tables import (  # noqa: PLC0415
        country_summary,
        diagnose_country,
        write_country_diagnosis,
    )
    from geo.report.tables import diagnosis_summary, write_diagnosis  # noqa: PLC0415
    from geo.siting.gains import candidate_gains  # noqa: PLC0415

    name = _list_name(facilities)
    chosen = _coverage_rule(rule, min_share)
    if folder is not None and Country.is_saved_at(folder):
        country = Country.load(folder)
        diagnosis = diagnose_country(country, threshold, facilities=name, rule=chosen, buses=buses, antennes=antennes)
        if out is not None:
            logging.getLogger("geo").info("Écriture des tables et de la carte…")
            write_country_diagnosis(country, diagnosis, out)
        if as_json:
            _print_json(country_summary(country, diagnosis))
            return
        _print_summary(country.name, diagnosis.summary)
        _print(country.parts[0].manifest["network"]["notes"][0])
        if out is not None:
            names = "communes.parquet, communes.csv, departements.csv, regions.csv, gains.csv, map.png, summary.json"
            _print(f"Fichiers écrits dans {out} : {names}.")
        return
    territory = _load(folder)
    times = territory.travel_times(name, buses=buses, antennes=antennes)
    cov = coverage(territory, threshold, facilities=name, rule=chosen, times=times)
    summary = summarize(cov, times, threshold, facilities=name, rule=chosen)
    if out is not None:
        logging.getLogger("geo").info("Écriture de la table et de la carte…")
        gains = candidate_gains(territory, times, threshold)
        write_diagnosis(territory, cov, summary, gains, out, rule=chosen, buses=buses, antennes=antennes)
    if as_json:
        _print_json(diagnosis_summary(territory, summary))
        return
    _print_summary(territory.name, summary)
    network = territory.manifest["network"]
    _print(f"Réseau : {network['source']} ({_integer(network['nodes'])} nœuds), profil {network['profile']}.")
    for note in network["notes"]:
        _print(f"  - {note}")
    if out is not None:
        _print(f"Fichiers écrits dans {out} : communes.csv, communes.gpkg, gains.csv, map.html, summary.json.")


@app.command(help="Mesurer beaucoup de départements à la fois, sur les cœurs de cette machine ou une grappe Dask.")
def batch(  # noqa: PLR0913, PLR0917 - the options of build and diagnose
    departements: Annotated[str, typer.Option(help="Codes séparés par des virgules, ou « all ».")],
    sites: SitesFile,
    communes: CommunesFiles,
    out: Annotated[Path, typer.Option(help="Dossier à écrire, visible de tous les processus de calcul.")],
    roads: Roads = "approximate",
    population: PopulationFile = None,
    cells: CellsFile = None,
    tax_offices: TaxOfficesFile = None,
    town_halls: TownHallsFile = None,
    places: PlacesFiles = None,
    places_columns: PlacesColumns = None,
    profile: Annotated[
        list[str] | None, typer.Option(help="Profil : courant (par défaut) ou fluide ; répétable.")
    ] = None,
    threshold: Annotated[list[float] | None, typer.Option(help="Seuil en minutes (20 par défaut) ; répétable.")] = None,
    facilities: Facilities = "sites",
    rule: Rule = "mean-time",
    min_share: MinShare = 0.5,
    buses: Buses = False,  # noqa: FBT002
    antennes: Antennes = True,  # noqa: FBT002
    workers: Annotated[int | None, typer.Option(help="Processus sur cette machine ; un par cœur par défaut.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Adresse d'un ordonnanceur Dask : tcp://machine:8786.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Measure many territories and write each as ``diagnose`` does."""
    from geo.batch import Batch, BatchFiles, Question, dask_client, run_batch  # noqa: PLC0415
    from geo.territory import APPROXIMATE  # noqa: PLC0415

    files = BatchFiles(
        communes=communes,
        sites=sites,
        roads=None if roads == APPROXIMATE else Path(roads),
        population=population,
        cells=cells,
        tax_offices=tax_offices,
        town_halls=town_halls,
        places=_read_places(places or [], places_columns or []),
    )
    question = Question(
        thresholds_min=threshold or [20.0],
        facilities=_list_name(facilities),
        rule=_coverage_rule(rule, min_share),
        buses=buses,
        antennes=antennes,
    )
    codes = None if departements == "all" else [code.strip() for code in departements.split(",")]
    asked = Batch(codes, files, question, profile or ["courant"])
    with dask_client(scheduler, workers) as client:
        result = run_batch(client, asked, out)
    if as_json:
        _print_json(result.to_dict())
    else:
        _print(f"{len(result.summaries)} diagnostic(s) dans {out}, réunis dans departements.csv et batch.json.")
    result.raise_failures()


@app.command(help="Trouver les lieux les plus proches d'une position, par la route.")
def nearest(
    lon: Annotated[float, typer.Option(help="Longitude en degrés.")],
    lat: Annotated[float, typer.Option(help="Latitude en degrés.")],
    folder: TerritoryFolder = None,
    k: Annotated[int, typer.Option("-k", help="Nombre de lieux.")] = 5,
    facilities: Facilities = "sites",
    buses: Buses = False,  # noqa: FBT002
    antennes: Antennes = True,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Print the nearest facilities."""
    from geo.finder.nearest import nearest as find_nearest  # noqa: PLC0415
    from geo.maps.style import format_decimal, format_minutes  # noqa: PLC0415

    territory = _load(folder)
    found = find_nearest(territory, lon, lat, k, facilities=_list_name(facilities), buses=buses, antennes=antennes)
    if as_json:
        _print_json(found.round({"travel_time_min": 2, "distance_km": 2}).to_dict("records"))
        return
    for row in found.to_dict("records"):
        time, distance = format_minutes(row["travel_time_min"]), format_decimal(row["distance_km"])
        _print(f"{time} ({distance} km)  {row['name']}  [{row['id']}]")
    if found.empty:
        _print("Aucun lieu n'est joignable par la route depuis cette position.")
    if territory.network.source.approximate:
        _print("Temps estimés sans fichier de routes : ce sont des ordres de grandeur.")


@app.command(help="Comparer les temps d'un réseau à ceux d'un autre moteur, ou d'un autre réseau.")
def validate(
    roads: Annotated[str, typer.Option(help="Fichier de routes, ou « approximate » (avec --communes).")],
    reference: Annotated[Path | None, typer.Option(help="JSON : src, dst, time_s, dist_km.")] = None,
    reference_roads: Annotated[
        Path | None, typer.Option(help="Fichier de routes de référence, entre les communes de --communes.")
    ] = None,
    communes: Annotated[list[Path] | None, typer.Option(help="Contours des communes.")] = None,
    population: PopulationFile = None,
    profile: Profile = "courant",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Print how far a network is from a reference."""
    from geo.maps.style import format_decimal, format_integer  # noqa: PLC0415
    from geo.network.road_files import read_roads  # noqa: PLC0415
    from geo.network.validation import compare, read_reference, reference_from_network  # noqa: PLC0415
    from geo.territory import APPROXIMATE  # noqa: PLC0415

    if (reference is None) == (reference_roads is None):
        msg = "Donnez une référence, et une seule : --reference FICHIER.json ou --reference-roads FICHIER."
        raise ParameterError(msg)
    if (roads == APPROXIMATE or reference_roads is not None) and not communes:
        msg = "Donnez --communes FICHIER : il faut les communes pour estimer un réseau ou choisir les trajets."
        raise ParameterError(msg)
    points = _commune_points(communes or [], population)
    if reference is not None:
        expected = read_reference(reference)
    else:
        expected = reference_from_network(read_roads(Path(str(reference_roads)), profile=profile), points[0])
    network: RoadNetwork = points[1](profile) if roads == APPROXIMATE else read_roads(Path(roads), profile=profile)
    found = compare(network, expected)
    if as_json:
        _print_json(found.to_dict())
        return
    _print(f"{format_integer(found.pairs)} trajets, dont {format_integer(found.unreachable)} sans chemin.")
    _print(
        f"Temps : rapport médian {format_decimal(found.time_ratio_median, 3)} "
        f"(déciles {format_decimal(found.time_ratio_p10, 2)} et {format_decimal(found.time_ratio_p90, 2)}), "
        f"{format_decimal(100 * found.share_within_15pct)} % des trajets à moins de 15 %."
    )
    _print(f"Distances : rapport médian {format_decimal(found.distance_ratio_median, 3)}. Profil {found.profile}.")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line: exit 0 on success, 2 with one French line on bad input, never a traceback."""
    _show_progress()
    try:
        status = app(args=None if arguments is None else list(arguments), standalone_mode=False)
    except MaillageError as error:
        _fail(str(error))
    except TyperException as error:
        _fail(_in_french(error))
    except (Abort, KeyboardInterrupt):
        _fail("Interrompu : rien n'a été écrit à moitié.")
    except MemoryError:
        _fail("Mémoire insuffisante pour ces fichiers. Réduisez la zone ou fermez d'autres programmes.")
    sys.exit(status if isinstance(status, int) else 0)


def _load(folder: Path | None) -> Territory:
    from geo.territory import Territory  # noqa: PLC0415

    return Territory.load(folder)


def _coverage_rule(kind: str, min_share: float) -> CoverageRule:
    from geo.access.coverage import CoverageRule  # noqa: PLC0415

    return CoverageRule(kind.replace("-", "_"), min_share)  # type: ignore[arg-type] # unknown: refused in French


def _list_name(option: str) -> str:
    return "tax_offices" if option == "tax-offices" else option


def _read_places(files: Sequence[str], columns: Sequence[str]) -> dict[str, SourceTable]:
    """Read the lists given as NAME=FILE, with the columns given as NAME:name=COL,lon=COL."""
    from geo.sources.places import read_places  # noqa: PLC0415

    chosen: dict[str, dict[str, str]] = {}
    for text in columns:
        name, _, pairs = text.partition(":")
        options = dict(pair.partition("=")[::2] for pair in pairs.split(","))
        if unknown := set(options) - {"name", "lon", "lat", "id"} or not all(options.values()):
            msg = f"--places-columns « {text} » refusé ({unknown}). Attendu : NOM:name=COL,lon=COL,lat=COL,id=COL."
            raise ParameterError(msg)
        if "id" in options:
            options["facility_id"] = options.pop("id")
        chosen[name] = options
    tables = {}
    for text in files:
        name, separator, file = text.partition("=")
        if not separator or not file or not re.fullmatch(r"[\w -]{1,40}", name):
            msg = f"--places « {text} » refusé. Attendu : NOM=FICHIER, un nom de lettres, chiffres, espaces ou tirets."
            raise ParameterError(msg)
        tables[name] = read_places(Path(file), dataset=name, **chosen.pop(name, {}))
    if chosen:
        msg = f"--places-columns nomme une liste inconnue : {', '.join(chosen)}. Donnez-la aussi avec --places."
        raise ParameterError(msg)
    return tables


def _commune_points(communes: Sequence[Path], population: Path | None) -> tuple[Any, Any]:
    """Return the communes' positions (n, 2) and a maker of the network approximated from them."""
    if not communes:
        return None, None
    from geo.network.approximate import approximate  # noqa: PLC0415
    from geo.sources.communes import read_communes  # noqa: PLC0415

    frame = read_communes(communes, population=population).frame
    return frame[["lon", "lat"]].to_numpy(), lambda profile: approximate(frame, profile=profile)


def _print_built(territory: Territory) -> None:
    from geo.maps.style import facility_title  # noqa: PLC0415

    manifest, network = territory.manifest, territory.manifest["network"]
    known = manifest["population"] > 0
    residents = f"{_integer(manifest['population'])} habitants" if known else "population inconnue"
    _print(f"{territory.name} : {_integer(manifest['communes'])} commune(s), {residents}.")
    lists = ", ".join(f"{facility_title(name)} ({_integer(count)})" for name, count in manifest["facilities"].items())
    _print(f"Lieux du territoire et à moins de 55 km : {lists}.")
    _print(
        f"Réseau : {network['source']}, {_integer(network['nodes'])} nœuds, {_integer(network['edges'])} arcs, "
        f"profil {network['profile']}."
    )
    if manifest["rejected_count"]:
        _print(f"Lignes écartées : {manifest['rejected_count']}.")
        for row in manifest["rejected"][:10]:
            identifier = f" ({row['identifier']})" if row["identifier"] else ""
            _print(f"  - {row['dataset']}, ligne {row['row']}{identifier} : {row['reason']}")
    for note in network["notes"]:
        _print(f"  - {note}")


def _print_summary(name: str, summary: CoverageSummary) -> None:
    from geo.maps.style import coverage_sentence, format_minutes  # noqa: PLC0415

    _print(f"{name} : {coverage_sentence(summary, summary.threshold_min, summary.facilities)}")
    _print(f"Temps médian : {format_minutes(summary.median_time_min)}.")
    _print(summary.rule)


def _integer(value: int) -> str:
    from geo.maps.style import format_integer  # noqa: PLC0415

    return format_integer(value)


def _in_french(error: TyperException) -> str:
    """Return a usage error of the command line as one French sentence."""
    kind = type(error).__name__
    option = getattr(error, "option_name", None) or getattr(getattr(error, "param", None), "opts", ["?"])[-1]
    quoted = [
        f"« {word} » n'est pas attendu ici" for word in re.findall(r"(?<= ['(])[^')]+(?=[')])", error.format_message())
    ]
    sentence = {
        "NoSuchOption": f"L'option « {option} » n'existe pas.",
        "MissingParameter": f"Il manque l'option « {option} ».",
        "BadParameter": f"La valeur donnée à « {option} » est refusée : elle n'est pas du type attendu.",
        "BadOptionUsage": f"L'option « {option} » est mal employée : il lui manque une valeur.",
        "NoArgsIsHelpError": "Il manque la commande : build, diagnose, nearest, validate ou batch.",
    }.get(kind, f"Commande mal écrite : {quoted[0] if quoted else 'un mot est de trop'}.")
    return f"{sentence} Voyez « maillage --help »."


def _show_progress() -> None:
    """Print what the package reports of its long steps on standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("geo")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _print_json(value: object) -> None:
    _print(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False, default=str))


def _fail(sentence: str) -> None:
    sys.stderr.write(" ".join(sentence.split()) + "\n")
    sys.exit(2)
