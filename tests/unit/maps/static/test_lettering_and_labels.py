"""Lines that fit, names that do not overlap."""

import itertools
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.maps.static.labels import Name, place_names
from geo.maps.static.lettering import printable, shortened, text_width_mm, wrapped
from geo.maps.static.sheet import Box

BOX = Box(0, 0, 100, 60)


def test_printable_is_one_line_that_the_font_can_draw():
    assert printable("a\n\tb  c\u00a0d\u202fe") == "a b c\u00a0d\u202fe"
    assert printable("Nîmes, Œuilly, Hérault") == "Nîmes, Œuilly, Hérault"
    assert printable("東\x00x") == "\ufffd x"
    assert printable("") == ""


@given(st.text(max_size=200), st.floats(5, 80))
def test_lines_fit_and_keep_every_short_word(text, width):
    lines = wrapped(text, width, 7)
    assert all(text_width_mm(line, 7) <= width + 1e-6 for line in lines)
    short = [word for word in printable(text).split(" ") if text_width_mm(word, 7) <= width]
    words = " ".join(lines).split(" ")
    assert [word for word in words if word in short] == short or any("…" in word for word in words)


def test_a_long_line_is_cut_visibly():
    assert shortened("Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson", 30, 7).endswith("…")
    assert shortened("Pau", 30, 7) == "Pau"


@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.floats(0, 60), st.text("abcdé -", min_size=1, max_size=12), st.booleans()),
        max_size=25,
    )
)
def test_names_never_overlap_nor_leave_the_box(towns):
    names = [Name(text, x, y, gap=1.0, size=7, dot=dot) for x, y, text, dot in towns]
    obstacles = np.array([[40.0, 20, 60, 40]])
    placed = place_names(names, obstacles, BOX, at_most=20)
    assert len(placed) <= 20
    rectangles = [
        (p.x - p.name.width / 2, p.y - p.name.height / 2, p.x + p.name.width / 2, p.y + p.name.height / 2)
        for p in placed
    ]
    for left, lower, right, upper in rectangles:
        assert left >= 0
        assert lower >= 0
        assert right <= 100
        assert upper <= 60
        assert right <= 40 or left >= 60 or upper <= 20 or lower >= 40
    for one, other in itertools.combinations(rectangles, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    assert placed == place_names(names, obstacles, BOX, at_most=20)


def test_the_first_name_has_the_best_place_and_the_next_goes_elsewhere():
    one, two = Name("Pau", 50, 30, gap=1, size=7), Name("Gan", 50, 30, gap=1, size=7)
    first, second = place_names([one, two], np.empty((0, 4)), BOX, at_most=5)
    assert first.x > 50
    assert first.y == 30
    assert second.x < 50


def test_a_name_that_must_be_there_goes_farther_with_a_line_to_it():
    crowd = np.array([[x, y, x + 2.0, y + 2.0] for x in range(40, 60, 2) for y in range(40, 60, 2)])
    name = Name("Oloron-Sainte-Marie", 50.0, 50.0, gap=2.0, size=8.5)
    box = Box(0, 0, 100, 100)
    assert place_names([name], crowd, box, at_most=1) == ()
    (placed,) = place_names([replace(name, must=True)], crowd, box, at_most=1)
    assert placed.far
    half_width, half_height = name.width / 2, name.height / 2
    edges = (placed.x - half_width, placed.y - half_height, placed.x + half_width, placed.y + half_height)
    assert not (
        (crowd[:, 0] < edges[2]) & (crowd[:, 2] > edges[0]) & (crowd[:, 1] < edges[3]) & (crowd[:, 3] > edges[1])
    ).any()
    x, y = placed.nearest
    assert edges[0] <= x <= edges[2]
    assert edges[1] <= y <= edges[3]
    assert not place_names([replace(name, must=True)], np.empty((0, 4)), box, at_most=1)[0].far


def test_rather_than_very_far_a_name_lies_over_a_marker_that_may_be_hidden():
    crowd = np.array([[x, y, x + 2.0, y + 2.0] for x in range(0, 100, 2) for y in range(0, 100, 2)], dtype=float)
    star = np.array([[48.0, 48.0, 52.0, 52.0]])
    name = Name("Walincourt-Selvigny", 50.0, 50.0, gap=2.5, size=8.5, must=True)
    box = Box(0, 0, 100, 100)
    assert place_names([name], crowd, box, at_most=1) == ()
    (placed,) = place_names([name], np.vstack([crowd, star]), box, at_most=1, kept_clear=star)
    assert not placed.far
    assert placed.x - name.width / 2 >= 52.0
