"""How a fact is looked for in a text: the notation of `facts`, and what it finds.

A fact is a few lines: its name and kind, the channels that must say it, then patterns, one a line. A pattern is a
regular expression in which ``#`` stands for the number of the fact, written in any way, right or wrong;
``<share>``, ``<minutes>``, ``<count>``, ``<decimal>`` stand for other numbers, ``<near>`` for the threshold by car
in any wording, and ``<label_1>`` for the name of a label. A pattern holds in every channel, or only in those of the globs that
it begins with (``@svg.*|pdf ``); one that ends with `` => text`` says the fact in words. Whatever a pattern finds is
the fact: it must be the number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby

#: How each kind of number is written, rightly or not.
WRITTEN = {
    "share": r"(?:(?:[Pp]lus de 99|[Mm]oins de 1|(?<![\d,])\d{1,3}(?:,\d+)?) %|—)",
    "minutes": r"(?:environ (?:-?\d{1,3} min|\d+ h(?: \d\d)?)|moins de 5 min|(?<![\d,])\d{1,3}(?:,\d+)? min|—)",
    "count": r"(?:(?<![\d,])\d{1,3}(?: \d{3})*(?:,\d+)?|—)",
    "decimal": r"(?:(?<![\d,])\d{1,3}(?:,\d+)?|—)",
    "month": r"(?:(?<![\d,])\d{1,3}(?:,\d+)?|—)",
    "hours": r"(?:\d{1,3} h(?: \d\d)?|\d{1,2} min|—)",
}
NEAR = r"(?:à moins de 20 min|[àÀ] 20 min ou moins|[àÀ] 20 min d'un site)(?! à (?:pied|vélo))"
UNKNOWN = "—"
_MUST = "must "


@dataclass(frozen=True)
class Pattern:
    """One way of saying a fact, in the channels of some globs; `meant` where words stand for the number."""

    globs: tuple[str, ...]
    regex: str
    meant: str


@dataclass(frozen=True)
class Fact:
    """One number: its name in `oracle.Oracle.figures`, its kind, the channels that must say it, how it is said."""

    name: str
    kind: str
    must: tuple[str, ...]
    patterns: tuple[Pattern, ...]

    def text(self, value: float | None, *, estimated: bool) -> str:
        """Return the one way of writing the value: whole percents and residents, tenths of anything else.

        `estimated`: Whether times are estimated: they are then written to 5 minutes.
        """
        if value is None:
            return UNKNOWN
        if self.kind == "minutes" and estimated:
            return about(abs(value))
        if self.kind == "hours":
            whole, rest = divmod(round(60 * value), 60)
            return f"{whole} h" + (f" {rest:02d}" if rest else "") if whole or not rest else f"{rest} min"
        if self.kind == "share":
            percent = round(100 * value)
            if percent == 100 and value != 1:
                return "plus de 99 %"
            return "moins de 1 %" if percent == 0 and value != 0 else f"{percent} %"
        whole = self.kind == "count" or (self.kind == "month" and value == round(value))
        written = f"{abs(value):,.{0 if whole else 1}f}".replace(",", " ").replace(".", ",")
        return f"{written} min" if self.kind == "minutes" else written

    def read(
        self, channel: str, words: str, names: dict[str, str], value: float | None, *, estimated: bool
    ) -> list[str]:
        """Return each way in which a channel writes the fact; `names` of the labels fill the patterns."""
        found, right = [], self.text(value, estimated=estimated)
        for pattern in self.patterns:
            if not any(fnmatchcase(channel, glob) for glob in pattern.globs):
                continue
            for match in re.finditer(self._filled(pattern.regex, names), words):
                number = pattern.meant or match["n"].replace("Plus", "plus").replace("Moins", "moins")
                # Cells of a printed table have only a space between them: 22 225 beside 23 254.
                is_cell = channel == "pdf" and not pattern.meant
                rest = words[match.start("n") :] if is_cell else ""
                found.append(right if re.match(rf"{re.escape(right)}(?![\d,])", rest) else number)
        return found

    def _filled(self, regex: str, names: dict[str, str]) -> str:
        for name, text in names.items():
            regex = regex.replace(f"<{name}>", re.escape(text))
        for other, written in WRITTEN.items():
            regex = regex.replace(f"<{other}>", written)
        return regex.replace("<near>", NEAR).replace("#", f"(?P<n>{WRITTEN[self.kind]})", 1)


def about(minutes: float, low: float | None = None, high: float | None = None) -> str:
    """Return the one way of writing an estimated time, with its bounds where it is that of one trip."""
    if minutes < 5:
        return "moins de 5 min"

    def length(whole: int) -> str:
        if whole < 60:
            return f"{whole} min"
        return f"{whole // 60} h" + (f" {whole % 60:02d}" if whole % 60 else "")

    def fives(value: float) -> int:
        return int((value + 2.5) // 5) * 5

    words = f"environ {length(fives(minutes))}"
    if low is None or high is None or fives(low) == fives(high):
        return words
    if fives(high) < 60:
        return f"{words}, de {fives(low)} à {fives(high)}"
    return f"{words}, de {length(fives(low))} à {length(fives(high))}"


def facts_of(written: str) -> Iterator[Fact]:
    """Read facts: blocks of lines that a blank line parts."""
    for filled, lines in groupby(map(str.strip, written.splitlines()), bool):
        if filled:
            first, *others = lines
            must = [channel for line in others if line.startswith(_MUST) for channel in line.split()[1:]]
            patterns = [_pattern(line) for line in others if not line.startswith(_MUST)]
            yield Fact(*first.split(), tuple(must), tuple(patterns))


def _pattern(line: str) -> Pattern:
    globs, regex = line[1:].split(" ", 1) if line.startswith("@") else ("*", line)
    regex, _, meant = regex.partition(" => ")
    return Pattern(tuple(globs.split("|")), regex, meant)
