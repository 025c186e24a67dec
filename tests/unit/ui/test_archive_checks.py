"""Compressed files given by a visitor: only small and plain ones are opened."""

import io
import stat
import struct
import zipfile

import pytest

from geo.errors import SchemaError, SourceError
from geo.ui.components import archive_checks
from geo.ui.components.archive_checks import check_archive, check_extract


def zipped(*members) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_a_plain_archive_in_folders_passes():
    check_archive(zipped(("couche/communes.shp", b"x"), ("lisez-moi..txt", b"y")), "Communes")


def test_all_faults_of_an_archive_are_told_together():
    hostile = zipped(
        ("../../etc/passwd", b"x"),
        ("..\\windows\\communes.shp", b"x"),
        ("/etc/cron.d/job", b"x"),
        ("C:\\communes.shp", b"x"),
        (link("communes.shp"), b"/etc/passwd"),
        ("dedans.ZIP", b"PK"),
        ("nom\u202e\n<script>.tar.gz", b"x"),
    )
    with pytest.raises(SchemaError) as caught:
        check_archive(hostile, "Communes")
    said = str(caught.value)
    assert said.count("sort de l'archive") == 4
    assert said.count("est un lien") == 1
    assert said.count("est une archive dans l'archive") == 2
    assert "\n" not in said
    assert "\u202e" not in said


def test_an_encrypted_member_is_refused():
    content = bytearray(zipped(("communes.shp", b"x")))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(SchemaError, match=r"« communes\.shp » est chiffré"):
        check_archive(bytes(content), "Communes")


def test_a_bomb_is_refused_whatever_it_announces(monkeypatch):
    monkeypatch.setattr(archive_checks, "MOST_UNZIPPED_MEGABYTES", 1)
    bomb = zipped(("communes.shp", bytes(3_000_000)))
    assert len(bomb) < 10_000
    with pytest.raises(SourceError, match="1 Mo une fois décompressé"):
        check_archive(bomb, "Communes")
    lying = bytearray(bomb)
    for start, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = lying.index(start) + offset
        lying[at : at + 4] = struct.pack("<I", 10)
    with pytest.raises(SourceError):  # cut at the size announced: its checksum is then false
        check_archive(bytes(lying), "Communes")


def test_many_small_members_are_a_bomb_too(monkeypatch):
    monkeypatch.setattr(archive_checks, "MOST_UNZIPPED_MEGABYTES", 1)
    with pytest.raises(SourceError, match="Mo une fois décompressé"):
        check_archive(zipped(*((f"{number}.shp", bytes(20_000)) for number in range(60))), "Communes")
    with pytest.raises(SourceError, match="archive de 101 fichiers refusée"):
        check_archive(zipped(*((f"{number}.txt", b"") for number in range(101))), "Communes")


@pytest.mark.parametrize("cut", [5, 40, -10])
def test_a_damaged_archive_is_refused(cut):
    with pytest.raises(SourceError, match="abîmée ou incomplète"):
        check_archive(zipped(("communes.shp", bytes(500)))[:cut], "Communes")


def block(kind: bytes, data: bytes) -> bytes:
    header = b"\x0a" + bytes([len(kind)]) + kind + b"\x18" + bytes([len(data)])
    return struct.pack(">I", len(header)) + header + data


def test_an_extract_is_weighed_by_its_blocks(monkeypatch, shared_data):
    check_extract((shared_data / "osm" / "caen.osm.pbf").read_bytes(), "Routes")
    monkeypatch.setattr(archive_checks, "MOST_UNZIPPED_MEGABYTES", 1)
    with pytest.raises(SourceError, match="Découpez l'extrait"):
        check_extract((shared_data / "osm" / "caen.osm.pbf").read_bytes(), "Routes")


def test_an_extract_that_announces_too_much_is_refused():
    two_gigabytes = b"\x10\xff\xff\xff\xff\x07\x1a\x01x"  # field 2, raw size; field 3, one byte
    with pytest.raises(SourceError, match="400 Mo"):
        check_extract(block(b"OSMHeader", b"\x0a\x01x") + block(b"OSMData", two_gigabytes), "Routes")


@pytest.mark.parametrize(
    "content",
    [
        block(b"OSMHeader", b"\x0a\x01x")[:-1],
        b"\x00\x00\x00\x0d\x0a\x09OSMHeader",
        b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x00",
        b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x00\x00\x00\x0d\x0f\x09OSMHeader\x18\x05",
    ],
)
def test_a_damaged_extract_is_refused(content):
    with pytest.raises(SourceError, match="abîmé ou incomplet"):
        check_extract(content, "Routes")
