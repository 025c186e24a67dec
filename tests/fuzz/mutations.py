"""Damage to a file: bits turned, bytes cut, put in, doubled or taken from another file, numbers made absurd."""

import gzip
import io
import random
import re
import zipfile

from seeds import Case

_TOKENS = tuple(
    token.encode("utf-8", "surrogatepass")
    for token in (
        *(
            "",
            ",",
            ";",
            "\t",
            '"',
            '""',
            "\n",
            "\r",
            "\r\n",
            "\x00",
            "\ufeff",
            "\u2028",
            "\u202e",
            "é",
            "<script>",
            "</",
        ),
        *("nan", "NaN", "inf", "-Infinity", "null", "true", "{}", "[]", "[[", "{", "}", "]", '":', "../../etc", "%00"),
        *("0", "-1", "1e999", "-1e-999", "9" * 30, "0x10", "1_000", "١٢", "2A004", "64102", "99999", "24:00", "00:00"),
        *("\ud800", "Point", "Polygon", "GeometryCollection", "EMPTY", "EPSG:9999", "\\u0000", "\\ud800", "&lol;"),
    )
)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_WORD = re.compile(rb"[A-Za-z_]{2,}")
_WHOLE_NUMBERS = (
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
    2**63 - 1,
    2**64 - 1,
)
_MOST_BYTES = 200_000


def damaged(case: Case, others: list[bytes], chance: random.Random) -> Case:
    """Return a copy of a case with one of its files damaged, or now and then missing."""
    name = chance.choice(sorted(case))
    if len(case) > 1 and chance.random() < 0.03:
        return {key: content for key, content in case.items() if key != name}
    return case | {name: _damaged_file(case[name], others, chance)}


def _damaged_file(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Damage a file, or, half of the time, what it packs."""
    inside = chance.random() < 0.5
    if inside and content.startswith(b"\x1f\x8b"):
        return gzip.compress(_damaged_bytes(gzip.decompress(content), others, chance))
    if inside and content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {each: archive.read(each) for each in archive.namelist()}
        chosen = chance.choice(sorted(members))
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for each, packed in members.items():
                written = (
                    each
                    if chance.random() > 0.03
                    else chance.choice(("../" + each, "/" + each, each.upper(), "x\\" + each))
                )
                archive.writestr(written, _damaged_bytes(packed, others, chance) if each == chosen else packed)
        return stream.getvalue()
    return _damaged_bytes(content, others, chance)


def _damaged_bytes(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        content = chance.choice(_DAMAGES)(bytearray(content), others, chance)[:_MOST_BYTES]
    return bytes(content)


def _turn_bits(content: bytearray, _others: list[bytes], chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 1, 4, 16))):
        if content:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return content


def _set_number(content: bytearray, _others: list[bytes], chance: random.Random) -> bytearray:
    width = chance.choice((1, 2, 4, 8))
    if len(content) > width:
        at = chance.randrange(len(content) - width)
        number = chance.choice(_WHOLE_NUMBERS) % 2 ** (8 * width)
        content[at : at + width] = number.to_bytes(width, chance.choice(("little", "big")))
    return content


def _cut_short(content: bytearray, _others: list[bytes], chance: random.Random) -> bytearray:
    return content[: chance.randrange(len(content) + 1)]


def _take_out(content: bytearray, _others: list[bytes], chance: random.Random) -> bytearray:
    begin = chance.randrange(len(content) + 1)
    del content[begin : begin + chance.choice((1, 2, 8, 64, 512))]
    return content


def _put_in(content: bytearray, _others: list[bytes], chance: random.Random) -> bytearray:
    at = chance.randrange(len(content) + 1)
    content[at:at] = chance.choice(
        (chance.choice(_TOKENS), chance.choice(_TOKENS), chance.randbytes(chance.randrange(1, 32)))
    )
    return content


def _repeat(content: bytearray, _others: list[bytes], chance: random.Random) -> bytearray:
    begin = chance.randrange(len(content) + 1)
    part = content[begin : begin + chance.choice((1, 8, 64, 512))]
    content[begin:begin] = part * chance.choice((1, 2, 50, 1000))
    return content


def _splice(content: bytearray, others: list[bytes], chance: random.Random) -> bytearray:
    other = chance.choice(others)
    begin = chance.randrange(len(other) + 1)
    at = chance.randrange(len(content) + 1)
    part = other[begin : begin + chance.choice((8, 64, 512, len(other)))]
    content[at : at + chance.choice((0, len(part), len(content)))] = part
    return content


def _replace(pattern: re.Pattern[bytes]) -> object:
    def replace(content: bytearray, _others: list[bytes], chance: random.Random) -> bytearray:
        found = [match.span() for match in pattern.finditer(bytes(content[:_MOST_BYTES]))]
        if found:
            begin, end = chance.choice(found)
            content[begin:end] = chance.choice(_TOKENS)
        return content

    return replace


def _swap_words(content: bytearray, _others: list[bytes], chance: random.Random) -> bytearray:
    found = [match.span() for match in _WORD.finditer(bytes(content))]
    if len(found) > 1:
        (first, first_end), (second, second_end) = sorted(chance.sample(found, 2))
        one, other = content[first:first_end], content[second:second_end]
        content[second:second_end] = one
        content[first:first_end] = other
    return content


_DAMAGES = (
    *(_turn_bits, _set_number, _cut_short, _take_out, _put_in, _repeat, _splice, _swap_words),
    *(_replace(_NUMBER), _replace(_NUMBER), _replace(_WORD)),
)
