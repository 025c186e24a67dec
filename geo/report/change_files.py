"""What changed between two lists of sites, as files: a table, plain values, and a feed that readers of news follow."""

from __future__ import annotations

import hashlib
from html import escape
from typing import TYPE_CHECKING, Any, Final

from geo.access.list_changes import CHANGES, CONTINUED
from geo.answers.changes import site_words
from geo.answers.tables import rounded
from geo.french import capital, visible
from geo.report.data_package import PACKAGE_FILE, result_files
from geo.report.tables import table_files, write_summary, write_table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from geo.access.list_changes import ListChanges

#: Entries of the feed: its readers load it whole.
_ENTRIES: Final = 2_000


def change_table(changes: ListChanges) -> pd.DataFrame:
    """Return the table of ``changes.csv``: every site once, what became of it in French, and each change by itself."""
    table = changes.sites
    words = [site_words(row) for row in table.to_dict("records")]
    return rounded(table.assign(change=words, moved_m=table["moved_m"].astype("Float64")))


def changes_feed(changes: ListChanges, content: Mapping[str, Any], day: dt.date) -> str:
    """Return the changes as an Atom feed (RFC 4287): one entry a site that opened, closed or changed.

    `content`: What `geo.answers.changes.changes_content` gives. The same changes have the same identifiers.
    """
    table = changes.sites
    told = table[(table["status"] != CONTINUED) | table[list(CHANGES)].any(axis=1)].head(_ENTRIES)
    lists = f"{content['before']}|{content['after']}"
    entries = []
    for row in told.to_dict("records"):
        words = site_words(row)
        place = f" ({row['commune_name']})" if isinstance(row["commune_name"], str) else ""
        entries.append(
            f"<entry><id>{_urn(lists, str(row['facility_id']), words)}</id>"
            f"<title>{_text(row['name'])}{_text(place)} : {_text(words)}</title>"
            f"<updated>{day.isoformat()}T00:00:00Z</updated><content>{_text(capital(words))}.</content></entry>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">'
        f"<id>{_urn(lists, str(content['place']))}</id>"
        f"<title>France services : ce qui a changé, {_text(content['place'])}</title>"
        f"<subtitle>{_text(content['sentences'][0])}</subtitle><updated>{day.isoformat()}T00:00:00Z</updated>"
        f"<author><name>maillage</name></author>\n" + "\n".join(entries) + "</feed>\n"
    )


def write_changes(changes: ListChanges, content: Mapping[str, Any], folder: Path, *, day: dt.date) -> tuple[str, ...]:
    """Write ``changes.csv``, ``changes.json`` and ``changes.atom`` into a folder; return their names.

    All of them, or none where one cannot be written; other files of the folder stay.

    Raises
    ------
    SourceError
        The folder cannot be written to.
    """
    with result_files(folder, "Ce qui a changé entre deux listes de sites") as beside:
        write_table(change_table(changes), beside / "changes.csv", of="site")
        write_summary(content, beside / "changes.json")
        (beside / "changes.atom").write_text(changes_feed(changes, content, day), encoding="utf-8")
    return *table_files("changes"), "changes.json", "changes.atom", PACKAGE_FILE


def _text(value: object) -> str:
    return escape(visible(str(value)))


def _urn(*parts: str) -> str:
    """Return an identifier that is the same for the same parts, as a URN of version 5."""
    figures = hashlib.sha256("|".join(parts).encode()).hexdigest()
    return f"urn:uuid:{figures[:8]}-{figures[8:12]}-5{figures[13:16]}-a{figures[17:20]}-{figures[20:32]}"
