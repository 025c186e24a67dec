"""Folded text."""

import pandas as pd
import pytest

from geo.folding import fold, fold_each
from geo.text_columns import fold_all


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Bus_équivalent", "bus equivalent"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("  CŒUR de\tGaronne’s ", "coeur de garonne s"),
        ("Fixe_antenne(s)", "fixe antenne s"),
        ("…!", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded
    assert fold(folded) == folded


def test_missing_stays_missing():
    for values in (["É", pd.NA], [pd.NA, pd.NA]):
        result = fold_all(pd.Series(values, dtype="string"))
        assert result.dtype == "string"
        assert result.isna().tolist() == pd.isna(pd.Series(values)).tolist()


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["Sare", "L'Haÿ-les-Roses", "St-Pée s/ Nivelle", ""],
        ["e\u0301\u0327x", "\u0903a", "ﬁn ½", "İstanbul", "Σς", "Œuilly"],
        ["two\nlines", "one"],
    ],
)
def test_many_are_folded_as_one_by_one(texts):
    assert fold_each(texts) == [fold(text) for text in texts]
