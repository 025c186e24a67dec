"""Files out of archives: no name decides a path, no size is believed."""

import gzip
import struct
import zipfile

import pytest

from geo.errors import SourceError
from geo.sources.archives import extract_member, read_gzip


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
    with pytest.raises(SourceError, match="dépasse 1 Mo"):
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
    with pytest.raises(SourceError, match="dépasse 2 Mo"):
        list(read_gzip(path, 2_000_000))
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(SourceError, match="abîmée"):
        list(read_gzip(path, 3_000_000))
