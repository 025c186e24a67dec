"""Who is near on foot or by bicycle: along streets given by hand, and by an estimate worked out again here."""

import csv
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.access import active_access as module
from geo.access.active_access import active_access, active_pairs, active_times
from geo.access.diagnosis import diagnose
from geo.access.known_part import known_part
from geo.answers.active_access import active_answer, near_sentence
from geo.answers.answer import known_note
from geo.errors import ParameterError
from geo.finder.other_modes import times_by_mode
from geo.maps.access_maps import near_values
from geo.network import RoadNetwork
from geo.question import Question
from geo.report.active_files import write_near
from geo.sources.relief import Relief
from tests.conftest import CENTRES, POPULATION
from tests.golden.territories import labourd

#: Minutes by bicycle from B to A and back, from C to B, and from B to C: a one-way street is only for those from C.
TO_A, FROM_C, TO_C = 40, 17, 40
FLAT = Relief(np.zeros((2, 2), np.uint8), -10.0, 40.0, 20.0)


def plain(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").split())


@pytest.fixture(scope="module")
def cycled(small_world):
    """Return the small world with streets for bicycles from A to C: D, where a site is, lies beyond them."""
    x, y = np.array([CENTRES[code] for code in ("64001", "64002", "64003")]).T
    edges = [(0, 1, TO_A), (1, 0, TO_A), (2, 1, FROM_C), (1, 2, TO_C)]
    source, target, minutes = (np.array(each) for each in zip(*edges, strict=True))
    made = RoadNetwork.from_edges(source, target, minutes * 60.0, np.full(4, 10_000.0), x, y, "EPSG:2154")
    return replace(small_world.territory(), active={"bike": replace(made, mode="bike")})


@pytest.mark.parametrize(("threshold", "within"), [(60, "ABC"), (57, "ABC"), (56, "AB"), (39, "A")])
def test_residents_go_along_the_streets_towards_the_site(cycled, threshold, within):
    """C to B to A takes 57 minutes, and would take 80 the other way; A has a site at its door."""
    people = dict(zip("ABCDE", POPULATION.values(), strict=True))
    found = active_access(cycled, Question(threshold), "bike")
    known = sum(people[name] for name in "ABC")
    assert found.summary.part.residents_known == known
    assert not found.summary.part.estimated
    assert found.summary.residents_within == sum(people[name] for name in within)
    assert found.to_dict()["share_covered"] == pytest.approx(sum(people[name] for name in within) / known)
    assert found.communes_without.empty
    assert found.communes_centre_beyond["name"].tolist() == [f"Commune {name}" for name in "ABC" if name not in within]


def test_beyond_the_streets_nothing_is_told(cycled):
    found = active_access(cycled, Question(60), "bike")
    for code in ("64004", "64005"):
        row = found.communes.loc[code]
        assert row[["residents_known", "residents_within", "share_within", "facility_id"]].isna().all()
        assert near_sentence(row, found).endswith("hors du réseau routier, trajet inconnu.")
    answer = active_answer(cycled, found)
    assert plain(answer.sentence) == (
        "Tous les habitants (1 800) sont à 60 min ou moins à vélo d'un site France services ; c'est le cas du "
        "centre de 3 communes sur 3."
    )
    assert "Parts et temps calculés sur les 1 800 habitants dont le trajet est connu" in plain(" ".join(answer.details))
    assert "estimé" not in " ".join(answer.lines)
    nobody = replace(found, summary=replace(found.summary, residents_within=0.0))
    assert plain(active_answer(cycled, nobody).sentence) == (
        "Aucun des 1 800 habitants n'est à 60 min ou moins à vélo d'un site France services ; le centre de 3 communes "
        "sur 3 l'est."
    )


@pytest.fixture
def flat(monkeypatch):
    monkeypatch.setattr(module, "project_relief", lambda: FLAT)


def haversine_km(lon, lat, others):
    (lon, lat), (other_lon, other_lat) = np.radians([lon, lat]), np.radians([others.x, others.y])
    half = np.sin((other_lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(other_lat) * np.sin((other_lon - lon) / 2) ** 2
    return 2 * 6371.0 * np.arcsin(np.sqrt(half))


@pytest.fixture(scope="module")
def roads_of_a_part():
    return labourd()


@pytest.mark.parametrize(("mode", "kmh", "farthest_km"), [("walk", 4.8, 5), ("bike", 15.0, 15)])
def test_without_streets_times_follow_the_straight_line(flat, roads_of_a_part, mode, kmh, farthest_km):  # noqa: ARG001
    """Roads that cover a part only: whose way by car is not known has none on foot either."""
    territory = roads_of_a_part
    sites = territory.facility_list("sites")
    times, estimated = active_times(territory, mode, sites)
    assert estimated
    on_roads = np.asarray(territory.demand_on_network.link >= 0)
    assert times["on_network"].tolist() == on_roads.tolist()
    told = 0
    for row, point, known in zip(times.itertuples(), territory.demand.geometry, on_roads, strict=True):
        km = haversine_km(point.x, point.y, sites.geometry).min()
        if abs(km - farthest_km) < 0.05:  # an ellipsoid is no sphere
            continue
        if known and km < farthest_km:
            assert float(row.travel_time_min) == pytest.approx(km * 1.3 / kmh * 60, rel=0.01)
            told += 1
        else:
            assert times["travel_time_min"].isna()[row.Index]
    assert told >= 10
    part = active_access(territory, Question(30), mode).summary.part
    assert (part.residents_known, part.communes_known) == (
        pytest.approx(known_part(territory).residents_known),
        known_part(territory).communes_known,
    )
    assert part.estimated


@pytest.mark.parametrize("mode", ["walk", "bike"])
def test_slopes_count_as_they_do_for_one_start(embedded, mode):
    sites = embedded.facility_list("sites")
    times, _ = active_times(embedded, mode, sites)
    places = sites.geometry.x.to_numpy(), sites.geometry.y.to_numpy()
    for row in range(0, len(times), 29):
        start = embedded.demand.geometry[row]
        soonest = times_by_mode(embedded, mode, (start.x, start.y), *places)[0].min()
        told = times["travel_time_min"].to_numpy(np.float64, na_value=np.inf)[row]
        assert told == pytest.approx(soonest)


def _one_by_one(territory, mode, places, within_min):
    """Return who is within a time of each place, each being the only one."""
    pairs = []
    for place in range(len(places)):
        times, _ = active_times(territory, mode, places.iloc[[place]].reset_index(drop=True))
        near = times["travel_time_min"].to_numpy(np.float64, na_value=np.inf) <= within_min
        pairs += [(point, place) for point in np.flatnonzero(near).tolist()]
    return sorted(pairs)


@pytest.mark.parametrize(("mode", "within_min"), [("walk", 25), ("bike", 20)])
def test_pairs_are_those_of_each_place_alone(embedded, mode, within_min):
    places = embedded.facility_list("sites").iloc[::8].reset_index(drop=True)
    ends = places.geometry.x.to_numpy(), places.geometry.y.to_numpy()
    found = active_pairs(embedded, mode, ends, within_min)
    assert list(zip(*(each.tolist() for each in found), strict=True)) == _one_by_one(embedded, mode, places, within_min)
    assert len(found[0]) > 2


@pytest.mark.parametrize("within_min", [39, 40, 57])
def test_pairs_go_along_the_streets_towards_the_place(cycled, within_min):
    here = cycled.communes.loc[["64001", "64002"]]
    found = active_pairs(cycled, "bike", (here["lon"].to_numpy(), here["lat"].to_numpy()), within_min + 1e-6)
    there = {39: [(0, 0), (1, 1), (2, 1)], 40: [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1)]}
    there[57] = [*there[40][:4], (2, 0), (2, 1)]
    assert list(zip(*(each.tolist() for each in found), strict=True)) == there[within_min]


def test_an_estimate_has_its_bounds(embedded):
    found = active_access(embedded, Question(30), "walk")
    summary = found.summary
    assert summary.residents_within_low < summary.residents_within < summary.residents_within_high
    answer = active_answer(embedded, found)
    assert "(temps estimés : entre" in plain(answer.sentence)
    assert "aucun temps n'est estimé au-delà de 5 km" in plain(" ".join(answer.notes))


def test_what_makes_no_sense_is_refused(embedded):
    with pytest.raises(ParameterError, match="60 min au plus"):
        active_access(embedded, Question(61), "walk")
    with pytest.raises(ParameterError, match="n'est ni walk"):
        active_access(embedded, Question(20), "car")
    with pytest.raises(ParameterError, match="Mode de déplacement « skate » inconnu"):
        active_access(embedded, Question(20), "skate")


def test_every_file_says_the_same(cycled, tmp_path):
    found = active_access(cycled, Question(56), "bike")
    assert write_near(cycled, found, tmp_path)[0] == "bike.csv"
    content = json.loads((tmp_path / "bike.json").read_text("utf-8"))
    assert (content["residents_within"], content["residents_known"]) == (1500, 1800)
    assert (content["communes_without"], content["communes_centre_beyond"]) == ([], ["64003"])
    assert [row["at_one_point"] for row in content["by_commune"]] == [True] * 5
    assert "comptés ensemble, à sa position" in " ".join(content["method"])
    assert [row["share_within"] for row in content["by_commune"]] == [1, 1, 0, None, None]
    with (tmp_path / "bike.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["Part dans le seuil"] for row in rows] == ["1,0", "1,0", "0,0", "", ""]
    assert {row["Habitants comptés au centre"] for row in rows} == {"oui"}
    page = plain((tmp_path / "bike.html").read_text("utf-8")).replace("\u00a0", " ").replace("&#x27;", "'")
    assert plain(active_answer(cycled, found).sentence) in page
    assert "Le centre de 1 commune sur 3 (300 habitants) est à plus de 56 min à vélo : Commune C." in page
    assert "Pas le centre de la commune : 1 commune" in page
    assert "centre trop loin" in page
    assert all(word not in page for word in ("Personne", "Aucun habitant", "aucun habitant"))
    assert "habitants dont le trajet est connu" in page


def test_a_commune_with_a_site_is_not_called_far_for_its_centre(cycled):
    """The centre of C is 57 minutes away, a site is elsewhere in the commune; a list gives its commune or not."""
    sites = cycled.facilities["sites"]
    there = sites.iloc[[0]].assign(facility_id="other", commune_code="64003")
    for code in ("64003", None):
        moved = there.assign(commune_code=pd.array([code], "string"))
        if code is None:
            moved = moved.set_geometry(cycled.communes.loc[["64003"]].representative_point().to_numpy())
        both = pd.concat([sites, moved], ignore_index=True)
        assert "64003" in cycled.communes_of(both)
    found = active_access(cycled, Question(56), "bike")
    held = replace(found, communes=found.communes.assign(holds_place=True))
    said = plain(" ".join(active_answer(cycled, held).details))
    assert said.startswith(
        "Le centre de 1 commune sur 3 (300 habitants) est à plus de 56 min à vélo ; elle a pourtant un site, et "
        "des habitants peuvent en être près."
    )
    empty = replace(held, communes=held.communes.assign(residents_known=0.0))
    assert plain(active_answer(cycled, empty).details[0]).endswith("à plus de 56 min à vélo ; elle a pourtant un site.")
    assert "un lieu compté est dans la commune" in near_sentence(held.communes.loc["64003"], held)


def test_where_people_live_is_known_nobody_is_said(cycled):
    found = active_access(cycled, Question(56), "bike")
    spread = replace(found, communes=found.communes.assign(at_one_point=False))
    answer = active_answer(cycled, spread)
    assert plain(answer.sentence).endswith("une partie au moins des habitants dans 2 communes sur 3.")
    assert plain(answer.details[0]) == (
        "Personne n'est à 56 min ou moins à vélo dans 1 commune sur 3 (300 habitants) : Commune C."
    )
    assert answer.figures[-1].label == "Communes où personne ne l'est"
    alone = replace(spread, communes=spread.communes.loc[["64003"]])
    assert "dans la seule commune (300 habitants) :" in plain(active_answer(cycled, alone).details[0])


def test_communes_whose_population_is_unknown_count_as_by_car(cycled):
    communes = cycled.communes.assign(
        population=cycled.communes["population"].mask(cycled.communes["name"] == "Commune C")
    )
    territory = replace(cycled, communes=communes)
    found = active_access(territory, Question(56), "bike")
    answer = active_answer(territory, found)
    assert plain(answer.sentence).endswith("du centre de 2 communes sur 3.")
    assert found.to_dict()["communes_known"] == 3
    unknown = "La population de 1 commune sur 5 n'est pas connue : ses habitants ne sont pas comptés."
    for part, note in (
        (found.summary.part, answer.details[-1]),
        (diagnose(territory, question=Question(20)).summary.part, known_note(known_part(territory))),
    ):
        assert plain(known_note(part)).endswith(f". {unknown}")
        assert (plain(note), part.communes_population_unknown) == (plain(known_note(part)), 1)
    legend = near_values(found, territory.facility_list())["legend"]
    assert sum(map(int, re.findall(r"entre de la commune : (\d+) commune", plain(legend)))) == 3


def test_no_centre_near_is_not_said_of_all_residents(cycled):
    found = active_access(cycled, Question(56), "bike")
    far = found.communes.assign(share_within=found.communes["share_within"] * 0)
    said = plain(active_answer(cycled, replace(found, communes=far)).sentence)
    assert said == "Aucune commune n'a son centre à 56 min ou moins à vélo d'un site France services."
