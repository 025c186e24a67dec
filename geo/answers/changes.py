"""What changed between two lists of sites, in words: figures, sentences, and one line a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.access.list_changes import CHANGES, CLOSED, CONTINUED, OPENED
from geo.answers.answer import (
    NO_SIDE_CHANGED,
    Answer,
    Figure,
    changing_sides,
    estimated_bounds,
    known_note,
    nobody_known,
    passing_sides,
    times_told,
)
from geo.answers.list_dates import from_to, list_date
from geo.crs import departement_of
from geo.french import (
    SEMICOLON,
    capital,
    counted,
    format_integer,
    format_share,
    joined,
    minutes_text,
    within_text,
)
from geo.sources.departements import departement_name
from geo.sources.provenance import rejection_faults

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from geo.access.list_changes import Effect, ListChanges

_NAMED: Final = 5
#: What is said of a site that continues.
WORDS: Final[Mapping[str, str]] = {
    "moved": "déplacé",
    "renamed": "renommé",
    "hours_changed": "autres horaires",
    "contacts_changed": "autres coordonnées",
    "kind_changed": "autre nature",
}
_STATUS: Final[Mapping[str, str]] = {OPENED: "ouvert", CLOSED: "fermé", CONTINUED: "inchangé"}
#: A list tells no day of opening: a site that it adds may be older.
LIST_ONLY: Final = (
    "Un site ajouté à la liste est dit ouvert, un site retiré est dit fermé : la liste ne donne pas le jour."
)


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared: two lists by name (a date or a file), where, and French notes on how the lists were read."""

    before: str
    after: str
    place: str
    notes: tuple[str, ...] = ()


def changes_answer(changes: ListChanges, compared: Compared, effect: Effect | None = None) -> Answer:
    """Return what changed, and whom it concerns where that was measured.

    Sites are counted wherever they are, on roads or not; who is counted in the shares is told.
    """
    counts = change_counts(changes)
    sentence = f"{from_to(compared.before, compared.after)} : {_what_became(counts)}."
    part = None if effect is None else effect.after.summary.part
    off = ", sur les routes ou non" if part is not None and part.communes_known < part.communes else ""
    now, then = format_integer(changes.rows_after), format_integer(changes.rows_before)
    figures = (
        Figure("Sites ouverts", format_integer(counts[OPENED]), f"sur {now} ensuite{off}"),
        Figure("Sites fermés", format_integer(counts[CLOSED]), f"sur {then} auparavant{off}"),
        Figure("Sites qui ont changé", format_integer(counts["changed"]), _what_changed(counts)),
    )
    details = tuple(filter(None, [*_not_compared(changes), _names(changes, OPENED), _names(changes, CLOSED)]))
    notes = (LIST_ONLY, *compared.notes)
    if effect is None:
        return Answer(sentence, figures, details, notes)
    return Answer(
        sentence,
        figures,
        (*_for_whom(effect), *_neighbours(changes), *details),
        (*notes, effect.after.summary.rule),
    )


def lacking_note(commune_codes: Collection[str]) -> str:
    """Return that sites of neighbours (codes of their communes) are in one list only, and count on both sides."""
    names = sorted({departement_name(departement_of(code)) for code in commune_codes})
    return f"Voisins sans site dans une des listes : {joined(names)}. Ceux de l'autre liste comptent avant et après."


def _not_compared(changes: ListChanges) -> list[str]:
    """Return what a list tells of none of its sites."""
    words = {"opening_hours": "horaires", "phone": "téléphones", "email": "courriels", "website": "sites web"}
    names = [words[name] for name in changes.untold]
    return [f"Non comparés, une des listes n'en donne aucun : {joined(names)}."] if names else []


def _neighbours(changes: ListChanges) -> list[str]:
    """Return which sites around the territory count in its times and are in one list only."""
    opened, closed = changes.neighbours_opened, changes.neighbours_closed
    moves = [counted(count, word) for count, word in ((opened, "ouvert"), (closed, "fermé")) if count]
    return [f"Sites voisins, qui comptent aussi dans les temps : {joined(moves)}."] if moves else []


def rows_note(name: str, read: int, rejected: pd.DataFrame) -> str:
    """Return how many rows of a list are read, and which are left out and why (`geo.sources.SourceTable.rejected`).

    >>> rejected = pd.DataFrame({"row": [7], "identifier": ["12"], "reason": ["identifiant répété"]})
    >>> rows_note("2026", 40, rejected).replace("\u202f", " ")
    'Liste de 2026 : 40 lignes lues ; 1 écartée (ligne 7 : identifiant répété).'
    """
    reasons = SEMICOLON.join(str(fault) for fault in rejection_faults(rejected))
    why = f"{SEMICOLON}{counted(len(rejected), 'écartée')} ({reasons})" if reasons else ""
    return f"{list_date(name)} : {counted(read, 'ligne lue', 'lignes lues')}{why}."


def change_counts(changes: ListChanges) -> dict[str, int]:
    """Return how many sites opened, closed, changed in each way (a site may in several), changed at all, or did not."""
    continued = changes.of(CONTINUED)
    any_change = continued[list(CHANGES)].any(axis=1)
    return {
        OPENED: len(changes.of(OPENED)),
        CLOSED: len(changes.of(CLOSED)),
        **{name: int(continued[name].sum()) for name in CHANGES},
        "changed": int(any_change.sum()),
        "same": int((~any_change).sum()),
    }


def site_words(row: Mapping[Any, Any]) -> str:
    """Return what became of one site (a row of `ListChanges.sites`): ``"déplacé de 350 m, autres horaires"``."""
    if row["status"] != CONTINUED:
        return _STATUS[row["status"]]
    words = [WORDS[name] for name in CHANGES if row[name]]
    if row["moved"]:
        words[0] = f"déplacé de {format_integer(round(float(row['moved_m']), -1))} m"
    if row["renamed"]:
        words[words.index(WORDS["renamed"])] = f"renommé (auparavant « {row['name_before']} »)"
    return ", ".join(words) or _STATUS[CONTINUED]


def changed_sites(changes: ListChanges) -> pd.DataFrame:
    """Return the sites of which something is to be told, opened ones first: `name`, `commune_name` and `change`."""
    table = changes.sites
    told = table[(table["status"] != CONTINUED) | table[list(CHANGES)].any(axis=1)]
    return pd.DataFrame(
        {
            "name": told["name"],
            "commune_name": told["commune_name"],
            "change": [site_words(row) for row in told.to_dict("records")],
        }
    )


def changes_content(
    changes: ListChanges, compared: Compared, answer: Answer, effect: Effect | None = None
) -> dict[str, Any]:
    """Return the whole as plain values ready for JSON: sentences, counts, whom it concerns, `sites` one by one."""
    content: dict[str, Any] = {
        "place": compared.place,
        "before": compared.before,
        "after": compared.after,
        "sentences": answer.lines,
        "rows_before": changes.rows_before,
        "rows_after": changes.rows_after,
        "counts": change_counts(changes),
    }
    if effect is not None:
        communes = effect.communes.reset_index().astype(object)
        content |= {
            "threshold_min": effect.after.question.threshold_min,
            "share_covered_before": effect.before.summary.share_covered,
            "share_covered_after": effect.after.summary.share_covered,
            "median_time_before_min": effect.before.summary.median_time_min,
            "median_time_after_min": effect.after.summary.median_time_min,
            "part": effect.after.summary.part.to_dict(),
            "residents_gained": effect.residents_gained,
            "residents_lost": effect.residents_lost,
            "communes": communes.where(communes.notna(), None).to_dict("records"),
        }
    sites = changes.sites.astype(object)
    return content | {"sites": sites.where(sites.notna(), None).to_dict("records")}


def _what_became(counts: Mapping[str, int]) -> str:
    opened, closed, changed, same = (counts[name] for name in (OPENED, CLOSED, "changed", "same"))
    if not any((opened, closed, changed, same)):
        return "aucun site ici, ni avant ni après"
    moves = [counted(opened, "site ouvert", "sites ouverts")] if opened else []
    if closed:
        moves.append(counted(closed, "fermé") if opened else counted(closed, "site fermé", "sites fermés"))
    told = joined(moves) if moves else "aucun site ouvert ni fermé"
    others = counted(changed, "site a changé", "sites ont changé") if changed else "aucun site n'a changé"
    return f"{told}{SEMICOLON}{others}, {counted(same, 'est resté le même', 'sont restés les mêmes')}"


def _what_changed(counts: Mapping[str, int]) -> str:
    said = {
        "moved": "déplacés",
        "renamed": "renommés",
        "hours_changed": "horaires",
        "contacts_changed": "coordonnées",
        "kind_changed": "nature",
    }
    found = [f"{words} {format_integer(counts[name])}" for name, words in said.items() if counts[name]]
    return ", ".join(found) or "aucun"


def _names(changes: ListChanges, status: str) -> str:
    table = changes.of(status)
    if table.empty:
        return ""
    shown = [
        str(name) if pd.isna(commune) else f"{name} ({commune})"
        for name, commune in zip(table["name"], table["commune_name"], strict=True)
    ]
    return f"{'Ouverts' if status == OPENED else 'Fermés'} : {joined(shown, _NAMED)}."


def _for_whom(effect: Effect) -> list[str]:
    old, new = effect.before.summary, effect.after.summary
    if unknown := nobody_known(new.part) or nobody_known(old.part):
        return [unknown, *_sides(effect)]
    near, estimated = within_text(new.threshold_min), new.part.estimated or old.part.estimated
    before, after, moves = format_share(old.share_covered), format_share(new.share_covered), ""
    if effect.residents_gained is not None and effect.residents_lost is not None:
        moves = passing_sides(effect.residents_gained, effect.residents_lost, new.threshold_min)
        moves = f"{moves or f'Personne ne passe le seuil de {minutes_text(new.threshold_min)}'} : "
    bounds = estimated_bounds(new.covered_interval)
    median = times_told(old.median_time_min, new.median_time_min, estimated=estimated)
    was = f"contre {before} auparavant"
    if before == after:
        was = "comme auparavant" if old.share_covered == new.share_covered else "presque comme auparavant"
    lines = [
        f"{moves}{after} des habitants sont {near} d'un site{bounds}, {was}.",
        f"Temps médian : {median}.",
        *_sides(effect),
        known_note(new.part),
    ]
    if round(old.part.residents_known) != round(new.part.residents_known):
        lines.append(f"Auparavant : {known_note(old.part) or 'Parts et temps calculés sur tous les habitants.'}")
    return list(filter(None, lines))


def _sides(effect: Effect) -> list[str]:
    lines = []
    for under in (True, False):
        names = effect.communes.loc[(effect.communes["under_served"] == under).to_numpy(bool), "name"].tolist()
        if names:
            lines.append(f"{changing_sides(len(names), under_served=under)} : {joined(names, _NAMED)}.")
    return lines or [f"{capital(NO_SIDE_CHANGED)}."]
