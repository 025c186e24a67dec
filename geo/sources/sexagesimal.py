"""Degrees with minutes, seconds or the letter of a direction: ``43°28'30"N``, ``1° 30,5' O``, ``N 43.47``."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = r"\d{1,2}(?:[.,]\d+)?"
_ENDS: Final = "$|(?=[NSEW,;/|])"
_ANGLE: Final = (
    rf"(?P<sign#>[-+]?)(?P<degrees#>\d{{1,3}}(?:[.,]\d+)?)\s*(?:[°º:\s]|{_ENDS})\s*"
    rf"(?:(?P<minutes#>{_NUMBER})\s*(?:['’′:\s]|{_ENDS})\s*)?"
    rf"(?:(?P<seconds#>{_NUMBER})\s*(?:\"|''|’’|′′|[”“″\s]|{_ENDS})\s*)?"
)
#: With the letter before the degrees, or after them.
_FORMS: Final = (rf"(?P<letter#>[NSEW])\s*{_ANGLE}", rf"{_ANGLE}(?P<letter#>[NSEW])?")
_ALONE: Final = tuple(re.compile(form.replace("#", "")) for form in _FORMS)
_PAIR: Final = tuple(re.compile(rf"{form.replace('#', '1')}\s*[,;/|]?\s*{form.replace('#', '2')}") for form in _FORMS)
_WORDS: Final = ((re.compile(r"\bNORD\b"), "N"), (re.compile(r"\bSUD\b"), "S"), (re.compile(r"\bEST\b"), "E"))
_WEST: Final = re.compile(r"\bOUEST\b|O(?![A-Z])")
_LONGEST: Final = 80
_SIXTY: Final = 60


def one_angle(text: str) -> float | None:
    r"""Return the degrees of one angle, `None` where the text is none; south and west are below zero.

    Examples
    --------
    >>> one_angle("1°30' O"), one_angle("N 43.5"), one_angle("43°28'30''"), one_angle("Sare")
    (-1.5, 43.5, 43.475, None)
    """
    found = _match(_ALONE, text)
    return None if found is None else _value(found, "")[0]


def two_angles(text: str) -> tuple[float, float, bool] | None:
    """Return two angles, and whether they are known to be a longitude, then a latitude; `None` where a text is none.

    Examples
    --------
    >>> two_angles("43°28'N 1°30'W")
    (-1.5, 43.46666666666667, True)
    >>> two_angles("43°30' -1°30'")
    (43.5, -1.5, False)
    """
    found = _match(_PAIR, text)
    if found is None:
        return None
    (first, is_north), (second, is_second_north) = _value(found, "1"), _value(found, "2")
    if first is None or second is None:
        return None
    if is_north is None and is_second_north is None:
        return first, second, False
    if is_north is None or is_second_north is None or is_north == is_second_north:
        return None
    return (second, first, True) if is_north else (first, second, True)


def _match(patterns: tuple[re.Pattern[str], ...], text: str) -> re.Match[str] | None:
    """Return what a text is, where it has a letter or a mark: mere numbers are not ours."""
    text = " ".join(text.replace("\u2212", "-").upper().split())
    for word, letter in _WORDS:
        text = word.sub(letter, text)
    text = _WEST.sub("W", text)
    if len(text) > _LONGEST or not re.search("[°ºNSEW]", text):
        return None
    return next(filter(None, (pattern.fullmatch(text.strip(" ()[]")) for pattern in patterns)), None)


def _value(found: re.Match[str], n: str) -> tuple[float | None, bool | None]:
    """Return the degrees of one of the angles, `None` where it cannot be; and whether it is a latitude, if known."""
    minutes, seconds = (float((found[name + n] or "0").replace(",", ".")) for name in ("minutes", "seconds"))
    letter = found["letter" + n]
    if minutes >= _SIXTY or seconds >= _SIXTY or (letter and found["sign" + n]):
        return None, None
    degrees = float(found["degrees" + n].replace(",", ".")) + minutes / 60 + seconds / 3600
    below = found["sign" + n] == "-" or letter in {"S", "W"}
    return -degrees if below else degrees, None if not letter else letter in {"N", "S"}
