"""Public transport: timetables (GTFS), every departure of a day to one place and back, round trips."""
