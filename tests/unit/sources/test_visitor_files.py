"""Compressed files given by a visitor: only small and plain ones are opened."""

import io
import stat
import struct
import zipfile

import pytest

from geo.errors import SchemaError, SourceError
from geo.sources import visitor_files
from geo.sources.visitor_files import check_packed


@pytest.fixture
def check(tmp_path):
    """Check these bytes as a file of a kind."""

    def run(content: bytes, source: str = "Communes", name: str = "communes.zip") -> None:
        path = tmp_path / name
        path.write_bytes(content)
        check_packed(path, source)

    return run


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


def test_a_plain_archive_in_folders_passes(check):
    check(zipped(("couche/communes.shp", b"x"), ("lisez-moi..txt", b"y")))


def test_all_faults_of_an_archive_are_told_together(check):
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
        check(hostile)
    said = str(caught.value)
    assert said.count("sort de l'archive") == 4
    assert said.count("est un lien") == 1
    assert said.count("est une archive dans l'archive") == 2
    assert "\n" not in said
    assert "\u202e" not in said


def test_an_encrypted_member_is_refused(check):
    content = bytearray(zipped(("communes.shp", b"x")))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(SchemaError, match=r"« communes\.shp » est chiffré"):
        check(bytes(content))


def test_a_bomb_is_refused_whatever_it_announces(check, monkeypatch):
    monkeypatch.setattr(visitor_files, "MOST_UNPACKED_BYTES", 1_000_000)
    bomb = zipped(("communes.shp", bytes(3_000_000)))
    assert len(bomb) < 10_000
    with pytest.raises(SourceError, match="1\xa0Mo une fois décompressé"):
        check(bomb)
    lying = bytearray(bomb)
    for start, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = lying.index(start) + offset
        lying[at : at + 4] = struct.pack("<I", 10)
    with pytest.raises(SourceError):  # cut at the size announced: its checksum is then false
        check(bytes(lying))


def test_many_small_members_are_a_bomb_too(check, monkeypatch):
    monkeypatch.setattr(visitor_files, "MOST_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(SourceError, match="Mo une fois décompressé"):
        check(zipped(*((f"{number}.shp", bytes(20_000)) for number in range(60))))
    with pytest.raises(SourceError, match="archive de 101 fichiers refusée"):
        check(zipped(*((f"{number}.txt", b"") for number in range(101))))


@pytest.mark.parametrize("cut", [5, 40, -10])
def test_a_damaged_archive_is_refused(check, cut):
    with pytest.raises(SourceError, match="abîmée ou incomplète"):
        check(zipped(("communes.shp", bytes(500)))[:cut])


def block(kind: bytes, data: bytes) -> bytes:
    header = b"\x0a" + bytes([len(kind)]) + kind + b"\x18" + bytes([len(data)])
    return struct.pack(">I", len(header)) + header + data


def test_an_extract_is_weighed_by_its_blocks(check, monkeypatch, shared_data):
    content = (shared_data / "osm" / "caen.osm.pbf").read_bytes()
    check(content, "Routes", "routes.osm.pbf")
    monkeypatch.setattr(visitor_files, "MOST_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(SourceError, match=r"Routes : .* 1\xa0Mo une fois décompressé"):
        check(content, "Routes", "routes.osm.pbf")


def test_an_extract_that_announces_too_much_is_refused(check):
    two_gigabytes = b"\x10\xff\xff\xff\xff\x07\x1a\x01x"  # field 2, raw size; field 3, one byte
    with pytest.raises(SourceError, match="400\xa0Mo"):
        check(block(b"OSMHeader", b"\x0a\x01x") + block(b"OSMData", two_gigabytes), "Routes", "routes.osm.pbf")
