"""What every map says and does not do, judged without pixels."""

import itertools
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import ParameterError
from geo.kinds import KINDS
from geo.maps.static.change_map import change_map, changed_places
from geo.maps.static.files import sheet_svg
from geo.maps.static.ground import Ground
from geo.maps.static.hours_chart import hours_chart
from geo.maps.static.key import class_block, class_totals, place_block
from geo.maps.static.markers import MARKERS
from geo.maps.static.picture import OFF_NETWORK, UNREACHABLE
from geo.maps.static.sheet import PAGES, drawing
from geo.maps.static.territory_maps import TIME_MAP_CLASSES, time_position
from geo.question import Question
from geo.sources.embedded import TO_VERIFY

MAPS = ("time", "under-served", "saved", "change")


def texts(sheet):
    return [text.get_text() for text in sheet.texts]


def all_text(sheet):
    return " ".join(texts(sheet))


def boxes(sheet, gid=None):
    """Bounding boxes (pixels at 100 dpi) of the texts, as they are drawn."""
    with drawing():
        sheet.set_dpi(100)
        renderer = sheet.canvas.get_renderer() if hasattr(sheet.canvas, "get_renderer") else sheet._get_renderer()
        return [t.get_window_extent(renderer) for t in sheet.texts if gid is None or t.get_gid() in gid]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("kind", MAPS)
def test_every_map_states_what_it_must_and_no_text_leaves_the_page_or_lies_over_another(draw, kind, page):
    sheet = draw(kind, page=page)
    said = all_text(sheet)
    for needed in (
        "Pays & <b>Essai</b>",
        "ensemble",
        "km",
        "N",
        "Site France services",
        "Bus France services (non compté)",
        "Département voisin",
        "Les temps de trajet sont approchés",
        "Les contours des communes sont approchés",
        "Réseau routier estimé",
        "août 2024",
        "22/11/2026",
    ):
        assert needed in said, needed
    for box in boxes(sheet):
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= sheet.bbox.width
        assert box.y1 <= sheet.bbox.height
    names = boxes(sheet, gid=("town", "area"))
    assert names
    for one, other in itertools.combinations(names, 2):
        assert not one.overlaps(other)


def test_residents_of_the_classes_add_up(coverage_frame):
    position = time_position(coverage_frame)
    totals = class_totals(position, coverage_frame, len(TIME_MAP_CLASSES))
    # Commune i has 100 i residents, that of commune 3 is not known; the times are 5, 12, 18, 25, 40, 50, 21, none, none.
    # Commune 8 is off the network: its 800 residents are in no class.
    assert totals.residents == (0, 100, 200, 600, 400, 500, 700)
    assert totals.communes == (1, 1, 1, 2, 1, 1, 1, 1)
    assert (totals.total, totals.outside) == (2500, 800)
    assert totals.total + totals.outside == coverage_frame["population"].sum() == 3300
    assert totals.unknown == 1
    assert TIME_MAP_CLASSES.index(UNREACHABLE) == 6
    assert TIME_MAP_CLASSES.index(OFF_NETWORK) == 7
    block = class_block("Temps", TIME_MAP_CLASSES, [totals], ("Habitants", "Part"))
    shown = [int(re.sub(r"\D", "", row.figures[0])) for row in block.rows]
    assert sum(shown[:-2]) == shown[-2] == 2500
    assert [row.figures[1] for row in block.rows[-2:]] == ["100\u00a0%", "—"]
    assert block.rows[-1].text == OFF_NETWORK.label
    assert block.note_once == "Il manque 1 commune, dont la population n'est pas connue."


def test_a_document_says_itself_whom_its_maps_are_about(draw):
    sheet = draw("time")
    whom, missing = "dont le trajet est connu", "Il manque 1 commune, dont la population n'est pas connue."
    alone, described = sheet_svg(sheet, letters="none"), sheet.description
    assert whom in described
    with sheet.in_document():
        within = sheet_svg(sheet, letters="none")
        assert whom not in sheet.description
    assert [text in alone for text in (whom, missing)] == [True, True]
    assert [text in within for text in (whom, missing)] == [False, False]
    assert "Les habitants d'une classe sont tous ceux de ses communes." in within
    assert (sheet_svg(sheet, letters="none"), sheet.description) == (alone, described)


def test_the_description_has_the_figures(draw):
    sheet = draw("time")
    assert sheet.title == "Sites France services : temps de trajet en voiture, Pays & <b>Essai</b>, 8 communes"
    assert "ensemble 2\u202f500 / 100\u00a0%" in sheet.description
    assert "Les temps de trajet sont approchés" in sheet.description


def test_hostile_names_are_drawn_as_they_are(draw, communes, territory, coverage_frame):
    names = [
        "<b>gras</b>",
        "$x^2$",
        r"$\frac{",
        "A" * 500,
        "deux\nlignes\t!",
        "l'île & Cie",
        "\u202eabc",
        "東京",
        "%s{}",
    ]
    communes["name"] = pd.array(names, dtype="string")
    territory.name = "Nom\n$très$ " + "long " * 200
    said = texts(draw("under-served", cov=coverage_frame.assign(name=communes["name"])))
    assert "$x^2$" in said or "<b>gras</b>" in said
    assert any(text.startswith("AAAA") and text.endswith("…") for text in said)
    assert not any("\n" in text or "\u202e" in text or "東" in text for text in said)
    for text in draw("time").texts:
        assert not text.get_parse_math()


def variant(territory, keep):
    territory.communes, territory.demand = territory.communes.iloc[keep], territory.demand.iloc[keep]
    territory.demand_on_network.link = territory.demand_on_network.link[keep]
    return territory


@pytest.mark.parametrize("kind", MAPS)
def test_a_territory_of_one_commune(draw, territory, coverage_frame, kind):
    sheet = draw(kind, area=variant(territory, [4]), cov=coverage_frame.iloc[[4]])
    if kind == "under-served":
        assert "La seule commune est sous-desservie" in all_text(sheet)


@pytest.mark.parametrize(
    ("kind", "poor"), [*((kind, pd.NA) for kind in MAPS), ("under-served", True), ("under-served", False)]
)
def test_all_none_or_nobody_known_under_served(draw, coverage_frame, kind, poor):
    minutes = {True: 50.0, False: 5.0, pd.NA: pd.NA}[poor]
    cov = coverage_frame.assign(
        under_served=pd.array([poor] * 9, dtype="boolean"), travel_time_min=pd.array([minutes] * 9, dtype="Float64")
    )
    said = all_text(draw(kind, cov=cov))
    if kind == "under-served":
        expected = {
            True: "Toutes les communes sont sous-desservies",
            False: "Aucune commune n'est sous-desservie",
            pd.NA: "le réseau routier ne couvre aucune commune",
        }
        assert expected[poor] in said


@pytest.mark.parametrize("kind", MAPS)
def test_unknown_population_is_a_dash_not_a_nought(draw, territory, coverage_frame, kind):
    unknown = pd.array([pd.NA] * 9, dtype="Int64")
    territory.communes = territory.communes.assign(population=unknown)
    said = texts(draw(kind, cov=coverage_frame.assign(population=unknown)))
    assert "—" in said
    assert any("La population des communes n'est pas connue." in text for text in said)


@pytest.mark.parametrize("kind", MAPS)
def test_without_neighbours_or_any_site_in_the_area(draw, territory, kind):
    territory.neighbour_outlines = None
    far = territory.facilities["sites"].set_geometry(gpd.points_from_xy([3, 3, 3], [45, 45, 45]), crs="EPSG:4326")
    territory.facilities["sites"] = far
    said = all_text(draw(kind))
    assert "Département voisin" not in said
    assert "Landes" not in said


def test_offices_that_nobody_checked_are_said_where_they_are_compared(draw):
    assert TO_VERIFY in all_text(draw("saved"))
    assert TO_VERIFY not in all_text(draw("time"))


def test_neighbours_are_named_where_there_is_room(draw, territory):
    territory.demand_on_network.link[:] = 0
    assert "Landes" in texts(draw("time"))


def test_contours_that_overlap_or_cross_themselves(draw, territory, communes):
    shapes = communes.geometry.tolist()
    shapes[1] = shapes[1].buffer(0.01)
    shapes[2] = shapely.Polygon([(-0.76, 43.2), (-0.64, 43.29), (-0.64, 43.2), (-0.76, 43.29)])
    territory.communes = communes.set_geometry(shapes, crs="EPSG:4326")
    for kind in MAPS:
        draw(kind)


def test_overseas_in_its_own_projection_and_true_north(draw, territory, communes):
    reunion = [shapely.affinity.translate(shape, 56.3, -64.5) for shape in communes.geometry]
    territory.communes = communes.set_geometry(reunion, crs="EPSG:4326").assign(
        lon=communes["lon"] + 56.3, lat=communes["lat"] - 64.5, departement="974"
    )
    territory.crs, territory.neighbour_outlines = "EPSG:2975", None
    assert "km" in all_text(draw("time"))
    east, up = Ground.of(territory, ["sites"]).north()
    assert np.hypot(east, up) == pytest.approx(1)
    assert up > 0.999


def test_true_north_in_lambert_93(territory):
    # Convergence of the meridians: (lon - 3 degrees) x sin(46.5 degrees), counted from the north of the grid.
    east, up = Ground.of(territory, ["sites"]).north()
    assert np.degrees(np.arctan2(east, up)) == pytest.approx(-(-0.82 - 3) * np.sin(np.radians(46.5)), abs=0.1)


def test_a_map_of_a_network_that_covers_little_is_framed_on_it(draw, territory, coverage_frame):
    assert "cadrée" not in all_text(draw("time"))
    territory.demand_on_network.link[2:] = -1
    cov = coverage_frame.assign(under_served=coverage_frame["under_served"].mask(np.arange(9) > 1))
    cov["travel_time_min"] = cov["travel_time_min"].mask(np.arange(9) > 1)
    cov["residents_known"] = cov["residents_known"].mask(np.arange(9) > 1, 0.0)
    said = all_text(draw("time", cov=cov))
    assert "La carte est cadrée sur les communes que le réseau routier couvre." in said
    assert "2 communes" in said, "the title names the part"


def test_places_of_the_part_and_around_it_are_counted_apart(territory):
    ground = Ground.of(territory, ["sites"])
    assert ground.inside()["facility_id"].tolist() == ["a", "b"], "the bus stands in the commune off the network"
    block = place_block("Sites", ground)
    assert block.value_titles == ("Dedans", "Autour")
    assert [row.figures for row in block.rows[:3]] == [("1", "0"), ("1", "0"), ("0", "1")]
    territory.facilities["sites"].loc[0, "commune_code"] = pd.NA
    assert Ground.of(territory, ["sites"]).inside()["facility_id"].tolist() == ["a", "b"], "by where it stands"
    territory.demand_on_network.link[:] = 0
    block = place_block("Sites", Ground.of(territory, ["sites"]))
    assert (block.value_titles, [row.figures for row in block.rows[:3]]) == (("Nombre",), [("1",)] * 3)


def test_every_kind_of_place_has_its_own_shape():
    assert set(MARKERS) == set(KINDS)
    assert len({marker.shape for marker in MARKERS.values()}) == len(MARKERS)


def test_places_that_opened_closed_and_moved(facilities):
    after = facilities.drop(index=0).copy()
    after.loc[1, "geometry"] = shapely.Point(-0.81, 43.3)
    new = facilities.iloc[[0]].assign(facility_id="new")
    opened, closed = changed_places(facilities, pd.concat([after, new], ignore_index=True))
    assert sorted(opened["facility_id"]) == ["b", "new"]
    assert sorted(closed["facility_id"]) == ["a", "b"]


def test_places_opened_carry_their_rank(territory, coverage_frame, facilities):
    opened = facilities.iloc[:2].assign(rank=[12, 7])
    sheet = change_map(
        territory,
        coverage_frame,
        coverage_frame,
        opened,
        facilities.iloc[:0],
        Question(),
        title="Plan",
        sentence="Rien.",
    )
    written = [
        text
        for axes in sheet.axes
        for text in axes.texts
        if text.get_gid() == "rank" and text.get_window_extent().width
    ]
    assert {(text.get_text(), round(text.get_position()[0])) for text in written} == {
        (str(rank), round(point.x)) for rank, point in zip(opened["rank"], opened.geometry.to_crs(2154), strict=True)
    }
    assert "Site ouvert par le projet, à son rang" in all_text(sheet)


def test_stops_carry_their_sign_and_are_named(territory, coverage_frame, facilities):
    stops = facilities.iloc[:2].assign(rank=[1, 2])
    sheet = change_map(
        territory,
        coverage_frame,
        coverage_frame,
        facilities.iloc[:0],
        facilities.iloc[:0],
        Question(),
        title="Plan",
        sentence="Rien.",
        stops=stops,
    )
    written = [text for axes in sheet.axes for text in axes.texts if text.get_gid() == "stop"]
    assert {(text.get_text(), round(text.get_position()[0])) for text in written} == {
        (f"B{rank}", round(point.x)) for rank, point in zip(stops["rank"], stops.geometry.to_crs(2154), strict=True)
    }
    said = all_text(sheet)
    assert "Arrêt de bus proposé, n'est pas un site" in said
    assert f"B1.\u00a0{stops['name'].iloc[0]}, B2.\u00a0{stops['name'].iloc[1]}" in said


def test_places_of_another_plan_carry_their_letter_and_are_named(territory, coverage_frame, facilities):
    nobody = facilities.iloc[:0]
    compared = facilities.iloc[:2].assign(sign=["A", "B"])
    sheet = change_map(
        *(territory, coverage_frame, coverage_frame, nobody, nobody, Question()),
        title="Plan",
        sentence="Une phrase. " * 60,
        compared=compared,
    )
    written = [text.get_text() for axes in sheet.axes for text in axes.texts if text.get_gid() == "compared"]
    assert written == ["A", "B"]
    said = all_text(sheet)
    assert f"A.\u00a0{compared['name'].iloc[0]}, B.\u00a0{compared['name'].iloc[1]}" in said
    answer = [text.get_text() for text in sheet.texts if "Une phrase" in text.get_text()]
    assert len(answer) == 3, "no more lines than there is room for"
    assert answer[-1].endswith("Une phrase."), "whole sentences"


def test_tables_of_another_territory_are_refused(territory, coverage_frame, facilities):
    with pytest.raises(ParameterError, match="9 communes"):
        change_map(
            territory,
            coverage_frame,
            coverage_frame.iloc[1:],
            facilities,
            facilities,
            Question(20),
            title="Plan",
            sentence="Rien.",
        )


@pytest.mark.parametrize(("value", "said"), [(0.0, "à aucun moment"), (np.nan, "pas connue"), (1.0, "100")])
def test_hours_never_always_or_not_known(territory, week, value, said):
    opening = week(value, within=1000, known=0 if np.isnan(value) else 1000)
    assert said in all_text(hours_chart(territory, opening))


def test_hours_say_whose_they_are(territory, week):
    """One sentence, and the part in the title, where the roads do not cover everybody."""
    said = all_text(hours_chart(territory, week(0.5, known=800)))
    assert said.count("sur les 800 habitants dont le trajet est connu") == 1
    assert "Pays & <b>Essai</b>, 9 communes" in said
    assert "le samedi, 50\u00a0% au plus" in said.replace("\n", " ")


def test_an_unknown_page_is_refused(draw):
    with pytest.raises(ParameterError, match="a4, 16:9"):
        draw("time", page="a3")
