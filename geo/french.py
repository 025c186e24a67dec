"""Numbers, times, lists and plurals as they are written in French, and the texts of files made fit to be read.

A figure is rounded here, once, when it becomes text: nothing is computed from what these functions return.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

#: Narrow no-break space, between thousands and before ``;``.
THIN_SPACE: Final = "\u202f"
#: No-break space, between a number and its unit.
UNIT_SPACE: Final = "\u00a0"
#: What is shown where a value is unknown.
UNKNOWN: Final = "—"
#: Said where the population of a place is not known.
POPULATION_UNKNOWN: Final = "population inconnue"
#: What joins the parts of a sentence.
SEMICOLON: Final = f"{THIN_SPACE}; "
#: A share this near to nought or one is so: sums made in another order differ by as little.
_NOISE: Final = 1e-9
#: Minutes within which a time is at a threshold, as `geo.question.AT_THRESHOLD_MIN`, which comes after this module.
_AT_THRESHOLD_MIN: Final = 1e-6
#: Minutes to which an estimated time is rounded.
_ESTIMATE_STEP_MIN: Final = 5
#: Where those are who have at most the minutes of a threshold, for headings without them; with them, `within_text`.
WITHIN: Final = "dans le seuil"
#: What a time by car is, said once wherever times are; then what times are where no file of roads was given.
DRIVING_ONLY: Final = "Temps de conduite, hors stationnement."
ESTIMATED_TIMES: Final = "Temps estimés sans fichier de routes : ce sont des ordres de grandeur."
#: Units of the size of a file, the largest first.
_SIZES: Final = ((1e9, "Go"), (1e6, "Mo"), (1e3, "ko"))
#: Days of the week, Monday first.
DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
#: Months of the year.
MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)

#: A telephone number of France, overseas included, without its separators: ten figures, international, or short.
PHONE: Final = r"0[1-9][0-9]{8}|(?:\+|00)(?:33|590|594|596|262|508)[1-9][0-9]{8}|3[0-9]{3}"
#: What may stand between the figures of a telephone number.
PHONE_SEPARATORS: Final = r"[\s().\-\u00a0\u202f]"
#: An e-mail address.
EMAIL: Final = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"

#: Controls (line breaks, escape codes of terminals), halves of characters, and of the formats of Unicode those that
#: change the order of what is read, hide it or end a line (U+2028 ends one in scripts).
UNSEEN: Final = (
    "\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
_UNSEEN_RUN: Final = re.compile(f"[{UNSEEN}]+")
#: A plural as it is marked in a text that a number is put in: "ligne(s)", "(est/sont)".
_MARKED_PLURAL: Final = re.compile(r"\((?:s|x|[a-zé]+/[a-zé]+)\)")


def format_number(value: float) -> str:
    """Return a number with all its decimals, up to twelve figures: ``"1 000 000"``, ``"12,5"``.

    Examples
    --------
    >>> format_number(12.5)
    '12,5'
    """
    if not math.isfinite(value):
        return "(pas un nombre)" if math.isnan(value) else "(infini)"
    return f"{value:,.12g}".replace(",", THIN_SPACE).replace(".", ",")


def position_text(lon: float, lat: float, digits: int = 5) -> str:
    """Return a position in degrees, rounded (five decimals: to a metre): ``"longitude -1,58, latitude 43,35712"``."""
    return f"longitude {format_number(round(lon, digits))}, latitude {format_number(round(lat, digits))}"


def format_integer(value: Any) -> str:
    """Return ``1234.4`` as ``"1 234"`` (narrow no-break space); a dash where unknown."""
    return format_decimal(value, 0)


def format_decimal(value: Any, digits: int = 1) -> str:
    """Return ``1234.56`` as ``"1 234,6"``; a dash where unknown.

    Examples
    --------
    >>> format_decimal(2.345, 2)
    '2,35'
    """
    number = _number(value)
    if number is None:
        return UNKNOWN
    return f"{number:,.{digits}f}".replace(",", THIN_SPACE).replace(".", ",")


def format_minutes(value: Any, digits: int = 1) -> str:
    """Return ``12.5`` as ``"12,5 min"``; a dash where unknown or unreachable."""
    return UNKNOWN if _number(value) is None else f"{format_decimal(value, digits)}{UNIT_SPACE}min"


def estimated_minutes(value: Any, low: Any = None, high: Any = None, threshold_min: float | None = None) -> str:
    """Return an estimated time as it is said: rounded to 5 minutes, with the bounds between which it lies.

    `low`, `high`: Minutes; `None`: a mean or a difference, whose bounds are not known. `threshold_min`: what it is
    compared with; a time that rounding puts there, or on the other side, is said by its side. A dash where unknown.

    Examples
    --------
    >>> said = [estimated_minutes(21, 16.6, 26.2), estimated_minutes(4), estimated_minutes(64, 50, 85)]
    >>> [text.replace(UNIT_SPACE, " ") for text in said]
    ['environ 20 min, de 15 à 25', 'moins de 5 min', 'environ 1 h 05, de 50 min à 1 h 25']
    >>> [estimated_minutes(value, threshold_min=20).replace(UNIT_SPACE, " ") for value in (19, 21, 23)]
    ['un peu moins de 20 min', 'un peu plus de 20 min', 'environ 25 min']
    """
    return _estimated(_number(value), _number(low), _number(high), threshold_min)


@lru_cache(maxsize=16_384)  # the times of today are said again beside each plan, hundreds at once
def _estimated(minutes: float | None, least: float | None, most: float | None, threshold_min: float | None) -> str:
    if minutes is None:
        return UNKNOWN
    if abs(minutes) < _ESTIMATE_STEP_MIN:
        return f"moins de {_ESTIMATE_STEP_MIN}{UNIT_SPACE}min"
    words = side_of_threshold(minutes, threshold_min) or f"environ {_length(to_five(minutes))}"
    if least is None or most is None or to_five(least) == to_five(most):
        return words
    return f"{words}, {estimated_interval(least, most).removesuffix(f'{UNIT_SPACE}min')}"


def side_of_threshold(minutes: float, threshold_min: float | None) -> str:
    """Return on which side of a threshold a time is; empty: rounding keeps it on that side, or it is just there.

    Examples
    --------
    >>> [side_of_threshold(minutes, 20).replace(UNIT_SPACE, " ") for minutes in (17, 19, 20, 21, 23)]
    ['', 'un peu moins de 20 min', '', 'un peu plus de 20 min', '']
    """
    if threshold_min is None or abs(minutes - threshold_min) <= _AT_THRESHOLD_MIN:
        return ""
    shown, beyond = to_five(minutes), minutes > threshold_min
    if shown > threshold_min if beyond else shown < threshold_min:
        return ""
    return f"un peu {'plus' if beyond else 'moins'} de {minutes_text(threshold_min)}"


def estimated_interval(low: float, high: float) -> str:
    """Return bounds rounded to 5 minutes: ``"de 15 à 25 min"``, ``"de 50 min à 1 h 25"``, or the one time they are."""
    least, most = to_five(low), to_five(high)
    if least == most:
        return estimated_minutes(low)
    return f"de {least if most < 60 else _length(least)} à {_length(most)}"  # noqa: PLR2004 - an hour


def to_five(minutes: float) -> int:
    """Return minutes rounded to the nearest 5, halves up."""
    return _ESTIMATE_STEP_MIN * math.floor(minutes / _ESTIMATE_STEP_MIN + 0.5)


def said_minutes(value: Any, digits: int = 1, *, estimated: bool) -> str:
    """Return a mean time, or a difference of times, as `format_minutes`; as `estimated_minutes` where estimated."""
    return estimated_minutes(value) if estimated else format_minutes(value, digits)


def said_time(row: Any, column: str, threshold_min: float | None = None) -> str:
    """Return a time of a row of a table as it is said.

    `row`: A row of a table that says how sure its times are (`geo.territory.study_area.PRECISION_COLUMNS`); where it
    does not, they are measured. `threshold_min`: What the time is compared with, as in `estimated_minutes`.
    """
    minutes = row[column]
    if not row.get("estimated", False):
        return format_minutes(minutes)
    number = _number(minutes)
    if number is None:
        return UNKNOWN
    return estimated_minutes(number, number * row["time_low"], number * row["time_high"], threshold_min)


def share_interval(low: Any, high: Any) -> str:
    """Return two shares as bounds, ``"entre 84 et 95 %"``; empty where they are written alike.

    Examples
    --------
    >>> share_interval(0.84, 0.951) == f"entre 84 et 95{UNIT_SPACE}%", share_interval(0.9, 0.9)
    (True, '')
    """
    least, most = format_share(low), format_share(high)
    if least == most:
        return ""
    return f"entre {least.removesuffix(f'{UNIT_SPACE}%') if least[0].isdigit() else least} et {most}"


def format_hours(hours: float) -> str:
    """Return a length of time, to the minute: ``"3 h"``, ``"2 h 30"``, ``"30 min"``.

    Examples
    --------
    >>> [format_hours(hours).replace(UNIT_SPACE, " ") for hours in (3, 1.9, 0.5, 35.999)]
    ['3 h', '1 h 54', '30 min', '36 h']
    """
    minutes = round(60 * hours)
    return _length(minutes) if minutes else _hours_and_minutes(0)


def format_euros(value: Any) -> str:
    """Return a whole amount: ``"110 000 €"``."""
    return f"{format_integer(value)}{UNIT_SPACE}€"


def format_bytes(size: float) -> str:
    """Return the size of a file: ``"10 Go"``, ``"2,5 Mo"``, ``"800 octets"``.

    Examples
    --------
    >>> format_bytes(2_540_000) == f"2,5{UNIT_SPACE}Mo"
    True
    """
    unit, name = next(((unit, name) for unit, name in _SIZES if size >= unit), (1.0, "octets"))
    return f"{format_decimal(size / unit).removesuffix(',0')}{UNIT_SPACE}{name}"


def format_share(value: Any) -> str:
    """Return ``0.914`` as ``"91 %"``; a share that is almost but not quite 0 or 1 says so.

    Examples
    --------
    >>> format_share(0.999) == f"plus de 99{UNIT_SPACE}%"
    True
    """
    share = _number(value)
    if share is None:
        return UNKNOWN
    percent = round(100 * share)
    if percent == 100 and abs(share - 1) > _NOISE:  # noqa: PLR2004
        return f"plus de 99{UNIT_SPACE}%"
    if percent == 0 and abs(share) > _NOISE:
        return f"moins de 1{UNIT_SPACE}%"
    return f"{percent}{UNIT_SPACE}%"


def format_percent(share: float, digits: int) -> str:
    """Return a share as a percentage with decimals: ``"0,80 %"``."""
    return f"{format_decimal(100 * share, digits)}{UNIT_SPACE}%"


def minutes_text(threshold_min: float) -> str:
    """Return a threshold with all its decimals: ``"20 min"``, ``"12,5 min"``."""
    return f"{format_number(threshold_min)}{UNIT_SPACE}min"


def within_text(threshold_min: float) -> str:
    """Return what being within a threshold is called; the threshold itself is within: ``"à 20 min ou moins"``.

    Examples
    --------
    >>> within_text(20) == f"à 20{UNIT_SPACE}min ou moins"
    True
    """
    return f"à {minutes_text(threshold_min)} ou moins"


def is_plural(number: float) -> bool:
    """Tell whether a number, as it is written, takes the plural: nought and one do not."""
    return round(number) > 1


def plural(number: float, one: str, many: str) -> str:
    """Return the form that goes with a number, such as ``plural(n, "est", "sont")``."""
    return many if is_plural(number) else one


def counted(number: float, noun: str, nouns: str | None = None) -> str:
    """Return a number and its noun: ``"1 commune"``, ``"1 234 habitants"``.

    Examples
    --------
    >>> counted(0, "commune"), counted(2, "lieu", "lieux")
    ('0 commune', '2 lieux')
    """
    return f"{format_integer(number)} {plural(number, noun, nouns or f'{noun}s')}"


def population_text(population: Any) -> str:
    """Return a population: ``"640 habitants"``, or that it is not known.

    Examples
    --------
    >>> population_text(640), population_text(None)
    ('640 habitants', 'population inconnue')
    """
    number = _number(population)
    return POPULATION_UNKNOWN if number is None else counted(number, "habitant")


def agreed(number: float, words: str) -> str:
    """Return a number and words that agree with it: « (s) » and « (x) » are kept or left out, one of two forms taken.

    Examples
    --------
    >>> agreed(1, "ligne(s) lue(s)"), agreed(3, "carreau(x) lu(s)"), agreed(2, "code(s) posta(l/ux)")
    ('1 ligne lue', '3 carreaux lus', '2 codes postaux')
    """
    return f"{format_integer(number)} {in_number(number, words)}"


def in_number(number: float, words: str) -> str:
    """Return words that agree with a number, as `agreed`, without it."""
    one_or_many = int(is_plural(number))
    return _MARKED_PLURAL.sub(lambda mark: mark[0][1:-1].rpartition("/")[0::2][one_or_many], words)


def joined(names: Sequence[str], most: int | None = None, rest: str = "autres") -> str:
    """Return names as they are read out: ``"A, B et C"``; beyond `most` + 1 of them, the rest is counted.

    Examples
    --------
    >>> joined(["Sare", "Ascain", "Ainhoa"])
    'Sare, Ascain et Ainhoa'
    >>> joined(["a", "b", *["c"] * 1_234], 2)
    'a, b et 1\u202f234 autres'
    """
    if most is not None and len(names) > most + 1:
        return f"{', '.join(names[:most])} et {format_integer(len(names) - most)} {rest}"
    return " et ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def clock(time: str | int) -> str:
    """Return a time of day (``"09:30"``, or minutes after midnight) as ``9 h 30``, ``14 h``, ``minuit`` for 24:00."""
    minutes = int(time[:-3]) * 60 + int(time[-2:]) if isinstance(time, str) else time
    return "minuit" if minutes == 24 * 60 else _hours_and_minutes(minutes)


def day_text(day: dt.date) -> str:
    """Return a day of the year in words: ``24 novembre``, ``1er janvier``."""
    return f"{'1er' if day.day == 1 else day.day}{UNIT_SPACE}{MONTHS[day.month - 1]}"


def date_text(day: dt.date) -> str:
    """Return a date in words, with its day of the week: ``mardi 24 novembre 2026``.

    Examples
    --------
    >>> import datetime as dt
    >>> date_text(dt.date(2026, 11, 24)).replace(UNIT_SPACE, " ")
    'mardi 24 novembre 2026'
    """
    return f"{DAYS[day.weekday()]} {day_text(day)} {day.year}"


def _length(minutes: int) -> str:
    """Return whole minutes as a length of time: ``"45 min"``, ``"1 h 05"``."""
    return _hours_and_minutes(minutes) if minutes >= 60 else f"{minutes}{UNIT_SPACE}min"  # noqa: PLR2004 - an hour


def _hours_and_minutes(whole: int) -> str:
    hours, minutes = divmod(whole, 60)
    return f"{hours}{UNIT_SPACE}h" + (f"{UNIT_SPACE}{minutes:02d}" if minutes else "")


def quoted(name: str) -> str:
    """Return a name between French quotes."""
    return f"«{UNIT_SPACE}{name}{UNIT_SPACE}»"


def capital(text: str) -> str:
    """Return a text that begins with a capital."""
    return text[:1].upper() + text[1:]


def dialled(phone: str) -> str | None:
    """Return what to dial for a telephone number as a list writes it; `None` where it is none."""
    figures = re.sub(PHONE_SEPARATORS, "", phone)
    return figures if re.fullmatch(rf"{PHONE}|\+[1-9][0-9]{{6,14}}", figures) else None


def is_email(text: str) -> bool:
    """Tell whether a text is an e-mail address."""
    return re.fullmatch(EMAIL, text) is not None


def visible(text: str) -> str:
    """Return a text on one line, a space in the place of each run of characters that are not seen."""
    return _UNSEEN_RUN.sub(" ", text)


def _number(value: Any) -> float | None:
    """Return a finite number, `None` for anything that stands for "unknown": None, <NA>, NaN, inf."""
    try:
        number = float(value)
    except TypeError:  # None, <NA>
        return None
    return number if math.isfinite(number) else None
