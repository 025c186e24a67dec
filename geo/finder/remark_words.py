"""The words of a site's comment that speak of closures, appointments and hours, as tokens.

A word that is none of them, nor one that says nothing of its own, makes its clause unreadable.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.french import MONTHS
from geo.sources.opening_hours import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A kind of token and what it holds: ``("days", (0, 4))``, ``("effect", "closed")``, ``("hours", (540, 720))``.
Token = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: normalised `text`; `tokens`, `None` where a word is not known.

    `is_contact`: it only says how to reach the site; `is_elsewhere`: it may speak of another place or of some
    procedures only.
    """

    text: str
    tokens: tuple[Token, ...] | None
    is_contact: bool
    is_elsewhere: bool


_DAY: Final = "|".join(WEEKDAYS)
_MONTH_NAMES: Final = tuple(unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() for name in MONTHS)
_MONTH: Final = "|".join(_MONTH_NAMES)
_DATE: Final = rf"(?:(?:{_DAY}) )?(\d{{1,2}})(?:er)?(?: ?/ ?(\d{{1,2}})(?: ?/ ?(\d{{4}}))?| ({_MONTH})(?: (\d{{4}}))?)"
_CLOCK: Final = r"(\d{1,2})(?: ?(?:heures?|h|:) ?(\d{2})?)"

#: Rewritten first, in this order, on text without accents or capitals.
_REWRITTEN: Final = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (r"[’`]", "'"),
        (r"[^\s@]{1,64}@[\w.-]{0,100}\w", " ~ "),
        (r"\b(?:h?ttps?://|www\.)\S*[\w/]", " ~ "),
        (r"(?<!\d)0(?:\d(?:[ ./-]{0,2}\d{2}){4}|\d{3}(?:[ .]\d{3}){2})(?!\d)", " ~ "),
        (r"\bhoraires? d'ouvertures?\b", "horaires"),
        (r"\bpour toutes? (?:les |vos )?demarches(?: administratives)?\b", "pour tous"),
        (r"\brendez[- ]?vous\b|\brdvs?\b|\br\.d\.v\b|\brv\b", "rdv"),
        (r"\bapres?[- ]?midis?\b", "aprem"),
        (r"\b(?:matinees?|matins)\b", "matin"),
        (rf"\b({_DAY})s\b", r"\1"),
        (r"\ble (?:weekend|week-end)\b", "samedi dimanche"),
        (r"\b(?:premiers?|premieres?|1 ?ere?s?)\b", "1er"),
        (r"\b(?:deuxiemes?|second|2(?:nd|de|e| ?eme))\b", "2eme"),
        (r"\b(?:troisiemes?|3(?:e| ?eme))\b", "3eme"),
        (r"\b(?:quatriemes?|4(?:e| ?eme))\b", "4eme"),
        (r"\bderniers?\b", "nth-1"),
        (r"\b([1-5])(?:er|eme)\b(?! (?:" + _MONTH + "))", r"nth\1"),
        (r"\b(?:du|de chaque|de|chaque|dans le) mois\b", "monthly"),
        (r"\b(?:en |des |les )?semaines? impaires?\b", "parity1"),
        (r"\b(?:en |des |les )?semaines? paires?\b", "parity0"),
    )
)
#: Ends of clauses, once times and dates are tokens.
_ENDS: Final = re.compile(r"[.;|()!?/*\n]+|\s[-–—_]+\s|(?<!,)\s{4,}")
#: Phrases that name hours and say nothing of them.
_HARMLESS: Final = re.compile(
    r"\b(?:(?:meme )?en dehors|pendant|aux|en plus|et en dehors) (?:des?|nos|les|l')? ?(?:nos |les )?"
    r"(?:horaires?|heures)(?: d'ouvertures?(?: au public)?| indiques)?|\b(?:aux|pendant) (?:horaires|heures)"
)
_MENTIONS: Final = re.compile(
    rf"\b(?:ferme[esr]*|fermetures?|horaires?|ouvert[es]*|ouvertures?|ouvre\w*|{_DAY}|matin|aprem|vacances|semaines?|"
    r"monthly|mois|parity\d|quinzaine|quinze jours|ete|hiver|conges|travaux|provisoire\w*|temporaire\w*|demenag\w*|"
    r"delocalis\w*|deport|planning|calendrier|tournees?|suspendu\w*)\b|\bhours\d|\bdates\d|\d ?h\b|\d:\d"
)
_ONLY: Final = re.compile(r"\b(?:uniquement|exclusivement|seulement|obligatoire)\b")
_ELSEWHERE: Final = re.compile(
    r"\b(?:antennes?|permanences?|itineran\w*|multi-?sites?|sites?|lieux?|bus|demarches?|annexe|communes?|mairies)\b"
)

_VERBS: Final = r"(?:(?:est|sont|sera|seront|reste|se fait|fait) )?"
_ONLY_WORDS: Final = r"(?:uniquement|exclusivement|seulement|que)"
_PATTERNS: Final[tuple[tuple[re.Pattern[str], str, Any], ...]] = tuple(
    (re.compile(rf"(?:{pattern})(?![\w'-])"), kind, value)
    for pattern, kind, value in (
        (
            r"avec (?:et|ou) sans (?:prise de )?rdv|sur rdv (?:et|ou) sans rdv|sans (?:et|ou) (?:avec|sur) rdv",
            "effect",
            "walk_in",
        ),
        (rf"(?:{_ONLY_WORDS} )?(?:sur|sous) rdv(?: {_ONLY_WORDS})?", "effect", "appointment"),
        (r"prise de rdv (?:est )?(?:obligatoire|necessaire)|rdv obligatoire", "effect", "appointment"),
        (r"sans (?:prise de )?rdv|accueil libre|ouverture libre", "effect", "walk_in"),
        (rf"{_VERBS}(?:ferme(?:e|s|es)?|fermetures?)(?: au public)?", "effect", "closed"),
        (rf"{_VERBS}(?:ouvert(?:e|s|es)?|ouvertures?)(?: au public)?", "effect", "open_only"),
        (r"(?:tous les |chaque |tout les )(?:matin)", "every_part", "morning"),
        (r"(?:tous les |chaque |tout les )(?:aprem)", "every_part", "afternoon"),
        (r"matin", "part", "morning"),
        (r"aprem", "part", "afternoon"),
        (r"(?:toute la )?journee", "part", "day"),
        (r"tous les jours", "days", tuple(range(7))),
        (r"monthly", "monthly", True),
        (r"parity0", "parity", 0),
        (r"parity1", "parity", 1),
        *((rf"nth{number}", "nth", number) for number in (-1, 1, 2, 3, 4, 5)),
        *((name, "days", (number,)) for number, name in enumerate(WEEKDAYS)),
    )
)
_DAYS_RANGE: Final = re.compile(rf"(?:du )?({_DAY}) au? ({_DAY})\b")
_HOURS: Final = re.compile(r"hours(\d+)-(\d+)\b")
_DATES: Final = re.compile(r"dates(\d{4}-\d\d-\d\d)_(\d{4}-\d\d-\d\d|)(?!\d)")
_SILENT: Final = re.compile(
    r"(?:le|la|les|et|de|du|des|au|aux|a|en|est|se fait|pour|chaque|tous|tout|toute|toutes|structure|accueil|public|"
    r"usagers|recu|france|services?|maison|espace|bureau|horaires?|uniquement|seulement|exclusivement|quotidienne?|"
    r"exceptionnelle?|inclus|attention|vigipirate|autres jours|par|telephone|tel|mail|courriel|ou)(?!\w)|[ld]'|[:,&+~-]"
)
_CONTACT: Final = re.compile(
    r"(?:le|la|les|et|de|du|des|au|aux|a|en|pour|toute?s?|ou|par|sur|via|un|une|nous|merci|vous|pouvez|"
    r"telephone|telephones|tel|mail|mails|courriel|internet|ligne|numero|contact|contacter|contactez|adresse|"
    r"informations?|renseignements?|prise|prendre|rdv|possible|possibilite|conseille|conseillee|recommandee?|souhaitee?|"
    r"souhaitable|privilegiee|fortement|appeler|appelez|appelant|accueil|france|services?|site|\d+)(?!\w)|[ldn]['°]|[:,&+~-]"
)
_REASON: Final = re.compile(r"(dates\S+) (?:pour|suite a|en raison d).*$")


def clauses(comment: str) -> Iterator[Clause]:
    """Give the clauses of a comment, in its order.

    Examples
    --------
    >>> [clause.tokens for clause in clauses("Fermé le lundi matin. Parking gratuit")]
    [(('effect', 'closed'), ('days', (0,)), ('part', 'morning')), None]
    """
    for piece in _ENDS.split(_normalised(comment)):
        text = _REASON.sub(r"\1", " ".join(piece.split()))
        if text:
            yield Clause(text, _tokens(text), _is_made_of(text, _CONTACT), bool(_ELSEWHERE.search(text)))


def mentions_hours(text: str) -> bool:
    """Tell whether a normalised clause speaks of closing or of hours, or makes an appointment a must."""
    rest = _HARMLESS.sub(" ", text)
    return bool(_MENTIONS.search(rest)) or ("rdv" in rest and bool(_ONLY.search(rest)))


def _normalised(comment: str) -> str:
    folded = unicodedata.normalize("NFKD", comment.casefold())
    text = "".join(mark for mark in folded if not unicodedata.combining(mark))
    for pattern, meaning in _REWRITTEN:
        text = pattern.sub(meaning, text)
    text = re.sub(rf"\b(?:du|entre le) {_DATE} (?:au|et le) {_DATE}", _period, text)
    text = re.sub(rf"\b(?:du|entre le) (?:(?:{_DAY}) )?(\d{{1,2}})(?:er)? (?:au|et le) {_DATE}", _short_period, text)
    text = re.sub(rf"\b(?:a compter|a partir|des) (?:du|le) {_DATE}", _since, text)
    text = re.sub(rf"\b{_DATE}", _one_day, text)
    return re.sub(
        rf"\b(?:de |entre )?(\d{{1,2}})(?: ?(?:heures?|h|:) ?(\d{{2}})?)? ?(?:-|–|a|/|>|et) ?{_CLOCK}(?![\d:])",
        _hours,
        text,
    )


def _date(parts: tuple[str | None, ...], year: int | None = None) -> dt.date | None:
    """Return the date of the groups of `_DATE`, `None` where it names no year or is none."""
    day, number, year_of_number, name, year_of_name = parts
    month = int(number) if number else _MONTH_NAMES.index(name) + 1 if name else 0
    written = year_of_number or year_of_name
    try:
        return dt.date(int(written) if written else year or 0, month, int(day or 0))
    except ValueError:
        return None


def _dates(found: re.Match[str], first: dt.date | None, last: dt.date | None) -> str:
    return found[0] if first is None or last is None else f" dates{first}_{last} "


def _period(found: re.Match[str]) -> str:
    groups = found.groups()
    last = _date(groups[5:])
    return _dates(found, None if last is None else _date(groups[:5], last.year), last)


def _short_period(found: re.Match[str]) -> str:
    last = _date(found.groups()[1:])
    day = int(found[1])
    return _dates(found, None if last is None or not 1 <= day <= last.day else last.replace(day=day), last)


def _since(found: re.Match[str]) -> str:
    first = _date(found.groups())
    return found[0] if first is None else f" dates{first}_ "


def _one_day(found: re.Match[str]) -> str:
    day = _date(found.groups())
    return _dates(found, day, day)


def _hours(found: re.Match[str]) -> str:
    first, first_minutes, second, second_minutes = (int(part or 0) for part in found.groups())
    start, end = 60 * first + first_minutes, 60 * second + second_minutes
    return f" hours{start}-{end} " if start < end <= 24 * 60 else found[0]


def _tokens(text: str) -> tuple[Token, ...] | None:
    """Return the tokens of a clause, in its order; `None` where a word is not known."""
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        if text[place] == " ":
            place += 1
        elif (token := _token(text, place)) is not None:
            tokens.append(token[0])
            place = token[1]
        elif found := _SILENT.match(text, place):
            place = found.end()
        else:
            return None
    return tuple(tokens)


def _token(text: str, place: int) -> tuple[Token, int] | None:
    if found := _DAYS_RANGE.match(text, place):
        first, last = (WEEKDAYS.index(name) for name in found.groups())
        return (("days", tuple(range(first, last + 1))), found.end()) if first < last else None
    if found := _HOURS.match(text, place):
        return ("hours", (int(found[1]), int(found[2]))), found.end()
    if found := _DATES.match(text, place):
        last_day = dt.date.fromisoformat(found[2]) if found[2] else None
        return ("dates", (dt.date.fromisoformat(found[1]), last_day)), found.end()
    for pattern, kind, value in _PATTERNS:
        if match := pattern.match(text, place):
            return (kind, value), match.end()
    return None


def _is_made_of(text: str, words: re.Pattern[str]) -> bool:
    place = 0
    while place < len(text):
        if text[place] == " ":
            place += 1
        elif found := words.match(text, place):
            place = found.end()
        else:
            return False
    return True
