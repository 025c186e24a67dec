"""Readers of facilities on anything: a valid table or a `MaillageError`, and hours that are unions."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import MaillageError, ParameterError
from geo.schemas import check_facilities
from geo.sources.delimited import read_delimited
from geo.sources.france_services import read_france_services
from geo.sources.opening_hours import WeeklyHours, parse_day, parse_plage_ouverture
from geo.sources.places import read_places
from geo.sources.tax_offices import read_tax_offices

quick = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])

HOURS = ["h_lundi", "h_mardi", "h_mercredi", "h_jeudi", "h_vendredi", "h_samedi"]
SITE = dict.fromkeys(["adresse", "insee_com", "code_postal", "lib_com", *HOURS, "commentaire", "prise_rdv"], "") | {
    "id_fs": "1",
    "lib_fs": "France services",
    "latitude": "43.4",
    "longitude": "-1.5",
    "type_fs": "Principal",
    "format_fs": "Fixe",
    "labellisation_fs": "Espace labellisé 01/01/2022",
    "insee_dep": "64",
}
CENTRE = dict.fromkeys(["adresse", "code_postal", "commune", "code_commune", "lundi", "mardi", "public"], "") | {
    "nom_du_service": "SIP",
    "type_de_service": "Centre des Finances publiques",
    "geocodage": "43.4,-1.5",
}

texts = st.text(max_size=12)
cells = st.one_of(
    texts,
    st.sampled_from(
        ["0", "nan", "inf", "-1e400", "43,4", "1.5", "09:00 - 12:00", "00:00 - 00:00", "25:99 - 1:00", "Oui"]
    ),
    st.sampled_from(
        ["2A004", "1033.0", "Antenne", "Bus", "<b>", r"\x00\x20", r"\ud800", "43.4,-1.5", "1e5,2", "Espace 99/99/2020"]
    ),
)
intervals = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda slot: slot[0] < slot[1]), max_size=5
)
json_values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), texts, st.sampled_from(["sip", "Lundi", "09:00:00"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)


def written(tmp_path: Path, content: bytes, name: str = "liste.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def as_csv(rows: list[dict[str, str]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8", "replace")


def valid_or_refused(reader, path: Path) -> None:
    try:
        result = reader(path)
    except MaillageError:
        return
    check_facilities(result.frame, "liste")
    assert len(result.frame) == result.provenance.rows_kept > 0
    assert all(WeeklyHours.from_osm(text).to_osm() == text for text in result.frame["opening_hours"].dropna())


@quick
@given(
    content=st.one_of(
        st.binary(max_size=200), texts.map(str.encode), st.text(alphabet='a,;\n\r"\t |{[', max_size=60).map(str.encode)
    )
)
@pytest.mark.parametrize("reader", [read_france_services, read_tax_offices, read_places])
def test_any_bytes(tmp_path, reader, content):
    valid_or_refused(reader, written(tmp_path, content))


@quick
@given(
    table=st.lists(
        st.lists(
            # Letters that were encoded twice are read as the letter they stand for.
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00ÂÃÅâ"), max_size=6),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=5,
    )
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_written_table_is_read_back(tmp_path, table, delimiter):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *table])
    expected = [[cell.strip() for cell in row] for row in table]
    path = written(tmp_path, stream.getvalue().encode())
    if not any(map(any, expected)):
        with pytest.raises(MaillageError):
            read_delimited(path, "liste")
        return
    read = read_delimited(path, "liste")
    assert read.fillna("").to_numpy().tolist() == [row for row in expected if any(row)]
    assert read.index.tolist() == [number for number, row in enumerate(expected, 2) if any(row)]


@quick
@given(changes=st.lists(st.dictionaries(st.sampled_from(list(SITE)), cells, max_size=5), min_size=1, max_size=4))
def test_mutated_sites(tmp_path, changes):
    valid_or_refused(read_france_services, written(tmp_path, as_csv([SITE | change for change in changes])))


@quick
@given(changes=st.lists(st.dictionaries(st.sampled_from(list(CENTRE)), cells, max_size=4), min_size=1, max_size=4))
def test_mutated_centres(tmp_path, changes):
    valid_or_refused(read_tax_offices, written(tmp_path, as_csv([CENTRE | change for change in changes])))


RECORD = {
    "pivot": [{"type_service_local": "sip"}],
    "adresse": [{"longitude": "-1.5", "latitude": 43.4}],
    "nom": "SIP",
    "id": 3,
}
changed_fields = st.sampled_from(
    ["id", "nom", "adresse", "telephone", "plage_ouverture", "code_insee_commune", "pivot"]
)


@quick
@given(changes=st.lists(st.dictionaries(changed_fields, json_values, max_size=3), min_size=1, max_size=3))
def test_mutated_directory(tmp_path, changes):
    records = [RECORD | change for change in changes]
    valid_or_refused(read_tax_offices, written(tmp_path, json.dumps({"service": records}).encode(), "annuaire.json"))


@quick
@given(
    rows=st.lists(
        st.fixed_dictionaries({"nom": cells, "lon": cells, "lat": cells, "id": cells, "horaires": cells}),
        min_size=1,
        max_size=4,
    )
)
def test_mutated_places(tmp_path, rows):
    valid_or_refused(read_places, written(tmp_path, as_csv(rows)))


@quick
@given(features=json_values, name=st.sampled_from(["p.geojson", "p.json"]))
def test_mutated_layers(tmp_path, features, name):
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    valid_or_refused(read_places, written(tmp_path, content, name))


@quick
@given(value=json_values)
def test_any_plage_ouverture(value):
    week, faults = parse_plage_ouverture(value)
    assert week is None or WeeklyHours.from_osm(week.to_osm()) == week
    assert all(isinstance(fault, str) for fault in faults)


@settings(max_examples=20)
@given(days=st.lists(st.one_of(st.none(), intervals), max_size=7))
def test_hours_are_the_union_of_their_intervals(days):
    week = WeeklyHours.from_intervals(days)
    minutes = [set().union(*(range(*slot) for slot in day or [])) for day in days]
    assert week.hours_per_week == pytest.approx(sum(map(len, minutes)) / 60)
    for weekday, opened in enumerate(minutes):
        merged = week.days[weekday]
        assert (merged is None) == (days[weekday] is None)
        assert all(before[1] < after[0] for before, after in zip(merged or (), (merged or ())[1:], strict=False))
        assert all(week.is_open(weekday, minute) == (minute in opened) for minute in range(0, 1440, 7))
    assert WeeklyHours.from_osm(week.to_osm()) == week


@settings(max_examples=20)
@given(text=st.text(alphabet="0123456789:hH -/,Mo Tu;àetunkow", max_size=30))
def test_any_text_as_hours(text):
    try:
        slots = parse_day(text)
    except ParameterError:
        slots = ()
    assert all(0 <= start < end <= 1440 for start, end in slots)
    try:
        week = WeeklyHours.from_osm(text)
    except ParameterError:
        return
    assert WeeklyHours.from_osm(week.to_osm()) == week
