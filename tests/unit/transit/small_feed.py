"""A small feed of a valley, written as a publisher would: a train, a bus after it, a night bus, a school bus, a line by frequency."""

import zipfile

FILES = {
    "agency.txt": "agency_id, agency_name,agency_url,agency_timezone\nA,Vallée,http://example.org,Europe/Paris\n",
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "G,Gare d'en bas,43.20,-0.60,1,\nG1,Gare d'en bas quai 1,43.20,-0.60,0,G\nG2,Gare d'en bas cour,,,0,G\n"
        "H,Halte,43.15,-0.60,,\nV,Le Village,43.10,-0.60,,\nM,La Montagne,43.05,-0.60,,\n"
    ),
    "routes.txt": (
        "route_id,route_short_name,route_long_name,route_type\n"
        "T,T1,Train de la vallée,2\nB,12,Car de la montagne,3\nS,S3,Ligne scolaire,3\nF,N,Navette,3\n"
    ),
    "trips.txt": (
        "route_id,service_id,trip_id,trip_headsign\n"
        "T,week,t1,Gare\nT,week,t2,Village\nB,week,b1,Gare\nB,sat,b2,Gare\nS,week,s1,École\nF,week,f1,Cour\nB,fri,night,Montagne\n"
    ),
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        "t1,08:00:00,08:00:00,V,1,,\nt1,,,H,2,,\nt1,08:30:00,08:30:00,G1,7,,\n"
        "t2,17:00:00,17:00:00,G1,1,0,1\nt2,17:15:00,17:16:00,H,2,0,0\nt2,17:30:00,17:30:00,V,3,1,0\n"
        "b1,07:30:00,07:30:00,M,1,,\nb1,07:50:00,07:50:00,V,2,,\nb1,09:00:00,09:00:00,G2,3,,\n"
        "b2,10:00:00,10:00:00,M,1,2,\nb2,11:00:00,11:00:00,G2,2,,\n"
        "s1,08:10:00,08:10:00,V,1,,\ns1,08:20:00,08:20:00,G2,2,,\n"
        "f1,06:00:00,06:00:00,G1,1,,\nf1,06:05:00,06:05:00,G2,2,,\n"
        "night,23:50:00,23:50:00,G2,1,,\nnight,24:40:00,24:40:00,M,2,,\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "week,1,1,1,1,1,0,0,20250101,20250331\nsat,0,0,0,0,0,1,0,20250101,20250331\nfri,0,0,0,0,1,0,0,20250101,20250331\n"
    ),
    "calendar_dates.txt": "service_id,date,exception_type\nweek,20250204,2\nsat,20250204,1\n",
    "frequencies.txt": "trip_id,start_time,end_time,headway_secs,exact_times\nf1,07:00:00,08:00:00,1200,1\n",
    "transfers.txt": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nG1,G2,2,300\nG2,G1,3,\n",
}


def write_valley(path, urdos, site):
    """Write a feed of one bus a working day from a commune (row with `lat`, `lon`) to a point at 8:00, back at 17:45."""
    calls = (
        "out,08:00:00,08:00:00,U,1\nout,08:30:00,08:30:00,S,2\nback,17:45:00,17:45:00,S,1\nback,18:15:00,18:15:00,U,2\n"
    )
    return write_feed(
        path,
        stops=f"stop_id,stop_name,stop_lat,stop_lon\nU,Urdos,{urdos['lat']},{urdos['lon']}\nS,Maison,{site.y},{site.x}\n",
        routes="route_id,route_short_name,route_type\nB,12,3\n",
        trips="route_id,service_id,trip_id\nB,week,out\nB,week,back\n",
        stop_times=f"trip_id,arrival_time,departure_time,stop_id,stop_sequence\n{calls}",
        calendar_dates=None,
        frequencies=None,
        transfers=None,
    )


def write_feed(path, **changed):
    """Write the feed as a folder, or as an archive where the path says so; `changed`: files by stem, `None`: left out."""
    files = FILES | {f"{stem}.txt": text for stem, text in changed.items()}
    kept = {name: text for name, text in files.items() if text is not None}
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in kept.items():
                archive.writestr(name, text)
    else:
        path.mkdir()
        for name, text in kept.items():
            (path / name).write_text(text, encoding="utf-8")
    return path
