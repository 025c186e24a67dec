"""Who travels longest, by standard of living, age and car, in French: sentences first, measures after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.access.equity import FIFTHS
from geo.answers.answer import Answer
from geo.answers.tables import rounded
from geo.french import (
    SEMICOLON,
    UNIT_SPACE,
    capital,
    format_decimal,
    format_share,
    joined,
    said_minutes,
    to_five,
    within_text,
)

if TYPE_CHECKING:
    from geo.access.equity import Equity, GroupAccess

#: Criterion -> what the group and the others are called.
_CALLED: Final = {
    "living_standard": ("le cinquième le plus pauvre des habitants", "le plus aisé"),
    "poverty": ("les ménages pauvres", "les autres"),
    "age": ("les habitants de 65 ans ou plus", "les autres"),
    "car": ("les ménages sans voiture", "les autres"),
}
#: Criterion -> what it is called where no file tells it, and the file that would.
_LACKING: Final = {
    "living_standard": "le niveau de vie",
    "poverty": "la pauvreté",
    "age": "l'âge",
    "car": "la voiture",
}
_CELLS: Final = "les carreaux de population de l'INSEE (« maillage fetch », ou --cells)"
_HOUSING: Final = "la table « Logement » du recensement de l'INSEE (base-cc-logement, --housing)"
_IMPUTED: Final = (
    "Niveau de vie et âge par carreau de l'INSEE, qui les estime là où vivent moins de 11 ménages : ces écarts sont "
    "ceux de grands groupes."
)
_BY_CAR: Final = "Ces temps sont en voiture : pour un ménage qui n'en a pas, le temps réel n'est pas mesuré."

#: Machine name of a group -> what it is called in tables.
_GROUPS: Final = {
    ("living_standard", f"fifth-{number}"): f"Niveau de vie : {name} cinquième"
    for number, name in enumerate(("1er (le plus pauvre)", "2e", "3e", "4e", "5e (le plus aisé)"), 1)
} | {
    ("poverty", "in"): "Ménages pauvres",
    ("poverty", "out"): "Ménages non pauvres",
    ("age", "in"): "65 ans ou plus",
    ("age", "out"): "Moins de 65 ans",
    ("car", "in"): "Ménages sans voiture",
    ("car", "out"): "Ménages avec voiture",
}


def equity_answer(equity: Equity) -> Answer:
    """Return who travels longer than whom, then the measures of inequality, then which file lacks.

    Examples
    --------
    >>> from geo.access.equity import Equity
    >>> equity_answer(Equity(20.0, False, (), ("car",), None, None, ())).sentence.partition(" :")[0]
    'Accès selon la voiture'
    """
    sentences = list(filter(None, (_sentence(equity, name) for name in _CALLED)))
    missing = missing_sentence(equity)
    notes = [*([_IMPUTED] if set(_CALLED) - {"car", *equity.missing} else []), *([missing] if missing else [])]
    if "car" not in equity.missing:
        notes.insert(0, _BY_CAR)
    if not sentences:
        return Answer(missing, (), (), tuple(note for note in notes if note != missing))
    first, *others = sentences
    return Answer(first, (), tuple(filter(None, [*others, measures_sentence(equity)])), tuple(notes))


def missing_sentence(equity: Equity) -> str:
    """Return which criteria are not known and the files that would tell them; empty where all are."""
    if not equity.missing:
        return ""
    files = [_CELLS] if set(equity.missing) - {"car"} else []
    files += [_HOUSING] if "car" in equity.missing else []
    about = joined([_LACKING[name] for name in equity.missing])
    return f"Accès selon {about} : non renseigné ; il faut {' et '.join(files)}."


def measures_sentence(equity: Equity) -> str:
    """Return the measures of inequality and what they mean; empty where the standard of living is not known."""
    if equity.concentration_index is None or equity.palma_ratio is None:
        return ""
    index = equity.concentration_index
    who = "les plus pauvres" if index < 0 else "les plus aisés"
    fgt = SEMICOLON.join(format_decimal(value, 3) for value in equity.fgt)
    meant = f"de \u22121 à 1{SEMICOLON}ici {who} mettent plus de temps"
    palma = f"temps des 10{UNIT_SPACE}% les plus aisés sur celui des 40{UNIT_SPACE}% les plus pauvres"
    return (
        f"Indice de concentration des temps : {_signed(index)} ({meant}) ; rapport de Palma : "
        f"{format_decimal(equity.palma_ratio, 2)} ({palma}) ; mesures FGT du temps au-delà du seuil, "
        f"de ceux qu'une route mène à un lieu : {fgt}."
    )


def equity_table(equity: Equity) -> pd.DataFrame:
    """Return the groups for people: `group` in French, `residents`, `mean_time_min`, `share_within`."""
    table = equity.table()
    names = [_GROUPS[key] for key in zip(table["criterion"], table["group"], strict=True)]
    return table.assign(group=pd.array(names, dtype="string"))[["group", "residents", "mean_time_min", "share_within"]]


def inequality_table(equity: Equity) -> pd.DataFrame:
    """Return the measures of inequality as files hold them: `measure` and `value`; empty where none is known."""
    measures = {"concentration_index": equity.concentration_index, "palma_ratio": equity.palma_ratio}
    measures |= {f"fgt_{power}": value for power, value in enumerate(equity.fgt)}
    measures |= {"fgt_residents": equity.fgt_residents} if equity.fgt else {}
    known = {name: value for name, value in measures.items() if value is not None}
    return pd.DataFrame({"measure": pd.array(list(known), dtype="string"), "value": list(known.values())})


def group_table(equity: Equity) -> pd.DataFrame:
    """Return the groups as files hold them, each number as precise as its unit."""
    return rounded(equity.table())


def _sentence(equity: Equity, criterion: str) -> str:
    first, last = ("fifth-1", f"fifth-{FIFTHS}") if criterion == "living_standard" else ("in", "out")
    group, others = equity.group(criterion, first), equity.group(criterion, last)
    if group is None or others is None or group.mean_time_min is None or others.mean_time_min is None:
        return ""
    who, than = _CALLED[criterion]
    many = criterion != "living_standard"
    more = _gap(group.mean_time_min, others.mean_time_min, estimated=equity.estimated)
    verb = "mettent" if many else "met"
    mine, theirs = (_said(each, equity) for each in (group, others))
    return (
        f"{capital(who)} {verb} {more} que {than} : {mine[0]} en moyenne contre {theirs[0]}{SEMICOLON}{mine[1]} "
        f"{'sont' if many else 'en sont'} {within_text(equity.threshold_min)}, contre {theirs[1]}."
    )


def _signed(index: float) -> str:
    return ("\u2212" if index < 0 else "") + format_decimal(abs(index), 3)


def _said(group: GroupAccess, equity: Equity) -> tuple[str, str]:
    return said_minutes(group.mean_time_min, estimated=equity.estimated), format_share(group.share_within)


def _gap(mine: float, theirs: float, *, estimated: bool) -> str:
    """Return a difference of means: ``"6 min de plus"``; of the times as they are said where these are estimated."""
    more = to_five(mine) - to_five(theirs) if estimated else round(mine - theirs)
    if more == 0:
        return "à peu près autant de temps"
    about = "environ " if estimated else ""
    return f"{about}{abs(more)}{UNIT_SPACE}min de {'plus' if more > 0 else 'moins'}"
