"""What the list of the day changes against the one that came with the tool, once it is there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.access.diagnosis import diagnose
from geo.access.list_changes import effect, list_changes
from geo.answers.changes import Compared, changed_sites, changes_answer, changes_content
from geo.answers.tables import headed
from geo.french import format_integer
from geo.kinds import SITES
from geo.report.change_files import change_table, changes_feed
from geo.sources.embedded import SITES_VINTAGE
from geo.territory.embedded import read_tables
from geo.territory.margin import near_places
from geo.ui import cache
from geo.ui.components.messages import plain, show_notes
from geo.ui.components.planning_tables import csv_button
from geo.ui.kept_answers import kept

if TYPE_CHECKING:
    from geo.access.list_changes import ListChanges
    from geo.answers.answer import Answer
    from geo.question import Question
    from geo.settings import Settings
    from geo.territory import Territory


@dataclass(frozen=True, eq=False, slots=True)
class _Found:
    changes: ListChanges
    answer: Answer
    content: dict[str, Any]


def show_list_changes(territory: Territory, question: Question, settings: Settings) -> None:
    """Show what changed since the embedded list; nothing for a territory that has no list of the day."""
    vintage = territory.manifest.list_vintages.get(SITES)
    if territory.manifest.view is None or vintage in {None, SITES_VINTAGE}:
        return
    found = _compare(territory, cache.fingerprint(territory), question, settings)
    st.markdown(plain(found.answer.sentence))
    show_notes([*found.answer.details, *found.answer.notes])
    table = changed_sites(found.changes)
    if table.empty:
        return
    with st.expander(f"Sites ouverts, fermés ou changés : {format_integer(len(table))}"):
        st.dataframe(headed(table, ["site.name", "commune_name", "change"]), hide_index=True)
        with st.container(horizontal=True):
            csv_button("Changements (CSV)", change_table(found.changes), "changements.csv")
            day = dt.datetime.now(tz=dt.UTC).date()
            st.download_button(
                "Fil de nouvelles (Atom)",
                lambda: changes_feed(found.changes, found.content, day),
                "changements.atom",
                "application/atom+xml",
                on_click="ignore",
            )


@kept(st.cache_resource, show_spinner="Comparaison des deux listes…", max_entries=6)
def _compare(_territory: Territory, identity: str, question: Question, _settings: Settings) -> _Found:
    """Compare the embedded list with that of a view of the embedded France; `identity` is the view's fingerprint."""
    del identity  # only part of the key of the cache
    embedded = read_tables(_settings.data_dir / "france").sites.frame
    old = near_places(embedded, _territory.communes)
    before = _territory.with_sites(old, why={"list": SITES_VINTAGE})
    changes = list_changes(old, _territory.sites)
    if _territory.manifest.view:
        changes = changes.within(_territory)
    vintage = str(_territory.manifest.list_vintages[SITES])
    compared = Compared(SITES_VINTAGE, vintage, _territory.name)
    whom = effect(*(diagnose(area, question=question) for area in (before, _territory)))
    answer = changes_answer(changes, compared, whom)
    return _Found(changes, answer, changes_content(changes, compared, answer, whom))
