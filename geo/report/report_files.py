"""A report as a folder: the document, the tables, the layers, the maps, and what it takes to make it again."""

from __future__ import annotations

import io
import platform
import shlex
import zipfile
from dataclasses import asdict, fields
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.answers.answer import part_title
from geo.answers.equity import group_table, inequality_table
from geo.answers.label import Criterion, label_arguments
from geo.answers.tables import rounded
from geo.answers.two_publics_json import WITH_AND_WITHOUT, plan_document
from geo.kinds import list_option
from geo.maps.static.files import write_sheet
from geo.question import Question
from geo.report.active_files import near_table
from geo.report.data_package import describe_files
from geo.report.label_dossiers import dossiers_pdf
from geo.report.plan_files import plan_tables
from geo.report.report_document import report_pdf
from geo.report.report_findings import find
from geo.report.report_maps import report_maps
from geo.report.round_trip_files import round_trip_table
from geo.report.scenario_files import fragility_tables, opening_tables
from geo.report.styled_layers import write_communes, write_layers
from geo.report.tables import by_code, commune_table, diagnosis_summary, for_people, write_summary, write_table
from geo.report.workbook import write_workbook
from geo.sources.provenance import checksum
from geo.storage import replacing_folder, require_replaceable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.report.report_findings import ReportFindings, ReportRequest
    from geo.report.tables import Written
    from geo.territory import Territory

DOCUMENT: Final = "rapport.pdf"
MANIFEST: Final = "manifest.json"
#: Where the plan of a report is kept: the report is made again from it.
PLAN: Final = "plan/plan.json"
DOSSIERS: Final = "plan/dossiers.pdf"
#: A file by which a folder is known to be a report.
_MARKER: Final = "tables.xlsx"
_PACKAGES: Final = (
    "geopandas",
    "matplotlib",
    "numpy",
    "pandas",
    "pyarrow",
    "pyogrio",
    "shapely",
    "typst",
    "xlsxwriter",
)
#: Columns of the communes that a plan changes, and what they are called with it.
_WITH_PLAN: Final = {
    "travel_time_min": "with_plan_time_min",
    "share_within": "share_within_with_plan",
    "under_served": "under_served_with_plan",
}
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_REPRODUCIBLE: Final = (
    "Les mêmes fichiers, la même date et les mêmes versions donnent les mêmes octets. Une autre version d'une "
    "bibliothèque ou de GDAL peut en changer sans changer les chiffres. Le territoire fourni avec maillage porte la "
    "date du jour où il est ouvert."
)


def require_report_place(folder: Path) -> None:
    """Raise `SourceError` where `write_report` would refuse to write: better said before the work than after."""
    require_replaceable(folder, marker=_MARKER)


def write_report(
    territory: Territory,
    request: ReportRequest,
    folder: Path,
    *,
    territory_name: str | None = None,
    plan_file: Path | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> ReportFindings:
    """Measure a territory and write its report; a former report there is replaced, anything else is not.

    Parameters
    ----------
    territory, request
        What is reported on, and how.
    territory_name
        Name of the folder that the territory is from, for the command in the manifest; `None`: the embedded one.
    plan_file
        File that the plan of the request was read from, `None` where it was made for this report.
    progress
        Told the share done (0 to 1) and a French sentence.

    Raises
    ------
    SourceError
        The folder cannot be written to, or holds something that is not a report.
    """
    told = progress or (lambda _share, _sentence: None)
    require_report_place(folder)
    told(0.0, "Mesure de l'accès…")
    findings = find(territory, request)
    told(0.15, "Dessin des cartes…")
    sheets = report_maps(findings)
    with replacing_folder(folder, marker=_MARKER) as made:
        told(0.4, "Composition du document…")
        (made / DOCUMENT).write_bytes(report_pdf(findings, sheets))
        told(0.55, "Écriture des tables et des couches…")
        tables = _tables(findings)
        for name, table in tables.items():
            write_table(table, made / "tables" / f"{name}.csv", of=_ROWS_OF.get(name, ""))
        headed = {name: for_people(table, _ROWS_OF.get(name, "")) for name, table in tables.items()}
        write_workbook(headed, made / _MARKER, request.made_on)
        write_layers(findings, made / "layers.gpkg")
        write_communes(findings, made / "communes.parquet")
        if request.plan is not None:
            write_summary(plan_document(request.plan, (territory,), request.beside), made / PLAN)
            (made / DOSSIERS).write_bytes(dossiers_pdf(request.plan, (territory,)))
        write_summary(diagnosis_summary(territory, findings.diagnosis), made / "summary.json")
        for number, (name, sheet) in enumerate(sheets.items()):
            told(0.65 + 0.3 * number / len(sheets), f"Écriture des cartes ({number + 1} sur {len(sheets)})…")
            for kind in ("png", "svg"):
                write_sheet(sheet, made / "maps" / f"{name}.{kind}")
        describe_files(made, f"Accès aux sites : rapport, {territory.name}", territory.manifest)
        manifest = _manifest(findings, made, report_command(request, territory_name, plan_file), plan_file)
        write_summary(manifest, made / MANIFEST)
    told(1.0, "Rapport prêt.")
    return findings


def report_command(request: ReportRequest, territory_name: str | None, plan_file: Path | None) -> str:
    """Return the command that makes a report again; files and folders are named without where they are."""
    words = ["maillage", "report", *([territory_name] if territory_name else [])]
    question, usual = request.question, Question()
    if question.threshold_min != usual.threshold_min:
        words += ["--threshold", f"{question.threshold_min:g}"]
    if question.facilities != usual.facilities:
        words += ["--facilities", list_option(question.facilities)]
    if question.rule != usual.rule:
        words += ["--rule", question.rule.kind.replace("_", "-")]
        words += ["--min-share", f"{question.rule.min_share:g}"] if question.rule.kind == "share" else []
    words += [
        *(["--bus"] if "bus" in question.kinds else []),
        *([] if "antenne" in question.kinds else ["--no-antennes"]),
    ]
    if plan_file is not None:
        words += ["--plan", plan_file.name]
    elif request.plan is not None:
        words += ["--plan", PLAN]
    words += [] if request.day is None else ["--day", request.day.isoformat()]
    return shlex.join([*words, "--date", request.made_on.isoformat(), "--out", "rapport"])


def zipped(folder: Path) -> bytes:
    """Return the files of a folder as one ZIP archive; the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(folder):
            entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", _ZIP_DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    return packed.getvalue()


#: What a row of a table is where its `name` is not that of a commune.
_ROWS_OF: Final = {
    "labels": "place",
    "stops": "place",
    "half_days": "site",
    "fragility": "site",
    "arguments": "criterion",
    "equity": "equity",
    WITH_AND_WITHOUT: "two",
}


def _tables(findings: ReportFindings) -> dict[str, pd.DataFrame]:
    """Return the tables of a report by name, in the order of its pages."""
    communes, equity = commune_table(findings.coverage), findings.diagnosis.equity
    if findings.planned is not None:
        after = commune_table(findings.planned.after).set_index("code").reindex(communes["code"])
        communes = communes.assign(
            **{_WITH_PLAN[name]: after[name].array for name in ("travel_time_min", "share_within", "under_served")}
        )
    tables = {
        "communes": communes,
        "under_served": communes[communes["under_served"].fillna(value=False)].sort_values(
            "population", ascending=False, kind="stable"
        ),
        "curve": rounded(findings.curve),
        "margin": by_code(findings.sensitivity.communes),
        **({"equity": group_table(equity), "inequality": inequality_table(equity)} if equity.groups else {}),
        "sources": _text(pd.DataFrame(findings.territory.manifest.sources)),
    }
    measured: dict[str, Written] = {}
    if findings.opening is not None:
        measured |= opening_tables(findings.opening)
    if findings.fragility is not None:
        measured |= fragility_tables(findings.fragility)
    tables |= {name: table for name, (table, _) in measured.items()}
    tables |= {each.mode: near_table(each) for each in findings.active}
    if findings.without_car is not None:
        tables["round_trips"] = round_trip_table(findings.without_car)
    if findings.saved is not None:
        tables["saved_minutes"] = by_code(findings.saved[0])
    if findings.planned is not None:
        plan = findings.planned.plan
        of_plan = plan_tables(plan, findings.request.beside)
        tables |= {name: of_plan[name] for name in ("labels", "served", "stops", WITH_AND_WITHOUT) if name in of_plan}
        criteria = [
            {"label_code": argument.code, **asdict(criterion)}
            for argument in label_arguments(plan, findings.territory.parts)
            for criterion in argument.criteria
        ]
        columns = ["label_code", *(field.name for field in fields(Criterion))]
        tables["arguments"] = _text(pd.DataFrame(criteria, columns=columns)).astype({"met": "boolean"})
    return tables


def _manifest(findings: ReportFindings, made: Path, command: str, plan_file: Path | None) -> dict[str, Any]:
    """Return how to make and to check the report: command, versions, checksums of what was read and written."""
    manifest, request = findings.territory.manifest.to_dict(), findings.request
    network = manifest["network"]
    inputs = [
        {key: source[key] for key in ("dataset", "file", "vintage", "licence", "sha256")}
        for source in manifest["sources"]
    ]
    if network["file"]:
        inputs.append(
            {"dataset": network["source"]} | {key: network[key] for key in ("file", "vintage", "licence", "sha256")}
        )
    if plan_file is not None:
        inputs.append(
            {"dataset": "plan", "file": plan_file.name, "vintage": None, "licence": None, "sha256": checksum(plan_file)}
        )
    return {
        "format": 1,
        "title": f"Rapport : {part_title(findings.territory.name, findings.summary.part)}",
        "territory": findings.territory.name,
        "departement": findings.territory.departement,
        "made_on": request.made_on.isoformat(),
        "territory_built_on": manifest["built_on"],
        "command": command,
        "options": {
            "threshold_min": request.question.threshold_min,
            "facilities": request.question.facilities,
            "rule": request.question.rule_in_french,
            "kinds": sorted(request.question.kinds),
            "plan_labels": None if request.plan is None else len(request.plan.labels),
        },
        "network": {key: network[key] for key in ("source", "profile", "approximate", "nodes", "edges")},
        "versions": {"maillage": version("maillage"), "python": platform.python_version()}
        | {name: version(name) for name in _PACKAGES},
        "inputs": inputs,
        "files": [
            {"file": path.relative_to(made).as_posix(), "bytes": path.stat().st_size, "sha256": checksum(path)}
            for path in _files(made)
        ],
        "reproducible": _REPRODUCIBLE,
    }


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _text(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns of text are of the type that `write_table` makes harmless."""
    texts = [name for name in table.columns if table[name].dtype == object and name != "met"]
    return table.astype(dict.fromkeys(texts, "string"))
