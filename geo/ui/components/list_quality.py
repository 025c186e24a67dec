"""What is wrong in an official list of sites that a visitor gives: ``maillage check-sites``, on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.errors import MaillageError
from geo.french import agreed, format_integer
from geo.report.site_quality import quality_text
from geo.sources.site_checks import SEVERITIES
from geo.sources.site_quality import check_sites
from geo.sources.visitor_files import as_path
from geo.ui.components.messages import plain, show_notes
from geo.ui.components.planning_tables import csv_button, french_table, show_table

if TYPE_CHECKING:
    from geo.sources.site_quality import SiteQuality

_TITLE: Final = "Qualité de cette liste"
_CHECKS: Final = ("severity", "count", "title", "expected")
_FINDINGS: Final = ("severity", "title", "row", "row.facility_id", "site.name", "value", "expected")


def show_list_quality(content: bytes, most_megabytes: int, name: str, kept: str) -> None:
    """Show a button that checks the list, then what it found.

    `name`: Tells this list from others. `kept`: Key of the session under which the report of one list is kept.
    """
    with st.expander(_TITLE):
        asked = (content, most_megabytes, name, kept)
        st.button("Contrôler la liste", icon=":material/fact_check:", on_click=_check, args=asked)
        checked, report = st.session_state.get(kept, (None, None))
        quality: SiteQuality | str | None = report if checked == name else None
        if isinstance(quality, str):
            st.error(plain(quality), icon=":material/error:")
        if quality is None or isinstance(quality, str):
            return
        worst_first = quality.checks["severity"].map(SEVERITIES.index).sort_values(kind="stable").index
        found = quality.checks.loc[worst_first].query("count > 0")
        faults = agreed(len(quality.findings), "défaut(s)")
        passed = agreed(len(quality.checks) - len(found), "contrôle(s)")
        rows, not_run = format_integer(quality.rows), " ; ".join(quality.not_run)
        told = f"{faults} dans {rows} lignes ; {passed} sans défaut."
        command = "« maillage check-sites LISTE --communes CONTOURS » les contrôle aussi."
        show_notes([told, f"Non contrôlé ici, faute de contours : {not_run}. {command}"])
        show_table(french_table(found, *_CHECKS), key=f"{kept}_checks", alt="Défauts par contrôle")
        findings = french_table(quality.findings, *_FINDINGS)
        show_table(findings, key=f"{kept}_findings", alt="Défauts, ligne par ligne")
        with st.container(horizontal=True):
            csv_button("Défauts (CSV)", findings, "qualite.csv")
            st.download_button(
                "Rapport (texte)",
                lambda: "\n".join(quality_text(quality)) + "\n",
                "qualite.txt",
                "text/plain",
                on_click="ignore",
            )


def _check(content: bytes, most_megabytes: int, name: str, kept: str) -> None:
    try:
        with as_path(content, "sites", "Sites", most_megabytes) as path:
            report: SiteQuality | str = check_sites(path)
    except MaillageError as error:
        report = str(error)
    st.session_state[kept] = (name, report)
