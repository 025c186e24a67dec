"""Files of every wrong kind that a visitor may give: each is refused in one French sentence."""

import functools
import gzip
import io
import json
import tarfile
import zipfile

import pandas as pd
import pytest
from PIL import Image

from geo.errors import MaillageError
from geo.territory.given_files import KINDS, look

PLACES = "nom;latitude;longitude\nMairie;43.31;-1.58\n"


def zipped(name: str, content: bytes, level: int | None = None) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def image(form: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(written, form)
    return written.getvalue()


def parquet() -> bytes:
    written = io.BytesIO()
    pd.DataFrame({"nom": ["Mairie"], "lat": [43.3]}).to_parquet(written)
    return written.getvalue()


def packed_folder() -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("liste.csv"), io.BytesIO())
    return written.getvalue()


@functools.cache
def bomb() -> bytes:
    """Pack what no memory should hold; made where it is looked at, not as this module is read."""
    return zipped("c.geojson", b" " * 120_000_000, 1)


WRONG = {
    "png": image("PNG"),
    "jpeg": image("JPEG"),
    "gif": image("GIF"),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"\x00\x01\xfe" * 500,
    "nothing": b"",
    "a byte order mark": b"\xef\xbb\xbf",
    "blanks": b" \n\t\n \r\n",
    "a header": b"nom;latitude;longitude\n",
    "a page": b"<!DOCTYPE html><html><body>404</body></html>",
    "a page after blanks": b"\n\n  <html lang='fr'></html>",
    "xml": b"<?xml version='1.0'?><kml></kml>",
    "a workbook": zipped("xl/workbook.xml", b"<a/>"),
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500,
    "parquet": parquet(),
    "parquet cut short": parquet()[:-20],
    "gzip": gzip.compress(PLACES.encode()),
    "tar": packed_folder(),
    "an empty archive": b"PK\x05\x06" + b"\x00" * 18,
    "an archive cut short": zipped("liste.csv", PLACES.encode() * 50)[:60],
    "a picture in an archive": zipped("photo.png", image("PNG")),
    "an archive in an archive": zipped("a.zip", zipped("liste.csv", PLACES.encode())),
    "a path in an archive": zipped("../../liste.geojson", b"{}"),
    "a bomb": bomb,
    "json": b'{"a": 1}',
    "json cut short": json.dumps({"type": "FeatureCollection", "features": []}).encode()[:-3],
    "no feature": b'{"type": "FeatureCollection", "features": []}',
    "sqlite": b"SQLite format 3\x00" + b"\x00" * 200,
    "a program": b"\x7fELF\x02\x01\x01" + b"\x00" * 300,
    "null bytes": b"nom;lat\x00itude\n",
    "random": bytes(range(256)) * 20,
}


@pytest.mark.parametrize("key", KINDS)
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_file_is_one_sentence(key, what):
    content = WRONG[what]
    with pytest.raises(MaillageError) as refused:
        look(key, content() if callable(content) else content)
    said = str(refused.value)
    assert said.endswith((".", "»"))
    assert "\n" not in said
    assert KINDS[key].title in said or "outes" in said
    assert (key, what) != ("communes", "a bomb") or "fois la taille du fichier" in said


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("nothing", "« sites.csv » est vide"),
        ("a page", "une page web a été trouvée"),
        ("a workbook", "un classeur (Excel, LibreOffice) n'est pas lu"),
    ],
)
def test_the_sentence_says_what_was_found(what, words):
    with pytest.raises(MaillageError) as refused:
        look("sites", WRONG[what])
    assert words in str(refused.value)


@pytest.mark.parametrize("key", ["sites", "population"])
def test_wide_letters_are_read(key):
    for encoding in ("utf-16", "utf-16-le", "utf-8-sig", "cp1252"):
        assert look(key, PLACES.replace("Mairie", "Maïrie").encode(encoding)).rows == 1
