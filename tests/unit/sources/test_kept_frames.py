"""Tables that are kept on disk are those that were made; damaged ones are made again."""

import logging

import pandas as pd
import pytest

from geo.errors import SourceError
from geo.sources.kept_frames import content_key, kept_frames

MADE = pd.DataFrame(
    {
        "name": pd.array(["Sare", pd.NA, "Aïnhoa"], dtype="string"),
        "population": pd.array([2_709, pd.NA, 0], dtype="Int64"),
        "appointment": pd.array([True, pd.NA, False], dtype="boolean"),
        "lon": [-1.58, float("nan"), 0.0],
        "position": [0, 1, 2],
    }
)


def kept(place, make=lambda: {"a": MADE, "b": MADE.head(0)}):
    return kept_frames(place, ["a", "b"], make, what="des tables")


def never():
    raise AssertionError


def test_kept_tables_have_the_values_and_types_of_those_made(tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        kept(tmp_path / "t")
        found = kept(tmp_path / "t", never)
    assert caplog.messages == ["Préparation des tables (une seule fois)…"]
    pd.testing.assert_frame_equal(found["a"], MADE)
    pd.testing.assert_frame_equal(found["b"], MADE.head(0))


@pytest.mark.parametrize("damage", ["cut", "changed", "lost"])
def test_damaged_tables_are_made_again_and_that_is_said(tmp_path, caplog, damage):
    kept(tmp_path / "t")
    file = tmp_path / "t" / "a.arrow"
    whole = file.read_bytes()
    if damage == "lost":
        file.unlink()
    else:
        file.write_bytes(whole[:100] if damage == "cut" else whole.replace(b"Sare", b"Sore"))
    caplog.clear()
    with caplog.at_level(logging.INFO):
        pd.testing.assert_frame_equal(kept(tmp_path / "t")["a"], MADE)
    assert caplog.messages[0] == "La préparation des tables est endommagée : elle est refaite."
    assert file.read_bytes() == whole


def test_tables_that_cannot_be_kept_serve_and_that_is_said(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.INFO):
        pd.testing.assert_frame_equal(kept(tmp_path / "file" / "t")["a"], MADE)
    assert caplog.messages[-1].endswith("La préparation des tables sera refaite au prochain démarrage.")


def test_the_key_changes_with_each_file_each_module_and_the_rest(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("1")
    other.write_text("2")
    keys = [
        content_key([one], [str(other)]),
        content_key([other], [str(one)]),
        content_key([one], []),
        content_key([], []),
    ]
    one.write_text("3")
    keys += [content_key([one], []), content_key([one], [], "more")]
    assert len(set(keys)) == 6
    assert content_key([one], [], "more") == keys[-1]
    with pytest.raises(SourceError):
        content_key([tmp_path / "absent"], [])
