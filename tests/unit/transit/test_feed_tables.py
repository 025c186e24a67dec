"""Tables of a feed that are absent, cannot be read or have rows that are not as long as the header: each told once."""

import os
import re
import zipfile

import pytest

from geo.errors import ParameterError, SchemaError, SourceError
from geo.transit.gtfs import read_gtfs
from tests.unit.transit.small_feed import FILES, write_feed


def test_faults_of_several_files_that_cannot_be_read_are_told_together(tmp_path):
    feed = write_feed(
        tmp_path / "bad",
        stops=FILES["stops.txt"].replace("stop_id", "x"),
        routes=FILES["routes.txt"].replace("route_type", "y"),
        trips=FILES["trips.txt"] + "T,week\n",
        calendar=FILES["calendar.txt"].replace("start_date", "end_date"),
    )
    (feed / "transfers.txt").write_bytes("from_stop_id,to_stop_id\nG1,École\n".encode("latin-1"))
    (feed / "agency.txt").unlink()
    with pytest.raises(SchemaError) as error:
        read_gtfs(feed)
    for words in (
        "agency.txt absent",
        "stops.txt : colonne absente : stop_id",
        "routes.txt : colonne absente : route_type",
        "ligne 9 : trips.txt, 4 colonnes attendues comme dans l'en-tête, 2 trouvées",
        "ligne 1 : calendar.txt : colonne répétée : end_date",
        "ligne 2 : transfers.txt n'est pas en UTF-8",
    ):
        assert words in str(error.value)


def test_rows_with_too_few_or_too_many_cells_are_told_among_the_other_faults(tmp_path):
    """Each with its row, and only so; the rows after them keep theirs, and what they name is known."""
    calls = FILES["stop_times.txt"]
    calls = calls.replace("t1,08:30:00,08:30:00,G1,7,,", "t1,08:30:00,08:30:00,G1").replace(
        "07:50:00,07:50:00,V", "7h50,07:50:00,Q"
    )
    feed = write_feed(
        tmp_path / "bad",
        stops=FILES["stops.txt"]
        .replace("H,Halte,", '"H","Halte, du\npré, ",')
        .replace("V,Le Village,", "V,Le Village,x,"),
        trips=FILES["trips.txt"].replace("T,week,t1,Gare", "T,week,t1").replace("b1,Gare", "b1,Gare,x"),
        routes=FILES["routes.txt"].replace("vallée,2", "vallée,bus"),
        stop_times=calls + "night,24:50:00,24:50:00,Z,3,,\n",
    )
    with pytest.raises(SchemaError) as error:
        read_gtfs(feed)
    assert [str(fault) for fault in error.value.faults if "stop_times" not in fault.message] == [
        "ligne 6 : stops.txt, 6 colonnes attendues comme dans l'en-tête, 7 trouvées",
        "ligne 2 : trips.txt, 4 colonnes attendues comme dans l'en-tête, 3 trouvées",
        "ligne 4 : trips.txt, 4 colonnes attendues comme dans l'en-tête, 5 trouvées",
        "ligne 2 : routes.txt, route_type illisible « bus »",
    ]
    assert [str(fault) for fault in error.value.faults if "stop_times" in fault.message] == [
        "ligne 4 : stop_times.txt, 7 colonnes attendues comme dans l'en-tête, 4 trouvées",
        "ligne 9 : stop_times.txt, stop_id inconnu « Q »",
        "ligne 19 : stop_times.txt, stop_id inconnu « Z »",
        "ligne 9 : stop_times.txt, arrival_time illisible (HH:MM:SS attendu) « 7h50 »",
    ]


@pytest.mark.parametrize(("rows", "said"), [(5, "lignes en tout"), (1001, "3 trouvées : 1.001 lignes en tout")])
def test_many_such_rows_are_counted(tmp_path, rows, said):
    trips = "route_id,service_id,trip_id,trip_headsign\n" + "".join(f"T,week,x{n}\n" for n in range(rows))
    with pytest.raises(SchemaError) as error:
        read_gtfs(write_feed(tmp_path / "a", trips=trips))
    of_trips = [str(fault) for fault in error.value.faults if "trips.txt, " in fault.message]
    assert of_trips[0].startswith("ligne 2 : trips.txt, 4 colonnes attendues comme dans l'en-tête, 3 trouvées")
    assert re.search(said, of_trips[min(3, len(of_trips) - 1)])


def test_rows_of_a_large_table_are_told_as_well(tmp_path):
    """Where a table is read in blocks, by several threads."""
    added = [f"b1,10:{n // 3600:02d}:00,10:{n // 3600:02d}:00,G2,{n + 4},,\n" for n in range(150_000)]
    added[120_000] = "b1,10:33:00\n"
    feed = write_feed(tmp_path / "a", stop_times=FILES["stop_times.txt"] + "".join(added))
    with pytest.raises(SchemaError, match=r"ligne 120019 : stop_times\.txt, 7 colonnes attendues .*, 2 trouvées"):
        read_gtfs(feed)


def test_a_pipe_or_too_much_in_a_folder_is_refused(tmp_path, monkeypatch):
    feed = write_feed(tmp_path / "a")
    (feed / "stops.txt").unlink()
    os.mkfifo(feed / "stops.txt")
    with pytest.raises(SourceError, match=r"« stops.txt » n'est pas un fichier ordinaire"):
        read_gtfs(feed)
    feed = write_feed(tmp_path / "b")
    os.mkfifo(feed / "notes.fifo")  # nobody reads it
    assert len(read_gtfs(feed).trips)
    monkeypatch.setattr("geo.transit.feed_tables.MAX_UNPACKED_BYTES", 1_000)
    with pytest.raises(SourceError, match=r"les fichiers de « b » pèsent 0,0 Go, au plus 0,0 Go"):
        read_gtfs(feed)


def test_an_archive_is_bounded_under_any_name(tmp_path, monkeypatch):
    feed = write_feed(tmp_path / "f.zip")
    with zipfile.ZipFile(feed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("shapes.txt", bytes(3_000_000))
    feed = feed.rename(tmp_path / "f.gtfs")
    assert len(read_gtfs(feed).trips)
    monkeypatch.setattr("geo.sources.archives._HARMLESS_BYTES", 1_000_000)
    with pytest.raises(SourceError, match=r"« f.gtfs » : plus de 2,1\sMo sortent de .* au plus 200 fois"):
        read_gtfs(feed)


def test_a_table_that_is_absent_is_named(tmp_path):
    with pytest.raises(SchemaError, match=r"stop_times.txt absent ; calendar.txt et calendar_dates.txt absents"):
        read_gtfs(write_feed(tmp_path / "f", stop_times=None, calendar=None, calendar_dates=None))
    (tmp_path / "text.zip").write_text("no archive")
    with pytest.raises(SourceError, match=r"text\.zip"):
        read_gtfs(tmp_path / "text.zip")
    with pytest.raises(SourceError, match="« nothing » introuvable"):
        read_gtfs(tmp_path / "nothing")
    with pytest.raises(ParameterError, match="Aucun fichier d'horaires"):
        read_gtfs([])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.encode("latin-1"), "stops.txt n'est pas en UTF-8, encodage attendu"),
        (lambda text: text.encode("utf-16"), "ligne 1 : stops.txt n'est pas en UTF-8"),
        (lambda text: text.encode("utf-16-le"), "ligne 1 : stops.txt n'est pas en UTF-8"),
        (lambda text: text.replace("Halte", '"Halte').encode(), "ligne 5 : stops.txt, un guillemet ouvert n'est pas"),
        (
            lambda text: text.replace("0,G\n", '0,"G\n', 1).encode(),
            "ligne 3 : stops.txt, un guillemet ouvert n'est pas",
        ),
        (
            lambda text: text.replace("Halte", "Halte,x").encode(),
            "ligne 5 : stops.txt, 6 colonnes attendues comme dans l'en-tête, 7 trouvée",
        ),
        (lambda text: text.replace("location_type", "stop_lat").encode(), "colonne répétée : stop_lat"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_in_french_alone(tmp_path, change, said):
    text = FILES["stops.txt"].replace("Halte", "Halte du pré")
    feed = write_feed(tmp_path / "f")
    (feed / "stops.txt").write_bytes(change(text))
    with pytest.raises(SchemaError) as error:
        read_gtfs(feed)
    assert said in str(error.value)
    for english in ("invalid", "codec", "Expected", "column", "parse"):
        assert english not in str(error.value)


def test_rows_are_those_of_a_spreadsheet_after_blank_lines(tmp_path):
    """A blank line is a row there, and a cell of several lines is one; ends of lines are those of any system."""
    stops = FILES["stops.txt"].replace("G2,", "\n\nG2,").replace("H,Halte,", '"H","Halte\n\ndu pré",')
    stops = stops.replace("V,Le Village,", "\nV,Le Village,x,")  # rows 2, 3, 6, 7, 9, 10
    routes = FILES["routes.txt"].replace("B,12", "\nB,12").replace("Navette,3", "Navette,bus")
    for n, end in enumerate(("\n", "\r\n", "\r")):
        feed = write_feed(tmp_path / f"{n}")
        (feed / "stops.txt").write_bytes(stops.replace("\n", end).encode())
        (feed / "routes.txt").write_bytes(routes.replace("\n", end).encode())
        with pytest.raises(SchemaError) as error:
            read_gtfs(feed)
        assert [str(fault) for fault in error.value.faults] == [
            "ligne 9 : stops.txt, 6 colonnes attendues comme dans l'en-tête, 7 trouvées",
            "ligne 6 : routes.txt, route_type illisible « bus »",
        ]


def test_many_misshapen_rows_are_told_from_the_row_of_the_first(tmp_path):
    trips = "route_id,service_id,trip_id,trip_headsign\n\n\n" + "".join(f"T,week,x{n}\n" for n in range(1001))
    with pytest.raises(SchemaError, match=r"ligne 4 : trips\.txt, 4 colonnes attendues"):
        read_gtfs(write_feed(tmp_path / "a", trips=trips))


def test_lines_that_end_in_a_carriage_return_alone_are_rows(tmp_path):
    feed = write_feed(tmp_path / "f")
    for name, text in FILES.items():
        (feed / name).write_bytes(text.replace("\n", "\r").encode())
    assert read_gtfs(feed).stops.equals(read_gtfs(write_feed(tmp_path / "g")).stops)


def test_a_table_of_stops_without_rows_is_told_itself(tmp_path):
    with pytest.raises(SchemaError, match=r"stops\.txt ne contient aucun arrêt"):
        read_gtfs(write_feed(tmp_path / "f", stops="stop_id,stop_name,stop_lat,stop_lon\n"))


def test_a_comma_within_quotation_marks_in_a_header_is_of_the_name(tmp_path):
    header, rows = FILES["routes.txt"].split("\n", 1)
    rows = "".join(f"{line},x\n" for line in rows.splitlines())
    text = f'{header.replace("route_id", chr(34) + "route_id" + chr(34))}, "note, of ours"\n{rows}'
    assert len(read_gtfs(write_feed(tmp_path / "f", routes=text)).trips)
