"""The quality report of a list of sites as text, CSV and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.french import agreed, counted, format_integer
from geo.kinds import KINDS
from geo.report.data_package import result_files
from geo.report.fitting import cut
from geo.report.tables import write_summary, write_table
from geo.sources.site_checks import SEVERITIES

if TYPE_CHECKING:
    from pathlib import Path

    from geo.sources.site_quality import SiteQuality

#: Faults of each check that the text spells out.
_SHOWN: Final = 5
_MAX_WIDTH: Final = 160


def quality_text(quality: SiteQuality) -> list[str]:
    """Return the report as lines: what was read, the checks that found something, their first faults."""
    kinds = ", ".join(
        counted(count, KINDS[kind].label.split()[0].lower(), KINDS[kind].plural.lower())
        for kind, count in quality.kinds.items()
    )
    lines = [f"{quality.file} : {format_integer(quality.rows)} lignes ({kinds})."]
    by_check = dict(tuple(quality.findings.groupby("check", sort=False)))
    for severity in SEVERITIES:
        checks = quality.checks[(quality.checks["severity"] == severity) & (quality.checks["count"] > 0)]
        total = format_integer(int(checks["count"].sum()))
        lines += ["", f"{severity.capitalize()} : {total}" if len(checks) else f"{severity.capitalize()} : rien"]
        for key, check in checks.iterrows():
            lines.append(f"  {format_integer(check['count'])}  {check['title']}. Attendu : {check['expected']}.")
            for finding in by_check[str(key)].head(_SHOWN).to_dict("records"):
                named = f"{finding['name']} [{finding['facility_id']}]"
                value = f" : {finding['value']}" if finding["value"] else ""
                lines.append("      " + cut(f"ligne {finding['row']}, {named}{value}", _MAX_WIDTH))
            hidden = check["count"] - _SHOWN
            if hidden > 0:
                lines.append(f"      et {agreed(hidden, 'autre(s)')}")
    passed = quality.checks[quality.checks["count"] == 0]
    lines += ["", f"Sans défaut : {agreed(len(passed), 'contrôle(s)')} sur {len(quality.checks)}."]
    if quality.not_run:
        lines.append(f"Non contrôlé, faute de contours (--communes) : {' ; '.join(quality.not_run)}.")
    return lines


def write_quality(quality: SiteQuality, folder: Path) -> None:
    """Write ``qualite.txt``, ``qualite.csv`` (one line a fault) and ``qualite.json`` into a folder, or none."""
    with result_files(folder, "Défauts de la liste des sites") as beside:
        write_table(quality.findings, beside / "qualite.csv", of="site")
        (beside / "qualite.txt").write_text("\n".join(quality_text(quality)) + "\n", encoding="utf-8")
        write_summary(quality.to_dict(), beside / "qualite.json")
