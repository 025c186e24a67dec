"""What comes from elsewhere before any reader sees it: archives, the notes of the cache, answers of the geocoder."""

import gzip
import io
import json
import string
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from geo.errors import GeocodingError, MaillageError, SourceError
from geo.finder.geocoding import _places
from geo.sources.archives import extract_member, read_gzip, require_bounded
from geo.sources.download import Job, Limits, _begun
from geo.sources.download_cache import DownloadCache
from geo.sources.fetch import check_content
from geo.sources.registry import sources
from geo.territory.country import Country
from geo.territory.store import COUNTRY_MARKER

some = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

texts = st.text(max_size=10)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**400), 10**400), st.floats(), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
#: Parts of a name in an archive that would lead elsewhere.
names = st.lists(st.sampled_from(["..", "", "a", "list.csv", "C:", "LIST.CSV", "}"]), min_size=1, max_size=4).map(
    "/".join
)


def zipped(members: list[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name or "x"), content)
    return stream.getvalue()


@some
@given(st.lists(st.tuples(names, st.binary(max_size=50)), max_size=4, unique_by=lambda member: member[0]), st.data())
def test_an_archive_writes_one_file_where_it_is_told(tmp_path, members, data):
    out = tmp_path / "deep" / "out"
    out.mkdir(parents=True, exist_ok=True)
    path = tmp_path / "a.zip"
    content = bytearray(zipped(members))
    if data.draw(st.booleans()):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    for read in (lambda: require_bounded(path, "Liste"), lambda: extract_member(path, "list.csv", out, 40)):
        try:
            found = read()
        except SourceError:
            continue
        assert found is None or len(found.read_bytes()) <= 40
    assert {each for each in tmp_path.rglob("*") if each.is_file()} <= {path, out / "list.csv"}


@some
@given(st.binary(max_size=200), st.integers(0, 200), st.booleans())
def test_a_gzip_gives_all_of_it_or_is_refused(tmp_path, content, most, packed):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(content) if packed else content)
    try:
        assert b"".join(read_gzip(path, most)) == content or not packed
    except SourceError:
        assert not packed or len(content) > most
    else:
        require_bounded(path, "Liste", max_bytes=max(most, len(content)))


@some
@given(st.sampled_from(sorted(sources())), st.one_of(st.binary(max_size=80), st.text(string.printable).map(str.encode)))
@example("population", zipped([("donnees_communes.csv", b"\n")]))
@example("sites", b"\x1c")
def test_a_fetched_file_is_what_it_should_be_or_refused(tmp_path, name, content):
    path = tmp_path / "fetched"
    path.write_bytes(content)
    with pytest.raises(MaillageError):  # none of these is one of the official files
        check_content(path, sources()[name], "64")


@settings(some, max_examples=10)
@given(
    json_values,
    st.dictionaries(st.sampled_from(["url", "etag", "last_modified", "file", "bytes", "sha256"]), json_values),
)
@example(None, {"url": "http://127.0.0.1/", "etag": 5})
@example(None, {"url": "http://127.0.0.1/", "file": "../../../etc/hostname", "bytes": 1, "sha256": "0"})
def test_notes_of_the_cache_are_good_or_not_there(tmp_path, anything, card):
    job = Job("http://127.0.0.1/", tmp_path / "sites.part", 100, Limits())
    job.part.write_bytes(b"half")
    dates = dict.fromkeys(("published_on", "fetched_on", "checked_on"), "2026-11-01")
    for content in (anything, card, {"etag": None, "last_modified": None, "url": "", **dates, **card}):
        for path in (job.record, tmp_path / "sites.json"):
            path.write_text(json.dumps(content), encoding="utf-8")
        begun = _begun(job)
        assert begun is None or isinstance(begun.validator, str)
        assert DownloadCache(tmp_path).find("sites") is None


@some
@given(json_values, st.fixed_dictionaries({}, optional=dict.fromkeys(["geometry", "properties"], json_values)))
def test_an_answer_of_the_geocoder(anything, feature):
    for content in (anything, {"features": anything}, {"features": [feature]}, {"features": [anything, feature]}):
        try:
            places = _places(json.dumps(content).encode())
        except GeocodingError:
            continue
        assert all(abs(place.lon) <= 180 and abs(place.lat) <= 90 and place.label for place in places)


@some
@given(json_values, json_values)
@example("France", 10**9)
@example("France", 0)
@example("France", float("inf"))
@example("France", 0)
@example("France", float("inf"))
def test_a_country_whose_note_was_changed(tmp_path, name, parts):
    for content in (name, {"name": name, "parts": parts}):
        (tmp_path / COUNTRY_MARKER).write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(MaillageError):  # the folder holds no part
            Country.load(tmp_path)
