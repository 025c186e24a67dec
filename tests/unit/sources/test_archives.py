"""Files out of archives: no name decides a path, no size is believed."""

import bz2
import gzip
import struct
import zipfile
import zlib

import pytest

from geo.errors import SourceError
from geo.network.road_files import read_roads
from geo.sources.archives import extract_member, read_gzip, require_bounded
from geo.sources.communes import read_communes
from geo.sources.layers import find_layers, read_layer
from geo.sources.places import read_places


def archive(tmp_path, *members):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members:
            opened.writestr(name, content)
    return path


@pytest.mark.parametrize("name", ["list.csv", "deep/er/LIST.csv", "../../list.csv", "/etc/list.csv", "..\\list.csv"])
def test_the_caller_decides_where(tmp_path, name):
    path = archive(tmp_path, ("other.csv", "no"), (name, "yes"))
    out = tmp_path / "in" / "out"
    out.mkdir(parents=True)
    if "\\" in name:  # a name of its own on this system
        with pytest.raises(SourceError, match="absent"):
            extract_member(path, "list.csv", out, 100)
        return
    assert extract_member(path, "list.csv", out, 100) == out / "list.csv"
    assert (out / "list.csv").read_text() == "yes"
    assert sorted(each.name for each in tmp_path.rglob("*.csv")) == ["list.csv"]


def test_what_is_absent_or_there_twice_is_said(tmp_path):
    with pytest.raises(SourceError, match=r"absent de l'archive « a.zip » \(trouvé : other.csv\)"):
        extract_member(archive(tmp_path, ("d/other.csv", "")), "list.csv", tmp_path, 100)
    with pytest.raises(SourceError, match="plusieurs fois"):
        extract_member(archive(tmp_path, ("a/list.csv", ""), ("b/list.csv", "")), "list.csv", tmp_path, 100)


def test_a_bomb_is_refused_whether_it_says_its_size_or_not(tmp_path):
    path = archive(tmp_path, ("list.csv", bytes(5_000_000)))
    with pytest.raises(SourceError, match=r"dépasse 1\sMo"):
        extract_member(path, "list.csv", tmp_path, 1_000_000)
    content = path.read_bytes().replace(struct.pack("<I", 5_000_000), struct.pack("<I", 1_000))
    path.write_bytes(content)
    with pytest.raises(SourceError):
        extract_member(path, "list.csv", tmp_path, 1_000_000)
    assert not (tmp_path / "list.csv").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"<html>"])
def test_what_is_no_archive_is_said(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(SourceError, match="abîmée"):
        extract_member(tmp_path / "a.zip", "list.csv", tmp_path, 100)
    (tmp_path / "a.gz").write_bytes(content or b"\x1f\x8b")
    with pytest.raises(SourceError, match="abîmée"):
        list(read_gzip(tmp_path / "a.gz", 100))


def test_a_damaged_member_leaves_nothing(tmp_path):
    path = archive(tmp_path, ("list.csv", "a" * 100_000))
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(SourceError):
        extract_member(path, "list.csv", tmp_path, 10**6)
    assert not (tmp_path / "list.csv").exists()


def test_gzip_is_bounded_and_read_to_its_end(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"x" * 3_000_000))
    assert sum(map(len, read_gzip(path, 3_000_000))) == 3_000_000
    with pytest.raises(SourceError, match=r"dépasse 2\sMo"):
        list(read_gzip(path, 2_000_000))
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(SourceError, match="abîmée"):
        list(read_gzip(path, 3_000_000))


def bomb(path, size):
    """Write `size` zeros packed as the name says."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
            opened.writestr("roads.geojson", bytes(size))
    else:
        path.write_bytes({".gz": gzip.compress, ".bz2": bz2.compress}[path.suffix](bytes(size)))
    return path


@pytest.mark.parametrize("name", ["a.zip", "a.geojson.gz", "a.osm.bz2"])
def test_what_swells_is_refused(tmp_path, monkeypatch, name):
    path = bomb(tmp_path / name, 3_000_000)
    require_bounded(path, "Routes")  # so little is harmless
    monkeypatch.setattr("geo.sources.archives._HARMLESS_BYTES", 1_000_000)
    with pytest.raises(SourceError, match=rf"Routes : « {name} » : plus de 1\sMo sortent de .* au plus 200 fois"):
        require_bounded(path, "Routes")
    with pytest.raises(SourceError, match=r"plus de 500\sko une fois décompressé"):
        require_bounded(path, "Routes", max_bytes=500_000)


def test_an_announced_size_is_not_believed(tmp_path):
    path = bomb(tmp_path / "a.zip", 5_000_000)
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 5_000_000), struct.pack("<I", 1_000)))
    with pytest.raises(SourceError, match=r"plus de 2\sMo"):
        require_bounded(path, "Routes", max_bytes=2_000_000)
    with pytest.raises(SourceError, match="abîmée"):
        require_bounded(path, "Routes")


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.sources.archives.MAX_MEMBERS", 3)
    path = archive(tmp_path, *((f"{n}.txt", "") for n in range(4)))
    with pytest.raises(SourceError, match="4 fichiers trouvés, au plus 3 attendus"):
        require_bounded(path, "Routes")


def test_a_password_and_an_unknown_packing_are_told(tmp_path):
    path = archive(tmp_path, ("a.geojson", "{}"))
    plain = path.read_bytes()
    at, listed = plain.index(b"PK\x03\x04"), plain.index(b"PK\x01\x02")
    for offset, value, said in ((6, 1, "sans mot de passe"), (8, 9, "méthode 9")):  # flags, then method
        content = bytearray(plain)
        content[at + offset] = content[listed + offset + 2] = value
        path.write_bytes(content)
        with pytest.raises(SourceError, match=said):
            require_bounded(path, "Routes")


def test_an_archive_in_an_archive_stays_packed(tmp_path):
    inner = bomb(tmp_path / "inner.zip", 5_000_000).read_bytes()
    require_bounded(archive(tmp_path, ("inner.zip", inner)), "Routes", max_bytes=100_000)


@pytest.mark.parametrize("read", [lambda path: find_layers(path, "Routes"), read_roads, read_places, read_communes])
@pytest.mark.parametrize("name", ["a.zip", "a.geojson.gz"])
def test_readers_refuse_what_swells(tmp_path, monkeypatch, read, name):
    monkeypatch.setattr("geo.sources.archives._HARMLESS_BYTES", 1_000_000)
    with pytest.raises(SourceError, match="au plus 200 fois"):
        read(bomb(tmp_path / name, 3_000_000))


@pytest.mark.parametrize("name", ["a.osm.gz", "a.osm.bz2"])
def test_an_extract_that_swells_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.setattr("geo.sources.archives._HARMLESS_BYTES", 1_000_000)
    with pytest.raises(SourceError, match="au plus 200 fois"):
        read_roads(bomb(tmp_path / name, 3_000_000))


def extract_of_zeros(path, n_blocks):
    """Write blocks of a megabyte that pack to a kilobyte, as an extract holds them."""

    def number(value):
        return bytes([value & 127 | 128]) + number(value >> 7) if value > 127 else bytes([value])

    raw = bytes(1_000_000)
    packed = zlib.compress(raw, 9)
    blob = b"\x10" + number(len(raw)) + b"\x1a" + number(len(packed)) + packed
    header = b"\x0a\x07OSMData\x18" + number(len(blob))
    path.write_bytes((struct.pack(">I", len(header)) + header + blob) * n_blocks)
    return path


def test_an_extract_that_swells_as_it_announces_is_refused(tmp_path, monkeypatch):
    path = extract_of_zeros(tmp_path / "a.osm.pbf", 3)
    require_bounded(path, "Routes")
    with pytest.raises(SourceError, match=r"plus de 2,5\sMo une fois décompressé"):
        require_bounded(path, "Routes", max_bytes=2_500_000)
    monkeypatch.setattr("geo.sources.archives._HARMLESS_BYTES", 1_000_000)
    with pytest.raises(SourceError, match=r"plus de 2\sMo sortent de .* au plus 20 fois"):
        read_roads(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"\xff" * 40, b"\x00\x00\x00\x02\x18\xff", bytes(50)])
def test_what_is_no_extract_is_left_to_its_reader(tmp_path, content):
    (tmp_path / "a.osm.pbf").write_bytes(content)
    require_bounded(tmp_path / "a.osm.pbf", "Routes")
    with pytest.raises(SourceError, match="n'est pas un extrait OpenStreetMap lisible"):
        read_roads(tmp_path / "a.osm.pbf")


def test_a_path_in_an_archive_leads_nowhere_else(tmp_path):
    """A layer named to climb out is read from the archive or not at all, never from the disk."""
    outside = tmp_path / "out.geojson"
    feature = '{"type": "Feature", "properties": {"nom": "%s"}, "geometry": {"type": "Point", "coordinates": [1, 45]}}'
    outside.write_text(feature % "outside")
    (tmp_path / "in").mkdir()
    for name in ("../out.geojson", str(outside), "deep/../../out.geojson"):
        path = archive(tmp_path / "in", (name, feature % "inside"))
        try:
            (layer,) = find_layers(path, "Lieux")
        except SourceError:
            continue
        assert read_layer(layer, "Lieux")["nom"].tolist() == ["inside"]
