"""Files given by a planner: read by their content, within limits, one sentence for what is wrong."""

import io
import json
import zipfile

import pytest

from geo.errors import MaillageError, ParameterError
from geo.sources.places import read_places
from geo.sources.zones import read_frr
from geo.ui.components import uploads
from geo.ui.components.uploads import MOST_MEGABYTES, accepted, read_bytes

CSV = "nom;latitude;longitude\nMairie;43,3;-1,5\nPoste <b>;43.31;-1.51\n"


def places(path):
    return read_places(path, dataset="Lieux candidats")


def test_a_table_and_a_layer_are_told_apart_by_their_content():
    table = read_bytes(CSV.encode(), places)
    assert table.table["name"].tolist() == ["Mairie", "Poste <b>"]
    point = {
        "type": "Feature",
        "properties": {"nom": "Mairie"},
        "geometry": {"type": "Point", "coordinates": [-1.5, 43.3]},
    }
    layer = read_bytes(json.dumps({"type": "FeatureCollection", "features": [point]}).encode(), places)
    assert layer.table.geometry.iloc[0].x == -1.5
    assert layer.rows == 1
    assert layer.digest != table.digest


def test_the_same_bytes_have_the_same_digest():
    assert read_bytes(CSV.encode(), places).digest == read_bytes(CSV.encode(), places).digest


def archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        opened.writestr("../../etc/passwd", "x")
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 1000,
        b"SQLite format 3\x00" + b"\xff" * 500,
        b"{",
        b'{"type": "FeatureCollection", "features": []}',
        b"a;b\n1;2\n",
        b"nom;latitude;longitude\nX;abc;1\n",
        b"<VRTDataset><SourceFilename>/etc/passwd</SourceFilename></VRTDataset>",
        archive(),
    ],
)
def test_a_hostile_file_is_refused_in_one_sentence(content):
    with pytest.raises(MaillageError) as caught:
        read_bytes(content, places)
    assert "/tmp" not in str(caught.value)
    assert "root:" not in str(caught.value)


def test_too_many_bytes_or_rows(monkeypatch):
    with pytest.raises(ParameterError, match="au plus 10 Mo"):
        read_bytes(b"x" * (MOST_MEGABYTES * 1_000_000 + 1), places)
    monkeypatch.setattr(uploads, "MOST_ROWS", 1)
    with pytest.raises(ParameterError, match="2 lignes"):
        read_bytes(CSV.encode(), places)


def test_priority_communes():
    found = read_bytes(b"codgeo,libgeo,codefrr\n64504,Sare,FRR\n64445,Pau,-9999\n", read_frr)
    assert found.table.index.tolist() == ["64504"]


def test_millions_of_empty_lines_are_refused_before_they_are_read():
    with pytest.raises(ParameterError, match="lignes trouvées, refusées"):
        read_bytes(b"nom;latitude;longitude\n" + b"\n" * 9_000_000, places)


def workbook(member: str, content: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        opened.writestr(member, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        workbook("xl/workbook.xml", "<workbook/>"),
        workbook("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    ],
    ids=["xlsx", "ods", "xls"],
)
def test_a_workbook_is_told_apart_with_what_to_do(content):
    with pytest.raises(ParameterError, match=r"classeur .* CSV UTF-8"):
        read_bytes(content, places)
    assert set(accepted(("csv", "zip"))) == {"csv", "zip", "xlsx", "xls", "ods"}
    assert accepted(("zip",)) == ["zip"]
