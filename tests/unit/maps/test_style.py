"""Classes, colours and French numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.classes import SAVED_CLASSES, SHARE_CLASSES, TIME_CLASSES, UNKNOWN_CLASS, classify
from geo.french import format_decimal, format_integer, format_minutes, format_share
from geo.kinds import KINDS, facility_phrase, facility_title

# Linear RGB of what people with each colour-blindness see (Machado et al. 2009, full severity).
_SIGHTS = {
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def lightness(colour: str, sight: str) -> float:
    """L* (CIE 1976) of a colour as seen, which is also what a grey printer keeps."""
    encoded = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(_SIGHTS[sight]) @ linear, 0, 1)
    return 116 * np.cbrt(seen @ [0.2126, 0.7152, 0.0722]) - 16


@pytest.mark.parametrize("classes", [TIME_CLASSES, SAVED_CLASSES, SHARE_CLASSES])
@pytest.mark.parametrize("sight", _SIGHTS)
def test_classes_get_darker_for_every_sight_and_in_grey(sight, classes):
    steps = -np.diff([lightness(cls.colour, sight) for cls in classes])
    assert (steps >= 8).all(), steps


def test_at_most_six_classes_that_follow_each_other():
    assert len(TIME_CLASSES) <= 6
    assert TIME_CLASSES[0].lower == 0
    assert [cls.upper for cls in TIME_CLASSES[:-1]] == [cls.lower for cls in TIME_CLASSES[1:]]
    assert {20, 30} <= {cls.upper for cls in TIME_CLASSES}, "the two usual thresholds are bounds"


def test_a_time_at_a_bound_is_in_the_nearer_class():
    minutes = pd.Series([0.0, 10.0, 10.1, 20.0, 20.1, 45.0, 45.1, 500.0], dtype="Float64")
    assert classify(minutes, TIME_CLASSES).tolist() == [0, 0, 1, 2, 3, 4, 5, 5]


def test_unknown_times_have_their_own_class():
    assert classify(pd.Series([pd.NA, 5.0], dtype="Float64"), TIME_CLASSES).tolist() == [UNKNOWN_CLASS, 0]
    assert classify(pd.Series([np.nan, np.inf]), TIME_CLASSES).tolist() == [UNKNOWN_CLASS, UNKNOWN_CLASS]


def test_labels_read_in_french():
    assert [cls.label for cls in TIME_CLASSES[:2]] == ["10\u00a0min ou moins", "10 à 15\u00a0min"]
    assert TIME_CLASSES[-1].label == "plus de 45\u00a0min"


def test_each_kind_has_a_shape_of_its_own():
    assert set(KINDS) == set(KINDS)
    assert len({shape.path for shape in KINDS.values()}) == len(KINDS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1234, "1\u202f234"), (999, "999"), (1234567.4, "1\u202f234\u202f567"), (0, "0"), (None, "—"), (pd.NA, "—")],
)
def test_integers(value, expected):
    assert format_integer(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(12.5, "12,5\u00a0min"), (1234.56, "1\u202f234,6\u00a0min"), (np.inf, "—"), (np.nan, "—")]
)
def test_minutes(value, expected):
    assert format_minutes(value) == expected


@given(st.floats(min_value=-1e9, max_value=1e9))
def test_a_formatted_number_reads_back(value):
    text = format_decimal(value, 2)
    assert float(text.replace("\u202f", "").replace(",", ".")) == pytest.approx(value, abs=0.006)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.914, "91 %"),
        (1.0, "100 %"),
        (0.999, "plus de 99 %"),
        (0.0, "0 %"),
        (0.001, "moins de 1 %"),
        (None, "—"),
    ],
)
def test_shares_never_say_all_or_none_when_it_is_not(value, expected):
    assert format_share(value).replace("\u00a0", " ") == expected


def test_lists_of_ours_have_titles():
    assert facility_title("tax_offices") == "Services des impôts"
    assert facility_phrase("tax_offices") == "d'un service des impôts"
    assert facility_title("mairies") == "Liste « mairies »"
